"""One real phone call to the line on this machine: starts the line, lets another process phone it, shows the call as it happens, then what it left.

The caller knows the line only by its webhook and websocket. Everything shown is read back from rows and the recording.
"""

import argparse
import asyncio
import json
import os
import secrets
import shutil
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
import wave
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from data.database import Database
from data.errors import DatabaseUnavailable
from data.queries.calls import call_by_sid, count_rows, show_call
from data.records import TurnRecord, WholeCall
from telephony.process.call_pages import transcript, utterance_lines
from telephony.process.stores.embedded_postgres import EmbeddedPostgres

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from ending import take_children_along
from timeline import draw

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
KEPT = ROOT / "demo-call"
STATE = ROOT / ".state" / "demo"
GUEST, HOTEL = "+12025550142", "+12075550100"
PUBLIC = "https://line.demo.example"
READY_LIMIT_S = 120.0
CALL_LIMIT_S = 300.0
POLL_S = 0.3
MATCH_MS = 1_500
"""A turn's end as the caller's clock and the line's clock have it may differ this much."""
SCRIPT: tuple[dict[str, Any], ...] = (
    {"says": "policy"},
    {"says": "availability", "next_interrupts": True},
    {"says": "interruption", "interrupts": True, "after_s": 2.5},
    {"says": "change"},
    {"says": "accept"},
    {"says": "name"},
    {"says": "yes"},
    {"says": "goodbye"},
)
SAYS: dict[str, str] = json.loads((HERE / "says.json").read_text(encoding="utf-8"))


@dataclass(slots=True)
class Said:
    """What the caller's process noticed."""

    call_sid: str = ""
    greeting_ms: int | None = None
    turns: list[dict[str, Any]] = field(default_factory=list)
    over: dict[str, Any] | None = None


def clear_state() -> None:
    """Everything of the last call but the models, which take a while to put together."""
    for path in STATE.glob("*"):
        if path.name != "models":
            shutil.rmtree(path) if path.is_dir() else path.unlink()


class Show:
    """Prints for a person; silent for --json."""

    def __init__(self, quiet: bool) -> None:
        self._quiet = quiet

    def __call__(self, text: str = "") -> None:
        print(text, file=sys.stderr if self._quiet else sys.stdout, flush=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def program(
    *command: str, env: dict[str, str] | None = None, log: Path | None = None, stdin: bool = False
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A child in its own process group, ended with it."""
    with (log or Path(os.devnull)).open("ab") as out:
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            *command,
            env=env,
            cwd=ROOT,
            stdin=asyncio.subprocess.PIPE if stdin else asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE if stdin else out,
            stderr=out,
        )
        try:
            yield child
        finally:
            if child.returncode is None:
                child.send_signal(signal.SIGINT)
                try:
                    await asyncio.wait_for(child.wait(), 8)
                except TimeoutError:
                    child.kill()
                    await child.wait()


async def ready(url: str, child: asyncio.subprocess.Process, log: Path) -> None:
    """Until a call would be answered."""
    until = time.monotonic() + READY_LIMIT_S
    while time.monotonic() < until:
        if child.returncode is not None:
            sys.exit(f"The line did not start:\n{log.read_text()[-2000:]}")
        try:
            with await asyncio.to_thread(urllib.request.urlopen, f"{url}/health/readiness", timeout=5) as response:
                if response.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            await asyncio.sleep(0.1)
    sys.exit(f"The line was not ready within {READY_LIMIT_S:.0f} s:\n{log.read_text()[-2000:]}")


async def caller(script: dict[str, Any], said: Said, log: Path) -> None:
    """The caller's process, and what it tells."""
    async with program("-m", "telephony.process.carrier", log=log, stdin=True) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(json.dumps(script).encode())
        child.stdin.close()
        async for line in child.stdout:
            event = json.loads(line)
            match event.pop("event"):
                case "ringing":
                    said.call_sid = event["call_sid"]
                case "greeted":
                    said.greeting_ms = event["greeting_ms"]
                case "turn":
                    said.turns.append(event)
                case "over":
                    said.over = event


class Live:
    """The call as it happens, from its rows."""

    def __init__(self, database: Database, show: Show) -> None:
        self._database, self._show = database, show
        self._shown: dict[int, tuple[str, str]] = {}
        self._timed: set[int] = set()

    async def follow(self, said: Said) -> None:
        while True:
            await asyncio.sleep(POLL_S)
            if whole := await read(self._database, said.call_sid):
                self.print_new(whole)

    def print_new(self, whole: WholeCall) -> None:
        for utterance in whole.utterances:
            settled = utterance.speaker == "caller" or utterance.ended_ms is not None
            if settled and utterance.number not in self._shown:
                self._shown[utterance.number] = (utterance.said, utterance.heard)
                for line in utterance_lines(utterance):
                    self._show(line)
        for turn in whole.turns:
            if turn.voice_ms is not None and turn.number not in self._timed:
                self._timed.add(turn.number)
                self._show(
                    f"           [turn {turn.number}: endpoint {turn.endpoint_ms} ms (of it transcribe {turn.transcribe_ms}),"
                    f" think {turn.think_ms}, first audio {turn.first_audio_ms}]"
                )


async def read(database: Database, call_sid: str) -> WholeCall | None:
    if not call_sid:
        return None
    try:
        async with database.read() as session:
            call = await call_by_sid(session, call_sid)
            return await show_call(session, call.id) if call else None
    except DatabaseUnavailable:
        return None


def matched(turn: dict[str, Any], rows: Sequence[TurnRecord]) -> TurnRecord | None:
    """The row of a spoken turn: the one that ended nearest to it."""
    near = [row for row in rows if row.ended_ms is not None and abs(row.ended_ms - turn["ended_ms"]) < MATCH_MS]
    return min(near, key=lambda row: abs((row.ended_ms or 0) - turn["ended_ms"]), default=None)


def result(said: Said, whole: WholeCall, counts: dict[str, int], recording: Path) -> dict[str, Any]:
    """The JSON object."""
    turns = []
    for turn in said.turns:
        row = matched(turn, whole.turns)
        spoken = [each for each in whole.utterances if row and each.turn == row.number and each.speaker == "agent"]
        turns.append(
            {
                "caller": row.caller_text if row else "",
                "said": " ".join(each.said for each in spoken),
                "heard": " ".join(each.heard for each in spoken if each.heard),
                "voice_to_voice_ms": turn["voice_to_voice_ms"],
                "stages": {name: getattr(row, name) if row else None for name in ("endpoint_ms", "transcribe_ms", "think_ms", "first_audio_ms")},
            }
        )
    return {
        "turns": turns,
        "greeting_ms": said.greeting_ms,
        "rows": counts,
        "recording": str(recording),
        "texts": [],
        "payments": [],
    }


def missing(found: dict[str, Any], whole: WholeCall, recording: Path) -> list[str]:
    """What should have happened in this call and did not."""
    said_all = " ".join(each.said for each in whole.utterances if each.speaker == "agent")
    stays = [use for use in whole.tool_uses if use.name == "check_room_availability" and use.ok]
    wrong = []

    def must(true: object, what: str) -> None:
        if not true:
            wrong.append(what)

    must(len(found["turns"]) == len(SCRIPT), "the call ended before the guest had said everything")
    for turn, spoken in zip(found["turns"], SCRIPT, strict=False):
        must(turn["caller"] and turn["said"] and turn["voice_to_voice_ms"] is not None, f"the turn '{spoken['says']}' was lost or not answered")
    heard_all = " ".join(each.heard for each in whole.utterances if each.speaker == "agent").lower()
    must("breakfast" in heard_all, "the answer about breakfast was not heard")
    must("parking costs" in heard_all, "the answer to the interruption was not heard")
    must(any((use.result.get("nights") == 2) for use in stays), "no room was looked for for two nights")
    must(any((use.result.get("nights") == 3) for use in stays), "the change to three nights was not understood")
    must("$" in said_all, "no price was said")
    must(any(each.cut and each.heard != each.said for each in whole.utterances), "the interruption cut nothing")
    must(whole.leads and "carlyle" in (whole.leads[0].name or "").lower(), "the guest's spelled name is not in the lead")
    must(whole.leads and whole.leads[0].phone == GUEST, "the guest's number is not in the lead")
    must(whole.call.next_step == "hang_up", "the call did not end by goodbye")
    with wave.open(str(recording)) as file:
        seconds = file.getnframes() / file.getframerate()
        must(file.getnchannels() == 2 and seconds > 20, "the recording is not whole")
    return wrong


async def run(options: argparse.Namespace) -> int:
    show = Show(options.json)
    shutil.rmtree(KEPT, ignore_errors=True)
    KEPT.mkdir()
    clear_state()
    state = STATE
    began = time.monotonic()
    port, token = free_port(), secrets.token_hex(16)
    environment = {
        **os.environ,
        "ENV": "development",
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "STATE_DIR": str(state),
        "PUBLIC_BASE_URL": PUBLIC,
        "TWILIO_AUTH_TOKEN": token,
        "LOG_LEVEL": "info",
    }
    for name in ("DATABASE_URL", "DEEPGRAM_API_KEY", "OPENAI_API_KEY", "ELEVENLABS_API_KEY", "DEFAULT_HOTEL", "TWILIO_ACCOUNT_SID"):
        environment.pop(name, None)
    url, log = f"http://127.0.0.1:{port}", KEPT / "line.log"
    async with emulated(environment) if options.emulated else nothing() as script_url:
        show("Starting the line …" + (" (through emulated providers)" if options.emulated else " (embedded: no key, no internet)"))
        async with program("-m", "telephony.process.cli", "serve", env=environment, log=log) as line:
            await ready(url, line, log)
            show(f"Ready after {time.monotonic() - began:.1f} s. A guest phones …")
            show()
            return await one_call(options, show, url, token, state, script_url)


EMULATORS = (
    ("deepgram", "DEEPGRAM", ""),
    ("openai", "OPENAI", "/v1"),
    ("elevenlabs", "ELEVENLABS", ""),
)


@asynccontextmanager
async def emulated(environment: dict[str, str]) -> AsyncIterator[str]:
    """The three providers' emulators as processes, and the line's environment aimed at them. Gives where the recogniser is told what comes."""
    async with AsyncExitStack() as stack:
        ports = {}
        for name, variable, path in EMULATORS:
            ports[name] = free_port()
            await stack.enter_async_context(program("-m", f"tests.emulators.{name}_emulator", "--port", str(ports[name]), log=KEPT / "emulators.log"))
            environment[f"{variable}_API_KEY"] = "emulated"
            environment[f"{variable}_BASE_URL"] = f"http://127.0.0.1:{ports[name]}{path}"
        yield f"http://127.0.0.1:{ports['deepgram']}/script"


@asynccontextmanager
async def nothing() -> AsyncIterator[str]:
    yield ""


async def one_call(options: argparse.Namespace, show: Show, url: str, token: str, state: Path, script_url: str) -> int:
    database_url = EmbeddedPostgres(state).running_url()
    assert database_url is not None, "the line runs, so its database does"
    database = Database(database_url)
    said = Said()
    script = {
        "inner": url,
        "public_base_url": PUBLIC,
        "auth_token": token,
        "from": GUEST,
        "to": HOTEL,
        "script_url": script_url,
        "turns": [turn | {"text": SAYS[turn["says"]], "wav": str(HERE / "voices" / options.voice / f"{turn['says']}.wav")} for turn in SCRIPT],
    }
    live = Live(database, show)
    try:
        following = asyncio.ensure_future(live.follow(said))
        async with asyncio.timeout(CALL_LIMIT_S):
            await caller(script, said, KEPT / "caller.log")
        await asyncio.sleep(POLL_S)
        following.cancel()
        whole = await read(database, said.call_sid)
        if whole is None or whole.call.ended_at is None:
            show("The call left no finished row.")
            return 1
        live.print_new(whole)
        async with database.read() as session:
            counts = await count_rows(session, UUID(str(whole.call.id)))
    finally:
        await database.aclose()
    kept = KEPT / "call.wav"
    shutil.copyfile(state / whole.recordings[0].path, kept)
    (KEPT / "transcript.txt").write_text("\n".join(transcript(whole)) + "\n", encoding="utf-8")
    (KEPT / "timeline.svg").write_text(draw(whole), encoding="utf-8")
    found = result(said, whole, counts, kept)
    wrong = missing(found, whole, kept)
    summary(show, said, whole, counts, kept, wrong)
    if options.json:
        print(json.dumps(found), flush=True)
    return 1 if wrong else 0


def summary(show: Show, said: Said, whole: WholeCall, counts: dict[str, int], recording: Path, wrong: list[str]) -> None:
    times = sorted(turn["voice_to_voice_ms"] for turn in said.turns if turn["voice_to_voice_ms"] is not None)
    show()
    show(f"The call ended: {whole.call.end_reason}; carrier's next step: {', '.join((said.over or {}).get('next', ())) or 'none'}")
    if times:
        show(f"Greeting after {said.greeting_ms} ms; caller stops → voice: median {times[len(times) // 2]} ms, longest {times[-1]} ms")
    show("Rows written: " + ", ".join(f"{name} {count}" for name, count in counts.items()))
    for lead in whole.leads:
        show(f"Lead {lead.id}: {lead.kind}, {lead.name}, {lead.phone}, {lead.check_in} to {lead.check_out}")
    show(f"Recording (guest left, hotel right): {recording}")
    show(f"Transcript: {KEPT / 'transcript.txt'}")
    show()
    for each in wrong:
        show(f"NOT AS IT SHOULD BE: {each}")
    if not wrong:
        show("Run it for real: set TWILIO_AUTH_TOKEN and PUBLIC_BASE_URL, start scripts/serve, point your Twilio number's voice webhook at")
        show("PUBLIC_BASE_URL/twilio/voice. DEEPGRAM_API_KEY, OPENAI_API_KEY and ELEVENLABS_API_KEY switch the providers on, one by one.")


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/demo", description="One real phone call to the line on this machine.")
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")
    parser.add_argument("--emulated", action="store_true", help="hear, think and speak through emulated providers")
    parser.add_argument("--keep", action="store_true", help="leave the state folder (database, recordings) in .state/demo")
    parser.add_argument("--voice", choices=("joe", "rms"), default="joe", help="who calls")
    options = parser.parse_args()
    take_children_along()
    try:
        return asyncio.run(run(options))
    finally:
        if not options.keep:
            clear_state()


if __name__ == "__main__":
    raise SystemExit(main())
