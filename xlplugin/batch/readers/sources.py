"""Where scenario rows come from: files of every kind, standard input, frames, presets, grids.

Nothing holds the whole of a large table.
"""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from xlplugin.batch.readers.source import Places, Source
from xlplugin.batch.rows import Rows, rows_of, rows_of_scenarios
from xlplugin.data.dataset import Dataset
from xlplugin.entries.columns import as_list, has_arrow
from xlplugin.files.archives import DAMAGED, check_workbook
from xlplugin.files.limits import of_system, ordinary, patient
from xlplugin.files.reading import read_table
from xlplugin.files.spreadsheets import SPREADSHEETS
from xlplugin.model.errors import InputError
from xlplugin.model.messages import message

__all__ = ["MemorySource", "open_source", "part_of", "results_sheet"]

#: Bytes of Parquet that a pipe may give.
MOST_STREAM = 256 << 20


class MemorySource(Places):
    """Rows that are in memory: a small table, a frame, presets, a filled template."""

    def __init__(
        self,
        rows: Rows,
        name: str,
        files: Sequence[Path] = (),
        additions: Mapping[str, Any] | None = None,
        notices: Sequence[str] = (),
    ) -> None:
        self._rows, self.name, self.files, self.count = rows, name, files, rows.count
        self.additions, self.notices = additions or {}, notices
        rows.carried = {name: _uniform(values) for name, values in rows.carried.items()}

    def rows(self, parsed: range, first: int) -> Rows:
        """Return the rows of a range."""
        return part_of(self._rows, parsed)

    def columns(self) -> Sequence[str]:
        """Return the names of what is carried through."""
        return list(self._rows.carried)

    def all_rows(self) -> Rows:
        """Return every row."""
        return self._rows


def part_of(rows: Rows, places: range) -> Rows:
    """Return some rows in a stretch, with what is wrong with them."""
    part = rows.take(np.arange(places.start, places.stop))
    part.faults = rows.faults
    part.wrong = {i - places.start: rows.wrong[i] for i in rows.wrong if i in places}
    return part


def open_source(
    given: Any, dataset: Dataset, *, decimal: str | None = None, sheet: str | None = None
) -> Source:
    """Return the source of a path, ``-`` (standard input), names of presets, or a frame.

    Raises InputError for what is missing, unreadable or has no usable header.
    """
    if given is None:
        return MemorySource(rows_of_scenarios(dataset.scenarios.values()), "presets")
    if isinstance(given, (list, tuple)) and given and all(isinstance(name, str) for name in given):
        return MemorySource(rows_of_scenarios([dataset.scenario(name) for name in given]), "presets")
    if isinstance(given, str) and given == "-":
        return _of_stream(sys.stdin.buffer, "standard input", dataset, decimal)
    if not isinstance(given, (str, Path)):
        if isinstance(given, Source):
            return given
        return MemorySource(rows_of(read_table(given, decimal=decimal), dataset), "table")
    return _of_file(Path(given), dataset, decimal, sheet)


def _of_file(path: Path, dataset: Dataset, decimal: str | None, sheet: str | None) -> Source:
    ending = path.suffix.casefold()
    if path.is_fifo() or path.is_char_device():  # as the shell's <(...) and /dev/stdin are
        return _of_stream(patient(path), str(path), dataset, decimal)
    if not path.is_dir():
        ordinary(path)
    if ending == ".toml":
        from xlplugin.batch.readers.study import read_study

        return read_study(path, dataset)
    if ending in SPREADSHEETS:
        from xlplugin.batch.readers.filled_template import is_template, read_template

        check_workbook(path)
        if sheet is None and is_template(path):
            filled = read_template(path, dataset)
            additions = {"dataset": filled.dataset, "companies": filled.companies, "own": filled.own}
            return MemorySource(filled.rows, str(path), [path], additions)
        table = read_table(path, decimal=decimal, sheet=sheet or results_sheet(path))
        return MemorySource(rows_of(table, dataset), str(path), [path], notices=table.notices)
    if path.is_dir() or ending in (".parquet", ".pq") or _starts_as_parquet(path):
        from xlplugin.batch.readers.parquet_files import ParquetSource

        return ParquetSource(path, dataset, decimal)
    from xlplugin.batch.readers.csv_files import CsvSource

    return CsvSource(path, dataset, decimal)


def results_sheet(path: Path) -> str | None:
    """Return the sheet of results where a workbook is an output of a run, else None: the first."""
    try:
        with zipfile.ZipFile(path) as parts:
            sheets = parts.read("xl/workbook.xml")
    except (OSError, *DAMAGED):
        return None
    ours = all(f'name="{name}"'.encode() in sheets for name in ("Results", "Manifest"))
    return "Results" if ours else None


def _of_stream(stream: Any, name: str, dataset: Dataset, decimal: str | None) -> Source:
    """Return the source of bytes that can be read once."""
    from xlplugin.batch.readers.csv_files import CsvSource

    head = stream.peek(4)[:4] if hasattr(stream, "peek") else b""
    if head == b"PAR1":
        from xlplugin.batch.readers.parquet_files import ParquetSource

        data = stream.read(MOST_STREAM + 1)
        if len(data) > MOST_STREAM:
            problem = message("Parquet of more than {size} MB", size=MOST_STREAM >> 20)
            raise InputError.of_file(name, problem, "save it to a file and name that")
        return ParquetSource(data, dataset, decimal)
    if head == b"PK\x03\x04":
        raise InputError.of_file(name, "a workbook", "save it to a file and name that")
    return CsvSource(stream, dataset, decimal, name)


def _starts_as_parquet(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(4) == b"PAR1"
    except OSError as error:
        raise of_system(path, error) from None


def _uniform(values: Any) -> Any:
    """Return a carried column as one type where PyArrow is: mixed entries become texts."""
    if not has_arrow():
        return values
    import pyarrow as pa

    if isinstance(values, (pa.Array, pa.ChunkedArray)):
        return values
    listed = as_list(values)
    try:
        return pa.array(values if hasattr(values, "dtype") else listed, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):
        return pa.array(
            [None if value is None or value != value else str(value) for value in listed], pa.string()
        )
