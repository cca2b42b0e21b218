"""The worked case on Checks: its formulas, in plain view, against the function's figures."""

from __future__ import annotations

from xlplugin.data.precedence import case
from xlplugin.data.shipped import shipped
from xlplugin.model.evaluation import evaluate
from xlplugin.model.formula import formula
from xlplugin.model.plan import FUNCTIONS, MODEL_INPUTS, PARAMETERS
from xlplugin.workbook.builder.sheet import Sheet
from xlplugin.workbook.builder.styles import number_style
from xlplugin.workbook.sheets.checks.details import Detail, apart, down

#: The worked case of the documentation: company, fiscal year, cost reduction.
WORKED_CASE = ("Salesforce", "FY2026", 0.3)


def worked_case(sheet: Sheet, row: int) -> tuple[Detail, int]:
    """Lay the worked case from ``row``: fixed inputs, native formulas, the function's figures.

    Returns what is checked, and the last row.
    """
    build = sheet.build
    company, year, reduction = WORKED_CASE
    given = case(shipped(), company, year).fill({"cost_reduction": reduction})
    figures = evaluate(given, list(FUNCTIONS))
    heads = [build.text(f"checks.function.{side}") for side in ("native", "function")]
    sheet.across(row, 2, [build.text("column.line"), build.text("column.name")], "header")
    sheet.across(row, 4, [*heads, build.text("checks.function.difference"), None, None], "header right")
    places: dict[str, str] = {}
    for name in (*MODEL_INPUTS, *FUNCTIONS):
        row += 1
        places[name] = f"$D${row}"
        sheet.put(row, 2, build.label(name), "body")
        sheet.put(row, 3, name, "technical")
        if name in MODEL_INPUTS:
            value = given[name]
            sheet.put(row, 4, value if value == value else "=NA()", number_style(name))
    first = row - len(FUNCTIONS) + 1
    for i, name in enumerate(FUNCTIONS, first):
        style, value = number_style(name), figures[name]
        sheet.put(i, 4, formula(name, {needed: places[needed] for needed in PARAMETERS[name]}), style)
        sheet.put(i, 5, value if value == value else None, style)
        same = apart(f"$D{i}", f"$E{i}")
        sheet.put(i, 6, f'=IF($E{i}="",IF(ISERROR($D{i}),0,1),IFERROR({same},1))', "technical right")
    area = sheet.block(first, 6, len(FUNCTIONS), 1)
    native = sheet.block(first, 4, len(FUNCTIONS), 1)
    sheet.grey_errors(native)
    return Detail(f"{company} {year}", (), down(native), area=area), row
