"""The data that a filled template stands on: companies and assumptions that it holds beyond a dataset's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from xlplugin.batch.readers.template_blocks import Blocks, Typed
from xlplugin.data.dataset import Dataset
from xlplugin.data.records import Assumption, Figures
from xlplugin.entries.meaning import number, text
from xlplugin.model.errors import CellError, Fault, gathering
from xlplugin.model.inputs import EXPOSURES, FINANCIALS, LEVERS, REDUCTIONS

_SAME = 1e-12


def entered(typed: Typed, name: str, faults: list[Fault]) -> float:
    """Return an entry, NaN where it is blank or wrong; what is wrong goes to ``faults``."""
    cell, value = typed
    if value is None or value == "":
        return np.nan
    if isinstance(value, str) and not value.startswith("#"):
        fix = "enter a number: formulas of a sheet do not read text"
        faults.append(Fault(cell, name, value, "a number", fix, CellError.WRONG_TYPE))
        return np.nan
    read = None
    with gathering(faults):
        read = number(value, name, row=cell)
    return np.nan if read is None else read


def adopted(
    blocks: Blocks, names: Mapping[int, str], dataset: Dataset, faults: Mapping[int, list[Fault]]
) -> Dataset:
    """Return the dataset with the template's own companies (``names`` by slot) and assumptions."""
    slots = len(blocks.column("xlp_in_company_fiscal_year"))
    first = len(blocks.column("xlp_companies")) - slots
    unknown = {name for slot, name in names.items() if slot < first} - set(dataset.companies)
    figures = [*_added(blocks, names, first, faults), *written_with(blocks, unknown)]
    dataset = dataset.merged(figures=figures)
    differing = list(assumptions(blocks, names, dataset))
    return dataset.merged(assumptions=differing) if differing else dataset


def _added(
    blocks: Blocks, names: Mapping[int, str], first: int, faults: Mapping[int, list[Fault]]
) -> Iterator[Figures]:
    """Companies of the free slots, which begin at ``first``."""
    years, columns = (
        blocks.column("xlp_in_company_fiscal_year"),
        blocks.columns("xlp_in_company_", FINANCIALS),
    )
    for slot, name in names.items():
        if slot >= first:
            place = slot - first
            values = {item: entered(column[place], item, faults[slot]) for item, column in columns.items()}
            year = text(years[place][1], "fiscal_year") if years[place][1] is not None else None
            yield Figures(name, year or "added", values)


def written_with(blocks: Blocks, unknown: set[str]) -> Iterator[Figures]:
    """Companies that the template was written with and the dataset lacks, every year of theirs."""
    if not unknown:
        return
    held = tuple(item for item in FINANCIALS if f"xlp_figures_{item}" in blocks)  # earlier versions lack some
    columns = blocks.columns("xlp_figures_", held)
    for i, (_, key) in enumerate(blocks.column("xlp_figures_key")):
        name, _, year = str(key or "").partition("|")
        if name in unknown:
            values = {item: entered(column[i], item, []) for item, column in columns.items()}
            yield Figures(name, year, dict.fromkeys(FINANCIALS, np.nan) | values)


def assumptions(blocks: Blocks, names: Mapping[int, str], dataset: Dataset) -> Iterator[Assumption]:
    """Assumptions that the template was written with, where they differ."""
    for name in (*EXPOSURES, *LEVERS):
        levels = [f"xlp_{level}_{name}" for level in ("low", "base", "high")]
        if name in REDUCTIONS or any(level not in blocks for level in levels):
            continue
        columns = [blocks.column(level) for level in levels]
        for slot, company in names.items():
            held = [column[slot][1] for column in columns]
            values = [float(v) for v in held if isinstance(v, (int, float)) and not isinstance(v, bool)]
            known = dataset.assumption(company, name)
            if known and len(values) == len(held):
                low, base, high = values
                known_values = (known.low, known.base, known.high)
                if any(abs(a - b) > _SAME for a, b in zip(values, known_values, strict=True)):
                    yield Assumption(company, name, low, base, high, known.basis, known.fiscal_year)
