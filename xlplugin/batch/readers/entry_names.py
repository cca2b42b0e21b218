"""Entries of a template as people name them, such as ``xlp_in_cost_reduction[Salesforce,half]``.

A block of several cells is named with what stands beside its row and above its column: a company, a
scenario, a free slot by its label, or a number from 1. Companies and scenarios by any of their names.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from xlplugin.batch.readers.template_blocks import Blocks
from xlplugin.batch.readers.template_layout import BY_COMPANY
from xlplugin.data.dataset import Dataset
from xlplugin.data.names import name_key, named
from xlplugin.entries.meaning import number, text
from xlplugin.model.errors import InputError, suggestion
from xlplugin.model.inputs import INPUTS, LEVERS, REDUCTIONS, REFERENCE_LABEL
from xlplugin.model.labels import LANGUAGES
from xlplugin.model.lines import UNITS
from xlplugin.model.messages import Message, message
from xlplugin.workbook.builder.build import FREE_SCENARIOS
from xlplugin.workbook.builder.cells import Text, Value
from xlplugin.workbook.builder.texts import keys
from xlplugin.workbook.builder.texts import text as words
from xlplugin.workbook.builder.your_case import YOUR_CASE, is_your_case

__all__ = ["Axis", "EntryCell", "EntryNames", "Options"]

#: Blocks that the analyst fills beside those that begin with ``xlp_in_``: names in the free slots.
NAMES = _COMPANIES, _SCENARIOS, _LABELS = "xlp_companies", "xlp_scenarios", "xlp_scenario_label_cells"
_ENTRY = "xlp_in_"
#: Where reductions of your case are typed, by the blocks that show them in its column.
YOURS = {
    f"{_ENTRY}{REDUCTIONS[0]}": f"{_ENTRY}your_reduction",
    f"{_ENTRY}scenario_{REDUCTIONS[0]}": f"{_ENTRY}your_reduction_all",
}
_TYPED = re.compile(r"\s*([^\[\]]+?)\s*(?:\[(.*)\])?\s*", re.DOTALL)
_LONGEST_TEXT = 60

#: Inputs that a name does not say itself; "axis" is the lever that stands on the axis.
_INPUT_OF = {
    "dashboard_reductions": REDUCTIONS[0],
    "dashboard_pass_through": "pass_through",
    "your_reduction": REDUCTIONS[0],
    "your_reduction_all": REDUCTIONS[0],
    "sensitivity_row_values": "sensitivity_row_lever",
    "sensitivity_column_values": "sensitivity_column_lever",
}
_PREFIXES = ("own_", "company_", "scenario_", "path_")
_WEIGHT = "weight"

#: The words that a cell takes (its list), None where it takes any.
Options = Callable[[str, tuple[int, int]], Sequence[str] | None]


@dataclass(frozen=True, slots=True)
class Axis:
    """What the rows or columns of a block stand for: ``company``, ``scenario``, ``slot`` or ``number``.

    ``labels`` are how each is named, the first for messages.
    """

    kind: str
    labels: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class EntryCell:
    """A cell that the analyst fills: its block, which row and column of it, its sheet and address."""

    name: str
    row: int
    column: int
    sheet: str
    place: tuple[int, int]
    address: str


class EntryNames:
    """The entries of a template by the names that people give them.

    ``options`` gives the words that a cell takes.
    """

    def __init__(self, blocks: Blocks, dataset: Dataset, options: Options) -> None:
        self._blocks, self._dataset, self._options = blocks, dataset, options
        self.companies = [_shown(value) for _, value in blocks.column(_COMPANIES)]
        self.scenarios = [_shown(value) for _, value in blocks.row(_SCENARIOS)]
        #: Which of them, from 0, the analyst's own begin with.
        self.own_companies = len(self.companies) - len(blocks.column("xlp_in_company_fiscal_year"))
        self.own_scenarios = len(self.scenarios) - FREE_SCENARIOS

    @property
    def names(self) -> list[str]:
        """Every block that the analyst fills."""
        return [*self._blocks.named(_ENTRY), *(name for name in NAMES if name in self._blocks)]

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
        if (name == _COMPANIES and cell.row < self.own_companies) or (
            name in NAMES[1:] and cell.column < self.own_scenarios
        ):
            fix = "it is the template's; names of your own go into the free slots"
            raise InputError.wrong(name, typed, fix, row=cell.address)
        return cell

    def typed_at(self, name: str, row: int, column: int) -> EntryCell:
        """Return a cell of a block; reductions of your case are typed in cells of their own."""
        if name in YOURS and column == 0 and YOURS[name] in self._blocks and is_your_case(self.scenarios[0]):
            return self.at(YOURS[name], row)
        return self.at(name, row, column)

    def cells(self, name: str) -> Iterator[EntryCell]:
        """Yield the cells of a block that the analyst fills."""
        _, top, bottom, left, right = self._blocks.place(name)
        for row in range(bottom - top + 1):
            for column in range(right - left + 1):
                cell = self.typed_at(name, row, column)
                locked = (name == _COMPANIES and row < self.own_companies) or (
                    name in NAMES[1:] and column < self.own_scenarios
                )
                if cell.name == name and not locked:
                    yield cell

    def at(self, name: str, row: int = 0, column: int = 0) -> EntryCell:
        """Return the cell of a block in this row and column of it, from 0."""
        sheet, top, _, left, _ = self._blocks.place(name)
        address = self._blocks.rows(name)[row][column][0]
        return EntryCell(name, row, column, sheet, (top + row, left + column), address)

    def _name(self, typed: str) -> str:
        names = self.names
        for wanted in (typed, f"{_ENTRY}{typed}"):
            for name in names:
                if name_key(name) == name_key(wanted):
                    return name
        if typed.startswith("xlp_") and typed in self._blocks:
            raise InputError.wrong("entry", typed, "it is computed; entries begin with xlp_in_")
        bare = {name.removeprefix(_ENTRY): name for name in names}
        near = suggestion(typed.removeprefix(_ENTRY), bare)
        if isinstance(near, Message) and "near" in near.values:  # by its whole name
            near = message(near.template, near=f"{_ENTRY}{near.values['near']}")
        raise InputError.wrong("entry", typed, near)

    def axes(self, name: str) -> tuple[Axis, Axis]:
        """Return what the rows and the columns of a block stand for."""
        sheet, top, bottom, left, right = self._blocks.place(name)
        height, width = bottom - top + 1, right - left + 1
        home, _, _, *sides = self._blocks.place(_SCENARIOS)
        if name.startswith(f"{_ENTRY}company_"):
            rows = self._company_axis("slot", len(self.companies) - height)
        elif height == len(self.companies) and (
            name in BY_COMPANY or name in (_COMPANIES, f"{_ENTRY}{REFERENCE_LABEL}")
        ):
            rows = self._company_axis("company", 0)
        else:
            rows = _numbered(height)
        columns = _numbered(width)
        if width > 1 and (sheet, left, right) == (home, *sides):
            columns = self._scenario_axis()
        return rows, columns

    def _company_axis(self, kind: str, first: int) -> Axis:
        labels = []
        for i in range(first, len(self.companies)):
            slot = i - self.own_companies + 1
            said = _slot("inputs.company_slot", slot) if slot > 0 else ()
            labels.append((*filter(None, (self.companies[i], *said)), str(i - first + 1)))
        return Axis(kind, tuple(labels))

    def _scenario_axis(self) -> Axis:
        held = self._blocks.row(_LABELS) if _LABELS in self._blocks else []
        said = [_shown(value) for _, value in held] or [""] * len(self.scenarios)
        labels = []
        for i, name in enumerate(self.scenarios):
            slot = _slot("inputs.own_scenario", i - self.own_scenarios + 1) if i >= self.own_scenarios else ()
            labels.append((*filter(None, (name, said[i], *slot)), str(i + 1)))
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

    # --- what may stand there ---

    def meaning(self, typed: str) -> str:
        """Return one form for all the names of a company, a scenario, a quantity or a choice."""
        company = self._dataset.meant(typed)
        if len(company) == 1:
            return company[0]
        if is_your_case(typed):
            return YOUR_CASE
        if scenario := self._dataset.named_scenario(typed):
            return scenario.name
        for part in (typed, typed.rpartition(", ")[0]):  # a measure has its unit behind it
            if part and (quantity := named(part, (*INPUTS, *UNITS))):
                return quantity
        return _choices().get(name_key(typed), name_key(typed))

    def value(self, cell: EntryCell, typed: Any) -> Value:
        """Return what is to stand in a cell, None for a blank; InputError where it may not.

        Numbers are read as the command line reads them and have their domain; a choice is one of its
        list, in any language; names and other texts are texts.
        """
        if typed is None or (isinstance(typed, str) and not typed.strip()):
            return None
        if item := self.input_of(cell.name):
            return self._number(cell, item, typed)
        said = text(typed, cell.name, row=cell.address)
        assert said is not None
        options = [self._own(option) for option in self._options(cell.sheet, cell.place) or ()]
        if options:
            meant = self.meaning(said)
            chosen = [option for option in options if self.meaning(option) == meant]
            if not chosen:
                raise InputError.wrong(cell.name, said, suggestion(said, options), row=cell.address)
            return Text(chosen[0])
        if len(said) > _LONGEST_TEXT:
            fix = "shorten it"
            raise InputError.wrong(
                cell.name, said, fix, message("up to {most} letters", most=_LONGEST_TEXT), row=cell.address
            )
        return Text(said)

    def _own(self, option: str) -> str:
        """Return the name that was typed for a free slot where a list still shows the slot's label."""
        for key, held, first in (
            ("inputs.company_slot", self.companies, self.own_companies),
            ("inputs.own_scenario", self.scenarios, self.own_scenarios),
        ):
            for i, name in enumerate(held[first:], 1):
                if name and option in _slot(key, i):
                    return name
        return option

    def _number(self, cell: EntryCell, item: str, typed: Any) -> float | None:
        value = number(typed, item, row=cell.address)
        if item == _WEIGHT and value is not None and not 0 <= value <= 1:
            fix = "enter a share, such as 25% or 0.25"
            raise InputError.outside(item, value, fix, "0 to 1", row=cell.address)
        return value

    def input_of(self, name: str) -> str | None:
        """Return the input that a block's numbers are, None where it holds texts."""
        bare = name.removeprefix(_ENTRY)
        stood = _INPUT_OF.get(bare, bare)
        if (
            stood != bare and stood.endswith("_lever") and f"{_ENTRY}{stood}" in self._blocks
        ):  # the one chosen for an axis
            return named(_shown(self._blocks.row(f"{_ENTRY}{stood}")[0][1]), LEVERS) or REDUCTIONS[0]
        for prefix in _PREFIXES:
            stood = stood.removeprefix(prefix)
        return stood if stood in INPUTS or stood == _WEIGHT else None


@cache
def _choices() -> dict[str, str]:
    """Return the key of each other choice by the form of its words, in every language."""
    return {
        name_key(words(key, language)): key
        for key in (*keys("choice."), *keys("path.decline."))
        for language in LANGUAGES
    }


def _shown(value: Any) -> str:
    return "" if value is None else str(value)


def _slot(key: str, number: int) -> tuple[str, ...]:
    return tuple(words(key, language, n=number) for language in LANGUAGES)


def _numbered(count: int) -> Axis:
    return Axis("number", tuple((str(i + 1),) for i in range(count)))


def _parts(given: str) -> list[str]:
    return [part.strip() for part in next(csv.reader([given], skipinitialspace=True), [])]


def _example(name: str, axes: Sequence[Axis]) -> str:
    places = ",".join(axis.labels[0][0] for axis in axes)
    return message("say which cell of it: {name}[{places}]=VALUE", name=name, places=places)
