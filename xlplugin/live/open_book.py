"""The open workbook as plain values: what a host reads for a script, and where a script finds its cells."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from xlplugin.files.addresses import cell_address, column_number
from xlplugin.model.errors import InputError, suggestion
from xlplugin.model.labels import LANGUAGES
from xlplugin.workbook.builder.texts import language_of

if TYPE_CHECKING:
    from xlplugin.workbook.builder.host_calls import Edition

Rows = Sequence[Sequence[Any]]

#: A workbook that has this name is a template.
MARK = "xlp_companies"

_AREA = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})(?::\$?([A-Z]{1,3})\$?([0-9]{1,7}))?", re.IGNORECASE)


@dataclass(frozen=True)
class Area:
    """A rectangle of a sheet: rows and columns from 1, both ends in it."""

    sheet: str
    top: int
    left: int
    bottom: int
    right: int

    @property
    def address(self) -> str:
        """The area as a formula names it: ``'Own cases'!B4:F9``."""
        ends = dict.fromkeys((cell_address(self.top, self.left), cell_address(self.bottom, self.right)))
        return f"{quoted(self.sheet)}!{':'.join(ends)}"


@dataclass(frozen=True)
class OpenBook:
    """The open workbook as its host gives it.

    ``sheets`` holds the values of each sheet by title, in order, as rows from A1 on (blanks None, errors as
    their text); None for a sheet that was not sent. ``names``: those of the workbook, by sheet and address.
    ``formulas`` is as ``sheets`` with the formulas' text in its cells; None where the host cannot read it.
    ``edition`` is the host that a template with live calls was written for.
    """

    name: str
    sheets: Mapping[str, Rows | None]
    names: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    active: str = ""
    selection: str = "A1"
    formulas: Mapping[str, Rows | None] | None = None
    edition: Edition | None = None

    @property
    def is_template(self) -> bool:
        """Whether it is a template of xlplugin, filled or not."""
        return MARK in self.names

    @property
    def language(self) -> str:
        """The language of a template, by the names of its sheets; English for any other workbook."""
        if not self.is_template:
            return LANGUAGES[0]
        return language_of(self.sheets)

    def rows(self, sheet: str) -> Rows:
        """Return the rows of a sheet; InputError where there is none, or where it was not sent."""
        title = next((one for one in self.sheets if one.casefold() == sheet.casefold()), None)
        if title is None:
            raise InputError.wrong("sheet", sheet, suggestion(sheet, self.sheets))
        held = self.sheets[title]
        if held is None:
            fix = "it was not sent: choose a cell on it, or name it, and run again"
            raise InputError.wrong("sheet", sheet, fix)
        return held

    def area(self, name: str) -> Area:
        """Return the area of a name of the workbook; InputError where it is none, or on a sheet not sent."""
        known = {one.casefold(): one for one in self.names}
        if name.casefold() not in known:
            raise InputError.wrong("name", name, suggestion(name, self.names))
        sheet, address = self.names[known[name.casefold()]]
        if self.sheets.get(sheet) is None:
            where = f"it lies on the sheet {sheet}, which was not sent"
            raise InputError.wrong("name", name, f"{where}: choose a cell on that sheet and run again")
        return _area(sheet, address)

    def value(self, name: str) -> Any:
        """Return the value of a named cell, None where the workbook has no such name."""
        if name not in self.names:
            return None
        place = self.area(name)
        return self.cells(Area(place.sheet, place.top, place.left, place.top, place.left))[0][0]

    def cells(self, area: Area) -> list[list[Any]]:
        """Return the values of an area, blanks beyond what the sheet holds."""
        rows = self.rows(area.sheet)
        return [
            [_held(rows, row, column) for column in range(area.left, area.right + 1)]
            for row in range(area.top, area.bottom + 1)
        ]

    def chosen(self, typed: str) -> Area:
        """Return the area of a table: a name, an address, or (blank) the selected cell.

        A single cell stands for all that lies around it, up to blank rows and columns. InputError where
        there is nothing.
        """
        asked = typed.strip().lstrip("=") or f"{quoted(self.active)}!{self.selection.rpartition('!')[2]}"
        area = self._inside(self._named(asked))
        if (area.top, area.left) == (area.bottom, area.right):
            area = self._around(area)
        if all(value is None for row in self.cells(area) for value in row):
            fix = "choose a cell of a table with a header row, or name one: Sheet1!B4"
            raise InputError.wrong("table", f"no table at {area.address}", fix)
        return area

    def _named(self, asked: str) -> Area:
        if asked.casefold() in {name.casefold() for name in self.names}:
            return self.area(asked)
        sheet, mark, address = asked.rpartition("!")
        if not _AREA.fullmatch(address):
            fix = "give a name of the workbook, or an address such as Sheet1!B4"
            raise InputError.wrong("table", asked, fix)
        title = sheet.strip("'").replace("''", "'") if mark else self.active
        self.rows(title)
        return _area(next(one for one in self.sheets if one.casefold() == title.casefold()), address)

    def _inside(self, area: Area) -> Area:
        """Return what of an area lies within the sheet's cells: whole rows and columns may be named."""
        rows = self.rows(area.sheet)
        bottom = max(area.top, min(area.bottom, len(rows)))
        right = max(area.left, min(area.right, max(map(len, rows), default=1)))
        return Area(area.sheet, area.top, area.left, bottom, right)

    def _around(self, area: Area) -> Area:
        """Return what lies around a cell, as Excel's current region: up to a blank row and column."""
        rows = self.rows(area.sheet)
        top, left, bottom, right = area.top, area.left, area.bottom, area.right
        while True:
            grown = (
                top - any(_held(rows, top - 1, column) is not None for column in range(left - 1, right + 2)),
                left - any(_held(rows, row, left - 1) is not None for row in range(top - 1, bottom + 2)),
                bottom
                + any(_held(rows, bottom + 1, column) is not None for column in range(left - 1, right + 2)),
                right + any(_held(rows, row, right + 1) is not None for row in range(top - 1, bottom + 2)),
            )
            if grown == (top, left, bottom, right):
                return self._filled(Area(area.sheet, top, left, bottom, right))
            top, left, bottom, right = grown

    def _filled(self, area: Area) -> Area:
        """Return an area without blank rows and columns at its edges (the chosen cell may be one)."""
        cells = self.cells(area)
        rows = [i for i, row in enumerate(cells) if any(value is not None for value in row)]
        columns = [k for k in range(len(cells[0])) if any(row[k] is not None for row in cells)]
        if not rows:
            return area
        top, left = area.top + rows[0], area.left + columns[0]
        return Area(area.sheet, top, left, area.top + rows[-1], area.left + columns[-1])


def quoted(sheet: str) -> str:
    """Return a sheet's title as formulas and links write it."""
    doubled = sheet.replace("'", "''")
    return f"'{doubled}'"


def _area(sheet: str, typed: str) -> Area:
    match = _AREA.fullmatch(typed.upper())
    assert match, typed
    rows = sorted((int(match[2]), int(match[4] or match[2])))
    columns = sorted((column_number(match[1]), column_number(match[3] or match[1])))
    return Area(sheet, rows[0], columns[0], rows[1], columns[1])


def _held(rows: Rows, row: int, column: int) -> Any:
    if row < 1 or column < 1 or row > len(rows) or column > len(rows[row - 1]):
        return None
    value = rows[row - 1][column - 1]
    return None if value == "" else value
