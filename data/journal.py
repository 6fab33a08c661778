"""What could not be written while PostgreSQL was away: JSON lines, on the disk before they are acknowledged, taken in later, once."""

import asyncio
import os
import threading
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import orjson
import structlog
from pydantic import TypeAdapter
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from data.database import Database
from data.errors import JournalError
from data.queries import call_records
from data.queries.calls import add_status
from data.queries.leads import save_lead
from data.records import LeadRecord, StatusRecord
from data.tables import JournalEntryRow

log = structlog.get_logger()

_LEAD = TypeAdapter(LeadRecord)
_STATUS = TypeAdapter(StatusRecord)


async def _take_in_lead(session: AsyncSession, payload: Any) -> None:
    await save_lead(session, _LEAD.validate_python(payload))


async def _take_in_status(session: AsyncSession, payload: Any) -> None:
    await add_status(session, _STATUS.validate_python(payload))


async def _take_in_records(session: AsyncSession, payload: Sequence[dict[str, Any]]) -> None:
    await call_records.write_records(session, [call_records.from_json(plain) for plain in payload])


@dataclass(frozen=True, slots=True)
class Kind:
    """How an entry is written down, and what it does when it is taken in."""

    plain: Callable[[Any], Any]
    effect: Callable[[AsyncSession, Any], Awaitable[None]]


KINDS: dict[str, Kind] = {
    "lead": Kind(lambda lead: lead, _take_in_lead),
    "status": Kind(lambda status: status, _take_in_status),
    "records": Kind(lambda records: [call_records.to_json(record) for record in records], _take_in_records),
}


class Journal:
    """The file `journal.jsonl` in `folder`. Entries that the database refuses for good are set aside in `journal.refused.jsonl`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = folder / "journal.jsonl"
        self._draining = folder / "journal.draining.jsonl"
        self._refused = folder / "journal.refused.jsonl"
        self._writing = threading.Lock()
        self._one_drain = asyncio.Lock()

    @property
    def waiting(self) -> bool:
        """There are entries to take in."""
        return self._file.exists() or self._draining.exists()

    def append(self, kind: str, payload: Any) -> UUID:
        """Write an entry down; it is on the disk when this returns. Blocks. Raises JournalError.

        `payload`: a LeadRecord for "lead", a StatusRecord for "status", a sequence of a call's records for "records".
        """
        identity = uuid4()
        line = orjson.dumps({"id": identity, "kind": kind, "payload": KINDS[kind].plain(payload)})
        try:
            with self._writing:
                self._write_line(self._file, line)
        except OSError as error:
            raise JournalError(f"{self._file} cannot be written") from error
        return identity

    async def drain(self, database: Database) -> int:
        """Take the entries in, in order, each once however often it is tried; how many. Raises DatabaseUnavailable: the rest stays."""
        taken = 0
        async with self._one_drain:
            while await asyncio.to_thread(self._set_apart):
                for line in await asyncio.to_thread(self._lines):
                    taken += await self._take_in(database, line)
                await asyncio.to_thread(self._draining.unlink)
        return taken

    def _set_apart(self) -> bool:
        """Move what is written so far out of the way of new entries, unless an earlier drain has not ended; False: there is nothing."""
        with self._writing:
            if not self._draining.exists() and self._file.exists():
                self._file.rename(self._draining)
                self._sync_folder()
            return self._draining.exists()

    def _lines(self) -> list[bytes]:
        return [line for line in self._draining.read_bytes().split(b"\n") if line]

    async def _take_in(self, database: Database, line: bytes) -> bool:
        """The entry's effect and the note that it was seen, in one transaction. False: seen before, torn off or refused."""
        try:
            entry = orjson.loads(line)
            identity, kind, payload = UUID(str(entry["id"])), entry["kind"], entry["payload"]
            effect = KINDS[kind].effect
        except (ValueError, KeyError, TypeError):
            log.warning("journal line unreadable", bytes=len(line))
            return False
        try:
            async with database.begin() as session:
                seen = insert(JournalEntryRow).values(id=identity, kind=kind).on_conflict_do_nothing().returning(JournalEntryRow.id)
                if not (await session.execute(seen)).all():
                    return False
                await effect(session, payload)
        except (DBAPIError, ValueError) as error:
            log.warning("journal entry refused", kind=kind, reason=type(error).__name__)
            await asyncio.to_thread(self._write_line, self._refused, line)
            return False
        return True

    def _write_line(self, path: Path, line: bytes) -> None:
        """A line of its own, even after one that a crash tore off."""
        self._folder.mkdir(parents=True, exist_ok=True)
        created = not path.exists()
        with path.open("ab") as file:
            torn = file.seek(0, os.SEEK_END) > 0 and not self._ends_with_newline(path)
            line = b"\n" + line if torn else line
            file.write(line + b"\n")
            file.flush()
            os.fsync(file.fileno())
        if created:
            self._sync_folder()

    @staticmethod
    def _ends_with_newline(path: Path) -> bool:
        with path.open("rb") as file:
            file.seek(-1, os.SEEK_END)
            return file.read(1) == b"\n"

    def _sync_folder(self) -> None:
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
