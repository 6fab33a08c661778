"""What is written down while PostgreSQL is away, and taken in when it is back."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from data.database import Database
from data.errors import DatabaseUnavailable, JournalError
from data.hotel import Hotel
from data.journal import Journal
from data.queries.calls import show_call
from data.records import CallRecord, CallUpdate, LeadRecord, TurnRecord
from tests.house import leads_at

AT = datetime(2027, 3, 1, 17, tzinfo=UTC)


def a_lead(hotel: Hotel, letters: str = "AAAAAA", **values: Any) -> LeadRecord:
    return LeadRecord(f"LD-20270301-{letters}", hotel.id, "callback", AT, AT, **values)


async def stored(database: Database, hotel: Hotel) -> set[str]:
    async with database.read() as session:
        return {lead.id[-6:] for lead in await leads_at(session, hotel.id)}


async def test_entries_are_taken_in_once_and_in_order(database: Database, demo_hotel: Hotel, tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    assert not journal.waiting
    assert await journal.drain(database) == 0
    journal.append("lead", a_lead(demo_hotel, name="Maria"))
    journal.append("lead", a_lead(demo_hotel, name="Maria Lopez"))
    copy = (tmp_path / "journal.jsonl").read_bytes()
    assert await journal.drain(database) == 2
    assert not journal.waiting
    (tmp_path / "journal.jsonl").write_bytes(copy)
    assert await journal.drain(database) == 0
    async with database.read() as session:
        assert [lead.name for lead in await leads_at(session, demo_hotel.id)] == ["Maria Lopez"]


async def test_a_call_is_taken_in_whole(database: Database, demo_hotel: Hotel, tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    call = CallRecord(uuid4(), demo_hotel.id, "CA1", AT, from_number="+12025550142")
    turn = TurnRecord(demo_hotel.id, call.id, 1, "hello", think_ms=3)
    journal.append("records", [call, turn, CallUpdate(call.id, {"ended_at": AT, "end_reason": "caller hung up"})])
    assert await journal.drain(database) == 1
    async with database.read() as session:
        whole = await show_call(session, call.id)
    assert whole.call == replace(call, ended_at=AT, end_reason="caller hung up")
    assert whole.turns == (turn,)


@pytest.mark.parametrize("torn", [b'{"id": "5', b'{"id": "x", "kind": "lead"}', b"[]", b'{"id": 3, "kind": "dance", "payload": {}}', b"\xff\xfe"])
async def test_a_torn_line_costs_only_itself(database: Database, demo_hotel: Hotel, tmp_path: Path, torn: bytes) -> None:
    journal = Journal(tmp_path)
    journal.append("lead", a_lead(demo_hotel, "AAAAAA"))
    with (tmp_path / "journal.jsonl").open("ab") as file:
        file.write(torn)
    Journal(tmp_path).append("lead", a_lead(demo_hotel, "BBBBBB"))
    assert await Journal(tmp_path).drain(database) == 2
    assert await stored(database, demo_hotel) == {"AAAAAA", "BBBBBB"}


async def test_while_the_database_is_still_away_nothing_is_lost(database: Database, demo_hotel: Hotel, tmp_path: Path) -> None:
    journal, away = Journal(tmp_path), Database("postgresql://nobody:x@127.0.0.1:1/none")
    journal.append("lead", a_lead(demo_hotel, "AAAAAA"))
    with pytest.raises(DatabaseUnavailable):
        await journal.drain(away)
    await away.aclose()
    journal.append("lead", a_lead(demo_hotel, "BBBBBB"))
    assert journal.waiting
    assert await Journal(tmp_path).drain(database) == 2
    assert await stored(database, demo_hotel) == {"AAAAAA", "BBBBBB"}


async def test_what_the_database_refuses_is_set_aside_and_the_rest_goes_on(database: Database, demo_hotel: Hotel, tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append("records", [TurnRecord(demo_hotel.id, uuid4(), 1, "of a call that nobody stored")])
    journal.append("lead", a_lead(replace(demo_hotel, id=demo_hotel.id + 1), "CCCCCC"))
    journal.append("lead", a_lead(demo_hotel, "AAAAAA"))
    assert await journal.drain(database) == 1
    assert await stored(database, demo_hotel) == {"AAAAAA"}
    assert len((tmp_path / "journal.refused.jsonl").read_bytes().splitlines()) == 2
    assert not journal.waiting


def test_a_disk_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(JournalError):
        Journal(tmp_path / "file").append("lead", {})
