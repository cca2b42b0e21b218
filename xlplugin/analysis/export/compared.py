"""Rows of a comparison as pictures and notes read them: who stands behind them, ranges, who lies outside."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from typing import Any

from xlplugin.analysis.export.plots import NO_RANGE
from xlplugin.analysis.export.wording import said, year_in_words
from xlplugin.data.subjects import Subject, subject
from xlplugin.model.errors import InputError
from xlplugin.model.formats import sign
from xlplugin.workbook.builder.texts import text

Row = Mapping[str, Any]


def subjects_of(rows: Iterable[Row], shared: Mapping[str, Any]) -> dict[str, Subject]:
    """Return the subject of each row's company; ``shared`` is what the rows were made with.

    Companies are left out that the scenario does not apply to, as their rows say.
    """
    found = {}
    for row in rows:
        with contextlib.suppress(InputError):
            found[row["company"]] = subject(row["company"], **shared)
    return found


def company_and_year(row: Row, language: str = "en") -> str:
    """Return a row's company and fiscal year, the year where it has one."""
    return ", ".join(filter(None, (row["company"], year_in_words(row["fiscal_year"], language))))


def decided_by_market(row: Row) -> bool:
    """Whether the sign turns on market_elasticity, over which the row's range is shown."""
    return bool(row["market_low"] == row["market_low"])


def range_of(row: Row) -> tuple[float, float]:
    """Return P10 and P90, or the ends over market_elasticity where that decides the sign; NaN for none."""
    if decided_by_market(row):
        return row["market_low"], row["market_high"]
    return (row["p10"], row["p90"]) if "p10" in row else NO_RANGE


def ends_in_words(row: Row, language: str = "en") -> tuple[str, str]:
    """Return the ends of a row's range without the unit of basis points, blank where it has none."""
    ends, points = range_of(row), sign("points", language)
    if ends[0] != ends[0]:
        return "", ""
    low, high = (said(end, row["measure"], language).removesuffix(points) for end in ends)
    return low, high


def outside(rows: Iterable[Row], language: str = "en") -> list[str]:
    """Return whose value lies outside its range and where, of those whose range is that of draws."""
    return [
        text("picture.percentile", language, company=row["company"], place=f"{row['percentile'] * 100:.0f}")
        for row in rows
        if row.get("why") and row["percentile"] == row["percentile"] and row["group"] != "undetermined"
    ]
