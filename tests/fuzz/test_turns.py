"""Whatever the line and the recogniser do: turns end, once each, and time goes forward."""

from hypothesis import given, settings
from hypothesis import strategies as st

from speech.endpointing import Waits
from speech.ports import Answer, TranscriberFailed, Transcript, TurnMark, TurnSignal
from speech.turns import Backchannel, CallerSpeaking, Decision, EndOfTurn, GiveUp, Interrupt, LikelyEnd, PartialDecode, Resume, Turns

WAITS = Waits()
LONGEST_END_MS = WAITS.patient_most_ms + WAITS.text_limit_ms + WAITS.likely_end_ms + 1_000

TEXTS = st.sampled_from(["", "Yes.", "okay", "my number is", "617 555", "A room for two.", "hold on", "on the harbour", "stop"])
STEPS = st.one_of(
    st.tuples(st.just("sound"), st.integers(1, 80), st.floats(0, 1), st.floats(-96, 0)),
    st.tuples(st.just("text"), TEXTS, st.integers(-2_000, 500), st.floats(0, 1)),
    st.tuples(st.just("mark"), st.sampled_from(list(TurnMark))),
    st.tuples(st.just("failed")),
    st.tuples(st.just("agent"), st.sampled_from([None, "Rooms on the harbour.", "Shall I book it?"])),
    st.tuples(st.just("tick"), st.integers(0, 2_000)),
    st.tuples(st.just("expect"), st.sampled_from(list(Answer))),
    st.tuples(st.just("patience"), st.floats(1, 3)),
    st.tuples(st.just("hold"), st.integers(0, 90_000)),
)


def run(turns: Turns, steps: list[tuple]) -> tuple[int, list[Decision]]:  # type: ignore[type-arg]
    now = 0
    decided: list[Decision] = []
    for step in steps:
        match step:
            case ("sound", packets, probability, level_db):
                for _ in range(packets):
                    decided += turns.frame(probability, level_db, now)
                    now += 20
            case ("text", text, offset, confidence):
                decided += turns.hear(Transcript(text, max(0, now + offset), confidence=confidence))
            case ("mark", mark):
                decided += turns.hear(TurnSignal(mark, now))
            case ("failed",):
                decided += turns.hear(TranscriberFailed("gone", now))
            case ("agent", text):
                turns.agent_speaking(text, now)
            case ("tick", ms):
                now += ms
                decided += turns.tick(now)
            case ("expect", answer):
                turns.expect(answer)
            case ("patience", factor):
                turns.patience(factor)
            case ("hold", ms):
                turns.hold(now + ms)
    return now, decided


@settings(max_examples=150, deadline=None)
@given(st.lists(STEPS, max_size=40), st.booleans())
def test_every_turn_ends_once_and_time_goes_forward(steps: list[tuple], marks_turns: bool) -> None:  # type: ignore[type-arg]
    turns = Turns(marks_turns=marks_turns)
    now, decided = run(turns, steps)
    turns.agent_speaking(None, now)
    for at in range(now, now + max(LONGEST_END_MS, WAITS.marked_factor * WAITS.patient_most_ms) + 2_000, 20):
        decided += turns.frame(0.0, -90.0, at)
    times = [each.at_ms for each in decided if not isinstance(each, CallerSpeaking) and hasattr(each, "at_ms")]
    assert times == sorted(times)
    is_open, held = False, any(step[0] == "hold" for step in steps)
    for each in decided:
        if isinstance(each, CallerSpeaking):
            assert not is_open or held
            is_open = True
        elif isinstance(each, EndOfTurn | GiveUp | Resume):
            assert is_open or (isinstance(each, GiveUp) and each.why == "failed")
            is_open = False
            if isinstance(each, EndOfTurn):
                assert each.text.strip()
                assert each.start_ms <= each.end_ms <= each.at_ms
        elif isinstance(each, LikelyEnd | PartialDecode):
            assert 0 <= each.start_ms <= each.at_ms
    assert not is_open or held


@settings(max_examples=60, deadline=None)
@given(st.lists(STEPS, max_size=30))
def test_nothing_interrupts_a_silent_agent(steps: list[tuple]) -> None:  # type: ignore[type-arg]
    _, decided = run(Turns(), [step for step in steps if step[0] != "agent"])
    assert not [each for each in decided if isinstance(each, Interrupt | Backchannel | Resume)]
