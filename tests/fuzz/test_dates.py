"""Any date in any spoken form reads back the same; any text at all is survived."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st

from agent.local_model.dates import read_dates
from agent.local_model.party import read_party
from agent.local_model.stay import Stay, amend

TODAY = date(2027, 3, 10)
NOW = datetime(2027, 3, 10, 14, 0, tzinfo=ZoneInfo("Europe/Vienna"))


def _words(text: str) -> list[str]:
    return text.split()


CARDINALS = (
    _words("one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty")
    + [f"twenty {n}" for n in _words("one two three four five six seven eight nine")]
    + ["thirty", "thirty one"]
)
ORDINALS = (
    _words(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
        "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
    )
    + [f"twenty {n}" for n in _words("first second third fourth fifth sixth seventh eighth ninth")]
    + ["thirtieth", "thirty first"]
)

coming_days = st.integers(0, 340).map(lambda n: TODAY + timedelta(n))


def forms(day: date) -> list[str]:
    """Ways to say one date of the next months."""
    month, ordinal, suffix = (
        day.strftime("%B"),
        ORDINALS[day.day - 1],
        {1: "st", 2: "nd", 3: "rd"}.get(day.day % 10 * (day.day // 10 != 1), "th"),
    )
    return [
        f"{month} {ordinal}".lower(),
        f"{month} the {ordinal}",
        f"the {ordinal} of {month}",
        f"{month} {CARDINALS[day.day - 1]}",
        f"{day.day}{suffix} of {month}",
        f"{month} {day.day}{suffix}, {day.year}",
        f"{day.day} {month} {day.year}",
        f"{day.day} {day.strftime('%b')}",
        f"{day.month}/{day.day}/{day.year}",
        day.isoformat(),
        f"{day.strftime('%A')} the {ordinal} of {month}",
        f"{day.strftime('%A')}, {month} {day.day}{suffix}",
        f"{month} {ordinal} twenty twenty {CARDINALS[day.year % 10 - 1]}",
    ]


@given(coming_days)
def test_a_date_reads_back_from_every_form(day: date) -> None:
    for text in forms(day):
        read = read_dates(text, NOW)
        assert (read.date, read.flags) == (day, ()) or day.year > 2027, text
        assert read.date == day, text


@given(coming_days, st.integers(1, 30), st.data())
def test_a_stay_reads_back_from_every_form(check_in: date, nights: int, data: st.DataObject) -> None:
    check_out = check_in + timedelta(nights)
    first, last = data.draw(st.sampled_from(forms(check_in)[:7])), data.draw(st.sampled_from(forms(check_out)[:7]))
    pattern = data.draw(
        st.sampled_from(["from {} to {}", "arriving {}, leaving {}", "check in on {} and check out on {}", "{} until {}", "between {} and {}"])
    )
    text = pattern.format(first, last)
    read = read_dates(text, NOW)
    assert (read.check_in, read.check_out) == (check_in, check_out), text
    stay, _ = amend(Stay(), text, NOW)
    assert stay.nights == nights


@given(coming_days, st.integers(2, 20))
def test_nights_read_back(check_in: date, nights: int) -> None:
    for text in (f"{nights} nights from {forms(check_in)[2]}", f"from {forms(check_in)[0]} for {CARDINALS[nights - 1]} nights"):
        read = read_dates(text, NOW)
        assert (read.check_in, read.nights) == (check_in, nights), text


WORDS = st.sampled_from(
    _words(
        "the first fifth of may march june next this friday week weekend to until from and no sorry two twenty 5th 6/31 "
        "2 / - , . 2027-02-30 not or nights day after before in tomorrow kids adults us for a room my wife i me more "
        "longer later christmas old years 0 99 31st"
    )
)


@given(st.lists(WORDS, max_size=14).map(" ".join) | st.text(max_size=60))
@example("thirty first of next month next year")
@example("29th of february next year")
def test_any_text_is_survived_and_never_a_past_day(text: str) -> None:
    read = read_dates(text, NOW)
    assert all(d is None or d >= TODAY for d in (read.check_in, read.check_out, read.date)), text
    assert not (read.check_in and read.check_out) or read.check_in < read.check_out
    party = read_party(text)
    assert all(n is None or n >= 0 for n in (party.adults, party.children, party.people, party.rooms, party.pets))
    stay, _ = amend(Stay(TODAY, TODAY + timedelta(2), 2, adults=2), text, NOW)
    assert stay.check_in
    assert stay.check_out
    assert stay.nights == (stay.check_out - stay.check_in).days
    assert read_dates(text, None).check_in_weekday in (None, *(f"{(TODAY + timedelta(n)):%A}" for n in range(7)))


@given(
    st.lists(st.sampled_from(_words("i would love knowing whether you have parking and what it costs per car please may we march seconds sun sat")))
)
def test_small_talk_holds_no_date(words: list[str]) -> None:
    read = read_dates(" ".join(words), NOW)
    assert (read.check_in, read.check_out, read.date, read.nights) == (None, None, None, None)
