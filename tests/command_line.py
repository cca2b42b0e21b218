"""The command line in this process, for tests of what it says and writes rather than of the process.

``xlplugin(*arguments, cwd=None, input="", encoding="utf-8")`` returns what a process would give.
"""

from __future__ import annotations

import contextlib
import io
import sys
from pathlib import Path
from subprocess import CompletedProcess
from unittest import mock

from xlplugin.cli import main


def xlplugin(
    *arguments: object, cwd: Path | str = ".", input: str | bytes = b"", encoding: str = "utf-8"
) -> CompletedProcess[str]:
    """Run a command with streams of its own; ``encoding`` is that of what it says."""
    given = list(map(str, arguments))
    typed = io.BufferedReader(io.BytesIO(input.encode() if isinstance(input, str) else input))
    said, faults = io.BytesIO(), io.BytesIO()
    streams = {
        "stdin": io.TextIOWrapper(typed, "utf-8"),
        "stdout": io.TextIOWrapper(said, encoding),
        "stderr": io.TextIOWrapper(faults, encoding, line_buffering=True),
    }
    with contextlib.chdir(cwd), mock.patch.multiple(sys, **streams):
        try:
            main(given)
        except SystemExit as ended:
            code = ended.code
        streams["stdout"].flush()
    texts = [stream.getvalue().decode(encoding) for stream in (said, faults)]
    return CompletedProcess(given, code, *texts)
