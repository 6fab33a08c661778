"""What every recogniser must do, and what the embedded one must do besides. A new adapter is one line in TRANSCRIBERS."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from speech import mulaw
from speech.deepgram_transcriber import DeepgramTranscriber
from speech.errors import TranscriberError
from speech.local_synthesizer import Voice, hibari, telephone_sound
from speech.local_transcriber import LocalListening, LocalTranscriber, Sound, quietest_ms
from speech.ports import Answer, ListenHints, Listening, Transcriber, TranscriberEvent, TranscriberFailed, Transcript
from speech.whisper_decode import Heard, Whisper, looped, window
from telephony.process.model_files import whisper_folder
from tests.emulators import deepgram_emulator

LIMIT_S = 30.0
PACKET = 20 * mulaw.BYTES_PER_MS


@dataclass
class Told:
    """What a listening said, and on which thread."""

    events: list[TranscriberEvent] = field(default_factory=list)
    threads: set[int] = field(default_factory=set)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def __call__(self, event: TranscriberEvent) -> None:
        self.events.append(event)
        self.threads.add(threading.get_ident())
        self.news.set()

    async def answer(self, upto_ms: int) -> Transcript | TranscriberFailed:
        """The final answer for the sound up to a time."""
        async with asyncio.timeout(LIMIT_S):
            while True:
                for event in self.events:
                    if isinstance(event, TranscriberFailed) or (isinstance(event, Transcript) and event.final and event.upto_ms >= upto_ms):
                        return event
                self.news.clear()
                await self.news.wait()


@cache
def voice() -> Voice:
    return hibari()


@cache
def sentence(text: str) -> bytes:
    """A sentence of the embedded voice between a second of silence on both sides, in whole packets."""
    spoken = mulaw.SILENCE * 8000 + b"".join(telephone_sound(piece) for piece in voice().stream(text, seed=1)) + mulaw.SILENCE * 8000
    return spoken + mulaw.SILENCE * (-len(spoken) % PACKET)


def play(listening: Listening, sound: bytes, at_ms: int = 0) -> int:
    """Packets of 20 ms; returns when the sound is over (ms)."""
    for begin in range(0, len(sound), PACKET):
        listening.audio(sound[begin : begin + PACKET], at_ms + begin // mulaw.BYTES_PER_MS)
    return at_ms + len(sound) // mulaw.BYTES_PER_MS


# ---- every adapter


@dataclass
class Subject:
    """A recogniser under test, and words it must be heard to say for the sound it is given."""

    transcriber: Transcriber
    sound: bytes
    words: str


@asynccontextmanager
async def embedded(folder: Path) -> AsyncIterator[Subject]:
    transcriber = LocalTranscriber(lambda: whisper(folder), workers=2, limit_s=LIMIT_S)
    yield Subject(transcriber, sentence("I would like to book a room for two nights."), "book a room")
    await transcriber.aclose()


@cache
def whisper(folder: Path) -> Whisper:
    return Whisper(whisper_folder(folder), workers=2)


@asynccontextmanager
async def deepgram(_: Path) -> AsyncIterator[Subject]:
    text = "I would like to book a room for two nights."
    with deepgram_emulator.running(deepgram_emulator.Knobs(texts=[text])) as emulator:
        transcriber = DeepgramTranscriber("key", emulator.base_url)
        yield Subject(transcriber, sentence(text), "book a room")
        await transcriber.aclose()


TRANSCRIBERS: dict[str, Callable[[Path], AbstractAsyncContextManager[Subject]]] = {"embedded": embedded, "deepgram": deepgram}


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(params=TRANSCRIBERS)
async def subject(request: pytest.FixtureRequest, models: Path) -> AsyncIterator[Subject]:
    async with TRANSCRIBERS[request.param](models) as subject:
        await subject.transcriber.warm()
        yield subject


async def test_it_has_a_name_and_warms_twice(subject: Subject) -> None:
    assert subject.transcriber.name
    await subject.transcriber.warm()


async def test_speech_becomes_words_told_on_the_loop(subject: Subject) -> None:
    told = Told()
    listening = await subject.transcriber.listen(told, ListenHints())
    listening.expect(Answer.ANYTHING)
    end_ms = play(listening, subject.sound)
    listening.decode(0, end_ms)
    answer = await told.answer(0)
    assert isinstance(answer, Transcript)
    assert subject.words in answer.text.lower()
    assert 0 < answer.confidence <= 1
    assert told.threads == {threading.get_ident()}
    await listening.close()


async def test_silence_has_no_words(subject: Subject) -> None:
    told = Told()
    listening = await subject.transcriber.listen(told, ListenHints())
    end_ms = play(listening, mulaw.SILENCE * PACKET * 100)
    listening.decode(0, end_ms)
    if not listening.marks_turns:
        answer = await told.answer(end_ms)
        assert isinstance(answer, Transcript)
        assert answer.text == ""
    await listening.close()
    assert not [event for event in told.events if isinstance(event, Transcript) and event.text]


async def test_close_is_quick_idempotent_and_the_last_word(subject: Subject) -> None:
    told = Told()
    listening = await subject.transcriber.listen(told, ListenHints())
    listening.decode(0, play(listening, subject.sound))
    async with asyncio.timeout(1):
        await listening.close()
        await listening.close()
    said = len(told.events)
    play(listening, subject.sound)
    listening.decode(0, 3000)
    listening.forget(3000)
    listening.expect(Answer.DATE)
    other = Told()
    second = await subject.transcriber.listen(other, ListenHints())
    second.decode(0, play(second, subject.sound))
    await other.answer(0)
    assert len(told.events) == said
    await second.close()


async def test_two_calls_hear_only_their_own_sound(subject: Subject) -> None:
    loud, still = Told(), Told()
    first = await subject.transcriber.listen(loud, ListenHints())
    second = await subject.transcriber.listen(still, ListenHints())
    end_ms = play(first, subject.sound)
    play(second, mulaw.SILENCE * len(subject.sound))
    first.decode(0, end_ms)
    second.decode(0, end_ms)
    answer = await loud.answer(0)
    assert isinstance(answer, Transcript)
    assert subject.words in answer.text.lower()
    await first.close()
    await second.close()
    assert not [event for event in still.events if isinstance(event, Transcript) and event.text]


# ---- the embedded one: real model


async def test_nothing_is_made_of_noise_and_tones(models: Path) -> None:
    noise = np.random.default_rng(3).normal(0, 0.02, 24_000).astype(np.float32)
    beep = (0.2 * np.sin(2 * np.pi * 941 * np.arange(8000) / 8000)).astype(np.float32)
    for sound in (noise, beep, np.zeros(8000, np.float32)):
        assert whisper(models).decode(mulaw.from_samples(sound)).text == ""


async def test_long_speech_is_heard_to_its_end(models: Path) -> None:
    texts = [
        "Good evening, I am calling because my sister stayed with you last winter.",
        "She said that the breakfast was the best part of the whole weekend.",
        "So we thought that we would come in October, when the leaves turn.",
        "There will be four of us, and my father needs a room without any stairs.",
        "Please tell me whether the small garden is open in the evening.",
    ]
    sound = b"".join(sentence(text)[4000:] for text in texts)
    told = Told()
    transcriber = LocalTranscriber(lambda: whisper(models), limit_s=LIMIT_S)
    listening = await transcriber.listen(told, ListenHints())
    end_ms = play(listening, sound)
    assert end_ms > 20_000
    listening.decode(0, end_ms)
    answer = await told.answer(end_ms)
    assert isinstance(answer, Transcript)
    for words in ("last winter", "whole weekend", "in october", "stairs", "evening"):
        assert words in answer.text.lower()
    await transcriber.aclose()


# ---- the embedded one: queue, limits, buffer, with an engine that answers when the test says so


class SlowEngine:
    """Holds every decode until let go; says how many bytes it heard."""

    def __init__(self) -> None:
        self.gate = threading.Semaphore(0)
        self.decoded: list[bytes] = []
        self.inside = 0
        self.most_inside = 0
        self.error: Exception | None = None
        self._lock = threading.Lock()

    def decode(self, sound: bytes, *, language: str = "en", look_at_language: bool = False, exact: bool = False) -> Heard:
        with self._lock:
            self.inside += 1
            self.most_inside = max(self.most_inside, self.inside)
            self.decoded.append(sound)
        assert self.gate.acquire(timeout=LIMIT_S)
        with self._lock:
            self.inside -= 1
        if self.error:
            raise self.error
        return Heard(f"{sound[0]}:{len(sound)}", 0.9, "en")

    def let(self, number: int) -> None:
        self.gate.release(number)


@pytest.fixture
async def engine() -> AsyncIterator[SlowEngine]:
    engine = SlowEngine()
    yield engine
    engine.let(1000)


async def ready(engine: SlowEngine, workers: int = 2, limit_s: float = LIMIT_S) -> LocalTranscriber:
    transcriber = LocalTranscriber(lambda: engine, workers=workers, limit_s=limit_s)
    engine.let(1)
    await transcriber.warm()
    engine.decoded.clear()
    engine.most_inside = 0
    return transcriber


async def call(transcriber: LocalTranscriber, mark: int, ms: int = 1000) -> tuple[LocalListening, Told]:
    """A call whose sound is one byte over and over."""
    told = Told()
    listening = await transcriber.listen(told, ListenHints())
    play(listening, bytes([mark]) * (ms * mulaw.BYTES_PER_MS))
    return listening, told


async def until(condition: Callable[[], bool]) -> None:
    """For what happens in threads: they cannot set an event of the loop."""
    for _ in range(int(LIMIT_S * 1000)):
        if condition():
            return
        await asyncio.sleep(0.001)
    pytest.fail("it never came true")


async def test_twenty_calls_get_their_turn_in_the_order_they_asked(engine: SlowEngine) -> None:
    transcriber = await ready(engine)
    calls = [await call(transcriber, mark) for mark in range(20)]
    for listening, _ in calls:
        listening.decode(0, 500)
        listening.decode(0, 1000)
    for _ in range(45):
        engine.let(1)
        await asyncio.sleep(0)
    for mark, (_, told) in enumerate(calls):
        assert await told.answer(1000) == Transcript(f"{mark}:8000", 1000, True, 0.9, "en")
    assert engine.most_inside == 2
    first_heard = list(dict.fromkeys(sound[0] for sound in engine.decoded))
    assert sorted(first_heard[:2]) == [0, 1]
    assert all(abs(place - mark) <= 1 for place, mark in enumerate(first_heard))
    await transcriber.aclose()


async def test_a_call_that_asks_all_the_time_does_not_starve_another(engine: SlowEngine) -> None:
    transcriber = await ready(engine, workers=1)
    (busy, _), (patient, told) = await call(transcriber, 1), await call(transcriber, 2)
    busy.decode(0, 100)
    patient.decode(0, 1000)
    for at_ms in range(200, 900, 100):
        busy.decode(0, at_ms)
    engine.let(2)
    await told.answer(1000)
    assert [sound[0] for sound in engine.decoded[:2]] == [1, 2]
    await transcriber.aclose()


async def test_a_newer_request_takes_the_place_of_the_waiting_one(engine: SlowEngine) -> None:
    transcriber = await ready(engine, workers=1)
    listening, told = await call(transcriber, 7)
    for at_ms in (200, 400, 600, 800):
        listening.decode(0, at_ms)
    engine.let(2)
    answer = await told.answer(800)
    assert isinstance(answer, Transcript)
    assert [len(sound) for sound in engine.decoded] == [200 * 8, 800 * 8]
    await transcriber.aclose()


async def test_one_call_never_holds_two_workers(engine: SlowEngine) -> None:
    transcriber = await ready(engine, workers=2)
    listening, told = await call(transcriber, 7)
    listening.decode(0, 400)
    listening.decode(0, 800)
    engine.let(2)
    await told.answer(800)
    assert engine.most_inside == 1
    await transcriber.aclose()


async def test_a_decode_that_takes_too_long_is_a_failure_told_once(engine: SlowEngine) -> None:
    transcriber = await ready(engine, workers=1, limit_s=0.01)
    (first, told), (second, waiting) = await call(transcriber, 1), await call(transcriber, 2)
    first.decode(0, 1000)
    second.decode(0, 1000)
    for answer in (await told.answer(1000), await waiting.answer(1000)):
        assert isinstance(answer, TranscriberFailed)
        assert answer.at_ms == 1000
    engine.let(2)
    await until(lambda: engine.inside == 0)
    await transcriber.aclose()
    assert len(told.events) == len(waiting.events) == 1


async def test_a_broken_engine_is_a_failure_and_the_next_decode_works(engine: SlowEngine) -> None:
    transcriber = await ready(engine)
    listening, told = await call(transcriber, 5)
    engine.error = RuntimeError("broken")
    engine.let(1)
    listening.decode(0, 500)
    assert isinstance(await told.answer(500), TranscriberFailed)
    engine.error = None
    engine.let(1)
    told.events.clear()
    listening.decode(0, 1000)
    assert isinstance(await told.answer(1000), Transcript)
    await transcriber.aclose()


async def test_an_engine_that_cannot_be_loaded_is_a_transcriber_error() -> None:
    def load() -> SlowEngine:
        raise FileNotFoundError("no model")

    transcriber = LocalTranscriber(load)
    with pytest.raises(TranscriberError, match="no model"):
        await transcriber.warm()
    with pytest.raises(TranscriberError):
        await transcriber.listen(Told(), ListenHints())
    await transcriber.aclose()


async def test_after_the_end_nobody_listens_and_no_thread_is_left(engine: SlowEngine) -> None:
    before = {*threading.enumerate()}
    transcriber = await ready(engine)
    listening, told = await call(transcriber, 5)
    listening.decode(0, 1000)
    engine.let(1)
    await transcriber.aclose()
    await transcriber.aclose()
    with pytest.raises(TranscriberError):
        await transcriber.listen(Told(), ListenHints())
    assert not told.events
    listening.decode(0, 1000)
    assert isinstance(await told.answer(1000), TranscriberFailed)
    await until(lambda: not {*threading.enumerate()} - before)


async def test_a_turn_that_is_over_drops_its_requests(engine: SlowEngine) -> None:
    transcriber = await ready(engine, workers=1)
    listening, told = await call(transcriber, 5, 3000)
    listening.decode(0, 500)
    listening.decode(0, 1000)
    listening.forget(1000)
    engine.let(1)
    listening.decode(1000, 2000)
    engine.let(1)
    assert await told.answer(2000) == Transcript(f"5:{1000 * 8}", 2000, True, 0.9, "en")
    assert len(told.events) == 1
    await transcriber.aclose()


async def test_pieces_of_a_long_turn_are_decoded_once_and_joined(engine: SlowEngine) -> None:
    transcriber = await ready(engine)
    told = Told()
    listening = await transcriber.listen(told, ListenHints())
    at_ms = play(listening, b"\x20" * (12_000 * 8))
    at_ms = play(listening, mulaw.SILENCE * (600 * 8), at_ms)
    at_ms = play(listening, b"\x20" * (12_000 * 8), at_ms)
    engine.let(10)
    listening.decode(0, 20_000)
    await told.answer(20_000)
    listening.decode(0, at_ms)
    answer = await told.answer(at_ms)
    lengths = [len(sound) // 8 for sound in engine.decoded]
    assert len(lengths) == 3
    assert 12_000 <= lengths[0] <= 12_600
    assert lengths[2] == at_ms - lengths[0]
    assert isinstance(answer, Transcript)
    assert answer.text == f"32:{lengths[0] * 8} {255}:{lengths[2] * 8}"
    await transcriber.aclose()


async def test_a_caller_who_never_stops_costs_bounded_memory_and_keeps_the_words(engine: SlowEngine) -> None:
    transcriber = await ready(engine)
    engine.let(100)
    told = Told()
    listening = await transcriber.listen(told, ListenHints())
    at_ms = 0
    for minute in range(5):
        for _ in range(6):
            at_ms = play(listening, bytes([minute]) * 80_000, at_ms)
            listening.decode(0, at_ms)
            await told.answer(at_ms)
    answer = await told.answer(at_ms)
    assert isinstance(answer, Transcript)
    assert {word.split(":")[0] for word in answer.text.split()} == {"0", "1", "2", "3", "4"}
    await transcriber.aclose()


def test_sound_fills_gaps_with_silence_and_keeps_its_clock() -> None:
    sound = Sound()
    sound.add(b"\x01" * PACKET, 1000)
    sound.add(b"\x03" * PACKET, 1040)
    sound.add(b"\x02" * PACKET, 1020)
    sound.add(b"\x02" * PACKET, 1020)
    sound.add(b"\x09" * PACKET, 100)
    assert sound.read(1000, 1060) == b"\x01" * PACKET + b"\x02" * PACKET + b"\x03" * PACKET
    sound.add(b"\x04" * PACKET, 1100)
    assert sound.read(1060, 1120) == mulaw.SILENCE * 2 * PACKET + b"\x04" * PACKET
    assert sound.read(0, 1020) == b"\x01" * PACKET
    assert sound.read(2000, 3000) == b""


def test_sound_keeps_a_minute_and_starts_anew_after_a_leap() -> None:
    sound = Sound()
    for at_ms in range(0, 200_000, 20):
        sound.add(b"\x01" * PACKET, at_ms)
    assert 60_000 <= len(sound.read(0, 300_000)) // 8 <= 62_500
    sound.add(b"\x02" * PACKET, 10_000_000)
    assert sound.read(0, 20_000_000) == b"\x02" * PACKET


@pytest.mark.parametrize(("pause_ms", "from_ms", "expected"), [(9000, 8000, 9000), (3000, 8000, 8100), (12_000, 8000, 12_000)])
def test_speech_is_cut_in_its_pause(pause_ms: int, from_ms: int, expected: int) -> None:
    loud = np.full(14_000 * 8, 0.3, np.float32)
    loud[: 8 * 8200] = 0.2
    begin = pause_ms * 8 - 1200
    loud[begin : begin + 2400] = 0.001
    assert quietest_ms(mulaw.from_samples(loud), from_ms) == pytest.approx(expected, abs=120)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("thank you thank you thank you thank you", True),
        ("Do you have a room for my sister? Do you have a room for my sister?", True),
        ("yes yes, I would like two nights, two nights please", False),
        ("4, 1, 5, 5, 5, 0, 1, 2, 3, 4", False),
        ("x" * 200, True),
    ],
)
def test_loops_are_noticed(text: str, expected: bool) -> None:
    assert looped(text, 4.0) is expected


@pytest.mark.parametrize(("seconds", "frames"), [(0.5, 600), (4.8, 600), (4.9, 800), (6.6, 800), (8.8, 1000), (8.9, 1500), (14.0, 1500)])
def test_a_short_piece_gets_a_short_window_with_silence_behind_it(seconds: float, frames: int) -> None:
    assert window(seconds) == frames
