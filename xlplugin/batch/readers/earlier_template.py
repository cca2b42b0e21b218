"""A filled template as it is read for a new one: what it was written with, and what its analyst typed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from xlplugin.batch.readers.entry_names import NAMES, Axis, EntryNames
from xlplugin.batch.readers.entry_values import EntryCell
from xlplugin.batch.readers.template_blocks import Blocks
from xlplugin.batch.readers.template_data import assumptions, entered, written_with
from xlplugin.data.dataset import Dataset
from xlplugin.data.earlier import earlier
from xlplugin.data.records import Scenario
from xlplugin.model.errors import Fault
from xlplugin.model.inputs import LEVERS, REDUCTIONS
from xlplugin.model.messages import Name, message
from xlplugin.workbook.builder.cells import Text, Value
from xlplugin.workbook.builder.your_case import STANDARD, YOUR_CASE, is_your_case
from xlplugin.workbook.existing.parts import Parts

__all__ = ["EarlierTemplate", "Entry", "alike"]

_ALIKE = 1e-12
_ASSUMPTIONS = "the assumptions of this version (or of your tables) count for {companies}"
_BLANK = "{cell}: {lever} was blank, and a blank of your case is {value}; type it"


@dataclass(frozen=True, slots=True)
class Entry:
    """A filled cell of the old template: its block, what its row and column stand for, and what it holds.

    A company or scenario goes by its name; a free slot, like any other row or column, by its number from 0.
    """

    name: str
    row: str | int
    column: str | int
    value: Value
    address: str


class EarlierTemplate:
    """A filled template as it is read for a new one."""

    def __init__(
        self, parts: Parts, blocks: Blocks, names: EntryNames, dataset: Dataset, *, present: bool
    ) -> None:
        self._present = present  # whether its data are those of this version
        self._parts, self._blocks, self._names, self.dataset = parts, blocks, names, dataset
        self.unfit: list[str] = []
        self.notes: list[str] = []
        first = names.scenarios[0] if names.scenarios else ""
        #: The preset whose column was the analyst's own case in a template that has none.
        self._standard = None if is_your_case(first) else STANDARD

    # --- companies and scenarios that it was written with ---

    def companies(self) -> list[str]:
        """Return the companies that it was written with; those that the data lack are put into them."""
        written = dict(enumerate(self._names.companies[: self._names.own_companies]))
        known = {slot: name for slot, name in written.items() if self.dataset.meant(name)}
        own = {slot: name for slot, name in written.items() if slot not in known}
        differing = {one.company for one in assumptions(self._blocks, known, self.dataset)}
        if differing:
            said = ", ".join(name for name in known.values() if name in differing)
            self.notes.append(message(_ASSUMPTIONS, companies=said))
        self.dataset = self.dataset.merged(figures=written_with(self._blocks, set(own.values())))
        self.dataset = self.dataset.merged(assumptions=assumptions(self._blocks, own, self.dataset))
        return list(written.values())

    def scenarios(self) -> list[str]:
        """Return the scenarios that it was written with; those that the data lack are put into them."""
        found = []
        for column, name in enumerate(self._names.scenarios[: self._names.own_scenarios]):
            if not name or name == self._standard or is_your_case(name):
                continue
            if self.dataset.named_scenario(name) is None:
                self.dataset = self.dataset.merged(scenarios=[self._scenario(column, name)])
            found.append(name)
        return found or [YOUR_CASE]

    def _scenario(self, column: int, name: str) -> Scenario:
        def held(block: str, row: int = 0) -> Any:
            return self._blocks.rows(block)[row][column][1] if block in self._blocks else None

        levers = {lever: value for lever in LEVERS if isinstance(value := held(_block(lever)), (int, float))}
        companies = self._names.companies
        left_out = tuple(one for i, one in enumerate(companies) if one and held("xlp_applies", i) == 0)
        label, alternative = held("xlp_scenario_label_cells"), held("xlp_scenario_alternative")
        return Scenario(name, str(label or name), levers, alternative != 0, left_out)

    # --- entries ---

    def entries(self) -> list[Entry]:
        """Return what its cells hold, names of the analyst's first, for others lean on them."""
        blocks = [*NAMES, *(name for name in self._names.names if name not in NAMES)]
        return [entry for name in blocks if name in self._blocks for entry in self._of_block(name)]

    def _of_block(self, name: str) -> Iterator[Entry]:
        rows, columns = self._names.axes(name)
        item = self._names.input_of(name)
        for cell, value in self._names.held(name):
            if item:
                faults: list[Fault] = []
                number = entered((cell.address, value), item, faults)
                self.unfit += [fault.message for fault in faults]
                if faults:
                    continue
                value = None if number != number else number
            elif isinstance(value, str):
                value = Text(YOUR_CASE if self._is_standard(name, value) else value)
            self._told_formula(cell, value)
            row, column = self._held(rows, cell.row), self._held(columns, cell.column)
            if not self._is_preset(name, column, value, cell.address):
                yield Entry(name, row, YOUR_CASE if column == self._standard else column, value, cell.address)

    def _held(self, axis: Axis, index: int) -> str | int:
        """Return what a row or column stands for: a company or scenario by name, a slot by its number."""
        first = self._names.first_own(axis)
        return axis.labels[index][0] if index < first else index - first

    def _is_standard(self, name: str, value: str) -> bool:
        """Whether a choice is the preset whose place your case has taken."""
        if self._standard is None or "scenario" not in name or name in NAMES:
            return False
        found = self.dataset.named_scenario(value)
        return found is not None and found.name == self._standard

    def _told_formula(self, cell: EntryCell, value: Value) -> None:
        held = self._parts.cells[cell.sheet].cells.get(cell.place)
        if held and held.formula is not None:
            self.notes.append(
                message(
                    "{cell}: the formula ={formula} stands as its value, {value}",
                    cell=cell.address,
                    formula=held.formula,
                    value=value,
                )
            )

    def _is_preset(self, name: str, column: str | int, value: Value, address: str) -> bool:
        """Whether a scenario's lever is as this version has it, or as the edition had that the file is of."""
        lever = next((lever for lever in LEVERS if _block(lever) == name), None)
        if lever is None or not isinstance(column, str) or is_your_case(column):
            return False
        preset = self.dataset.scenario(column).levers.get(lever)
        presets = [preset, *([] if self._present else earlier(column, lever))]
        if any(alike(value, one) for one in presets):
            return True
        if column == self._standard and value is None:
            self.unfit.append(message(_BLANK, cell=address, lever=Name(lever), value=preset))
            return True
        return False


def _block(lever: str) -> str:
    """Return the block of a lever's entries by scenario."""
    return f"xlp_in_{'scenario_' if lever == REDUCTIONS[0] else ''}{lever}"


def alike(held: Value, value: Value) -> bool:
    if isinstance(held, (int, float)) and isinstance(value, (int, float)):
        return abs(held - value) <= _ALIKE
    return (held if held != "" else None) == (value if value != "" else None)
