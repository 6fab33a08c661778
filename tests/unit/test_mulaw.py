import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech import mulaw


def by_the_book(code: int) -> int:
    """G.711 decoding of one code, bit by bit."""
    inverted = code ^ 0xFF
    magnitude = (((inverted & 0x0F) * 2 + 33) << (inverted >> 4 & 0x07)) - 33
    return -4 * magnitude if inverted & 0x80 else 4 * magnitude


def tone(hz: float, rate: int, seconds: float = 1.0, amplitude: float = 0.5) -> mulaw.Samples:
    return (amplitude * np.sin(2 * np.pi * hz * np.arange(int(rate * seconds)) / rate)).astype(np.float32)


def test_every_code_decodes_by_the_book() -> None:
    assert mulaw.decode(bytes(range(256))).tolist() == [by_the_book(code) for code in range(256)]


def encoded_by_the_book(sample: int) -> int:
    """G.711 encoding of one sample: 14 bits, bias 33, the segment is where the highest bit stands."""
    magnitude = min(abs(sample >> 2), 8159) + 33
    segment = magnitude.bit_length() - 6
    code = 0x7F if segment > 7 else segment << 4 | magnitude >> (segment + 1) & 0x0F
    return code ^ (0x7F if sample < 0 else 0xFF)


def test_every_sample_encodes_by_the_book() -> None:
    samples = np.arange(-32768, 32768).astype(np.int16)
    assert list(mulaw.encode(samples)) == [encoded_by_the_book(sample) for sample in range(-32768, 32768)]


def test_what_was_decoded_encodes_to_itself_but_for_the_second_zero() -> None:
    codes = bytes(code for code in range(256) if code != 0x7F)
    assert mulaw.encode(mulaw.decode(codes)) == codes
    assert mulaw.encode(mulaw.decode(b"\x7f")) == mulaw.SILENCE


@pytest.mark.parametrize(("sample", "code"), [(0, 0xFF), (-32768, 0x00), (32767, 0x80), (-4, 0x7E), (1000, 0xCE), (-1000, 0x4E)])
def test_known_codes(sample: int, code: int) -> None:
    assert mulaw.encode(np.array([sample], np.int16)) == bytes([code])


@given(st.binary(min_size=1, max_size=400))
def test_level_is_the_loudness_of_the_samples(packet: bytes) -> None:
    power = np.mean((mulaw.decode(packet) / 32768.0) ** 2)
    expected = max(mulaw.FLOOR_DBFS, 10 * math.log10(power)) if power else mulaw.FLOOR_DBFS
    assert mulaw.level(packet) == pytest.approx(expected, abs=1e-3)


def test_level_of_nothing_and_of_silence_is_the_floor() -> None:
    assert mulaw.level(b"") == mulaw.level(mulaw.SILENCE * 160) == mulaw.FLOOR_DBFS


def test_level_of_a_full_scale_tone() -> None:
    assert mulaw.level(mulaw.from_samples(tone(1000, 8000, amplitude=1.0))) == pytest.approx(-3.01, abs=0.2)  # mu-law ends a little under full scale


def test_samples_beyond_full_scale_are_cut_not_wrapped() -> None:
    assert mulaw.from_samples(np.array([3.0, -3.0], np.float32)) == mulaw.from_samples(np.array([1.0, -1.0], np.float32))


def test_powers_of_whole_steps_only() -> None:
    sound = mulaw.SILENCE * 160 + b"\x00" * 160 + b"\x00" * 80
    powers = mulaw.powers(sound)
    assert len(powers) == 2
    assert powers[0] == 0
    assert powers[1] > 0.9


def test_resampling_up_keeps_length_and_loudness() -> None:
    wide = mulaw.resample(tone(700, 8000), 8000, 16000)
    assert len(wide) == 16000
    assert np.sqrt(np.mean(wide**2)) == pytest.approx(0.5 / math.sqrt(2), rel=0.01)


@pytest.mark.parametrize("hz", [300, 1000, 3000])
def test_resampling_down_keeps_the_telephone_band(hz: float) -> None:
    assert mulaw.level(mulaw.from_samples(mulaw.resample(tone(hz, 24000), 24000, 8000))) == pytest.approx(-9.03, abs=0.3)


@pytest.mark.parametrize("hz", [4600, 6000, 9000])
def test_resampling_down_folds_nothing_back(hz: float) -> None:
    middle = mulaw.resample(tone(hz, 24000), 24000, 8000)[800:-800]
    assert np.sqrt(np.mean(middle**2)) < 0.001
