"""What every voice activity promises: any packet length, a probability and a level, one state per call."""

import numpy as np
import pytest

from speech import mulaw
from speech.ports import VoiceActivity
from speech.voice_activity import SileroVoiceActivity
from telephony.process.model_files import silero_onnx


@pytest.fixture(scope="module")
def activity() -> VoiceActivity:
    return SileroVoiceActivity(silero_onnx())


def buzz(seconds: float) -> bytes:
    """A pulse train with formants and a beat of syllables: sounds like a vowel to a model."""
    time = np.arange(int(seconds * mulaw.RATE)) / mulaw.RATE
    pulse = sum(np.sin(2 * np.pi * 120 * k * time) / k for k in range(1, 25))
    beat = 0.5 + 0.5 * np.sin(2 * np.pi * 4 * time)
    return mulaw.from_samples((0.15 * pulse * beat).astype(np.float32))


@pytest.mark.parametrize("size", [1, 80, 160, 161, 320, 1_000])
def test_any_packet_length(activity: VoiceActivity, size: int) -> None:
    stream, sound = activity.open(), buzz(0.5) + mulaw.SILENCE * 4_000
    for begin in range(0, len(sound), size):
        probability, level_db = stream.audio(sound[begin : begin + size])
        assert 0.0 <= probability <= 1.0
        assert -96.0 <= level_db <= 6.0


def test_an_empty_packet(activity: VoiceActivity) -> None:
    assert activity.open().audio(b"") == (0.0, mulaw.FLOOR_DBFS)


def test_silence_is_silence(activity: VoiceActivity) -> None:
    stream = activity.open()
    assert {stream.audio(mulaw.SILENCE * 160) for _ in range(100)} == {(0.0, mulaw.FLOOR_DBFS)}


def test_calls_do_not_hear_each_other(activity: VoiceActivity) -> None:
    sound = buzz(1.0)
    packets = [sound[begin : begin + 160] for begin in range(0, len(sound), 160)]
    one, other, single = activity.open(), activity.open(), activity.open()
    expected = [single.audio(packet) for packet in packets]
    mixed = []
    for packet in packets:
        mixed.append(one.audio(packet))
        other.audio(mulaw.SILENCE * 160)
    assert mixed == expected
