"""ElevenLabs' answers as speech: where words begin, loudness, and answers that nobody can read."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.elevenlabs_pieces import Alignment, audio_of, context_of, gain_table, is_final
from speech.mulaw import decode

SECOND = b"\x80" * 8000


def aligned(text: str, each_ms: int = 50) -> dict[str, Any]:
    return {"chars": list(text), "charStartTimesMs": [each_ms * at for at in range(len(text))], "charDurationsMs": [each_ms] * len(text)}


def test_times_of_a_later_piece_follow_the_sound_before_it() -> None:
    alignment = Alignment("We open at ten.")
    assert alignment.speech(SECOND, aligned("We op")).starts == ((0, 0), (3, 150))
    assert not alignment.whole
    assert alignment.speech(SECOND, aligned("en at ten. ")).starts == ((8, 1150), (11, 1300))
    assert alignment.whole


def test_snake_case_times_and_characters_that_are_not_in_the_sentence() -> None:
    alignment = Alignment("Yes, sir.")
    given_times = {"chars": list(" Yes,_ sir."), "char_start_times_ms": list(range(11))}
    assert alignment.speech(SECOND, given_times).starts == ((0, 1), (5, 7))


@pytest.mark.parametrize("broken", [{}, {"chars": None}, {"chars": ["a", "b"], "charStartTimesMs": [1]}, {"chars": ["§"], "charStartTimesMs": [1]}])
def test_an_alignment_that_does_not_fit_is_no_fault(broken: dict[str, Any]) -> None:
    assert Alignment("x y").speech(SECOND, broken).starts == ()


@given(st.text(alphabet="ab .", min_size=1, max_size=60), st.lists(st.integers(1, 9), min_size=1, max_size=20))
def test_starts_are_the_first_letters_of_words_in_order(sentence: str, cuts: list[int]) -> None:
    alignment, at = Alignment(sentence), 0
    starts: list[tuple[int, int]] = []
    for cut in cuts:
        starts += alignment.speech(bytes(80 * cut), aligned(sentence[at : at + cut], 10)).starts
        at += cut
    begins = [place for place, letter in enumerate(sentence[:at]) if letter != " " and (place == 0 or sentence[place - 1] == " ")]
    assert [index for index, _ in starts] == begins
    assert [ms for _, ms in starts] == [10 * index for index in begins]


@pytest.mark.parametrize("gain_db", [-12.0, 3.0, 6.0, 12.0])
def test_gain_keeps_order_and_sign_and_never_clips(gain_db: float) -> None:
    before = decode(bytes(range(256))).astype(int)
    after = decode(gain_table(gain_db)).astype(int)
    order = np.argsort(before, kind="stable")
    assert (np.diff(after[order]) >= 0).all()
    assert (np.sign(before) * np.sign(after) >= 0).all()
    assert np.abs(after).max() < 32_700
    middle = np.abs(before) * 10 ** (gain_db / 20) < 15_000
    big = middle & (np.abs(before) > 500)
    assert after[big] == pytest.approx(before[big] * 10 ** (gain_db / 20), rel=0.07)


@pytest.mark.parametrize("audio", ["%%%", 7, ["a"], "YQ", None, ""])
def test_sound_that_cannot_be_read_is_none(audio: Any) -> None:
    assert audio_of({"audio": audio}) == b""


def test_both_spellings_of_names() -> None:
    assert context_of({"contextId": "a"}) == context_of({"context_id": "a"}) == "a"
    assert context_of({}) == ""
    assert is_final({"isFinal": True})
    assert is_final({"is_final": True})
    assert not is_final({"isFinal": None})
