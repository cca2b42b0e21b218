"""Commands that look around a scenario: sensitivity, breakeven."""

from __future__ import annotations

from typing import Any

import click

from xlplugin.cli.marks import bar
from xlplugin.cli.questions import Asked, answered, asked, case_words, entry, heading, note_trust, records
from xlplugin.cli.terminal import next_step, note, print_table
from xlplugin.model.errors import CellError, Fault, InputError
from xlplugin.model.formats import shown
from xlplugin.model.inputs import INPUTS
from xlplugin.model.lines import UNITS

__all__ = ["breakeven", "sensitivity"]


@click.command()
@click.argument("company")
@click.option("--measure", help="A line or bridge bar; default: change of operating margin.")
@click.option("--rows", metavar="INPUT[=V,V...]", help="The input down a two-way grid, and its values.")
@click.option("--columns", metavar="INPUT[=V,V...]", help="The input across a two-way grid, and its values.")
@asked
def sensitivity(
    company: str, measure: str | None, rows: str | None, columns: str | None, **options: Any
) -> None:
    """Exact derivatives and elasticities; with --rows and --columns a two-way grid."""
    if (rows is None) != (columns is None):
        raise click.UsageError("--rows and --columns go together", click.get_current_context())
    one = Asked(options)
    if rows is not None and columns is not None:
        _grid(one, company, measure, rows, columns)
        return
    from xlplugin.analysis.derivatives import differentiate
    from xlplugin.analysis.export.charts import Chart

    found = records(differentiate(company, measure, **one.shared))
    found.sort(key=lambda row: -abs(row["derivative"] * _step(row["input"])))
    name = found[0]["measure"]
    measured = name.replace("_", " ")
    title = f"{found[0]['company']} {found[0]['fiscal_year']}: slopes of {measured}, {case_words(one)}"
    known = [row for row in found if row["elasticity"] == row["elasticity"] and row["elasticity"]]
    series = {"elasticity": [row["elasticity"] for row in known]}
    chart = Chart(
        "bars",
        title,
        "elasticity (per cent of the measure per per cent)",
        [r["input"] for r in known],
        series,
    )
    if answered(one, found, title, chart, ["At a kink the slope is the one towards larger values."]):
        return
    steps = [row["derivative"] * _step(row["input"]) for row in found]
    most = max(map(abs, steps), default=0.0)
    table = [
        [
            row["input"],
            bar(abs(step), most),
            entry(row["base"], row["input"]),
            shown(step, name, change=True),
            f"{row['elasticity']:+.3f}" if row["elasticity"] == row["elasticity"] else "-",
        ]
        for row, step in zip(found, steps, strict=True)
        if step
    ]
    heading(title)
    print_table(["input", "", "base", "per +1 point or +0.01", "elasticity"], table, text_columns=2)
    note("Exact slopes; at a kink the one towards larger values. Inputs without effect are left out.")
    next_step(f"xlplugin sensitivity {company} --rows cost_reduction --columns pass_through shows a grid")


def _step(name: str) -> float:
    return 0.01 if INPUTS[name].unit in ("share", "elasticity", "years") else 1.0


def _axis(typed: str, one: Asked, company: str) -> tuple[str, list[Any]]:
    from xlplugin.analysis.grids import default_values
    from xlplugin.entries.meaning import pieces

    name, equals, values = typed.partition("=")
    name = name.strip()
    if equals and name in INPUTS:
        return name, [piece.strip() for piece in pieces(values, name)]
    return name, default_values(one.subject(company), name)


def _grid(one: Asked, company: str, measure: str | None, rows: str, columns: str) -> None:
    from xlplugin.analysis.export.charts import Chart, axis_of, scaled, unit_of
    from xlplugin.analysis.grids import grid_values
    from xlplugin.data.subjects import usual_measure

    subject = one.subject(company)
    name = measure or usual_measure(subject)
    axes = [_axis(typed, one, company) for typed in (rows, columns)]
    down, across, table = grid_values(subject, name, axes[0], axes[1])
    first, second = axes[0][0], axes[1][0]
    title = f"{subject.company} {subject.case.fiscal_year}: {name.replace('_', ' ')} by {first} and {second}"
    records = [
        {"company": subject.company, "measure": name, first: a, second: b, "value": value}
        for a, line in zip(down, table, strict=True)
        for b, value in zip(across, line, strict=True)
    ]
    series = {entry(b, second): scaled([line[k] for line in table], name) for k, b in enumerate(across)}
    labels = [entry(a, first) for a in down]
    chart = Chart("heat", title, axis_of(name), labels, series, across=f"{first}|{second}")
    if answered(one, records, title, chart):
        return
    cells = [
        [label, *(shown(value, name).removesuffix(" bp") for value in line)]
        for label, line in zip(labels, table, strict=True)
    ]
    corner = f"{first} \\ {second}" if len(first + second) < 32 else "down \\ across"
    heading(f"{title}, {unit_of(name)[0]}")
    print_table([corner, *(entry(b, second) for b in across)], cells)
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
    companies: tuple[str, ...],
    measure: str | None,
    targets: tuple[str, ...],
    lever: str,
    jevons: bool,
    **options: Any,
) -> None:
    """Find every value of a lever at which a measure reaches a target."""
    from xlplugin.analysis import breakevens
    from xlplugin.analysis.export.charts import Chart, axis_of, scaled
    from xlplugin.data.subjects import subjects, usual_measure

    one = Asked(options)
    if jevons == bool(targets):
        raise click.UsageError("give --target VALUE, or --jevons", click.get_current_context())
    if jevons:
        found = breakevens.jevons(list(companies) or None, **one.shared)
    else:
        import pandas as pd

        names = subjects(list(companies) or None, one.dataset)
        found = pd.concat(
            [
                breakevens.breakeven(name, chosen, [_target(t, chosen) for t in targets], lever, **one.shared)
                for name in names
                for chosen in [measure or usual_measure(one.subject(name))]
            ]
        )
    rows = records(found)
    sought = rows[0]["lever"]
    title = f"Break-even of {sought}, {case_words(one)}"
    chart = None
    if len(set(found["company"])) == 1 and not jevons:
        subject = one.subject(rows[0]["company"])
        curve = breakevens.curve(subject, rows[0]["measure"], sought)
        step = max(1, len(curve.points) // 200)
        series = {subject.company: scaled(curve.values[::step].tolist(), rows[0]["measure"])}
        for target in found["target"].unique():
            series[f"target {shown(target, rows[0]['measure'])}"] = scaled(
                [target] * len(curve.points[::step]), rows[0]["measure"]
            )
        chart = Chart(
            "lines", title, axis_of(rows[0]["measure"]), curve.points[::step].tolist(), series, across=sought
        )
    if answered(one, rows, title, chart):
        return
    table = [
        [
            row["company"],
            row["measure"],
            shown(row["target"], row["measure"]),
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
    found = number(words.removesuffix("bp").strip(), "target")
    if found is None:
        raise InputError(
            Fault(None, "--target", typed, "", "write it as 10bp, 20% or 0.001", CellError.WRONG_TYPE)
        )
    return found / factor
