"""Peers that misbehave below the protocol: they accept TCP and say nothing, or stop after the handshake."""

import asyncio
import base64
import contextlib
import hashlib
from collections.abc import AsyncIterator

WEBSOCKET_SALT = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


@contextlib.asynccontextmanager
async def silent_peer(*, handshake: bool = False, first_frame: str = "") -> AsyncIterator[str]:
    """The http address of a peer that never answers; with `handshake` it upgrades, sends one text frame if given, and reads no more."""
    writers: list[asyncio.StreamWriter] = []

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        if not handshake:
            return
        request = (await reader.readuntil(b"\r\n\r\n")).decode()
        key = next(line.split(":", 1)[1].strip() for line in request.splitlines() if line.lower().startswith("sec-websocket-key"))
        answer = base64.b64encode(hashlib.sha1((key + WEBSOCKET_SALT).encode(), usedforsecurity=False).digest()).decode()
        head = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade", f"Sec-WebSocket-Accept: {answer}"]
        writer.write("\r\n".join([*head, "", ""]).encode())
        if first_frame:
            writer.write(bytes([0x81, len(first_frame)]) + first_frame.encode())
        await writer.drain()

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for writer in writers:
            writer.transport.abort()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
