"""Any line after the shock, and how it differs from the base: XLP_VALUE, XLP_CHANGE."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import chain
from typing import Any

from xlplugin.data.subjects import Subject
from xlplugin.entries import meaning as entries
from xlplugin.functions.arguments import (
    company_of,
    measure_of,
    numbers_of,
    reduction_of,
    text_of,
    year_of,
)
from xlplugin.functions.levers import Levers, levers_in, subject_under
from xlplugin.functions.registry import Range, Value, function
from xlplugin.functions.shapes import Grid, common_shape, grid, is_range, keys_of, rows_of, spread, stretched
from xlplugin.model.errors import CellError, InputError
from xlplugin.model.lines import UNITS
from xlplugin.model.plan import Plan, plan

BASIS_POINTS = 10_000

#: From this many values on, arrays are quicker than a loop.
MANY = 64

#: From a line's name, its value after the change and before, to what the cell shows.
Conversion = Callable[[str, float, float], float]


@function("XLP_VALUE", '=XLP_VALUE("CRM", 30%, "gross_margin")', by_shape=True)
def value(
    company: Range,
    cost_reduction: Range,
    measure: Range = None,
    levers: Range = None,
    fiscal_year: Range = None,
) -> Any:
    return _answers(levers_in(levers), None, company, cost_reduction, measure, fiscal_year)


def _answers(
    levers: Levers, in_unit: Conversion | None, company: Any, cost_reduction: Any, measure: Any, year: Any
) -> Any:
    """Return a line, or its change in a unit, for cells or ranges; many reductions as arrays."""
    if len(grid(cost_reduction)) * len(grid(cost_reduction)[0]) >= MANY:
        return _table(levers, in_unit, company, cost_reduction, measure, year)
    return spread(partial(_cell, levers, in_unit), company, cost_reduction, measure, year)


def _cell(
    levers: Levers, in_unit: Conversion | None, company: Any, cost_reduction: Any, measure: Any, year: Any
) -> float:
    subject, wanted, base = _chosen(levers, in_unit, company, measure, year)
    after = subject.at(plan((wanted,)), {"cost_reduction": reduction_of(cost_reduction)})[wanted]
    return after if in_unit is None else in_unit(wanted, after, base)


def _chosen(
    levers: Levers, in_unit: Conversion | None, company: Any, measure: Any, year: Any
) -> tuple[Subject, str, float]:
    """Return the subject, the line and, for a change, its base; InputError also for a unit that it lacks."""
    name = company_of(company)
    subject, wanted = subject_under(name, year_of(name, year), levers), measure_of(measure)
    if in_unit is None:
        return subject, wanted, 0.0
    base = subject.base(plan((wanted,)))[wanted]
    in_unit(wanted, base, base)
    return subject, wanted, base


def _table(
    levers: Levers, in_unit: Conversion | None, company: Any, cost_reduction: Any, measure: Any, year: Any
) -> list[list[Any]]:
    """Return the same as ``spread``: reductions are read once, a company, measure and year is one array."""
    others, reductions = [grid(company), grid(measure), grid(year)], grid(cost_reduction)
    rows, columns = common_shape([*others, reductions])
    read = _read(reductions, rows, columns)
    varying = {k: stretched(cells, rows, columns) for k, cells in enumerate(others) if is_range(cells)}
    answers: list[Any] = [None] * (rows * columns)
    for group in _same_cells(list(varying.values()), rows * columns):
        cells = [varying[k][group[0]] if k in varying else only[0][0] for k, only in enumerate(others)]
        line = _line(levers, in_unit, cells, list(map(read.__getitem__, group)))
        for place, answer in zip(group, line, strict=True):
            answers[place] = answer
    return rows_of(answers, columns)


def _same_cells(ranges: list[list[Any]], count: int) -> Iterable[Sequence[int]]:
    """Return groups of places (0 .. count - 1) at which every range holds the same cell."""
    if not ranges:
        return [range(count)]
    groups = defaultdict[Any, list[int]](list)
    for place, key in enumerate(keys_of(ranges, count)):
        groups[key].append(place)
    return groups.values()


def _read(cells: Grid, rows: int, columns: int) -> list[Any]:
    """Return the cost_reduction of each place of a table as a number, NaN where blank, or as its error."""
    numbers = numbers_of(list(chain.from_iterable(cells)), "cost_reduction")
    if len(numbers) == rows * columns:
        return numbers
    return stretched(tuple(map(tuple, rows_of(numbers, len(cells[0])))), rows, columns)


def _line(levers: Levers, in_unit: Conversion | None, others: list[Any], reductions: list[Any]) -> list[Any]:
    """Return the answers for one company, measure and year; what is wrong with these comes first."""
    try:
        subject, wanted, base = _chosen(levers, in_unit, *others)
    except InputError as error:
        return [error.faults[0].error] * len(reductions)
    faulty = CellError in set(map(type, reductions))
    numbers = [r if r.__class__ is float else math.nan for r in reductions] if faulty else reductions
    line = _at_each(subject, wanted, numbers)
    if in_unit is not None:
        line = [in_unit(wanted, cell, base) if cell.__class__ is float else cell for cell in line]
    if not faulty:
        return line
    return [cell if r.__class__ is float else r for cell, r in zip(line, reductions, strict=True)]


def _at_each(subject: Subject, name: str, reductions: Sequence[float]) -> list[Any]:
    """Return one line at each cost_reduction, NaN where that is NaN; errors where there are any."""
    wanted = plan((name,))
    if len(reductions) >= MANY:
        try:
            return _by_arrays(subject, wanted, reductions)
        except (ImportError, InputError):  # no NumPy; or single cells leave the domain
            pass
    return [_at_one(subject, wanted, reduction) for reduction in reductions]


def _at_one(subject: Subject, wanted: Plan, reduction: float) -> Any:
    if reduction != reduction:
        return math.nan
    try:
        return subject.at(wanted, {"cost_reduction": reduction})[wanted.outputs[0]]
    except InputError as error:
        return error.faults[0].error


def _by_arrays(subject: Subject, wanted: Plan, reductions: Sequence[float]) -> list[float]:
    import numpy as np

    from xlplugin.model.arrays import evaluate_rows

    column = np.array(reductions)
    row = subject.fill({"cost_reduction": column})
    line = evaluate_rows(wanted, row, len(column), strict=False)[wanted.outputs[0]]
    line[np.isnan(column)] = np.nan  # also where the line does not depend on it
    answers: list[float] = line.tolist()
    return answers


@function("XLP_CHANGE", '=XLP_CHANGE("CRM", 30%, "operating_margin", "bp")', by_shape=True)
def change(
    company: Range,
    cost_reduction: Range,
    measure: Range = None,
    unit: Value = None,
    levers: Range = None,
    fiscal_year: Range = None,
) -> Any:
    in_unit = _unit(text_of(unit, "unit"))
    return _answers(levers_in(levers), in_unit, company, cost_reduction, measure, fiscal_year)


def _unit(typed: str | None) -> Conversion:
    found = _UNITS.get(entries.key(typed or ""))
    if found is None:
        raise InputError.wrong("unit", typed, "enter bp or %, or leave it blank")
    return found


def _own(name: str, after: float, base: float) -> float:
    return after - base


def _basis_points(name: str, after: float, base: float) -> float:
    if UNITS[name].startswith("money"):
        raise InputError.wrong("unit", "bp", "money has no basis points: leave unit blank or enter %")
    return (after - base) * BASIS_POINTS


def _of_base(name: str, after: float, base: float) -> float:
    return (after - base) / base if base > 0 else math.nan


_UNITS: dict[str, Conversion] = {"": _own, "bp": _basis_points, "bps": _basis_points, "%": _of_base}
