"""Spoken dates and nights: what each sentence says, and nothing more."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from agent.local_model.dates import choose_date, read_dates
from agent.local_model.holidays import easter

NOW = datetime(2027, 3, 10, 14, 0, tzinfo=ZoneInfo("Europe/Vienna"))
"""A Wednesday."""


def day(text: str) -> date | None:
    return date.fromisoformat(f"2027-{text}" if len(text) == 5 else text) if text else None


STAYS = [
    # text, check_in, check_out, nights
    ("from the fourteenth through the seventeenth of may", "05-14", "05-17", None),
    ("june first through the third", "06-01", "06-03", None),
    ("the twentieth to the twenty fifth of august", "08-20", "08-25", None),
    ("the 20th to the 25th of August", "08-20", "08-25", None),
    ("we arrive on the twenty eighth and leave on the third of june", "05-28", "06-03", None),
    ("leaving the sixth of april, arriving the third", "04-03", "04-06", None),
    ("check out the 5th of april and check in the 3rd of april", "04-03", "04-05", None),
    ("coming friday leaving monday", "03-12", "03-15", None),
    ("we land on thursday and go home sunday", "03-11", "03-14", None),
    ("we get in on the second of july and fly out on the ninth", "07-02", "07-09", None),
    ("Fri-Sun", "03-12", "03-14", None),
    ("from thursday to sunday next week", "03-18", "03-21", None),
    ("Monday through Friday next week", "03-15", "03-19", None),
    ("the tenth through the twelfth of next month", "04-10", "04-12", None),
    ("from today until friday", "03-10", "03-12", None),
    ("tomorrow until friday", "03-11", "03-12", None),
    ("2027-06-12 to 2027-06-15", "06-12", "06-15", None),
    ("6/1-6/4", "06-01", "06-04", None),
    ("Arriving 5/6/27, departing 5/9/27", "05-06", "05-09", None),
    ("june 1-4", "06-01", "06-04", None),
    ("1-4 june", "06-01", "06-04", None),
    ("from 5 to 9 June", "06-05", "06-09", None),
    ("June 1st - June 4th", "06-01", "06-04", None),
    ("six twelve to six fifteen", "06-12", "06-15", None),
    ("Sat 5 June to Tue 8 June", "06-05", "06-08", None),
    ("from december 30th to january 2nd", "12-30", "2028-01-02", None),
    ("25 December to 3 January", "12-25", "2028-01-03", None),
    ("between the second and the fifth of june", "06-02", "06-05", None),
    ("the eighteenth to twentieth march", "03-18", "03-20", None),
    ("june first twenty twenty eight through june third twenty twenty eight", "2028-06-01", "2028-06-03", None),
    ("the nights of the 4th and 5th of June", "06-04", "06-06", None),
    ("tonight and tomorrow night", "03-10", "03-12", None),
    ("friday and saturday night", "03-12", "03-14", None),
    ("now until sunday", "03-10", "03-14", None),
    ("our flight is on the seventh so we leave on the seventh", "", "04-07", None),
    ("we arrive on the fourth our flight lands at noon and we leave on the seventh", "04-04", "04-07", None),
    ("the weekend after next", "03-19", "", 2),
    ("fourth of july weekend", "07-02", "", 2),
    ("christmas eve to boxing day", "12-24", "12-26", None),
    ("a weekend in july maybe the eighteenth and nineteenth", "07-18", "07-19", None),
    ("in August, from the 3rd to the 6th", "08-03", "08-06", None),
    ("from 3pm on friday to 10am on sunday", "03-12", "03-14", None),
    ("check-in and check-out are the 21st and the 23rd", "03-21", "03-23", None),
    ("Friday check-in, Sunday check-out", "03-12", "03-14", None),
    ("three nights in june, the fourth to the seventh", "06-04", "06-07", 3),
    ("we'd like to stay three nights starting june eleventh", "06-11", "", 3),
    ("for a week from the first of June", "06-01", "", 7),
    ("a fortnight from the 3rd of May", "05-03", "", 14),
    ("from the twelfth for five nights", "03-12", "", 5),
    ("tomorrow for 3 days", "03-11", "", 3),
    ("10 days starting tomorrow", "03-11", "", 10),
    ("in two weeks for three nights", "03-24", "", 3),
    ("the day after tomorrow for a couple of nights", "03-12", "", 2),
    ("four nights from the twenty eighth of december", "12-28", "", 4),
    ("7 nights from Sat 5 June", "06-05", "", 7),
    ("around the tenth of june for about three nights", "06-10", "", 3),
    ("five days four nights from june third", "06-03", "", 4),
    ("just one night on the ninth", "04-09", "", 1),
    ("book me three days from monday", "03-15", "", 3),
    ("do you have a room for tonight", "03-10", "", 1),
    ("the night of the fifth of june", "06-05", "", 1),
    ("new year's eve for 2 nights", "12-31", "", 2),
    ("labor day weekend", "09-03", "", 3),
    ("easter weekend", "03-26", "", 2),
    ("this weekend", "03-12", "", 2),
    ("the first weekend of June", "06-04", "", 2),
    ("the last week of july", "07-25", "", 7),
    ("the week of June 5th", "06-05", "", 7),
    ("is there anything available tomorrow", "03-11", "", None),
    ("my arrival is Monday", "03-15", "", None),
    ("Monday will be my arrival", "03-15", "", None),
    ("checking in on the thirty first", "03-31", "", None),
    ("5 nights until the 21st", "", "03-21", 5),
    ("until Sunday", "", "03-14", None),
    ("can i stay till tuesday", "", "03-16", None),
    ("we check out on the second", "", "04-02", None),
    ("make that four nights", "", "", 4),
    ("a fortnight", "", "", 14),
    ("the one night", "", "", 1),
    # corrections
    ("two nights from Friday, no sorry, three nights from Saturday", "03-13", "", 3),
    ("from the fourth to the eighth, sorry, the ninth", "04-04", "04-09", None),
    ("arriving friday for two nights, actually make it three nights", "03-12", "", 3),
    ("check in on the fifth of May, I mean the sixth of May, and out on the ninth of May", "05-06", "05-09", None),
    ("three nights from monday, no wait, from tuesday", "03-16", "", 3),
    ("four nights from the 2nd of June, no, until the 5th of June", "06-02", "06-05", None),
]


@pytest.mark.parametrize(("text", "check_in", "check_out", "nights"), STAYS, ids=[row[0] for row in STAYS])
def test_stays(text: str, check_in: str, check_out: str, nights: int | None) -> None:
    read = read_dates(text, NOW)
    assert (read.check_in, read.check_out, read.nights, read.date) == (day(check_in), day(check_out), nights, None)


LONE = [
    ("6/12", "06-12"),
    ("March 26th", "03-26"),
    ("5th of March 2028", "2028-03-05"),
    ("2027-04-06", "04-06"),
    ("Mar 26", "03-26"),
    ("twelve november twenty twenty seven", "11-12"),
    ("the 12th november 2027", "11-12"),
    ("the day after tomorrow", "03-12"),
    ("today", "03-10"),
    ("wednesday", "03-17"),
    ("Tuesday week", "03-23"),
    ("a week on Friday", "03-19"),
    ("a week from Saturday", "03-20"),
    ("a fortnight today", "03-24"),
    ("the weekend of june nineteenth", "06-19"),
    ("three weeks from today", "03-31"),
    ("ten days from now", "03-20"),
    ("this coming friday", "03-12"),
    ("next week thursday", "03-18"),
    ("friday after next", "03-19"),
    ("not this friday but the one after", "03-19"),
    ("next month on the fifth", "04-05"),
    ("wednesday june second", "06-02"),
    ("Friday the nineteenth", "03-19"),
    ("the second of may", "05-02"),
    ("the twenty second", "03-22"),
    ("christmas", "12-25"),
    ("the day before christmas", "12-24"),
    ("thanksgiving", "11-25"),
    ("29th of February", "2028-02-29"),
    ("the 4th, no, the 5th", "04-05"),
    ("not Friday, Saturday", "03-13"),
    ("Saturday instead of Friday", "03-13"),
    ("the eleventh not the tenth", "03-11"),
    ("move it from the fifth to the seventh", "04-07"),
]


@pytest.mark.parametrize(("text", "expected"), LONE, ids=[row[0] for row in LONE])
def test_a_lone_day_has_no_role(text: str, expected: str) -> None:
    read = read_dates(text, NOW)
    assert (read.date, read.check_in, read.check_out) == (day(expected), None, None)


@pytest.mark.parametrize(
    "text",
    [
        "may i march in and see the sun room",
        "one moment please",
        "give me a second",
        "just one second",
        "check in is at 2:30, right",
        "can I check out at 11",
        "call me on 202 555 0142",
        "my number is two oh two five five five oh one four two",
        "room 204 is too cold",
        "the first one",
        "I'll take the second option",
        "is the gym on the 4th floor",
        "third time I'm calling",
        "is it 90 dollars a night",
        "how much is it per night",
        "how much for a night",
        "do you serve breakfast on sundays",
        "we sat by the window in the sun",
        "my reservation number is 4 5 6 7 8 9",
        "it's one twenty three main street",
        "march 2 people",
        "a weekend away",
        "sometime in june",
        "do you have a pool",
        "",
        "...",
    ],
)
def test_nothing_is_invented(text: str) -> None:
    assert not read_dates(text, NOW)


FLAGGED = [
    ("next Thursday for two nights", "ambiguous_next_weekday", ("03-11", "03-18")),
    ("next weekend", "ambiguous_next_weekday", ("03-12", "03-19")),
    ("Friday the 13th of march", "weekday_mismatch", ("03-13", "03-12")),
    ("thursday june second", "weekday_mismatch", ("06-02", "06-03")),
    ("from the tenth of February", "passed_asks", ("2028-02-10",)),
    ("from the tenth of February", "passed_next_year", ("2028-02-10",)),
    ("the fifth of this month", "passed_asks", ("04-05",)),
    ("the fourth of march 2025", "in_past", ("2025-03-04",)),
    ("born on june fifth nineteen eighty", "in_past", ("1980-06-05",)),
    ("the 5th or the 6th of June", "alternatives", ("06-05", "06-06")),
    ("the thirty first of next month", "no_such_date", ()),
    ("February 30th", "no_such_date", ()),
    ("from the first of June until the fourth, that's five nights", "nights_mismatch", ("06-06", "06-04")),
    ("from June 1st to September 1st", "long_stay", ("09-01",)),
    ("checking in June 12 and checking out June 8", "check_out_not_after_check_in", ("06-08",)),
]


@pytest.mark.parametrize(("text", "name", "dates"), FLAGGED, ids=[f"{row[1]}: {row[0]}" for row in FLAGGED])
def test_what_must_be_asked_or_said(text: str, name: str, dates: tuple[str, ...]) -> None:
    (flag,) = (flag for flag in read_dates(text, NOW).flags if flag.name == name)
    assert flag.dates == tuple(day(d) for d in dates)


@pytest.mark.parametrize("text", ["next Monday", "Thursday", "this Thursday", "next week Thursday"])
def test_a_weekday_with_one_meaning_is_not_asked(text: str) -> None:
    assert read_dates(text, NOW).flags == ()


def test_a_next_weekday_with_its_date_is_not_asked() -> None:
    assert read_dates("next Thursday, the eighteenth", NOW).date == date(2027, 3, 18)


@pytest.mark.parametrize(
    ("today", "text", "check_in", "check_out", "flags"),
    [
        (date(2026, 12, 28), "From the third of January to the fifth.", "2027-01-03", "2027-01-05", ()),
        (
            date(2027, 8, 17),
            "arriving on the sixteenth of August, one night",
            "2028-08-16",
            None,
            ("passed_next_year", "passed_asks"),
        ),
        (date(2027, 12, 15), "checking in on the thirty first of next month", "2028-01-31", None, ()),
        (date(2027, 12, 31), "from tomorrow until the third", "2028-01-01", "2028-01-03", ()),
        (date(2027, 1, 30), "arriving on the thirtieth", "2027-01-30", None, ()),
        (date(2027, 1, 31), "arriving on the thirtieth", "2027-03-30", None, ()),
        (date(2027, 3, 14), "a room for this weekend", "2027-03-19", None, ()),
    ],
)
def test_around_the_turn_of_year_and_month(today: date, text: str, check_in: str, check_out: str | None, flags: tuple[str, ...]) -> None:
    read = read_dates(text, datetime.combine(today, NOW.timetz()))
    assert (read.check_in, read.check_out) == (day(check_in), day(check_out or ""))
    assert tuple(f.name for f in read.flags) == flags


def test_tomorrow_is_the_hotels() -> None:
    evening = datetime(2027, 5, 27, 1, 30, tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo("America/Los_Angeles"))
    assert read_dates("a room for tomorrow", evening).check_in == date(2027, 5, 27)


@pytest.mark.parametrize(
    ("text", "asked", "context", "role"),
    [
        ("the fifth of May", "check_out", None, "check_out"),
        ("the fifth of May", "check_in", None, "check_in"),
        ("the fifth of May", None, "And when will you be leaving us?", "check_out"),
        ("the fifth of May", None, "You arrive on Monday. When do you check out?", "check_out"),
        ("the fifth of May", None, "When would you like to arrive?", "check_in"),
        ("the fifth of May", None, None, "date"),
        ("I leave on the fifth of May", "check_in", None, "check_out"),
        ("three nights, the fifth of May", "check_out", None, "check_in"),
    ],
)
def test_the_question_gives_a_lone_day_its_role(text: str, asked: str | None, context: str | None, role: str) -> None:
    read = read_dates(text, NOW, asked, context)
    found = {"check_in": read.check_in, "check_out": read.check_out, "date": read.date}
    assert {name for name, value in found.items() if value == date(2027, 5, 5)} == {role}


def test_without_a_clock_only_weekdays_and_nights_are_read() -> None:
    read = read_dates("three nights starting on Tuesday, until the 9th", None)
    assert (read.check_in_weekday, read.nights) == ("Tuesday", 3)
    assert (read.check_in, read.check_out, read.date) == (None, None, None)
    assert read_dates("from June 5th 2028", None).check_in == date(2028, 6, 5)
    assert read_dates("from June 31st 2028", None).check_in is None


@pytest.mark.parametrize(
    ("text", "nights", "arrival"),
    [
        ("one more night", 1, 0),
        ("can we stay two nights longer", 2, 0),
        ("another night please", 1, 0),
        ("a night less", -1, 0),
        ("a day later", 0, 1),
        ("I'd like to leave a day early", -1, 0),
        ("two days earlier", 0, -2),
    ],
)
def test_changes(text: str, nights: int, arrival: int) -> None:
    read = read_dates(text, NOW)
    assert (read.nights_change, read.arrival_shift, read.nights) == (nights, arrival, None)


@pytest.mark.parametrize("text", ["two or three nights", "two to three nights", "2 days ago", "it was 3 days before"])
def test_what_is_not_settled_is_no_length(text: str) -> None:
    assert read_dates(text, NOW).nights is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the later one", "03-18"),
        ("the second one", "03-18"),
        ("this coming one", "03-11"),
        ("the first one", "03-11"),
        ("tomorrow then", "03-11"),
        ("the eighteenth", "03-18"),
        ("thursday the eleventh", "03-11"),
        ("hmm what", ""),
    ],
)
def test_choosing_between_candidates(text: str, expected: str) -> None:
    assert choose_date(text, (date(2027, 3, 11), date(2027, 3, 18)), NOW) == day(expected)


def test_choosing_from_nothing() -> None:
    assert choose_date("the later one", (), NOW) is None


@pytest.mark.parametrize(("year", "expected"), [(2024, "2024-03-31"), (2025, "2025-04-20"), (2026, "2026-04-05"), (2038, "2038-04-25")])
def test_easter(year: int, expected: str) -> None:
    assert easter(year).isoformat() == expected
