"""Below the figures of Overview: the other scenarios as a heat map, and the sell-off put beside it."""

from __future__ import annotations

from xlplugin.data.moves import shipped_moves
from xlplugin.workbook.builder.blocks import letter
from xlplugin.workbook.builder.sheet import Sheet
from xlplugin.workbook.builder.styles import differential
from xlplugin.workbook.builder.texts import keys
from xlplugin.workbook.sheets.overview.places import (
    FIRST,
    HEADLINE,
    MOST,
    MOVE,
    NAME,
    RIGHT,
    YEAR,
    company,
    shown_rows,
    unless_free,
)
from xlplugin.workbook.sheets.results.company_table import coloured, or_in_money
from xlplugin.workbook.sheets.results.workings import change

__all__ = ["presets"]

#: The preset whose claim the day's prices answered, and the line that moves as the share does.
_CLAIM, _LINE = "deepseek_headline", "relative_eps_change"


def presets(sheet: Sheet, row: int) -> int:
    """Lay the heat map with the sell-off beside it; return the next row."""
    build, text = sheet.build, sheet.build.text
    count = min(build.columns - 1, MOST)
    row = sheet.heading(row, text("overview.heading.presets"), RIGHT)
    sheet.across(row, NAME, [text("column.company"), *[None] * (FIRST - NAME - 1)], "header wrap_left")
    sheet.across(row, FIRST, [None] * MOST, "header")
    number = f"(COLUMN({{column}}${row})-COLUMN(${letter(FIRST - 2)}${row}))"  # your case is the first
    label = f'=IF(INDEX(xlp_scenarios,1,{number})="","",INDEX(xlp_scenario_labels,1,{number}))'
    sheet.formulas_across(row, FIRST, count, label, "header small wrap_right")
    for column, scenario in enumerate(build.scenarios[1 : count + 1], FIRST):
        if (key := f"overview.parted.{scenario.name}") in keys(key):  # long words, parted where they may be
            sheet.put(row, column, text(key), "header small wrap_right")
    for column, key in ((MOVE, "move"), (HEADLINE, "headline")):
        sheet.put(row, column, text(f"overview.head.{key}"), "header small wrap_right")
    sheet.heights[row] = 37
    top, rows = row + 1, shown_rows(build)
    _heat(sheet, top, rows, count, number)
    _sell_off(sheet, top, rows)
    for i in range(top, top + rows):
        sheet.heights[i] = 13.5
    return top + rows


def _heat(sheet: Sheet, top: int, rows: int, count: int, scenario: str) -> None:
    build, own = sheet.build, company(top)
    name = unless_free(f"INDEX(xlp_company_names,{own})", own)
    sheet.fill(sheet.block(top, NAME, rows, 1), f"={name}", "link")
    marks = unless_free(f"INDEX(xlp_overview_marks,{own})", own)
    sheet.fill(sheet.block(top, YEAR, rows, 1), f"={marks}", "secondary")
    cells = sheet.block(top, FIRST, rows, count, "xlp_overview_presets")
    value = or_in_money(build, change("operating_margin_change", own, scenario), own)
    free = f'OR(INDEX(xlp_companies,{own})="",INDEX(xlp_scenarios,1,{scenario})="")'
    sheet.lay(cells, f'=IF({free},"",{value})', "bp right")
    entry = f"INDEX(xlp_in_cost_reduction,{own},{scenario})"
    entry = entry.replace("{row}", str(top)).replace("{column}", letter(FIRST))  # of the first cell
    sheet.rule(cells.area, f'{entry}<>""', differential(bold=True))
    end = "xlp_overview_heat_end"
    sheet.heat(cells, f"-{end}", end)


def _sell_off(sheet: Sheet, top: int, rows: int) -> None:
    """The day's moves, and what the headline does to earnings on the figures of that month."""
    build = sheet.build
    moves = {move.company: move.move for move in shipped_moves()}
    scenarios = [scenario.name for scenario in build.scenarios]
    shown = [name if name in moves else None for name in build.companies]
    named = sheet.block(top, HEADLINE, rows, 1, "xlp_overview_headline")
    for i, name in enumerate((shown + [None] * build.rows)[:rows]):
        sheet.put(top + i, MOVE, moves[name] if name else None, "change_percent2")
        sheet.put(top + i, HEADLINE, None, "change_percent2")
    sheet.block(top, MOVE, rows, 1, "xlp_overview_moves")
    if _CLAIM in scenarios and any(shown):
        columns = [{"company": str(i + 1), "scenario": str(scenarios.index(_CLAIM) + 1)} for i in range(rows)]
        what_if = build.what_if("selloff", columns, (_LINE,), slots=0, moment=True)
        for i, name in enumerate(shown[:rows]):
            if name:
                sheet.put(top + i, HEADLINE, f"={what_if.at(_LINE, i)}", "change_percent2")
        sheet.grey_errors(named)
    for column in (MOVE, HEADLINE):
        coloured(sheet, sheet.block(top, column, rows, 1))
