"""Writers of results: one class per format, each with what a worker encodes and what is written in order.

``encode`` runs in workers, ``write`` in the order of the blocks, ``finish`` puts the manifest in.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import numpy as np

from xlplugin.batch.arrow import arrow, batch_of
from xlplugin.batch.manifest import MANIFEST_KEY, manifest_path
from xlplugin.batch.readers.csv_blocks import has_arrow, has_polars
from xlplugin.batch.runner import FAULT, Result
from xlplugin.entries.columns import Coded, Numbered
from xlplugin.files.safe_text import guarded, guarded_text
from xlplugin.files.targets import Replacement, write_whole

__all__ = ["CsvWriter", "ParquetWriter", "Writer", "close_and_remove"]

#: Lines of CSV.
Buffer = bytes | memoryview

#: Rows of a row group: enough for readers to work in stretches, few enough for constant memory.
GROUP_ROWS = 131_072
#: Rows that show whether a column repeats itself.
SAMPLE = 1024


class Writer(Protocol):
    """Writes blocks of results to one target."""

    def encode(self, result: Result) -> Any:
        """Return what ``write`` takes; called in workers."""

    def write(self, payload: Any) -> None:
        """Write a block; called in order."""

    def finish(self, manifest: Mapping[str, Any]) -> None:
        """Complete the file."""

    def abandon(self) -> None:
        """Let go of an unfinished file."""


class CsvWriter:
    """CSV in UTF-8 with commas and points, blank where not available; the manifest in FILE.json."""

    def __init__(
        self, path: Path | None, stream: BinaryIO | None = None, *, with_faults: bool = False
    ) -> None:
        self._with_faults = with_faults
        self._target = None if path is None else Replacement(path)
        self._stream: Any = stream if self._target is None else self._target.part.open("wb")
        self._started = False
        self._body: Callable[[Result], Buffer] = self._by_arrow if has_arrow() else self._by_rows

    def encode(self, result: Result) -> tuple[list[str], Buffer]:
        """Return the header and the block's lines as bytes."""
        names = [*result.columns, *([FAULT] if self._with_faults else [])]
        return names, self._body(result) if result.count else b""

    def write(self, payload: tuple[list[str], Buffer]) -> None:
        """Write a block, before the first the header."""
        names, body = payload
        if not self._started:
            self._started = True
            header = io.StringIO()
            csv.writer(header, lineterminator="\n").writerow([guarded_text(name) for name in names])
            self._stream.write(header.getvalue().encode())
        self._stream.write(body)

    def finish(self, manifest: Mapping[str, Any]) -> None:
        """Complete the file and write the manifest beside it."""
        self._stream.flush()
        if self._target is not None:
            size = self._stream.tell()
            self._stream.close()
            text = json.dumps({**manifest, "bytes": size}, indent=1, ensure_ascii=False)
            write_whole(manifest_path(self._target.path), text)
            self._target.take_place()

    def abandon(self) -> None:
        """Remove what was written."""
        if self._target is not None:
            close_and_remove(self._stream, self._target)

    def _by_arrow(self, result: Result) -> Buffer:
        import pyarrow as pa
        from pyarrow import csv as arrow_csv

        batch = batch_of(result, with_faults=self._with_faults, numbers=True)
        columns = [_as_text(pa, guarded(column)) for column in batch.columns]
        batch = pa.RecordBatch.from_arrays(columns, batch.schema.names)
        if has_polars():
            return _by_polars(batch)
        for style in ("none", "needed"):  # Arrow quotes every text, or none and refuses those that need it
            sink = pa.BufferOutputStream()
            try:
                arrow_csv.write_csv(
                    batch, sink, arrow_csv.WriteOptions(include_header=False, quoting_style=style)
                )
                break
            except pa.ArrowInvalid:
                continue
        return memoryview(sink.getvalue())

    def _by_rows(self, result: Result) -> bytes:
        columns = [_plain(column) for column in result.columns.values()]
        if self._with_faults:
            columns.append(_plain(result.fault_texts()))
        text = io.StringIO()
        # every text in quotes: Python leaves a lone carriage return bare, which readers take for a line end
        writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
        writer.writerows(zip(*columns, strict=True))
        return text.getvalue().encode()


class ParquetWriter:
    """Parquet with the manifest in its metadata; null where not available."""

    def __init__(self, path: Path, *, with_faults: bool = False) -> None:
        self._arrow = arrow("writing Parquet")
        self._with_faults = with_faults
        self._target = Replacement(path)
        self._writer: Any = None
        self._waiting: list[Any] = []
        self._rows = 0

    def encode(self, result: Result) -> Any:
        """Return the block as a record batch."""
        return batch_of(result, with_faults=self._with_faults)

    def write(self, payload: Any) -> None:
        """Write a block, together with its neighbours where it is small."""
        if self._writer is None and payload.num_rows:
            self._writer = self._opened(payload)
        self._waiting.append(payload)
        self._rows += payload.num_rows
        if self._rows >= GROUP_ROWS:
            self._flush()

    def finish(self, manifest: Mapping[str, Any]) -> None:
        """Write what waits and the manifest, and give the file its name."""
        if self._writer is None:
            self._writer = self._opened(self._waiting[0])
        if self._waiting:
            self._flush()
        self._writer.add_key_value_metadata({MANIFEST_KEY: json.dumps(manifest, ensure_ascii=False)})
        self._writer.close()
        self._target.take_place()

    def abandon(self) -> None:
        """Remove what was written."""
        close_and_remove(self._writer, self._target)

    def _opened(self, batch: Any) -> Any:
        import pyarrow.parquet as pq

        # figures that hardly repeat: neither a dictionary nor compression pays for them
        repeating = [
            name for name, column in zip(batch.schema.names, batch.columns, strict=True) if _repeats(column)
        ]
        return pq.ParquetWriter(
            self._target.part,
            batch.schema,
            use_dictionary=repeating,
            compression={name: "snappy" if name in repeating else "none" for name in batch.schema.names},
            write_statistics=False,
            store_schema=False,
        )

    def _flush(self) -> None:
        table = self._arrow.Table.from_batches(self._waiting)
        self._writer.write_table(table.unify_dictionaries(), row_group_size=max(GROUP_ROWS, table.num_rows))
        self._waiting, self._rows = [], 0


def _repeats(column: Any) -> bool:
    """Whether few different values stand at the start of a column."""
    import pyarrow as pa

    start = column.slice(0, SAMPLE)
    return bool(pa.types.is_dictionary(column.type) or len(start.unique()) <= len(start) // 8)


def _by_polars(batch: Any) -> memoryview:
    """Return a batch as CSV lines: Polars writes figures in less than half of Arrow's time."""
    import polars

    text = io.BytesIO()
    polars.from_arrow(batch).write_csv(text, include_header=False)  # type: ignore[union-attr]
    return text.getbuffer()


def close_and_remove(file: Any, target: Replacement) -> None:
    """Let go of an unfinished file."""
    try:
        if file is not None:
            file.close()
    except OSError:  # a full disk says so again when what is buffered is let go
        pass
    finally:
        target.remove()


def _as_text(pa: Any, array: Any) -> Any:
    """Return a column that the CSV writer can write: dictionaries and nested values as texts."""
    if pa.types.is_dictionary(array.type):
        return array.dictionary_decode()
    if pa.types.is_nested(array.type) or pa.types.is_binary(array.type):
        return pa.array([None if value is None else str(value) for value in array.to_pylist()], pa.string())
    return array


def _plain(column: Any) -> list[Any]:
    """Return a column as the cells of a CSV."""
    if isinstance(column, (Coded, Numbered)):
        column = column.objects()
    elif hasattr(column, "to_pylist"):
        column = column.to_pylist()
    if isinstance(column, np.ndarray) and column.dtype.kind == "b":
        return ["true" if value else "false" for value in column.tolist()]
    listed = column.tolist() if isinstance(column, np.ndarray) else list(column)
    return ["" if value is None or value != value else guarded_text(value) for value in listed]
