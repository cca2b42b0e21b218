"""The script that sets a template against this version: which figures and assumptions differ."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from xlplugin.data.dataset import Dataset
from xlplugin.data.shipped import shipped
from xlplugin.live.open_book import OpenBook
from xlplugin.live.plans import NOT_AVAILABLE, Column, Plan, figure_of
from xlplugin.live.scripts import script
from xlplugin.live.settings import ENTRIES
from xlplugin.live.texts import text
from xlplugin.model.errors import InputError
from xlplugin.model.inputs import EXPOSURES, FINANCIALS, LEVERS, REDUCTIONS
from xlplugin.model.labels import label

_SAME = 1e-9

Row = tuple[Any, ...]


@script("refresh", *ENTRIES)
def refresh(book: OpenBook, language: str) -> Plan:
    if not book.is_template:
        fix = "open a template of xlplugin (xlplugin template OUT.xlsx) and run again"
        raise InputError.wrong("workbook", "no template", fix, row=book.name)
    dataset = shipped()
    companies = [row[0] for row in book.cells(book.area("xlp_companies"))]
    held = [name for name in companies if isinstance(name, str) and name in dataset.companies]
    rows = [*_figures(book, dataset, held, language), *_assumptions(book, dataset, companies, language)]
    years = [*_years(book, dataset, held)]
    told = text("refresh.differ" if rows else "refresh.same", language, count=len(rows))
    further = [text("refresh.years", language, names="; ".join(years))] if years else []
    return Plan(
        text("refresh.title", language),
        (told, *further),
        (
            Column(text("column.company", language), width=26),
            Column(text("column.fiscal_year", language), width=12),
            Column(text("column.quantity", language), width=40),
            Column(text("column.level", language), width=14),
            Column(text("column.in_workbook", language), "any", 18),
            Column(text("column.present", language), "any", 18),
        ),
        tuple(rows),
        (text("refresh.how", language, book=book.name), text("refresh.note", language)),
    )


def _keys(book: OpenBook) -> list[tuple[str, str]]:
    cells = [str(row[0] or "") for row in book.cells(book.area("xlp_figures_key"))]
    return [(name, year) for name, _, year in (key.partition("|") for key in cells)]


def _figures(book: OpenBook, dataset: Dataset, held: list[str], language: str) -> Iterator[Row]:
    """Yield the figures that differ, of the companies and years that both know."""
    keys = _keys(book)
    for item in FINANCIALS:
        cells = book.cells(book.area(f"xlp_figures_{item}"))
        for (company, year), (value,) in zip(keys, cells, strict=True):
            if company in held and (company, year) in dataset.figures:
                present = dataset.figures[company, year].values.get(item, math.nan)
                if _differs(value, present):
                    yield company, year, label(item, language), "", _shown(value), _shown(present)


def _assumptions(book: OpenBook, dataset: Dataset, companies: list[Any], language: str) -> Iterator[Row]:
    for name in (*EXPOSURES, *LEVERS):
        if name in REDUCTIONS or f"xlp_base_{name}" not in book.names:
            continue
        for level in ("low", "base", "high"):
            cells = book.cells(book.area(f"xlp_{level}_{name}"))
            for company, (value,) in zip(companies, cells, strict=False):
                known = dataset.assumption(company, name) if company in dataset.companies else None
                present = getattr(known, level) if known else math.nan
                if known and _differs(value, present):
                    word = text(f"column.{'used' if level == 'base' else level}", language)
                    yield (
                        company,
                        known.fiscal_year,
                        label(name, language),
                        word,
                        _shown(value),
                        _shown(present),
                    )


def _years(book: OpenBook, dataset: Dataset, held: list[str]) -> Iterator[str]:
    """Yield the fiscal years of this version that the workbook lacks."""
    known = set(_keys(book))
    for company in held:
        lacking = [year for year in dataset.years(company) if (company, year) not in known]
        if lacking:
            yield f"{company} {', '.join(lacking)}"


def _differs(value: Any, present: float) -> bool:
    held, known = figure_of(value), figure_of(present)
    if held is None or known is None:
        return held is not known
    return abs(held - known) > _SAME * max(1.0, abs(known))


def _shown(value: Any) -> Any:
    number = figure_of(value)
    return NOT_AVAILABLE if number is None else number
