"""CSV of any size: cut into blocks of whole rows, parsed block by block.

Plain numbers go through PyArrow (:mod:`.csv_arrow`). A block that holds anything else, such as
``30%``, is read as text, and each entry by :mod:`xlplugin.entries.meaning`; a block that PyArrow
refuses, and every block where it is not, is read row by row.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from xlplugin.batch.readers.csv_arrow import Shape, plainly
from xlplugin.batch.readers.csv_blocks import LONGEST_LEAD, Block, blocks, first_row_end, lead_of, utf8
from xlplugin.batch.readers.source import Source
from xlplugin.batch.rows import Rows, rows_of
from xlplugin.data.dataset import Dataset
from xlplugin.entries.meaning import decimal_sign
from xlplugin.files.csv_text import SAMPLE_ROWS, csv_problem, decoded, delimiter_of
from xlplugin.files.limits import of_system
from xlplugin.files.tables import Table, from_rows, long_row
from xlplugin.model.errors import Fault, InputError
from xlplugin.model.threads import cores, ordered

#: Bytes read at a time; and where parts of the file are read by themselves, each with its neighbours.
CHUNK, PART_CHUNK = 4 << 20, 1 << 18
#: Bytes that show delimiter, header and decimal sign.
SAMPLE = 1 << 20


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


class Stretch(NamedTuple):
    """Where a block lies in the file, how many rows it has, and its block without the text."""

    place: int
    length: int
    rows: int
    block: Block


class CsvSource(Source):
    """Rows of a CSV file or byte stream; delimiter, encoding and decimal sign as they show.

    ``chunk`` is how many bytes are read at a time.
    """

    def __init__(
        self,
        given: Path | BinaryIO,
        dataset: Dataset,
        decimal: str | None = None,
        name: str = "standard input",
        *,
        chunk: int = CHUNK,
    ) -> None:
        self.name = str(given) if isinstance(given, Path) else name
        given = given.resolve() if isinstance(given, Path) else given
        self.files = (given,) if isinstance(given, Path) else ()
        self._given, self._dataset, self._chunk = given, dataset, chunk
        self._stretches: list[Stretch] = []
        read = self._blocks(chunk)
        head = next(read, Block(b""))
        if not head.text.strip():
            raise InputError.of_file(self.name, "empty", "give a table with a header row")
        self._stream = None if self.files else chain([head], read)
        shown = max(head.text.rfind(b"\n", 0, SAMPLE) + 1, first_row_end(head.text))
        text = decoded(head.text[:shown], self.name)
        self.delimiter = delimiter_of(text)
        self._width, self._names = self._header(text)
        self.decimal = decimal or decimal_sign(self._sample(text), self.delimiter)

    def pieces(self, size: int, start: int = 0, stop: int | None = None) -> Iterator[Any]:
        """Yield blocks of whole rows, without the header; of a part of the file parsed ones."""
        if start or stop is not None:
            yield from self._part(start, stop)
        else:
            yield from self._body(self._blocks(self._chunk) if self._stream is None else self._stream)

    def index(self) -> int:
        """Note where each stretch lies and how many rows it has; return the number of rows.

        After that any part of the file is read by itself.
        """
        if not self.files or self._head()[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            raise InputError.of_file(self.name, "cannot be read in parts", "save it to a file in UTF-8 first")
        head = self._head().removeprefix(codecs.BOM_UTF8)
        place = len(self._head()) - len(head) + lead_of(head)
        chunk = min(self._chunk, PART_CHUNK)
        place += first_row_end(next(self._blocks(chunk)).text)
        self._stretches = []
        with ThreadPoolExecutor(cores()) as pool:
            for block, rows in ordered(pool, self._counted, self._body(self._blocks(chunk)), 2 * cores()):
                self._stretches.append(Stretch(place, len(block), rows, replace(block, text=b"")))
                place += len(block)
        self.count = sum(stretch.rows for stretch in self._stretches)
        return self.count

    def parsed(self, piece: Block | Parsed) -> Parsed:
        """Return a block as columns: Arrow's where PyArrow reads it, else lists."""
        if isinstance(piece, Parsed):
            return piece
        plain = plainly(piece, Shape(self._names, self._width, self.delimiter, self.decimal))
        return self._carefully(piece) if plain is None else Parsed(Table(*plain, self.name, self.decimal))

    def nothing(self) -> Parsed:
        """Return no row."""
        return self._carefully(Block(b""))

    def rows(self, parsed: Parsed, first: int) -> Rows:
        """Return the rows of a parsed block."""
        rows = rows_of(parsed.table, self._dataset, first)
        rows.add((i, replace(fault, row=first + i)) for i, fault in parsed.wrong.items())
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

    def _head(self) -> bytes:
        with self.files[0].open("rb") as file:
            return file.read(LONGEST_LEAD)

    def _header(self, text: str) -> tuple[int, list[str]]:
        """Return how many cells a row has, and the columns' names."""
        try:
            cells = next(csv.reader(io.StringIO(text, newline=""), delimiter=self.delimiter))
        except csv.Error as error:
            raise InputError.of_file(self.name, *csv_problem(error, 1)) from None
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

    def _blocks(self, chunk: int) -> Iterator[Block]:
        """Yield the whole text in blocks, the first with the header."""
        try:
            stream = self._given.open("rb") if isinstance(self._given, Path) else self._given
        except OSError as error:
            raise of_system(self.name, error) from None
        try:
            yield from blocks(utf8(iter(lambda: stream.read(chunk), b""), self.name), self.name)
        finally:
            if isinstance(self._given, Path):
                stream.close()

    def _body(self, whole: Iterator[Block]) -> Iterator[Block]:
        """Yield the blocks without the header."""
        head = next(whole)
        if body := head.text[first_row_end(head.text) :]:
            yield replace(head, text=body)
        yield from whole

    def _counted(self, block: Block) -> tuple[Block, int]:
        return block, len(self.parsed(block))

    def _part(self, start: int, stop: int | None) -> Iterator[Parsed]:
        """Yield the rows from ``start`` to ``stop``: only the stretches that hold them are read."""
        first = 0
        with self.files[0].open("rb") as file:
            for place, length, rows, block in self._stretches:
                low, high = max(start - first, 0), rows if stop is None else min(stop - first, rows)
                if low < high:
                    file.seek(place)
                    yield self.parsed(replace(block, text=file.read(length))).part(range(low, high))
                first += rows

    def _carefully(self, block: Block) -> Parsed:
        """Return a block read row by row; a row with too many cells is a fault of that row."""
        text = io.StringIO(decoded(block.text, self.name), newline="")
        reader = csv.reader(text, delimiter=self.delimiter)
        rows: list[list[str]] = []
        wrong: dict[int, Fault] = {}
        width = len(self._names)
        try:
            for row in filter(any, reader):
                if any(row[width:]):
                    wrong[len(rows)] = long_row(None, row, width)
                rows.append([*row[:width], *[""] * (width - len(row))])
        except csv.Error as error:
            raise InputError.of_file(self.name, *csv_problem(error, reader.line_num)) from None
        cells = map(list, zip(*rows, strict=True)) if rows else ([] for _ in self._names)
        table = Table(dict(zip(self._names, cells, strict=True)), len(rows), self.name, self.decimal)
        return Parsed(table, wrong)
