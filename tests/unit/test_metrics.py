"""What a call adds to the metrics, and when the loop counts as late."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest

from speech.turns import Interrupt
from telephony import events
from telephony.call import Call
from telephony.process import metrics as module
from telephony.process.metrics import LoopLag, Measured, Metrics
from tests import virtual_time


def measured() -> tuple[Metrics, Measured]:
    metrics = Metrics()
    part = Measured(metrics)
    part.call = cast("Call", SimpleNamespace(now_ms=lambda: 61_000, ended=events.Ended("caller hung up")))
    return metrics, part


def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(name, labels)


def test_a_call_is_live_from_start_to_end() -> None:
    metrics, part = measured()
    part.start()
    assert (value(metrics, "calls_live"), value(metrics, "websocket_connections_active")) == (1, 1)
    asyncio.run(part.end())
    assert (value(metrics, "calls_live"), value(metrics, "websocket_connections_active")) == (0, 0)
    assert value(metrics, "calls_total", reason="caller hung up") == 1
    assert value(metrics, "websocket_duration_seconds_sum") == 61


@pytest.mark.parametrize(
    ("event", "name", "labels"),
    [
        (Interrupt(0, "barge-in"), "turn_events_total", {"kind": "Interrupt"}),
        (events.RecordingFailed("disk full"), "errors_total", {"part": "recording"}),
    ],
)
def test_events_are_counted(event: Any, name: str, labels: dict[str, str]) -> None:
    metrics, part = measured()
    part.event(event)
    assert value(metrics, name, **labels) == 1


def test_a_loop_that_is_late_is_lagging() -> None:
    lag = LoopLag(Metrics())

    async def late() -> None:
        loop = asyncio.get_running_loop()
        watching = asyncio.ensure_future(lag.run())
        assert not lag.lagging()
        for _ in range(12):
            await asyncio.sleep(module.LAG_PERIOD_S * 0.5)
            cast("Any", loop)._jumping.now += 1.0
        await asyncio.sleep(module.LAG_PERIOD_S)
        assert lag.lagging()
        watching.cancel()
        await asyncio.wait({watching})

    virtual_time.run(late())
