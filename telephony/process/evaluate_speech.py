"""Recordings through the product's own ears: what it heard, in the order of the folder's `sets.json`."""

import asyncio
import csv
import json
import wave
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import numpy as np

from speech import mulaw
from speech.errors import TranscriberError
from speech.ports import Answer, ListenHints, Transcriber, TranscriberEvent, TranscriberFailed, Transcript

_PACKET_MS: Final = 20
_LIMIT_S: Final = 60.0
"""For one recording, however long."""
_SETS: Final = ("stt", "details")
_ANSWERS: Final = {
    "spoken_date": Answer.DATE,
    "spoken_digits": Answer.PHONE,
    "digits": Answer.PHONE,
    "spelled_name": Answer.SPELLING,
    "an4_alnum": Answer.CODE,
    "short_answer": Answer.YES_NO,
}
"""The slot by what a folder's tables call a recording; else anything may be said."""


async def evaluate_speech(folder: Path, transcriber: Transcriber) -> AsyncIterator[dict[str, str]]:
    """One {"id", "text"} for each recording of the sets `stt` and `details`; `details` are told the slot. Raises SpeechError."""
    sets = json.loads((folder / "sets.json").read_text())
    slots = answers(folder)
    for name in _SETS:
        for file in sets.get(name, ()):
            answer = slots.get(file, Answer.ANYTHING)
            yield {"id": file, "text": await _heard(transcriber, telephone(folder / file), answer)}


def answers(folder: Path) -> dict[str, Answer]:
    """The slot of each recording for which the folder's tables name one."""
    kinds = {**_column(folder / "stt/refs.tsv", "group"), **_column(folder / "manifest.tsv", "kind")}
    return {file: _ANSWERS[kind] for file, kind in kinds.items() if kind in _ANSWERS}


def telephone(path: Path) -> bytes:
    """A WAV file of any rate and number of channels as a caller's mu-law."""
    with wave.open(str(path)) as recording:
        rate, channels, width = recording.getframerate(), recording.getnchannels(), recording.getsampwidth()
        pcm = np.frombuffer(recording.readframes(recording.getnframes()), np.dtype(f"<i{width}"))
    samples = (pcm.reshape(-1, channels).mean(axis=1) / (1 << (8 * width - 1))).astype(np.float32)
    return mulaw.from_samples(samples if rate == mulaw.RATE else mulaw.resample(samples, rate, mulaw.RATE))


async def _heard(transcriber: Transcriber, sound: bytes, answer: Answer) -> str:
    """The text of a recording played packet by packet; nothing heard is an empty text."""
    told: asyncio.Queue[TranscriberEvent] = asyncio.Queue()
    listening = await transcriber.listen(told.put_nowait, ListenHints())
    try:
        listening.expect(answer)
        step = _PACKET_MS * mulaw.BYTES_PER_MS
        for begin in range(0, len(sound), step):
            listening.audio(sound[begin : begin + step], begin // mulaw.BYTES_PER_MS)
        listening.decode(0, len(sound) // mulaw.BYTES_PER_MS)
        async with asyncio.timeout(_LIMIT_S):
            while True:
                match await told.get():
                    case Transcript(text=text, final=True):
                        return text
                    case TranscriberFailed(reason=reason):
                        raise TranscriberError(reason)
    finally:
        await listening.close()


def _column(path: Path, name: str) -> dict[str, str]:
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as table:
        return {row["file"]: row[name] for row in csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE)}
