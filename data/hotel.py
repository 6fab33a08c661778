"""A hotel as the line knows it while it answers."""

from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo


class AnswerMode(StrEnum):
    """Who answers first: the agent, the desk, or one of them by state or hour."""

    ALWAYS = "always"
    DESK_FIRST = "desk_first"
    BUSY_OR_NO_ANSWER = "busy_or_no_answer"
    CLOSED_HOURS = "closed_hours"


@dataclass(frozen=True, slots=True)
class Tax:
    """`basis_points`: hundredths of a percent of the room price, of the mandatory fees too where `on_fees`."""

    name: str
    basis_points: int
    on_fees: bool = False


@dataclass(frozen=True, slots=True)
class Hotel:
    id: int
    slug: str
    name: str
    town: str
    address: str
    rooms: int
    timezone: str
    """IANA name."""
    currency: str
    """ISO 4217."""
    numbers: tuple[str, ...]
    """E.164, those it claims; the first is its own."""
    desk_number: str | None
    answer_mode: AnswerMode
    desk_ring_s: int
    desk_opens: time | None
    """None: the desk is staffed day and night."""
    desk_closes: time | None
    check_in_from: time
    check_out_until: time
    greeting: str
    voice: str | None
    inventory: str
    """"ours": rooms are sold from our counters; "request": every room is only asked for and the desk confirms."""
    taxes: tuple[Tax, ...]
    blocked_numbers: tuple[str, ...]
    calls_per_number_hour: int
    knowledge_version: int
    country: str = "US"
    """ISO 3166: numbers without a country code are read as this country's."""

    def desk_open(self, at: datetime) -> bool:
        """Somebody is at the desk at this moment (aware)."""
        if self.desk_opens is None or self.desk_closes is None:
            return True
        local = at.astimezone(ZoneInfo(self.timezone)).time()
        if self.desk_opens <= self.desk_closes:
            return self.desk_opens <= local < self.desk_closes
        return local >= self.desk_opens or local < self.desk_closes
