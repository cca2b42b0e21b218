"""Runs: every scenario row for every company, filled by precedence and evaluated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xlplugin.arrays import evaluate_rows
from xlplugin.dataset import Dataset
from xlplugin.entries import joint_faults
from xlplugin.errors import CellError, Fault, InputError
from xlplugin.inputs import JOINT_LIMITS, REDUCTIONS, ROUNDING
from xlplugin.lines import LINES
from xlplugin.model import Plan, plan
from xlplugin.precedence import Case, case
from xlplugin.rows import FLAGS, Rows

__all__ = ["Selection", "calculate"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Selection:
    """What to compute for which companies: cases in order, the plan of lines, the inputs shown."""

    dataset: Dataset
    cases: tuple[Case, ...]
    plan: Plan
    show_given: bool = False
    own: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        dataset: Dataset,
        companies: Sequence[str] | None = None,
        fiscal_year: Any = None,
        lines: Sequence[str] | None = None,
        inputs: str = "used",
        own: Mapping[str, Mapping[str, float]] | None = None,
    ) -> Selection:
        """Return a selection; InputError for unknown names, lines, years or own values."""
        if inputs not in ("used", "given"):
            raise InputError(Fault(None, "inputs", inputs, "used, given", "choose one", CellError.WRONG_TYPE))
        owned = {dataset.company(name): dict(values) for name, values in (own or {}).items()}
        names = [dataset.company(name) for name in (companies or dataset.companies)]
        years = _years(dataset, names, fiscal_year, named=companies is not None)
        cases = tuple(case(dataset, name, years[name], owned.get(name)) for name in dict.fromkeys(names))
        chosen = plan(tuple(dict.fromkeys(LINES if lines is None else lines)))
        return cls(dataset, cases, chosen, inputs == "given", owned)

    def case_of(self, company: str, fiscal_year: str | None) -> Case:
        """Return the case of a named company, in the given year or the selection's."""
        for one in self.cases:
            if one.company == company and (fiscal_year is None or one.fiscal_year == fiscal_year):
                return one
        year = self.dataset.year(company, fiscal_year)
        return case(self.dataset, company, year, self.own.get(company))


def calculate(rows: Rows, selection: Selection) -> dict[str, Any]:
    """Return the result's columns, in order, for every row and company.

    Rows come first, companies vary within a row; with a company column there is one result a row.
    A pair without a cost_reduction, or without figures, has no result: NaN in every line. Raises
    InputError where a filled row leaves the domain.
    """
    if rows.companies is None:
        pairs = [(one, np.arange(rows.count)) for one in selection.cases]
        stride = len(selection.cases)
        places = [np.arange(rows.count) * stride + k for k in range(stride)]
    else:
        pairs, places = _grouped(rows, selection)
    total = sum(len(index) for _, index in pairs)
    blocks, faults = [], []
    for one, index in pairs:
        try:
            blocks.append(_block(one, rows, index, selection))
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(sorted(faults, key=lambda fault: fault.row))  # type: ignore[arg-type, return-value]
    return _assembled(rows, selection, pairs, places, blocks, total)


@dataclass
class _Block:
    """One company's part of a run."""

    inputs: dict[str, Any]
    lines: dict[str, Array]
    flags: dict[str, Any]


def _block(one: Case, rows: Rows, index: NDArray[np.intp], selection: Selection) -> _Block:
    whole = len(index) == rows.count
    given: dict[str, Any] = {n: (v if whole else v[index]) for n, v in rows.given.items()}
    if rows.excluded is not None:
        out = np.fromiter((one.company in rows.excluded[i] for i in index), bool, len(index))
        if out.any():
            for name in REDUCTIONS:
                if name in given:
                    given[name] = np.where(out, np.nan, given[name])
    filled = one.fill(given)
    inputs = {n: float(v) if np.ndim(v) == 0 else np.ascontiguousarray(v) for n, v in filled.items()}
    numbering = rows.numbers[index]
    if faults := _joint_faults(inputs, one.company, numbering):
        raise InputError(faults)
    lines = evaluate_rows(selection.plan, inputs, len(index), strict=False, numbering=numbering)
    blank = np.isnan(np.broadcast_to(inputs["cost_reduction"], (len(index),)))
    if one.fiscal_year is None:
        blank = np.ones(len(index), bool)
    if blank.any():
        for column in lines.values():
            column[blank] = np.nan
    used = {name: inputs[name] for name in selection.plan.inputs}
    flags = _flags(one, given, inputs, selection.plan.inputs, len(index))
    return _Block(used if not selection.show_given else given, lines, flags)


def _flags(one: Case, given: Mapping[str, Any], inputs: Mapping[str, Any], needed: tuple[str, ...], n: int) -> dict[str, Any]:
    """Return the flag columns; text flags are worked once for each pattern of blanks."""
    names = [name for name in given if name in needed]
    pattern = np.zeros(n, np.int64)
    for i, name in enumerate(names):
        pattern |= (~np.isnan(given[name])).astype(np.int64) << i
    kinds, inverse = np.unique(pattern, return_inverse=True)
    columns: dict[str, list[Any]] = {name: [] for name in FLAGS[:3]}
    for kind in kinds.tolist():
        row = {name: 0.0 for i, name in enumerate(names) if kind >> i & 1}
        columns[FLAGS[0]].append(";".join(one.fallback_exposures(row, needed)))
        columns[FLAGS[1]].append(";".join(one.overrides(row, needed)))
        columns[FLAGS[2]].append(one.exposure_year_differs(row, needed))
    result: dict[str, Any] = {
        name: np.array(values, dtype=bool if name == FLAGS[2] else object)[inverse]
        for name, values in columns.items()
    }
    result[FLAGS[3]] = np.broadcast_to(np.greater(inputs["ai_supply_revenue_share"], 0), (n,))
    return result


def _assembled(
    rows: Rows,
    selection: Selection,
    pairs: Sequence[tuple[Case, NDArray[np.intp]]],
    places: Sequence[NDArray[np.intp]],
    blocks: Sequence[_Block],
    total: int,
) -> dict[str, Any]:
    order = np.empty(total, np.intp)
    for (_, index), place in zip(pairs, places, strict=True):
        order[place] = index

    def spread(parts: Sequence[Any], dtype: Any) -> NDArray[Any]:
        column = np.empty(total, dtype)
        for part, place in zip(parts, places, strict=True):
            column[place] = part
        return column

    columns: dict[str, Any] = {
        "company": spread([one.company for one, _ in pairs], object),
        "fiscal_year": spread([one.fiscal_year for one, _ in pairs], object),
        "scenario": np.array(rows.scenarios, dtype=object)[order],
    }
    for name, values in rows.carried.items():
        if name not in columns:
            carried = np.empty(rows.count, dtype=object)
            carried[:] = list(values)
            columns[name] = carried[order]
    shown = blocks[0].inputs if blocks else {}
    for name in shown:
        columns[name] = spread([block.inputs[name] for block in blocks], np.float64)
    for name in selection.plan.outputs:
        columns[name] = spread([block.lines[name] for block in blocks], np.float64)
    for name in FLAGS:
        dtype = bool if name in FLAGS[2:] else object
        columns[name] = spread([block.flags[name] for block in blocks], dtype)
    return columns


def _grouped(
    rows: Rows, selection: Selection
) -> tuple[list[tuple[Case, NDArray[np.intp]]], list[NDArray[np.intp]]]:
    assert rows.companies is not None
    years = rows.fiscal_years or [None] * rows.count
    groups: dict[tuple[str, str | None], list[int]] = {}
    for i, pair in enumerate(zip(rows.companies, years, strict=True)):
        groups.setdefault(pair, []).append(i)
    pairs = [
        (selection.case_of(company, selection.dataset.year(company, year) if year else None), np.array(index))
        for (company, year), index in groups.items()
    ]
    return pairs, [index for _, index in pairs]


def _joint_faults(inputs: Mapping[str, Any], company: str, numbering: NDArray[np.intp]) -> list[Fault]:
    faults = []
    for limit in JOINT_LIMITS:
        total = sum(np.asarray(inputs[name]) for name in limit.names)
        for i in np.flatnonzero(np.broadcast_to(total > 1 + ROUNDING, numbering.shape)):
            row = {n: float(np.broadcast_to(inputs[n], numbering.shape)[i]) for n in limit.names}
            for fault in joint_faults(row, row=int(numbering[i])):
                faults.append(replace(fault, fix=f"for {company}, {fault.fix}"))
    return faults


def _years(dataset: Dataset, names: Sequence[str], wanted: Any, *, named: bool) -> dict[str, str | None]:
    if isinstance(wanted, Mapping):
        by_company = {dataset.company(name): year for name, year in wanted.items()}
        return {name: dataset.year(name, by_company.get(name)) for name in names}
    years: dict[str, str | None] = {}
    for name in names:
        try:
            years[name] = dataset.year(name, wanted)
        except InputError:
            if named:
                raise
            years[name] = None
    if wanted is not None and not any(years.values()):
        known = "; ".join(f"{name} has {', '.join(dataset.years(name))}" for name in names)
        raise InputError(Fault(None, "fiscal_year", wanted, "", known, CellError.NOT_AVAILABLE))
    return years


