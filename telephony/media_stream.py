"""Twilio's Media Streams protocol without I/O: text in → events, commands → text. Lenient in what it reads, exact in what it writes.

Source of the message shapes: twilio.com/docs/voice/media-streams/websocket-messages. Counters arrive as strings; the two-way stream carries
8 kHz mu-law in base64, one track, "inbound". Anything odd is counted, never raised, unless the order of the protocol itself is broken.
"""

import binascii
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, TypeGuard

import orjson

from telephony.errors import ProtocolError

MAX_ODDITIES = 1_000
"""Odd messages a stream may send before its socket is closed: a broken or hostile peer."""
MAX_PAYLOAD_BYTES = 16_000
"""Decoded audio of one message: two seconds. Twilio sends 160 bytes."""
MAX_TIMESTAMP_MS = 24 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class Connected:
    pass


@dataclass(frozen=True, slots=True)
class Started:
    stream_sid: str
    call_sid: str
    parameters: dict[str, str]


@dataclass(frozen=True, slots=True)
class Media:
    """A piece of the caller's audio; `at_ms` is the stream time of its first sample."""

    mulaw: bytes
    at_ms: int


@dataclass(frozen=True, slots=True)
class Digit:
    digit: str


@dataclass(frozen=True, slots=True)
class Marked:
    """The carrier returns a mark: what was queued before it was played, or dropped by a clear."""

    name: str


@dataclass(frozen=True, slots=True)
class Stopped:
    pass


StreamEvent = Connected | Started | Media | Digit | Marked | Stopped

_DIGITS = frozenset("0123456789*#ABCD")


@dataclass(slots=True)
class MediaStream:
    """One stream's state: waiting for `start`, then running, then stopped."""

    stream_sid: str = ""
    stopped: bool = False
    oddities: Counter[str] = field(default_factory=Counter)
    """What was odd, by kind: for the log and the metrics of the call, never per message."""
    _next_ms: int = 0

    def receive(self, text: str | bytes) -> StreamEvent | None:
        """One message in. None: nothing to act on. Raises ProtocolError when the socket should be closed."""
        try:
            message = orjson.loads(text)
        except orjson.JSONDecodeError:
            return self._odd("not_json")
        if not isinstance(message, dict):
            return self._odd("not_an_object")
        event = message.get("event")
        if event == "media":
            return self._media(message)
        if event == "mark":
            name = _inner(message, "mark").get("name")
            return Marked(name) if isinstance(name, str) and self._running(message) else self._odd("bad_mark")
        if event == "dtmf":
            digit = _inner(message, "dtmf").get("digit")
            return Digit(digit) if isinstance(digit, str) and digit in _DIGITS and self._running(message) else self._odd("bad_dtmf")
        if event == "start":
            return self._start(message)
        if event == "connected":
            return Connected() if not self.stream_sid else self._odd("connected_again")
        if event == "stop":
            if not self._running(message):
                return self._odd("bad_stop")
            self.stopped = True
            return Stopped()
        return self._odd("unknown_event")

    def receive_binary(self) -> None:
        """Media Streams are text; a binary frame is an oddity."""
        self._odd("binary_frame")

    def media(self, mulaw: bytes) -> str:
        """Audio for the carrier to play."""
        payload = binascii.b2a_base64(mulaw, newline=False).decode()
        return f'{{"event":"media","streamSid":"{self.stream_sid}","media":{{"payload":"{payload}"}}}}'

    def mark(self, name: str) -> str:
        """A mark that comes back when what was sent before it has been played. `name`: letters, digits, `-`."""
        return f'{{"event":"mark","streamSid":"{self.stream_sid}","mark":{{"name":"{name}"}}}}'

    def clear(self) -> str:
        """Drop what the carrier has queued; it then returns all outstanding marks at once."""
        return f'{{"event":"clear","streamSid":"{self.stream_sid}"}}'

    def _start(self, message: dict[str, Any]) -> StreamEvent | None:
        if self.stream_sid:
            return self._odd("start_again")
        start = _inner(message, "start")
        stream_sid = message.get("streamSid") or start.get("streamSid")
        call_sid = start.get("callSid")
        if not _is_sid(stream_sid) or not _is_sid(call_sid):
            raise ProtocolError("start without a stream or call sid")
        media_format = start.get("mediaFormat")
        if isinstance(media_format, dict) and media_format.get("encoding", "audio/x-mulaw") != "audio/x-mulaw":
            raise ProtocolError("the stream is not mu-law")
        parameters = start.get("customParameters")
        given = parameters.items() if isinstance(parameters, dict) else ()
        self.stream_sid = stream_sid
        return Started(stream_sid, call_sid, {str(name): str(value) for name, value in given})

    def _media(self, message: dict[str, Any]) -> StreamEvent | None:
        media = message.get("media")
        if not self._running(message) or not isinstance(media, dict):
            return self._odd("bad_media")
        if media.get("track", "inbound") != "inbound":
            return self._odd("other_track")
        try:
            mulaw = binascii.a2b_base64(media["payload"], strict_mode=True)
        except (KeyError, TypeError, ValueError):
            return self._odd("bad_payload")
        if not mulaw or len(mulaw) > MAX_PAYLOAD_BYTES:
            return self._odd("bad_payload_size")
        at_ms = _milliseconds(media.get("timestamp"), self._next_ms)
        self._next_ms = at_ms + len(mulaw) // 8
        return Media(mulaw, at_ms)

    def _running(self, message: dict[str, Any]) -> bool:
        return bool(self.stream_sid) and not self.stopped and message.get("streamSid", self.stream_sid) == self.stream_sid

    def _odd(self, kind: str) -> StreamEvent | None:
        """Counted, and nothing to act on."""
        self.oddities[kind] += 1
        if self.oddities.total() > MAX_ODDITIES:
            raise ProtocolError("too many odd messages")
        return None


def _inner(message: dict[str, Any], key: str) -> dict[str, Any]:
    inner = message.get(key)
    return inner if isinstance(inner, dict) else {}


def _is_sid(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and 0 < len(value) <= 64 and value.isascii() and value.isalnum()


def _milliseconds(value: object, otherwise: int) -> int:
    """The media timestamp; where it is missing or absurd, time goes on from the packet before."""
    try:
        at_ms = int(value)  # type: ignore[call-overload]
    except (TypeError, ValueError, OverflowError):
        return otherwise
    return at_ms if 0 <= at_ms <= MAX_TIMESTAMP_MS else otherwise
