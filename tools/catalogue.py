"""The desk's duties, each described once: for the cloud model (a strict schema), the embedded model (slots, questions) and the rules."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

from tools.context import Context

Expects = Literal["anything", "yes_no", "number", "date", "name", "spelling", "phone", "email", "code"]


class Arguments(BaseModel):
    """Base of every duty's arguments: unknown fields are refused, strings are trimmed."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


@dataclass(frozen=True, slots=True)
class Slot:
    """How one argument is asked for; put on the argument model by `Annotated[date, Slot(...)]`."""

    questions: tuple[str, ...] = ()
    """The first way to ask, the second, …: never the same words twice. Empty: never asked, only taken when said."""
    expects: Expects = "anything"
    read_back: bool = False
    """The value is said back before it is used."""
    reads: str = ""
    """Which of the caller's words fill it, where the kind alone does not say: "check_in", "check_out", "nights", "adults", "children",
    "rooms", "question" (the whole utterance), "name", "phone", "email", "choice" (an enum's value or one of the last result's options)."""
    default_from: str = ""
    """Where a value may come from without asking: "caller_number"."""
    unless: str = ""
    """It is not asked for once this other argument is known: a departure day unless the nights are."""


class NextStep(StrEnum):
    """What becomes of the call after a duty."""

    DESK = "desk"
    HANG_UP = "hang_up"


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that something was done in this call: only a committed result carries one."""

    kind: Literal["lead", "booking", "change", "cancellation", "text", "payment_link", "transfer", "message", "callback"]
    id: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """A duty's result."""

    content: dict[str, Any]
    """For the model, JSON-able. Money as integer minor units plus a spoken form; dates ISO."""
    spoken: tuple[str, ...]
    """Whole sentences in which the desk says it, total price first. Plain text: `speech.speakable` turns it into sound later."""
    receipt: Receipt | None = None
    next_step: NextStep | None = None
    ok: bool = True
    offers: Sequence[str] = ()
    """References (room type ids, article ids) that "the first one", "that one" may mean in the next turn, best first."""
    follow_up: str = ""
    """The question that moves things on ("Shall I take your details?"), asked last; `follow_duty` is what a yes starts."""
    follow_duty: str = ""
    follow_arguments: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing the desk can do for a caller."""

    name: str
    description: str
    """For the model: what it does and when to use it."""
    arguments: type[BaseModel]
    run: Callable[[Context, Any], Awaitable[Outcome]]
    intents: tuple[str, ...] = ()
    """Labels of agent/local_model/examples that this duty serves."""
    writes: bool = False
    """Writing duties run shielded and are keyed; reading ones may run ahead of the caller's end of turn."""
    confirm: str = ""
    """What must have been said back and agreed before it runs, as a sentence with {slots}; empty: nothing."""
    receipt: str | None = None
    """Kind of receipt a good run leaves."""
    limit_s: float = 5.0


class SlotToFill(NamedTuple):
    slot: Slot
    required: bool
    """To be asked for: it has questions, and what would replace it is not known."""
    annotation: Any
    """The value's type; `| None` where the duty runs without it."""


def slots(duty: Duty, known: Collection[str] = ()) -> dict[str, SlotToFill]:
    """The duty's arguments in the order in which they are asked; `known`: names of those that have a value."""
    found = {}
    for name, field_info in duty.arguments.model_fields.items():
        slot = next((part for part in field_info.metadata if isinstance(part, Slot)), Slot())
        required = name not in known and slot.unless not in known and (bool(slot.questions) or field_info.is_required())
        found[name] = SlotToFill(slot, required, field_info.annotation)
    return found


SCHEMA_WORDS = ("type", "enum", "const", "description", "anyOf", "items", "format")


def strict_schema(duty: Duty) -> dict[str, Any]:
    """The arguments as OpenAI's strict JSON schema: every field required, optional ones nullable, nothing else allowed."""
    schema = duty.arguments.model_json_schema()
    properties = {}
    for name, found in schema.get("properties", {}).items():
        value = _plain(found, schema.get("$defs", {}))
        nullable = name in schema.get("required", ()) or {"type": "null"} in value.get("anyOf", ())
        properties[name] = value if nullable else _or_null(value)
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _plain(schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """The schema without the words that strict mode does not take; references written out."""
    if reference := schema.get("$ref"):
        schema = definitions[reference.rpartition("/")[2]] | schema
    plain = {word: schema[word] for word in SCHEMA_WORDS if word in schema}
    if "anyOf" in plain:
        plain["anyOf"] = [_plain(choice, definitions) for choice in plain["anyOf"]]
    return plain


def _or_null(value: dict[str, Any]) -> dict[str, Any]:
    described = {"description": value["description"]} if "description" in value else {}
    return {"anyOf": [{word: found for word, found in value.items() if word != "description"}, {"type": "null"}], **described}
