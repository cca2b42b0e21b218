"""Sensitivity: a two-way grid and a tornado for one company, scenario and measure, all in live formulas.

What they are read from is laid below them (:mod:`workings`) and on Workings.
"""

from __future__ import annotations

from xlplugin.workbook.builder.blocks import letter, nth_row
from xlplugin.workbook.builder.charts import Chart, Series
from xlplugin.workbook.builder.choices import offer
from xlplugin.workbook.builder.draft import Draft
from xlplugin.workbook.builder.look import ACCENT, GREY
from xlplugin.workbook.builder.sheet import FIRST_ROW, Sheet
from xlplugin.workbook.builder.words import sentence
from xlplugin.workbook.sheets.sensitivity.grid import COLUMNS, ROWS, by_measure, by_unit, lay_axes, lay_grid
from xlplugin.workbook.sheets.sensitivity.lists import ASSUMPTIONS, CHOICES, MEASURES, lay_lists
from xlplugin.workbook.sheets.sensitivity.runs import lay_ranges, lay_reductions, lay_runs
from xlplugin.workbook.sheets.sensitivity.words import lay_sentences, told
from xlplugin.workbook.sheets.sensitivity.workings import COMPANY, SCENARIO

PANEL, OWN, GRID, SIDE = 2, 4, 6, 14
HEADINGS = FIRST_ROW + 4
TABLE = HEADINGS + 14
BEHIND = TABLE + len(ASSUMPTIONS) + 6

#: Bars that the chart has room for; the table below it holds all.
_BARS = 12

_TEXTS = {"row_lever": "rows", "column_lever": "columns"}
_LEVERS = ("cost_reduction", "pass_through")


def sensitivity(build: Draft) -> None:
    """Build the sheet."""
    sheet = build.sheet("sensitivity")
    sheet.frame(SIDE + 2, pages=(1, 1))
    sheet.widths(B=34, C=1.5, D=8.6, E=8.6, M=1.5, N=35, O=11, P=13)
    sheet.width_of(GRID, COLUMNS, 8.2)
    sheet.heights[3] = 6
    _panel(sheet)
    workings = lay_lists(sheet, BEHIND, SIDE + 2)
    lay_ranges(workings)
    lay_runs(workings)
    lay_axes(workings)
    lay_grid(sheet, workings, HEADINGS + 2, OWN)
    told(workings)
    workings.row += 1
    words = lay_sentences(workings)
    lay_reductions(workings)
    for row, said in enumerate(words.sentences, FIRST_ROW):
        sheet.put(row, PANEL, f"={said}", "sentence")
    sheet.put(FIRST_ROW + 3, PANEL, f"={words.careful}", "caution")
    sheet.across(HEADINGS, SIDE, [f"={words.chart}", None, None], "heading")
    _around_grid(sheet, words.flat)
    _table(sheet)
    _fixed(sheet)
    _chart(sheet, workings.row + 1)
    sheet.print_to(BEHIND - 1, SIDE + 2)
    sheet.group(BEHIND, max(sheet.cells))


def _headings(sheet: Sheet) -> None:
    text = sheet.build.text
    for left, right, key in (
        (PANEL, PANEL, "choose"),
        (OWN, GRID + COLUMNS - 1, "grid"),
        (SIDE, SIDE + 2, "tornado"),
    ):
        sheet.heading(HEADINGS, text(f"sensitivity.heading.{key}"), right, left=left)


def _panel(sheet: Sheet) -> None:
    build, text = sheet.build, sheet.build.text
    _headings(sheet)
    unit = build.label("unit:basis points")
    values = {
        "company": build.companies[0],
        "scenario": build.scenario_label(build.scenarios[0]),
        "measure": f"{build.label(MEASURES[0])}, {unit}",
        "row_lever": build.label(_LEVERS[0]),
        "column_lever": build.label(_LEVERS[1]),
    }
    row = HEADINGS + 1
    for name, names in CHOICES.items():
        sheet.put(row, PANEL, text(f"sensitivity.choose.{_TEXTS.get(name, name)}"), "secondary")
        offer(sheet, row + 1, PANEL, values[name], f"sensitivity_{name}", names)
        row += 2
    sheet.put(row, PANEL, f'=IFERROR(INDEX(xlp_scenario_labels,1,{SCENARIO}),"")', "note")


def _around_grid(sheet: Sheet, flat: str) -> None:
    build, text = sheet.build, sheet.build.text
    levers = {
        axis: f"INDEX(xlp_sensitivity_levers,xlp_sensitivity_{axis}_lever)" for axis in ("row", "column")
    }
    said = sentence(build, "sensitivity.grid.axes", rows=levers["row"], columns=levers["column"])
    sheet.put(HEADINGS + 1, OWN, f'=IFERROR({said},"")', "bold")
    sheet.put(HEADINGS + 2, OWN, text("sensitivity.grid.own"), "note")
    sheet.put(HEADINGS + 3, OWN, text("sensitivity.grid.own_short"), "header note")
    sheet.put(HEADINGS + 3, OWN + 1, "=xlp_sensitivity_unit", "header right")
    note = build.quoted("sensitivity.note.grid")
    sheet.put(HEADINGS + 4 + ROWS, OWN, f'=IF({flat}="",{note},{flat})', "note")
    sheet.put(HEADINGS + 5 + ROWS, OWN, text("sensitivity.note.own"), "note")


def _table(sheet: Sheet) -> None:
    """The tornado as a table, largest swing first."""
    text = sheet.build.text
    heading, note = text("sensitivity.heading.table"), text("sensitivity.note.tornado")
    sheet.heading(TABLE, heading, GRID + COLUMNS - 1, note, left=PANEL)
    head, top, count = TABLE + 2, TABLE + 3, len(ASSUMPTIONS)
    heads = [text("sensitivity.column.assumption"), None]
    sheet.across(head, PANEL, heads, "header")
    words = ("column.low", "column.used", "column.high",
             "sensitivity.column.at_low", "sensitivity.column.at_base",
             "sensitivity.column.at_high", "sensitivity.column.swing")  # fmt: skip
    sheet.across(head, OWN, [text(word) for word in words], "header wrap_right")
    sheet.across(head, OWN + 7, [text("column.basis"), None], "header indent")
    sheet.heights[head] = 30
    place = nth_row(top)
    number = f"MATCH({place},xlp_sensitivity_ranks,0)"
    bars = sheet.block(top, PANEL, count, 1, "xlp_sensitivity_bars_assumptions")
    sheet.fill(bars, f'=IFERROR(INDEX(xlp_sensitivity_levers,{number}),"")', "body")
    columns = (
        ("lows", "elasticity"), ("uses", "elasticity"), ("highs", "elasticity"),
        ("at_lows", "bp"), ("", "bp"), ("at_highs", "bp"), ("swings", "money1"),
    )  # fmt: skip
    for column, (key, style) in enumerate(columns, OWN):
        value = f"INDEX(xlp_sensitivity_{key},{number})" if key else "xlp_sensitivity_case"
        block = sheet.block(top, column, count, 1, f"xlp_sensitivity_bars_{key or 'case'}")
        sheet.lay(block, f'=IF($B{{row}}="","",{value})', f"{style} right")
    first = f"MATCH(ROWS($B${top}:$B{top}),xlp_sensitivity_ranks,0)"
    share = f'IF($B{top}="",0,INDEX(xlp_sensitivity_shares,{first}))'
    by_unit(sheet, sheet.block(top, OWN, count, 3), share)
    by_measure(sheet, sheet.block(top, OWN + 3, count, 3))
    by_measure(sheet, sheet.block(top, OWN + 6, count, 1), signed=False)
    basis = sheet.block(top, OWN + 7, count, 1, "xlp_sensitivity_bars_basis")
    sheet.fill(basis, f'=IF($B{{row}}="","",INDEX(xlp_sensitivity_bases,{number}))', "secondary indent")


def _fixed(sheet: Sheet) -> None:
    """What the scenario or an entry fixes, with its value."""
    build, text = sheet.build, sheet.build.text
    sheet.across(TABLE, SIDE, [text("sensitivity.heading.fixed"), None, None], "heading")
    head, top, count = TABLE + 2, TABLE + 3, len(ASSUMPTIONS)
    sheet.put(head, SIDE, text("column.lever"), "header wrap_left")
    sheet.put(head, SIDE + 1, text("sensitivity.column.value"), "header wrap_right")
    sheet.put(head, SIDE + 2, text("sensitivity.column.by"), "header wrap_indent")
    names = letter(SIDE)
    number = f"MATCH({nth_row(top, SIDE)},xlp_sensitivity_fixed_order,0)"
    levers = sheet.block(top, SIDE, count, 1, "xlp_sensitivity_fixed_levers")
    sheet.fill(levers, f'=IFERROR(INDEX(xlp_sensitivity_levers,{number}),"")', "body")
    values = sheet.block(top, SIDE + 1, count, 1, "xlp_sensitivity_fixed_values")
    sheet.lay(values, f'=IF(${names}{{row}}="","",INDEX(xlp_sensitivity_uses,{number}))', "elasticity right")
    first = f"MATCH(ROWS(${names}${top}:${names}{top}),xlp_sensitivity_fixed_order,0)"
    by_unit(sheet, values, f'IF(${names}{top}="",0,INDEX(xlp_sensitivity_shares,{first}))')
    cost = ASSUMPTIONS.index("cost_reduction") + 1
    typed = f'AND({number}={cost},INDEX(xlp_in_cost_reduction,{COMPANY},{SCENARIO})<>"")'
    by = f"IF({typed},{build.quoted('sensitivity.by.entry')},{build.quoted('sensitivity.by.scenario')})"
    sheet.fill(sheet.block(top, SIDE + 2, count, 1), f'=IF(${names}{{row}}="","",{by})', "secondary indent")


def _chart(sheet: Sheet, row: int) -> None:
    text = sheet.build.text
    ends = (text(f"chart.series.{end}") for end in ("low", "high"))
    sheet.across(row + 1, PANEL, [text("sensitivity.column.assumption"), None, *ends], "header")
    top = row + 2
    names = sheet.block(top, PANEL, _BARS, 1)
    sheet.fill(names, f'=INDEX(xlp_sensitivity_bars_assumptions,{nth_row(top)})&""', "secondary")
    series = []
    for column, (end, color) in enumerate((("low", GREY), ("high", ACCENT)), OWN):
        block = sheet.block(top, column, _BARS, 1, f"xlp_sensitivity_chart_{end}")
        value = f"INDEX(xlp_sensitivity_bars_at_{end}s,{nth_row(top)})"
        sheet.lay(block, f'=IF($B{{row}}="",NA(),{value}-xlp_sensitivity_case)', "secondary any")
        series.append(Series(block, text(f"chart.series.{end}"), color))
    tornado = Chart(
        "bar", "", names, tuple(series), "", "",
        text("chart.tornado.alt"), legend=True, number="+General;-General;0",
        gap=40, overlap=100,
    )  # fmt: skip
    sheet.draw(tornado, HEADINGS + 1, SIDE, 430, 252)
