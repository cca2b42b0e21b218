"""Where results go: a name that is whole or not there, never half-written."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from xlplugin.batch.sources import file_fault
from xlplugin.errors import InputError

__all__ = ["check_target", "naming", "replaced", "stdout", "temporary_name"]


def check_target(path: Path, inputs: Sequence[Path], *, force: bool, folder: bool = False) -> None:
    """Raise InputError where ``path`` may not be written: an input, there already, in no folder."""
    for one in inputs:
        if path.exists() and one.exists() and path.samefile(one):
            raise InputError(file_fault(path, "is an input of this run", "choose another name for the output"))
    if not path.parent.is_dir():
        raise InputError(file_fault(path.parent, "no such folder", "make it, or choose another name"))
    if path.is_dir() and not folder:
        raise InputError(file_fault(path, "is a folder", "name a file"))
    if path.exists() and not force and not (folder and path.is_dir() and not any(path.iterdir())):
        raise InputError(file_fault(path, "exists", "choose another name, or add --force to replace it"))


def temporary_name(path: Path) -> Path:
    """Return the name beside ``path`` that is written first; it is this process's own."""
    return path.with_name(f".{path.name}.{os.getpid()}.part")


@contextlib.contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """Give a temporary name beside ``path`` and rename it at the end; on an error it is removed.

    A process that is killed leaves ``path`` as it was. A failure to write names ``path``.
    """
    part = temporary_name(path)
    try:
        with naming(path):
            yield part
            part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
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
