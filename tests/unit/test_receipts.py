from pathlib import Path

import pytest

from agent.receipts import claims, honest, unbacked
from tools.catalogue import Receipt

HERE = Path(__file__).parent
BOOKING, LEAD, TEXT = Receipt("booking", "B1"), Receipt("lead", "L1"), Receipt("text", "T1")


def sentences(file: str, kind: str) -> list[str]:
    rows = [line.split("\t") for line in (HERE / file).read_text("utf-8").splitlines()]
    return [sentence for label, sentence in rows if label == kind]


@pytest.mark.parametrize("file", ["claims.tsv", "claims_check.tsv"])
def test_paraphrased_claims_are_held(file: str) -> None:
    said = sentences(file, "claim")
    missed = [sentence for sentence in said if not claims(sentence)]
    assert len(said) >= 60
    assert len(missed) <= 0.02 * len(said), missed


@pytest.mark.parametrize("file", ["claims.tsv", "claims_check.tsv"])
def test_harmless_sentences_are_said(file: str) -> None:
    said = sentences(file, "harmless")
    held = [sentence for sentence in said if claims(sentence)]
    assert len(said) >= 60
    assert len(held) <= 0.03 * len(said), held


@pytest.mark.parametrize("sentence", sentences("claims.tsv", "claim"))
def test_no_claim_stands_without_any_receipt(sentence: str) -> None:
    assert unbacked(sentence, ())


@pytest.mark.parametrize(
    ("sentence", "kinds"),
    [
        ("I've booked the garden room for you.", {"booking"}),
        ("Your booking has been cancelled.", {"cancellation"}),
        ("I moved you to the twelfth.", {"change"}),
        ("I've sent you the link.", {"text"}),
        ("I'm putting you through.", {"transfer"}),
        ("I've passed that on to the manager.", {"note"}),
        ("Your deposit has been refunded.", {"payment"}),
        ("Your wake-up call is set for six.", {"request"}),
        ("You're all set.", {"done"}),
        ("I've cancelled the first booking and I've sent you a text.", {"cancellation", "text"}),
        ("Your room is booked, is there anything else?", {"booking"}),
        ("I’ve booked it.", {"booking"}),
        ("", set()),
    ],
)
def test_the_kind_of_claim(sentence: str, kinds: set[str]) -> None:
    assert claims(sentence) == kinds


@pytest.mark.parametrize(
    ("sentence", "receipts", "said"),
    [
        ("Your room is booked.", (BOOKING,), True),
        ("Your room is booked.", (LEAD,), False),
        ("I've noted your request for the desk.", (LEAD,), True),
        ("I've noted your request for the desk.", (TEXT,), False),
        ("I've texted you the link.", (Receipt("payment_link", "P"),), True),
        ("I've booked it and sent you a text.", (BOOKING,), False),
        ("I've booked it and sent you a text.", (BOOKING, TEXT), True),
        ("You're all set.", (LEAD,), True),
        ("You're all set.", (), False),
        ("Your card has been charged.", (BOOKING, LEAD, TEXT), False),
        ("We have a king room left.", (), True),
    ],
)
def test_only_the_right_receipt_backs_a_claim(sentence: str, receipts: tuple[Receipt, ...], said: bool) -> None:
    assert (not unbacked(sentence, receipts)) is said


@pytest.mark.parametrize("kind", ["booking", "cancellation", "change", "text", "transfer", "note", "payment", "request", "done", "unheard of"])
def test_what_is_said_instead_claims_nothing(kind: str) -> None:
    assert claims(honest({kind})) == frozenset()
