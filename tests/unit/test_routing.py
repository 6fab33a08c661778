"""Who answers a ringing call."""

from datetime import UTC, datetime
from typing import Any

import pytest

from data.hotel import AnswerMode
from telephony.routing import DESK_RING_S, House, Ringing, Who, after_dial, comes_back, route
from tests.house import hotel

DESK = "+12025550101"
CALLER = "+12025550142"
NOON, NIGHT = datetime(2027, 3, 1, 17, 0, tzinfo=UTC), datetime(2027, 3, 2, 4, 0, tzinfo=UTC)
HOUSE = House(live_calls=0, most_calls=2, lagging=False, draining=False)


def ringing(**changes: Any) -> Ringing:
    usual: dict[str, Any] = {
        "from_number": CALLER,
        "to_number": "+12025550100",
        "forwarded_from": None,
        "parent_call": False,
        "calls_last_minute": 0,
        "calls_last_hour": 0,
    }
    return Ringing(**(usual | changes))


@pytest.mark.parametrize(
    ("mode", "at", "who", "ring_s"),
    [
        (AnswerMode.ALWAYS, NOON, Who.AGENT, 0),
        (AnswerMode.ALWAYS, NIGHT, Who.AGENT, 0),
        (AnswerMode.DESK_FIRST, NOON, Who.DESK, 9),
        (AnswerMode.DESK_FIRST, NIGHT, Who.DESK, 9),
        (AnswerMode.BUSY_OR_NO_ANSWER, NOON, Who.DESK, DESK_RING_S),
        (AnswerMode.CLOSED_HOURS, NOON, Who.DESK, DESK_RING_S),
        (AnswerMode.CLOSED_HOURS, NIGHT, Who.AGENT, 0),
    ],
)
def test_the_hotels_mode_decides(mode: AnswerMode, at: datetime, who: Who, ring_s: int) -> None:
    answer = route(ringing(), hotel(answer_mode=mode, desk_ring_s=9), HOUSE, at)
    assert (answer.who, answer.ring_s) == (who, ring_s)


@pytest.mark.parametrize(
    "loop",
    [
        {"from_number": DESK},
        {"forwarded_from": DESK},
        {"parent_call": True},
        {"calls_last_minute": 2},
        {"calls_last_minute": 9, "from_number": None},
    ],
)
@pytest.mark.parametrize("mode", list(AnswerMode))
def test_a_call_that_comes_back_never_rings_the_desk_again(loop: dict[str, Any], mode: AnswerMode) -> None:
    house = hotel(answer_mode=mode)
    assert comes_back(ringing(**loop), house)
    assert route(ringing(**loop), house, HOUSE, NOON).who is Who.AGENT
    full = House(2, 2, lagging=False, draining=False)
    assert route(ringing(**loop), house, full, NOON).who is Who.NOBODY


@pytest.mark.parametrize("harmless", [{}, {"calls_last_minute": 1}, {"from_number": None}, {"forwarded_from": "+12025550199"}])
def test_usual_calls_do_not_come_back(harmless: dict[str, Any]) -> None:
    assert not comes_back(ringing(**harmless), hotel())
    assert not comes_back(ringing(from_number=None, forwarded_from=None), hotel(desk_number=None))


@pytest.mark.parametrize(
    ("house", "reason"),
    [
        (House(2, 2, lagging=False, draining=False), "full"),
        (House(5, 2, lagging=False, draining=False), "full"),
        (House(0, 2, lagging=True, draining=False), "lagging"),
        (House(0, 2, lagging=False, draining=True), "draining"),
    ],
)
@pytest.mark.parametrize("desk", [DESK, None])
def test_a_house_that_cannot_take_the_call_says_so_and_gives_it_to_the_desk(house: House, reason: str, desk: str | None) -> None:
    answer = route(ringing(), hotel(desk_number=desk), house, NOON)
    assert answer.who is (Who.DESK if desk else Who.NOBODY)
    assert answer.reason == reason
    assert answer.say


def test_the_last_free_line_is_still_given() -> None:
    assert route(ringing(), hotel(), House(1, 2, lagging=False, draining=False), NOON).who is Who.AGENT


@pytest.mark.parametrize(("calls", "who"), [(0, Who.AGENT), (9, Who.AGENT), (10, Who.NOBODY)])
def test_one_number_may_call_so_often_in_an_hour(calls: int, who: Who) -> None:
    assert route(ringing(calls_last_hour=calls), hotel(calls_per_number_hour=10), HOUSE, NOON).who is who


def test_blocked_numbers_are_refused_even_when_full() -> None:
    house = hotel(blocked_numbers=(CALLER,))
    for state in (HOUSE, House(2, 2, lagging=False, draining=False)):
        answer = route(ringing(), house, state, NOON)
        assert (answer.who, answer.reason) == (Who.NOBODY, "blocked")
    assert route(ringing(from_number=None), house, HOUSE, NOON).who is Who.AGENT


def test_without_a_desk_the_agent_answers_in_every_mode() -> None:
    for mode in AnswerMode:
        assert route(ringing(), hotel(answer_mode=mode, desk_number=None), HOUSE, NOON).who is Who.AGENT


@pytest.mark.parametrize(
    ("status", "wanted", "who"),
    [
        ("completed", True, Who.NOBODY),
        ("answered", True, Who.NOBODY),
        ("no-answer", True, Who.AGENT),
        ("busy", True, Who.AGENT),
        ("failed", True, Who.AGENT),
        ("", True, Who.AGENT),
        ("no-answer", False, Who.NOBODY),
    ],
)
def test_after_the_desk_rang_the_agent_comes_once(status: str, wanted: bool, who: Who) -> None:
    assert after_dial(status, wanted_agent_next=wanted) is who
