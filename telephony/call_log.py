"""The call as rows: turns, utterances said and heard, tools, the recording and the end, handed to the process's row writer as they happen."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from agent.guard import mask_card
from data.records import CallRecord, CallUpdate, RecordingRecord, ToolUseRecord, TurnRecord, UtteranceRecord
from speech.ports import Answer
from speech.turns import EndOfTurn
from telephony import events
from telephony.call import Part
from telephony.events import Event, Utterance
from telephony.recorder import Recorder

Record = CallRecord | CallUpdate | TurnRecord | UtteranceRecord | ToolUseRecord | RecordingRecord
FLUSH_LIMIT_S = 3.0
"""How long a call's end waits for its rows; what is not written then stays queued."""


class Rows(Protocol):
    """Where records go; they are stored in order, soon."""

    def put(self, record: Record) -> None: ...

    async def flush(self) -> None: ...


class CallLog(Part):
    def __init__(
        self,
        rows: Rows,
        hotel_id: int,
        recorder: Recorder,
        state: Path,
        stack: dict[str, Any],
        utc_now: Callable[[], datetime],
    ) -> None:
        self._rows, self._hotel_id, self._recorder, self._state, self._stack, self._utc_now = (
            rows,
            hotel_id,
            recorder,
            state,
            stack,
            utc_now,
        )
        self._numbers: dict[int, int] = {}
        """Utterance id → its number among all utterances of the call."""
        self._count = 0
        self._turn = 0
        self._asked = Answer.ANYTHING
        self._greeted = False
        self._recording_state = "recording"
        self._update: dict[str, Any] = {}

    def start(self) -> None:
        facts, now = self.call.facts, self._utc_now()
        self._rows.put(
            CallRecord(
                id=facts.id,
                hotel_id=self._hotel_id,
                call_sid=facts.call_sid,
                started_at=now,
                answered_at=now,
                from_number=facts.from_number,
                to_number=facts.to_number,
                forwarded_from=facts.forwarded_from,
                stack=self._stack,
            )
        )
        self._put_recording()

    def event(self, event: Event) -> None:
        match event:
            case EndOfTurn():
                self._turn += 1
                self._put_caller(event)
            case events.AgentAudible():
                self._put_agent(event.utterance, "", False, event.at_ms, None)
                if not self._greeted:
                    self._greeted = True
                    self._update["greeting_ms"] = event.at_ms
            case events.UtteranceProven():
                self._put_agent(event.utterance, event.heard, event.cut, event.start_ms, event.end_ms)
            case events.Expecting():
                self._asked = event.answer
            case events.TurnTimed():
                self._put_turn(event)
            case events.ToolUsed():
                self._put_tool(event)
            case events.ConsentGiven():
                self._update["consent"] = event.state
                if event.state == "refused":
                    self._recording_state = "deleted"
            case events.RecordingFailed():
                self._recording_state = "failed"
            case _:
                pass

    async def end(self) -> None:
        ended = self.call.ended
        if self._recording_state == "recording":
            self._recording_state = "finished"
        self._put_recording()
        if ended is not None:
            step = ended.step.value if ended.step else None
            self._update |= {"ended_at": self._utc_now(), "end_reason": ended.reason, "next_step": step}
        self._rows.put(CallUpdate(self.call.facts.id, self._update))
        await self._rows.flush()

    def _put_caller(self, ended: EndOfTurn) -> None:
        self._count += 1
        said, _ = mask_card(ended.text)
        self._rows.put(
            UtteranceRecord(
                hotel_id=self._hotel_id,
                call_id=self.call.facts.id,
                number=self._count,
                turn=self._turn,
                speaker="caller",
                said=said,
                heard=said,
                started_ms=ended.start_ms,
                ended_ms=ended.end_ms,
                confidence=ended.confidence,
                language=ended.language,
            )
        )
        if ended.language:
            self._update["language"] = ended.language

    def _put_agent(self, utterance: Utterance, heard: str, cut: bool, start_ms: int, end_ms: int | None) -> None:
        if utterance.id not in self._numbers:
            self._count += 1
            self._numbers[utterance.id] = self._count
        self._rows.put(
            UtteranceRecord(
                hotel_id=self._hotel_id,
                call_id=self.call.facts.id,
                number=self._numbers[utterance.id],
                turn=utterance.turn,
                speaker="agent",
                said=utterance.text,
                heard=heard,
                started_ms=start_ms,
                ended_ms=end_ms,
                cut=cut,
            )
        )

    def _put_turn(self, timed: events.TurnTimed) -> None:
        self._rows.put(
            TurnRecord(
                hotel_id=self._hotel_id,
                call_id=self.call.facts.id,
                number=timed.turn,
                caller_text=mask_card(timed.caller_text)[0],
                confidence=timed.confidence,
                asked=self._asked.value,
                started_ms=timed.start_ms,
                ended_ms=timed.end_ms,
                decided_ms=timed.decided_ms,
                voice_ms=timed.decided_ms + timed.think_ms + timed.first_audio_ms if timed.answered else None,
                endpoint_ms=timed.endpoint_ms,
                transcribe_ms=timed.transcribe_ms,
                think_ms=timed.think_ms,
                first_audio_ms=timed.first_audio_ms,
            )
        )

    def _put_tool(self, used: events.ToolUsed) -> None:
        kind, _, receipt = (used.receipt or "").partition(":")
        self._rows.put(
            ToolUseRecord(
                hotel_id=self._hotel_id,
                call_id=self.call.facts.id,
                turn=used.turn,
                name=used.name,
                arguments=_object(used.arguments),
                result=used.result,
                ok=used.ok,
                took_ms=used.took_ms,
                receipt_kind=kind or None,
                receipt_id=receipt or None,
            )
        )

    def _put_recording(self) -> None:
        recorder = self._recorder
        kept = recorder.path.exists()
        self._rows.put(
            RecordingRecord(
                hotel_id=self._hotel_id,
                call_id=self.call.facts.id,
                path=str(recorder.path.relative_to(self._state)),
                bytes=recorder.path.stat().st_size if kept else 0,
                duration_ms=recorder.length_ms if kept else 0,
                state=self._recording_state,
            )
        )


def _object(arguments: str) -> dict[str, Any]:
    try:
        value = json.loads(arguments)
    except ValueError:
        return {"unreadable": arguments[:200]}
    return value if isinstance(value, dict) else {"unreadable": arguments[:200]}
