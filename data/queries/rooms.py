"""Room types, nights and fees of a hotel."""

from datetime import date

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from data.queries.rows import record
from data.records import Fee, Night, RoomType
from data.tables import FeeRow, RoomTypeRow

NIGHTS = text("""
    SELECT n.room_type_id, n.night, n.total - n.booked - n.held AS free, price.price_cents
    FROM inventory_nights n
    CROSS JOIN LATERAL (
        SELECT r.price_cents FROM rates r
        WHERE r.room_type_id = n.room_type_id AND n.night BETWEEN r.first_night AND r.last_night
          AND r.weekdays & (1 << (extract(isodow FROM n.night)::int - 1)) <> 0
        ORDER BY r.rank DESC LIMIT 1
    ) price
    WHERE n.hotel_id = :hotel_id AND n.night >= :first AND n.night < :until
    ORDER BY n.room_type_id, n.night
""")


async def room_types(session: AsyncSession, hotel_id: int) -> list[RoomType]:
    """In the hotel's own order."""
    rows = await session.execute(select(RoomTypeRow).where(RoomTypeRow.hotel_id == hotel_id).order_by(RoomTypeRow.sort_order, RoomTypeRow.id))
    return [record(RoomType, row) for row in rows.scalars()]


async def nights(session: AsyncSession, hotel_id: int, first: date, until: date) -> list[Night]:
    """What is free and what it costs, per room type and night, `until` not included. A night without a price is not sold."""
    rows = await session.execute(NIGHTS, {"hotel_id": hotel_id, "first": first, "until": until})
    return [Night(row.room_type_id, row.night, row.free, row.price_cents) for row in rows]


async def fees(session: AsyncSession, hotel_id: int) -> list[Fee]:
    """Mandatory ones first."""
    rows = await session.execute(select(FeeRow).where(FeeRow.hotel_id == hotel_id).order_by(FeeRow.mandatory.desc(), FeeRow.id))
    return [record(Fee, row) for row in rows.scalars()]
