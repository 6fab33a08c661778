"""Who answers a ringing call, pure: hotel, hours, loops, nuisance, admission → Answer."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from data.hotel import AnswerMode, Hotel

LOOP_CALLS_A_MINUTE = 3
"""The third call from one number within a minute is taken for a forwarding loop."""
DESK_RING_S = 20
"""How long the desk rings when we send a call there."""


class Who(StrEnum):
    AGENT = "agent"
    DESK = "desk"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Answer:
    who: Who
    reason: str
    ring_s: int = 0
    """How long the desk rings; afterwards /twilio/after-dial decides."""
    say: str = ""


@dataclass(frozen=True, slots=True)
class Ringing:
    """What is known of the call."""

    from_number: str | None
    to_number: str
    forwarded_from: str | None
    parent_call: bool
    """It is a leg of a call we dialled ourselves."""
    calls_last_minute: int
    """From this number, this one not counted."""
    calls_last_hour: int


@dataclass(frozen=True, slots=True)
class House:
    """How the line is."""

    live_calls: int
    most_calls: int
    lagging: bool
    draining: bool


FULL = "All our lines are busy. I'm connecting you with the front desk."
FULL_NO_DESK = "I'm sorry, all our lines are busy. Please call again in a few minutes."


def route(ringing: Ringing, hotel: Hotel, house: House, now: datetime) -> Answer:
    """`now`: aware."""
    if ringing.from_number and ringing.from_number in hotel.blocked_numbers:
        return Answer(Who.NOBODY, "blocked")
    if ringing.calls_last_hour >= hotel.calls_per_number_hour:
        return Answer(Who.NOBODY, "too many calls from this number")
    looped = comes_back(ringing, hotel)
    if house.draining or house.lagging or house.live_calls >= house.most_calls:
        reason = "draining" if house.draining else "lagging" if house.lagging else "full"
        if hotel.desk_number and not looped:
            return Answer(Who.DESK, reason, DESK_RING_S, FULL)
        return Answer(Who.NOBODY, reason, say=FULL_NO_DESK)
    if looped or not hotel.desk_number:
        return Answer(Who.AGENT, "comes back from the desk" if looped else "no desk")
    return _by_mode(hotel, now)


def comes_back(ringing: Ringing, hotel: Hotel) -> bool:
    """The desk's own number, directly or by forwarding, our own dialled leg, or the third call in a minute: never dial the desk again."""
    desk = hotel.desk_number
    from_desk = desk is not None and desk in (ringing.from_number, ringing.forwarded_from)
    return from_desk or ringing.parent_call or ringing.calls_last_minute >= LOOP_CALLS_A_MINUTE - 1


def _by_mode(hotel: Hotel, now: datetime) -> Answer:
    match hotel.answer_mode:
        case AnswerMode.DESK_FIRST:
            return Answer(Who.DESK, "desk first", hotel.desk_ring_s)
        case AnswerMode.BUSY_OR_NO_ANSWER:
            return Answer(Who.DESK, "busy or no answer", DESK_RING_S)
        case AnswerMode.CLOSED_HOURS if hotel.desk_open(now):
            return Answer(Who.DESK, "desk open", DESK_RING_S)
        case _:
            return Answer(Who.AGENT, "always" if hotel.answer_mode is AnswerMode.ALWAYS else "desk closed")


def after_dial(status: str, *, wanted_agent_next: bool) -> Who:
    """The desk was rung: answered → done; else the agent, once."""
    if status in ("completed", "answered"):
        return Who.NOBODY
    return Who.AGENT if wanted_agent_next else Who.NOBODY
