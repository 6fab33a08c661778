"""Entries of the local journal that have been taken in: each has its effect once."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.orm import Mapped, mapped_column

from data.tables.base import Base


class JournalEntryRow(Base):
    __tablename__ = "journal_entries"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    taken_in_at: Mapped[datetime] = mapped_column(server_default=func.now())
