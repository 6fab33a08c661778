"""Hotels and the numbers they claim."""

from datetime import time
from typing import Any

from sqlalchemy import CheckConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from data.tables.base import Base, HotelKey, Key


class HotelRow(Base):
    __tablename__ = "hotels"
    __table_args__ = (
        CheckConstraint("answer_mode IN ('always', 'desk_first', 'busy_or_no_answer', 'closed_hours')", name="answer_mode"),
        CheckConstraint("inventory IN ('ours', 'request')", name="inventory"),
    )

    id: Mapped[Key]
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    town: Mapped[str] = mapped_column(server_default="")
    address: Mapped[str] = mapped_column(server_default="")
    country: Mapped[str] = mapped_column(server_default="US")
    rooms: Mapped[int] = mapped_column(server_default="0")
    timezone: Mapped[str]
    currency: Mapped[str] = mapped_column(server_default="USD")
    desk_number: Mapped[str | None]
    answer_mode: Mapped[str] = mapped_column(server_default="always")
    desk_ring_s: Mapped[int] = mapped_column(server_default="20")
    desk_opens: Mapped[time | None]
    desk_closes: Mapped[time | None]
    check_in_from: Mapped[time]
    check_out_until: Mapped[time]
    greeting: Mapped[str]
    voice: Mapped[str | None]
    inventory: Mapped[str] = mapped_column(server_default="ours")
    taxes: Mapped[list[dict[str, Any]]] = mapped_column(server_default=text("'[]'::jsonb"))
    blocked_numbers: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    calls_per_number_hour: Mapped[int] = mapped_column(server_default="20")
    knowledge_version: Mapped[int] = mapped_column(server_default="0")


class HotelNumberRow(Base):
    """A phone number (E.164) belongs to one hotel."""

    __tablename__ = "hotel_numbers"

    number: Mapped[str] = mapped_column(primary_key=True)
    hotel_id: Mapped[HotelKey]
    position: Mapped[int] = mapped_column(server_default="0")
