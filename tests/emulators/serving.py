"""What the provider emulators share: a journal, faults that can be changed while they run, and a server in a thread or a process."""

import argparse
import asyncio
import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields
from typing import Any, Generic, TypeVar

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

START_LIMIT_S = 10.0
STOP_LIMIT_S = 5.0

KnobsT = TypeVar("KnobsT")


@dataclass
class Journal:
    """What the emulator received and what became of it, oldest first."""

    entries: list[dict[str, Any]] = field(default_factory=list)
    capacity: int = 5000

    def note(self, event: str, **facts: Any) -> None:
        self.entries.append({"event": event, "at": round(time.time(), 3), **facts})
        del self.entries[: -self.capacity]

    def of(self, event: str) -> list[dict[str, Any]]:
        return [entry for entry in list(self.entries) if entry["event"] == event]


def control_routes(journal: Journal, knobs: Any) -> list[Route]:
    """`GET /journal`, `DELETE /journal`, `GET /knobs`, `POST /knobs` (a JSON object of settings to change)."""

    async def read_journal(request: Request) -> JSONResponse:
        if request.method == "DELETE":
            journal.entries.clear()
        return JSONResponse(journal.entries)

    async def change_knobs(request: Request) -> JSONResponse:
        known = {one.name for one in fields(knobs)}
        if request.method == "POST":
            wanted = await request.json()
            if unknown := set(wanted) - known:
                return JSONResponse({"error": f"no such knob: {sorted(unknown)}"}, status_code=400)
            for name, value in wanted.items():
                setattr(knobs, name, value)
        return JSONResponse({name: getattr(knobs, name) for name in sorted(known)})

    return [
        Route("/journal", read_journal, methods=["GET", "DELETE"]),
        Route("/knobs", change_knobs, methods=["GET", "POST"]),
    ]


def knobs_from_flags(parser: argparse.ArgumentParser, knobs_type: type[KnobsT]) -> tuple[KnobsT, argparse.Namespace]:
    """Every field of the knobs is a flag too: `first_audio_ms` is `--first-audio-ms`."""
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    knobs = knobs_type()
    for one in fields(knobs):  # type: ignore[arg-type]
        default = getattr(knobs, one.name)
        flag = "--" + one.name.replace("_", "-")
        if isinstance(default, bool):
            parser.add_argument(flag, action=argparse.BooleanOptionalAction, default=default)
        elif isinstance(default, list):
            parser.add_argument(flag, type=json.loads, default=default, help="a JSON list")
        else:
            parser.add_argument(flag, type=type(default), default=default)
    flags = parser.parse_args()
    for one in fields(knobs):  # type: ignore[arg-type]
        setattr(knobs, one.name, getattr(flags, one.name))
    return knobs, flags


def server_config(app: Starlette, host: str, port: int) -> uvicorn.Config:
    return uvicorn.Config(app, host=host, port=port, log_level="critical", ws="websockets-sansio", lifespan="off", timeout_graceful_shutdown=1)


def run(app: Starlette, host: str, port: int) -> None:
    """Serve until SIGTERM or Ctrl-C."""
    uvicorn.Server(server_config(app, host, port)).run()


@dataclass
class Running(Generic[KnobsT]):
    """An emulator that runs in a thread with an event loop of its own: a test's loop holds nothing but the tested side."""

    base_url: str
    journal: Journal
    knobs: KnobsT
    stop: Callable[[], None]


@contextlib.contextmanager
def in_thread(app: Starlette, journal: Journal, knobs: KnobsT) -> Iterator[Running[KnobsT]]:
    """The emulator on a free port of the loopback, for the length of the block."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    server = uvicorn.Server(server_config(app, "127.0.0.1", port))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listener])), name="emulator", daemon=True)
    thread.start()
    ends = time.monotonic() + START_LIMIT_S
    while not server.started:
        if time.monotonic() > ends or not thread.is_alive():
            raise TimeoutError("the emulator did not start")
        time.sleep(0.005)

    def stop() -> None:
        server.should_exit = True
        thread.join(STOP_LIMIT_S)
        listener.close()

    try:
        yield Running(f"http://127.0.0.1:{port}", journal, knobs, stop)
    finally:
        stop()
