"""Sentences of the evaluation sets measure the product; none of them may be part of it."""

import hashlib
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

REPO = Path(__file__).parents[2]
SHARED = Path(os.environ.get("CONCIERGE_SHARED", REPO.parent / "shared"))
CONTEXT_MARK = " => "
LINES_OF = ("agent/local_model/examples/**/*.txt", "data/demo_hotel/**/*.md", "data/demo_hotel/**/*.yaml", "tests/**/*.tsv", "tests/**/*.txt")
TEXTS_OF = (*LINES_OF, "tests/**/*.py", "tests/**/*.json*", "agent/**/*.py", "agent/prompts/*.md")
ANYWHERE_WORDS = 7
"""Rows of so many words may not stand inside a longer line or a string either; shorter ones are what everybody says."""


def plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", text.lower()).strip()


def mark(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def said(value: object) -> Iterator[str]:
    """Every caller's sentence of a row, whatever its nesting."""
    if isinstance(value, dict):
        if isinstance(value.get("text"), str) and value.get("speaker", "user").lower() not in {"system", "agent"}:
            yield value["text"]
        for key, inner in value.items():
            if key != "text":
                yield from said(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from said(inner)


@pytest.fixture(scope="module")
def rows() -> set[str]:
    """Normalised; a single word belongs to nobody."""
    files = sorted((SHARED / "eval" / "dev").glob("*.jsonl"))
    if not files:
        pytest.skip("the evaluation sets are not on this machine")
    lines = (line for file in files for line in file.read_text(encoding="utf-8").splitlines() if line.strip())
    return {row for line in lines for text in said(json.loads(line)) if " " in (row := plain(text))}


def files_of(patterns: tuple[str, ...]) -> list[Path]:
    return sorted({path for pattern in patterns for path in REPO.glob(pattern) if path.is_file()})


def test_no_line_is_a_row(rows: set[str]) -> None:
    marks = {mark(row) for row in rows}
    found = []
    for path in files_of(LINES_OF):
        for line in path.read_text(encoding="utf-8").splitlines():
            parts = {line, line.partition(CONTEXT_MARK)[2], line.partition("\t")[2], line.lstrip(" -")}
            found += [f"{path.relative_to(REPO)}: {part}" for part in parts if plain(part) and mark(plain(part)) in marks]
    assert not found


def test_no_row_stands_inside_a_text(rows: set[str]) -> None:
    by_length: dict[int, set[bytes]] = {}
    for row in rows:
        if (length := len(row.split())) >= ANYWHERE_WORDS:
            by_length.setdefault(length, set()).add(mark(row))
    found = []
    for path in files_of(TEXTS_OF):
        words = plain(path.read_text(encoding="utf-8")).split()
        for length, marks in by_length.items():
            spans = (" ".join(words[start : start + length]) for start in range(len(words) - length + 1))
            found += [f"{path.relative_to(REPO)}: {span}" for span in spans if mark(span) in marks]
    assert not found


def test_the_search_would_find_one() -> None:
    row = {"turns": [{"speaker": "USER", "text": "A room, please!"}, {"speaker": "SYSTEM", "text": "Sure."}], "text": "Hello"}
    assert {plain(text) for text in said(row)} == {"a room please", "hello"}
