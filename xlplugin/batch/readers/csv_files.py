"""CSV of any size: split at line ends that no quotes hold, parsed block by block.

Plain numbers go through Polars or Arrow where they are installed (:mod:`.csv_blocks`). A
block that holds anything else, such as ``30%``, is read as text, and each entry by
:mod:`xlplugin.entries.meaning`.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from xlplugin.batch.readers.csv_blocks import Shape, plainly, record_end, utf8, whole_rows
from xlplugin.batch.rows import Rows, rows_of
from xlplugin.data.dataset import Dataset
from xlplugin.entries.meaning import decimal_sign
from xlplugin.files.tables import Table, csv_problem, decoded, from_rows
from xlplugin.model.errors import CellError, Fault, InputError, file_fault

__all__ = ["CsvSource"]

#: Bytes read at a time.
CHUNK = 4 << 20
#: Data rows that show the decimal sign.
SAMPLE_ROWS = 1000


@dataclass
class Parsed:
    """A parsed block: a table, and faults of rows by position."""

    table: Table
    wrong: dict[int, Fault] = field(default_factory=dict)

    def __len__(self) -> int:
        return self.table.count

    def part(self, places: range) -> Parsed:
        """Return some of the rows."""
        cut = slice(places.start, places.stop)
        columns = {name: column[cut] for name, column in self.table.columns.items()}
        table = Table(columns, len(places), self.table.source, self.table.decimal)
        return Parsed(table, {i - places.start: fault for i, fault in self.wrong.items() if i in places})


class CsvSource:
    """Rows of a CSV file or byte stream; delimiter, encoding and decimal sign as they show."""

    count: int | None = None

    def __init__(
        self,
        given: Path | BinaryIO,
        dataset: Dataset,
        decimal: str | None = None,
        name: str = "standard input",
    ) -> None:
        self.name = str(given) if isinstance(given, Path) else name
        given = given.resolve() if isinstance(given, Path) else given
        self.files: Sequence[Path] = (given,) if isinstance(given, Path) else ()
        self.additions: Mapping[str, Any] = {}
        self._given, self._dataset = given, dataset
        self._stretches: list[tuple[int, int, int]] = []
        chunks = self._chunks()
        self._head = next(chunks, b"")
        if not self._head.strip():
            raise InputError(file_fault(self.name, "empty", "give a table with a header row"))
        self._rest = chunks if not self.files else None
        if self.files:
            chunks.close()  # type: ignore[attr-defined]
        text = decoded(self._head, self.name)
        first = text.split("\n", 1)[0]
        self.delimiter = max(",;\t", key=first.count)
        self._width, self._names = self._header(text)
        self.decimal = decimal or decimal_sign(self._sample(text), self.delimiter)

    def pieces(self, size: int, start: int = 0, stop: int | None = None) -> Iterator[Any]:
        """Yield stretches of whole rows, without the header; of a part of the file parsed ones."""
        if start or stop is not None:
            yield from self._part(start, stop)
            return
        chunks = self._chunks() if self._rest is None else self._rest
        if self._rest is None:
            next(chunks, None)
        body = self._head[record_end(self._head) :]
        if body:
            yield body
        yield from chunks

    def index(self) -> int:
        """Note where each stretch lies and how many rows it has; return the number of rows.

        After that any part of the file can be read by itself.
        """
        if not self.files or self._head_is_converted:
            fix = "save it to a file in UTF-8 first"
            raise InputError(file_fault(self.name, "cannot be read in parts", fix))
        with self.files[0].open("rb") as file:
            mark = len(codecs.BOM_UTF8) if file.read(3) == codecs.BOM_UTF8 else 0
        place = mark + record_end(self._head)
        self._stretches, self.count = [], 0
        for piece in self.pieces(0):
            rows = len(self.parsed(piece))
            self._stretches.append((place, len(piece), rows))
            place += len(piece)
            self.count += rows
        return self.count

    def _part(self, start: int, stop: int | None) -> Iterator[Parsed]:
        first = 0
        with self.files[0].open("rb") as file:
            for place, length, rows in self._stretches:
                low, high = max(start - first, 0), rows if stop is None else min(stop - first, rows)
                if low < high:
                    file.seek(place)
                    yield self.parsed(file.read(length)).part(range(low, high))
                first += rows

    def parsed(self, piece: Any) -> Parsed:
        """Return a stretch as columns: Arrow's where that is installed and reads it, else lists."""
        if isinstance(piece, Parsed):
            return piece
        shape = Shape(self._names, self._width, self.delimiter, self.decimal)
        found = plainly(piece, shape)
        if found is None:
            return self._carefully(piece)
        return Parsed(Table(*found, self.name, self.decimal))

    def nothing(self) -> Parsed:
        """Return no row."""
        return self._carefully(b"")

    def rows(self, parsed: Parsed, first: int) -> Rows:
        """Return the rows of a parsed stretch."""
        rows = rows_of(parsed.table, self._dataset, first)
        for i, fault in parsed.wrong.items():
            rows.add([(i, Fault(first + i, fault.input, fault.value, fault.allowed, fault.fix, fault.error))])
        return rows

    def columns(self) -> Sequence[str]:
        """Return the header."""
        return self._names

    def all_rows(self) -> Rows:
        """Return every row at once: for files of moderate size."""
        columns: dict[str, list[Any]] = {name: [] for name in self._names}
        count = 0
        wrong: dict[int, Fault] = {}
        for piece in self.pieces(0):
            parsed = self._carefully(piece)
            wrong |= {count + i: fault for i, fault in parsed.wrong.items()}
            count += len(parsed)
            for name, cells in columns.items():
                cells += parsed.table.columns[name]
        return self.rows(Parsed(Table(columns, count, self.name, self.decimal), wrong), 1)

    @property
    def _head_is_converted(self) -> bool:
        with self.files[0].open("rb") as file:
            return file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

    def _header(self, text: str) -> tuple[int, list[str]]:
        """Return how many cells a row has, and the columns' names."""
        try:
            cells = next(csv.reader(io.StringIO(text, newline=""), delimiter=self.delimiter))
        except csv.Error as error:
            raise InputError(file_fault(self.name, str(error), "save it as CSV again")) from None
        return len(cells), list(from_rows([cells], self.name, ".").columns)

    def _sample(self, text: str) -> list[str]:
        cells: list[str] = []
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=self.delimiter)
        try:
            for i, row in enumerate(reader):
                if i:
                    cells += row
                if i == SAMPLE_ROWS:
                    break
        except csv.Error:  # said with its place when the rows are read
            pass
        return cells

    def _chunks(self) -> Iterator[bytes]:
        """Yield the file as UTF-8 in stretches that end where a row ends."""
        try:
            stream = self._given.open("rb") if isinstance(self._given, Path) else self._given
        except OSError as error:
            raise InputError(
                file_fault(self.name, error.strerror or str(error), "check its rights")
            ) from None
        try:
            yield from whole_rows(utf8(iter(lambda: stream.read(CHUNK), b""), self.name))
        finally:
            if isinstance(self._given, Path):
                stream.close()

    def _carefully(self, piece: bytes) -> Parsed:
        """Return a stretch read row by row; a row with too many cells is a fault of that row."""
        text = io.StringIO(decoded(piece, self.name), newline="")
        reader = csv.reader(text, delimiter=self.delimiter, strict=True)
        rows: list[list[str]] = []
        wrong: dict[int, Fault] = {}
        width = len(self._names)
        try:
            for row in reader:
                if any(row):
                    if any(row[width:]):
                        fix = "quote text that holds the delimiter"
                        fault = Fault(
                            None, "row", f"{len(row)} cells", f"{width} cells", fix, CellError.WRONG_TYPE
                        )
                        wrong[len(rows)] = fault
                    rows.append([*row[:width], *[""] * (width - len(row))])
        except csv.Error as error:
            raise InputError(file_fault(self.name, *csv_problem(error, reader.line_num))) from None
        columns = zip(*rows, strict=True) if rows else [() for _ in self._names]
        return Parsed(
            Table(
                dict(zip(self._names, map(list, columns), strict=True)), len(rows), self.name, self.decimal
            ),
            wrong,
        )
