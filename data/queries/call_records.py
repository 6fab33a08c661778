"""The records of running calls, many at once and in order: as few statements as kinds, so that forty calls cost hardly more than one."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import func, update
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncSession

from data.records import CallRecord, CallUpdate, RecordingRecord, ToolUseRecord, TurnRecord, UtteranceRecord
from data.tables import Base, CallRow, RecordingRow, ToolUseRow, TurnRow, UtteranceRow

Record = CallRecord | CallUpdate | TurnRecord | UtteranceRecord | ToolUseRecord | RecordingRecord

_KEYS: dict[type[Any], tuple[type[Base], tuple[str, ...]]] = {
    TurnRecord: (TurnRow, ("call_id", "number")),
    UtteranceRecord: (UtteranceRow, ("call_id", "number")),
    RecordingRecord: (RecordingRow, ("call_id", "path")),
}
_FIRST_STAYS = ("ended_at", "end_reason")


async def write_records(session: AsyncSession, records: Sequence[Record]) -> None:
    """Store them; a turn, utterance or recording told again takes the later values, a call told again stays as it is."""
    for kind, group in groupby(sorted(records, key=_order), key=type):
        if kind is CallUpdate:
            for change in group:
                await _update(session, change)  # type: ignore[arg-type]
        else:
            rows = _latest(kind, [asdict(record) for record in group])
            await session.execute(_STATEMENTS[kind], rows)


async def _update(session: AsyncSession, change: CallUpdate) -> None:
    values = {name: func.coalesce(getattr(CallRow, name), value) if name in _FIRST_STAYS else value for name, value in change.values.items()}
    if values:
        await session.execute(update(CallRow).where(CallRow.id == change.call_id).values(**values))


def _order(record: Record) -> int:
    """Calls first, for the others refer to them; within a kind the order stays."""
    return _KINDS.index(type(record))


def _latest(kind: type[Any], rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row a key: PostgreSQL refuses to touch a row twice in one statement."""
    if kind not in _KEYS:
        return rows
    _, key = _KEYS[kind]
    return list({tuple(row[name] for name in key): row for row in rows}.values())


def _upsert(kind: type[Any]) -> Insert:
    table, key = _KEYS[kind]
    statement = insert(table)
    later = {field.name: statement.excluded[field.name] for field in fields(kind) if field.name not in key}
    return statement.on_conflict_do_update(index_elements=list(key), set_=later)


_KINDS: list[type[Any]] = [CallRecord, CallUpdate, TurnRecord, UtteranceRecord, ToolUseRecord, RecordingRecord]
_STATEMENTS: dict[type[Any], Insert] = {kind: _upsert(kind) for kind in _KEYS} | {
    CallRecord: insert(CallRow).on_conflict_do_nothing(),
    ToolUseRecord: insert(ToolUseRow),
}


def to_json(record: Record) -> dict[str, Any]:
    """For the journal."""
    plain: dict[str, Any] = orjson.loads(orjson.dumps(asdict(record)))
    return plain | {"kind": type(record).__name__}


def from_json(plain: dict[str, Any]) -> Record:
    """Back from the journal."""
    kind = next(kind for kind in _KINDS if kind.__name__ == plain["kind"])
    values = {name: _typed(name, value) for name, value in plain.items() if name != "kind"}
    if kind is CallUpdate:
        values["values"] = {name: _typed(name, value) for name, value in values["values"].items()}
    record: Record = kind(**values)
    return record


def _typed(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in ("id", "call_id"):
        return UUID(value)
    if name.endswith("_at"):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if name in ("check_in", "check_out") else value
