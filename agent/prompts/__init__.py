"""What a cloud model is told: the receptionist's role and manners, its blanks filled from the hotel's rows and the hotel's clock."""

from datetime import datetime, time
from functools import cache
from importlib.resources import files
from typing import Protocol


class HotelFacts(Protocol):
    """The columns of a hotel that the blanks are filled from."""

    @property
    def name(self) -> str: ...
    @property
    def town(self) -> str: ...
    @property
    def address(self) -> str: ...
    @property
    def inventory(self) -> str: ...
    @property
    def check_in_from(self) -> time: ...
    @property
    def check_out_until(self) -> time: ...
    def desk_open(self, at: datetime) -> bool: ...


_INVENTORY = {
    "ours": "Rooms are sold from the hotel's own inventory.",
    "request": "No room can be booked outright: every stay is a request that the desk confirms.",
}


@cache
def _receptionist() -> str:
    return files(__name__).joinpath("receptionist.md").read_text("utf-8")


def instructions(hotel: HotelFacts, now: datetime) -> str:
    """The whole prompt for one call. `now`: the hotel's local time."""
    return _receptionist().format(
        hotel_name=hotel.name,
        town=hotel.town,
        address=hotel.address,
        inventory=_INVENTORY.get(hotel.inventory, ""),
        today=f"{now:%A}, {now.day} {now:%B %Y}",
        now=f"{now:%H:%M}",
        desk=(
            f"Check-in is from {hotel.check_in_from:%H:%M}, check-out until {hotel.check_out_until:%H:%M}. "
            + ("The desk is staffed now." if hotel.desk_open(now) else "The desk is closed now: take a message for it instead of handing over.")
        ),
    )
