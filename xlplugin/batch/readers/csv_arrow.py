"""Blocks of CSV rows that PyArrow reads as they stand: plain numbers, and texts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from xlplugin.batch.headers import RESULTS, ROW_NAMES
from xlplugin.batch.readers.csv_blocks import Block
from xlplugin.entries.columns import has_arrow
from xlplugin.entries.meaning import is_amount
from xlplugin.files.tables import header_name
from xlplugin.model.plan import MODEL_INPUTS

#: Columns by name, as Arrow arrays, and the number of rows.
Columns = tuple[dict[str, Any], int]


class Shape(NamedTuple):
    """What the rows look like: names of columns, cells of the header, delimiter, decimal sign."""

    names: Sequence[str]
    width: int
    delimiter: str
    decimal: str | None


def plainly(block: Block, shape: Shape) -> Columns | None:
    """Return a block's columns, without blank rows; None where it must be read row by row.

    Numbers that are no floats as they stand are columns of texts.
    """
    if not block.regular or not has_arrow():
        return None
    import pyarrow as pa

    for numbers in (True, False):
        try:
            return _columns(block, shape, numbers)
        except pa.ArrowInvalid:
            continue
    return None


def _columns(block: Block, shape: Shape, numbers: bool) -> Columns:
    """Return the columns, the inputs' as floats or as texts; ArrowInvalid where something is neither."""
    import pyarrow as pa
    from pyarrow import csv

    raw = [*shape.names, *(f"\0{i}" for i in range(shape.width - len(shape.names)))]
    kept = [name for name in raw if header_name(name) not in RESULTS]
    table = csv.read_csv(
        pa.BufferReader(block.text),
        csv.ReadOptions(column_names=raw, use_threads=False, block_size=max(len(block), 1)),
        csv.ParseOptions(
            delimiter=shape.delimiter,
            quote_char='"' if block.quoted else False,
            newlines_in_values=block.quoted,
        ),
        csv.ConvertOptions(
            column_types={name: _type(name, numbers, shape.decimal) for name in kept},
            include_columns=kept,
            null_values=[""],
            strings_can_be_null=True,
            decimal_point=shape.decimal or ".",
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


def _type(name: str, numbers: bool, decimal: str | None) -> Any:
    import pyarrow as pa

    folded = header_name(name)
    if folded in ROW_NAMES:
        return pa.dictionary(pa.int32(), pa.string())
    numbers = numbers and folded in MODEL_INPUTS and not (decimal is None and is_amount(folded))
    return pa.float64() if numbers else pa.string()
