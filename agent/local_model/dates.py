"""Spoken dates and nights of one utterance, as days of the hotel's calendar."""

import datetime as dt
from dataclasses import dataclass, field

from agent.local_model.date_calendar import Anchor, Flag, Resolved, resolve
from agent.local_model.date_mention import Mention
from agent.local_model.date_roles import Role, Said, read_roles
from agent.local_model.date_words import WEEKDAY_NAMES, Kind, lex

LONG_STAY_NIGHTS = 60
"""A longer stay is said back as unusual before it is used."""


@dataclass(frozen=True, slots=True)
class DatesRead:
    """What one utterance says of a stay; nothing is filled in that was not said."""

    check_in: dt.date | None = None
    check_out: dt.date | None = None
    date: dt.date | None = None
    """A single day whose role is unknown."""
    nights: int | None = None
    check_in_weekday: str | None = None
    """The arrival's weekday as said ("Friday"), also where today is unknown."""
    nights_change: int = 0
    """ "one more night": 1; "a night less": -1."""
    arrival_shift: int = 0
    """ "a day later": 1."""
    flags: tuple[Flag, ...] = field(default=())

    def __bool__(self) -> bool:
        days = (self.check_in, self.check_out, self.date, self.nights, self.check_in_weekday)
        return any(d is not None for d in days) or bool(self.nights_change or self.arrival_shift or self.flags)


def read_dates(
    text: str,
    now: dt.datetime | None,
    asked: str | None = None,
    context: str | None = None,
    *,
    near: tuple[dt.date | None, dt.date | None] = (None, None),
) -> DatesRead:
    """The dates and nights in `text`.

    `now` is the hotel's local time (None: only weekdays, nights and full dates can be read), `asked` the slot asked for, `context` our last
    sentence, `near` the arrival and departure already known, from which "the fifth" or "Saturday" of a correction is counted.
    """
    said = read_roles(text, asked, context)
    today = now.date() if now is not None else None
    found = _resolved(said, today, near)
    flags = [f for r in found.values() for f in r.flags]
    if said.alternatives and today is not None:
        either = [resolve(m, Anchor(today, "date", near=near[0])).date for m in said.alternatives]
        flags.append(Flag("alternatives", "date", tuple(d for d in either if d)))
    arrival = said.days.get("check_in") or said.days.get("date")
    weekday = WEEKDAY_NAMES[arrival.weekday] if arrival is not None and arrival.weekday is not None else None
    nights = said.length.nights if said.length else None
    check_in, check_out, single = (found[r].date if r in found else None for r in ("check_in", "check_out", "date"))
    if nights is None and check_out is None:
        spans = [r.nights for r in found.values() if r.nights and r.date]
        nights = spans[0] if spans else None
        if nights and check_in is None and single is not None:
            check_in, single = single, None
    if check_in and check_out:
        flags += _stay_flags(check_in, check_out, nights)
        if check_out <= check_in:
            check_out = None
    if nights and nights > LONG_STAY_NIGHTS:
        flags.append(Flag("long_stay", "nights"))
    change = said.change
    return DatesRead(
        check_in=check_in,
        check_out=check_out,
        date=single,
        nights=nights,
        check_in_weekday=weekday,
        nights_change=change.nights if change and change.change == "length" else 0,
        arrival_shift=change.nights if change and change.change == "arrival" else 0,
        flags=tuple(flags),
    )


def _stay_flags(check_in: dt.date, check_out: dt.date, nights: int | None) -> list[Flag]:
    if check_out <= check_in:
        return [Flag("check_out_not_after_check_in", "check_out", (check_out,))]
    stay = (check_out - check_in).days
    flags = [Flag("long_stay", "check_out", (check_out,))] if stay > LONG_STAY_NIGHTS else []
    if nights is not None and nights != stay:
        flags.append(Flag("nights_mismatch", "nights", (check_in + dt.timedelta(nights), check_out)))
    return flags


def _resolved(said: Said, today: dt.date | None, near: tuple[dt.date | None, dt.date | None]) -> dict[Role, Resolved]:
    days = said.days
    if today is None:
        return {role: Resolved(d) for role, m in days.items() if (d := _full_date(m)) is not None}
    out: dict[Role, Resolved] = {}
    arrival, departure = days.get("check_in"), days.get("check_out")
    if "date" in days:
        out["date"] = resolve(days["date"], Anchor(today, "date", near=near[0]))
    before = None
    if arrival is not None and departure is not None and arrival.day and not arrival.month and departure.month:
        before = resolve(departure, Anchor(today, "check_out")).date
    if arrival is not None:
        out["check_in"] = resolve(arrival, Anchor(today, "check_in", before=before, near=near[0]))
    if departure is not None:
        after = out["check_in"].date if "check_in" in out else near[0]
        out["check_out"] = resolve(departure, Anchor(today, "check_out", after=after if after and after >= today else None))
    return out


def _full_date(m: Mention) -> dt.date | None:
    try:
        return dt.date(m.year, m.month, m.day) if m.year and m.month and m.day else None
    except ValueError:
        return None


def choose_date(text: str, candidates: tuple[dt.date, ...], now: dt.datetime) -> dt.date | None:
    """The candidate the caller picks: "the later one", "the first", "tomorrow", "the eighteenth"; None if the words pick none."""
    read = read_dates(text, now, near=(candidates[0], None)) if candidates else DatesRead()
    named = next((d for d in (read.date, read.check_in, read.check_out) if d in candidates), None)
    if named is not None:
        return named
    words = {t.text for t in lex(text)}
    ordinals = {t.value for t in lex(text) if t.kind is Kind.ORDINAL}
    if not candidates:
        return None
    if words & {"later", "second", "last", "latter", "following", "after"} or 2 in ordinals:
        return candidates[-1]
    if words & {"earlier", "sooner", "former", "this", "coming", "soonest"} or 1 in ordinals:
        return candidates[0]
    return None
