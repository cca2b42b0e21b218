"""Scenario rows as columns: which entries are inputs, which name the row, which are carried through."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xlplugin.data.dataset import Dataset
from xlplugin.data.records import Scenario
from xlplugin.entries.columns import Coded, Numbered, floats, taken, texts
from xlplugin.files.tables import Table, header_name
from xlplugin.model.errors import CellError, Fault, InputError, nearest
from xlplugin.model.inputs import REDUCTIONS, REFERENCE_LABEL
from xlplugin.model.plan import FUNCTIONS, MODEL_INPUTS

#: Columns that say how far a result can be trusted, after the lines.
FLAGS = (
    "fallback_exposures", "overrides", "exposure_year_differs", "direction_undetermined",
    "general_assumptions", "outside_range",
)  # fmt: skip

#: Those that hold names; the others say yes or no.
NAMING_FLAGS = ("fallback_exposures", "overrides", "outside_range")

#: Columns that name a row; they are not carried through as others are.
ROW_NAMES = ("company", "fiscal_year", "scenario", "not_applicable_to", REFERENCE_LABEL)

#: Columns of an earlier result, which a new one replaces.
RESULTS = frozenset((*FUNCTIONS, *FLAGS, "fault"))

Array = NDArray[np.float64]

#: A lever by the company's own range: for each row 0 (nothing), 1 (low), 2 (base) or 3 (high).
Levels = dict[str, NDArray[np.int8]]


@dataclass
class Rows:
    """Scenario rows as columns: the inputs given (NaN = blank), and what is carried through.

    ``scenarios`` are the labels, ``companies`` and ``fiscal_years`` the row's own where the table has
    such columns (a year None: the company's default), ``excluded`` the companies (a tuple) for which
    the row's own reductions do not count. ``levels`` are levers given as low, base or high of each
    company's range. ``faults`` are those of the table as a whole, ``wrong`` those of single rows by
    position. ``numbering`` holds the rows' numbers in messages, from 1 by default.
    """

    count: int
    scenarios: Coded | Numbered
    given: dict[str, Array]
    companies: Coded | None = None
    fiscal_years: Coded | None = None
    carried: dict[str, Any] = field(default_factory=dict)
    excluded: Coded | None = None
    levels: Levels = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    wrong: dict[int, list[Fault]] = field(default_factory=dict)
    numbering: NDArray[np.intp] = field(default_factory=lambda: np.empty(0, np.intp))

    def __post_init__(self) -> None:
        if not len(self.numbering):
            self.numbering = np.arange(1, self.count + 1)

    def add(self, wrong: Iterable[tuple[int, Fault]]) -> None:
        """Remember faults of single rows."""
        for i, fault in wrong:
            self.wrong.setdefault(i, []).append(fault)

    def take(self, index: NDArray[np.intp]) -> Rows:
        """Return the rows at ``index``, without what is wrong with them; their numbers stay."""
        return Rows(
            len(index),
            self.scenarios.take(index),
            {name: column[index] for name, column in self.given.items()},
            None if self.companies is None else self.companies.take(index),
            None if self.fiscal_years is None else self.fiscal_years.take(index),
            {name: taken(values, index) for name, values in self.carried.items()},
            None if self.excluded is None else self.excluded.take(index),
            {name: level[index] for name, level in self.levels.items()},
            numbering=self.numbering[index],
        )


def rows_of_scenarios(scenarios: Iterable[Scenario]) -> Rows:
    """Return the rows of named scenarios."""
    chosen = list(scenarios)
    names = dict.fromkeys(name for scenario in chosen for name in scenario.levers)
    given = {name: np.array([scenario.levers.get(name, math.nan) for scenario in chosen]) for name in names}
    excluded = Coded.of([scenario.not_applicable_to for scenario in chosen])
    return Rows(len(chosen), Coded.of([scenario.name for scenario in chosen]), given, excluded=excluded)


def rows_of(table: Table, dataset: Dataset, first: int = 1) -> Rows:
    """Return the rows of a table with any of the inputs; what is wrong is remembered in them.

    Columns: ``company`` (or ticker), ``fiscal_year`` and ``scenario`` name the row; every other
    column that is no input is carried through. A row with a company whose scenario is a preset takes
    the preset's levers where it leaves a blank. ``first`` is the number of the first row.
    """
    by_name = {header_name(name): name for name in table.columns}
    numbering = np.arange(first, first + table.count)
    rows = Rows(table.count, Numbered(numbering), {}, faults=name_faults(table.columns), numbering=numbering)
    for name, original in by_name.items():
        if name in MODEL_INPUTS:
            rows.given[name], wrong = floats(table.columns[original], name, numbering, table.decimal)
            rows.add(wrong)
    rows.carried = {name: table.columns[name] for name in carried_names(table.columns)}
    _name_rows(rows, {name: table.columns[by_name[name]] for name in ROW_NAMES if name in by_name}, dataset)
    return rows


def carried_names(names: Iterable[str]) -> list[str]:
    """Return those column names that are carried through: no inputs, no results, not naming the row."""
    known = (*MODEL_INPUTS, *ROW_NAMES)
    return [name for name in names if (folded := header_name(name)) not in known and folded not in RESULTS]


def name_faults(names: Iterable[str]) -> list[Fault]:
    """Return a fault for each column that is named nearly as an input or a name of the row."""
    return list(_name_faults(tuple(names)))


@lru_cache(maxsize=64)
def _name_faults(names: tuple[str, ...]) -> tuple[Fault, ...]:  # asked again for every block of a file
    present = {header_name(name) for name in names}
    missing = [known for known in (*MODEL_INPUTS, *ROW_NAMES) if known not in present]
    faults = []
    for original in carried_names(names):
        if near := nearest(header_name(original), missing):
            fix = f"did you mean {near}? rename the column, or give it a name that is farther from it"
            faults.append(Fault(None, "column", original, "", fix, CellError.WRONG_TYPE))
    return tuple(faults)


def _name_rows(rows: Rows, names: Mapping[str, Any], dataset: Dataset) -> None:
    named: dict[str, Coded] = {}
    for name, values in names.items():
        named[name], wrong = texts(values, name, rows.numbering)
        rows.add(wrong)
    if "company" in named:
        rows.companies = _companies(rows, named["company"], dataset)
    if "fiscal_year" in named:
        _years(rows, named["fiscal_year"], dataset)
    if "scenario" in named:
        rows.scenarios = _labels(rows, named["scenario"])
    if rows.companies is not None:
        _inherit(rows, dataset)
    elif "not_applicable_to" in named:
        rows.excluded = _excluded(rows, named["not_applicable_to"], dataset)


def _labels(rows: Rows, labels: Coded) -> Coded:
    codes = labels.each()
    blank = np.isin(codes, [code for code, label in enumerate(labels.values) if label is None])
    if not blank.any():
        return labels
    objects = labels.objects()
    objects[blank] = [str(i) for i in rows.numbering[blank].tolist()]
    return Coded.of(objects.tolist())


def _companies(rows: Rows, typed: Coded, dataset: Dataset) -> Coded:
    known: list[str] = []
    faults: dict[int, Fault] = {}
    for code, name in enumerate(typed.values):
        known.append("")
        if name is None:
            faults[code] = Fault(None, "company", "blank", "", "name a company", CellError.NOT_AVAILABLE)
            continue
        try:
            known[-1] = dataset.company(name)
        except InputError as error:
            faults[code] = error.faults[0]
    _fault_rows(rows, typed, faults, skip_wrong=True)
    return Coded(tuple(known), typed.codes, typed.count)


def _years(rows: Rows, typed: Coded, dataset: Dataset) -> None:
    if rows.companies is None:
        fix = "add a company column, or leave fiscal_year out and choose the year for the whole run"
        rows.faults.append(Fault(None, "fiscal_year", None, "", fix, CellError.WRONG_TYPE))
        return
    pairs = rows.companies.each().astype(np.int64) * len(typed.values) + typed.each()
    kinds, codes = np.unique(pairs, return_inverse=True)
    years: list[str | None] = []
    faults: dict[int, Fault] = {}
    for code, pair in enumerate(kinds.tolist()):
        company, year = (
            rows.companies.values[pair // len(typed.values)],
            typed.values[pair % len(typed.values)],
        )
        years.append(None)
        if company and year:
            try:
                years[-1] = dataset.year(company, year)
            except InputError as error:
                faults[code] = error.faults[0]
    rows.fiscal_years = Coded(tuple(years), codes.astype(np.int32), rows.count)
    _fault_rows(rows, rows.fiscal_years, faults)


def _excluded(rows: Rows, typed: Coded, dataset: Dataset) -> Coded:
    excluded: list[tuple[str, ...]] = []
    faults: dict[int, Fault] = {}
    for code, listed in enumerate(typed.values):
        names = []
        for part in filter(None, (name.strip() for name in (listed or "").split(";"))):
            try:
                names.append(dataset.company(part))
            except InputError as error:
                faults[code] = replace(error.faults[0], input="not_applicable_to")
        excluded.append(tuple(names))
    _fault_rows(rows, typed, faults)
    return Coded(tuple(excluded), typed.codes, typed.count)


def _fault_rows(rows: Rows, column: Coded, faults: Mapping[int, Fault], *, skip_wrong: bool = False) -> None:
    """Put the fault of a value to each row that holds it."""
    if faults:
        codes = column.each()
        for i in np.flatnonzero(np.isin(codes, list(faults))).tolist():
            if not (skip_wrong and any(fault.input == "company" for fault in rows.wrong.get(i, ()))):
                rows.add([(i, replace(faults[int(codes[i])], row=int(rows.numbering[i])))])


def _inherit(rows: Rows, dataset: Dataset) -> None:
    """Fill blank levers of a row from the preset that its scenario column names."""
    assert rows.companies is not None
    if isinstance(rows.scenarios, Numbered):
        return
    labels, codes = rows.scenarios.values, rows.scenarios.each()
    for name, preset in dataset.scenarios.items():
        if name not in labels:
            continue
        here = codes == labels.index(name)
        applies = np.array([preset.applies_to(company) for company in rows.companies.values])[
            rows.companies.each()
        ]
        for lever, value in preset.levers.items():
            column = rows.given.get(lever, np.full(rows.count, np.nan)).copy()
            blank = here & np.isnan(column)
            column[blank & applies if lever in REDUCTIONS else blank] = value
            rows.given[lever] = column
