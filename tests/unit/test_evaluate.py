"""`concierge evaluate`: what it writes, what it says, and what it refuses."""

import json
from pathlib import Path

import pytest

from telephony.process.evaluate import run
from telephony.process.settings import Settings, read

DATES = [
    {"id": "a", "text": "two nights from the third of May", "context": None, "today": "2026-04-01"},
    {"id": "b", "text": "what a fine house", "context": None, "today": "2026-04-01"},
]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return read({"STATE_DIR": str(tmp_path / "state")})


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in DATES))
    return path


async def test_each_row_has_a_prediction_in_the_current_folder(
    settings: Settings, rows: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said: list[str] = []
    assert await run(settings, "dates", rows, None, False, said.append) == 0
    predicted = [json.loads(line) for line in (tmp_path / "rows.jsonl.predictions.jsonl").read_text().splitlines()]
    assert [prediction["id"] for prediction in predicted] == ["a", "b"]
    assert predicted[0]["slots"]["check_in"] == "2026-05-03"
    assert said[0].startswith("2 predictions in ")


async def test_json_is_one_object(settings: Settings, rows: Path, tmp_path: Path) -> None:
    said: list[str] = []
    target = tmp_path / "out.jsonl"
    assert await run(settings, "dates", rows, target, True, said.append) == 0
    (only,) = said
    told = json.loads(only)
    assert (told["kind"], told["count"], told["predictions"]) == ("dates", 2, str(target))
    assert target.exists()


@pytest.mark.parametrize("kind", ["melody", "speech", "intents"])
async def test_a_wrong_kind_or_path_is_refused_with_words(settings: Settings, kind: str, tmp_path: Path) -> None:
    said: list[str] = []
    assert await run(settings, kind, tmp_path, None, False, said.append) == 2
    assert kind in said[0]


async def test_a_file_of_something_else_is_refused(settings: Settings, tmp_path: Path) -> None:
    path, said = tmp_path / "letter.jsonl", list[str]()
    path.write_text("Dear house,\n")
    assert await run(settings, "dates", path, tmp_path / "out.jsonl", False, said.append) == 2
    assert "letter.jsonl" in said[0]
