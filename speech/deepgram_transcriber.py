"""Deepgram Flux: words and turns of 8 kHz mu-law over one websocket per call.

Decision: the SDK's types read the messages, the socket is our own `websockets` client. The SDK's client sits on the legacy one, which gives
control back up to 10 s after its connect was cancelled and 20 s after its close.
"""

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from urllib.parse import urlencode

import structlog
from deepgram.listen.v2.types.listen_v2fatal_error import ListenV2FatalError
from deepgram.listen.v2.types.listen_v2turn_info import ListenV2TurnInfo
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import WebSocketException

from speech.deepgram_turns import THRESHOLDS, USUAL, FluxTurns, parse
from speech.errors import TranscriberError
from speech.mulaw import BYTES_PER_MS, SILENCE, level
from speech.ports import Answer, ListenHints, TranscriberEvent, TranscriberFailed
from speech.sockets import NoSocketError, dial, hang_up, tls_for, websocket_base

log = structlog.get_logger()

PRODUCTION: Final = "https://api.deepgram.com"
CHUNK_BYTES: Final = 80 * BYTES_PER_MS
"""What Flux likes to be sent at once."""
LOUD_DBFS: Final = -32.0
"""Above it somebody speaks, or something makes noise that Flux would have to say something about."""
MOST_TERMS: Final = 100


@dataclass(frozen=True, slots=True)
class DeepgramLimits:
    """Every wait of this adapter, seconds."""

    connect_s: float = 2.0
    """TCP, TLS, upgrade and Flux's Connected."""
    close_s: float = 0.8
    idle_s: float = 0.24
    """Without a packet for this long, as much silence is sent: Flux has no keep-alive and ends no turn without audio."""
    replay_s: float = 3.0
    """How much unanswered audio a second connection is given."""
    backlog_s: float = 10.0
    """How much audio may wait to be sent; the oldest is dropped."""
    deaf_s: float = 3.0
    """This much loud audio without any message: ask for one; …"""
    dead_s: float = 1.0
    """… and this much more: the connection is dead."""
    carried_s: float = 1.5
    """After a lost connection: this long without another word ends the turn that it interrupted."""
    forced_s: float = 1.0
    """A turn that should long have ended is told so after this long, and ended by us after as long again."""
    steady_s: float = 10.0
    """A connection that lasted this long may be replaced once more."""


class _LostError(Exception):
    """The connection is of no more use."""


class DeepgramListening:
    """One call's recogniser. One task owns the socket and its successor."""

    marks_turns = True

    def __init__(self, tell: Callable[[TranscriberEvent], None], redial: Callable[[], Awaitable[ClientConnection]], limits: DeepgramLimits) -> None:
        self._tell, self._redial, self._limits = tell, redial, limits
        self._turns = FluxTurns()
        self._wake = asyncio.Event()
        self._pending = bytearray()
        self._pending_ms = self._next_ms = 0
        self._queue: deque[tuple[bytes, int]] = deque()
        self._queued = 0
        self._replaced = False
        self._unanswered: deque[tuple[bytes, int]] = deque()
        self._orders: deque[dict[str, Any]] = deque()
        self._thresholds = USUAL
        self._loop = asyncio.get_running_loop()
        self._loud_ms = 0
        self._loud_since = self._changed_at = 0.0
        self._asked = False
        self._forced_at: float | None = None
        self.dropped_ms = 0
        self._closed = False
        self._socket: ClientConnection
        self._task: asyncio.Task[None] | None = None

    def begin(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._task = asyncio.create_task(self._run(), name="deepgram")
        self._task.add_done_callback(self._ended)

    @property
    def running(self) -> bool:
        return self._task is not None and not self._task.done()

    def audio(self, mulaw: bytes, at_ms: int) -> None:
        if not self.running:
            return
        if self._pending and at_ms != self._next_ms:
            self._flush()
        if not self._pending:
            self._pending_ms = at_ms
        self._pending += mulaw
        self._next_ms = at_ms + len(mulaw) // BYTES_PER_MS
        if len(self._pending) >= CHUNK_BYTES:
            self._flush()

    def decode(self, start_ms: int, at_ms: int) -> None:
        """Flux decodes all the time."""

    def forget(self, before_ms: int) -> None:
        """Flux knows where a turn ends; nothing older is kept here."""

    def expect(self, answer: Answer) -> None:
        wanted = THRESHOLDS.get(answer, USUAL)
        if wanted != self._thresholds:
            self._thresholds = wanted
            self._configure()

    async def close(self) -> None:
        if self._task is None or self._closed:
            return
        self._closed = True
        self._task.cancel()
        await asyncio.wait({self._task}, timeout=self._limits.close_s)
        await hang_up(self._socket, self._limits.close_s)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("deepgram_adapter_broke", exc_info=error)
            self._tell(TranscriberFailed(type(error).__name__, self._next_ms))

    def _flush(self) -> None:
        self._queue.append((bytes(self._pending), self._pending_ms))
        self._queued += len(self._pending)
        self._pending.clear()
        while self._queued > self._limits.backlog_s * 1000 * BYTES_PER_MS:
            oldest, _ = self._queue.popleft()
            self._queued -= len(oldest)
            self.dropped_ms += len(oldest) // BYTES_PER_MS
        self._wake.set()

    async def _run(self) -> None:
        while True:
            opened = self._loop.time()
            reason = await self._serve(self._socket)
            await hang_up(self._socket, self._limits.close_s)
            if self._loop.time() - opened < self._limits.steady_s and self._replaced:
                break
            self._replaced = True
            log.warning("deepgram_connection_lost", reason=reason)
            self._again()
            try:
                self._socket = await self._redial()
            except TranscriberError as error:
                reason = str(error)
                break
        log.error("deepgram_failed", reason=reason, dropped_ms=self.dropped_ms)
        self._tell(TranscriberFailed(reason, self._next_ms))

    def _again(self) -> None:
        """Before a second connection: what the first did not answer is sent once more, before what waits."""
        self._turns.carry()
        self._queue.extendleft(reversed(self._unanswered))
        self._queued += sum(len(chunk) for chunk, _ in self._unanswered)
        self._unanswered.clear()
        self._loud_ms, self._forced_at = 0, None
        self._changed_at = self._loop.time()
        self._orders.clear()
        if self._thresholds != USUAL:
            self._configure()

    async def _serve(self, socket: ClientConnection) -> str:
        """Both directions until one breaks; why it did."""
        sender = asyncio.create_task(self._send(socket), name="deepgram_sender")
        reader = asyncio.create_task(self._read(socket), name="deepgram_reader")
        both = {sender, reader}
        try:
            done, _ = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in both:
                task.cancel()
            await asyncio.gather(*both, return_exceptions=True)
        try:
            await done.pop()
        except (_LostError, WebSocketException, OSError) as error:
            return str(error) or type(error).__name__
        return "closed"

    async def _read(self, socket: ClientConnection) -> None:
        async for raw in socket:
            self._loud_ms, self._asked = 0, False
            message = parse(raw)
            if isinstance(message, ListenV2FatalError):
                raise _LostError(message.code)
            if not isinstance(message, ListenV2TurnInfo):
                continue
            before = self._turns.changed_ms
            for event in self._turns.read(message):
                self._tell(event)
            if self._turns.changed_ms != before:
                self._changed_at = self._loop.time()
            if not self._turns.open:
                self._forced_at = None
            heard = self._turns.heard_ms
            while self._unanswered and self._unanswered[0][1] + len(self._unanswered[0][0]) // BYTES_PER_MS <= heard:
                self._unanswered.popleft()
        raise _LostError("closed by the other side")

    async def _send(self, socket: ClientConnection) -> None:
        silence = SILENCE * round(self._limits.idle_s * 1000 * BYTES_PER_MS)
        clock = self._turns.clock
        keep = round(self._limits.replay_s * 1000 * BYTES_PER_MS) // CHUNK_BYTES
        while True:
            self._wake.clear()
            while self._orders:
                await socket.send(json.dumps(self._orders.popleft()))
            while self._queue:
                chunk, at_ms = self._queue.popleft()
                self._queued -= len(chunk)
                self._unanswered.append((chunk, at_ms))
                if len(self._unanswered) > keep:
                    self._unanswered.popleft()
                await socket.send(chunk)
                clock.sent(len(chunk), at_ms)
                if level(chunk) > LOUD_DBFS:
                    if not self._loud_ms:
                        self._loud_since = self._loop.time()
                    self._loud_ms += len(chunk) // BYTES_PER_MS
                self._watch()
            try:
                async with asyncio.timeout(self._limits.idle_s):
                    await self._wake.wait()
            except TimeoutError:
                if self._pending:
                    self._flush()
                    continue
                await socket.send(silence)
                clock.sent(len(silence), None)
                self._watch()

    def _watch(self) -> None:
        """Two ways to hang that no error tells of: a connection that hears nothing, a turn that never ends."""
        now, limits, turns = self._loop.time(), self._limits, self._turns
        if self._loud_ms > limits.deaf_s * 1000:
            waited = now - self._loud_since
            if waited > limits.deaf_s + limits.dead_s:
                raise _LostError("no answer to loud audio")
            if waited > limits.deaf_s and not self._asked:
                self._asked = True
                self._configure()
        if not turns.open:
            return
        unchanged = now - self._changed_at
        if self._forced_at is not None:
            if now - self._forced_at > limits.forced_s:
                self._give_up()
                raise _LostError("a turn did not end")
        elif turns.carried_only and unchanged > limits.carried_s:
            self._give_up()
        elif unchanged > self._thresholds.timeout_ms / 1000 + limits.forced_s:
            self._forced_at = now
            self._order({"type": "ForceEndTurn"})

    def _give_up(self) -> None:
        for event in self._turns.give_up(self._next_ms):
            self._tell(event)

    def _configure(self) -> None:
        self._order({"type": "Configure", "thresholds": self._thresholds.fields()})

    def _order(self, message: dict[str, Any]) -> None:
        self._orders.append(message)
        self._wake.set()


class DeepgramTranscriber:
    """The recogniser of all calls: it holds the key, the address and the TLS context, each call its own socket."""

    name = "deepgram"
    marks_turns = True

    def __init__(
        self, key: str, base_url: str | None = None, *, model: str = "flux-general-multi", limits: DeepgramLimits = DeepgramLimits()
    ) -> None:
        self._address = websocket_base(base_url or PRODUCTION) + "/v2/listen"
        self._headers = {"Authorization": f"Token {key}"}
        self._model, self._limits = model, limits
        self._tls = tls_for(self._address)
        self._live: set[DeepgramListening] = set()

    async def warm(self) -> None:
        """The SDK builds its models when the first message is read."""
        parse(
            '{"type":"TurnInfo","request_id":"w","sequence_id":0,"event":"EndOfTurn","turn_index":0,"audio_window_start":0.0,"audio_window_end":1.0,'
            '"transcript":"a","words":[{"word":"a","confidence":1.0}],"end_of_turn_confidence":1.0,"trigger":"model","languages":["en"]}'
        )

    async def listen(self, tell: Callable[[TranscriberEvent], None], hints: ListenHints) -> DeepgramListening:
        call = partial(self._dial, self._url(hints))
        listening = DeepgramListening(tell, call, self._limits)
        listening.begin(await call())
        self._live = {one for one in self._live if one.running} | {listening}
        return listening

    async def aclose(self) -> None:
        await asyncio.gather(*(one.close() for one in self._live))
        self._live.clear()

    def _url(self, hints: ListenHints) -> str:
        query: list[tuple[str, Any]] = [("model", self._model), ("encoding", "mulaw"), ("sample_rate", 8000)]
        query += USUAL.fields().items()
        if self._model.endswith("-multi"):
            query += [("language_hint", language) for language in hints.languages]
        query += [("keyterm", term) for term in hints.terms[:MOST_TERMS]]
        return f"{self._address}?{urlencode(query)}"

    async def _dial(self, url: str) -> ClientConnection:
        limits = self._limits
        try:
            return await dial(url, self._headers, self._tls, limit_s=limits.connect_s, close_s=limits.close_s, greeted=True)
        except NoSocketError as refused:
            error = TranscriberError(str(refused))
            error.retryable = not refused.for_good
            raise error from refused
