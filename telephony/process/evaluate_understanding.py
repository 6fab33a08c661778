"""How well callers are understood: the product's own code over a file of sentences, one prediction each, as the scorer reads them."""

import asyncio
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import agent.local_model
from agent.local_model.intents import Intent, IntentReader
from data.embedder import Embedder
from data.hotel_files import DEMO_HOTEL, read_article
from data.knowledge_index import MatrixKnowledgeIndex
from telephony.process import model_files
from telephony.process.evaluate_dates import evaluate_dates

__all__ = ["evaluate_dates", "evaluate_intents", "evaluate_knowledge"]

EXAMPLES = Path(agent.local_model.__file__).parent / "examples"
DIALOGUE_LABELS = {
    "are_you_a_robot": "greeting_smalltalk",
    "capabilities": None,
    "dont_know": None,
    "hold_on": None,
    "louder": None,
    "repeat_that": None,
    "slower": None,
}
"""Labels that only the dialogue needs, and the label that stands for them where a file has no such label."""
TOPICS = 3
DEMO_ID = 1


@cache
def _embedder() -> Embedder:
    return Embedder(model_files.minilm_onnx(), model_files.minilm_tokenizer())


def evaluate_intents(path: Path) -> Iterator[dict[str, Any]]:
    """`{"id", "label"}` for each row (`text`, `context`)."""
    reader = IntentReader(_embedder(), EXAMPLES)
    for row in _rows(path):
        yield {"id": row["id"], "label": _label(reader.read(row["text"], row.get("context")))}


def evaluate_knowledge(path: Path) -> Iterator[dict[str, Any]]:
    """`{"id", "topics"}`, best first, for each row (`text`): the demo hotel's articles, from their files."""
    index = MatrixKnowledgeIndex(_embedder())
    articles = [read_article(file) for file in sorted((DEMO_HOTEL / "knowledge").glob("*/*.md"))]
    asyncio.run(index.load(DEMO_ID, articles))
    for row in _rows(path):
        hits = asyncio.run(index.search(DEMO_ID, row["text"], TOPICS))
        yield {"id": row["id"], "topics": [hit.topic for hit in hits]}


def _label(intents: list[Intent]) -> str:
    for intent in intents:
        if label := DIALOGUE_LABELS.get(intent.label, intent.label):
            return label
    return ""


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)
