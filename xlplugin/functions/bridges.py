"""What a change is made of: XLP_BRIDGE."""

from __future__ import annotations

import datetime
from typing import Any

from xlplugin.analysis.bridges import bars
from xlplugin.data.subjects import Subject
from xlplugin.functions.arguments import company_of, one_of, reduction_of, year_of
from xlplugin.functions.levers import Levers, levers_in, subject_under
from xlplugin.functions.received import date_text
from xlplugin.functions.registry import Range, function
from xlplugin.functions.shapes import Grid, common_shape, grid, is_range, keys_of, single, stretched
from xlplugin.model.errors import CellError, InputError
from xlplugin.model.labels import label
from xlplugin.model.lines import BARS, MARGIN_BARS

#: Result -> the bars of its bridge, by their names as lines.
BRIDGES = {"operating_income": tuple(BARS), "operating_margin": tuple(MARGIN_BARS)}


@function("XLP_BRIDGE", '=XLP_BRIDGE("CRM", 30%, "operating_margin")')
def bridge(
    company: Range,
    cost_reduction: Range,
    measure: Range = None,
    levers: Range = None,
    fiscal_year: Range = None,
) -> list[list[Any]]:
    wanted = one_of(measure, "measure", tuple(BRIDGES)) or "operating_income"
    names = (f"base_{wanted}", *BRIDGES[wanted], wanted)
    chosen, year = levers_in(levers), single(fiscal_year, "fiscal_year")
    companies, reductions = grid(company), grid(cost_reduction)
    rows, columns = common_shape([companies, reductions])
    places = [stretched(companies, rows, columns), stretched(reductions, rows, columns)]
    heads = [_head(pair, wanted, companies, reductions) for pair in zip(*places, strict=True)]
    keys = keys_of(places, rows * columns)
    answers: dict[Any, list[Any]] = {}
    currencies: dict[Any, str] = {}
    for key in dict.fromkeys(keys):
        try:
            subject = _subject(key[0], chosen, year)
            answers[key] = _steps(subject, key[1], wanted)
            currencies[key] = subject.case.currency if wanted == "operating_income" else ""
        except InputError as error:
            if rows == columns == 1:
                raise
            answers[key] = [error.faults[0].error] * len(names)
    values = [answers[key] for key in keys]
    several = len({*currencies.values()}) > 1  # money of each column, or of all
    heads = [f"{head}, {currencies[key]} m" if several and key in currencies else head
             for head, key in zip(heads, keys, strict=True)]  # fmt: skip
    unit = "" if several or not any(currencies.values()) else f", {next(iter(currencies.values()))} m"
    body = [[name, f"{label(name)}{unit}", *row] for name, *row in zip(names, *values, strict=True)]
    return [["bar", "label", *heads], *body]


def _subject(company: Any, levers: Levers, year: Any) -> Subject:
    name = company_of(company)
    return subject_under(name, year_of(name, year), levers)


def _steps(subject: Subject, reduction: Any, measure: str) -> list[Any]:
    """Return base, bars and result of one bridge."""
    amounts, lines = bars(subject, measure, {"cost_reduction": reduction_of(reduction)})
    return [lines[f"base_{measure}"], *amounts.values(), lines[measure]]


def _head(pair: tuple[Any, Any], measure: str, companies: Grid, reductions: Grid) -> Any:
    if not is_range(reductions):
        return pair[0] if is_range(companies) else measure
    return " ".join(map(_word, pair)) if is_range(companies) else pair[1]


def _word(cell: Any) -> str:
    """Return a cell as a word of a header."""
    if isinstance(cell, (bool, CellError)):
        return str(cell).upper() if isinstance(cell, bool) else str(cell.value)
    return date_text(cell) if isinstance(cell, datetime.date) else str(cell)
