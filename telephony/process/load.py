"""Many simulated callers from one process: the carrier's protocol by hand on bare transports, so that a packet costs next to nothing to send.

A caller listens to the greeting, speaks, listens to the answer, pauses, speaks again; every third time they speak into the answer. It knows the line
only by its webhook and its websocket.
"""

import asyncio
import base64
import json
import os
import random
import secrets
import struct
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import urlsplit

from telephony.process.carrier import FRAME_S, SILENCE, Carrier, new_sid

GAP_S = 0.5
"""Silence between what was heard and the next turn."""
INTERRUPTS_EVERY, INTERRUPTS_AFTER_S = 3, 0.8
SPREAD_S = 4.0
"""The first turns are spread over this."""
ANSWER_LIMIT_S = 8.0
OPEN_LIMIT_S = 15.0
SLOTS = 20
"""Callers take turns within the 20 ms of a frame."""
TEXT, CLOSE, MASKED = 0x81, 0x88, 0x80
QUIET_CODES = b"\xff\x7f"


@dataclass(slots=True)
class Noticed:
    """What all callers noticed; ms. `since_s`: samples count from this moment of the monotonic clock on."""

    since_s: float = float("inf")
    greeting_ms: list[float] = field(default_factory=list)
    """`start` sent → first sound."""
    answer_ms: list[float] = field(default_factory=list)
    """First silent frame after the turn sent → first sound of the answer."""
    clear_ms: list[float] = field(default_factory=list)
    """First frame spoken into the answer sent → `clear`."""
    late_ms: list[float] = field(default_factory=list)
    """How late our own frames were."""
    frames: int = 0
    missed: int = 0
    dropped: int = 0

    def note(self, into: list[float], began_s: float) -> None:
        now_s = time.monotonic()
        if now_s >= self.since_s:
            into.append((now_s - began_s) * 1000)


class Caller(asyncio.Protocol):
    """One call. `tick` sends a frame."""

    def __init__(self, path: str, call_sid: str, parameters: dict[str, str], speech: Sequence[str], noticed: Noticed) -> None:
        self._path, self._call_sid, self._parameters = path, call_sid, parameters
        self._speech, self._noticed = speech, noticed
        self._sid = new_sid("MZ")
        self._buffer = bytearray()
        self._transport: asyncio.Transport
        self.open = asyncio.get_running_loop().create_future()
        self.live = False
        self._handshake = True
        self._sent = 0
        self._saying = -1
        self._turns = 0
        self._greeted = self._into_answer = False
        self._began_s = self._ended_s = self._plays_until_s = self._heard_s = 0.0
        self._speak_at_s: float | None = None
        self._interrupt_at_s: float | None = None
        self._marks: dict[str, asyncio.TimerHandle] = {}
        self._silence = base64.b64encode(SILENCE).decode()

    # the transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        key = base64.b64encode(os.urandom(16)).decode()
        self._transport.write(
            f"GET {self._path} HTTP/1.1\r\nHost: line\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the protocol's
        if self.live:
            self._noticed.dropped += 1
        self.live = False
        if not self.open.done():
            self.open.set_exception(ConnectionError("the line closed the socket"))

    def data_received(self, data: bytes) -> None:
        buffer = self._buffer
        buffer += data
        if self._handshake:
            head = buffer.find(b"\r\n\r\n")
            if head < 0:
                return
            if not buffer.startswith(b"HTTP/1.1 101"):
                self._transport.abort()
                return
            del buffer[: head + 4]
            self._handshake = False
            self._start()
        at = 0
        while (frame := _frame(buffer, at)) is not None:
            opcode, first, at = frame
            if opcode == TEXT:
                self._message(json.loads(buffer[first:at]))
            elif opcode == CLOSE:
                self._transport.close()
        del buffer[:at]

    def _send(self, text: str, opcode: int = TEXT) -> None:
        """Masked with zeros, which is allowed and free."""
        payload = text.encode()
        size = len(payload)
        head = struct.pack("!BB", opcode, MASKED | size) if size < 126 else struct.pack("!BBH", opcode, MASKED | 126, size)
        self._transport.write(head + b"\0\0\0\0" + payload)

    # the call

    def _start(self) -> None:
        self._send('{"event":"connected","protocol":"Call","version":"1.0.0"}')
        start = {"streamSid": self._sid, "callSid": self._call_sid, "tracks": ["inbound"], "customParameters": self._parameters}
        self._send(json.dumps({"event": "start", "sequenceNumber": "1", "streamSid": self._sid, "start": start}))
        self._began_s = time.monotonic()
        self.live = True
        self.open.set_result(None)

    def hang_up(self) -> None:
        if self.live:
            self.live = False
            self._send(json.dumps({"event": "stop", "streamSid": self._sid, "stop": {"callSid": self._call_sid}}))
            self._send("", CLOSE)
        self._transport.close()

    def tick(self, due_s: float) -> None:
        now_s = time.monotonic()
        noticed = self._noticed
        if now_s >= noticed.since_s:
            noticed.late_ms.append((now_s - due_s) * 1000)
        self._decide(now_s)
        payload = self._silence
        if self._saying >= 0:
            if self._saying < len(self._speech):
                payload = self._speech[self._saying]
                self._saying += 1
            else:
                self._saying, self._ended_s = -1, now_s
                self._into_answer = False
        self._sent += 1
        self._send(
            f'{{"event":"media","sequenceNumber":"{self._sent + 1}","media":{{"track":"inbound","chunk":"{self._sent}",'
            f'"timestamp":"{self._sent * 20 - 20}","payload":"{payload}"}},"streamSid":"{self._sid}"}}'
        )
        noticed.frames += 1

    def _decide(self, now_s: float) -> None:
        """Whether to speak from this frame on."""
        if self._saying >= 0:
            return
        if self._interrupt_at_s is not None and now_s >= self._interrupt_at_s:
            self._interrupt_at_s, self._into_answer = None, True
            self._speak(now_s)
        elif self._speak_at_s is not None and now_s >= self._speak_at_s:
            self._speak(now_s)
        elif self._ended_s and now_s - self._ended_s > ANSWER_LIMIT_S:
            self._noticed.missed += 1
            self._speak(now_s)
        elif self._speak_at_s is None and not self._ended_s and self._greeted and self._interrupt_at_s is None:
            quiet_s = max(self._plays_until_s, self._heard_s + 0.2)
            if now_s > quiet_s:
                self._speak_at_s = now_s + GAP_S + (random.random() * SPREAD_S if not self._turns else 0.0)  # noqa: S311

    def _speak(self, now_s: float) -> None:
        self._saying, self._began_s = 0, now_s
        self._ended_s, self._speak_at_s = 0.0, None
        self._turns += 1

    def _message(self, message: dict[str, dict[str, str]]) -> None:
        match message:
            case {"event": "media", "media": {"payload": payload}}:
                self._hear(base64.b64decode(payload))
            case {"event": "mark", "mark": {"name": name}}:
                wait_s = max(0.0, self._plays_until_s - time.monotonic())
                self._marks[name] = asyncio.get_running_loop().call_later(wait_s, self._return, name)
            case {"event": "clear"}:
                if self._into_answer:
                    self._noticed.note(self._noticed.clear_ms, self._began_s)
                    self._into_answer = False
                self._plays_until_s = time.monotonic()
                for name, timer in tuple(self._marks.items()):
                    timer.cancel()
                    self._return(name)

    def _hear(self, audio: bytes) -> None:
        now_s = time.monotonic()
        self._plays_until_s = max(self._plays_until_s, now_s) + len(audio) / 8000
        if not audio.strip(QUIET_CODES):
            return
        self._heard_s = now_s
        if not self._greeted:
            self._greeted = True
            self._noticed.greeting_ms.append((now_s - self._began_s) * 1000)
        elif self._ended_s:
            self._noticed.note(self._noticed.answer_ms, self._ended_s)
            self._ended_s = 0.0
            if self._turns % INTERRUPTS_EVERY == 0:
                self._interrupt_at_s = now_s + INTERRUPTS_AFTER_S

    def _return(self, name: str) -> None:
        self._marks.pop(name, None)
        if self.live:
            self._send(f'{{"event":"mark","streamSid":"{self._sid}","mark":{{"name":"{name}"}}}}')


def _frame(buffer: bytearray, at: int) -> tuple[int, int, int] | None:
    """(first byte, where its payload begins, where it ends) of the server's frame there; None: it is not whole yet."""
    left = len(buffer) - at
    if left < 2:
        return None
    size, first = buffer[at + 1], at + 2
    if size >= 126:
        width = 2 if size == 126 else 8
        if left < 2 + width:
            return None
        size, first = int.from_bytes(buffer[first : first + width]), first + width
    return (buffer[at], first, first + size) if len(buffer) >= first + size else None


@dataclass(slots=True)
class Callers:
    """Calls to one line, and the clock that lets them speak."""

    inner: str
    speech: Sequence[bytes]
    noticed: Noticed = field(default_factory=Noticed)
    _slots: list[list[Caller]] = field(default_factory=lambda: [[] for _ in range(SLOTS)])

    async def dial(self, number: int) -> Caller:
        """The nth caller's call, up. Raises LookupError, OSError, TimeoutError."""
        call_sid = "CA" + secrets.token_hex(16)
        carrier = Carrier(self.inner, self.inner)
        answered = await carrier.ring(call_sid, f"+15550100{number % 1000:03d}", "+15550199000")
        url, parameters, _ = answered.stream
        address = urlsplit(self.inner)
        payloads = [base64.b64encode(frame).decode() for frame in self.speech]
        loop = asyncio.get_running_loop()
        _, caller = await loop.create_connection(
            lambda: Caller(urlsplit(url).path, call_sid, parameters, payloads, self.noticed), address.hostname or "127.0.0.1", address.port or 80
        )
        async with asyncio.timeout(OPEN_LIMIT_S):
            await caller.open
        self._slots[number * 7 % SLOTS].append(caller)
        return caller

    async def speak(self) -> None:
        """Frames for every live call, until cancelled."""
        began_s, frame = time.monotonic(), 0
        while True:
            for slot, callers in enumerate(self._slots):
                due_s = began_s + frame * FRAME_S + slot * FRAME_S / SLOTS
                if (wait_s := due_s - time.monotonic()) > 0:
                    await asyncio.sleep(wait_s)
                for caller in callers:
                    if caller.live:
                        caller.tick(due_s)
            frame += 1
            await asyncio.sleep(0)

    @property
    def live(self) -> int:
        return sum(caller.live for callers in self._slots for caller in callers)

    def hang_up(self) -> None:
        for callers in self._slots:
            for caller in callers:
                caller.hang_up()
            callers.clear()
