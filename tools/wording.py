"""Dates, counts and lists as a receptionist writes them. Pure."""

from collections.abc import Sequence
from datetime import date

SOON_DAYS = 120
"""Beyond it, and before today, a date of another year is said with its year."""
WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def number(value: int) -> str:
    """2 → "two"; digits above twelve."""
    return WORDS[value] if 0 <= value < len(WORDS) else str(value)


def count(value: int, one: str) -> str:
    """(2, "night") → "two nights"."""
    return f"{number(value)} {one}{'' if value == 1 else 's'}"


def ordinal(day: int) -> str:
    """4 → "4th"."""
    ending = "th" if 10 <= day % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"


def day(value: date, today: date) -> str:
    """ "Friday, June 4th", with its year where that is not plain."""
    plain = value.year == today.year or 0 <= (value - today).days <= SOON_DAYS
    return f"{value:%A}, {value:%B} {ordinal(value.day)}{'' if plain else f', {value.year}'}"


def days(first: date, last: date, today: date) -> str:
    """ "Friday, June 4th to Sunday, June 6th, 2028": the year once, at the end."""
    return f"{day(first, first if first.year == last.year else today)} to {day(last, today)}"


def listed(parts: Sequence[str], word: str = "and") -> str:
    """ "a", "a and b", "a, b and c"."""
    return f" {word} ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def a(noun: str) -> str:
    """ "a Harbor King", "an Accessible Queen"."""
    return f"{'an' if noun[:1].lower() in 'aeio' else 'a'} {noun}"
