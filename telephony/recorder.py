"""The call's recording: one 16-bit PCM WAV at 8 kHz, caller left, agent as heard right, on the sample clock of media timestamps.

Written as it goes, header included: after a kill the file plays up to the last half second. Late, doubled and reordered packets land where their
timestamp says; what never came is silence.
"""

import errno
import os
import struct
from pathlib import Path

import numpy as np
import numpy.typing as npt
import structlog

from speech import mulaw
from telephony.call import Part
from telephony.events import CardDigits, ConsentGiven, Event, Interrupted, RecordingFailed

SAMPLES_PER_MS = 8
BLOCK_MS = 500
"""How much is written at once."""
SETTLE_MS = 400
"""How long a packet may be late, and our own audio be cut, before its place is written."""
MAX_GAP_MS = 60_000
"""A timestamp further ahead than this is no gap but nonsense; the packet is left out."""
HEADER_BYTES = 44

log = structlog.get_logger()


class Recorder(Part):
    """Both tracks of one call. A disk that fails ends the recording, never the call."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.failed: str | None = None
        self._file: int | None = None
        self._written_ms = 0
        self._tracks: tuple[bytearray, bytearray] = (bytearray(), bytearray())
        """mu-law from `_written_ms` on: caller, agent."""
        self._latest_ms = 0

    def start(self) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
            _write_all(self._file, _header(0), 0)
        except OSError as error:
            self._fail(error)

    def audio(self, packet: bytes, at_ms: int) -> None:
        if self._file is None or at_ms > self._latest_ms + MAX_GAP_MS:
            return
        self._place(0, packet, at_ms)
        end_ms = at_ms + len(packet) // SAMPLES_PER_MS
        if end_ms > self._latest_ms:
            self._latest_ms = end_ms
            if end_ms - self._written_ms >= BLOCK_MS + SETTLE_MS:
                self._write(end_ms - SETTLE_MS)

    def played(self, packet: bytes, at_ms: int) -> None:
        """Our own audio, at the stream time when the caller's ear gets it. May lie ahead; `cut` takes back what a clear dropped."""
        if self._file is not None:
            self._place(1, packet, at_ms)

    def cut(self, at_ms: int) -> None:
        """Nothing of ours was heard from this time on."""
        keep = max(0, at_ms - self._written_ms) * SAMPLES_PER_MS
        del self._tracks[1][keep:]

    def event(self, event: Event) -> None:
        if isinstance(event, Interrupted):
            self.cut(event.at_ms)
        elif isinstance(event, CardDigits):
            self.mask(event.start_ms, event.end_ms)
        elif isinstance(event, ConsentGiven) and event.state == "refused":
            self.delete()

    def mask(self, start_ms: int, end_ms: int) -> None:
        """Make the caller unhearable between two times, in memory and on disk."""
        left = self._tracks[0]
        first = max(0, start_ms - self._written_ms) * SAMPLES_PER_MS
        last = min(len(left), max(0, end_ms - self._written_ms) * SAMPLES_PER_MS)
        left[first:last] = b"\xff" * (last - first)
        if self._file is None or start_ms >= self._written_ms:
            return
        first, last = max(0, start_ms) * SAMPLES_PER_MS, min(end_ms, self._written_ms) * SAMPLES_PER_MS
        try:
            block = np.frombuffer(os.pread(self._file, (last - first) * 4, HEADER_BYTES + first * 4), "<i2").reshape(-1, 2).copy()
            block[:, 0] = 0
            _write_all(self._file, block.tobytes(), HEADER_BYTES + first * 4)
        except OSError as error:
            self._fail(error)

    async def end(self) -> None:
        if self._file is not None:
            self._write(self._latest_ms)
        self._close()

    def delete(self) -> None:
        """The caller refused: stop and leave nothing of it."""
        self._close()
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            self._fail(error)

    @property
    def length_ms(self) -> int:
        return self._latest_ms

    @property
    def running(self) -> bool:
        return self._file is not None

    def _place(self, track: int, packet: bytes, at_ms: int) -> None:
        buffer = self._tracks[track]
        offset = (at_ms - self._written_ms) * SAMPLES_PER_MS
        if offset == len(buffer):
            buffer += packet
            return
        if offset < 0:
            packet, offset = packet[-offset:], 0
        if offset > len(buffer):
            buffer += b"\xff" * (offset - len(buffer))
        buffer[offset : offset + len(packet)] = packet

    def _write(self, upto_ms: int) -> None:
        samples = (upto_ms - self._written_ms) * SAMPLES_PER_MS
        if samples <= 0 or self._file is None:
            return
        block: npt.NDArray[np.int16] = np.zeros((samples, 2), "<i2")
        for side, buffer in enumerate(self._tracks):
            pcm = mulaw.decode(bytes(buffer[:samples]))
            block[: len(pcm), side] = pcm
            del buffer[:samples]
        at = HEADER_BYTES + self._written_ms * SAMPLES_PER_MS * 4
        try:
            _write_all(self._file, block.tobytes(), at)
            _write_all(self._file, _header(upto_ms * SAMPLES_PER_MS * 4), 0)
        except OSError as error:
            self._fail(error)
        self._written_ms = upto_ms

    def _fail(self, error: OSError) -> None:
        self.failed = error.strerror or type(error).__name__
        log.error("recording failed", error=self.failed)
        self._close()
        self.tell(RecordingFailed(self.failed))

    def _close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None
            for track in self._tracks:
                track.clear()


def _write_all(file: int, data: bytes, at: int) -> None:
    """A disk that is nearly full takes only a part and says so only by the count."""
    if os.pwrite(file, data, at) != len(data):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _header(data_bytes: int) -> bytes:
    """RIFF header of a two-channel, 8 kHz, 16-bit PCM file."""
    return struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + data_bytes, b"WAVE", b"fmt ", 16, 1, 2, 8000, 32000, 4, 16, b"data", data_bytes)
