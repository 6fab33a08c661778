"""Flux's messages as our events, without a socket."""

from typing import Any

import pytest
from deepgram.listen.v2.types.listen_v2turn_info import ListenV2TurnInfo
from hypothesis import given
from hypothesis import strategies as st

from speech.deepgram_turns import FluxTurns, SentClock, parse
from speech.ports import Transcript, TurnMark, TurnSignal

START = 10_000


def info(event: str, text: str, end_s: float, index: int = 0, **more: Any) -> ListenV2TurnInfo:
    words = [{"word": word, "confidence": 0.5} for word in text.split()]
    return ListenV2TurnInfo.model_validate(
        {
            "request_id": "r",
            "sequence_id": 0,
            "event": event,
            "turn_index": index,
            "audio_window_start": 0.0,
            "audio_window_end": end_s,
            "transcript": text,
            "words": words,
            "end_of_turn_confidence": 0.1,
            **more,
        }
    )


@pytest.fixture
def turns() -> FluxTurns:
    one = FluxTurns()
    one.clock.sent(8 * 60_000, START)
    return one


@given(st.lists(st.tuples(st.integers(0, 3_000), st.integers(1, 100)), min_size=1, max_size=40))
def test_the_clock_maps_every_moment_of_what_was_sent(pieces: list[tuple[int, int]]) -> None:
    clock = SentClock()
    stream = 500
    expected: list[tuple[int, int]] = []
    for gap, ms in pieces:
        stream += gap
        expected.append((clock.sent_ms, stream))
        clock.sent(8 * ms, stream)
        stream += ms
    assert [clock.stream_ms(sent) for sent, _ in expected] == [at for _, at in expected]
    assert clock.stream_ms(clock.sent_ms) == stream


def test_silence_that_was_filled_in_does_not_move_the_callers_clock() -> None:
    clock = SentClock()
    assert clock.stream_ms(0) is None
    clock.sent(8 * 100, None)
    clock.sent(8 * 100, 700)
    clock.sent(8 * 240, None)
    clock.sent(8 * 100, 800)
    assert [clock.stream_ms(sent) for sent in (0, 100, 199, 440, 540)] == [700, 700, 799, 800, 900]


def test_a_turn_without_a_start_event_is_started_by_its_first_text(turns: FluxTurns) -> None:
    events = [*turns.read(info("Update", "", 0.5)), *turns.read(info("Update", "Hello", 1.0)), *turns.read(info("EndOfTurn", "Hello.", 1.5))]
    assert events == [
        TurnSignal(TurnMark.STARTED, START + 1000),
        Transcript("Hello", START + 1000, confidence=0.5),
        Transcript("Hello.", START + 1500, final=True, confidence=0.5),
        TurnSignal(TurnMark.ENDED, START + 1500),
    ]


def test_a_turn_that_turned_out_empty_ends_without_words(turns: FluxTurns) -> None:
    events = [*turns.read(info("StartOfTurn", "", 0.5)), *turns.read(info("EndOfTurn", "", 5.5))]
    assert events == [TurnSignal(TurnMark.STARTED, START + 500), TurnSignal(TurnMark.ENDED, START + 5500)]


def test_what_is_said_of_an_ended_turn_is_ignored(turns: FluxTurns) -> None:
    list(turns.read(info("StartOfTurn", "Yes", 0.5)))
    assert [type(event) for event in turns.give_up(START + 900)] == [Transcript, TurnSignal]
    assert list(turns.read(info("EndOfTurn", "Yes, please.", 2.0))) == []
    assert [type(event) for event in turns.read(info("StartOfTurn", "And", 3.0, index=1))] == [TurnSignal, Transcript]


def test_a_carried_turn_goes_on_in_the_next_connection(turns: FluxTurns) -> None:
    list(turns.read(info("Update", "I would like", 1.0, index=3)))
    turns.carry()
    assert turns.carried_only
    turns.clock.sent(8 * 5_000, START + 1000)
    events = list(turns.read(info("EndOfTurn", "a room.", 2.0, index=0, languages=["en", "de"])))
    assert events[0] == Transcript("I would like a room.", START + 3000, final=True, confidence=0.5, language="en")
    assert [event.mark for event in events if isinstance(event, TurnSignal)] == [TurnMark.ENDED]


def test_an_unknown_event_or_trigger_is_no_fault(turns: FluxTurns) -> None:
    list(turns.read(info("StartOfTurn", "Yes", 0.5)))
    assert [type(event) for event in turns.read(info("SomethingNew", "Yes", 0.7))] == [Transcript]
    assert turns.open


@pytest.mark.parametrize("raw", ["", "{", "[]", "null", "7", b"\x00\xff", '{"type":"TurnInfo"}', '{"type":"Weather"}', '{"type":["TurnInfo"]}'])
def test_what_nobody_can_read_is_nothing(raw: str | bytes) -> None:
    assert parse(raw) is None


@given(st.text() | st.binary())
def test_no_frame_breaks_the_reader(raw: str | bytes) -> None:
    assert parse(raw) is None
