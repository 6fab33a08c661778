"""A stay as known so far, and how a new utterance changes it."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from agent.local_model.date_calendar import Flag
from agent.local_model.dates import DatesRead, read_dates
from agent.local_model.party import PartyRead, read_party


@dataclass(frozen=True, slots=True)
class Stay:
    """What is known of the stay wished for. Nights are calendar days between arrival and departure, never hours."""

    check_in: date | None = None
    check_out: date | None = None
    nights: int | None = None
    adults: int | None = None
    children: int | None = None
    child_ages: tuple[int, ...] = ()
    rooms: int | None = None
    pets: int | None = None

    @property
    def people(self) -> int | None:
        return None if self.adults is None else self.adults + (self.children or 0)


def amend(stay: Stay, text: str, now: datetime | None, asked: str | None = None, context: str | None = None) -> tuple[Stay, tuple[Flag, ...]]:
    """The stay after what the caller just said, and what must be asked or said about it.

    `asked` is the slot last asked for. A new arrival keeps the nights, a new departure or length keeps the arrival,
    a whole new stay replaces both.
    """
    near = (stay.check_in, stay.check_out)
    dates = read_dates(text, now, asked, context, near=near)
    changed, flags = amend_dates(stay, dates, asked)
    return amend_party(changed, read_party(text, asked, context)), (*dates.flags, *flags)


def amend_dates(stay: Stay, read: DatesRead, asked: str | None = None) -> tuple[Stay, tuple[Flag, ...]]:
    """The stay with the dates of one utterance."""
    read = _with_role(stay, read, asked)
    stay, flags = _placed(stay, read)
    if read.nights_change and stay.nights is not None:
        stay, more = _with_nights(stay, stay.nights + read.nights_change)
        flags += more
    if read.arrival_shift and stay.check_in is not None:
        stay, more = _arriving(stay, stay.check_in + timedelta(read.arrival_shift))
        flags += more
    return stay, flags


def amend_party(stay: Stay, read: PartyRead) -> Stay:
    """The stay with the party of one utterance: counts said again replace, "a child too" adds."""
    adults, children = stay.adults, stay.children
    if read.alone:
        adults, children = 1, 0 if children else children
    if read.children is not None:
        children = read.children
    if read.adults is not None:
        adults = read.adults
    elif read.people is not None and not read.children_unstated:
        adults = read.people - (children or 0) if read.people > (children or 0) else read.people
    elif read.dropped_people and not read.alone and adults is not None and adults > read.dropped_people:
        adults -= read.dropped_people
    if read.added_people:
        adults = (adults or 0) + read.added_people if adults is not None else None
    if read.added_children:
        children = (children or 0) + read.added_children
    ages = read.child_ages or (stay.child_ages if children == stay.children else ())
    if read.added_children and read.child_ages and stay.child_ages:
        ages = stay.child_ages + read.child_ages
    if read.child_ages and not children:
        children = len(read.child_ages)
    rooms = stay.rooms if read.rooms is None or (read.rooms_implied and stay.rooms is not None) else read.rooms
    pets = stay.pets if read.pets is None else read.pets
    return replace(stay, adults=adults, children=children, child_ages=ages, rooms=rooms, pets=pets)


def _with_role(stay: Stay, read: DatesRead, asked: str | None) -> DatesRead:
    """A lone day takes the role asked for, else the end of the stay that is missing, else the arrival."""
    if read.date is None:
        return read
    missing = stay.check_in is not None and stay.check_out is None and read.date > stay.check_in
    if read.nights is None and (asked == "check_out" or (asked != "check_in" and missing)):
        return replace(read, date=None, check_out=read.date)
    return replace(read, date=None, check_in=read.date)


def _placed(stay: Stay, read: DatesRead) -> tuple[Stay, tuple[Flag, ...]]:
    if read.check_in and read.check_out:
        return replace(stay, check_in=read.check_in, check_out=read.check_out, nights=(read.check_out - read.check_in).days), ()
    if read.check_in and read.nights:
        return _with_nights(replace(stay, check_in=read.check_in), read.nights)
    if read.check_out and read.nights:
        arrival = read.check_out - timedelta(read.nights)
        return replace(stay, check_in=arrival, check_out=read.check_out, nights=read.nights), ()
    if read.check_in:
        return _arriving(stay, read.check_in)
    if read.check_out:
        return _leaving(stay, read.check_out)
    if read.nights:
        return _with_nights(stay, read.nights)
    return stay, ()


def _arriving(stay: Stay, check_in: date) -> tuple[Stay, tuple[Flag, ...]]:
    if stay.nights is not None:
        return _with_nights(replace(stay, check_in=check_in), stay.nights)
    return _leaving(replace(stay, check_in=check_in), stay.check_out) if stay.check_out else (replace(stay, check_in=check_in), ())


def _leaving(stay: Stay, check_out: date) -> tuple[Stay, tuple[Flag, ...]]:
    if stay.check_in is None:
        if stay.nights is not None:
            return replace(stay, check_in=check_out - timedelta(stay.nights), check_out=check_out), ()
        return replace(stay, check_out=check_out), ()
    if check_out <= stay.check_in:
        return stay, (Flag("check_out_not_after_check_in", "check_out", (check_out,)),)
    return replace(stay, check_out=check_out, nights=(check_out - stay.check_in).days), ()


def _with_nights(stay: Stay, nights: int) -> tuple[Stay, tuple[Flag, ...]]:
    if nights < 1:
        return stay, (Flag("no_night_left", "nights"),)
    if stay.check_in is not None:
        return replace(stay, nights=nights, check_out=stay.check_in + timedelta(nights)), ()
    if stay.check_out is not None:
        return replace(stay, nights=nights, check_in=stay.check_out - timedelta(nights)), ()
    return replace(stay, nights=nights), ()
