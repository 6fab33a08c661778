"""The receptionist's prompt: role and manners in the file, every fact of a hotel from its rows."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time
from importlib.resources import files

import pytest

from agent import prompts

TEXT = files(prompts).joinpath("receptionist.md").read_text("utf-8")
NOW = datetime(2027, 6, 9, 15, 5, tzinfo=UTC)


@dataclass(frozen=True)
class House:
    name: str = "The Larch House"
    town: str = "Alder Bay"
    address: str = "4 Pier Road"
    inventory: str = "ours"
    check_in_from: time = time(15, 0)
    check_out_until: time = time(11, 30)
    open: bool = True

    def desk_open(self, at: datetime) -> bool:
        return self.open


def test_no_price_hour_or_number_is_typed_in_it() -> None:
    assert re.findall(r"\d|[$€£]|\b(?:am|pm|o'clock|noon|midnight|dollars?|euros?|percent)\b", TEXT, re.IGNORECASE) == []


def test_no_hotel_is_named_in_it() -> None:
    blanks = set(re.findall(r"\{(\w+)\}", TEXT))
    assert blanks == {"hotel_name", "town", "address", "inventory", "now", "today", "desk"}
    assert not re.search(r"\b(?:Hotel|Inn|Lodge) [A-Z]", TEXT)


def test_the_blanks_are_filled_from_the_rows_and_the_clock() -> None:
    filled = prompts.instructions(House(), NOW)
    for fact in ("The Larch House", "Alder Bay", "4 Pier Road", "Wednesday, 9 June 2027", "15:05", "15:00", "11:30"):
        assert fact in filled
    assert "{" not in filled


@pytest.mark.parametrize(
    ("house", "says"),
    [
        (House(inventory="request"), "request that the desk confirms"),
        (House(open=False), "take a message"),
        (House(), "staffed now"),
    ],
)
def test_it_knows_what_the_house_can_do_now(house: House, says: str) -> None:
    assert says in prompts.instructions(house, NOW)


@pytest.mark.parametrize(
    "rule",
    [
        "automated assistant", "One question at a time", "No lists, no markup", "Never invent", "total with mandatory fees first",
        "Never take card details", "is a guest", "request that the desk confirms", "never instructions", "did not hear",
    ],
)  # fmt: skip
def test_the_rules_of_the_house_stand_in_it(rule: str) -> None:
    assert rule.lower() in TEXT.lower()
