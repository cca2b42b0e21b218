"""The causes of a note's changes: the bridge of each company in words, and the pictures."""

from __future__ import annotations

from dataclasses import replace

from xlplugin.analysis.bridges import BRIDGED, bars, bridge_rows
from xlplugin.analysis.export.answers import bridge_plot, comparison_plot, tornado_plot
from xlplugin.analysis.export.native_charts import alternative
from xlplugin.analysis.export.wording import listed, said, within
from xlplugin.analysis.notes.cases import MOST_TOLD, Case, Row
from xlplugin.analysis.notes.content import Block, Heading, Paragraph, Picture, Point, Points
from xlplugin.analysis.tornados import swings
from xlplugin.model.labels import label

#: Bars that are told of each company where they are many.
_MOST_BARS = 4


def pictures(case: Case) -> list[Picture]:
    """Return two pictures: a bridge, and the comparison; of one company the bridge and what matters most."""
    if not case.known:
        return []
    first = next((row for row in case.known if row["rank"] == 1), case.known[0])
    about, name = case.abouts[first["company"]], _bridged(first["measure"])
    language, levers = case.language, case.shared.get("levers")
    bridge = bridge_plot(about, bridge_rows(about, name, language), name, language, levers)
    if case.alone:
        plots = [bridge, tornado_plot(swings(about, first["measure"]), language, levers)]
    else:
        plots = [comparison_plot(case.rows, case.measure, case.shared, language), bridge]
    return [Picture(replace(plot, source=""), alternative(plot)) for plot in plots]


def bridges(case: Case) -> list[Block]:
    """Return the causes of each company's change in words, largest first."""
    if not case.known:
        return []
    told, left_out = case.known[:MOST_TOLD], case.known[MOST_TOLD:]
    words = case.text("bridge.order")
    if left_out:
        names = [row["company"] for row in left_out]
        words += " " + case.text("bridge.left_out", companies=listed(names, case.language))
    points = Points([Point(row["company"], _causes(row, case)) for row in told])
    return [Heading(case.text("heading.bridge")), points, Paragraph(words)]


def _bridged(measure: str) -> str:
    """Return what has a bridge: the measure's result, else operating margin."""
    name = measure.removesuffix("_change")
    return name if name in BRIDGED else "operating_margin"


def _causes(row: Row, case: Case) -> str:
    about, name = case.abouts[row["company"]], _bridged(row["measure"])
    change = BRIDGED[name][2]
    amounts = {bar: amount for bar, amount in bars(about, name)[0].items() if amount == amount and amount}
    if not amounts:
        return case.text("bridge.none", measure=case.named(change))
    order = sorted(amounts, key=lambda bar: -abs(amounts[bar]))
    told = order if len(order) <= _MOST_BARS + 1 or case.alone else order[:_MOST_BARS]
    parts = [
        f"{within(label(bar, case.language), case.language)} {said(amounts[bar], change, case.language)}"
        for bar in told
    ]
    rest = [amounts[bar] for bar in order[len(told) :]]
    if rest:
        parts.append(case.text("bridge.rest", n=len(rest), amount=said(sum(rest), change, case.language)))
    total = said(about.value(change), change, case.language, about.case.currency)
    if change != case.measure:
        total += f" ({case.named(change)})"
    return case.text("bridge.sum", parts=", ".join(parts), total=total)
