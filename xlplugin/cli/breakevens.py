"""The command that seeks where a measure reaches a target: breakeven."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from xlplugin.analysis import breakevens
from xlplugin.cli.language import called, chosen, in_currency, shown, spoken, text
from xlplugin.cli.questions import Question, asked, input_of, measure_of, records
from xlplugin.cli.steps import CASE, command
from xlplugin.cli.terminal import heading, next_step, note, print_table
from xlplugin.cli.wording import entry
from xlplugin.data.subjects import BASE_LINES, usual_measure
from xlplugin.model.errors import InputError
from xlplugin.model.formats import is_change
from xlplugin.model.lines import UNITS
from xlplugin.model.messages import Name, message

if TYPE_CHECKING:
    from xlplugin.analysis.export.plots import Plot
    from xlplugin.data.subjects import Subject


@click.command()
@click.argument("companies", nargs=-1, metavar="[COMPANY]...")
@click.option("--measure", help="A line; default: change of operating margin.")
@click.option(
    "--target", "targets", multiple=True, metavar="VALUE", help="10bp, 20%, 0.001 or millions (repeat)."
)
@click.option("--lever", help="The lever or exposure that is sought; default: cost_reduction.")
@click.option("--jevons", is_flag=True, help="Seek the rebound at which the saving is gone.")
@asked
def breakeven(
    question: Question,
    companies: tuple[str, ...],
    measure: str | None,
    targets: tuple[str, ...],
    lever: str | None,
    jevons: bool,
) -> None:
    """Find every value of a lever at which a measure reaches a target.

    Without a target: where the gain is gone, as use, prices, rivals on price or rivals for seats grow.
    """
    if jevons and targets:
        raise click.UsageError("--target and --jevons go apart", click.get_current_context())
    measure, sought = measure_of(measure), lever and input_of(lever)
    if jevons:
        rows = records(breakevens.jevons(list(companies) or None, **question.shared))
    else:
        rows = _sought(question, companies, measure, targets, sought)
    title, first = _searched(question, rows), rows[0]["company"]
    step = command("path", first, keeping=CASE)
    if not targets:
        step = command("breakeven", first, "--target", _next_target(question, first), keeping=CASE)
    if question.answered(rows, title, partial(_plot, question, rows), [], step):
        return
    _print_roots(question, rows, title)
    if jevons:
        note(text("breakeven.jevons", bill=called("inference_cost"), profit=called("gross_profit")))
    next_step(step)


def _sought(
    question: Question,
    companies: tuple[str, ...],
    measure: str | None,
    targets: tuple[str, ...],
    lever: str | None,
) -> list[dict[str, Any]]:
    """Return the roots; without a target those where the gain is gone, along each lever that may take it."""
    rows: list[dict[str, Any]] = []
    for name in question.companies(companies):
        subject = question.subject(name)
        sought_measure = measure or usual_measure(subject)
        wanted = [_target(target, sought_measure) for target in targets] or [_gone(subject, sought_measure)]
        levers = [lever or "cost_reduction"] if targets else [lever] if lever else breakevens.TAKERS
        for sought in levers:
            rows += records(breakevens.breakeven(name, sought_measure, wanted, sought, **question.shared))
    return rows


def _gone(subject: Subject, measure: str) -> float:
    """Return the value of a measure at which nothing is gained: no change, or the level of the base."""
    if is_change(measure):
        return 0.0
    if measure not in BASE_LINES:
        raise click.UsageError(
            message("{measure} has no base to return to; give --target VALUE", measure=Name(measure)),
            click.get_current_context(),
        )
    return subject.value(BASE_LINES[measure])


def _searched(question: Question, rows: list[dict[str, Any]]) -> str:
    """Return the title of a search: by its lever where it has one, else by what is asked."""
    levers = list(dict.fromkeys(row["lever"] for row in rows))
    if len(levers) == 1:
        return text("breakeven.title", lever=called(levers[0]), scenario=question.words)
    return text("breakeven.gone", scenario=question.words)


def _print_roots(question: Question, rows: list[dict[str, Any]], title: str) -> None:
    """Print the roots: of one lever with their measures, of several with the levers."""
    one_lever = len({row["lever"] for row in rows}) == 1
    table = [
        [
            row["company"],
            called(row["measure" if one_lever else "lever"]),
            *(
                [in_currency(row["target"], row["measure"], question.currency(row["company"]))]
                if one_lever
                else []
            ),
            entry(row["base"], row["lever"]),
            _root(row),
            " .. ".join(shown(row[f"reachable_{end}"], row["measure"]) for end in ("low", "high")),
        ]
        for row in rows
    ]
    names = ["measure", "target"] if one_lever else ["lever"]
    heading(title)
    headers = [text(f"breakeven.column.{name}") for name in ("company", *names, "now", "root", "reachable")]
    print_table(headers, table, text_columns=2)
    note(text("breakeven.note"))
    if not one_lever:
        for measure in dict.fromkeys(row["measure"] for row in rows):
            companies = dict.fromkeys(row["company"] for row in rows if row["measure"] == measure)
            note(text("breakeven.back", measure=spoken(measure), companies=", ".join(companies)))


def _next_target(question: Question, company: str) -> str:
    """Return a target that a company's usual measure may be asked for: 10 basis points, or an amount."""
    return "10bp" if UNITS[usual_measure(question.subject(company))] == "margin" else "100"


def _plot(question: Question, rows: list[dict[str, Any]]) -> Plot:
    """Return the curve of one company's measure over one lever, of several the break-evens side by side."""
    from xlplugin.analysis.export.answers import breakeven_plot
    from xlplugin.analysis.export.spreads import curve_plot

    # of several levers the one with the most answers
    answered = Counter(row["lever"] for row in rows if row["kind"] != "none")
    lever = max(dict.fromkeys(row["lever"] for row in rows), key=lambda name: answered[name])
    rows = [row for row in rows if row["lever"] == lever]
    measure = rows[0]["measure"]
    subjects = [question.subject(name) for name in dict.fromkeys(row["company"] for row in rows)]
    if len({(row["company"], row["measure"], row["lever"]) for row in rows}) > 1:
        return breakeven_plot(subjects, rows, lever, chosen(), question.levers)
    curve = breakevens.curve(subjects[0], measure, lever)
    every = slice(None, None, max(1, len(curve.points) // 200))
    points, values = curve.points[every].tolist(), curve.values[every].tolist()
    targets = [row["target"] for row in rows]
    return curve_plot(subjects[0], measure, lever, points, values, targets, chosen(), question.levers)


def _root(row: dict[str, Any]) -> str:
    if row["kind"] == "none":
        return text("breakeven.none")
    words = entry(row["value"], row["lever"])
    if row["kind"] == "stretch":
        return f"{words} .. {entry(row['until'], row['lever'])}"
    return text("breakeven.touches", value=words) if row["kind"] == "touching" else words


def _target(typed: str, measure: str) -> float:
    from xlplugin.entries.meaning import number

    unit = UNITS.get(measure, "margin")  # the search itself refuses an unknown measure, by its name
    words = typed.strip().lower()
    in_points = words.endswith("bp")
    if in_points and unit not in ("margin", "share", "ratio"):
        fix = "{measure} has no basis points: write an amount, or choose another --measure"
        raise InputError.wrong("--target", typed, message(fix, measure=Name(measure)))
    amount = number(words.removesuffix("bp").strip(), "target")
    if amount is None:
        raise InputError.wrong("--target", typed, "write it as 10bp, 20% or 0.001")
    return amount / 10_000 if in_points else amount
