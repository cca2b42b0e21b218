"""What a program shows on a terminal: a pseudo-terminal of POSIX, read to its end."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Sequence
from typing import Any


def on_a_terminal(command: Sequence[str], *, width: int | None = None, **settings: Any) -> str:
    """Return what a command that ends well shows on a terminal; ``width`` None: one that does not say its own.

    ``settings`` are those of Popen; a stream that they leave out is the terminal.
    """
    import fcntl  # none of these on Windows
    import pty
    import struct
    import termios

    ours, theirs = pty.openpty()
    if width is not None:
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, width, 0, 0))
    streams: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), theirs)
    process = subprocess.Popen(command, **(streams | settings))
    os.close(theirs)
    found = b""
    with contextlib.suppress(OSError):  # the other end is closed
        while piece := os.read(ours, 65_536):
            found += piece
    os.close(ours)
    assert process.wait(timeout=60) == 0
    return found.decode().replace("\r\n", "\n")
