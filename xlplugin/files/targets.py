"""Where results go: a name that is whole or not there, never half-written."""

from __future__ import annotations

import contextlib
import os
import sys
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from xlplugin.model.errors import InputError, file_fault

__all__ = ["Replacement", "check_target", "naming", "stdout", "temporary_name", "write_whole"]


def check_target(path: Path, inputs: Sequence[Path], *, force: bool, folder: bool = False) -> None:
    """Raise InputError where ``path`` may not be written: an input, there already, in no folder."""
    for source in inputs:
        if path.exists() and source.exists() and path.samefile(source):
            raise InputError(
                file_fault(path, "is an input of this run", "choose another name for the output")
            )
    if not path.parent.is_dir():
        raise InputError(file_fault(path.parent, "no such folder", "make it, or choose another name"))
    if path.is_dir() and not folder:
        raise InputError(file_fault(path, "is a folder", "name a file"))
    if path.exists() and not force and not (folder and path.is_dir() and not any(path.iterdir())):
        raise InputError(file_fault(path, "exists", "choose another name, or add --force to replace it"))


def temporary_name(path: Path) -> Path:
    """Return a name beside ``path`` that nobody else writes."""
    return path.with_name(f".{path.name}.{uuid.uuid4().hex[:12]}.part")


class Replacement:
    """A file written under a temporary name beside ``path``, which it takes at the end or never.

    A process that is killed leaves ``path`` as it was.
    """

    def __init__(self, path: Path) -> None:
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


def write_whole(path: Path, text: str) -> None:
    """Write a text file that is whole or not there."""
    target = Replacement(path)
    try:
        target.part.write_text(text, encoding="utf-8")
        target.take_place()
    except BaseException:
        target.remove()
        raise


@contextlib.contextmanager
def naming(path: Path) -> Iterator[None]:
    """Make an OSError name ``path``, whatever was really written."""
    try:
        yield
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        number = error.errno
        if number is None and "No space left" in str(error):
            number = 28
        text = os.strerror(number) if number else str(error).splitlines()[0]
        raise OSError(number or 5, text, str(path)) from error


def stdout() -> BinaryIO:
    """Return standard output for bytes."""
    sys.stdout.flush()
    return sys.stdout.buffer
