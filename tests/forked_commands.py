"""Commands one after the other, each in a fork of a process that has imported what they need.

    python tests/forked_commands.py     in: the arguments of a command, a line each; out: its Ending

``Commands().run("run", path) -> Ending``: time and memory are of that command alone, and one that crashes
or never ends leaves the next ones as they are. ``Commands(environment)`` has an environment of its own, and
arguments are decoded in its locale. ``stop`` it at the end.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from importlib import import_module
from typing import IO, NamedTuple, NoReturn

import click
import machine

from xlplugin.__main__ import main
from xlplugin.cli import cli

#: What commands import when they read a file.
READING = (
    "ironcalc", "openpyxl", "pandas", "pyarrow.pandas_compat", "pyarrow.parquet", "python_calamine", "urllib.request",
    "xlplugin.batch.checks.verification", "xlplugin.batch.job", "xlplugin.workbook.audit",
)  # fmt: skip
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
    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        machine.require("processes that fork", getattr(os, "fork", None))
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def run(self, *arguments: object) -> Ending:
        assert self._process.stdin and self._process.stdout
        given = [os.fsencode(str(argument)).hex() for argument in arguments]
        print(json.dumps(given), file=self._process.stdin, flush=True)
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
    for module in READING:
        import_module(module)
    context = click.Context(cli)
    for name in cli.list_commands(context):
        cli.get_command(context, name)


def _command(arguments: list[str], said: IO[bytes], faults: IO[bytes]) -> NoReturn:
    """Become the command, and end without taking down all that was imported, which takes longer."""
    signal.alarm(PATIENCE)
    os.dup2(said.fileno(), 1)
    os.dup2(faults.fileno(), 2)
    sys.argv[1:] = [os.fsdecode(bytes.fromhex(argument)) for argument in arguments]
    try:
        main()
    except SystemExit as ended:
        sys.stdout.flush()
        os._exit(int(ended.code or 0))
    os.abort()


if __name__ == "__main__":
    serve()
