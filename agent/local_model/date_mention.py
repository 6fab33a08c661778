"""A day as the caller named it, and the sentence it is looked for in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from agent.local_model.date_words import SHORT_WEEKDAYS, Kind, word_set
from agent.local_model.sentence import Sentence

NUMBER_WORDS = {"a": 1, "an": 1, "another": 1, "couple": 2, "few": 3}
UNIT_DAYS = {"day": 1, "days": 1, "week": 7, "weeks": 7, "fortnight": 14, "fortnights": 14, "month": 30, "months": 30}
_SHORT_BEFORE = word_set("on from to till til until through thru next this by every")
Modifier = Literal["", "this", "next", "this_week", "next_week", "after_next", "following"]


@dataclass(frozen=True, slots=True)
class Mention:
    """One day as the caller named it; `start` and `end` are token positions."""

    start: int
    end: int
    day: int = 0
    month: int = 0
    year: int = 0
    weekday: int | None = None
    modifier: Modifier = ""
    offset: int | None = None
    """Days from today."""
    add: int = 0
    """Days after the day named: "a week from Friday"."""
    month_shift: int | None = None
    """0: of this month, 1: of next month."""
    holiday: Callable[[int], date] | None = None
    weekend: int = 0
    """1: a weekend; with `month`, the nth in it is `nth`."""
    nth: int = 0
    span: int = 0
    """Nights the words themselves span: a weekend 2, a week 7."""
    night: bool = False
    """One night is meant: "for tomorrow night", "the night of the fifth"."""
    next_year: bool = False


class Words(Sentence):
    """A sentence in which weekdays and numbers of days are found."""

    def weekday(self, i: int) -> int | None:
        token = self.at(i)
        if token.kind is Kind.WEEKDAY:
            return token.value
        following = (self.kind(i + 1), self.kind(i + 2))
        dated = following[0] is Kind.ORDINAL or following in ((Kind.NUMBER, Kind.MONTH), (Kind.MONTH, Kind.NUMBER), (Kind.MONTH, Kind.ORDINAL))
        listed = self.word(i - 1) in ("and", "or") and self.kind(i - 2) is Kind.WEEKDAY
        if token.text in SHORT_WEEKDAYS and (dated or listed or self.word(i - 1) in _SHORT_BEFORE):
            return SHORT_WEEKDAYS[token.text]
        return None

    def count(self, i: int) -> tuple[int, int]:
        """A number of things ("two", "a couple of", "a few") and how many tokens it takes; 0 tokens: none."""
        token = self.at(i)
        if token.kind is Kind.NUMBER:
            return token.value, 1
        if token.text in NUMBER_WORDS:
            if token.text == "a" and self.word(i + 1) in ("couple", "few"):
                value, used = self.count(i + 1)
                return value, used + 1
            return NUMBER_WORDS[token.text], 2 if token.text == "couple" and self.word(i + 1) == "of" else 1
        return 0, 0
