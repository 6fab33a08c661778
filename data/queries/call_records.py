"""The records of running calls, many at once and in order: as few statements as kinds, so that forty calls cost hardly more than one.

Rows travel as one JSON array a statement, which PostgreSQL takes apart: nothing is compiled or bound value by value here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import date, datetime
from functools import lru_cache
from itertools import groupby
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from data.records import CallRecord, CallUpdate, RecordingRecord, ToolUseRecord, TurnRecord, UtteranceRecord
from data.tables import Base, CallRow, RecordingRow, ToolUseRow, TurnRow, UtteranceRow

Record = CallRecord | CallUpdate | TurnRecord | UtteranceRecord | ToolUseRecord | RecordingRecord

_KINDS: list[type[Any]] = [CallRecord, CallUpdate, TurnRecord, UtteranceRecord, ToolUseRecord, RecordingRecord]
_KEYS: dict[type[Any], tuple[str, ...]] = {
    TurnRecord: ("call_id", "number"),
    UtteranceRecord: ("call_id", "number"),
    RecordingRecord: ("call_id", "path"),
}
"""What a row told again is known by."""
_FIRST_STAYS = frozenset({"ended_at", "end_reason"})
_CALL_COLUMNS = frozenset(CallRow.__table__.columns.keys())


async def write_records(session: AsyncSession, records: Sequence[Record]) -> None:
    """Store them; a turn, utterance or recording told again takes the later values, a call told again stays as it is.

    Raises ValueError: something in them cannot be stored.
    """
    connection = await session.connection()
    for kind, group in groupby(sorted(records, key=_order), key=type):
        if kind is CallUpdate:
            for names, rows in _changes(group):  # type: ignore[arg-type]
                await _send(connection, _update(names), rows)
        else:
            await _send(connection, _INSERTS[kind], _latest(kind, group))


async def _send(connection: AsyncConnection, statement: str, rows: Sequence[Any]) -> None:
    try:
        text = orjson.dumps(rows, default=str).decode()
    except TypeError as error:
        raise ValueError("a row that is no text") from error
    await connection.exec_driver_sql(statement, (text,))


def _order(record: Record) -> int:
    """Calls first, for the others refer to them; within a kind the order stays."""
    return _KINDS.index(type(record))


def _latest(kind: type[Any], records: Iterable[Any]) -> list[Any]:
    """One row a key: PostgreSQL refuses to touch a row twice in one statement."""
    if kind not in _KEYS:
        return list(records)
    one, other = _KEYS[kind]
    return list({(getattr(record, one), getattr(record, other)): record for record in records}.values())


def _changes(updates: Iterable[CallUpdate]) -> Iterable[tuple[tuple[str, ...], list[dict[str, Any]]]]:
    """What changes in each call, by the columns that change."""
    calls: dict[UUID, dict[str, Any]] = {}
    for update in updates:
        known = calls.setdefault(update.call_id, {})
        known |= {name: value for name, value in update.values.items() if name not in _FIRST_STAYS or known.get(name) is None}
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for call_id, values in calls.items():
        if values:
            alike.setdefault(tuple(sorted(values)), []).append(values | {"id": call_id})
    return alike.items()


def _rows(table: type[Base]) -> str:
    return f"jsonb_populate_recordset(NULL::{table.__tablename__}, %s::jsonb)"


def _insert(kind: type[Any], table: type[Base]) -> str:
    names = ", ".join(field.name for field in fields(kind))
    later = ", ".join(f"{field.name} = excluded.{field.name}" for field in fields(kind) if field.name not in _KEYS.get(kind, ()))
    again = f"ON CONFLICT ({', '.join(_KEYS[kind])}) DO UPDATE SET {later}" if kind in _KEYS else "ON CONFLICT DO NOTHING"
    return f"INSERT INTO {table.__tablename__} ({names}) SELECT {names} FROM {_rows(table)} {again}"  # noqa: S608 - our own names


@lru_cache
def _update(names: tuple[str, ...]) -> str:
    """Raises ValueError: no such column."""
    if not _CALL_COLUMNS.issuperset(names):
        raise ValueError("no column of a call")
    changes = (f"{name} = " + (f"coalesce(calls.{name}, new.{name})" if name in _FIRST_STAYS else f"new.{name}") for name in names)
    return f"UPDATE calls SET {', '.join(changes)} FROM {_rows(CallRow)} AS new WHERE calls.id = new.id"  # noqa: S608 - columns by name


_INSERTS: dict[type[Any], str] = {
    kind: _insert(kind, table)
    for kind, table in (
        (CallRecord, CallRow),
        (TurnRecord, TurnRow),
        (UtteranceRecord, UtteranceRow),
        (ToolUseRecord, ToolUseRow),
        (RecordingRecord, RecordingRow),
    )
}


def to_json(record: Record) -> dict[str, Any]:
    """For the journal."""
    plain: dict[str, Any] = orjson.loads(orjson.dumps(record))
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
