"""The carrier's websocket: text in to the call, text out from it. A bare ASGI endpoint, for nothing may stand between a packet and the call."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Protocol

import structlog

from telephony import events
from telephony.call import Call, Part
from telephony.errors import LineError, ProtocolError, TokenRefused
from telephony.media_stream import Digit, Marked, Media, MediaStream, Started, Stopped, StreamEvent
from telephony.twilio_signature import TwilioSignature

START_LIMIT_S = 5.0
"""How long a new socket may take to send its start message."""
DRAIN_LIMIT_S = 2.0
"""How long what is still to be sent may take once the call is over."""
MOST_UNSENT = 2_000
"""Messages that may wait for a carrier that does not read; then the call ends."""
STRAIGHT = "concierge.straight"
"""ASGI extension of a server that can hand texts over without queue and task; see telephony/process/websocket.py."""
POLICY_VIOLATION, TOO_MANY, GOING_AWAY, NORMAL = 1008, 1013, 1001, 1000

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
HandTexts = Callable[[Callable[[bytes], None]], None]

log = structlog.get_logger()


class Line(Protocol):
    """What the socket needs of the line."""

    def begin(self, started: Started, stream: MediaStream, socket: "Socket") -> Call:
        """Build the call of this stream. Raises TokenRefused, NotReady."""
        ...

    async def live_through(self, call: Call) -> events.Ended: ...


class Socket(Part):
    """The call's end of the websocket."""

    def __init__(self, stream: MediaStream, receive: Receive, send: Send, hand_texts: HandTexts | None = None) -> None:
        self._stream, self._receive, self._send, self._hand_texts = stream, receive, send, hand_texts
        self._unsent: deque[str] = deque()
        self._wake = asyncio.Event()
        self.peer_left = False
        """The other side has closed the websocket."""

    def put(self, text: str) -> None:
        """Send soon, in order."""
        self._unsent.append(text)
        self._wake.set()
        if len(self._unsent) > MOST_UNSENT:
            self._unsent.clear()
            self.tell(events.Ended("carrier does not read"))

    def start(self) -> None:
        self.call.run(self._read(), "read")
        self.call.run(self._write(), "write")

    async def end(self) -> None:
        try:
            async with asyncio.timeout(DRAIN_LIMIT_S):
                await self._send_all()
        except TimeoutError:
            log.warning("carrier did not take the last messages")
        if self._stream.oddities:
            log.info("odd messages", counts=dict(self._stream.oddities))

    async def _read(self) -> None:
        if self._hand_texts:
            self._hand_texts(self._take)
        while True:
            message = await self._receive()
            if message["type"] == "websocket.disconnect":
                self.peer_left = True
                self.tell(events.Ended("caller hung up" if self._stream.stopped else "line lost"))
                return
            self._take(message.get("text"))

    def _take(self, text: str | bytes | None) -> None:
        """One message; None: a binary one."""
        if self.call.ended:
            return
        try:
            if text is None:
                self._stream.receive_binary()
            else:
                self._act_on(self._stream.receive(text))
        except ProtocolError as error:
            log.warning("stream closed", reason=str(error))
            self.tell(events.Ended("protocol broken"))
        except Exception:
            log.exception("message failed")
            self.tell(events.Ended("error"))

    def _act_on(self, event: StreamEvent | None) -> None:
        if type(event) is Media:
            self.call.audio(event.mulaw, event.at_ms)
        elif type(event) is Marked:
            self.tell(events.MarkReturned(event.name))
        elif type(event) is Digit:
            self.tell(events.Keyed(event.digit, self.call.now_ms()))
        elif type(event) is Stopped:
            self.tell(events.Ended("caller hung up"))

    async def _write(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            await self._send_all()

    async def _send_all(self) -> None:
        try:
            while self._unsent and not self.peer_left:
                await self._send({"type": "websocket.send", "text": self._unsent.popleft()})
        except OSError:
            self.peer_left = True
            self.tell(events.Ended("line lost"))


class MediaSocket:
    """The ASGI endpoint of WS /twilio/media."""

    def __init__(self, line: Line, signature: TwilioSignature | None) -> None:
        self._line, self._signature = line, signature

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if (await receive())["type"] != "websocket.connect":
            return
        if not self._signed(scope):
            log.warning("stream refused", reason="wrong signature")
            await send({"type": "websocket.close", "code": POLICY_VIOLATION})
            return
        await send({"type": "websocket.accept"})
        code = NORMAL
        try:
            await self._serve(receive, send, scope.get("extensions", {}).get(STRAIGHT))
        except TokenRefused as error:
            log.warning("stream refused", reason=str(error))
            code = POLICY_VIOLATION
        except (LineError, TimeoutError) as error:
            log.warning("stream closed", reason=str(error) or "no start message")
            code = POLICY_VIOLATION
        except _LeftError:
            return
        await send({"type": "websocket.close", "code": code})

    async def _serve(self, receive: Receive, send: Send, hand_texts: HandTexts | None) -> None:
        stream = MediaStream()
        async with asyncio.timeout(START_LIMIT_S):
            started = await _started(stream, receive)
        socket = Socket(stream, receive, send, hand_texts)
        call = self._line.begin(started, stream, socket)
        with structlog.contextvars.bound_contextvars(call_sid=started.call_sid, call_id=str(call.facts.id)):
            ended = await self._line.live_through(call)
            log.info("call ended", reason=ended.reason, next_step=ended.step)
        if socket.peer_left:
            raise _LeftError

    def _signed(self, scope: MutableMapping[str, Any]) -> bool:
        """Twilio may sign the upgrade; where it does, it must be right. The gate is the token."""
        signature = dict(scope["headers"]).get(b"x-twilio-signature")
        if signature is None or self._signature is None:
            return True
        return self._signature.is_valid_upgrade(scope["path"], signature.decode("latin-1"))


class _LeftError(Exception):
    """The peer has closed the socket already."""


async def _started(stream: MediaStream, receive: Receive) -> Started:
    """The start message; media before it is an oddity and left out."""
    while True:
        message = await receive()
        if message["type"] == "websocket.disconnect":
            raise _LeftError
        text = message.get("text")
        if text is None:
            stream.receive_binary()
            continue
        event = stream.receive(text)
        if isinstance(event, Started):
            return event
