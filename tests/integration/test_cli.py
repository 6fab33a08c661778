"""The `concierge` command as a person types it."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from typer.testing import CliRunner

from data.database import Database
from data.hotel import Hotel
from data.queries.call_records import Record, write_records
from data.records import CallRecord, CallUpdate, RecordingRecord, ToolUseRecord, TurnRecord, UtteranceRecord
from telephony.process import cli
from telephony.process.settings import names, parse

runner = CliRunner()
STARTED = datetime(2027, 3, 1, 17, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in names():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("STATE_DIR", str(tmp_path))
    monkeypatch.setattr(cli, "set_up", lambda level: None)


def said(*arguments: str, code: int = 0) -> str:
    result = runner.invoke(cli.app, list(arguments))
    assert result.exit_code == code, result.output
    return result.output


async def a_stored_call(database: Database, hotel: Hotel) -> UUID:
    call = uuid4()
    records: list[Record] = [
        CallRecord(call, hotel.id, "CA1", STARTED, from_number="+12025550142", stack={"transcriber": "ear", "model": "brain"}),
        UtteranceRecord(hotel.id, call, 1, 0, "agent", "Hello.", "Hello.", 0, 900),
        UtteranceRecord(hotel.id, call, 2, 1, "caller", "Is there a pool?", "Is there a pool?", 1500, 2500),
        UtteranceRecord(hotel.id, call, 3, 1, "agent", "There is, on the roof.", "There is,", 3000, 3600, cut=True),
        TurnRecord(
            hotel.id, call, 1, "Is there a pool?", ended_ms=2500, voice_ms=3000, endpoint_ms=300, transcribe_ms=100, think_ms=50, first_audio_ms=150
        ),
        ToolUseRecord(hotel.id, call, 1, "search_knowledge_base", {"question": "pool"}, {}, True, 12),
        RecordingRecord(hotel.id, call, "recordings/x.wav", 64_000, 2_000, "finished"),
        CallUpdate(call, {"ended_at": STARTED.replace(minute=1), "end_reason": "goodbye"}),
    ]
    async with database.begin() as session:
        await write_records(session, records)
    return call


def test_every_verb_is_explained() -> None:
    text = said("--help")
    for verb in ("serve", "chat", "call", "calls", "check-config", "evaluate", "bench"):
        assert verb in text
        assert "Usage" in said(verb, "--help")


def test_check_config_names_what_is_missing() -> None:
    assert "TWILIO_AUTH_TOKEN    missing" in said("check-config")


@pytest.mark.parametrize(("name", "value"), [("PORT", "eighty"), ("ENV", "production")])
def test_wrong_settings_stop_the_line_with_a_sentence(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    text = said("serve", code=2)
    assert name in text
    assert "Traceback" not in text


def test_check_config_shows_what_production_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENV", "production")
    assert "WRONG: DATABASE_URL" in said("check-config", code=1)


async def test_calls_are_listed_and_shown(monkeypatch: pytest.MonkeyPatch, database_url: str, database: Database, demo_hotel: Hotel) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    call = await a_stored_call(database, demo_hotel)
    listed = await asyncio.to_thread(said, "calls", "list")
    assert str(call) in listed
    assert "goodbye" in listed
    shown = await asyncio.to_thread(said, "calls", "show", str(call))
    for part in (
        "guest: Is there a pool?",
        "hotel: There is, on the roof.",
        "heard: There is, …",
        "search_knowledge_base ok",
        "endpoint 300 ms",
        "x.wav, 2.0 s",
    ):
        assert part in shown


def test_no_calls_yet(monkeypatch: pytest.MonkeyPatch, database_url: str) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    assert "No calls yet." in said("calls", "list")
    assert "no such call" in said("calls", "show", str(uuid4()), code=1)


def test_calling_a_line_that_is_not_there(tmp_path: Path) -> None:
    wav = Path(__file__).resolve().parents[2] / "scripts" / "demo_call" / "voices" / "joe" / "yes.wav"
    assert "No call" in said("call", "--say", str(wav), "--url", "http://127.0.0.1:9", code=1)


def test_the_start_page_says_what_is_embedded() -> None:
    settings = parse({"DATABASE_URL": "postgresql://a:hush@b/c", "PUBLIC_BASE_URL": "https://line.example"})
    text = cli.describe(settings, {"transcriber": "whisper-base", "model": "gpt", "synthesizer": "hibari"})
    assert "https://line.example/twilio/voice" in text
    assert "whisper-base (embedded)" in text
    assert "gpt (provider)" in text
    assert "NOT checked" in text
    assert "hush" not in text
