"""What the parts of a call tell each other. Times are ms of the call's stream clock."""

from dataclasses import dataclass
from typing import Any

from speech.ports import Answer, Transcript
from speech.turns import Decision
from tools.catalogue import NextStep


@dataclass(frozen=True, slots=True)
class Heard:
    """The recogniser's text of the running turn, partial or final."""

    transcript: Transcript


@dataclass(frozen=True, slots=True)
class Decoded:
    """One answer of the recogniser to a decode: how long it took."""

    took_ms: int


@dataclass(frozen=True, slots=True)
class Keyed:
    """The caller pressed a key."""

    digit: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class MarkReturned:
    name: str


@dataclass(frozen=True, slots=True)
class Interrupted:
    """What we were saying was dropped at the carrier; nothing after `at_ms` is heard unless it is resumed."""

    at_ms: int


@dataclass(frozen=True, slots=True)
class Utterance:
    """One sentence of ours on its way to the caller."""

    id: int
    turn: int
    text: str
    last: bool = False
    """The reply's last sentence."""


@dataclass(frozen=True, slots=True)
class AgentAudible:
    """From now on the caller hears this sentence."""

    utterance: Utterance
    at_ms: int


@dataclass(frozen=True, slots=True)
class AgentQuiet:
    """Everything queued has been played or dropped."""

    at_ms: int


@dataclass(frozen=True, slots=True)
class UtteranceProven:
    """What the caller has heard of a sentence, proven by marks or cut by an interruption."""

    utterance: Utterance
    heard: str
    cut: bool
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Expecting:
    """The sentence being said asks for this kind of answer."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class ReplyBegan:
    """We owe the caller an answer to this turn."""

    turn: int


@dataclass(frozen=True, slots=True)
class ReplyEnded:
    """All sentences of the turn are queued for the voice (or it was given up)."""

    turn: int
    failed: bool = False


@dataclass(frozen=True, slots=True)
class ToolUsed:
    turn: int
    name: str
    arguments: str
    result: dict[str, Any]
    ok: bool
    took_ms: int
    receipt: str | None = None
    """"kind:id" of what was committed."""


@dataclass(frozen=True, slots=True)
class TurnTimed:
    """One turn's latency, by stage; ms. Sent when the first sound of the reply left for the carrier, or when there is none."""

    turn: int
    caller_text: str
    confidence: float
    language: str | None
    start_ms: int
    end_ms: int
    """Last voice of the caller."""
    decided_ms: int
    endpoint_ms: int
    """Last voice → the turn is over (the decode runs inside)."""
    transcribe_ms: int
    """What the recogniser took for the text the turn ended with."""
    think_ms: int
    """The turn is over → first sentence."""
    first_audio_ms: int
    """First sentence → its first sound sent."""
    answered: bool


@dataclass(frozen=True, slots=True)
class MovesOn:
    """After what is being said is heard, the call goes to the desk or ends."""

    step: NextStep
    reason: str


@dataclass(frozen=True, slots=True)
class HoldsOn:
    """The caller asked us to wait."""


@dataclass(frozen=True, slots=True)
class Patience:
    """For the rest of the call the caller's pauses may be this many times as long."""

    factor: float


@dataclass(frozen=True, slots=True)
class ConsentGiven:
    """The caller's word on being recorded: "given" or "refused"."""

    state: str


@dataclass(frozen=True, slots=True)
class CardDigits:
    """Card-like digits were read out or keyed between these times."""

    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class SilentFor:
    """A step of the silence ladder: the nth time nothing was said."""

    nth: int


@dataclass(frozen=True, slots=True)
class RecordingFailed:
    reason: str


@dataclass(frozen=True, slots=True)
class SpeechFailed:
    """Hearing or speaking broke: what must be said, if it can be."""

    part: str
    reason: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The call is over for us; every part closes."""

    reason: str
    step: NextStep | None = None


Event = (
    Decision | Heard | Decoded | Keyed | MarkReturned | Interrupted | AgentAudible | AgentQuiet | UtteranceProven | Expecting | ReplyBegan
    | ReplyEnded | ToolUsed | TurnTimed | MovesOn | HoldsOn | Patience | ConsentGiven | CardDigits | SilentFor | RecordingFailed | SpeechFailed
    | Ended
)  # fmt: skip
