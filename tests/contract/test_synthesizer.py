"""What every voice must do, and what the embedded one must do besides. A new adapter is one line in SYNTHESIZERS."""

import asyncio
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import numpy as np
import pytest

from speech import mulaw
from speech.elevenlabs_synthesizer import ElevenLabsSynthesizer
from speech.errors import SynthesizerError
from speech.local_synthesizer import LocalSynthesizer, clauses, hibari, telephone_sound
from speech.phrases import CachedSynthesizer
from speech.ports import Speaking, Speech, Synthesizer
from tests.emulators import elevenlabs_emulator

LIMIT_S = 30.0
SENTENCE = "Your room has a view of the harbour, and breakfast starts at seven."

# ---- every adapter


@asynccontextmanager
async def embedded() -> AsyncIterator[Synthesizer]:
    synthesizer = LocalSynthesizer(limit_s=LIMIT_S)
    yield synthesizer
    await synthesizer.aclose()


@asynccontextmanager
async def embedded_cached() -> AsyncIterator[Synthesizer]:
    synthesizer = CachedSynthesizer(LocalSynthesizer(limit_s=LIMIT_S), [SENTENCE])
    yield synthesizer
    await synthesizer.aclose()


@asynccontextmanager
async def elevenlabs() -> AsyncIterator[Synthesizer]:
    with elevenlabs_emulator.running() as emulator:
        synthesizer = ElevenLabsSynthesizer("key", emulator.base_url, "voice")
        yield synthesizer
        await synthesizer.aclose()


SYNTHESIZERS: dict[str, Callable[[], AbstractAsyncContextManager[Synthesizer]]] = {
    "embedded": embedded,
    "embedded, cached": embedded_cached,
    "elevenlabs": elevenlabs,
}


@pytest.fixture(params=SYNTHESIZERS)
async def synthesizer(request: pytest.FixtureRequest) -> AsyncIterator[Synthesizer]:
    async with SYNTHESIZERS[request.param]() as synthesizer:
        await synthesizer.warm()
        yield synthesizer


async def spoken(speaking: Speaking, sentence: str, pace: float = 1.0, gain_db: float = 0.0) -> bytes:
    async with asyncio.timeout(LIMIT_S):
        return b"".join([speech.mulaw async for speech in speaking.say(sentence, pace=pace, gain_db=gain_db)])


async def test_it_has_a_name_and_warms_twice(synthesizer: Synthesizer) -> None:
    assert synthesizer.name
    await synthesizer.warm()


async def test_a_sentence_becomes_sound_of_its_length(synthesizer: Synthesizer) -> None:
    speaking = await synthesizer.open()
    sound = await spoken(speaking, SENTENCE)
    assert 1_500 <= len(sound) / mulaw.BYTES_PER_MS <= 10_000
    assert mulaw.level(sound) > -35
    await speaking.close()


async def test_character_starts_are_in_order_where_the_voice_tells_them(synthesizer: Synthesizer) -> None:
    speaking = await synthesizer.open()
    starts = [start async for speech in speaking.say(SENTENCE) for start in speech.starts]
    assert starts == sorted(starts)
    assert all(0 <= index < len(SENTENCE) for index, _ in starts)
    await speaking.close()


async def test_stopping_in_the_middle_leaves_the_voice_usable(synthesizer: Synthesizer) -> None:
    speaking = await synthesizer.open()
    pieces = speaking.say(SENTENCE)
    assert isinstance(pieces, AsyncGenerator)
    assert (await anext(pieces)).mulaw
    await pieces.aclose()
    assert await spoken(speaking, SENTENCE)
    await speaking.close()


async def test_close_is_quick_and_idempotent_and_ends_what_is_being_said(synthesizer: Synthesizer) -> None:
    speaking = await synthesizer.open()
    pieces = speaking.say(SENTENCE)
    assert (await anext(aiter(pieces))).mulaw
    async with asyncio.timeout(1):
        await speaking.close()
        await speaking.close()


async def test_calls_speak_at_the_same_time(synthesizer: Synthesizer) -> None:
    voices = [await synthesizer.open() for _ in range(8)]
    sounds = await asyncio.gather(*(spoken(voice, SENTENCE) for voice in voices))
    assert all(sounds)
    for voice in voices:
        await voice.close()


# ---- the embedded one: the real voice


@pytest.fixture
async def speaking() -> AsyncIterator[Speaking]:
    async with embedded() as synthesizer:
        await synthesizer.warm()
        yield await synthesizer.open("a voice of some provider")


@pytest.mark.parametrize("sentence", [SENTENCE, "Yes.", "That is four, one, five, nine.", "S, M, I, T, H."])
async def test_it_is_as_loud_as_a_telephone_and_starts_at_once(speaking: Speaking, sentence: str) -> None:
    sound = await spoken(speaking, sentence)
    loud = [power for power in mulaw.powers(sound) if power > 1e-5]
    assert 10 * np.log10(np.mean(loud)) == pytest.approx(-20, abs=2)
    assert np.abs(mulaw.to_samples(sound)).max() < 0.99
    assert mulaw.powers(sound, 10)[:8].max() > 1e-6
    assert mulaw.powers(sound[-2400:]).max() > 1e-7


async def test_slower_is_longer(speaking: Speaking) -> None:
    usual, slow = await spoken(speaking, SENTENCE), await spoken(speaking, SENTENCE, pace=0.75)
    assert 1.2 <= len(slow) / len(usual) <= 1.5


async def test_a_pace_beyond_reason_is_the_slowest(speaking: Speaking) -> None:
    assert len(await spoken(speaking, SENTENCE, pace=0.01)) < 30_000 * mulaw.BYTES_PER_MS


async def test_louder_is_louder_and_never_clips(speaking: Speaking) -> None:
    usual, loud = await spoken(speaking, SENTENCE), await spoken(speaking, SENTENCE, gain_db=9)
    assert mulaw.level(loud) - mulaw.level(usual) > 5
    assert np.abs(mulaw.to_samples(loud)).max() < 1.0


@pytest.mark.parametrize("sentence", ["", " ", "...", "—"])
async def test_nothing_to_say_is_no_sound(speaking: Speaking, sentence: str) -> None:
    assert await spoken(speaking, sentence) == b""


def test_silence_and_nothing_are_no_speech() -> None:
    for length in (0, 10, 24_000):
        assert telephone_sound(np.zeros(length, np.float32)) == b""


def test_silence_around_speech_is_cut_short() -> None:
    hum = (0.3 * np.sin(2 * np.pi * 300 * np.arange(24_000) / 24_000)).astype(np.float32)
    sound = telephone_sound(np.concatenate([np.zeros(24_000, np.float32), hum, np.zeros(24_000, np.float32)]))
    loud = np.flatnonzero(mulaw.powers(sound, 10) > 1e-3)
    assert 0 <= loud[0] <= 4
    assert len(sound) / 80 - loud[-1] <= 25


# ---- the embedded one: limits and failures, with a voice the test holds


class HeldVoice:
    """Speaks ten pieces, each when the test lets it."""

    def __init__(self) -> None:
        self.gate = threading.Semaphore(0)
        self.made = 0
        self.error: Exception | None = None

    def stream(self, text: str, speed: float = 1.0, seed: int | None = None) -> Iterator[mulaw.Samples]:
        for _ in range(1 if text.startswith("Good morning") else 10):
            assert self.gate.acquire(timeout=LIMIT_S)
            if self.error:
                raise self.error
            self.made += 1
            yield np.full(2400, 0.1, np.float32)


@pytest.fixture
def voice() -> Iterator[HeldVoice]:
    voice = HeldVoice()
    voice.gate.release()
    yield voice
    voice.gate.release(1000)


async def test_what_is_not_heard_is_not_made(voice: HeldVoice) -> None:
    synthesizer = LocalSynthesizer(lambda: voice, limit_s=LIMIT_S)
    speaking = await synthesizer.open()
    voice.gate.release(100)
    pieces = speaking.say("Ten pieces.")
    made = voice.made
    assert isinstance(await anext(pieces), Speech)
    await pieces.aclose()
    other = speaking.say("Ten more.")
    assert await anext(other)
    assert voice.made == made + 2
    await speaking.close()
    assert [piece async for piece in other] == []
    assert voice.made == made + 2
    await synthesizer.aclose()


async def test_a_voice_that_hangs_is_an_error_within_its_limit(voice: HeldVoice) -> None:
    synthesizer = LocalSynthesizer(lambda: voice, limit_s=LIMIT_S)
    await synthesizer.warm()
    impatient = LocalSynthesizer(lambda: voice, limit_s=0.01)
    voice.gate.release()
    speaking = await impatient.open()
    with pytest.raises(SynthesizerError):
        await spoken(speaking, "Hello.")
    await impatient.aclose()
    await synthesizer.aclose()


async def test_a_voice_that_breaks_is_an_error_and_the_next_sentence_is_spoken(voice: HeldVoice) -> None:
    synthesizer = LocalSynthesizer(lambda: voice, limit_s=LIMIT_S)
    speaking = await synthesizer.open()
    voice.gate.release(100)
    voice.error = RuntimeError("broken")
    with pytest.raises(SynthesizerError, match="broken"):
        await spoken(speaking, "Hello.")
    voice.error = None
    assert await spoken(speaking, "Hello again.")
    await synthesizer.aclose()


async def test_a_voice_that_cannot_be_loaded_is_an_error() -> None:
    def load() -> HeldVoice:
        raise FileNotFoundError("no voice")

    synthesizer = LocalSynthesizer(load)
    with pytest.raises(SynthesizerError, match="no voice"):
        await synthesizer.warm()
    with pytest.raises(SynthesizerError):
        await synthesizer.open()
    await synthesizer.aclose()


async def test_a_cancelled_caller_cancels_what_waits(voice: HeldVoice) -> None:
    synthesizer = LocalSynthesizer(lambda: voice, workers=1, limit_s=LIMIT_S)
    speaking = await synthesizer.open()
    first = asyncio.ensure_future(spoken(speaking, "First."))
    second = asyncio.ensure_future(spoken(speaking, "Second."))
    await asyncio.sleep(0)
    for task in (first, second):
        task.cancel()
    assert await asyncio.gather(first, second, return_exceptions=True)
    made = voice.made
    voice.gate.release(20)
    await synthesizer.aclose()
    assert voice.made <= made + 1


async def test_after_the_end_it_is_an_error(voice: HeldVoice) -> None:
    synthesizer = LocalSynthesizer(lambda: voice, limit_s=LIMIT_S)
    speaking = await synthesizer.open()
    await synthesizer.aclose()
    await synthesizer.aclose()
    with pytest.raises(SynthesizerError):
        await spoken(speaking, "Hello.")


def test_the_voice_is_hibari_on_one_thread() -> None:
    assert type(hibari()).__name__ == "Hibari"


@pytest.mark.parametrize(
    ("sentence", "first"),
    [
        ("Yes, we have a room.", "Yes, we have a room."),
        (
            "The small room under the roof, which looks on the harbour, costs ninety dollars a night with everything in it.",
            "The small room under the roof,",
        ),
        ("We are glad to keep your luggage for you until the late train leaves and there is no charge.", "We are glad to keep your luggage"),
    ],
)
def test_a_long_sentence_is_begun_with_its_first_clause(sentence: str, first: str) -> None:
    begun, rest = clauses(sentence)
    assert begun == first
    assert " ".join(filter(None, (begun, rest))) == sentence
