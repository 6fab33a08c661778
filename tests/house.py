"""A small hotel and a call to it, for tests of what the desk does."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any, cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from data.database import Database
from data.hotel import AnswerMode, Hotel, Tax
from data.journal import Journal
from data.knowledge_index import Article, Hit
from data.queries.rows import record
from data.records import LeadRecord
from data.tables import LeadRow
from tools.context import Context

NOON = datetime(2027, 3, 1, 17, 0, tzinfo=UTC)
"""Monday, noon in New York."""
CALL = UUID("00000000-0000-4000-8000-000000000001")

HOTEL = Hotel(
    id=1,
    slug="inn",
    name="The Inn",
    town="Somewhere",
    address="1 Road",
    rooms=10,
    timezone="America/New_York",
    currency="USD",
    numbers=("+12025550100",),
    desk_number="+12025550101",
    answer_mode=AnswerMode.ALWAYS,
    desk_ring_s=20,
    desk_opens=time(8),
    desk_closes=time(20),
    check_in_from=time(15),
    check_out_until=time(11),
    greeting="Hello.",
    voice=None,
    inventory="ours",
    taxes=(Tax("room tax", 1000),),
    blocked_numbers=(),
    calls_per_number_hour=10,
    knowledge_version=1,
)


class FewArticles:
    """An index that always finds the same."""

    def __init__(self, hits: Sequence[Hit] = ()) -> None:
        self.hits = list(hits)
        self.asked: list[tuple[int, str]] = []

    async def load(self, hotel_id: int, articles: Sequence[Article]) -> None:
        raise NotImplementedError

    async def search(self, hotel_id: int, question: str, limit: int = 3) -> list[Hit]:
        self.asked.append((hotel_id, question))
        return self.hits[:limit]


def a_call(
    hotel: Hotel = HOTEL,
    *,
    database: Database | None = None,
    journal: Journal | None = None,
    hits: Sequence[Hit] = (),
    caller: str | None = "+12025550142",
    now: datetime = NOON,
    utc_now: Callable[[], datetime] | None = None,
) -> Context:
    """A call to the hotel; stores that a test does not give must not be touched."""
    return Context(
        hotel=hotel,
        call_id=CALL,
        caller_number=caller,
        channel="phone",
        database=cast("Database", database),
        knowledge=FewArticles(hits),
        journal=cast("Journal", journal),
        utc_now=utc_now or (lambda: now),
    )


async def leads_at(session: AsyncSession, hotel_id: int) -> list[LeadRecord]:
    """All that the hotel has, the oldest first."""
    rows = await session.execute(select(LeadRow).where(LeadRow.hotel_id == hotel_id).order_by(LeadRow.created_at, LeadRow.id))
    return [record(LeadRecord, row) for row in rows.scalars()]


def hotel(**changes: Any) -> Hotel:
    """The small hotel, otherwise."""
    return replace(HOTEL, **changes)
