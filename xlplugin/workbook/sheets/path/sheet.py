"""Path: what a steady fall of AI cost does to one company, year by year; a what-if, not a forecast.

The years are one block of model columns on Workings; what the charts draw stands below the table.
"""

from __future__ import annotations

from collections.abc import Iterator

from openpyxl.styles import Font
from openpyxl.styles.differential import DifferentialStyle

from xlplugin.model.years import LEAST_CERTAIN_AFTER
from xlplugin.workbook.builder.blocks import nth_column
from xlplugin.workbook.builder.build import Build
from xlplugin.workbook.builder.choices import SCENARIOS, offer
from xlplugin.workbook.builder.draft import Draft
from xlplugin.workbook.builder.look import CAUTION, SECONDARY
from xlplugin.workbook.builder.open_cells import accept
from xlplugin.workbook.builder.sheet import FIRST_ROW, Sheet
from xlplugin.workbook.builder.styles import differential
from xlplugin.workbook.builder.what_ifs import WhatIf
from xlplugin.workbook.sheets.path.behind import (
    FIRST,
    LABEL,
    PANEL,
    SCENARIO,
    SECOND_CHART,
    UNIT,
    YEARS,
    lay_behind,
)
from xlplugin.workbook.sheets.path.words import COMPANY
from xlplugin.workbook.sheets.sensitivity.grid import by_size

TABLE = PANEL + 12

_RATES = ("annual_decline", "revenue_growth", "ai_share_growth")

_OUTPUTS = (
    "unit_cost_index", "adoption", "supply_index",
    "base_gross_margin", "gross_margin", "base_operating_margin",
    "operating_margin", "gross_margin_change", "operating_margin_change", "base_eps", "eps", "eps_change",
    "base_operating_income", "operating_income", "operating_income_change",
    "bridge_operating_income_development",
)  # fmt: skip


#: Rows whose figures stand in years beyond what the model can say, too: causes and the base.
_ALWAYS = ("unit_cost", "adoption", "supply", "base_operating_income")


def path(build: Draft) -> None:
    """Build the sheet."""
    sheet = build.sheet("path")
    right = FIRST + YEARS
    sheet.frame(right, pages=(1, 1))
    sheet.widths(B=37, C=10.5)
    sheet.width_of(FIRST, YEARS + 1, 10.4)
    sheet.heights[3] = 6
    _panel(sheet)
    what_if = _ask(build)
    bottom = _table(sheet, what_if, right)
    words = lay_behind(sheet, bottom + 3, right)
    for row, said in enumerate(words.sentences, FIRST_ROW):
        sheet.put(row, LABEL, f"={said}", "sentence")
    sheet.put(FIRST_ROW + 2, LABEL, f"={words.careful}", "caution")
    for left, heading in ((FIRST, words.level), (SECOND_CHART, words.change)):
        sheet.put(PANEL - 1, left, f"={heading}", "heading")


# --- what is chosen ---


def _panel(sheet: Sheet) -> None:
    """Lay what is chosen: company, scenario, a fall of cost that a source names or one's own, growth."""
    build, text = sheet.build, sheet.build.text
    for left, right, key in ((LABEL, UNIT, "choose"), (FIRST, FIRST + YEARS, "charts")):
        sheet.heading(PANEL - 1, text(f"path.heading.{key}"), right, left=left)
    row = PANEL
    for name, key, value, names in (
        ("company", "company", build.companies[0], "xlp_company_names"),
        ("scenario", "scenario", build.scenario_label(build.scenarios[0]), SCENARIOS),
        ("decline_case", "decline", text("path.decline.million_fold"), "xlp_path_decline_cases"),
    ):
        sheet.put(row, LABEL, text(f"path.choose.{key}"), "secondary")
        offer(sheet, row + 1, LABEL, value, f"path_{name}", names)
        row += 2
    for name, key in zip(_RATES, ("own", "growth", "ai_growth"), strict=True):
        sheet.put(row, LABEL, text(f"path.choose.{key}"), "secondary")
        block = sheet.named(row, UNIT, f"xlp_in_path_{name}", None, "input share3 right")
        accept(sheet, block, name, f"xlp_in_path_{name}")
        row += 1
    sheet.put(row, LABEL, text("path.counts"), "bold")
    sheet.lay(sheet.block(row, UNIT, 1, 1), "=xlp_path_annual_decline", "bold percent right")
    sheet.put(row + 1, LABEL, f'=IFERROR(INDEX(xlp_scenario_labels,1,{SCENARIO}),"")', "note")


def _ask(build: Build) -> WhatIf:
    rates = "+".join(f"xlp_path_{name}" for name in _RATES)
    company = f"{COMPANY}+0*({rates})"  # a wrong rate leaves no number at all
    columns = [
        {"company": company, "scenario": SCENARIO, "year": f"INDEX(xlp_path_years,1,{i + 1})"}
        | {name: f"xlp_path_{name}" for name in _RATES}
        for i in range(YEARS + 1)
    ]
    return build.what_if("path", columns, _OUTPUTS, path=True)


# --- the table ---


def _table(sheet: Sheet, what_if: WhatIf, right: int) -> int:
    """Lay the years' figures; return the last row of the notes below them."""
    build, text = sheet.build, sheet.build.text
    row = sheet.heading(TABLE, text("path.heading.path"), right)
    late = LEAST_CERTAIN_AFTER + 1
    sheet.across(row, FIRST, [None] * late, "note")
    least = [text("path.note.least_certain"), *[None] * (YEARS - late)]
    sheet.across(row, FIRST + late, least, "caution across")
    head = row + 1
    sheet.across(head, LABEL, [text("path.row.year"), text("column.unit")], "header")
    sheet.across(head, FIRST, range(YEARS + 1), "header integer right")
    sheet.block(head, FIRST, 1, YEARS + 1, "xlp_path_years")
    for row, (name, label, unit, value, style) in enumerate(_rows(build, what_if, head), head + 1):
        kind = "body indent" if name == "development" else "bold" if "bold" in style else "body"
        sheet.across(row, LABEL, [label], kind)
        sheet.put(row, UNIT, build.label(f"unit:{unit}"), "secondary")
        block = sheet.block(row, FIRST, 1, YEARS + 1, f"xlp_path_row_{name}")
        if name not in _ALWAYS:
            beyond = f"INDEX(xlp_path_beyond,1,{nth_column(head, FIRST)})={build.quoted('choice.yes')}"
            value = f"IF({beyond},{build.quoted('path.beyond')},{value})"
        sheet.lay(block, f"={value}", f"{style} right")
        if unit == "money" and style.endswith("bp"):
            by_size(sheet, block, 100000)
    row += 1
    _marks(sheet, row, head)
    italic = DifferentialStyle(font=Font(italic=True, color=f"FF{SECONDARY}"))
    sheet.rule(sheet.block(head + 1, FIRST + late, row - head, YEARS + 1 - late).area, "1=1", italic)
    for i, key in enumerate(("what_if", "reductions", "lag", "million", "sources"), row + 1):
        sheet.put(i, LABEL, text(f"path.note.{key}"), "note")
    return row + 5


def _rows(build: Build, what_if: WhatIf, head: int) -> Iterator[tuple[str, str, str, str, str]]:
    """The table's rows: name, label, unit, value, style; a change of a margin has none beside losses."""

    def of(line: str) -> str:
        return what_if.at(line, nth_column(head, FIRST))

    def points(line: str) -> str:
        return f"IF(xlp_path_loses=1,{build.quoted('path.in_money')},{of(line)}*10000)"

    values = {line: points(line) for line in ("gross_margin_change", "operating_margin_change")}
    values["eps_change"] = f"{of('eps_change')}/IF({of('base_eps')}>0,{of('base_eps')},NA())"
    for line, unit, style in (
        ("unit_cost_index", "index", "index4"),
        ("adoption", "share", "percent"),
        ("supply_index", "index", "index"),
        ("gross_margin", "share", "percent"),
        ("gross_margin_change", "basis points", "bold bp"),
        ("operating_margin", "share", "percent"),
        ("operating_margin_change", "basis points", "bold bp"),
        ("eps", "money per share", "eps"),
        ("eps_change", "share", "bold change_percent2"),
        ("base_operating_income", "money", "money"),
        ("operating_income", "money", "money"),
        ("operating_income_change", "money", "bold bp"),
    ):
        yield line.removesuffix("_index"), build.label(line), unit, values.get(line) or of(line), style
    spent = of("bridge_operating_income_development")
    yield "development", build.text("column.development"), "money", spent, "bp"


def _marks(sheet: Sheet, row: int, head: int) -> None:
    """Years in which the infrastructure's revenue lies beyond what the model can say."""
    sheet.put(row, LABEL, sheet.build.text("path.row.beyond"), "body")
    supply, yes = f"{{column}}{head + 3}", sheet.build.quoted("choice.yes")
    block = sheet.block(row, FIRST, 1, YEARS + 1, "xlp_path_beyond")
    outside = f"AND(xlp_path_turning=1,OR({supply}<xlp_path_supply_low,{supply}>xlp_path_supply_high))"
    sheet.fill(block, f'=IF(ISERROR({supply}),"",IF({outside},{yes},""))', "caution right")
    marked = sheet.block(head + 3, FIRST, 1, YEARS + 1)
    sheet.rule(marked.area, f'{block.near()}<>""', differential(CAUTION, bold=True))
