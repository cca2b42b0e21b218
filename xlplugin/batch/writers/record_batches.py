"""Results as Arrow record batches."""

from __future__ import annotations

from typing import Any

import numpy as np

from xlplugin.batch.result import FAULT, Result
from xlplugin.entries.columns import Coded, Numbered


def batch_of(result: Result, *, with_faults: bool, numbers: bool = False) -> Any:
    """Return a result as a record batch; what is not available is null.

    ``numbers`` leaves labels that are the rows' numbers as integers, else they are texts.
    """
    import pyarrow as pa

    arrays = {
        name: pa.array(column.numbers) if numbers and isinstance(column, Numbered) else _array(column, name)
        for name, column in result.columns.items()
    }
    if with_faults:
        arrays[FAULT] = pa.array(result.fault_texts(), pa.string())
    return pa.RecordBatch.from_arrays(list(arrays.values()), list(arrays))


def _array(column: Any, name: str) -> Any:
    import pyarrow as pa

    if isinstance(column, Numbered):
        return pa.array(column.numbers).cast(pa.string())
    if isinstance(column, Coded):
        coded = _coded(column)
        return coded.dictionary_decode() if name == "scenario" else coded  # labels are often each its own
    if isinstance(column, np.ndarray) and column.dtype.kind != "O":
        return pa.array(column, from_pandas=True)
    if isinstance(column, pa.ChunkedArray):
        return column.combine_chunks()
    if isinstance(column, pa.Array):
        return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
    listed = [None if value is None or value != value or value == "" else str(value) for value in column]
    return pa.array(listed, pa.string())


def _coded(column: Coded) -> Any:
    import pyarrow as pa

    known = [value for value in column.values if value is not None]
    codes = column.each()
    if len(known) < len(column.values):
        place = np.cumsum([value is not None for value in column.values], dtype=np.int32) - 1
        blank = np.array([value is None for value in column.values])[codes]
        indices = pa.array(np.where(blank, 0, place[codes]).astype(np.int32), mask=blank)
    else:
        indices = pa.array(codes)
    return pa.DictionaryArray.from_arrays(indices, pa.array(known, pa.string()))
