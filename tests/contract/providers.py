"""Shared by the tests of the provider adapters: waiting for what is told, and proof that nothing is left running."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

from speech.ports import Listening, TranscriberEvent, Transcript, TurnMark, TurnSignal
from tests.emulators.elevenlabs_emulator import voiced

LIMIT_S = 10.0
PACKET = 160
PACKET_MS = 20


class Told:
    """Collects what an adapter tells."""

    def __init__(self) -> None:
        self.events: list[TranscriberEvent] = []
        self._news = asyncio.Event()

    def __call__(self, event: TranscriberEvent) -> None:
        self.events.append(event)
        self._news.set()

    async def until(self, wanted: Callable[[list[TranscriberEvent]], Any]) -> None:
        async with asyncio.timeout(LIMIT_S):
            while not wanted(self.events):
                self._news.clear()
                await self._news.wait()

    @property
    def finals(self) -> list[Transcript]:
        return [event for event in self.events if isinstance(event, Transcript) and event.final]

    @property
    def marks(self) -> list[TurnMark]:
        return [event.mark for event in self.events if isinstance(event, TurnSignal)]

    async def turns(self, count: int) -> None:
        await self.until(lambda _: self.marks.count(TurnMark.ENDED) >= count)


def speech(ms: int) -> bytes:
    return voiced(0, ms)


def silence(ms: int) -> bytes:
    return b"\xff" * (8 * ms)


async def play(listening: Listening, sound: bytes, at_ms: int) -> int:
    """Packet by packet, faster than real time; the stream time after it."""
    for start in range(0, len(sound), PACKET):
        listening.audio(sound[start : start + PACKET], at_ms)
        at_ms += PACKET_MS
        await asyncio.sleep(0)
    return at_ms


async def until(condition: Callable[[], Any]) -> None:
    """For what happens in the emulator's thread."""
    async with asyncio.timeout(LIMIT_S):
        while not condition():  # noqa: ASYNC110 - no event of ours: another thread's doing
            await asyncio.sleep(0.005)


@contextlib.asynccontextmanager
async def nothing_left() -> AsyncIterator[None]:
    """Every task that the block started has ended when it ends."""
    before = asyncio.all_tasks()
    yield
    await until(lambda: not asyncio.all_tasks() - before)
