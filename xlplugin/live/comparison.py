"""The script that sets companies side by side: who gains, who loses, and why."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from xlplugin.analysis.comparison import GROUPS, compare_rows, ranked
from xlplugin.entries.meaning import number
from xlplugin.live.open_book import OpenBook
from xlplugin.live.plans import Chart, Column, Plan, cell, figure_of, head_of, style_of
from xlplugin.live.questions import Measure
from xlplugin.live.scripts import script
from xlplugin.live.settings import CHOSEN, ENTRIES, Setting, setting_of
from xlplugin.live.texts import text
from xlplugin.live.wording import scenario_words
from xlplugin.model.errors import CellError, InputError
from xlplugin.model.formats import in_currency, percent
from xlplugin.model.labels import label
from xlplugin.model.translations import said

Row = dict[str, Any]


@script("compare", *ENTRIES, CHOSEN)
def compare(
    book: OpenBook,
    language: str,
    *,
    scenario: str = "",
    cost_reduction: str = "",
    measure: Measure = "operating_margin_change",
    companies: str = "",
    peers: bool = False,
    fiscal_year: str = "",
) -> Plan:
    setting = setting_of(book)
    line = "operating_margin_change" if measure == "usual" else measure
    named = [name.strip() for name in companies.split(",") if name.strip()]
    chosen = list(setting.dataset.choice(named) if named else setting.companies)
    if peers:
        chosen += [name for name in setting.dataset.choice("peers") if name not in chosen]
    rows = _compared(setting, scenario, cost_reduction, line, chosen, fiscal_year)
    case = _case(setting, scenario, cost_reduction, language)
    return Plan(
        text("compare.title", language, measure=label(line, language)),
        (text("compare.case", language, case=case), *_sentences(rows, line, language)),
        _columns(line, language),
        tuple(_shown(row, language) for row in rows),
        (
            *(text(f"compare.group.{group}", language) for group in GROUPS[1:] if _any(rows, group)),
            text("compare.causes", language),
            text("compare.range", language),
            text("note.forecast", language),
            text("source.sheet" if book.is_template else "source.shipped", language),
            text("note.assumptions", language),
        ),
        _chart(rows, line, case, language),
    )


def _compared(
    setting: Setting, scenario: str, cost_reduction: str, line: str, companies: list[str], fiscal_year: str
) -> list[Row]:
    """Return the records of the comparison; of a template each company's under its own entries."""
    spread = find_spec("numpy") is not None
    if not setting.scenarios:
        name = setting.scenario_named(scenario) or None
        return compare_rows(
            cost_reduction or None, line, scenario=name, companies=companies,
            fiscal_year=fiscal_year or None, dataset=setting.dataset, spread=spread,
        )  # fmt: skip
    rows: list[Row] = []
    for company in companies:
        try:
            asked = setting.asked(company, scenario, cost_reduction, fiscal_year)
        except InputError as error:
            if any(fault.error is not CellError.NOT_AVAILABLE for fault in error.faults):
                raise
            continue
        levers = {**(asked.pop("own") or {}), **asked.pop("levers")}
        rows += compare_rows(
            None, line, companies=[asked.pop("company")], levers=levers, spread=spread, **asked
        )
    return ranked(rows, line)


def _columns(line: str, language: str) -> tuple[Column, ...]:
    head = head_of(line, language)
    style = "change_money" if style_of(line) == "bp" else style_of(line)  # some rows are in money
    widths = {"rank": 7, "company": 24, "fiscal_year": 13, "currency": 10, "measure": 40}
    return (
        *(Column(text(f"column.{name}", language), "integer" if name == "rank" else "text", width)
          for name, width in widths.items()),
        Column(head.partition(" (")[0], style, 14),
        *(Column(text(f"column.{name}", language), style, 12) for name in ("p10", "p50", "p90")),
        Column(text("column.causes", language), width=52),
        Column(text("column.group", language), width=42),
    )  # fmt: skip


def _shown(row: Row, language: str) -> tuple[Any, ...]:
    line = row["measure"]
    figures = [cell(row.get(name), line) for name in ("value", "p10", "p50", "p90")]
    return (
        row["rank"], row["company"], row["fiscal_year"] or "", row["currency"] or "",
        head_of(line, language, row["currency"] or ""), *figures, said(row["causes"] or "", language),
        text(f"group.{row['group']}", language),
    )  # fmt: skip


def _sentences(rows: list[Row], line: str, language: str) -> list[str]:
    """Say who gains and loses most among the ranked, and who is left out of that."""
    listed = [row for row in rows if row["rank"] is not None]
    told = []
    for key, row in (("most", listed[:1]), ("least", listed[-1:])):
        if row and (key == "most" or len(listed) > 1):
            value = in_currency(row[0]["value"], line, row[0]["currency"], language)
            told.append(text(f"compare.{key}", language, company=row[0]["company"], value=value))
    unranked = [row["company"] for row in rows if row["rank"] is None]
    if unranked:
        told.append(text("compare.unranked", language, names=", ".join(unranked)))
    return told


def _any(rows: list[Row], group: str) -> bool:
    return any(row["group"] == group for row in rows)


def _case(setting: Setting, scenario: str, cost_reduction: str, language: str) -> str:
    name = setting.scenario_named(scenario)
    words = []
    if name:
        words.append(scenario_words(name, language))
    reduction = number(cost_reduction, "cost_reduction")
    if reduction is not None:
        words.append(text("case.reduction", language, reduction=percent(reduction, language=language)))
    return ", ".join(words) or text("case.assumed", language)


def _chart(rows: list[Row], line: str, case: str, language: str) -> Chart | None:
    """Return bars of those that are measured by the same line, the largest at the head."""
    shown = [(row["company"], figure_of(cell(row["value"], line))) for row in rows if row["measure"] == line]
    bars = tuple(bar for bar in reversed(shown) if bar[1] is not None)
    if not bars:
        return None
    head = head_of(line, language)
    title = text("compare.chart", language, measure=label(line, language), case=case)
    return Chart("bars", title, head, (text("column.company", language), head), bars, style_of(line))
