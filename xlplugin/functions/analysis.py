"""Questions put to the model: XLP_BREAKEVEN, XLP_TORNADO, XLP_SIMULATE, XLP_SOBOL, XLP_PATH, XLP_COMPARE.

Tornado, path and comparison need the standard library alone; break-even and simulation need SciPy, Sobol'
indices SALib: a host without them shows ``#N/A``.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from xlplugin.analysis.comparison import compare_rows
from xlplugin.analysis.paths import path_rows, told
from xlplugin.analysis.tornados import swings
from xlplugin.data.subjects import Subject, measure_plan, usual_measure
from xlplugin.entries import meaning as entries
from xlplugin.functions.arguments import blank, companies_of, company_of, line_of, one_of, text_of
from xlplugin.functions.levers import levers_in, subject_of
from xlplugin.functions.registry import Range, Value, function
from xlplugin.functions.shapes import is_range, single, spread
from xlplugin.model.errors import InputError
from xlplugin.model.formats import with_currency
from xlplugin.model.inputs import EXPOSURES, LEVERS
from xlplugin.model.messages import message

#: Draws and base samples at most, so that a cell answers within seconds.
MOST_TRIALS, MOST_SAMPLES = 1_000_000, 16_384

#: Columns of XLP_COMPARE.
COMPARED = (
    "company", "rank", "measure", "value", "verdict", "market_low", "market_high", "from_development",
    "causes", "currency",
)  # fmt: skip


@function("XLP_BREAKEVEN", '=XLP_BREAKEVEN("CRM", "operating_margin_change", 0.001)', category="analysis")
def breakeven(
    company: Range,
    measure: Value,
    target: Range,
    lever: Value = None,
    levers: Range = None,
    fiscal_year: Range = None,
) -> Any:
    wanted = line_of(measure)
    if wanted is None:
        raise blank("measure")
    sought = one_of(lever, "lever", (*LEVERS, *EXPOSURES)) or "cost_reduction"
    find = partial(_breakeven, wanted, sought, levers)
    if any(is_range(cell) for cell in (company, target, fiscal_year)):
        return spread(lambda *cells: find(*cells)[0], company, target, fiscal_year)
    answers = find(*(single(cell, "cell") for cell in (company, target, fiscal_year)))
    return answers[0] if len(answers) == 1 else [[answer] for answer in answers]


def _breakeven(
    measure: str, lever: str, levers: Any, company: Any, target: Any, fiscal_year: Any
) -> list[float]:
    goal = entries.number(target, "target")
    if goal is None:
        raise blank("target")
    subject = subject_of(company, levers, fiscal_year)
    _refuse_missing(subject, measure)
    from xlplugin.analysis.breakevens import curve, no_root, roots

    found = curve(subject, measure, lever)
    base = subject.inputs[lever]
    answers = [
        min(max(base, root.value), root.until) if root.kind == "stretch" else root.value
        for root in roots(subject, measure, goal, lever, found)
    ]
    if not answers:
        raise no_root(subject, measure, goal, lever, found)
    return answers


@function("XLP_TORNADO", '=XLP_TORNADO("CRM", "operating_margin_change")', category="analysis")
def tornado(
    company: Value,
    measure: Value = None,
    cost_reduction: Value = None,
    levers: Range = None,
    fiscal_year: Value = None,
) -> list[list[Any]]:
    subject = subject_of(company, levers, fiscal_year, cost_reduction)
    found = swings(subject, line_of(measure))
    _refuse_missing(subject, found.measure)
    named = with_currency(found.measure, subject.case.currency)
    table: list[list[Any]] = [
        ["input", "low", "base", "high", f"{named} at low", "at base", "at high", "swing", "basis"]
    ]
    for bar in found.bars:
        ends = [bar["at_low"], found.value, bar["at_high"], bar["swing"]]
        table.append([bar["input"], bar["low"], bar["base"], bar["high"], *ends, bar["basis"]])
    for name, value in found.fixed.items():
        table.append([name, "", value, "", "", found.value, "", "", "fixed"])
    return table


@function("XLP_SIMULATE", '=XLP_SIMULATE("CRM", "operating_margin_change", , 10000, 1)', category="analysis")
def simulate(
    company: Value,
    measure: Value = None,
    cost_reduction: Value = None,
    trials: Value = None,
    seed: Value = None,
    levers: Range = None,
    fiscal_year: Value = None,
) -> list[list[Any]]:
    subject = subject_of(company, levers, fiscal_year, cost_reduction)
    name = line_of(measure) or usual_measure(subject)
    count = _whole(trials, "trials", 10_000, 2, MOST_TRIALS)
    start = _whole(seed, "seed", 1, 0, 2**53)
    _refuse_missing(subject, name)
    from xlplugin.analysis.uncertainty.draws import uncertainty
    from xlplugin.analysis.uncertainty.simulation import run_draws

    wanted = measure_plan(name)
    found = run_draws(uncertainty(subject, wanted, seed=start), wanted, count)
    lines = found.lines[name]
    table: list[list[Any]] = [["statistic", with_currency(name, subject.case.currency)]]
    table += [[key, lines[key]] for key in ("mean", "mean_error", "sd")]
    table += [[f"p{share * 100:g}", value] for share, value in lines["percentiles"].items()]
    table += [["share_improved", lines["share_improved"]], ["tail_mean", lines["tail_mean"]]]
    table += [["trials", found.trials], ["outside_domain", found.trials - found.used]]
    return table


@function("XLP_SOBOL", '=XLP_SOBOL("CRM", "operating_margin_change", , 1024, 1)', category="analysis")
def sobol(
    company: Value,
    measure: Value = None,
    cost_reduction: Value = None,
    samples: Value = None,
    seed: Value = None,
    fiscal_year: Value = None,
) -> list[list[Any]]:
    subject = subject_of(company, None, fiscal_year, cost_reduction)
    name = line_of(measure) or usual_measure(subject)
    count = _whole(samples, "samples", 1_024, 16, MOST_SAMPLES)
    if count & (count - 1):
        raise InputError.outside("samples", count, "choose such as 1024", "a power of 2")
    start = _whole(seed, "seed", 1, 0, 2**31)
    _refuse_missing(subject, name)
    from xlplugin.analysis.uncertainty.variance import sobol_rows

    keys = ("input", "total", "total_error", "first", "first_error")
    rows = sobol_rows(subject, name, count, start)
    return [list(keys), *([row[key] for key in keys] for row in rows)]


@function("XLP_PATH", '=XLP_PATH("MSFT", 30%, 10, "operating_margin_change")', category="analysis")
def path(
    company: Value,
    annual_decline: Value = None,
    years: Value = None,
    measure: Value = None,
    levers: Range = None,
    fiscal_year: Value = None,
) -> list[list[Any]]:
    subject = subject_of(company, levers, fiscal_year, path=True)
    name = line_of(measure) or usual_measure(subject)
    decline, span = single(annual_decline, "annual_decline"), single(years, "years")
    rows = path_rows(subject, decline, span, [name])
    if rows[0][name] != rows[0][name]:
        raise subject.missing(name)
    return [
        ["year", with_currency(name, subject.case.currency), "note"],
        *([row["year"], told(row, name), _note(row)] for row in rows),
    ]


def _note(row: dict[str, Any]) -> str:
    notes = ["base" if row["year"] == 0 else "", "least certain" if row["least_certain"] else ""]
    notes.append("beyond the model" if row["beyond_model"] else "")
    return ", ".join(note for note in notes if note)


@function("XLP_COMPARE", '=XLP_COMPARE(30%, "operating_margin_change")', category="analysis")
def compare(
    cost_reduction: Value = None,
    measure: Value = None,
    levers: Range = None,
    fiscal_year: Value = None,
    companies: Range = None,
) -> list[list[Any]]:
    chosen = levers_in(levers)
    rows = compare_rows(
        entries.number(single(cost_reduction, "cost_reduction"), "cost_reduction"),
        line_of(measure) or "operating_margin_change",
        scenario=chosen.scenario,
        levers=dict(chosen.entries),
        companies=[company_of(cell) for cell in companies_of(companies)],
        fiscal_year=text_of(fiscal_year, "fiscal_year"),
    )
    table: list[list[Any]] = [list(COMPARED)]
    for row in rows:
        cells = [row[key] for key in COMPARED]
        unranked = {"labs": "lab", "general": "general"}.get(row["group"], "")
        cells[1] = unranked if row["rank"] is None else row["rank"]
        for i in (5, 6):  # no range: the sign does not turn on it
            cells[i] = "" if cells[i] != cells[i] else cells[i]
        table.append(cells)
    return table


def _refuse_missing(subject: Subject, measure: str) -> None:
    value = subject.value(measure)
    if value != value:
        raise subject.missing(measure)


def _whole(cell: Any, name: str, default: int, low: int, high: int) -> int:
    found = entries.number(single(cell, name), name)
    if found is None:
        return default
    if found != int(found) or not low <= found <= high:
        raise InputError.outside(
            name,
            found,
            "enter a whole number in this range",
            message("{low} to {high:,}", low=low, high=high),
        )
    return int(found)
