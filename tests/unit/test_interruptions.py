"""Echo, backchannel, or a wish to speak."""

import pytest

from speech.interruptions import Burst, Calm, EchoFloor, Meaning, asks_to_hold, is_echo, meaning

SPOKEN = "Breakfast is served from seven until ten in the garden room."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Meaning.NOTHING),
        ("...", Meaning.NOTHING),
        ("Mm-hm.", Meaning.BACKCHANNEL),
        ("Uh-huh, okay.", Meaning.BACKCHANNEL),
        ("Right, I see.", Meaning.BACKCHANNEL),
        ("Yeah.", Meaning.BACKCHANNEL),
        ("seven until ten", Meaning.ECHO),
        ("Stop.", Meaning.INTERRUPTION),
        ("No.", Meaning.INTERRUPTION),
        ("Excuse me", Meaning.INTERRUPTION),
        ("Right?", Meaning.INTERRUPTION),
        ("Yeah, but I have a dog", Meaning.INTERRUPTION),
        ("Hold on a moment", Meaning.HOLD_ON),
        ("Give me a second please", Meaning.HOLD_ON),
    ],
)
def test_meaning(text: str, expected: Meaning) -> None:
    assert meaning(text, SPOKEN) is expected


def test_yes_to_a_question_is_an_answer() -> None:
    assert meaning("Yes.", "Shall I book it?", asked=True) is Meaning.INTERRUPTION
    assert meaning("Mm-hm.", "Shall I book it?", asked=True) is Meaning.BACKCHANNEL


@pytest.mark.parametrize(
    ("text", "confidence", "expected"),
    [
        ("Savoury.", 0.5, Meaning.UNCLEAR),
        ("Thursday.", 0.8, Meaning.INTERRUPTION),
        ("wooden boat", 0.2, Meaning.UNCLEAR),
        ("can you", 0.5, Meaning.INTERRUPTION),
    ],
)
def test_a_guess_decides_nothing(text: str, confidence: float, expected: Meaning) -> None:
    assert meaning(text, SPOKEN, confidence=confidence) is expected


def test_one_shared_word_is_no_echo() -> None:
    assert not is_echo("breakfast", SPOKEN)
    assert is_echo("Breakfast is served", SPOKEN)


@pytest.mark.parametrize("text", ["hang on", "One sec, my bag is upstairs", "Bear with me.", "Let me check my diary"])
def test_asks_to_hold(text: str) -> None:
    assert asks_to_hold(text)


def test_holding_is_not_heard_everywhere() -> None:
    assert not asks_to_hold("We would like one room for a second night")


def test_the_floor_follows_a_louder_and_a_softer_line() -> None:
    floor = EchoFloor()
    for _ in range(4 * EchoFloor.BLOCK_PACKETS):
        assert floor.covers(-30.0)
    assert floor.db == -30.0
    for _ in range(5 * EchoFloor.BLOCK_PACKETS):
        floor.covers(-70.0)
    assert floor.db == EchoFloor.LEAST_DB
    assert not floor.covers(-40.0)


def test_a_callers_soft_onset_does_not_lift_the_floor() -> None:
    floor = EchoFloor()
    for level in [-45.0] * (4 * EchoFloor.BLOCK_PACKETS - 3) + [-39.0, -38.0, -37.5]:
        floor.covers(level)
    assert floor.db == -45.0


def test_the_floor_never_lies_below_what_we_play() -> None:
    floor = EchoFloor()
    floor.played(-8.0)
    assert floor.covers(-8.0 - EchoFloor.RETURN_DB + EchoFloor.MARGIN_DB)


def burst(levels: list[float], probability: float = 0.9, *, calm: bool = False) -> Burst:
    made = Burst(0, calm=calm)
    for i, level in enumerate(levels):
        made.add(probability, level, (i + 1) * 20, loud=level > -40)
    return made


def test_a_backchannel_dies_away_and_a_speaker_keeps_up() -> None:
    assert not burst([-20.0] * 10 + [-24.0, -28.0, -32.0, -36.0, -38.0, -39.0, -39.5] + [-39.5] * 5).is_up
    assert burst([-20.0, -24.0] * 12).is_up


def test_a_loud_noise_is_no_voice() -> None:
    assert not burst([-12.0] * 40, probability=0.05).is_voice
    assert burst([-12.0] * 40).is_voice


def test_burst_counts_loud_time_and_its_length() -> None:
    made = burst([-20.0] * 5 + [-60.0] * 5 + [-20.0] * 5)
    assert (made.loud_ms, made.lasts_ms) == (200, 300)


@pytest.mark.parametrize(
    ("calm", "probability", "soft_db", "lasts_ms"),
    [
        (True, 0.99, -42.0, 400),
        (False, 0.99, -42.0, 200),
        (True, 0.9, -42.0, 200),
        (True, 0.99, -46.0, 200),
    ],
)
def test_a_sure_voice_goes_on_through_soft_sounds_of_a_calm_line(calm: bool, probability: float, soft_db: float, lasts_ms: int) -> None:
    made = burst([-20.0] * 10 + [soft_db] * 10, probability, calm=calm)
    assert (made.lasts_ms, made.loud_ms) == (lasts_ms, 200)
    assert made.is_sure is (calm and probability >= Burst.SURE)


def test_a_line_is_calm_after_a_second_that_hardly_ever_seems_voiced() -> None:
    calm = Calm()
    for _ in range(Calm.PACKETS - 1):
        calm.add(0.1)
    assert not calm
    for probability in [0.9] * Calm.MOST:
        calm.add(probability)
    assert calm
    calm.add(0.9)
    assert not calm
    for _ in range(Calm.PACKETS):
        calm.add(0.1)
    assert calm


def test_our_own_level_lowers_the_first_guess_and_the_first_second_replaces_it() -> None:
    floor = EchoFloor()
    floor.played(-20.0)
    assert not floor.covers(-31.0)
    for _ in range(EchoFloor.BLOCK_PACKETS):
        floor.played(-20.0)
        floor.covers(-52.0)
    assert floor.db == -52.0


def test_the_echo_grows_as_we_grow_louder_and_a_pause_says_nothing() -> None:
    floor = EchoFloor()
    for _ in range(EchoFloor.BLOCK_PACKETS):
        floor.played(-20.0)
        floor.covers(-50.0)
    floor.played(-14.0)
    assert floor.db == -44.0
    floor.played(-90.0)
    assert floor.db == -44.0
