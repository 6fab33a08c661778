"""No figure from nowhere: every price, time, date or number in a spoken sentence stands in what this call knows. Pure."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from speech.spelled import figures

Kind = Literal["money", "date", "time", "number", "phone", "email"]


@dataclass(frozen=True, slots=True)
class Fact:
    """`value` in one canonical form: money in cents, MM-DD or YYYY-MM-DD, HH:MM (with "?" if morning or evening was not said), digits."""

    kind: Kind
    value: str


_MONTHS = "january february march april may june july august september october november december"
_MONTH_NUMBERS = {name[:3]: place for place, name in enumerate(_MONTHS.split(), 1)}
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
_YEAR = r"(?:,? (?P<year>20\d\d))?"
_HALF = r" ?(?P<half>[ap])\.? ?m\b\.?"
_AMOUNT = r"(?P<whole>\d[\d,]*)(?:\.(?P<part>\d{1,2}))?(?!\d)"
_CURRENCY = r"(?:dollars?|euros?|pounds?|bucks|usd|eur|gbp|€|£)"
_SMALL = r"(?:cents?|pence|penny)\b"

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"\+?(?:\d[ ,().-]{0,3}){6,14}\d(?![\d/])")
_ISO = re.compile(r"\b(20\d\d)-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::\d\d)?(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?)?")
_MONEY = re.compile(rf"[$€£] ?{_AMOUNT}"
                    rf"|{_AMOUNT.replace('whole', 'whole2').replace('part', 'part2')} ?{_CURRENCY}(?: (?:and )?(?P<cents>\d{{1,2}}) {_SMALL})?|"
                    rf"(?P<only>\d{{1,2}}) {_SMALL}", re.IGNORECASE)  # fmt: skip
_DATES = (
    re.compile(rf"\b{_MONTH} (?:the )?{_DAY}(?![\d:]){_YEAR}(?: ?(?:-|–|to|through|until|and) ?(?:the )?(?P<day2>[0-3]?\d)(?:st|nd|rd"
               rf"|th)?(?! ?(?:[ap]\.?m|nights|:)))?", re.IGNORECASE),
    re.compile(rf"\b(?:the )?{_DAY} (?:of )?{_MONTH}\b{_YEAR}(?P<day2>)", re.IGNORECASE),
)  # fmt: skip
_ORDINAL_DAY = re.compile(
    r"\bthe (?P<day>[0-3]?\d)(?:st|nd|rd|th)\b(?! (?:floor|night|room|time|person|guest|one|option|bed|child"
    r"|street|avenue|most|day of))",
    re.IGNORECASE,
)
_RANGE_START = re.compile(
    rf"\b(?P<hour>\d{{1,2}})(?::(?P<minute>\d\d))? ?(?:-|–|to|until"
    rf"|and) ?(?=\d{{1,2}}(?:[: ]\d\d)?{_HALF.replace('?P<half>', '')})",
    re.IGNORECASE,
)
_TIMES = (
    re.compile(rf"\b(?P<hour>\d{{1,2}})(?:[: ](?P<minute>[0-5]\d|0 [1-9]))?{_HALF}", re.IGNORECASE),
    re.compile(r"\b(?P<hour>\d{1,2}):(?P<minute>[0-5]\d)(?::\d\d)?(?P<half>)\b", re.IGNORECASE),
    re.compile(r"\b(?P<hour>\d{1,2}) o'?clock(?P<minute>)(?P<half>)", re.IGNORECASE),
)  # fmt: skip
_LOOSE_TIME = re.compile(
    r"\b(?:at|around|about|by|until|till|before|after) (?P<hour>1[0-2]|[1-9])(?P<minute>)(?P<half>)\b(?=$|[.,;!?]| (?:in the|on|today"
    r"|tomorrow|tonight|and|or|sharp|please)\b)",
    re.IGNORECASE,
)
_PERCENT = re.compile(r"(\d+(?:\.\d+)?) ?(?:%|percent\b|per cent\b)", re.IGNORECASE)
_NOON = re.compile(r"\b(noon|midday|midnight)\b", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\w.])(\d[\d,]*)(?:\.(\d+))?")
_NO_FACT = re.compile(
    r"\b(?:1|2|3) (?:moments?|seconds?|minutes? please|more|of (?:them|those|these|our|the|my)|thing|things|questions?|options?"
    r"|choices?|ways?|by 1|or 2\b|at a time|last|word|step|person who|colleague|which|that)\b"
    r"|\b(?:which|this|that|no|any|every|each|some|the|another|other|right|only|just|a) 1\b|\ba 2nd\b|\b1 moment\b|\b24 ?/ ?7\b"
    r"|\b24[ -]hours?\b|\b(?:press|dial|key) \d+\b|\bat 1st\b|\b1st of all\b|\b(?:the )?(?:1st|2nd|last) name\b"
    r"|\b9 1 1\b|\b911\b|\b9 8 8\b|\b1 (?:last|quick|small) \w+|\bnumber 1\b|\b1 (?:and the same|after)\b",
    re.IGNORECASE,
)  # fmt: skip
_MONEY_KEY = re.compile(r"cents|minor|amount|total|price|deposit|tax|fee|balance|rate|charge|cost", re.IGNORECASE)


@lru_cache(maxsize=2048)
def facts(text: str) -> frozenset[Fact]:
    """Every figure in a text, or in the values of a JSON text, in canonical form."""
    if text.lstrip()[:1] in ("{", "["):
        try:
            return frozenset(_of_json(json.loads(text), ""))
        except ValueError:
            pass
    return frozenset(_of_text(text))


def unbacked(sentence: str, known: Iterable[str]) -> frozenset[Fact]:
    """The figures of the sentence that stand nowhere in the texts this call knows (tool results, articles, the caller's own words)."""
    said = facts(sentence)
    if not said:
        return said
    stands: set[Fact] = set()
    for text in known:
        stands |= facts(text)
    return frozenset(fact for fact in said if not _stands(fact, stands))


def _of_json(value: object, key: str) -> Iterable[Fact]:
    if isinstance(value, dict):
        for name, inside in value.items():
            yield from _of_json(inside, str(name))
    elif isinstance(value, list):
        for inside in value:
            yield from _of_json(inside, key)
        yield Fact("number", str(len(value)))
    elif isinstance(value, str):
        yield from _of_text(value)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield Fact("number", _plain(value))
        if _MONEY_KEY.search(key):
            yield Fact("money", _plain(value))


def _plain(value: float) -> str:
    return str(int(value)) if value == int(value) else str(value)


def _of_text(text: str) -> Iterable[Fact]:
    found: list[Fact] = []

    def take(fact: Fact, blank: str = " ; ") -> str:
        found.append(fact)
        return blank

    rest = _EMAIL.sub(lambda m: take(Fact("email", m[0].lower())), text.replace("’", "'"))
    rest = figures(rest)
    rest = _ISO.sub(lambda m: _iso(m, found), rest)
    rest = _MONEY.sub(lambda m: take(Fact("money", str(_cents(m)))), rest)
    for pattern in _DATES:
        rest = pattern.sub(lambda m: _dates(m, found), rest)
    rest = _PERCENT.sub(lambda m: take(Fact("number", f"{_plain(float(m[1]))}%")), rest)
    rest = _ORDINAL_DAY.sub(lambda m: take(Fact("date", f"{int(m['day']):02d}")), rest)
    rest = _RANGE_START.sub(lambda m: take(Fact("time", f"{int(m['hour']):02d}:{m['minute'] or '00'}?"), " ; to "), rest)
    for pattern in _TIMES:
        rest = pattern.sub(lambda m: take(_time(m)), rest)
    rest = _LOOSE_TIME.sub(lambda m: take(_time(m)), rest)
    rest = _NOON.sub(lambda m: take(Fact("time", "00:00" if m[1].lower() == "midnight" else "12:00")), rest)
    rest = _PHONE.sub(lambda m: take(Fact("phone", re.sub(r"\D", "", m[0]))), rest)
    rest = _NO_FACT.sub(" ; ", rest)
    found += [Fact("number", _plain(float(m[1].replace(",", "") + "." + (m[2] or "0")))) for m in _NUMBER.finditer(rest)]
    return found


def _iso(m: re.Match[str], found: list[Fact]) -> str:
    found.append(Fact("date", m[0][:10]))
    if m[4]:
        found.append(Fact("time", f"{m[4]}:{m[5]}"))
    return " ; "


def _cents(m: re.Match[str]) -> int:
    if m["only"]:
        return int(m["only"])
    whole, part = m["whole"] or m["whole2"], m["part"] or m["part2"] or m["cents"] or "0"
    cents = int(part) if m["cents"] and not (m["part"] or m["part2"]) else int(part.ljust(2, "0"))
    return int(whole.replace(",", "")) * 100 + cents


def _dates(m: re.Match[str], found: list[Fact]) -> str:
    month = _MONTH_NUMBERS[m["month"][:3].lower()]
    year = f"{m['year']}-" if m["year"] else ""
    found += [Fact("date", f"{year}{month:02d}-{int(day):02d}") for day in (m["day"], m["day2"]) if day]
    return " ; "


def _time(m: re.Match[str]) -> Fact:
    hour, minute = int(m["hour"]), (m["minute"] or "00").replace(" ", "")
    if m["half"]:
        return Fact("time", f"{hour % 12 + (12 if m['half'].lower() == 'p' else 0):02d}:{minute}")
    sure = hour > 12 or hour == 0 or m["hour"].startswith("0")
    return Fact("time", f"{hour:02d}:{minute}" + ("" if sure else "?"))


def _stands(fact: Fact, known: set[Fact]) -> bool:
    if fact in known:
        return True
    return any(_same(fact, other) for other in known)


def _same(said: Fact, known: Fact) -> bool:
    pair = (said.kind, known.kind)
    if pair == ("number", "number"):
        return said.value.removesuffix("%") == known.value
    if pair == ("date", "date"):
        return said.value[-len(known.value) :] == known.value[-len(said.value) :] and (
            len(said.value) <= len(known.value) or len(known.value) == len("MM-DD")
        )
    if pair == ("time", "time"):
        return _same_time(said.value, known.value)
    if pair == ("phone", "phone"):
        return min(len(said.value), len(known.value)) >= 7 and (said.value.endswith(known.value) or known.value.endswith(said.value))
    if pair == ("money", "number"):
        return said.value == f"{known.value}00"
    if pair == ("number", "money"):
        return f"{said.value}00" == known.value
    if pair == ("number", "time"):
        return known.value[2:5] == ":00" and int(known.value[:2]) % 12 == _hour(said.value)
    if pair == ("time", "number"):
        return said.value.endswith("?") and said.value[2:5] == ":00" and _hour(known.value) == int(said.value[:2]) % 12
    if pair == ("number", "date"):
        return said.value.isdecimal() and (f"{int(said.value):02d}" == known.value[-2:] or said.value == known.value[:4])
    if pair == ("date", "number"):
        return len(said.value) == 2 and known.value == str(int(said.value))
    return pair == ("number", "phone") and len(said.value) >= 3 and said.value in known.value


def _hour(value: str) -> int:
    return int(value) % 12 if value.isdecimal() and int(value) <= 24 else -1


def _same_time(said: str, known: str) -> bool:
    if said.endswith("?") or known.endswith("?"):
        return said[2:5] == known[2:5] and int(said[:2]) % 12 == int(known[:2]) % 12
    return said == known
