"""Commands that take a scenario apart: compare, bridge, tornado."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from xlplugin.cli.language import (
    bare,
    called,
    chosen,
    in_currency,
    listed,
    not_available,
    shown,
    spoken,
    text,
    unit_words,
)
from xlplugin.cli.marks import bar, swing
from xlplugin.cli.options import peers_option, with_peers
from xlplugin.cli.questions import Question, asked, measure_of
from xlplugin.cli.steps import CASE, command
from xlplugin.cli.terminal import heading, next_step, note, print_table
from xlplugin.cli.wording import entry, note_open, note_trust, range_in_words

if TYPE_CHECKING:
    from xlplugin.data.subjects import Subject

#: Group of companies -> what its last column holds.
_GROUPS = {
    "companies": "compare.column.development",
    "undetermined": "compare.column.range",
    "general": "compare.column.development",
    "labs": "compare.column.development",
}


@click.command()
@click.option(
    "--company", "names", multiple=True, help="A company or ticker (repeat for more); default: all but peers."
)
@peers_option
@click.option("--measure", default="operating_margin_change", show_default=True, help="A line of the model.")
@asked
def compare(question: Question, names: tuple[str, ...], peers: bool, measure: str) -> None:
    """Compare companies: who gains, who loses, and the main causes."""
    from xlplugin.analysis.comparison import compare_rows
    from xlplugin.analysis.export.answers import comparison_plot
    from xlplugin.analysis.export.compared import subjects_of

    measure, chosen_names = measure_of(measure) or measure, with_peers(names, peers, question.dataset)
    rows = compare_rows(measure=measure, companies=chosen_names, spread=True, **question.shared)
    title = text("compare.title", measure=spoken(measure), scenario=question.words)
    plot = partial(comparison_plot, rows, measure, question.shared, chosen())
    step = command("bridge", rows[0]["company"], keeping=CASE)
    if question.answered(rows, title, plot, [text("no_forecast")], step):
        return
    subjects = subjects_of(rows, question.shared).values()
    heading(text("compare.heading", title=title, reduction=_reduction(subjects)))
    for group, second in _GROUPS.items():
        table = [_compared(row) for row in rows if row["group"] == group]
        if table:
            heading(text(f"compare.group.{group}"))
            headers = [text(f"compare.column.{name}") for name in ("company", "causes", "change", "around")]
            print_table([*headers, text(second)], table, text_columns=2)
    _range_notes(rows)
    note(text("compare.note.causes"))
    if any(row["group"] == "undetermined" for row in rows):
        note(text("compare.note.range", lever=called("market_elasticity")))
    if any(row["group"] == "labs" for row in rows):
        note(text("note.labs"))
    note(text("no_forecast"))
    next_step(step)


def _reduction(subjects: Collection[Subject]) -> str:
    """Say by how much AI cost falls, and how much of it is effective, which companies may differ in."""
    claimed = {subject.inputs["cost_reduction"] for subject in subjects}
    effective = {subject.value("effective_reduction") for subject in subjects}
    said = [_span({value for value in values if value == value}) for values in (claimed, effective)]
    key = "compare.reduction.same" if said[0] == said[1] else "compare.reduction"
    return text(key, claimed=said[0], effective=said[1])


def _span(values: set[float]) -> str:
    """Return one share in per cent, or the lowest and the highest of several."""
    ends = (
        [entry(end, "cost_reduction") for end in (min(values), max(values))] if values else [not_available()]
    )
    return ends[0] if ends[0] == ends[-1] else text("span", low=ends[0], high=ends[-1])


def _compared(row: dict[str, Any]) -> list[str]:
    """Return company, causes, change, and the range or the part that development has in it."""
    if row["market_low"] == row["market_low"]:
        second = text("span", **{end: bare(row[f"market_{end}"], row["measure"]) for end in ("low", "high")})
    elif row["from_development"] == row["from_development"]:
        second = in_currency(row["from_development"], "operating_income_change", row["currency"])
    else:
        second = "-"
    causes = row["causes"] or getattr(row["words"], "values", {}).get("why", "-")
    around = " / ".join(bare(row[end], row["measure"]) for end in ("p10", "p50", "p90"))
    around = around if row["p50"] == row["p50"] else "-"
    value = in_currency(row["value"], row["measure"], row["currency"])
    return [row["company"], causes, value, around, second]


def _range_notes(rows: list[dict[str, Any]]) -> None:
    """Say what the percentiles are of, and why a value lies outside them."""
    note(text("compare.note.around"))
    for row in rows:
        if row["why"]:
            place = row["percentile"] * 100
            note(text("compare.note.why", company=row["company"], place=place, why=row["why"]))


@click.command()
@click.argument("company")
@click.option(
    "--measure",
    default="operating_income",
    show_default=True,
    help="operating_income, operating_margin, gross_margin, net_margin or eps.",
)
@asked
def bridge(question: Question, company: str, measure: str) -> None:
    """Bridge a result from its base to the scenario: the causes, which sum exactly."""
    from xlplugin.analysis.bridges import BRIDGED, bridge_rows, bridged
    from xlplugin.analysis.export.answers import bridge_plot

    subject = question.subject(company)
    name = bridged(measure_of(measure) or measure)
    rows = bridge_rows(subject, name, chosen())
    change, currency = BRIDGED[name][2], subject.case.currency
    title = question.title("bridge.title", subject, name)
    plot = partial(bridge_plot, subject, rows, name, chosen(), question.levers)
    spread = range_in_words(subject, change)
    order, step = text("bridge.order"), command("tornado", subject.company, keeping=CASE)
    if question.answered(rows, title, plot, [order, *spread], step):
        return
    most = max((abs(row["value"]) for row in rows[1:-1] if row["value"] == row["value"]), default=0.0)
    table: list[list[Any]] = [
        [row["label"], bar(abs(row["value"]), most), shown(row["value"], change, change=True)] for row in rows
    ]
    for i in (0, -1):  # the totals
        table[i][1:] = ["", shown(rows[i]["value"], name)]
    heading(
        f"{title}, {unit_words(name, currency)}".removesuffix(", %")
    )  # margins carry their sign themselves
    print_table([text("bridge.column.step"), "", text("bridge.column.value")], table, text_columns=2)
    moved = in_currency(rows[-1]["value"] - rows[0]["value"], change, currency)
    for words in (text("bridge.in_all", change=moved, order=order), *spread):
        note(words)
    if subject.inputs["reinvestment"] == 1:
        note(text("bridge.reinvested"))
    note_trust(subject, change)
    next_step(step)


@click.command()
@click.argument("company")
@click.option("--measure", help="A line or bridge bar; default: change of operating margin.")
@asked
def tornado(question: Question, company: str, measure: str | None) -> None:
    """Each assumption alone at its low and its high, sorted by what it moves."""
    from xlplugin.analysis.export.answers import tornado_plot
    from xlplugin.analysis.tornados import swings

    subject = question.subject(company)
    swung = swings(subject, measure_of(measure))
    name, currency = swung.measure, subject.case.currency
    first = {"company": subject.company, "fiscal_year": subject.case.fiscal_year, "measure": name}
    rows = [{**first, **row, "at_base": swung.value, "fixed": False} for row in swung.bars]
    rows += [{**first, "input": key, "base": value, "fixed": True} for key, value in swung.fixed.items()]
    moving = [row for row in swung.bars if row["swing"] > 0]
    title = question.title("tornado.title", subject, name)
    plot = partial(tornado_plot, swung, chosen(), question.levers)
    spread = range_in_words(subject, name)
    step = command("simulate", subject.company, keeping=CASE)
    if question.answered(rows, title, plot, [text("no_forecast"), *spread], step):
        return
    at_base = shown(swung.value, name)
    unit = (
        ""
        if bare(swung.value, name) != at_base or at_base.endswith("%")
        else f" {unit_words(name, currency)}"
    )
    heading(text("tornado.heading", title=title, value=f"{at_base}{unit}"))
    headers = [text(f"tornado.column.{end}") for end in ("low", "high", "at_low", "at_high")]
    print_table([text("column.assumption"), "", *headers], _swings(moving, swung.value, name), text_columns=2)
    still = [row["input"] for row in swung.bars if not row["swing"] > 0]
    if still:
        note(text("tornado.still", names=listed(still)))
    if swung.fixed:
        fixed = ", ".join(f"{called(key)} {entry(value, key)}" for key, value in swung.fixed.items())
        note(text("tornado.fixed", names=fixed))
    note_open(subject, "tornado.open")
    for words in spread:
        note(words)
    note_trust(subject, name)
    next_step(step)


def _swings(moving: list[dict[str, Any]], base: float, measure: str) -> list[list[Any]]:
    """Return a row of the table for each assumption that moves the measure."""
    ends = [row[end] for row in moving for end in ("at_low", "at_high") if row[end] == row[end]]
    least, most = min([*ends, base]), max([*ends, base])
    return [
        [
            called(row["input"]),
            swing(row["at_low"], row["at_high"], base, least, most, 20),
            *(entry(row[end], row["input"]) for end in ("low", "high")),
            *(bare(row[end], measure) for end in ("at_low", "at_high")),
        ]
        for row in moving
    ]
