"""Scenario rows as columns: which entries are inputs, which name the row, which are carried through."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xlplugin.dataset import Dataset, Scenario
from xlplugin.entries import numbers, text
from xlplugin.errors import CellError, Fault, InputError, nearest
from xlplugin.inputs import REDUCTIONS, REFERENCE_LABEL
from xlplugin.model import FUNCTIONS, MODEL_INPUTS
from xlplugin.tables import Table, header_name

__all__ = ["FLAGS", "Rows", "rows_of", "rows_of_scenarios"]

#: Columns that say how far a result can be trusted, after the lines.
FLAGS = ("fallback_exposures", "overrides", "exposure_year_differs", "direction_undetermined")

#: Columns that name a row; they are not carried through as others are.
_ROW_NAMES = ("company", "fiscal_year", "scenario", "not_applicable_to", REFERENCE_LABEL)

#: Columns of an earlier result, which a new one replaces.
RESULTS = frozenset((*FUNCTIONS, *FLAGS, "fault"))


@dataclass
class Rows:
    """Scenario rows as columns: the inputs given (NaN = blank), and what is carried through.

    ``companies`` names each row's company where the table has such a column. ``presets`` holds the
    preset that a row's blank levers come from, ``excluded`` the companies for which the row's own
    reductions do not count. ``numbers`` are the rows' numbers in messages, from 1 by default.
    """

    count: int
    scenarios: Sequence[str]
    given: dict[str, Array]
    companies: Sequence[str] | None = None
    fiscal_years: Sequence[str | None] | None = None
    carried: dict[str, Sequence[Any]] = field(default_factory=dict)
    excluded: Sequence[tuple[str, ...]] | None = None
    faults: list[Fault] = field(default_factory=list)
    numbers: NDArray[np.intp] = field(default_factory=lambda: np.empty(0, np.intp))

    def __post_init__(self) -> None:
        if not len(self.numbers):
            self.numbers = np.arange(1, self.count + 1)

    def sound(self) -> Rows:
        """Return the rows without faults of their own; their numbers stay."""
        bad = [fault.row for fault in self.faults if isinstance(fault.row, int)]
        keep = np.flatnonzero(~np.isin(self.numbers, bad))

        def kept(values: Any) -> Any:
            return values[keep] if isinstance(values, np.ndarray) else [values[i] for i in keep]

        return Rows(
            len(keep),
            kept(self.scenarios),
            {name: kept(column) for name, column in self.given.items()},
            None if self.companies is None else kept(self.companies),
            None if self.fiscal_years is None else kept(self.fiscal_years),
            {name: kept(values) for name, values in self.carried.items()},
            None if self.excluded is None else kept(self.excluded),
            numbers=self.numbers[keep],
        )


def rows_of_scenarios(scenarios: Iterable[Scenario]) -> Rows:
    """Return the rows of named scenarios."""
    chosen = list(scenarios)
    names = dict.fromkeys(name for one in chosen for name in one.levers)
    given = {name: np.array([one.levers.get(name, math.nan) for one in chosen]) for name in names}
    excluded = [one.not_applicable_to for one in chosen]
    return Rows(len(chosen), [one.name for one in chosen], given, excluded=excluded)


def rows_of(table: Table, dataset: Dataset, first: int = 1) -> Rows:
    """Return the rows of a table with any of the inputs; what is wrong goes into ``faults``.

    Columns: ``company`` (or ticker), ``fiscal_year`` and ``scenario`` name the row; every other
    column that is no input is carried through. A row with a company whose scenario is a preset takes
    the preset's levers where it leaves a blank.
    """
    by_name = {header_name(name): name for name in table.columns}
    faults = _near_inputs(by_name)
    rows = Rows(table.count, (), {}, faults=faults, numbers=np.arange(first, first + table.count))
    for name, original in by_name.items():
        values = table.columns[original]
        if name in MODEL_INPUTS:
            found, wrong = numbers(values, name, first_row=first, decimal=table.decimal)
            rows.given[name] = np.array(found, dtype=np.float64)
            faults += wrong
        elif name not in _ROW_NAMES and name not in RESULTS:
            rows.carried[original] = values
    rows.companies = _names(table, by_name, "company", dataset, rows)
    if "fiscal_year" in by_name:
        rows.fiscal_years = _texts(table.columns[by_name["fiscal_year"]], "fiscal_year", rows)
        _check_years(rows, dataset)
    labels = _texts(table.columns[by_name["scenario"]], "scenario", rows) if "scenario" in by_name else ()
    rows.scenarios = [labels[i] if labels and labels[i] else str(first + i) for i in range(table.count)]
    if rows.companies is None:
        rows.excluded = _excluded(table, by_name, dataset, rows)
    else:
        _inherit(rows, dataset)
    return rows


def _near_inputs(by_name: Mapping[str, str]) -> list[Fault]:
    faults = []
    for name, original in by_name.items():
        if name in MODEL_INPUTS or name in _ROW_NAMES or name in RESULTS:
            continue
        near = nearest(name, [known for known in (*MODEL_INPUTS, *_ROW_NAMES) if known not in by_name])
        if near:
            fix = f"did you mean {near}? rename the column, or give it a name that is farther from it"
            faults.append(Fault(None, "column", original, "", fix, CellError.WRONG_TYPE))
    return faults


def _texts(values: Sequence[Any], name: str, rows: Rows) -> list[str | None]:
    found: list[str | None] = []
    for i, value in enumerate(values):
        try:
            found.append(text(value, name, row=int(rows.numbers[i])))
        except InputError as error:
            rows.faults += error.faults
            found.append(None)
    return found


def _names(
    table: Table, by_name: Mapping[str, str], name: str, dataset: Dataset, rows: Rows
) -> list[str] | None:
    if name not in by_name:
        return None
    found, known = [], {}
    for i, typed in enumerate(_texts(table.columns[by_name[name]], name, rows)):
        row = int(rows.numbers[i])
        if typed is None:
            rows.faults.append(Fault(row, name, "blank", "", "name a company", CellError.NOT_AVAILABLE))
            found.append("")
            continue
        if typed not in known:
            try:
                known[typed] = dataset.company(typed, row)
            except InputError as error:
                rows.faults += error.faults
                known[typed] = ""
        elif not known[typed]:
            rows.faults.append(replace(_unknown(dataset, typed), row=row))
        found.append(known[typed])
    return found


def _unknown(dataset: Dataset, typed: str) -> Fault:
    try:
        dataset.company(typed)
    except InputError as error:
        return error.faults[0]
    raise AssertionError(typed)


def _check_years(rows: Rows, dataset: Dataset) -> None:
    assert rows.fiscal_years is not None
    if rows.companies is None:
        fix = "add a company column, or leave fiscal_year out and choose the year for the whole run"
        rows.faults.append(Fault(None, "fiscal_year", None, "", fix, CellError.WRONG_TYPE))
        return
    checked: dict[tuple[str, str], Fault | None] = {}
    for i, (company, year) in enumerate(zip(rows.companies, rows.fiscal_years, strict=True)):
        if not company or not year:
            continue
        if (company, year) not in checked:
            try:
                dataset.year(company, year)
                checked[company, year] = None
            except InputError as error:
                checked[company, year] = error.faults[0]
        if fault := checked[company, year]:
            rows.faults.append(replace(fault, row=int(rows.numbers[i])))


def _excluded(
    table: Table, by_name: Mapping[str, str], dataset: Dataset, rows: Rows
) -> list[tuple[str, ...]] | None:
    if "not_applicable_to" not in by_name:
        return None
    excluded = []
    for i, typed in enumerate(_texts(table.columns[by_name["not_applicable_to"]], "not_applicable_to", rows)):
        names = []
        for part in filter(None, (one.strip() for one in (typed or "").split(";"))):
            try:
                names.append(dataset.company(part, int(rows.numbers[i])))
            except InputError as error:
                rows.faults += error.faults
        excluded.append(tuple(names))
    return excluded


def _inherit(rows: Rows, dataset: Dataset) -> None:
    """Fill blank levers of a row from the preset that its scenario column names."""
    assert rows.companies is not None
    presets = dataset.scenarios
    for name, preset in presets.items():
        here = np.fromiter((label == name for label in rows.scenarios), bool, rows.count)
        if not here.any():
            continue
        applies = np.fromiter((preset.applies_to(company) for company in rows.companies), bool, rows.count)
        for lever, value in preset.levers.items():
            column = rows.given.setdefault(lever, np.full(rows.count, np.nan))
            blank = here & np.isnan(column)
            column[blank & applies if lever in REDUCTIONS else blank] = value
