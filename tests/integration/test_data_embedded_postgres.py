"""The embedded server: made once, kept over restarts, never left behind."""

import os
import pwd
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest

from telephony.process.stores import embedded_postgres
from telephony.process.stores.embedded_postgres import EmbeddedPostgres, EmbeddedPostgresError, User, choose_user, reachable_by_others

ENDS_WITHIN_S = 20.0


def ended(pid: int) -> bool:
    """No such process, or a zombie that only waits to be counted."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return True
    return state == "Z"


def wait_for(condition: object, *arguments: object) -> bool:
    until = time.monotonic() + ENDS_WITHIN_S
    while time.monotonic() < until:
        if condition(*arguments):  # type: ignore[operator]
            return True
        time.sleep(0.02)
    return False


def test_rows_are_there_after_a_restart_and_files_are_private(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / "state", durable=False)
    with psycopg.connect(server.start()) as connection:
        connection.execute("CREATE TABLE kept (value int)")
        connection.execute("INSERT INTO kept VALUES (7)")
    pid = server.pid
    assert pid is not None
    assert not ended(pid)
    server.stop()
    server.stop()
    assert server.pid is None
    assert ended(pid)
    assert (tmp_path / "state").stat().st_mode & 0o077 == 0
    assert (tmp_path / "state" / "postgres.password").stat().st_mode & 0o077 == 0
    again = EmbeddedPostgres(tmp_path / "state", durable=False)
    try:
        with psycopg.connect(again.start()) as connection:
            assert connection.execute("SELECT value FROM kept").fetchone() == (7,)
            if os.geteuid() == 0:
                assert Path(f"/proc/{again.pid}").stat().st_uid in (0, 65534)
    finally:
        again.stop()


def test_a_killed_postmaster_leaves_a_stale_file_that_does_not_stop_the_next(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path, durable=False)
    server.start()
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    server.stop()
    assert (tmp_path / "postgres" / "postmaster.pid").exists()
    again = EmbeddedPostgres(tmp_path, durable=False)
    try:
        psycopg.connect(again.start()).close()
    finally:
        again.stop()


def test_a_file_with_another_programs_number_is_cleared(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path, durable=False)
    server.start()
    server.stop()
    (tmp_path / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n")
    try:
        psycopg.connect(server.start()).close()
    finally:
        server.stop()


OWNER = """
import sys, time
from pathlib import Path
from telephony.process.stores.embedded_postgres import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]), durable=False)
server.start()
print(server.pid, flush=True)
time.sleep(600)
"""


def test_it_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", OWNER, str(tmp_path)], stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        pid = int(owner.stdout.readline())
        assert not ended(pid)
        owner.kill()
    assert wait_for(ended, pid)


def test_a_half_made_cluster_is_made_again(tmp_path: Path) -> None:
    half = tmp_path / "postgres.init"
    half.mkdir()
    (half / "PG_VERSION").write_text("18")
    server = EmbeddedPostgres(tmp_path, durable=False)
    try:
        psycopg.connect(server.start()).close()
    finally:
        server.stop()


def test_a_server_that_will_not_start_says_what_to_do(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path, durable=False)
    server.start()
    server.stop()
    (tmp_path / "postgres" / "postgresql.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(EmbeddedPostgresError, match="DATABASE_URL"):
        server.start()


def test_two_servers_on_one_folder_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded_postgres, "OTHER_SERVER_LIMIT_S", 0.1)
    server = EmbeddedPostgres(tmp_path, durable=False)
    server.start()
    try:
        with pytest.raises(EmbeddedPostgresError, match="in use"):
            EmbeddedPostgres(tmp_path, durable=False).start()
    finally:
        server.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")
def test_root_without_namespaces_runs_it_as_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    nobody = pwd.getpwnam("nobody")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        if not reachable_by_others(embedded_postgres.binaries() / "postgres", Path(folder) / "state"):
            pytest.skip("the programs are in a private folder")
        monkeypatch.setattr(embedded_postgres, "choose_user", lambda *_: User("setuid", nobody.pw_uid, nobody.pw_gid))
        server = EmbeddedPostgres(Path(folder) / "state", durable=False)
        try:
            psycopg.connect(server.start()).close()
            assert Path(f"/proc/{server.pid}").stat().st_uid == nobody.pw_uid
        finally:
            server.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")
def test_root_without_a_way_to_drop_it_is_told_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(EmbeddedPostgresError, match="DATABASE_URL"):
        choose_user(tmp_path / "no-such-programs", tmp_path)


def test_an_ordinary_user_stays_as_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert choose_user(tmp_path, tmp_path) == User("as_is")


def test_no_programs_at_all_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    monkeypatch.setattr(Path, "glob", lambda *_: iter(()))
    with pytest.raises(EmbeddedPostgresError, match="DATABASE_URL"):
        embedded_postgres.binaries()


def test_another_process_finds_the_running_server(tmp_path: Path) -> None:
    server, other = EmbeddedPostgres(tmp_path, durable=False), EmbeddedPostgres(tmp_path)
    assert other.running_url() is None
    url = server.start()
    try:
        assert other.running_url() == url
    finally:
        server.stop()
    assert other.running_url() is None
