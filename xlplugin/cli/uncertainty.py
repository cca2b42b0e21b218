"""Commands that draw assumptions from their ranges: simulate, sobol."""

from __future__ import annotations

import importlib.util
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from xlplugin.cli.language import bare, called, chosen, figure, spoken, text, unit_words
from xlplugin.cli.marks import bar
from xlplugin.cli.progress import progress_bar
from xlplugin.cli.questions import Question, asked, input_of, measure_of, uncertain
from xlplugin.cli.steps import CASE, command
from xlplugin.cli.terminal import heading, next_step, note, print_table
from xlplugin.cli.wording import note_open, note_trust, range_in_words, year_words
from xlplugin.model import formats
from xlplugin.model.errors import InputError
from xlplugin.model.formats import is_change
from xlplugin.model.lines import UNITS
from xlplugin.model.translations import said

if TYPE_CHECKING:
    from xlplugin.analysis.uncertainty.simulation import Simulation

#: What a next step keeps of a simulation.
_DRAWN = ("seed", "distribution", "reading", "inputs", *CASE)


@click.command()
@click.argument("company")
@click.option("--measure", "measures", multiple=True, help="A line or bridge bar (repeat for more).")
@click.option("--trials", type=int, default=100_000, show_default=True, help="How many draws.")
@click.option(
    "--sampling", type=click.Choice(["pcg64", "sobol"]), default="pcg64", help="Random or Sobol' points."
)
@click.option(
    "--correlate", "pairs", multiple=True, metavar="A,B=R", help="Rank correlation of two inputs (repeat)."
)
@uncertain
@asked
def simulate(
    question: Question,
    drawn: dict[str, Any],
    company: str,
    measures: tuple[str, ...],
    trials: int,
    sampling: str,
    pairs: tuple[str, ...],
) -> None:
    """Draw all assumptions from their ranges and show the spread of the results."""
    from xlplugin.analysis.export.spreads import draws_plot
    from xlplugin.analysis.uncertainty.simulation import simulate as simulation_of
    from xlplugin.data.subjects import usual_measure

    subject = question.subject(company)
    wanted = [measure_of(measure) or "" for measure in measures] or _shown_measures(subject)
    settings = {"sampling": sampling, "correlation": _pairs(pairs) or None, **drawn, **question.shared}
    with progress_bar(text("simulate.draws"), trials) as progress:
        simulated = simulation_of(company, wanted, trials=trials, progress=progress, **settings)
    rows, currency = simulated.records(), subject.case.currency
    # drawn and explained: the measure asked for, else the one that other commands take
    first = wanted[0] if measures else usual_measure(subject)
    about = {"company": subject.company, "year": year_words(subject.case.fiscal_year)}
    title = text("simulate.title", **about, measure=spoken(first), draws=simulated.used)
    plot = partial(draws_plot, simulated, first, chosen(), question.levers)
    spread = [words for name in wanted for words in range_in_words(subject, name)]
    notes = [text("simulate.judgement"), *spread]
    notes += [f"{called(row['input'])}: {said(row['distribution'], chosen())}" for row in simulated.inputs]
    step = _next_of_simulation(subject.company)
    if question.answered(rows, title, plot, notes, step):
        return
    heading(
        text("simulate.heading", **about, draws=simulated.used, seed=drawn["seed"], scenario=question.words)
    )
    _print_simulation(wanted, rows, currency)
    _simulation_notes(simulated, rows[0], currency)
    note_open(subject, "simulate.open")
    for words in spread:
        note(words)
    note_trust(subject)
    next_step(step)


def _next_of_simulation(company: str) -> str:
    """Return the next step: Sobol' indices where the extra is there that computes them."""
    if importlib.util.find_spec("SALib"):
        return command("sobol", company, keeping=_DRAWN)
    return command("tornado", company, keeping=CASE)


def _print_simulation(measures: list[str], rows: list[dict[str, Any]], currency: str) -> None:
    heads = ["mean", "sd", "p10", "p50", "p90", "tail_mean"]
    table = [
        [
            _named(name, currency),
            *(_figure(row[head], name, head) for head in heads),
            _share(row["share_improved"]),
        ]
        for name, row in zip(measures, rows, strict=True)
    ]
    headers = [text(f"simulate.column.{head}") for head in ("measure", *heads, "improved")]
    print_table(headers, table, folded={0})


def _shown_measures(subject: Any) -> list[str]:
    """Return the measures that are shown where none is asked for, the usual one first."""
    from xlplugin.data.subjects import usual_measure

    usual = usual_measure(subject)
    wanted = [usual, "gross_margin_change", "operating_income_change", "eps_change"]
    lines = subject.evaluate(tuple(dict.fromkeys(wanted)))
    return [name for name, value in lines.items() if value == value]


def _named(measure: str, currency: str) -> str:
    """Return a measure's name with its unit, where the figures do not carry it."""
    kind, name = UNITS[measure].replace(" ", "_"), spoken(measure).replace("operating ", "op. ")
    if kind not in ("margin", "money", "money_per_share") or (kind == "margin" and not is_change(measure)):
        return name
    return text("simulate.measure", measure=name, unit=text(f"unit.short.{kind}", currency=currency))


def _figure(value: float, name: str, head: str) -> str:
    words = bare(value, name)
    return words.lstrip("+") if head == "sd" else words


def _fine(value: float, name: str, currency: str) -> str:
    """Return a small figure with two digits, in the unit that the measure is shown in."""
    from xlplugin.analysis.export.plots import unit_of

    return f"{figure(value * unit_of(name, currency)[1], '.2g')} {unit_words(name, currency)}"


def _share(value: float) -> str:
    return formats.percent(value, language=chosen()) if value == value else "-"


def _simulation_notes(simulated: Simulation, row: dict[str, Any], currency: str) -> None:
    """Say how many draws count and how exact the figures are; ``row`` is the first measure's."""
    left = simulated.trials - simulated.used
    if left:
        reasons = ", ".join(f"{called(why)} {figure(count, ',')}" for why, count in simulated.outside.items())
        note(text("simulate.outside", left=left, trials=simulated.trials, reasons=reasons))
    else:
        note(text("simulate.inside"))
    if simulated.capped:
        note(text("simulate.capped", count=simulated.capped))
    key = "simulate.errors.sobol" if simulated.draws.sampler.name == "sobol" else "simulate.errors"
    note(text(key, error=_fine(row["mean_error"], row["measure"], currency), measure=spoken(row["measure"])))
    kinds = sorted(
        {said(drawn.words.values["kind"], chosen()) for drawn in simulated.draws.distributions.values()}
    )
    note(text("simulate.kinds", count=len(simulated.inputs), kinds=", ".join(kinds)))
    note(text("simulate.judgement"))


def _pairs(typed: tuple[str, ...]) -> dict[tuple[str, str], float]:
    from xlplugin.entries.meaning import number

    correlations: dict[tuple[str, str], float] = {}
    for words in typed:
        names, equals, value = words.partition("=")
        pair = [input_of(name.strip()) for name in names.split(",")]
        correlation = number(value, "correlation") if equals else None
        if len(pair) != 2 or correlation is None:
            fix = "write it as --correlate pass_through,competition=0.5"
            raise InputError.wrong("--correlate", words, fix)
        correlations[pair[0], pair[1]] = correlation
    return correlations


@click.command()
@click.argument("companies", nargs=-1, metavar="[COMPANY]...")
@click.option("--measure", help="A line or bridge bar; default: change of operating margin.")
@click.option("--samples", type=int, default=1_024, show_default=True, help="Base samples, a power of 2.")
@uncertain
@asked
def sobol(
    question: Question, drawn: dict[str, Any], companies: tuple[str, ...], measure: str | None, samples: int
) -> None:
    """Sobol' indices: which assumption drives the variance of a measure, alone and with others."""
    from xlplugin.analysis.export.spreads import variance_plot
    from xlplugin.analysis.uncertainty.variance import sobol_rows

    names, measure = question.companies(companies), measure_of(measure)
    rows = [row for name in names for row in sobol_rows(question.subject(name), measure, samples, **drawn)]
    title = text("sobol.title", measure=spoken(rows[0]["measure"]), company=names[0], scenario=question.words)
    charted = [row for row in rows if row["company"] == names[0]]
    plot = partial(variance_plot, question.subject(names[0]), charted, chosen(), question.levers)
    step = command("simulate", names[0], keeping=_DRAWN)
    if question.answered(rows, title, plot, [text("simulate.judgement")], step):
        return
    for name in names:
        varying = [row for row in rows if row["company"] == name and not abs(row["total"]) < 0.0005]
        table = [
            [
                called(row["input"]),
                bar(row["total"], 1.0, 8),
                row["distribution"],
                *(_index(row, which) for which in ("total", "first")),
            ]
            for row in varying
        ]
        head = spoken(varying[0]["measure"]) if varying else ""
        heading(text("sobol.heading" if head else "sobol.still", company=name, measure=head))
        headers = [text(f"sobol.column.{column}") for column in ("drawn", "total", "first")]
        print_table([text("column.assumption"), "", *headers], table, text_columns=3)
        note_trust(question.subject(name))
    note(text("sobol.note"))
    note(text("sobol.independent"))
    note(text("simulate.judgement"))
    note(text("sobol.more"))
    next_step(step)


def _index(row: dict[str, Any], which: str) -> str:
    if row[which] != row[which]:
        return "-"
    return f"{figure(row[which], '.3f')} ±{figure(row[f'{which}_error'], '.3f')}"
