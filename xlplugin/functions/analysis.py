"""Questions put to the model: XLP_BREAKEVEN, XLP_TORNADO, XLP_SIMULATE, XLP_SOBOL, XLP_PATH, XLP_COMPARE.

Tornado, path and comparison need the standard library alone; break-even and simulation need NumPy, Sobol'
indices SciPy and SALib: a host without them shows ``#N/A``.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from xlplugin.analysis.comparison import compare_rows
from xlplugin.analysis.paths import path_rows
from xlplugin.analysis.tornados import swings
from xlplugin.data.subjects import Subject, measure_plan, subject, usual_measure
from xlplugin.entries import meaning as entries
from xlplugin.functions.arguments import (
    COMPANY,
    FISCAL_YEAR,
    LEVERS_ARGUMENT,
    blank,
    company_of,
    known,
    text_of,
    year_of,
)
from xlplugin.functions.cases import levers_in
from xlplugin.functions.cells import is_range, single, spread
from xlplugin.functions.registry import Argument, function, optional
from xlplugin.functions.tables import ONE_COMPANY, ONE_MEASURE, ONE_YEAR, STARTING_REDUCTION
from xlplugin.model.errors import CellError, Fault, InputError
from xlplugin.model.inputs import EXPOSURES, LEVERS
from xlplugin.model.plan import FUNCTIONS

#: Draws and base samples at most, so that a cell answers within seconds.
MOST_TRIALS, MOST_SAMPLES = 1_000_000, 16_384

#: Columns of XLP_COMPARE.
COMPARED = (
    "company",
    "rank",
    "measure",
    "value",
    "verdict",
    "market_low",
    "market_high",
    "from_development",
    "causes",
)

USUAL_MEASURE = optional(
    ONE_MEASURE,
    "Line or bridge bar; blank means operating_margin_change, or operating_income_change where the base is a "
    "loss.",
    "Zeile oder Brückenbalken; leer heißt operating_margin_change oder, wenn die Basis ein Verlust ist, "
    "operating_income_change.",
)
TARGET = Argument(
    "target",
    False,
    "range",
    "Value to reach, in the measure's unit: margins as fractions (10 basis points = 0.001), money in "
    "millions; a cell or a range.",
    "Zielwert in der Einheit der Kennzahl: Margen als Bruchteil (10 Basispunkte = 0,001), Geld in Millionen; "
    "Zelle oder Bereich.",
)
LEVER = Argument(
    "lever",
    True,
    "value",
    "Lever or exposure whose value is sought; blank means cost_reduction.",
    "Hebel oder Exposure, dessen Wert gesucht wird; leer heißt cost_reduction.",
)
TRIALS = Argument(
    "trials",
    True,
    "value",
    "Number of draws, 2 to 1,000,000; blank means 10,000.",
    "Zahl der Ziehungen, 2 bis 1.000.000; leer heißt 10.000.",
)
SEED = Argument(
    "seed",
    True,
    "value",
    "Whole number from 0 up that fixes the draws; blank means 1.",
    "Ganze Zahl ab 0, die die Ziehungen festlegt; leer heißt 1.",
)
SAMPLES = Argument(
    "samples",
    True,
    "value",
    "Base samples, a power of 2 from 16 to 16,384; blank means 1,024.",
    "Basisstichprobe, eine Zweierpotenz von 16 bis 16.384; leer heißt 1.024.",
)
ANNUAL_DECLINE = Argument(
    "annual_decline",
    False,
    "value",
    "Fall of AI cost per year, 30% or 0.3; 74.88% is a million-fold in ten years.",
    "Rückgang der KI-Kosten je Jahr, 30% oder 0,3; 74,88 % sind in zehn Jahren das Millionenfache.",
)
YEARS = Argument(
    "years",
    True,
    "value",
    "Years after the base year, 0 to 50; blank means 10.",
    "Jahre nach dem Basisjahr, 0 bis 50; leer heißt 10.",
)


@function(
    "XLP_BREAKEVEN",
    (COMPANY, ONE_MEASURE, TARGET, LEVER, LEVERS_ARGUMENT, FISCAL_YEAR),
    "The value of a lever at which a measure reaches a target; several answers go down, the one nearest to "
    "today's first; #NUM! where there is none, #N/A without NumPy. Ranges give the nearest for each cell.",
    "Wert eines Hebels, bei dem eine Kennzahl ein Ziel erreicht; mehrere Lösungen untereinander, die dem "
    "heutigen Wert nächste zuerst; #ZAHL! ohne Lösung, #NV ohne NumPy. Bereiche: je Zelle die nächste.",
    '=XLP_BREAKEVEN("CRM", "operating_margin_change", 0.001)',
    category="analysis",
)
def breakeven(
    company: Any, measure: Any, target: Any, lever: Any = None, levers: Any = None, fiscal_year: Any = None
) -> Any:
    wanted = _measure(measure)
    if wanted is None:
        raise blank("measure")
    typed = text_of(lever, "lever")
    sought = "cost_reduction" if typed is None else known(typed, "lever", (*LEVERS, *EXPOSURES))
    find = partial(_breakeven, wanted, sought, levers)
    if any(is_range(cell) for cell in (company, target, fiscal_year)):
        return spread(lambda *cells: find(*cells)[0], company, target, fiscal_year)
    answers = find(*(single(cell, "cell") for cell in (company, target, fiscal_year)))
    return answers[0] if len(answers) == 1 else [[one] for one in answers]


def _breakeven(
    measure: str, lever: str, levers: Any, company: Any, target: Any, fiscal_year: Any
) -> list[float]:
    goal = entries.number(target, "target")
    if goal is None:
        raise blank("target")
    one = _subject(company, levers, fiscal_year)
    _refuse_missing(one, measure)
    from xlplugin.analysis.breakevens import curve, no_root, roots

    found = curve(one, measure, lever)
    base = one.inputs[lever]
    answers = [
        min(max(base, root.value), root.until) if root.kind == "stretch" else root.value
        for root in roots(one, measure, goal, lever, found)
    ]
    if not answers:
        raise no_root(one, measure, goal, lever, found)
    return answers


@function(
    "XLP_TORNADO",
    (ONE_COMPANY, USUAL_MEASURE, STARTING_REDUCTION, LEVERS_ARGUMENT, ONE_YEAR),
    "Each assumption alone at its low and its high, sorted by what it moves: a table with header. What the "
    "levers or a typed cost_reduction fix comes last, marked fixed.",
    "Jede Annahme allein auf ihrem unteren und oberen Wert, nach Wirkung sortiert: Tabelle mit Kopf. Was "
    "levers oder eine Angabe von cost_reduction festlegen, steht am Ende als fixed.",
    '=XLP_TORNADO("CRM", "operating_margin_change")',
    category="analysis",
)
def tornado(
    company: Any, measure: Any = None, cost_reduction: Any = None, levers: Any = None, fiscal_year: Any = None
) -> list[list[Any]]:
    one = _subject(company, levers, fiscal_year, cost_reduction)
    found = swings(one, _measure(measure))
    _refuse_missing(one, found.measure)
    table: list[list[Any]] = [
        ["input", "low", "base", "high", f"{found.measure} at low", "at base", "at high", "swing", "basis"]
    ]
    for bar in found.bars:
        ends = [bar["at_low"], found.value, bar["at_high"], bar["swing"]]
        table.append([bar["input"], bar["low"], bar["base"], bar["high"], *ends, bar["basis"]])
    for name, value in found.fixed.items():
        table.append([name, "", value, "", "", found.value, "", "", "fixed"])
    return table


@function(
    "XLP_SIMULATE",
    (ONE_COMPANY, USUAL_MEASURE, STARTING_REDUCTION, TRIALS, SEED, LEVERS_ARGUMENT, ONE_YEAR),
    "The assumptions drawn from their ranges (PERT): mean, spread, percentiles and share of draws with "
    "improvement, which is no probability; draws outside the domain counted. #N/A without NumPy.",
    "Annahmen aus ihren Spannen gezogen (PERT): Mittel, Streuung, Perzentile und Anteil der Ziehungen mit "
    "Verbesserung, keine Wahrscheinlichkeit; Ziehungen außerhalb gezählt. #NV ohne NumPy.",
    '=XLP_SIMULATE("CRM", "operating_margin_change", , 10000, 1)',
    category="analysis",
)
def simulate(
    company: Any,
    measure: Any = None,
    cost_reduction: Any = None,
    trials: Any = None,
    seed: Any = None,
    levers: Any = None,
    fiscal_year: Any = None,
) -> list[list[Any]]:
    one = _subject(company, levers, fiscal_year, cost_reduction)
    name = _measure(measure) or usual_measure(one)
    count = _whole(trials, "trials", 10_000, 2, MOST_TRIALS)
    start = _whole(seed, "seed", 1, 0, 2**53)
    _refuse_missing(one, name)
    from xlplugin.analysis.uncertainty.draws import uncertainty
    from xlplugin.analysis.uncertainty.simulation import run_draws

    wanted = measure_plan(name)
    found = run_draws(uncertainty(one, wanted, seed=start), wanted, count)
    lines = found.lines[name]
    table: list[list[Any]] = [["statistic", name]]
    table += [[key, lines[key]] for key in ("mean", "mean_error", "sd")]
    table += [[f"p{share * 100:g}", value] for share, value in lines["percentiles"].items()]
    table += [["share_improved", lines["share_improved"]], ["tail_mean", lines["tail_mean"]]]
    table += [["trials", found.trials], ["outside_domain", found.trials - found.used]]
    return table


@function(
    "XLP_SOBOL",
    (ONE_COMPANY, USUAL_MEASURE, STARTING_REDUCTION, SAMPLES, SEED, ONE_YEAR),
    "Sobol' indices: the share of a measure's variance that runs through each assumption (total) and that "
    "it explains alone (first), with 95% half-widths, ranked. #N/A without SciPy and SALib.",
    "Sobol'-Indizes: Anteil der Varianz einer Kennzahl, der über jede Annahme läuft (total) und den sie "
    "allein erklärt (first), mit 95-%-Halbbreiten, geordnet. #NV ohne SciPy und SALib.",
    '=XLP_SOBOL("CRM", "operating_margin_change", , 1024, 1)',
    category="analysis",
)
def sobol(
    company: Any,
    measure: Any = None,
    cost_reduction: Any = None,
    samples: Any = None,
    seed: Any = None,
    fiscal_year: Any = None,
) -> list[list[Any]]:
    one = _subject(company, None, fiscal_year, cost_reduction)
    name = _measure(measure) or usual_measure(one)
    count = _whole(samples, "samples", 1_024, 16, MOST_SAMPLES)
    if count & (count - 1):
        raise InputError(Fault(None, "samples", count, "a power of 2", "choose such as 1024"))
    start = _whole(seed, "seed", 1, 0, 2**31)
    _refuse_missing(one, name)
    from xlplugin.analysis.uncertainty.variance import sobol_rows

    keys = ("input", "total", "total_error", "first", "first_error")
    rows = sobol_rows(one, name, count, start)
    return [list(keys), *([row[key] for key in keys] for row in rows)]


@function(
    "XLP_PATH",
    (ONE_COMPANY, ANNUAL_DECLINE, YEARS, USUAL_MEASURE, LEVERS_ARGUMENT, ONE_YEAR),
    "A measure in years 0 to 10 of a steady fall of AI cost, as a table with header; years beyond the fifth "
    "are least certain. The levers' own reductions are replaced. A what-if, not a forecast.",
    "Eine Kennzahl in den Jahren 0 bis 10 bei stetigem Rückgang der KI-Kosten, Tabelle mit Kopf; Jahre nach "
    "dem fünften sind am unsichersten. Rückgänge aus levers werden ersetzt. Was wäre wenn, keine Prognose.",
    '=XLP_PATH("MSFT", 30%, 10, "operating_margin_change")',
    category="analysis",
)
def path(
    company: Any,
    annual_decline: Any,
    years: Any = None,
    measure: Any = None,
    levers: Any = None,
    fiscal_year: Any = None,
) -> list[list[Any]]:
    one = _subject(company, levers, fiscal_year, path=True)
    name = _measure(measure) or usual_measure(one)
    decline, span = single(annual_decline, "annual_decline"), single(years, "years")
    rows = path_rows(one, decline, span, [name])
    if rows[0][name] != rows[0][name]:
        raise _missing(one, name)
    return [["year", name, "note"], *([row["year"], row[name], _note(row)] for row in rows)]


def _note(row: dict[str, Any]) -> str:
    notes = ["base" if row["year"] == 0 else "", "least certain" if row["least_certain"] else ""]
    notes.append("beyond the model" if row["beyond_model"] else "")
    return ", ".join(note for note in notes if note)


@function(
    "XLP_COMPARE",
    (
        optional(STARTING_REDUCTION),
        USUAL_MEASURE,
        LEVERS_ARGUMENT,
        ONE_YEAR,
    ),
    "All companies side by side: value, who gains or loses, rank, main causes; where the direction is not "
    "determined by cost alone the range over market_elasticity; labs last and unranked.",
    "Alle Unternehmen nebeneinander: Wert, Gewinner und Verlierer, Rang, Hauptursachen; wo die Richtung "
    "nicht allein an den Kosten hängt, die Spanne über market_elasticity; Labore zuletzt und ohne Rang.",
    '=XLP_COMPARE(30%, "operating_margin_change")',
    category="analysis",
)
def compare(
    cost_reduction: Any = None, measure: Any = None, levers: Any = None, fiscal_year: Any = None
) -> list[list[Any]]:
    chosen = levers_in(levers)
    rows = compare_rows(
        entries.number(single(cost_reduction, "cost_reduction"), "cost_reduction"),
        _measure(measure) or "operating_margin_change",
        scenario=chosen.scenario,
        levers=dict(chosen.entries),
        fiscal_year=text_of(fiscal_year, "fiscal_year"),
    )
    keys = (
        "company",
        "rank",
        "measure",
        "value",
        "verdict",
        "market_low",
        "market_high",
        "from_development",
        "causes",
    )
    table: list[list[Any]] = [list(keys)]
    for row in rows:
        cells = [row[key] for key in keys]
        unranked = "lab" if row["group"] == "labs" else ""
        cells[1] = unranked if row["rank"] is None else row["rank"]
        for i in (5, 6):  # no range: the sign does not turn on it
            cells[i] = "" if cells[i] != cells[i] else cells[i]
        table.append(cells)
    return table


def _subject(
    company: Any, levers: Any, fiscal_year: Any, cost_reduction: Any = None, *, path: bool = False
) -> Subject:
    name = company_of(single(company, "company"))
    chosen = levers_in(levers)
    typed = dict(chosen.entries)
    reduction = entries.number(single(cost_reduction, "cost_reduction"), "cost_reduction")
    if reduction is not None:
        typed["cost_reduction"] = reduction
    year = year_of(name, single(fiscal_year, "fiscal_year"))
    return subject(name, chosen.scenario, typed, fiscal_year=year, path=path)


def _measure(cell: Any) -> str | None:
    typed = text_of(cell, "measure")
    return None if typed is None else known(typed, "measure", tuple(FUNCTIONS))


def _refuse_missing(one: Subject, measure: str) -> None:
    value = one.evaluate((measure,))[measure]
    if value != value:
        raise _missing(one, measure)


def _missing(one: Subject, measure: str) -> InputError:
    fix = "a figure that it needs is not available for the company"
    return InputError(Fault(one.company, measure, None, "", fix, CellError.NOT_AVAILABLE))


def _whole(cell: Any, name: str, default: int, low: int, high: int) -> int:
    found = entries.number(single(cell, name), name)
    if found is None:
        return default
    if found != int(found) or not low <= found <= high:
        raise InputError(Fault(None, name, found, f"{low} to {high:,}", "enter a whole number in this range"))
    return int(found)
