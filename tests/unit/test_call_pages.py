"""A stored call as text."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from data.records import CallRecord, ToolUseRecord, TurnRecord, UtteranceRecord, WholeCall
from telephony.process.call_pages import transcript, utterance_lines

CALL = UUID(int=1)


def utterance(
    speaker: str, said: str, heard: str, *, number: int = 1, turn: int = 1, cut: bool = False, at_ms: int | None = 12_340
) -> UtteranceRecord:
    return UtteranceRecord(1, CALL, number, turn, speaker, said, heard, at_ms, None, cut=cut)


@pytest.mark.parametrize(
    ("spoken", "lines"),
    [
        (utterance("caller", "Is there a pool?", ""), ["   12.3  guest: Is there a pool?"]),
        (utterance("agent", "Yes.", "Yes."), ["   12.3  hotel: Yes."]),
        (utterance("agent", "Yes, on the roof.", "Yes,", cut=True), ["   12.3  hotel: Yes, on the roof.", "         heard: Yes, …"]),
        (utterance("agent", "Yes.", "", cut=True), ["   12.3  hotel: Yes.", "         heard: (nothing) …"]),
        (utterance("agent", "Yes.", "Yes.", at_ms=None), ["    0.0  hotel: Yes."]),
    ],
)
def test_said_and_heard(spoken: UtteranceRecord, lines: list[str]) -> None:
    assert utterance_lines(spoken) == lines


def test_tools_and_latency_stand_behind_the_turn_that_took_them() -> None:
    whole = WholeCall(
        CallRecord(CALL, 1, "CA1", datetime(2027, 3, 1, tzinfo=UTC)),
        (TurnRecord(1, CALL, 1, voice_ms=900, endpoint_ms=300, transcribe_ms=100, think_ms=50, first_audio_ms=150), TurnRecord(1, CALL, 2)),
        (utterance("caller", "A pool?", ""), utterance("agent", "Yes.", "Yes.", number=2), utterance("caller", "Bye.", "", number=3, turn=2)),
        (
            ToolUseRecord(1, CALL, 1, "search_knowledge_base", {}, {}, True, 12),
            ToolUseRecord(1, CALL, 1, "create_lead", {}, {}, False, 3),
        ),
        (),
        (),
        (),
    )
    assert [line.strip() for line in transcript(whole)] == [
        "12.3  guest: A pool?",
        "(search_knowledge_base ok, 12 ms)",
        "(create_lead refused, 3 ms)",
        "[endpoint 300 ms, of it transcribe 100; think 50; first audio 150]",
        "12.3  hotel: Yes.",
        "12.3  guest: Bye.",
    ]
