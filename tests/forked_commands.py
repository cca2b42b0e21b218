"""Commands one after the other, each in a fork of a process that has imported what they need.

    python tests/forked_commands.py     in: the arguments of a command as JSON, one a line; out: its Ending

``Commands().run("run", path) -> Ending``: time and memory are of that command alone, and one that crashes
or never ends leaves the next ones as they are. ``stop`` it at the end.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from importlib import import_module
from typing import IO, NamedTuple

from xlplugin.__main__ import main
from xlplugin.cli import _COMMANDS, cli

#: Seconds after which a command that never ends is killed.
PATIENCE = 60


class Ending(NamedTuple):
    """Exit code (negative: the signal that ended it), seconds, largest memory in bytes, and what was said."""

    code: int
    seconds: float
    memory: int
    stdout: str
    stderr: str


class Commands:
    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(self, *arguments: object) -> Ending:
        assert self._process.stdin and self._process.stdout
        print(json.dumps([*map(str, arguments)]), file=self._process.stdin, flush=True)
        return Ending(*json.loads(self._process.stdout.readline()))

    def stop(self) -> None:
        self._process.communicate()


def serve() -> None:
    _import_all()
    for line in sys.stdin:
        with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as faults:
            start = time.monotonic()
            child = os.fork()
            if not child:
                _command(json.loads(line), said, faults)
            _, status, used = os.wait4(child, 0)
            seconds = time.monotonic() - start
            texts = []
            for file in (said, faults):
                file.seek(0)
                texts.append(file.read().decode())
        ending = Ending(os.waitstatus_to_exitcode(status), seconds, used.ru_maxrss << 10, *texts)
        print(json.dumps(ending), flush=True)


def _import_all() -> None:
    """Import what commands import when they read a file; no thread may start here."""
    for module in ("openpyxl", "pyarrow.parquet", "xlplugin.api"):
        import_module(module)
    for name in _COMMANDS:
        cli.get_command(None, name)  # type: ignore[arg-type]


def _command(arguments: list[str], said: IO[bytes], faults: IO[bytes]) -> None:
    """Become the command: its exit is that of this process."""
    signal.alarm(PATIENCE)
    os.dup2(said.fileno(), 1)
    os.dup2(faults.fileno(), 2)
    sys.argv[1:] = arguments
    main()


if __name__ == "__main__":
    serve()
