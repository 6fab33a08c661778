"""Room types, what they cost and how many are left, per night."""

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from data.tables.base import Base, HotelKey, Key


class RoomTypeRow(Base):
    __tablename__ = "room_types"
    __table_args__ = (UniqueConstraint("hotel_id", "code"),)

    id: Mapped[Key]
    hotel_id: Mapped[HotelKey]
    code: Mapped[str]
    name: Mapped[str]
    description: Mapped[str] = mapped_column(server_default="")
    rooms: Mapped[int]
    max_occupancy: Mapped[int]
    adults: Mapped[int]
    """At most."""
    children: Mapped[int]
    """At most."""
    beds: Mapped[str]
    pets_allowed: Mapped[bool] = mapped_column(server_default=text("false"))
    accessible: Mapped[bool] = mapped_column(server_default=text("false"))
    smoking: Mapped[bool] = mapped_column(server_default=text("false"))
    sort_order: Mapped[int] = mapped_column(server_default="0")


class RateRow(Base):
    """A night's price from `first_night` to `last_night` on the weekdays of the mask (Monday = 1, Sunday = 64); the highest rank wins."""

    __tablename__ = "rates"
    __table_args__ = (
        CheckConstraint("price_cents > 0", name="price"),
        CheckConstraint("last_night >= first_night", name="season"),
        CheckConstraint("weekdays BETWEEN 1 AND 127", name="weekdays"),
    )

    id: Mapped[Key]
    hotel_id: Mapped[HotelKey]
    room_type_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("room_types.id", ondelete="CASCADE"), index=True)
    season: Mapped[str]
    first_night: Mapped[date]
    last_night: Mapped[date]
    weekdays: Mapped[int]
    rank: Mapped[int]
    price_cents: Mapped[int]


class FeeRow(Base):
    """`amount`: cents, or hundredths of a percent of the room price where the kind is percent."""

    __tablename__ = "fees"
    __table_args__ = (
        UniqueConstraint("hotel_id", "code"),
        CheckConstraint("kind IN ('per_stay', 'per_night', 'percent')", name="kind"),
        CheckConstraint("amount >= 0", name="amount"),
    )

    id: Mapped[Key]
    hotel_id: Mapped[HotelKey]
    code: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str]
    mandatory: Mapped[bool]
    amount: Mapped[int]


class InventoryNightRow(Base):
    """How many rooms of a type exist, are booked and are held for one night. Rows are always locked in key order."""

    __tablename__ = "inventory_nights"
    __table_args__ = (
        CheckConstraint("booked >= 0 AND held >= 0 AND booked + held <= total", name="not_oversold"),
        {"postgresql_with": {"fillfactor": 70}},
    )

    room_type_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("room_types.id", ondelete="CASCADE"), primary_key=True)
    night: Mapped[date] = mapped_column(primary_key=True)
    hotel_id: Mapped[HotelKey]
    total: Mapped[int]
    booked: Mapped[int] = mapped_column(server_default="0")
    held: Mapped[int] = mapped_column(server_default="0")
