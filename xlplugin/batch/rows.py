"""Scenario rows as columns: the entries of each row, the company and year that it is for, its preset."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xlplugin.batch.headers import ROW_NAMES, carried_names, column_name, name_faults
from xlplugin.data.dataset import Dataset
from xlplugin.data.records import Scenario
from xlplugin.entries.columns import Coded, Numbered, by_row, floats, meant, taken, texts
from xlplugin.files.tables import Table
from xlplugin.model.errors import CellError, Fault, InputError, gathering, suggestion
from xlplugin.model.inputs import REDUCTIONS
from xlplugin.model.messages import message, plain
from xlplugin.model.plan import MODEL_INPUTS

Array = NDArray[np.float64]

#: A lever by the company's own range: for each row 0 (nothing), 1 (low), 2 (base) or 3 (high).
Levels = dict[str, NDArray[np.int8]]


@dataclass
class Rows:
    """Scenario rows as columns: the inputs given (NaN = blank), and what is carried through.

    ``scenarios`` are the labels, ``companies`` and ``fiscal_years`` the row's own where the table has
    such columns (a year None: the company's default), ``excluded`` the companies (a tuple) for which
    the row's own reductions do not count, but for those that ``kept`` marks: given beside a preset's.
    ``levels`` are levers given as low, base or high of each
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
    kept: dict[str, NDArray[np.bool_]] = field(default_factory=dict)
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
            {name: kept[index] for name, kept in self.kept.items()},
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
    column that is no input is carried through. A row whose scenario is a preset takes the preset's
    levers where it leaves a blank. ``first`` is the number of the first row.
    """
    by_name = {known: name for name in table.columns if (known := column_name(name))}
    numbering = np.arange(first, first + table.count)
    rows = Rows(table.count, Numbered(numbering), {}, faults=name_faults(table.columns), numbering=numbering)
    for name, original in by_name.items():
        if name in MODEL_INPUTS:
            rows.given[name], wrong = floats(table.columns[original], name, numbering, table.decimal)
            rows.add(wrong)
    rows.carried = {name: table.columns[name] for name in carried_names(table.columns)}
    _name_rows(rows, {name: table.columns[by_name[name]] for name in ROW_NAMES if name in by_name}, dataset)
    return rows


def _name_rows(rows: Rows, names: Mapping[str, Any], dataset: Dataset) -> None:
    named_by: dict[str, Coded] = {}
    for name, values in names.items():
        named_by[name], wrong = texts(values, name, rows.numbering)
        rows.add(wrong)
    if "company" in named_by:
        rows.companies = _companies(rows, named_by["company"], dataset)
    if "fiscal_year" in named_by:
        _years(rows, named_by["fiscal_year"], dataset)
    if "scenario" in named_by:
        rows.scenarios = _labels(rows, named_by["scenario"])
    if rows.companies is None and "not_applicable_to" in named_by:
        rows.excluded = _excluded(rows, named_by["not_applicable_to"], dataset)
    if "scenario" in named_by:
        _inherit(rows, named_by["scenario"], dataset)


def _labels(rows: Rows, labels: Coded) -> Coded:
    codes = labels.each()
    blank = np.isin(codes, [code for code, label in enumerate(labels.values) if label is None])
    if not blank.any():
        return labels
    objects = labels.objects()
    objects[blank] = [str(i) for i in rows.numbering[blank].tolist()]
    return Coded.of(objects.tolist())


def _companies(rows: Rows, typed: Coded, dataset: Dataset) -> Coded:
    """Return the row's companies, "" where there is none; a row whose name was wrong already is told once."""

    def known(name: str | None) -> str:
        if name is None:
            raise InputError.missing("company", plain("blank"), "name a company")
        return dataset.company(name)

    names, faults = meant(typed.values, known)
    told = {i for i, wrong in rows.wrong.items() if any(fault.input == "company" for fault in wrong)}
    rows.add(wrong for wrong in by_row(typed.each(), faults, rows.numbering) if wrong[0] not in told)
    return Coded(tuple(name or "" for name in names), typed.codes, typed.count)


def _years(rows: Rows, typed: Coded, dataset: Dataset) -> None:
    if rows.companies is None:
        fix = "add a company column, or leave fiscal_year out and choose the year for the whole run"
        rows.faults.append(Fault(None, "fiscal_year", None, "", fix, CellError.WRONG_TYPE))
        return
    pairs = rows.companies.each().astype(np.int64) * len(typed.values) + typed.each()
    kinds, codes = np.unique(pairs, return_inverse=True)
    named = [divmod(pair, len(typed.values)) for pair in kinds.tolist()]
    known = [(rows.companies.values[company], typed.values[year]) for company, year in named]
    years, faults = meant(known, lambda pair: dataset.year(*pair) if all(pair) else None)
    rows.fiscal_years = Coded(tuple(years), codes.astype(np.int32), rows.count)
    rows.add(by_row(codes, faults, rows.numbering))


def _excluded(rows: Rows, typed: Coded, dataset: Dataset) -> Coded:
    def known(listed: str | None) -> tuple[str, ...]:
        names: list[str] = []
        wrong: list[Fault] = []
        for part in filter(None, map(str.strip, (listed or "").split(";"))):
            with gathering(wrong):
                names.append(dataset.company(part))
        if wrong:
            raise InputError(replace(wrong[-1], input="not_applicable_to"))
        return tuple(names)

    excluded, faults = meant(typed.values, known)
    rows.add(by_row(typed.each(), faults, rows.numbering))
    return Coded(tuple(names or () for names in excluded), typed.codes, typed.count)


def _inherit(rows: Rows, typed: Coded, dataset: Dataset) -> None:
    """Fill blank levers of the rows whose scenario is a preset; another name must bring a reduction."""
    own = {name: ~np.isnan(rows.given[name]) for name in REDUCTIONS if name in rows.given}
    codes, presets = typed.each(), _presets(typed.values, dataset)
    excluded = np.empty(rows.count, dtype=object)
    excluded[:] = [()] * rows.count if rows.excluded is None else rows.excluded.objects()
    for preset in {preset.name: preset for preset in presets.values()}.values():
        here = np.isin(codes, [i for i, name in enumerate(typed.values) if presets.get(name) is preset])
        if not here.any():
            continue
        applies = _applies(rows, preset)
        for lever, value in preset.levers.items():
            column = rows.given.get(lever, np.full(rows.count, np.nan)).copy()
            blank = here & np.isnan(column)
            column[blank & applies if lever in REDUCTIONS else blank] = value
            rows.given[lever] = column
        if rows.companies is None and preset.not_applicable_to:
            for i in np.flatnonzero(here).tolist():
                if not excluded[i]:
                    excluded[i] = preset.not_applicable_to
                    for name, given in own.items():
                        rows.kept.setdefault(name, np.zeros(rows.count, bool))[i] = given[i]
    if rows.companies is None and any(excluded):
        rows.excluded = Coded.of(excluded.tolist())
    _strangers(rows, typed, presets, own, dataset)


def _presets(names: Iterable[Any], dataset: Dataset) -> dict[Any, Scenario]:
    """Return the preset of each name that is one's."""
    initials = {spelling[:1] for spelling in dataset.scenario_spellings}
    likely = [name for name in names if name and (name[0].casefold() in initials or not name.isascii())]
    return {name: preset for name in likely if (preset := dataset.named_scenario(name))}


def _applies(rows: Rows, preset: Scenario) -> NDArray[np.bool_]:
    """Whether a preset's own reductions count in each row: for its company, where it names one."""
    if rows.companies is None:
        return np.ones(rows.count, bool)
    applies = np.array([preset.applies_to(company) for company in rows.companies.values], bool)
    return applies[rows.companies.each()]


def _strangers(
    rows: Rows, typed: Coded, presets: Mapping[Any, Scenario], own: Mapping[str, Any], dataset: Dataset
) -> None:
    """Name the rows whose scenario is no preset and that give no reduction: nothing would change in them."""
    unknown = [i for i, name in enumerate(typed.values) if name is not None and name not in presets]
    lost = np.isin(typed.each(), unknown)
    for given in own.values():
        lost &= ~given
    for i in np.flatnonzero(lost).tolist():
        if i not in rows.wrong:
            name = typed.values[typed.each()[i]]
            fix = message(
                "it is no preset, and the row gives no cost_reduction; {suggestion}",
                suggestion=suggestion(name, dataset.scenarios),
            )
            rows.add([(i, Fault(int(rows.numbering[i]), "scenario", name, "", fix, CellError.NOT_AVAILABLE))])
