"""What every HTTP answer carries."""

from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.responses import RedirectResponse
from httpx import ASGITransport, AsyncClient

from telephony.process.http import SECURITY_HEADERS, Answered, Scope, no_such_socket
from telephony.process.metrics import Metrics


def pages() -> FastAPI:
    app = FastAPI(openapi_url=None)

    @app.get("/good")
    async def good() -> dict[str, str]:
        return {"it": "works"}

    @app.get("/elsewhere")
    async def elsewhere() -> RedirectResponse:
        return RedirectResponse("/good")

    @app.get("/broken")
    async def broken() -> None:
        raise RuntimeError("broken")

    return app


class Site:
    def __init__(self, app: Any = None) -> None:
        self.metrics = Metrics()
        self.client = AsyncClient(transport=ASGITransport(Answered(app or pages(), self.metrics)), base_url="http://line")

    def count(self, **labels: str) -> float | None:
        return self.metrics.registry.get_sample_value("http_requests_total", labels)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/good", 200),
        ("HEAD", "/good", 200),
        ("GET", "/nowhere", 404),
        ("HEAD", "/nowhere", 404),
        ("DELETE", "/good", 405),
        ("GET", "/elsewhere", 307),
        ("GET", "/broken", 500),
        ("OPTIONS", "/good", 405),
    ],
)
async def test_every_answer_has_a_request_id_and_the_security_headers(method: str, path: str, status: int) -> None:
    site = Site()
    answer = await site.client.request(method, path)
    assert answer.status_code == status
    assert len(answer.headers.get_list("x-request-id")) == 1
    for name, value in SECURITY_HEADERS:
        assert answer.headers.get_list(name.decode()) == [value.decode()]
    route = "unknown" if "nowhere" in path else path
    assert site.count(method=method, path=route, status=str(status)) == 1


@pytest.mark.parametrize(("given", "kept"), [("call-1234", True), ("x" * 64, True), ("short", False), ("x" * 65, False), ("with space", False)])
async def test_a_request_id_of_the_callers_is_kept_if_it_is_one(given: str, kept: bool) -> None:
    answer = await Site().client.get("/good", headers={"x-request-id": given})
    assert (answer.headers["x-request-id"] == given) is kept


async def test_unknown_methods_do_not_make_labels() -> None:
    site = Site()
    await site.client.request("BREW", "/good")
    assert site.count(method="other", path="/good", status="405") == 1


async def test_what_the_page_sets_itself_stays() -> None:
    async def page(scope: Scope, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"Cache-Control", b"max-age=60")]})
        await send({"type": "http.response.body", "body": b""})

    answer = await Site(page).client.get("/")
    assert answer.headers.get_list("cache-control") == ["max-age=60"]


async def test_a_page_that_breaks_in_the_middle_is_not_answered_twice() -> None:
    async def page(scope: Scope, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError("broken")

    site, sent = Site(), []

    async def send(message: Any) -> None:
        sent.append(message["type"])

    scope = {"type": "http", "method": "GET", "path": "/", "headers": []}
    await Answered(page, site.metrics)(scope, None, send)  # type: ignore[arg-type]
    assert sent == ["http.response.start"]
    assert site.count(method="GET", path="unknown", status="200") == 1


@pytest.mark.parametrize(("extensions", "answer"), [({"websocket.http.response": {}}, "websocket.http.response.start"), ({}, "websocket.close")])
async def test_a_socket_nobody_serves(extensions: dict[str, Any], answer: str) -> None:
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message)

    await no_such_socket({"type": "websocket", "path": "/x", "headers": [], "extensions": extensions}, receive, send)
    assert sent[0]["type"] == answer
    if extensions:
        assert sent[0]["status"] == 404
        assert {name for name, _ in SECURITY_HEADERS} < {name for name, _ in sent[0]["headers"]}
