"""The script that keeps results: a copy as plain values, which later entries no longer change."""

from __future__ import annotations

import datetime
from typing import Any

from xlplugin.live.open_book import OpenBook
from xlplugin.live.plans import NOT_AVAILABLE, Column, Plan, cell, figure_of, head_of, style_of
from xlplugin.live.scripts import script
from xlplugin.live.settings import ENTRIES
from xlplugin.live.texts import text
from xlplugin.live.wording import scenario_words
from xlplugin.model.errors import InputError

#: The results of a template that are kept, as its sheets name them.
KEPT = (
    "effective_reduction", "base_gross_margin", "gross_margin", "gross_margin_change",
    "base_operating_margin", "operating_margin", "operating_margin_change", "base_operating_income",
    "operating_income", "operating_income_change", "eps", "eps_change",
)  # fmt: skip


@script("freeze", *ENTRIES, "xlp_out_operating_margin")
def freeze(book: OpenBook, language: str, *, table: str = "") -> Plan:
    moment = datetime.datetime.now().strftime(text("freeze.moment", language))
    if book.is_template and not table.strip():
        return _of_template(book, language, moment)
    area = book.chosen(table)
    cells = [[_plain(value) for value in row] for row in book.cells(area)]
    head, *rows = cells
    columns = tuple(
        Column("" if name is None else str(name), "general" if _numbers(rows, i) else "text", 16)
        for i, name in enumerate(head)
    )
    sentence = text("freeze.sentence", language, place=area.address, moment=moment)
    notes = (text("freeze.note", language),)
    return Plan(text("freeze.title", language), (sentence,), columns, tuple(map(tuple, rows)), notes)


def _of_template(book: OpenBook, language: str, moment: str) -> Plan:
    """Return the results as the workbook shows them, a row for each scenario and company."""
    companies = [row[0] for row in book.cells(book.area("xlp_companies"))]
    scenarios = book.cells(book.area("xlp_scenarios"))[0]
    blocks = {line: book.cells(book.area(f"xlp_out_{line}")) for line in KEPT}
    rows = [
        (
            company,
            scenario_words(scenario, language),
            *(cell(figure_of(blocks[line][i][k]), line) for line in KEPT),
        )
        for k, scenario in enumerate(scenarios)
        if scenario is not None
        for i, company in enumerate(companies)
        if company is not None
    ]
    if all(value == NOT_AVAILABLE for row in rows for value in row[2:]):
        fix = "calculate the workbook (F9), see what Checks says, and run again"
        raise InputError.missing("results", NOT_AVAILABLE, fix, row=book.name)
    columns = (
        Column(text("column.company", language), width=24),
        Column(text("column.scenario", language), width=26),
        *(Column(head_of(line, language), style_of(line), 16) for line in KEPT),
    )
    sentence = text("freeze.sentence", language, place=book.name, moment=moment)
    notes = (
        text("freeze.note", language),
        text("source.sheet", language),
        text("note.assumptions", language),
    )
    return Plan(text("freeze.title", language), (sentence,), columns, tuple(rows), notes)


def _plain(value: Any) -> Any:
    return value.isoformat(sep=" ") if isinstance(value, datetime.datetime) else (
        value.isoformat() if isinstance(value, (datetime.date, datetime.time)) else value
    )  # fmt: skip


def _numbers(rows: list[list[Any]], column: int) -> bool:
    return any(isinstance(row[column], (int, float)) for row in rows)
