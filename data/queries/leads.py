"""Leads: made once per call and kind, then filled."""

from dataclasses import asdict
from typing import Any

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from data.queries.rows import record
from data.records import LeadRecord
from data.tables import LeadRow

FILLED = ("name", "phone", "email", "interest", "check_in", "check_out", "guests", "note")


async def save_lead(session: AsyncSession, lead: LeadRecord) -> LeadRecord:
    """Store it, or fill the one with its id: what is told now wins, what is not told stays. Returns what stands."""
    statement = insert(LeadRow).values(**asdict(lead))
    told = statement.excluded
    values: dict[str, Any] = {name: func.coalesce(told[name], getattr(LeadRow, name)) for name in FILLED}
    values |= {"partial": LeadRow.partial & told["partial"], "updated_at": told["updated_at"]}
    statement = statement.on_conflict_do_update(index_elements=["id"], set_=values, where=LeadRow.hotel_id == lead.hotel_id)
    return record(LeadRecord, (await session.execute(statement.returning(LeadRow), execution_options={"populate_existing": True})).scalar_one())
