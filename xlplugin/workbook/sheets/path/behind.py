"""What Path stands on, below its table: the choice as numbers, what is checked, and the charts' figures."""

from __future__ import annotations

from xlplugin.model.inputs import INPUTS
from xlplugin.model.years import DECLINES, LEAST_CERTAIN_AFTER, SUPPLY_RANGE
from xlplugin.workbook.builder.blocks import nth_column
from xlplugin.workbook.builder.charts import Chart, Series
from xlplugin.workbook.builder.choices import SCENARIOS, chosen
from xlplugin.workbook.builder.look import ACCENT, GREY
from xlplugin.workbook.builder.open_cells import checked
from xlplugin.workbook.builder.sheet import FIRST_ROW, Sheet
from xlplugin.workbook.sheets.path.words import COMPANY, SCENARIO, Words, lay_words

__all__ = ["FIRST", "LABEL", "PANEL", "SCENARIO", "SECOND_CHART", "UNIT", "YEARS", "lay_behind"]

LABEL, UNIT, FIRST = 2, 3, 4
YEARS = int(INPUTS["years"].default or 0)
PANEL = FIRST_ROW + 4

#: Column of the second chart.
SECOND_CHART = FIRST + 6


def lay_behind(sheet: Sheet, row: int, right: int) -> Words:
    """Lay what the table and the charts stand on from ``row``, and the charts; return what is said."""
    text = sheet.build.text
    sheet.print_to(row - 1, right)
    top = row
    row = sheet.heading(row, text("path.heading.behind"), right)
    for i, (name, decline) in enumerate(DECLINES.items()):
        sheet.put(row + i, LABEL, text(f"path.decline.{name}"), "secondary")
        sheet.across(row + i, UNIT, [i + 1, decline], "technical right")
    for column, name in ((LABEL, "decline_cases"), (UNIT, "decline_numbers"), (FIRST, "declines")):
        sheet.block(row, column, len(DECLINES), 1, f"xlp_path_{name}")
    row += len(DECLINES)
    for name, formula in _values().items():
        sheet.put(row, LABEL, text(f"path.behind.{name}"), "secondary")
        style = "technical right" if name in ("company", "scenario") else "secondary any right"
        sheet.grey_errors(sheet.named(row, UNIT, f"xlp_path_{name}", formula, style))
        row += 1
    row, words = lay_words(sheet, row, LABEL, UNIT)
    _charts(sheet, row + 1)
    sheet.group(top, max(sheet.cells))
    return words


def _values() -> dict[str, str | float]:
    """What is chosen, checked, and what the sentences ask: name -> formula or number."""
    named = "INDEX(xlp_path_declines,xlp_path_decline_case)"
    loses = "INDEX(xlp_path_base_operating_income,1,1)"
    return {
        "company": chosen("xlp_in_path_company", "xlp_company_names"),
        "scenario": chosen("xlp_in_path_scenario", SCENARIOS),
        "decline_case": chosen("xlp_in_path_decline_case", "xlp_path_decline_cases"),
        "annual_decline": "=" + checked("xlp_in_path_annual_decline", "annual_decline", named),
        "revenue_growth": "=" + checked("xlp_in_path_revenue_growth", "revenue_growth", "0"),
        "ai_share_growth": "=" + checked("xlp_in_path_ai_share_growth", "ai_share_growth", "0"),
        "supply_low": SUPPLY_RANGE[0],
        "supply_high": SUPPLY_RANGE[1],
        "loses": f"=IFERROR(IF({loses}<0,1,0),0)",
        "turning": f"=IFERROR(IF(INDEX(xlp_used_ai_supply_revenue_share,{COMPANY})>0,1,0),0)",
        "unavailable": f"=IF(ISERROR({loses}),1,0)",
        "middle": LEAST_CERTAIN_AFTER,
    }


def _charts(sheet: Sheet, row: int) -> None:
    """Two charts: the margin against its base, and the changes."""
    build, text = sheet.build, sheet.build.text
    series = _series(sheet, row)
    for name, lines, column, width, number in (
        ("level", ("base", "after"), FIRST, 464, "#,##0.0##"),
        ("change", ("gross", "operating"), SECOND_CHART, 384, "+General;-General;0"),
    ):
        chart = Chart(
            "line", "", build.names["xlp_path_years"], tuple(series[line] for line in lines),
            text("chart.axis.year"), "", text(f"path.chart.{name}_alt"),
            legend=True, number=number,
        )  # fmt: skip
        sheet.draw(chart, PANEL, column, width, 248)


def _series(sheet: Sheet, row: int) -> dict[str, Series]:
    """Lay the rows that the charts draw; return them by name."""
    build, loses, gross = sheet.build, "xlp_path_loses=1", "xlp_path_unavailable=1"

    def pick(line: str) -> str:
        return f"INDEX(xlp_path_{line},1,{nth_column(top, FIRST)})"

    def told(value: str) -> str:
        beyond = f"INDEX(xlp_path_beyond,1,{nth_column(top, FIRST)})={build.quoted('choice.yes')}"
        return f"IF({beyond},NA(),{value})"

    top, series = row, {}
    points = f"{pick('operating_margin_change')}*10000"
    income = f"=IF({loses},{build.quoted('path.series.income')},{build.quoted('path.series.margin')})"
    for name, formula, label, color, dashed in (
        ("base", f"100*IF({gross},{pick('base_gross_margin')},{pick('base_operating_margin')})",
         build.text("path.series.base"), GREY, True),
        ("after", told(f"100*IF({gross},{pick('gross_margin')},{pick('operating_margin')})"),
         build.text("path.series.after"), ACCENT, False),
        ("gross", told(f"IF({loses},NA(),{pick('gross_margin_change')}*10000)"),
         build.label("gross_margin"), GREY, False),
        ("operating", told(f"IF({loses},{pick('operating_income_change')},{points})"), income, ACCENT, False),
    ):  # fmt: skip
        sheet.put(row, LABEL, label, "secondary")
        block = sheet.block(row, FIRST, 1, YEARS + 1, f"xlp_path_chart_{name}")
        sheet.lay(block, f"={formula}", "secondary any right")
        series[name] = Series(block, sheet.block(row, LABEL, 1, 1), color, dashed=dashed)
        row += 1
    return series
