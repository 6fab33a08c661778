"""The short way of the media websocket: the same messages as by the long way, however the bytes are cut, and control frames still answered."""

import asyncio
import struct
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn

from telephony.media_socket import STRAIGHT
from telephony.process.websocket import StraightWebSocket

LIMIT = 4096


class Heard:
    """An application that takes the short way after its first message, as the media socket does."""

    def __init__(self, *, straight: bool = True) -> None:
        self.texts: list[str] = []
        self.others: list[str] = []
        self.over = asyncio.Event()
        self.straight = straight

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        first = await receive()
        self.texts.append(first["text"])
        if self.straight:
            scope["extensions"][STRAIGHT](lambda text: self.texts.append(text.decode()))
        while True:
            message = await receive()
            if message["type"] == "websocket.disconnect":
                self.others.append(f"disconnect {message['code']}")
                self.over.set()
                return
            if message.get("text") is not None:
                self.texts.append(message["text"])
            else:
                self.others.append(f"binary {len(message['bytes'])}")


@asynccontextmanager
async def connected(app: Heard) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    config = uvicorn.Config(app, port=0, ws=StraightWebSocket, ws_max_size=LIMIT, lifespan="off", log_level="critical", access_log=False)
    server = uvicorn.Server(config)
    serving = asyncio.ensure_future(server._serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    reader, writer = await asyncio.open_connection(*server.servers[0].sockets[0].getsockname()[:2])
    writer.write(
        b"GET / HTTP/1.1\r\nHost: here\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    )
    assert b"101" in await reader.readuntil(b"\r\n\r\n")
    try:
        yield reader, writer
    finally:
        writer.close()
        server.should_exit = True
        await serving


def frame(payload: bytes, first: int = 0x81, mask: bytes = b"\x11\x22\x33\x44") -> bytes:
    size = len(payload)
    head = struct.pack("!BB", first, 0x80 | size) if size < 126 else struct.pack("!BBH", first, 0x80 | 126, size)
    return head + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))


MESSAGES = [b"start", b"a" * 125, b"b" * 126, b"c" * 2000, "\u00e9".encode(), b""]
STREAM = b"".join(frame(each) for each in MESSAGES[:3]) + frame(b"ping", 0x89) + frame(b"frag", 0x01) + frame(b"ment", 0x80)
STREAM += frame(b"\x00\x01", 0x82) + b"".join(frame(each) for each in MESSAGES[3:])
EXPECTED = [each.decode() for each in (*MESSAGES[:3], b"fragment", *MESSAGES[3:])]


@pytest.mark.parametrize("straight", [True, False])
@pytest.mark.parametrize("piece", [1, 7, 130, len(STREAM)])
async def test_every_message_arrives_once_and_in_order_however_the_bytes_are_cut(piece: int, *, straight: bool) -> None:
    app = Heard(straight=straight)
    async with connected(app) as (reader, writer):
        for at in range(0, len(STREAM), piece):
            writer.write(STREAM[at : at + piece])
            await writer.drain()
            if piece < 100:
                await asyncio.sleep(0)
        assert await reader.readexactly(6) == b"\x8a\x04ping"
        writer.write(frame(struct.pack("!H", 1000), 0x88))
        async with asyncio.timeout(10):
            await app.over.wait()
    assert app.texts == EXPECTED
    assert app.others == ["binary 2", "disconnect 1000"]


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (frame(b"x" * (LIMIT + 1)), 1009),
        (b"\x81\x05hello", 1002),
        (frame(b"x", 0xC1), 1002),
        (frame(b"x", 0x80), 1002),
        (frame(b"one", 0x01) + frame(b"two"), 1002),
    ],
    ids=["too large", "not masked", "reserved bit", "continuation of nothing", "new message inside another"],
)
async def test_a_broken_frame_closes_the_socket_with_its_code(bad: bytes, code: int) -> None:
    app = Heard()
    async with connected(app) as (reader, writer):
        writer.write(frame(b"first"))
        await writer.drain()
        await asyncio.sleep(0.05)
        writer.write(bad)
        async with asyncio.timeout(10):
            head = await reader.readexactly(2)
            reason = await reader.readexactly(head[1])
            await app.over.wait()
    assert (head[0], int.from_bytes(reason[:2])) == (0x88, code)
    assert app.texts == ["first"]
