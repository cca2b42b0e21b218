"""What a filled template brings into a new one: entries, own companies and scenarios, choices, language."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from xlplugin.batch.readers.earlier_template import EarlierTemplate, Entry, alike
from xlplugin.batch.readers.entry_names import NAMES, Axis, EntryNames
from xlplugin.batch.readers.entry_values import EntryCell
from xlplugin.batch.readers.template_blocks import Blocks, OpenBlocks
from xlplugin.batch.readers.template_layout import check_layout
from xlplugin.batch.updates import opened
from xlplugin.data.dataset import Dataset
from xlplugin.model.errors import InputError
from xlplugin.model.messages import message
from xlplugin.workbook.builder.draft import Draft
from xlplugin.workbook.existing.lists import holds
from xlplugin.workbook.existing.origin import origin
from xlplugin.workbook.package import fingerprint, shown

__all__ = ["Renewal", "renewal"]

_SHEET = "the sheet {title} is not the template's: copy it over in Excel"


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
            if not alike(held, value):
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
    names = EntryNames(blocks, dataset)
    old = EarlierTemplate(parts, blocks, names, dataset, present=made.data == fingerprint())
    companies, scenarios = old.companies(), old.scenarios()
    result = Renewal(
        made.version, language or made.language, made.host, old.dataset, companies, scenarios, old.entries(),
        old.unfit, old.notes,
    )  # fmt: skip
    result.notes += [message(_SHEET, title=title) for title in made.added]
    return result
