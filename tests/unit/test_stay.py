"""A known stay, changed by what the caller says next."""

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from agent.local_model.stay import Stay, amend

NOW = datetime(2027, 3, 10, 14, 0, tzinfo=ZoneInfo("Europe/Vienna"))
JUNE = Stay(date(2027, 6, 4), date(2027, 6, 6), 2, adults=2, rooms=1)
"""Friday to Sunday."""


def dated(check_in: str, check_out: str, nights: int) -> Stay:
    return replace(JUNE, check_in=date.fromisoformat(f"2027-{check_in}"), check_out=date.fromisoformat(f"2027-{check_out}"), nights=nights)


@pytest.mark.parametrize(
    ("text", "asked", "expected"),
    [
        ("make it three nights", None, dated("06-04", "06-07", 3)),
        ("actually three nights", None, dated("06-04", "06-07", 3)),
        ("one more night", None, dated("06-04", "06-07", 3)),
        ("can we stay one night longer", None, dated("06-04", "06-07", 3)),
        ("one night less", None, dated("06-04", "06-05", 1)),
        ("no, the fifth", None, dated("06-05", "06-07", 2)),
        ("no, the ninth", "check_out", dated("06-04", "06-09", 5)),
        ("a day later", None, dated("06-05", "06-07", 2)),
        ("two days earlier please", None, dated("06-02", "06-04", 2)),
        ("arrive on Saturday instead", None, dated("06-05", "06-07", 2)),
        ("we'd leave on Monday", None, dated("06-04", "06-07", 3)),
        ("until the eighth", None, dated("06-04", "06-08", 4)),
        ("from the eleventh of June for three nights", None, dated("06-11", "06-14", 3)),
        ("the first of July to the fourth", None, dated("07-01", "07-04", 3)),
        ("and a child too", None, replace(JUNE, children=1)),
        ("two children, they're three and six", None, replace(JUNE, children=2, child_ages=(3, 6))),
        ("just me after all", None, replace(JUNE, adults=1)),
        ("my wife isn't coming", None, replace(JUNE, adults=1)),
        ("one more person", None, replace(JUNE, adults=3)),
        ("four of us", None, replace(JUNE, adults=4)),
        ("make it two rooms", None, replace(JUNE, rooms=2)),
        ("a room with a view", None, JUNE),
        ("we'll bring our dog", None, replace(JUNE, pets=1)),
        ("do you have a pool", None, JUNE),
    ],
)
def test_amend(text: str, asked: str | None, expected: Stay) -> None:
    assert amend(JUNE, text, NOW, asked) == (expected, ())


@pytest.mark.parametrize(
    ("sentences", "expected"),
    [
        (["from the fourth of June", "the seventh"], Stay(date(2027, 6, 4), date(2027, 6, 7), 3)),
        (["three nights", "from the fourth of June"], Stay(date(2027, 6, 4), date(2027, 6, 7), 3)),
        (["until the seventh of June", "three nights"], Stay(date(2027, 6, 4), date(2027, 6, 7), 3)),
        (["5 nights until the 21st of June"], Stay(date(2027, 6, 16), date(2027, 6, 21), 5)),
        (["two nights", "until the 21st of June"], Stay(date(2027, 6, 19), date(2027, 6, 21), 2)),
        (["a family of five", "two kids"], Stay(children=2)),
        (["two adults and a baby", "just me"], Stay(adults=1, children=0)),
    ],
)
def test_a_stay_grows_sentence_by_sentence(sentences: list[str], expected: Stay) -> None:
    stay = Stay()
    for sentence in sentences:
        stay, flags = amend(stay, sentence, NOW)
        assert flags == ()
    assert stay == expected


def test_a_correction_in_one_breath() -> None:
    now = datetime(2027, 6, 9, 9, 0, tzinfo=ZoneInfo("Europe/Vienna"))
    said = "Two nights from Friday, no sorry, three nights from Saturday, and it's just me, my wife isn't coming."
    stay, flags = amend(Stay(), said, now)
    assert (stay, flags) == (Stay(date(2027, 6, 12), date(2027, 6, 15), 3, adults=1), ())


def test_a_departure_before_the_arrival_is_refused_and_said() -> None:
    stay, flags = amend(JUNE, "check out on the second of June", NOW)
    assert stay == JUNE
    assert [f.name for f in flags] == ["check_out_not_after_check_in"]


def test_no_night_left() -> None:
    stay, flags = amend(replace(JUNE, check_out=date(2027, 6, 5), nights=1), "one night less", NOW)
    assert stay.nights == 1
    assert [f.name for f in flags] == ["no_night_left"]


@pytest.mark.parametrize(
    ("zone", "arrival", "departure"),
    [
        ("Europe/Vienna", "2027-10-31", "2027-11-01"),
        ("Europe/Vienna", "2027-10-30", "2027-10-31"),
        ("Europe/Vienna", "2027-03-28", "2027-03-29"),
        ("America/New_York", "2027-11-07", "2027-11-08"),
    ],
)
def test_one_night_across_the_clock_change(zone: str, arrival: str, departure: str) -> None:
    now = datetime(2027, 3, 10, 14, 0, tzinfo=ZoneInfo(zone))
    stay, flags = amend(Stay(), f"from {arrival} to {departure}", now)
    assert (stay.nights, flags) == (1, ())


def test_everything_in_one_sentence() -> None:
    said = "It's the two of us and the kids, they're four and eleven, two nights from the fourth of June."
    stay, flags = amend(Stay(), said, NOW)
    assert stay == Stay(date(2027, 6, 4), date(2027, 6, 6), 2, adults=2, children=2, child_ages=(4, 11))
    assert flags == ()
