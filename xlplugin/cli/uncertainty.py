"""Commands that draw assumptions from their ranges: simulate, sobol."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import click

from xlplugin.cli.marks import bar
from xlplugin.cli.progress import progress_bar
from xlplugin.cli.questions import Question, asked, note_open, note_trust, range_in_words, spoken, uncertain
from xlplugin.cli.terminal import heading, next_step, note, print_table
from xlplugin.model.errors import CellError, Fault, InputError
from xlplugin.model.formats import is_change, shown
from xlplugin.model.lines import UNITS

if TYPE_CHECKING:
    from xlplugin.analysis.uncertainty.simulation import Simulation

_JUDGEMENT = "Ranges are judgement: a share of draws is no probability."


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

    subject = question.subject(company)
    chosen = list(measures) or _shown_measures(subject)
    settings = {"sampling": sampling, "correlation": _pairs(pairs) or None, **drawn, **question.shared}
    with progress_bar("draws", trials) as progress:
        simulated = simulation_of(company, chosen, trials=trials, progress=progress, **settings)
    rows = simulated.records()
    first = chosen[0]
    who = f"{subject.company} {subject.case.fiscal_year}"
    title = f"{who}: {spoken(first)} over {simulated.used:,} draws"
    plot = partial(draws_plot, simulated, first, question.language, question.levers)
    spread = [text for name in chosen for text in range_in_words(subject, name)]
    notes = [_JUDGEMENT, *spread, *(f"{row['input']}: {row['distribution']}" for row in simulated.inputs)]
    if question.answered(rows, title, plot, notes):
        return
    heads = ["mean", "sd", "p10", "p50", "p90", "tail_mean"]
    table = [
        [
            _named(name, subject.case.currency),
            *(_figure(row[head], name, head) for head in heads),
            _share(row["share_improved"]),
        ]
        for name, row in zip(chosen, rows, strict=True)
    ]
    headers = ["measure", "mean", "sd", "p10", "p50", "p90", "worst 5%", "improved"]
    heading(f"{who}, {simulated.used:,} draws, seed {drawn['seed']}")
    print_table(headers, table)
    _simulation_notes(simulated, rows, subject.case.currency)
    note_open(subject, "are drawn")
    for text in spread:
        note(text)
    note_trust(subject)
    next_step(f"xlplugin sobol {company} ranks the assumptions; -o FILE.csv keeps every statistic and error")


def _shown_measures(subject: Any) -> list[str]:
    from xlplugin.data.subjects import usual_measure

    usual = usual_measure(subject)
    wanted = ["gross_margin_change", usual, "operating_income_change", "eps_change"]
    lines = subject.evaluate(tuple(dict.fromkeys(wanted)))
    return [name for name, value in lines.items() if value == value]


def _named(measure: str, currency: str) -> str:
    short = spoken(measure.replace("operating_", "op. "))
    of_margin = "bp" if is_change(measure) else ""
    units = {"margin": of_margin, "money": f"{currency} m", "money per share": currency}
    unit = units.get(UNITS[measure], "")
    return f"{short} {unit}".strip()


def _figure(value: float, name: str, head: str) -> str:
    words = shown(value, name).removesuffix(" bp")
    return words.lstrip("+") if head == "sd" else words


def _fine(value: float, name: str, currency: str) -> str:
    """Return a small figure with two digits, in the unit that the measure is shown in."""
    from xlplugin.analysis.export.plots import unit_of

    words, factor = unit_of(name, currency)
    return f"{value * factor:.2g} {words}"


def _share(value: float) -> str:
    return f"{value:.1%}" if value == value else "-"


def _simulation_notes(simulated: Simulation, rows: list[dict[str, Any]], currency: str) -> None:
    left = simulated.trials - simulated.used
    if left:
        reasons = ", ".join(f"{why} {count:,}" for why, count in simulated.outside.items())
        of = f"{left:,} of {simulated.trials:,} draws"
        note(f"{of} outside the model's domain, not in the figures: {reasons}.")
    else:
        note("No draw was outside the model's domain.")
    if simulated.capped:
        note(f"{simulated.capped:,} reductions were cut to an effective 99.99%.")
    errors = f"standard error of the mean {_fine(rows[0]['mean_error'], rows[0]['measure'], currency)}"
    quasi = " (an upper limit: Sobol' points do better)" if simulated.draws.sampler.name == "sobol" else ""
    note(f"Percentiles exact; {errors}{quasi}. improved: share of draws with improvement.")
    kinds = sorted({row["distribution"].partition("(")[0] for row in simulated.inputs})
    note(f"{len(simulated.inputs)} assumptions drawn ({', '.join(kinds)}).")
    note(_JUDGEMENT)


def _pairs(typed: tuple[str, ...]) -> dict[tuple[str, str], float]:
    from xlplugin.entries.meaning import number

    correlations: dict[tuple[str, str], float] = {}
    for words in typed:
        names, equals, value = words.partition("=")
        pair = [name.strip() for name in names.split(",")]
        correlation = number(value, "correlation") if equals else None
        if len(pair) != 2 or correlation is None:
            fix = "write it as --correlate pass_through,competition=0.5"
            raise InputError(Fault(None, "--correlate", words, "", fix, CellError.WRONG_TYPE))
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

    names = question.companies(companies)
    rows = [row for name in names for row in sobol_rows(question.subject(name), measure, samples, **drawn)]
    title = f"Sobol' indices of {spoken(rows[0]['measure'])}, {names[0]}"
    charted = [row for row in rows if row["company"] == names[0]]
    subject = question.subject(names[0])
    plot = partial(variance_plot, subject, charted, question.language, question.levers)
    if question.answered(rows, title, plot, [_JUDGEMENT]):
        return
    for name in names:
        varying = [row for row in rows if row["company"] == name and not abs(row["total"]) < 0.0005]
        table = [
            [
                row["input"],
                bar(row["total"], 1.0, 14),
                row["distribution"],
                *(_index(row, which) for which in ("total", "first")),
            ]
            for row in varying
        ]
        head = f"variance of {spoken(varying[0]['measure'])}" if varying else "nothing varies"
        heading(f"{name}: {head}")
        print_table(["assumption", "", "drawn from", "total", "alone"], table, text_columns=3)
        note_trust(question.subject(name))
    note("total: share of variance through the assumption in all; alone: its own part; ± 95% interval.")
    note("Inputs drawn independently; those below 0.0005 left out.")
    note(_JUDGEMENT)
    next_step("--samples 8192 narrows the intervals; xlplugin simulate COMPANY shows the spread itself")


def _index(row: dict[str, Any], which: str) -> str:
    return f"{row[which]:.3f} ±{row[f'{which}_error']:.3f}" if row[which] == row[which] else "-"
