"""Ends what a run of the tests has started and left: ``python watcher.py VARIABLE``, its input held by the run.

The input ends with the run, however that ends. Whatever still carries the run's value of the environment
variable is killed then: LibreOffice, browsers, servers, pytest's own workers.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress

import psutil

ROUNDS = 5


def left(variable: str) -> list[psutil.Process]:
    """Return the other processes that carry this process's value of the variable."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.pid != os.getpid() and process.environ().get(variable) == os.environ[variable]:
                found.append(process)
    return found


def main(variable: str) -> None:
    sys.stdin.buffer.read()
    for _ in range(ROUNDS):  # what was being started meanwhile is found the next time
        for process in left(variable):
            with suppress(psutil.Error):
                process.kill()
        time.sleep(0.2)


if __name__ == "__main__":
    main(sys.argv[1])
