"""Stand-ins for the providers of speech and language that answer at once: what is left under load is the line itself. For benches only."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from agent.ports import Asking, ChatSession, Finished, ModelEvent, ModelTurn, TextDelta
from speech.ports import Answer, ListenHints, Listening, Speaking, Speech, TranscriberEvent, Transcript, TurnMark, TurnSignal, VoiceStream

FRAME_BYTES = 160
FRAME_MS = 20
SILENCE = b"\xff" * FRAME_BYTES
REPLY_FRAMES = 100
FIRST_CODE = 0x10
SAID = "Could you tell me a little more about the pool on the roof?"
"""What every caller is understood to say; more than a backchannel, so it interrupts."""
REPLY = "The pool on the roof is there for all of our guests and it opens quite early in the morning."
TOKENS = tuple(f"{word} " for word in REPLY.split())
"""The reply: one sentence of 20 words, so that one utterance is spoken."""
LOUD, QUIET = (1.0, -20.0), (0.0, -96.0)


def reply_audio() -> bytes:
    """Two seconds of mu-law that identify themselves: frame k holds nothing but the code k + 16."""
    return b"".join(bytes([FIRST_CODE + frame]) * FRAME_BYTES for frame in range(REPLY_FRAMES))


class OracleVoiceActivity:
    """No model: the oracle's recogniser marks the turns."""

    def open(self) -> VoiceStream:
        return _OracleVoice()


class _OracleVoice:
    def audio(self, mulaw: bytes) -> tuple[float, float]:  # noqa: ARG002 - the port
        return QUIET


class StandInTranscriber:
    """Knows the words beforehand. `marks_turns`: the turn is every packet that is not digital silence; else it answers `decode` at once."""

    name = "stand-in"

    def __init__(self, *, marks_turns: bool) -> None:
        self.marks_turns = marks_turns

    async def warm(self) -> None:
        """Nothing to load."""

    async def listen(self, tell: Callable[[TranscriberEvent], None], hints: ListenHints) -> Listening:  # noqa: ARG002 - the port
        return OracleListening(tell) if self.marks_turns else InstantListening(tell)

    async def aclose(self) -> None:
        """Nothing is open."""


class InstantListening:
    """Answers every decode in the loop's next round."""

    marks_turns = False

    def __init__(self, tell: Callable[[TranscriberEvent], None]) -> None:
        self._tell = tell

    def audio(self, mulaw: bytes, at_ms: int) -> None:
        """The words are known."""

    def decode(self, start_ms: int, at_ms: int) -> None:  # noqa: ARG002 - the port
        asyncio.get_running_loop().call_soon(self._tell, Transcript(SAID, at_ms, final=True))

    def forget(self, before_ms: int) -> None:
        """Nothing is kept."""

    def expect(self, answer: Answer) -> None:
        """The words are known."""

    async def close(self) -> None:
        """Nothing is open."""


class OracleListening(InstantListening):
    """A turn starts with the first packet that is not digital silence and ends with the first one that is."""

    marks_turns = True
    _speaks = False

    def audio(self, mulaw: bytes, at_ms: int) -> None:
        if (mulaw != SILENCE) is self._speaks:
            return
        self._speaks = not self._speaks
        if self._speaks:
            self._tell(TurnSignal(TurnMark.STARTED, at_ms))
            self._tell(Transcript(SAID, at_ms + FRAME_MS))
        else:
            self._tell(Transcript(SAID, at_ms, final=True))
            self._tell(TurnSignal(TurnMark.ENDED, at_ms))

    def decode(self, start_ms: int, at_ms: int) -> None:
        """Its turns are marked."""


class StandInModel:
    """The same twenty tokens for every turn, all at once."""

    name = "stand-in"
    answers_at_once = True

    async def warm(self) -> None:
        """Nothing to load."""

    def session(self, duties: Sequence[Any]) -> ChatSession:  # noqa: ARG002 - the port
        return _Session()

    async def aclose(self) -> None:
        """Nothing is open."""


class _Session:
    async def respond(self, turn: ModelTurn) -> AsyncIterator[ModelEvent]:  # noqa: ARG002 - the port
        for token in TOKENS:
            yield TextDelta(token)
        yield Asking(Answer.ANYTHING)
        yield Finished(output_tokens=len(TOKENS))


class StandInSynthesizer:
    """Says everything with the same two seconds, whole and at once."""

    name = "stand-in"

    def __init__(self) -> None:
        self._speaking = _Speaking(Speech(reply_audio()))

    async def warm(self) -> None:
        """Nothing to load."""

    async def open(self, voice: str | None = None) -> Speaking:  # noqa: ARG002 - the port
        return self._speaking

    async def aclose(self) -> None:
        """Nothing is open."""


class _Speaking:
    def __init__(self, speech: Speech) -> None:
        self._speech = speech

    async def say(self, sentence: str, *, pace: float = 1.0, gain_db: float = 0.0) -> AsyncIterator[Speech]:  # noqa: ARG002 - the port
        yield self._speech

    async def close(self) -> None:
        """Nothing is open."""
