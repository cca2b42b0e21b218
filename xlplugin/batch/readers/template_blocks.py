"""The named blocks of a filled template: found, checked, and their values with the cell of each."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from xlplugin.files.archives import DAMAGED, MOST_OBJECTS, workbook_faults
from xlplugin.files.sheet_errors import never_computed
from xlplugin.model.errors import InputError
from xlplugin.model.messages import message
from xlplugin.workbook.builder.cells import as_shown
from xlplugin.workbook.builder.texts import language_of

__all__ = ["Blocks", "OpenBlocks", "Typed", "is_template"]

#: A workbook that defines this name is a template.
MARK = "xlp_companies"

#: Formulas of which one shows a value as soon as any program has calculated the workbook.
CALCULATED = ("xlp_check_failed", "xlp_company_names")

#: Names of cells that people type into, and of data that the template stands on.
_READ = ("xlp_in_", "xlp_companies", "xlp_scenarios", "xlp_blank_", "xlp_base_", "xlp_figures_")

#: A cell and what stands in it.
Typed = tuple[str, Any]


def is_template(path: Path) -> bool:
    """Whether a file is a template workbook, filled or not.

    Raises InputError for a template that was saved as another kind of file than .xlsx or .xlsm.
    """
    ending = path.suffix.casefold()
    part, mark = {
        ".ods": ("content.xml", f'"{MARK}"'.encode()),
        ".xlsb": ("xl/workbook.bin", MARK.encode("utf-16-le")),
    }.get(ending, ("xl/workbook.xml", f'"{MARK}"'.encode()))
    try:
        if ending == ".xls":
            found = MARK.encode() in path.read_bytes()
        else:
            with zipfile.ZipFile(path) as parts:
                found = mark in parts.read(part)
    except (OSError, *DAMAGED):
        return False
    if found and ending not in (".xlsx", ".xlsm"):
        raise InputError.of_file(
            path, message("a template in a file {ending}", ending=ending), "save it as .xlsx"
        )
    return found


class Blocks:
    """Values of the blocks that a template names ``xlp_...``.

    Raises InputError where the file cannot be read, or where a block that is asked for is missing.
    """

    def __init__(self, path: Path) -> None:
        import openpyxl

        self._path = path
        with workbook_faults(path, MOST_OBJECTS):
            book = openpyxl.load_workbook(path, data_only=True, read_only=True, keep_links=False)
            self._areas = {
                name: list(defined.destinations)
                for name, defined in book.defined_names.items()
                if name.startswith("xlp_")
            }
            for sheet in book.worksheets:
                sheet.reset_dimensions()  # a file may say less than it holds
            sheets = {sheet for areas in self._areas.values() for sheet, _ in areas} & set(book.sheetnames)
            self._grids = {sheet: list(book[sheet].iter_rows(values_only=True)) for sheet in sheets}
            book.close()
        self._check_calculated()
        with workbook_faults(path):
            self._check_typed()

    def _check_calculated(self) -> None:
        names = [name for name in CALCULATED if name in self]
        if names and not any(value is not None for name in names for _, value in self.column(name)):
            raise self._fault(
                "its formulas hold no values, and the data that it was written with are among them "
                "(openpyxl saves so)",
                "open it once in Excel or LibreOffice and save it there, or: xlplugin recalc FILE -o OUT",
            )

    def _check_typed(self) -> None:
        """Raise InputError where a formula that somebody typed holds no value: it would count as blank."""
        whole = (
            name for name, areas in self._areas.items() if len(areas) == 1 and areas[0][0] in self._grids
        )
        typed = [self.place(name) for name in whole if name.startswith(_READ)]
        for sheet in dict.fromkeys(place[0] for place in typed):
            for cell in never_computed(self._path, sheet):
                row, column = cell.row + 1, cell.column + 1
                within = (
                    top <= row <= bottom and left <= column <= right
                    for name, top, bottom, left, right in typed
                    if name == sheet
                )
                if any(within):
                    problem = message(
                        "{name}!{place} holds a formula whose value no program has computed",
                        name=sheet,
                        place=cell.place,
                    )
                    raise self._fault(problem, "open and save it once in Excel or LibreOffice")

    def type(self, sheet: str, row: int, column: int, value: Any) -> None:
        """Let a cell hold a value from now on; the file stays as it is."""
        grid = self._grids[sheet]
        grid += [()] * (row - len(grid))
        held = [*grid[row - 1], *[None] * (column - len(grid[row - 1]))]
        held[column - 1] = value
        grid[row - 1] = held

    def _fault(self, problem: str, fix: str) -> InputError:
        return InputError.of_file(self._path, problem, fix)

    def __contains__(self, name: str) -> bool:
        return name in self._areas

    @property
    def language(self) -> str:
        """The language that the sheets with blocks are named in."""
        return language_of(sheet for places in self._areas.values() for sheet, _ in places)

    def rows(self, name: str) -> list[list[Typed]]:
        """Return the rows of a block as (cell, value)."""
        from openpyxl.utils import get_column_letter

        sheet, top, bottom, left, right = self.place(name)
        grid = self._grids[sheet]
        letters = {column: get_column_letter(column) for column in range(left, right + 1)}

        def value(row: int, column: int) -> Any:
            held = grid[row - 1][column - 1] if row <= len(grid) and column <= len(grid[row - 1]) else None
            return as_shown(held) if isinstance(held, str) else held

        def cells(row: int) -> list[Typed]:
            return [(f"{sheet}!{letter}{row}", value(row, column)) for column, letter in letters.items()]

        return [cells(row) for row in range(top, bottom + 1)]

    def place(self, name: str) -> tuple[str, int, int, int, int]:
        """Return where a block lies: its sheet, first and last row, first and last column."""
        from openpyxl.utils import range_boundaries

        areas = self._areas.get(name, ())
        if len(areas) != 1 or areas[0][0] not in self._grids:
            fix = "start from a new template (xlplugin template OUT.xlsx)"
            raise self._fault(message("the name {name} is missing", name=name), fix)
        sheet, reference = areas[0]
        left, top, right, bottom = range_boundaries(reference)
        return sheet, top, bottom, left, right

    def labels(self, name: str) -> list[Any]:
        """Return what stands in column B beside a block: the names that people read its rows by."""
        sheet, top, bottom, _, _ = self.place(name)
        rows = self._grids[sheet][top - 1 : bottom]
        labels = (row[1] if len(row) > 1 else None for row in rows)
        return [as_shown(label) if isinstance(label, str) else label for label in labels]

    def named(self, *prefixes: str) -> list[str]:
        """Return the names of blocks that begin so."""
        return [name for name in self._areas if name.startswith(prefixes)]

    def column(self, name: str) -> list[Typed]:
        """Return a block of one column."""
        return [row[0] for row in self.rows(name)]

    def row(self, name: str) -> list[Typed]:
        """Return a block of one row."""
        return self.rows(name)[0]

    def columns(self, prefix: str, names: tuple[str, ...]) -> dict[str, list[Typed]]:
        """Return blocks of one column each, ``<prefix><name>``, by name."""
        return {name: self.column(f"{prefix}{name}") for name in names}


class OpenBlocks(Blocks):
    """The blocks of a workbook that is open elsewhere: ``areas`` by name, the rows of each sheet from A1 on.

    A sheet that was not sent is None; InputError where a block on it is asked for.
    """

    def __init__(
        self, title: str, areas: Mapping[str, tuple[str, str]], grids: Mapping[str, Sequence[Any] | None]
    ) -> None:
        self._path = Path(title)
        self._areas = {name: [area] for name, area in areas.items() if name.startswith("xlp_")}
        self._grids = {sheet: list(rows) for sheet, rows in grids.items() if rows is not None}
        self._check_calculated()
