"""Dashboard: one company, two scenarios side by side: key figures, a sentence, four pictures.

What the charts draw is laid below the first view (:mod:`charts`).
"""

from __future__ import annotations

from xlplugin.workbook.builder.blocks import letter
from xlplugin.workbook.builder.choices import SCENARIOS, chosen
from xlplugin.workbook.builder.draft import Draft
from xlplugin.workbook.builder.open_cells import accept
from xlplugin.workbook.builder.sheet import Sheet
from xlplugin.workbook.sheets.dashboard.charts import figures_of_charts
from xlplugin.workbook.sheets.dashboard.figures import BASE, LABEL, LESS, B, key_figures
from xlplugin.workbook.sheets.dashboard.words import (
    COMPANY,
    LOSES,
    Words,
    heat_title,
    lay_words,
)  # fmt: skip

CHARTS = 10  # first column of the charts, after a gutter
_PIXELS = 70  # width of a column under the charts

#: Axes of the heat map as shipped; the analyst may type others.
_REDUCTIONS = (0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
_PASS_THROUGH = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)

#: Scenario B as shipped, where it is among the scenarios: the one that turns the sign.
_SECOND = "price_war"

CHOICES_ROW, FIGURES_ROW, HEAT_ROW, BEHIND_ROW = 4, 9, 22, 35


def dashboard(build: Draft) -> None:
    """Build the sheet."""
    sheet = build.sheet("dashboard")
    sheet.frame(CHARTS + 7, pages=(1, 1))
    sheet.widths(B=27, I=1.6)
    sheet.width_of(BASE, 6, 10.3)
    sheet.width_of(CHARTS, 8, 9.29)
    sheet.heights[3] = 6
    _choices(sheet)
    key_figures(sheet, FIGURES_ROW)
    _heat(sheet)
    row, left_out = figures_of_charts(sheet, BEHIND_ROW, CHARTS, (FIGURES_ROW, HEAT_ROW), 8 * _PIXELS)
    _, words = lay_words(sheet, row + 1, LABEL, BASE)
    for row, said in enumerate(words.sentences, CHOICES_ROW + 2):
        sheet.put(row, LABEL, f"={said}", "sentence")
    sheet.put(CHOICES_ROW + 4, LABEL, f"={words.flags}", "caution")
    sheet.across(FIGURES_ROW, CHARTS, [f"={words.bridge}", *[None] * 7], "heading")
    _notes(sheet, words, left_out)
    sheet.print_to(BEHIND_ROW - 1, CHARTS + 7)
    sheet.group(BEHIND_ROW, max(sheet.cells))


# --- what is chosen ---


def _choices(sheet: Sheet) -> None:
    build, text = sheet.build, sheet.build.text
    names_of = {scenario.name: build.scenario_label(scenario) for scenario in build.scenarios}
    scenarios = list(names_of.values())
    second = names_of.get(_SECOND, scenarios[1 if len(scenarios) > 1 else 0])
    for i, (name, column, width, value, names) in enumerate((
        ("company", LABEL, 1, build.companies[0], "xlp_company_names"),
        ("scenario_a", BASE, 3, scenarios[0], SCENARIOS),
        ("scenario_b", B, 3, second, SCENARIOS),
    )):  # fmt: skip
        title = text(f"dashboard.choose.{name.replace('scenario', 'case')}")
        sheet.put(CHOICES_ROW, column, title, "secondary")
        style = "input text across" if width > 1 else "input text"
        entry = f"xlp_in_dashboard_{name}"
        block = sheet.named(CHOICES_ROW + 1, column, entry, value, style)
        sheet.across(CHOICES_ROW + 1, column + 1, [None] * (width - 1), "tail across")
        sheet.choose(block, names)
        build.open(entry, block, "choice", names)
        label = f"{title}: {text('companies.column.number')}"
        _behind(sheet, i, label, chosen(entry, names), name)
    sheet.heights |= {CHOICES_ROW + 1: 18, CHOICES_ROW + 2: 21}


def _behind(sheet: Sheet, i: int, label: str, formula: str, name: str) -> None:
    row = BEHIND_ROW + 1 + i
    sheet.put(row, LABEL, label, "secondary")
    sheet.grey_errors(sheet.named(row, BASE, f"xlp_dashboard_{name}", formula, "technical right"))


# --- heat map ---


def _heat(sheet: Sheet) -> None:
    build, text = sheet.build, sheet.build.text
    rows, columns = len(_PASS_THROUGH), len(_REDUCTIONS)
    top = sheet.heading(HEAT_ROW, heat_title(build), LESS)
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
            {"company": COMPANY, "scenario": "xlp_dashboard_scenario_a",
             "input_1": '"cost_reduction"', "value_1": f"INDEX(xlp_in_dashboard_reductions,1,{j + 1})",
             "input_2": '"pass_through"', "value_2": f"INDEX(xlp_in_dashboard_pass_through,{i + 1})"}
            for i in range(rows) for j in range(columns)
        ],
        ("operating_margin_change", "operating_income_change"),
        slots=2,
    )  # fmt: skip
    cells = sheet.block(top + 1, BASE, rows, columns, "xlp_dashboard_heat")
    area = cells.area
    for place in range(rows * columns):
        margin, income = (what_if.at(f"operating_{of}_change", place) for of in ("margin", "income"))
        i, j = divmod(place, columns)
        sheet.put(top + 1 + i, BASE + j, f"=IF({LOSES},{income},{margin}*10000)", "bp right")
    most = f"=IFERROR(MAX(MAX({area}),-MIN({area}),1/1000),1)"  # both ends equally far from 0
    _behind(sheet, 3, text("dashboard.heat_most"), most, "heat_most")
    end = f"${letter(BASE)}${BEHIND_ROW + 4}"
    sheet.heat(cells, f"-{end}", end)
    sheet.grey_errors(cells)


def _notes(sheet: Sheet, words: Words, left_out: str) -> None:
    """Lay the notes under the heat map: what has no effect, and who is not drawn."""
    row, dagger = HEAT_ROW + len(_PASS_THROUGH) + 2, sheet.build.quoted("dashboard.note.dagger")
    sheet.put(row, LABEL, f'={words.heat_note}&" "&{words.flat}', "note")
    sheet.put(row + 1, LABEL, f'={dagger}&" "&{left_out}', "note")
