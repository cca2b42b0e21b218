"""Any line after the shock, and how it differs from the base: XLP_VALUE, XLP_CHANGE."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import chain
from typing import Any

from xlplugin.entries import meaning as entries
from xlplugin.functions.arguments import (
    company_of,
    measure_of,
    reduction_of,
    text_of,
    year_of,
)
from xlplugin.functions.cases import MANY, Filled, Levers, filled, levers_in
from xlplugin.functions.cells import Grid, common_shape, grid, spread, stretched
from xlplugin.functions.registry import Range, Value, function
from xlplugin.model.errors import CellError, Fault, InputError
from xlplugin.model.lines import UNITS
from xlplugin.model.plan import plan

BASIS_POINTS = 10_000

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
    one, wanted, base = _chosen(levers, in_unit, company, measure, year)
    after = one.at(plan((wanted,)), reduction_of(cost_reduction))[wanted]
    return after if in_unit is None else in_unit(wanted, after, base)


def _chosen(
    levers: Levers, in_unit: Conversion | None, company: Any, measure: Any, year: Any
) -> tuple[Filled, str, float]:
    """Return the inputs, the line and, for a change, its base; InputError also for a unit that it lacks."""
    name = company_of(company)
    one, wanted = filled(name, year_of(name, year), levers), measure_of(measure)
    if in_unit is None:
        return one, wanted, 0.0
    base = one.base(plan((wanted,)))[wanted]
    in_unit(wanted, base, base)
    return one, wanted, base


def _table(
    levers: Levers, in_unit: Conversion | None, company: Any, cost_reduction: Any, measure: Any, year: Any
) -> list[list[Any]]:
    """Return the same as ``spread``: reductions are read once, each combination of others is one array."""
    others, reductions = [grid(company), grid(measure), grid(year)], grid(cost_reduction)
    rows, columns = common_shape([*others, reductions])
    read = stretched(_read(reductions), rows, columns)
    varying = [k for k, one in enumerate(others) if len(one) * len(one[0]) > 1]
    flat = [stretched(others[k], rows, columns) for k in varying]
    answers: list[Any] = [None] * (rows * columns)
    for places in _groups(flat, rows * columns):
        cells = [one[0][0] for one in others]
        for k, one in zip(varying, flat, strict=True):
            cells[k] = one[places[0]]
        line = _line(levers, in_unit, cells, [read[i] for i in places])
        for place, answer in zip(places, line, strict=True):
            answers[place] = answer
    return [answers[i : i + columns] for i in range(0, len(answers), columns)]


def _groups(flat: list[list[Any]], count: int) -> Iterable[Sequence[int]]:
    """Return the places at which the same cells stand, group by group."""
    if not flat:
        return [range(count)]
    if any(bool in set(map(type, one)) for one in flat):  # True and 1 are the same key
        flat = [*flat, *(list(map(type, one)) for one in flat)]
    groups: dict[Any, list[int]] = {}
    for i, key in enumerate(flat[0] if len(flat) == 1 else zip(*flat, strict=True)):
        groups.setdefault(key, []).append(i)
    return groups.values()


def _read(cells: Grid) -> Grid:
    """Return every cost_reduction as a number, NaN where blank, or as its error."""
    flat: list[Any] = list(chain.from_iterable(cells))
    found: list[Any]
    found, faults = entries.numbers(flat, "cost_reduction", first_row=0)
    for fault in faults:
        found[fault.row] = fault.error  # type: ignore[call-overload]
    width = len(cells[0])
    return tuple(zip(*[iter(found)] * width, strict=True))


def _line(levers: Levers, in_unit: Conversion | None, others: list[Any], reductions: list[Any]) -> list[Any]:
    """Return the answers for one company, measure and year; what is wrong with these comes first."""
    try:
        one, wanted, base = _chosen(levers, in_unit, *others)
    except InputError as error:
        return [error.faults[0].error] * len(reductions)
    faulty = CellError in set(map(type, reductions))
    numbers = [r if r.__class__ is float else math.nan for r in reductions] if faulty else reductions
    line = one.many(wanted, numbers)
    if in_unit is not None:
        line = [in_unit(wanted, cell, base) if cell.__class__ is float else cell for cell in line]
    if not faulty:
        return line
    return [cell if r.__class__ is float else r for cell, r in zip(line, reductions, strict=True)]


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
        fix = "enter bp or %, or leave it blank"
        raise InputError(Fault(None, "unit", typed, "", fix, CellError.WRONG_TYPE))
    return found


def _own(name: str, after: float, base: float) -> float:
    return after - base


def _basis_points(name: str, after: float, base: float) -> float:
    if UNITS[name].startswith("money"):
        fix = "money has no basis points: leave unit blank or enter %"
        raise InputError(Fault(None, "unit", "bp", "", fix, CellError.WRONG_TYPE))
    return (after - base) * BASIS_POINTS


def _of_base(name: str, after: float, base: float) -> float:
    return (after - base) / base if base > 0 else math.nan


_UNITS: dict[str, Conversion] = {"": _own, "bp": _basis_points, "bps": _basis_points, "%": _of_base}
