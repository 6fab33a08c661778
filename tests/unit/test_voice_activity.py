"""The gate before the model: silence costs no model run, and a gap leaves a clean state."""

import numpy as np
import pytest

from speech import mulaw
from speech.interruptions import Burst
from speech.voice_activity import CONTEXT, OPEN_MS, WINDOW, SileroStream, SileroVoiceActivity
from telephony.process.model_files import silero_onnx


class Counting(SileroVoiceActivity):
    """The real model, that counts its runs."""

    runs = 0

    def probability(self, samples: np.ndarray, state: np.ndarray) -> float:
        self.runs += 1
        return super().probability(samples, state)


@pytest.fixture
def model() -> Counting:
    model = Counting(silero_onnx())
    model.runs = 0
    return model


def vowel(ms: int) -> bytes:
    time = np.arange(ms * mulaw.BYTES_PER_MS) / mulaw.RATE
    pulse = sum(np.sin(2 * np.pi * 120 * k * time) / k for k in range(1, 25))
    return mulaw.from_samples((0.2 * pulse * (0.5 + 0.5 * np.sin(2 * np.pi * 4 * time))).astype(np.float32))


def feed(stream: SileroStream, sound: bytes) -> list[tuple[float, float]]:
    return [stream.audio(sound[begin : begin + 160]) for begin in range(0, len(sound), 160)]


def test_silence_runs_no_model(model: Counting) -> None:
    feed(model.open(), mulaw.SILENCE * 16_000)
    assert model.runs == 0


def test_quiet_noise_runs_no_model(model: Counting) -> None:
    noise = np.random.default_rng(1).standard_normal(16_000) * 10 ** (-66 / 20)
    feed(model.open(), mulaw.from_samples(noise.astype(np.float32)))
    assert model.runs == 0


def test_sound_runs_it_once_a_window(model: Counting) -> None:
    sound = vowel(1_024)
    feed(model.open(), sound)
    assert len(sound) // WINDOW - 2 <= model.runs <= len(sound) // WINDOW + 1


def test_the_gate_shuts_after_sound_and_the_state_is_that_of_silence(model: Counting) -> None:
    stream = model.open()
    feed(stream, vowel(400))
    feed(stream, mulaw.SILENCE * (OPEN_MS + 1_000) * mulaw.BYTES_PER_MS)
    runs = model.runs
    assert feed(stream, mulaw.SILENCE * 8_000) == [(0.0, mulaw.FLOOR_DBFS)] * 50
    assert model.runs == runs


def test_after_a_gap_it_hears_as_a_new_call_does(model: Counting) -> None:
    stream, quiet = model.open(), mulaw.SILENCE * 16_000
    first = feed(stream, mulaw.SILENCE * 160 + vowel(600))
    feed(stream, quiet)
    assert feed(stream, vowel(600)) == first[1:]


def test_the_shared_buffers_give_what_a_plain_run_gives(model: Counting) -> None:
    samples = np.random.default_rng(2).standard_normal(CONTEXT + WINDOW).astype(np.float32) * np.float32(0.1)
    one, two = model.silence.copy(), model.silence.copy()
    first = model.probability(samples, one)
    model.probability(samples * np.float32(0.5), model.silence.copy())
    assert model.probability(samples, two) == first
    assert np.array_equal(one, two)


@pytest.mark.parametrize(
    "tones",
    [(440, 480), (350, 440), (480, 620), (425,), (400, 450), (697, 1209), (941, 1477), (1100,), (2100,)],
    ids=lambda tones: "+".join(map(str, tones)),
)
@pytest.mark.parametrize("pause_ms", [0, 200])
def test_the_telephones_own_tones_are_no_voice(model: Counting, tones: tuple[int, ...], pause_ms: int) -> None:
    time = np.arange(400 * mulaw.BYTES_PER_MS) / mulaw.RATE
    tone = mulaw.from_samples((0.15 * np.sin(2 * np.pi * np.outer(tones, time)).sum(axis=0)).astype(np.float32))
    sound = (mulaw.SILENCE * (pause_ms * mulaw.BYTES_PER_MS) + tone) * 4
    assert max(probability for probability, _ in feed(model.open(), sound)) < Burst.PEAK
