"""How the line stops: no new calls, live ones go on until they end; then everything goes."""

import asyncio
import signal
import socket
from types import FrameType
from typing import Final, Protocol

import structlog
import uvicorn

DRAIN_LIMIT_S: Final = 900.0
"""How long live calls may go on after SIGTERM."""
STOP_LIMIT_S: Final = 3.0
"""How long calls that are ended by a stop may take to store their rows and close."""
REASON: Final = "server stopped"

log = structlog.get_logger()


class LiveCalls(Protocol):
    """What a stop needs of the line."""

    draining: bool

    @property
    def live_calls(self) -> int: ...

    async def drained(self, limit_s: float) -> bool: ...

    def end_all(self, reason: str) -> object: ...


class DrainingServer(uvicorn.Server):
    """SIGTERM: no new calls, live ones go on until they end or the limit; Ctrl-C or a second SIGTERM: end them now.

    Signals are dealt with here wholly: uvicorn would raise them again at its end, before rows are stored and PostgreSQL is stopped.
    """

    def __init__(self, config: uvicorn.Config, line: LiveCalls, drain_limit_s: float = DRAIN_LIMIT_S) -> None:
        super().__init__(config)
        self._line, self._drain_limit_s = line, drain_limit_s
        self._now = asyncio.Event()
        self._stopping: asyncio.Task[None] | None = None
        self._loop = asyncio.get_running_loop()
        self.opened = asyncio.Event()
        """Set once it answers, or cannot."""
        self.stopped = asyncio.Event()
        """Set once nothing is served any more."""

    @property
    def bound_port(self) -> int:
        port: int = self.servers[0].sockets[0].getsockname()[1]
        return port

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().startup(sockets)
        finally:
            self.opened.set()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 - a signal handler's form
        self._loop.call_soon_threadsafe(self.stop, sig == signal.SIGINT)

    def stop(self, now: bool = False) -> None:
        """Let the live calls end, or, when asked again or `now`, end them."""
        if now or self._stopping is not None:
            self._now.set()
        if self._stopping is None:
            self._line.draining = True
            log.info("stopping", live_calls=self._line.live_calls)
            self._stopping = self._loop.create_task(self._stop(), name="stop")

    async def _stop(self) -> None:
        over, now = (asyncio.ensure_future(work) for work in (self._line.drained(self._drain_limit_s), self._now.wait()))
        await asyncio.wait({over, now}, return_when=asyncio.FIRST_COMPLETED)
        for waiting in (over, now):
            waiting.cancel()
        self._line.end_all(REASON)
        await self._line.drained(STOP_LIMIT_S)
        self.should_exit = True
