"""Open workbooks for the tests of live scripts: from a file, or from cells as somebody typed them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl

from xlplugin.live import OpenBook

Cells = list[list[Any]]

#: Somebody's own table: a title above, a header in words, cases that differ.
OWN: Cells = [
    ["Cases of our desk", None, None, None, None],
    [None, None, None, None, None],
    [None, "Company", "Cost reduction", "pass_through", "Remark"],
    [None, "CRM", 0.3, None, "base"],
    [None, "ServiceNow", "50%", 0.4, "=1+1"],
    [None, "Meta Platforms", 0.2, None, "@home"],
]


def from_file(path: Path, *, formulas: bool = True) -> OpenBook:
    """Return a workbook as a host that reads formulas sees it."""
    shown = openpyxl.load_workbook(path, data_only=True)
    held = openpyxl.load_workbook(path)
    areas = {name: next(iter(one.destinations)) for name, one in shown.defined_names.items()}
    names = {name: (sheet, area.replace("$", "")) for name, (sheet, area) in areas.items()}
    values = {sheet.title: grid(sheet) for sheet in shown}
    texts = {sheet.title: grid(sheet) for sheet in held} if formulas else None
    return OpenBook(path.name, values, names, shown.active.title, "A1", texts)


def grid(sheet: Any) -> Cells:
    return [[getattr(cell.value, "text", cell.value) for cell in row] for row in sheet.iter_rows()]


def copied(book: OpenBook) -> OpenBook:
    """Return a workbook whose cells may be typed into without changing the other's."""

    def copies(sheets: Mapping[str, Any]) -> dict[str, Any]:
        return {title: rows and [list(row) for row in rows] for title, rows in sheets.items()}

    return replace(book, sheets=copies(book.sheets), formulas=book.formulas and copies(book.formulas))


def of_cells(
    cells: Sequence[Sequence[Any]] | None = None,
    selection: str = "C4",
    names: Mapping[str, tuple[str, str]] | None = None,
) -> OpenBook:
    """Return a workbook with one sheet of somebody's own and one that was not sent."""
    sheets = {"Own cases": [list(row) for row in cells or OWN], "Elsewhere": None}
    return OpenBook("desk.xlsx", sheets, names or {}, "Own cases", selection)


def typed(book: OpenBook, name: str, value: Any, row: int = 0, column: int = 0) -> OpenBook:
    """Type a value into a place of a named block, in values and formulas, and return the workbook."""
    area = book.area(name)
    for grids in (book.sheets, book.formulas or {}):
        rows = grids.get(area.sheet)
        if rows is not None:
            rows[area.top + row - 1][area.left + column - 1] = value  # type: ignore[index]
    return book
