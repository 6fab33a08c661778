"""How long a pause may be: by what was asked and what has been said."""

import pytest

from speech.endpointing import Waits, complete, digits_in, unfinished, wait_ms
from speech.ports import Answer

WAITS = Waits()


@pytest.mark.parametrize(
    ("answer", "text", "expected_ms", "why"),
    [
        (Answer.ANYTHING, "Do you have a pool?", WAITS.complete_ms, "a question"),
        (Answer.ANYTHING, "We would love a quiet room.", WAITS.anything_ms, "anything"),
        (Answer.ANYTHING, "a quiet room upstairs", WAITS.open_sentence_ms, "open sentence"),
        (Answer.ANYTHING, "We need a room for", WAITS.unfinished_ms, "unfinished"),
        (Answer.ANYTHING, "My number is.", WAITS.unfinished_ms, "unfinished"),
        (Answer.NAME, "Emma Carlisle. That is C-A-R-L-Y-L-E.", WAITS.spelled_ms, "spelled"),
        (Answer.NAME, "Emma Carlisle. That is C-A-R-L", WAITS.spelling_ms, "spelling"),
        (Answer.ANYTHING, "Sorry.", WAITS.unfinished_ms, "unfinished"),
        (Answer.ANYTHING, "Oh, sorry, wait.", WAITS.unfinished_ms, "unfinished"),
        (Answer.ANYTHING, "Sorry?", WAITS.complete_ms, "a question"),
        (Answer.ANYTHING, "Tuesday and,", WAITS.unfinished_ms, "unfinished"),
        (Answer.ANYTHING, "Well, upstairs...", WAITS.open_sentence_ms, "open sentence"),
        (Answer.ANYTHING, "", WAITS.complete_ms, "no words"),
        (Answer.YES_NO, "Yes.", WAITS.complete_ms, "answered"),
        (Answer.YES_NO, "No, thank you.", WAITS.complete_ms, "answered"),
        (Answer.YES_NO, "Yes, but", WAITS.unfinished_ms, "unfinished"),
        (Answer.NUMBER, "Two.", WAITS.complete_ms, "answered"),
        (Answer.DATE, "The third of June.", WAITS.complete_ms, "answered"),
        (Answer.DATE, "August 21st", WAITS.complete_ms, "answered"),
        (Answer.DATE, "The twelfth.", WAITS.date_ms, "date"),
        (Answer.NAME, "Margaret.", WAITS.name_ms, "name"),
        (Answer.SPELLING, "H, O, L", WAITS.spelling_ms, "spelling"),
        (Answer.NAME, "It's H. O. L.", WAITS.spelling_ms, "spelling"),
        (Answer.PHONE, "617 555", WAITS.digits_ms, "digits go on"),
        (Answer.PHONE, "617-555-0182", WAITS.full_number_ms, "a whole number"),
        (Answer.PHONE, "six one seven five five five oh one eight two", WAITS.full_number_ms, "a whole number"),
        (Answer.CODE, "44 7", WAITS.digits_ms, "digits go on"),
        (Answer.EMAIL, "holly at example dot com", WAITS.complete_ms, "answered"),
        (Answer.EMAIL, "holly at example.", WAITS.email_ms, "email"),
    ],
)
def test_wait(answer: Answer, text: str, expected_ms: int, why: str) -> None:
    assert wait_ms(WAITS, answer, text) == (expected_ms, why)


def test_a_story_gets_longer_pauses() -> None:
    short, _ = wait_ms(WAITS, Answer.ANYTHING, "And then we drove up the coast.", 2_000)
    long, why = wait_ms(WAITS, Answer.ANYTHING, "And then we drove up the coast.", WAITS.story_ms + 1)
    assert (long - short, why) == (WAITS.story_more_ms, "a story")


@pytest.mark.parametrize(("text", "expected"), [("twelve", 0), ("oh five one", 3), ("415 2", 4), ("double two", 2), ("", 0)])
def test_digits(text: str, expected: int) -> None:
    assert digits_in(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("I want to", True), ("Yes, please.", False), ("please", True), ("That is all.", False), ("a double,", True), ("", False)]
)
def test_unfinished(text: str, expected: bool) -> None:
    assert unfinished(text) is expected


def test_a_name_is_never_surely_complete() -> None:
    assert not complete(Answer.NAME, "Anna Holm.")
