"""Rooms that fit a party, and days that can be had."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.hotel import Tax
from data.records import Fee, Night, RoomType
from tools.stays import House, Party, nearby, options, rooms_needed, stay_option, suits, wanted_types

JUNE_4 = date(2027, 6, 4)


def room(identity: int, name: str, adults: int = 2, children: int = 1, most: int = 3, **traits: bool) -> RoomType:
    return RoomType(identity, name.lower().replace(" ", "-"), name, "", most, adults, children, "one bed", **{**NO_TRAITS, **traits})


NO_TRAITS = {"pets_allowed": False, "accessible": False, "smoking": False}
QUEEN = room(1, "Garden Queen", most=2)
DOUBLE = room(2, "Double Queen", adults=4, children=3, most=4, pets_allowed=True)
STEPLESS = room(3, "Stepless Queen", most=2, accessible=True)
SUITE = room(4, "Top Suite", adults=4, children=4, most=5, smoking=True)
TYPES = (QUEEN, DOUBLE, STEPLESS, SUITE)


def house(free: dict[int, int], first: date = JUNE_4 - timedelta(days=10), length: int = 30) -> House:
    """Every night alike: so many free per type, 100 dollars times the type's number."""
    nights = [Night(kind, first + timedelta(days=ahead), left, 10000 * kind) for kind, left in free.items() for ahead in range(length)]
    fees = (Fee("pet", "pet fee", "per_stay", False, 4000),)
    return House(TYPES, {(night.room_type_id, night.night): night for night in nights}, fees, (Tax("tax", 1000),), "USD")


@pytest.mark.parametrize(
    ("kind", "party", "rooms"),
    [
        (QUEEN, Party(2), 1),
        (QUEEN, Party(1, 1), 1),
        (QUEEN, Party(2, 1), 2),
        (QUEEN, Party(2, rooms=2), 2),
        (DOUBLE, Party(6), 2),
        (DOUBLE, Party(1, 3), 1),
        (DOUBLE, Party(1, 4), 2),
        (SUITE, Party(1, 4), 1),
        (QUEEN, Party(19), None),
    ],
)
def test_how_many_rooms_a_party_needs(kind: RoomType, party: Party, rooms: int | None) -> None:
    assert rooms_needed(kind, party) == rooms


@pytest.mark.parametrize(
    ("party", "fitting"),
    [
        (Party(2), TYPES),
        (Party(2, pets=True), (DOUBLE,)),
        (Party(2, accessible=True), (STEPLESS,)),
        (Party(2, smoking=True), (SUITE,)),
        (Party(2, pets=True, accessible=True), ()),
    ],
)
def test_wishes_that_rule_rooms_out(party: Party, fitting: tuple[RoomType, ...]) -> None:
    assert tuple(kind for kind in TYPES if suits(kind, party)) == fitting


@pytest.mark.parametrize(
    ("wish", "types"),
    [
        ("the suite please", [SUITE]),
        ("a room with two queen beds", [QUEEN, DOUBLE, STEPLESS]),
        ("double queens", [DOUBLE]),
        ("top-suite", [SUITE]),
        ("a water bed", []),
        ("a room", []),
    ],
)
def test_the_kind_of_room_in_the_callers_words(wish: str, types: list[RoomType]) -> None:
    assert wanted_types(TYPES, wish) == types


def test_no_room_types_no_wish() -> None:
    assert wanted_types((), "suite") == []


def test_a_stay_needs_every_night() -> None:
    full = house({1: 2})
    assert stay_option(full, QUEEN, Party(2), JUNE_4, 3) is not None
    taken = dict(full.nights)
    taken[1, JUNE_4 + timedelta(days=1)] = Night(1, JUNE_4 + timedelta(days=1), 0, 10000)
    assert stay_option(House(TYPES, taken, (), (), "USD"), QUEEN, Party(2), JUNE_4, 3) is None
    del taken[1, JUNE_4 + timedelta(days=1)]
    assert stay_option(House(TYPES, taken, (), (), "USD"), QUEEN, Party(2), JUNE_4, 3) is None
    assert stay_option(full, QUEEN, Party(19), JUNE_4, 1) is None


def test_two_nights_are_priced_with_tax_and_the_pet() -> None:
    option = stay_option(house({2: 3}), DOUBLE, Party(2, pets=True), JUNE_4, 2)
    assert option is not None
    assert (option.nights, option.left, option.rooms) == (2, 3, 1)
    assert option.price.total == 40000 + 4000 + 4000


def test_fewest_rooms_first_then_the_cheapest_and_stepless_rooms_last() -> None:
    plain = options(house({1: 5, 2: 5, 3: 5, 4: 5}), TYPES, Party(2), JUNE_4, 1)
    assert [option.room for option in plain] == [QUEEN, DOUBLE, SUITE, STEPLESS]
    family = options(house({1: 5, 2: 5, 4: 5}), TYPES, Party(4), JUNE_4, 1)
    assert [(option.room, option.rooms) for option in family] == [(DOUBLE, 1), (SUITE, 1), (QUEEN, 2)]
    stepless = options(house({1: 5, 3: 5}), TYPES, Party(2, accessible=True), JUNE_4, 1)
    assert [option.room for option in stepless] == [STEPLESS]


def test_other_days_come_nearest_first_and_never_before_today() -> None:
    there = house({1: 1})
    free = {key: night for key, night in there.nights.items() if key[1] not in (JUNE_4, JUNE_4 + timedelta(days=1))}
    gap = House(TYPES, free, (), (), "USD")
    assert options(gap, TYPES, Party(2), JUNE_4, 1) == []
    days = [option.check_in for option in nearby(gap, TYPES, Party(2), JUNE_4, 1, JUNE_4 - timedelta(days=1))]
    assert days[:2] == [JUNE_4 - timedelta(days=1), JUNE_4 + timedelta(days=2)]
    assert min(days) == JUNE_4 - timedelta(days=1)


@given(st.integers(1, 9), st.integers(0, 9), st.integers(1, 4), st.dictionaries(st.integers(1, 4), st.integers(0, 6)), st.integers(1, 10))
def test_what_is_offered_is_free_and_big_enough(adults: int, children: int, rooms: int, free: dict[int, int], nights: int) -> None:
    party = Party(adults, children, rooms)
    for option in options(house(free), TYPES, party, JUNE_4, nights):
        assert rooms <= option.rooms <= free[option.room.id]
        assert adults + children <= option.rooms * option.room.max_occupancy
        assert len(option.price.nightly) == nights == option.nights
        assert option.price.total == option.price.room_total + option.price.tax_total
