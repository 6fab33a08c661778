"""Turns, interruptions, silence, keys and the goodbye, in whole calls on virtual time."""

import wave
from pathlib import Path

import numpy as np
import pytest

from agent.ports import CallerSaid
from agent.steps import CardRead, Consent, Expect, HoldOn, Move, Pace, Say, Step
from speech.ports import Answer
from speech.turns import Backchannel, EndOfTurn, Interrupt, Resume
from telephony import events
from telephony.events import AgentAudible, MovesOn, ReplyBegan
from telephony.lifecycle import Deadlines
from tests.calls.line import GREETING, ROOM, VOICE, FakeEar, Phone
from tests.virtual_time import run
from tools.catalogue import NextStep

LONG = "Parking is behind the house, costs ten dollars a night, and the gate opens with your room key, or with the code from your letter."


def desk(text: str) -> tuple[Step, ...]:
    """A receptionist of few words."""
    if "parking" in text:
        return (Say(LONG),)
    if "number" in text:
        return Say("Which phone number may we use for that, please?"), Expect(Answer.PHONE)
    if "hold on" in text:
        return Say("Of course."), HoldOn()
    if "bye" in text:
        return Say("Goodbye, and thank you for calling the Harborview this evening."), Move(NextStep.HANG_UP, "goodbye")
    if "record" in text:
        return Consent("refused"), Say("This call is no longer recorded.")
    return (Say(f"About {text.strip('?.')}, yes."),)


async def during_the_answer(phone: Phone, ms: int = 1500) -> None:
    """The caller has asked and hears the long answer."""
    await phone.until_quiet()
    await phone.say("where is the parking?")
    await phone.until(lambda: phone.watch.of(AgentAudible)[-1].utterance.text == LONG)
    await phone.wait(ms)


@pytest.mark.parametrize("marks_turns", [False, True])
def test_a_question_is_answered(tmp_path: Path, marks_turns: bool) -> None:
    async def call() -> Phone:
        async with Phone(tmp_path, desk, ear=FakeEar(marks_turns=marks_turns)) as phone:
            await phone.until_quiet()
            await phone.ask("where is the parking?")
        return phone

    phone = run(call())
    assert [turn.text for turn in phone.desk.turns] == ["where is the parking?"]
    assert phone.heard == [GREETING, LONG]


def test_showing_that_one_listens_stops_nothing_and_a_wish_to_speak_does(tmp_path: Path) -> None:
    async def call() -> tuple[Phone, int]:
        async with Phone(tmp_path, desk) as phone:
            await during_the_answer(phone, 1000)
            await phone.say("mm-hm", 300)
            await phone.wait(2000)
            await phone.say("right, okay", 400)
            await phone.wait(1500)
            assert not phone.wire.clears
            began = phone.call.now_ms()
            await phone.ask("wait, stop, what about bicycles?")
        return phone, began

    phone, began = run(call())
    assert len(phone.wire.clears) == 1
    assert phone.wire.clears[0] - began <= 750
    assert len(phone.watch.of(Backchannel)) == 2
    assert [turn.text for turn in phone.desk.turns] == ["where is the parking?", "wait, stop, what about bicycles?"]
    cut = next(row for row in phone.rows.utterances().values() if row.said == LONG)
    assert cut.cut
    assert LONG.startswith(cut.heard)
    assert 5 < len(cut.heard.split()) < len(LONG.split())


def test_a_stop_for_nothing_goes_on_within_a_second(tmp_path: Path) -> None:
    """A cough as loud as a voice: no words, so the answer resumes at the word that was cut, and is heard whole."""

    async def call() -> Phone:
        async with Phone(tmp_path, desk) as phone:
            await during_the_answer(phone)
            phone.ear.silent = True
            await phone.wait(620, VOICE)
            stopped = phone.call.now_ms()
            await phone.until(lambda: phone.watch.of(Resume))
            assert phone.call.now_ms() - stopped <= 1000
            phone.ear.silent = False
            await phone.until_quiet()
        return phone

    phone = run(call())
    assert len(phone.wire.clears) == len(phone.watch.of(Interrupt)) == 1
    assert phone.heard == [GREETING, LONG]
    greeting_and_answer = (len(GREETING) + len(LONG)) * 60
    assert 0 <= len(phone.wire.played) / 8 - greeting_and_answer <= 1200


@pytest.mark.parametrize("early", ["cough", "hello", "both", "hello twice"])
def test_the_notice_is_heard_once_and_whole(tmp_path: Path, early: str) -> None:
    async def call() -> Phone:
        async with Phone(tmp_path, desk) as phone:
            await phone.wait(600)
            if early in ("cough", "both"):
                phone.ear.silent = True
                await phone.wait(640, VOICE)
                await phone.wait(900)
                phone.ear.silent = False
            if early != "cough":
                await phone.say("hello? is anybody there?", 900)
                await phone.wait(1200)
            if early == "hello twice":
                await phone.say("hello, can you hear me?", 900)
            await phone.until_quiet()
            await phone.ask("please do not record this")
        return phone

    phone = run(call())
    greetings = [row for row in phone.rows.utterances().values() if row.said == GREETING]
    assert len(greetings) == 1
    assert greetings[0].heard == GREETING
    assert not greetings[0].cut
    assert phone.voice.said.count(GREETING) == 1
    assert len(phone.wire.played) / 8 <= sum(len(said) for said in phone.said) * 60 + 2500
    assert not phone.recorder.path.exists()
    assert phone.heard[-1] == "This call is no longer recorded."


def test_a_person_asked_for_in_the_greeting_does_not_wait_for_it(tmp_path: Path) -> None:
    async def call() -> Phone:
        async with Phone(tmp_path, desk) as phone:
            await phone.wait(1000)
            phone.call.tell(_key(phone, "0"))
            await phone.until(lambda: phone.call.ended, 6000)
        return phone

    phone = run(call())
    assert len(phone.wire.clears) == 1
    assert phone.call.ended is not None
    assert phone.call.ended.step is NextStep.DESK


def _key(phone: Phone, digit: str):  # type: ignore[no-untyped-def]
    from telephony.events import Keyed

    return Keyed(digit, phone.call.now_ms())


def test_zero_in_the_middle_of_an_answer_is_a_person_at_once(tmp_path: Path) -> None:
    async def call() -> tuple[Phone, int]:
        async with Phone(tmp_path, desk) as phone:
            await during_the_answer(phone)
            pressed = phone.call.now_ms()
            for digit in "00#0":
                phone.call.tell(_key(phone, digit))
                await phone.wait(100)
            await phone.until(lambda: phone.call.ended, 5000)
        return phone, pressed

    phone, pressed = run(call())
    assert phone.wire.clears[0] - pressed <= 100
    assert phone.call.ended is not None
    assert phone.call.ended.step is NextStep.DESK
    assert phone.watch.times(MovesOn)[0] - pressed <= 400


def test_a_number_is_keyed_while_it_is_asked_for(tmp_path: Path) -> None:
    async def call() -> Phone:
        async with Phone(tmp_path, desk) as phone:
            await phone.until_quiet()
            await phone.say("take my number")
            await phone.until(lambda: "Which phone" in phone.watch.of(AgentAudible)[-1].utterance.text)
            await phone.wait(600)
            for digit in "2025550199":
                phone.call.tell(_key(phone, digit))
                await phone.wait(120)
            await phone.until_quiet()
        return phone

    phone = run(call())
    assert phone.desk.keys == ["2025550199"]
    assert len(phone.wire.clears) == 1
    assert phone.heard[-1] == "You keyed 2 0 2 5 5 5 0 1 9 9."
    assert len(phone.desk.turns) == 1


def test_a_storm_of_keys_is_a_few_answers(tmp_path: Path) -> None:
    async def call() -> Phone:
        async with Phone(tmp_path, desk) as phone:
            await phone.until_quiet()
            for number in range(400):
                phone.call.tell(_key(phone, "123456789*#"[number % 11]))
                await phone.wait(20)
            await phone.wait(3000)
            await phone.until_quiet()
            await phone.ask("where is the parking?")
        return phone

    phone = run(call())
    assert phone.heard[-1] == LONG
    assert all(len(keys) <= 24 for keys in phone.desk.keys)


def test_the_call_ends_when_the_goodbye_was_heard(tmp_path: Path) -> None:
    async def call() -> Phone:
        async with Phone(tmp_path, desk, mark_delay_ms=150) as phone:
            await phone.until_quiet()
            await phone.say("thank you, bye")
            await phone.until(lambda: phone.call.ended)
        return phone

    phone = run(call())
    assert phone.call.ended is not None
    assert (phone.call.ended.reason, phone.call.ended.step) == ("goodbye", NextStep.HANG_UP)
    assert phone.heard[-1].startswith("Goodbye")
    assert not phone.rows.utterances()[3].cut


def test_one_more_thing_after_the_goodbye(tmp_path: Path) -> None:
    async def call() -> Phone:
        async with Phone(tmp_path, desk) as phone:
            await phone.until_quiet()
            await phone.say("thank you, bye")
            await phone.until(lambda: phone.watch.of(MovesOn))
            await phone.until(lambda: phone.wire.queued_ms() and phone.wire.queued_ms() < 300)
            await phone.ask("oh, one more thing, where is the parking?")
            assert not phone.call.ended
            assert phone.heard[-1] == LONG
            await phone.say("bye")
            await phone.until(lambda: phone.call.ended)
        return phone

    assert run(call()).call.ended.reason == "goodbye"  # type: ignore[union-attr]


def test_farewell_words_inside_a_question_end_nothing(tmp_path: Path) -> None:
    async def call() -> None:
        async with Phone(tmp_path, lambda _: (Say("You can wave goodbye to the early alarm: breakfast ends at eleven."),)) as phone:
            await phone.until_quiet()
            await phone.ask("can you stop the newspaper, and when does the bar close?")
            assert not phone.call.ended
            assert phone.heard[-1].endswith("eleven.")

    run(call())


def test_silence_is_asked_twice_then_left(tmp_path: Path) -> None:
    async def call() -> Phone:
        async with Phone(tmp_path, desk) as phone:
            await phone.until(lambda: phone.call.ended)
        return phone

    phone = run(call())
    assert phone.said == [GREETING, "Are you there, 1?", "Are you there, 2?", "Goodbye then."]
    assert phone.call.now_ms() <= 60_000
    assert phone.call.ended is not None
    assert phone.call.ended.reason in ("silence", "silent")


def test_hold_on_is_silent_for_ninety_seconds(tmp_path: Path) -> None:
    async def call() -> tuple[Phone, int]:
        async with Phone(tmp_path, desk) as phone:
            await phone.until_quiet()
            await phone.ask("hold on, I need my diary")
            held = phone.call.now_ms()
            replies = len(phone.watch.of(ReplyBegan))
            await phone.until(lambda: len(phone.watch.of(ReplyBegan)) > replies, 120_000)
            waited = phone.call.now_ms() - held
            await phone.until_quiet()
        return phone, waited

    phone, waited = run(call())
    assert 85_000 <= waited <= 92_000
    assert phone.said[-1] == "Are you there, 1?"


def test_hold_music_is_waited_out(tmp_path: Path) -> None:
    """Sound without words, for a minute of the hold."""

    async def call() -> Phone:
        async with Phone(tmp_path, desk) as phone:
            await phone.until_quiet()
            await phone.ask("hold on, I need my diary")
            said = len(phone.said)
            for _ in range(12):
                await phone.wait(3000, VOICE)
                await phone.wait(1500, ROOM)
            assert len(phone.said) == said
            await phone.ask("thanks, where is the parking?")
        return phone

    assert run(call()).heard[-1] == LONG


def test_two_turns_before_the_first_answer_get_one(tmp_path: Path) -> None:
    async def call() -> Phone:
        async with Phone(tmp_path, desk, think_s=3.0) as phone:
            await phone.until_quiet()
            await phone.say("do you have a pool?")
            await phone.until(lambda: phone.watch.of(EndOfTurn))
            await phone.ask("and a sauna?")
        return phone

    phone = run(call())
    assert phone.heard[1:] == ["About and a sauna, yes."]
    known = [message.text for message in phone.conversation.messages() if isinstance(message, CallerSaid)]
    assert known == ["do you have a pool?", "and a sauna?"]
    assert phone.desk.cancelled == 1


def test_a_caller_who_never_stops_is_answered(tmp_path: Path) -> None:
    async def call() -> Phone:
        async with Phone(tmp_path, lambda _: (Say("One thing at a time, please."),)) as phone:
            await phone.until_quiet()
            await phone.say(" ".join(f"word{number}" for number in range(400)), 120_000)
            await phone.until_quiet()
        return phone

    phone = run(call())
    assert phone.watch.of(EndOfTurn)
    assert phone.heard.count("One thing at a time, please.") >= 2
    assert not phone.call.ended or phone.call.ended.reason == "caller hung up"


def test_a_call_that_is_too_long_goes_to_the_desk(tmp_path: Path) -> None:
    async def call() -> Phone:
        async with Phone(tmp_path, desk, deadlines=Deadlines(longest_ms=20_000)) as phone:
            await phone.until_quiet()
            await phone.ask("where is the parking?")
            await phone.until(lambda: phone.call.ended, 30_000)
        return phone

    ended = run(call()).call.ended
    assert ended is not None
    assert (ended.reason, ended.step) == ("too long", NextStep.DESK)


def test_a_card_number_is_kept_nowhere(tmp_path: Path) -> None:
    async def call() -> None:
        def answers(text: str) -> tuple[Step, ...]:
            return (CardRead(), Say("Please don't give me card details.")) if "4111" in text else (Say("Certainly."),)

        async with Phone(tmp_path, answers) as phone:
            await phone.until_quiet()
            began = phone.call.now_ms()
            await phone.say("my card is 4111 1111 1111 1111")
            await phone.until(lambda: phone.watch.of(events.CardDigits))
            await phone.until_quiet()
            (span,) = phone.watch.of(events.CardDigits)
            assert span.start_ms <= began + 400
        said = [record.said for record in phone.rows.utterances().values() if record.speaker == "caller"]
        assert said
        assert "4111" not in said[0]
        with wave.open(str(phone.recorder.path)) as recording:
            sound = np.frombuffer(recording.readframes(recording.getnframes()), "<i2").reshape(-1, 2)
        assert not np.any(sound[span.start_ms * 8 : span.end_ms * 8, 0])
        assert np.any(sound[:, 1])

    run(call())


def test_who_wants_it_slower_gets_longer_pauses(tmp_path: Path) -> None:
    async def call() -> None:
        def answers(text: str) -> tuple[Step, ...]:
            return (Pace(0.85), Say("Of course, I'll speak more slowly.")) if "slower" in text else (Say("There is."),)

        async with Phone(tmp_path, answers) as phone:
            await phone.until_quiet()
            for number, text in enumerate(("is there a pool", "slower please", "is there a pool"), 1):
                await phone.say(text)
                await phone.until(lambda: len(phone.watch.of(EndOfTurn)) == number)  # noqa: B023 - looked at at once
                await phone.until_quiet()
            before, _, after = (ended.at_ms - ended.end_ms for ended in phone.watch.of(EndOfTurn))
            assert after > before

    run(call())
