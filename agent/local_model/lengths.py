"""How long the caller stays: lengths and changes of length in tokens."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from agent.local_model.date_mention import UNIT_DAYS, Mention, Words
from agent.local_model.date_words import Kind, Token, word_set

_UNIT_NIGHTS = UNIT_DAYS | {"night": 1, "nights": 1, "nite": 1, "nites": 1, "nighter": 1}


@dataclass(frozen=True, slots=True)
class Length:
    """A length of stay: nights, or a change ("one more night": +1; "a day later": the arrival moves)."""

    start: int
    end: int
    nights: int
    change: Literal["", "length", "arrival"] = ""


def find_lengths(tokens: list[Token], mentions: list[Mention]) -> list[Length]:
    """Lengths of stay and changes of it, outside the days named."""
    taken = {i for m in mentions for i in range(m.start, m.end)}
    return [length for length in _lengths(Words(tokens)) if not taken & set(range(length.start, length.end))]


_EXTRA = word_set("more extra additional further another")
_STAY_BEFORE = word_set("for stay staying stayed just only spend spending the one about")
_LEAVING = word_set("checkout leave leaving depart departing departure stay")
_ASKS_PRICE = word_set("much rate rates price prices cost costs charge per")


def _lengths(w: Words) -> Iterator[Length]:
    for i, token in enumerate(w.tokens):
        count, used = w.count(i)
        if token.text in ("fortnight", "overnight") and w.word(i - 1) not in ("a", "one"):
            yield Length(i, i + 1, 14 if token.text == "fortnight" else 1)
        if token.text in ("just", "only") and w.word(i + 1) == "the" and w.word(i + 2) == "night":
            yield Length(i, i + 3, 1)
        if not used or (w.word(i - 1) == "a" and token.text in ("couple", "few")) or w.word(i - 1) in ("in", "per") or _range_end(w, i):
            continue
        extra = token.text == "another"
        j = i + used
        while w.word(j) in _EXTRA | {"full", "whole", "single", "consecutive", "straight", "of"}:
            extra |= w.word(j) in _EXTRA
            j += 1
        unit = _UNIT_NIGHTS.get(w.word(j).removesuffix("'s").removesuffix("'"), 0)
        if not unit or not 0 < count * unit <= 730:
            continue
        yield from _one_length(w, i, j, count * unit, extra)


def _one_length(w: Words, i: int, j: int, nights: int, extra: bool) -> Iterator[Length]:
    """The count at i and unit at j as a length, a change, or nothing ("two days ago", "90 dollars a night")."""
    following = w.word(j + 1)
    if following in ("ago", "notice", "old", "before") or (following == "from" and w.word(j + 2) == "now"):
        return
    if extra:
        yield Length(i, j + 1, nights, "length")
    elif following in ("longer", "shorter", "less", "fewer"):
        yield Length(i, j + 2, nights if following == "longer" else -nights, "length")
    elif following in ("later", "earlier", "early", "sooner"):
        leaving = any(t.text in _LEAVING for t in w.tokens[:i])
        yield Length(i, j + 2, nights if following == "later" else -nights, "length" if leaving else "arrival")
    elif w.word(i) in ("a", "an"):
        priced = any(t.text in _ASKS_PRICE or t.kind is Kind.OTHER for t in w.tokens[:i])
        if w.word(j) in ("week", "month", "fortnight") or not priced:
            said = w.word(i - 1) in _STAY_BEFORE or len(w.tokens) <= 4 or w.word(j) == "fortnight"
            if said and w.kind(j + 1) not in (Kind.WEEKDAY,):
                yield Length(i, j + 1, nights)
    else:
        yield Length(i, j + 1, nights)


def _range_end(w: Words, i: int) -> bool:
    """The second number of "two or three nights": not settled."""
    return w.word(i - 1) in ("or", "to") and w.kind(i - 2) is Kind.NUMBER
