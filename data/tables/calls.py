"""Calls and everything that was heard, said and done in them. Times inside a call are ms of its stream clock."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from data.tables.base import Base, CallKey, HotelKey, Key


class CallRow(Base):
    __tablename__ = "calls"
    __table_args__ = (
        CheckConstraint("consent IN ('not_asked', 'given', 'refused', 'not_needed')", name="consent"),
        Index(None, "hotel_id", "started_at"),
        Index(None, "from_number", "started_at"),
        Index("ix_calls_open", "started_at", postgresql_where=text("ended_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    hotel_id: Mapped[HotelKey]
    call_sid: Mapped[str] = mapped_column(unique=True)
    channel: Mapped[str] = mapped_column(server_default="phone")
    from_number: Mapped[str | None]
    to_number: Mapped[str | None]
    forwarded_from: Mapped[str | None]
    started_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]
    consent: Mapped[str] = mapped_column(server_default="not_asked")
    next_step: Mapped[str | None]
    stack: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    """Which transcriber, model and voice served it."""
    language: Mapped[str | None]
    greeting_ms: Mapped[int | None]


class CallStatusRow(Base):
    """A status the carrier told us about a call or its stream; it may come before the call's own row."""

    __tablename__ = "call_statuses"
    __table_args__ = (UniqueConstraint("call_sid", "kind", "status", "sequence"),)

    id: Mapped[Key]
    hotel_id: Mapped[HotelKey]
    call_sid: Mapped[str] = mapped_column(index=True)
    kind: Mapped[str]
    status: Mapped[str]
    sequence: Mapped[int]
    at: Mapped[datetime]
    payload: Mapped[dict[str, Any]]
    received_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())


class TurnRow(Base):
    """One caller utterance and our reply, with the time each stage took."""

    __tablename__ = "turns"
    __table_args__ = (UniqueConstraint("call_id", "number"),)

    id: Mapped[Key]
    hotel_id: Mapped[HotelKey]
    call_id: Mapped[CallKey]
    number: Mapped[int]
    caller_text: Mapped[str]
    confidence: Mapped[float]
    asked: Mapped[str]
    started_ms: Mapped[int | None]
    ended_ms: Mapped[int | None]
    decided_ms: Mapped[int | None]
    voice_ms: Mapped[int | None]
    endpoint_ms: Mapped[int | None]
    transcribe_ms: Mapped[int | None]
    think_ms: Mapped[int | None]
    first_audio_ms: Mapped[int | None]


class UtteranceRow(Base):
    """One stretch of speech of one side: what was said, and of ours what was proven heard."""

    __tablename__ = "utterances"
    __table_args__ = (
        UniqueConstraint("call_id", "number"),
        CheckConstraint("speaker IN ('caller', 'agent')", name="speaker"),
    )

    id: Mapped[Key]
    hotel_id: Mapped[HotelKey]
    call_id: Mapped[CallKey]
    number: Mapped[int]
    turn: Mapped[int]
    speaker: Mapped[str]
    said: Mapped[str]
    heard: Mapped[str]
    started_ms: Mapped[int | None]
    ended_ms: Mapped[int | None]
    confidence: Mapped[float | None]
    cut: Mapped[bool] = mapped_column(server_default=text("false"))
    language: Mapped[str | None]


class ToolUseRow(Base):
    __tablename__ = "tool_uses"

    id: Mapped[Key]
    hotel_id: Mapped[HotelKey]
    call_id: Mapped[CallKey]
    turn: Mapped[int]
    name: Mapped[str]
    arguments: Mapped[dict[str, Any]]
    result: Mapped[dict[str, Any]]
    ok: Mapped[bool]
    took_ms: Mapped[int]
    receipt_kind: Mapped[str | None]
    receipt_id: Mapped[str | None]


class RecordingRow(Base):
    """`path` is relative to the state folder."""

    __tablename__ = "recordings"
    __table_args__ = (UniqueConstraint("call_id", "path"),)

    id: Mapped[Key]
    hotel_id: Mapped[HotelKey]
    call_id: Mapped[CallKey]
    path: Mapped[str]
    bytes: Mapped[int] = mapped_column(server_default="0")
    duration_ms: Mapped[int] = mapped_column(server_default="0")
    state: Mapped[str] = mapped_column(server_default="recording")
