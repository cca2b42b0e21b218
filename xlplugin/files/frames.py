"""Tables that are in memory: frames of other packages, mappings of columns, lists of rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from xlplugin.files.tables import Table, from_rows, shown_sign
from xlplugin.model.errors import InputError


def is_frame(given: Any) -> bool:
    """Whether it is a frame: pandas, Polars, Arrow, narwhals, or a structured NumPy array."""
    if getattr(getattr(given, "dtype", None), "names", None):
        return True
    marks = ("to_native",), ("collect_schema",), ("to_pydict",), ("to_dict", "columns")
    return any(all(hasattr(given, name) for name in mark) for mark in marks)


def of_frame(frame: Any, decimal: str | None = None) -> Table:
    """Return the table of a frame, whose columns stay as they are."""
    if hasattr(frame, "to_native"):  # narwhals
        frame = frame.to_native()
    if hasattr(frame, "collect") and hasattr(frame, "collect_schema"):  # a lazy Polars frame
        frame = frame.collect()
    if getattr(getattr(frame, "dtype", None), "names", None):  # a structured array
        return of_mapping({name: frame[name] for name in frame.dtype.names}, decimal)
    if any(name is not None for name in getattr(getattr(frame, "index", None), "names", ())):
        kept = [name for name in frame.index.names if name is not None and name not in frame.columns]
        frame = frame.reset_index(level=kept) if kept else frame
    if hasattr(frame, "to_pydict"):  # Arrow
        names, columns = frame.column_names, [frame.column(i) for i in range(frame.num_columns)]
    else:  # pandas, Polars
        names, places = list(frame.columns), range(len(frame.columns))
        columns = [
            _values(frame.iloc[:, i] if hasattr(frame, "iloc") else frame.to_series(i)) for i in places
        ]
    header = from_rows([names], "table", ".").columns
    count = len(columns[0]) if columns else 0
    return Table(dict(zip(header, columns, strict=True)), count, "table", decimal or shown_sign(columns))


def of_mapping(columns: Mapping[str, Any], decimal: str | None = None) -> Table:
    """Return the table of columns by name; a single value stands in every row."""
    single = {
        name for name, column in columns.items() if isinstance(column, str) or not hasattr(column, "__len__")
    }
    lengths = {len(column) for name, column in columns.items() if name not in single} or {1 if columns else 0}
    if len(lengths) > 1:
        raise InputError.wrong("columns", sorted(lengths), "give columns of equal length")
    count = lengths.pop()
    listed = [[column] * count if name in single else column for name, column in columns.items()]
    return from_rows([list(columns), *zip(*listed, strict=True)], "table", decimal)


def of_records(given: Any, decimal: str | None = None) -> Table:
    """Return the table of rows that are mappings of names to values; InputError for anything else."""
    rows = list(given) if isinstance(given, Iterable) else [given]
    for row in rows:
        if not isinstance(row, Mapping):
            fix = "give names, a path, a frame, a mapping of columns or a list of mappings"
            raise InputError.wrong("table", row, fix)
    names = list(dict.fromkeys(name for row in rows for name in row))
    listed: Sequence[Sequence[Any]] = [[row.get(name) for name in names] for row in rows]
    return from_rows([names, *listed], "table", decimal)


def _values(series: Any) -> Any:
    """Return a column of a frame: numbers, truth values and dates as an array, anything else as a list."""
    kind = series.dtype
    if getattr(kind, "kind", "") in tuple("fiub") and type(kind).__module__.startswith("numpy"):
        return series.to_numpy()
    if hasattr(kind, "is_numeric") and kind.is_numeric():  # Polars; blanks become NaN
        blank = series.null_count() or kind.is_decimal()
        return series.cast(float).to_numpy() if blank else series.to_numpy()
    return series.to_list() if hasattr(series, "to_list") else list(series)
