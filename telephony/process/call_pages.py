"""What is stored of calls, as text for the terminal."""

from collections.abc import Callable
from uuid import UUID

from data.database import Database
from data.errors import NotFound
from data.queries.calls import count_rows, list_calls, show_call
from data.records import UtteranceRecord, WholeCall

Echo = Callable[[str], None]


async def print_list(database: Database, limit: int, echo: Echo) -> None:
    async with database.read() as session:
        found = await list_calls(session, limit=limit)
    for call in found:
        length = f"{(call.ended_at - call.started_at).total_seconds():5.0f} s" if call.ended_at else "  live"
        echo(f"{call.id}  {call.started_at:%Y-%m-%d %H:%M:%S}  {length}  {call.from_number or 'hidden':16}  {call.end_reason or ''}")
    if not found:
        echo("No calls yet.")


async def print_call(database: Database, call_id: UUID, echo: Echo) -> bool:
    """False: there is no such call."""
    try:
        async with database.read() as session:
            whole = await show_call(session, call_id)
            counts = await count_rows(session, call_id)
    except NotFound:
        echo("There is no such call.")
        return False
    call = whole.call
    echo(f"Call {call.id} from {call.from_number or 'a hidden number'}, {call.started_at:%Y-%m-%d %H:%M:%S} UTC; ended: {call.end_reason or 'live'}")
    echo(f"Heard, thought and spoken by {', '.join(str(name) for name in call.stack.values())}; consent {call.consent}")
    echo("")
    for line in transcript(whole):
        echo(line)
    echo("")
    for recording in whole.recordings:
        echo(f"Recording {recording.path}, {recording.duration_ms / 1000:.1f} s, {recording.state}")
    echo("Rows: " + ", ".join(f"{name} {count}" for name, count in counts.items()))
    return True


def transcript(whole: WholeCall) -> list[str]:
    """The conversation in order, with tools, and each turn's latency."""
    lines = []
    tools = {turn: [use for use in whole.tool_uses if use.turn == turn] for turn in {use.turn for use in whole.tool_uses}}
    turns = {turn.number: turn for turn in whole.turns}
    for utterance in whole.utterances:
        lines += utterance_lines(utterance)
        if utterance.speaker == "caller":
            for use in tools.get(utterance.turn, ()):
                lines.append(f"           ({use.name} {'ok' if use.ok else 'refused'}, {use.took_ms} ms)")
            if (turn := turns.get(utterance.turn)) and turn.voice_ms is not None:
                lines.append(
                    f"           [endpoint {turn.endpoint_ms} ms, of it transcribe {turn.transcribe_ms}; think {turn.think_ms};"
                    f" first audio {turn.first_audio_ms}]"
                )
    return lines


def utterance_lines(utterance: UtteranceRecord) -> list[str]:
    """One utterance: what was said, and what was heard where that differs."""
    at = f"{(utterance.started_ms or 0) / 1000:7.1f}"
    if utterance.speaker == "caller":
        return [f"{at}  guest: {utterance.said}"]
    if utterance.heard == utterance.said:
        return [f"{at}  hotel: {utterance.said}"]
    return [f"{at}  hotel: {utterance.said}", f"         heard: {utterance.heard or '(nothing)'}{' …' if utterance.cut else ''}"]
