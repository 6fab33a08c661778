"""Callers that are no callers: fax and modem tones, teletype tones, recorded pitches. Ends such calls early with a reason; blocks nobody."""

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import structlog

from speech import mulaw
from telephony import events
from telephony.call import Part
from telephony.events import Event
from tools.catalogue import NextStep

BLOCK_BYTES = 800
"""100 ms: 10 Hz a bin."""
SHARE = 0.7
"""This much of a block's energy within one tone: nobody speaks like that."""
QUIET_DB = -45.0
QUIET_ENERGY = BLOCK_BYTES * 10 ** (QUIET_DB / 10)
FAX_HZ = (1100, 2100, 1300)
"""Calling tone, answer tone (ITU-T T.30, V.25), data calling tone (V.25)."""
TELETYPE_HZ = (1400, 1800)
"""Baudot tones of a TTY (TIA-825-A)."""
FAX_BLOCKS = 4
TELETYPE_BLOCKS = 6
FEWEST_WAVES, MOST_WAVES = 80, 240
"""How often a block that is mostly one of these tones rises through zero; voices do so less often, silence never."""
TONE_WATCH_MS = 60_000
"""How long after the start tones are looked for."""
PITCH_WORDS = 12
_PITCH = re.compile(
    r"press (?:one|two|1|2|nine|9)\b|(?:important|final|urgent) (?:notice|message|call|attempt)|business listing|do not hang up"
    r"|this is not a sales call|extended warranty|your (?:google|business) (?:listing|profile)|lower your (?:interest|energy)"
    r"|to be removed from (?:this|our) list|pre-?approved|free (?:trial|quote) today"
)

_SIGNS = b"-" * 128 + b"+" * 128
"""The sign of each mu-law code."""
_WINDOW = np.hanning(BLOCK_BYTES).astype(np.float32)


def _bands() -> npt.NDArray[np.float32]:
    """One column a tone: its bin and three on either side."""
    bands = np.zeros((BLOCK_BYTES // 2 + 1, len(FAX_HZ) + len(TELETYPE_HZ)), np.float32)
    for column, hz in enumerate((*FAX_HZ, *TELETYPE_HZ)):
        bands[hz // 10 - 3 : hz // 10 + 4, column] = 1.0
    return bands


_BANDS = _bands()


@dataclass(slots=True)
class Tones:
    """How many 100 ms blocks in a row were one tone: no voice, whistle or music holds one so purely."""

    fax: int = 0
    teletype: int = 0

    @property
    def any(self) -> bool:
        return bool(self.fax or self.teletype)

    def block(self, samples: mulaw.Samples) -> None:
        spectrum = np.fft.rfft(samples * _WINDOW)
        power = spectrum.real**2 + spectrum.imag**2
        total = float(power.sum())
        if total <= 0:
            return
        shares: list[float] = (power @ _BANDS / total).tolist()
        if max(shares[: len(FAX_HZ)]) > SHARE:
            self.fax += 1
        elif sum(shares[len(FAX_HZ) :]) > SHARE:
            self.teletype += 1


def waves(block: bytes) -> int:
    """How often the sound rises through zero."""
    return block.translate(_SIGNS).count(b"-+")


def pitch(text: str) -> int:
    """How many signs of a recorded sales pitch are in what was said. Two are enough, one is not: people ask "do I press one?"."""
    return len(set(_PITCH.findall(text.lower()))) if len(text.split()) >= PITCH_WORDS else 0


class Nuisance(Part):
    def __init__(self) -> None:
        self._tones = Tones()
        self._block = bytearray()
        self._over = False

    def audio(self, packet: bytes, at_ms: int) -> None:
        if self._over or at_ms > TONE_WATCH_MS:
            return
        self._block += packet
        if len(self._block) < BLOCK_BYTES:
            return
        block = bytes(self._block[:BLOCK_BYTES])
        self._block.clear()
        if not self._tones.any and not FEWEST_WAVES <= waves(block) <= MOST_WAVES:
            return
        samples = mulaw.to_samples(block)
        if samples @ samples < QUIET_ENERGY:
            self._tones = Tones()
            return
        self._tones.block(samples)
        if self._tones.fax >= FAX_BLOCKS:
            self._end("fax", None)
        elif self._tones.teletype >= TELETYPE_BLOCKS:
            self._end("teletype", NextStep.DESK)

    def event(self, event: Event) -> None:
        if isinstance(event, events.Heard) and not self._over and pitch(event.transcript.text) >= 2:
            self._end("recorded pitch", None)

    def _end(self, reason: str, step: NextStep | None) -> None:
        self._over = True
        structlog.get_logger().info("nuisance call", reason=reason)
        self.tell(events.Ended(reason, step))
