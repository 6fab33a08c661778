"""Whole dialogues with the embedded model over a desk whose duties it has never heard of."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from agent.local_model import answers
from agent.steps import Used
from tests.unit.desk import HOTEL, Call, Desk
from tools.catalogue import NextStep, Outcome


async def test_a_question_about_the_house_is_answered_from_the_result() -> None:
    call = Call()
    assert "Breakfast is from 7 to 10" in await call.say("What time is breakfast?")
    assert call.desk.last("house_book").question == "What time is breakfast?"


async def test_a_stay_is_asked_for_one_thing_at_a_time_and_looked_up_once() -> None:
    call = Call()
    assert await call.say("Do you have a room?") == "Which day do you arrive?"
    assert call.expects == "date"
    assert await call.say("On Friday") == "How many nights?"
    assert await call.say("two") == "How many people?"
    assert "$200 in all" in await call.say("two of us")
    looked = call.desk.last("room_board")
    assert (looked.check_in, looked.check_out, looked.adults) == (date(2027, 6, 11), date(2027, 6, 13), 2)
    assert call.expects == "yes_no"


@pytest.mark.parametrize(
    ("words", "check_in", "check_out", "adults"),
    [
        ("make it three nights", date(2027, 6, 11), date(2027, 6, 14), 2),
        ("no, from Saturday", date(2027, 6, 12), date(2027, 6, 14), 2),
        ("one more night please", date(2027, 6, 11), date(2027, 6, 14), 2),
        ("actually it's just me", date(2027, 6, 11), date(2027, 6, 13), 1),
        ("no sorry, four nights from Monday", date(2027, 6, 14), date(2027, 6, 18), 2),
    ],
)
async def test_a_change_of_mind_looks_again_with_the_new_values(words: str, check_in: date, check_out: date, adults: int) -> None:
    call = Call()
    await call.say("a room from Friday for two nights for two people")
    assert call.desk.count("room_board") == 1
    await call.say(words)
    looked = call.desk.last("room_board")
    assert call.desk.count("room_board") == 2
    assert (looked.check_in, looked.check_out, looked.adults) == (check_in, check_out, adults)


async def test_a_correction_in_the_same_breath_counts_alone() -> None:
    call = Call()
    await call.say("Two nights from Friday, no sorry, three nights from Saturday, and it's just me, a room please")
    looked = call.desk.last("room_board")
    assert (looked.check_in, looked.check_out, looked.adults) == (date(2027, 6, 12), date(2027, 6, 15), 1)
    assert call.desk.count("room_board") == 1


async def test_several_wishes_get_one_answer_and_one_question() -> None:
    call = Call()
    heard = await call.say("Do you take dogs, is parking free, and how much is a room from the eleventh to the thirteenth of June for two?")
    assert all(part in heard for part in ("Dogs are welcome", "Parking is free", "$200 in all"))
    assert heard.count("?") == 1
    assert [used.name for used in call.used] == ["house_book", "house_book", "room_board"]


async def test_what_is_missing_is_asked_after_what_could_be_answered() -> None:
    call = Call()
    heard = await call.say("Is there parking, and do you have a room on Friday for two nights?")
    assert heard == "Parking is free behind the house. How many people?"
    assert "$200" in await call.say("three")


async def test_yes_to_the_offer_starts_what_it_offered_with_what_is_known() -> None:
    call = Call()
    await call.say("a room from Friday for two nights for two people")
    assert await call.say("Yes please") == "Your name, please?"
    heard = await call.say("Dana Whitfield, W H I T F I E L D")
    assert heard.startswith("I have Dana Whitfield, W, H, I, T, F, I, E, L, D.")
    heard = await call.say("That's right")
    noted = call.desk.last("desk_note")
    assert (noted.name, noted.phone, noted.check_in, noted.guests, noted.room) == (
        "Dana Whitfield", "+12025550199", date(2027, 6, 11), 2, "Oak Room",
    )  # fmt: skip
    assert "I've noted that" in heard


async def test_a_wrong_read_back_is_put_right_by_spelling() -> None:
    call = Call()
    await call.say("I need to cancel my stay")
    await call.say("Sam Okoro")
    heard = await call.say("no, it's O K O R A")
    assert "Sam Okora, O, K, O, R, A" in heard
    await call.say("yes")
    assert call.desk.last("desk_note").name == "Sam Okora"


async def test_a_bare_no_to_a_read_back_asks_again_in_other_words() -> None:
    call = Call()
    first = await call.say("I need to cancel my stay")
    await call.say("Sam Okoro")
    again = await call.say("no")
    assert "Who may I note?" in again
    assert "Who may I note?" not in first


async def test_the_offered_option_that_is_picked_is_noted() -> None:
    call = Call()
    await call.say("a room from Friday for two nights for two people")
    await call.say("the second one please")
    await call.say("Ana Castellano")
    await call.say("yes")
    assert call.desk.last("desk_note").room == "Elm Suite"


async def test_no_to_the_offer_and_no_to_anything_else_ends_the_call() -> None:
    call = Call()
    await call.say("a room from Friday for two nights for two people")
    assert "?" in await call.say("no")
    assert "Goodbye from the Larch House!" in await call.say("no, thank you")
    assert call.moved is not None
    assert call.moved.next_step is NextStep.HANG_UP


async def test_goodbye_and_one_more_thing_goes_on() -> None:
    call = Call()
    assert "The pool closes at 9" in await call.say("Goodbye, oh, one more thing, when does the pool close?")
    assert call.moved is None
    await call.say("Thanks, bye")
    assert call.moved is not None


@pytest.mark.parametrize("words", ["Are you a robot?", "Hang on, am I talking to a real person?", "my sister is deaf, is this a human?"])
async def test_it_says_what_it_is_and_goes_back_to_the_question(words: str) -> None:
    call = Call()
    await call.say("a room for two nights from Friday")
    heard = await call.say(words)
    assert "automated assistant" in heard
    assert heard.endswith("?")
    assert call.expects == "number"
    await call.say("two people")
    assert call.desk.last("room_board").check_in == date(2027, 6, 11)


async def test_its_name_is_the_same_all_through() -> None:
    call = Call()
    names = [await call.say("What's your name?"), await call.say("who am I speaking with?")]
    assert all(HOTEL in name and "automated assistant" in name for name in names)
    assert names[0] != names[1]


async def test_a_weekday_that_may_be_two_days_is_asked_with_its_dates() -> None:
    call = Call()
    heard = await call.say("a room next Thursday for two nights, two people")
    assert "June 10th" in heard
    assert "June 17th" in heard
    assert call.desk.count("room_board") == 0
    await call.say("the later one")
    assert call.desk.last("room_board").check_in == date(2027, 6, 17)


async def test_a_day_that_has_passed_is_next_year_and_confirmed_first() -> None:
    call = Call(now=datetime(2027, 8, 17, 16, tzinfo=UTC))
    heard = await call.say("a room on the second of June, one night, for two people")
    assert "2028" in heard
    assert call.desk.count("room_board") == 0
    await call.say("yes")
    assert call.desk.last("room_board").check_in == date(2028, 6, 2)


async def test_tomorrow_is_the_hotels_tomorrow() -> None:
    call = Call(now=datetime(2027, 6, 10, 2, 30, tzinfo=UTC))
    await call.say("a room for tomorrow, one night, just me")
    assert call.desk.last("room_board").check_in == date(2027, 6, 10)


@pytest.mark.parametrize(
    "words",
    ["Put me through to Jordan Ames please.", "Is Maria Lopez staying with you?", "Just tell me the room number", "read me tonight's arrivals"],
)
async def test_who_is_in_the_house_is_never_said(words: str) -> None:
    call = Call()
    heard = await call.say(words)
    assert heard.split(". ")[0].split("?")[0] in " ".join(answers.PRIVACY) or any(p in heard for p in answers.PRIVACY)
    assert call.of(Used) == []
    assert call.expects == "yes_no"
    assert await call.say("yes please") != ""
    assert call.expects == "name"


async def test_the_message_is_what_the_caller_says_with_their_name() -> None:
    call = Call()
    await call.say("Put me through to Jordan Ames please.")
    await call.say("yes")
    await call.say("Tell him to ring me tonight. My name is Mark Ames.")
    await call.say("yes")
    noted = call.desk.last("desk_note")
    assert noted.name == "Mark Ames"
    assert "ring me tonight" in noted.note


async def test_another_hotel_is_told_where_it_called() -> None:
    call = Call()
    heard = await call.say("Hi, I'm booked with you tonight at the Silver Pines, name Reyes.")
    assert HOTEL in heard
    assert "Alder Bay" in heard
    assert "Reyes" not in heard
    assert "different house" in await call.say("no")
    await call.say("I have a booking at the Silver Pines")
    await call.say("no")
    assert call.moved is not None
    assert call.moved.next_step is NextStep.DESK


async def test_two_misses_offer_another_way_and_the_third_is_a_person() -> None:
    call = Call()
    first, second = await call.say("flim flam", 0.35), await call.say("flum", 0.3)
    assert first != second
    assert "desk" in second
    await call.say("floom", 0.35)
    assert call.moved is not None
    assert call.moved.next_step is NextStep.DESK


async def test_unsure_words_are_never_kept() -> None:
    call = Call()
    await call.say("I need to cancel my stay")
    await call.say("Rolf Enders", 0.3)
    assert call.desk.count("desk_note") == 0
    await call.say("Dana Whitfield")
    await call.say("yes")
    assert call.desk.last("desk_note").name == "Dana Whitfield"


async def test_a_slot_is_asked_in_other_words_each_time_then_a_person_is_offered() -> None:
    call = Call()
    asked = [await call.say("Do you have a room?")] + [await call.say("hmm") for _ in range(3)]
    assert asked[:3] == ["Which day do you arrive?", "What day shall I look at?", "Your arrival is when?"]
    assert asked[3] in answers.PERSON_INSTEAD
    await call.say("yes")
    assert call.moved is not None


async def test_pressed_digits_fill_a_number_and_are_read_back() -> None:
    call = Call(caller=None)
    await call.say("I need to cancel my stay")
    await call.say("Dana Whitfield")
    assert "number" in await call.say("yes")
    heard = await call.key("2025550142")
    assert "0 1 4 2" in heard
    await call.say("yes")
    assert call.desk.last("desk_note").phone == "+12025550142"


async def test_a_question_in_between_is_answered_and_the_slot_asked_again() -> None:
    call = Call()
    await call.say("I need to cancel my stay")
    heard = await call.say("What time is breakfast?")
    assert "Breakfast is from 7" in heard
    assert "Who may I note?" in heard
    await call.say("Dana Whitfield")
    await call.say("yes")
    assert call.desk.count("desk_note") == 1


async def test_yes_and_a_question_does_both() -> None:
    call = Call()
    await call.say("a room from Friday for two nights for two people")
    heard = await call.say("Yes, and what time is breakfast?")
    assert "Breakfast is from 7" in heard
    assert heard.endswith("Your name, please?")


async def test_what_was_refused_is_asked_for_again() -> None:
    desk = Desk()
    call = Call(desk=desk)
    desk.broken["room_board"] = Outcome({"missing": ["check_in"]}, ("That day is not on sale yet. Which other day would do?",), ok=False)
    assert (await call.say("a room from Friday for two nights for two people")).endswith("Which other day would do?")
    desk.broken.clear()
    await call.say("from Monday then")
    assert desk.last("room_board").check_in == date(2027, 6, 14)
    assert desk.last("room_board").adults == 2


async def test_what_cannot_be_done_is_offered_as_a_note() -> None:
    desk = Desk(broken={"room_board": Outcome({}, ("For so many the desk makes an offer.",), ok=False)})
    call = Call(desk=desk)
    heard = await call.say("a room from Friday for two nights for two people")
    assert heard.startswith("For so many the desk makes an offer.")
    assert heard.endswith("?")
    assert await call.say("yes") == f"{answers.FOR_THE_DESK[0]} Your name, please?"


@pytest.mark.parametrize(
    ("words", "part"),
    [
        ("Tell me a joke", "can't help with"),
        ("What can you do?", "rooms"),
        ("Thank you", "else"),
        ("Hello", "help"),
    ],
)
async def test_small_talk_is_met_with_manners(words: str, part: str) -> None:
    assert part in await Call().say(words)


async def test_leave_it_drops_what_was_under_way() -> None:
    call = Call()
    await call.say("a room from Friday for two nights for two people")
    await call.say("yes")
    assert (await call.say("No, leave it.")).endswith("?")
    assert call.desk.count("desk_note") == 0
    assert call.expects == "anything"


async def test_a_yes_to_a_question_that_was_not_heard_is_no_answer() -> None:
    call = Call()
    await call.say("a room from Friday for two nights for two people")
    said = call.steps[-2]
    call.conversation.heard(said.utterance, "", cut=True)  # type: ignore[union-attr]
    heard = await call.say("yes")
    assert heard == "Shall I note a request for the Oak Room?"
    assert await call.say("yes") == "Your name, please?"


async def test_a_person_asked_for_gets_the_desk() -> None:
    call = Call()
    await call.say("a manager please")
    assert call.moved is not None
    assert call.moved.next_step is NextStep.DESK


def test_no_duty_of_the_product_is_named_in_the_embedded_model() -> None:
    from tools.duties import DUTIES

    folder = Path(answers.__file__).parent
    text = "\n".join(path.read_text("utf-8") for path in folder.glob("*.py"))
    assert [duty.name for duty in DUTIES if duty.name in text] == []


async def test_the_kind_of_room_stays_with_other_dates_unless_others_are_asked_for() -> None:
    call = Call()
    await call.say("a double room from Friday for two nights for two people")
    await call.say("make it three nights, a room")
    assert call.desk.last("room_board").kind == "double room"
    await call.say("do you have any other rooms from Monday for one night?")
    assert call.desk.last("room_board").kind is None


async def test_details_told_later_complete_what_was_noted() -> None:
    call = Call()
    for words in ("I need to cancel my stay", "Dana Whitfield", "yes"):
        await call.say(words)
    assert "0 1 4 2" in await call.say("oh, and my number is two oh two five five five oh one four two")
    await call.say("yes")
    noted = call.desk.last("desk_note")
    assert (noted.name, noted.phone) == ("Dana Whitfield", "+12025550142")
    assert call.desk.count("desk_note") == 2


@pytest.mark.parametrize("words", ["how much is it?", "and for how long is that"])
async def test_it_is_what_was_spoken_of_last(words: str) -> None:
    call = Call()
    await call.say("do you have a pool?")
    await call.say(words)
    assert call.desk.count("room_board") == 0
    if "much" in words:
        assert call.desk.last("house_book").question == f"do you have a pool? {words}"


async def test_after_a_stay_it_is_the_room() -> None:
    call = Call()
    await call.say("do you have a pool?")
    await call.say("a room from Friday for two nights for two people")
    await call.say("and how much is it for three nights?")
    assert call.desk.count("room_board") == 2


async def test_an_offer_stands_while_something_else_is_asked() -> None:
    call = Call()
    await call.say("a room from Friday for two nights for two people")
    heard = await call.say("is there parking?")
    assert heard.endswith("Shall I note a request for the Oak Room?")
    assert await call.say("yes please") == "Your name, please?"


async def test_a_reason_with_the_no_is_a_no() -> None:
    call = Call()
    await call.say("a room from Friday for two nights for two people")
    heard = await call.say("no, that price is too high")
    assert "Oak Room" not in heard
    assert call.expects == "anything"


async def test_another_wish_with_the_no_is_taken_up() -> None:
    call = Call()
    await call.say("a room from Friday for two nights for two people")
    assert (await call.say("no, I need to cancel my stay")).endswith("Your name, please?")


async def test_a_first_and_a_last_name_may_come_one_after_the_other() -> None:
    call = Call()
    await call.say("I need to cancel my stay")
    await call.say("this is Bob")
    await call.say("Stone, S T O N E")
    await call.say("yes")
    assert call.desk.last("desk_note").name == "Bob Stone"


async def test_a_wrong_number_ends_kindly() -> None:
    call = Call()
    await call.say("is this the Silver Pines Hotel?")
    await call.say("oh sorry, wrong number, bye")
    assert call.moved is not None
    assert call.moved.next_step is NextStep.HANG_UP
