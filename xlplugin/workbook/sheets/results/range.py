"""The part of Results on companies that sell AI infrastructure: the range over market elasticity."""

from __future__ import annotations

from collections.abc import Iterator

from xlplugin.workbook.builder.build import Build
from xlplugin.workbook.builder.case_words import scenario_label
from xlplugin.workbook.builder.look import GREY
from xlplugin.workbook.builder.pieces import Pieces
from xlplugin.workbook.builder.sheet import Sheet
from xlplugin.workbook.builder.styles import differential
from xlplugin.workbook.builder.texts import literal
from xlplugin.workbook.builder.what_ifs import WhatIf
from xlplugin.workbook.builder.words import sentence, tenths
from xlplugin.workbook.sheets.results.company_table import (
    BASE,
    FIRST,
    NAME,
    NUMBER,
    SCENARIO,
    coloured,
    header,
    loses,
    unless_free,
)  # fmt: skip

_LEVER = "market_elasticity"
_OUTPUTS = ("scenario_revenue", "operating_margin_change", "operating_income_change")
_ENDS = ("low", "high")
_SCENARIO_A = "xlp_dashboard_scenario_a"

#: Blocks for companies that come to sell infrastructure by an entry; words say where there are more.
_MORE = 2


def market_range(sheet: Sheet, row: int, right: int) -> int:
    """Lay a block for each company whose direction turns on the elasticity; return the next row."""
    build, text = sheet.build, sheet.build.text
    blocks = expected(build)
    what_if = build.what_if("range", _columns(build, blocks), _OUTPUTS)
    row = sheet.heading(row, text("results.heading.range"), right, text("results.note.range"))
    more = f"SUM(xlp_results_turning)-{blocks}"
    said = sentence(build, "results.sentence.more", n=f'TEXT({more},"0")')
    none = f'IF(SUM(xlp_results_turning)=0,{build.quoted("results.range.none")},"")'
    sheet.put(row, NAME, f"=IF({more}>0,{said},{none})", "caution")
    row = header(sheet, row + 1, text("column.company"), text("results.range.assumed"))
    for k in range(blocks):
        row = _block(sheet, row, k, what_if) + 1
    return row - 1


def expected(build: Build) -> int:
    """How many companies get a block: those of the dataset, and some more."""
    share = "ai_supply_revenue_share"
    shares = (build.dataset.assumption(company, share) for company in build.companies)
    return sum(assumed.base > 0 for assumed in shares if assumed) + _MORE


def _columns(build: Build, blocks: int) -> list[dict[str, str]]:
    """For each block and scenario the model at the low and at the high end of the assumption."""
    numbers = [f"xlp_results_range_{k + 1}_company" for k in range(blocks)]
    return [
        {
            "company": f'IF({number}="",NA(),{number})',
            "scenario": str(j + 1),
            "input_1": f'"{_LEVER}"',
            "value_1": f"INDEX(xlp_{end}_{_LEVER},{number})",
        }
        for number in numbers
        for j in range(build.columns)
        for end in _ENDS
    ]


def _block(sheet: Sheet, row: int, k: int, what_if: WhatIf) -> int:
    """Lay the block of the ``k``-th company, from 0; return the next row."""
    build, number, prefix = sheet.build, f"$C${row}", f"xlp_results_range_{k + 1}"
    place = f'=IFERROR(MATCH({k + 1},xlp_results_order,0),"")'
    sheet.named(row, NUMBER, f"{prefix}_company", place, "technical right")
    name = f"INDEX(xlp_company_names,{number})"
    sheet.put(row, NAME, f'=IF({number}="",{build.quoted("results.range.free")},{name})', "subheading")
    sheet.rule(f"B{row}", f'{number}=""', differential(GREY))
    sheet.put(row + 1, NAME, f"=xlp_results_said_range_{k + 1}", "sentence")
    row += 2
    for which, end, told, value, style in _rows(build, number, k, what_if):
        sheet.put(row, NAME, f'=IF({number}="","",{told})', "body")
        if end in _ENDS:
            limit = f"INDEX(xlp_{end}_{_LEVER},{number})"
            sheet.put(row, BASE, f'=IF({number}="","",{limit})', "secondary elasticity")
        area = sheet.block(row, FIRST, 1, build.columns, f"{prefix}_{which}")
        sheet.lay(area, f'=IF({number}="","",{unless_free(value)})', style)
        if which != "elasticity":
            coloured(sheet, area)
        row += 1
    return row


def _rows(build: Build, number: str, k: int, what_if: WhatIf) -> Iterator[tuple[str, str, str, str, str]]:
    """The rows of a block: name, end of the assumption, what it is, value, style."""
    text = build.text

    def at(line: str, end: str) -> str:
        if end == "scenario":
            return f"INDEX(xlp_out_{line},{number},{SCENARIO})"
        return what_if.at(line, _run(build, k, SCENARIO, end))

    typed = f"INDEX(xlp_checked_{_LEVER},1,{SCENARIO})"
    used = f'IF({typed}="",INDEX(xlp_used_{_LEVER},{number}),{typed})'
    yield "elasticity", "", build.quoted("results.range.elasticity"), used, "elasticity"
    lost = loses(number)
    subject = f"IF({lost},{build.quoted('column.change_money')},{build.quoted('results.range.margin')})"
    ends = ("low", "scenario", "high")
    for end in ends:
        income, margin = at("operating_income_change", end), at("operating_margin_change", end)
        told = f"{subject}&{literal(', ' + text(f'results.range.{end}'))}"
        yield end, end, told, f"IF({lost},{income},{margin}*10000)", "bp"
    for end in ends:
        told = literal(f"{text('results.range.revenue')}, {text(f'results.range.{end}')}")
        value = f"{at('scenario_revenue', end)}/INDEX(xlp_used_revenue,{number})-1"
        yield f"revenue_{end}", end, told, value, "change_percent"


def lay_words(pieces: Pieces, blocks: int) -> None:
    """Lay the sentence of each block, named ``xlp_results_said_range_<n>``, in pieces."""
    build = pieces.build
    runs = build.what_ifs["range"]
    for k in range(blocks):
        number = f"xlp_results_range_{k + 1}_company"
        label, base = build.text("results.heading.range"), f"INDEX(xlp_used_revenue,{number})"
        limits = {end: pieces.figure(label, f"INDEX(xlp_{end}_{_LEVER},{number})") for end in _ENDS}
        revenue = (runs.at("scenario_revenue", _run(build, k, _SCENARIO_A, end)) for end in _ENDS)
        ends = [pieces.words(label, f"IFERROR({value}/{base},NA())") for value in revenue]
        told = {name: pieces.percent(label, f"{function}({','.join(ends)})-1", signed=True)
                for name, function in (("lowest", "MIN"), ("highest", "MAX"))}  # fmt: skip
        told |= {end: tenths(build, limit) for end, limit in limits.items()}
        company = pieces.words(label, f"IFERROR(INDEX(xlp_company_names,{number}),NA())")
        told |= {end: pieces.words(label, told[end]) for end in _ENDS}
        scenario = scenario_label(_SCENARIO_A)
        said = pieces.said(label, "results.sentence.range", scenario=scenario, company=company, **told)
        direction = build.quoted("flag.direction")
        shown = f'IF({number}="","",IFERROR({said},{direction}))'
        pieces.words(label, shown, f"xlp_results_said_range_{k + 1}")


def _run(build: Build, k: int, scenario: str, end: str) -> str:
    """The place of a run among those of the ``k``-th block: of a scenario, at one end of the assumption."""
    return f"2*({k}*{build.columns}+{scenario})-{1 - _ENDS.index(end)}"
