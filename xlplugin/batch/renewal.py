"""What a filled template brings into a new one: entries, own companies and scenarios, choices, language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from xlplugin.batch.readers.entry_names import NAMES, Axis, EntryNames
from xlplugin.batch.readers.entry_values import EntryCell
from xlplugin.batch.readers.template_blocks import Blocks, OpenBlocks
from xlplugin.batch.readers.template_data import assumptions, entered, written_with
from xlplugin.batch.readers.template_layout import check_layout
from xlplugin.batch.updates import opened
from xlplugin.data.dataset import Dataset
from xlplugin.data.earlier import earlier
from xlplugin.data.records import Scenario
from xlplugin.model.errors import Fault, InputError
from xlplugin.model.inputs import LEVERS, REDUCTIONS
from xlplugin.model.messages import Name, message
from xlplugin.workbook.builder.cells import Text, Value
from xlplugin.workbook.builder.draft import Draft
from xlplugin.workbook.builder.your_case import STANDARD, YOUR_CASE, is_your_case
from xlplugin.workbook.existing.lists import holds
from xlplugin.workbook.existing.origin import origin
from xlplugin.workbook.existing.parts import Parts
from xlplugin.workbook.package import fingerprint, shown

__all__ = ["Renewal", "renewal"]

_ALIKE = 1e-12
_ASSUMPTIONS = "the assumptions of this version (or of your tables) count for {companies}"
_BLANK = "{cell}: {lever} was blank, and a blank of your case is {value}; type it"
_SHEET = "the sheet {title} is not the template's: copy it over in Excel"


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


@dataclass
class Renewal:
    """How a filled template is written anew.

    ``dataset`` has companies and scenarios of the analyst's that the old template was written with;
    ``fill`` puts the entries into a new one. ``taken`` counts these, ``unfit`` says of each that did not
    fit where it stood and why, ``notes`` what else an analyst should know.
    """

    version: str
    language: str
    host: str
    dataset: Dataset
    companies: list[str]
    scenarios: list[str]
    entries: list[Entry]
    unfit: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    taken: int = 0

    def fill(self, build: Draft) -> None:
        """Put the entries into a template that is built, each into the cell that its names lead to."""
        areas = {name: (block.title, block.absolute.partition("!")[2]) for name, block in build.names.items()}
        blocks = OpenBlocks("template", areas, shown(build))
        names = EntryNames(blocks, build.dataset, _Lists(build, blocks).of)
        sheets = {sheet.title: sheet for sheet in build.sheets.values()}
        for entry in self.entries:
            try:
                cell = self._cell(entry, names)
                value = None if entry.value is None else names.value(cell, entry.value)
            except InputError as error:
                self.unfit += [replace(fault, row=entry.address).message for fault in error.faults]
                continue
            held = blocks.rows(cell.name)[cell.row][cell.column][1]
            if not _alike(held, value):
                cells = sheets[cell.sheet].cells[cell.place[0]]
                cells[cell.place[1]] = value, cells[cell.place[1]][1]
                blocks.type(cell.sheet, *cell.place, value)
                self.taken += 1
                if cell.name in NAMES:
                    names = EntryNames(blocks, build.dataset, _Lists(build, blocks).of)

    def _cell(self, entry: Entry, names: EntryNames) -> EntryCell:
        if entry.name not in names.names:
            raise InputError.of_file(entry.name, "is no entry of this version", "type what it stood for anew")
        rows, columns = names.axes(entry.name)
        row, column = _index(rows, entry.row, names), _index(columns, entry.column, names)
        return names.typed_at(entry.name, row, column)


def _index(axis: Axis, held: str | int, names: EntryNames) -> int:
    """Return which row or column of a new block an entry of the old one belongs to."""
    index = names.place(axis, held) if isinstance(held, str) else names.first_own(axis) + held
    if index is None or index >= len(axis.labels):
        shown = held if isinstance(held, str) else message("number {number}", number=held + 1)
        raise InputError.missing(axis.kind, shown, "the new template has no place for it: type it anew")
    return index


class _Lists:
    """The lists that cells of a template offer which is built."""

    def __init__(self, build: Draft, blocks: Blocks) -> None:
        self._blocks = blocks
        self._rules = {
            sheet.title: [rule for rule in sheet.ws.data_validations.dataValidation if rule.type == "list"]
            for sheet in build.sheets.values()
        }

    def of(self, sheet: str, place: tuple[int, int]) -> list[str] | None:
        """Return the words of a cell's list, None where it has none."""
        for rule in self._rules[sheet]:
            if any(holds(str(area), place) for area in str(rule.sqref).split()):
                if rule.formula1[:1] == '"':
                    return str(rule.formula1).strip('"').split(",")
                values = (value for row in self._blocks.rows(rule.formula1) for _, value in row)
                return [str(value) for value in values if value]
        return None


def renewal(path: Path, dataset: Dataset, language: str | None = None) -> Renewal:
    """Return what a filled template brings into a new one, in its own language where none is given.

    ``dataset``: the data of the new template. Raises InputError where the file is no template that can be
    read, or where rows or columns of its blocks were moved.
    """
    parts, blocks = opened(path)
    check_layout(blocks, path)
    made = origin(parts)
    names = EntryNames(blocks, dataset, lambda _sheet, _place: None)
    old = _Old(parts, blocks, names, dataset, present=made.data == fingerprint())
    companies, scenarios = old.companies(), old.scenarios()
    result = Renewal(
        made.version, language or made.language, made.host, old.dataset, companies, scenarios, old.entries(),
        old.unfit, old.notes,
    )  # fmt: skip
    result.notes += [message(_SHEET, title=title) for title in made.added]
    return result


class _Old:
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
        if any(_alike(value, one) for one in presets):
            return True
        if column == self._standard and value is None:
            self.unfit.append(message(_BLANK, cell=address, lever=Name(lever), value=preset))
            return True
        return False


def _block(lever: str) -> str:
    """Return the block of a lever's entries by scenario."""
    return f"xlp_in_{'scenario_' if lever == REDUCTIONS[0] else ''}{lever}"


def _alike(held: Value, value: Value) -> bool:
    if isinstance(held, (int, float)) and isinstance(value, (int, float)):
        return abs(held - value) <= _ALIKE
    return (held if held != "" else None) == (value if value != "" else None)
