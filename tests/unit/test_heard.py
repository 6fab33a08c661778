"""The heard ledger: milliseconds played to words heard."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony.heard import SpokenSentence

TEXT = "Breakfast is served from seven to ten in the garden room."
WORDS = TEXT.split()
LETTER = 50


def even(text: str = TEXT, spoken: str | None = None, *, complete: bool = True) -> SpokenSentence:
    """A voice without timing of its own, as long as its letters."""
    spoken = spoken or text
    return SpokenSentence(text, spoken, length_ms=len(spoken) * LETTER, complete=complete)


def timed(text: str, spoken: str | None = None) -> SpokenSentence:
    """A voice that tells when each letter begins."""
    spoken = spoken or text
    sentence = even(text, spoken)
    sentence.starts = [(index, index * LETTER) for index in range(len(spoken))]
    return sentence


@pytest.mark.parametrize("make", [even, timed])
def test_nothing_and_all(make: object) -> None:
    sentence = even() if make is even else timed(TEXT)
    assert sentence.heard(0) == ""
    assert sentence.heard(-5) == ""
    assert sentence.heard(sentence.length_ms) == TEXT
    assert sentence.heard(sentence.length_ms + 999) == TEXT


@pytest.mark.parametrize("count", range(1, len(WORDS)))
def test_each_words_end_is_where_it_is_heard(count: int) -> None:
    upto = " ".join(WORDS[:count])
    at_ms = len(upto) * LETTER
    assert timed(TEXT).heard(at_ms) == upto
    assert timed(TEXT).heard(at_ms - 100) == " ".join(WORDS[: count - 1])
    estimated = even().heard(at_ms).split()
    assert abs(len(estimated) - count) <= 1


@pytest.mark.parametrize(
    ("text", "spoken", "played", "heard"),
    [
        ("It is $40 a night.", "It is forty dollars a night.", "It is forty dollars", "It is $40"),
        ("It is $40 a night.", "It is forty dollars a night.", "It is", "It is"),
        ("It is $40 a night.", "It is forty dollars a night.", "It is forty dollars a", "It is $40 a"),
        ("Call 202-555-0142 now.", "Call two oh two, five five five, oh one four two now.", "Call two oh two, five", "Call"),
        ("Call 202-555-0142 now.", "Call two oh two, five five five, oh one four two now.", "Call two oh two, five five five, oh one four two",
         "Call 202-555-0142"),
        ("3 rooms at 10:30.", "three rooms at half past ten.", "three rooms", "3 rooms"),
    ],
)  # fmt: skip
def test_what_is_spoken_otherwise_is_heard_in_its_own_words(text: str, spoken: str, played: str, heard: str) -> None:
    assert timed(text, spoken).heard(len(played) * LETTER) == heard


@given(
    st.lists(st.text("abcdefg,.?", min_size=1, max_size=9), min_size=1, max_size=20),
    st.integers(1, 20_000),
    st.integers(0, 25_000),
    st.integers(0, 3_000),
    st.booleans(),
)
def test_heard_is_a_prefix_that_only_grows(words: list[str], length_ms: int, played_ms: int, more_ms: int, complete: bool) -> None:
    text = " ".join(words)
    sentence = SpokenSentence(text, text, length_ms=length_ms, complete=complete)
    heard, later = sentence.heard(played_ms), sentence.heard(played_ms + more_ms)
    assert text.startswith(heard)
    assert later.startswith(heard)
    assert heard.split() == words[: len(heard.split())]


@given(st.lists(st.text("abcdefg", min_size=1, max_size=9), min_size=1, max_size=20), st.integers(0, 25_000))
def test_going_on_repeats_at_most_the_word_that_was_cut(words: list[str], played_ms: int) -> None:
    text = " ".join(words)
    sentence = even(text)
    again_ms = sentence.word_began_ms(played_ms)
    assert 0 <= again_ms <= max(0, played_ms)
    assert played_ms - again_ms <= (max(map(len, words)) + 1) * LETTER * 2 or played_ms > sentence.length_ms


def test_without_words_there_is_nothing_to_hear() -> None:
    sentence = SpokenSentence("…", " ", length_ms=100)
    assert sentence.word_began_ms(50) == 0
    assert sentence.heard(0) == ""
