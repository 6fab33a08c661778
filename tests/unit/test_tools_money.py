"""Amounts written, and stays priced."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.hotel import Tax
from data.records import Fee
from tools.money import as_content, price_stay, share, written


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (41250, "USD", "$412.50"),
        (17900, "USD", "$179"),
        (5, "USD", "$0.05"),
        (0, "USD", "$0"),
        (123456700, "USD", "$1,234,567"),
        (105886, "EUR", "€1,058.86"),
        (18000, "JPY", "¥18,000"),
        (9950, "CHF", "CHF 99.50"),
    ],
)
def test_written(minor: int, currency: str, text: str) -> None:
    assert written(minor, currency) == text
    assert as_content(minor, currency) == {"minor": minor, "currency": currency, "text": text}


@pytest.mark.parametrize(("minor", "basis_points", "part"), [(10000, 825, 825), (101, 5000, 51), (99, 50, 0), (100, 50, 1), (0, 900, 0)])
def test_a_share_is_rounded_half_up(minor: int, basis_points: int, part: int) -> None:
    assert share(minor, basis_points) == part


FEES = (
    Fee("house", "house fee", "per_night", True, 1200),
    Fee("cleaning", "cleaning fee", "per_stay", True, 3000),
    Fee("service", "service fee", "percent", True, 500),
    Fee("pet", "pet fee", "per_stay", False, 4000),
    Fee("parking", "parking", "per_night", False, 2500),
)


def test_a_stay_is_rooms_then_fees_then_taxes() -> None:
    taxes = (Tax("state tax", 900, on_fees=True), Tax("town tax", 200))
    price = price_stay([10000, 12000], 2, FEES, taxes, "USD", {"pet"})
    assert price.room_total == 44000
    assert {fee.name: fee.minor for fee in price.fees} == {
        "house fee": 1200 * 2 * 2,
        "cleaning fee": 3000 * 2,
        "service fee": 2200,
        "pet fee": 4000,
    }
    fees = 4800 + 6000 + 2200 + 4000
    assert [tax.minor for tax in price.taxes] == [round((44000 + fees) * 0.09), 880]
    assert price.total == 44000 + fees + 5490 + 880
    assert price.fee_total == fees
    assert price.tax_total == 5490 + 880


def test_nothing_is_charged_that_nobody_asked_for() -> None:
    price = price_stay([10000], 1, [fee for fee in FEES if not fee.mandatory], (), "USD")
    assert price.total == 10000
    assert price.fees == ()


def test_parking_is_counted_once_a_night_whatever_the_rooms() -> None:
    assert price_stay([10000, 10000, 10000], 2, FEES[4:], (), "USD", {"parking"}).fee_total == 7500


nightly = st.lists(st.integers(1, 500_000), min_size=1, max_size=30)
fees = st.lists(
    st.builds(Fee, st.just("f"), st.just("fee"), st.sampled_from(["per_stay", "per_night", "percent"]), st.booleans(), st.integers(0, 5000)),
    max_size=4,
)
taxes = st.lists(st.builds(Tax, st.just("tax"), st.integers(0, 3000), st.booleans()), max_size=4)


@given(nightly, st.integers(1, 9), fees, taxes)
def test_a_total_is_the_sum_of_its_parts_in_whole_cents(prices: list[int], rooms: int, some: list[Fee], due: list[Tax]) -> None:
    price = price_stay(prices, rooms, some, due, "USD")
    assert price.total == sum(prices) * rooms + sum(fee.minor for fee in price.fees) + sum(tax.minor for tax in price.taxes)
    assert all(isinstance(charge.minor, int) and charge.minor >= 0 for charge in (*price.fees, *price.taxes))
    assert price.total >= price.room_total


@given(nightly, fees, taxes)
def test_the_order_of_nights_does_not_change_the_total(prices: list[int], some: list[Fee], due: list[Tax]) -> None:
    assert price_stay(prices, 1, some, due, "USD").total == price_stay(prices[::-1], 1, some, due, "USD").total


@given(st.integers(0, 10**9), st.integers(0, 10_000))
def test_a_share_is_never_off_by_more_than_half_a_cent(minor: int, basis_points: int) -> None:
    assert abs(share(minor, basis_points) * 10_000 - minor * basis_points) <= 5_000


@given(st.integers(0, 10**9))
def test_what_is_written_reads_back_to_the_amount(minor: int) -> None:
    assert round(float(written(minor, "USD").lstrip("$").replace(",", "")) * 100) == minor
