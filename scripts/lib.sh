# Shared by the scripts: find a Python we support, set the checkout up if need be, become the program.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

supported_python() {
  local candidate
  for candidate in ${PYTHON:-} python3.11 python3.12 python3.13 python3; do
    if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
      echo "$candidate"
      return
    fi
  done
  echo "Python 3.11, 3.12 or 3.13 is needed (or set PYTHON to one)." >&2
  exit 1
}

# become PROGRAM ARGS…: PROGRAM is a file of scripts/ (name.py), a command of the virtual environment, or `-m module`.
become() {
  local python
  python=$(supported_python)
  exec "$python" scripts/bootstrap.py "$@"
}
