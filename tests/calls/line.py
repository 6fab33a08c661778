"""A call on virtual time: the real parts, with fakes for ear, brain and voice, and a carrier that plays, marks and clears."""

import asyncio
import base64
import json
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from agent.conversation import Conversation
from agent.ports import CallerSaid
from agent.steps import Expect, Move, Say, Step
from data.records import UtteranceRecord
from speech.errors import SynthesizerError, TranscriberError
from speech.ports import Answer, ListenHints, Speech, TranscriberEvent, Transcript, TurnMark, TurnSignal
from speech.turns import Turns
from telephony.answering import Answering
from telephony.call import Call, CallFacts, Part
from telephony.call_log import CallLog, Record
from telephony.events import Ended, Event, MarkReturned, ReplyBegan
from telephony.hearing import Hearing
from telephony.lifecycle import Deadlines
from telephony.lifeline import Lifeline
from telephony.media_stream import MediaStream, Started
from telephony.nuisance import Nuisance
from telephony.playback import Playback
from telephony.process.metrics import Measured, Metrics
from telephony.recorder import Recorder
from tools.catalogue import NextStep

GREETING = "Good evening, this is the automated assistant of the Harborview and this call is recorded."
VOICE = bytes([0x20, 0xA0]) * 80
"""A loud packet."""
ROOM = b"\xff" * 160
MS_PER_LETTER = 60
TONE = bytes(range(0x10, 0x74))


class FakeEar:
    """A recogniser that hears what the test says was said. `marks_turns`: like Flux; else `decode` answers after `decode_s`."""

    name = "fake-ear"

    def __init__(self, *, marks_turns: bool = False, decode_s: float = 0.2, broken: bool = False) -> None:
        self.marks_turns, self.decode_s, self.broken = marks_turns, decode_s, broken
        self.silent = False
        self.words: list[tuple[int, int, str]] = []
        """(start ms, end ms, text) of the caller's voice, in stream time."""
        self.open = 0
        self.language: str | None = None
        self.confidence = 0.9

    async def warm(self) -> None:
        """Nothing to load."""

    async def listen(self, tell: Callable[[TranscriberEvent], None], hints: ListenHints) -> "FakeListening":
        if self.broken:
            raise TranscriberError("broken")
        self.open += 1
        return FakeListening(self, tell)

    async def aclose(self) -> None:
        """Nothing is held."""

    def text(self, start_ms: int, end_ms: int) -> str:
        """The words whose time lies in the span, in proportion."""
        heard = []
        for begin, end, text in self.words:
            words = text.split()
            each = (end - begin) / max(1, len(words))
            heard += [word for at, word in enumerate(words) if start_ms - 300 <= begin + at * each and begin + (at + 1) * each <= end_ms + 60]
        return " ".join(heard)


class FakeListening:
    def __init__(self, ear: FakeEar, tell: Callable[[TranscriberEvent], None]) -> None:
        self.marks_turns = ear.marks_turns
        self._ear, self._tell = ear, tell
        self._closed = False
        self._talking_since: int | None = None
        self._last_voice = 0

    def audio(self, mulaw: bytes, at_ms: int) -> None:
        if not self.marks_turns:
            return
        if mulaw == VOICE:
            self._last_voice = at_ms
            if self._talking_since is None:
                self._talking_since = at_ms
                self._tell(TurnSignal(TurnMark.STARTED, at_ms))
        elif self._talking_since is not None and at_ms - self._last_voice >= 260:
            text = self._ear.text(self._talking_since, self._last_voice + 20)
            self._talking_since = None
            self._tell(Transcript(text, at_ms, final=True))
            self._tell(TurnSignal(TurnMark.ENDED, at_ms))

    def decode(self, start_ms: int, at_ms: int) -> None:
        if self.marks_turns or self._ear.silent:
            return
        asyncio.get_running_loop().call_later(self._ear.decode_s, self._answer, start_ms, at_ms)

    def _answer(self, start_ms: int, at_ms: int) -> None:
        if not self._closed:
            self._tell(Transcript(self._ear.text(start_ms, at_ms), at_ms, confidence=self._ear.confidence, language=self._ear.language))

    def forget(self, before_ms: int) -> None:
        """Nothing is kept."""

    def expect(self, answer: Answer) -> None:
        """Hears the same either way."""

    async def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._ear.open -= 1


class FakeVoice:
    """60 ms a letter, whole sentence at once or in pieces; `broken`: no sound."""

    name = "fake-voice"

    def __init__(self, *, broken: bool = False, first_s: float = 0.05, whole: bool = True) -> None:
        self.broken, self.first_s, self.whole = broken, first_s, whole
        self.open_count = 0
        self.said: list[str] = []
        self.paces: list[float] = []

    async def warm(self) -> None:
        """Nothing to load."""

    async def open(self, voice: str | None = None) -> "FakeVoice":
        self.open_count += 1
        return self

    async def say(self, sentence: str, *, pace: float = 1.0, gain_db: float = 0.0) -> AsyncGenerator[Speech]:
        self.said.append(sentence)
        self.paces.append(pace)
        await asyncio.sleep(self.first_s)
        if self.broken:
            raise SynthesizerError("broken")
        sound = bytes(TONE[at % len(TONE)] for at in range(len(sentence) * MS_PER_LETTER * 8))
        step = len(sound) if self.whole else 1600
        for at in range(0, len(sound), step):
            yield Speech(sound[at : at + step])

    async def close(self) -> None:
        self.open_count -= 1

    async def aclose(self) -> None:
        """Nothing is held."""


class LoudOrNot:
    """Voice activity that believes the test."""

    def audio(self, mulaw: bytes) -> tuple[float, float]:
        return (0.95, -20.0) if mulaw == VOICE else (0.01, -70.0)


Answers = Callable[[str], Sequence[Step]]


class FakeDesk:
    """A receptionist that answers by a function, each turn after `think_s`."""

    def __init__(self, conversation: Conversation, answers: Answers, think_s: float = 0.05) -> None:
        self._conversation, self._answers, self._think_s = conversation, answers, think_s
        self.turns: list[CallerSaid] = []
        self.keys: list[str] = []
        self.left = 0
        self.cancelled = 0

    async def turn(self, said: CallerSaid, *, language: str | None = None) -> AsyncGenerator[Step]:
        self.turns.append(said)
        self._conversation.caller(said.text)
        try:
            await asyncio.sleep(self._think_s)
            for step in self._answers(said.text):
                yield self._said(step)
        except (asyncio.CancelledError, GeneratorExit):
            self.cancelled += 1
            raise

    async def keyed(self, digits: str) -> AsyncGenerator[Step]:
        self.keys.append(digits)
        if digits == "0":
            yield self._said(Say("I'll put you through."))
            yield Move(NextStep.DESK, "key 0")
        else:
            yield self._said(Say(f"You keyed {' '.join(digits)}."))

    def silence(self, nth: int) -> tuple[Step, ...]:
        if nth < 3:
            return (self._said(Say(f"Are you there, {nth}?")), Expect(Answer.ANYTHING))
        return self._said(Say("Goodbye then.")), Move(NextStep.HANG_UP, "silence")

    async def hung_up(self) -> None:
        self.left += 1

    def _said(self, step: Step) -> Step:
        return Say(step.text, step.fixed, self._conversation.said(step.text)) if isinstance(step, Say) else step


@dataclass
class FakeRows:
    records: list[Record] = field(default_factory=list)

    def put(self, record: Record) -> None:
        self.records.append(record)

    async def flush(self) -> None:
        """They are there already."""

    def of(self, kind: type[Any]) -> list[Any]:
        return [record for record in self.records if isinstance(record, kind)]

    def utterances(self) -> dict[int, Any]:
        """The latest word on each, by number."""
        return {record.number: record for record in self.of(UtteranceRecord)}


class Wire(Part):
    """The carrier in place of the socket: plays what it gets at `speed`, returns marks, loses some, honours clear."""

    def __init__(self, stream: MediaStream, *, speed: float = 1.0, lose: Callable[[int], bool] = lambda _: False, delay_ms: int = 0) -> None:
        self._stream, self._speed, self._lose, self._delay_ms = stream, speed, lose, delay_ms
        self._queue: list[tuple[str, Any]] = []
        self._credit = 0.0
        self.played = bytearray()
        """Every byte the caller heard."""
        self.clears: list[int] = []
        self.sent: list[dict[str, Any]] = []
        self._marks = 0

    def put(self, text: str) -> None:
        message = json.loads(text)
        self.sent.append(message)
        if message["event"] == "media":
            self._queue.append(("sound", bytearray(base64.b64decode(message["media"]["payload"]))))
        elif message["event"] == "mark":
            self._queue.append(("mark", message["mark"]["name"]))
        else:
            self.clears.append(self.call.now_ms())
            marks = [name for kind, name in self._queue if kind == "mark"]
            self._queue.clear()
            for name in marks:
                self._return(name)

    def queued_ms(self) -> int:
        return sum(len(sound) for kind, sound in self._queue if kind == "sound") // 8

    def pass_ms(self, ms: int) -> None:
        """This much time at the caller's ear."""
        self._credit += ms * 8 * self._speed
        while self._queue:
            kind, item = self._queue[0]
            if kind == "mark":
                self._queue.pop(0)
                self._return(item)
                continue
            if self._credit < 1:
                return
            size = min(len(item), int(self._credit))
            self.played += item[:size]
            del item[:size]
            self._credit -= size
            if not item:
                self._queue.pop(0)
        self._credit = 0.0

    def _return(self, name: str) -> None:
        self._marks += 1
        if not self._lose(self._marks):
            if self._delay_ms:
                asyncio.get_running_loop().call_later(self._delay_ms / 1000, self.tell, MarkReturned(name))
            else:
                self.tell(MarkReturned(name))


class Watch(Part):
    """Everything that was told, with its time."""

    def __init__(self) -> None:
        self.seen: list[tuple[int, Event]] = []

    def event(self, event: Event) -> None:
        self.seen.append((self.call.now_ms(), event))

    def of(self, kind: type[Any]) -> list[Any]:
        return [event for _, event in self.seen if isinstance(event, kind)]

    def times(self, kind: type[Any]) -> list[int]:
        return [at for at, event in self.seen if isinstance(event, kind)]


class Phone:
    """One call under test: `async with Phone(...) as phone`, then say, wait, look."""

    def __init__(
        self,
        state: Path,
        answers: Answers = lambda _: (Say("Certainly."),),
        *,
        ear: FakeEar | None = None,
        voice: FakeVoice | None = None,
        deadlines: Deadlines | None = None,
        speed: float = 1.0,
        lose: Callable[[int], bool] = lambda _: False,
        mark_delay_ms: int = 0,
        think_s: float = 0.05,
        greeting: str = GREETING,
    ) -> None:
        stream = MediaStream()
        assert isinstance(
            stream.receive('{"event":"start","streamSid":"MZ1","start":{"streamSid":"MZ1","callSid":"CA1","customParameters":{}}}'), Started
        )
        self.ear, self.voice = ear or FakeEar(), voice or FakeVoice()
        self.wire, self.watch, self.rows = Wire(stream, speed=speed, lose=lose, delay_ms=mark_delay_ms), Watch(), FakeRows()
        self.conversation = Conversation()
        self.desk = FakeDesk(self.conversation, answers, think_s)
        self.recorder = Recorder(state / "recordings" / "call.wav")
        self.metrics = Metrics()
        self.playback = Playback(stream, self.wire.put, self.recorder.played)
        parts: list[Part] = [
            self.wire,
            self.recorder,
            Hearing(self.ear, LoudOrNot(), Turns(marks_turns=self.ear.marks_turns), ListenHints()),
            Answering(self.desk, self.conversation, self.voice, None, self.playback, greeting),  # type: ignore[arg-type]
            self.playback,
            Lifeline(deadlines or Deadlines()),
            Nuisance(),
            Measured(self.metrics),
            CallLog(self.rows, 1, self.recorder, state, {}, lambda: datetime.now(UTC)),
            self.watch,
        ]
        facts = CallFacts(uuid4(), "CA1", "+12025550142", "+12075550100")
        self.call = Call(facts, parts, asyncio.get_running_loop().time)
        self._packet_ms = 0
        self.settle_ms = int(think_s * 1000) + 400

    async def __aenter__(self) -> "Phone":
        self._living = asyncio.ensure_future(self.call.live())
        await asyncio.sleep(0)
        return self

    async def __aexit__(self, *_: object) -> None:
        if not self.call.ended:
            self.call.tell(Ended("caller hung up"))
        await self._living

    async def wait(self, ms: int, packet: bytes = ROOM) -> None:
        """Time passes with packets of this kind."""
        for _ in range(ms // 20):
            if self.call.ended:
                return
            self.call.audio(packet, self._packet_ms)
            self._packet_ms += 20
            await asyncio.sleep(0.02)
            self.wire.pass_ms(20)

    async def quiet_line(self, ms: int) -> None:
        """Time passes without any packet."""
        for _ in range(ms // 20):
            await asyncio.sleep(0.02)
            self.wire.pass_ms(20)

    async def say(self, text: str, ms: int | None = None) -> None:
        """The caller speaks, 300 ms a word unless told."""
        length = ms or max(300, 300 * len(text.split()))
        self.ear.words.append((self._packet_ms, self._packet_ms + length, text))
        await self.wait(length, VOICE)

    async def ask(self, text: str, ms: int | None = None) -> None:
        """Say something that wants an answer, and hear it to its end."""
        replies = len(self.watch.of(ReplyBegan))
        await self.say(text, ms)
        await self.until(lambda: len(self.watch.of(ReplyBegan)) > replies)
        await self.until_quiet()

    async def until(self, true: Callable[[], object], limit_ms: int = 60_000) -> None:
        """Room noise until something holds."""
        for _ in range(limit_ms // 20):
            if true():
                return
            if self.call.ended:
                break
            await self.wait(20)
        assert true(), "did not happen within the limit"

    async def until_quiet(self, limit_ms: int = 60_000) -> None:
        """Until the agent has said what it wanted to: it has been silent for longer than any of its thinking takes."""
        quiet_ms = 0

        def is_quiet() -> bool:
            nonlocal quiet_ms
            busy = self.wire.queued_ms() > 0 or self.playback.busy or not self.wire.played
            quiet_ms = 0 if busy else quiet_ms + 20
            return quiet_ms > self.settle_ms

        await self.until(is_quiet, limit_ms)

    @property
    def heard(self) -> list[str]:
        """What the caller heard of us, sentence by sentence, as the rows hold it."""
        return [each.heard for each in self.rows.utterances().values() if each.speaker == "agent" and each.heard]

    @property
    def said(self) -> list[str]:
        return [each.said for each in self.rows.utterances().values() if each.speaker == "agent"]

    async def finished(self) -> Ended:
        return await self._living
