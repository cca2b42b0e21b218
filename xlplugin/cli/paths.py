"""The command that looks over years: path."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import click

from xlplugin.analysis.paths import told
from xlplugin.cli.language import axis_words, bare, called, chosen, share, text
from xlplugin.cli.marks import sparkline
from xlplugin.cli.questions import Question, asked, measure_of, records
from xlplugin.cli.steps import CASE, command
from xlplugin.cli.terminal import heading, next_step, note, print_table
from xlplugin.model.years import DECLINES

#: Options of growth, which stay from one path to the next.
_GROWTH = ("revenue_growth", "ai_share_growth", "seed")

Rows = list[dict[str, Any]]

#: Years that the table shows, as far as the path goes.
_SHOWN_YEARS = (0, 1, 2, 3, 5, 10, 20, 50)


@click.command()
@click.argument("companies", nargs=-1, metavar="[COMPANY]...")
@click.option(
    "--decline", "declines", multiple=True, metavar="SHARE", help="Annual fall of AI cost (repeat)."
)
@click.option("--years", type=int, default=10, show_default=True, help="Years after the base year, up to 50.")
@click.option("--measure", help="A line of the model; default: change of operating margin.")
@click.option("--revenue-growth", default="0", help="Growth of the company per year.")
@click.option("--ai-share-growth", default="0", help="Growth per year of AI's weight in revenue and cost.")
@click.option("--trials", type=int, default=0, help="Draw the assumptions so often, for bands.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same draws.")
@asked
def path(
    question: Question,
    companies: tuple[str, ...],
    declines: tuple[str, ...],
    years: int,
    measure: str | None,
    **options: Any,
) -> None:
    """What a steady fall of AI cost does over years (default: 30%, 74.9%, 78%, 90% a year; illustrative)."""
    from xlplugin.analysis.export.years import path_plot
    from xlplugin.data.subjects import FACE_VALUE, usual_measure

    question.scenario = question.scenario or FACE_VALUE
    subjects = [question.subject(name, path=True) for name in question.companies(companies)]
    wanted = measure_of(measure)
    measures = {subject.company: wanted or usual_measure(subject) for subject in subjects}
    usual = [round(decline, 3) for decline in DECLINES.values()]
    rows = _rows(question, measures, list(declines) or usual, years, options)
    curves = _curves(rows)
    title = text("path.title", years=years, scenario=question.words)
    currencies = {subject.company: subject.case.currency for subject in subjects}
    plot = partial(path_plot, curves, subjects, chosen())
    step = command("simulate", subjects[0].company, keeping=CASE)
    if not options["trials"]:
        step = command("path", keeping=("companies", "declines", "years", "measure", *_GROWTH, *CASE))
        step += " --trials 2000"
    if question.answered(rows, title, plot, [text("path.no_forecast")], step):
        return
    shown_years = [year for year in _SHOWN_YEARS if year <= years]
    table = [line for curve in curves for line in _lines(curve, shown_years)]
    heading(title)
    heads = [text("path.column.year", year=year) for year in shown_years]
    print_table([text("column.company"), text("path.column.decline"), "", *heads], table, text_columns=3)
    if not declines:
        note(text("path.sources"))
    _notes(rows, measures, currencies, any(subject.is_lab for subject in subjects))
    next_step(step)


def _rows(
    question: Question, measures: dict[str, str], declines: list[Any], years: int, options: dict[str, Any]
) -> Rows:
    """Return every company's years; its measure is called ``value``, the ends of its band low and high."""
    from xlplugin.analysis.paths import path as path_of

    rows: Rows = []
    for company, measure in measures.items():
        frame = path_of(company, declines, years, measure, **options, **question.shared)
        names = {measure: "value"} | {f"{measure}_{part}": part for part in ("low", "median", "high")}
        figures = frame[[name for name in names if name in frame]].rename(columns=names)
        others = frame.drop(columns=list(names), errors="ignore").assign(measure=measure)
        rows += records(others.join(figures))
    return rows


def _curves(rows: Rows) -> list[Rows]:
    """Return the years of each company and decline."""
    curves: dict[tuple[str, float], Rows] = {}
    for row in rows:
        curves.setdefault((row["company"], row["annual_decline"]), []).append(row)
    return list(curves.values())


def _lines(curve: Rows, years: list[int]) -> list[list[str]]:
    """Return a curve's line of the table, and those of the ends of its band."""
    first, last = curve[0], len(curve) - 1
    spread = sorted({round(i * last / 7) for i in range(8)})  # eight years at most

    def figures(part: str) -> list[str]:
        return [bare(told(curve[year], part), first["measure"]) for year in years]

    marks = ["*" if curve[year]["beyond_model"] else "" for year in years]
    lines = [
        [
            first["company"] + (" †" if first["direction_undetermined"] else ""),
            share(first["annual_decline"]),
            sparkline([told(curve[year], "value") for year in spread]),
            *(figure + mark for figure, mark in zip(figures("value"), marks, strict=True)),
        ]
    ]
    for end, percentile in (("low", "P10"), ("high", "P90")):
        if end in first:
            ends = sparkline([told(curve[year], end) for year in spread])
            lines.append(["", percentile, ends, *figures(end)])
    return lines


def _notes(rows: Rows, measures: dict[str, str], currencies: Mapping[str, str], labs: bool) -> None:
    for name in dict.fromkeys(measures.values()):
        companies = [company for company, measure in measures.items() if measure == name]
        for currency in sorted({currencies[company] for company in companies}):
            of_it = [company for company in companies if currencies[company] == currency]
            note(f"{axis_words(name, currency)}: {', '.join(of_it)}.")
    note(text("path.note"))
    if any(row["direction_undetermined"] for row in rows):
        note(text("note.undetermined", lever=called("market_elasticity")))
    if labs:
        note(text("note.labs"))
    if any(row["beyond_model"] for row in rows):
        note(text("path.beyond", line=called("supply_index")))
    if "low" in rows[0]:
        note(text("path.band", draws=rows[0]["draws"]))
    else:
        note(text("path.more"))
