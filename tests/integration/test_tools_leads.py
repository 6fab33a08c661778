"""Leads noted, merged, and kept while the database is away."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from data.database import Database
from data.errors import JournalError
from data.hotel import Hotel
from data.journal import Journal
from tests.house import CALL, a_call, leads_at
from tools.context import Context
from tools.errors import Refused, StoreAway
from tools.leads import LeadArguments, create_lead, lead_id

NOBODY = "postgresql://nobody:x@127.0.0.1:1/none"
BOOKING = {"kind": "booking", "check_in": "2027-06-04", "check_out": "2027-06-06", "adults": 2, "children": 1, "interest": "Harbor King"}


def told(**arguments: Any) -> LeadArguments:
    return LeadArguments.model_validate({"name": None, "phone": None} | arguments)


def call_to(hotel: Hotel, database: Database, journal: Journal | None = None, caller: str | None = "+12025550142") -> Context:
    return a_call(hotel, database=database, journal=journal, caller=caller)


async def test_a_booking_request_is_noted_not_booked(database: Database, demo_hotel: Hotel) -> None:
    outcome = await create_lead(call_to(demo_hotel, database), told(name="Maria Lopez", **BOOKING))
    assert outcome.receipt is not None
    assert outcome.receipt.kind == "lead"
    assert outcome.receipt.id.startswith("LD-20270301-")
    assert len(outcome.receipt.id) == 18
    assert outcome.content["booked"] is False
    assert outcome.spoken == (
        "Thank you, Maria Lopez. I've noted your request for the Harbor King from Friday, June 4th to Sunday, June 6th for three guests.",
        "It isn't a booking yet: the desk will get back to you to confirm it.",
    )
    async with database.read() as session:
        (lead,) = await leads_at(session, demo_hotel.id)
    assert lead.call_id == CALL
    assert (lead.name, lead.phone, lead.guests, lead.state, lead.partial) == ("Maria Lopez", "+12025550142", 3, "new", False)
    assert (lead.check_in, lead.check_out) == (date(2027, 6, 4), date(2027, 6, 6))


async def test_what_is_told_later_in_the_call_fills_the_same_lead(database: Database, demo_hotel: Hotel) -> None:
    call = call_to(demo_hotel, database)
    first = await create_lead(call, told(phone="(202) 555-0199", **BOOKING))
    second = await create_lead(call, told(name="Maria Lopez", email="maria@Example.COM"))
    assert second.receipt == first.receipt
    assert second.spoken == ("Thank you, Maria Lopez. I've noted that too.",)
    async with database.read() as session:
        (lead,) = await leads_at(session, demo_hotel.id)
    assert (lead.phone, lead.email, lead.name, lead.interest, lead.partial) == (
        *("+12025550199", "maria@example.com", "Maria Lopez", "Harbor King"),
        False,
    )


async def test_another_wish_of_the_call_is_another_lead(database: Database, demo_hotel: Hotel) -> None:
    call = call_to(demo_hotel, database)
    await create_lead(call, told(name="Maria Lopez", **BOOKING))
    outcome = await create_lead(call, told(name="Maria Lopez", kind="callback", note="lost an umbrella"))
    assert outcome.spoken == ("Thank you, Maria Lopez. I've noted that for the desk, and they will get back to you.",)
    async with database.read() as session:
        assert {lead.kind for lead in await leads_at(session, demo_hotel.id)} == {"booking", "callback"}


async def test_a_repeat_after_a_restart_finds_its_row(database: Database, demo_hotel: Hotel) -> None:
    for _ in range(2):
        await create_lead(call_to(demo_hotel, database), told(name="Maria Lopez", **BOOKING))
    async with database.read() as session:
        assert len(await leads_at(session, demo_hotel.id)) == 1


async def test_without_a_name_it_is_partial(database: Database, demo_hotel: Hotel) -> None:
    outcome = await create_lead(call_to(demo_hotel, database), told(kind="booking"))
    assert outcome.spoken[0] == "Thank you. I've noted your request for a room."
    async with database.read() as session:
        (lead,) = await leads_at(session, demo_hotel.id)
    assert lead.partial
    assert lead.kind == "booking"


async def test_a_hidden_number_needs_another_way_to_reach_them(database: Database, demo_hotel: Hotel) -> None:
    call = call_to(demo_hotel, database, caller=None)
    with pytest.raises(Refused, match="What number") as refused:
        await create_lead(call, told(name="Maria Lopez"))
    assert refused.value.missing == ("phone",)
    assert (await create_lead(call, told(name="Maria Lopez", email="maria@example.com"))).content["phone"] is None


@pytest.mark.parametrize(
    ("arguments", "missing"),
    [
        ({"phone": "12"}, "phone"),
        ({"phone": "call me maybe"}, "phone"),
        ({"email": "maria at example"}, "email"),
        ({"check_in": "2027-06-04", "check_out": "2027-06-04"}, "check_out"),
    ],
)
async def test_details_that_cannot_be_right_are_asked_again(database: Database, demo_hotel: Hotel, arguments: dict[str, Any], missing: str) -> None:
    with pytest.raises(Refused) as refused:
        await create_lead(call_to(demo_hotel, database), told(**arguments))
    assert refused.value.missing == (missing,)
    assert refused.value.say.endswith("?")


@pytest.mark.parametrize(
    ("said", "country", "stored"),
    [
        ("202 555 0199", "US", "+12025550199"),
        ("+44 20 7946 0018", "US", "+442079460018"),
        ("020 7946 0018", "GB", "+442079460018"),
    ],
)
async def test_numbers_are_read_as_the_hotels_country_does(database: Database, demo_hotel: Hotel, said: str, country: str, stored: str) -> None:
    call = call_to(replace(demo_hotel, country=country), database)
    assert (await create_lead(call, told(phone=said))).content["phone"] == stored


async def test_while_the_database_is_away_it_is_journaled_and_taken_in_once(database: Database, demo_hotel: Hotel, tmp_path: Path) -> None:
    away, journal = Database(NOBODY), Journal(tmp_path)
    call = call_to(demo_hotel, away, journal)
    outcome = await create_lead(call, told(name="Maria Lopez", **BOOKING))
    assert outcome.receipt is not None
    assert outcome.content["stored"] == "journal"
    assert journal.waiting
    await create_lead(call, told(email="maria@example.com"))
    await away.aclose()
    assert await journal.drain(database) == 2
    assert not journal.waiting
    async with database.read() as session:
        (lead,) = await leads_at(session, demo_hotel.id)
    assert (lead.id, lead.name, lead.email, lead.check_in) == (outcome.receipt.id, "Maria Lopez", "maria@example.com", date(2027, 6, 4))


async def test_with_no_place_to_write_it_says_so(demo_hotel: Hotel) -> None:
    class Full(Journal):
        def append(self, kind: str, payload: Any) -> Any:
            raise JournalError("no space")

    away = Database(NOBODY)
    with pytest.raises(StoreAway, match="can't note that down"):
        await create_lead(call_to(demo_hotel, away, Full(Path("unused"))), told(name="Maria Lopez"))
    await away.aclose()


def test_an_id_is_the_same_for_the_same_call_kind_and_day() -> None:
    day = date(2027, 3, 1)
    assert lead_id(CALL, "booking", day) == lead_id(CALL, "booking", day)
    assert lead_id(CALL, "booking", day) != lead_id(CALL, "callback", day)
    assert not set(lead_id(CALL, "booking", day)[-6:]) & set("01IO")
