"""Outputs: every line and bar as a block of companies and scenarios, for programs."""

from __future__ import annotations

from xlplugin.model.plan import FUNCTIONS
from xlplugin.workbook.builder.draft import Draft
from xlplugin.workbook.builder.sheet import FIRST_ROW
from xlplugin.workbook.builder.styles import number_style

_LABEL, _OFFSET, _FIRST = 2, 3, 4


def outputs(build: Draft) -> None:
    """Build the sheet."""
    sheet = build.sheet("outputs")
    sheet.frame(_FIRST + 5, freeze="C3", pages=(1, 4), landscape=False, technical=True)
    sheet.widths(B=36, C=9)
    sheet.width_of(_FIRST, build.columns, 17)
    sheet.put(FIRST_ROW, _LABEL, build.text("outputs.note"), "note")
    sheet.put(FIRST_ROW + 1, _LABEL, build.text("companies.column.number"), "technical")
    sheet.across(FIRST_ROW + 1, _FIRST, range(1, build.columns + 1), "technical right")
    row = FIRST_ROW + 3
    for name in FUNCTIONS:
        sheet.across(row, _LABEL, [build.label(name), build.unit(name)], "header")
        shown = f"=INDEX(xlp_scenario_names,1,{{column}}${FIRST_ROW + 1})"
        sheet.formulas_across(row, _FIRST, build.columns, shown, "header right")
        sheet.put(row, _FIRST + build.columns, f"xlp_out_{name}", "technical")
        source = build.model.row(name).absolute
        for i in range(build.rows):
            sheet.put(row + 1 + i, _LABEL, f"=INDEX(xlp_company_names,{i + 1})", "body")
            sheet.put(row + 1 + i, _OFFSET, i * build.columns, "technical right")
        block = sheet.block(row + 1, _FIRST, build.rows, build.columns, f"xlp_out_{name}")
        sheet.lay(block, f"=INDEX({source},1,$C{{row}}+{{column}}${FIRST_ROW + 1})", number_style(name))
        row += build.rows + 2
