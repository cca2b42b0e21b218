"""What Results stands on: base figures, who is compared how, what is ranked, and weighted changes.

Laid below the tables, rows in the order of company numbers, so that every table finds them by number.
"""

from __future__ import annotations

from xlplugin.model.formula import formula
from xlplugin.model.plan import PARAMETERS
from xlplugin.workbook.builder.blocks import Block, letter
from xlplugin.workbook.builder.sheet import Sheet
from xlplugin.workbook.builder.styles import number_style
from xlplugin.workbook.sheets.results.rows import FIRST, NAME, NUMBER, NUMBERS_ROW

__all__ = ["BASES", "MEASURES", "WEIGHTED", "workings_of_results"]

#: Base figures that a table shows beside the scenarios'.
BASES = ("base_gross_margin", "base_operating_income", "base_operating_margin", "base_net_income", "base_eps")

#: Measures whose leaders are named above their tables.
MEASURES = ("gross_margin_change", "operating_margin_change", "operating_income_change", "eps_change")

#: Lines that are weighted over scenarios.
WEIGHTED = (
    "gross_margin_change", "operating_margin_change", "bridge_operating_margin_development",
    "operating_income_change", "eps_change",
)  # fmt: skip

_COMPANY, _SCENARIO = f"${letter(NUMBER)}{{row}}", f"{{column}}${NUMBERS_ROW}"


def workings_of_results(sheet: Sheet, row: int, right: int) -> int:
    """Lay the rows behind the tables; return the next row."""
    text = sheet.build.text
    row = sheet.heading(row, text("results.heading.workings"), right, text("results.note.workings"))
    row = _by_company(sheet, row)
    row = _ranked(sheet, row + 1)
    return _weights(sheet, row + 1)


def _numbered(sheet: Sheet, row: int) -> None:
    for i in range(sheet.build.rows):
        sheet.put(row + i, NAME, f"=INDEX(xlp_company_names,{i + 1})", "secondary")
        sheet.put(row + i, NUMBER, i + 1, "technical right")


def _by_company(sheet: Sheet, row: int) -> int:
    build, text = sheet.build, sheet.build.text
    height, top = build.rows, row + 1
    facts = ("turning", "order", "loses", "reinvests")
    heads = [build.label(name) for name in BASES] + [text(f"results.column.{one}") for one in facts]
    heads += [build.label(name) for name in MEASURES] + [text("results.column.reinvesting")]
    sheet.across(row, NAME, [text("column.company"), None], "header")
    sheet.across(row, NUMBER + 1, heads, "header wrap_right")
    sheet.heights[row] = 54
    _numbered(sheet, top)
    sheet.block(top, NUMBER, height, 1, "xlp_numbers_of_companies")
    column = NUMBER + 1
    for name in BASES:
        _column(sheet, top, column, f"results_{name}", _base(name), f"secondary {number_style(name)}")
        column += 1
    named = f'INDEX(xlp_companies,{_COMPANY})<>""'
    order = f"{letter(column)}${top}:{letter(column)}{{row}}"
    tests = {
        "turning": f"=IFERROR(IF(AND({named},INDEX(xlp_used_ai_supply_revenue_share,{_COMPANY})>0),1,0),0)",
        "order": f"=IF({letter(column)}{{row}}=1,SUM({order}),0)",
        "loses": f"=IFERROR(IF(INDEX(xlp_results_base_operating_income,{_COMPANY})<0,1,0),0)",
        "reinvests": f"=IFERROR(IF(AND({named},INDEX(xlp_used_reinvestment,{_COMPANY})=1),1,0),0)",
    }
    for name, test in tests.items():
        _column(sheet, top, column, f"results_{name}", test, "technical right")
        column += 1
    for name in MEASURES:
        _column(sheet, top, column, f"results_leading_{name}", _leading(sheet, name), "secondary bp")
        column += 1
    _names(sheet, top, column)
    return top + height


def _names(sheet: Sheet, top: int, column: int) -> None:
    """A growing list of the names of those that reinvest all; its last cell holds them all."""
    at, bottom = letter(column), top + sheet.build.rows - 1
    for row in range(top, bottom + 1):
        before = f"{at}{row - 1}" if row > top else '""'
        own = f"INDEX(xlp_company_names,$C{row})"
        more = f'{before}&IF({before}="","",", ")&{own}'
        sheet.put(row, column, f"=IF(INDEX(xlp_results_reinvests,$C{row})=1,{more},{before})", "technical")
    sheet.block(bottom, column, 1, 1, "xlp_results_reinvesting")


def _column(sheet: Sheet, top: int, column: int, name: str, formula: str, style: str) -> None:
    block = sheet.block(top, column, sheet.build.rows, 1, f"xlp_{name}")
    sheet.fill(block, formula, style)
    sheet.grey_errors(block)


def _base(name: str) -> str:
    """The line on the figures that count: it needs no scenario that has a result."""
    places = {
        one: f"INDEX(xlp_results_{one},{_COMPANY})" if one in BASES else f"INDEX(xlp_used_{one},{_COMPANY})"
        for one in PARAMETERS[name]
    }
    return f"=INDEX(xlp_company_status,{_COMPANY})*({formula(name, places)[1:]})"


def change(name: str, company: str, scenario: str) -> str:
    """Return a change as the tables show it: margins in basis points, EPS in per cent of a base above 0."""
    value = f"INDEX(xlp_out_{name},{company},{scenario})"
    if name == "eps_change":
        base = f"INDEX(xlp_results_base_eps,{company})"
        return f"{value}/IF({base}>0,{base},NA())"
    return f"{value}*10000" if "margin" in name else value


def _leading(sheet: Sheet, name: str) -> str:
    """The change in the Dashboard's scenario A, blank for those that are not compared."""
    build = sheet.build
    labs = f"AND({_COMPANY}>{build.listed},{_COMPANY}<={len(build.companies)})"
    skipped = f"OR({labs},INDEX(xlp_results_turning,{_COMPANY})=1"
    skipped += f",INDEX(xlp_results_loses,{_COMPANY})=1)" if "margin" in name else ")"
    value = change(name, _COMPANY, "xlp_dashboard_scenario_a")
    return f'=IF({skipped},"",IFERROR(ROUND({value},9),""))'


def _ranked(sheet: Sheet, row: int) -> int:
    build, text = sheet.build, sheet.build.text
    sheet.put(row, NAME, text("results.workings.ranked"), "subheading")
    _numbered(sheet, row + 1)
    block = sheet.block(row + 1, FIRST, build.rows, build.columns, "xlp_results_ranked")
    income, margin = (
        change(one, _COMPANY, _SCENARIO) for one in ("operating_income_change", "operating_margin_change")
    )
    value = f"IF(INDEX(xlp_results_loses,{_COMPANY})=1,{income},{margin})"
    sheet.fill(
        block, f'=IF(INDEX(xlp_results_turning,{_COMPANY})=1,"",IFERROR(ROUND({value},9),""))', "secondary bp"
    )
    return row + 1 + build.rows


def _weights(sheet: Sheet, row: int) -> int:
    build, text = sheet.build, sheet.build.text
    given = f"INDEX(xlp_in_weight,1,{_SCENARIO})"
    good = f"AND(ISNUMBER({given}),NOT(ISLOGICAL({given})),{given}>=0,{given}<=1)"
    sheet.put(row, NAME, text("results.workings.weights"), "subheading")
    weights = sheet.block(row, FIRST, 1, build.columns, "xlp_results_weights")
    sheet.fill(weights, f'=IFERROR(IF({given}="",0,IF({good},{given},NA())),NA())', "secondary percent")
    total = f"SUM({weights.area})"
    sheet.put(row, NUMBER + 2, f"=IFERROR(IF(ABS({total}-1)<=xlp_rounding,1,NA()),NA())", "technical right")
    sheet.block(row, NUMBER + 2, 1, 1, "xlp_results_weights_add")
    sheet.grey_errors(weights, sheet.block(row, NUMBER + 2, 1, 1))
    row += 1
    for name in WEIGHTED:
        sheet.put(row, NAME, f"{text('column.weight')} x {build.label(name)}", "subheading")
        _numbered(sheet, row + 1)
        block: Block = sheet.block(row + 1, FIRST, build.rows, build.columns, f"xlp_results_weighted_{name}")
        weight = f"INDEX(xlp_results_weights,1,{_SCENARIO})"
        sheet.fill(
            block, f"=IF({weight}=0,0,{weight}*INDEX(xlp_out_{name},{_COMPANY},{_SCENARIO}))",
            f"secondary {number_style(name)}",
        )  # fmt: skip
        sheet.grey_errors(block)
        row += 1 + build.rows
    return row
