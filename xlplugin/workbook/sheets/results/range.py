"""The part of Results on companies that sell AI infrastructure: the range over market elasticity."""

from __future__ import annotations

from collections.abc import Callable

from xlplugin.workbook.builder.build import FREE_SLOTS, Build
from xlplugin.workbook.builder.sheet import Sheet
from xlplugin.workbook.builder.styles import GREY, differential
from xlplugin.workbook.builder.what_ifs import WhatIf
from xlplugin.workbook.builder.words import literal, percent, sentence, tenths
from xlplugin.workbook.sheets.results.rows import BASE, FIRST, NAME, NUMBER, SCENARIO, coloured, header

__all__ = ["market_range"]

_LEVER = "market_elasticity"
_OUTPUTS = ("scenario_revenue", "operating_margin_change", "operating_income_change")
_ENDS = ("low", "high")


def market_range(sheet: Sheet, row: int, right: int) -> int:
    """Lay a block for each company whose direction turns on the elasticity; return the next row."""
    build, text = sheet.build, sheet.build.text
    blocks = _expected(build)
    what_if = build.what_if("range", _columns(build, blocks), _OUTPUTS)
    row = sheet.heading(row, text("results.heading.range"), right, text("results.note.range"))
    more = f"SUM(xlp_results_turning)-{blocks}"
    said = sentence(build, "results.sentence.more", n=f'TEXT({more},"0")')
    none = literal(text("results.range.none"))
    sheet.put(row, NAME, f'=IF({more}>0,{said},IF(SUM(xlp_results_turning)=0,{none},""))', "caution")
    row = header(sheet, row + 1, text("column.company"), text("results.range.assumed"))
    for k in range(blocks):
        row = _block(sheet, row, k, what_if) + 1
    return row - 1


def _expected(build: Build) -> int:
    """How many companies get a block: those of the dataset, and as many as there are free slots."""
    share = "ai_supply_revenue_share"
    found = [build.assumption(company, share) or build.general(share) for company in build.companies]
    return sum(one.base > 0 for one in found) + FREE_SLOTS


def _columns(build: Build, blocks: int) -> list[dict[str, str]]:
    """For each block and scenario the model at the low and at the high end of the assumption."""
    return [
        {
            "company": _company(k),
            "scenario": str(j + 1),
            "input_1": f'"{_LEVER}"',
            "value_1": f"IFERROR(INDEX(xlp_{end}_{_LEVER},{_company(k)}),NA())",
        }
        for k in range(blocks)
        for j in range(build.columns)
        for end in _ENDS
    ]


def _company(k: int) -> str:
    number = f"xlp_results_range_{k + 1}_company"
    return f'IF({number}="",NA(),{number})'


def _block(sheet: Sheet, row: int, k: int, what_if: WhatIf) -> int:
    build, text = sheet.build, sheet.build.text
    number = f"$C${row}"
    found = f"MATCH({k + 1},xlp_results_order,0)"
    sheet.put(row, NUMBER, f'=IFERROR({found},"")', "technical right")
    sheet.block(row, NUMBER, 1, 1, f"xlp_results_range_{k + 1}_company")
    name = f"INDEX(xlp_company_names,{number})"
    sheet.put(row, NAME, f'=IF({number}="",{build.quoted("results.range.free")},{name})', "subheading")
    sheet.rule(f"B{row}", f'{number}=""', differential(GREY))
    sheet.put(row + 1, NAME, _words(build, number, k, what_if), "sentence")
    revenue = f"/INDEX(xlp_used_revenue,{number})-1"
    loses = f"INDEX(xlp_results_loses,{number})=1"

    def change(pick: Callable[[str], str]) -> str:
        return f"IF({loses},{pick('operating_income_change')},{pick('operating_margin_change')}*10000)"

    def out(line: str) -> str:
        return f"INDEX(xlp_out_{line},{number},{SCENARIO})"

    def end(which: str) -> Callable[[str], str]:
        place = f"{2 * k * build.columns}+2*{SCENARIO}-{1 if which == 'low' else 0}"
        return lambda line: what_if.at(line, place)

    checked = f"INDEX(xlp_checked_{_LEVER},1,{SCENARIO})"
    used = f'IF({checked}="",INDEX(xlp_used_{_LEVER},{number}),{checked})'
    subject = f"IF({loses},{literal(text('column.change_money'))},{literal(text('results.range.margin'))})"
    rows = [("elasticity", literal(text("results.range.elasticity")), used, "elasticity", False)]
    for which in ("low", "scenario", "high"):
        pick = out if which == "scenario" else end(which)
        told = f"{subject}&{literal(', ' + text(f'results.range.{which}'))}"
        rows.append((which, told, change(pick), "bp", True))
    for which in ("low", "scenario", "high"):
        pick = out if which == "scenario" else end(which)
        told = literal(f"{text('results.range.revenue')}, {text(f'results.range.{which}')}")
        rows.append((f"revenue_{which}", told, pick("scenario_revenue") + revenue, "change_percent", True))
    for i, (which, told, value, style, color) in enumerate(rows, row + 2):
        sheet.put(i, NAME, f'=IF({number}="","",{told})', "body")
        if which.endswith(_ENDS):
            limit = f"INDEX(xlp_{which.split('_')[-1]}_{_LEVER},{number})"
            sheet.put(i, BASE, f'=IF({number}="","",{limit})', "secondary elasticity")
        area = sheet.block(i, FIRST, 1, build.columns, f"xlp_results_range_{k + 1}_{which}")
        blank = f'IF(INDEX(xlp_scenarios,1,{SCENARIO})="","",{value})'
        sheet.fill(area, f'=IF({number}="","",{blank})', style)
        sheet.grey_errors(area)
        if color:
            coloured(sheet, area)
    return row + 2 + len(rows)


def _words(build: Build, number: str, k: int, what_if: WhatIf) -> str:
    first = f"{2 * k * build.columns}+2*xlp_dashboard_scenario_a"
    ends = [what_if.at("scenario_revenue", f"{first}-{less}") for less in (1, 0)]
    base = f"INDEX(xlp_used_revenue,{number})"
    told = {
        name: percent(build, f"({function}({ends[0]},{ends[1]})/{base}-1)", True)
        for name, function in (("lowest", "MIN"), ("highest", "MAX"))
    }
    limits = {end: tenths(build, f"INDEX(xlp_{end}_{_LEVER},{number})") for end in _ENDS}
    scenario = "INDEX(xlp_scenario_labels,xlp_dashboard_scenario_a)"
    company = f"INDEX(xlp_company_names,{number})"
    said = sentence(build, "results.sentence.range", scenario=scenario, company=company, **told, **limits)
    return f'=IF({number}="","",IFERROR({said},{literal(build.text("flag.direction"))}))'
