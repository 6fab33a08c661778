"""The grammar of spoken dates: tokens become mentions (which day was named, not yet which date) and lengths of stay."""

from collections.abc import Callable
from dataclasses import replace

from agent.local_model.date_mention import UNIT_DAYS, Mention, Modifier, Words
from agent.local_model.date_words import COUNTED, Kind, Token, word_set
from agent.local_model.holidays import holiday_at

_TO = word_set("to till til until through thru and or")
_BEFORE_DAY = word_set("the from to till til until through thru on and between by for of checkin checkout arriving leaving around about or")
_NOT_A_DAY = word_set(
    "day page attempt try call line floor time times person child kid baby room rooms one ones guest avenue street ave st birthday anniversary grade "
    "choice option thing visit stay trip place half quarter class bed wedding suite booking reservation question name "
    "digit letter row son daughter"
)
_SMALL_ORDINALS = word_set("first second third fourth")
_AFTER_SMALL = word_set(
    "of to till til until through thru for and at in with on please or if is checkin checkout as then when i we would "
    "will night leaving arriving staying thanks instead not"
)


_MONTH_BEFORE = word_set("in for this next of during about early late mid around")
_RANGES = (["to"], ["through"], ["thru"], ["until"], ["till"])
_NIGHTS = frozenset(("night", "nights"))
_NIGHTS_OF = {("nights", "of"), ("nights", "on")}


def find_mentions(tokens: list[Token]) -> list[Mention]:
    """The days named, in the order said."""
    words, out, i = Words(tokens), [], 0
    while i < len(tokens):
        mention = next((m for rule in _RULES if (m := rule(words, i))), None)
        if mention is None:
            i += 1
        else:
            mention = _trailing(words, mention)
            out.append(mention)
            i = mention.end
    return _shared(words, out)


def _shared(w: Words, mentions: list[Mention]) -> list[Mention]:
    """What is said once for several days: "in July, the eighteenth to the twentieth", "Thursday to Sunday next week"."""
    taken = {i for m in mentions for i in range(m.start, m.end)}
    loose = [t.value for i, t in enumerate(w.tokens) if t.kind is Kind.MONTH and i not in taken and w.word(i - 1) in _MONTH_BEFORE]
    out = [replace(m, month=loose[0]) if len(loose) == 1 and m.day and not m.month and m.month_shift is None else m for m in mentions]
    for n in range(len(out) - 1):
        first, second = out[n], out[n + 1]
        joint = [w.word(i) for i in range(first.end, second.start)]
        if joint in (["or"], ["or", "on"], ["and"]) and first.day and not first.month and first.month_shift is None:
            out[n] = replace(first, month=second.month, year=second.year, month_shift=second.month_shift)
        elif joint in _RANGES and first.day and not first.month and first.month_shift is None:
            out[n] = replace(first, month_shift=second.month_shift)
        elif (
            joint in _RANGES and first.weekday is not None and not first.day and not first.modifier and second.modifier in ("this_week", "next_week")
        ):
            out[n] = replace(first, modifier=second.modifier)
        if joint in (["and"], ["to"], ["through"]) and (w.word(first.start - 2), w.word(first.start - 1)) in _NIGHTS_OF:
            out[n + 1] = replace(out[n + 1], add=1)
        elif joint == ["and"] and not out[n + 1].add and (w.word(second.end - 1) in _NIGHTS or w.word(first.end - 1) in ("night", "tonight")):
            out[n + 1] = replace(out[n + 1], add=1, night=False)
    return out


def _trailing(w: Words, m: Mention) -> Mention:
    """What may follow any day: "night", "next year", "weekend", a weekday after the date."""
    end = m.end
    named = w.word(end) in ("night", "nights", "evening")
    only = w.word(m.start - 1) in ("for", "just", "only") or (w.word(m.start - 2), w.word(m.start - 1)) == ("night", "of")
    if named or m.night or only:
        m = replace(m, end=end + named, night=only and (named or m.night or w.word(m.start - 1) == "of"))
    if w.word(m.end) == "next" and w.word(m.end + 1) == "year":
        m = replace(m, end=m.end + 2, next_year=True)
    if m.day and m.weekday is None:
        i = w.skip(w.skip(m.end, ","), "which", "a", "that's")
        i = w.skip(w.skip(i, "is"), "a")
        if (weekday := w.weekday(i)) is not None and w.kind(i + 1) not in (Kind.ORDINAL, Kind.MONTH) and i > m.end:
            m = replace(m, end=i + 1, weekday=weekday)
    return m


def _year(w: Words, i: int) -> tuple[int, int]:
    """A year at i ("2027", ", 2027", "of 2027", "20 27") and the position after it."""
    j = w.skip(i, ",", "of", "in")
    token = w.at(j)
    if token.kind is Kind.NUMBER and 1900 <= token.value <= 2100:
        return token.value, j + 1
    if token.kind is Kind.NUMBER and token.value == 20 and w.kind(j + 1) is Kind.NUMBER and 19 <= w.at(j + 1).value <= 99:
        return 2000 + w.at(j + 1).value, j + 2
    return 0, i


def _day_number(w: Words, i: int) -> int:
    token = w.at(i)
    fits = token.kind in (Kind.ORDINAL, Kind.NUMBER) and 1 <= token.value <= 31
    return token.value if fits else 0


def _with_weekday(rule: Callable[[Words, int], Mention | None]) -> Callable[[Words, int], Mention | None]:
    """The same day with its weekday before it: "Friday the fifth of March", "Friday, March 5th"."""

    def read(w: Words, i: int) -> Mention | None:
        j = w.skip(w.skip(i, "this", "next"), "coming")
        weekday = w.weekday(j)
        if weekday is None:
            return rule(w, i)
        mention = rule(w, w.skip(j + 1, ","))
        return replace(mention, start=i, weekday=weekday) if mention else None

    return read


def _written(w: Words, i: int) -> Mention | None:
    if w.kind(i) is not Kind.DATE:
        return None
    year, month, day = w.at(i).parts
    return Mention(i, i + 1, day=day, month=month, year=year) if 1 <= month <= 12 and 1 <= day <= 31 else None


def _day_month(w: Words, i: int) -> Mention | None:
    """ "the fifth of March", "5 March 2027", "5th day of March"."""
    j = w.skip(i, "the")
    day = _day_number(w, j)
    if not day:
        return None
    k = w.skip(w.skip(j + 1, "day"), "of", "in")
    if w.kind(k) is not Kind.MONTH or (w.word(k) in ("may", "march") and w.kind(j) is Kind.NUMBER and k == j + 1 and w.word(k + 1) in ("i", "we")):
        return None
    if w.kind(k + 1) is Kind.ORDINAL and k == j + 1:
        return None
    year, end = _year(w, k + 1)
    return Mention(i, end, day=day, month=w.at(k).value, year=year)


def _month_day(w: Words, i: int) -> Mention | None:
    """ "March 5", "March the fifth", "March 5th, 2027", "march 7th of march"."""
    if w.kind(i) is not Kind.MONTH:
        return None
    j = w.skip(w.skip(i + 1, "on"), "the")
    day = _day_number(w, j)
    if not day or (w.kind(j) is Kind.NUMBER and w.word(j + 1) in COUNTED - {"for", "of"}):
        return None
    if w.kind(j) is Kind.NUMBER and w.word(j + 1) == "of" and w.word(j + 2) in ("us", "them"):
        return None
    month = w.at(i).value
    end = j + 3 if w.word(j + 1) == "of" and w.kind(j + 2) is Kind.MONTH and w.at(j + 2).value == month else j + 1
    year, end = _year(w, end)
    return Mention(i, end, day=day, month=month, year=year)


def _spoken_slash(w: Words, i: int) -> Mention | None:
    """ "six slash twelve"; "six twelve to six fifteen"."""
    month, a = w.at(i).value, w.kind(i) is Kind.NUMBER and 1 <= w.at(i).value <= 12
    if a and w.word(i + 1) in ("slash", "stroke") and (day := _day_number(w, i + 2)):
        return Mention(i, i + 3, day=day, month=month)
    if not a or w.kind(i + 1) is not Kind.NUMBER or not (day := _day_number(w, i + 1)):
        return None
    if w.kind(i - 1) is Kind.NUMBER or w.kind(i + 2) is Kind.NUMBER:
        return None
    pairs = [w.kind(k) is Kind.NUMBER and w.kind(k + 1) is Kind.NUMBER and w.kind(k + 2) is not Kind.NUMBER for k in (i + 3, i - 3)]
    ranged = (w.word(i + 2) in _TO and pairs[0]) or (w.word(i - 1) in _TO and pairs[1])
    return Mention(i, i + 2, day=day, month=month) if ranged else None


def _day_of_month(w: Words, i: int) -> Mention | None:
    """ "the fifth of next month", "next month on the fifth"."""
    shifts = {"this": 0, "the": 0, "next": 1}
    if w.word(i) in ("this", "next") and w.word(i + 1) == "month":
        j = w.skip(w.skip(w.skip(i + 2, ","), "on"), "the")
        if w.kind(j) is Kind.ORDINAL and (day := _day_number(w, j)):
            return Mention(i, j + 1, day=day, month_shift=shifts[w.word(i)])
        return None
    j = w.skip(i, "the")
    day = _day_number(w, j)
    k = w.skip(j + 1, "of", "in")
    if day and w.kind(j) is Kind.ORDINAL and w.word(k) in shifts and w.word(k + 1) == "month":
        return Mention(i, k + 2, day=day, month_shift=shifts[w.word(k)])
    return None


def _bare_day(w: Words, i: int) -> Mention | None:
    """ "the fifth", "the 5th"; a plain number only as part of a range: "from 5 to 9 June"."""
    j = w.skip(i, "the")
    day, after, before = _day_number(w, j), w.at(j + 1), w.word(i - 1)
    if not day:
        return None
    if w.kind(j) is Kind.NUMBER:
        k = w.skip(j + 2, "the")
        if after.text in _TO and w.word(j + 1) != "or" and _day_number(w, k) and w.word(k + 1) not in COUNTED:
            mention = _day_month(w, k)
            ranged = before in ("from", "between") and w.kind(k) is Kind.NUMBER and after.text != "or"
            dated = mention is not None or (w.kind(k) is Kind.ORDINAL and after.text != "and")
            return Mention(i, j + 1, day=day) if dated or ranged else None
        tail = before in ("to", "till", "until") and w.kind(i - 2) in (Kind.NUMBER, Kind.ORDINAL) and after.text not in COUNTED
        opened = {w.word(i - 3), w.word(i - 4)} & {"from", "between"} or w.kind(i - 3) is Kind.MONTH or w.kind(i - 2) is Kind.ORDINAL
        return Mention(i, j + 1, day=day) if tail and opened and after.kind is not Kind.WORD else None
    if after.text in _NOT_A_DAY or (after.text == "of" and w.word(j + 2) in ("us", "them", "all")):
        return None
    alone = i == 0 and w.word(j) not in _SMALL_ORDINALS and (after.kind is Kind.STOP or after.text in _AFTER_SMALL)
    led = j > i or before in _BEFORE_DAY or w.weekday(i - 1) is not None
    if w.word(j) in _SMALL_ORDINALS and j == i and before not in (_TO | {"from"}) - {"and", "or"}:
        led = w.weekday(i - 1) is not None
    if not (alone or led):
        return None
    if (
        w.word(j) in _SMALL_ORDINALS
        and before not in ("on", "arriving", "arrive")
        and after.kind not in (Kind.STOP, Kind.WEEKDAY, Kind.NUMBER)
        and after.text not in _AFTER_SMALL
    ):
        return None
    return Mention(i, j + 1, day=day)


def _relative(w: Words, i: int) -> Mention | None:
    """ "today", "day after tomorrow", "in two weeks", "three days from now", "a week from Friday", "tomorrow week"."""
    if w.word(i) in ("today", "tonight", "now", "tonite") and not (
        w.word(i) == "now" and w.word(i - 1) not in ("from", "starting", "is", "right") and w.word(i + 1) not in ("until", "till", "through")
    ):
        return Mention(i, i + 1, offset=0, night=w.word(i).startswith("toni"))
    if w.word(i) == "this" and w.word(i + 1) in ("evening", "afternoon"):
        return Mention(i, i + 2, offset=0)
    j = w.skip(i, "the")
    if w.word(j) == "day" and w.word(j + 1) == "after" and w.word(j + 2) in ("tomorrow", "tomorrow's"):
        return Mention(i, j + 3, offset=2)
    if w.word(i) in ("tomorrow", "tomorrow's", "tmrw", "tomorow"):
        week = w.word(i + 1) == "week"
        return Mention(i, i + 1 + week, offset=1, add=7 * week)
    lead = i + 1 if w.word(i) == "in" else i
    count, used = w.count(lead)
    unit = UNIT_DAYS.get(w.word(lead + used).removesuffix("'s") if used else "", 0)
    if not unit:
        return None
    end = lead + used + 1
    if w.word(end) in ("from", "after"):
        base = next((m for rule in (_relative, *_RULES[1:8]) if (m := rule(w, end + 1)) and not m.add), None)
        stay = base is not None and base.offset is None and (unit == 1 or bool(base.day) or w.word(lead - 1) == "for")
        if base is not None and not stay:
            return replace(base, start=i, add=count * unit)
    if unit >= 7 and w.word(i - 1) != "for" and (base := _week_hence(w, end)) is not None:
        return replace(base, start=i, add=count * unit)
    if lead > i and count * unit <= 730:
        return Mention(i, w.skip(end, "time"), offset=count * unit)
    return None


def _week_hence(w: Words, i: int) -> Mention | None:
    """The day in "a week today", "two weeks on Friday"."""
    if w.word(i) in ("today", "tomorrow"):
        return Mention(i, i + 1, offset=int(w.word(i) == "tomorrow"))
    if w.word(i) == "on" and (weekday := w.weekday(i + 1)) is not None and w.kind(i + 2) is not Kind.ORDINAL:
        return Mention(i, i + 2, weekday=weekday)
    return None


def _weekday(w: Words, i: int) -> Mention | None:
    """ "Friday", "next Friday", "Friday next week", "Friday week", "not this Friday but the one after"."""
    modifier: Modifier = ""
    j = i
    if w.word(j) in ("this", "next", "following", "coming"):
        modifier = "next" if w.word(j) == "next" else "following" if w.word(j) == "following" else "this"
        j = w.skip(j + 1, "coming", "following")
        if w.word(j) == "week" and w.word(j + 1) in ("on", ",") and w.weekday(j + 2) is not None:
            j, modifier = j + 2, "next_week" if modifier == "next" else "this_week"
        elif w.word(j) == "week" and w.weekday(j + 1) is not None:
            j, modifier = j + 1, "next_week" if modifier == "next" else "this_week"
    weekday = w.weekday(j)
    if weekday is None:
        return None
    end = j + 1
    k = w.skip(end, "of", "in")
    if w.word(k) in ("this", "next", "the", "following") and w.word(k + 1) == "week":
        return Mention(i, k + 2, weekday=weekday, modifier="this_week" if w.word(k) == "this" else "next_week")
    if w.word(end) == "week" and w.word(end + 1) != "night":
        return Mention(i, end + 1, weekday=weekday, add=7)
    k = w.skip(w.skip(end, ","), "but")
    if w.word(k) == "the" and w.word(k + 1) in ("one", "week") and w.word(k + 2) in ("after", "following"):
        return Mention(i, k + 3, weekday=weekday, modifier="after_next")
    if w.word(end) in ("after", "following"):
        after_next = w.word(end + 1) == "next"
        return Mention(i, end + 1 + after_next, weekday=weekday, modifier="after_next" if after_next else "following")
    return Mention(i, end, weekday=weekday, modifier=modifier)


def _weekend(w: Words, i: int) -> Mention | None:
    """ "this weekend", "the weekend of the 13th", "the first weekend in June", "Labor Day weekend", "the week of March 5th"."""
    j = w.skip(i, "the", "for")
    j = w.skip(j, "the")
    on, used = holiday_at([t.text for t in w.tokens[j : j + 4]])
    if on is not None and (w.word(j + used) == "weekend" or "july" not in [t.text for t in w.tokens[j : j + used]]):
        weekend = w.word(j + used) == "weekend"
        return Mention(i, j + used + weekend, holiday=on, weekend=int(weekend), span=2 if weekend else 0)
    nth = -1 if w.word(j) == "last" else w.at(j).value if w.kind(j) is Kind.ORDINAL and w.at(j).value < 6 else 0
    k = j + 1 if nth else j
    if nth and w.word(k) in ("weekend", "week") and w.word(k + 1) in ("of", "in") and w.kind(k + 2) is Kind.MONTH:
        weekend = w.word(k) == "weekend"
        year, end = _year(w, k + 3)
        return Mention(i, end, month=w.at(k + 2).value, year=year, nth=nth, weekend=int(weekend), span=2 if weekend else 7)
    if w.word(j) in ("week", "weekend") and w.word(j + 1) in ("of", "beginning", "starting", "from"):
        start = w.skip(j + 2, "on")
        base = next((m for rule in _RULES[2:7] if (m := rule(w, start))), None)
        span = 7 if w.word(j) == "week" else 0
        return replace(base, start=i, span=span) if base else None
    modifier: Modifier = "next" if w.word(j) == "next" else "this" if w.word(j) in ("this", "coming") else ""
    k = w.skip(j + 1, "coming") if modifier else j
    if w.word(k) == "weekend" and w.word(k + 1) == "after" and w.word(k + 2) == "next":
        return Mention(i, k + 3, weekend=1, span=2, modifier="after_next")
    if w.word(k) == "weekend" and w.word(k + 1) != "rate" and (modifier or j > i or w.word(i - 1) in ("the", "at", "over")):
        return Mention(i, k + 1, weekend=1, span=2, modifier=modifier)
    return None


def _beside(w: Words, i: int) -> Mention | None:
    """ "the day before Christmas", "two days after the fifth"."""
    j = w.skip(i, "the")
    count, used = w.count(j)
    if not used and w.word(j) == "day":
        count, used = 1, 0
    if w.word(j + used) not in ("day", "days") or w.word(j + used + 1) not in ("before", "after"):
        return None
    base = next((m for rule in (*_RULES[1:8], _relative) if (m := rule(w, j + used + 2))), None)
    sign = 1 if w.word(j + used + 1) == "after" else -1
    return replace(base, start=i, add=sign * count) if base and not base.add and not base.weekend else None


_RULES: tuple[Callable[[Words, int], Mention | None], ...] = (
    _beside,
    _weekend,
    _with_weekday(_written),
    _with_weekday(_day_month),
    _with_weekday(_month_day),
    _with_weekday(_day_of_month),
    _with_weekday(_bare_day),
    _weekday,
    _relative,
    _spoken_slash,
)
