"""Commands that take a scenario apart: compare, bridge, tornado."""

from __future__ import annotations

from functools import partial
from typing import Any

import click

from xlplugin.cli.marks import bar, swing
from xlplugin.cli.questions import (
    NO_FORECAST,
    Question,
    asked,
    entry,
    note_open,
    note_trust,
    range_in_words,
    spoken,
)
from xlplugin.cli.terminal import heading, next_step, note, peers_option, print_table, with_peers
from xlplugin.model.formats import in_currency, shown

#: Group of companies -> heading of its table, and what its last column holds.
_GROUPS = {
    "companies": ("Ranked", "of which R&D"),
    "undetermined": ("Direction not determined by cost alone, unranked", "range"),
    "general": ("On general assumptions, unranked", "of which R&D"),
    "labs": ("Labs, unranked", "of which R&D"),
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

    chosen = with_peers(names, peers, question.dataset)
    rows = compare_rows(measure=measure, companies=chosen, spread=True, **question.shared)
    title = f"Change by company, {question.words}"
    plot = partial(comparison_plot, rows, measure, question.shared, question.language)
    if question.answered(rows, title, plot, [NO_FORECAST]):
        return
    for group, (head, second) in _GROUPS.items():
        table = [_compared(row) for row in rows if row["group"] == group]
        if table:
            heading(head)
            headers = ["company", "main causes", "change", "P10 / P50 / P90", second]
            print_table(headers, table, text_columns=2)
    _range_notes(rows)
    note("Causes are bars of the bridge in causal order, in the unit of the change.")
    if any(row["group"] == "undetermined" for row in rows):
        note("range: over the assumed range of market_elasticity, on which the sign turns around 1.")
    if any(row["group"] == "labs" for row in rows):
        note("Labs' figures are secondary (OpenAI) or theoretical (DeepSeek: serving cost alone).")
    note(NO_FORECAST)
    next_step("xlplugin bridge COMPANY shows every cause; xlplugin tornado COMPANY which assumption matters")


def _compared(row: dict[str, Any]) -> list[str]:
    """Return company, causes, change, and the range or the part that development has in it."""
    if row["market_low"] == row["market_low"]:
        ends = (shown(row[f"market_{end}"], row["measure"]).removesuffix(" bp") for end in ("low", "high"))
        second = " to ".join(ends)
    elif row["from_development"] == row["from_development"]:
        second = f"{row['from_development']:+,.1f} {row['currency']} m"
    else:
        second = "-"
    causes = row["causes"] or row["words"].partition("#N/A, ")[2] or "-"
    around = " / ".join(shown(row[end], row["measure"]).removesuffix(" bp") for end in ("p10", "p50", "p90"))
    around = around if row["p50"] == row["p50"] else "-"
    value = in_currency(row["value"], row["measure"], row["currency"])
    return [row["company"], causes, value, around, second]


def _range_notes(rows: list[dict[str, Any]]) -> None:
    """Say what the percentiles are of, and why a value lies outside them."""
    note("P10 / P50 / P90: draws of what the scenario (illustrative for none) leaves open, reduction held.")
    for row in rows:
        if row["why"]:
            note(f"{row['company']}, percentile {row['percentile'] * 100:.0f}: {row['why']}.")


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
    from xlplugin.analysis.export.plots import unit_of

    subject = question.subject(company)
    rows = bridge_rows(subject, measure, question.language)
    name = bridged(measure)
    change = BRIDGED[name][2]
    title = f"{subject.company} {subject.case.fiscal_year}: bridge of {spoken(name)}, {question.words}"
    plot = partial(bridge_plot, subject, rows, measure, question.language, question.levers)
    spread = range_in_words(subject, change)
    order = "Single bars depend on the causal order; their sum does not."
    if question.answered(rows, title, plot, [order, *spread]):
        return
    most = max((abs(row["value"]) for row in rows[1:-1] if row["value"] == row["value"]), default=0.0)
    table: list[list[Any]] = [
        [row["label"], bar(abs(row["value"]), most), shown(row["value"], change, change=True)] for row in rows
    ]
    for i in (0, -1):  # the totals
        table[i][1:] = ["", shown(rows[i]["value"], name)]
    heading(
        f"{title}, {unit_of(name, subject.case.currency)[0]}".removesuffix(", %")
    )  # margins carry their sign themselves
    print_table(["step", "", "value"], table, text_columns=2)
    moved = rows[-1]["value"] - rows[0]["value"]
    in_all = in_currency(moved, change, subject.case.currency)
    for text in (f"Change in all: {in_all}. {order}", *spread):
        note(text)
    if subject.inputs["reinvestment"] == 1:
        note("Development saves nothing here: reinvestment is 100%.")
    note_trust(subject, change)
    next_step(f"xlplugin tornado {company} shows which assumption matters most")


@click.command()
@click.argument("company")
@click.option("--measure", help="A line or bridge bar; default: change of operating margin.")
@asked
def tornado(question: Question, company: str, measure: str | None) -> None:
    """Each assumption alone at its low and its high, sorted by what it moves."""
    from xlplugin.analysis.export.answers import tornado_plot
    from xlplugin.analysis.export.plots import unit_of
    from xlplugin.analysis.tornados import swings

    subject = question.subject(company)
    swung = swings(subject, measure)
    name = swung.measure
    first = {"company": subject.company, "fiscal_year": subject.case.fiscal_year, "measure": name}
    rows = [{**first, **row, "at_base": swung.value, "fixed": False} for row in swung.bars]
    rows += [{**first, "input": key, "base": value, "fixed": True} for key, value in swung.fixed.items()]
    moving = [row for row in swung.bars if row["swing"] > 0]
    title = f"{subject.company} {subject.case.fiscal_year}: {spoken(name)} by assumption, {question.words}"
    plot = partial(tornado_plot, swung, question.language, question.levers)
    spread = range_in_words(subject, name)
    if question.answered(rows, title, plot, [NO_FORECAST, *spread]):
        return
    at_base = shown(swung.value, name)
    unit = "" if at_base.endswith(("bp", "%")) else f" {unit_of(name, subject.case.currency)[0]}"
    heading(f"{title}: {at_base}{unit} at base")
    headers = ["assumption", "", "low", "high", "at low", "at high"]
    print_table(headers, _swings(moving, swung.value, name), text_columns=2)
    still = [row["input"] for row in swung.bars if not row["swing"] > 0]
    if still:
        note(f"No effect here: {', '.join(still)}.")
    if swung.fixed:
        listed = ", ".join(f"{key} {entry(value, key)}" for key, value in swung.fixed.items())
        note(f"Fixed by scenario or entry, so without a bar: {listed}.")
    note_open(subject, "have bars")
    for text in spread:
        note(text)
    note_trust(subject, name)
    next_step(f"xlplugin sobol {company} counts effects of assumptions together; simulate draws them all")


def _swings(moving: list[dict[str, Any]], base: float, measure: str) -> list[list[Any]]:
    """Return a row of the table for each assumption that moves the measure."""
    ends = [row[end] for row in moving for end in ("at_low", "at_high") if row[end] == row[end]]
    least, most = min([*ends, base]), max([*ends, base])
    return [
        [
            row["input"],
            swing(row["at_low"], row["at_high"], base, least, most, 20),
            *(entry(row[end], row["input"]) for end in ("low", "high")),
            *(shown(row[end], measure).removesuffix(" bp") for end in ("at_low", "at_high")),
        ]
        for row in moving
    ]
