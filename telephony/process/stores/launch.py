"""Runs a program as a child that ends with its parent and is never root. A plain script: it is started, not imported.

Usage: launch.py PARENT_PID SIGNAL MODE UID GID PROGRAM ARGUMENT…    MODE: as_is, setuid, userns
"""

import ctypes
import os
import sys
from pathlib import Path

PR_SET_PDEATHSIG = 1
CLONE_NEWUSER = 0x10000000
CANNOT = 126


def leave_root(libc: ctypes.CDLL, mode: str, uid: int, gid: int) -> None:
    """`setuid` becomes another user; `userns` stays root outside and is that user inside a namespace of its own."""
    if mode == "setuid":
        os.setgroups([])
        os.setresgid(gid, gid, gid)
        os.setresuid(uid, uid, uid)
    elif mode == "userns":
        if libc.unshare(CLONE_NEWUSER) != 0:
            sys.exit(CANNOT)
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{uid} 0 1")
        Path("/proc/self/gid_map").write_text(f"{gid} 0 1")


def main() -> None:
    parent, signal, mode, uid, gid, program, *arguments = sys.argv[1:]
    libc = ctypes.CDLL(None, use_errno=True)
    leave_root(libc, mode, int(uid), int(gid))
    libc.prctl(PR_SET_PDEATHSIG, int(signal), 0, 0, 0)  # after the change of user, which clears it
    if os.getppid() != int(parent):
        sys.exit(CANNOT)
    os.execv(program, [program, *arguments])  # noqa: S606


if __name__ == "__main__":
    main()
