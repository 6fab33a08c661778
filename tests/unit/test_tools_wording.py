"""Dates, counts and lists in words."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.wording import a, count, day, days, listed, number, ordinal

TODAY = date(2027, 3, 1)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (date(2027, 6, 4), "Friday, June 4th"),
        (date(2027, 3, 1), "Monday, March 1st"),
        (date(2027, 12, 22), "Wednesday, December 22nd"),
        (date(2028, 6, 4), "Sunday, June 4th, 2028"),
        (date(2026, 12, 31), "Thursday, December 31st, 2026"),
    ],
)
def test_a_day_carries_its_year_where_it_is_not_plain(value: date, text: str) -> None:
    assert day(value, TODAY) == text


def test_next_january_needs_no_year_in_december() -> None:
    assert day(date(2028, 1, 3), date(2027, 12, 20)) == "Monday, January 3rd"


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        (date(2027, 6, 4), date(2027, 6, 6), "Friday, June 4th to Sunday, June 6th"),
        (date(2028, 6, 2), date(2028, 6, 4), "Friday, June 2nd to Sunday, June 4th, 2028"),
        (date(2028, 12, 30), date(2029, 1, 2), "Saturday, December 30th, 2028 to Tuesday, January 2nd, 2029"),
    ],
)
def test_a_stay_names_its_year_once(first: date, last: date, text: str) -> None:
    assert days(first, last, TODAY) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (13, "13th"), (21, "21st"), (31, "31st")],
)
def test_ordinals(value: int, text: str) -> None:
    assert ordinal(value) == text


@pytest.mark.parametrize(("value", "text"), [(0, "no"), (1, "one"), (12, "twelve"), (13, "13"), (-1, "-1")])
def test_numbers(value: int, text: str) -> None:
    assert number(value) == text


def test_counts_and_lists() -> None:
    assert count(1, "night") == "one night"
    assert count(2, "night") == "two nights"
    assert listed([]) == ""
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"], "or") == "a, b or c"
    assert (a("Accessible Queen"), a("Harbor King")) == ("an Accessible Queen", "a Harbor King")


@given(st.dates(date(2027, 1, 1), date(2035, 12, 31)), st.integers(1, 30))
def test_a_stay_always_names_both_weekdays(first: date, nights: int) -> None:
    last = first + timedelta(days=nights)
    text = days(first, last, TODAY)
    assert text.startswith(f"{first:%A}, {first:%B}")
    assert f"to {last:%A}, {last:%B}" in text
