"""Records of running calls in the database: many at once, told again, and what cannot be stored."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from data.database import Database
from data.hotel import Hotel
from data.queries.call_records import write_records
from data.queries.calls import show_call
from data.records import CallRecord, CallUpdate, RecordingRecord, ToolUseRecord, TurnRecord, UtteranceRecord

AT = datetime(2027, 3, 1, 17, tzinfo=UTC)


async def test_what_is_told_again_takes_the_later_values_but_the_first_end_stays(database: Database, demo_hotel: Hotel) -> None:
    call = CallRecord(uuid4(), demo_hotel.id, "CA1", AT, from_number="+12025550142", stack={"model": 'it\'s "ours"'})
    other = CallRecord(uuid4(), demo_hotel.id, "CA2", AT)
    said = UtteranceRecord(demo_hotel.id, call.id, 1, 0, "agent", "Good evening — olá?", started_ms=5)
    tool = ToolUseRecord(demo_hotel.id, call.id, 1, "find_rooms", {"guests": 2}, {"rooms": [{"price": 1.5}]}, True, 7)
    recording = RecordingRecord(demo_hotel.id, call.id, "recordings/a.wav")
    turn = TurnRecord(demo_hotel.id, call.id, 1, "hello", confidence=0.25, think_ms=3)
    async with database.begin() as session:
        first_end = CallUpdate(call.id, {"ended_at": AT, "end_reason": "goodbye", "language": "en"})
        await write_records(session, [said, recording, CallUpdate(call.id, {}), first_end, call, other, CallUpdate(other.id, {"greeting_ms": 9})])
    async with database.begin() as session:
        again = [CallUpdate(call.id, {"ended_at": AT + timedelta(hours=1), "end_reason": "late"}), CallUpdate(call.id, {"language": "es"})]
        heard, finished = replace(said, heard="Good evening", cut=True), replace(recording, bytes=4, state="finished")
        await write_records(session, [replace(call, to_number="+1"), turn, tool, said, heard, finished, *again])
    async with database.read() as session:
        whole, second = await show_call(session, call.id), await show_call(session, other.id)
    assert whole.call == replace(call, ended_at=AT, end_reason="goodbye", language="es")
    assert (whole.turns, whole.utterances, whole.tool_uses, whole.recordings) == ((turn,), (heard,), (tool,), (finished,))
    assert second.call == replace(other, greeting_ms=9)


@pytest.mark.parametrize("values", [{"id = id; --": 1}, {"language": "\ud800"}])
async def test_what_cannot_be_stored_is_refused(database: Database, demo_hotel: Hotel, values: dict[str, object]) -> None:
    call = CallRecord(uuid4(), demo_hotel.id, "CA1", AT)
    with pytest.raises(ValueError, match=r"column|text"):
        async with database.begin() as session:
            await write_records(session, [call, CallUpdate(call.id, values)])
