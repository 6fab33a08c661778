"""Fixed phrases (the greeting, "let me check") spoken once and kept: they sound at once, at no cost, and with the voice's provider down."""

from collections import OrderedDict
from collections.abc import AsyncGenerator, Iterable
from dataclasses import dataclass
from typing import Final

import structlog

from speech.errors import SpeechError
from speech.ports import Speaking, Speech, Synthesizer

log = structlog.get_logger()

MAX_BYTES: Final = 16 << 20
"""About half an hour of speech."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """One way of saying one text."""

    text: str
    voice: str | None = None
    pace: float = 1.0
    gain_db: float = 0.0


class PhraseCache:
    """Spoken phrases, the longest unused dropped first."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._size = 0
        self._spoken: OrderedDict[Phrase, tuple[Speech, ...]] = OrderedDict()

    def get(self, phrase: Phrase) -> tuple[Speech, ...] | None:
        if (spoken := self._spoken.get(phrase)) is not None:
            self._spoken.move_to_end(phrase)
        return spoken

    def put(self, phrase: Phrase, spoken: tuple[Speech, ...]) -> None:
        if _size(spoken) > self._max_bytes:
            return
        self._size += _size(spoken) - _size(self._spoken.pop(phrase, ()))
        self._spoken[phrase] = spoken
        while self._size > self._max_bytes:
            self._size -= _size(self._spoken.popitem(last=False)[1])


class CachedSpeaking:
    """A voice that knows the fixed phrases by heart, and learns one the first time it is said to its end."""

    def __init__(self, speaking: Speaking, voice: str | None, cache: PhraseCache, fixed: set[str]) -> None:
        self._speaking = speaking
        self._voice = voice
        self._cache = cache
        self._fixed = fixed

    async def say(self, sentence: str, *, pace: float = 1.0, gain_db: float = 0.0) -> AsyncGenerator[Speech]:
        phrase = Phrase(sentence, self._voice, pace, gain_db)
        if (known := self._cache.get(phrase)) is not None:
            for speech in known:
                yield speech
            return
        said: list[Speech] = []
        pieces = self._speaking.say(sentence, pace=pace, gain_db=gain_db)
        try:
            async for speech in pieces:
                said.append(speech)
                yield speech
        finally:
            if isinstance(pieces, AsyncGenerator):
                await pieces.aclose()
        if said and sentence in self._fixed:
            self._cache.put(phrase, tuple(said))

    async def close(self) -> None:
        await self._speaking.close()


class CachedSynthesizer:
    """Any synthesizer, with its fixed phrases kept."""

    def __init__(self, synthesizer: Synthesizer, phrases: Iterable[str] = (), cache: PhraseCache | None = None) -> None:
        self.name = synthesizer.name
        self._synthesizer = synthesizer
        self._fixed = set(phrases)
        self._cache = cache or PhraseCache()

    async def warm(self) -> None:
        """A provider that is down now is no reason not to start: its phrases are then learnt when they are first said."""
        await self._synthesizer.warm()
        try:
            await self.learn(self._fixed)
        except SpeechError as error:
            log.warning("phrases not learnt", reason=str(error))

    async def learn(self, phrases: Iterable[str], voice: str | None = None) -> None:
        """Speak these once, now; from then on they are fixed phrases. Raises SpeechError."""
        texts = sorted(phrases)
        self._fixed.update(texts)
        speaking = await self.open(voice)
        try:
            for text in texts:
                async for _ in speaking.say(text):
                    pass
        finally:
            await speaking.close()

    async def open(self, voice: str | None = None) -> CachedSpeaking:
        return CachedSpeaking(await self._synthesizer.open(voice), voice, self._cache, self._fixed)

    async def aclose(self) -> None:
        await self._synthesizer.aclose()


def _size(spoken: tuple[Speech, ...]) -> int:
    return sum(len(speech.mulaw) for speech in spoken)
