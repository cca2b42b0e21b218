"""Entries typed into a filled template's file, checked as the template and the run check them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from xlplugin.batch.readers.entry_names import NAMES, EntryNames
from xlplugin.batch.readers.entry_values import EntryCell
from xlplugin.batch.readers.filled_template import filled, is_template
from xlplugin.batch.readers.template_blocks import Blocks
from xlplugin.data.dataset import Dataset
from xlplugin.data.shipped import shipped
from xlplugin.model.errors import Fault, InputError, gathering
from xlplugin.workbook.builder.cells import Value
from xlplugin.workbook.existing import changes
from xlplugin.workbook.existing.cells import value_of
from xlplugin.workbook.existing.lists import offered
from xlplugin.workbook.existing.parts import Parts, check_out

__all__ = ["Updated", "opened", "recalc", "update"]


@dataclass(frozen=True, slots=True)
class Typed:
    """An entry that was typed: where it stands, what input it is, what it was before, and what it is now."""

    name: str
    address: str
    input: str | None
    before: Value
    formula: str | None
    after: Value


@dataclass(frozen=True, slots=True)
class Updated:
    """What was typed into the copy, and what followed from it."""

    typed: tuple[Typed, ...]
    rewritten: changes.Rewritten


def recalc(
    book: str | os.PathLike[str], out: str | os.PathLike[str], *, force: bool = False
) -> changes.Rewritten:
    """Write a copy of a workbook in which every formula shows what it gives; nothing else changes.

    ``book`` is any .xlsx or .xlsm, ``out`` where the copy goes (``force`` replaces what is there). IronCalc
    computes; InputError where it cannot, with the cells: functions that it does not know, functions of
    ours (a host answers them), links to other files, data tables.
    """
    return changes.recalc(Path(book), Path(out), force=force)


def update(
    book: str | os.PathLike[str],
    out: str | os.PathLike[str],
    entries: Mapping[str, Any] | Iterable[tuple[str, Any]],
    *,
    force: bool = False,
    dataset: Dataset | None = None,
) -> Updated:
    """Write a copy of a filled template with ``entries`` typed into it and computed; nothing else changes.

    ``entries``: values by name, ``xlp_in_cost_reduction[Salesforce,half]``, None or "" for a blank.
    ``dataset``: what the template was written with, default what ships with xlplugin. Where a formula
    cannot be computed here it is left without a value, and the file is marked to be calculated when it is
    opened. InputError for a name that is not there, a value that may not stand there, or a file that
    cannot be changed.
    """
    path, target = Path(book), Path(out)
    check_out(target, path, force=force)
    parts, blocks = opened(path)
    known = dataset or shipped()
    before = _faults(path, known, blocks)
    typed = _typed(parts, blocks, known, entries.items() if isinstance(entries, Mapping) else entries)
    if fresh := [fault for text, fault in _faults(path, known, blocks).items() if text not in before]:
        raise InputError(fresh)
    held = {(cell.sheet, cell.place): entry.after for cell, entry in typed}
    return Updated(tuple(entry for _, entry in typed), changes.retyped(parts, target, held))


def opened(path: Path) -> tuple[Parts, Blocks]:
    """Return a template's parts and its named blocks; InputError where it is none that can be changed."""
    parts = Parts(path)
    if parts.is_strict:
        fix = "save it as an Excel workbook (.xlsx) of the ordinary kind"
        raise InputError.of_file(path, "is a Strict Open XML file", fix)
    if not is_template(path):
        raise InputError.of_file(
            path, "it is no template of xlplugin", "write one: xlplugin template OUT.xlsx"
        )
    return parts, Blocks(path)


def _faults(path: Path, dataset: Dataset, blocks: Blocks) -> dict[str, Fault]:
    """Return what is wrong with a template's entries as a run judges them, by its words."""
    wrong = filled(blocks, path, dataset).rows.wrong
    return {str(fault): fault for faults in wrong.values() for fault in faults}


def _typed(
    parts: Parts, blocks: Blocks, dataset: Dataset, entries: Iterable[tuple[str, Any]]
) -> list[tuple[EntryCell, Typed]]:
    """Return the entries with their cells; each counts for those behind it, as a new name does."""
    options = partial(offered, parts)
    names = EntryNames(blocks, dataset, options)
    found: dict[str, tuple[EntryCell, Typed]] = {}
    faults: list[Fault] = []
    for name, given in entries:
        with gathering(faults):
            cell = names.cell(name)
            if cell.address in found:
                raise InputError.wrong(name, given, "it is given twice: give it once", row=cell.address)
            value = names.value(cell, given)
            held = parts.cells[cell.sheet].cells.get(cell.place)
            before, formula = (value_of(held, parts.texts), held.formula) if held else (None, None)
            entry = Typed(name, cell.address, names.input_of(cell.name), before, formula, value)
            found[cell.address] = cell, entry
            blocks.type(cell.sheet, *cell.place, value)
            if cell.name in NAMES:
                names = EntryNames(blocks, dataset, options)
    if faults:
        raise InputError(faults)
    return list(found.values())
