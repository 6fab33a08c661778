"""From a day as named to a date of the hotel's calendar, with what must be asked or said about it."""

import datetime as dt
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from agent.local_model.date_mention import Mention
from agent.local_model.holidays import long_weekend, nth_weekday

FAR_DAYS = 180
"""A passed date that lands further ahead than this is said as "next year"."""
JUST_PASSED_DAYS = 60
"""A date that passed this recently is asked about: a slip is likelier than a plan for next year."""

WRAPPED_DAYS = 120
"""A departure that only fits the next year and makes a stay longer than this was said in the wrong order."""


@dataclass(frozen=True, slots=True)
class Flag:
    """Something about a date that must be asked or said: `dates` are the candidates, likeliest first."""

    name: str
    slot: str
    dates: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Anchor:
    """What a day is counted from: the hotel's today, and the other end of the stay where it is known."""

    today: date
    slot: str
    after: date | None = None
    before: date | None = None
    near: date | None = None


@dataclass(frozen=True, slots=True)
class Resolved:
    date: dt.date | None
    nights: int = 0
    """Nights that the words themselves span (a weekend); 0: none."""
    flags: tuple[Flag, ...] = ()


def resolve(m: Mention, anchor: Anchor) -> Resolved:
    """The date a mention names. `date` is None where there is no such date or it has passed for good."""
    if m.offset is not None:
        return Resolved(anchor.today + timedelta(m.offset + m.add), m.span or int(m.night))
    if m.holiday is not None:
        return _holiday(m, m.holiday, anchor)
    if m.nth:
        return _nth_in_month(m, anchor)
    if m.day:
        found = _month_day(m, anchor) if m.month else _day(m, anchor)
        on = found.date + timedelta(m.add) if found.date else None
        return _check_weekday(m, Resolved(on, m.span or int(m.night), found.flags), anchor)
    if m.weekend:
        return _weekend(m, anchor)
    found = _weekday(m, anchor)
    return Resolved(found.date, int(m.night), found.flags)


def _safe(year: int, month: int, day: int) -> date | None:
    return date(year, month, day) if 1 <= year <= 9999 and day <= monthrange(year, month)[1] else None


def _months(first: date, step: int = 1) -> list[tuple[int, int]]:
    """This month and the twelve after (or before) it, as year and month."""
    start = first.year * 12 + first.month - 1
    return [divmod(start + step * n, 12) for n in range(13)]


def _month_day(m: Mention, anchor: Anchor) -> Resolved:
    today = anchor.today
    if m.year or m.next_year:
        exact = _safe(m.year or today.year + 1, m.month, m.day)
        if exact is None:
            return Resolved(None, flags=(Flag("no_such_date", anchor.slot),))
        if exact < today:
            return Resolved(None, flags=(Flag("in_past", anchor.slot, (exact,)),))
        return Resolved(exact)
    floor = max(today, anchor.after + timedelta(1)) if anchor.after else today
    wanted = [d for year in range(floor.year, floor.year + 2) if (d := _safe(year, m.month, m.day)) and d >= floor]
    if not wanted:
        return Resolved(None, flags=(Flag("no_such_date", anchor.slot),))
    chosen = wanted[0]
    if anchor.after and chosen.year > anchor.after.year and (chosen - anchor.after).days > WRAPPED_DAYS:
        return Resolved(None, flags=(Flag("check_out_not_after_check_in", anchor.slot, (chosen.replace(year=chosen.year - 1),)),))
    passed = _safe(today.year, m.month, m.day)
    if passed is None or passed >= today or anchor.after:
        return Resolved(chosen)
    flags = [Flag("passed_next_year", anchor.slot, (chosen,))] if (chosen - today).days > FAR_DAYS else []
    if (today - passed).days <= JUST_PASSED_DAYS:
        flags.append(Flag("passed_asks", anchor.slot, (chosen,)))
    return Resolved(chosen, flags=tuple(flags))


def _day(m: Mention, anchor: Anchor) -> Resolved:
    """A day without a month: the next one from today, the other end of the stay, or the stay already known."""
    today = anchor.today
    if m.month_shift is not None:
        year, month = _months(today)[m.month_shift]
        exact = _safe(year, month + 1, m.day)
        if exact is None:
            return Resolved(None, flags=(Flag("no_such_date", anchor.slot),))
        if exact >= today:
            return Resolved(exact)
    if anchor.before and not anchor.after:
        earlier = [d for year, month in _months(anchor.before, -1)[:2] if (d := _safe(year, month + 1, m.day)) and today <= d < anchor.before]
        if earlier:
            return Resolved(earlier[0])
    floor = max(today, anchor.after + timedelta(1)) if anchor.after else today
    start = floor
    if anchor.near and not anchor.after and anchor.near >= today:
        start = max(today, anchor.near.replace(day=1))
    found = [d for year, month in _months(start) if (d := _safe(year, month + 1, m.day)) and d >= max(floor, start)]
    flags = (Flag("passed_asks", anchor.slot, (found[0],)),) if m.month_shift == 0 and found else ()
    return Resolved(found[0] if found else None, flags=flags)


def _check_weekday(m: Mention, found: Resolved, anchor: Anchor) -> Resolved:
    if m.weekday is None or m.add or found.date is None or found.date.weekday() == m.weekday:
        return found
    forward = (m.weekday - found.date.weekday()) % 7
    nearest = found.date + timedelta(forward if forward <= 3 else forward - 7)
    if nearest < anchor.today:
        nearest += timedelta(7)
    return Resolved(found.date, found.nights, (*found.flags, Flag("weekday_mismatch", anchor.slot, (found.date, nearest))))


def _weekday(m: Mention, anchor: Anchor) -> Resolved:
    weekday, today = m.weekday or 0, anchor.today
    base = anchor.after or today
    first = base + timedelta((weekday - base.weekday()) % 7 or 7)
    coming = today + timedelta((weekday - today.weekday()) % 7 or 7)
    monday = today - timedelta(today.weekday())
    if m.modifier == "next_week":
        return Resolved(monday + timedelta(7 + weekday))
    if m.modifier in ("this_week", "this"):
        same = monday + timedelta(weekday)
        wanted = same if same >= today else coming
        return Resolved(wanted if wanted > (anchor.after or wanted - timedelta(1)) else first)
    if m.modifier == "after_next":
        return Resolved(coming + timedelta(7))
    if m.modifier == "next":
        candidates = [d for d in (coming, monday + timedelta(7 + weekday)) if d > (anchor.after or today)] or [first]
        if candidates[0] == candidates[-1]:
            return Resolved(candidates[0])
        return Resolved(candidates[-1], flags=(Flag("ambiguous_next_weekday", anchor.slot, tuple(candidates)),))
    if anchor.near and not anchor.after and not m.add:
        forward = (weekday - anchor.near.weekday()) % 7
        nearest = anchor.near + timedelta(forward if forward <= 3 else forward - 7)
        return Resolved(nearest if nearest >= today else nearest + timedelta(7))
    return Resolved(first + timedelta(m.add))


def _weekend(m: Mention, anchor: Anchor) -> Resolved:
    today = anchor.today
    friday = today + timedelta((4 - today.weekday()) % 7)
    if today.weekday() == 5 and m.modifier in ("", "this"):
        return Resolved(today, 1)
    if m.modifier not in ("next", "after_next") or (today.weekday() >= 5 and m.modifier == "next"):
        return Resolved(friday, m.span)
    later = friday + timedelta(7)
    if m.modifier == "after_next":
        return Resolved(later, m.span)
    return Resolved(later, m.span, (Flag("ambiguous_next_weekday", anchor.slot, (friday, later)),))


def _holiday(m: Mention, on_year: Callable[[int], date], anchor: Anchor) -> Resolved:
    floor = anchor.after or anchor.today
    year = anchor.today.year + m.next_year
    on = next((d for y in (year, year + 1) if (d := on_year(y)) >= floor), on_year(year + 1))
    if not m.weekend:
        return Resolved(on + timedelta(m.add))
    arrival, departure = long_weekend(on)
    return Resolved(max(arrival, anchor.today), max(1, (departure - max(arrival, anchor.today)).days))


def _nth_in_month(m: Mention, anchor: Anchor) -> Resolved:
    today = anchor.today
    for year in (m.year,) if m.year else (today.year, today.year + 1):
        if m.weekend:
            start = nth_weekday(year, m.month, 5, m.nth) - timedelta(1)
        elif m.nth < 0:
            start = date(year, m.month, monthrange(year, m.month)[1]) - timedelta(6)
        else:
            start = date(year, m.month, 1) + timedelta(7 * (m.nth - 1))
        if start >= today:
            return Resolved(start, m.span)
    return Resolved(None, flags=(Flag("in_past", anchor.slot),))
