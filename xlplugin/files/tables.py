"""Small tables from people: CSV text, spreadsheet files, frames and lists of rows, read alike.

Values stay as they came (text from CSV); :mod:`xlplugin.entries.meaning` says later what they mean.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xlplugin.entries import numerals
from xlplugin.entries.meaning import decimal_sign
from xlplugin.files.sheet_errors import sheet_errors
from xlplugin.model.errors import CellError, Fault, InputError, nearest, suggestion

__all__ = [
    "SPREADSHEETS",
    "Table",
    "csv_problem",
    "header_name",
    "parse_csv",
    "read_table",
    "unknown_columns",
]

#: File name endings that python-calamine reads.
SPREADSHEETS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")


@dataclass(frozen=True)
class Table:
    """Columns by name, all of one length. ``source`` is named in messages."""

    columns: Mapping[str, Sequence[Any]]
    count: int
    source: str = ""
    decimal: str = "."

    def rows(self) -> Iterable[dict[str, Any]]:
        """Yield each row as a mapping."""
        for i in range(self.count):
            yield {name: column[i] for name, column in self.columns.items()}


def header_name(text: object) -> str:
    """Return the spelling that names are compared in: ``Cost reduction`` is ``cost_reduction``."""
    return re.sub(r"[\s\-]+", "_", str(text).strip().lstrip("\ufeff").strip()).casefold()


def read_table(source: Any, *, decimal: str | None = None, sheet: str | None = None) -> Table:
    """Return a table from a path, CSV text stream, frame, mapping of columns or list of mappings.

    Raises InputError for a file that is missing, empty, damaged, without a header, or with two
    headers alike.
    """
    if isinstance(source, Table):
        return source
    if isinstance(source, (str, Path)):
        return _read_file(Path(source), decimal, sheet)
    if hasattr(source, "to_native"):  # narwhals
        source = source.to_native()
    if hasattr(source, "collect") and hasattr(source, "collect_schema"):  # a lazy Polars frame
        source = source.collect()
    if getattr(getattr(source, "dtype", None), "names", None):  # a structured array
        source = {name: source[name] for name in source.dtype.names}
    if hasattr(source, "to_pydict"):  # Arrow
        return _of_columns(
            source.column_names, [source.column(i) for i in range(source.num_columns)], decimal
        )
    if hasattr(source, "to_dict") and hasattr(source, "columns"):  # pandas, Polars
        width = range(len(source.columns))
        series = [source.iloc[:, i] if hasattr(source, "iloc") else source.to_series(i) for i in width]
        return _of_columns(list(source.columns), [_values(one) for one in series], decimal)
    if isinstance(source, Mapping):
        return _of_mapping(source, decimal or ".")
    if hasattr(source, "read"):
        return parse_csv(source.read(), getattr(source, "name", "input"), decimal)
    rows = list(source) if isinstance(source, Iterable) else [source]
    for row in rows:
        if not isinstance(row, Mapping):
            fix = "give names, a path, a frame, a mapping of columns or a list of mappings"
            raise InputError(Fault(None, "table", row, "", fix, _WRONG))
    names = list(dict.fromkeys(name for row in rows for name in row))
    return from_rows([names, *[[row.get(name) for name in names] for row in rows]], "table", decimal or ".")


def _of_mapping(columns: Mapping[str, Any], decimal: str) -> Table:
    """Return the table of columns by name; a single value stands in every row."""
    single = {
        name for name, column in columns.items() if isinstance(column, str) or not hasattr(column, "__len__")
    }
    lengths = {len(column) for name, column in columns.items() if name not in single} or {1 if columns else 0}
    if len(lengths) > 1:
        raise InputError(Fault(None, "columns", sorted(lengths), "", "give columns of equal length", _WRONG))
    count = lengths.pop()
    listed = [[one] * count if name in single else one for name, one in columns.items()]
    return from_rows([list(columns), *zip(*listed, strict=True)], "table", decimal)


def _of_columns(names: Sequence[object], columns: Sequence[Any], decimal: str | None) -> Table:
    """Return the table of a frame's columns, which stay as they are."""
    header = list(from_rows([list(names)], "table", ".").columns)
    count = len(columns[0]) if columns else 0
    return Table(dict(zip(header, columns, strict=True)), count, "table", decimal or ".")


def _values(series: Any) -> Any:
    """Return a column of a frame: numbers, truth values and dates as an array, anything else as a list."""
    if getattr(series.dtype, "kind", "") in tuple("fiub") and type(series.dtype).__module__.startswith(
        "numpy"
    ):
        return series.to_numpy()
    if hasattr(series.dtype, "is_numeric") and series.dtype.is_numeric():  # Polars; blanks become NaN
        return (
            series.cast(float).to_numpy()
            if series.null_count() or series.dtype.is_decimal()
            else series.to_numpy()
        )
    return series.to_list() if hasattr(series, "to_list") else list(series)


def parse_csv(text: str, source: str = "", decimal: str | None = None) -> Table:
    """Return the table of a CSV text; delimiter (comma, semicolon, tab) as its header shows."""
    text = text.removeprefix("\ufeff")
    header = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=header.count)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        rows = [row for row in reader if any(row)]
    except csv.Error as error:
        raise InputError(_fault(source, *csv_problem(error, reader.line_num))) from error
    if decimal is None:
        decimal = decimal_sign([cell for row in rows[1:1001] for cell in row], delimiter)
    return from_rows(rows, source, decimal)


def csv_problem(error: csv.Error, line: int) -> tuple[str, str]:
    """Return in words what is wrong with a CSV text at a line, and what to do."""
    if "unexpected end of data" in str(error):
        return "a quote that is opened is never closed", 'write a quote within quoted text as ""'
    return f"line {line}: {error}", "save it as CSV again"


def from_rows(rows: Sequence[Sequence[Any]], source: str, decimal: str) -> Table:
    """Return the table of a header row and data rows; short rows are filled with blanks."""
    if not rows:
        raise InputError(_fault(source, "empty", "give a table with a header row"))
    header = [str("" if name is None else name).strip().lstrip("\ufeff") for name in rows[0]]
    while (
        header
        and not header[-1]
        and all(len(row) < len(header) or row[len(header) - 1] in ("", None) for row in rows)
    ):
        header.pop()
    body = [list(row) for row in rows[1:]]
    faults = [
        Fault(
            i + 1,
            "row",
            f"{len(row)} cells",
            f"{len(header)} cells",
            "quote text that holds the delimiter",
            _WRONG,
        )
        for i, row in enumerate(body)
        if any(cell not in ("", None) for cell in row[len(header) :])
    ]
    faults += [
        _fault(source, f"column {i + 1} has no header", "name it")
        for i, name in enumerate(header)
        if not name
    ]
    if header and all(numerals.read(name, decimal) for name in header):
        faults.append(
            _fault(source, "no header: the first row holds numbers", "name the columns in a first row")
        )
    seen: set[str] = set()
    for name in filter(None, header):
        if header_name(name) in seen:
            faults.append(_fault(source, f"two columns are named {name}", "rename or remove one"))
        seen.add(header_name(name))
    if faults:
        raise InputError(faults)
    columns = {name: [row[i] if i < len(row) else None for row in body] for i, name in enumerate(header)}
    return Table(columns, len(body), source, decimal)


def unknown_columns(names: Iterable[str], known: Sequence[str], source: str) -> list[Fault]:
    """Return a fault for each name that is not known, with the nearest known one."""
    faults = []
    for name in names:
        if header_name(name) not in known:
            near = nearest(header_name(name), known)
            fix = f"did you mean {near}?" if near else f"known columns: {', '.join(known)}"
            faults.append(Fault(source or None, "column", name, "", fix, _WRONG))
    return faults


def _read_file(path: Path, decimal: str | None, sheet: str | None) -> Table:
    if path.is_dir():
        raise InputError(_fault(str(path), "a folder", "name a file"))
    if path.suffix.casefold() in SPREADSHEETS:
        return _read_spreadsheet(path, decimal, sheet)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise InputError(_fault(str(path), "no such file", "check the path")) from None
    except OSError as error:
        raise InputError(
            _fault(str(path), error.strerror or str(error), "check the path and its rights")
        ) from None
    if not data.strip():
        raise InputError(_fault(str(path), "empty", "give a table with a header row"))
    return parse_csv(decoded(data, str(path)), str(path), decimal)


def decoded(data: bytes, source: str) -> str:
    """Return the text of a file in UTF-8 (with or without mark) or UTF-16 with its mark."""
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise InputError(_fault(source, "not text in UTF-8 or UTF-16", "save it as CSV UTF-8")) from None
    if "\0" in text:
        raise InputError(_fault(source, "not a text file", "give a CSV, Excel or Parquet file"))
    return text


def _read_spreadsheet(path: Path, decimal: str | None, sheet: str | None) -> Table:
    import python_calamine

    if not path.exists():
        raise InputError(_fault(str(path), "no such file", "check the path"))
    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        found = book.get_sheet_by_name(sheet) if sheet else book.get_sheet_by_index(0)
        rows = _with_errors(path, found)
    except python_calamine.WorksheetNotFound:
        fix = suggestion(str(sheet), book.sheet_names)
        raise InputError(Fault(str(path), "sheet", sheet, "", fix, _WRONG)) from None
    except (python_calamine.CalamineError, OSError, zipfile.BadZipFile, KeyError) as error:
        raise InputError(_fault(str(path), f"not readable ({error})", "save it in Excel again")) from None
    return from_rows(
        [row for row in rows if any(cell not in ("", None) for cell in row)], str(path), decimal or "."
    )


def _with_errors(path: Path, found: Any) -> list[list[Any]]:
    """Return a sheet's rows with error values where the reader leaves blanks, which count as not given."""
    rows: list[list[Any]] = found.to_python(skip_empty_area=True)
    if path.suffix.casefold() not in (".xlsx", ".xlsm") or found.start is None:
        return rows
    top, left = found.start
    for error in sheet_errors(path, found.name):
        if error.text is None:
            fix = "open it in Excel or LibreOffice and save it there"
            raise InputError(_fault(str(path), f"{error.place} holds a formula without a value", fix))
        rows[error.row - top][error.column - left] = error.text
    return rows


def _fault(source: str, problem: str, fix: str) -> Fault:
    return Fault(source or None, problem, None, "", fix, _WRONG)


_WRONG = CellError.WRONG_TYPE
