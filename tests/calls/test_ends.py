"""Every way a call can end or break: a finished row with its reason, a recording that plays, and nothing left running."""

import asyncio
import gc
import tracemalloc
import wave
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from agent import phrases
from agent.steps import Expect, Move, Say, Step
from data.records import CallUpdate, RecordingRecord
from speech.errors import SynthesizerError
from speech.ports import Answer, Speech, TranscriberFailed
from telephony.answering import SOUND_LIMIT_S
from telephony.events import AgentAudible, Ended, MovesOn, RecordingFailed, SpeechFailed
from tests.calls.line import GREETING, VOICE, FakeEar, FakeListening, FakeVoice, Phone
from tests.virtual_time import run
from tools.catalogue import NextStep

LONG = "The harbour walk starts at the door, takes an hour, and ends at the lighthouse, where the café is open until six."


def desk(text: str) -> tuple[Step, ...]:
    if "bye" in text:
        return Say("Goodbye."), Move(NextStep.HANG_UP, "goodbye")
    return Say(LONG), Expect(Answer.ANYTHING)


def finished(phone: Phone) -> dict[str, object]:
    """The call's last row; everything that was open is closed."""
    updates: dict[str, object] = {}
    for record in phone.rows.of(CallUpdate):
        updates |= record.values
    assert {"ended_at", "end_reason"} <= updates.keys()
    assert phone.ear.open == 0
    assert phone.voice.open_count == 0
    assert phone.desk.left == 1
    assert not phone.recorder.running
    return updates


def plays(phone: Phone) -> int:
    """The recording's length in ms; it must play."""
    assert phone.rows.of(RecordingRecord)[-1].state == "finished"
    with wave.open(str(phone.recorder.path)) as file:
        assert file.getnchannels() == 2
        return int(file.getnframes()) // 8


async def at_once(phone: Phone) -> None:
    """Nothing has happened yet."""


async def greeting(phone: Phone) -> None:
    await phone.wait(1000)


async def idle(phone: Phone) -> None:
    await phone.until_quiet()


async def caller_speaks(phone: Phone) -> None:
    await phone.until_quiet()
    phone.ear.words.append((phone._packet_ms, phone._packet_ms + 3000, "I would like to"))
    await phone.wait(900, VOICE)


async def decoding(phone: Phone) -> None:
    await phone.until_quiet()
    await phone.say("what can one see here?")
    await phone.wait(300)


async def thinking(phone: Phone) -> None:
    await phone.until_quiet()
    await phone.say("what can one see here?")
    await phone.until(lambda: phone.desk.turns)


async def answering(phone: Phone) -> None:
    await phone.until_quiet()
    await phone.say("what can one see here?")
    await phone.until(lambda: phone.watch.of(AgentAudible)[-1].utterance.text == LONG)
    await phone.wait(1200)


async def interrupted(phone: Phone) -> None:
    await answering(phone)
    await phone.say("wait, excuse me, hello", 1000)


async def goodbye(phone: Phone) -> None:
    await phone.until_quiet()
    await phone.say("bye")
    await phone.until(lambda: phone.watch.of(MovesOn))


STATES = (at_once, greeting, idle, caller_speaks, decoding, thinking, answering, interrupted, goodbye)


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
@pytest.mark.parametrize("reason", ["caller hung up", "line lost", "server stopped", "error"])
def test_an_end_in_every_state_leaves_it_all_finished(tmp_path: Path, state: object, reason: str) -> None:
    async def call() -> Phone:
        async with Phone(tmp_path, desk, think_s=0.4) as phone:
            await state(phone)  # type: ignore[operator]
            phone.call.tell(Ended(reason))
        return phone

    phone = run(call())
    assert finished(phone)["end_reason"] == reason
    assert abs(plays(phone) - phone._packet_ms) <= 20
    for row in phone.rows.utterances().values():
        assert row.ended_ms is not None
        assert row.said.startswith(row.heard)


def test_a_socket_that_falls_silent_is_a_lost_line(tmp_path: Path) -> None:
    async def call() -> Phone:
        async with Phone(tmp_path, desk) as phone:
            await phone.wait(1000)
            await phone.quiet_line(12_000)
            assert phone.call.ended
        return phone

    assert finished(run(call()))["end_reason"] == "line lost"


def test_a_cancelled_call_still_finishes(tmp_path: Path) -> None:
    async def call() -> Phone:
        phone = Phone(tmp_path, desk)
        living = asyncio.ensure_future(phone.call.live())
        await asyncio.sleep(1)
        living.cancel()
        with pytest.raises(asyncio.CancelledError):
            await living
        return phone

    assert finished(run(call()))["end_reason"] == "server stopped"


def test_a_part_that_breaks_ends_its_call_only(tmp_path: Path) -> None:
    def broken(text: str) -> tuple[Step, ...]:
        raise RuntimeError(text)

    async def call() -> Phone:
        async with Phone(tmp_path, broken) as phone:
            await phone.until_quiet()
            await phone.say("what now?")
            await phone.until(lambda: phone.call.ended)
        return phone

    assert finished(run(call()))["end_reason"] == "error"


# the ear breaks


class DeafListening(FakeListening):
    def decode(self, start_ms: int, at_ms: int) -> None:
        ear = self._ear
        assert isinstance(ear, DeafEar)
        if ear.kind == "raises":
            asyncio.get_running_loop().call_later(0.1, self._tell, TranscriberFailed("gone", at_ms))
        elif ear.kind == "empty":
            super().decode(start_ms, at_ms)


class DeafEar(FakeEar):
    def __init__(self, kind: str) -> None:
        super().__init__(broken=kind == "refuses")
        self.kind = kind

    async def listen(self, tell: object, hints: object) -> FakeListening:
        if self.kind == "opens never":
            await asyncio.sleep(3600)
        await super().listen(tell, hints)  # type: ignore[arg-type]
        return DeafListening(self, tell)  # type: ignore[arg-type]

    def text(self, start_ms: int, end_ms: int) -> str:
        return ""


@pytest.mark.parametrize("kind", ["hangs", "raises", "empty", "refuses", "opens never"])
def test_a_caller_who_cannot_be_heard_gets_an_apology_then_a_person(tmp_path: Path, kind: str) -> None:
    async def call() -> Phone:
        async with Phone(tmp_path, desk, ear=DeafEar(kind)) as phone:
            await phone.until_quiet()
            for _ in range(3):
                if phrases.TO_THE_DESK in phone.said:
                    break
                said = len(phone.said)
                spoke = phone.call.now_ms()
                await phone.say("can you hear me?")
                await phone.until(lambda said=said: len(phone.said) > said)  # type: ignore[misc]
                assert phone.call.now_ms() - spoke <= 7_000
                await phone.until(lambda: phone.playback.busy is False or phone.call.ended)
            await phone.until(lambda: phone.call.ended, 10_000)
        return phone

    phone = run(call())
    assert phone.heard[0] == GREETING
    assert phrases.HEARING_BADLY in phone.heard
    assert phrases.TO_THE_DESK in phone.heard
    assert len(set(phone.said)) == len(phone.said)
    assert phone.call.ended is not None
    assert phone.call.ended.step is NextStep.DESK
    assert finished(phone)["end_reason"] == "not understood"


# the voice breaks


class BrokenVoice(FakeVoice):
    """Speaks fixed phrases from memory, as the real one; anything else breaks."""

    def __init__(self, kind: str, knows: tuple[str, ...] = (GREETING, phrases.TO_THE_DESK)) -> None:
        super().__init__()
        self.kind, self.knows = kind, knows

    async def say(self, sentence: str, *, pace: float = 1.0, gain_db: float = 0.0) -> AsyncGenerator[Speech]:
        if sentence not in self.knows:
            if self.kind == "hangs":
                await asyncio.sleep(3600)
            if self.kind == "raises":
                raise SynthesizerError("no credit")
            if self.kind == "hangs in the middle":
                yield Speech(b"\x20" * 800)
                await asyncio.sleep(3600)
            return
        async for piece in super().say(sentence, pace=pace, gain_db=gain_db):
            yield piece


@pytest.mark.parametrize("kind", ["hangs", "raises", "empty", "hangs in the middle"])
def test_a_voice_that_breaks_apologises_and_hands_over(tmp_path: Path, kind: str) -> None:
    async def call() -> tuple[Phone, int]:
        async with Phone(tmp_path, desk, voice=BrokenVoice(kind)) as phone:
            await phone.until_quiet()
            await phone.say("what can one see here?")
            spoke = phone.call.now_ms()
            await phone.until(lambda: phrases.TO_THE_DESK in phone.said)
            took = phone.call.now_ms() - spoke
            await phone.until(lambda: phone.call.ended)
        return phone, took

    phone, took = run(call())
    assert took <= SOUND_LIMIT_S * 1000 + 1500
    assert phone.heard[-1] == phrases.TO_THE_DESK
    assert phone.watch.of(SpeechFailed)
    assert phone.call.ended == Ended("voice failed", NextStep.DESK)
    finished(phone)


@pytest.mark.parametrize("kind", ["hangs", "raises", "empty"])
def test_a_voice_that_says_nothing_at_all_still_hands_over(tmp_path: Path, kind: str) -> None:
    async def call() -> Phone:
        async with Phone(tmp_path, desk, voice=BrokenVoice(kind, knows=())) as phone:
            await phone.until(lambda: phone.call.ended, 30_000)
        return phone

    phone = run(call())
    assert phone.call.ended == Ended("voice failed", NextStep.DESK)
    assert phone.heard == []
    finished(phone)


@pytest.mark.parametrize("never", [False, True])
def test_a_voice_that_cannot_be_reached_hands_over(tmp_path: Path, never: bool) -> None:
    class Unreachable(FakeVoice):
        async def open(self, voice: str | None = None) -> FakeVoice:
            if never:
                await asyncio.sleep(3600)
            raise SynthesizerError("refused")

    async def call() -> Phone:
        async with Phone(tmp_path, desk, voice=Unreachable()) as phone:
            await phone.until(lambda: phone.call.ended, 30_000)
        return phone

    assert run(call()).call.ended == Ended("voice failed", NextStep.DESK)


def test_a_full_disk_costs_the_recording_and_not_the_call(tmp_path: Path) -> None:
    async def call() -> Phone:
        phone = Phone(tmp_path, desk)
        (tmp_path / "recordings").write_text("in the way")
        async with phone:
            await phone.until_quiet()
            await phone.ask("what can one see here?")
        return phone

    phone = run(call())
    assert phone.heard == [GREETING, LONG]
    assert len(phone.watch.of(RecordingFailed)) == 1
    assert phone.rows.of(RecordingRecord)[-1].state == "failed"
    assert finished(phone)["end_reason"] == "caller hung up"


def test_a_thousand_calls_leave_nothing_behind(tmp_path: Path) -> None:
    """Memory after the last hundred is as after the first hundred."""

    async def call(number: int) -> None:
        async with Phone(tmp_path / str(number % 7), desk, greeting="Hello.") as phone:
            phone.recorder.path.unlink(missing_ok=True)
            await phone.wait(100)
            phone.recorder.delete()

    async def calls(numbers: range) -> None:
        for number in numbers:
            await call(number)

    tracemalloc.start()
    try:
        run(calls(range(100)))
        gc.collect()
        before = tracemalloc.get_traced_memory()[0]
        run(calls(range(100, 1000)))
        gc.collect()
        kept = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert kept < 200_000
