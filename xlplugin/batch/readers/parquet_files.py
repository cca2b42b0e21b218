"""Parquet files, and folders of part files, of any size."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from xlplugin.batch.headers import RESULTS
from xlplugin.batch.readers.source import Source
from xlplugin.batch.rows import Rows, rows_of
from xlplugin.data.dataset import Dataset
from xlplugin.files.parquet import open_parquet, parquet_faults
from xlplugin.files.tables import Table, from_rows, header_name
from xlplugin.model.errors import InputError

__all__ = ["ParquetSource", "part_files"]


def part_files(folder: Path) -> list[Path]:
    """Return the part files of a folder in order; InputError where there are none."""
    parts = sorted(path for path in folder.glob("*.parquet") if not path.name.startswith((".", "_")))
    if not parts:
        raise InputError.of_file(folder, "a folder without Parquet files", "name a file")
    return parts


class ParquetSource(Source):
    """Rows of a Parquet file, a folder of part files, or the bytes of one.

    ``decimal`` is the decimal sign of columns of texts; ``everything``: also the columns of results.
    """

    def __init__(
        self, given: Path | bytes, dataset: Dataset, decimal: str | None = None, *, everything: bool = False
    ) -> None:
        self._dataset, self._decimal = dataset, decimal
        if isinstance(given, bytes):
            self.name, opened = "standard input", [io.BytesIO(given)]
        else:
            self.name = str(given)
            given = given.resolve()
            self.files = tuple(part_files(given)) if given.is_dir() else (given,)
            opened = list(self.files)  # type: ignore[arg-type]
        self._opened: list[Any] = opened
        schemas = [self._file(file) for file in opened]
        self.count = sum(file.metadata.num_rows for file in schemas)
        names = schemas[0].schema_arrow.names
        self._names = list(from_rows([names], self.name, ".").columns)
        if any(file.schema_arrow.names != names for file in schemas[1:]):
            raise InputError.of_file(self.name, "part files with different columns", "name one file")
        self._kept = [name for name in names if everything or header_name(name) not in RESULTS]

    def pieces(self, size: int, start: int = 0, stop: int | None = None) -> Iterator[Any]:
        """Yield record batches of the rows from ``start`` to ``stop``."""
        place = 0
        for opened in self._opened:
            file = self._file(opened)
            for group in range(file.metadata.num_row_groups):
                rows = file.metadata.row_group(group).num_rows
                if place + rows > start and (stop is None or place < stop):
                    yield from self._group(file, group, size, place, start, stop)
                place += rows

    def _group(
        self, file: Any, group: int, size: int, place: int, start: int, stop: int | None
    ) -> Iterator[Any]:
        with parquet_faults(self.name):
            batches = file.iter_batches(batch_size=size, row_groups=[group], columns=self._kept)
        while True:
            with parquet_faults(self.name):
                batch = next(batches, None)
            if batch is None:
                return
            low = max(start - place, 0)
            high = batch.num_rows if stop is None else min(stop - place, batch.num_rows)
            if low < high:
                yield batch if high - low == batch.num_rows else batch.slice(low, high - low)
            place += batch.num_rows

    def nothing(self) -> Any:
        """Return a batch without rows."""
        return pa.RecordBatch.from_pylist([], self._schema())

    def rows(self, parsed: Any, first: int) -> Rows:
        """Return the rows of a batch."""
        columns = {name: parsed.column(i) for i, name in enumerate(parsed.schema.names)}
        return rows_of(Table(columns, parsed.num_rows, self.name, self._decimal), self._dataset, first)

    def columns(self) -> Sequence[str]:
        """Return the names of the columns."""
        return self._names

    def all_rows(self) -> Rows:
        """Return every row at once."""
        table = pa.Table.from_batches(list(self.pieces(1 << 20)), self._schema())
        columns = {name: table.column(i).combine_chunks() for i, name in enumerate(table.schema.names)}
        return rows_of(Table(columns, table.num_rows, self.name, self._decimal), self._dataset)

    def _schema(self) -> Any:
        schema = self._file(self._opened[0]).schema_arrow
        return pa.schema([schema.field(name) for name in self._kept])

    def _file(self, opened: Any) -> Any:
        return open_parquet(opened, opened if len(self.files) > 1 else self.name)
