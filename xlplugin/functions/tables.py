"""Whole tables for companies of the dataset: XLP_SCENARIO, XLP_BRIDGE, XLP_SENSITIVITY."""

from __future__ import annotations

from typing import Any

from xlplugin.data.shipped import shipped
from xlplugin.entries import meaning as entries
from xlplugin.functions.arguments import (
    COMPANY,
    COST_REDUCTION,
    FISCAL_YEAR,
    LEVERS_ARGUMENT,
    MEASURE,
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
from xlplugin.functions.registry import Argument, function, optional
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

COMPANIES = Argument(
    "companies",
    True,
    "range",
    "Company names or tickers, a cell or a range; blank means all that come with xlplugin.",
    "Namen oder Kürzel von Unternehmen, Zelle oder Bereich; leer heißt alle mitgelieferten.",
)
SCENARIOS = Argument(
    "scenarios",
    True,
    "range",
    "Names of presets, or a table with lever names in its header, one scenario a row (columns scenario, "
    "company, fiscal_year and not_applicable_to name the row); blank means every preset.",
    "Namen von Szenarien oder Tabelle mit Hebelnamen im Kopf, je Zeile ein Szenario (Spalten scenario, "
    "company, fiscal_year, not_applicable_to benennen die Zeile); leer heißt alle Szenarien.",
)
MEASURES = Argument(
    "measures",
    True,
    "range",
    "Lines or bridge bars (XLP_MEASURES), a cell or a range, one column each; blank means the usual ones.",
    "Zeilen oder Brückenbalken (XLP_MEASURES), Zelle oder Bereich, je eine Spalte; leer heißt die üblichen.",
)
BRIDGE_MEASURE = optional(
    MEASURE,
    "operating_income (also where blank) or operating_margin.",
    "operating_income (auch leer) oder operating_margin.",
)
ONE_COMPANY = Argument(
    "company",
    False,
    "value",
    "Company name or ticker, such as Salesforce or CRM.",
    "Name oder Kürzel des Unternehmens, etwa Salesforce oder CRM.",
)
ONE_YEAR = Argument("fiscal_year", True, "value", FISCAL_YEAR.meaning_en, FISCAL_YEAR.meaning_de)
ONE_MEASURE = Argument(
    "measure",
    False,
    "value",
    "Line or bridge bar, one of XLP_MEASURES.",
    "Zeile oder Brückenbalken, siehe XLP_MEASURES.",
)
STARTING_REDUCTION = Argument(
    "cost_reduction",
    True,
    "value",
    "Fall of AI running cost to start from, 30% or 0.3; blank means that of the levers, else 30%.",
    "Rückgang der KI-Betriebskosten als Ausgangspunkt, 30% oder 0,3; leer heißt der aus levers, sonst 30 %.",
)


@function(
    "XLP_SCENARIO",
    (COMPANIES, SCENARIOS, MEASURES),
    "A table of scenarios by companies: one row for each pair, with company, fiscal year and scenario, and a "
    "column for each measure.",
    "Tabelle der Szenarien und Unternehmen: je Paar eine Zeile mit Unternehmen, Geschäftsjahr und Szenario, "
    "je Kennzahl eine Spalte.",
    '=XLP_SCENARIO("CRM", {"half";"price_war"}, {"gross_margin";"eps"})',
)
def scenario(companies: Any = None, scenarios: Any = None, measures: Any = None) -> list[list[Any]]:
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


@function(
    "XLP_BRIDGE",
    (COMPANY, COST_REDUCTION, BRIDGE_MEASURE, LEVERS_ARGUMENT, FISCAL_YEAR),
    "The bridge from base to scenario of operating income or operating margin: base, the bars in causal "
    "order and the result, which they sum to exactly. Several companies or reductions make further columns.",
    "Die Brücke von der Basis zum Szenario für operatives Ergebnis oder operative Marge: Basis, Balken in "
    "Wirkungsfolge und Ergebnis als ihre genaue Summe. Mehrere Unternehmen oder Rückgänge: weitere Spalten.",
    '=XLP_BRIDGE("CRM", 30%, "operating_margin")',
)
def bridge(
    company: Any, cost_reduction: Any, measure: Any = None, levers: Any = None, fiscal_year: Any = None
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


ROW_LEVER = Argument(
    "row_lever",
    False,
    "value",
    "Lever or other input that changes from row to row, such as cost_reduction.",
    "Hebel oder andere Eingabe, die sich von Zeile zu Zeile ändert, etwa cost_reduction.",
)
ROW_VALUES = Argument(
    "row_values",
    False,
    "range",
    "Its values, any range; they become the first column.",
    "Deren Werte, beliebiger Bereich; sie werden zur ersten Spalte.",
)
COLUMN_LEVER = Argument(
    "column_lever",
    False,
    "value",
    "Lever or other input that changes from column to column, such as pass_through.",
    "Hebel oder andere Eingabe, die sich von Spalte zu Spalte ändert, etwa pass_through.",
)
COLUMN_VALUES = Argument(
    "column_values",
    False,
    "range",
    "Its values, any range; they become the first row.",
    "Deren Werte, beliebiger Bereich; sie werden zur ersten Zeile.",
)


@function(
    "XLP_SENSITIVITY",
    (
        ONE_COMPANY, ONE_MEASURE, ROW_LEVER, ROW_VALUES, COLUMN_LEVER, COLUMN_VALUES,
        STARTING_REDUCTION, LEVERS_ARGUMENT, ONE_YEAR,
    ),
    "A grid of one measure over two levers, with the values of both along its edges.",
    "Ein Gitter einer Kennzahl über zwei Hebel, mit den Werten beider an den Rändern.",
    '=XLP_SENSITIVITY("CRM", "operating_margin", "cost_reduction", {0.1;0.3;0.5}, "pass_through", {0,0.5,1})',
)  # fmt: skip
def sensitivity(
    company: Any,
    measure: Any,
    row_lever: Any,
    row_values: Any,
    column_lever: Any,
    column_values: Any,
    cost_reduction: Any = None,
    levers: Any = None,
    fiscal_year: Any = None,
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
