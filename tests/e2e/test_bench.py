"""`scripts/bench calls` as it is run: a server of its own, real sockets, figures, and a failure when the calls left nothing behind."""

import json
from pathlib import Path

import pytest

from telephony.process import bench


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"WARM_UP_CALLS": 1, "SET_UP_CALLS": 1, "RAMP_S": 0.5, "SETTLE_S": 3.0, "AFTER_S": 2.0}.items():
        monkeypatch.setattr(bench, name, value)


@pytest.mark.parametrize("stubs", bench.STUBS)
def test_calls_are_measured_and_leave_recordings_and_rows(stubs: str) -> None:
    printed: list[str] = []
    status = bench.calls(stubs, 3, 10, True, printed.append)
    found = json.loads(printed[0])
    assert status == 0, found
    assert (found["live_at_end"], found["missed"], found["dropped"]) == (3, 0, 0)
    assert found["recordings"] == found["finished_calls"] == 5
    assert found["turns"] >= 3
    assert found["utterances"] >= found["turns"]
    assert found["cpu_ms_per_call_second"] > 0
    assert found["answer_ms"]["n"] >= 1
    assert found["greeting_ms"]["n"] == 5


def test_a_run_that_left_no_recordings_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def none_there(state: Path) -> int:
        return 0

    monkeypatch.setattr(bench, "_recordings", none_there)
    printed: list[str] = []
    assert bench.calls("oracle", 1, 1, True, printed.append) == 1
    assert json.loads(printed[0])["ok"] is False


def test_a_server_that_does_not_start_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    printed: list[str] = []
    assert bench.calls("no such stubs", 1, 1, False, printed.append) == 1
    assert "nothing measured" in printed[0]


@pytest.mark.parametrize(
    ("values", "expected"),
    [([], None), ([5.0], {"p50": 5.0, "p95": 5.0, "p99": 5.0, "n": 1}), ([*range(100)], {"p50": 50, "p95": 95, "p99": 99, "n": 100})],
)
def test_spread(values: list[float], expected: dict[str, float] | None) -> None:
    assert bench.spread(values) == expected
