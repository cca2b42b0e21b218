"""The script of the article: what shares did on 27 January 2025, and what would have to be true for it."""

from __future__ import annotations

from typing import Any

from xlplugin.analysis.notes.moves import reading_notes, sentence
from xlplugin.live.open_book import OpenBook
from xlplugin.live.plans import NOT_AVAILABLE, Chart, Column, Plan, figure_of
from xlplugin.live.scripts import script
from xlplugin.live.texts import text
from xlplugin.model.labels import label
from xlplugin.workbook.builder.texts import text as words
from xlplugin.workbook.builder.texts import translated

Row = dict[str, Any]


@script("article")
def article(book: OpenBook, language: str) -> Plan:
    from xlplugin.analysis.sell_off import CLAIMS, sell_off_rows

    rows = sell_off_rows()
    claims = {name: words(f"selloff.column.{name}", language) for name in CLAIMS}
    shares = {row["company"]: row for row in rows}
    moved = words("selloff.column.move", language)
    heads = {name: words(f"selloff.column.{name}", language) for name in ("company", "fiscal_year")}
    headline = CLAIMS[0]
    return Plan(
        words("selloff.title", language),
        (text("article.sentence", language),),
        (
            Column(heads["company"], width=24),
            Column(heads["fiscal_year"], width=10),
            Column(moved, "change_percent", 10),
            *(Column(name, "change_percent", 13) for name in claims.values()),
            Column(words("selloff.column.lever", language), width=26),
            Column(words("selloff.column.sentence", language), width=90),
        ),
        tuple(_shown(row, list(claims), language) for row in rows),
        (
            *reading_notes(language),
            *_sources(rows, language),
        ),
        Chart(
            "bars",
            text("article.chart", language, claim=claims[headline]),
            text("article.axis", language),
            (heads["company"], claims[headline], moved),
            tuple(
                (name, figure_of(row[headline]), figure_of(row["move"]))
                for name, row in reversed(shares.items())
            ),
            "change_percent",
        ),
    )


def _shown(row: Row, claims: list[str], language: str) -> tuple[Any, ...]:
    figures = [row[name] if row[name] == row[name] else NOT_AVAILABLE for name in ("move", *claims)]
    return (
        row["company"],
        row["fiscal_year"],
        *figures,
        label(row["lever"], language),
        sentence(row, language),
    )


def _sources(rows: list[Row], language: str) -> list[str]:
    named = dict.fromkeys(translated(str(row["source"]), language) for row in rows if row["source"])
    return [text("article.source", language, source="; ".join(named))]
