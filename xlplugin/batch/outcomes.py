"""What comes of one company's rows: entries filled by precedence, lines computed, faults found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xlplugin.batch.groups import Group
from xlplugin.batch.rows import Rows
from xlplugin.batch.selection import Selection
from xlplugin.data.dataset import Dataset
from xlplugin.model.domains import joint_faults, no_stand_in
from xlplugin.model.errors import Fault
from xlplugin.model.floats import revenue_gone
from xlplugin.model.inputs import JOINT_LIMITS, REDUCTIONS, ROUNDING
from xlplugin.model.kernel.program import program
from xlplugin.model.messages import message, plain
from xlplugin.model.plan import Plan

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass
class Outcome:
    """A group's entries, the inputs that were used, its lines, and faults by position in the group."""

    given: Mapping[str, Any]
    inputs: Mapping[str, Any]
    lines: Mapping[str, Array]
    wrong: dict[int, list[Fault]] = field(default_factory=dict)


def outcome_of(
    group: Group, rows: Rows, selection: Selection, room: Callable[[str], Array] | None = None
) -> Outcome:
    """Return what comes of a group.

    ``room`` gives the array that a line is computed into; by default a new one. Where a row has no
    result, its lines are NaN.
    """
    given = _given(group, rows, selection.dataset)
    inputs = {
        name: float(value) if np.ndim(value) == 0 else np.ascontiguousarray(value)
        for name, value in group.case.fill(given).items()
    }
    lines, revenue = _lines(selection.plan, inputs, group.count, room)
    outcome = Outcome(given, inputs, lines)
    over = _shares_that_pass(group, inputs, outcome.wrong)
    untaxed = _without_tax_rate(group, selection.plan, inputs, outcome.wrong)
    gone = _revenue_gone(group, revenue, over, outcome.wrong)
    blank = _without_result(group, inputs["cost_reduction"], (over, untaxed, gone, group.faulty))
    if blank is not None:
        for line in lines.values():
            line[blank] = np.nan
    return outcome


def _given(group: Group, rows: Rows, dataset: Dataset) -> dict[str, Any]:
    """Return what the rows give for the group's company."""
    given = {name: group.of(column) for name, column in rows.given.items()}
    for name, level in rows.levels.items():
        given[name] = _ranged(dataset, group, name, given.get(name), group.of(level))
    if rows.excluded is not None:
        out = np.array([group.case.company in companies for companies in rows.excluded.values])
        if out.any():
            here = group.of(out[rows.excluded.each()])
            for name in filter(given.__contains__, REDUCTIONS):
                kept = group.of(rows.kept[name]) if name in rows.kept else False
                given[name] = np.where(here & ~np.asarray(kept, bool), np.nan, given[name])
    return given


def _ranged(dataset: Dataset, group: Group, name: str, given: Any, level: NDArray[np.int8]) -> Array:
    """Return a lever whose rows ask for low (1), base (2) or high (3) of the company's range."""
    known = dataset.assumption(group.case.company, name)
    ends = (np.nan,) * 3 if known is None else (known.low, known.base, known.high)
    ranged: Array = np.array([np.nan, *ends])[level]
    return ranged if given is None else np.where(level > 0, ranged, given)


def _lines(
    plan: Plan, inputs: Mapping[str, Any], count: int, room: Callable[[str], Array] | None
) -> tuple[dict[str, Array], Array | None]:
    """Return the lines, and the revenue of the scenario where they stand on it."""
    needed = [*plan.outputs]
    if "scenario_revenue" in plan.steps and "scenario_revenue" not in needed:
        needed.append("scenario_revenue")
    out = {name: room(name) if room and name in plan.outputs else np.empty(count) for name in needed}
    if count:
        row = {name: inputs[name] for name in plan.inputs}
        varying = frozenset(name for name, value in row.items() if not isinstance(value, float))
        program(tuple(needed), varying).run(row, count, out)
    return {name: out[name] for name in plan.outputs}, out.get("scenario_revenue")


def _shares_that_pass(group: Group, inputs: Mapping[str, Any], wrong: dict[int, list[Fault]]) -> Mask | None:
    """Note the rows whose shares of one whole add to more than 1, and return where they are."""
    over: Mask | None = None
    for limit in JOINT_LIMITS:
        passing = sum(inputs[name] for name in limit.names) > 1 + ROUNDING
        if not np.any(passing):
            continue
        passing = np.broadcast_to(passing, (group.count,))
        over = passing if over is None else over | passing
        for i in np.flatnonzero(passing).tolist():
            shares = {n: float(v[i]) if np.ndim(v := inputs[n]) else v for n in limit.names}
            for fault in joint_faults(shares, row=int(group.numbering[i])):
                told = {"company": group.case.company, "fix": plain(fault.fix)}
                named = replace(fault, fix=message("for {company}, {fix}", **told))
                wrong.setdefault(i, []).append(named)
    return over


def _without_tax_rate(
    group: Group, plan: Plan, inputs: Mapping[str, Any], wrong: dict[int, list[Fault]]
) -> Mask | None:
    """Note the rows where no tax rate may stand in for a blank marginal one, and return where they are."""
    rate = inputs["income_tax_rate"]
    unfit = np.isnan(inputs["marginal_tax_rate"]) & ~np.isnan(rate)
    if "marginal_tax_rate" not in plan.inputs or not np.any(unfit):
        return None
    rates, unfit = np.broadcast_to(rate, (group.count,)), np.broadcast_to(unfit, (group.count,))
    for i in np.flatnonzero(unfit).tolist():
        if fault := no_stand_in("marginal_tax_rate", float(rates[i]), row=int(group.numbering[i])):
            wrong.setdefault(i, []).append(fault)
    return unfit


def _revenue_gone(
    group: Group, revenue: Array | None, over: Mask | None, wrong: dict[int, list[Fault]]
) -> Mask | None:
    """Note the rows that are left without revenue, and return where they are."""
    gone = None if revenue is None else revenue <= 0
    if revenue is None or gone is None or not gone.any():
        return None
    for i in np.flatnonzero(gone if over is None else gone & ~over).tolist():
        wrong.setdefault(i, []).append(revenue_gone(int(group.numbering[i]), float(revenue[i])))
    return gone


def _without_result(group: Group, reduction: Any, masks: tuple[Mask | None, ...]) -> Mask | None:
    """Return which rows have no result, None where all have one."""
    alike = isinstance(reduction, float)
    if group.case.fiscal_year is None or (alike and reduction != reduction):
        return np.ones(group.count, bool)
    # the least of a column passes a NaN on
    blank: Mask | None = None if alike or not np.isnan(reduction.min(initial=0)) else np.isnan(reduction)
    for mask in masks:
        if mask is not None:
            blank = mask if blank is None else blank | mask
    return blank
