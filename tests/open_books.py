"""Open workbooks for the tests of live scripts: from a file, or from cells as somebody typed them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl

from xlplugin.live import OpenBook
from xlplugin.workbook.existing.cells import value_of
from xlplugin.workbook.existing.parts import Parts

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
    book, parts = openpyxl.load_workbook(path, read_only=True), Parts(path)
    areas = {name: next(iter(one.destinations)) for name, one in book.defined_names.items()}
    names = {name: (sheet, area.replace("$", "")) for name, (sheet, area) in areas.items()}
    shown = {
        title: {
            place: None if (value := value_of(cell, parts.texts)) == "" else value
            for place, cell in sheet.cells.items()
        }
        for title, sheet in parts.cells.items()
    }
    held = {
        title: shown[title]
        | {place: f"={cell.formula}" for place, cell in sheet.cells.items() if cell.formula is not None}
        for title, sheet in parts.cells.items()
    }
    values, texts = ({title: grid(cells) for title, cells in one.items()} for one in (shown, held))
    return OpenBook(path.name, values, names, book.active.title, "A1", texts if formulas else None)


def grid(cells: Mapping[tuple[int, int], Any]) -> Cells:
    """Return the rows of a sheet from A1 on, all as long as the longest."""
    height, width = (max(ends) + 1 for ends in zip(*cells, strict=True))
    return [[cells.get((row, column)) for column in range(1, width)] for row in range(1, height)]


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
