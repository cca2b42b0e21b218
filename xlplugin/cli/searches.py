"""Commands that look around a scenario: sensitivity, breakeven."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import click

from xlplugin.cli.marks import bar
from xlplugin.cli.questions import Question, asked, entry, note_trust, records, spoken
from xlplugin.cli.terminal import heading, next_step, note, print_table
from xlplugin.model.errors import CellError, Fault, InputError
from xlplugin.model.formats import in_currency, shown
from xlplugin.model.inputs import INPUTS
from xlplugin.model.lines import UNITS

if TYPE_CHECKING:
    from xlplugin.analysis.export.plots import Plot


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
        _grid(question, company, measure, rows, columns)
    else:
        _slopes(question, company, measure)


def _slopes(question: Question, company: str, measure: str | None) -> None:
    from xlplugin.analysis.derivatives import differentiate
    from xlplugin.analysis.export.answers import slopes_plot

    rows = records(differentiate(company, measure, **question.shared))
    rows.sort(key=lambda row: -abs(row["derivative"] * _step(row["input"])))
    name = rows[0]["measure"]
    title = f"{rows[0]['company']} {rows[0]['fiscal_year']}: slopes of {spoken(name)}, {question.words}"
    subject = question.subject(company)
    plot = partial(slopes_plot, subject, rows, name, question.language, question.levers)
    if question.answered(rows, title, plot, ["At a kink the slope is the one towards larger values."]):
        return
    steps = [row["derivative"] * _step(row["input"]) for row in rows]
    most = max(map(abs, steps), default=0.0)
    table = [
        [
            row["input"],
            bar(abs(step), most),
            entry(row["base"], row["input"]),
            shown(step, name, change=True),
            f"{row['elasticity']:+.3f}" if row["elasticity"] == row["elasticity"] else "-",
        ]
        for row, step in zip(rows, steps, strict=True)
        if step
    ]
    heading(title)
    print_table(["input", "", "base", "per +1 point or +0.01", "elasticity"], table, text_columns=2)
    note("Exact slopes; at a kink the one towards larger values. Inputs without effect are left out.")
    next_step(f"xlplugin sensitivity {company} --rows cost_reduction --columns pass_through shows a grid")


def _step(name: str) -> float:
    return 0.01 if INPUTS[name].unit in ("share", "elasticity", "years") else 1.0


def _axis(typed: str, question: Question, company: str) -> tuple[str, list[Any]]:
    from xlplugin.analysis.grids import default_values
    from xlplugin.entries.meaning import pieces

    name, equals, values = typed.partition("=")
    name = name.strip()
    if equals and name in INPUTS:
        return name, [piece.strip() for piece in pieces(values, name)]
    return name, default_values(question.subject(company), name)


def _grid(question: Question, company: str, measure: str | None, rows: str, columns: str) -> None:
    from xlplugin.analysis.export.answers import grid_plot
    from xlplugin.analysis.export.plots import unit_of
    from xlplugin.analysis.grids import grid_values
    from xlplugin.data.subjects import usual_measure

    subject = question.subject(company)
    name = measure or usual_measure(subject)
    axes = [_axis(typed, question, company) for typed in (rows, columns)]
    down, across, table = grid_values(subject, name, axes[0], axes[1])
    first, second = axes[0][0], axes[1][0]
    title = f"{subject.company} {subject.case.fiscal_year}: {spoken(name)} by {first} and {second}"
    cells = [
        {"company": subject.company, "measure": name, first: a, second: b, "value": value}
        for a, line in zip(down, table, strict=True)
        for b, value in zip(across, line, strict=True)
    ]
    labels = [entry(a, first) for a in down]
    plot = partial(
        grid_plot, subject, name, (first, second), (down, across), table, question.language, question.levers
    )
    if question.answered(cells, title, plot):
        return
    lines = [
        [label, *(shown(value, name).removesuffix(" bp") for value in line)]
        for label, line in zip(labels, table, strict=True)
    ]
    corner = f"{first} \\ {second}" if len(first + second) < 32 else "down \\ across"
    heading(f"{title}, {unit_of(name, subject.case.currency)[0]}")
    print_table([corner, *(entry(b, second) for b in across)], lines)
    note_trust(subject, name)
    next_step("-o FILE.xlsx or FILE.png keeps it; name values as --rows cost_reduction=10%,50%,90%")


@click.command()
@click.argument("companies", nargs=-1, metavar="[COMPANY]...")
@click.option("--measure", help="A line; default: change of operating margin.")
@click.option(
    "--target", "targets", multiple=True, metavar="VALUE", help="10bp, 20%, 0.001 or millions (repeat)."
)
@click.option(
    "--lever", default="cost_reduction", show_default=True, help="The lever or exposure that is sought."
)
@click.option("--jevons", is_flag=True, help="Seek the rebound at which the saving is gone.")
@asked
def breakeven(
    question: Question,
    companies: tuple[str, ...],
    measure: str | None,
    targets: tuple[str, ...],
    lever: str,
    jevons: bool,
) -> None:
    """Find every value of a lever at which a measure reaches a target."""
    if jevons == bool(targets):
        raise click.UsageError("give --target VALUE, or --jevons", click.get_current_context())
    rows = _sought(question, companies, measure, targets, None if jevons else lever)
    sought = rows[0]["lever"]
    title = f"Break-even of {sought}, {question.words}"
    if question.answered(rows, title, partial(_plot, question, rows, jevons)):
        return
    table = [
        [
            row["company"],
            row["measure"],
            in_currency(row["target"], row["measure"], question.currency(row["company"])),
            entry(row["base"], sought),
            _root(row, sought),
            " .. ".join(shown(row[f"reachable_{end}"], row["measure"]) for end in ("low", "high")),
        ]
        for row in rows
    ]
    heading(title)
    print_table(["company", "measure", "target", "now", "break-even", "reachable"], table, text_columns=2)
    note(
        "All roots of the domain, the one nearest to today's value first; none = the target is out of reach."
    )
    if jevons:
        note("inference_cost: the bill is back at its base; gross_profit: billed use and prices count too.")
    next_step("--lever NAME seeks another lever or exposure; -o FILE.png draws the curve of one company")


def _sought(
    question: Question,
    companies: tuple[str, ...],
    measure: str | None,
    targets: tuple[str, ...],
    lever: str | None,
) -> list[dict[str, Any]]:
    """Return the roots; ``lever`` None: of the rebound at which the saving is gone."""
    from xlplugin.analysis import breakevens
    from xlplugin.data.subjects import usual_measure

    if lever is None:
        return records(breakevens.jevons(list(companies) or None, **question.shared))
    rows: list[dict[str, Any]] = []
    for name in question.companies(companies):
        chosen = measure or usual_measure(question.subject(name))
        values = [_target(target, chosen) for target in targets]
        rows += records(breakevens.breakeven(name, chosen, values, lever, **question.shared))
    return rows


def _plot(question: Question, rows: list[dict[str, Any]], jevons: bool) -> Plot:
    """Return the curve of one company's measure over the lever, of several the break-evens side by side."""
    from xlplugin.analysis import breakevens
    from xlplugin.analysis.export.answers import breakeven_plot
    from xlplugin.analysis.export.spreads import curve_plot

    measure, lever = rows[0]["measure"], rows[0]["lever"]
    subjects = [question.subject(name) for name in dict.fromkeys(row["company"] for row in rows)]
    if len(subjects) > 1 or jevons:
        return breakeven_plot(subjects, rows, lever, question.language, question.levers)
    curve = breakevens.curve(subjects[0], measure, lever)
    every = slice(None, None, max(1, len(curve.points) // 200))
    points, values = curve.points[every].tolist(), curve.values[every].tolist()
    targets = [row["target"] for row in rows]
    found = (subjects[0], measure, lever, points, values, targets)
    return curve_plot(*found, question.language, question.levers)


def _root(row: dict[str, Any], lever: str) -> str:
    if row["kind"] == "none":
        return "none"
    words = entry(row["value"], lever)
    if row["kind"] == "stretch":
        return f"{words} .. {entry(row['until'], lever)}"
    return f"{words} (touches)" if row["kind"] == "touching" else words


def _target(typed: str, measure: str) -> float:
    from xlplugin.entries.meaning import number

    unit = UNITS.get(measure, "margin")  # the search itself refuses an unknown measure, by its name
    if typed.strip().lower().endswith("bp") and unit not in ("margin", "share", "ratio"):
        fix = f"{measure} is in {unit}: write an amount, or choose another --measure"
        raise InputError(Fault(None, "--target", typed, "", fix, CellError.WRONG_TYPE))
    words = typed.strip().lower()
    factor = 10_000 if words.endswith("bp") else 1
    amount = number(words.removesuffix("bp").strip(), "target")
    if amount is None:
        raise InputError(
            Fault(None, "--target", typed, "", "write it as 10bp, 20% or 0.001", CellError.WRONG_TYPE)
        )
    return amount / factor
