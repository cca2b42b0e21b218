"""What there is to ask for: companies and their record, presets, levers, measures, the version."""

from __future__ import annotations

from typing import Any

from xlplugin.data.files import SCENARIO_COLUMNS, yes_or_no
from xlplugin.data.names import named
from xlplugin.data.records import Assumption
from xlplugin.data.shipped import shipped
from xlplugin.functions.arguments import company_of, year_of
from xlplugin.functions.levers import NO_LEVERS, subject_under
from xlplugin.functions.registry import Range, function
from xlplugin.functions.shapes import is_range, name_in, single, spread
from xlplugin.model.errors import InputError, suggestion
from xlplugin.model.inputs import EXPOSURES, FINANCIALS, INPUTS, LEVERS, REDUCTIONS
from xlplugin.model.labels import label, meaning
from xlplugin.model.lines import BARS, LINES, MARGIN_BARS, UNITS
from xlplugin.model.messages import plain
from xlplugin.model.plan import plan
from xlplugin.model.version import __version__

#: What is known of a company in a year beside its financials.
ABOUT = (
    "ticker", "group", "business_model", "fiscal_year", "period_end", "currency", "source", "cik",
    "accession", "confidence", "note",
)  # fmt: skip

ASSUMED = (*EXPOSURES, *LEVERS)

#: Lines that the financials alone give.
BASE_LINES = tuple(name for name in LINES if not set(plan((name,)).inputs) - {*FINANCIALS})
PARTS = ("basis", "low", "base", "high", "note", "fiscal_year")


@function("XLP_COMPANIES", "=XLP_COMPANIES()", category="data")
def companies() -> list[list[Any]]:
    dataset = shipped()
    latest = [dataset.figures[name, dataset.year(name)] for name in dataset.companies]
    columns = ("company", "ticker", "group", "fiscal_year", "period_end", "currency", "confidence")
    return [list(columns), *([getattr(figures, name) for name in columns] for figures in latest)]


@function("XLP_COMPANY", '=XLP_COMPANY("CRM", "revenue")', by_shape=True, category="data")
def company(company: Range, item: Range = None, fiscal_year: Range = None) -> Any:
    if not is_range(item) and name_in(single(item, "item"), "item") is None:
        name = company_of(single(company, "company"))
        return _record(name, year_of(name, single(fiscal_year, "fiscal_year")))
    return spread(_item, company, item, fiscal_year)


def _item(company: Any, item: Any, fiscal_year: Any) -> Any:
    name = company_of(company)
    year = year_of(name, fiscal_year)
    typed = name_in(item, "item")
    if typed is None:
        raise InputError.missing("item", plain("blank"), "name an item")
    part, colon, parameter = typed.partition(":")
    assumed = named(parameter, ASSUMED)
    if colon and assumed and (of := named(part, PARTS)):
        return getattr(_assumption(name, assumed), of)
    wanted = named(typed, (*ABOUT, *FINANCIALS, *ASSUMED, *BASE_LINES))
    if wanted in ABOUT:
        return getattr(shipped().figures[name, year], wanted)
    if wanted in REDUCTIONS:
        return _assumption(name, wanted).base
    if wanted in FINANCIALS or wanted in ASSUMED:
        return subject_under(name, year, NO_LEVERS).inputs[wanted]
    if wanted is not None:
        return subject_under(name, year, NO_LEVERS).base(plan((wanted,)))[wanted]
    raise InputError.wrong("item", typed, suggestion(typed, (*ABOUT, *FINANCIALS, *ASSUMED, *BASE_LINES)))


def _assumption(company: str, parameter: str) -> Assumption:
    assumption = shipped().assumption(company, parameter)
    if assumption is None:
        raise InputError.missing(parameter, None, "there is none", row=company)
    return assumption


def _record(name: str, year: str) -> list[list[Any]]:
    figures, row = shipped().figures[name, year], subject_under(name, year, NO_LEVERS).inputs
    table: list[list[Any]] = [["item", "value", "unit", "low", "high", "basis", "note"]]
    table += [["company", name, *[""] * 5]]
    table += [[item, getattr(figures, item), *[""] * 5] for item in ABOUT]
    table += [[item, row[item], INPUTS[item].unit, *[""] * 4] for item in FINANCIALS]
    for item in ASSUMED:
        assumption = shipped().assumption(name, item)
        if assumption is not None:
            value = assumption.base if item in REDUCTIONS else row[item]
            parts = [assumption.low, assumption.high, assumption.basis, assumption.note]
            table.append([item, value, INPUTS[item].unit, *parts])
    return table


@function("XLP_SCENARIOS", "=XLP_SCENARIOS()", category="data")
def scenarios() -> list[list[Any]]:
    table: list[list[Any]] = [list(SCENARIO_COLUMNS)]
    for preset in shipped().scenarios.values():
        levers = [preset.levers.get(name, "") for name in LEVERS]
        excluded = ";".join(preset.not_applicable_to)
        table.append(
            [preset.name, preset.label, *levers, yes_or_no(preset.alternative), excluded, preset.note]
        )
    return table


@function("XLP_LEVERS", "=XLP_LEVERS()", category="data")
def levers() -> list[list[Any]]:
    table: list[list[Any]] = [["lever", "kind", "unit", "allowed", "low", "base", "high", "meaning"]]
    for name in (*LEVERS, *EXPOSURES):
        fallback = shipped().assumption("*", name)
        bounds = ["", "", ""] if fallback is None else [fallback.low, fallback.base, fallback.high]
        item = INPUTS[name]
        table.append([name, item.kind, item.unit, str(item.allowed), *bounds, meaning(name)])
    return table


@function("XLP_MEASURES", "=XLP_MEASURES()", category="data")
def measures() -> list[list[Any]]:
    names = (*LINES, *BARS, *MARGIN_BARS)
    return [
        ["measure", "label", "unit", "meaning"],
        *([name, label(name), UNITS[name], meaning(name)] for name in names),
    ]


@function("XLP_VERSION", "=XLP_VERSION()", spills=False, category="data")
def version() -> str:
    return __version__
