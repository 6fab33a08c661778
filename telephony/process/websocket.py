"""uvicorn's websocket connection with a short way for what calls consist of: a whole text frame goes straight to who listens, without queue or task.

Everything else (handshake, control frames, fragments, mistakes) is left to the protocol of `websockets`, which sees whole frames only and so stays
in step. ASGI applications find the short way in `scope["extensions"]` under `STRAIGHT` and may ignore it.
"""

import contextvars
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.protocol import State
from websockets.speedups import apply_mask

from telephony.media_socket import STRAIGHT

WHOLE_TEXT, MASKED = 0x81, 0x80
"""First byte: final frame, no extension, text. Second byte: the mask bit."""
LONG, LONGER = 126, 127
MASK_BYTES = 4

Sink = Callable[[bytes], None]


class StraightWebSocket(WebSocketsSansIOProtocol):
    """One connection."""

    _sink: Sink | None = None
    _part = b""
    """The beginning of a frame whose rest has not come."""

    async def run_asgi(self) -> None:
        extensions: dict[str, Any] = self.scope["extensions"] or {}
        extensions[STRAIGHT] = self.hand_texts_to
        await super().run_asgi()

    def hand_texts_to(self, sink: Sink) -> None:
        """From now on text messages come to `sink` as bytes, in the caller's context variables; first those that wait. It must not raise."""
        run = contextvars.copy_context().run
        others = []
        while not self.queue.empty():
            message = self.queue.get_nowait()
            text = message.get("text")
            if isinstance(text, str):
                run(sink, text.encode())
            else:
                others.append(message)
        for message in others:
            self.queue.put_nowait(message)
        self._sink = lambda text: run(sink, text)
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()

    def data_received(self, data: bytes) -> None:
        if not self.handshake_complete:
            super().data_received(data)
            return
        if self._part:
            data = self._part + data
        at, size = 0, len(data)
        while at < size:
            length = _frame_length(data, at)
            if length > self.config.ws_max_size:
                super().data_received(data[at:])
                at = size
                break
            if not length or at + length > size:
                break
            if not (self._sink and data[at] == WHOLE_TEXT and data[at + 1] & MASKED) or not self._in_step():
                super().data_received(data[at : at + length])
            else:
                first = at + (2 if data[at + 1] & 0x7F < LONG else 4 if data[at + 1] & 0x7F == LONG else 10)
                payload = first + MASK_BYTES
                self._sink(apply_mask(data[payload : at + length], data[first:payload]))
            at += length
        self._part = data[at:]

    def send_receive_event_to_app(self) -> None:
        """A message that came by the long way: fragments, or a frame before the short way was open."""
        if self._sink is None or self.curr_msg_data_type != "text":
            super().send_receive_event_to_app()
            return
        text, self.frames = b"".join(self.frames), []
        if not self.close_sent:
            self._sink(text)

    def _in_step(self) -> bool:
        """Open, and not between the fragments of a message."""
        return self.conn.state is State.OPEN and not self.frames and not self.close_sent


def _frame_length(data: bytes, at: int) -> int:
    """Bytes of the frame that begins there, header included; 0: not to be told yet."""
    left = len(data) - at
    if left < 2:
        return 0
    second = data[at + 1]
    length, header = second & 0x7F, 2
    if length >= LONG:
        header = 4 if length == LONG else 10
        if left < header:
            return 0
        length = int.from_bytes(data[at + 2 : at + header])
    return header + length + (MASK_BYTES if second & MASKED else 0)
