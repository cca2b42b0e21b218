"""Results as CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from xlplugin.batch.manifest import manifest_path
from xlplugin.batch.result import FAULT, Result
from xlplugin.batch.writers.record_batches import batch_of
from xlplugin.entries.columns import as_list, has_arrow
from xlplugin.files.safe_text import guarded, guarded_text
from xlplugin.files.targets import Replacement, write_whole

#: Rows of CSV.
Buffer = bytes | memoryview


class CsvWriter:
    """CSV in UTF-8 with commas and points, blank where not available; the manifest in FILE.json.

    ``arrow`` says whether PyArrow writes the figures; by default it does where it is installed.
    """

    def __init__(
        self,
        path: Path | None,
        stream: BinaryIO | None = None,
        *,
        with_faults: bool = False,
        arrow: bool | None = None,
    ) -> None:
        self._with_faults = with_faults
        self._target = None if path is None else Replacement(path)
        self._stream: Any = stream if self._target is None else self._target.part.open("wb")
        self._started = False
        self._body = _by_arrow if (has_arrow() if arrow is None else arrow) else _by_rows

    def encode(self, result: Result) -> tuple[list[str], Buffer]:
        """Return the header and the block's lines as bytes."""
        names = [*result.columns, *([FAULT] if self._with_faults else [])]
        return names, self._body(result, self._with_faults) if result.count else b""

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
            self._target.abandon(self._stream)


def _by_arrow(result: Result, with_faults: bool) -> Buffer:
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    batch = batch_of(result, with_faults=with_faults, numbers=True)
    batch = pa.RecordBatch.from_arrays([_as_text(guarded(c)) for c in batch.columns], batch.schema.names)
    for style in ("none", "needed"):  # Arrow quotes every text, or none and refuses those that need it
        sink = pa.BufferOutputStream()
        try:
            options = arrow_csv.WriteOptions(
                include_header=False, quoting_style=style, batch_size=batch.num_rows
            )
            arrow_csv.write_csv(batch, sink, options)
            break
        except pa.ArrowInvalid:
            continue
    return memoryview(sink.getvalue())


def _by_rows(result: Result, with_faults: bool) -> Buffer:
    columns = [_plain(column) for column in result.columns.values()]
    if with_faults:
        columns.append(_plain(result.fault_texts()))
    text = io.StringIO()
    # every text in quotes: Python leaves a lone carriage return bare, which readers take for a line end
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    writer.writerows(zip(*columns, strict=True))
    return text.getvalue().encode()


def _as_text(array: Any) -> Any:
    """Return a column that Arrow's CSV writer can write: dictionaries and nested values as texts."""
    import pyarrow as pa

    if pa.types.is_dictionary(array.type):
        return array.dictionary_decode()
    if pa.types.is_nested(array.type) or pa.types.is_binary(array.type):
        return pa.array([None if value is None else str(value) for value in array.to_pylist()], pa.string())
    return array


def _plain(column: Any) -> list[Any]:
    """Return a column as the cells of a CSV."""
    if isinstance(column, np.ndarray) and column.dtype.kind == "b":
        return ["true" if value else "false" for value in column.tolist()]
    return ["" if value is None or value != value else guarded_text(value) for value in as_list(column)]
