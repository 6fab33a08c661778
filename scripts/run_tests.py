"""The suite with branch coverage: first the count of tests per kind, then the run, whose closing line stands last. --all adds the long proofs."""

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

from ending import take_children_along

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
TEST = re.compile(r"^(?:async )?def test_|^    (?:async )?def test_", re.MULTILINE)
CLOSING = re.compile(r"\d+ (?:passed|failed|errors?|skipped)\b.* in \d")
LEAST_COVERAGE = 90
"""Branch coverage in percent of everything; `tools/` must be 100."""


def count_per_kind() -> Counter[str]:
    """Test functions by folder of tests/; parameters are not counted."""
    counts: Counter[str] = Counter()
    for path in (ROOT / "tests").rglob("test_*.py"):
        counts[path.relative_to(ROOT / "tests").parts[0]] += len(TEST.findall(path.read_text(encoding="utf-8")))
    return counts


def run(*command: object, quiet: bool = False) -> tuple[int, str]:
    done = subprocess.run([str(part) for part in command], cwd=ROOT, capture_output=quiet, text=True, check=False)
    return done.returncode, (done.stdout or "") + (done.stderr or "") if quiet else ""


def whole_suite() -> tuple[int, list[str]]:
    """Runs it with coverage, showing all but its closing line; its code and everything it said."""
    lines: list[str] = []
    command = [sys.executable, "-m", "coverage", "run", "-m", "pytest", "-q"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as suite:
        for line in suite.stdout or ():
            lines.append(line)
            if not CLOSING.search(line):
                print(line, end="", flush=True)
    return suite.returncode, lines


def main() -> int:
    take_children_along()
    arguments = sys.argv[1:]
    everything = "--all" in arguments
    arguments = [argument for argument in arguments if argument != "--all"]
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    if everything:
        os.environ["CONCIERGE_LONG_TESTS"] = "1"
    counts = count_per_kind()
    print("Tests: " + ", ".join(f"{kind} {count}" for kind, count in sorted(counts.items())) + f"; {sum(counts.values())} in all", flush=True)
    if arguments:
        return run(sys.executable, "-m", "pytest", *arguments)[0]
    code, lines = whole_suite()
    closing = next((line for line in reversed(lines) if CLOSING.search(line)), "no tests ran\n")
    if code == 0:
        code = coverage_gate()
    print(closing, end="", flush=True)
    return code


def coverage_gate() -> int:
    """All of it at LEAST_COVERAGE, the duties wholly."""
    run(BIN / "coverage", "combine", "--quiet", quiet=True)
    whole, report = run(BIN / "coverage", "report", "--format=total", f"--fail-under={LEAST_COVERAGE}", quiet=True)
    duties, missing = run(BIN / "coverage", "report", "--include=tools/*", "--fail-under=100", "--skip-covered", "--show-missing", quiet=True)
    percent = report.strip().splitlines()[0] if report.strip() else "?"
    print(f"Coverage: {percent} % of lines and branches (least {LEAST_COVERAGE}); tools/ {'NOT 100 %' if duties else '100 %'}")
    if duties:
        print(missing)
    return whole or duties


if __name__ == "__main__":
    raise SystemExit(main())
