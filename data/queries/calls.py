"""Calls as rows, read back; what the carrier says of them; and those that a crash left open. Running calls: `call_records`."""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from data.errors import NotFound
from data.queries.rows import Record, record
from data.records import (
    CallRecord,
    LeadRecord,
    RecordingRecord,
    StatusRecord,
    ToolUseRecord,
    TurnRecord,
    UtteranceRecord,
    WholeCall,
)
from data.tables import Base, CallRow, CallStatusRow, LeadRow, RecordingRow, ToolUseRow, TurnRow, UtteranceRow

SERVER_STOPPED = "server stopped"
LIST_LIMIT = 50
COUNTED: dict[str, type[Base]] = {
    "turns": TurnRow,
    "utterances": UtteranceRow,
    "tool_uses": ToolUseRow,
    "recordings": RecordingRow,
    "leads": LeadRow,
}


async def finish_open_calls(session: AsyncSession, at: datetime) -> list[UUID]:
    """Finish the calls that a crashed process left open, and their recordings."""
    ended = update(CallRow).where(CallRow.ended_at.is_(None)).values(ended_at=at, end_reason=SERVER_STOPPED)
    left = list((await session.execute(ended.returning(CallRow.id))).scalars())
    recordings = update(RecordingRow).where(RecordingRow.call_id.in_(left), RecordingRow.state == "recording")
    await session.execute(recordings.values(state="finished"))
    return left


async def add_status(session: AsyncSession, status: StatusRecord) -> bool:
    """Store a status callback; False if it was told before."""
    statement = insert(CallStatusRow).values(**asdict(status)).on_conflict_do_nothing().returning(CallStatusRow.id)
    return bool((await session.execute(statement)).all())


async def statuses(session: AsyncSession, call_sid: str) -> list[StatusRecord]:
    """The call's statuses in the carrier's order, whatever order they came in."""
    ordered = select(CallStatusRow).where(CallStatusRow.call_sid == call_sid)
    ordered = ordered.order_by(CallStatusRow.kind, CallStatusRow.sequence, CallStatusRow.at, CallStatusRow.id)
    return [record(StatusRecord, row) for row in (await session.execute(ordered)).scalars()]


async def call_by_sid(session: AsyncSession, call_sid: str) -> CallRecord | None:
    row = (await session.execute(select(CallRow).where(CallRow.call_sid == call_sid))).scalar_one_or_none()
    return record(CallRecord, row) if row else None


async def list_calls(session: AsyncSession, limit: int = LIST_LIMIT) -> list[CallRecord]:
    """The newest calls first."""
    newest = select(CallRow).order_by(CallRow.started_at.desc(), CallRow.id).limit(limit)
    return [record(CallRecord, row) for row in (await session.execute(newest)).scalars()]


async def show_call(session: AsyncSession, call_id: UUID) -> WholeCall:
    """A call with its turns, utterances, tool uses, recordings, leads and statuses. Raises NotFound."""
    row = await session.get(CallRow, call_id)
    if row is None:
        raise NotFound(f"no call {call_id}")

    async def of_call(kind: type[Record], table: Any, *order: Any) -> tuple[Record, ...]:
        rows = await session.execute(select(table).where(table.call_id == call_id).order_by(*order))
        return tuple(record(kind, found) for found in rows.scalars())

    return WholeCall(
        call=record(CallRecord, row),
        turns=await of_call(TurnRecord, TurnRow, TurnRow.number),
        utterances=await of_call(UtteranceRecord, UtteranceRow, UtteranceRow.number),
        tool_uses=await of_call(ToolUseRecord, ToolUseRow, ToolUseRow.id),
        recordings=await of_call(RecordingRecord, RecordingRow, RecordingRow.id),
        leads=await of_call(LeadRecord, LeadRow, LeadRow.created_at),
        statuses=tuple(await statuses(session, row.call_sid)),
    )


async def count_rows(session: AsyncSession, call_id: UUID) -> dict[str, int]:
    """How many rows the call has, per table."""

    def count(table: Any, column: Any) -> Any:
        return select(func.count()).select_from(table).where(column == call_id).scalar_subquery()

    columns = [count(CallRow, CallRow.id).label("calls")]
    columns += [count(table, table.call_id).label(name) for name, table in COUNTED.items()]  # type: ignore[attr-defined]
    return dict((await session.execute(select(*columns))).one()._mapping)
