"""Leads: callers whose wish a person follows up."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from data.tables.base import Base, HotelKey


class LeadRow(Base):
    """`id`: LD-YYYYMMDD-XXXXXX, by the hotel's day. `call_id` refers to no row: the call's own may come later, or never (chat)."""

    __tablename__ = "leads"
    __table_args__ = (
        CheckConstraint("state IN ('new', 'contacted', 'qualified', 'converted', 'lost')", name="state"),
        Index(None, "hotel_id", "state", "created_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    hotel_id: Mapped[HotelKey]
    call_id: Mapped[UUID | None] = mapped_column(index=True)
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="new")
    name: Mapped[str | None]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    interest: Mapped[str | None]
    check_in: Mapped[date | None]
    check_out: Mapped[date | None]
    guests: Mapped[int | None]
    note: Mapped[str | None]
    partial: Mapped[bool] = mapped_column(server_default=text("false"))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
