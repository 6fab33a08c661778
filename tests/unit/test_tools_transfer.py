"""Handing over and saying goodbye."""

from datetime import timedelta

import pytest

from data.hotel import Hotel
from tests.house import CALL, HOTEL, NOON, a_call, hotel
from tools.catalogue import NextStep, Receipt
from tools.farewell import FarewellArguments, end_call
from tools.transfer import TransferArguments, transfer_to_staff

NIGHT = NOON + timedelta(hours=12)


@pytest.mark.parametrize(("house", "now"), [(HOTEL, NOON), (hotel(desk_opens=None, desk_closes=None), NIGHT)])
async def test_the_desk_is_the_next_step(house: Hotel, now: object) -> None:
    outcome = await transfer_to_staff(a_call(house, now=now), TransferArguments(reason="noise"))  # type: ignore[arg-type]
    assert outcome.next_step is NextStep.DESK
    assert outcome.receipt == Receipt("transfer", str(CALL))
    assert "front desk" in outcome.spoken[0]


@pytest.mark.parametrize(("house", "now"), [(HOTEL, NIGHT), (hotel(desk_number=None), NOON)])
@pytest.mark.parametrize(("reason", "arguments"), [("noise", {"kind": "callback", "note": "noise"}), ("", {"kind": "callback"})])
async def test_nobody_there_means_a_message(house: Hotel, now: object, reason: str, arguments: dict[str, str]) -> None:
    outcome = await transfer_to_staff(a_call(house, now=now), TransferArguments(reason=reason))  # type: ignore[arg-type]
    assert outcome.next_step is None
    assert outcome.receipt is None
    assert not outcome.ok
    assert (outcome.follow_duty, outcome.follow_arguments) == ("create_lead", arguments)


async def test_goodbye_ends_the_call() -> None:
    outcome = await end_call(a_call(), FarewellArguments())
    assert outcome.next_step is NextStep.HANG_UP
    assert "The Inn" in outcome.spoken[0]
    assert "Goodbye" in outcome.spoken[0]
