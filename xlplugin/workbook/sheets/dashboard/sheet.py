"""Dashboard: one company, two scenarios side by side: key figures, a sentence, four pictures.

What the charts draw is laid below the first view (:mod:`charts`).
"""

from __future__ import annotations

from openpyxl.formatting.rule import ColorScaleRule
from openpyxl.worksheet.pagebreak import Break

from xlplugin.workbook.builder.blocks import letter
from xlplugin.workbook.builder.build import Build
from xlplugin.workbook.builder.open_cells import accept
from xlplugin.workbook.builder.sheet import Sheet
from xlplugin.workbook.sheets.dashboard.charts import figures_of_charts
from xlplugin.workbook.sheets.dashboard.words import flags, heat_title, sentences
from xlplugin.workbook.sheets.results.company_table import coloured

__all__ = ["dashboard"]

LABEL, BASE, A, CHANGE_A, B, CHANGE_B, LESS = range(2, 9)
CHARTS = 10  # first column of the charts, after a gutter
_PIXELS = 70  # width of a column under the charts

#: Axes of the heat map as shipped; the analyst may type others.
_REDUCTIONS = (0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
_PASS_THROUGH = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)

#: Scenario B as shipped, where it is among the scenarios: the one that turns the sign.
_SECOND = "price_war"

CHOICES_ROW, FIGURES_ROW, HEAT_ROW, BEHIND_ROW = 4, 9, 18, 31


def dashboard(build: Build) -> None:
    """Build the sheet."""
    sheet = build.sheet("dashboard")
    sheet.frame(freeze="A3")
    sheet.widths(B=27, I=1.6)
    sheet.width_of(BASE, 6, 10.3)
    sheet.width_of(CHARTS, 8, 9.29)
    sheet.heights[3] = 6
    sheet.master(CHARTS + 7)
    _choices(sheet)
    for row, said in enumerate(sentences(build), CHOICES_ROW + 2):
        sheet.put(row, LABEL, said, "sentence")
    sheet.put(CHOICES_ROW + 4, LABEL, flags(build), "caution")
    _figures(sheet)
    _heat(sheet)
    figures_of_charts(sheet, BEHIND_ROW, CHARTS, FIGURES_ROW, 8 * _PIXELS)
    sheet.ws.row_breaks.append(Break(id=BEHIND_ROW - 1))


# --- what is chosen ---


def _choices(sheet: Sheet) -> None:
    build, text = sheet.build, sheet.build.text
    scenarios = [one.name for one in build.scenarios]
    second = _SECOND if _SECOND in scenarios[1:] else scenarios[1 if len(scenarios) > 1 else 0]
    chosen = (
        ("company", LABEL, 1, build.companies[0], "companies"),
        ("scenario_a", BASE, 3, scenarios[0], "scenarios"),
        ("scenario_b", B, 3, second, "scenarios"),
    )
    for i, (name, column, width, value, of) in enumerate(chosen):
        key = name.replace("scenario", "case")
        sheet.put(CHOICES_ROW, column, text(f"dashboard.choose.{key}"), "secondary")
        sheet.put(CHOICES_ROW + 1, column, value, "input text across" if width > 1 else "input text")
        sheet.across(CHOICES_ROW + 1, column + 1, [None] * (width - 1), "tail across")
        block = sheet.block(CHOICES_ROW + 1, column, 1, 1, f"xlp_in_dashboard_{name}")
        names = {"companies": "xlp_company_names", "scenarios": "xlp_scenario_names"}[of]
        sheet.choose(block, names)
        build.open(f"xlp_in_dashboard_{name}", block, "choice")
        same = f"({names}=xlp_in_dashboard_{name})"
        found = f"SUMPRODUCT({same}*xlp_numbers_of_{of})"  # MATCH would take * and ? for any name
        number = f"=IFERROR(IF(SUMPRODUCT({same}*1)=1,{found},NA()),NA())"
        _behind(
            sheet, i, f"{text(f'dashboard.choose.{key}')}: {text('companies.column.number')}", number, name
        )
    sheet.heights |= {CHOICES_ROW + 1: 18, CHOICES_ROW + 2: 21}


def _behind(sheet: Sheet, i: int, label: str, formula: str, name: str) -> None:
    row = BEHIND_ROW + 1 + i
    sheet.put(row, LABEL, label, "secondary")
    sheet.put(row, BASE, formula, "technical right")
    sheet.grey_errors(sheet.block(row, BASE, 1, 1, f"xlp_dashboard_{name}"))


# --- key figures ---

_COMPANY = "xlp_dashboard_company"


def _of(line: str, case: str) -> str:
    return f"INDEX(xlp_out_{line},{_COMPANY},xlp_dashboard_scenario_{case})"


def _figures(sheet: Sheet) -> None:
    build, text = sheet.build, sheet.build.text
    row = sheet.heading(FIGURES_ROW, text("dashboard.heading.figures"), LESS)
    keys = (
        "column.base",
        "dashboard.choose.case_a",
        "column.change",
        "dashboard.choose.case_b",
        "column.change",
    )
    heads = [text(key) for key in (*keys, "column.difference")]
    sheet.put(
        row,
        LABEL,
        f'=IFERROR(INDEX(xlp_company_names,{_COMPANY})&" "&INDEX(xlp_year_used,{_COMPANY}),"")',
        "header",
    )
    sheet.across(row, BASE, heads, "header right")
    bp, top = f"bp_{build.language}", row + 1
    sheet.block(top, BASE, 7, 6, "xlp_dashboard_figures")
    money = build.label("unit:money")
    rows = (
        (build.label("effective_reduction"), None, "effective_reduction", None, "percent", None),
        (f"{build.label('revenue')}, {money}",
         f"INDEX(xlp_company_status,{_COMPANY})*INDEX(xlp_used_revenue,{_COMPANY})",
         "scenario_revenue", "share", "money", "change_percent2"),
        (build.label("gross_margin"), "gross_margin", "gross_margin", "bp", "percent", bp),
        (build.label("operating_margin"), "operating_margin", "operating_margin", "bp", "percent", bp),
        (f"{build.label('operating_income')}, {money}", "operating_income", "operating_income",
         "money", "money", "bp"),
        (f"{text('column.development')}, {money}", None, None, "development", "money", "bp"),
        (text("dashboard.eps"), "eps", "eps", "eps", "eps", "change_percent2"),
    )  # fmt: skip
    for i, (label, base, line, kind, style, change_style) in enumerate(rows, top):
        sheet.put(i, LABEL, label, "body indent" if kind == "development" else "body")
        base = f"INDEX(xlp_results_base_{base},{_COMPANY})" if base and "(" not in base else base
        sheet.put(i, BASE, f"={base}" if base else None, style)
        for case, column in (("a", A), ("b", B)):
            sheet.put(i, column, f"={_of(line, case)}" if line else None, f"bold {style}")
            change = f"={_change(build, kind, line, case)}" if kind else None
            sheet.put(i, column + 1, change, f"{change_style or 'body'} right")
        less = f"={letter(CHANGE_B)}{i}-{letter(CHANGE_A)}{i}" if kind else None
        if kind == "bp":
            less = f'=IF({_LOSES},"",{less[1:]})'  # type: ignore[index]
        sheet.put(i, LESS, less, f"{change_style or 'body'} right")
    for column in (CHANGE_A, CHANGE_B, LESS):
        coloured(sheet, sheet.block(top, column, len(rows), 1))
    sheet.grey_errors(sheet.block(top, BASE, len(rows), 6))


_LOSES = f"INDEX(xlp_results_loses,{_COMPANY})=1"


def _change(build: Build, kind: str, line: str | None, case: str) -> str:
    if kind == "share":
        return f"{_of('scenario_revenue', case)}/INDEX(xlp_used_revenue,{_COMPANY})-1"
    if kind == "bp":
        return f"IF({_LOSES},{build.quoted('results.in_money')},{_of(f'{line}_change', case)}*10000)"
    if kind == "eps":
        base = f"INDEX(xlp_results_base_eps,{_COMPANY})"
        return f"{_of('eps_change', case)}/IF({base}>0,{base},NA())"
    return _of("bridge_operating_income_development" if kind == "development" else f"{line}_change", case)


# --- heat map ---


def _heat(sheet: Sheet) -> None:
    build, text = sheet.build, sheet.build.text
    rows, columns = len(_PASS_THROUGH), len(_REDUCTIONS)
    sheet.across(HEAT_ROW, LABEL, [heat_title(build), *[None] * (LESS - LABEL)], "heading")
    sheet.heights[HEAT_ROW] = 21
    top = HEAT_ROW + 1
    sheet.put(top, LABEL, text("dashboard.heat.axes"), "header")
    across = sheet.block(top, BASE, 1, columns, "xlp_in_dashboard_reductions")
    down = sheet.block(top + 1, LABEL, rows, 1, "xlp_in_dashboard_pass_through")
    sheet.across(top, BASE, _REDUCTIONS, "input share3 right")
    for i, value in enumerate(_PASS_THROUGH):
        sheet.put(top + 1 + i, LABEL, value, "input share3 right")
    accept(sheet, across, "cost_reduction", "xlp_in_dashboard_reductions")
    accept(sheet, down, "pass_through", "xlp_in_dashboard_pass_through")
    what_if = build.what_if(
        "heat",
        [
            {"company": _COMPANY, "scenario": "xlp_dashboard_scenario_a",
             "input_1": '"cost_reduction"', "value_1": _axis(f"INDEX(xlp_in_dashboard_reductions,1,{j + 1})"),
             "input_2": '"pass_through"', "value_2": _axis(f"INDEX(xlp_in_dashboard_pass_through,{i + 1})")}
            for i in range(rows) for j in range(columns)
        ],
        ("operating_margin_change", "operating_income_change"),
        slots=2,
    )  # fmt: skip
    cells = sheet.block(top + 1, BASE, rows, columns, "xlp_dashboard_heat")
    area = cells.area
    for i in range(rows):
        for j in range(columns):
            margin, income = (
                what_if.at(f"operating_{one}_change", i * columns + j) for one in ("margin", "income")
            )
            sheet.put(top + 1 + i, BASE + j, f"=IF({_LOSES},{income},{margin}*10000)", "bp right")
    sheet.put(top + rows + 1, LABEL, text("dashboard.note.heat"), "note")
    sheet.put(top + rows + 2, LABEL, text("dashboard.note.dagger"), "note")
    most = f"=IFERROR(MAX(MAX({area}),-MIN({area}),1/1000),1)"  # both ends equally far from 0
    _behind(sheet, 3, text("dashboard.heat_most"), most, "heat_most")
    end = f"${letter(BASE)}${BEHIND_ROW + 4}"
    sheet.ws.conditional_formatting.add(
        area,
        ColorScaleRule(
            start_type="formula", start_value=f"-{end}", start_color="FFF0A98A",
            mid_type="num", mid_value=0, mid_color="FFFFFFFF",
            end_type="formula", end_value=end, end_color="FF86C5AC",
        ),
    )  # fmt: skip
    sheet.grey_errors(cells)


def _axis(value: str) -> str:
    """An axis's value; a blank, passed on, would count as 0."""
    return f"IF(ISNUMBER({value}),{value},NA())"
