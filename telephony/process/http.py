"""One middleware for every HTTP answer: a request id, the security headers, the counting. HEAD, redirects and errors too."""

import re
import time
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any, Final
from uuid import uuid4

import structlog

from telephony.process.metrics import Metrics

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

SECURITY_HEADERS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"geolocation=(), camera=()"),
    (b"cache-control", b"no-store"),
)
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_ID: Final = re.compile(rb"[A-Za-z0-9_-]{8,64}")

log = structlog.get_logger()


def secured(headers: Iterable[tuple[bytes, bytes]], request_id: bytes) -> Headers:
    """An answer's own headers and, where it has not set them itself, those that every answer has."""
    own = list(headers)
    known = {name.lower() for name, _ in own}
    return [*own, *((name, value) for name, value in SECURITY_HEADERS if name not in known), (b"x-request-id", request_id)]


def request_id_of(scope: Scope) -> bytes:
    """The caller's own, where it looks like one."""
    given: bytes = dict(scope["headers"]).get(b"x-request-id", b"")
    return given if _ID.fullmatch(given) else uuid4().hex.encode()


class Answered:
    """Wraps the whole application."""

    def __init__(self, app: App, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request_id, began, status = request_id_of(scope), time.perf_counter(), 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message = {**message, "headers": secured(message.get("headers", ()), request_id)}
            await send(message)

        method = scope["method"] if scope["method"] in METHODS else "other"
        inner = {**scope, "method": "GET"} if method == "HEAD" else scope
        with structlog.contextvars.bound_contextvars(request_id=request_id.decode()):
            try:
                await self._app(inner, receive, answer)
            except Exception:
                log.exception("request failed")
                if not status:
                    await plain(answer, 500, b"Internal Server Error")
        path = getattr(inner.get("route"), "path", "unknown")
        self._metrics.http_requests.labels(method=method, path=path, status=str(status)).inc()
        self._metrics.http_seconds.labels(method=method, path=path).observe(time.perf_counter() - began)


async def plain(send: Send, status: int, body: bytes) -> None:
    """A short text as the whole answer."""
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def no_such_socket(scope: Scope, receive: Receive, send: Send) -> None:
    """A websocket nobody serves: refused with 404, or closed where the server cannot answer by HTTP."""
    await receive()
    if "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close", "code": 1008})
        return
    headers = secured([(b"content-length", b"0")], request_id_of(scope))
    await send({"type": "websocket.http.response.start", "status": 404, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": b""})
