"""Format, lint, types, import contract, module sizes: one line each, all of them even when one fails."""

import subprocess
import sys
from pathlib import Path

from ending import take_children_along

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
MOST_LINES = 500
USUAL_LINES = 300
PACKAGES = ("telephony", "agent", "speech", "tools", "data")
STEPS = (
    ("format", [BIN / "ruff", "format", "--check", "--quiet", "."]),
    ("lint", [BIN / "ruff", "check", "--quiet", "."]),
    ("types", [BIN / "mypy", "--no-error-summary"]),
    ("imports", [BIN / "lint-imports", "--no-cache"]),
)


def long_modules() -> list[str]:
    """Modules beyond the alarm."""
    found = []
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            lines = len(path.read_text(encoding="utf-8").splitlines())
            if lines > MOST_LINES:
                found.append(f"{path.relative_to(ROOT)}: {lines} lines (usual: {USUAL_LINES}, most: {MOST_LINES})")
    return found


def main() -> int:
    take_children_along()
    failed = []
    for name, command in STEPS:
        done = subprocess.run([str(part) for part in command], cwd=ROOT, capture_output=True, text=True, check=False)
        print(f"{name:8} {'ok' if done.returncode == 0 else 'FAILED'}", flush=True)
        if done.returncode:
            failed.append(name)
            print(done.stdout + done.stderr, flush=True)
    sizes = long_modules()
    print(f"{'sizes':8} {'FAILED' if sizes else 'ok'}")
    print("\n".join(sizes), end="\n" if sizes else "")
    return 1 if failed or sizes else 0


if __name__ == "__main__":
    raise SystemExit(main())
