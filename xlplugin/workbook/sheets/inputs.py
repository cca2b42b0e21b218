"""Inputs: scenarios in columns, companies and levers down; and what counts of it, checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from xlplugin.model.inputs import LEVERS, REDUCTIONS, REFERENCE_LABEL, REFERENCES
from xlplugin.workbook.builder.blocks import Block, letter, nth_row
from xlplugin.workbook.builder.build import FREE_COMPANIES, FREE_SCENARIOS, Build
from xlplugin.workbook.builder.draft import Draft
from xlplugin.workbook.builder.look import BAND, GREY
from xlplugin.workbook.builder.open_cells import (
    accept_blank,
    accept_new_name,
    accept_text,
    checked,
    flag_colour,
    input_style,
)
from xlplugin.workbook.builder.sheet import FIRST_ROW, Sheet
from xlplugin.workbook.builder.styles import differential, number_style
from xlplugin.workbook.builder.typed_words import NO, TO_ARTICLE, plain_name
from xlplugin.workbook.builder.your_case import standard

__all__ = ["inputs"]

_LABEL, _UNIT, _BLANK, _FIRST = 2, 3, 4, 5
_SINGLE = LEVERS[1:]  # levers with one entry for each scenario

#: Entries of your case, typed on Overview: one for all companies, and one for each.
_YOURS = ("xlp_in_your_reduction_all", "xlp_in_your_reduction")


def inputs(build: Draft) -> None:
    """Build the sheet."""
    sheet = build.sheet("inputs")
    sheet.frame(_FIRST + 4, freeze="C3", pages=(1, 2))
    sheet.widths(B=34, C=10, D=17)
    sheet.width_of(_FIRST, build.columns, 17.5)
    row = _scenarios(sheet)
    row = _levers(sheet, row + 1)
    row = _by_company(sheet, row + 1)
    others = row + 1
    row = _reductions(sheet, others)
    row = _weights(sheet, row + 1)
    sheet.group(others + 1, row - 1)  # what other scenarios ask for may be folded away
    _what_counts(sheet, row + 1)


def _right(build: Build) -> int:
    return _FIRST + build.columns - 1


def _row(sheet: Sheet, row: int, label: str, unit: str = "", style: str = "body") -> None:
    sheet.put(row, _LABEL, label, style)
    sheet.put(row, _UNIT, unit or None, "secondary")


def _names(sheet: Sheet, row: int, title: str, blank: str | None = None) -> int:
    """Write a header row with the scenarios' names."""
    build = sheet.build
    sheet.across(row, _LABEL, [title, build.text("column.unit"), blank], "header")
    sheet.fill(
        sheet.block(row, _FIRST, 1, build.columns),
        "=INDEX(xlp_scenario_labels,1,{column}$5)",
        "header wrap_right",
    )
    sheet.heights[row] = 30
    return row + 1


def _scenarios(sheet: Sheet) -> int:
    build, text = sheet.build, sheet.build.text
    row = sheet.heading(FIRST_ROW, text("inputs.heading.scenarios"), _right(build))
    free = _FIRST + len(build.scenarios)
    _row(sheet, row, text("companies.column.number"), style="secondary")
    sheet.across(row, _FIRST, range(1, build.columns + 1), "technical right")
    _row(sheet, row + 1, text("inputs.scenario_label"), style="bold")
    sheet.block(row + 1, _FIRST, 1, build.columns, "xlp_scenario_label_cells")
    labels = [build.scenario_label(scenario) for scenario in build.scenarios]
    sheet.across(row + 1, _FIRST, labels, "bold wrap_right")
    sheet.blank(sheet.block(row + 1, free, 1, FREE_SCENARIOS), "input wrap_right")
    sheet.heights[row + 1] = 30
    _row(sheet, row + 2, text("inputs.scenario_key"), style="secondary")
    sheet.block(row + 2, _FIRST, 1, build.columns, "xlp_scenarios")
    sheet.across(row + 2, _FIRST, [scenario.name for scenario in build.scenarios], "technical right")
    slots = sheet.block(row + 2, free, 1, FREE_SCENARIOS)
    sheet.blank(slots, "input text right")
    accept_new_name(sheet, slots, "xlp_scenarios")
    sheet.put(row + 3, _LABEL, text("inputs.note.scenarios"), "note")
    return row + 4


def _weights(sheet: Sheet, row: int) -> int:
    build, text = sheet.build, sheet.build.text
    row = _names(sheet, row, text("inputs.heading.weights"))
    _row(sheet, row, text("column.weight"), "%")
    sheet.put(row, _BLANK, "=SUM(xlp_in_weight)", "total percent")
    weights = sheet.block(row, _FIRST, 1, build.columns, "xlp_in_weight")
    sheet.blank(weights, "input share3")
    sheet.validate(weights, "weight", type="decimal", operator="between", formula1="0", formula2="1")
    build.open("xlp_in_weight", weights, "weight")
    sheet.put(row + 1, _LABEL, text("inputs.note.weights"), "note")
    return row + 2


def _entry(sheet: Sheet, row: int, name: str, input: str, values: list[Any]) -> None:
    block = sheet.block(row, _FIRST, 1, sheet.build.columns, name)
    accept_blank(sheet, block, input, name)
    sheet.across(row, _FIRST, values, input_style(input))


def _of_scenarios(build: Build, lever: str) -> list[Any]:
    return [scenario.levers.get(lever) for scenario in build.scenarios]


def _reductions(sheet: Sheet, row: int) -> int:
    build, text = sheet.build, sheet.build.text
    note = text("inputs.note.reduction")
    row = sheet.heading(row, text("inputs.heading.reduction"), _right(build), note)
    row = _names(sheet, row, text("column.company"), text("inputs.blank_means"))
    block = sheet.block(row, _FIRST, build.rows, build.columns, "xlp_in_cost_reduction")
    _beside_your_case(sheet, block, [f"INDEX({_YOURS[1]},{i + 1})" for i in range(build.rows)])
    sheet.block(row, _LABEL, build.rows, 1, "xlp_company_names")
    for i in range(build.rows):
        own = text("inputs.company_slot", n=i + 1 - len(build.companies))
        known = i < len(build.companies)
        shown = f"INDEX(xlp_companies,{i + 1})"
        formula = f"={shown}" if known else f'=IF({shown}="","{own}",{shown}&"")'
        sheet.put(row + i, _LABEL, formula, "link")
        sheet.put(row + i, _UNIT, "%", "secondary")
        sheet.put(row + i, _BLANK, text("inputs.blank.scenario"), "note right")
    return row + build.rows


def _beside_your_case(sheet: Sheet, block: Block, typed: Sequence[str]) -> None:
    """Lay entries of a reduction; of your case, which is typed on Overview, what stands there."""
    for row, cell in enumerate(typed, block.top):
        shown = f'=IFERROR(IF({cell}="","",{cell}),NA())'
        sheet.put(row, _FIRST, shown, f"link {number_style(REDUCTIONS[0])}")
    others = sheet.block(block.top, _FIRST + 1, block.height, block.width - 1)
    accept_blank(sheet, others, REDUCTIONS[0], "xlp_in_cost_reduction")
    sheet.grey_errors(sheet.block(block.top, _FIRST, block.height, 1))


def _blank(sheet: Sheet, row: int, lever: str) -> bool:
    """Write what counts where your case leaves a lever blank; False where the assumptions fill it."""
    value = standard(sheet.build.dataset).levers.get(lever)
    if value is not None:
        sheet.named(row, _BLANK, f"xlp_blank_{lever}", value, f"secondary {number_style(lever)}")
    return value is not None


def _levers(sheet: Sheet, row: int) -> int:
    build, text = sheet.build, sheet.build.text
    row = sheet.heading(row, text("inputs.heading.levers"), _right(build), text("inputs.note.levers"))
    row = _names(sheet, row, text("column.lever"), text("inputs.blank_means"))
    _row(sheet, row, build.label(REDUCTIONS[0]), "%", "bold")
    _blank(sheet, row, REDUCTIONS[0])
    block = sheet.block(row, _FIRST, 1, build.columns, "xlp_in_scenario_cost_reduction")
    _beside_your_case(sheet, block, _YOURS[:1])
    sheet.across(row, _FIRST + 1, _of_scenarios(build, REDUCTIONS[0])[1:], input_style(REDUCTIONS[0]))
    row += 1
    for lever in _SINGLE:
        _row(sheet, row, build.label(lever), build.unit(lever))
        if not _blank(sheet, row, lever):
            running = (text("inputs.blank.running"), "note right")
            general = (f"=xlp_general_{lever}", f"link {number_style(lever)}")
            sheet.put(row, _BLANK, *(running if lever in REDUCTIONS else general))
        _entry(sheet, row, f"xlp_in_{lever}", lever, _of_scenarios(build, lever))
        row += 1
    return row


def _by_company(sheet: Sheet, row: int) -> int:
    """Lay the switch of years, and a row of entries for each company: its year and references."""
    build, text = sheet.build, sheet.build.text
    row = sheet.heading(row, text("inputs.heading.years"), _right(build), text("inputs.note.article"))
    _row(sheet, row, text("inputs.switch.article"), style="bold")
    yes, no = text("choice.yes"), text("choice.no")
    chosen = yes if build.fiscal_year == "article" else no
    switch = sheet.named(row, _BLANK, "xlp_in_as_of", chosen, "input text right")
    sheet.choose(switch, [yes, no], "switch")
    build.open("xlp_in_as_of", switch, "choice", (*NO, *TO_ARTICLE), optional=True)
    row += 2
    heads = [text("column.company"), None, text("column.fiscal_year")]
    sheet.across(row, _LABEL, heads, "header wrap_left")
    sheet.put(row, _FIRST, text("companies.column.year_used"), "header wrap_right")
    sheet.put(row, _FIRST + 1, text("column.flag"), "header wrap_indent")
    references = [build.label(name) for name in (*REFERENCES, REFERENCE_LABEL)]
    sheet.across(row, _FIRST + 2, references, "header wrap_left")
    sheet.heights[row] = 30
    row += 1

    def down(column: int, name: str, style: str) -> Block:
        block = sheet.block(row, column, build.rows, 1)
        sheet.fill(block, f"=INDEX({name},{nth_row(row)})", style)
        return block

    down(_LABEL, "xlp_company_names", "link")
    _years(sheet, row)
    sheet.grey_errors(down(_FIRST, "xlp_year_used", "link shrink_right"))
    flag_colour(sheet, down(_FIRST + 1, "xlp_company_flag", "note indent"))
    for column, name in enumerate(REFERENCES, _FIRST + 2):
        block = sheet.block(row, column, build.rows, 1, f"xlp_in_{name}")
        accept_blank(sheet, block, name, f"xlp_in_{name}")
    block = sheet.block(row, _FIRST + 2 + len(REFERENCES), build.rows, 1, f"xlp_in_{REFERENCE_LABEL}")
    sheet.blank(block, "input text")
    accept_text(sheet, block)
    sheet.put(row + build.rows, _LABEL, text("inputs.note.reference"), "note")
    return row + build.rows + 1


def _years(sheet: Sheet, row: int) -> None:
    build = sheet.build
    block = sheet.block(row, _BLANK, build.rows, 1, "xlp_in_fiscal_year")
    sheet.blank(block, "input text right")
    for i, company in enumerate(build.companies):
        years = build.dataset.years(company)
        cell = sheet.block(row + i, _BLANK, 1, 1)
        if not any("," in year or '"' in year for year in years) and len(",".join(years)) < 250:
            sheet.choose(cell, [year.strip() for year in years], "year")
        wanted = build.fiscal_year
        if isinstance(wanted, Mapping):
            wanted = wanted.get(company)
        if wanted is not None and wanted != "article":
            sheet.put(row + i, _BLANK, build.dataset.year(company, wanted), "input text right")
    build.open("xlp_in_fiscal_year", block, "year")


def _what_counts(sheet: Sheet, row: int) -> None:
    """Lay the entries as they count: checked, blanks filled, for the companies that they are for."""
    build, text = sheet.build, sheet.build.text
    row = sheet.heading(row, text("inputs.heading.counts"), _right(build), text("inputs.note.counts"))
    row = _names(sheet, row, text("inputs.counts.checked"))
    row, own = _checked(sheet, row)
    row = _names(sheet, row + 1, text("inputs.counts.applies"))
    applies = sheet.block(row, _FIRST, build.rows, build.columns, "xlp_applies")
    free = [1] * FREE_SCENARIOS
    for i, company in enumerate([*build.companies, *[None] * FREE_COMPANIES]):
        marks = [int(company is None or scenario.applies_to(company)) for scenario in build.scenarios]
        sheet.put(row + i, _LABEL, f"=INDEX(xlp_company_names,{i + 1})")
        sheet.across(row + i, _FIRST, marks + free, "integer")
    row = _names(sheet, row + build.rows + 1, text("inputs.counts.reduction"))
    entries = build.names["xlp_in_cost_reduction"]
    used = sheet.block(row, _FIRST, build.rows, build.columns, "xlp_used_cost_reduction")
    for i in range(build.rows):
        _row(sheet, row + i, f"=INDEX(xlp_company_names,{i + 1})", "%")
        blank = f"IF({{column}}{applies.top + i}=1,{{column}}{own},NA())"
        formula = "=" + checked(f"{{column}}{entries.top + i}", REDUCTIONS[0], blank)
        sheet.formulas_across(row + i, _FIRST + 1, build.columns - 1, formula, "percent")
        yours = checked(f"INDEX({_YOURS[1]},{i + 1})", REDUCTIONS[0], f"{letter(_FIRST)}{own}")
        sheet.put(row + i, _FIRST, f"={yours}", "percent")
    sheet.grey_errors(used)
    mark = f'AND({entries.near()}="",{applies.near()}=0)'
    sheet.rule(entries.area, mark, differential(GREY, BAND))


def _checked(sheet: Sheet, row: int) -> tuple[int, int]:
    """Lay the scenarios' entries, checked; return the next row and the row of the cost reduction."""
    build, text = sheet.build, sheet.build.text
    keys, labels = build.names["xlp_scenarios"], build.names["xlp_scenario_label_cells"]
    columns = build.columns
    key, said = f"{{column}}{keys.top}", f"{{column}}{labels.top}"
    slot = f'"{text("inputs.own_scenario", n="")}"&({{column}}$5-{len(build.scenarios)})'
    told = f'=IFERROR(IF({said}="",{{column}}{row + 1},{said}&""),"?")'
    plain = plain_name(key, f"{{column}}$5<={len(build.scenarios)}")
    once = f'AND({plain},COUNTIF(xlp_scenarios,"="&{key})=1)'
    known = f"=IF(ISTEXT({key}),IF({once},1,NA()),NA())"
    for title, name, formula, style in (
        ("counts.status", "status", known, "integer"),
        ("scenario_key", "names", f'=IFERROR(IF({key}="",{slot},{key}&""),"?")', "right"),
        ("scenario_label", "labels", told, "note wrap_right"),
    ):
        _row(sheet, row, text(f"inputs.{title}"))
        block = sheet.block(row, _FIRST, 1, columns, f"xlp_scenario_{name}")
        sheet.formulas_across(row, _FIRST, columns, formula, style)
        sheet.grey_errors(block)
        row += 1
    sheet.heights[row - 1] = 38
    _row(sheet, row, text("inputs.counts.alternative"))
    alternatives = [int(one.alternative) for one in build.scenarios] + [1] * FREE_SCENARIOS
    sheet.block(row, _FIRST, 1, columns, "xlp_scenario_alternative")
    sheet.across(row, _FIRST, alternatives, "integer")
    row += 1
    own = row
    for name, lever in ((f"scenario_{REDUCTIONS[0]}", REDUCTIONS[0]), *((lever, lever) for lever in _SINGLE)):
        _row(sheet, row, build.label(lever), build.unit(lever))
        entry = build.names[f"xlp_in_{name}"]
        blank = "NA()" if lever == REDUCTIONS[0] else '""'
        block = sheet.block(row, _FIRST, 1, columns, f"xlp_checked_{name}")
        sheet.lay(block, "=" + checked(f"{{column}}{entry.top}", lever, blank), number_style(lever))
        filled = f"xlp_blank_{lever}" if f"xlp_blank_{lever}" in build.names else blank
        yours = _YOURS[0] if lever == REDUCTIONS[0] else f"{letter(_FIRST)}{entry.top}"
        sheet.put(row, _FIRST, "=" + checked(yours, lever, filled), number_style(lever))
        row += 1
    levers = [build.names[f"xlp_in_{lever}"].top for lever in _SINGLE]
    yours = f"{letter(_FIRST)}{min(levers)}:{letter(_FIRST)}{max(levers)}"
    _row(sheet, row, text("inputs.counts.own_levers"))
    sheet.named(row, _FIRST, "xlp_your_lever_count", f"=COUNTA({yours})", "integer")
    return row + 1, own
