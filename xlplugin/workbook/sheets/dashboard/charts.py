"""The Dashboard's charts and the figures that they draw, below the first view."""

from __future__ import annotations

from xlplugin.model.lines import BARS
from xlplugin.workbook.builder.blocks import Block
from xlplugin.workbook.builder.build import FREE_COMPANIES, Build
from xlplugin.workbook.builder.charts import Chart, Series
from xlplugin.workbook.builder.sheet import Sheet
from xlplugin.workbook.builder.styles import ACCENT, CAUTION, GAIN, GREY, LOSS
from xlplugin.workbook.builder.texts import literal
from xlplugin.workbook.builder.words import sentence, tenths, thousands
from xlplugin.workbook.sheets.dashboard.words import (
    COMPANY,
    COMPANY_NAME,
    CURRENCY,
    base_of,
    out,
    scenario_label,
)
from xlplugin.workbook.sheets.results.workings import change

#: Points of the curve of margin against cost reduction: 0% to 95%.
_STEPS = 20

#: More companies than this are not read in a chart: those that move most are shown.
_MOST_BARS = 12


def figures_of_charts(sheet: Sheet, row: int, left: int, top: int, width: int) -> None:
    """Lay the figures from ``row`` and place the charts in two rows from (``top``, ``left``)."""
    text = sheet.build.text
    sheet.across(row, 2, [text("dashboard.heading.behind"), *[None] * (left + 6)], "heading")
    row += 6
    row, bridge = _bridge(sheet, row)
    row, bars = _bars(sheet, row + 1)
    row, curve = _curve(sheet, row + 1)
    bridge.place(sheet, top, left, width, 213)
    bars.place(sheet, top + 10, left, width // 2 - 3, 207)
    curve.place(sheet, top + 10, left + 4, width // 2, 207)


def _title(sheet: Sheet, row: int, formula: str) -> Block:
    sheet.put(row, 2, f"={formula}", "subheading")
    return sheet.block(row, 2, 1, 1)


def _or(build: Build, said: str) -> str:
    return f"IFERROR({said},{build.quoted('dashboard.sentence.choose')})"


# --- bridge ---

_BRIDGE = "bridge_operating_income_"

#: Where the parts of the bars begin: under the charts, after the gutter.
PARTS = 10
_PARTS = ("below", "above", "gain", "gain_below", "loss", "loss_below", "total", "total_below")


def _bridge(sheet: Sheet, row: int) -> tuple[int, Chart]:
    """Each cause as a bar from where the last one ended; the part below zero is drawn apart."""
    build, text = sheet.build, sheet.build.text
    base, after = f"J{row}", f"K{row}"  # the title's figures, beside it
    sheet.put(row, 10, f"={base_of('operating_income')}", "secondary money")
    sheet.put(row, 11, f"={out('operating_income', 'a')}", "secondary money")
    sheet.grey_errors(sheet.block(row, 10, 1, 2, "xlp_dashboard_bridge_ends"))
    told = {"company": COMPANY_NAME, "currency": CURRENCY}
    told |= {"base": thousands(build, base), "after": thousands(build, after)}
    title = _title(sheet, row, _or(build, sentence(build, "chart.bridge.heading", **told)))
    heads = ("chart.axis.cause", *(f"dashboard.part.{part}" for part in ("amount", "start", "end")))
    sheet.across(row + 1, 2, [text(head) for head in heads], "header wrap_right")
    sheet.across(row + 1, PARTS, [text(f"dashboard.part.{part}") for part in _PARTS], "header wrap_right")
    sheet.heights[row + 1] = 42
    top, height = row + 2, len(BARS) + 1
    for i, name in enumerate(BARS, top):
        _bridge_row(sheet, i, name, "=0" if i == top else f"=E{i - 1}", last=False)
    _bridge_row(sheet, top + height - 1, "operating_income_change", "=0", last=True)
    amounts = sheet.block(top, 3, height, 3)
    sheet.block(top, 3, height, 1, "xlp_dashboard_bridge")
    parts = sheet.block(top, PARTS, height, len(_PARTS), "xlp_dashboard_bridge_parts")
    sheet.grey_errors(amounts, parts)
    colors = (None, None, GAIN, GAIN, LOSS, LOSS, ACCENT, ACCENT)
    series = tuple(
        Series(parts.column(i), text(f"dashboard.part.{part}"), color)
        for i, (part, color) in enumerate(zip(_PARTS, colors, strict=True))
    )
    chart = Chart(
        "column", title, sheet.block(top, 2, height, 1), series, "", text("chart.axis.money"),
        text("chart.bridge.alt"), stacked=True, number="#,##0;(#,##0);0", size=700,
    )  # fmt: skip
    return top + height, chart


def _bridge_row(sheet: Sheet, row: int, name: str, start: str, last: bool) -> None:
    """Lay a cause: its name with the amount, where its bar starts and ends, and the parts of the bar."""
    text = sheet.build.text
    shown = text("dashboard.cause.total" if last else f"dashboard.cause.{name.removeprefix(_BRIDGE)}")
    amount = tenths(sheet.build, f"C{row}", True)
    sheet.put(row, 2, f"=IFERROR({literal(shown + ' ')}&{amount},{literal(shown)})", "body")
    sheet.across(row, 3, [f"={out(name, 'a')}", start, f"=D{row}+C{row}"], "change_money")
    low, high = f"MIN(D{row},E{row})", f"MAX(D{row},E{row})"
    over, under = f"MAX({high},0)-MAX({low},0)", f"MIN({low},0)-MIN({high},0)"
    rises, falls = ("FALSE", "FALSE") if last else (f"C{row}>=0", f"C{row}<0")
    parts = (
        f"MIN({high},0)", f"MAX({low},0)", f"IF({rises},{over},0)", f"IF({rises},{under},0)",
        f"IF({falls},{over},0)", f"IF({falls},{under},0)", over if last else "0", under if last else "0",
    )  # fmt: skip
    sheet.across(row, PARTS, [f"={part}" for part in parts], "secondary change_money")


# --- companies ---


def _bars(sheet: Sheet, row: int) -> tuple[int, Chart]:
    build, text = sheet.build, sheet.build.text
    said = sentence(build, "chart.companies.heading", scenario=scenario_label("a"))
    title = _title(sheet, row, _or(build, said))
    order = [*range(1, build.listed + 1), *(len(build.companies) + 1 + i for i in range(FREE_COMPANIES))]
    shown = min(len(order), _MOST_BARS)
    heads = [text("column.company"), text("column.change_bp"), text("dashboard.part.rank")]
    sheet.across(row + 1, 2, heads, "header")
    places = ("dashboard.part.shown", "column.change_bp", "chart.series.gain", "chart.series.loss")
    for column, one in zip((10, 13, 14, 15), places, strict=True):
        sheet.put(row + 1, column, text(one), "header" if column == 10 else "header right")
    top = row + 2
    values, keys = (f"${at}${top}:${at}${top + len(order) - 1}" for at in "CD")
    for i, number in enumerate(order, top):
        dagger = f'IF(INDEX(xlp_results_turning,{number})=1," †","")'
        mark = f'IF({build.on_general(str(number))}," ‡",{dagger})'
        sheet.put(i, 2, f"=INDEX(xlp_company_names,{number})&{mark}", "secondary")
        value = f"ROUND({change('operating_margin_change', str(number), 'xlp_dashboard_scenario_a')},9)"
        sheet.put(i, 3, f'=IF(INDEX(xlp_results_loses,{number})=1,"",IFERROR({value},""))', "bp")
        size = f"C{i}" if shown == len(order) else f"ABS(C{i})"
        sheet.put(i, 4, f'=IF(C{i}="","",{size}-ROWS(D${top}:D{i})/10000/10000/100)', "technical right")
    for i in range(top, top + shown):
        place = f"MATCH(LARGE({keys},ROWS(J${top}:J{i})),{keys},0)"
        name = f"INDEX($B${top}:$B${top + len(order) - 1},{place})"
        sheet.put(i, 13, f'=IFERROR(INDEX({values},{place}),"")', "bp")
        sheet.put(i, 10, f'=IFERROR({name}&" "&{tenths(build, f"M{i}", True)},"")', "body")
        sheet.put(i, 14, f'=IF(M{i}="","",MAX(M{i},0))', "bp")
        sheet.put(i, 15, f'=IF(M{i}="","",MIN(M{i},0))', "bp")
    sheet.block(top, 10, shown, 6, "xlp_dashboard_bars")
    gain, loss = sheet.block(top, 14, shown, 1), sheet.block(top, 15, shown, 1)
    chart = Chart(
        "bar", title, sheet.block(top, 10, shown, 1),
        (Series(gain, text("chart.series.gain"), GAIN), Series(loss, text("chart.series.loss"), LOSS)),
        "", text("chart.axis.change_bp"), text("chart.companies.alt"), stacked=True,
        number="#,##0;-#,##0;0",
    )  # fmt: skip
    return top + len(order), chart


# --- curve ---


def _curve(sheet: Sheet, row: int) -> tuple[int, Chart]:
    build, text = sheet.build, sheet.build.text
    title = _title(sheet, row, _or(build, sentence(build, "chart.curve.heading", company=COMPANY_NAME)))
    top = row + 2
    head = sheet.block(row + 1, 3, 1, 3)
    sheet.put(row + 1, 2, text("chart.axis.reduction"), "header")
    names = ("chart.series.base", "dashboard.choose.case_a", "dashboard.choose.case_b")
    sheet.across(row + 1, 3, [text(name) for name in names], "header right")
    for i in range(_STEPS):
        sheet.put(top + i, 2, i / _STEPS, "percent0")
    points = sheet.block(top, 2, _STEPS, 1, "xlp_dashboard_curve_reductions")
    cases = ("a", "b")
    what_if = build.what_if(
        "curve",
        [
            {"company": COMPANY, "scenario": f"xlp_dashboard_scenario_{case}",
             "input_1": '"cost_reduction"', "value_1": f"INDEX(xlp_dashboard_curve_reductions,{i + 1})"}
            for case in cases for i in range(_STEPS)
        ],
        ("operating_margin",),
    )  # fmt: skip
    for i in range(_STEPS):
        sheet.put(top + i, 3, f"={base_of('operating_margin')}", "percent")
        for c in range(len(cases)):
            sheet.put(top + i, 4 + c, f"={what_if.at('operating_margin', c * _STEPS + i)}", "percent")
    block = sheet.block(top, 3, _STEPS, 3, "xlp_dashboard_curve")
    sheet.grey_errors(block)
    looks = ((GREY, 1.25, True), (ACCENT, 2.25, False), (CAUTION, 2.25, False))
    series = tuple(
        Series(block.column(i), head.column(i), color, line, dashed)
        for i, (color, line, dashed) in enumerate(looks)
    )
    chart = Chart(
        "scatter", title, points, series, text("chart.axis.reduction"), text("chart.axis.margin"),
        text("chart.curve.alt"), legend=True, number="0.0%", category_number="0%",
    )  # fmt: skip
    return top + _STEPS, chart
