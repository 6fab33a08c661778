"""Holidays callers book by name, as dates."""

from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta


def nth_weekday(year: int, month: int, weekday: int, n: int) -> date:
    """The nth (1, 2, …) such weekday of a month; -1 is the last."""
    if n < 0:
        last = date(year, month, monthrange(year, month)[1])
        return last - timedelta((last.weekday() - weekday) % 7)
    first = date(year, month, 1)
    return first + timedelta((weekday - first.weekday()) % 7 + 7 * (n - 1))


def easter(year: int) -> date:
    """Easter Sunday (Western), by the anonymous Gregorian computus."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    w = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * w) // 451
    month, day = divmod(h + w - 7 * m + 114, 31)
    return date(year, month, day + 1)


def _fixed(month: int, day: int) -> Callable[[int], date]:
    return lambda year: date(year, month, day)


def _nth(month: int, weekday: int, n: int) -> Callable[[int], date]:
    return lambda year: nth_weekday(year, month, weekday, n)


def _from_easter(days: int) -> Callable[[int], date]:
    return lambda year: easter(year) + timedelta(days)


_NAMES: tuple[tuple[str, Callable[[int], date]], ...] = (
    ("new year's eve|new years eve|new year eve|silvester", _fixed(12, 31)),
    ("new year's day|new years day|new year's|new years", _fixed(1, 1)),
    ("christmas eve|xmas eve", _fixed(12, 24)),
    ("christmas day|christmas|xmas", _fixed(12, 25)),
    ("boxing day", _fixed(12, 26)),
    ("halloween", _fixed(10, 31)),
    ("valentine's day|valentines day|valentine's|valentines", _fixed(2, 14)),
    ("independence day|the fourth of july|fourth of july|4th of july|july fourth|july 4th|july 4", _fixed(7, 4)),
    ("thanksgiving day|thanksgiving", _nth(11, 3, 4)),
    ("memorial day", _nth(5, 0, -1)),
    ("labor day|labour day", _nth(9, 0, 1)),
    ("good friday", _from_easter(-2)),
    ("easter monday", _from_easter(1)),
    ("easter sunday|easter", _from_easter(0)),
    ("st patrick's day|saint patrick's day|st patricks day", _fixed(3, 17)),
    ("mother's day|mothers day", _nth(5, 6, 2)),
    ("father's day|fathers day", _nth(6, 6, 3)),
    ("martin luther king day|mlk day", _nth(1, 0, 3)),
    ("presidents day|president's day|presidents' day", _nth(2, 0, 3)),
    ("columbus day", _nth(10, 0, 2)),
    ("veterans day|veteran's day", _fixed(11, 11)),
)
_BY_WORDS = {tuple(name.split()): on for names, on in _NAMES for name in names.split("|")}
_LONGEST = max(map(len, _BY_WORDS))


def holiday_at(words: list[str]) -> tuple[Callable[[int], date] | None, int]:
    """The holiday these words begin with, as a function of the year, and how many words name it."""
    for n in range(min(_LONGEST, len(words)), 0, -1):
        on = _BY_WORDS.get(tuple(words[:n]))
        if on is not None:
            return on, n
    return None, 0


def long_weekend(on: date) -> tuple[date, date]:
    """Arrival and departure of the weekend around a holiday: Friday to Sunday, a holiday at its edge included."""
    weekday = on.weekday()
    if weekday == 3:
        return on, on + timedelta(3)
    if weekday == 0:
        return on - timedelta(3), on
    arrival = on + timedelta(4 - weekday)
    return arrival, arrival + timedelta(2)
