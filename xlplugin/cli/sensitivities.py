"""The command that says what moves a measure: sensitivity."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import click

from xlplugin.cli.language import bare, called, chosen, figure, shown, spoken, text, unit_words
from xlplugin.cli.marks import bar
from xlplugin.cli.questions import Question, asked, input_of, measure_of, records
from xlplugin.cli.steps import CASE, command
from xlplugin.cli.terminal import heading, next_step, note, print_table
from xlplugin.cli.wording import entry, note_trust, year_words
from xlplugin.data.subjects import usual_measure
from xlplugin.model.inputs import INPUTS

if TYPE_CHECKING:
    pass


@click.command()
@click.argument("company")
@click.option("--measure", help="A line or bridge bar; default: change of operating margin.")
@click.option("--rows", metavar="INPUT[=V,V...]", help="The input down a two-way grid, and its values.")
@click.option("--columns", metavar="INPUT[=V,V...]", help="The input across a two-way grid, and its values.")
@asked
def sensitivity(
    question: Question, company: str, measure: str | None, rows: str | None, columns: str | None
) -> None:
    """Exact derivatives and elasticities; with --rows and --columns a two-way grid."""
    if (rows is None) != (columns is None):
        raise click.UsageError("--rows and --columns go together", click.get_current_context())
    if rows is not None and columns is not None:
        _grid(question, company, measure_of(measure), rows, columns)
    else:
        _slopes(question, company, measure_of(measure))


def _slopes(question: Question, company: str, measure: str | None) -> None:
    from xlplugin.analysis.derivatives import differentiate
    from xlplugin.analysis.export.answers import slopes_plot

    rows = records(differentiate(company, measure, **question.shared))
    rows.sort(key=lambda row: -abs(row["derivative"] * _step(row["input"])))
    name = rows[0]["measure"]
    subject = question.subject(company)
    title = question.title("slopes.title", subject, name)
    plot = partial(slopes_plot, subject, rows, name, chosen(), question.levers)
    axes = ("--rows", "cost_reduction", "--columns", "pass_through")
    step = command("sensitivity", company, *axes, keeping=("measure", *CASE))
    if question.answered(rows, title, plot, [text("slopes.kink")], step):
        return
    steps = [row["derivative"] * _step(row["input"]) for row in rows]
    most = max(map(abs, steps), default=0.0)
    table = [
        [
            called(row["input"]),
            bar(abs(change), most),
            entry(row["base"], row["input"]),
            shown(change, name, change=True),
            _elasticity(row["elasticity"]),
        ]
        for row, change in zip(rows, steps, strict=True)
        if change
    ]
    heading(title)
    headers = [text(f"slopes.column.{column}") for column in ("base", "step", "elasticity")]
    print_table([text("slopes.column.input"), "", *headers], table, text_columns=2)
    note(text("slopes.note"))
    next_step(step)


def _elasticity(value: float) -> str:
    """Return an elasticity with its sign; one that is 0 as shown has none."""
    if value != value:
        return "-"
    return figure(value, "+.3f") if abs(value) >= 0.0005 else figure(0.0, ".3f")


def _step(name: str) -> float:
    return 0.01 if INPUTS[name].unit in ("share", "elasticity", "years") else 1.0


def _axis(typed: str, question: Question, company: str) -> tuple[str, list[Any]]:
    from xlplugin.analysis.grids import default_values
    from xlplugin.entries.meaning import pieces

    name, equals, values = typed.partition("=")
    name = input_of(name.strip())
    if equals and name in INPUTS:
        return name, [piece.strip() for piece in pieces(values, name)]
    return name, default_values(question.subject(company), name)


def _grid(question: Question, company: str, measure: str | None, rows: str, columns: str) -> None:
    from xlplugin.analysis.export.answers import grid_plot
    from xlplugin.analysis.grids import grid_values

    subject = question.subject(company)
    name, currency = measure or usual_measure(subject), subject.case.currency
    axes = [_axis(typed, question, company) for typed in (rows, columns)]
    down, across, table = grid_values(subject, name, axes[0], axes[1])
    first, second = axes[0][0], axes[1][0]
    heads = [called(first), called(second)]
    title = text(
        "grid.title", company=subject.company, year=year_words(subject.case.fiscal_year),
        measure=spoken(name), first=heads[0], second=heads[1],
    )  # fmt: skip
    cells = [
        {"company": subject.company, "measure": name, first: a, second: b, "value": value}
        for a, line in zip(down, table, strict=True)
        for b, value in zip(across, line, strict=True)
    ]
    labels = [entry(a, first) for a in down]
    asked = (subject, name, (first, second), (down, across), table)
    plot = partial(grid_plot, *asked, chosen(), question.levers)
    step = command("breakeven", subject.company, keeping=("measure", *CASE))
    if question.answered(cells, title, plot, [], step):
        return
    lines = [
        [label, *(bare(value, name) for value in line)] for label, line in zip(labels, table, strict=True)
    ]
    corner = " \\ ".join(heads) if len("".join(heads)) < 32 else text("grid.corner")
    heading(f"{title}, {unit_words(name, currency)}")
    print_table([corner, *(entry(b, second) for b in across)], lines)
    note_trust(subject, name)
    note(text("grid.values"))
    next_step(step)
