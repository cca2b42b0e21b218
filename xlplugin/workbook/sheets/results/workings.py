"""What Results stands on: base figures, who is compared how, what is ranked, and weighted changes.

Laid below the tables, rows in the order of company numbers, so that every table finds them by number.
"""

from __future__ import annotations

from xlplugin.data.precedence import GENERAL
from xlplugin.model.formula import formula
from xlplugin.model.plan import PARAMETERS
from xlplugin.workbook.builder.blocks import ABOVE, OWN_COLUMN, OWN_ROW, letter
from xlplugin.workbook.builder.build import Build
from xlplugin.workbook.builder.sheet import Sheet
from xlplugin.workbook.builder.styles import number_style
from xlplugin.workbook.sheets.results.company_table import (
    BASE,
    COMPANY,
    FIRST,
    LOSES,
    NAME,
    NUMBER,
    SCENARIO,
    TURNING,
    at,
)  # fmt: skip

#: Base figures that a table shows beside the scenarios'.
BASES = (
    "base_gross_margin", "base_operating_income", "base_operating_margin", "base_operating_margin_ex_sbc",
    "base_net_income", "base_eps",
)  # fmt: skip

#: Measures whose leaders are named above their tables.
MEASURES = ("gross_margin_change", "operating_margin_change", "operating_income_change", "eps_change")

#: Lines that are weighted over scenarios.
WEIGHTED = (
    "gross_margin_change", "operating_margin_change", "bridge_operating_margin_development",
    "operating_income_change", "eps_change",
)  # fmt: skip


def workings_of_results(sheet: Sheet, row: int, right: int) -> int:
    """Lay the rows behind the tables; return the next row."""
    text = sheet.build.text
    row = sheet.heading(row, text("results.heading.workings"), right, text("results.note.workings"))
    row = _by_company(sheet, row)
    row = _ranked(sheet, row + 1)
    return _weights(sheet, row + 1)


def _by_company(sheet: Sheet, row: int) -> int:
    build, text, top = sheet.build, sheet.build.text, row + 1
    sheet.across(row, NAME, [text("column.company"), None], "header")
    sheet.heights[row] = 54
    sheet.number_companies(top, NAME)
    sheet.block(top, NUMBER, build.rows, 1, "xlp_numbers_of_companies")
    named = f'INDEX(xlp_companies,{COMPANY})<>""'
    own = letter(NUMBER + 1 + len(BASES))  # the column of the first fact
    fallbacks = ",".join(f"INDEX(xlp_fallback_{name},{COMPANY})=1" for name in GENERAL)
    facts = {
        "turning": f"IFERROR(IF(AND({named},INDEX(xlp_used_ai_supply_revenue_share,{COMPANY})>0),1,0),0)",
        "general": f"IFERROR(IF(AND({named},{fallbacks}),1,0),0)",
        "order": f"IF({own}{{row}}=1,SUM({own}${top}:{own}{{row}}),0)",
        "first_run": f'(INDEX(xlp_results_order,{COMPANY})-1)*COUNTIF(xlp_numbers_of_scenarios,">0")',
        "loses": f"IFERROR(IF(INDEX(xlp_results_base_operating_income,{COMPANY})<0,1,0),0)",
        "reinvests": f"IFERROR(IF(AND({named},INDEX(xlp_used_reinvestment,{COMPANY})=1),1,0),0)",
    }
    columns = [(build.label(name), name, _base(name), f"secondary {number_style(name)}") for name in BASES]
    columns += [
        (text(f"results.column.{fact}"), fact, test, "technical right") for fact, test in facts.items()
    ]
    columns += [
        (build.label(name), f"leading_{name}", _leading(build, name), "secondary bp") for name in MEASURES
    ]
    for column, (head, name, value, style) in enumerate(columns, NUMBER + 1):
        sheet.put(row, column, head, "header wrap_right")
        sheet.lay(sheet.block(top, column, build.rows, 1, f"xlp_results_{name}"), f"={value}", style)
    last = NUMBER + 1 + len(columns)
    sheet.put(row, last, text("results.column.reinvesting"), "header wrap_right")
    _names(sheet, top, last, "reinvesting", f"INDEX(xlp_results_reinvests,{COMPANY})=1")
    for column, name in enumerate(MEASURES, last + 1):
        head = text("results.column.left_out", measure=build.label(name))
        sheet.put(row, column, head, "header wrap_right")
        out = f'AND(INDEX(xlp_companies,{COMPANY})<>"",INDEX(xlp_results_leading_{name},{COMPANY})="")'
        _names(sheet, top, column, f"left_out_{name}", out)
    return top + build.rows


def _names(sheet: Sheet, top: int, column: int, name: str, test: str) -> None:
    """A growing list of the names of those for whom ``test`` holds; its last cell holds them all."""
    rows, own = sheet.build.rows, f"INDEX(xlp_company_names,{COMPANY})"
    more = f'{ABOVE}&IF({ABOVE}="","",", ")&{own}'
    sheet.formulas_down(top, column, rows, f"=IF({test},{more},{ABOVE})", "technical")
    sheet.block(top + rows - 1, column, 1, 1, f"xlp_results_{name}")


def _base(name: str) -> str:
    """The line on the figures that count: it needs no scenario that has a result."""
    places = {
        needed: f"INDEX(xlp_{'results' if needed in BASES else 'used'}_{needed},{COMPANY})"
        for needed in PARAMETERS[name]
    }
    return f"INDEX(xlp_company_status,{COMPANY})*({formula(name, places)[1:]})"


def change(name: str, company: str, scenario: str) -> str:
    """Return a change as the tables show it: margins in basis points, EPS in per cent of a base above 0."""
    value = f"INDEX(xlp_out_{name},{company},{scenario})"
    if name == "eps_change":
        base = f"INDEX(xlp_results_base_eps,{company})"
        return f"{value}/IF({base}>0,{base},NA())"
    return f"{value}*10000" if "margin" in name else value


def _leading(build: Build, name: str) -> str:
    """The change in the Dashboard's scenario A, blank for those that are not compared.

    Money is compared within the currency of most companies alone; a blank one is USD.
    """
    unranked = [build.is_lab(COMPANY), build.on_general(COMPANY), TURNING]
    unranked += [LOSES] if "margin" in name else []
    if name == "operating_income_change":
        currency = f"INDEX(xlp_currency,{COMPANY})"
        unranked.append(f'IFERROR(IF({currency}="","USD",{currency}),"")<>{build.currency}')
    skipped = ",".join(unranked)
    value = change(name, COMPANY, "xlp_dashboard_scenario_a")
    return f'IF(OR({skipped}),"",IFERROR(ROUND({value},9),""))'


def _ranked(sheet: Sheet, row: int) -> int:
    """What best and worst are chosen from, the one chosen and its place among the scenarios.

    Where the direction turns on market elasticity, a scenario stands with what is best, or worst, over
    the range of that.
    """
    build = sheet.build
    income, margin = (
        change(line, COMPANY, SCENARIO) for line in ("operating_income_change", "operating_margin_change")
    )
    value = f"IF({LOSES},{income},{margin})"
    left_out = f"INDEX(xlp_results_general,{COMPANY})>=INDEX(xlp_scenario_alternative,1,{SCENARIO})"  # either
    ends = []
    for end, name in enumerate(("low", "high")):
        sheet.put(row, NAME, build.text(f"results.workings.at_{name}"), "subheading")
        sheet.number_companies(row + 1, NAME)
        block = sheet.block(row + 1, FIRST, build.rows, build.columns, f"xlp_results_at_{name}")
        at_end = f"IFERROR(ROUND({_at_end(build, end)},9),NA())"  # of no more companies than have a block
        sheet.lay(block, f'=IF({TURNING},{at_end},"")', "secondary bp")
        ends.append(block.top)
        row = block.bottom + 2
    for name, pick, among in (("best", "LARGE", "MAX"), ("worst", "SMALL", "MIN")):
        sheet.put(row, NAME, build.text(f"results.workings.ranked_{name}"), "subheading")
        sheet.number_companies(row + 1, NAME)
        block = sheet.block(row + 1, FIRST, build.rows, build.columns, f"xlp_results_ranked_{name}")
        for i in range(build.rows):
            low, high = (f"{OWN_COLUMN}{top + i}" for top in ends)
            shown = f"IF({TURNING},{among}({low},{high}),ROUND({value},9))"
            formula = f'=IF({left_out},"",IFERROR({shown},""))'.replace(OWN_ROW, str(block.top + i))
            sheet.formulas_across(block.top + i, FIRST, build.columns, formula, "secondary bp")
        own = f"${letter(block.left)}{{row}}:${letter(block.right)}{{row}}"
        chosen, found = NUMBER + 1, f"${letter(NUMBER + 1)}{{row}}"
        at = sheet.block(block.top, chosen, build.rows, 1, f"xlp_results_{name}_value")
        sheet.lay(at, f"=IFERROR({pick}({own},1),NA())", "secondary bp")
        at = sheet.block(block.top, chosen + 1, build.rows, 1, f"xlp_results_{name}_place")
        sheet.lay(at, f"=MATCH({found},{own},0)", "secondary integer")
        row = block.bottom + 2
    return row - 1


def _at_end(build: Build, end: int) -> str:
    """The change at the low (0) or high (1) end of market elasticity; an error where no run was asked for."""
    runs = build.what_ifs["range"]
    place = f"2*(INDEX(xlp_results_first_run,{COMPANY})+{SCENARIO})-{1 - end}"
    income, margin = (runs.at(f"operating_{of}_change", place) for of in ("income", "margin"))
    return f"IF({LOSES},{income},{margin}*10000)"


def _weights(sheet: Sheet, row: int) -> int:
    build, text = sheet.build, sheet.build.text
    given = f"INDEX(xlp_in_weight,1,{SCENARIO})"
    good = f"AND(ISNUMBER({given}),NOT(ISLOGICAL({given})),{given}>=0,{given}<=1)"
    sheet.put(row, NAME, text("results.workings.weights"), "subheading")
    weights = sheet.block(row, FIRST, 1, build.columns, "xlp_results_weights")
    sheet.fill(weights, f'=IFERROR(IF({given}="",0,IF({good},{given},NA())),NA())', "secondary percent")
    total = f"SUM({weights.area})"
    adds = f"=IFERROR(IF(ABS({total}-1)<=xlp_rounding,1,NA()),NA())"
    add_up = sheet.named(row, NUMBER + 2, "xlp_results_weights_add", adds, "technical right")
    sheet.grey_errors(weights, add_up)
    row += 1
    for name in WEIGHTED:
        sheet.put(row, NAME, f"{text('column.weight')} x {build.label(name)}", "subheading")
        sheet.number_companies(row + 1, NAME)
        block = sheet.block(row + 1, FIRST, build.rows, build.columns, f"xlp_results_weighted_{name}")
        weight = f"INDEX(xlp_results_weights,1,{SCENARIO})"
        weighted = f"=IF({weight}=0,0,{weight}*{at(f'xlp_out_{name}')})"
        sheet.lay(block, weighted, f"secondary {number_style(name)}")
        sheet.put(row, BASE, text("results.workings.total"), "secondary right")
        totals = sheet.block(row + 1, BASE, build.rows, 1, f"xlp_results_weighted_total_{name}")
        sheet.lay(totals, f"=SUM({letter(FIRST)}{{row}}:{letter(block.right)}{{row}})",
                  f"secondary {number_style(name)}")  # fmt: skip
        row += 1 + build.rows
    return row
