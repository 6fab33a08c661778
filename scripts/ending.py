"""A script that is told to end takes along what it started."""

import os
import signal
from typing import Final

import psutil

POLITE_S: Final = 6.0
"""How long what was started may take to end by itself."""


def take_children_along() -> None:
    """On SIGTERM: pass it on, wait until children and grandchildren are gone, kill what stays, leave."""
    signal.signal(signal.SIGTERM, _end)


def _end(signum: int, _: object) -> None:
    signal.signal(signum, signal.SIG_IGN)
    this = psutil.Process()
    every = this.children(recursive=True)
    for child in this.children():
        child.terminate()
    _, left = psutil.wait_procs(every, POLITE_S)
    for process in left:
        process.kill()
    os._exit(128 + signum)
