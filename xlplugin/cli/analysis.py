"""Commands that take a scenario apart: compare, bridge, tornado."""

from __future__ import annotations

from typing import Any

import click

from xlplugin.cli.marks import bar, swing
from xlplugin.cli.questions import NO_FORECAST, Asked, answered, asked, case_words, entry, heading, note_trust
from xlplugin.cli.terminal import next_step, note, print_table
from xlplugin.model.formats import shown

__all__ = ["bridge", "compare", "tornado"]

_SECOND = {"companies": "of which R&D", "undetermined": "range", "labs": "of which R&D"}


@click.command()
@click.option(
    "--company", "names", multiple=True, help="A company or ticker (repeat for more); default: all."
)
@click.option("--measure", default="operating_margin_change", show_default=True, help="A line of the model.")
@asked
def compare(names: tuple[str, ...], measure: str, **options: Any) -> None:
    """Compare companies: who gains, who loses, and the main causes."""
    from xlplugin.analysis.comparison import compare_rows
    from xlplugin.analysis.export.charts import Chart, axis_of, scaled

    one = Asked(options)
    rows = compare_rows(measure=measure, companies=list(names) or None, **one.shared)
    charted = [row for row in rows if row["measure"] == measure and row["group"] != "labs"]
    values = scaled([row["value"] for row in charted], measure)
    title = f"Change by company, {case_words(one)}"
    chart = Chart("bars", title, axis_of(measure), [row["company"] for row in charted], {measure: values})
    if answered(one, rows, title, chart, [NO_FORECAST]):
        return
    heads = {
        "companies": "Ranked",
        "undetermined": "Direction not determined by cost alone, unranked",
        "labs": "Labs, unranked",
    }
    for group, head in heads.items():
        found = [row for row in rows if row["group"] == group]
        if not found:
            continue
        table = []
        for row in found:
            second, causes = _causes(row)
            table.append([row["company"], causes, shown(row["value"], row["measure"]) + _money(row), second])
        heading(head)
        print_table(["company", "main causes", "change", _SECOND[group]], table, text_columns=2)
    note("Causes are bars of the bridge in causal order, in the unit of the change.")
    if any(row["group"] == "undetermined" for row in rows):
        note("range: over the assumed range of market_elasticity, on which the sign turns around 1.")
    if any(row["group"] == "labs" for row in rows):
        note("Labs' figures are secondary (OpenAI) or theoretical (DeepSeek: serving cost alone).")
    note(NO_FORECAST)
    next_step("xlplugin bridge COMPANY shows every cause; xlplugin tornado COMPANY which assumption matters")


def _money(row: dict[str, Any]) -> str:
    return " m" if row["measure"] == "operating_income_change" else ""


def _causes(row: dict[str, Any]) -> tuple[str, str]:
    if row["market_low"] == row["market_low"]:
        ends = (
            shown(row[name], row["measure"]).removesuffix(" bp") for name in ("market_low", "market_high")
        )
        second = " to ".join(ends)
    elif row["from_development"] == row["from_development"]:
        second = f"{row['from_development']:+,.1f} m"
    else:
        second = "-"
    return second, row["causes"] or row["words"].partition("#N/A, ")[2] or "-"


@click.command()
@click.argument("company")
@click.option(
    "--measure",
    default="operating_income",
    show_default=True,
    help="operating_income, operating_margin, gross_margin, net_margin or eps.",
)
@asked
def bridge(company: str, measure: str, **options: Any) -> None:
    """Bridge a result from its base to the scenario: the causes, which sum exactly."""
    from xlplugin.analysis.bridges import BRIDGED, bridge_rows, bridged
    from xlplugin.analysis.export.charts import Chart, axis_of, scaled, unit_of

    one = Asked(options)
    subject = one.subject(company)
    rows = bridge_rows(subject, measure)
    name = bridged(measure)
    change = BRIDGED[name][2]
    title = (
        f"{subject.company} {subject.case.fiscal_year}: bridge of {name.replace('_', ' ')}, {case_words(one)}"
    )
    series = {end: scaled([row[end] for row in rows], name) for end in ("start", "end")}
    chart = Chart("steps", title, axis_of(name), [row["label"] for row in rows], series)
    if answered(one, rows, title, chart, ["Single bars depend on the causal order; their sum does not."]):
        return
    most = max((abs(row["value"]) for row in rows[1:-1] if row["value"] == row["value"]), default=0.0)
    table = []
    for i, row in enumerate(rows):
        total = i in (0, len(rows) - 1)
        figure = shown(row["value"], name) if total else shown(row["value"], change, change=True)
        table.append([row["label"], figure, "" if total else bar(abs(row["value"]), most)])
    heading(f"{title}, {unit_of(name)[0]}".removesuffix(", %"))  # margins carry their sign themselves
    print_table(["step", "value", ""], [[a, c, b] for a, b, c in table], text_columns=2)
    moved = rows[-1]["value"] - rows[0]["value"]
    note(
        f"Change in all: {shown(moved, change)}. Single bars depend on the causal order; their sum does not."
    )
    if subject.inputs["reinvestment"] == 1:
        note("Development saves nothing here: reinvestment is 100%.")
    note_trust(subject, change)
    next_step(f"xlplugin tornado {company} shows which assumption matters most")


@click.command()
@click.argument("company")
@click.option("--measure", help="A line or bridge bar; default: change of operating margin.")
@asked
def tornado(company: str, measure: str | None, **options: Any) -> None:
    """Each assumption alone at its low and its high, sorted by what it moves."""
    from xlplugin.analysis.export.charts import Chart, axis_of, scaled, unit_of
    from xlplugin.analysis.tornados import swings

    one = Asked(options)
    subject = one.subject(company)
    found = swings(subject, measure)
    name = found.measure
    first = {"company": subject.company, "fiscal_year": subject.case.fiscal_year, "measure": name}
    rows = [{**first, **row, "at_base": found.value, "fixed": False} for row in found.bars]
    rows += [{**first, "input": key, "base": value, "fixed": True} for key, value in found.fixed.items()]
    moving = [row for row in found.bars if row["swing"] > 0]
    measured = name.replace("_", " ")
    title = f"{subject.company} {subject.case.fiscal_year}: {measured} by assumption, {case_words(one)}"
    series = {end: scaled([row[f"at_{end}"] for row in moving], name) for end in ("low", "high")}
    base = scaled([found.value], name)[0]
    chart = Chart("swings", title, axis_of(name), [row["input"] for row in moving], series, base=base)
    if answered(one, rows, title, chart, [NO_FORECAST]):
        return
    reach = [row[end] for row in moving for end in ("at_low", "at_high") if row[end] == row[end]] + [
        found.value
    ]
    table = [
        [
            row["input"],
            swing(row["at_low"], row["at_high"], found.value, min(reach), max(reach), 20),
            entry(row["low"], row["input"]),
            entry(row["high"], row["input"]),
            shown(row["at_low"], name).removesuffix(" bp"),
            shown(row["at_high"], name).removesuffix(" bp"),
        ]
        for row in moving
    ]
    headers = ["assumption", "", "low", "high", "at low", "at high"]
    at_base = shown(found.value, name)
    heading(
        f"{title}: {at_base if at_base.endswith(('bp', '%')) else f'{at_base} {unit_of(name)[0]}'} at base"
    )
    print_table(headers, table, text_columns=2)
    still = [row["input"] for row in found.bars if not row["swing"] > 0]
    if still:
        note(f"No effect here: {', '.join(still)}.")
    if found.fixed:
        listed = ", ".join(f"{key} {entry(value, key)}" for key, value in found.fixed.items())
        note(f"Fixed by scenario or entry, so without a bar: {listed}.")
    note_trust(subject, name)
    next_step(f"xlplugin sobol {company} counts effects of assumptions together; simulate draws them all")
