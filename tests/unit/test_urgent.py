from pathlib import Path

import pytest

from agent.receipts import claims
from agent.urgent import urgent

ROWS = [tuple(line.split("\t")) for line in (Path(__file__).parent / "urgent.tsv").read_text("utf-8").splitlines()]


def test_the_table_is_large_enough() -> None:
    assert sum(kind != "none" for kind, _ in ROWS) >= 60
    assert sum(kind == "none" for kind, _ in ROWS) >= 60


@pytest.mark.parametrize(("kind", "said"), ROWS, ids=[said for _, said in ROWS])
def test_the_whole_utterance_decides(kind: str, said: str) -> None:
    found = urgent(said)
    assert (found.kind if found else "none") == kind


@pytest.mark.parametrize(("kind", "said"), [row for row in ROWS if row[0] not in ("none", "person")], ids=str)
def test_emergencies_are_heard_however_they_are_written(kind: str, said: str) -> None:
    for written in (said.lower(), said.upper(), said.replace("'", "’"), f"um {said} please hurry"):
        found = urgent(written)
        assert found is not None, written
        assert found.kind == kind


@pytest.mark.parametrize("said", [said for kind, said in ROWS if kind == "none"], ids=str)
def test_no_beginning_of_a_harmless_sentence_is_an_emergency(said: str) -> None:
    words = said.split()
    for upto in range(1, len(words)):
        found = urgent(" ".join(words[:upto]), final=False)
        assert found is None or found.kind == "person", words[:upto]


@pytest.mark.parametrize(
    ("partial", "kind"),
    [
        ("there's a fire", None),
        ("there's a fire in the kitchen and", "fire"),
        ("he's not breathing", "medical"),
        ("somebody broke into our room and took", "intruder"),
        ("I want to talk to a real", None),
        ("I want to talk to a real person right now", "person"),
        ("", None),
    ],
)
def test_partial_text_counts_when_it_can_no_longer_turn(partial: str, kind: str | None) -> None:
    found = urgent(partial, final=False)
    assert (found.kind if found else None) == kind


@pytest.mark.parametrize("said", ["fire! fire!", "she isn't breathing", "there's a man in my room", "I want to kill myself", "operator please"])
def test_what_we_say_is_short_and_claims_no_call(said: str) -> None:
    found = urgent(said)
    assert found is not None
    for sentence in found.say:
        assert len(sentence) <= 140
        assert not claims(sentence) - {"transfer"}
        assert "called" not in sentence
    if found.kind != "person":
        assert any("dial the local emergency number" in sentence for sentence in found.say)
