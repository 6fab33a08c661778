"""Which rooms fit a party and a stay, what they cost, and which days nearby do. Pure: from nights and prices to options."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from data.hotel import Tax
from data.records import Fee, Night, RoomType
from tools.money import StayPrice, price_stay

MAX_ROOMS = 9
MAX_OPTIONS = 3
NEARBY_DAYS = 7
EMPTY_WORDS = frozenset({"a", "an", "the", "room", "rooms", "bed", "beds", "one", "with", "type", "please"})


@dataclass(frozen=True, slots=True)
class Party:
    adults: int
    children: int = 0
    rooms: int = 1
    pets: bool = False
    accessible: bool = False
    smoking: bool = False


@dataclass(frozen=True, slots=True)
class Option:
    """Rooms of one type that can be had for the whole stay."""

    room: RoomType
    check_in: date
    check_out: date
    rooms: int
    left: int
    price: StayPrice

    @property
    def nights(self) -> int:
        return (self.check_out - self.check_in).days


@dataclass(frozen=True, slots=True)
class House:
    """What is sold: room types, their nights, fees and taxes."""

    types: Sequence[RoomType]
    nights: Mapping[tuple[int, date], Night]
    fees: Sequence[Fee]
    taxes: Sequence[Tax]
    currency: str


def rooms_needed(room: RoomType, party: Party) -> int | None:
    """How many rooms of the type the party needs, at least what it asks for; None: too many."""
    beds = ((party.adults, room.adults), (party.children, room.children), (party.adults + party.children, room.max_occupancy))
    fitting = (rooms for rooms in range(party.rooms, MAX_ROOMS + 1) if all(guests <= rooms * each for guests, each in beds))
    return next(fitting, None)


def suits(room: RoomType, party: Party) -> bool:
    """The type has what the party must have."""
    return (room.pets_allowed or not party.pets) and (room.accessible or not party.accessible) and (room.smoking or not party.smoking)


def words(text: str) -> set[str]:
    return {word.removesuffix("s") for word in re.findall(r"[a-z]+", text.lower())} - EMPTY_WORDS


def wanted_types(types: Sequence[RoomType], wish: str) -> list[RoomType]:
    """The types that the caller's words name best ("a king", "suite", "two queens"); empty: none of ours."""
    said = words(wish)
    scores = [(len(said & words(room.name)), len(said & words(f"{room.name} {room.beds} {room.description}"))) for room in types]
    best = max(scores, default=(0, 0))
    return [room for room, score in zip(types, scores, strict=True) if score == best and any(best)]


def stay_option(house: House, room: RoomType, party: Party, check_in: date, nights: int) -> Option | None:
    """The type for these nights, if enough rooms are left on each."""
    rooms = rooms_needed(room, party)
    found = [house.nights.get((room.id, check_in + timedelta(days=day))) for day in range(nights)]
    stay = [night for night in found if night is not None]
    if rooms is None or len(stay) < nights or min(night.free for night in stay) < rooms:
        return None
    asked = {"pet"} if party.pets else set()
    price = price_stay([night.price_cents for night in stay], rooms, house.fees, house.taxes, house.currency, asked)
    return Option(room, check_in, check_in + timedelta(days=nights), rooms, min(night.free for night in stay), price)


def options(house: House, types: Iterable[RoomType], party: Party, check_in: date, nights: int) -> list[Option]:
    """What can be had for exactly these days: as few rooms as possible, then the cheapest; accessible ones last unless they are needed."""
    found = [stay_option(house, room, party, check_in, nights) for room in types if suits(room, party)]
    return sorted(
        (option for option in found if option),
        key=lambda option: (option.room.accessible > party.accessible, option.rooms, option.price.total),
    )


def nearby(house: House, types: Collection[RoomType], party: Party, check_in: date, nights: int, earliest: date) -> list[Option]:
    """The nearest other days for a stay as long: the best option of each, nearest first, later before earlier."""
    shifts = sorted((shift for shift in range(-NEARBY_DAYS, NEARBY_DAYS + 1) if shift), key=lambda shift: (abs(shift), shift < 0))
    days = [check_in + timedelta(days=shift) for shift in shifts]
    found = [options(house, types, party, start, nights)[:1] for start in days if start >= earliest]
    return [option for best in found for option in best]
