"""Availability on the demo hotel's rows, as it is on Monday, March 1st, 2027."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import update

from data.database import Database
from data.hotel import Hotel
from data.tables import FeeRow, InventoryNightRow, RoomTypeRow
from tests.house import a_call
from tools.availability import AvailabilityArguments, as_json, check_room_availability, find_rooms
from tools.catalogue import Outcome
from tools.errors import Refused

TODAY = date(2027, 3, 1)


async def ask(database: Database, hotel: Hotel, **arguments: Any) -> Outcome:
    asked = AvailabilityArguments.model_validate({"adults": 2} | arguments)
    return await check_room_availability(a_call(hotel, database=database), asked)


async def sell_out(database: Database, hotel: Hotel, first: date, until: date, *, code: str | None = None) -> None:
    """Every room of those nights is booked."""
    taken = update(InventoryNightRow).where(InventoryNightRow.hotel_id == hotel.id)
    taken = taken.where(InventoryNightRow.night >= first, InventoryNightRow.night < until)
    if code is not None:
        taken = taken.where(InventoryNightRow.room_type_id == RoomTypeRow.id, RoomTypeRow.code == code)
    async with database.begin() as session:
        await session.execute(taken.values(booked=InventoryNightRow.total - InventoryNightRow.held))


async def test_the_total_comes_first_then_its_parts(database: Database, demo_hotel: Hotel) -> None:
    outcome = await ask(database, demo_hotel, check_in="2027-05-04", nights=2)
    assert outcome.ok
    option = outcome.content["options"][0]
    assert next(iter(option)) == "room_type"
    assert option["room_type"] == "standard-queen"
    assert option["per_night"][0] == {"minor": 14900, "currency": "USD", "text": "$149"}
    tax = round(29800 * 0.09) + round(29800 * 0.02)
    assert option["total"]["minor"] == 29800 + tax
    assert option["tax_total"]["minor"] == tax
    first = outcome.spoken[0]
    assert first == (
        "For Tuesday, May 4th to Thursday, May 6th, two nights, a Standard Queen is $330.78 in all, taxes included: "
        "that is $149 a night plus $32.78 in taxes."
    )
    assert outcome.spoken[1].startswith("I also have a Double Queen for $")
    assert outcome.offers == ("Standard Queen", "Double Queen", "Harbor King")
    assert outcome.follow_up == "Shall I put in a request for the Standard Queen?"
    assert outcome.follow_duty == "create_lead"
    assert outcome.follow_arguments == {
        "kind": "booking",
        "adults": 2,
        "children": 0,
        "check_in": "2027-05-04",
        "check_out": "2027-05-06",
        "interest": "Standard Queen",
    }


async def test_nights_of_different_price_are_given_as_a_sum(database: Database, demo_hotel: Hotel) -> None:
    outcome = await ask(database, demo_hotel, check_in="2027-05-06", check_out="2027-05-08")
    assert "that is $318 for the room plus" in outcome.spoken[0]


async def test_seasons_and_weekends(database: Database, demo_hotel: Hotel) -> None:
    prices = {}
    for day in ("2027-03-02", "2027-03-05", "2027-07-06", "2027-07-09", "2027-12-31"):
        outcome = await ask(database, demo_hotel, check_in=day, nights=1)
        prices[day] = outcome.content["options"][0]["room_total"]["minor"]
    assert prices == {"2027-03-02": 11900, "2027-03-05": 13900, "2027-07-06": 20900, "2027-07-09": 23900, "2027-12-31": 21900}


async def test_a_pet_pays_its_fee_and_gets_a_room_that_takes_pets(database: Database, demo_hotel: Hotel) -> None:
    outcome = await ask(database, demo_hotel, check_in="2027-05-04", nights=1, pets=True)
    assert outcome.content["options"][0]["fees"] == [{"name": "pet fee", "minor": 4000, "currency": "USD", "text": "$40"}]
    assert "in all, taxes and fees included" in outcome.spoken[0]
    assert "plus the $40 pet fee and $" in outcome.spoken[0]
    assert all(option["room_type"] != "harbor-suite" for option in outcome.content["options"])


async def test_mandatory_fees_are_in_the_total(database: Database, demo_hotel: Hotel) -> None:
    async with database.begin() as session:
        await session.execute(update(FeeRow).where(FeeRow.code == "parking").values(mandatory=True))
    outcome = await ask(database, replace(demo_hotel, taxes=()), check_in="2027-05-04", nights=2)
    assert outcome.content["options"][0]["total"]["minor"] == 29800 + 5000
    assert "in all, fees included: that is $149 a night plus the $50 parking." in outcome.spoken[0]


async def test_without_fees_and_taxes_a_total_is_just_that(database: Database, demo_hotel: Hotel) -> None:
    outcome = await ask(database, replace(demo_hotel, taxes=()), check_in="2027-05-04", nights=1)
    assert "a Standard Queen is $149 in all: that is $149 a night." in outcome.spoken[0]


async def test_a_family_gets_rooms_that_hold_it(database: Database, demo_hotel: Hotel) -> None:
    outcome = await ask(database, demo_hotel, check_in="2027-05-04", nights=1, adults=2, children=2)
    assert [option["room_type"] for option in outcome.content["options"]][:2] == ["double-queen", "harbor-suite"]


async def test_a_larger_party_hears_how_many_rooms_it_needs(database: Database, demo_hotel: Hotel) -> None:
    outcome = await ask(database, demo_hotel, check_in="2027-05-04", nights=1, adults=7)
    assert outcome.spoken[0] == "For seven guests you would need two rooms."
    assert "two Double Queens are $" in outcome.spoken[1]
    assert "$169 a night for each room" in outcome.spoken[1]
    assert outcome.follow_up == "Shall I put in a request for those Double Queens?"


async def test_the_last_rooms_are_called_so(database: Database, demo_hotel: Hotel) -> None:
    one = await ask(database, demo_hotel, check_in="2027-03-12", nights=1, room_type="a king")
    assert one.content["options"][0]["left"] == 1
    assert "That is the last one we have." in one.spoken
    two = await ask(database, demo_hotel, check_in="2027-05-02", nights=1, rooms=2, room_type="suite")
    assert "Those are the last ones we have." in two.spoken


async def test_only_the_kind_asked_for_is_offered_when_it_is_free(database: Database, demo_hotel: Hotel) -> None:
    outcome = await ask(database, demo_hotel, check_in="2027-05-03", nights=1, room_type="king room")
    assert outcome.offers == ("Harbor King",)


@pytest.mark.parametrize(("wish", "named"), [("king", "Harbor King"), ("penthouse", "penthouse")])
async def test_another_kind_is_offered_when_the_one_asked_for_is_gone(database: Database, demo_hotel: Hotel, wish: str, named: str) -> None:
    await sell_out(database, demo_hotel, date(2027, 5, 4), date(2027, 5, 6), code="harbor-king")
    outcome = await ask(database, demo_hotel, check_in="2027-05-04", nights=2, room_type=wish)
    assert outcome.spoken[0] == f"I have no {named} from Tuesday, May 4th to Thursday, May 6th."
    assert outcome.offers[0] == "Standard Queen"


async def test_a_full_house_offers_the_nearest_days(database: Database, demo_hotel: Hotel) -> None:
    await sell_out(database, demo_hotel, date(2027, 5, 4), date(2027, 5, 6))
    outcome = await ask(database, demo_hotel, check_in="2027-05-04", nights=2)
    assert outcome.content["available"] is False
    assert [option["check_in"] for option in outcome.content["alternatives"]] == ["2027-05-06", "2027-05-02", "2027-05-07"]
    assert outcome.spoken[0] == "I'm sorry, we have nothing free from Tuesday, May 4th to Thursday, May 6th."
    assert outcome.spoken[1].startswith("The nearest I have is Thursday, May 6th to Saturday, May 8th, two nights: a Standard Queen for $")
    assert outcome.spoken[2] == "You could also arrive on Sunday, May 2nd or Friday, May 7th."
    assert outcome.follow_arguments["check_in"] == "2027-05-06"


async def test_a_kind_that_is_gone_everywhere_near(database: Database, demo_hotel: Hotel) -> None:
    await sell_out(database, demo_hotel, date(2027, 5, 4), date(2027, 5, 5))
    await sell_out(database, demo_hotel, date(2027, 4, 20), date(2027, 5, 5), code="harbor-king")
    await sell_out(database, demo_hotel, date(2027, 5, 6), date(2027, 5, 30), code="harbor-king")
    outcome = await ask(database, demo_hotel, check_in="2027-05-04", nights=1, room_type="king")
    assert outcome.spoken[0] == "I have no Harbor King from Tuesday, May 4th to Wednesday, May 5th."
    assert outcome.spoken[1].startswith("The nearest I have is Wednesday, May 5th to Thursday, May 6th, one night: a Harbor King")
    assert len(outcome.spoken) == 2


async def test_nothing_at_all_near(database: Database, demo_hotel: Hotel) -> None:
    await sell_out(database, demo_hotel, date(2027, 4, 1), date(2027, 6, 1))
    outcome = await ask(database, demo_hotel, check_in="2027-05-04", nights=2)
    assert outcome.spoken == ("I'm sorry, we have nothing free from Tuesday, May 4th to Thursday, May 6th, nor in the week before or after.",)
    assert outcome.offers == ()
    assert outcome.follow_duty == "create_lead"
    assert outcome.follow_arguments["check_out"] == "2027-05-06"


@pytest.mark.parametrize(
    ("wish", "column", "sentence"),
    [
        ("smoking", None, "All our rooms are non-smoking."),
        ("pets", "pets_allowed", "I'm afraid we have no rooms for pets."),
        ("accessible", "accessible", "I'm afraid we have no accessible rooms."),
    ],
)
async def test_a_wish_that_the_house_cannot_meet_is_said(database: Database, demo_hotel: Hotel, wish: str, column: str | None, sentence: str) -> None:
    if column:
        async with database.begin() as session:
            await session.execute(update(RoomTypeRow).values({column: False}))
    outcome = await ask(database, demo_hotel, check_in="2027-05-04", nights=1, **{wish: True})
    assert outcome.spoken[0] == sentence
    assert outcome.content["notes"] == [sentence]
    assert outcome.content["available"]


async def test_accessible_rooms_are_kept_for_those_who_need_them(database: Database, demo_hotel: Hotel) -> None:
    plain = await ask(database, demo_hotel, check_in="2027-05-04", nights=1)
    assert "Accessible Queen" not in plain.offers
    needed = await ask(database, demo_hotel, check_in="2027-05-04", nights=1, accessible=True)
    assert needed.offers == ("Accessible Queen",)


async def test_where_rooms_are_on_request_the_desk_confirms(database: Database, demo_hotel: Hotel) -> None:
    outcome = await ask(database, replace(demo_hotel, inventory="request"), check_in="2027-05-04", nights=1)
    assert outcome.content["on_request"] is True
    assert outcome.spoken[-1] == "The desk confirms every room here, so I can only put in a request."


@pytest.mark.parametrize(
    ("arguments", "missing", "words"),
    [
        ({"check_in": "2027-02-28", "nights": 1}, ("check_in",), "Sunday, February 28th has already passed"),
        ({"check_in": "2027-05-04"}, ("check_out",), "How many nights"),
        ({"check_in": "2027-05-04", "check_out": "2027-05-04"}, ("check_out",), "You would leave after Tuesday, May 4th"),
        ({"check_in": "2027-05-04", "nights": 31}, (), "For more than 30 nights"),
        ({"check_in": "2027-05-04", "nights": 1, "rooms": 10}, (), "For a group that large"),
        ({"check_in": "2027-05-04", "nights": 1, "adults": 90}, (), "For a group that large"),
        ({"check_in": "2031-05-04", "nights": 1}, ("check_in",), "We don't take bookings for Sunday, May 4th to Monday, May 5th, 2031 yet"),
    ],
)
async def test_what_cannot_be_looked_up_is_refused_in_words(
    database: Database, demo_hotel: Hotel, arguments: dict[str, Any], missing: tuple[str, ...], words: str
) -> None:
    with pytest.raises(Refused, match=words) as refused:
        await ask(database, demo_hotel, **arguments)
    assert refused.value.missing == missing


async def test_the_day_is_the_hotels_own(database: Database, demo_hotel: Hotel) -> None:
    assert demo_hotel.timezone == "America/New_York"
    outcome = await ask(database, demo_hotel, check_in=TODAY.isoformat(), nights=1)
    assert outcome.ok


async def test_the_public_answer_is_the_same_as_the_desks(database: Database, demo_hotel: Hotel) -> None:
    arguments = AvailabilityArguments(check_in=date(2027, 5, 4), nights=2, adults=2)
    findings = await find_rooms(database, demo_hotel, TODAY, arguments)
    assert as_json(findings, demo_hotel) == (await ask(database, demo_hotel, check_in="2027-05-04", nights=2)).content
