"""Readiness: would a new call be answered."""

from dataclasses import dataclass

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from telephony.process.health import Checks, router
from telephony.process.metrics import Metrics

GOOD = {"state": "ok", "detail": ""}
AWAY = {"state": "degraded", "detail": "not reached"}


@dataclass
class State:
    ready: bool = True
    draining: bool = False
    full: bool = False
    live_calls: int = 0


def client(state: State, **found: dict[str, str]) -> AsyncClient:
    async def checks() -> Checks:
        return dict(found)

    app = FastAPI()
    app.include_router(router(state, checks, Metrics()))
    return AsyncClient(transport=ASGITransport(app), base_url="http://line")


@pytest.mark.parametrize(
    ("state", "database", "code", "status"),
    [
        (State(), GOOD, 200, "ready"),
        (State(live_calls=3), GOOD, 200, "ready"),
        (State(), AWAY, 200, "degraded"),
        (State(ready=False), GOOD, 503, "degraded"),
        (State(ready=False), AWAY, 503, "degraded"),
        (State(draining=True), GOOD, 503, "degraded"),
        (State(full=True), GOOD, 503, "degraded"),
    ],
)
async def test_readiness(state: State, database: dict[str, str], code: int, status: str) -> None:
    answer = await client(state, database=database).get("/health/readiness")
    body = answer.json()
    assert (answer.status_code, body["status"]) == (code, status)
    assert set(body["checks"]) == {"database", "line"}
    assert all(set(check) == {"state", "detail"} for check in body["checks"].values())


@pytest.mark.parametrize("path", ["/health", "/health/liveness", "/metrics"])
async def test_alive_even_while_not_ready(path: str) -> None:
    assert (await client(State(ready=False, draining=True)).get(path)).status_code == 200


async def test_metrics_are_prometheus_text() -> None:
    answer = await client(State()).get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    for name in ("http_requests_total", "http_request_duration_seconds", "websocket_connections_active", "websocket_duration_seconds"):
        assert f"# TYPE {name}" in answer.text.replace("_total counter", "_total counter") or f"# HELP {name}" in answer.text
    for name in ("ai_response_duration_seconds", "tool_duration_seconds", "event_loop_lag_seconds", "process_memory_bytes", "process_cpu_seconds"):
        assert f"# HELP {name}" in answer.text
