"""One reply: the order of its steps, its limits, and what is left when something breaks in the middle."""

import asyncio
import json
from itertools import pairwise

import pytest

from agent import phrases
from agent.errors import ModelBusy, ModelError
from agent.ports import (
    AgentSaid,
    Asking,
    CallerSaid,
    Farewell,
    Finished,
    StaffHint,
    TextDelta,
    ToolAnswered,
    ToolAsked,
    ToolCall,
)
from agent.reply import ReplyLimits
from agent.sentences import SentenceCutter, asked_for, sentences
from agent.steps import Consent, Expect, HoldOn, Louder, Move, Pace, Say, Used
from speech.ports import Answer
from tests import virtual_time
from tests.unit.desk import Call, Desk, Script
from tools.catalogue import NextStep

DONE = Finished(10, 5)


def look(call_id: str = "c1", **arguments: object) -> ToolCall:
    whole = {"check_in": "2027-06-11", "nights": 2, "adults": 2} | arguments
    return ToolCall(call_id, "room_board", json.dumps(whole))


NOTE = ToolCall("n1", "desk_note", '{"name": "Dana Whitfield", "phone": "+12025550142"}')


async def test_sentences_are_given_as_soon_as_they_are_whole() -> None:
    call = Call(Script([TextDelta("Good mor"), TextDelta("ning. How can"), TextDelta(" I help?"), DONE]))
    await call.say("hello")
    assert [s.text for s in call.of(Say)] == ["Good morning.", "How can I help?"]
    assert call.receptionist.usage.input_tokens == 10


async def test_a_tool_call_is_covered_run_and_answered() -> None:
    script = Script([look(), DONE], [TextDelta("An Oak Room is $200 in all. Shall I note it?"), DONE])
    call = Call(script, at_once=False)
    heard = await call.say("a room for two")
    assert isinstance(call.steps[0], Say)
    assert call.steps[0].text in phrases.LET_ME_CHECK
    assert call.used[0].ok
    assert call.used[0].name == "room_board"
    assert heard.endswith("Shall I note it?")
    assert call.expects == "yes_no"
    assert [type(m).__name__ for m in script.turns[1].messages][-2:] == ["ToolAsked", "ToolAnswered"]


async def test_the_cover_varies_and_an_instant_model_needs_none() -> None:
    replies = [[look(), DONE], [TextDelta("Yes."), DONE]] * 3
    call = Call(Script(*replies), at_once=False)
    covers = []
    for _ in range(3):
        await call.say("a room")
        covers.append(call.of(Say)[0].text)
    assert all(a != b for a, b in pairwise(covers))
    instant = Call(Script(*replies[:2]), at_once=True)
    await instant.say("a room")
    assert [s.text for s in instant.of(Say)] == ["Yes."]


async def test_several_calls_of_one_step_all_run() -> None:
    desk = Desk()
    call = Call(Script([look("a"), look("b", adults=3), DONE], [TextDelta("Both are free."), DONE]), desk=desk)
    await call.say("two rooms")
    assert [u.ok for u in call.used] == [True, True]
    assert desk.count("room_board") == 2


@pytest.mark.parametrize(
    "broken",
    [
        ToolCall("c1", "room_board", '{"check_in":"2027-06-0'),
        ToolCall("c1", "no_such_tool", "{}"),
        ToolCall("c1", "room_board", '{"check_in": "2027-06-11", "nights": "two", "adults": 2, "mood": "good"}'),
        ToolCall("c1", "room_board", "[]"),
    ],
)
async def test_broken_arguments_do_not_poison_the_call(broken: ToolCall) -> None:
    desk = Desk()
    script = Script([broken, DONE], [TextDelta("Which day?"), DONE], [look("c1"), look("c1"), DONE], [TextDelta("Two are free."), DONE])
    call = Call(script, desk=desk)
    await call.say("a room")
    assert [u.ok for u in call.used] == [False]
    assert desk.used == []
    await call.say("Friday")
    assert [u.ok for u in call.used] == [True, True]
    for turn in script.turns:
        asks = [m for m in turn.messages if isinstance(m, ToolAsked)]
        assert all(isinstance(json.loads(m.arguments), dict) for m in asks)
        assert len({m.call_id for m in asks}) == len(asks)
        assert [m.call_id for m in asks] == [m.call_id for m in turn.messages if isinstance(m, ToolAnswered)]


async def test_a_claim_without_a_receipt_is_not_said() -> None:
    call = Call(Script([TextDelta("You're all set, I've booked the Oak Room. Anything else?"), DONE]))
    heard = await call.say("book it")
    assert "booked the Oak" not in heard
    assert "haven't" in heard
    assert heard.endswith("Anything else?")


async def test_a_claim_with_its_receipt_is_said() -> None:
    call = Call(Script([NOTE, DONE], [TextDelta("I've noted that for the desk."), DONE]))
    assert "I've noted that for the desk." in await call.say("please note it")


async def test_a_question_is_not_asked_a_third_time_in_the_same_words() -> None:
    call = Call(Script(*[[TextDelta("Which day?"), DONE]] * 3))
    assert [await call.say("hm") for _ in range(2)] == ["Which day?", "Which day?"]
    heard = await call.say("hm")
    assert "Which day?" not in heard
    assert phrases.OFFER_PERSON[0] in heard
    await call.say("yes please")
    assert call.moved == Move(NextStep.DESK, "the caller took the offer of a person")


@pytest.mark.parametrize(
    "reply",
    [
        [ModelError("down")],
        [ModelBusy("429")],
        [TextDelta("Well, "), ModelError("broke off")],
        [TextDelta("Half a sen")],
        [DONE],
        [60.0, DONE],
    ],
)
def test_a_failing_model_is_an_apology_and_a_person_then_the_desk(reply: list[object]) -> None:
    async def whole() -> None:
        call = Call(Script(reply, reply), at_once=False)
        heard = await call.say("what time is breakfast?")
        assert phrases.TROUBLE[0] in heard
        assert phrases.OFFER_PERSON[0] in heard
        assert call.expects == "yes_no"
        assert call.moved is None
        heard = await call.say("breakfast?")
        assert phrases.TROUBLE[1] in heard
        assert call.moved == Move(NextStep.DESK, "model failed")

    virtual_time.run(whole())


async def test_a_yes_to_the_offer_of_a_person_needs_no_model() -> None:
    call = Call(Script([ModelError("down")]))
    await call.say("hello there")
    await call.say("yes")
    assert call.moved is not None
    assert call.moved.next_step is NextStep.DESK


def test_a_slow_model_is_covered_and_bounded() -> None:
    async def whole() -> None:
        limits = ReplyLimits()
        call = Call(Script([3.0, TextDelta("Here I am."), DONE]), at_once=False, limits=limits)
        heard = await call.say("hello")
        assert heard.split(". ")[0] + "." in phrases.LET_ME_CHECK
        assert heard.endswith("Here I am.")
        slow = Call(Script([TextDelta("One. "), 5.0, TextDelta("Two. "), 5.0, TextDelta("Three. "), 5.0, DONE]), at_once=False, limits=limits)
        begun = asyncio.get_running_loop().time()
        assert phrases.TROUBLE[0] in await slow.say("hello")
        assert asyncio.get_running_loop().time() - begun <= limits.whole_s

    virtual_time.run(whole())


async def test_a_model_that_only_calls_tools_is_stopped() -> None:
    call = Call(Script(*[[look(f"c{n}"), DONE] for n in range(9)]), limits=ReplyLimits(steps=3))
    heard = await call.say("a room")
    assert len(call.used) == 3
    assert phrases.OFFER_PERSON[0] in heard


async def test_a_farewell_hangs_up_after_what_is_said() -> None:
    call = Call(Script([TextDelta("Goodbye."), Farewell(), DONE]))
    await call.say("bye")
    assert call.steps[-1] == Move(NextStep.HANG_UP, "asked for in the conversation")


async def test_the_model_may_say_what_it_asks_for() -> None:
    call = Call(Script([TextDelta("And the code?"), Asking(Answer.CODE, "code"), DONE]))
    await call.say("hi there")
    assert call.expects == "code"


@pytest.mark.parametrize("words", ["There's a fire in my room!", "my husband is not breathing", "let me speak to a person"])
async def test_what_cannot_wait_needs_no_model(words: str) -> None:
    call = Call(Script())
    assert await call.say(words) != ""
    assert all(say.fixed for say in call.of(Say))
    assert call.moved is not None
    assert call.moved.next_step is NextStep.DESK


@pytest.mark.parametrize("words", ["No, don't record me.", "I don't want to be recorded", "please stop the recording"])
async def test_refused_recording_is_a_step_before_anything_else(words: str) -> None:
    call = Call(Script())
    await call.say(words)
    assert call.steps[0] == Consent("refused")
    assert phrases.NOT_RECORDED in [s.text for s in call.of(Say)]


async def test_refusal_and_a_question_are_both_answered() -> None:
    script = Script([TextDelta("From seven."), DONE])
    call = Call(script)
    heard = await call.say("Please don't record me. What time is breakfast?")
    assert call.steps[0] == Consent("refused")
    assert heard.endswith("From seven.")
    assert script.turns[0].messages[0] == CallerSaid("What time is breakfast?")


@pytest.mark.parametrize(
    ("words", "step"),
    [
        ("slower please", Pace),
        ("could you speak a little slower?", Pace),
        ("louder please", Louder),
        ("I can't hear you very well", Louder),
        ("hold on a second", HoldOn),
        ("let me get my calendar", HoldOn),
    ],
)
async def test_wishes_about_the_voice_need_no_model(words: str, step: type) -> None:
    call = Call(Script())
    await call.say(words)
    assert len(call.of(step)) == 1
    assert call.of(Say)


async def test_slower_and_a_question_in_one_breath() -> None:
    call = Call(Script([TextDelta("From seven."), DONE]))
    heard = await call.say("slower please, and what time is breakfast?")
    assert call.of(Pace)
    assert heard.endswith("From seven.")


async def test_repeat_says_the_last_reply_again_and_waits_for_the_same() -> None:
    call = Call(Script([TextDelta("It is $2 a day. Shall I note it?"), DONE]))
    await call.say("how much is 2?")
    first = call.of(Say)
    call.conversation.heard(first[1].utterance, "Shall", cut=True)
    heard = await call.say("sorry, could you repeat that?")
    assert heard.endswith("It is $2 a day. Shall I note it?")
    assert call.expects == "yes_no"


async def test_zero_is_a_person_and_other_keys_are_told_to_the_model() -> None:
    script = Script([TextDelta("Thank you."), DONE])
    call = Call(script)
    await call.key("2025550142")
    assert script.turns[0].messages[-1] == StaffHint("the caller keyed 2 0 2 5 5 5 0 1 4 2")
    await call.key("0")
    assert call.moved == Move(NextStep.DESK, "key 0")


async def test_the_silence_ladder_ends_with_goodbye() -> None:
    call = Call(Script())
    rungs = [call.receptionist.silence(n) for n in (1, 2, 3)]
    words = [step.text for rung in rungs for step in rung if isinstance(step, Say)]
    assert len(set(words)) == len(words)
    assert rungs[2][-1] == Move(NextStep.HANG_UP, "silence")
    call.receptionist.silence(2)
    await call.say("yes")
    assert call.moved is not None


async def test_a_reply_closed_in_the_middle_leaves_a_whole_memory() -> None:
    call = Call(Script([TextDelta("One. Two. "), look(), DONE], [TextDelta("Never."), DONE]))
    steps = call.receptionist.turn(CallerSaid("a room"))
    first = await anext(steps)
    assert isinstance(first, Say)
    await steps.aclose()
    call.conversation.heard(first.utterance, "One.", cut=True)
    call.conversation.caller("wait")
    assert call.conversation.messages() == (CallerSaid("a room"), AgentSaid("One.", cut=True), CallerSaid("wait"))


async def test_a_write_finishes_when_the_caller_interrupts_and_its_result_is_known() -> None:
    desk = Desk(gate=asyncio.Event())
    call = Call(Script([NOTE, DONE]), desk=desk)
    steps = call.receptionist.turn(CallerSaid("note it"))
    pending = asyncio.ensure_future(anext(steps))
    await desk.begun.wait()
    pending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await pending
    await steps.aclose()
    answer = call.conversation.messages()[-1]
    assert isinstance(answer, ToolAnswered)
    assert not answer.ok
    assert desk.gate is not None
    desk.gate.set()
    await call.receptionist.hung_up()
    answer = call.conversation.messages()[-1]
    assert isinstance(answer, ToolAnswered)
    assert answer.ok
    assert [r.kind for r in call.conversation.receipts] == ["lead"]
    assert desk.count("desk_note") == 1


async def test_an_interrupted_write_of_the_embedded_model_is_said_later() -> None:
    desk = Desk(gate=asyncio.Event())
    call = Call(desk=desk)
    await call.say("I need to cancel my stay")
    await call.say("Dana Whitfield")
    steps = call.receptionist.turn(CallerSaid("yes"))
    pending = asyncio.ensure_future(anext(steps))
    await desk.begun.wait()
    pending.cancel()
    await asyncio.wait({pending})
    await steps.aclose()
    assert desk.gate is not None
    desk.gate.set()
    for _ in range(5):
        await asyncio.sleep(0)
    heard = await call.say("What time is breakfast?")
    assert "I've noted that" in heard
    assert "Breakfast is from 7" in heard
    assert desk.count("desk_note") == 1


@pytest.mark.parametrize(
    ("told", "name", "phone"),
    [
        (("My name is Dana Whitfield.",), "Dana Whitfield", "+12025550199"),
        (("I need to cancel my stay", "Sam Okoro"), "Sam Okoro", "+12025550199"),
        (("my number is two oh two five five five oh one four two",), None, "+12025550142"),
    ],
)
async def test_what_was_told_before_hanging_up_is_kept(told: tuple[str, ...], name: str | None, phone: str) -> None:
    call = Call()
    for words in told:
        await call.say(words)
    await call.receptionist.hung_up()
    kept = call.desk.last("desk_note")
    assert (kept.name, kept.phone) == (name, phone)


async def test_nothing_is_kept_twice_or_from_nothing() -> None:
    quiet = Call()
    await quiet.say("What time is breakfast?")
    await quiet.receptionist.hung_up()
    assert quiet.desk.count("desk_note") == 0
    done = Call()
    for words in ("I need to cancel my stay", "Dana Whitfield", "yes"):
        await done.say(words)
    await done.receptionist.hung_up()
    assert done.desk.count("desk_note") == 1


async def test_unsure_words_are_not_kept_after_a_hang_up() -> None:
    call = Call()
    await call.say("My name is Rolf Enders.", 0.3)
    await call.receptionist.hung_up()
    assert call.desk.count("desk_note") == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("Mr. Lee is here. Good.", ["Mr. Lee is here.", "Good."]),
        ("It is $318.40 in all. Fine?", ["It is $318.40 in all.", "Fine?"]),
        ("From 4 p.m. until 9 p.m. Is that all right?", ["From 4 p.m. until 9 p.m.", "Is that all right?"]),
        ("No end", ["No end"]),
        ("", []),
    ],
)
def test_text_is_cut_at_its_sentences(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected
    cutter, cut = SentenceCutter(), []
    for letter in text:
        cut += cutter.feed(letter)
    assert [*cut, *cutter.rest()] == expected


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("May I have your name, please?", Answer.NAME),
        ("Could you spell that for me?", Answer.SPELLING),
        ("What's the best phone number to reach you?", Answer.PHONE),
        ("Which e-mail address shall I use?", Answer.EMAIL),
        ("How many guests?", Answer.NUMBER),
        ("When would you like to arrive?", Answer.DATE),
        ("Shall I note it down?", Answer.YES_NO),
        ("I have Lee, L-E-E. Is that right?", Answer.YES_NO),
        ("What's your reservation code?", Answer.CODE),
        ("Breakfast is from seven.", Answer.ANYTHING),
        ("What else can I do for you?", Answer.ANYTHING),
    ],
)
def test_a_question_tells_what_it_asks_for(text: str, answer: Answer) -> None:
    assert asked_for(text) is answer


async def test_used_steps_carry_what_was_done() -> None:
    call = Call(Script([NOTE, DONE], [TextDelta("Thank you."), DONE]))
    await call.say("note me")
    used = call.of(Used)[0]
    assert used.receipt is not None
    assert used.receipt.kind == "lead"
    assert call.of(Expect)
