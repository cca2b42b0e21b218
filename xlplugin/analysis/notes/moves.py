"""The sell-off in words: what would have to be true for a share's move, one sentence a company."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from xlplugin.model.formats import in_language, percent
from xlplugin.model.inputs import INPUTS
from xlplugin.workbook.builder.texts import keys, text

Row = Mapping[str, Any]

#: Flag of a row -> the value that asks for its mark, the mark.
MARKS = {
    "latest": ("as_of_article", "no", "*"),
    "other_year": ("exposure_year_differs", "yes", "†"),
    "general": ("general_assumptions", "yes", "‡"),
}


def moves_of(companies: Iterable[str]) -> list[Row]:
    """Return the rows of the sell-off of some companies, in their order."""
    from xlplugin.analysis.sell_off import sell_off_rows

    order = {company: place for place, company in enumerate(companies)}
    return sorted(sell_off_rows(order), key=lambda row: order[row["company"]])


def sentence(row: Row, language: str = "en") -> str:
    """Return in one sentence what would have to be true."""
    found = "none." if row["kind"] == "none" else ""
    return text(
        f"selloff.{found}{row['lever']}",
        language,
        move=percent(row["move"], 2, signed=True, language=language),
        effect=percent(row["effect"], language=language),
        figure=lever_value(row, language),
    )


def lever_value(row: Row, language: str = "en") -> str:
    """Return the value of the lever that gives the move."""
    if INPUTS[row["lever"]].is_fraction:
        return percent(row["value"], language=language)
    return in_language(f"{row['value']:.3f}", language)


def marks(row: Row) -> str:
    """Return the marks of a row's company, a blank before them."""
    found = "".join(mark for flag, asked, mark in MARKS.values() if row[flag] == asked)
    return f" {found}" if found else ""


def mark_notes(rows: Sequence[Row], language: str = "en") -> list[str]:
    """Return what the marks that stand in rows mean."""
    marked = "".join(map(marks, rows))
    return [text(f"selloff.note.{name}", language) for name, (_, _, mark) in MARKS.items() if mark in marked]


def reading_notes(language: str = "en") -> list[str]:
    """Return how the sell-off is to be read."""
    return [text(key, language) for key in keys("selloff.note.") if key.rpartition(".")[2].isdigit()]
