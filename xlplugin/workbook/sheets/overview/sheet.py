"""Overview, the page that opens first: the cost reduction of your case, and what follows from it."""

from __future__ import annotations

from xlplugin.model.inputs import REDUCTIONS
from xlplugin.workbook.builder.blocks import nth_row
from xlplugin.workbook.builder.build import Build
from xlplugin.workbook.builder.open_cells import accept, input_style
from xlplugin.workbook.builder.sheet import FIRST_ROW, Sheet
from xlplugin.workbook.builder.your_case import standard

NAME, ENTRY = 2, 3
_REDUCTION = REDUCTIONS[0]


def overview(build: Build) -> None:
    """Build the sheet."""
    sheet = build.sheet("overview")
    sheet.frame(freeze="A3")
    sheet.widths(B=30, C=12)
    sheet.master(12)
    _entries(sheet, FIRST_ROW)


def _entries(sheet: Sheet, row: int) -> None:
    """Lay the short yellow column: one reduction for all companies, and one for each."""
    build = sheet.build
    sheet.put(row, NAME, build.text("overview.all"), "bold")
    style = input_style(_REDUCTION)
    every = standard(build.dataset).levers[_REDUCTION]
    block = sheet.named(row, ENTRY, "xlp_in_your_reduction_all", every, style)
    accept(sheet, block, _REDUCTION, "xlp_in_your_reduction_all")
    block = sheet.block(row + 1, ENTRY, build.rows, 1, "xlp_in_your_reduction")
    sheet.blank(block, style)
    accept(sheet, block, _REDUCTION, "xlp_in_your_reduction")
    sheet.fill(
        sheet.block(row + 1, NAME, build.rows, 1), f"=INDEX(xlp_company_names,{nth_row(row + 1)})", "link"
    )
