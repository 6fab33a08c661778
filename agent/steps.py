"""What one reply is made of, in the order it should happen."""

from dataclasses import dataclass
from typing import Any

from speech.ports import Answer
from tools.catalogue import NextStep, Receipt


@dataclass(frozen=True, slots=True)
class Say:
    """One whole sentence for the voice. `utterance` is its id for `Conversation.heard`."""

    text: str
    fixed: bool = False
    """True: the same words every time, worth caching as sound."""
    utterance: int = 0


@dataclass(frozen=True, slots=True)
class Expect:
    """What kind of answer we wait for now."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class Used:
    """A duty ran."""

    name: str
    arguments: str
    content: dict[str, Any]
    ok: bool
    ms: int
    receipt: Receipt | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """The call moves on once everything said is heard."""

    next_step: NextStep
    reason: str


@dataclass(frozen=True, slots=True)
class Pace:
    """Speaking rate for the rest of the call, times the present one."""

    factor: float


@dataclass(frozen=True, slots=True)
class Louder:
    """Loudness for the rest of the call, on top of the present one; negative: softer."""

    db: float


@dataclass(frozen=True, slots=True)
class HoldOn:
    """The caller asked us to wait."""


@dataclass(frozen=True, slots=True)
class Consent:
    """The caller's word on being recorded."""

    state: str


@dataclass(frozen=True, slots=True)
class CardRead:
    """What the caller has just said holds a card number: it is to be made unhearable and unreadable."""


Step = CardRead | Say | Expect | Used | Move | Pace | Louder | HoldOn | Consent
