"""Telephone sound: G.711 mu-law as tables, its level, and the rates around it. Samples are float32 in -1..1, packets are bytes at 8 kHz."""

import math
from typing import Final

import numpy as np
import numpy.typing as npt
import soxr

RATE: Final = 8_000
BYTES_PER_MS: Final = RATE // 1000
SILENCE: Final = b"\xff"
"""The mu-law code of zero."""
FLOOR_DBFS: Final = -96.0
"""The level of digital silence."""

Samples = npt.NDArray[np.float32]
_BIAS: Final = 33
_CLIP: Final = 8159


def _decode_table() -> npt.NDArray[np.int16]:
    code = ~np.arange(256) & 0xFF
    magnitude = ((((code & 0x0F) << 1) + _BIAS) << (code >> 4 & 7)) - _BIAS
    return (np.where(code & 0x80, -magnitude, magnitude) * 4).astype(np.int16)


def _encode_table() -> npt.NDArray[np.uint8]:
    """Codes by the 16 bits of a sample read as unsigned."""
    sample = np.arange(65536).astype(np.uint16).view(np.int16).astype(np.int32) >> 2
    magnitude = np.minimum(np.abs(sample), _CLIP) + _BIAS
    segment = np.searchsorted((64 << np.arange(8)) - 1, magnitude)
    code = np.minimum(segment << 4 | magnitude >> (segment + 1) & 0x0F, 0x7F)
    return np.asarray(code ^ np.where(sample < 0, 0x7F, 0xFF), np.uint8)


_DECODE: Final = _decode_table()
_ENCODE: Final = _encode_table()
_FLOATS: Final = (_DECODE / 32768).astype(np.float32)
_SQUARES: Final = _FLOATS.astype(np.float64) ** 2


def decode(mulaw: bytes) -> npt.NDArray[np.int16]:
    return _DECODE[np.frombuffer(mulaw, np.uint8)]


def encode(pcm: npt.NDArray[np.int16]) -> bytes:
    return _ENCODE[pcm.view(np.uint16)].tobytes()


def to_samples(mulaw: bytes) -> Samples:
    return _FLOATS[np.frombuffer(mulaw, np.uint8)]


def from_samples(samples: Samples) -> bytes:
    """Beyond full scale is cut."""
    return encode((np.clip(samples, -1.0, 1.0) * 32767).astype(np.int16))


def level(mulaw: bytes) -> float:
    """Loudness (RMS) in dBFS; digital silence is FLOOR_DBFS."""
    if not mulaw:
        return FLOOR_DBFS
    power = _SQUARES.take(np.frombuffer(mulaw, np.uint8)).sum() / len(mulaw)
    return max(FLOOR_DBFS, 10 * math.log10(power)) if power > 0 else FLOOR_DBFS


def powers(mulaw: bytes, step_ms: int = 20) -> npt.NDArray[np.float64]:
    """Mean square of each whole step."""
    step = step_ms * BYTES_PER_MS
    squares = _SQUARES[np.frombuffer(mulaw, np.uint8)]
    return np.asarray(squares[: len(squares) // step * step].reshape(-1, step).mean(axis=1))


def resample(samples: Samples, from_rate: int, to_rate: int) -> Samples:
    """A whole piece of sound at another rate."""
    return np.asarray(soxr.resample(samples, from_rate, to_rate), np.float32)
