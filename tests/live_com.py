"""Live scripts through xlwings' real COM code: a workbook as Excel on Windows would hold it.

Run as a program in a Python of its own: ``python live_com.py TEMPLATE.xlsx OUT.json``. Cells, sheets, names and
charts are kept; every other property or method of Excel is taken without effect.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from com_standins import Dispatched, _Identity, import_xlwings
from open_books import OWN, from_file, of_cells
from openpyxl.utils import column_index_from_string, get_column_letter

CELL = re.compile(r"\$?([A-Z]+)\$?([0-9]+)")


class Thing(Dispatched):
    """Anything of Excel: it has every property and method, and says nothing."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        thing = Thing()
        object.__setattr__(self, name, thing)
        return thing

    def __call__(self, *given: Any, **named: Any) -> Thing:
        return Thing()


class Cells(Thing):
    """A range; Value and Formula are rows, as COM has them, or a single value."""

    def __init__(self, sheet: Sheet, top: int, left: int, bottom: int, right: int) -> None:
        self.__dict__.update(
            Worksheet=sheet, Row=top, Column=left, ends=(bottom, right), _oleobj_=_Identity()
        )
        self.Rows, self.Columns = Thing(), Thing()
        self.Rows.Count, self.Columns.Count = bottom - top + 1, right - left + 1
        self.Count = self.Rows.Count * self.Columns.Count
        self.Address = f"${get_column_letter(left)}${top}"
        self.Left = self.Top = 10.0

    def __call__(self, row: int, column: int) -> Cells:
        place = self.Row + row - 1, self.Column + column - 1
        return Cells(self.Worksheet, *place, *place)

    def GetAddress(self, *given: Any, **named: Any) -> str:
        return self.Address

    def _rows(self, cells: dict[tuple[int, int], Any]) -> Any:
        bottom, right = self.ends
        rows = tuple(
            tuple(cells.get((row, column)) for column in range(self.Column, right + 1))
            for row in range(self.Row, bottom + 1)
        )
        return rows[0][0] if self.Count == 1 else rows

    @property
    def Value(self) -> Any:
        return self._rows(self.Worksheet.cells)

    @Value.setter
    def Value(self, data: Any) -> None:
        rows = data if isinstance(data, (list, tuple)) else [[data]]
        rows = rows if isinstance(rows[0], (list, tuple)) else [rows]
        for i, row in enumerate(rows):
            for k, value in enumerate(row):
                assert not isinstance(value, str) or not value.startswith("=")
                self.Worksheet.cells[self.Row + i, self.Column + k] = value

    @property
    def Formula(self) -> Any:
        shown = self._rows({**self.Worksheet.cells, **self.Worksheet.formulas})
        if self.Count == 1:
            return "" if shown is None else str(shown)
        return tuple(tuple("" if value is None else str(value) for value in row) for row in shown)


class Sheet(Thing):
    def __init__(self, book: Workbook, name: str) -> None:
        self.__dict__.update(Parent=book, Name=name, cells={}, formulas={}, Protected=False)

    @property
    def Index(self) -> int:
        return self.Parent.Worksheets.all.index(self) + 1

    @property
    def UsedRange(self) -> Cells:
        held = {**self.cells, **self.formulas} or {(1, 1): None}
        rows, columns = zip(*held, strict=True)
        return Cells(self, 1, 1, max(rows), max(columns))

    def Cells(self, row: int, column: int) -> Cells:
        return Cells(self, row, column, row, column)

    def Range(self, first: Any, last: Any = None) -> Cells:
        if isinstance(first, str):
            (top, left), *rest = [
                (int(row), column_index_from_string(letters)) for letters, row in CELL.findall(first)
            ]
            return Cells(self, top, left, *(rest[0] if rest else (top, left)))
        return Cells(self, first.Row, first.Column, last.Row, last.Column)

    def Activate(self) -> None:
        self.Parent.ActiveSheet = self

    Select = Activate

    def Delete(self) -> None:
        self.Parent.Worksheets.all.remove(self)

    def ChartObjects(self, *given: Any) -> Any:
        charts = Thing()
        object.__setattr__(charts, "Add", self._chart)
        return charts

    def _chart(self, *given: Any) -> Thing:
        if self.Parent.failing:
            raise RuntimeError("Excel refuses the chart")
        self.Parent.charts += 1
        return Thing()


class Sheets(Thing):
    def __init__(self, book: Workbook) -> None:
        self.__dict__.update(Parent=book, all=[])

    @property
    def Count(self) -> int:
        return len(self.all)

    def __iter__(self) -> Any:
        return iter(list(self.all))

    def __call__(self, place: Any) -> Sheet:
        return self.all[place - 1] if isinstance(place, int) else next(s for s in self.all if s.Name == place)

    def Add(self, Before: Sheet) -> Sheet:
        if self.Parent.locked:
            raise RuntimeError("the workbook's structure is protected")
        made = Sheet(self.Parent, f"Sheet{len(self.all) + 1}")
        self.all.append(made)
        return made


class Names(Thing):
    def __init__(self, areas: dict[str, tuple[str, str]]) -> None:
        names = []
        for name, (sheet, address) in areas.items():
            one = Thing()
            absolute = re.sub(r"([A-Z]+)([0-9]+)", r"$\1$\2", address)
            one.Name, one.RefersTo = name, f"='{sheet}'!{absolute}"
            names.append(one)
        self.__dict__.update(all=names, Count=len(names))

    def __call__(self, place: Any) -> Thing:
        return self.all[place - 1] if isinstance(place, int) else next(n for n in self.all if n.Name == place)


class Workbook(Thing):
    """A workbook: from what a host would read of it."""

    def __init__(self, opened: Any) -> None:
        self.__dict__.update(Name=opened.name, charts=0, failing=False, locked=False, told=[])
        self.Worksheets, self.Names = Sheets(self), Names(dict(opened.names))
        for title, rows in opened.sheets.items():
            sheet = Sheet(self, title)
            sheet.cells.update(_placed(rows or []))
            texts = _placed((opened.formulas or {}).get(title) or [])
            sheet.formulas.update({at: text for at, text in texts.items() if str(text).startswith("=")})
            self.Worksheets.all.append(sheet)
        self.ActiveSheet = self.Worksheets(opened.active)
        self.Application = Thing()
        self.Application.DisplayAlerts, self.Application.Hwnd = True, 1
        self.Application.Selection = self.ActiveSheet.Range(opened.selection)


def _placed(rows: Any) -> dict[tuple[int, int], Any]:
    return {
        (i, k): value for i, row in enumerate(rows, 1) for k, value in enumerate(row, 1) if value is not None
    }


def main(template: Path, out: Path) -> None:
    xlwings = import_xlwings()
    from xlwings import _xlwindows

    from xlplugin.hosts.excel import live
    from xlplugin.live import SCRIPTS
    from xlplugin.model.errors import InputError

    xlwings.main.Book.activate = lambda self, steal_focus=False: None  # no window to bring to the front

    def tried(book: Workbook, name: str) -> dict[str, Any]:
        before = {sheet.Name: dict(sheet.cells) for sheet in book.Worksheets}
        opened = xlwings.Book(impl=_xlwindows.Book(xl=book))
        try:
            title, told = live.written(opened, name), ""
        except (InputError, RuntimeError) as error:
            title, told = "", str(error)
        kept = {sheet.Name: sheet.cells for sheet in book.Worksheets if sheet.Name in before}
        new = [sheet for sheet in book.Worksheets if sheet.Name not in before]
        cells = [[row, column, value] for sheet in new for (row, column), value in sheet.cells.items()]
        return {
            "title": title, "told": told, "kept": kept == before, "new": [sheet.Name for sheet in new],
            "cells": cells, "charts": book.charts,
        }  # fmt: skip

    loaded = from_file(template)
    answers = {}
    filled = Workbook(loaded)
    for name in SCRIPTS:
        answers[name] = tried(filled, name)
    answers["again"] = tried(filled, "compare")
    answers["own"] = tried(Workbook(of_cells(OWN)), "run_scenarios")
    answers["own audit"] = tried(Workbook(of_cells(OWN)), "audit")
    answers["wrong"] = tried(
        Workbook(of_cells([["Company", "cost_reduction"], ["CRM", 30]], "A1")), "run_scenarios"
    )
    failing, locked = Workbook(of_cells(OWN)), Workbook(of_cells(OWN))
    failing.failing = locked.locked = True
    answers["failing"], answers["locked"] = tried(failing, "bridge"), tried(locked, "bridge")
    out.write_text(json.dumps(answers, default=str), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
