"""Whisper base on CTranslate2: one piece of telephone sound to text, on one thread.

The encoder sees 15 s, half of what it was trained on: about three times cheaper, and as good for pieces up to MAX_PIECE_MS. Of a short piece it sees
less, and the decoder is shown the silence behind it as encoded once and for all: without that silence it does not find the end and says the sentence
again and again. What loops all the same is noticed and decoded with a longer window."""

import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import ctranslate2
import numpy as np
from faster_whisper.feature_extractor import FeatureExtractor
from tokenizers import Tokenizer

from speech import mulaw

MAX_PIECE_MS: Final = 14_000
"""With the padding this fills the window; longer sound is cut by the caller."""

_RATE: Final = 16_000
_FRAME: Final = 160
_PAD_S: Final = 0.3
_FRAMES_15_S: Final = 1500
_FRAMES_30_S: Final = 3000
_SHORT_FRAMES: Final = (600, 800, 1000)
"""Encoder windows for short pieces: 0.11, 0.15 and 0.20 CPU-s, where 15 s cost 0.34."""
_SHORT_SPARE_S: Final = 1.2
"""Silence a short window holds besides the piece, the padding included: closer to its edge the end is not heard."""
_MAX_NEW_TOKENS: Final = 224
_TOKENS_PER_S: Final = 10
_SPARE_TOKENS: Final = 16
"""Nobody speaks more tokens than this: a loop is stopped early."""
_MAX_CHARACTERS_PER_S: Final = 22.0
_BEAM: Final = 2
"""In noise a third fewer wrong words than greedy, for a tenth more work; 4 repeats whole sentences."""
_LOOP: Final = re.compile(r"\b(?:(\w+(?:\W+\w+){1,5})(?:\W+\1){2,}|(\w+(?:\W+\w+){6,})\W+\2)\b")
"""A few words three times over, or a whole sentence twice."""
_TWICE: Final = re.compile(r"^\W*(\w+(?:\W+\w+)+)\W+\1\W*$")
"""The whole text twice: the caller's own words or a loop, which a longer window tells."""
_SURE_LOOP: Final = re.compile(r"\b(\w+(?:\W+\w+){0,5})(?:\W+\1){9,}\b")
"""Three times over may be a caller's own digits; ten times over is nobody's."""
_A_SOUND: Final = bytes(range(0x40, 0xC0)) * 64
"""A second of loud sound."""
_SILENT_DBFS: Final = -55.0
"""Nothing is decoded if the loudest 100 ms stays below: Whisper invents words for silence."""
_NO_SPEECH: Final = 0.6
_UNSURE: Final = 0.5
"""Confidence under which the language is looked at, and a piece that sounds like no speech is none."""
_NO_WORDS: Final = 0.3
"""Text under this confidence is made of noise: speech that is hard to hear stays above."""
_LANGUAGE_SURE: Final = 0.8


@dataclass(frozen=True, slots=True)
class Heard:
    """Text of one piece; empty: nobody spoke."""

    text: str
    confidence: float = 1.0
    """exp of the mean log probability of its tokens."""
    language: str | None = None
    """Only where it was looked at, and sure."""


class Whisper:
    """One model for the process. `decode` may run in as many threads at once as `workers` says; it releases the GIL. A decode on two threads is
    quicker on idle cores, and much slower than on one as soon as a second call decodes or the voice speaks."""

    def __init__(self, folder: Path, *, workers: int) -> None:
        self._model = ctranslate2.models.Whisper(str(folder), device="cpu", compute_type="int8", inter_threads=workers, intra_threads=1)
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._features = FeatureExtractor()
        self._end = self._token("endoftext")
        self._silence = np.array(self._model.encode(self._window(_A_SOUND, _FRAMES_15_S)))
        """The encoded 15 s of a short sound: behind the sound, what silence after speech looks like."""

    def decode(self, sound: bytes, *, language: str = "en", look_at_language: bool = False, exact: bool = False) -> Heard:
        """Text of at most MAX_PIECE_MS of mu-law. `exact`: every digit and letter counts, so a short piece gets the long window too."""
        if _silent(sound):
            return Heard("")
        seconds = len(sound) / mulaw.RATE
        frames = _FRAMES_15_S if exact else window(seconds)
        encoded, text, confidence, no_speech = self._once(sound, language, frames)
        if frames < _FRAMES_15_S and (looped(text, seconds) or _TWICE.match(text.lower())):
            frames = _FRAMES_15_S
            encoded, text, confidence, no_speech = self._once(sound, language, frames)
        if looped(text, seconds):
            encoded, text, confidence, no_speech = self._once(sound, language, _FRAMES_30_S)
            if looped(text, seconds, _SURE_LOOP):
                return Heard("", 0.0)
        if confidence < (_UNSURE if no_speech > _NO_SPEECH else _NO_WORDS):
            return Heard("", confidence)
        spoken = self._language(encoded) if look_at_language or confidence < _UNSURE else None
        return Heard(text, confidence, spoken)

    def _once(self, sound: bytes, language: str, frames: int) -> tuple[Any, str, float, float]:
        encoded = self._model.encode(self._window(sound, frames))
        if frames < _FRAMES_15_S:
            sounding = np.array(encoded)
            whole = np.concatenate([sounding, self._silence[:, sounding.shape[1] :]], axis=1)
            encoded = ctranslate2.StorageView.from_array(np.ascontiguousarray(whole))
        most = min(_MAX_NEW_TOKENS, _SPARE_TOKENS + int(_TOKENS_PER_S * len(sound) / mulaw.RATE))
        prompt = [self._token("startoftranscript"), self._token(language), self._token("transcribe"), self._token("notimestamps")]
        # CTranslate2 halves `max_length` for Whisper.
        result = self._model.generate(encoded, [prompt], beam_size=_BEAM, max_length=2 * most, return_scores=True, return_no_speech_prob=True)[0]
        tokens = [token for token in result.sequences_ids[0] if token < self._end]
        # The score is the mean over the tokens; the end token, which is not among them, counts too.
        log_probability = result.scores[0] * len(tokens) / (len(tokens) + 1)
        return encoded, self._tokenizer.decode(tokens).strip().removesuffix("..."), math.exp(min(0.0, log_probability)), result.no_speech_prob

    def _window(self, sound: bytes, frames: int) -> Any:
        """Log-mel features of the sound between silences, filled up with silence to `frames` of 10 ms."""
        samples = mulaw.resample(mulaw.to_samples(sound), mulaw.RATE, _RATE)
        padded = np.zeros(frames * _FRAME, np.float32)
        begin = int(_PAD_S * _RATE)
        padded[begin : begin + len(samples)] = samples[: len(padded) - begin]
        features = self._features(padded)[:, :frames]
        return ctranslate2.StorageView.from_array(np.ascontiguousarray(features[None], np.float32))

    def _language(self, encoded: Any) -> str | None:
        tag, probability = self._model.detect_language(encoded)[0][0]
        return tag.strip("<|>") if probability >= _LANGUAGE_SURE else None

    def _token(self, name: str) -> int:
        token = self._tokenizer.token_to_id(f"<|{name}|>")
        if token is None:
            raise ValueError(f"the model has no token {name}")
        return int(token)


def _silent(sound: bytes) -> bool:
    powers = mulaw.powers(sound, step_ms=100)
    return not len(powers) or powers.max() < 10 ** (_SILENT_DBFS / 10)


def window(seconds: float) -> int:
    """The cheapest encoder window, in frames of 10 ms, for a piece of this length."""
    return next((frames for frames in _SHORT_FRAMES if seconds + _SHORT_SPARE_S <= frames / 100), _FRAMES_15_S)


def looped(text: str, seconds: float, loop: re.Pattern[str] = _LOOP) -> bool:
    """A run of words said over and over, or more characters than anybody speaks."""
    return bool(loop.search(text.lower())) or len(text) > _MAX_CHARACTERS_PER_S * max(seconds, 1.0)
