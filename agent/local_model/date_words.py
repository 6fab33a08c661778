"""Words of dates and counts: a caller's sentence becomes tokens in which spoken numbers, ordinals, months and weekdays are values."""

import re
from dataclasses import dataclass
from enum import Enum, auto


def word_set(words: str) -> frozenset[str]:
    """The words of a space-separated list."""
    return frozenset(words.split())


def _in_order(words: str, start: int = 0) -> dict[str, int]:
    return {word: n for n, word in enumerate(words.split(), start)}


UNITS = _in_order("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen")
TENS = {word: 10 * n for word, n in _in_order("twenty thirty forty fifty sixty seventy eighty ninety", 2).items()}
ORDINALS = _in_order(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth "
    "seventeenth eighteenth nineteenth twentieth",
    1,
) | {"thirtieth": 30}
MONTHS = {
    word: n
    for n, words in enumerate(
        (
            "january jan",
            "february feb febuary",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sep sept",
            "october oct",
            "november nov",
            "december dec",
        ),
        1,
    )
    for word in words.split()
}
WEEKDAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WEEKDAYS = {
    word: n
    for n, words in enumerate(
        (
            "monday mondays",
            "tuesday tues tue",
            "wednesday weds wednesdays",
            "thursday thurs thur thu",
            "friday fri fridays",
            "saturday",
            "sunday",
        )
    )
    for word in words.split()
}
SHORT_WEEKDAYS = {"mon": 0, "wed": 2, "sat": 5, "sun": 6}
"""Also ordinary words: a weekday only where the words around them say so."""

FILLERS = word_set("um umm ummm uh uhm er erm hmm ah")
NUMBERED = word_set("room floor flight number code extension zip suite apartment gate card")
"""Nouns whose number is a name, not a count."""
COUNTED = word_set(
    "adult adults people persons person guest guests night nights day days week weeks room rooms kid kids child children of for bed beds"
)
CLOCK = word_set("am pm a.m p.m o'clock oclock percent dollars dollar euros euro pounds bucks hours hour minutes minute cents")

_TOKEN = re.compile(
    r"(?P<iso>\b\d{4}-\d{1,2}-\d{1,2}\b)"
    r"|(?P<phone>\+\d[\d ().-]{6,}\d|\b\d{3}[-. ]\d{3,4}[-. ]\d{4}\b|\b\d{3}[-.]\d{4}\b|\b\d{7,}\b)"
    r"|(?P<clock>\b\d{1,2}[:.]\d\d\b(?:\s*[ap]\.?m\b)?|[$€£]\s*[\d,.]*\d)"
    r"|(?P<slash>(?<![\d/])\d{1,2}/\d{1,2}(?:/\d{2,4})?(?![\d/]))"
    r"|(?P<ordinal>\b\d{1,2}\s?(?:st|nd|rd|th)\b)"
    r"|(?P<number>\d+)"
    r"|(?P<word>[a-z][a-z']*(?:\.m\b)?)"
    r"|(?P<stop>[,.;!?])"
)
_REWRITES = tuple(
    (re.compile(pattern), to)
    for pattern, to in (
        (r"[’‘`]", "'"),
        (r"\bcheck(?:ing|ed|s)?[\s-]*in\b", "checkin"),
        (r"\bcheck(?:ing|ed|s)?[\s-]*out\b", "checkout"),
        (r"\bgrown[\s-]*up(s?)\b", r"adult\1"),
        (r"\b([ap])\.\s?m\b\.?", r"\1m"),
        (r"(?<=\d)(?=[ap]m\b)", " "),
        (r"((?<![-\d/])\b\d{1,2}(?:st|nd|rd|th)?)\s*[-–—]\s*(?=\d{1,2}(?:st|nd|rd|th)?\b(?![-\d]))", r"\1 to "),
        (r"((?:mon|tue|wed|thu|fri|sat|sun)[a-z]*)\s?[-–—]\s?(?=(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\b)", r"\1 to "),
        (r"(?<=[a-z])\s*[-–—]\s*(?=\d)", " "),
        (r"(?<=[a-z\d])-(?=[a-z])", " "),
        (r"\s[-–—]+\s|[–—]", " , "),
        (r"\b(?:mr|mrs|ms|dr|st)\.", ""),
        (r"\b(jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|mon|tues?|wed|thu(?:rs?)?|fri|sat|sun)\.", r"\1"),
        (r"(\d)(night|day|week)", r"\1 \2"),
    )
)


class Kind(Enum):
    """What a token is: only `WORD` keeps the caller's word, the others carry a value."""

    WORD = auto()
    NUMBER = auto()
    ORDINAL = auto()
    MONTH = auto()
    WEEKDAY = auto()
    DATE = auto()
    STOP = auto()
    OTHER = auto()
    """A time of day, a price, a telephone or room number: never a date or a count."""


@dataclass(frozen=True, slots=True)
class Token:
    kind: Kind
    text: str
    value: int = 0
    parts: tuple[int, int, int] = (0, 0, 0)
    """Year (0: not said), month and day of a written date."""


def lex(text: str) -> list[Token]:
    """The sentence as tokens, ready for the grammars; never fails."""
    lowered = text.lower()
    for pattern, to in _REWRITES:
        lowered = pattern.sub(to, lowered)
    raw = [_token(m) for m in _TOKEN.finditer(lowered)]
    return _mask(_numbers([t for t in raw if t.text not in FILLERS]))


def _token(match: re.Match[str]) -> Token:
    kind, text = match.lastgroup, match.group()
    if kind == "iso":
        year, month, day = (int(p) for p in text.split("-"))
        return Token(Kind.DATE, text, parts=(year, month, day))
    if kind == "slash":
        month, day, *rest = (int(p) for p in text.split("/"))
        year = rest[0] if rest else 0
        if month > 12 >= day:
            month, day = day, month
        return Token(Kind.DATE, text, parts=(year + 2000 if 0 < year < 100 else year, month, day))
    if kind in ("phone", "clock"):
        return Token(Kind.OTHER, text)
    if kind == "ordinal":
        return Token(Kind.ORDINAL, text, int(re.sub(r"\D", "", text)))
    if kind == "number":
        return Token(Kind.NUMBER, text, min(int(text[:9]), 10**9))
    if kind == "stop":
        return Token(Kind.STOP, text)
    if text in MONTHS:
        return Token(Kind.MONTH, text, MONTHS[text])
    name = text.removesuffix("'s")
    if name in WEEKDAYS:
        return Token(Kind.WEEKDAY, name, WEEKDAYS[name])
    return Token(Kind.WORD, text)


def _numbers(tokens: list[Token]) -> list[Token]:
    """Spoken numbers become one token each: "twenty first", "twenty twenty six", "two thousand and nineteen"."""
    out: list[Token] = []
    i = 0
    while i < len(tokens):
        token, used = _number_at([t.text for t in tokens[i : i + 5]])
        out.append(token or tokens[i])
        i += used or 1
    return out


def _number_at(words: list[str]) -> tuple[Token | None, int]:
    first, second = words[0], words[1] if len(words) > 1 else ""
    if first == "twenty" and (second in TENS or UNITS.get(second, 0) >= 10):
        value, used = _below_hundred(words[1:])
        return _spoken(Kind.NUMBER, words[: used + 1], 2000 + value), used + 1
    if first == "nineteen" and second in TENS:
        value, used = _below_hundred(words[1:])
        return _spoken(Kind.NUMBER, words[: used + 1], 1900 + value), used + 1
    if first == "two" and second == "thousand":
        skip = 3 if words[2:3] == ["and"] else 2
        value, used = _below_hundred(words[skip:])
        used = skip + used if used else 2
        return _spoken(Kind.NUMBER, words[:used], 2000 + value), used
    if first in TENS and 0 < ORDINALS.get(second, 0) < 10:
        return _spoken(Kind.ORDINAL, words[:2], TENS[first] + ORDINALS[second]), 2
    if first in ORDINALS:
        return _spoken(Kind.ORDINAL, words[:1], ORDINALS[first]), 1
    value, used = _below_hundred(words)
    return (_spoken(Kind.NUMBER, words[:used], value), used) if used else (None, 0)


def _below_hundred(words: list[str]) -> tuple[int, int]:
    if words and words[0] in TENS:
        unit = UNITS.get(words[1], 0) if len(words) > 1 else 0
        return (TENS[words[0]] + unit, 2) if 0 < unit < 10 else (TENS[words[0]], 1)
    if words and words[0] in UNITS:
        return UNITS[words[0]], 1
    return 0, 0


def _spoken(kind: Kind, words: list[str], value: int) -> Token:
    return Token(kind, " ".join(words), value)


def _mask(tokens: list[Token]) -> list[Token]:
    """Numbers that are times, prices, telephone or room numbers become `OTHER`."""
    out = list(tokens)

    def at(i: int) -> Token:
        return tokens[i] if 0 <= i < len(tokens) else Token(Kind.STOP, "")

    start = 0
    for i in range(len(tokens) + 1):
        if at(i).kind is Kind.NUMBER or (at(i).text in ("oh", "o", "double", "triple") and i > start):
            continue
        if i - start >= 5:
            out[start:i] = [Token(Kind.OTHER, t.text) for t in tokens[start:i]]
        start = i + 1
    for i, token in enumerate(tokens):
        if token.kind is Kind.NUMBER and (
            at(i + 1).text in CLOCK
            or (at(i - 1).text == "at" and at(i + 1).kind is not Kind.MONTH)
            or (at(i - 1).text in NUMBERED and at(i + 1).text not in COUNTED and not _month_day(at(i + 1)))
        ):
            out[i] = Token(Kind.OTHER, token.text)
    return out


def _month_day(token: Token) -> bool:
    return token.kind is Kind.MONTH


_MARKERS = (
    "no sorry",
    "no wait",
    "wait no",
    "oh wait",
    "oh no",
    "oh sorry",
    "i'm sorry",
    "or rather",
    "i mean",
    "i meant",
    "make that",
    "scratch that",
    "let me correct that",
    "correction",
    "actually",
    "sorry",
    "rather",
    "wait",
    "no",
)
_MARKER_WORDS = tuple(tuple(m.split()) for m in _MARKERS)
_AFTER_NO = word_set("the make it it's let's i we not on from that actually wait sorry monday")


def clauses(tokens: list[Token]) -> list[list[Token]]:
    """The sentence cut where the caller corrects himself: each piece may replace what an earlier one said."""
    out: list[list[Token]] = [[]]
    i = 0
    while i < len(tokens):
        used = _marker_at(tokens, i)
        if used:
            out.append([])
            i += used
        else:
            out[-1].append(tokens[i])
            i += 1
    return [c for c in out if c]


def _marker_at(tokens: list[Token], i: int) -> int:
    words = [t.text for t in tokens[i : i + 4] if t.kind is not Kind.STOP or t.text == ","]
    compact = tuple(w for w in words if w != ",")
    for marker in _MARKER_WORDS:
        if words[:1] != [marker[0]] or compact[: len(marker)] != marker:
            continue
        used = len(marker) + sum(w == "," for w in words[: len(marker) + 1])
        if marker == ("rather",) and i + 1 < len(tokens) and tokens[i + 1].text == "than":
            continue
        if marker == ("no",):
            following = tokens[i + 1] if i + 1 < len(tokens) else None
            if (
                following is not None
                and following.kind not in (Kind.STOP, Kind.WEEKDAY, Kind.ORDINAL, Kind.MONTH)
                and following.text not in _AFTER_NO
            ):
                continue
        return min(used, len(tokens) - i)
    return 0
