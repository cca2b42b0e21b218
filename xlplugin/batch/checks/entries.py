"""Two filled templates side by side: which entries changed, and the results that each shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xlplugin.batch.readers.entry_names import Axis, EntryNames
from xlplugin.batch.readers.filled_template import is_template
from xlplugin.batch.readers.template_blocks import Blocks
from xlplugin.data.shipped import shipped

__all__ = ["EntryChange", "are_templates", "changed_entries", "shown_results"]

_LEAST = 1e-12

#: What an entry goes by: its block, its row and its column; a free slot by its number, from 0.
Key = tuple[str, str | int, str | int]


@dataclass(frozen=True, slots=True)
class EntryChange:
    """An entry that is another in the second file: block, input, row and column by name, both values."""

    name: str
    input: str | None
    row: str
    column: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class _Held:
    """What stands in a cell, its row and column in words, and one form of it in every language."""

    value: Any
    row: str
    column: str
    meaning: Any


def are_templates(*given: Any) -> bool:
    """Whether all of these are paths of filled templates."""
    return all(isinstance(one, (str, Path)) and _is_template(Path(one)) for one in given)


def _is_template(path: Path) -> bool:
    return path.suffix.casefold() in (".xlsx", ".xlsm") and is_template(path)


def changed_entries(a: Path | Blocks, b: Path | Blocks) -> list[EntryChange]:
    """Return the entries that differ from one filled template to another, block by block.

    ``a`` and ``b`` are files, or their blocks. Companies, scenarios and blocks that one of them lacks are
    left out. InputError where one is unreadable.
    """
    (first, items), (second, _) = _entries(a), _entries(b)
    changes = []
    for key, before in first.items():
        after = second.get(key)
        if after is not None and not _same(before.meaning, after.meaning):
            row, column = after.row or before.row, after.column or before.column
            changes.append(EntryChange(key[0], items[key[0]], row, column, before.value, after.value))
    return changes


def _blocks(filled: str | Path | Blocks) -> Blocks:
    return filled if isinstance(filled, Blocks) else Blocks(Path(filled))


def _entries(filled: Path | Blocks) -> tuple[dict[Key, _Held], dict[str, str | None]]:
    """Return what every cell for entries holds, and the input of each block."""
    names = EntryNames(_blocks(filled), shipped())
    found: dict[Key, _Held] = {}
    for name in names.names:
        rows, columns = names.axes(name)
        for cell, value in names.held(name):
            (row, row_said), (column, column_said) = (
                _place(names, axis, index) for axis, index in ((rows, cell.row), (columns, cell.column))
            )
            meaning = names.meaning(value) if isinstance(value, str) else value
            found[name, row, column] = _Held(value, row_said, column_said, meaning)
    return found, {name: names.input_of(name) for name in names.names}


def _place(names: EntryNames, axis: Axis, index: int) -> tuple[str | int, str]:
    """Return what a row or column goes by, and how it is said ("" where there is one alone)."""
    first = names.first_own(axis)
    said = axis.labels[index][0] if len(axis.labels) > 1 else ""
    return (names.meaning(said), said) if index < first else (index - first, said)


def _same(before: Any, after: Any) -> bool:
    if isinstance(before, (int, float)) and isinstance(after, (int, float)):
        return abs(before - after) <= _LEAST * max(1.0, abs(before), abs(after))
    return bool(before == after)


def shown_results(filled: str | Path | Blocks, lines: Sequence[str]) -> Any:
    """Return the results that a filled template shows, as a frame of company, scenario and these lines."""
    import pandas as pd

    return pd.DataFrame(_results(_blocks(filled), lines), columns=["company", "scenario", *lines])


def _results(blocks: Blocks, lines: Sequence[str]) -> Iterator[list[Any]]:
    held = {line: blocks.rows(f"xlp_out_{line}") for line in lines}
    for row, (_, company) in enumerate(blocks.column("xlp_companies")):
        for column, (_, scenario) in enumerate(blocks.row("xlp_scenarios")):
            if company and scenario:
                cells = (held[line][row][column][1] for line in lines)
                yield [company, scenario, *(one if isinstance(one, float) else float("nan") for one in cells)]
