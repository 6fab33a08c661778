"""What a duty is given: the hotel, this call, the clock and the stores. Decided by code, never by a model."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from asyncio import Future

    from data.database import Database
    from data.hotel import Hotel
    from data.journal import Journal
    from data.knowledge_index import KnowledgeIndex
    from tools.catalogue import Outcome


@dataclass(frozen=True, slots=True)
class Context:
    """One call, as the desk sees it."""

    hotel: "Hotel"
    call_id: UUID
    caller_number: str | None
    """E.164; None if hidden."""
    channel: str
    """phone, web, sms, email"""
    database: "Database"
    knowledge: "KnowledgeIndex"
    journal: "Journal"
    utc_now: Callable[[], datetime]
    done: dict[str, str] = field(default_factory=dict)
    """Idempotency: key of a write → id it left, for this call."""
    writing: dict[str, "Future[Outcome]"] = field(default_factory=dict)
    """Writes under way, by what they do: they end even if nobody waits for them any more."""

    def now(self) -> datetime:
        """The hotel's local time."""
        return self.utc_now().astimezone(ZoneInfo(self.hotel.timezone))

    def today(self) -> date:
        """The hotel's day."""
        return self.now().date()
