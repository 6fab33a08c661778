"""What is stored of calls, leads and rooms, as plain values. Times inside a call are ms of its stream clock."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class CallRecord:
    id: UUID
    hotel_id: int
    call_sid: str
    started_at: datetime
    channel: str = "phone"
    from_number: str | None = None
    to_number: str | None = None
    forwarded_from: str | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    end_reason: str | None = None
    consent: str = "not_asked"
    """not_asked, given, refused, not_needed"""
    next_step: str | None = None
    stack: dict[str, Any] = field(default_factory=dict)
    language: str | None = None
    greeting_ms: int | None = None


@dataclass(frozen=True, slots=True)
class CallUpdate:
    """Columns of a call that become known while it runs or at its end. The first `ended_at` and `end_reason` stay."""

    call_id: UUID
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class StatusRecord:
    """`kind`: call or stream; `sequence` as the carrier numbers them."""

    hotel_id: int
    call_sid: str
    kind: str
    status: str
    sequence: int
    at: datetime
    payload: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TurnRecord:
    hotel_id: int
    call_id: UUID
    number: int
    caller_text: str = ""
    confidence: float = 1.0
    asked: str = "anything"
    """Kind of answer that was expected."""
    started_ms: int | None = None
    ended_ms: int | None = None
    """End of the caller's voice."""
    decided_ms: int | None = None
    voice_ms: int | None = None
    """First sound of ours; caller stops to our voice is `voice_ms - ended_ms`."""
    endpoint_ms: int | None = None
    transcribe_ms: int | None = None
    think_ms: int | None = None
    first_audio_ms: int | None = None


@dataclass(frozen=True, slots=True)
class UtteranceRecord:
    """`number` orders the utterances of a call; `heard` equals `said` for the caller."""

    hotel_id: int
    call_id: UUID
    number: int
    turn: int
    speaker: str
    said: str
    heard: str = ""
    started_ms: int | None = None
    ended_ms: int | None = None
    confidence: float | None = None
    cut: bool = False
    language: str | None = None


@dataclass(frozen=True, slots=True)
class ToolUseRecord:
    hotel_id: int
    call_id: UUID
    turn: int
    name: str
    arguments: dict[str, Any]
    result: dict[str, Any]
    ok: bool
    took_ms: int
    receipt_kind: str | None = None
    receipt_id: str | None = None


@dataclass(frozen=True, slots=True)
class RecordingRecord:
    """`path` relative to the state folder; `state`: recording, finished, deleted, failed."""

    hotel_id: int
    call_id: UUID
    path: str
    bytes: int = 0
    duration_ms: int = 0
    state: str = "recording"


@dataclass(frozen=True, slots=True)
class LeadRecord:
    """`partial`: noted from what was known when the caller left."""

    id: str
    hotel_id: int
    kind: str
    created_at: datetime
    updated_at: datetime
    call_id: UUID | None = None
    state: str = "new"
    name: str | None = None
    phone: str | None = None
    email: str | None = None
    interest: str | None = None
    check_in: date | None = None
    check_out: date | None = None
    guests: int | None = None
    note: str | None = None
    partial: bool = False


@dataclass(frozen=True, slots=True)
class WholeCall:
    """A call with all that belongs to it, in order."""

    call: CallRecord
    turns: tuple[TurnRecord, ...]
    utterances: tuple[UtteranceRecord, ...]
    tool_uses: tuple[ToolUseRecord, ...]
    recordings: tuple[RecordingRecord, ...]
    leads: tuple[LeadRecord, ...]
    statuses: tuple[StatusRecord, ...]


@dataclass(frozen=True, slots=True)
class RoomType:
    id: int
    code: str
    name: str
    description: str
    max_occupancy: int
    adults: int
    children: int
    beds: str
    pets_allowed: bool
    accessible: bool
    smoking: bool


@dataclass(frozen=True, slots=True)
class Night:
    """One night of a room type: how many are free and what it costs."""

    room_type_id: int
    night: date
    free: int
    price_cents: int


@dataclass(frozen=True, slots=True)
class Fee:
    """`amount`: cents, or hundredths of a percent of the room price where `kind` is percent."""

    code: str
    name: str
    kind: str
    """per_stay, per_night, percent"""
    mandatory: bool
    amount: int
