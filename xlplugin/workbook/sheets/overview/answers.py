"""The right part of Overview: what your case does to each company, how sure, and why."""

from __future__ import annotations

from xlplugin.workbook.builder.look import GREY
from xlplugin.workbook.builder.sheet import Sheet
from xlplugin.workbook.builder.styles import differential
from xlplugin.workbook.sheets.overview.places import (
    BAR,
    BLANK,
    CAUSE,
    ENTRY,
    EPS,
    GROSS,
    HEAD,
    HIGH,
    LOW,
    NAME,
    OPERATING,
    RIGHT,
    TOP,
    YEAR,
    company,
    unless_free,
)
from xlplugin.workbook.sheets.results.company_table import coloured, loses, or_in_money
from xlplugin.workbook.sheets.results.workings import change

__all__ = ["answers"]


def answers(sheet: Sheet) -> None:
    """Lay the figures of each company, beside what is typed for it."""
    _heads(sheet)
    build, number = sheet.build, company()

    def column(left: int, name: str, value: str, style: str, color: bool = False) -> None:
        block = sheet.block(TOP, left, build.rows, 1, f"xlp_overview_{name}")
        sheet.lay(block, "=" + unless_free(value, number), style)
        if color:
            coloured(sheet, block)

    for left, line in ((GROSS, "gross_margin"), (OPERATING, "operating_margin")):
        column(left, f"{line}_before", f"INDEX(xlp_results_base_{line},{number})", "percent")
        column(left + 1, f"{line}_after", f"INDEX(xlp_out_{line},{number},1)", "percent")
        moved = or_in_money(build, change(f"{line}_change", number, "1"), number)
        column(left + 2, f"{line}_change", moved, "bp bold right", color=True)
    for left, end in ((LOW, "p10"), (HIGH, "p90")):
        value = f"INDEX(xlp_range_{end},{number})"
        column(left, end, f'IF({loses(number)},"",IF(ISNUMBER({value}),{value}*10000,NA()))', "bp")
    column(BAR, "bar", f"INDEX(xlp_overview_bars,{number})", "bar left")
    column(EPS, "eps_change", change("eps_change", number, "1"), "change_percent2", color=True)
    column(CAUSE, "cause", f"INDEX(xlp_overview_causes,{number})", "note indent")
    unranked = f"INDEX(xlp_overview_unranked,{number.replace('{row}', str(TOP))})=1"
    sheet.rule(sheet.block(TOP, GROSS, build.rows, RIGHT - GROSS + 1).area, unranked, differential(GREY))


def _heads(sheet: Sheet) -> None:
    text = sheet.build.text
    above: dict[int, str] = {
        ENTRY: "reduction", GROSS: "gross_margin", OPERATING: "operating_margin", LOW: "range", EPS: "eps",
        CAUSE: "cause",
    }  # fmt: skip
    below = {
        NAME: "company", YEAR: "year", ENTRY: "yours", BLANK: "blank", LOW: "low", HIGH: "high",
        EPS: "change",
    }  # fmt: skip
    for left in (GROSS, OPERATING):
        below |= {left: "before", left + 1: "after", left + 2: "change_bp"}
    for column in range(NAME, RIGHT + 1):
        words = above.get(column)
        align = "right" if column == EPS else "indent" if column == CAUSE else "left"
        sheet.put(HEAD, column, text(f"overview.head.{words}") if words else None, f"bold band {align}")
        words = below.get(column)
        align = "wrap_left" if column in (NAME, YEAR, CAUSE) else "wrap_right"
        sheet.put(HEAD + 1, column, text(f"overview.head.{words}") if words else None, f"header {align}")
    sheet.heights |= {HEAD: 15, HEAD + 1: 26}
