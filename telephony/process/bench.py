"""The line under load: the real one with stand-ins for the providers (`serve`), and figures of it from simulated calls (`calls`)."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import uvloop
from sqlalchemy import func, select, update

from data.database import Database
from data.tables import CallRow, HotelRow, TurnRow, UtteranceRow
from telephony.process import settings as settings_file
from telephony.process.carrier import FRAME, FRAME_S, LOUD_DB, SILENCE, level_db, read_wav
from telephony.process.load import Callers
from telephony.process.logs import set_up
from telephony.process.server import EmbeddedStores, Process, listening, make_ready, running, spare_collector
from telephony.process.settings import REPOSITORY, Settings
from telephony.process.stores.embedded_postgres import EmbeddedPostgres, free_port
from telephony.wiring import stand_in_engines

STUBS = ("oracle", "vad")
MOST_CALLS = 1_000
CALLS_A_NUMBER = 1_000_000
"""Load comes from few numbers: nobody is turned away for calling often."""

START_LIMIT_S, STOP_LIMIT_S = 90.0, 10.0
WARM_UP_CALLS, SET_UP_CALLS, SHORT_CALL_S = 3, 30, 0.3
RAMP_S, SETTLE_S, AFTER_S = 3.0, 4.0, 4.0
"""How long the calls take to come, until they are measured, and after they have hung up."""
EMPTY_WAV_BYTES = 44
CALLER_WAV = REPOSITORY / "scripts" / "demo_call" / "voices" / "joe" / "availability.wav"
MOST_SPEECH_FRAMES = 110
NEARLY_SILENT = b"\xfe" * FRAME


def serve(stubs: str, port: int, state: Path | None = None) -> None:
    """The line on `port` until SIGTERM or Ctrl-C, over a database of its own; all of it in `state`, else in a folder that goes with it."""
    if stubs not in STUBS:
        sys.exit(f"stubs: {' or '.join(STUBS)}")
    os.environ.pop("DATABASE_URL", None)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    if state is not None:
        _serve(stubs, port, state)
        return
    with tempfile.TemporaryDirectory(prefix="concierge-bench-", ignore_cleanup_errors=True) as folder:
        _serve(stubs, port, Path(folder))


def _serve(stubs: str, port: int, state: Path) -> None:
    settings = bench_settings(port, state)
    set_up(settings.line.log_level)
    with EmbeddedStores(settings) as database_url:
        uvloop.run(_line(settings, database_url, stubs))


def bench_settings(port: int, state: Path) -> Settings:
    """The environment's, with a database, a folder and a port of its own and room for every call."""
    own = {"ENV": "test", "PORT": str(port), "STATE_DIR": str(state), "MAX_LIVE_CALLS": str(MOST_CALLS)}
    return settings_file.read({**os.environ, **own})


async def _line(settings: Settings, database_url: str, stubs: str) -> None:
    engines = stand_in_engines(settings, marks_turns=stubs == "oracle")
    async with running(settings, database_url, engines) as process:
        await make_ready(process)
        await _open_to_all(process)
        spare_collector()
        async with listening(process, drain_limit_s=0.0) as web:
            await web.stopped.wait()


async def _open_to_all(process: Process) -> None:
    """Any number may be called, by anybody, as often as they like."""
    async with process.database.begin() as session:
        await session.execute(update(HotelRow).values(calls_per_number_hour=CALLS_A_NUMBER))
    hotels = process.line.hotels
    await hotels.read()
    hotels.default_slug = hotels.all[0].slug


@dataclass(frozen=True, slots=True)
class Usage:
    """Of the server and everything it started."""

    cpu_s: float
    rss_mib: float


def usage(server: psutil.Process) -> Usage:
    cpu_s = rss = 0.0
    for each in (server, *server.children(recursive=True)):
        with contextlib.suppress(psutil.NoSuchProcess):
            times = each.cpu_times()
            cpu_s += times.user + times.system
            rss += each.memory_info().rss
    return Usage(cpu_s, rss / 2**20)


def calls(stubs: str, count: int, seconds: int, as_json: bool, echo: Callable[[str], None]) -> int:
    """Start such a server, drive it with `count` calls for `seconds`, print figures. 1: calls were lost, or left no recordings or rows."""
    with tempfile.TemporaryDirectory(prefix="concierge-bench-", ignore_cleanup_errors=True) as folder:
        state, port = Path(folder) / "state", free_port()
        state.mkdir()
        with (Path(folder) / "server.log").open("wb") as log_file:
            command = [sys.executable, "-m", "telephony.process.bench", stubs, str(port), str(state)]
            child = subprocess.Popen(command, stdout=log_file, stderr=subprocess.STDOUT)  # noqa: S603
            try:
                found = uvloop.run(_measure(psutil.Process(child.pid), f"http://127.0.0.1:{port}", stubs, count, seconds, state))
            except (OSError, LookupError, TimeoutError, psutil.Error) as error:
                echo(f"nothing measured: {error!r}\n{(Path(folder) / 'server.log').read_text()[-2000:]}")
                return 1
            finally:
                child.terminate()
                try:
                    child.wait(STOP_LIMIT_S)
                except subprocess.TimeoutExpired:
                    child.kill()
    echo(json.dumps(found) if as_json else "\n".join(f"{name:28} {value}" for name, value in found.items()))
    return 0 if found["ok"] else 1


async def _measure(server: psutil.Process, inner: str, stubs: str, count: int, seconds: int, state: Path) -> dict[str, Any]:
    await _ready(inner, server)
    callers = Callers(inner, caller_speech())
    speaking = asyncio.ensure_future(callers.speak())
    try:
        await _some_calls(callers, WARM_UP_CALLS)
        idle = usage(server)
        await _some_calls(callers, SET_UP_CALLS)
        one_by_one = usage(server)
        await asyncio.gather(*(_dial_later(callers, number, number * RAMP_S / count) for number in range(count)))
        await asyncio.sleep(SETTLE_S)
        noticed = callers.noticed
        noticed.since_s, frames, before = time.monotonic(), noticed.frames, usage(server)
        await asyncio.sleep(seconds)
        after, frames, live = usage(server), noticed.frames - frames, callers.live
        callers.hang_up()
        await asyncio.sleep(AFTER_S)
        left = usage(server)
        kept = await _kept(state)
    finally:
        speaking.cancel()
    total = WARM_UP_CALLS + SET_UP_CALLS + count
    call_seconds = frames * FRAME_S
    return {
        "stubs": stubs,
        "calls": count,
        "call_seconds": round(call_seconds, 1),
        "cpu_ms_per_call_second": round((after.cpu_s - before.cpu_s) * 1000 / call_seconds, 2) if call_seconds else None,
        "set_up_cpu_ms": round((one_by_one.cpu_s - idle.cpu_s) * 1000 / SET_UP_CALLS, 1),
        "answer_ms": spread(noticed.answer_ms),
        "added_ms": kept.pop("added_ms"),
        "clear_ms": spread(noticed.clear_ms),
        "greeting_ms": spread(noticed.greeting_ms),
        "memory_idle_mib": round(one_by_one.rss_mib, 1),
        "memory_per_call_mib": round((after.rss_mib - one_by_one.rss_mib) / count, 3),
        "memory_after_mib": round(left.rss_mib - one_by_one.rss_mib, 1),
        "generator_late_ms": spread(noticed.late_ms),
        "live_at_end": live,
        "missed": noticed.missed,
        "dropped": noticed.dropped,
        **kept,
        "ok": live == count and not noticed.dropped and kept["recordings"] == kept["finished_calls"] == total and kept["turns"] > 0,
    }


async def _ready(inner: str, server: psutil.Process) -> None:
    until_s = time.monotonic() + START_LIMIT_S
    while time.monotonic() < until_s:
        if not server.is_running() or server.status() == psutil.STATUS_ZOMBIE:
            raise ConnectionError("the server ended")
        try:
            async with asyncio.timeout(1.0):
                _, writer = await asyncio.open_connection(urlsplit(inner).hostname, urlsplit(inner).port)
            writer.close()
        except (OSError, TimeoutError):
            await asyncio.sleep(0.2)
            continue
        return
    raise TimeoutError("the server did not start")


async def _some_calls(callers: Callers, count: int) -> None:
    """One after the other, each 0.3 s long."""
    for number in range(count):
        await callers.dial(number)
        await asyncio.sleep(SHORT_CALL_S)
        callers.hang_up()
        await asyncio.sleep(SHORT_CALL_S)


async def _dial_later(callers: Callers, number: int, wait_s: float) -> None:
    await asyncio.sleep(wait_s)
    await callers.dial(number)


async def _kept(state: Path) -> dict[str, Any]:
    """What the calls left: recordings on disk, rows in the database, and by those what the line added after its decisions."""
    url = EmbeddedPostgres(state).running_url()
    if url is None:
        raise ConnectionError("the server's database is not there")
    database = Database(url)
    try:
        async with database.read() as session:
            finished = await session.scalar(select(func.count()).select_from(CallRow).where(CallRow.ended_at.is_not(None)))
            said = await session.scalar(select(func.count()).select_from(UtteranceRow))
            turns = (await session.execute(select(TurnRow.decided_ms, TurnRow.voice_ms))).all()
    finally:
        await database.aclose()
    added = [float(voice_ms - decided_ms) for decided_ms, voice_ms in turns if voice_ms is not None and decided_ms is not None]
    return {
        "added_ms": spread(added),
        "finished_calls": finished,
        "recordings": await asyncio.to_thread(_recordings, state),
        "turns": len(turns),
        "utterances": said,
    }


def _recordings(state: Path) -> int:
    return sum(path.stat().st_size > EMPTY_WAV_BYTES for path in state.glob("recordings/*/*.wav"))


def spread(values: Sequence[float]) -> dict[str, float] | None:
    """Nearest-rank percentiles."""
    ordered = sorted(values)
    if not ordered:
        return None
    return {f"p{p}": round(ordered[min(len(ordered) - 1, p * len(ordered) // 100)], 1) for p in (50, 95, 99)} | {"n": len(ordered)}


def caller_speech() -> list[bytes]:
    """A recorded question as frames, none of them digital silence."""
    mulaw = read_wav(CALLER_WAV)
    frames = [mulaw[at : at + FRAME] for at in range(0, len(mulaw) - FRAME + 1, FRAME)]
    while frames and level_db(frames[0]) < LOUD_DB:
        frames.pop(0)
    while frames and level_db(frames[-1]) < LOUD_DB:
        frames.pop()
    return [frame if frame != SILENCE else NEARLY_SILENT for frame in frames[:MOST_SPEECH_FRAMES]]


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
