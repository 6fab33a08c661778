"""Whose turn it is: a pure machine fed with voice activity, words and time, that answers with decisions. Times are ms of stream time."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum, auto

from speech.endpointing import Waits, wait_ms
from speech.interruptions import PACKET_MS, Burst, Calm, EchoFloor, Meaning, meaning
from speech.ports import Answer, TranscriberEvent, TranscriberFailed, Transcript, TurnMark, TurnSignal


@dataclass(frozen=True, slots=True)
class CallerSpeaking:
    """The caller's voice has started: their turn is open."""

    start_ms: int


@dataclass(frozen=True, slots=True)
class CallerSilent:
    """The caller's voice has stopped; the turn may go on."""

    at_ms: int


@dataclass(frozen=True, slots=True)
class WaitMore:
    """There are words, but the turn ends at `until_ms` at the earliest."""

    until_ms: int
    why: str


@dataclass(frozen=True, slots=True)
class LikelyEnd:
    """The turn may be over: decode what lies between the two times now (and perhaps think ahead)."""

    start_ms: int
    at_ms: int


@dataclass(frozen=True, slots=True)
class PartialDecode:
    """Words are wanted in the middle: for the urgent path, or to tell a backchannel from an interruption."""

    start_ms: int
    at_ms: int


@dataclass(frozen=True, slots=True)
class EndOfTurn:
    """The caller has finished: answer. `end_ms` is the last voice, `at_ms` the moment of the decision."""

    text: str
    start_ms: int
    end_ms: int
    at_ms: int
    confidence: float = 1.0
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Interrupt:
    """The caller wants to speak: stop talking at once."""

    at_ms: int
    why: str


@dataclass(frozen=True, slots=True)
class Resume:
    """The stop was for nothing: go on from the last heard word."""

    at_ms: int


@dataclass(frozen=True, slots=True)
class Backchannel:
    """The caller only showed that they listen."""

    text: str
    at_ms: int


class Why(StrEnum):
    """Why a turn was given up."""

    NO_WORDS = "no_words"
    """The recogniser heard no words: a noise."""
    NOISE = "noise"
    """A sound so short that a recogniser which marks turns made no turn of it, such as the tail of the turn before: nothing to answer."""
    NO_TEXT = "no_text"
    """The recogniser did not answer within its limit."""
    FAILED = "failed"
    """The recogniser says that it broke."""


@dataclass(frozen=True, slots=True)
class GiveUp:
    """The turn ends without words."""

    at_ms: int
    why: Why


Decision = CallerSpeaking | CallerSilent | WaitMore | LikelyEnd | PartialDecode | EndOfTurn | Interrupt | Resume | Backchannel | GiveUp
NOTHING: tuple[Decision, ...] = ()


class _State(Enum):
    IDLE = auto()
    BURST = auto()
    """Voice over the agent, not yet understood."""
    TURN = auto()


class Turns:
    """One call's turn taking. `marks_turns`: the transcriber finds the ends itself."""

    def __init__(self, waits: Waits = Waits(), *, marks_turns: bool = False) -> None:  # noqa: B008 - frozen
        self._waits, self._marks_turns = waits, marks_turns
        self._answer, self._patience, self._hold_until = Answer.ANYTHING, 1.0, 0
        self._agent: str | None = None
        self._burst: Burst | None = None
        self._agent_until, self._asked_question, self._echo = -waits.echo_tail_ms, False, EchoFloor()
        self._calm = Calm()
        self._spoken = ""
        self._now = 0
        self._voice, self._rising, self._last_voice, self._loud = False, -1, 0, -90.0
        self._state, self._start, self._voiced = _State.IDLE, 0, 0
        self._closed_upto = -1
        self._clear()

    def _clear(self) -> None:
        self._text: Transcript | None = None
        self._ms, self._why = 0, ""
        self._asked_upto, self._asked_at = -1, -1
        self._meaning: Meaning | None = None
        self._stopped_at, self._capped = -1, False
        self._burst = None

    # What the call tells

    def expect(self, answer: Answer) -> None:
        """The kind of answer asked for next."""
        self._answer = answer

    def patience(self, factor: float) -> None:
        """Longer pauses for the rest of the call (a slow speaker, hard of hearing)."""
        self._patience = factor

    def hold(self, until_ms: int) -> None:
        """The caller asked to wait: silence and talk aside are no reason to give up before this time."""
        self._hold_until = until_ms

    def agent_speaking(self, text: str | None, at_ms: int) -> None:
        """The sentence audible to the caller from now on; None: silence again."""
        if text is None:
            if self._agent is not None:
                self._agent_until = at_ms
        else:
            self._asked_question = text.rstrip().endswith("?")
            self._spoken = text
        self._agent = text

    def agent_audio(self, level_db: float, at_ms: int) -> None:
        """The level of what is played from `at_ms` on, for the echo's own level: told as it is sent, a little ahead."""
        if at_ms + self._waits.echo_tail_ms >= self._now:
            self._echo.played(level_db)

    # What is heard

    def frame(self, probability: float, level_db: float, at_ms: int) -> Sequence[Decision]:
        """One packet of the caller: its probability of voice, its level in dBFS, the time of its first sample."""
        w, now = self._waits, at_ms + PACKET_MS
        if now < self._now:
            return NOTHING
        self._now = now
        if self._agent is not None or now - self._agent_until < w.echo_tail_ms:
            loud = not self._echo.covers(level_db)
            if self._state is not _State.TURN:
                return self._over_agent(probability, level_db, now, loud=loud)
            if not loud:
                probability = 0.0
        elif self._state is _State.BURST:
            return self._over_agent(probability, level_db, now, loud=probability >= w.voice_off)
        if self._voice:
            if probability >= w.voice_off and level_db > self._loud - w.quiet_below_db:
                self._last_voice = now
                self._voiced += PACKET_MS
                self._loud = max(level_db, self._loud - 0.1)
            elif now - self._last_voice >= w.voice_gap_ms:
                self._voice, self._rising = False, -1
                return [CallerSilent(now), *self._step(now)]
        elif probability >= w.voice_on:
            if self._rising < 0:
                self._rising = at_ms
            if now - self._rising >= w.voice_min_ms:
                return self._voice_starts(level_db, now)
        elif probability < w.voice_off:
            self._rising = -1
        return NOTHING if self._state is _State.IDLE else self._step(now)

    def tick(self, now_ms: int) -> Sequence[Decision]:
        """Time passes without packets."""
        if now_ms <= self._now:
            return NOTHING
        self._now = now_ms
        if self._voice and now_ms - self._last_voice >= self._waits.voice_gap_ms:
            self._voice, self._rising = False, -1
            return [CallerSilent(now_ms), *self._step(now_ms)]
        return NOTHING if self._state is _State.IDLE else self._step(now_ms)

    def hear(self, event: TranscriberEvent) -> Sequence[Decision]:
        """Words or marks of the transcriber."""
        match event:
            case Transcript():
                return self._words(event)
            case TurnSignal():
                return self._mark(event)
            case TranscriberFailed():
                return self._failed()

    # Voice

    def _voice_starts(self, level_db: float, now: int) -> Sequence[Decision]:
        self._voice, self._last_voice, self._loud = True, now, level_db
        if self._state is not _State.IDLE:
            self._voiced += now - self._rising
            return self._step(now)
        self._clear()
        self._start, self._voiced = self._rising, now - self._rising
        self._state = _State.TURN
        return (CallerSpeaking(self._start),)

    def _over_agent(self, probability: float, level_db: float, now: int, *, loud: bool) -> Sequence[Decision]:
        if self._burst is None:
            if not loud:
                self._calm.add(probability)
                return NOTHING if self._state is _State.IDLE else self._step(now)
            if self._state is _State.IDLE:
                self._clear()
                self._state, self._start = _State.BURST, now - PACKET_MS
            self._burst = Burst(now - PACKET_MS, calm=bool(self._calm))
        self._burst.add(probability, level_db, now, loud=loud)
        self._last_voice = max(self._last_voice, self._burst.last_ms)
        return self._step(now)

    # Time

    def _step(self, now: int) -> Sequence[Decision]:
        if self._state is _State.BURST:
            return self._sound(now)
        if self._state is _State.TURN:
            return self._marked(now) if self._marks_turns else self._turn(now)
        return NOTHING

    def _turn(self, now: int) -> Sequence[Decision]:
        w, silent = self._waits, now - self._last_voice
        if self._capped or now - self._start >= w.turn_max_ms:
            return self._cap(now)
        if self._text is not None and self._text.upto_ms >= self._last_voice:
            return self._end(now) if silent >= self._ms else NOTHING
        if silent >= w.likely_end_ms:
            if self._asked_upto < self._last_voice:
                self._asked_upto = self._asked_at = now
                return (LikelyEnd(self._from(), now),)
            if self._false_stop(now):
                return self._resume(now)
            if now - self._asked_at >= w.text_limit_ms:
                return self._give_up(now, Why.NO_TEXT)
        elif now - max(self._start, self._asked_at) >= w.partial_every_ms:
            return self._ask_partial(now)
        return NOTHING

    def _cap(self, now: int) -> Sequence[Decision]:
        """The turn is too long: end it with the words up to here, whether the voice goes on or not."""
        if not self._capped:
            self._capped, self._asked_upto, self._asked_at = True, now, now
            return (LikelyEnd(self._from(), now),)
        if self._text is not None and self._text.upto_ms >= self._asked_upto:
            return self._end(now)
        if now - self._asked_at >= self._waits.text_limit_ms:
            return self._end(now) if self._text is not None else self._give_up(now, Why.NO_TEXT)
        return NOTHING

    def _marked(self, now: int) -> Sequence[Decision]:
        """The transcriber ends turns itself; this is the watchdog."""
        w = self._waits
        over = now - self._start >= w.turn_max_ms
        if over or now - self._last_voice >= max(w.marked_least_ms, w.marked_factor * self._ms):
            if self._text is not None:
                return self._end(now)
            return self._give_up(now, Why.NO_TEXT if self._voiced >= w.backchannel_most_ms else Why.NOISE)
        return NOTHING

    def _sound(self, now: int) -> Sequence[Decision]:
        """Sound over the agent: words decide if they come in time, else how long it keeps up."""
        w, burst = self._waits, self._burst
        if burst is None:
            if self._agent is None:
                return self._promote()
            return self._drop() if now - self._start >= w.text_limit_ms else NOTHING
        if self._agent is None and (self._meaning is not Meaning.BACKCHANNEL or self._asked_question):
            return self._promote() if burst.is_voice else self._unless_over(now, burst)
        if now - burst.last_ms >= w.burst_end_ms:
            return self._unless_over(now, burst)
        patient = self._meaning in (Meaning.BACKCHANNEL, Meaning.ECHO)
        keeps_up = (burst.lasts_ms >= w.interrupt_ms and burst.is_up) or (burst.lasts_ms >= w.interrupt_sure_ms and burst.is_sure)
        if burst.is_voice and (burst.lasts_ms >= w.backchannel_most_ms or (keeps_up and not patient)):
            return self._interrupt(now, "voice")
        paused = now - burst.last_ms >= w.voice_gap_ms
        if (paused or burst.lasts_ms >= w.burst_decode_ms) and burst.loud_ms >= w.burst_least_ms and self._asked_upto < 0 and burst.is_voice:
            return self._ask_partial(now)
        return NOTHING

    def _unless_over(self, now: int, burst: Burst) -> Sequence[Decision]:
        """A sound that has ended is forgotten, unless its words are there or worth asking for."""
        if now - burst.last_ms < self._waits.burst_end_ms:
            return NOTHING
        if burst.loud_ms < self._waits.burst_least_ms or not burst.is_voice:
            return self._drop()
        if self._text is not None and self._text.upto_ms >= burst.last_ms:
            return self._settle(now)
        if self._asked_upto < burst.last_ms:
            return self._ask_partial(now)
        return self._drop() if now - self._asked_at >= self._waits.text_limit_ms else NOTHING

    def _ask_partial(self, now: int) -> Sequence[Decision]:
        self._asked_upto = self._asked_at = now
        return NOTHING if self._marks_turns else (PartialDecode(self._from(), now),)

    def _from(self) -> int:
        return max(0, self._closed_upto, self._start - self._waits.lead_ms)

    # Words

    def _words(self, heard: Transcript) -> Sequence[Decision]:
        if heard.upto_ms <= self._closed_upto or (self._text is not None and heard.upto_ms < self._text.upto_ms):
            return NOTHING
        if self._state is _State.IDLE:
            if not (self._marks_turns and heard.text.strip()):
                return NOTHING
            self._clear()
            self._start = self._last_voice = min(heard.upto_ms, self._now)
            self._state = _State.TURN if self._agent is None else _State.BURST
            if self._state is _State.TURN:
                return [CallerSpeaking(self._start), *self._understand(heard)]
        return self._understand(heard)

    def _understand(self, heard: Transcript) -> Sequence[Decision]:
        now = self._now
        self._text = heard
        turn_ms = self._last_voice - self._start
        self._ms, self._why = wait_ms(self._waits, self._answer, heard.text, turn_ms)
        self._ms = max(self._ms, min(round(self._ms * self._patience), self._waits.patient_most_ms))
        if self._state is _State.BURST or self._stopped_at >= 0:
            self._meaning = meaning(heard.text, self._agent or self._spoken, asked=self._asked_question, confidence=heard.confidence)
        if self._state is _State.BURST:
            if self._meaning in (Meaning.INTERRUPTION, Meaning.HOLD_ON):
                return [*self._interrupt(now, self._meaning.value), *self._step(now)]
            return self._sound(now)
        decided = self._step(now)
        if not decided and not self._marks_turns and heard.upto_ms >= self._last_voice and now - self._last_voice < self._ms:
            return (WaitMore(self._last_voice + self._ms, self._why),)
        return decided

    def _mark(self, signal: TurnSignal) -> Sequence[Decision]:
        now = self._now = max(self._now, signal.at_ms)
        match signal.mark:
            case TurnMark.STARTED if self._state is _State.IDLE:
                self._clear()
                self._start = self._last_voice = signal.at_ms
                if self._agent is not None:
                    self._state = _State.BURST
                    return NOTHING
                self._state = _State.TURN
                return (CallerSpeaking(self._start),)
            case TurnMark.LIKELY_END if self._state is _State.TURN:
                return (LikelyEnd(self._from(), now),)
            case TurnMark.ENDED if self._state is _State.TURN:
                return self._end(now) if self._text is not None else self._give_up(now, Why.NO_WORDS)
            case TurnMark.ENDED if self._state is _State.BURST:
                return self._settle(now) if self._text is not None else self._drop()
            case _:
                return NOTHING

    def _failed(self) -> Sequence[Decision]:
        """A failed decode in the middle of speech is asked again at the next pause; any other ends the turn."""
        if self._state is _State.BURST or (self._state is _State.TURN and self._voice and not self._marks_turns):
            return NOTHING
        return self._give_up(self._now, Why.FAILED)

    # Ends

    def _settle(self, now: int) -> Sequence[Decision]:
        """The burst is over and its words are there."""
        text = self._text.text if self._text is not None else ""
        what = self._meaning
        if what in (Meaning.INTERRUPTION, Meaning.HOLD_ON):
            return [*self._interrupt(now, what.value), *self._step(now)]
        if what is Meaning.ECHO and self._burst is not None:
            self._echo.teach(self._burst.peak_db)
        self._close(now)
        return (Backchannel(text, now),) if what is Meaning.BACKCHANNEL else NOTHING

    def _promote(self) -> Sequence[Decision]:
        """The agent has finished meanwhile: what was said over it is a turn."""
        self._to_turn()
        return (CallerSpeaking(self._start),)

    def _to_turn(self) -> None:
        self._state, self._voice = _State.TURN, True
        if self._burst is not None:
            self._voiced, self._loud = self._burst.loud_ms, self._burst.peak_db

    def _drop(self) -> Sequence[Decision]:
        self._close(self._now)
        return NOTHING

    def _interrupt(self, now: int, why: str) -> list[Decision]:
        self._to_turn()
        self._stopped_at = now
        return [Interrupt(now, why), CallerSpeaking(self._start)]

    def _false_stop(self, now: int) -> bool:
        return self._stopped_at >= 0 and now - self._stopped_at >= self._waits.resume_ms and self._voiced < self._waits.backchannel_most_ms

    def _resume(self, now: int) -> Sequence[Decision]:
        self._close(now)
        return (Resume(now),)

    def _end(self, now: int) -> Sequence[Decision]:
        heard = self._text
        if heard is None or not heard.text.strip():
            return self._resume(now) if self._stopped_at >= 0 else self._give_up(now, Why.NO_WORDS)
        if self._stopped_at >= 0 and self._meaning in (Meaning.BACKCHANNEL, Meaning.ECHO):
            return self._resume(now)
        end = EndOfTurn(heard.text, self._start, self._last_voice, now, heard.confidence, heard.language)
        self._hold_until = 0
        self._close(now)
        return (end,)

    def _give_up(self, now: int, why: Why) -> Sequence[Decision]:
        self._close(now)
        if why is Why.NO_WORDS and now < self._hold_until:
            return NOTHING
        return (GiveUp(now, why),)

    def _close(self, now: int) -> None:
        self._state, self._closed_upto = _State.IDLE, now
        if self._voice:
            self._voice, self._rising = False, -1
        self._clear()
