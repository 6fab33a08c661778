"""Rows on their way: batches, order, and where they go when PostgreSQL does not take them."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import chain
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import pytest
from sqlalchemy.exc import IntegrityError

from data.database import Database
from data.errors import DatabaseUnavailable, JournalError
from data.journal import Journal
from data.records import CallUpdate
from telephony.call_log import Record
from telephony.process import row_writer
from telephony.process.row_writer import RowWriter
from tests import virtual_time

CALL = UUID(int=1)


def row(number: int) -> CallUpdate:
    return CallUpdate(CALL, {"greeting_ms": number})


def numbers(records: Sequence[Record]) -> list[int]:
    return [record.values["greeting_ms"] for record in records if isinstance(record, CallUpdate)]


class Store:
    """A database and a journal that remember. `away`, `refused`: how PostgreSQL behaves; `disk_full`: the journal."""

    def __init__(self) -> None:
        self.stored: list[list[int]] = []
        self.journaled: list[int] = []
        self.away = self.disk_full = False
        self.refused: set[int] = set()

    @asynccontextmanager
    async def begin(self) -> AsyncIterator["Store"]:
        if self.away:
            raise DatabaseUnavailable("away")
        yield self

    async def write(self, _: Any, records: Sequence[Record]) -> None:
        if self.refused & set(numbers(records)):
            raise IntegrityError("", None, ValueError("refused"))
        self.stored.append(numbers(records))

    @property
    def waiting(self) -> bool:
        return bool(self.journaled)

    def append(self, kind: str, records: Sequence[Record]) -> None:
        assert kind == "records"
        if self.disk_full:
            raise JournalError("full")
        self.journaled += numbers(records)

    async def drain(self, _: Any) -> int:
        if self.away:
            raise DatabaseUnavailable("away")
        taken, self.journaled = [each for each in self.journaled if each not in self.refused], []
        self.stored.append(taken)
        return len(taken)


class Run:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.store = Store()
        monkeypatch.setattr(row_writer, "write_records", self.store.write)
        monkeypatch.setattr(asyncio, "to_thread", at_once)
        self.rows = RowWriter(cast("Database", self.store), cast("Journal", self.store))

    async def all(self) -> None:
        """Closed, and everything written."""
        self.rows.close()
        await self.rows.run()


async def at_once(work: Any, *arguments: Any) -> Any:
    return work(*arguments)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    return Run(monkeypatch)


def test_rows_put_together_go_in_one_transaction_in_order(run: Run) -> None:
    async def work() -> None:
        writing = asyncio.ensure_future(run.rows.run())
        for number in range(5):
            run.rows.put(row(number))
        await run.rows.flush()
        run.rows.put(row(5))
        await run.rows.flush()
        assert run.store.stored == [[0, 1, 2, 3, 4], [5]]
        run.rows.close()
        await writing

    virtual_time.run(work())


def test_many_rows_go_in_several_batches(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_writer, "MOST_AT_ONCE", 2)
    for number in range(5):
        run.rows.put(row(number))
    virtual_time.run(run.all())
    assert run.store.stored == [[0, 1], [2, 3], [4]]


def test_rows_are_journaled_while_postgresql_is_away_and_go_in_before_later_ones(run: Run) -> None:
    async def work() -> None:
        writing = asyncio.ensure_future(run.rows.run())
        run.store.away = True
        run.rows.put(row(1))
        await run.rows.flush()
        assert (run.store.stored, run.store.journaled, run.rows.journaled) == ([], [1], 1)
        run.store.away = False
        run.rows.put(row(2))
        await run.rows.flush()
        assert run.store.stored == [[1], [2]]
        assert not run.store.waiting
        run.rows.close()
        await writing

    virtual_time.run(work())


def test_a_row_that_is_refused_does_not_take_the_others_along(run: Run) -> None:
    run.store.refused = {2}
    for number in range(4):
        run.rows.put(row(number))
    virtual_time.run(run.all())
    assert sorted(chain.from_iterable(run.store.stored)) == [0, 1, 3]


def test_rows_that_nobody_takes_wait_and_are_offered_again(run: Run) -> None:
    async def work() -> None:
        run.store.away = run.store.disk_full = True
        writing = asyncio.ensure_future(run.rows.run())
        run.rows.put(row(1))
        await run.rows.flush()
        assert (run.store.stored, run.store.journaled) == ([], [])
        run.store.away = False
        await run.rows.flush()
        assert run.store.stored == [[1]]
        run.rows.close()
        await writing

    virtual_time.run(work())


def test_closing_does_not_wait_for_a_full_disk(run: Run) -> None:
    run.store.away = run.store.disk_full = True
    run.rows.put(row(1))
    virtual_time.run(run.all())
    assert run.store.stored == []


def test_a_flush_has_a_limit(run: Run) -> None:
    async def work() -> float:
        loop = asyncio.get_running_loop()
        run.rows.put(row(1))
        await run.rows.flush()
        return loop.time()

    assert virtual_time.run(work()) == pytest.approx(row_writer.FLUSH_LIMIT_S)


def test_the_journal_takes_statuses(tmp_path: Path) -> None:
    from datetime import UTC, datetime

    from data.records import StatusRecord

    journal = Journal(tmp_path)
    journal.append("status", StatusRecord(1, "CA1", "call", "completed", 4, datetime(2027, 3, 1, tzinfo=UTC), {"CallDuration": "9"}))
    assert journal.waiting
    assert '"completed"' in (tmp_path / "journal.jsonl").read_text()
