"""The three ports of sound and their events. Times are ms of the call's stream clock (media timestamps), audio is 8 kHz mu-law."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Answer(StrEnum):
    """What kind of answer the caller was asked for: it decides how long a pause may be and how words are read."""

    ANYTHING = "anything"
    YES_NO = "yes_no"
    NUMBER = "number"
    DATE = "date"
    NAME = "name"
    SPELLING = "spelling"
    PHONE = "phone"
    EMAIL = "email"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Transcript:
    """What the caller said from the turn's beginning up to `upto_ms`. A later one replaces an earlier one of the same turn."""

    text: str
    upto_ms: int
    final: bool = False
    """True: no better text will come for this stretch."""
    confidence: float = 1.0
    language: str | None = None
    """BCP 47 tag as the transcriber heard it ("en", "de"); None: it cannot tell."""


class TurnMark(StrEnum):
    """What a transcriber with turn detection of its own says about the caller's turn."""

    STARTED = "started"
    LIKELY_END = "likely_end"
    RESUMED = "resumed"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class TurnSignal:
    mark: TurnMark
    at_ms: int


@dataclass(frozen=True, slots=True)
class TranscriberFailed:
    """The recogniser broke or stayed silent beyond its limit; the call goes on by what `turns` decides."""

    reason: str
    at_ms: int


TranscriberEvent = Transcript | TurnSignal | TranscriberFailed


@dataclass(frozen=True, slots=True)
class ListenHints:
    """What a recogniser may know before it listens: languages to expect and words it would not guess."""

    languages: tuple[str, ...] = ("en",)
    terms: tuple[str, ...] = ()


class Listening(Protocol):
    """One call's recogniser. All verbs return at once; results come through the `tell` given to `Transcriber.listen`, on the event loop."""

    marks_turns: bool
    """True: it sends TurnSignals itself (Flux). False: `decode` is asked at likely ends of turn."""

    def audio(self, mulaw: bytes, at_ms: int) -> None:
        """One packet of the caller's audio, `at_ms` its first sample. Nothing but cheap work here."""
        ...

    def decode(self, start_ms: int, at_ms: int) -> None:
        """Transcribe what was said between the two times; exactly one Transcript(upto_ms=at_ms) or TranscriberFailed follows. May be asked
        again with a later `at_ms` while one runs: the older answer may then be left out. No-op if `marks_turns`."""
        ...

    def forget(self, before_ms: int) -> None:
        """The turn is over: audio and text before this time are needed no more; running decodes of it may be dropped."""
        ...

    def expect(self, answer: Answer) -> None:
        """The kind of answer asked for next."""
        ...

    async def close(self) -> None:
        """Ends within a second, whatever the other side does. Idempotent."""
        ...


class Transcriber(Protocol):
    """A recogniser, shared by all calls of the process."""

    name: str
    marks_turns: bool
    """As its Listening."""

    async def warm(self) -> None:
        """Everything slow, once, before the line is ready. Raises SpeechError."""
        ...

    async def listen(self, tell: Callable[[TranscriberEvent], None], hints: ListenHints) -> Listening:
        """Open one call's recogniser within its connect limit. Raises SpeechError."""
        ...

    async def aclose(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Speech:
    """A piece of a spoken sentence, in order."""

    mulaw: bytes
    starts: tuple[tuple[int, int], ...] = ()
    """(index of a character in the sentence, ms from the sentence's first sample) where the voice says so; empty: it does not."""


class Speaking(Protocol):
    """One call's voice."""

    def say(self, sentence: str, *, pace: float = 1.0, gain_db: float = 0.0) -> AsyncIterator[Speech]:
        """Speak one already speakable sentence. Stop iterating (aclose) to stop speaking. Raises SpeechError within its first-audio limit.
        `pace` below 1 is slower; `gain_db` is added to the usual loudness, without clipping."""
        ...

    async def close(self) -> None:
        """Ends within a second. Idempotent."""
        ...


class Synthesizer(Protocol):
    """A voice, shared by all calls of the process."""

    name: str

    async def warm(self) -> None: ...

    async def open(self, voice: str | None = None) -> Speaking:
        """Open one call's voice; `voice` is the provider's own voice id or None for the default. Raises SpeechError."""
        ...

    async def aclose(self) -> None: ...


class VoiceStream(Protocol):
    """One call's voice activity."""

    def audio(self, mulaw: bytes) -> tuple[float, float]:
        """One packet in, (probability of speech 0..1, level in dBFS) out."""
        ...


class VoiceActivity(Protocol):
    """Is somebody speaking? One shared model per process."""

    def open(self) -> VoiceStream: ...
