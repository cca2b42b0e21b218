"""Path: what a steady fall of AI cost does to one company, year by year; a what-if, not a forecast.

The years are one block of model columns on Workings; what the charts draw stands below the table.
"""

from __future__ import annotations

from openpyxl.styles import Font
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.worksheet.pagebreak import Break

from xlplugin.model.inputs import INPUTS
from xlplugin.model.years import LEAST_CERTAIN_AFTER, SUPPLY_RANGE
from xlplugin.workbook.builder.blocks import nth_column
from xlplugin.workbook.builder.build import Build
from xlplugin.workbook.builder.charts import Chart, Series
from xlplugin.workbook.builder.choices import chosen, offer
from xlplugin.workbook.builder.open_cells import accept, checked
from xlplugin.workbook.builder.sheet import FIRST_ROW, Sheet
from xlplugin.workbook.builder.styles import ACCENT, CAUTION, GREY, SECONDARY, differential
from xlplugin.workbook.builder.what_ifs import WhatIf
from xlplugin.workbook.builder.words import sentence
from xlplugin.workbook.sheets.path.words import careful, lay_words, sentences
from xlplugin.workbook.sheets.sensitivity.grid import by_size

__all__ = ["COMPANY", "DECLINES", "SCENARIO", "path"]

LABEL, UNIT, FIRST = 2, 3, 4
YEARS = int(INPUTS["years"].default or 0)
PANEL = FIRST_ROW + 4
TABLE = PANEL + 12
#: Falls of unit cost a year that a source names; a million-fold in ten years is 74.9% a year.
DECLINES = {"hardware": 0.3, "million_fold": 1 - 10 ** (-6 / 10), "ten_fold": 0.9}

COMPANY, SCENARIO = "xlp_path_company", "xlp_path_scenario"
_RATES = ("annual_decline", "revenue_growth", "ai_share_growth")

_OUTPUTS = (
    "unit_cost_index", "adoption", "supply_index",
    "base_gross_margin", "gross_margin", "base_operating_margin",
    "operating_margin", "gross_margin_change", "operating_margin_change", "base_eps", "eps", "eps_change",
    "base_operating_income", "operating_income", "operating_income_change",
    "bridge_operating_income_development",
)  # fmt: skip


def path(build: Build) -> None:
    """Build the sheet."""
    sheet = build.sheet("path")
    sheet.frame(freeze="A3")
    sheet.widths(B=37, C=10.5)
    sheet.width_of(FIRST, YEARS + 1, 10.4)
    sheet.heights[3] = 6
    right = FIRST + YEARS
    sheet.master(right)
    _panel(sheet)
    what_if = _ask(build)
    bottom = _table(sheet, what_if, right)
    _behind(sheet, bottom + 3, right)
    for row, said in enumerate(sentences(build), FIRST_ROW):
        sheet.put(row, LABEL, said, "sentence")
    sheet.put(FIRST_ROW + 2, LABEL, careful(build), "caution")


# --- what is chosen ---


def _panel(sheet: Sheet) -> None:
    build, text = sheet.build, sheet.build.text
    for left, right, key in ((LABEL, UNIT, "choose"), (FIRST, FIRST + YEARS, "charts")):
        sheet.across(PANEL - 1, left, [text(f"path.heading.{key}"), *[None] * (right - left)], "heading")
    sheet.heights[PANEL - 1] = 21
    lists = (
        ("company", "company", build.companies[0], "xlp_company_names"),
        ("scenario", "scenario", build.scenarios[0].name, "xlp_scenario_names"),
        ("decline_case", "decline", text("path.decline.million_fold"), "xlp_path_decline_cases"),
    )
    row = PANEL
    for name, key, value, names in lists:
        sheet.put(row, LABEL, text(f"path.choose.{key}"), "secondary")
        offer(sheet, row + 1, LABEL, value, f"path_{name}", names, f"xlp_path_{name}")
        row += 2
    for name, key in zip(_RATES, ("own", "growth", "ai_growth"), strict=True):
        sheet.put(row, LABEL, text(f"path.choose.{key}"), "secondary")
        block = sheet.block(row, UNIT, 1, 1, f"xlp_in_path_{name}")
        sheet.blank(block, "input share3 right")
        accept(sheet, block, name, f"xlp_in_path_{name}")
        row += 1
    sheet.put(row, LABEL, text("path.counts"), "bold")
    sheet.put(row, UNIT, "=xlp_path_annual_decline", "bold percent right")
    sheet.grey_errors(sheet.block(row, UNIT, 1, 1))
    sheet.put(row + 1, LABEL, f'=IFERROR(INDEX(xlp_scenario_labels,{SCENARIO}),"")', "note")


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
    build, text = sheet.build, sheet.build.text
    row = sheet.heading(TABLE, text("path.heading.path"), right)
    least: list[str | None] = [None] * (YEARS + 1)
    least[LEAST_CERTAIN_AFTER + 1] = text("path.note.least_certain")
    sheet.across(row, FIRST, least[: LEAST_CERTAIN_AFTER + 1], "note")
    sheet.across(row, FIRST + LEAST_CERTAIN_AFTER + 1, least[LEAST_CERTAIN_AFTER + 1 :], "caution across")
    head = row + 1
    sheet.across(head, LABEL, [text("path.row.year"), text("column.unit")], "header")
    sheet.across(head, FIRST, range(YEARS + 1), "header integer right")
    sheet.block(head, FIRST, 1, YEARS + 1, "xlp_path_years")
    loses, turning = "xlp_path_loses=1", "xlp_path_turning=1"
    place = nth_column(head, FIRST)

    def of(line: str) -> str:
        return what_if.at(line, place)

    eps = f"{of('eps_change')}/IF({of('base_eps')}>0,{of('base_eps')},NA())"
    bp, money = build.label("unit:basis points"), build.label("unit:money")
    in_money = build.quoted("path.in_money")
    rows = (
        ("unit_cost", "unit_cost_index", "unit:index", of("unit_cost_index"), "index4"),
        ("adoption", "adoption", "unit:share", of("adoption"), "percent"),
        ("supply", "supply_index", "unit:index", of("supply_index"), "index"),
        ("gross_margin", "gross_margin", "unit:share", of("gross_margin"), "percent"),
        ("gross_margin_change", "gross_margin_change", bp,
         f"IF({loses},{in_money},{of('gross_margin_change')}*10000)", "bp"),
        ("operating_margin", "operating_margin", "unit:share", of("operating_margin"), "percent"),
        ("operating_margin_change", "operating_margin_change", bp,
         f"IF({loses},{in_money},{of('operating_margin_change')}*10000)", "bp"),
        ("eps", "eps", "unit:money per share", of("eps"), "eps"),
        ("eps_change", "eps_change", "unit:share", eps, "change_percent2"),
        ("base_operating_income", "base_operating_income", money, of("base_operating_income"), "money"),
        ("operating_income", "operating_income", money, of("operating_income"), "money"),
        ("operating_income_change", "operating_income_change", money, of("operating_income_change"), "bp"),
        ("development", "development", money, of("bridge_operating_income_development"), "bp"),
    )  # fmt: skip
    row = head + 1
    for name, label, unit, value, style in rows:
        label = text("column.development") if label == "development" else build.label(label)
        unit = build.label(unit) if unit.startswith("unit:") else unit
        change = name.endswith("_change")
        sheet.put(row, LABEL, label, "body indent" if name == "development" else "bold" if change else "body")
        sheet.put(row, UNIT, unit, "secondary")
        block = sheet.block(row, FIRST, 1, YEARS + 1, f"xlp_path_row_{name}")
        sheet.fill(block, f"={value}", f"{'bold ' if change else ''}{style} right")
        sheet.grey_errors(block)
        if unit == money and style == "bp":
            by_size(sheet, block, 100000)
        row += 1
    _marks(sheet, row, head, turning)
    late = sheet.block(head + 1, FIRST + LEAST_CERTAIN_AFTER + 1, row - head, YEARS - LEAST_CERTAIN_AFTER)
    sheet.rule(late.area, "1=1", DifferentialStyle(font=Font(italic=True, color=f"FF{SECONDARY}")))
    for i, key in enumerate(("what_if", "reductions", "lag", "million"), row + 1):
        sheet.put(i, LABEL, text(f"path.note.{key}"), "note")
    return row + 4


def _marks(sheet: Sheet, row: int, head: int, turning: str) -> None:
    """Years in which the infrastructure's revenue lies beyond what the model can say."""
    text = sheet.build.text
    sheet.put(row, LABEL, text("path.row.beyond"), "body")
    supply = f"{{column}}{head + 3}"
    outside = f"OR({supply}<xlp_path_supply_low,{supply}>xlp_path_supply_high)"
    block = sheet.block(row, FIRST, 1, YEARS + 1, "xlp_path_beyond")
    yes = sheet.build.quoted("choice.yes")
    sheet.fill(block, f'=IF(ISERROR({supply}),"",IF(AND({turning},{outside}),{yes},""))', "caution right")
    sheet.rule(
        sheet.block(head + 3, FIRST, 1, YEARS + 1).area,
        f'{block.near()}<>""',
        differential(CAUTION, bold=True),
    )


# --- behind ---


def _behind(sheet: Sheet, row: int, right: int) -> None:
    text = sheet.build.text
    sheet.ws.row_breaks.append(Break(id=row - 1))
    row = sheet.heading(row, text("path.heading.behind"), right)
    top = row
    for i, (name, decline) in enumerate(DECLINES.items()):
        sheet.put(row + i, LABEL, text(f"path.decline.{name}"), "secondary")
        sheet.across(row + i, UNIT, [i + 1, decline], "technical right")
    count = len(DECLINES)
    sheet.block(top, LABEL, count, 1, "xlp_path_decline_cases")
    sheet.block(top, UNIT, count, 1, "xlp_path_decline_numbers")
    sheet.block(top, FIRST, count, 1, "xlp_path_declines")
    rows: dict[str, str | float] = {
        "company": chosen("xlp_in_path_company", "xlp_company_names", "xlp_numbers_of_companies"),
        "scenario": chosen("xlp_in_path_scenario", "xlp_scenario_names", "xlp_numbers_of_scenarios"),
        "decline_case": chosen(
            "xlp_in_path_decline_case", "xlp_path_decline_cases", "xlp_path_decline_numbers"
        ),
        "annual_decline": "=" + checked(
            "xlp_in_path_annual_decline", "annual_decline", "INDEX(xlp_path_declines,xlp_path_decline_case)"
        ),
        "revenue_growth": "=" + checked("xlp_in_path_revenue_growth", "revenue_growth", "0"),
        "ai_share_growth": "=" + checked("xlp_in_path_ai_share_growth", "ai_share_growth", "0"),
        "supply_low": SUPPLY_RANGE[0],
        "supply_high": SUPPLY_RANGE[1],
        "loses": "=IFERROR(IF(INDEX(xlp_path_base_operating_income,1)<0,1,0),0)",
        "turning": f"=IFERROR(IF(INDEX(xlp_used_ai_supply_revenue_share,{COMPANY})>0,1,0),0)",
        "unavailable": "=IF(ISERROR(INDEX(xlp_path_base_operating_income,1)),1,0)",
        "middle": LEAST_CERTAIN_AFTER,
    }  # fmt: skip
    row += count
    for name, formula in rows.items():
        sheet.put(row, LABEL, text(f"path.behind.{name}"), "secondary")
        style = "technical right" if name in ("company", "scenario") else "secondary any right"
        sheet.put(row, UNIT, formula, style)
        sheet.grey_errors(sheet.block(row, UNIT, 1, 1, f"xlp_path_{name}"))
        row += 1
    row = lay_words(sheet, row, LABEL, UNIT)
    _charts(sheet, row + 1)


def _charts(sheet: Sheet, row: int) -> None:
    """Two charts: the margin against its base, and the changes."""
    build, text = sheet.build, sheet.build.text
    years = build.names["xlp_path_years"]
    company = f"INDEX(xlp_company_names,{COMPANY})"
    words = {
        "level": _title(build, "path.chart.level", company),
        "change": _title(build, "path.chart.change", company),
    }
    places = {}
    for name, formula in words.items():
        sheet.put(row, LABEL, formula, "secondary")
        places[name] = sheet.block(row, LABEL, 1, 1, f"xlp_path_{name}_title")
        row += 1
    place = nth_column(row, FIRST)
    loses, gross = "xlp_path_loses=1", "xlp_path_unavailable=1"

    def pick(line: str) -> str:
        return f"INDEX(xlp_path_{line},{place})"

    rows = {
        "base": (
            f"=100*IF({gross},{pick('base_gross_margin')},{pick('base_operating_margin')})",
            text("path.series.base"),
        ),
        "after": (
            f"=100*IF({gross},{pick('gross_margin')},{pick('operating_margin')})",
            text("path.series.after"),
        ),
        "gross": (f"=IF({loses},NA(),{pick('gross_margin_change')}*10000)", build.label("gross_margin")),
        "operating": (
            f"=IF({loses},{pick('operating_income_change')},{pick('operating_margin_change')}*10000)",
            f"=IF({loses},{build.quoted('path.series.income')},{build.quoted('path.series.margin')})",
        ),
    }
    blocks = {}
    for name, (formula, label) in rows.items():
        sheet.put(row, LABEL, label, "secondary")
        blocks[name] = sheet.block(row, FIRST, 1, YEARS + 1, f"xlp_path_chart_{name}")
        sheet.fill(blocks[name], formula, "secondary any right")
        sheet.grey_errors(blocks[name])
        blocks[f"{name}_label"] = sheet.block(row, LABEL, 1, 1)
        row += 1
    pairs = {
        "level": (("base", GREY, True), ("after", ACCENT, False)),
        "change": (("gross", GREY, False), ("operating", ACCENT, False)),
    }
    for i, (name, marks) in enumerate(pairs.items()):
        series = tuple(
            Series(blocks[key], blocks[f"{key}_label"], color, dashed=dash) for key, color, dash in marks
        )
        Chart(
            "line", places[name], years, series, text("chart.axis.year"), text(f"path.chart.{name}_axis"),
            text(f"path.chart.{name}_alt"), legend=True,
            number="#,##0.0" if name == "level" else "+#,##0.0;-#,##0.0;0",
        ).place(sheet, PANEL, FIRST + (0 if i == 0 else 6), 464 if i == 0 else 384, 248)  # fmt: skip


def _title(build: Build, key: str, company: str) -> str:
    """A chart's title by what is drawn, or the heading where nothing is chosen."""
    fitting = "xlp_path_unavailable" if key.endswith("level") else "xlp_path_loses"
    first, other = (sentence(build, f"{key}.{one}", company=company) for one in ("usual", "other"))
    return f"=IFERROR(IF({fitting}=1,{other},{first}),{build.quoted('path.heading.charts')})"
