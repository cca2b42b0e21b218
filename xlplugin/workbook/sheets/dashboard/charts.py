"""The Dashboard's charts and the figures that they draw, below the first view."""

from __future__ import annotations

from xlplugin.model.lines import BARS
from xlplugin.workbook.builder.amounts import lay_amount
from xlplugin.workbook.builder.build import FREE_COMPANIES
from xlplugin.workbook.builder.case_words import is_own
from xlplugin.workbook.builder.charts import Chart, Series
from xlplugin.workbook.builder.look import ACCENT, CAUTION, GAIN, GREY, LOSS
from xlplugin.workbook.builder.sheet import Sheet
from xlplugin.workbook.builder.texts import literal
from xlplugin.workbook.builder.words import percent, sentence, tenths
from xlplugin.workbook.sheets.dashboard.words import COMPANY, base_of, out
from xlplugin.workbook.sheets.results.company_table import loses
from xlplugin.workbook.sheets.results.workings import change

#: Points of the curve of margin against cost reduction: 0% to 95%.
_STEPS = 20

_SCENARIO = "xlp_dashboard_scenario_a"

#: The height of a row, in pixels.
_ROW = 21

#: More companies than this are not read in a chart: those that move most are shown.
_MOST_BARS = 12


def figures_of_charts(
    sheet: Sheet, row: int, left: int, tops: tuple[int, int], width: int
) -> tuple[int, str]:
    """Lay the figures from ``row``, and the charts under the headings in the two rows of ``tops``.

    Returns the next row, and the cell that says which companies are not drawn.
    """
    text = sheet.build.text
    sheet.across(row, 2, [text("dashboard.heading.behind"), *[None] * (left + 6)], "heading")
    row += 6
    row, bridge = _bridge(sheet, row)
    row, bars, left_out = _bars(sheet, row + 1)
    row, curve = _curve(sheet, row + 1)
    upper, lower = tops
    sheet.draw(bridge, upper + 1, left, width, (lower - upper - 1) * _ROW)
    for column, key in ((left, "companies"), (left + 4, "curve")):
        blank = [None] * 3
        sheet.across(lower, column, [text(f"chart.{key}.heading"), *blank], "heading")
    sheet.draw(bars, lower + 1, left, width // 2 - 3, 10 * _ROW)
    sheet.draw(curve, lower + 1, left + 4, width // 2, 10 * _ROW)
    return row, left_out


# --- bridge ---

_BRIDGE = "bridge_operating_income_"

#: Where the parts of the bars begin: under the charts, after the gutter.
PARTS = 10
_PARTS = ("below", "above", "gain", "gain_below", "loss", "loss_below", "total", "total_below")


def _bridge(sheet: Sheet, row: int) -> tuple[int, Chart]:
    """Each cause as a bar from where the last one ended; the part below zero is drawn apart.

    Causes that do nothing leave: the chart draws a list of the others, the sum at its end.
    """
    text = sheet.build.text
    ends = [f"={base_of('operating_income')}", f"={out('operating_income', 'a')}"]
    sheet.across(row, PARTS, ends, "secondary money")
    sheet.grey_errors(sheet.block(row, PARTS, 1, 2, "xlp_dashboard_bridge_ends"))
    height = len(BARS) + 1
    _causes(sheet, row, height)
    names, amounts = (f"${at}${row + 1}:${at}${row + height}" for at in "BC")
    row += height + 1
    heads = ("chart.axis.cause", *(f"dashboard.part.{part}" for part in ("amount", "start", "end", "rank")))
    sheet.across(row, 2, [text(head) for head in heads], "header wrap_right")
    sheet.across(row, PARTS, [text(f"dashboard.part.{part}") for part in _PARTS], "header wrap_right")
    sheet.heights[row] = 42
    top = row + 1
    for i in range(top, top + height):
        _bridge_row(sheet, i, top, names, amounts)
    parts = sheet.block(top, PARTS, height, len(_PARTS), "xlp_dashboard_bridge_parts")
    colors = (None, None, GAIN, GAIN, LOSS, LOSS, ACCENT, ACCENT)
    series = tuple(
        Series(parts.column(i), text(f"dashboard.part.{part}"), color)
        for i, (part, color) in enumerate(zip(_PARTS, colors, strict=True))
    )
    chart = Chart(
        "column", "", sheet.block(top, 2, height, 1, "xlp_dashboard_bridge_shown"), series, "", "",
        text("chart.bridge.alt"), stacked=True, number="[>=1000]#,##0;[<0](General);General", size=700,
    )  # fmt: skip
    return top + height, chart


def _causes(sheet: Sheet, row: int, height: int) -> None:
    """Lay every cause and the sum: name and amount in words, amount, its place where it does something."""
    text, top = sheet.build.text, row + 1
    heads = ("chart.axis.cause", "dashboard.part.amount", "dashboard.part.rank")
    sheet.across(row, 2, [text(head) for head in heads], "header wrap_right")
    for i, name in enumerate((*BARS, "operating_income_change"), top):
        key = "total" if i == top + height - 1 else name.removeprefix(_BRIDGE)
        shown = text(f"dashboard.cause.{key}")
        lay_amount(sheet, i, PARTS, f"C{i}", None)
        sheet.put(i, 2, f"=IFERROR({literal(shown + ' ')}&$J{i},{literal(shown)})", "body")
        sheet.put(i, 3, f"={out(name, 'a')}", "change_money")
        test = f"ISNUMBER(C{i})" if key == "total" else f"ROUND(C{i},1)<>0"
        sheet.put(i, 4, f'=IFERROR(IF({test},ROWS(D${top}:D{i}),""),"")', "technical right")
    sheet.grey_errors(sheet.block(top, 3, height, 1, "xlp_dashboard_bridge"))


def _bridge_row(sheet: Sheet, row: int, top: int, names: str, amounts: str) -> None:
    """Lay the next bar that is drawn: where it starts and ends, its parts; blank where there is none."""
    places = amounts.replace("$C$", "$D$")
    sheet.put(row, 6, f'=IFERROR(SMALL({places},ROWS(F${top}:F{row})),"")', "technical right")
    none, last = f'IF($F{row}="","",', f"$F{row}=ROWS({amounts})"
    sheet.put(row, 2, f"={none}INDEX({names},$F{row}))", "body")
    start = "0" if row == top else f"IF({last},0,E{row - 1})"
    values = (f"INDEX({amounts},$F{row})", start, f"D{row}+C{row}")
    sheet.across(row, 3, [f"={none}{value})" for value in values], "change_money")
    low, high = f"MIN(D{row},E{row})", f"MAX(D{row},E{row})"
    over, under = f"MAX({high},0)-MAX({low},0)", f"MIN({low},0)-MIN({high},0)"
    parts = [f"MIN({high},0)", f"MAX({low},0)"]
    for test in (f"C{row}>=0", f"C{row}<0"):
        parts += [f"IF({last},0,IF({test},{part},0))" for part in (over, under)]
    parts += [f"IF({last},{part},0)" for part in (over, under)]
    sheet.across(row, PARTS, [f"={none}{part})" for part in parts], "secondary change_money")


# --- companies ---


def _bars(sheet: Sheet, row: int) -> tuple[int, Chart, str]:
    """The change at each company, the largest first, those with an own entry marked.

    Returns the next row, the chart, and the cell that says who is not drawn.
    """
    build, text = sheet.build, sheet.build.text
    order = [*range(1, build.listed + 1), *(len(build.companies) + 1 + i for i in range(FREE_COMPANIES))]
    shown = min(len(order), _MOST_BARS)
    heads = ("column.company", "column.change_bp", "dashboard.part.rank", "column.own",
             "chart.companies.names", "chart.axis.reduction")  # fmt: skip
    sheet.across(row + 1, 2, [text(head) for head in heads], "header wrap_right")
    sheet.heights[row + 1] = 42
    places = ("dashboard.part.shown", "column.change_bp", "chart.series.gain", "chart.series.loss")
    for column, one in zip((10, 13, 14, 15), places, strict=True):
        sheet.put(row + 1, column, text(one), "header" if column == 10 else "header wrap_right")
    top = row + 2
    for i, number in enumerate(order, top):
        _company(sheet, i, top, str(number), most=shown < len(order))
    values, keys, names, words = (f"${at}${top}:${at}${top + len(order) - 1}" for at in "CDBF")
    for i in range(top, top + shown):
        place = f"MATCH(LARGE({keys},ROWS(J${top}:J{i})),{keys},0)"
        sheet.put(i, 16, f'=IFERROR({place},"")', "technical right")
        sheet.put(i, 13, f'=IF($P{i}="","",INDEX({values},$P{i}))', "bp")
        told = {"company": f"INDEX({names},$P{i})", "change": tenths(build, f"M{i}", True)}
        said = sentence(build, "chart.companies.plain", **told)
        sheet.put(i, 10, f'=IF($P{i}="","",{said}&$Q{i})', "body")
        sheet.put(i, 17, f'=IF($P{i}="","",INDEX({words},$P{i}))', "technical")
        sheet.put(i, 14, f'=IF(M{i}="","",MAX(M{i},0))', "bp")
        sheet.put(i, 15, f'=IF(M{i}="","",MIN(M{i},0))', "bp")
    sheet.block(top, 10, shown, 6, "xlp_dashboard_bars")
    gain, loss = sheet.block(top, 14, shown, 1), sheet.block(top, 15, shown, 1)
    chart = Chart(
        "bar", "", sheet.block(top, 10, shown, 1),
        (Series(gain, text("chart.series.gain"), GAIN), Series(loss, text("chart.series.loss"), LOSS)),
        "", "", text("chart.companies.alt"), stacked=True,
        number="[>=1000]#,##0;[<0]-General;General",
    )  # fmt: skip
    last = top + len(order)
    out_of = f"$G${last - 1}"
    said = sentence(build, "chart.companies.left_out", companies=out_of)
    sheet.put(last, 2, f'=IF({out_of}="","",{said})', "secondary")
    return last + 1, chart, f"$B${last}"


def _company(sheet: Sheet, row: int, top: int, number: str, most: bool) -> None:
    """Lay a company's change, its rank, whether its reduction is the analyst's own, and who is left out."""
    build = sheet.build
    dagger = f'IF(INDEX(xlp_results_turning,{number})=1," †","")'
    mark = f'IF({build.on_general(number)}," ‡",{dagger})'
    sheet.put(row, 2, f"=INDEX(xlp_company_names,{number})&{mark}", "secondary")
    value = f"ROUND({change('operating_margin_change', number, _SCENARIO)},9)"
    sheet.put(row, 3, f'=IF({loses(number)},"",IFERROR({value},""))', "bp")
    size = f"ABS(C{row})" if most else f"C{row}"
    sheet.put(row, 4, f'=IF(C{row}="","",{size}-ROWS(D${top}:D{row})/10000/10000/100)', "technical right")
    reduction = f"100*INDEX(xlp_used_cost_reduction,{number},{_SCENARIO})"
    sheet.put(row, 5, f'=IF({is_own(number, _SCENARIO)}=1,IFERROR({reduction},""),"")', "technical right")
    told = percent(build, f"E{row}", short=True)
    own = sentence(build, "chart.companies.own", reduction=f"$H{row}")
    sheet.put(row, 8, f'=IF(E{row}="","",{told})', "technical right")
    sheet.put(row, 6, f'=IF(E{row}="","",{own})', "technical right")
    before = f"G{row - 1}" if row > top else '""'
    missing = f'AND(INDEX(xlp_companies,{number})<>"",C{row}="")'
    more = f'{before}&IF({before}="","",", ")&INDEX(xlp_company_names,{number})'
    sheet.put(row, 7, f"=IF({missing},{more},{before})", "technical")


# --- curve ---


def _curve(sheet: Sheet, row: int) -> tuple[int, Chart]:
    build, text = sheet.build, sheet.build.text
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
        "scatter", "", points, series, text("chart.axis.reduction"), "",
        text("chart.curve.alt"), legend=True, number="0.0##%", category_number="0%",
    )  # fmt: skip
    return top + _STEPS, chart
