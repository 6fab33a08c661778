"""Is somebody speaking? Silero at 8 kHz, one shared model; webrtcvad and the level keep it from running in silence."""

import math
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import onnxruntime
import webrtcvad

from speech import mulaw as g711

WINDOW: Final = 256
"""Samples per probability: 32 ms."""
CONTEXT: Final = 32
"""Samples before the window that the model sees again."""
BLOCK: Final = 160
"""Samples webrtcvad judges at once: 20 ms."""
GATE_MODE: Final = 1
"""webrtcvad's aggressiveness: mild, for the gate must not swallow soft onsets."""
SILENT_DB: Final = -62.0
"""Under this level nobody speaks; not even webrtcvad is asked."""
OPEN_MS: Final = 300
"""The gate stays open this long after the last sound that may be voice …"""
DOUBT: Final = 0.2
"""… and as long as the model believes in voice at least so much."""
SETTLE_WINDOWS: Final = 60
"""So many windows of silence settle the model's state."""

_Floats = npt.NDArray[np.float32]
_STATE: Final = (2, 1, 128)


class SileroVoiceActivity:
    """The process's one model. Use it from one thread: its buffers are bound once and shared, nothing is allocated per packet."""

    def __init__(self, onnx_path: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        session = onnxruntime.InferenceSession(str(onnx_path), options, providers=["CPUExecutionProvider"])
        self._samples, self._state, self._after = (
            np.zeros((1, CONTEXT + WINDOW), np.float32),
            np.zeros(_STATE, np.float32),
            np.zeros(_STATE, np.float32),
        )
        self._probability = np.zeros((1, 1), np.float32)
        self._binding = session.io_binding()
        self._binding.bind_cpu_input("input", self._samples)
        self._binding.bind_cpu_input("state", self._state)
        self._binding.bind_cpu_input("sr", np.array(g711.RATE, np.int64))
        for name, array in (("output", self._probability), ("stateN", self._after)):
            self._binding.bind_output(name, "cpu", 0, array.dtype.type, array.shape, array.ctypes.data)
        self._run = session.run_with_iobinding
        self.silence = np.zeros(_STATE, np.float32)
        """The state after a while of silence: from it an onset is noticed much sooner than from zeros."""
        quiet = np.zeros(CONTEXT + WINDOW, np.float32)
        for _ in range(SETTLE_WINDOWS):
            self.probability(quiet, self.silence)

    def open(self) -> "SileroStream":
        return SileroStream(self)

    def probability(self, samples: _Floats, state: _Floats) -> float:
        """One window with its context; `state` is carried on in place."""
        self._samples[0] = samples
        self._state[:] = state
        self._run(self._binding)
        state[:] = self._after
        return float(self._probability[0, 0])


class SileroStream:
    """One call's voice activity, a few kB. Packets of any length, in order."""

    def __init__(self, model: SileroVoiceActivity) -> None:
        self._model = model
        self._samples, self._filled = np.zeros(CONTEXT + WINDOW, np.float32), CONTEXT
        self._state = model.silence.copy()
        self._gate, self._rest = webrtcvad.Vad(GATE_MODE), b""
        self._open_samples = 0
        self._before = b""
        self._last = 0.0

    def audio(self, mulaw: bytes) -> tuple[float, float]:
        """One packet in, (probability of speech 0..1, level in dBFS) out."""
        samples = g711.to_samples(mulaw)
        energy = float(samples @ samples)
        level_db = max(g711.FLOOR_DBFS, 10 * math.log10(energy / len(mulaw))) if energy > 0 else g711.FLOOR_DBFS
        if level_db > SILENT_DB and self._may_be_voice(mulaw):
            if self._open_samples <= 0:
                self._listen(g711.to_samples(self._before))
            self._open_samples = OPEN_MS * g711.BYTES_PER_MS
        if self._open_samples > 0:
            self._listen(samples)
            self._open_samples -= 0 if self._last > DOUBT else len(mulaw)
            if self._open_samples <= 0:
                self._shut()
        self._before = mulaw[-BLOCK:]
        return self._last, level_db

    def _may_be_voice(self, mulaw: bytes) -> bool:
        """Any whole block of voice in the packet, counting what was left of the one before."""
        pcm = g711.decode(self._rest + mulaw if self._rest else mulaw)
        whole = len(pcm) // BLOCK * BLOCK
        self._rest = mulaw[len(mulaw) - (len(pcm) - whole) :] if whole < len(pcm) else b""
        is_speech = self._gate.is_speech
        return any(is_speech(pcm[at : at + BLOCK].tobytes(), g711.RATE) for at in range(0, whole, BLOCK))

    def _listen(self, heard: _Floats) -> None:
        at, size = 0, len(self._samples)
        while at < len(heard):
            take = min(size - self._filled, len(heard) - at)
            self._samples[self._filled : self._filled + take] = heard[at : at + take]
            self._filled, at = self._filled + take, at + take
            if self._filled == size:
                self._last = self._model.probability(self._samples, self._state)
                self._samples[:CONTEXT] = self._samples[WINDOW:]
                self._filled = CONTEXT

    def _shut(self) -> None:
        """The next voice starts from the state of silence, however long the gap was."""
        self._state[:] = self._model.silence
        self._samples[:CONTEXT], self._filled = 0.0, CONTEXT
        self._last = 0.0
