from collections.abc import AsyncGenerator

import pytest

from speech.errors import SynthesizerError
from speech.phrases import CachedSynthesizer, Phrase, PhraseCache
from speech.ports import Speaking, Speech

GREETING = "Thank you for calling."
WAIT = "Let me check that."


class CountingVoice:
    """Speaks every sentence as two pieces, and counts."""

    name = "counting"

    def __init__(self) -> None:
        self.said: list[tuple[str, float, float]] = []
        self.stopped = 0
        self.closed = 0
        self.broken = False

    async def warm(self) -> None: ...

    async def open(self, voice: str | None = None) -> "CountingVoice":
        return self

    async def say(self, sentence: str, *, pace: float = 1.0, gain_db: float = 0.0) -> AsyncGenerator[Speech]:
        if self.broken:
            raise SynthesizerError("no sound")
        self.said.append((sentence, pace, gain_db))
        try:
            yield Speech(sentence.encode(), starts=((0, 0),))
            yield Speech(b"end")
        except GeneratorExit:
            self.stopped += 1
            raise

    async def close(self) -> None:
        self.closed += 1

    async def aclose(self) -> None: ...


async def spoken(speaking: Speaking, sentence: str, pace: float = 1.0) -> list[Speech]:
    return [speech async for speech in speaking.say(sentence, pace=pace)]


async def test_a_fixed_phrase_is_spoken_once_at_warm_up_and_then_known() -> None:
    voice = CountingVoice()
    synthesizer = CachedSynthesizer(voice, [GREETING, WAIT])
    await synthesizer.warm()
    assert sorted(text for text, _, _ in voice.said) == sorted([GREETING, WAIT])
    speaking = await synthesizer.open()
    assert await spoken(speaking, GREETING) == [Speech(GREETING.encode(), starts=((0, 0),)), Speech(b"end")]
    assert len(voice.said) == 2


async def test_a_known_phrase_is_spoken_with_the_voice_broken_and_another_is_an_error() -> None:
    voice = CountingVoice()
    synthesizer = CachedSynthesizer(voice, [GREETING])
    await synthesizer.warm()
    voice.broken = True
    speaking = await synthesizer.open()
    assert await spoken(speaking, GREETING)
    with pytest.raises(SynthesizerError):
        await spoken(speaking, WAIT)


async def test_what_is_not_fixed_is_never_kept() -> None:
    voice = CountingVoice()
    speaking = await CachedSynthesizer(voice, [GREETING]).open()
    await spoken(speaking, "Your code is H 7 Q.")
    await spoken(speaking, "Your code is H 7 Q.")
    assert len(voice.said) == 2


async def test_another_pace_or_voice_is_another_phrase() -> None:
    voice = CountingVoice()
    synthesizer = CachedSynthesizer(voice, [GREETING])
    first, second = await synthesizer.open("anna"), await synthesizer.open("bert")
    for speaking in (first, second, first, second):
        await spoken(speaking, GREETING)
        await spoken(speaking, GREETING, pace=0.8)
    assert voice.said == [(GREETING, 1.0, 0.0), (GREETING, 0.8, 0.0)] * 2


async def test_half_a_phrase_is_not_kept_and_stopping_reaches_the_voice() -> None:
    voice = CountingVoice()
    speaking = await CachedSynthesizer(voice, [GREETING]).open()
    pieces = speaking.say(GREETING)
    assert await anext(pieces)
    await pieces.aclose()
    assert voice.stopped == 1
    assert len(await spoken(speaking, GREETING)) == 2


async def test_a_greeting_learnt_later_is_fixed_from_then_on() -> None:
    voice = CountingVoice()
    synthesizer = CachedSynthesizer(voice)
    await synthesizer.learn([GREETING], voice="anna")
    await spoken(await synthesizer.open("anna"), GREETING)
    assert len(voice.said) == 1
    assert voice.closed == 1


def test_the_cache_drops_the_longest_unused_first_and_stays_within_its_size() -> None:
    cache = PhraseCache(max_bytes=25)
    first, second, third = (Phrase(text) for text in "abc")
    for phrase in (first, second):
        cache.put(phrase, (Speech(bytes(10)),))
    assert cache.get(first)
    cache.put(third, (Speech(bytes(10)),))
    assert cache.get(second) is None
    assert cache.get(first)
    assert cache.get(third)


def test_a_phrase_put_again_counts_once_and_one_larger_than_the_cache_is_not_kept() -> None:
    cache = PhraseCache(max_bytes=25)
    for _ in range(5):
        cache.put(Phrase("a"), (Speech(bytes(10)),))
    cache.put(Phrase("b"), (Speech(bytes(10)),))
    assert cache.get(Phrase("a"))
    cache.put(Phrase("c"), (Speech(bytes(99)),))
    assert cache.get(Phrase("c")) is None
    assert cache.get(Phrase("b"))
