"""The embedded voice: hibari, a sentence at a time, shared by all calls in a few worker threads. Of a long sentence the first clause is made, and
heard, while the rest is being made."""

import asyncio
import re
from collections.abc import AsyncGenerator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, Protocol

import numpy as np

from speech import mulaw
from speech.errors import SynthesizerError
from speech.ports import Speech

_RATE: Final = 24_000
_LOUDNESS_DBFS: Final = -20.0
"""RMS of what is not silence in a sentence: a telephone's usual level."""
_MAX_GAIN_DB: Final = 24.0
_KNEE: Final = 0.6
"""From here to full scale peaks are bent, not cut."""
_STEP: Final = 80
"""10 ms at 8 kHz."""
_QUIET_DB: Final = 38.0
"""So far under the loudest step is silence."""
_LEAD_STEPS: Final = 3
_TAIL_STEPS: Final = 20
_CLAUSE_TAIL_STEPS: Final = 12
"""The pause at a comma …"""
_JOINT_STEPS: Final = 2
"""… and where a sentence is cut without one."""
_WHOLE: Final = 70
"""A sentence of so many characters is made whole, in about 70 ms of one core …"""
_FIRST: Final = 25
"""… and the first piece of a longer one lasts long enough to make the rest."""
_PUNCTUATION: Final = re.compile(r"(?<=[,;:—])\s+(?=\w)")
_JOINTS: Final = re.compile(r"\s+(?=(?:and|or|but|because|so|which|that|from|for|with|until|at|in|on|to)\s)")
_SPACE: Final = re.compile(r"\s+")
_WARM_SENTENCE: Final = "Good morning, Mrs Vandrelyn Quzby."
"""With a word that no lexicon holds: the part that guesses is loaded at its first use."""
_PACES: Final = (0.5, 1.5)


class Voice(Protocol):
    """What speaks one sentence in a worker thread: pieces of 24 kHz sound."""

    def stream(self, text: str, speed: float = 1.0, seed: int | None = None) -> Iterator[mulaw.Samples]: ...


def hibari() -> Voice:
    """The voice that lies in hibari's own wheel, on one thread."""
    from hibari import Hibari

    voice: Any = Hibari(threads=1)
    return voice  # type: ignore[no-any-return]


class LocalSpeaking:
    """One call's mouth on the shared voice."""

    def __init__(self, synthesizer: "LocalSynthesizer") -> None:
        self._synthesizer = synthesizer
        self._closed = False

    async def say(self, sentence: str, *, pace: float = 1.0, gain_db: float = 0.0) -> AsyncGenerator[Speech]:
        if not any(map(str.isalnum, sentence)):
            return  # the voice would breathe
        first, rest = clauses(sentence)
        for clause in filter(None, (first, rest)):
            pieces = self._synthesizer.pieces(clause, pace)
            lead = _LEAD_STEPS if clause is first else 0
            tail = _TAIL_STEPS if clause is rest or not rest else _joint_steps(first)
            while not self._closed and (samples := await self._synthesizer.next_piece(pieces)) is not None:
                if sound := telephone_sound(samples, gain_db, lead, tail):
                    yield Speech(sound)

    async def close(self) -> None:
        self._closed = True


class LocalSynthesizer:
    """`load` makes the voice, in a thread. A piece of speech that takes longer than `limit_s` is a SynthesizerError."""

    name = "hibari"

    def __init__(self, load: Callable[[], Voice] = hibari, *, workers: int = 2, limit_s: float = 4.0) -> None:
        self._load = load
        self._limit_s = limit_s
        self._voice: Voice | None = None
        self._warming = asyncio.Lock()
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="voice")

    async def warm(self) -> None:
        async with self._warming:
            if self._voice is None:
                try:
                    self._voice = await asyncio.get_running_loop().run_in_executor(self._pool, self._loaded)
                except Exception as error:
                    raise SynthesizerError(f"the embedded voice cannot start: {error}") from error

    async def open(self, voice: str | None = None) -> LocalSpeaking:  # noqa: ARG002 (there is one voice: any other is a provider's)
        await self.warm()
        return LocalSpeaking(self)

    async def aclose(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def pieces(self, sentence: str, pace: float) -> Iterator[mulaw.Samples]:
        if self._voice is None:
            raise SynthesizerError("the embedded voice is not warm")
        return iter(self._voice.stream(sentence, speed=float(np.clip(pace, *_PACES))))

    async def next_piece(self, pieces: Iterator[mulaw.Samples]) -> mulaw.Samples | None:
        try:
            async with asyncio.timeout(self._limit_s):
                return await asyncio.get_running_loop().run_in_executor(self._pool, next, pieces, None)
        except Exception as error:
            raise SynthesizerError(f"the embedded voice gave no sound: {error!r}") from error

    def _loaded(self) -> Voice:
        voice = self._load()
        for _ in voice.stream(_WARM_SENTENCE):
            pass
        return voice


def clauses(sentence: str) -> tuple[str, str]:
    """A long sentence in two where it can be breathed at: what is heard first, and the rest; a short one whole, and nothing."""
    if len(sentence) <= _WHOLE:
        return sentence, ""
    for joint in (_PUNCTUATION, _JOINTS, _SPACE):
        for place in joint.finditer(sentence, _FIRST, _WHOLE):
            return sentence[: place.start()], sentence[place.end() :]
    return sentence, ""


def _joint_steps(clause: str) -> int:
    return _JOINT_STEPS if clause[-1].isalnum() else _CLAUSE_TAIL_STEPS


def telephone_sound(samples: mulaw.Samples, gain_db: float = 0.0, lead_steps: int = _LEAD_STEPS, tail_steps: int = _TAIL_STEPS) -> bytes:
    """24 kHz speech as mu-law of telephone loudness, the silence around it cut short: to steps of 10 ms."""
    sound = mulaw.resample(samples, _RATE, mulaw.RATE)
    steps = np.square(sound[: len(sound) // _STEP * _STEP], dtype=np.float64).reshape(-1, _STEP).mean(axis=1)
    if not len(steps) or steps.max() <= 0:
        return b""
    loud = np.flatnonzero(steps > steps.max() / 10 ** (_QUIET_DB / 10))
    begin, end = max(0, loud[0] - lead_steps), loud[-1] + 1 + tail_steps
    loudness_db = 10 * np.log10(steps[loud].mean())
    gain = 10 ** ((min(_LOUDNESS_DBFS - loudness_db, _MAX_GAIN_DB) + gain_db) / 20)
    return mulaw.from_samples(_limited(sound[begin * _STEP : end * _STEP] * np.float32(gain)))


def _limited(sound: mulaw.Samples) -> mulaw.Samples:
    """Peaks above the knee bent towards full scale: loud, never clipped."""
    size = np.abs(sound)
    bent = _KNEE + (1 - _KNEE) * np.tanh((size - _KNEE) / (1 - _KNEE))
    return np.where(size > _KNEE, np.sign(sound) * bent, sound).astype(np.float32)
