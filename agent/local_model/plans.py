"""What one reply of the embedded model is made of, and when it asks rather than acts."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from agent.local_model.slots import Form
from speech.ports import Answer

YES, NO, BYE, HELLO, BEYOND, DETAILS = "affirm", "deny", "goodbye", "greeting_smalltalk", "out_of_scope", "give_contact_details"
PERSON, ROBOT, CAPABLE, UNSURE, HOLD, REPEAT = (
    "transfer_human", "are_you_a_robot", "capabilities", "dont_know", "hold_on", "repeat_that",
)  # fmt: skip
"""Labels of `examples/` that are about the talk itself; all others are served by duties."""
MOST_OF_IT = 0.7
"""The share of a question's words that must have been heard for an answer to be one."""


class Reading(Protocol):
    """One label and how sure."""

    @property
    def label(self) -> str: ...
    @property
    def confidence(self) -> float: ...


class IntentReading(Protocol):
    """What the caller's words are about, best first; `context` is what they last heard."""

    def read(self, text: str, context: str | None = None) -> Sequence[Reading]: ...


@dataclass(frozen=True, slots=True)
class LocalLimits:
    """When the embedded model asks again rather than act."""

    heard: float = 0.5
    """The recogniser's confidence below which nothing is believed."""
    understood: float = 0.3
    """The intent's confidence below which a wish is not acted on."""
    sure: float = 0.55
    """The intent's confidence from which words count as a new wish although something else was asked."""
    misses: int = 2
    """Turns not understood in a row after which the next one goes to a person."""
    same_words: int = 2
    """How often a question is asked in the same words at most."""


@dataclass(frozen=True, slots=True)
class Question:
    """What we wait for. `form`: what it is about, or what a yes starts."""

    kind: Literal["slot", "read_back", "confirm", "change", "date", "follow", "misdialled", "else"]
    text: str
    answer: Answer
    slot: str = ""
    form: Form | None = None

    @property
    def reads(self) -> str:
        """What the answer would fill, as `Slot.reads` names it; a length where the question asks for nights."""
        if self.form is None or not self.slot:
            return ""
        reads = self.form.slot(self.slot).reads
        return "nights" if reads == "check_out" and "night" in self.text else reads

    def heard_in(self, heard: str) -> bool:
        """Did the caller hear it, or at least most of it?"""
        asked, known = re.findall(r"\w+", self.text.lower()), set(re.findall(r"\w+", heard.lower()))
        return bool(asked) and sum(word in known for word in asked) >= MOST_OF_IT * len(asked)


@dataclass(slots=True)
class Plan:
    """One reply on its way out: sentences, then either duties to run or one question."""

    said: list[str] = field(default_factory=list)
    run: list[Form] = field(default_factory=list)
    question: Question | None = None
    farewell: bool = False
    confidence: float = 1.0

    def after(self, *sentences: str) -> "Plan":
        """The same plan with these sentences said first."""
        self.said[:0] = sentences
        return self
