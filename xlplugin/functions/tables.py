"""Whole tables for companies of the dataset: XLP_SCENARIO, XLP_BRIDGE, XLP_SENSITIVITY."""

from __future__ import annotations

from typing import Any

from xlplugin.data.shipped import shipped
from xlplugin.entries import meaning as entries
from xlplugin.functions.arguments import (
    blank,
    company_of,
    known,
    measure_of,
    measures_of,
    reduction_of,
    text_of,
    year_of,
)
from xlplugin.functions.cases import Filled, filled, levers_in, starting_reduction
from xlplugin.functions.cells import common_shape, grid, names_in, partner, single
from xlplugin.functions.presets import Row, rows_in
from xlplugin.functions.registry import Range, Value, function
from xlplugin.model.errors import CellError, Fault, InputError
from xlplugin.model.floats import evaluate_floats
from xlplugin.model.labels import label
from xlplugin.model.lines import BARS, MARGIN_BARS
from xlplugin.model.plan import MODEL_INPUTS, plan

#: What XLP_SCENARIO shows where no measures are chosen.
SUMMARY = (
    "scenario_revenue",
    "gross_margin",
    "operating_income",
    "operating_margin",
    "eps",
    "gross_margin_change",
    "operating_margin_change",
    "operating_income_change",
    "eps_change",
)


@function("XLP_SCENARIO", '=XLP_SCENARIO("CRM", {"half";"price_war"}, {"gross_margin";"eps"})')
def scenario(companies: Range = None, scenarios: Range = None, measures: Range = None) -> list[list[Any]]:
    measured = measures_of(measures, SUMMARY)
    chosen = names_in(companies) or list(shipped().companies)
    table: list[list[Any]] = [["company", "fiscal_year", "scenario", *(shown for shown, _ in measured)]]
    for row in rows_in(scenarios):
        for company in chosen if row.company is None else [row.company]:
            table.append(_scenario_row(row, company, [name for _, name in measured]))
    return table


def _scenario_row(row: Row, company: Any, measured: list[Any]) -> list[Any]:
    head = [company, "", row.label]
    try:
        head[0] = name = company_of(company)
        head[1] = year = year_of(name, row.fiscal_year)
        one = filled(name, year, row.levers_for(name))
        if one.reduction is None:
            return [*head, *([CellError.NOT_AVAILABLE] * len(measured))]
        wanted = plan(tuple(name for name in measured if name.__class__ is str))
        lines: dict[Any, Any] = dict(one.at(wanted, one.reduction))
    except InputError as error:
        return [*head, *([error.faults[0].error] * len(measured))]
    return [*head, *(lines.get(name, name) for name in measured)]


@function("XLP_BRIDGE", '=XLP_BRIDGE("CRM", 30%, "operating_margin")')
def bridge(
    company: Range,
    cost_reduction: Range,
    measure: Range = None,
    levers: Range = None,
    fiscal_year: Range = None,
) -> list[list[Any]]:
    typed = text_of(measure, "measure")
    wanted = "operating_income" if typed is None else known(typed, "measure", tuple(_BRIDGES))
    names = (f"base_{wanted}", *_BRIDGES[wanted], wanted)
    chosen, year = levers_in(levers), single(fiscal_year, "fiscal_year")
    companies, reductions = grid(company), grid(cost_reduction)
    rows, columns = common_shape([companies, reductions])
    pairs = [
        (partner(companies, i, k), partner(reductions, i, k)) for i in range(rows) for k in range(columns)
    ]
    heads = [_head(pair, len(pairs), wanted, companies, reductions) for pair in pairs]
    bars = []
    for one_company, reduction in pairs:
        try:
            name = company_of(one_company)
            one = filled(name, year_of(name, year), chosen)
            bars.append(one.at(plan(names), reduction_of(reduction)))
        except InputError as error:
            if len(pairs) == 1:
                raise
            bars.append(dict.fromkeys(names, error.faults[0].error))  # type: ignore[arg-type]
    body = [[name, label(name), *(column[name] for column in bars)] for name in names]
    return [["bar", "label", *heads], *body]


_BRIDGES = {"operating_income": tuple(BARS), "operating_margin": tuple(MARGIN_BARS)}


def _head(pair: tuple[Any, Any], count: int, measure: str, companies: Any, reductions: Any) -> Any:
    if count == 1:
        return measure
    several = [len(one) * len(one[0]) > 1 for one in (companies, reductions)]
    if not several[1]:
        return pair[0]
    return pair[1] if not several[0] else f"{pair[0]} {pair[1]}"


@function(
    "XLP_SENSITIVITY",
    '=XLP_SENSITIVITY("CRM", "operating_margin", "cost_reduction", {0.1;0.3;0.5}, "pass_through", {0,0.5,1})',
)
def sensitivity(
    company: Value,
    measure: Value,
    row_lever: Value,
    row_values: Range,
    column_lever: Value,
    column_values: Range,
    cost_reduction: Value = None,
    levers: Range = None,
    fiscal_year: Value = None,
) -> list[list[Any]]:
    name = company_of(single(company, "company"))
    if text_of(measure, "measure") is None:
        raise blank("measure")
    wanted = measure_of(single(measure, "measure"))
    down, across = (_axis(row_lever, row_values, "row"), _axis(column_lever, column_values, "column"))
    if down[0] == across[0]:
        fix = "choose two different levers"
        raise InputError(Fault(None, "column_lever", across[0], "", fix, CellError.WRONG_TYPE))
    chosen = levers_in(levers)
    one = filled(name, year_of(name, single(fiscal_year, "fiscal_year")), chosen)
    typed = single(cost_reduction, "cost_reduction")
    varies = "cost_reduction" in (down[0], across[0])
    start = 0.0 if varies and typed is None else starting_reduction(one, chosen, typed)
    table: list[list[Any]] = [[wanted, *across[1]]]
    for y in down[1]:
        table.append([y, *(_grid_cell(one, wanted, start, {down[0]: y, across[0]: x}) for x in across[1])])
    return table


def _axis(lever: Any, values: Any, which: str) -> tuple[str, list[Any]]:
    """Return an axis's input and its values, or their errors; blank cells are left out."""
    typed = text_of(lever, f"{which}_lever")
    if typed is None:
        raise blank(f"{which}_lever")
    name = known(typed, f"{which}_lever", MODEL_INPUTS)
    numbers: list[Any]
    numbers, faults = entries.numbers([cell for row in grid(values) for cell in row], name, first_row=0)
    for fault in faults:
        numbers[fault.row] = fault.error  # type: ignore[call-overload]
    numbers = [number for number in numbers if number == number]  # NaN: nothing typed
    if not numbers:
        raise blank(f"{which}_values")
    return name, numbers


def _grid_cell(one: Filled, measure: str, start: float, changes: dict[str, Any]) -> Any:
    for value in changes.values():
        if value.__class__ is CellError:
            return value
    reduction = changes.get("cost_reduction", start)
    others = {name: value for name, value in changes.items() if name != "cost_reduction"}
    wanted = plan((measure,))
    try:
        return evaluate_floats(wanted, one.inputs(reduction, others), strict=False)[measure]
    except InputError as error:
        return error.faults[0].error
