"""Writers of results by the ending of their files: what a writer does, and which there are.

A format is a module beside this one and an entry in :data:`WRITERS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from xlplugin.batch.result import Result
from xlplugin.batch.writers.csv import CsvWriter
from xlplugin.batch.writers.parquet import ParquetWriter
from xlplugin.model.errors import InputError
from xlplugin.model.messages import message


class Writer(Protocol):
    """Writes blocks of results to one target.

    ``encode`` runs in workers, ``write`` in the order of the blocks, ``finish`` puts the manifest in.
    """

    def encode(self, result: Result) -> Any:
        """Return what ``write`` takes; called in workers."""

    def write(self, payload: Any) -> None:
        """Write a block; called in order."""

    def finish(self, manifest: Mapping[str, Any]) -> None:
        """Complete the file."""

    def abandon(self) -> None:
        """Let go of an unfinished file."""


def _workbook(path: Path, *, with_faults: bool, language: str = "en") -> Writer:
    from xlplugin.batch.writers.workbook import XlsxWriter  # openpyxl is slow to import

    return XlsxWriter(path, with_faults=with_faults, language=language)


WRITERS: Mapping[str, Callable[..., Writer]] = {
    ".csv": CsvWriter,
    ".parquet": ParquetWriter,
    ".xlsx": _workbook,
}


def writer_of(path: Path, *, with_faults: bool, language: str = "en") -> Writer:
    """Return the writer of a file by its ending; InputError for an ending of no known kind.

    ``language`` is that of a workbook's words for people; other files have none.
    """
    make = WRITERS.get(path.suffix.casefold())
    if make is None:
        fix = message("end its name in {names}, or / for parts", names=", ".join(WRITERS))
        raise InputError.of_file(path, "of no known kind", fix)
    words = {"language": language} if make is _workbook else {}
    return make(path, with_faults=with_faults, **words)
