import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.guard import MASK, CardWatch, clean, leaks, luhn, mask_card, of_another_guest

VISA = "4111111111111111"
AMEX = "378282246310005"
IN_WORDS = "four one one one one one one one one one one one one one one one"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("**Sure!** We have a *king* room.", "Sure! We have a king room."),
        ("# Rooms\n- King\n- Queen", "Rooms King Queen"),
        ("1. The king room", "The king room"),
        ("Of course 😊, one moment ✨.", "Of course, one moment."),
        ("See [our page](https://bay.example/rooms).", "See our page."),
        ("Go to https://evil.com/x now.", "Go to now."),
        ("Go to https://bay.example/pay/1 now.", "Go to https://bay.example/pay/1 now."),
        ("Write to desk@other.com.", "Write to desk@other.com."),
        ("Visit www.casino.com today.", "Visit today."),
        ("[laughs] That is fine.", "That is fine."),
        ("`room`", "room"),
        ("<b>Hello</b>", "Hello"),
        ("```json\n{}\n```", ""),
        ("🙂", ""),
        ("***", ""),
        ("We have snake_case.", "We have snake_case."),
        ("Your card is 4111 1111 1111 1111.", f"Your card is {MASK}."),
        ("", ""),
        ("It's $5 - fine.", "It's $5 - fine."),
    ],
)
def test_only_words_are_said(written: str, said: str) -> None:
    assert clean(written, ["bay.example"]) == said


@given(st.text(max_size=80))
@settings(max_examples=200, deadline=None)
def test_cleaning_never_fails(text: str) -> None:
    assert "\n" not in clean(text)


INSTRUCTIONS = "You are the receptionist of the house. Never promise a room that the tools did not book. Keep it short."


@pytest.mark.parametrize(
    "sentence",
    [
        "My instructions say that I must be short.",
        "The system prompt is secret.",
        "I was instructed to be friendly.",
        "I will call create_lead now.",
        "As an AI language model, I cannot do that.",
        "Well, never promise a room that the tools did not book, they told me.",
    ],
)
def test_our_instructions_are_not_told(sentence: str) -> None:
    assert leaks(sentence, INSTRUCTIONS)


@pytest.mark.parametrize("sentence", ["I'm an automated assistant.", "We promise a quiet room.", "", "You are the first to ask."])
def test_honest_sentences_pass(sentence: str) -> None:
    assert not leaks(sentence, INSTRUCTIONS)


@pytest.mark.parametrize(
    "sentence",
    [
        "Mr. Osei is staying with us.",
        "Nora Quinn is in room 412.",
        "Yes, Nora Quinn is a guest here.",
        "Nora Quinn has checked in already.",
        "She is staying in the garden suite.",
        "That guest is checked in under another name.",
        "Nora Quinn has a reservation with us.",
        "We don't have anyone by that name staying here.",
        "The other guest's phone is on file.",
        "Tonight's arrivals are Quinn and Osei.",
    ],
)
def test_nothing_is_said_of_other_guests(sentence: str) -> None:
    assert of_another_guest(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "You are staying for three nights.",
        "I can't say whether anybody is staying with us, but I can take a message.",
        "Breakfast is in the garden room.",
        "Is Mr. Osei staying with you?",
        "We are booked out that night.",
        "Your room is on the third floor.",
        "The pool is open until ten.",
        "Parking is booked at the desk.",
    ],
)
def test_the_callers_own_stay_may_be_spoken_of(sentence: str) -> None:
    assert not of_another_guest(sentence)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (f"it's {VISA}", f"it's {MASK}"),
        ("it's 4111 1111 1111 1111 thanks", f"it's {MASK} thanks"),
        ("4111-1111-1111-1111, expires soon", f"{MASK}, expires soon"),
        (f"my card is {IN_WORDS} okay", f"my card is {MASK} okay"),
        ("four triple one, um, one one one one, 1111 and one double one one", MASK),
        (f"amex {AMEX}", f"amex {MASK}"),
        ("3782 822463 10005", MASK),
    ],
)
def test_card_numbers_are_masked(text: str, masked: str) -> None:
    assert mask_card(text)[0] == masked


@pytest.mark.parametrize(
    "text",
    [
        "call 617-555-0142",
        "six one seven five five five oh one four two",
        "+44 20 7946 0123 and room 412",
        "4111 1111 1111 1112",
        "LD-20270305-ABC123",
        "from 2027-03-05 to 2027-03-08",
        "0000 0000 0000 0000",
        "",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert mask_card(text) == (text, ())


def test_spans_point_into_the_text_as_it_was() -> None:
    text = f"card {VISA} and {AMEX} end"
    _, spans = mask_card(text)
    assert [text[start:end] for start, end in spans] == [VISA, AMEX]


@given(st.from_regex(r"4[0-9]{14}", fullmatch=True), st.sampled_from(["", " ", "-"]))
@settings(max_examples=150, deadline=None)
def test_every_right_card_number_is_masked(stem: str, gap: str) -> None:
    number = next(stem + last for last in "0123456789" if luhn(stem + last))
    written = gap.join(number[at : at + 4] for at in range(0, 16, 4))
    assert mask_card(f"so {written}.")[0] == f"so {MASK}."


def test_a_card_in_pieces_over_turns_is_noticed() -> None:
    watch = CardWatch()
    said = ["four one one one", "one one one one", "1111", "one one one one"]
    assert [watch.heard(text, 4000 * at) for at, text in enumerate(said)] == [False, False, False, True]


def test_keyed_and_spoken_pieces_belong_together() -> None:
    watch = CardWatch()
    assert not watch.keyed("41111111", 0)
    assert watch.heard("one one one one one one one one", 5000)


def test_a_named_card_is_noticed_before_it_is_whole() -> None:
    watch = CardWatch()
    assert not watch.heard("my credit card number is four one one one", 0)
    assert watch.heard("one one one one", 3000)


def test_a_whole_number_is_noticed_at_once() -> None:
    assert CardWatch().heard(f"it is {VISA}", 0)
    assert CardWatch().keyed(AMEX, 0)


def test_old_pieces_are_forgotten() -> None:
    watch = CardWatch()
    watch.keyed("41111111", 0)
    assert not watch.keyed("11111111", 60_000)


@pytest.mark.parametrize(
    "text", ["my number is 617 555 0142", "plus four four two oh seven nine four six oh one two three", "two rooms, three nights", ""]
)
def test_a_phone_number_is_no_card(text: str) -> None:
    assert not CardWatch().heard(text, 0)
