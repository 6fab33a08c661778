"""The rows of all calls on their way to PostgreSQL: in order, many in one transaction; while it is away, to the journal."""

import asyncio
from collections import deque
from itertools import islice

import structlog
from sqlalchemy.exc import DBAPIError

from data.database import Database
from data.errors import DatabaseUnavailable, JournalError
from data.journal import Journal
from data.queries.call_records import write_records
from telephony.call_log import Record

GATHER_S = 0.5
"""How long rows gather before they are written."""
MOST_AT_ONCE = 500
MOST_WAITING = 200_000
"""Rows kept in memory while neither PostgreSQL nor the disk takes them; beyond it the oldest are lost."""
FLUSH_LIMIT_S = 3.0
"""How long a flush waits; what is not written then stays queued."""
RETRY_S = 2.0
"""How long until rows are offered again that nobody took."""

log = structlog.get_logger()


class RowWriter:
    """One task for the whole process: `run` it, `put` rows from anywhere on the loop, `close` it to let it finish."""

    def __init__(self, database: Database, journal: Journal) -> None:
        self._database, self._journal = database, journal
        self._waiting: deque[Record] = deque(maxlen=MOST_WAITING)
        self._wake = asyncio.Event()
        self._written = asyncio.Condition()
        self._closing = False
        self._put = self._done = 0
        self.journaled = 0
        """Rows that went to the journal so far."""

    def put(self, record: Record) -> None:
        self._waiting.append(record)
        self._put += 1
        self._wake.set()

    async def flush(self) -> None:
        """Until what was put before is stored or journaled, at most FLUSH_LIMIT_S."""
        upto = self._put
        try:
            async with asyncio.timeout(FLUSH_LIMIT_S), self._written:
                await self._written.wait_for(lambda: self._done >= upto)
        except TimeoutError:
            log.warning("rows are late", waiting=len(self._waiting))

    def close(self) -> None:
        """`run` returns once everything is written."""
        self._closing = True
        self._wake.set()

    async def run(self) -> None:
        """Until closed."""
        while not self._closing:
            await self._wake.wait()
            if not self._closing:
                await asyncio.sleep(GATHER_S)
            self._wake.clear()
            await self._write_all()
        await self._write_all()

    async def _write_all(self) -> None:
        while self._waiting:
            batch = list(islice(self._waiting, MOST_AT_ONCE))
            try:
                await self._store(batch)
            except JournalError:
                log.exception("rows neither stored nor journaled", waiting=len(self._waiting))
                if self._closing:
                    return
                await asyncio.sleep(RETRY_S)
                continue
            for _ in batch:
                self._waiting.popleft()
            async with self._written:
                self._done += len(batch)
                self._written.notify_all()

    async def _store(self, batch: list[Record]) -> None:
        """To PostgreSQL, after what lies in the journal, for later rows build on it; to the journal while it is away. Raises JournalError."""
        try:
            if self._journal.waiting:
                await self._journal.drain(self._database)
            async with self._database.begin() as session:
                await write_records(session, batch)
        except DatabaseUnavailable:
            await self._to_journal(batch)
        except (DBAPIError, ValueError) as error:
            await self._one_by_one(batch, error)

    async def _one_by_one(self, batch: list[Record], error: Exception) -> None:
        """PostgreSQL refuses some row of these: the others are stored; that one is left to the journal, which sets it aside."""
        if len(batch) == 1:
            log.error("row refused", kind=type(batch[0]).__name__, reason=type(error).__name__)
            await self._to_journal(batch)
            return
        for record in batch:
            await self._store([record])

    async def _to_journal(self, batch: list[Record]) -> None:
        log.warning("rows journaled", count=len(batch))
        self.journaled += len(batch)
        await asyncio.to_thread(self._journal.append, "records", batch)
