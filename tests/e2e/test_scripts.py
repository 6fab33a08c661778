"""The scripts and the process they become: what is started is gone when it is told to end, however it ends."""

import importlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).resolve().parents[2]
BASH = shutil.which("bash") or "/bin/bash"
START_LIMIT_S = 60.0
STOP_LIMIT_S = 8.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def line(state: Path) -> Iterator[tuple[subprocess.Popen[bytes], psutil.Process]]:
    """`concierge serve` with its embedded PostgreSQL: the process and its database's."""
    port = free_port()
    keep = {name: os.environ[name] for name in ("PATH", "HOME", "COVERAGE_PROCESS_START") if name in os.environ}
    given = keep | {"STATE_DIR": str(state), "PORT": str(port), "ENV": "test", "FRONT_DESK_NUMBER": "+12025550199"}
    with (state / "out").open("wb") as out:
        process = subprocess.Popen([sys.executable, "-m", "telephony.process.cli", "serve"], cwd=ROOT, env=given, stdout=out, stderr=out)
    try:
        yield process, started(process, port, state)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def started(process: subprocess.Popen[bytes], port: int, state: Path) -> psutil.Process:
    """It answers, and its database is there."""
    until = time.monotonic() + START_LIMIT_S
    while time.monotonic() < until:
        assert process.poll() is None, (state / "out").read_text()
        children = [child for child in psutil.Process(process.pid).children() if child.name() == "postgres"]
        if children and answers(port):
            return children[0]
        time.sleep(0.1)
    raise AssertionError((state / "out").read_text())


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/liveness", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def gone(process: psutil.Process) -> bool:
    return process in psutil.wait_procs([process], STOP_LIMIT_S)[0]


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 0), (signal.SIGKILL, -signal.SIGKILL)])
def test_the_line_takes_its_database_along(tmp_path: Path, sent: signal.Signals, code: int) -> None:
    with line(tmp_path) as (process, postgres):
        process.send_signal(sent)
        assert process.wait(STOP_LIMIT_S) == code, (tmp_path / "out").read_text()
        assert gone(postgres)


def test_a_script_takes_its_children_along() -> None:
    program = "import subprocess, sys, time\nfrom ending import take_children_along\ntake_children_along()\n"
    program += "print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']).pid, flush=True)\ntime.sleep(600)\n"
    with subprocess.Popen([sys.executable, "-c", program], cwd=ROOT / "scripts", stdout=subprocess.PIPE, text=True) as script:
        assert script.stdout is not None
        child = psutil.Process(int(script.stdout.readline()))
        script.terminate()
        assert script.wait(STOP_LIMIT_S) == 128 + signal.SIGTERM
    assert gone(child)


@pytest.mark.parametrize("name", ["demo", "test", "check", "serve", "bench", "evaluate"])
def test_a_script_is_bash_that_becomes_its_program(name: str) -> None:
    script = ROOT / "scripts" / name
    assert os.access(script, os.X_OK)
    assert script.read_text(encoding="utf-8").splitlines()[-1].startswith("become ")
    assert subprocess.run([BASH, "-n", str(script)], check=False).returncode == 0


@pytest.mark.parametrize(("python", "accepted"), [(sys.executable, True), ("/bin/false", False)])
def test_a_python_that_is_supported_is_looked_for(python: str, accepted: bool) -> None:
    asked = [BASH, "-c", ". scripts/lib.sh; supported_python"]
    found = subprocess.run(asked, cwd=ROOT, env={"PATH": "/nothing", "PYTHON": python}, capture_output=True, text=True, check=False)
    assert (found.stdout.strip() == python) is accepted


def test_set_up_is_asked_again_when_a_lock_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    bootstrap = importlib.import_module("bootstrap")

    for name in (*bootstrap.LOCKS, "pyproject.toml"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "STAMP", tmp_path / ".stamp")
    assert not bootstrap.is_set_up()
    (tmp_path / ".stamp").write_text(bootstrap.wanted())
    assert bootstrap.is_set_up()
    with (tmp_path / "models.lock").open("a") as lock:
        lock.write("# another\n")
    assert not bootstrap.is_set_up()


def test_tests_are_counted_per_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    run_tests = importlib.import_module("run_tests")

    counts = run_tests.count_per_kind()
    assert counts["unit"] > 100
    assert {"contract", "integration", "e2e"} <= set(counts)
    for closing in ("3 passed in 1.20s", "1 failed, 2 passed, 1 skipped in 61.20s (0:01:01)", "2 errors in 0.10s"):
        assert run_tests.CLOSING.search(closing)
    assert not run_tests.CLOSING.search("tests/unit/test_x.py .... [100%]")
