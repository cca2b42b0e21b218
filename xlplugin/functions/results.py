"""Any line after the shock, and how it differs from the base: XLP_VALUE, XLP_CHANGE."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import chain
from typing import Any

from xlplugin import entries
from xlplugin.errors import CellError, Fault, InputError
from xlplugin.functions.arguments import (
    COMPANY,
    COST_REDUCTION,
    FISCAL_YEAR,
    LEVERS_ARGUMENT,
    MEASURE,
    company_of,
    measure_of,
    reduction_of,
    text_of,
    year_of,
)
from xlplugin.functions.cases import MANY, Filled, Levers, filled, levers_in
from xlplugin.functions.cells import Grid, common_shape, grid, spread, stretched
from xlplugin.functions.registry import Argument, function
from xlplugin.lines import UNITS
from xlplugin.model import plan

BASIS_POINTS = 10_000

UNIT = Argument(
    "unit",
    True,
    "value",
    "Blank: the line's own unit (a margin as a fraction); bp: basis points, for margins, shares, ratios and "
    "indices; %: of the base, as a fraction (format it as %), #N/A unless the base is above 0.",
    "Leer: Einheit der Zeile (Marge als Bruchteil); bp: Basispunkte, für Margen, Anteile, Verhältnisse und "
    "Indizes; %: der Basis, als Bruchteil (als % formatieren), #NV, wenn die Basis nicht über 0 liegt.",
)


@function(
    "XLP_VALUE",
    (COMPANY, COST_REDUCTION, MEASURE, LEVERS_ARGUMENT, FISCAL_YEAR),
    "A line of the model after AI cost has fallen by cost_reduction, such as the operating margin. Ranges "
    "give a table: a column of companies by a row of reductions.",
    "Eine Zeile des Modells nach dem Rückgang der KI-Kosten, etwa die operative Marge. Bereiche ergeben "
    "eine Tabelle: Spalte von Unternehmen mal Zeile von Rückgängen.",
    '=XLP_VALUE("CRM", 30%, "gross_margin")',
)
def value(
    company: Any, cost_reduction: Any, measure: Any = None, levers: Any = None, fiscal_year: Any = None
) -> Any:
    chosen = levers_in(levers)
    if len(grid(cost_reduction)) * len(grid(cost_reduction)[0]) >= MANY:
        return _table(company, cost_reduction, measure, fiscal_year, chosen)
    return spread(partial(_value, chosen), company, cost_reduction, measure, fiscal_year)


def _value(levers: Levers, company: Any, cost_reduction: Any, measure: Any, fiscal_year: Any) -> float:
    one, wanted = _filled(levers, company, fiscal_year), measure_of(measure)
    return one.at(plan((wanted,)), reduction_of(cost_reduction))[wanted]


def _filled(levers: Levers, company: Any, fiscal_year: Any) -> Filled:
    name = company_of(company)
    return filled(name, year_of(name, fiscal_year), levers)


def _table(
    company: Any, cost_reduction: Any, measure: Any, fiscal_year: Any, levers: Levers
) -> list[list[Any]]:
    """Return the same as ``spread``: reductions are read once, each combination of others is one array."""
    others, reductions = [grid(company), grid(measure), grid(fiscal_year)], grid(cost_reduction)
    rows, columns = common_shape([*others, reductions])
    read = stretched(_read(reductions), rows, columns)
    varying = [k for k, one in enumerate(others) if len(one) * len(one[0]) > 1]
    flat = [stretched(others[k], rows, columns) for k in varying]
    line: list[Any] = [None] * (rows * columns)
    for places in _groups(flat, rows * columns):
        cells = [one[0][0] for one in others]
        for k, one in zip(varying, flat, strict=True):
            cells[k] = one[places[0]]
        for place, answer in zip(places, _line(levers, cells, [read[i] for i in places]), strict=True):
            line[place] = answer
    return [line[i : i + columns] for i in range(0, len(line), columns)]


def _groups(flat: list[list[Any]], count: int) -> Iterable[Sequence[int]]:
    """Return the places at which the same cells stand, group by group."""
    if not flat:
        return [range(count)]
    groups: dict[Any, list[int]] = {}
    kinds = [map(type, one) for one in flat]  # True and 1 are the same key
    for i, key in enumerate(zip(*flat, *kinds, strict=True)):
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


def _line(levers: Levers, others: list[Any], reductions: list[Any]) -> list[Any]:
    """Return one line of one company at many reductions; what is wrong with the company comes first."""
    company, measure, fiscal_year = others
    try:
        one, wanted = _filled(levers, company, fiscal_year), measure_of(measure)
    except InputError as error:
        return [error.faults[0].error] * len(reductions)
    if CellError not in set(map(type, reductions)):
        return one.many(wanted, reductions)
    line = one.many(wanted, [r if r.__class__ is float else float("nan") for r in reductions])
    return [cell if r.__class__ is float else r for cell, r in zip(line, reductions, strict=True)]


@function(
    "XLP_CHANGE",
    (COMPANY, COST_REDUCTION, MEASURE, UNIT, LEVERS_ARGUMENT, FISCAL_YEAR),
    "How much a line of the model changes when AI cost falls by cost_reduction: scenario minus base, where "
    "the base is the same line with both reductions 0.",
    "Wie stark sich eine Zeile des Modells ändert, wenn die KI-Kosten um cost_reduction sinken: Szenario "
    "minus Basis; die Basis ist dieselbe Zeile mit beiden Rückgängen 0.",
    '=XLP_CHANGE("CRM", 30%, "operating_margin", "bp")',
)
def change(
    company: Any,
    cost_reduction: Any,
    measure: Any = None,
    unit: Any = None,
    levers: Any = None,
    fiscal_year: Any = None,
) -> Any:
    in_unit = _unit(text_of(unit, "unit"))
    return spread(partial(_change, levers_in(levers), in_unit), company, cost_reduction, measure, fiscal_year)


Conversion = Callable[[str, float, float], float]


def _change(
    levers: Levers, in_unit: Conversion, company: Any, cost_reduction: Any, measure: Any, fiscal_year: Any
) -> float:
    one, wanted = _filled(levers, company, fiscal_year), measure_of(measure)
    lines = plan((wanted,))
    after = one.at(lines, reduction_of(cost_reduction))[wanted]
    return in_unit(wanted, after, one.base(lines)[wanted])


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
    return (after - base) / base if base > 0 else float("nan")


_UNITS: dict[str, Conversion] = {"": _own, "bp": _basis_points, "bps": _basis_points, "%": _of_base}
