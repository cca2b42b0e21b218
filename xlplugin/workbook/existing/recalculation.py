"""A file's formulas computed by IronCalc, from a plain copy of its cells.

The copy holds values and formulas alone: shapes, comments and whatever else IronCalc stumbles over stay out
of it, and so do formulas that it cannot compute, which are named with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from xml.sax.saxutils import escape, quoteattr

import ironcalc

from xlplugin.files.archives import is_failure
from xlplugin.workbook.builder.blocks import letter
from xlplugin.workbook.builder.cells import ErrorText, Value
from xlplugin.workbook.engine import loaded, value_at
from xlplugin.workbook.existing.cells import Cell, Place, Sheet, placed, value_of
from xlplugin.workbook.existing.formulas import read
from xlplugin.workbook.existing.parts import Parts

__all__ = ["Outcome", "Recalculation"]

#: Errors that no spreadsheet program has: IronCalc's own words for what it cannot do.
_UNABLE = {"#ERROR!": "how it is written", "#N/IMPL!": "a part that is not built", "#CIRC!": "a circle",
           "#SPILL!": "no room to spill", "#CALC!": "an array in an array"}  # fmt: skip
#: Where IronCalc takes one cell of a range, Excel may take all of it.
_ONE_OF_MANY, _TEXT = re.compile(r"@(?!\w+(?:\.\w+)*\()"), re.compile(r'"[^"]*"')

Where = tuple[str, Place]


@dataclass
class Outcome:
    """The value of every formula, and what cannot be computed with the reason."""

    values: dict[Where, Value] = field(default_factory=dict)
    unable: dict[Where, str] = field(default_factory=dict)


class Recalculation:
    """A workbook's cells in IronCalc: entries can be typed into them, and formulas then give their values.

    ``formulas`` holds the text of every formula, without names; "" where it is beyond IronCalc. ``members``
    holds, by the cell of a formula that shows an array, the other cells that show it.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts, self._unable = parts, _of_settings(parts)
        copy = {title: dict(self._held(title, sheet)) for title, sheet in parts.cells.items()}
        try:
            self._model = loaded(copy)
        except BaseException as error:
            if not is_failure(error):
                raise
            self._model = None
            self._unable |= dict.fromkeys(_formula_cells(parts), "the file as a whole")
        self._numbers = {title: number for number, title in enumerate(parts.cells)}
        self.members = {(title, place): _members(place, cell) for title, place, cell in _arrays(parts)}
        self.formulas = {where: self._formula(where) for where in _formula_cells(parts)}

    @property
    def leads(self) -> dict[Where, str]:
        """Every formula by its place, and for a cell that shows part of an array the cell of its formula."""
        return self.formulas | {
            (title, member): f"={letter(place[1])}{place[0]}"
            for (title, place), members in self.members.items()
            for member in members
        }

    def type(self, entries: Mapping[Where, Value]) -> None:
        """Put entries into their cells, None for a blank, and compute what follows."""
        for where in entries:
            self.formulas.pop(where, None)
        if self._model is None:
            return
        for (title, place), value in entries.items():
            cell = self._numbers[title], *place
            if value is None:
                self._model.clear_cell_contents(*cell)
            elif isinstance(value, str):
                self._model.update_cell_with_text(*cell, value)
            else:
                self._model.update_cell_with_number(*cell, float(value))
        self._model.evaluate()

    def outcome(self) -> Outcome:
        """Return what the formulas give now."""
        outcome = Outcome(
            unable={where: why for where, why in self._unable.items() if where in self.formulas}
        )
        if self._model is None:
            return outcome
        for where, formula in self.formulas.items():
            if formula:
                self._take(where, formula, outcome)
                self._take_array(where, outcome)
        return outcome

    # --- the copy ---

    def _held(self, title: str, sheet: Sheet) -> Iterator[tuple[Place, tuple[str, Value]]]:
        """Yield the cells of a sheet for the copy; formulas beyond IronCalc stand in it as their values."""
        for place, cell in sheet.cells.items():
            value = value_of(cell, self._parts.texts)
            formula = "" if cell.formula is None else self._readable(title, place, cell)
            if formula or value is not None:
                yield place, (formula, value)

    def _readable(self, title: str, place: Place, cell: Cell) -> str:
        """Return a formula's XML, "" where it is beyond IronCalc."""
        kind = cell.of_formula.get("t", "")
        reading = read(cell.formula or "", title, self._parts.names)
        unknown = sorted(name for name in reading.functions if not _is_known(name))
        problem = reading.problem or ("a data table" if kind == "dataTable" else "")
        if unknown or problem:
            self._unable[title, place] = ", ".join(_bare(name) for name in unknown) or problem
            return ""
        held = {name: cell.of_formula[name] for name in ("t", "ref", "si") if name in cell.of_formula}
        attributes = "".join(f" {name}={quoteattr(value)}" for name, value in held.items())
        return f"<f{attributes}>{escape(reading.text)}</f>"

    def _formula(self, where: Where) -> str:
        """Return a formula as IronCalc has it, each of shared ones with its own places."""
        if self._model is None:
            return ""
        return self._model.get_cell_formula(self._numbers[where[0]], *where[1]) or ""

    # --- what it gives ---

    def _take(self, where: Where, formula: str, outcome: Outcome) -> None:
        value = self._value(where)
        if isinstance(value, ErrorText) and value in _UNABLE:
            outcome.unable.setdefault(where, _UNABLE[value])
        elif "@" in formula and _ONE_OF_MANY.search(_TEXT.sub("", formula)):
            outcome.unable.setdefault(where, "one cell of a range")
        outcome.values[where] = "" if value is None else value

    def _take_array(self, where: Where, outcome: Outcome) -> None:
        """Take what an array's formula shows in other cells, where it shows it in the same ones."""
        title, place = where
        cells, members = self._parts.cells[title].cells, self.members.get(where, [])
        if not members or where in outcome.unable:
            return
        bottom, right = max(row for row, _ in members), max(column for _, column in members)
        beyond = [(bottom + 1, place[1]), (place[0], right + 1)]
        shown = {member: self._value((title, member)) for member in members}
        if (
            any(value is None or member not in cells for member, value in shown.items())
            or any(cells[member].formula is not None for member in members)
            or any(edge not in cells and self._value((title, edge)) is not None for edge in beyond)
        ):
            outcome.unable[where] = "an array of another size"
        else:
            outcome.values |= {(title, member): value for member, value in shown.items()}

    def _value(self, where: Where) -> Value:
        return value_at(self._model, self._numbers[where[0]], *where[1])


def _formula_cells(parts: Parts) -> Iterator[Where]:
    for title, sheet in parts.cells.items():
        yield from ((title, place) for place, cell in sheet.cells.items() if cell.formula is not None)


def _arrays(parts: Parts) -> Iterator[tuple[str, Place, Cell]]:
    for title, sheet in parts.cells.items():
        for place, cell in sheet.cells.items():
            if cell.of_formula.get("t") in ("array", "dataTable") and ":" in cell.of_formula.get("ref", ""):
                yield title, place, cell


def _members(place: Place, cell: Cell) -> list[Place]:
    """Return the cells beside its own in which a formula shows an array."""
    (top, left), (bottom, right) = (placed(corner) for corner in cell.of_formula["ref"].split(":"))
    cells = [(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)]
    return [one for one in cells if one != place]


def _of_settings(parts: Parts) -> dict[Where, str]:
    """Return every formula with its reason where the workbook's own settings ask for other arithmetic."""
    calculation, reason = parts.settings("calcPr"), ""
    if parts.settings("workbookPr").get("date1904") in ("1", "true"):
        reason = "dates counted from 1904"
    elif calculation.get("fullPrecision") in ("0", "false"):
        reason = "precision as displayed"
    elif calculation.get("iterate") in ("1", "true"):
        reason = "iteration"
    return dict.fromkeys(_formula_cells(parts), reason) if reason else {}


def _bare(function: str) -> str:
    """Return a function's name as people know it."""
    for prefix in ("_XLFN.", "_XLWS.", "_XLDUDF_"):
        function = function.removeprefix(prefix)
    return function


@cache
def _is_known(function: str) -> bool:
    """Whether IronCalc computes a function: it writes those that it does not know in small letters."""
    model = ironcalc.create("functions", "en", "UTC", "en")
    model.set_user_input(0, 1, 1, f"={function}(1)")
    written: str = model.get_cell_content(0, 1, 1)
    return written == written.upper()
