"""What a file may be before anything reads it: its kind, its size, what its parts unpack to.

Every reader asks here first, so that a hostile or damaged file costs seconds, not the memory. Limits are
for what people hand over by hand; tables of any size go as CSV or Parquet through the blocks of a run.
"""

from __future__ import annotations

import os
import re
import stat
import threading
from pathlib import Path
from typing import BinaryIO

from xlplugin.model.errors import InputError
from xlplugin.model.messages import message

__all__ = ["MOST_COLUMNS", "contents", "ordinary", "patient", "text_of"]

#: Bytes of a table that is read whole, of a study or manifest, of a workbook file.
MOST_TABLE, MOST_TEXT, MOST_WORKBOOK = 64 << 20, 16 << 20, 128 << 20
#: Columns of a table: as many as a sheet has.
MOST_COLUMNS = 16_384
#: Seconds that a named pipe may wait for somebody who writes to it.
PATIENCE = 5.0

_ADDRESS = re.compile(r"[a-zA-Z][a-zA-Z0-9+.\-]+:[/\\]")
#: What a path leaves of the slashes of an address.
_SLASHES = {"file:": ":///"}
_KINDS = (
    (stat.S_ISDIR, "a folder", "name a file"),
    (stat.S_ISSOCK, "a socket", "name a file"),
    (stat.S_ISBLK, "a disk", "name a file on it"),
)


def ordinary(path: Path, most: int | None = None, *, streams: bool = False) -> os.stat_result:
    """Return what the system says of a file; InputError where it is none that can be read.

    ``most`` is how many bytes it may have; ``streams`` lets pipes and devices pass.
    """
    try:
        found = path.stat()
    except (OSError, ValueError) as error:
        if _ADDRESS.match(str(path)):
            fix = "save a copy on this computer and name that"
            address = re.sub(
                r":[/\\]+", _SLASHES.get(str(path)[:5].casefold(), "://"), str(path), count=1
            )  # a path has but one of them
            raise InputError.of_file(address, "an address, not a file", fix) from None
        if isinstance(error, (FileNotFoundError, NotADirectoryError)):
            raise InputError.of_file(path, "no such file", "check the path") from None
        raise of_system(path, error) from None
    for is_kind, problem, fix in _KINDS:
        if is_kind(found.st_mode):
            raise InputError.of_file(path, problem, fix)
    if not streams and not stat.S_ISREG(found.st_mode):
        raise InputError.of_file(path, "a pipe or device", "save it to a file and name that")
    if most is not None and found.st_size > most:
        raise too_large(path, most)
    return found


def of_system(path: object, error: OSError | ValueError) -> InputError:
    """Return in the system's words why a file cannot be read."""
    problem = getattr(error, "strerror", None) or str(error)
    return InputError.of_file(path, problem, "check the path and its rights")


def too_large(path: object, most: int) -> InputError:
    """Return the fault of a file with more than ``most`` bytes."""
    fix = "leave out what is not needed; rows of any number go through xlplugin run as CSV or Parquet"
    return InputError.of_file(path, message("larger than {size} MB", size=most >> 20), fix)


def contents(path: Path, most: int = MOST_TABLE) -> bytes:
    """Return the bytes of a file or pipe of at most ``most``; InputError where there are more."""
    ordinary(path, most, streams=True)
    try:
        with patient(path) as file:
            data = file.read(most + 1)
    except OSError as error:
        raise of_system(path, error) from None
    if len(data) > most:
        raise too_large(path, most)
    return data


def text_of(path: Path, most: int = MOST_TEXT) -> str:
    """Return the text of a small file in UTF-8, with or without its mark; InputError for anything else."""
    try:
        return contents(path, most).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError.of_file(path, "not text in UTF-8", "save it as UTF-8") from None


def patient(path: Path) -> BinaryIO:
    """Open a file for reading; InputError where it is a pipe that nobody writes to."""
    if not path.is_fifo():
        return path.open("rb")
    opened: list[BinaryIO | OSError] = []

    def wait() -> None:
        try:
            opened.append(path.open("rb"))
        except OSError as error:
            opened.append(error)

    waiting = threading.Thread(target=wait, daemon=True)
    waiting.start()
    waiting.join(PATIENCE)
    if not opened:
        raise InputError.of_file(path, "a pipe that nobody writes to", "start what writes to it first")
    if isinstance(opened[0], OSError):
        raise opened[0]
    return opened[0]
