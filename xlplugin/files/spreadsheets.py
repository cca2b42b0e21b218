"""Tables of spreadsheet files: one sheet, an error value in place of a blank where a cell holds one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from xlplugin.files.merged_cells import merged_cells
from xlplugin.files.sheet_errors import sheet_errors
from xlplugin.files.tables import Table, from_rows
from xlplugin.model.errors import InputError, suggestion
from xlplugin.model.messages import message

__all__ = ["SPREADSHEETS", "named_below", "read_spreadsheet"]

#: Names of columns of our own tables, two of which every one of them has; and rows that may stand above.
_OURS = frozenset(
    {"company", "fiscal_year", "scenario", "parameter", "basis", "label", "measure", "currency"}
)
_DEEPEST = 5

#: File name endings that python-calamine reads.
SPREADSHEETS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")


def read_spreadsheet(path: Path, decimal: str | None = None, sheet: str | None = None) -> Table:
    """Return the table of a sheet, by default the first; InputError where there is none."""
    import python_calamine

    from xlplugin.files.archives import workbook_faults  # needs NumPy, which a browser may lack

    with workbook_faults(path):
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        if sheet and sheet not in book.sheet_names:
            raise InputError.wrong("sheet", sheet, suggestion(str(sheet), book.sheet_names), row=str(path))
        name, notices = (sheet, ()) if sheet else _first_visible(book)
        read = book.get_sheet_by_name(name)
        rows = _with_errors(path, read)
        places = [place for place, row in enumerate(rows) if any(cell not in ("", None) for cell in row)]
        table = named_below([rows[place] for place in places])
        if table:
            _refuse_merged(path, read, rows, places[-len(table)])
    return replace(from_rows(table, str(path), decimal), notices=notices)


def named_below(rows: list[list[Any]]) -> list[list[Any]]:
    """Return rows from the names for programs on, where these stand below heads for people.

    So are our own tables written: two of their names at least are in that row, none is in the first.
    """
    ours = [sum(cell in _OURS for cell in row if isinstance(cell, str)) for row in rows[:_DEEPEST]]
    if not any(ours[:1]):
        for number, count in enumerate(ours):
            if count > 1:
                return rows[number:]
    return rows


def _refuse_merged(path: Path, sheet: Any, rows: list[list[Any]], header: int) -> None:
    """Raise InputError where cells with a value are merged below the header of a table."""
    top, left = sheet.start
    for merged in merged_cells(path, sheet):
        row, column = merged.top - top, merged.left - left
        within = header < row < len(rows) and 0 <= column < len(rows[row])
        if within and rows[row][column] not in ("", None):
            problem = message("{name}!{place} is merged", name=sheet.name, place=merged.place)
            raise InputError.of_file(str(path), problem, "unmerge these cells and fill in each of them")


def _first_visible(book: Any) -> tuple[str, tuple[str, ...]]:
    """Return the first sheet of cells that a person sees, and a notice where there are more."""
    sheets = [sheet for sheet in book.sheets_metadata if str(sheet.typ).endswith("WorkSheet")]
    visible = [sheet.name for sheet in sheets if str(sheet.visible).endswith(".Visible")]
    names = visible or [sheet.name for sheet in sheets] or book.sheet_names
    if len(names) == 1:
        return names[0], ()
    return names[0], (
        message(
            "read the sheet {names}, the first of {count} (--sheet names another)",
            names=names[0],
            count=len(names),
        ),
    )


def _with_errors(path: Path, sheet: Any) -> list[list[Any]]:
    """Return a sheet's rows with error values where the reader leaves blanks, which count as not given."""
    rows: list[list[Any]] = sheet.to_python(skip_empty_area=True)
    if sheet.start is None:
        return rows
    top, left = sheet.start
    for error in sheet_errors(path, sheet.name):
        if error.text is None:
            problem = message(
                "{name}!{place} holds a formula whose value no program has computed",
                name=sheet.name,
                place=error.place,
            )
            raise InputError.of_file(str(path), problem, "open and save it once in Excel or LibreOffice")
        row, column = error.row - top, error.column - left
        if not (0 <= row < len(rows) and 0 <= column < len(rows[row])):
            problem = message(
                "{name}!{place} holds {text} beside the table",
                name=sheet.name,
                place=error.place,
                text=error.text,
            )
            raise InputError.of_file(str(path), problem, "mend or clear that cell")
        rows[row][column] = error.text
    return rows
