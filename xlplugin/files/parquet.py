"""Parquet files opened: what they say of themselves is looked at first, and faults name the file."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from xlplugin.files.limits import MOST_COLUMNS, ordinary
from xlplugin.model.errors import InputError
from xlplugin.model.messages import message

#: Bytes of a column in a row group, and of one text on average: above, blocks of rows do not fit into memory.
MOST_GROUP, MOST_MEAN = 256 << 20, 32_767
#: Bytes of a column that may hold a text that is repeated, and of such a text.
LOOKED_INTO, MOST_REPEATED = 8 << 20, 1 << 20


@contextlib.contextmanager
def parquet_faults(name: object) -> Iterator[None]:
    """Turn whatever Arrow says of a file into a fault that names it."""
    import pyarrow as pa

    try:
        yield
    except (OSError, pa.ArrowException, ValueError, TypeError, KeyError, MemoryError, OverflowError) as error:
        if isinstance(error, InputError):
            raise
        said = " ".join(str(error).split())[:80] or type(error).__name__
        raise InputError.of_file(
            name, message("not a readable Parquet file ({said})", said=said), "write it again"
        ) from None


def open_parquet(given: Any, name: object) -> Any:
    """Return a Parquet file, by path or bytes; InputError where it is none, or asks for too much memory."""
    import pyarrow.parquet as pq

    if isinstance(given, Path):
        ordinary(given)
    with parquet_faults(name):
        file = pq.ParquetFile(given)
        metadata = file.metadata
        if metadata.num_columns > MOST_COLUMNS:
            counts = {"count": metadata.num_columns, "most": MOST_COLUMNS}
            raise _refused(name, message("{count:,} columns (allowed: {most:,})", **counts))
        kinds = [file.schema.column(i).physical_type for i in range(metadata.num_columns)]
        texts = [i for i, kind in enumerate(kinds) if kind == "BYTE_ARRAY"]
        for group in range(metadata.num_row_groups):
            rows = metadata.row_group(group)
            for place in texts:
                _check_texts(name, given, group, rows.column(place), max(rows.num_rows, 1))
        return file


def _check_texts(name: object, given: Any, group: int, column: Any, rows: int) -> None:
    size = column.total_uncompressed_size
    if size > MOST_GROUP:
        raise _refused(name, f"more than {MOST_GROUP >> 20} MB in one row group of {column.path_in_schema}")
    if size > LOOKED_INTO and size / rows > MOST_MEAN:
        raise _refused(name, f"texts of {size // rows:,} characters in {column.path_in_schema}")
    if size > LOOKED_INTO and column.has_dictionary_page:
        _check_repeated(name, given, group, column.path_in_schema)


def _check_repeated(name: object, given: Any, group: int, column: str) -> None:
    """Look at the texts that rows share: each row gets a copy."""
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    file = pq.ParquetFile(given, read_dictionary=[column])
    for chunk in file.read_row_group(group, columns=[column]).column(0).chunks:
        texts = getattr(chunk, "dictionary", chunk)
        if (pc.max(pc.binary_length(texts)).as_py() or 0) > MOST_REPEATED:
            problem = message("a text of more than a million characters in {column}", column=column)
            raise _refused(name, problem)


def _refused(name: object, problem: str) -> InputError:
    return InputError.of_file(name, problem, "leave it out, or write smaller row groups")
