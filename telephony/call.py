"""One phone call: parts with the same four verbs, joined here. It connects and decides nothing; a new part is a new file and one line in wiring."""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog

from telephony.events import Ended, Event

TICK_S = 0.1
"""How often time passes for the parts when no packet tells it."""
CLOSE_LIMIT_S = 8.0
"""How long the parts may take to close after the call; what is still running then is cancelled."""
EARLY_PACKET_MS = 10_000
"""A packet further ahead of the wall clock than this is nonsense and left out."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class CallFacts:
    """Who calls whom."""

    id: UUID
    call_sid: str
    from_number: str | None
    """E.164; None if hidden."""
    to_number: str
    forwarded_from: str | None = None


class Part:
    """One concern of a call. The verbs return at once; work that waits goes to `call.run`."""

    call: "Call"

    def start(self) -> None:
        """The stream is up."""

    def audio(self, packet: bytes, at_ms: int) -> None:
        """One packet of the caller's mu-law."""

    def tick(self, now_ms: int) -> None:
        """Time passes, about ten times a second."""

    def event(self, event: Event) -> None:
        """Something another part decided or did."""

    async def end(self) -> None:
        """The call is over: close what is open."""

    def tell(self, event: Event) -> None:
        """To all parts, this one included, in the order of the list."""
        self.call.tell(event)


class Call:
    """The parts, their clock and their tasks."""

    def __init__(self, facts: CallFacts, parts: Sequence[Part], clock: Callable[[], float]) -> None:
        self.facts = facts
        self.ended: Ended | None = None
        self._parts = parts
        self._ears = [part.audio for part in parts if type(part).audio is not Part.audio]
        self._hands = [part.event for part in parts if type(part).event is not Part.event]
        self._tickers = [part.tick for part in parts if type(part).tick is not Part.tick]
        self._clock = clock
        self._origin_s = clock()
        self._events: deque[Event] = deque()
        self._telling = False
        self._over = asyncio.Event()
        self._group: asyncio.TaskGroup | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._open = deque(parts)
        for part in parts:
            part.call = self

    def now_ms(self) -> int:
        """The stream clock: the wall clock, pulled to the media timestamps as packets come."""
        return int((self._clock() - self._origin_s) * 1000)

    def audio(self, packet: bytes, at_ms: int) -> None:
        """One packet from the carrier."""
        if self.ended:
            return
        ahead_ms = at_ms + len(packet) // 8 - self.now_ms()
        if ahead_ms > 0:
            if ahead_ms > EARLY_PACKET_MS:
                return
            self._origin_s -= ahead_ms / 1000
        for ear in self._ears:
            ear(packet, at_ms)

    def tell(self, event: Event) -> None:
        """Events told while another is being handled wait their turn, so that every part sees the same order. A part that fails ends the call."""
        self._events.append(event)
        if self._telling:
            return
        self._telling = True
        try:
            while self._events:
                self._hand_on(self._events.popleft())
        finally:
            self._telling = False

    def run(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        """A task of this call; gone with it at the latest."""
        if self._group is None:
            raise RuntimeError("the call is not running")
        task = self._group.create_task(work, name=f"{name} {self.facts.call_sid}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def live(self) -> Ended:
        """From start to end; every part is closed and every task gone when it returns."""
        try:
            async with asyncio.TaskGroup() as self._group:
                for part in self._parts:
                    part.start()
                self.run(self._tick(), "ticker")
                await self._over.wait()
                await self._close()
                for task in tuple(self._tasks):
                    task.cancel()
        except* Exception as group:
            log.exception("call failed", errors=[type(error).__name__ for error in group.exceptions])
            self.tell(Ended("error"))
        finally:
            self.tell(Ended("server stopped"))
            await asyncio.shield(self._close())
        if self.ended is None:
            raise RuntimeError("a call without an end")
        return self.ended

    def _hand_on(self, event: Event) -> None:
        if isinstance(event, Ended):
            if self.ended:
                return
            self.ended = event
            self._over.set()
        for hand in self._hands:
            try:
                hand(event)
            except Exception:
                log.exception("part failed", event_kind=type(event).__name__)
                self._events.append(Ended("error"))

    async def _tick(self) -> None:
        while not self.ended:
            now_ms = self.now_ms()
            for tick in self._tickers:
                tick(now_ms)
            await asyncio.sleep(TICK_S)

    async def _close(self) -> None:
        while self._open:
            part = self._open.popleft()
            try:
                async with asyncio.timeout(CLOSE_LIMIT_S):
                    await part.end()
            except Exception:
                log.exception("part failed to close", part=type(part).__name__)
