"""Where results go: a name that is whole or not there, never half-written."""

from __future__ import annotations

import contextlib
import errno
import glob
import hashlib
import os
import platform
import re
import sys
import time
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from xlplugin.model.errors import InputError, printable

#: Seconds after which an unfinished file belongs to nobody whose process cannot be asked.
ABANDONED_AFTER = 24 * 3600


def check_target(path: Path, inputs: Sequence[Path], *, force: bool, folder: bool = False) -> None:
    """Raise InputError where ``path`` may not be written: an input, there already, in no folder."""
    for source in inputs:
        if path.exists() and source.exists() and path.samefile(source):
            raise InputError.of_file(path, "is an input of this run", "choose another name for the output")
    if not path.parent.is_dir():
        raise InputError.of_file(path.parent, "no such folder", "make it, or choose another name")
    if path.is_dir() and not folder:
        raise InputError.of_file(path, "is a folder", "name a file")
    if path.exists() and not force and not (folder and path.is_dir() and not any(path.iterdir())):
        raise InputError.of_file(path, "exists", "choose another name, or add --force to replace it")


def check_ending(path: Path, endings: Sequence[str]) -> None:
    """Raise InputError where an output ends in none of ``endings``, which say its kind."""
    if path.suffix.lower() not in endings:
        raise InputError.wrong("output", str(path), "choose one of these endings", ", ".join(endings))


def temporary_name(path: Path) -> Path:
    """Return a name beside ``path`` that nobody else writes: it says which process of which computer does."""
    return path.with_name(f".{path.name}.{_here()}-{os.getpid()}-{uuid.uuid4().hex[:12]}.part")


def sweep(path: Path) -> None:
    """Remove what runs that were killed have left of ``path`` under temporary names.

    What a process of this computer writes that is alive stays, and what others wrote within a day.
    """
    name = re.compile(rf"\.{re.escape(path.name)}\.(?:([0-9a-f]{{6}})-([0-9]+)-)?[0-9a-f]{{12}}\.part")
    with contextlib.suppress(OSError):  # a folder that is not there, or not to be looked into
        for part in path.parent.glob(f".{glob.escape(path.name)}.*.part"):
            written = name.fullmatch(part.name)
            if written and part.is_file() and not _may_be_alive(part, *written.groups()):
                with contextlib.suppress(OSError):
                    part.unlink()


def _may_be_alive(part: Path, computer: str | None, process: str | None) -> bool:
    if computer == _here() and process and os.name != "nt":  # where a signal 0 would end it
        try:
            os.kill(int(process), 0)
        except ProcessLookupError:
            return False
        except (OSError, OverflowError):
            pass
    return time.time() - part.stat().st_mtime < ABANDONED_AFTER


def _here() -> str:
    """Return a short mark of this computer."""
    return hashlib.sha256(platform.node().encode("utf-8", "replace")).hexdigest()[:6]


class Replacement:
    """A file written under a temporary name beside ``path``, which it takes at the end or never.

    A process that is killed leaves ``path`` as it was.
    """

    def __init__(self, path: Path) -> None:
        sweep(path)
        self.path, self.part = path, temporary_name(path)

    def take_place(self) -> None:
        """Give the complete file its name."""
        self.part.replace(self.path)

    def remove(self) -> None:
        """Remove what was written."""
        self.part.unlink(missing_ok=True)

    def abandon(self, file: Any) -> None:
        """Let go of an unfinished file, where one is open, and remove it."""
        try:
            if file is not None:
                file.close()
        except OSError:  # a full disk says so again when what is buffered is let go
            pass
        finally:
            self.remove()


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give the name to write under; the file takes the place of ``path`` at the end, an error removes it."""
    target = Replacement(path)
    try:
        yield target.part
        target.take_place()
    except BaseException:
        target.remove()
        raise


def write_whole(path: Path, text: str) -> None:
    """Write a text file that is whole or not there."""
    with replacing(path) as part:
        part.write_text(text, encoding="utf-8", errors="backslashreplace")  # names that are no text


class _Named(OSError):
    """An OSError that names what the user knows."""


@contextlib.contextmanager
def naming(path: Path) -> Iterator[None]:
    """Make an OSError name ``path``, whatever was really written; the innermost of several names counts."""
    try:
        yield
    except (_Named, BrokenPipeError):
        raise
    except Exception as error:
        number = getattr(error, "errno", None)
        if type(error).__name__ == "SerialisationError":  # of lxml: IO_ENOSPC
            number = getattr(errno, str(error).removeprefix("IO_"), errno.EIO)
        elif not isinstance(error, OSError):
            raise
        elif number is None and "No space left" in str(error):
            number = errno.ENOSPC
        text = os.strerror(number) if number else str(error).splitlines()[0]
        raise _Named(number or errno.EIO, text, str(path)) from error


def stdout() -> BinaryIO:
    """Return standard output for bytes; a terminal gets texts that cannot steer it."""
    sys.stdout.flush()
    return _Terminal(sys.stdout) if sys.stdout.isatty() else sys.stdout.buffer  # type: ignore[return-value]


class _Terminal:
    """Takes the bytes of whole rows and shows them, control characters aside."""

    def __init__(self, screen: TextIO) -> None:
        self._screen = screen

    def write(self, rows: bytes | memoryview) -> None:
        text = bytes(rows).decode()
        self._screen.write("\n".join(map(printable, text.split("\n"))))

    def flush(self) -> None:
        self._screen.flush()
