"""Websockets to the speech providers: opened and closed within a limit."""

import asyncio
import ssl
from typing import Final

import structlog
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus, WebSocketException

log = structlog.get_logger()

REFUSED_FOR_GOOD: Final = frozenset({400, 401, 402, 403, 404})
"""Asking again with the same key and address will not help."""


class NoSocketError(Exception):
    """`status`: the HTTP status of a refusal; None: nobody there, or nobody answered in time."""

    def __init__(self, reason: str, status: int | None = None) -> None:
        super().__init__(reason)
        self.status = status

    @property
    def for_good(self) -> bool:
        return self.status in REFUSED_FOR_GOOD


def websocket_base(http_base: str) -> str:
    """http(s)://host → ws(s)://host."""
    return "ws" + http_base.rstrip("/").removeprefix("http")


def tls_for(address: str) -> ssl.SSLContext | None:
    """One context per process: building it reads every root certificate."""
    return ssl.create_default_context() if address.startswith(("wss:", "https:")) else None


async def dial(
    url: str, headers: dict[str, str], tls: ssl.SSLContext | None, *, limit_s: float, close_s: float, greeted: bool = False
) -> ClientConnection:
    """`greeted`: the other side speaks first, and only then is the connection any good. Raises NoSocketError."""
    try:
        async with asyncio.timeout(limit_s):
            socket = await connect(
                url, additional_headers=headers, ssl=tls, compression=None, open_timeout=None, close_timeout=close_s, max_size=2**22
            )
            try:
                if greeted:
                    await socket.recv()
            except BaseException:
                socket.transport.abort()
                raise
    except InvalidStatus as refused:
        raise NoSocketError(f"refused with {refused.response.status_code}", refused.response.status_code) from refused
    except TimeoutError as late:
        raise NoSocketError("no connection in time") from late
    except (OSError, WebSocketException) as broken:
        raise NoSocketError(f"no connection: {type(broken).__name__}") from broken
    return socket


async def hang_up(socket: ClientConnection, limit_s: float) -> None:
    """Politely within the limit, else at once."""
    try:
        async with asyncio.timeout(limit_s):
            await socket.close()
    except TimeoutError:
        log.info("polite_close_timed_out")
    finally:
        socket.transport.abort()
        await socket.wait_closed()
