"""Overview, the page that opens first: the cost reduction of your case, and what follows from it.

The yellow column is short; right of it stand the figures (:mod:`answers`), below them the presets and the
sell-off (:mod:`presets`) and what to keep in mind (:mod:`words`). What they read is laid behind the page
(:mod:`behind`).
"""

from __future__ import annotations

from xlplugin.model.inputs import REDUCTIONS
from xlplugin.workbook.builder.draft import Draft
from xlplugin.workbook.builder.look import GREY
from xlplugin.workbook.builder.open_cells import accept, accept_blank, input_style
from xlplugin.workbook.builder.sheet import Sheet
from xlplugin.workbook.builder.styles import differential, number_style
from xlplugin.workbook.builder.your_case import standard
from xlplugin.workbook.sheets.overview import places
from xlplugin.workbook.sheets.overview.answers import answers
from xlplugin.workbook.sheets.overview.behind import behind
from xlplugin.workbook.sheets.overview.places import (
    ALL,
    BLANK,
    ENTRY,
    FIRST,
    MOST,
    NAME,
    RIGHT,
    TOP,
    YEAR,
    unless_free,
)
from xlplugin.workbook.sheets.overview.presets import presets
from xlplugin.workbook.sheets.overview.words import lay_sentence, notes, sentences

_REDUCTION = REDUCTIONS[0]
_ROW = 13.5


def overview(build: Draft) -> None:
    """Build the sheet."""
    sheet = build.sheet("overview")
    sheet.frame(RIGHT, pages=(1, 1))
    sheet.widths(B=19, C=8.4, D=8.6, E=8.6)
    sheet.width_of(FIRST, MOST, 8.5)
    sheet.width_of(FIRST + MOST, RIGHT - FIRST - MOST + 1, 8.9)
    sentences(sheet)
    _entries(sheet)
    answers(sheet)
    row = presets(sheet, TOP + build.rows + 1)
    row = notes(sheet, row)
    sheet.print_to(row - 1, RIGHT)
    bottom = lay_sentence(sheet, behind(sheet, row + 1) + 2) - 1
    sheet.group(row + 1, bottom)
    for i in range(ALL, TOP + build.rows):
        sheet.heights[i] = _ROW
    sheet.hidden.update(range(TOP + MOST, TOP + build.rows))


def _entries(sheet: Sheet) -> None:
    """Lay the short yellow column: one reduction for all companies, and one for each."""
    build, text, number = sheet.build, sheet.build.text, places.company()
    style, percent = input_style(_REDUCTION), number_style(_REDUCTION)
    sheet.put(ALL, NAME, text("overview.all"), "bold")
    every = standard(build.dataset).levers[_REDUCTION]
    block = sheet.named(ALL, ENTRY, "xlp_in_your_reduction_all", every, style)
    accept(sheet, block, _REDUCTION, "xlp_in_your_reduction_all")
    sheet.put(ALL, BLANK, f"=xlp_blank_{_REDUCTION}", f"unavailable {percent}")
    typed = sheet.block(TOP, ENTRY, build.rows, 1, "xlp_in_your_reduction")
    accept_blank(sheet, typed, _REDUCTION, "xlp_in_your_reduction")
    sheet.fill(sheet.block(TOP, NAME, build.rows, 1), f"=INDEX(xlp_company_names,{number})", "link")
    free = f"INDEX(xlp_companies,{number.replace('{row}', str(TOP))})"
    sheet.rule(sheet.block(TOP, NAME, build.rows, 1).area, f'{free}=""', differential(GREY))
    marks = sheet.block(TOP, YEAR, build.rows, 1)
    sheet.fill(marks, "=" + unless_free(f"INDEX(xlp_overview_marks,{number})", number), "secondary")
    counts = f"INDEX(xlp_checked_scenario_{_REDUCTION},1,1)"
    sheet.lay(
        sheet.block(TOP, BLANK, build.rows, 1), "=" + unless_free(counts, number), f"unavailable {percent}"
    )
