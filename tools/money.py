"""Money in integer minor units, and what a stay costs: worked out here and nowhere else. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from data.hotel import Tax
from data.records import Fee

SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}
WHOLE_UNITS = {"JPY"}
"""Currencies without minor units."""
BASIS_POINTS = 10_000


def written(minor: int, currency: str) -> str:
    """17900 → "$179", 41250 → "$412.50"; a currency without a sign is named: "CHF 412.50"."""
    sign = SIGNS.get(currency, currency + " ")
    if currency in WHOLE_UNITS:
        return f"{sign}{minor:,}"
    units, cents = divmod(minor, 100)
    return f"{sign}{units:,}.{cents:02d}" if cents else f"{sign}{units:,}"


def as_content(minor: int, currency: str) -> dict[str, Any]:
    """For a model: minor units and the written form."""
    return {"minor": minor, "currency": currency, "text": written(minor, currency)}


def share(minor: int, basis_points: int) -> int:
    """That part of an amount, rounded half up."""
    return (minor * basis_points + BASIS_POINTS // 2) // BASIS_POINTS


@dataclass(frozen=True, slots=True)
class Charge:
    name: str
    minor: int


@dataclass(frozen=True, slots=True)
class StayPrice:
    """A whole stay's price and its parts, in minor units."""

    currency: str
    nightly: tuple[int, ...]
    """One room's price, night by night."""
    rooms: int
    room_total: int
    fees: tuple[Charge, ...]
    taxes: tuple[Charge, ...]

    @property
    def fee_total(self) -> int:
        return sum(fee.minor for fee in self.fees)

    @property
    def tax_total(self) -> int:
        return sum(tax.minor for tax in self.taxes)

    @property
    def total(self) -> int:
        """What the guest pays in all."""
        return self.room_total + self.fee_total + self.tax_total


def price_stay(
    nightly: Sequence[int], rooms: int, fees: Sequence[Fee], taxes: Sequence[Tax], currency: str, asked: Collection[str] = ()
) -> StayPrice:
    """Mandatory fees are due for each room, those in `asked` (by code) once. Taxes are worked out on the whole stay, each rounded once."""
    room_total = sum(nightly) * rooms
    charges = []
    for fee in fees:
        if fee.mandatory or fee.code in asked:
            times = rooms if fee.mandatory else 1
            amounts = {
                "per_stay": fee.amount * times,
                "per_night": fee.amount * times * len(nightly),
                "percent": share(room_total, fee.amount),
            }
            charges.append(Charge(fee.name, amounts[fee.kind]))
    fee_total = sum(charge.minor for charge in charges)
    due = [Charge(tax.name, share(room_total + (fee_total if tax.on_fees else 0), tax.basis_points)) for tax in taxes]
    return StayPrice(currency, tuple(nightly), rooms, room_total, tuple(charges), tuple(due))
