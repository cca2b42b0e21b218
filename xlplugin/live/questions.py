"""Scripts about one company: bridge and tornado."""

from __future__ import annotations

from typing import Any, Literal

from xlplugin.analysis.bridges import BRIDGED, bridge_rows, bridged
from xlplugin.analysis.tornados import swings
from xlplugin.data.subjects import Subject
from xlplugin.live.open_book import OpenBook
from xlplugin.live.plans import Chart, Column, Plan, cell, figure_of, head_of, style_of
from xlplugin.live.scripts import script
from xlplugin.live.settings import CHOSEN, ENTRIES, setting_of
from xlplugin.live.texts import text
from xlplugin.live.wording import case_words, entry, sources
from xlplugin.model.formats import in_currency
from xlplugin.model.labels import label

#: What a question may be about; ``usual``: the change of operating margin, or what the figures allow.
Measure = Literal[
    "usual", "operating_margin_change", "gross_margin_change", "net_margin_change",
    "operating_income_change", "eps_change", "operating_margin", "gross_margin", "operating_income", "eps",
]  # fmt: skip
Bridged = Literal["operating_income", "operating_margin", "gross_margin", "net_margin", "eps"]


@script("bridge", *ENTRIES, CHOSEN)
def bridge(
    book: OpenBook,
    language: str,
    *,
    company: str = "",
    scenario: str = "",
    cost_reduction: str = "",
    measure: Bridged = "operating_income",
    fiscal_year: str = "",
) -> Plan:
    about = setting_of(book).subject(company, scenario, cost_reduction, fiscal_year)
    name = bridged(measure)
    change, currency = BRIDGED[name][2], about.case.currency
    steps = bridge_rows(about, name, language)
    if steps[-1]["value"] != steps[-1]["value"]:
        raise about.missing(name)
    causes = [(step["label"], cell(step["value"], change)) for step in steps[1:-1]]
    ends = [(step["label"], None, cell(step["value"], name)) for step in (steps[0], steps[-1])]
    moved = steps[-1]["value"] - steps[0]["value"]
    words = case_words(about, language)
    return Plan(
        text("bridge.title", language, company=about.company, measure=label(name, language)),
        (
            text(
                "bridge.sentence", language, case=words, measure=label(name, language),
                base=in_currency(steps[0]["value"], name, currency, language),
                result=in_currency(steps[-1]["value"], name, currency, language),
                change=in_currency(moved, change, currency, language),
            ),
        ),
        (
            Column(text("column.step", language), width=38),
            Column(head_of(change, language, currency), style_of(change), 18),
            Column(head_of(name, language, currency), style_of(name), 18),
        ),
        (ends[0], *((*cause, None) for cause in causes), ends[1]),
        (text("bridge.note", language), *sources(about, language)),
        Chart(
            "bars",
            text("bridge.chart", language, company=about.company, measure=label(name, language)),
            head_of(change, language, currency),
            (text("column.step", language), head_of(change, language, currency)),
            tuple((name, figure_of(value)) for name, value in reversed(causes)),
            style_of(change),
        ),
    )  # fmt: skip


@script("tornado", *ENTRIES, CHOSEN)
def tornado(
    book: OpenBook,
    language: str,
    *,
    company: str = "",
    scenario: str = "",
    cost_reduction: str = "",
    measure: Measure = "usual",
    fiscal_year: str = "",
) -> Plan:
    about = setting_of(book).subject(company, scenario, cost_reduction, fiscal_year)
    swung = swings(about, None if measure == "usual" else measure)
    name, currency = swung.measure, about.case.currency
    if swung.value != swung.value:
        raise about.missing(name)
    moving = [bar for bar in swung.bars if bar["swing"] > 0]
    head = head_of(name, language, currency)
    first = moving[0] if moving else None
    sentences = [
        text("tornado.sentence", language, case=case_words(about, language), measure=label(name, language),
             value=in_currency(swung.value, name, currency, language))
    ]  # fmt: skip
    if first:
        sentences.append(_most(first, name, currency, language))
    return Plan(
        text("tornado.title", language, company=about.company, measure=label(name, language)),
        tuple(sentences),
        (
            Column(text("column.assumption", language), width=34),
            Column(text("column.basis", language), width=14),
            *(Column(text(f"column.{end}", language), "any", 11) for end in ("low", "used", "high")),
            *(
                Column(text(f"column.at_{end}", language, measure=head), style_of(name), 17)
                for end in ("low", "high")
            ),
            Column(text("column.swing", language), style_of(name), 14),
        ),
        tuple(_swing(bar, name, language) for bar in moving),
        (*_still(about, swung, language), text("note.forecast", language), *sources(about, language)),
        _swings_chart(about, moving, swung.value, name, language) if moving else None,
    )


def _swing(bar: dict[str, Any], name: str, language: str) -> tuple[Any, ...]:
    span = abs(bar["swing"])
    return (
        label(bar["input"], language),
        label(f"basis:{bar['basis']}", language),
        bar["low"], bar["base"], bar["high"],
        cell(bar["at_low"], name), cell(bar["at_high"], name), cell(span, name),
    )  # fmt: skip


def _most(bar: dict[str, Any], name: str, currency: str, language: str) -> str:
    low, high = (in_currency(bar[f"at_{end}"], name, currency, language) for end in ("low", "high"))
    ends = {end: entry(bar[end], bar["input"], language) for end in ("low", "high")}
    return text(
        "tornado.most", language, assumption=label(bar["input"], language), at_low=low, at_high=high, **ends
    )


def _still(about: Subject, swung: Any, language: str) -> list[str]:
    """Say which assumptions move nothing, and which are fixed and so without a bar."""
    still = [label(bar["input"], language) for bar in swung.bars if not bar["swing"] > 0]
    fixed = [f"{label(name, language)} {entry(value, name, language)}" for name, value in swung.fixed.items()]
    told = []
    if still:
        told.append(text("tornado.still", language, names="; ".join(still)))
    if fixed:
        told.append(text("tornado.fixed", language, names="; ".join(fixed)))
    return told


def _swings_chart(
    about: Subject, moving: list[dict[str, Any]], value: float, name: str, language: str
) -> Chart:
    """Return bars from what is used to low and high, the widest last: a lying chart begins at the foot."""
    rows = tuple(
        (
            label(bar["input"], language),
            *(figure_of(_less(cell(bar[f"at_{end}"], name), cell(value, name))) for end in ("low", "high")),
        )
        for bar in reversed(moving)
    )
    head = head_of(name, language, about.case.currency)
    ends = tuple(text(f"tornado.{end}", language) for end in ("low", "high"))
    return Chart(
        "stacked",
        text("tornado.chart", language, company=about.company, measure=label(name, language)),
        text("tornado.axis", language, measure=head),
        (text("column.assumption", language), *ends),
        rows,
        "bp" if style_of(name) in ("bp", "percent") else "any",
    )


def _less(value: Any, base: Any) -> Any:
    return value - base if isinstance(value, float) and isinstance(base, float) else None
