"""Callers that are no callers: tones are told from voices, pitches from questions."""

import wave
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pytest

from speech import mulaw
from speech.ports import Transcript
from telephony.call import Call
from telephony.events import Ended, Event, Heard
from telephony.nuisance import Nuisance, pitch
from tools.catalogue import NextStep

VOICES = sorted((Path(__file__).resolve().parents[2] / "scripts" / "demo_call" / "voices").rglob("*.wav"))
Samples = npt.NDArray[np.float32]
NOISE = np.random.default_rng(5).normal(0, 0.01, 6400).astype(np.float32)


def tone(hz: float, ms: int, level: float = 0.2) -> Samples:
    return (level * np.sin(2 * np.pi * hz * np.arange(ms * 8) / 8000)).astype(np.float32)


def silence(ms: int) -> Samples:
    return np.random.default_rng(3).normal(0, 0.0005, ms * 8).astype(np.float32)


def teletype(characters: int) -> Samples:
    """Baudot at 45.45 baud: bits of 22 ms, 1400 Hz and 1800 Hz, the mark held between characters."""
    bits = np.random.default_rng(4).integers(0, 2, characters * 7)
    return np.concatenate([tone(1400 if bit else 1800, 22) for bit in bits] + [tone(1400, 200)])


def ended_by(sound: Samples, text: str = "") -> tuple[Ended | None, int]:
    told: list[Event] = []
    part = Nuisance()
    part.call = cast("Call", SimpleNamespace(tell=told.append))
    encoded, at = mulaw.from_samples(sound), 0
    for at in range(0, len(encoded) - 159, 160):
        part.audio(encoded[at : at + 160], at // 8)
        if told:
            break
    if text:
        part.event(Heard(Transcript(text, 1000)))
    assert len(told) <= 1
    return cast("Ended | None", told[0] if told else None), at // 8


@pytest.mark.parametrize(
    ("name", "sound", "within_ms"),
    [
        ("fax calling tone", np.concatenate([silence(1030), *[tone(1100, 500), silence(3000)] * 3]), 5200),
        ("fax calling tone, soft", np.concatenate([silence(470), *[tone(1100, 500, 0.03), silence(3000)] * 3]), 5200),
        ("answer tone", np.concatenate([silence(700), tone(2100, 3000)]), 1500),
        ("modem calling tone", np.concatenate([silence(700), *[tone(1300, 600), silence(1500)] * 3]), 4000),
        ("fax in a noisy line", np.concatenate([silence(300), tone(1100, 500)]) + NOISE, 900),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_fax_and_modem_tones_end_the_call(name: str, sound: Samples, within_ms: int) -> None:
    ended, at_ms = ended_by(sound)
    assert ended == Ended("fax", None), name
    assert at_ms <= within_ms


def test_a_teletype_goes_to_a_person() -> None:
    ended, at_ms = ended_by(np.concatenate([silence(500), teletype(20)]))
    assert ended == Ended("teletype", NextStep.DESK)
    assert at_ms < 2000


def wav(path: Path) -> Samples:
    with wave.open(str(path)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / np.float32(32768)


@pytest.mark.parametrize("path", VOICES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_voice_is_never_a_tone(path: Path) -> None:
    assert ended_by(wav(path))[0] is None


def test_keys_music_and_beeps_are_no_fax() -> None:
    keys = np.concatenate([np.concatenate([tone(770, 90) + tone(1336, 90), silence(60)]) for _ in range(30)])
    music = np.concatenate([tone(hz, 300) + tone(hz * 2, 300) / 2 + tone(hz * 3, 300) / 3 for hz in (262, 330, 392, 523, 1047, 550, 700) * 4])
    beeps = np.concatenate([*[tone(1100, 200), silence(400)] * 20])
    for sound in (keys, music, beeps, silence(5000), tone(1000, 3000), tone(440, 3000) + tone(480, 3000)):
        assert ended_by(sound)[0] is None


PITCHES = (
    "Hello this is a final notice about your google business profile, press one now to verify it before it is removed",
    "We have been trying to reach you about your extended warranty, to be removed from this list press nine, otherwise stay on the line",
    "Good news, you are pre-approved for a working capital loan for your property, press two to speak with an agent today please",
    "This is an urgent message for the owner, do not hang up, your listing will expire at midnight if nobody answers this call",
)
CALLERS = (
    "Do I press one if I would like to talk to somebody at the desk about the room I booked?",
    "I saw the business listing online and wanted to ask whether you have rooms free this weekend for two people",
    "This is important, I left my passport in the room this morning and my flight leaves at six tonight",
    "Do not hang up please, I am looking for my booking code, it is somewhere in this mail, one moment",
    "Press one.",
)


@pytest.mark.parametrize("text", PITCHES)
def test_a_recorded_pitch_ends_the_call(text: str) -> None:
    assert ended_by(silence(100), text)[0] == Ended("recorded pitch", None)


@pytest.mark.parametrize("text", CALLERS)
def test_people_are_no_pitch(text: str) -> None:
    assert pitch(text) < 2
    assert ended_by(silence(100), text)[0] is None


def test_a_call_ends_once() -> None:
    told: list[Any] = []
    part = Nuisance()
    part.call = cast("Call", SimpleNamespace(tell=told.append))
    for _ in range(3):
        part.event(Heard(Transcript(PITCHES[0], 1000)))
    assert len(told) == 1
