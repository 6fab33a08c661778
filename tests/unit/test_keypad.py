"""Pressed keys."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.ports import Answer
from telephony.keypad import LONGEST, PAUSE_MS, Keypad, Keys

A, N, P = Answer.ANYTHING, Answer.NUMBER, Answer.PHONE


def keyed(keys: str, asked: Answer, each_ms: int = 120) -> tuple[list[str], int]:
    """The answers given by these keys alone and the time after the last one."""
    pad, at_ms, found = Keypad(), 0, []
    for key in keys:
        at_ms += each_ms
        found.append(pad.tick(at_ms))
        found.append(pad.press(key, at_ms, asked))
    found.append(pad.tick(at_ms + PAUSE_MS - 1))
    found.append(pad.tick(at_ms + PAUSE_MS))
    return [each.digits for each in found if each], at_ms


@pytest.mark.parametrize(
    ("keys", "asked", "answers"),
    [
        ("0", A, ["0"]),
        ("00", A, ["0", "0"]),
        ("0#", A, ["0"]),
        ("2025550142", P, ["2025550142"]),
        ("5555550142", P, ["5555550142"]),
        ("442079460123", P, ["4420794601", "23"]),
        ("0207946012", P, ["0207946012"]),
        ("12025550142", P, ["12025550142"]),
        ("2025550142#", P, ["2025550142"]),
        ("0", P, ["0"]),
        ("0", N, ["0"]),
        ("3", N, ["3"]),
        ("3#", N, ["3"]),
        ("12", N, ["12"]),
        ("#", N, []),
        ("##", A, []),
        ("12*34#", N, ["34"]),
        ("*", N, []),
        ("1A2B#", N, ["12"]),
        ("0042", Answer.CODE, ["0042"]),
        ("0314", Answer.DATE, ["0314"]),
        ("5", A, ["5"]),
    ],
)
def test_keys_become_answers(keys: str, asked: Answer, answers: list[str]) -> None:
    assert keyed(keys, asked)[0] == answers


def test_a_pause_ends_an_answer_and_not_before() -> None:
    pad = Keypad()
    assert pad.press("4", 1000, N) is None
    assert pad.press("2", 3000, N) is None
    assert pad.tick(3000 + PAUSE_MS - 1) is None
    assert pad.tick(3000 + PAUSE_MS) == Keys("42")
    assert pad.tick(99_000) is None


def test_the_tenth_digit_ends_a_phone_number_at_once() -> None:
    pad = Keypad()
    answers = [pad.press(key, at * 120, P) for at, key in enumerate("2025550142")]
    assert answers == [None] * 9 + [Keys("2025550142")]


def test_what_was_asked_before_does_not_leak_into_the_next_answer() -> None:
    pad = Keypad()
    for at, key in enumerate("2025550142"):
        pad.press(key, at * 120, P)
    assert pad.press("0", 2000, A) == Keys("0")
    assert pad.press("3", 2100, N) is None
    assert pad.press("#", 2200, N) == Keys("3")


@given(st.text("0123456789*#ABCD", max_size=300), st.sampled_from(list(Answer)))
def test_a_storm_of_keys_stays_small(keys: str, asked: Answer) -> None:
    answers, _ = keyed(keys, asked, each_ms=10)
    assert all(1 <= len(answer) <= LONGEST and answer.isdecimal() for answer in answers)
