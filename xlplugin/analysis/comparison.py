"""Comparison: who gains, who loses, on which measure, and the main causes in words.

Companies that sell AI infrastructure are left out of best and worst: the direction is not determined
by cost alone, and the range over ``market_elasticity`` stands beside their value. Companies on general
assumptions are shown and never ranked. Labs stand apart, unranked. Where base operating income is
negative, operating income in money is compared.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from xlplugin.analysis.bridges import BRIDGED, bars
from xlplugin.analysis.comparison_words import causes_in_words, sentence_of, verdict_of
from xlplugin.analysis.uncertainty.ranges import AROUND, NO_SPREAD, spread_of
from xlplugin.data.dataset import Dataset
from xlplugin.data.shipped import shipped
from xlplugin.data.subjects import Subject, measure_plan, subject, subjects, usual_measure
from xlplugin.model.errors import CellError, InputError
from xlplugin.model.lines import UNITS
from xlplugin.model.messages import message, plain

if TYPE_CHECKING:
    import pandas as pd

#: Blocks of the comparison, in order.
GROUPS = ("companies", "undetermined", "general", "labs")

#: Steps over the assumed range of market_elasticity.
MARKET_STEPS = 16


def compare_rows(
    cost_reduction: Any = None,
    measure: str = "operating_margin_change",
    *,
    scenario: str | None = None,
    levers: Mapping[str, Any] | None = None,
    companies: str | Sequence[str] | None = None,
    fiscal_year: Any = None,
    dataset: Dataset | None = None,
    spread: bool = False,
) -> list[dict[str, Any]]:
    """Return one record per company, best first within its group; see :func:`compare`.

    ``spread`` adds the range around the value, which takes 64 evaluations a company.
    """
    measure_plan(measure)
    dataset = dataset or shipped()
    if scenario is not None:
        dataset.scenario(scenario)  # an unknown one is an error, not a row without a value
    entries = dict(levers or {})
    if cost_reduction is not None:
        entries["cost_reduction"] = cost_reduction
    rows = []
    for name in subjects(companies, dataset):
        try:
            year = dataset.year(name, fiscal_year)
            about = subject(name, scenario, entries, fiscal_year=year, dataset=dataset)
        except InputError as error:
            if any(fault.error is not CellError.NOT_AVAILABLE for fault in error.faults):
                raise
            group = "labs" if dataset.is_lab(name) else "companies"
            row, around = _empty(name, group, measure, error.faults[0].fix), NO_SPREAD
        else:
            row = _row(about, measure)
            around = spread_of(about, row["measure"]) if spread else NO_SPREAD
        rows.append(row | {key: getattr(around, key) for key in AROUND} if spread else row)
    return ranked(rows, measure)


def ranked(rows: list[dict[str, Any]], measure: str) -> list[dict[str, Any]]:
    """Return records of companies, the best first within its group, and give each its rank or None."""
    rows = sorted(
        rows,
        key=lambda row: (
            GROUPS.index(row["group"]),
            -row["value"] if row["value"] == row["value"] else math.inf,
        ),
    )
    in_money, ranks = UNITS[measure].startswith("money"), Counter[str]()
    for row in rows:
        row["rank"] = None
        if row["group"] == GROUPS[0] and row["measure"] == measure and row["value"] == row["value"]:
            currency = row["currency"] if in_money else ""  # money is ranked within its currency alone
            ranks[currency] += 1
            row["rank"] = ranks[currency]
    return rows


def _row(subject: Subject, measure: str) -> dict[str, Any]:
    chosen, margin = measure, UNITS[measure] == "margin" and measure.endswith("_change")
    if margin and subject.value("base_operating_income") < 0:
        chosen = "operating_income_change"
    elif subject.is_lab and subject.value(measure) != subject.value(measure):
        chosen = usual_measure(subject)
    value = subject.value(chosen)
    low, high = market_range(subject, chosen) if subject.undetermined else (math.nan, math.nan)
    causes = ""
    if chosen.removesuffix("_change") in BRIDGED:
        causes = causes_in_words(bars(subject, chosen)[0], chosen)
    saving = subject.value("bridge_operating_income_development")
    return {
        **subject.heading,
        "currency": subject.case.currency,
        "group": _group(subject),
        "rank": None,
        "measure": chosen,
        "value": value,
        "verdict": verdict_of(subject, chosen, value),
        "market_low": low,
        "market_high": high,
        "from_development": saving,
        "causes": causes,
        "words": sentence_of(subject, chosen, value, low, high, causes),
    }


def _group(subject: Subject) -> str:
    if subject.is_lab:
        return "labs"
    return "general" if subject.general else "undetermined" if subject.undetermined else "companies"


def market_range(subject: Subject, measure: str) -> tuple[float, float]:
    """Return the lowest and highest value of a measure over the assumed range of market_elasticity."""
    market = subject.assumption("market_elasticity")
    if market is None:
        return math.nan, math.nan
    points = [market.low + (market.high - market.low) * i / MARKET_STEPS for i in range(MARKET_STEPS + 1)]
    points.append(subject.inputs["market_elasticity"])
    # extremes lie at the ends, or where volume makes up for the price cut and commitments begin to count
    kink = 1 / max(subject.inputs["supply_pass_through"], 0.5)
    points.append(min(max(kink, market.low), market.high))
    reached = [subject.value(measure, {"market_elasticity": point}) for point in points]
    return min(reached), max(reached)


def _empty(company: str, group: str, measure: str, why: str) -> dict[str, Any]:
    """Return the record of a company without a result, and why it has none."""
    row: dict[str, Any] = {"company": company, **dict.fromkeys(("fiscal_year", "scenario", "currency"))}
    row |= {"group": group, "rank": None, "measure": measure, "value": math.nan, "verdict": "not available"}
    row |= dict.fromkeys(("market_low", "market_high", "from_development"), math.nan)
    return row | {"causes": "", "words": message("{company}: #N/A, {why}", company=company, why=plain(why))}


def compare(
    cost_reduction: Any = None,
    measure: str = "operating_margin_change",
    *,
    scenario: str | None = None,
    levers: Mapping[str, Any] | None = None,
    companies: str | Sequence[str] | None = None,
    fiscal_year: Any = None,
    dataset: Dataset | None = None,
) -> pd.DataFrame:
    """Return what a fall of AI cost does to companies side by side: one row per company.

    Without ``cost_reduction`` the preset's counts, else each company's assumption (0.3).

    Columns: company, fiscal_year, currency, scenario, group (companies, undetermined, general, labs), rank
    (within companies alone, money within one currency), measure, value (margins as fractions, money in
    millions), verdict (gains, loses, unchanged, or why there is none), market_low and market_high (range
    over market_elasticity),
    from_development (of the change of operating income, in millions), causes, words; then p10, p50, p90,
    percentile and why of the range around the value (:func:`xlplugin.ranges`; without a scenario that of
    ``illustrative`` at the reduction in force).

    ``companies`` None means all but the peers; ``peers`` among names stands for these.
    ``scenario`` names a preset (None: base assumptions); ``levers`` sets
    levers and exposures above it; ``fiscal_year`` None is the latest; ``dataset`` None is the shipped one.
    Raises InputError for an unknown name and for a value of the wrong type or outside its domain.
    """
    import pandas as pd

    rows = compare_rows(
        cost_reduction,
        measure,
        scenario=scenario,
        levers=levers,
        companies=companies,
        fiscal_year=fiscal_year,
        dataset=dataset,
        spread=True,
    )
    frame = pd.DataFrame(rows)
    frame["rank"] = frame["rank"].astype("Int64")
    return frame
