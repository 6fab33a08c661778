"""The recording: both tracks on the sample clock, whatever the line does to packets, and after a kill."""

import asyncio
import os
import random
import resource
import signal
import subprocess
import sys
import wave
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pytest

from speech import mulaw
from telephony.call import Call
from telephony.events import CardDigits, ConsentGiven, Event, Interrupted, RecordingFailed
from telephony.recorder import Recorder

ROOM = b"\xff" * 160
REPOSITORY = Path(__file__).resolve().parents[2]


def beep(ms: int, hz: int = 1000) -> bytes:
    return mulaw.from_samples((0.5 * np.sin(2 * np.pi * hz * np.arange(ms * 8) / 8000)).astype(np.float32))


BEEP = beep(20)


@pytest.fixture
def told() -> list[Event]:
    return []


@pytest.fixture
def recorder(tmp_path: Path, told: list[Event]) -> Iterator[Recorder]:
    made = Recorder(tmp_path / "deep" / "call.wav")
    made.call = cast("Call", SimpleNamespace(tell=told.append))
    yield made
    made._close()


def finish(recorder: Recorder) -> None:
    asyncio.run(recorder.end())


def tracks(path: Path) -> tuple[npt.NDArray[np.int16], npt.NDArray[np.int16]]:
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8000, 2, 2)
        both = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)
    assert path.stat().st_size == 44 + both.nbytes
    return both[:, 0], both[:, 1]


def onsets_ms(track: npt.NDArray[np.int16]) -> list[int]:
    """Where sound begins after silence."""
    loud = np.abs(track) > 1000
    samples = np.flatnonzero(loud)
    return [int(at) // 8 for at, before in zip(samples, [-9999, *samples[:-1]], strict=True) if at - before > 800]


def test_both_sides_lie_where_they_were_heard(recorder: Recorder) -> None:
    recorder.start()
    for at in range(0, 4000, 20):
        recorder.audio(BEEP if at == 1000 else ROOM, at)
        if at == 2000:
            recorder.played(beep(200), 2140)
    finish(recorder)
    caller, agent = tracks(recorder.path)
    assert len(caller) == 4000 * 8
    assert onsets_ms(caller) == [1000]
    assert onsets_ms(agent) == [2140]
    assert not os.access(recorder.path, os.X_OK)
    assert recorder.path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("seed", range(3))
def test_ten_minutes_of_a_bad_line_drift_nowhere(recorder: Recorder, seed: int) -> None:
    """Jitter, gaps, bursts, duplicates, reordering: a beep each half minute lies where its timestamp says."""
    chance = random.Random(seed)
    beeps = range(10_000, 600_000, 30_000)
    arrivals: list[tuple[float, int]] = []
    stall_until = 0.0
    for at in range(0, 600_000, 20):
        if chance.random() < 0.0005:
            stall_until = at + chance.uniform(500, 3000)
        if chance.random() < 0.01 and at not in beeps and at + 20 < 600_000:
            continue
        arrives = max(at + 20 + chance.expovariate(1 / 15), stall_until)
        arrivals += [(arrives, at)] * (2 if chance.random() < 0.01 else 1)
    recorder.start()
    for arrives, at in sorted(arrivals):
        recorder.audio(BEEP if at in beeps else ROOM, at)
        if at in beeps:
            recorder.played(BEEP, max(int(arrives), at) + 100)
    finish(recorder)
    caller, agent = tracks(recorder.path)
    assert len(caller) == 600_000 * 8
    assert onsets_ms(caller) == list(beeps)
    assert len(onsets_ms(agent)) == len(beeps)


def test_a_stall_and_its_burst_count_once(recorder: Recorder) -> None:
    """Three seconds of nothing, then all of them at once with their own timestamps, five times in two minutes."""
    recorder.start()
    stalls = (20_000, 35_000, 58_000, 80_000, 100_000)
    beeps = (12_000, 59_000, 111_000)
    for at in range(0, 120_000, 20):
        recorder.audio(BEEP if at in beeps else ROOM, at)
        for stalled in stalls:
            if at == stalled + 1500:
                recorder.played(beep(100), stalled + 3000)
    finish(recorder)
    caller, agent = tracks(recorder.path)
    assert len(caller) == 120_000 * 8
    assert onsets_ms(caller) == list(beeps)
    assert onsets_ms(agent) == [stalled + 3000 for stalled in stalls]


def test_what_a_clear_dropped_was_not_heard(recorder: Recorder) -> None:
    recorder.start()
    recorder.played(beep(400), 100)
    recorder.event(Interrupted(200))
    recorder.played(beep(100), 600)
    for at in range(0, 1000, 20):
        recorder.audio(ROOM, at)
    finish(recorder)
    _, agent = tracks(recorder.path)
    loud = np.flatnonzero(np.abs(agent) > 1000) // 8
    assert not [at for at in loud if 200 <= at < 600 or at >= 700]
    assert {100, 199, 600, 699} <= set(loud.tolist())


def test_absurd_timestamps_make_no_absurd_file(recorder: Recorder) -> None:
    recorder.start()
    recorder.audio(ROOM, 0)
    recorder.audio(ROOM, 80_000_000)
    recorder.audio(ROOM, 20)
    finish(recorder)
    assert len(tracks(recorder.path)[0]) == 40 * 8


@pytest.mark.parametrize(("start_ms", "end_ms"), [(1000, 2000), (4700, 4900), (3800, 4800), (-500, 500), (4800, 9000)])
def test_a_masked_span_is_silent_on_disk_and_in_memory(recorder: Recorder, start_ms: int, end_ms: int) -> None:
    recorder.start()
    for at in range(0, 5000, 20):
        recorder.audio(beep(20), at)
    recorder.played(beep(100), 4600)
    recorder.event(CardDigits(start_ms, end_ms))
    finish(recorder)
    caller, agent = tracks(recorder.path)
    masked = caller[max(0, start_ms) * 8 : end_ms * 8]
    assert not masked.any()
    assert (np.abs(caller) > 1000).sum() > (len(caller) - len(masked)) * 0.7
    assert onsets_ms(agent) == [4600]


def test_refused_consent_leaves_no_file_and_no_sound_in_memory(recorder: Recorder) -> None:
    recorder.start()
    recorder.audio(BEEP * 10, 0)
    recorder.event(ConsentGiven("given"))
    assert recorder.running
    recorder.event(ConsentGiven("refused"))
    recorder.audio(BEEP, 200)
    recorder.played(BEEP, 200)
    finish(recorder)
    assert not recorder.path.exists()
    assert not any(recorder._tracks)
    recorder.event(ConsentGiven("refused"))


def lasting(recorder: Recorder, seconds: int) -> None:
    for at in range(0, seconds * 1000, 20):
        recorder.audio(BEEP, at)
        recorder.played(BEEP, at)


def test_a_full_disk_ends_the_recording_and_nothing_else(recorder: Recorder, told: list[Event], monkeypatch: pytest.MonkeyPatch) -> None:
    recorder.start()
    write, room = os.pwrite, [40_000]

    def nearly_full(file: int, data: bytes, at: int) -> int:
        """As a disk does: a part goes in, then nothing."""
        taken = data[: room[0]]
        room[0] -= len(taken)
        return write(file, taken, at) if taken else 0

    monkeypatch.setattr(os, "pwrite", nearly_full)
    lasting(recorder, 10)
    recorder.event(CardDigits(0, 500))
    finish(recorder)
    assert [type(event) for event in told] == [RecordingFailed]
    assert recorder.failed
    assert not recorder.running
    with wave.open(str(recorder.path)) as file:
        assert file.getnframes() > 4000


@pytest.mark.parametrize("verb", ["mask", "delete"])
def test_a_disk_that_fails_later_is_no_end_of_the_call(recorder: Recorder, told: list[Event], monkeypatch: pytest.MonkeyPatch, verb: str) -> None:
    recorder.start()
    lasting(recorder, 3)

    def broken(*_: Any, **__: Any) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "pread", broken)
    monkeypatch.setattr(Path, "unlink", broken)
    recorder.event(CardDigits(0, 500) if verb == "mask" else ConsentGiven("refused"))
    assert told == [RecordingFailed("Input/output error")]


def test_no_place_to_write_to(tmp_path: Path, told: list[Event]) -> None:
    (tmp_path / "file").write_text("in the way")
    recorder = Recorder(tmp_path / "file" / "call.wav")
    recorder.call = cast("Call", SimpleNamespace(tell=told.append))
    recorder.start()
    lasting(recorder, 2)
    finish(recorder)
    assert [type(event) for event in told] == [RecordingFailed]


CHILD = """
import sys, time
from pathlib import Path
from types import SimpleNamespace
from telephony.recorder import Recorder
recorder = Recorder(Path(sys.argv[1]))
recorder.call = SimpleNamespace(tell=lambda event: None)
recorder.start()
for at in range(0, int(sys.argv[2]), 20):
    recorder.audio(bytes([0x20, 0xA0]) * 80, at)
print("recorded", flush=True)
sys.stdin.read()
"""


def child(path: Path, ms: int, **options: Any) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, str(path), str(ms)], cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, **options
    )


def test_a_killed_process_leaves_a_file_that_plays_to_the_last_second(tmp_path: Path) -> None:
    path = tmp_path / "call.wav"
    with child(path, 7340) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"recorded\n"
        process.send_signal(signal.SIGKILL)
    caller, _ = tracks(path)
    assert 7340 - 1000 <= len(caller) // 8 <= 7340
    assert (np.abs(caller) > 1000).all()


def test_a_disk_quota_that_runs_out(tmp_path: Path) -> None:
    path = tmp_path / "call.wav"
    limit = 100_000
    with child(path, 20_000, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))) as process:
        assert process.stdout is not None
        lines = process.stdout.read1().decode()  # type: ignore[attr-defined]
        while "recorded" not in lines:
            lines += process.stdout.readline().decode()
        process.kill()
    assert "recording failed" in lines
    assert path.stat().st_size <= limit
    with wave.open(str(path)) as file:
        assert file.getnframes() > 8000
