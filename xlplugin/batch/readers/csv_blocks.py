"""Blocks of CSV lines: cut where a row ends, and read by Polars where it can, else by Arrow, else not.

Both read a block of plain numbers and texts, and refuse any other, which is then read row by row.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.util import find_spec
from typing import Any, NamedTuple

import numpy as np

from xlplugin.batch.rows import RESULTS, ROW_NAMES
from xlplugin.files.tables import header_name
from xlplugin.model.errors import InputError, file_fault
from xlplugin.model.plan import MODEL_INPUTS

__all__ = ["Shape", "has_arrow", "has_polars", "plainly", "record_end", "utf8", "whole_rows"]

#: Columns by name, as Arrow arrays, and the number of rows.
Columns = tuple[dict[str, Any], int]


class Shape(NamedTuple):
    """What the lines look like: names of columns, cells of the header, delimiter, decimal sign."""

    names: Sequence[str]
    width: int
    delimiter: str
    decimal: str


@cache
def has_polars() -> bool:
    """Whether Polars and Arrow are installed."""
    return has_arrow() and find_spec("polars") is not None


@cache
def has_arrow() -> bool:
    """Whether Arrow is installed."""
    return find_spec("pyarrow") is not None


def plainly(block: bytes, shape: Shape) -> Columns | None:
    """Return a block's columns, without blank rows; None where it must be read row by row.

    Numbers that are no floats as they stand are columns of texts.
    """
    quotes = block.count(b'"')
    if quotes % 2 or not has_arrow():  # a quote that is never closed, which Arrow takes for text
        return None
    import pyarrow as pa

    plain = not quotes and shape.decimal == "." and shape.width == len(shape.names)
    if plain and has_polars() and (found := _by_polars(block, shape)):
        return found
    for numbers in (True, False):
        try:
            return _by_arrow(block, shape, numbers)
        except pa.ArrowInvalid:
            continue
    return None


def _by_polars(block: bytes, shape: Shape) -> Columns | None:
    """Return the columns of lines without quotes; None where something is no number, or no row.

    Polars reads numbers in half of Arrow's time.
    """
    if b"\r" in block and block.count(b"\r") != block.count(b"\r\n"):
        return None
    import polars

    kinds: Any = {
        name: polars.Float64 if header_name(name) in MODEL_INPUTS else polars.String for name in shape.names
    }
    try:
        frame = polars.read_csv(
            block, has_header=False, schema=kinds, separator=shape.delimiter, quote_char=None
        )
    except polars.exceptions.PolarsError:
        return None
    kept = [name for name in shape.names if header_name(name) not in RESULTS]
    return _without_blanks({name: _as_arrow(frame[name], name) for name in kept}, frame.height)


def _as_arrow(column: Any, name: str) -> Any:
    import pyarrow as pa

    array = column.to_arrow()
    if not pa.types.is_large_string(array.type):
        return array
    array = array.cast(pa.string())
    return array.dictionary_encode() if header_name(name) in ROW_NAMES else array


def _by_arrow(block: bytes, shape: Shape, numbers: bool) -> Columns:
    """Return the columns, the inputs' as floats or as texts; ArrowInvalid where something is neither."""
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    raw = [*shape.names, *(f"\0{i}" for i in range(shape.width - len(shape.names)))]
    kept = [name for name in raw if header_name(name) not in RESULTS]
    table = arrow_csv.read_csv(
        pa.BufferReader(block),
        arrow_csv.ReadOptions(column_names=raw, use_threads=False, block_size=max(len(block), 1)),
        arrow_csv.ParseOptions(delimiter=shape.delimiter, newlines_in_values=b'"' in block),
        arrow_csv.ConvertOptions(
            column_types={name: _arrow_type(name, numbers) for name in kept},
            include_columns=kept,
            null_values=[""],
            strings_can_be_null=True,
            decimal_point=shape.decimal,
        ),
    )
    columns = {name: table.column(i).combine_chunks() for i, name in enumerate(kept)}
    if any(columns.pop(name).null_count < table.num_rows for name in kept if name[0] == "\0"):
        raise pa.ArrowInvalid("cells without a header")
    return _without_blanks(columns, table.num_rows)


def _without_blanks(columns: dict[str, Any], count: int) -> Columns:
    """Return the rows that hold anything."""
    blanks = [column.null_count for column in columns.values()]
    if blanks and min(blanks) > 0:
        import pyarrow as pa

        filled = np.flatnonzero(~np.all([column.is_null() for column in columns.values()], axis=0))
        if len(filled) < count:
            index = pa.array(filled)
            return {name: column.take(index) for name, column in columns.items()}, len(filled)
    return columns, count


def _arrow_type(name: str, numbers: bool) -> Any:
    import pyarrow as pa

    folded = header_name(name)
    if folded in ROW_NAMES:
        return pa.dictionary(pa.int32(), pa.string())
    return pa.float64() if numbers and folded in MODEL_INPUTS else pa.string()


def utf8(chunks: Iterator[bytes], name: str) -> Iterator[bytes]:
    """Yield the same text in UTF-8 without a mark at its start."""
    first = next(chunks, b"")
    if first[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        decoder = codecs.getincrementaldecoder("utf-16")()
        try:
            yield decoder.decode(first).encode()
            for chunk in chunks:
                yield decoder.decode(chunk).encode()
            yield decoder.decode(b"", final=True).encode()
        except UnicodeError:
            raise InputError(
                file_fault(name, "not text in UTF-8 or UTF-16", "save it as CSV UTF-8")
            ) from None
        return
    yield first.removeprefix(codecs.BOM_UTF8)
    yield from chunks


def whole_rows(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield stretches that end at the end of a row: a line end with an even number of quotes before it."""
    kept = b""
    for chunk in chunks:
        kept += chunk
        end = kept.rfind(b"\n") + 1
        while end and kept.count(b'"', 0, end) % 2:
            end = kept.rfind(b"\n", 0, end - 1) + 1
        if end:
            yield kept[:end]
            kept = kept[end:]
    if kept.strip():
        yield kept


def record_end(text: bytes) -> int:
    """Return where the first row ends."""
    end = text.find(b"\n") + 1
    while end and text.count(b'"', 0, end) % 2:
        end = text.find(b"\n", end) + 1
    if not end and b"\r" in text:  # line ends of old
        end = text.find(b"\r") + 1
    return end or len(text)
