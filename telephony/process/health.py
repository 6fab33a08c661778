"""Is the line alive, would it answer a call now, and how well."""

from collections.abc import Awaitable, Callable
from typing import Any, Final, Protocol

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from telephony.process.metrics import Metrics

OK: Final = "ok"
DEGRADED: Final = "degraded"
FAILED: Final = "failed"
Checks = dict[str, dict[str, str]]


class LineState(Protocol):
    ready: bool
    """True from when the database was reached and the models were loaded."""
    draining: bool

    @property
    def full(self) -> bool: ...

    @property
    def live_calls(self) -> int: ...


def router(line: LineState, checks: Callable[[], Awaitable[Checks]], metrics: Metrics) -> APIRouter:
    """`checks`: name → {"state": ok|degraded|failed, "detail"} of what the line uses."""
    routes = APIRouter()

    @routes.get("/health")
    async def health() -> dict[str, Any]:
        return {"status": OK, "live_calls": line.live_calls}

    @routes.get("/health/liveness")
    async def liveness() -> dict[str, str]:
        return {"status": "alive"}

    @routes.get("/health/readiness")
    async def readiness() -> JSONResponse:
        """200 while a new call would be answered, even by fallbacks; 503 only while starting, draining or full."""
        found = await checks() | {"line": line_state(line)}
        answering = found["line"]["state"] == OK
        status = "ready" if all(check["state"] == OK for check in found.values()) else "degraded"
        return JSONResponse({"status": status, "checks": found}, status_code=200 if answering else 503)

    @routes.get("/metrics")
    async def metrics_page() -> Response:
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    return routes


def line_state(line: LineState) -> dict[str, str]:
    """Would a new call be answered by the agent?"""
    if not line.ready:
        return {"state": FAILED, "detail": "starting: the database has not been reached yet, or models are loading"}
    if line.draining:
        return {"state": FAILED, "detail": "draining"}
    if line.full:
        return {"state": FAILED, "detail": "full"}
    return {"state": OK, "detail": f"{line.live_calls} live calls"}
