"""A duty's arguments being gathered: which are known, which must be asked, and how an answer fills them. Duties are read from the catalogue."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

from agent.local_model.hearing import introduces
from agent.ports import ToolAnswered
from agent.sentences import sentences
from speech.ports import Answer
from speech.spelled import code, email, number, person_name, phone
from tools.catalogue import Duty, Slot, slots

STAY = frozenset({"check_in", "check_out", "nights", "adults", "children", "rooms"})
FEWEST_WORDS = 2
"""Shorter sentences beside an answer add nothing to a wish."""
CONTACT = frozenset({"name", "phone", "email"})
_ROOM_KIND = re.compile(
    r"\b(?:(?:sea|ocean|harbou?r|garden|city|mountain|lake|river|deluxe|standard|superior|junior|executive|classic|double"
    r"|twin|single|king|queen|family|accessible|two|corner|large|small|big|cheap)"
    r"(?: ?-?(?:view|side|bed(?:ded|room)?|size))? ?)+(?:rooms?|suites?|kings?|queens?|doubles?|twins?|singles?|studios?"
    r"|beds?)\b|\b(?:suites?|kings?|queens?|doubles?|twins?|singles?|studios?|penthouse)\b",
    re.IGNORECASE,
)  # fmt: skip
_NOT_A_KIND = re.compile(r"^(?:two|large|small|big|cheap) (?:beds?|rooms?)$", re.IGNORECASE)
_WORDS_FOR = {
    "pets": r"pets?|dogs?|cats?|puppy|puppies",
    "accessible": r"accessible|wheelchair|step-free|disabled|disability|roll-in",
    "smoking": r"smoking room|smokers?|room to smoke",
}  # fmt: skip
_ORDINALS = {"first": 0, "former": 0, "cheapest": 0, "second": 1, "third": 2, "fourth": 3, "last": -1, "latter": -1}


@dataclass(slots=True)
class Form:
    """One duty on its way: the caller's wish in their words and the values so far."""

    duty: Duty
    wish: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    agreed: set[str] = field(default_factory=set)
    """Slots whose value was said back and agreed to."""
    confirmed: bool = False
    asked: bool = False
    """Something was asked for it already."""

    @property
    def about_stay(self) -> bool:
        """Does it need a day of arrival?"""
        return any(ask.slot.reads == "check_in" and ask.required for ask in slots(self.duty).values())

    @property
    def takes_contact(self) -> bool:
        """Does it take who the caller is?"""
        return any(ask.slot.reads in CONTACT for ask in slots(self.duty).values())

    def slot(self, name: str) -> Slot:
        return slots(self.duty)[name].slot

    def fill(self, told: Mapping[str, Any], caller_number: str | None = None, agreed: Mapping[str, str] | None = None) -> None:
        """Take over what the caller told in this call, wherever it was said; `agreed`: what they have confirmed of it already."""
        for name, ask in slots(self.duty).items():
            reads = ask.slot.reads
            if reads == "question":
                if self.wish:
                    self.values.setdefault(name, self.wish)
            elif reads == "choice":
                if self.wish and (kind := room_kind(self.wish)) and str in (ask.annotation, *get_args(ask.annotation)):
                    self.values.setdefault(name, kind)
            elif bool in (ask.annotation, *get_args(ask.annotation)) and name in _WORDS_FOR:
                if re.search(rf"\b(?<!no )(?:{_WORDS_FOR[name]})\b", self.wish, re.IGNORECASE):
                    self.values[name] = True
            elif told.get(reads) is not None:
                self.put(name, told[reads])
                if agreed and agreed.get(reads) == told[reads]:
                    self.agreed.add(name)
            elif ask.slot.default_from == "caller_number" and caller_number and name not in self.values:
                self.values[name] = caller_number
                self.agreed.add(name)
        if self.values.get("check_out"):
            self.values.pop("nights", None)

    def put(self, name: str, value: Any) -> None:
        """A value; a new one has to be agreed to again."""
        if str(self.values.get(name)) != str(value):
            self.agreed.discard(name)
            self.confirmed = False
        self.values[name] = value

    def missing(self) -> str | None:
        """The next argument to ask for."""
        known = [name for name, value in self.values.items() if value is not None]
        return next((name for name, ask in slots(self.duty, known).items() if ask.required and ask.slot.questions), None)

    def unread(self) -> str | None:
        """The next value that must be said back and is not agreed to yet (not where the confirmation says it anyway)."""
        for name, ask in slots(self.duty).items():
            said_later = f"{{{name}}}" in self.duty.confirm
            if ask.slot.read_back and self.values.get(name) is not None and name not in self.agreed and not said_later:
                return name
        return None

    def arguments(self) -> str:
        """As the duty takes them: a JSON object of what is known."""
        fields = self.duty.arguments.model_fields
        return json.dumps({k: v for k, v in self.values.items() if k in fields and v is not None}, default=str, ensure_ascii=False)

    def same(self, other: "Form | None") -> bool:
        """Is this the same thing again?"""
        return other is not None and other.duty is self.duty and other.arguments() == self.arguments()


def expected(slot: Slot) -> Answer:
    """What kind of answer its question asks for."""
    return Answer(slot.expects)


def read_answer(slot: Slot, text: str, *, region: str, offers: Mapping[str, str]) -> Any:
    """The value that an answer to this slot's question gives; None: none was said. Dates and heads are read elsewhere, with the whole stay."""
    if slot.reads in STAY:
        return None
    if slot.reads == "choice":
        return choose(text, offers) or room_kind(text)
    if slot.expects == "phone":
        said = phone(text, region)
        return said.e164 if said and said.complete else None
    if reader := _READERS.get(slot.expects):
        return reader(text)
    return text.strip() or None


def _email(text: str) -> str | None:
    said = email(text)
    return said.address if said and said.complete else None


def _name(text: str) -> str | None:
    said = person_name(text)
    return said.full if said else None


_READERS: dict[str, Callable[[str], Any]] = {"email": _email, "name": _name, "spelling": _name, "code": code, "number": number}


def room_kind(text: str) -> str | None:
    """The kind of room in the caller's words ("a sea view suite" → "sea view suite"); None: any."""
    found = [m.group().strip() for m in _ROOM_KIND.finditer(text) if not _NOT_A_KIND.match(m.group().strip())]
    return max(found, key=len) if found else None


def choose(text: str, offers: Mapping[str, str]) -> str | None:
    """The name of the option the words pick: by ordinal or by a word of it; "that one" only if there is just one."""
    words = {w.strip(".,!?'\"").lower() for w in text.split()}
    names = list(offers.values())
    for word, at in _ORDINALS.items():
        if word in words and -len(names) <= at < len(names):
            return names[at]
    own = {name: set(re.split(r"[-_ ]", name.lower())) for name in names}
    named = [name for name in names if words & (own[name] - set().union(*(own[n] for n in names if n != name)))]
    if len(named) == 1:
        return named[0]
    if len(names) == 1 and words & {"it", "that", "this", "one"}:
        return names[0]
    return None


def names_of(answer: ToolAnswered) -> dict[str, str]:
    """The references offered with the names the result gives them."""
    rows = [row for value in answer.content.values() if isinstance(value, list) for row in value if isinstance(row, Mapping)]
    named = {value: str(row["name"]) for row in rows if "name" in row for value in row.values() if isinstance(value, str)}
    return {ref: named.get(ref, ref) for ref in answer.offers}


def note_more(form: Form, text: str) -> None:
    """What was said beside an answer belongs to the caller's wish ("Tell her I called. My name is …")."""
    note = next((name for name in form.duty.arguments.model_fields if form.slot(name).reads == "question"), None)
    spoken = sentences(text)
    more = [part for part in spoken if len(part.split()) > FEWEST_WORDS and not introduces(part) and not re.search(r"\d|@", part)]
    if note and form.duty.writes and len(spoken) > 1 and more:
        form.values[note] = " ".join([*filter(None, [form.values.get(note)]), *more])
