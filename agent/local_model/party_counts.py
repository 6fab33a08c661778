"""Counts of people, children with ages, pets and rooms in tokens."""

from agent.local_model.date_words import Kind, Token, word_set
from agent.local_model.party_words import (
    ADULTS,
    CHILDREN,
    COMPANIONS,
    DESCRIPTIONS,
    EXTRA,
    MORE_AFTER,
    NOT_PEOPLE,
    PAIRS,
    PEOPLE,
    PETS,
    ROOMS,
    SMALL,
    SMALL_ONES,
    Words,
)

_MEALS = word_set("breakfast table dinner lunch massage parking tickets")
_NO_GUEST_ROOM = word_set("meeting conference dining changing waiting function board steam ball the to in of for with my your and")


def noun_after(w: Words, i: int, nouns: frozenset[str]) -> int:
    """Position after a noun of `nouns` that follows i, adjectives between allowed; 0 if there is none."""
    while w.word(i) in DESCRIPTIONS and w.word(i) not in nouns:
        if w.word(i) in SMALL and w.word(i + 1) in SMALL_ONES:
            return i + 2 if nouns is CHILDREN else 0
        i += 1
    return i + 1 if w.word(i) in nouns else 0


def counted(w: Words, nouns: frozenset[str]) -> int | None:
    """The sum of counts before these nouns; None where none is counted, 0 for "no children"."""
    total: int | None = None
    for i in range(len(w.tokens)):
        count, used = w.count(i)
        if w.word(i) in ("no", "without", "zero") and noun_after(w, i + 1 + (w.word(i + 1) in ("any", "small")), nouns):
            total = total or 0
        elif used and not w.policy(i) and noun_after(w, i + used, nouns):
            total = (total or 0) + count
    return total


def count_pets(w: Words) -> int | None:
    """Pets counted, or "my dog"."""
    known = counted(w, PETS)
    owned = any(t.text in PETS and not t.text.endswith("s") and w.word(i - 1) in ("my", "our") for i, t in enumerate(w.tokens))
    return 1 if known is None and owned else known


def count_children(w: Words) -> tuple[int | None, tuple[int, ...]]:
    ages, spans = _ages(w)
    kept = Words([t if n not in spans else Token(Kind.OTHER, "") for n, t in enumerate(w.tokens)])
    count = counted(kept, CHILDREN)
    named = [i for i in spans if w.word(i - 1) in ("a", "an", "one", "our", "my") and w.kind(i) is Kind.NUMBER]
    if count is None and named and ages:
        count = len(ages)
    if count is None and "twins" in [t.text for t in w.tokens]:
        count = 2
    return count, ages


def _ages(w: Words) -> tuple[tuple[int, ...], set[int]]:
    """Ages of children said in the clause, and the token positions that say them."""
    ages: list[int] = []
    spans: set[int] = set()
    about_children = any(t.text in CHILDREN for t in w.tokens)
    i = 0
    while i < len(w.tokens):
        values, end = _number_list(w, i)
        if values:
            before = [w.word(k) for k in range(i - 3, i)]
            years = w.word(end) in ("year", "years", "yr", "yrs") and w.word(end + 1) in ("old", "olds", "of")
            months = w.word(end) in ("month", "months") and w.word(end + 1) in ("old", "olds")
            led = before[-1] in ("age", "ages", "aged") or (
                about_children
                and (
                    before[-1] in ("they're", "he's", "she's")
                    or (before[-1] in ("is", "are", "who's") and before[-2] in CHILDREN)
                    or before[-2:] in (["they", "are"], ["are", "aged"], ["who", "are"], ["is", "aged"])
                )
            )
            followed = w.word(end) in ROOMS or w.word(end) in PEOPLE or w.word(end) in CHILDREN or w.word(end) in ADULTS
            if (years or months or (led and not followed)) and all(v < 18 for v in values):
                ages += [0] * len(values) if months else values
                spans |= set(range(i, end + (2 if years or months else 0)))
            i = end
        else:
            i += 1
    return tuple(ages), spans


def _number_list(w: Words, i: int) -> tuple[list[int], int]:
    """ "four, seven and eleven" from i, and where it ends."""
    values: list[int] = []
    end = i
    while w.kind(i) is Kind.NUMBER:
        if values and w.word(i + 1) in NOT_PEOPLE | ROOMS | PEOPLE | ADULTS and w.word(i + 1) not in ("year", "years", "month", "months"):
            break
        values.append(w.at(i).value)
        end = i + 1
        i = end
        while w.word(i) in (",", "and", "a", "an", "the", "other", "one", "is") and w.kind(i) is not Kind.NUMBER:
            i += 1
    return values, end


def count_people(w: Words) -> int | None:
    """ "three people", "the four of us", "we're five", "a party of six", "a double for three", "two couples"."""
    found: int | None = None
    for i, token in enumerate(w.tokens):
        count, used = w.count(i)
        if token.text == "both" and w.word(i + 1) == "of" and w.word(i + 2) == "us":
            found = 2
        if token.text in PAIRS and w.word(i - 1) in ("a", "an", "the", "old", "married", "young") and w.word(i + 1) != "of" and not w.count(i)[0] > 2:
            after = w.kind(i + 1) in (Kind.STOP, Kind.OTHER) or w.word(i + 1) in ("and", "for", "with", "on", "from", "staying", "in", "")
            found = 2 if token.text in ("couple", "pair") and after else found
        if token.text == "single" and w.word(i + 1) in PEOPLE | ADULTS and not w.count(i - 1)[1]:
            found = 1
        if not used or w.policy(i) or (w.word(i - 1) == "to" and w.word(i + used) in ("person", "human")):
            continue
        j = i + used
        end = noun_after(w, j, PEOPLE)
        if end:
            with_self = any(
                w.word(k) in ("other", "others", "friends", "friend", "colleagues", "colleague", "companions", "buddies") for k in range(j, end)
            )
            counts_me = with_self and any(t.text in ("i", "me", "myself", "i'm", "i'll") for t in w.tokens)
            if w.word(j) not in EXTRA and w.word(i) not in ("another",):
                found = count + counts_me if count < 400 else found
        elif (w.word(j) == "of" and w.word(j + 1) in ("us", "you") and token.text not in ("a", "an")) or (
            w.word(j) == "in" and w.word(j + 1) in ("my", "our", "the") and w.word(j + 2) in ("group", "party", "family")
        ):
            found = count
        elif token.kind is Kind.NUMBER and w.word(j) in ("couples", "pairs"):
            found = 2 * count
        elif token.kind is Kind.NUMBER and _headcount_before(w, i) and ends_headcount(w, j):
            found = count
    return found


def _headcount_before(w: Words, i: int) -> bool:
    before, two = w.word(i - 1), (w.word(i - 2), w.word(i - 1))
    if two[1] == "of" and two[0] in ("party", "group", "family", "total"):
        return True
    if before in ("we're", "were") or (
        two in {("we", "are"), ("there", "are"), ("we", "were"), ("will", "be"), ("are", "all")} and {"we", "there"} & {w.word(i - 2), w.word(i - 3)}
    ):
        return True
    if before in ("just", "only", "about"):
        return _headcount_before(w, i - 1)
    return before == "for" and w.word(i - 2) not in {"waiting", "looking", "thanks"} | _MEALS


def ends_headcount(w: Words, j: int) -> bool:
    """Nothing counted follows the number: "for three, please", "for six in two rooms", not "for three nights"."""
    token = w.at(j)
    if token.kind in (Kind.STOP, Kind.NUMBER, Kind.WEEKDAY, Kind.MONTH):
        return token.kind is not Kind.MONTH
    if token.text in ("and", "or", "to"):
        k = j + 1
        _, used = w.count(k)
        if token.text == "and":
            return not used or w.word(k + used) not in NOT_PEOPLE or w.word(k + used) in ("nights", "night", "days", "day", "rooms")
        return not used
    return token.kind is Kind.WORD and token.text not in NOT_PEOPLE and (token.text in MORE_AFTER or token.text.endswith("ing"))


def find_added(w: Words) -> tuple[int, int]:
    """ "and a child too", "another adult", "one more person": people and children that join."""
    people = children = 0
    for i in range(len(w.tokens)):
        count, used = w.count(i)
        if not used:
            continue
        j = i + used
        extra = w.word(i) == "another" or w.word(j) in EXTRA
        j += w.word(j) in EXTRA
        child, adult = noun_after(w, j, CHILDREN), noun_after(w, j, ADULTS) or noun_after(w, j, PEOPLE)
        end = child or adult
        also = end and (w.word(end) in ("too", "also") or (w.word(end) == "as" and w.word(end + 1) == "well") or (i and w.word(i - 1) == "add"))
        if end and (extra or also):
            people, children = (people, children + count) if child else (people + count, children)
    return people, children


def count_dropped(w: Words) -> int:
    """ "my wife isn't coming", "my husband can't make it"."""
    gone = word_set("isn't aren't can't won't not cannot couldn't")
    return sum(
        COMPANIONS[t.text]
        for i, t in enumerate(w.tokens)
        if t.text in COMPANIONS and w.word(i - 1) in ("my", "our") and {w.word(i + 1), w.word(i + 2)} & gone
    )


def count_rooms(w: Words, heads: int | None) -> tuple[int | None, bool]:
    total = 0
    listed = implied = 0
    for i, token in enumerate(w.tokens):
        count, used = w.count(i)
        if not used:
            if (token.text == "my" and w.word(i + 1) in ("room", "hotel") and "room" in (w.word(i + 1), w.word(i + 2))) or (
                token.text == "the" and _room_after(w, i + 1) > i + 2
            ):
                implied = 1
            elif token.text in ROOMS and w.word(i + 1) == "to" and w.kind(i + 2) is Kind.NUMBER and w.kind(i + 3) is Kind.STOP:
                total = w.at(i + 2).value
            elif token.text == "separate" and w.word(i + 1) == "rooms" and heads:
                total = total or heads
            elif token.text in ("double", "single", "twin", "king", "queen") and w.word(i + 1) in ("room", "suite") and not w.count(i - 1)[1]:
                implied = 1
            continue
        j = i + used
        if w.kind(j) is Kind.NUMBER and w.word(j + 1) in ("bed", "bedroom"):
            j += 2
        while w.word(j) in DESCRIPTIONS and w.word(j) not in ("doubles", "singles", "twins", "suites"):
            j += 1
        if token.text in ("a", "an", "one") and _room_after(w, j):
            j = _room_after(w, j) - 1
        if w.word(j) == "bedroom" and count > 1:
            continue
        if w.word(j) in ROOMS and w.word(j + 1) not in ("service", "key", "number", "rate", "rates", "type", "types", "for a meeting"):
            if token.text in ("a", "an"):
                implied = 1
            else:
                total = total or count
        elif w.word(j) in ("doubles", "singles", "twins", "suites"):
            listed += count
        elif w.word(j - 1) in ("double", "single", "twin", "suite") and j > i + used and w.word(j) not in ("bed", "beds", "bedroom"):
            listed += count
            implied = implied or token.text in ("a", "an")
    if total:
        return total, False
    if listed:
        return listed, bool(implied) and listed == 1
    return (1, True) if implied else (None, False)


def _room_after(w: Words, i: int) -> int:
    """Position after a single room from i, described by known words and at most one other ("premium suite"); 0 if there is none."""
    while w.word(i) in DESCRIPTIONS:
        i += 1
    if w.word(i) not in ROOMS and w.word(i) not in _NO_GUEST_ROOM and w.kind(i) is Kind.WORD:
        i += 1
    return i + 1 if w.word(i) in ("room", "suite", "bedroom") else 0
