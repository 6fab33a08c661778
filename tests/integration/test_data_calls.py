"""Calls as rows."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from data.database import Database
from data.errors import NotFound
from data.hotel import Hotel
from data.queries import calls
from data.queries.call_records import write_records
from data.queries.leads import save_lead
from data.records import CallRecord, CallUpdate, LeadRecord, RecordingRecord, StatusRecord, ToolUseRecord, TurnRecord, UtteranceRecord

AT = datetime(2027, 3, 1, 17, tzinfo=UTC)


def a_call(hotel: Hotel, sid: str = "CA1", **values: object) -> CallRecord:
    call = CallRecord(uuid4(), hotel.id, sid, AT, from_number="+12025550142", to_number=hotel.numbers[0], stack={"model": "embedded"})
    return replace(call, **values)  # type: ignore[arg-type]


async def opened(database: Database, call: CallRecord) -> UUID:
    async with database.begin() as session:
        await write_records(session, [call])
    return call.id


def ended(call_id: UUID, after_s: int, reason: str) -> CallUpdate:
    return CallUpdate(call_id, {"ended_at": AT + timedelta(seconds=after_s), "end_reason": reason})


async def test_a_whole_call_reads_back_as_it_was_written(database: Database, demo_hotel: Hotel) -> None:
    call = a_call(demo_hotel)
    identity = await opened(database, call)
    turn = TurnRecord(demo_hotel.id, identity, 1, "is there a pool", 0.9, started_ms=100, ended_ms=900, decided_ms=1300, voice_ms=1500)
    asked = UtteranceRecord(demo_hotel.id, identity, 1, 1, "caller", "is there a pool", "is there a pool", 100, 900, 0.9, language="en")
    answer = UtteranceRecord(demo_hotel.id, identity, 2, 1, "agent", "Yes, until ten. It is heated.")
    use = ToolUseRecord(demo_hotel.id, identity, 1, "search", {"question": "pool"}, {"found": True}, True, 12)
    recording = RecordingRecord(demo_hotel.id, identity, "recordings/1.wav")
    lead = LeadRecord("LD-20270301-ABCDEF", demo_hotel.id, "callback", AT, AT, call_id=identity, name="Maria Lopez")
    async with database.begin() as session:
        await write_records(session, [turn, answer, asked, use, recording])
        await save_lead(session, lead)
    async with database.read() as session:
        whole = await calls.show_call(session, identity)
        assert await calls.count_rows(session, identity) == {"calls": 1, "turns": 1, "utterances": 2, "tool_uses": 1, "recordings": 1, "leads": 1}
        assert await calls.call_by_sid(session, "CA1") == call
        assert await calls.call_by_sid(session, "CA2") is None
    assert whole.call == call
    assert whole.turns == (turn,)
    assert whole.utterances == (asked, answer)
    assert whole.tool_uses == (use,)
    assert whole.recordings == (recording,)
    assert whole.leads == (lead,)


async def test_what_is_told_again_is_stored_once_with_the_later_values(database: Database, demo_hotel: Hotel) -> None:
    identity = await opened(database, a_call(demo_hotel))
    utterance = UtteranceRecord(demo_hotel.id, identity, 1, 1, "agent", "Yes, until ten. It is heated.")
    recording = RecordingRecord(demo_hotel.id, identity, "recordings/1.wav")
    turn = TurnRecord(demo_hotel.id, identity, 1, "pool")
    for round_ in range(2):
        async with database.begin() as session:
            later = replace(recording, bytes=round_ * 100, state="finished")
            await write_records(session, [utterance, later, replace(turn, think_ms=round_)])
    heard = replace(utterance, heard="Yes, until ten.", cut=True, ended_ms=2400)
    async with database.begin() as session:
        await write_records(session, [heard])
    async with database.read() as session:
        whole = await calls.show_call(session, identity)
    assert whole.utterances == (heard,)
    assert whole.recordings[0].bytes == 100
    assert whole.turns[0].think_ms == 1


async def test_a_call_ends_once_and_its_first_reason_stays(database: Database, demo_hotel: Hotel) -> None:
    identity = await opened(database, a_call(demo_hotel))
    async with database.begin() as session:
        await write_records(session, [CallUpdate(identity, {"consent": "refused", "next_step": "desk"}), ended(identity, 9, "caller hung up")])
    async with database.begin() as session:
        await write_records(session, [ended(identity, 10, "server stopped")])
    async with database.read() as session:
        call = (await calls.show_call(session, identity)).call
    assert (call.ended_at, call.end_reason) == (AT + timedelta(seconds=9), "caller hung up")
    assert (call.consent, call.next_step) == ("refused", "desk")


async def test_a_repeated_call_is_opened_once(database: Database, demo_hotel: Hotel) -> None:
    first = a_call(demo_hotel)
    await opened(database, first)
    await opened(database, a_call(demo_hotel))
    async with database.read() as session:
        assert await calls.list_calls(session) == [first]


async def test_calls_that_a_crash_left_open_are_finished(database: Database, demo_hotel: Hotel) -> None:
    left, over = [await opened(database, a_call(demo_hotel, sid)) for sid in ("CA1", "CA2")]
    async with database.begin() as session:
        await write_records(session, [RecordingRecord(demo_hotel.id, left, "1.wav"), ended(over, 0, "caller hung up")])
    async with database.begin() as session:
        assert await calls.finish_open_calls(session, AT + timedelta(hours=1)) == [left]
    async with database.read() as session:
        found = {call.id: call.end_reason for call in await calls.list_calls(session)}
        assert (await calls.show_call(session, left)).recordings[0].state == "finished"
    assert found == {left: calls.SERVER_STOPPED, over: "caller hung up"}


async def test_statuses_are_kept_once_and_in_the_carriers_order(database: Database, demo_hotel: Hotel) -> None:
    told = [
        StatusRecord(demo_hotel.id, "CA1", "call", status, sequence, AT + timedelta(seconds=sequence), {"CallStatus": status})
        for sequence, status in enumerate(("initiated", "ringing", "in-progress", "completed"))
    ]
    async with database.begin() as session:
        assert [await calls.add_status(session, status) for status in (told[2], told[0], told[3], told[1])] == [True] * 4
        assert not await calls.add_status(session, told[2])
        stream = StatusRecord(demo_hotel.id, "CA1", "stream", "stream-started", 0, AT)
        assert await calls.add_status(session, stream)
        assert await calls.add_status(session, replace(told[0], call_sid="CA2"))
    async with database.read() as session:
        assert await calls.statuses(session, "CA1") == [*told, stream]


async def test_the_newest_calls_come_first_and_only_as_many_as_wanted(database: Database, demo_hotel: Hotel) -> None:
    for number in range(4):
        await opened(database, a_call(demo_hotel, f"CA{number}", started_at=AT + timedelta(minutes=number)))
    async with database.read() as session:
        assert [call.call_sid for call in await calls.list_calls(session, limit=2)] == ["CA3", "CA2"]


async def test_a_call_that_nobody_made(database: Database) -> None:
    async with database.read() as session:
        with pytest.raises(NotFound):
            await calls.show_call(session, uuid4())
        assert set((await calls.count_rows(session, uuid4())).values()) == {0}
