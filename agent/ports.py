"""The port of the brain: what a chat model is given for one reply and what it answers. The cloud and the embedded model obey the same one."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from speech.ports import Answer


@dataclass(frozen=True, slots=True)
class CallerSaid:
    text: str
    confidence: float = 1.0
    """0..1, the recogniser's."""


@dataclass(frozen=True, slots=True)
class AgentSaid:
    """What the caller has *heard* of an utterance of ours; `cut` if they interrupted it."""

    text: str
    cut: bool = False


@dataclass(frozen=True, slots=True)
class ToolAsked:
    call_id: str
    name: str
    arguments: str
    """A valid JSON object."""


@dataclass(frozen=True, slots=True)
class ToolAnswered:
    call_id: str
    name: str
    content: dict[str, Any]
    spoken: tuple[str, ...] = ()
    """Sentences in which the desk would say this result."""
    ok: bool = True
    offers: tuple[str, ...] = ()
    """References that "the first one", "that one" may mean next, best first."""
    follow_up: str = ""
    """The question that moves things on; a yes starts `follow_duty` with `follow_arguments`."""
    follow_duty: str = ""
    follow_arguments: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StaffHint:
    """Something code tells the model that nobody said aloud: "the caller keyed 2 0 2 5 5 5 0 1 4 2", "the caller did not answer"."""

    text: str


Message = CallerSaid | AgentSaid | ToolAsked | ToolAnswered | StaffHint


@dataclass(frozen=True, slots=True)
class ModelTurn:
    """Everything a model may know for one reply."""

    instructions: str
    messages: Sequence[Message]
    now: datetime
    """The hotel's local time, aware."""
    hotel_name: str = ""
    caller_number: str | None = None
    """E.164, None if hidden."""
    hotel_town: str = ""
    region: str = "US"
    """ISO 3166 country in which numbers without a country code are read."""


@dataclass(frozen=True, slots=True)
class TextDelta:
    text: str


@dataclass(frozen=True, slots=True)
class ToolBegun:
    """A tool call is coming, its arguments are still on their way: time to cover the silence."""


@dataclass(frozen=True, slots=True)
class ToolCall:
    call_id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Asking:
    """The text just given asks the caller for this kind of answer."""

    answer: Answer
    slot: str = ""
    """The argument asked for, as the catalogue names it; empty where the model does not know."""


@dataclass(frozen=True, slots=True)
class Farewell:
    """The caller is done: the call ends once this reply is heard."""


@dataclass(frozen=True, slots=True)
class Finished:
    """The reply is whole. A stream that ends without it failed."""

    input_tokens: int = 0
    output_tokens: int = 0
    confidence: float = 1.0


ModelEvent = TextDelta | ToolBegun | ToolCall | Asking | Farewell | Finished


class ChatSession(Protocol):
    """One call's model."""

    def respond(self, turn: ModelTurn) -> AsyncIterator[ModelEvent]:
        """Text and tool calls in the order they come; asked again with the results when it ended in tool calls. Raises ModelError."""
        ...


class ChatModel(Protocol):
    """A model, shared by all calls of the process."""

    name: str
    answers_at_once: bool
    """True: no filler sentence is needed while tools run (embedded)."""

    async def warm(self) -> None: ...

    def session(self, duties: Sequence[Any]) -> ChatSession:
        """`duties`: tools.catalogue.Duty, the tools this call may use."""
        ...

    async def aclose(self) -> None: ...


@dataclass(slots=True)
class Usage:
    """Tokens used by one call."""

    input_tokens: int = 0
    output_tokens: int = 0
