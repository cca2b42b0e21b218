"""The range around a headline in cells: XLP_RANGE. Standard library alone, so it answers in every host."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from xlplugin.analysis.uncertainty.ranges import Spread, spread_of
from xlplugin.data.subjects import subject, usual_measure
from xlplugin.functions.arguments import company_of, line_of, reduction_of, year_of
from xlplugin.functions.levers import Levers, levers_in
from xlplugin.functions.registry import Range, Value, function
from xlplugin.functions.shapes import common_shape, grid, single, stretched
from xlplugin.model.errors import InputError


@function("XLP_RANGE", '=XLP_RANGE("CRM", 30%)', category="analysis")
def spread(
    company: Range,
    cost_reduction: Range,
    measure: Value = None,
    levers: Range = None,
    fiscal_year: Value = None,
) -> list[list[Any]]:
    wanted, chosen = line_of(measure), levers_in(levers)
    year, cells = single(fiscal_year, "fiscal_year"), (grid(company), grid(cost_reduction))
    shape = common_shape(cells)
    rows = []
    for name, reduction in zip(*(stretched(table, *shape) for table in cells), strict=True):
        try:
            rows.append(_percentiles(name, reduction, wanted, chosen, year))
        except InputError as error:
            if shape == (1, 1):
                raise
            rows.append([error.faults[0].error] * 3)
    return rows


def _percentiles(name: Any, reduction: Any, measure: str | None, levers: Levers, year: Any) -> list[Any]:
    company = company_of(name)
    found = _spread(company, reduction_of(reduction), measure, levers, year_of(company, year))
    return [found.p10, found.p50, found.p90]


@lru_cache(maxsize=2048)
def _spread(company: str, reduction: float, measure: str | None, levers: Levers, year: str) -> Spread:
    entries = {**dict(levers.entries), "cost_reduction": reduction}
    about = subject(company, levers.scenario, entries, fiscal_year=year)
    return spread_of(about, measure or usual_measure(about))
