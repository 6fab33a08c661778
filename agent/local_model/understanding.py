"""Which duty the caller's words ask for: labels by the intent reader, duties by the catalogue."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from agent.local_model.asides import Aside, aside, beyond_farewell
from agent.local_model.plans import BEYOND, BYE, CAPABLE, DETAILS, HELLO, NO, UNSURE, YES, IntentReading, LocalLimits, Reading
from agent.local_model.slots import Form
from agent.local_model.stay import Stay, amend
from tools.catalogue import Duty

NEXT_LABELS = 4
"""How many labels below the best are looked at."""
MAYBE = 0.1
"""The confidence from which a question that may be beyond us is looked up all the same: a lookup may find nothing."""
LEAST_WORDS = 2
"""Fewer words beside an answer are no wish of their own."""
_QUESTION = re.compile(
    r"\?\s*$|^(?:(?:and|so|but|ok|okay|well|um|uh|wait|sorry|actually|yes|no|hi|hello)[,. ]+)*(?:what|when|where|how|which|who|why|do you|does|"
    r"is there|are there|can i|can you|could (?:i|you)|is (?:the|it|your|that)|are (?:the|you|pets|dogs)|will (?:the|you))\b",
    re.IGNORECASE,
)
_OF_A_STAY = re.compile(
    r"\b(?:rooms?|suites?|nights?|stay(?:ing)?|doubles?|singles?|twins?|kings?|queens?|beds?|rates?|book(?:ing)?|reserv\w+|availab\w+|"
    r"vacanc\w+|weekend|cheapest|studio|sleep|it|that|this|one|you)\b(?! service| key)",
    re.IGNORECASE,
)
_TALK = frozenset({YES, NO, DETAILS, HELLO, BEYOND, UNSURE})


def asks(text: str) -> bool:
    """Is it shaped like a question?"""
    return bool(_QUESTION.search(text))


class Understanding:
    """`split`: one utterance into its wishes."""

    def __init__(self, duties: Sequence[Duty], reader: IntentReading, split: Callable[[str], Sequence[str]], limits: LocalLimits) -> None:
        self.duties = tuple(duties)
        self._reader, self._split, self._limits = reader, split, limits

    def pieces(self, text: str) -> Sequence[str]:
        """The wishes in one breath; "goodbye… oh, one more thing" is about the thing."""
        return [beyond_farewell(piece) or piece for piece in self._split(text) or [text]]

    def best(self, text: str, heard: str) -> Reading:
        """The likeliest label."""
        return self._reader.read(text, heard or None)[0]

    def label(self, piece: str, heard: str) -> str | None:
        """What a piece is about; None: nothing one could act on."""
        match aside(piece):
            case Aside.FAREWELL:
                return BYE
            case Aside.THANKS:
                return "thanks"
            case Aside.CAPABLE:
                return CAPABLE
        found, *others = self._reader.read(piece, heard or None)
        if found.label == BEYOND and found.confidence < self._limits.sure and asks(piece):
            served = (other for other in others[:NEXT_LABELS] if (duty := self.serving(other.label)) and not duty.writes)
            found = next((other for other in served if other.confidence >= MAYBE), found)
            return found.label
        return found.label if found.confidence >= self._limits.understood else None

    def elsewhere(self, text: str, heard: str) -> bool:
        """Is this about something else than what was asked?"""
        found = self.best(text, heard)
        if found.label in _TALK:
            return False
        return found.confidence >= self._limits.sure or (asks(text) and found.confidence >= self._limits.understood)

    def another_wish(self, text: str, heard: str) -> bool:
        """Is what was said beside a no something else they want ("no, I need to cancel"), not a reason ("no, that's too expensive")?"""
        duty = self.serving(self.best(text, heard).label)
        return self.elsewhere(text, heard) and (asks(text) or duty is None or not Form(duty).about_stay)

    def serving(self, label: str) -> Duty | None:
        """The first duty that serves a label."""
        return next((duty for duty in self.duties if label in duty.intents), None)

    def leaving(self, kind: str) -> Duty | None:
        """The first duty that leaves this kind of receipt."""
        return next((duty for duty in self.duties if duty.receipt == kind), None)

    def named(self, name: str) -> Duty | None:
        return next((duty for duty in self.duties if duty.name == name), None)

    def about_stay(self) -> Duty | None:
        """The first duty that looks at a stay."""
        return next((duty for duty in self.duties if Form(duty).about_stay), None)

    def duty(self, label: str, piece: str, heard: str, now: datetime, told: Mapping[str, Any], last: Form | None) -> Duty | None:
        """The duty for a piece: not the one that would only do again what it just did, if another serves the label too; and a price or
        a day of something that is no room is a question about the house."""
        if label in (BYE, DETAILS):
            return None
        found = self._duty(label, piece, told, last)
        if found is None or not Form(found).about_stay or _OF_A_STAY.search(piece) or amend(Stay(), piece, now)[0] != Stay():
            return found
        others = (self._duty(other.label, piece, told, last) for other in self._reader.read(piece, heard or None)[1:NEXT_LABELS])
        return next((other for other in others if other and not other.writes and not Form(other).about_stay), found)

    def _duty(self, label: str, piece: str, told: Mapping[str, Any], last: Form | None) -> Duty | None:
        serving = [duty for duty in self.duties if label in duty.intents]
        for duty in serving[:-1]:
            form = Form(duty, piece)
            form.fill(told)
            if not form.same(last):
                return duty
        return serving[-1] if serving else None

    def besides(self, text: str, heard: str, form: Form, told: Mapping[str, Any]) -> list[Form]:
        """Questions about the house in the same breath as an answer."""
        found = []
        for piece in self._split(text) if len(text.split()) > LEAST_WORDS else ():
            reading = self.best(piece, heard)
            duty = self.serving(reading.label)
            if duty is None or duty is form.duty or duty.writes or not asks(piece) or reading.confidence < self._limits.understood:
                continue
            beside = Form(duty, piece)
            beside.fill(told)
            if beside.missing() is None and not beside.about_stay:
                found.append(beside)
        return found
