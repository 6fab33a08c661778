"""A small desk for dialogue tests: duties with other names than the product's, so that no model can know them, and a reader of key words."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Annotated, Any, cast
from uuid import UUID

from agent.conversation import Conversation
from agent.local_model.intents import split_wishes
from agent.local_model.model import LocalModel
from agent.ports import CallerSaid, ModelEvent, ModelTurn
from agent.reply import Receptionist, ReplyLimits
from agent.steps import Expect, Move, Say, Step, Used
from tools.catalogue import Arguments, Duty, NextStep, Outcome, Receipt, Slot
from tools.context import Context

NOW = datetime(2027, 6, 9, 19, 0, tzinfo=UTC)
"""A Wednesday afternoon at the hotel."""
HOTEL = "The Larch House"
CALLER = "+12025550199"


class Ask(Arguments):
    question: Annotated[str, Slot(reads="question", questions=("What would you like to know?",))]


class Look(Arguments):
    check_in: Annotated[
        date, Slot(reads="check_in", expects="date", questions=("Which day do you arrive?", "What day shall I look at?", "Your arrival is when?"))
    ]
    check_out: Annotated[
        date | None,
        Slot(reads="check_out", expects="date", unless="nights", questions=("How many nights?", "When do you leave?", "Until what day?")),
    ] = None
    nights: Annotated[int | None, Slot(reads="nights", expects="number")] = None
    adults: Annotated[int, Slot(reads="adults", expects="number", questions=("How many people?", "How many adults?", "Who is coming along?"))]
    children: Annotated[int, Slot(reads="children", expects="number")] = 0
    kind: Annotated[str | None, Slot(reads="choice")] = None
    pets: Annotated[bool, Slot()] = False


class Note(Arguments):
    name: Annotated[
        str | None, Slot(reads="name", expects="name", read_back=True, questions=("Your name, please?", "Who may I note?", "What name is it?"))
    ] = None
    phone: Annotated[
        str | None,
        Slot(
            reads="phone",
            expects="phone",
            read_back=True,
            default_from="caller_number",
            questions=("Your number, please?", "Which number reaches you?", "And what number may we call?"),
        ),
    ] = None
    room: Annotated[str | None, Slot(reads="choice")] = None
    check_in: Annotated[date | None, Slot(reads="check_in", expects="date")] = None
    check_out: Annotated[date | None, Slot(reads="check_out", expects="date")] = None
    guests: Annotated[int | None, Slot(reads="adults", expects="number")] = None
    note: Annotated[str | None, Slot(reads="question")] = None


class Hand(Arguments):
    reason: Annotated[str, Slot(reads="question")] = ""


class Bye(Arguments):
    pass


HOUSE = {
    "breakfast": "Breakfast is from 7 to 10 in the garden room.",
    "dog": "Dogs are welcome for $15 a night.",
    "parking": "Parking is free behind the house.",
    "pool": "The pool closes at 9 in the evening.",
}


@dataclass
class Desk:
    """What was asked of it, in order."""

    used: list[tuple[str, Any]] = field(default_factory=list)
    broken: dict[str, Outcome] = field(default_factory=dict)
    """Duty → what it answers instead."""
    gate: asyncio.Event | None = None
    """Notes wait for it."""
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    """A note is being written."""

    def last(self, name: str) -> Any:
        return [arguments for used, arguments in self.used if used == name][-1]

    def count(self, name: str) -> int:
        return sum(used == name for used, _ in self.used)

    @property
    def duties(self) -> tuple[Duty, ...]:
        return (
            Duty(
                "house_book",
                "Searches what the house knows of itself.",
                Ask,
                self._does("house_book", self._ask),
                intents=("policy_or_amenity_question", "local_info"),
            ),
            Duty(
                "room_board", "Availability of rooms.", Look, self._does("room_board", self._look), intents=("availability", "price_question", "book")
            ),
            Duty(
                "desk_note",
                "Takes contact details.",
                Note,
                self._does("desk_note", self._note),
                writes=True,
                receipt="lead",
                intents=("give_contact_details", "cancel_or_modify"),
            ),
            Duty(
                "hand_over",
                "Transfers to a person.",
                Hand,
                self._does("hand_over", self._hand),
                writes=True,
                intents=("transfer_human",),
                receipt="transfer",
            ),
            Duty("ring_off", "Hangs up.", Bye, self._does("ring_off", self._bye), writes=True, intents=("goodbye",)),
        )

    def _does(self, name: str, work: Callable[[Any], Outcome]) -> Callable[[Context, Any], Awaitable[Outcome]]:
        async def run(_: Context, arguments: Any) -> Outcome:
            self.used.append((name, arguments))
            if self.gate is not None and name == "desk_note":
                self.begun.set()
                await self.gate.wait()
            return self.broken.get(name) or work(arguments)

        return run

    def _ask(self, arguments: Ask) -> Outcome:
        found = [text for word, text in HOUSE.items() if word in arguments.question.lower()]
        return Outcome({"found": found}, tuple(found) or ("I don't have that.",))

    def _look(self, arguments: Look) -> Outcome:
        leave = arguments.check_out or arguments.check_in + timedelta(arguments.nights or 1)
        nights = (leave - arguments.check_in).days
        return Outcome(
            {"options": [{"code": "OAK", "name": "Oak Room", "total": nights * 100}, {"code": "ELM", "name": "Elm Suite", "total": nights * 150}]},
            (f"An Oak Room is ${nights * 100} in all for {arguments.check_in:%A}.",),
            offers=("OAK", "ELM"),
            follow_up="Shall I note a request for the Oak Room?",
            follow_duty="desk_note",
            follow_arguments={"check_in": str(arguments.check_in), "check_out": str(leave), "room": "Oak Room"},
        )

    def _note(self, arguments: Note) -> Outcome:
        return Outcome({"id": "N1"}, (f"Thank you, {arguments.name}. I've noted that.",), receipt=Receipt("lead", "N1"))

    def _hand(self, _: Hand) -> Outcome:
        return Outcome({}, ("I'll put you through.",), receipt=Receipt("transfer", "T1"), next_step=NextStep.DESK)

    def _bye(self, _: Bye) -> Outcome:
        return Outcome({}, ("Goodbye from the Larch House!",), next_step=NextStep.HANG_UP)


@dataclass(frozen=True)
class Label:
    label: str
    confidence: float = 0.9


WORDS = (
    ("cancel_or_modify", r"\bcancel|change my\b"),
    ("transfer_human", r"\bmanager\b"),
    ("policy_or_amenity_question", r"\bbreakfast|dogs?|parking|pool|check-?in time\b"),
    ("price_question", r"\bhow much|price|what'?s a\b"),
    ("availability", r"\brooms?\b|\bnights?\b|\bfree\b"),
    ("goodbye", r"\bbye\b"),
    ("greeting_smalltalk", r"^(?:hi|hello)\W*$"),
    ("out_of_scope", r"\bjoke|stock\b"),
    ("affirm", r"^(?:yes|yeah|sure|please)\b"),
    ("deny", r"^no\b"),
    ("give_contact_details", r"\bname\b|^[A-Z][a-z]+ [A-Z][a-z]+"),
)


class KeyWords:
    """Labels by key words; nonsense has no confidence."""

    def read(self, text: str, context: str | None = None) -> Sequence[Label]:
        found = [Label(label) for label, pattern in WORDS if re.search(pattern, text, re.IGNORECASE if label != "give_contact_details" else 0)]
        return found or [Label("out_of_scope", 0.1)]


def model() -> LocalModel:
    return LocalModel(KeyWords(), split_wishes)


def context(now: datetime = NOW, caller: str | None = CALLER) -> Context:
    hotel = SimpleNamespace(name=HOTEL, town="Alder Bay", country="US", timezone="America/New_York", id=1)
    nothing = cast(Any, None)
    return Context(cast(Any, hotel), UUID(int=7), caller, "phone", nothing, nothing, nothing, lambda: now)


class Call:
    """One call: what is said is heard whole, unless a test says otherwise."""

    def __init__(
        self,
        session: Any = None,
        *,
        desk: Desk | None = None,
        at_once: bool = True,
        limits: ReplyLimits | None = None,
        caller: str | None = CALLER,
        now: datetime = NOW,
        brain: LocalModel | None = None,
    ) -> None:
        self.desk = desk or Desk()
        self.conversation = Conversation((HOTEL, "Alder Bay"))
        self.receptionist = Receptionist(
            session or (brain or model()).session(self.desk.duties),
            self.desk.duties,
            context(now, caller),
            self.conversation,
            instructions="Be kind.",
            answers_at_once=at_once,
            limits=limits,
        )
        self.steps: list[Step] = []

    async def say(self, text: str, confidence: float = 1.0, language: str | None = None) -> str:
        """The caller speaks; returns what they hear in answer."""
        return await self.take(self.receptionist.turn(CallerSaid(text, confidence), language=language))

    async def key(self, digits: str) -> str:
        return await self.take(self.receptionist.keyed(digits))

    async def take(self, steps: AsyncIterator[Step]) -> str:
        self.steps = []
        async for step in steps:
            self.steps.append(step)
            if isinstance(step, Say):
                self.conversation.heard(step.utterance, step.text)
        return " ".join(step.text for step in self.steps if isinstance(step, Say))

    def of(self, kind: type[Any]) -> list[Any]:
        """The steps of this kind in the last reply."""
        return [step for step in self.steps if isinstance(step, kind)]

    @property
    def expects(self) -> str:
        return str(self.of(Expect)[-1].answer)

    @property
    def moved(self) -> Move | None:
        moves = self.of(Move)
        return moves[-1] if moves else None

    @property
    def used(self) -> list[Used]:
        return self.of(Used)


class Script:
    """A chat session that answers each request with the next list of events; an exception in it is raised, a float waited."""

    def __init__(self, *replies: Sequence[Any]) -> None:
        self.replies = list(replies)
        self.turns: list[ModelTurn] = []

    async def respond(self, turn: ModelTurn) -> AsyncIterator[ModelEvent]:
        self.turns.append(turn)
        for event in self.replies.pop(0):
            if isinstance(event, Exception):
                raise event
            if isinstance(event, float):
                await asyncio.sleep(event)
            else:
                yield event
