"""Entries of a template as people name them, such as ``xlp_in_cost_reduction[Salesforce,half]``.

A block of several cells is named with what stands beside its row and above its column: a company, a
scenario, a free slot by its label, or a number from 1. Companies and scenarios by any of their names.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from xlplugin.batch.readers.entry_values import ENTRY, EntryCell, EntryValues, shown
from xlplugin.batch.readers.template_layout import BY_COMPANY
from xlplugin.data.names import name_key
from xlplugin.model.errors import InputError, nearest, suggestion
from xlplugin.model.inputs import REDUCTIONS, REFERENCE_LABEL
from xlplugin.model.messages import message
from xlplugin.workbook.builder.blocks import letter
from xlplugin.workbook.builder.your_case import is_your_case

__all__ = ["NAMES", "Axis", "EntryNames"]

#: Blocks that the analyst fills beside those that begin with ``xlp_in_``: names in the free slots.
NAMES = _COMPANIES, _SCENARIOS, _LABELS = "xlp_companies", "xlp_scenarios", "xlp_scenario_label_cells"
#: Where reductions of your case are typed, by the blocks that show them in its column.
YOURS = {
    f"{ENTRY}{REDUCTIONS[0]}": f"{ENTRY}your_reduction",
    f"{ENTRY}scenario_{REDUCTIONS[0]}": f"{ENTRY}your_reduction_all",
}
_TYPED = re.compile(r"\s*([^\[\]]+?)\s*(?:\[(.*)\])?\s*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Axis:
    """What the rows or columns of a block stand for: ``company``, ``scenario``, ``slot`` or ``number``.

    ``labels`` are how each is named, the first for messages.
    """

    kind: str
    labels: tuple[tuple[str, ...], ...]


class EntryNames(EntryValues):
    """The entries of a template by the names that people give them."""

    @property
    def names(self) -> list[str]:
        """Every block that the analyst fills."""
        return [*self._blocks.named(ENTRY), *(name for name in NAMES if name in self._blocks)]

    # --- which cell ---

    def cell(self, typed: str) -> EntryCell:
        """Return the cell that ``NAME`` or ``NAME[row,column]`` names; InputError where there is none."""
        found = _TYPED.fullmatch(typed)
        name = self._name(found[1] if found else typed)
        rows, columns = self.axes(name)
        axes = [axis for axis in (rows, columns) if len(axis.labels) > 1]
        places = self._places(name, axes, found[2] if found else None)
        by_axis = dict(zip(map(id, axes), places, strict=True))
        cell = self.typed_at(name, by_axis.get(id(rows), 0), by_axis.get(id(columns), 0))
        if self._is_written(cell):
            fix = "it is the template's; names of your own go into the free slots"
            raise InputError.wrong(name, typed, fix, row=cell.address)
        return cell

    def typed_at(self, name: str, row: int, column: int) -> EntryCell:
        """Return a cell of a block; reductions of your case are typed in cells of their own."""
        if name in YOURS and column == 0 and YOURS[name] in self._blocks and is_your_case(self.scenarios[0]):
            return self.at(YOURS[name], row)
        return self.at(name, row, column)

    def held(self, name: str) -> Iterator[tuple[EntryCell, Any]]:
        """Yield the cells of a block that the analyst fills, each with what it holds, None for a blank."""
        for row, cells in enumerate(self._blocks.rows(name)):
            for column, (_, value) in enumerate(cells):
                cell = self.typed_at(name, row, column)
                if cell.name == name and not self._is_written(cell):
                    yield cell, None if value == "" else value

    def _is_written(self, cell: EntryCell) -> bool:
        """Whether a cell holds a name that the template was written with."""
        if cell.name == _COMPANIES:
            return cell.row < self.own_companies
        return cell.name in NAMES and cell.column < self.own_scenarios

    def at(self, name: str, row: int = 0, column: int = 0) -> EntryCell:
        """Return the cell of a block in this row and column of it, from 0."""
        sheet, top, _, left, _ = self._blocks.place(name)
        place = top + row, left + column
        return EntryCell(name, row, column, sheet, place, f"{sheet}!{letter(place[1])}{place[0]}")

    def _name(self, typed: str) -> str:
        names = self.names
        for wanted in (typed, f"{ENTRY}{typed}"):
            for name in names:
                if name_key(name) == name_key(wanted):
                    return name
        if typed.startswith("xlp_") and typed in self._blocks:
            raise InputError.wrong("entry", typed, "it is computed; entries begin with xlp_in_")
        bare = {name.removeprefix(ENTRY): name for name in names}
        near = nearest(typed.removeprefix(ENTRY), bare)
        fix = message("did you mean {near}?", near=bare[near]) if near else suggestion("", names)
        raise InputError.wrong("entry", typed, fix)

    def axes(self, name: str) -> tuple[Axis, Axis]:
        """Return what the rows and the columns of a block stand for."""
        sheet, top, bottom, left, right = self._blocks.place(name)
        height, width = bottom - top + 1, right - left + 1
        home, _, _, *sides = self._blocks.place(_SCENARIOS)
        if name.startswith(f"{ENTRY}company_"):
            rows = self._company_axis("slot", len(self.companies) - height)
        elif height == len(self.companies) and (
            name in BY_COMPANY or name in (_COMPANIES, f"{ENTRY}{REFERENCE_LABEL}")
        ):
            rows = self._company_axis("company", 0)
        else:
            rows = _numbered(height)
        columns = _numbered(width)
        if width > 1 and (sheet, left, right) == (home, *sides):
            columns = self._scenario_axis()
        return rows, columns

    def first_own(self, axis: Axis) -> int:
        """Return which row or column of an axis, from 0, those of the analyst's own begin with."""
        return {"company": self.own_companies, "scenario": self.own_scenarios}.get(axis.kind, 0)

    def _company_axis(self, kind: str, first: int) -> Axis:
        labels = []
        for i in range(first, len(self.companies)):
            slot = i - self.own_companies + 1
            said = self.slot_labels("inputs.company_slot", slot) if slot > 0 else ()
            labels.append((*filter(None, (self.companies[i], *said)), str(i - first + 1)))
        return Axis(kind, tuple(labels))

    def _scenario_axis(self) -> Axis:
        held = self._blocks.row(_LABELS) if _LABELS in self._blocks else []
        said = [shown(value) for _, value in held] or [""] * len(self.scenarios)
        labels = []
        for i, name in enumerate(self.scenarios):
            slot = i - self.own_scenarios + 1
            free = self.slot_labels("inputs.own_scenario", slot) if slot > 0 else ()
            labels.append((*filter(None, (name, said[i], *free)), str(i + 1)))
        return Axis("scenario", tuple(labels))

    def _places(self, name: str, axes: list[Axis], given: str | None) -> list[int]:
        """Return which row and column of a block the words in brackets name."""
        if not axes:
            if given is not None and given.strip():
                raise InputError.wrong(
                    "entry", f"{name}[{given}]", message("it is one cell: {name}=VALUE", name=name)
                )
            return []
        parts = [given] if given and len(axes) == 1 else _parts(given or "")
        if len(parts) != len(axes):
            typed = name if given is None else f"{name}[{given}]"
            raise InputError.wrong("entry", typed, _example(name, axes))
        for order in (parts, parts[::-1]):
            found = [self.place(axis, part) for axis, part in zip(axes, order, strict=True)]
            if None not in found:
                return [place for place in found if place is not None]
        wrong, axis = next(
            (part, axis) for axis, part in zip(axes, parts, strict=True) if self.place(axis, part) is None
        )
        known = [names[0] for names in axis.labels]
        raise InputError.missing(axis.kind, wrong, suggestion(wrong, known), row=name)

    def place(self, axis: Axis, typed: str) -> int | None:
        """Return which of an axis's rows or columns a text names; None for none."""
        wanted = name_key(typed.strip().strip('"'))
        for i, labels in enumerate(axis.labels):
            if wanted in map(name_key, labels):
                return i
        meant = self.meaning(typed)
        places = [i for i, labels in enumerate(axis.labels) if self.meaning(labels[0]) == meant]
        return places[0] if len(places) == 1 else None


def _numbered(count: int) -> Axis:
    return Axis("number", tuple((str(i + 1),) for i in range(count)))


def _parts(given: str) -> list[str]:
    return [part.strip() for part in next(csv.reader([given], skipinitialspace=True), [])]


def _example(name: str, axes: Sequence[Axis]) -> str:
    places = ",".join(axis.labels[0][0] for axis in axes)
    return message("say which cell of it: {name}[{places}]=VALUE", name=name, places=places)
