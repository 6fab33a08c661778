"""Deepgram Flux without its socket: the clock of what was sent, and its messages read as our events. Pure, fed with messages and time."""

import json
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import structlog
from deepgram.listen.v2.types.listen_v2fatal_error import ListenV2FatalError
from deepgram.listen.v2.types.listen_v2turn_info import ListenV2TurnInfo
from pydantic import ValidationError

from speech.mulaw import BYTES_PER_MS
from speech.ports import Answer, Transcript, TurnMark, TurnSignal

log = structlog.get_logger()

_MAPPINGS: Final = 256
"""Jumps of the stream clock that are remembered; a call without gaps has one."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When Flux ends a turn, for one kind of answer."""

    eot: float = 0.7
    eager: float = 0.4
    timeout_ms: int = 5000

    def fields(self) -> dict[str, float]:
        return {"eot_threshold": self.eot, "eager_eot_threshold": self.eager, "eot_timeout_ms": self.timeout_ms}


USUAL: Final = Thresholds()
PATIENT: Final = Thresholds(0.85, 0.6, 7000)
THRESHOLDS: Final[dict[Answer, Thresholds]] = {
    Answer.YES_NO: Thresholds(0.6, 0.35, 3000),
    **dict.fromkeys((Answer.SPELLING, Answer.PHONE, Answer.EMAIL, Answer.CODE), PATIENT),
}


@dataclass(slots=True)
class SentClock:
    """Flux counts the audio it got from zero; a call counts its stream clock, which has gaps and begins anywhere."""

    sent_ms: int = 0
    _jumps: deque[tuple[int, int]] = field(default_factory=lambda: deque(maxlen=_MAPPINGS))

    def sent(self, length: int, at_ms: int | None) -> None:
        """`length` bytes were sent that began at `at_ms` of the stream; None: filled in by us."""
        if at_ms is not None and at_ms != self.stream_ms(self.sent_ms):
            self._jumps.append((self.sent_ms, at_ms))
        self.sent_ms += length // BYTES_PER_MS

    def stream_ms(self, sent_ms: int) -> int | None:
        """The stream time of a moment of what was sent; None: nothing of the caller's was sent yet."""
        for start, stream in reversed(self._jumps):
            if start <= sent_ms:
                return stream + sent_ms - start
        return self._jumps[0][1] if self._jumps else None


@dataclass(slots=True)
class FluxTurns:
    """Reads TurnInfo messages. `carry` keeps a turn's text when its connection is lost in the middle."""

    clock: SentClock = field(default_factory=SentClock)
    open: bool = False
    """A turn has started and not ended."""
    text: str = ""
    heard_ms: int = 0
    """Stream time up to which Flux has answered."""
    changed_ms: int = 0
    """Stream time at which the open turn last began or got other text."""
    _carried: str = ""
    _index: int = -1
    _ended_index: int = -1
    _confidence: float = 1.0

    def carry(self) -> None:
        """The connection is lost: the next one counts from zero and knows nothing of this turn."""
        self._carried = self.text if self.open else ""
        self._index = self._ended_index = -1
        self.clock = SentClock()

    @property
    def carried_only(self) -> bool:
        """The open turn has only what the lost connection heard."""
        return self.open and bool(self._carried) and self.text == self._carried

    def read(self, info: ListenV2TurnInfo) -> Iterator[Transcript | TurnSignal]:
        """One message. Text always comes before the signal that is about it."""
        upto = self.clock.stream_ms(round(info.audio_window_end * 1000))
        if upto is None or info.turn_index <= self._ended_index:
            return
        self.heard_ms, self._index = upto, info.turn_index
        text = " ".join(part for part in (self._carried, info.transcript.strip()) if part)
        if not self.open and (text or info.event == "StartOfTurn"):
            self.open, self.changed_ms = True, upto
            yield TurnSignal(TurnMark.STARTED, self._began(info, upto))
        if self.open and text != self.text:
            self.changed_ms = upto
        if info.words:
            self._confidence = sum(word.confidence for word in info.words) / len(info.words)
        language = info.languages[0] if info.languages else None
        if info.event == "EndOfTurn":
            self._ended_index = info.turn_index
            yield from self.end(upto, text, language)
            return
        self.text = text
        if text:
            yield Transcript(text, upto, confidence=self._confidence, language=language)
        if info.event == "EagerEndOfTurn":
            yield TurnSignal(TurnMark.LIKELY_END, upto)
        elif info.event == "TurnResumed":
            self.changed_ms = upto
            yield TurnSignal(TurnMark.RESUMED, upto)

    def end(self, at_ms: int, text: str | None = None, language: str | None = None) -> Iterator[Transcript | TurnSignal]:
        """The turn is over, by Flux's word or because it forgot to say so."""
        text = self.text if text is None else text
        if text:
            yield Transcript(text, at_ms, final=True, confidence=self._confidence, language=language)
        if text or self.open:
            yield TurnSignal(TurnMark.ENDED, at_ms)
        self.open, self.text, self._carried, self._confidence = False, "", "", 1.0

    def give_up(self, at_ms: int) -> Iterator[Transcript | TurnSignal]:
        """End an open turn ourselves; what Flux still says of it is ignored."""
        self._ended_index = self._index
        yield from self.end(at_ms)

    def _began(self, info: ListenV2TurnInfo, upto: int) -> int:
        start = info.words[0].start if info.words else None
        began = self.clock.stream_ms(round(start * 1000)) if start is not None else None
        return upto if began is None else began


def parse(raw: str | bytes) -> ListenV2TurnInfo | ListenV2FatalError | None:
    """One message; None for those that change nothing and those that nobody can read."""
    try:
        fields = json.loads(raw)
        match fields:
            case {"type": "TurnInfo"}:
                return ListenV2TurnInfo.model_validate(fields)
            case {"type": "Error"}:
                return ListenV2FatalError.model_validate(fields)
    except (ValueError, ValidationError):
        log.warning("deepgram_message_unreadable")
    return None
