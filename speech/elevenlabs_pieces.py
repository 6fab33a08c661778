"""ElevenLabs' messages read as speech: where each word begins, how loud, and the sound itself. Pure."""

import base64
import binascii
from functools import lru_cache
from typing import Any

import numpy as np
import structlog

from speech.mulaw import BYTES_PER_MS, decode, encode
from speech.ports import Speech

log = structlog.get_logger()

Piece = tuple[bytes, dict[str, Any] | None]
"""Sound and its alignment, if the voice gave one."""


class Alignment:
    """Where in a sentence each word begins to sound, from pieces that count their own characters and times from zero."""

    def __init__(self, sentence: str) -> None:
        self._sentence = sentence
        self._next = self._sounded = 0

    def speech(self, mulaw: bytes, aligned: dict[str, Any] | None) -> Speech:
        starts = tuple(self._starts(aligned)) if aligned else ()
        self._sounded += len(mulaw)
        return Speech(mulaw, starts)

    @property
    def whole(self) -> bool:
        """Every character has been in a piece."""
        return not self._sentence[self._next :].strip()

    def _starts(self, aligned: dict[str, Any]) -> list[tuple[int, int]]:
        times = aligned.get("charStartTimesMs") or aligned.get("char_start_times_ms") or []
        before = self._sounded // BYTES_PER_MS
        out = []
        for character, ms in zip(aligned.get("chars") or [], times, strict=False):
            at = self._sentence.find(character, self._next, self._next + 4)
            if at < 0:
                continue
            self._next = at + 1
            if not character.isspace() and (at == 0 or self._sentence[at - 1].isspace()):
                out.append((at, before + int(ms)))
        return out


@lru_cache(maxsize=16)
def gain_table(gain_db: float) -> bytes:
    """For `bytes.translate`: mu-law made louder. Linear up to half of full scale, rounded off above: nothing clips."""
    wanted = decode(bytes(range(256))) / 32768 * 10 ** (gain_db / 20)
    size = np.abs(wanted)
    rounded = np.where(size <= 0.5, size, 0.5 + 0.5 * np.tanh((size - 0.5) / 0.5))
    return encode((np.copysign(rounded, wanted) * 32767).astype(np.int16))


def audio_of(message: dict[str, Any]) -> bytes:
    try:
        return base64.b64decode(message.get("audio") or "", validate=True)
    except (binascii.Error, TypeError, ValueError):
        log.warning("elevenlabs_audio_unreadable")
        return b""


def is_final(message: dict[str, Any]) -> bool:
    """The service answers in camelCase, its SDK's types disagree: both are read."""
    return bool(message.get("isFinal") or message.get("is_final"))


def context_of(message: dict[str, Any]) -> str:
    return str(message.get("contextId") or message.get("context_id") or "")
