"""The data that a filled template stands on: companies and assumptions that it holds beyond a dataset's."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping

import numpy as np

from xlplugin.batch.readers.template_blocks import Blocks, Typed
from xlplugin.data.dataset import Dataset
from xlplugin.data.records import Assumption, Figures
from xlplugin.entries.meaning import number, text
from xlplugin.model.errors import CellError, Fault, gathering
from xlplugin.model.inputs import EXPOSURES, FINANCIALS, LEVERS, REDUCTIONS
from xlplugin.model.messages import message
from xlplugin.workbook.builder.choices import KEYS, MODELS
from xlplugin.workbook.builder.typed_words import trimmed

_SAME = 1e-12

#: Where an added company's business model is chosen.
_MODEL = "xlp_in_company_business_model"


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
    years = blocks.column("xlp_in_company_fiscal_year")
    columns = blocks.columns("xlp_in_company_", FINANCIALS)
    models = blocks.column(_MODEL) if _MODEL in blocks else None  # editions to 0.1.0 have none
    for slot, name in names.items():
        if slot >= first:
            place = slot - first
            values = {item: entered(column[place], item, faults[slot]) for item, column in columns.items()}
            year = _label(years[place], faults[slot])
            model = _model(blocks, models[place], faults[slot]) if models else ""
            yield Figures(name, year or "added", values, business_model=model)


def _label(typed: Typed, faults: list[Fault]) -> str:
    """Return the fiscal year of an added company: whatever stands there but an error value."""
    cell, value = typed
    said = f"{value:%Y-%m-%d}" if isinstance(value, datetime.date) else trimmed(value)
    with gathering(faults):
        text(said, "fiscal_year", row=cell)
    return said


def _model(blocks: Blocks, typed: Typed, faults: list[Fault]) -> str:
    """Return the business model that a cell names as the sheet does: by its key or its name in the list."""
    cell, value = typed
    if value in (None, ""):
        return ""
    keys = [str(model) for _, model in blocks.column(KEYS[MODELS])]
    listed = [str(name).casefold() for _, name in blocks.column(MODELS)]
    models = dict(zip(listed, keys, strict=True)) | {model: model for model in keys}
    found = models.get(str(value).casefold(), "")
    if not found:
        fix = message("choose one from the list: {models}", models=", ".join(keys))
        faults.append(Fault(cell, "business_model", value, ", ".join(keys), fix, CellError.WRONG_TYPE))
    return found


def written_with(blocks: Blocks, unknown: set[str]) -> Iterator[Figures]:
    """Companies that the template was written with and the dataset lacks, every year of theirs."""
    if not unknown:
        return
    # earlier versions lack some
    given = tuple(item for item in FINANCIALS if f"xlp_figures_{item}" in blocks)
    columns = blocks.columns("xlp_figures_", given)
    for i, (_, held) in enumerate(blocks.column("xlp_figures_key")):
        name, _, year = str(held or "").partition("|")
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
