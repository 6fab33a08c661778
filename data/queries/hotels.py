"""Which hotel a call is for."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from data.errors import NotFound
from data.hotel import AnswerMode, Hotel, Tax
from data.tables import HotelNumberRow, HotelRow

PLAIN = (
    *(
        "id",
        "slug",
        "name",
        "town",
        "address",
        "country",
        "rooms",
        "timezone",
        "currency",
        "desk_number",
        "desk_ring_s",
        "desk_opens",
        "desk_closes",
    ),
    *("check_in_from", "check_out_until", "greeting", "voice", "inventory", "calls_per_number_hour", "knowledge_version"),
)


async def _load(session: AsyncSession, condition: Any) -> Hotel | None:
    row = (await session.execute(select(HotelRow).where(condition))).scalar_one_or_none()
    if row is None:
        return None
    numbers = select(HotelNumberRow.number).where(HotelNumberRow.hotel_id == row.id).order_by(HotelNumberRow.position)
    return Hotel(
        numbers=tuple((await session.execute(numbers)).scalars()),
        answer_mode=AnswerMode(row.answer_mode),
        taxes=tuple(Tax(**tax) for tax in row.taxes),
        blocked_numbers=tuple(row.blocked_numbers),
        **{name: getattr(row, name) for name in PLAIN},
    )


async def hotel_by_slug(session: AsyncSession, slug: str) -> Hotel:
    """Raises NotFound."""
    hotel = await _load(session, HotelRow.slug == slug)
    if hotel is None:
        raise NotFound(f"no hotel {slug}")
    return hotel


async def list_hotels(session: AsyncSession) -> list[Hotel]:
    slugs = (await session.execute(select(HotelRow.slug).order_by(HotelRow.id))).scalars().all()
    return [await hotel_by_slug(session, slug) for slug in slugs]
