"""Tables of spreadsheet files: one sheet, an error value in place of a blank where a cell holds one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from xlplugin.files.sheet_errors import sheet_errors
from xlplugin.files.tables import Table, from_rows, table_fault
from xlplugin.model.errors import CellError, Fault, InputError, suggestion

__all__ = ["SPREADSHEETS", "read_spreadsheet"]

#: File name endings that python-calamine reads.
SPREADSHEETS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")


def read_spreadsheet(path: Path, decimal: str | None = None, sheet: str | None = None) -> Table:
    """Return the table of a sheet, by default the first; InputError where there is none."""
    import python_calamine

    from xlplugin.files.archives import workbook_faults  # needs NumPy, which a browser may lack

    with workbook_faults(path):
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        if sheet and sheet not in book.sheet_names:
            fix = suggestion(str(sheet), book.sheet_names)
            raise InputError(Fault(str(path), "sheet", sheet, "", fix, CellError.WRONG_TYPE))
        rows = _with_errors(path, book.get_sheet_by_name(sheet) if sheet else book.get_sheet_by_index(0))
    filled = [row for row in rows if any(cell not in ("", None) for cell in row)]
    return from_rows(filled, str(path), decimal)


def _with_errors(path: Path, sheet: Any) -> list[list[Any]]:
    """Return a sheet's rows with error values where the reader leaves blanks, which count as not given."""
    rows: list[list[Any]] = sheet.to_python(skip_empty_area=True)
    if path.suffix.casefold() not in (".xlsx", ".xlsm") or sheet.start is None:
        return rows
    top, left = sheet.start
    for error in sheet_errors(path, sheet.name):
        if error.text is None:
            fix = "open it in Excel or LibreOffice and save it there"
            raise InputError(table_fault(str(path), f"{error.place} holds a formula without a value", fix))
        rows[error.row - top][error.column - left] = error.text
    return rows
