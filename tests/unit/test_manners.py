"""Wishes about the call itself, and a yes or no."""

import pytest

from agent.manners import Manner, beyond_yes_or_no, manner, yes_or_no


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("slower please", Manner.SLOWER),
        ("you're talking too fast", Manner.SLOWER),
        ("could you slow down a bit?", Manner.SLOWER),
        ("a little faster please", Manner.FASTER),
        ("louder", Manner.LOUDER),
        ("could you speak up please", Manner.LOUDER),
        ("I can barely hear you", Manner.LOUDER),
        ("not so loud", Manner.QUIETER),
        ("what did you say?", Manner.REPEAT),
        ("sorry, can you repeat that?", Manner.REPEAT),
        ("come again", Manner.REPEAT),
        ("hang on a second", Manner.HOLD_ON),
        ("one second, I need to ask my wife", Manner.HOLD_ON),
        ("let me grab a pen", Manner.HOLD_ON),
        ("I'd rather not be recorded", Manner.NO_RECORDING),
        ("do not record this call", Manner.NO_RECORDING),
    ],
)
def test_a_wish_about_the_call_is_understood(words: str, kind: Manner) -> None:
    asked = manner(words)
    assert asked is not None
    assert asked.manner is kind
    assert asked.rest == "" or kind is Manner.HOLD_ON


@pytest.mark.parametrize(
    "words",
    [
        "Do you have a recording studio?",
        "there is no record of my booking",
        "one room for two nights",
        "just a double please",
        "hang on, am I talking to a person?",
        "is there a slow cooker in the kitchen",
        "can you hear me",
        "I'd like to speak up for my neighbour",
        "a minute from the beach",
    ],
)
def test_look_alikes_are_none(words: str) -> None:
    assert manner(words) is None


@pytest.mark.parametrize(
    ("words", "kind", "rest"),
    [
        ("I'm hard of hearing, so please speak up", Manner.LOUDER, "I'm hard of hearing"),
        ("When is breakfast? And could you speak a little slower please", Manner.SLOWER, "When is breakfast?"),
    ],
)
def test_the_clearest_may_stand_anywhere(words: str, kind: Manner, rest: str) -> None:
    asked = manner(words)
    assert asked is not None
    assert (asked.manner, asked.rest) == (kind, rest)


def test_what_was_said_beside_it_is_kept() -> None:
    asked = manner("a bit slower please, and when is breakfast?")
    assert asked is not None
    assert asked.rest == "when is breakfast?"


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("yes", True),
        ("Yeah, sure.", True),
        ("okay great", True),
        ("sounds good", True),
        ("no problem", True),
        ("no", False),
        ("not really", False),
        ("no, the fifth", False),
        ("that's not right", False),
        ("okay, no", False),
        ("I would like a room", None),
        ("good morning", None),
        ("Thursday", None),
        ("", None),
    ],
)
def test_yes_or_no(words: str, answer: bool | None) -> None:
    assert yes_or_no(words) is answer


@pytest.mark.parametrize(
    ("words", "rest"),
    [
        ("yes please", ""),
        ("no thanks", ""),
        ("yes, and what time is breakfast?", "what time is breakfast?"),
        ("no, the fifth", "the fifth"),
        ("sure, my name is Lee", "my name is Lee"),
    ],
)
def test_what_stands_beyond_the_answer(words: str, rest: str) -> None:
    assert beyond_yes_or_no(words) == rest
