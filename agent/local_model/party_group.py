"""People named one by one: "my wife and I", "me and a baby", "just me"."""

from itertools import pairwise

from agent.local_model.date_words import word_set
from agent.local_model.party_counts import noun_after
from agent.local_model.party_words import (
    CHILDREN,
    COMPANIONS,
    DESCRIPTIONS,
    Words,
)

_BOOKED = word_set("room rooms reservation booking book reserve suite double single twin stay")


def find_group(w: Words) -> tuple[int | None, int, bool]:
    """ "my wife and I", "me and a baby", "just me": adults, children and whether the caller comes alone."""
    best: tuple[int | None, int, bool] = (None, 0, False)
    i = 0
    while i < len(w.tokens):
        adults, children, has_self, end = _group_at(w, i)
        if end == i:
            i += 1
            continue
        joined = adults + children > 1
        if has_self and joined:
            best = (adults, children, False)
        elif has_self and _alone_by(w, i):
            best = (1, 0, True)
        elif (
            not has_self and w.word(i - 1) in ("with", "bringing") and any(t.text in ("i", "i'm", "i'll", "i'd", "me", "i've") for t in w.tokens[:i])
        ):
            best = (adults + 1, children, False)
        elif not has_self and w.word(i - 1) == "for" and w.word(i - 2) in _BOOKED:
            best = (adults or None, children, False)
        i = end
    if best[0] is None and _says_alone(w):
        return 1, 0, True
    return best


def _alone_by(w: Words, i: int) -> bool:
    """ "just me", "just for me", "by myself", "for myself"."""
    before = w.word(i - 1)
    return w.word(i) != "i" and (
        before in ("just", "only", "by")
        or (before in ("for", "be") and w.word(i - 2) in ("just", "only"))
        or (before == "for" and w.word(i) == "myself")
    )


def _says_alone(w: Words) -> bool:
    words = [t.text for t in w.tokens]
    pairs = set(pairwise(words))
    return "alone" in words or "solo" in words or bool(pairs & {("my", "own"), ("only", "me"), ("just", "me"), ("by", "myself")})


def _group_at(w: Words, i: int) -> tuple[int, int, bool, int]:
    """The people joined by "and", "plus" or "with" from i: adults, children, whether the caller is one, and the end."""
    adults = children = 0
    has_self = False
    end = i
    j = i
    while True:
        a, c, me, after = _member(w, j, bare=(end > i and not has_self) or (end > i and w.word(end - 1) not in ("i", "me")))
        if after == j or (me and has_self):
            return adults, children, has_self, end
        adults, children, has_self, end = adults + a, children + c, has_self or me, after
        if w.word(end) not in ("and", "plus", "with", "&") and not (w.word(end) == "," and _comma_joins(w, end + 1)):
            return adults, children, has_self, end
        j = end + 1
        while w.word(j) in ("and", "also", "then"):
            j += 1


def _comma_joins(w: Words, i: int) -> bool:
    """A comma joins only in a list that still has its "and": "my wife, my mother and I"."""
    *_, after = _member(w, i)
    return after > i and (w.word(after) in ("and", "plus") or (w.word(after) == "," and w.word(after + 1) == "and"))


def _member(w: Words, i: int, bare: bool = False) -> tuple[int, int, bool, int]:
    """One member at i; `bare` allows a noun without "my", as in "my son and daughter"."""
    word = w.word(i)
    if word in ("i", "me", "myself") and w.word(i + 1) not in COMPANIONS:
        return 1, 0, True, i + 1
    j = i
    count, used = w.count(i)
    if used:
        j += used
    elif word in ("me", "my", "our", "the", "her", "his"):
        j, count = i + 1, 1
        if (number := w.count(j))[1]:
            count, j = number[0], j + number[1]
    elif bare and (word in COMPANIONS or word in CHILDREN):
        count = 1
    else:
        return 0, 0, False, i
    child = noun_after(w, j, CHILDREN)
    if child and not (w.word(child - 1).endswith("s") and count == 1) and w.word(child - 1) != "children":
        return 0, count, False, child
    while w.word(j) in DESCRIPTIONS | {"late", "dear", "elderly", "new"}:
        j += 1
    if w.word(j) in COMPANIONS:
        return count * COMPANIONS[w.word(j)], 0, False, j + 1
    return (0, 0, False, child) if child else (0, 0, False, i)
