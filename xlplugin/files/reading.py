"""Any table that a person hands over: a path, an open text, a frame, a mapping of columns, rows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from xlplugin.files.csv_text import parse_csv, read_csv
from xlplugin.files.frames import is_frame, of_frame, of_mapping, of_records
from xlplugin.files.spreadsheets import SPREADSHEETS, read_spreadsheet
from xlplugin.files.tables import Table


def read_table(given: Any, *, decimal: str | None = None, sheet: str | None = None) -> Table:
    """Return a table from a path, CSV text stream, frame, mapping of columns or list of mappings.

    Raises InputError for a file that is missing, empty, damaged, without a header, or with two
    headers alike.
    """
    if isinstance(given, Table):
        return given
    if isinstance(given, (str, Path)):
        path = Path(given)
        if path.suffix.casefold() in SPREADSHEETS:
            return read_spreadsheet(path, decimal, sheet)
        return read_csv(path, decimal)
    if isinstance(given, Mapping):
        return of_mapping(given, decimal)
    if is_frame(given):
        return of_frame(given, decimal)
    if hasattr(given, "read"):
        return parse_csv(given.read(), getattr(given, "name", "input"), decimal)
    return of_records(given, decimal)
