"""Provider SDKs only in files named after the provider; adapter classes only in wiring; modules of a readable size."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("telephony", "agent", "speech", "tools", "data")
SDKS = {"deepgram": "deepgram", "openai": "openai", "elevenlabs": "elevenlabs", "twilio": "twilio"}
TWIML = "twiml.py"
"""Named after Twilio's language."""
ADAPTERS = {
    "DeepgramTranscriber",
    "LocalTranscriber",
    "ElevenLabsSynthesizer",
    "LocalSynthesizer",
    "SileroVoiceActivity",
    "OpenAIModel",
    "LocalModel",
    "MatrixKnowledgeIndex",
}
MEASURING = ("telephony/process/evaluate", "telephony/process/bench", "telephony/process/stand_ins")
"""What measures one adapter by itself may name it."""
MOST_LINES = 500


def modules() -> Iterator[tuple[str, str]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")


def imported(text: str) -> Iterator[tuple[str, str]]:
    """(module, name) of every import."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from ((each.name, "") for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield from ((node.module, each.name) for each in node.names)


@pytest.mark.parametrize("sdk", SDKS)
def test_sdks_are_imported_only_in_files_named_after_the_provider(sdk: str) -> None:
    wrong = [
        path
        for path, text in modules()
        if any(module.split(".")[0] == sdk for module, _ in imported(text)) and SDKS[sdk] not in Path(path).name and Path(path).name != TWIML
    ]
    assert wrong == []


def test_adapters_are_named_only_in_wiring() -> None:
    wrong = [
        f"{path}: {name}"
        for path, text in modules()
        for module, name in imported(text)
        if name in ADAPTERS and path != "telephony/wiring.py" and not path.startswith(MEASURING)
    ]
    assert wrong == []


def test_modules_are_of_a_readable_size() -> None:
    assert [path for path, text in modules() if len(text.splitlines()) > MOST_LINES] == []
