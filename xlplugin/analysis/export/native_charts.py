"""A plot as a native chart of a workbook, beside the figures that it shows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from openpyxl.chart import BarChart, LineChart, Reference
from openpyxl.chart.data_source import AxDataSource, NumData, NumRef, NumVal, StrData, StrRef, StrVal
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.formatting.rule import ColorScaleRule
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter

from xlplugin.analysis.export.plots import Plot
from xlplugin.workbook.builder.fonts import font
from xlplugin.workbook.builder.styles import ACCENT, CAUTION, GAIN, GREY, INK, LOSS, SECONDARY

_LINE_COLORS = (ACCENT, CAUTION, GAIN, LOSS, SECONDARY, INK)
_WIDE, _TALL = 22.0, 11.0  # of a chart, in cm


def alternative(plot: Plot) -> str:
    """Return what the chart shows, for those who do not see it."""
    drawn = {"bars": "Bars", "swings": "Bars from low to high", "steps": "Waterfall", "lines": "Lines"}
    words = f"{plot.title}. {drawn.get(plot.kind, 'Table')} of {plot.axis}"
    if plot.labels:
        ends = plot.labels[0], plot.labels[-1]
        first, last = (f"{end:g}" if isinstance(end, float) else str(end) for end in ends)
        words += f", {first} to {last}"
    return f"{words}. Its figures stand in the columns to the left."


def cell_value(value: Any) -> Any:
    """Return what a cell holds: None where a figure is not available."""
    value = value.item() if hasattr(value, "item") else value
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if isinstance(value, (str, int, float, bool)) else None


def add_chart(sheet: Any, plot: Plot) -> None:
    """Write the plot's figures to the sheet, from row 3 on, and its chart beside them."""
    columns = _figures(plot)
    _write_figures(sheet, columns)
    last = 3 + len(plot.labels)
    if plot.kind == "heat":
        cells = f"B4:{get_column_letter(len(columns))}{last}"
        scale = {"start_type": "min", "start_color": LOSS, "end_type": "max", "end_color": GAIN}
        middle = {"mid_type": "num", "mid_value": 0, "mid_color": "FFFFFF"}
        sheet.conditional_formatting.add(cells, ColorScaleRule(**scale, **middle))
        return
    drawn = _drawn(plot)
    figures = Reference(sheet, min_col=2, max_col=len(columns), min_row=3, max_row=last)
    drawn.add_data(figures, titles_from_data=True)
    drawn.set_categories(Reference(sheet, min_col=1, min_row=4, max_row=last))
    _cached(drawn, columns)
    _coloured(drawn, plot)
    _titled(drawn, plot)
    sheet.add_chart(drawn, f"{get_column_letter(len(columns) + 2)}3")


def _write_figures(sheet: Any, columns: dict[str, list[Any]]) -> None:
    for column, (name, values) in enumerate(columns.items(), 1):
        head = sheet.cell(3, column, name)
        head.font = font(bold=True)
        head.alignment = Alignment(horizontal="left" if column == 1 else "right")
        for i, value in enumerate(values, 4):
            cell = sheet.cell(i, column, cell_value(value))
            cell.font = font()
            if isinstance(value, float):
                cell.number_format = "#,##0.0"
        sheet.column_dimensions[get_column_letter(column)].width = 34 if column == 1 else 12


def _titled(drawn: Any, plot: Plot) -> None:
    drawn.title, drawn.width, drawn.height = plot.title, _WIDE, _TALL
    drawn.y_axis.title, drawn.x_axis.title = plot.axis, plot.across or None
    drawn.y_axis.number_format, drawn.y_axis.majorGridlines.spPr = "#,##0.0", _outline("D9E0E7")
    drawn.x_axis.tickLblPos = "low"
    drawn.x_axis.delete = drawn.y_axis.delete = False
    if plot.kind == "steps":
        drawn.y_axis.scaling.min = _floor(plot)
        if drawn.y_axis.scaling.min is not None:
            drawn.y_axis.title = f"{plot.axis}, not from 0"


def _cached(drawn: Any, columns: dict[str, list[Any]]) -> None:
    """Keep in the chart the figures of its cells, for viewers that read no others."""
    labels, *series = columns.values()
    for shown, name, values in zip(drawn.series, list(columns)[1:], series, strict=True):
        shown.tx.strRef.strCache = StrData(ptCount=1, pt=[StrVal(idx=0, v=name)])
        shown.val.numRef.numCache = _numbers(values)
        place = shown.cat.numRef.f
        if all(isinstance(label, (int, float)) for label in labels):
            shown.cat = AxDataSource(numRef=NumRef(f=place, numCache=_numbers(labels)))
        else:
            points = [StrVal(idx=i, v=str(label)) for i, label in enumerate(labels)]
            shown.cat = AxDataSource(strRef=StrRef(f=place, strCache=StrData(ptCount=len(points), pt=points)))


def _numbers(values: Sequence[Any]) -> NumData:
    known = [(i, cell_value(value)) for i, value in enumerate(values)]
    points = [NumVal(idx=i, v=repr(value)) for i, value in known if value is not None]
    return NumData(formatCode="#,##0.0", ptCount=len(values), pt=points)


def _figures(plot: Plot) -> dict[str, list[Any]]:
    head = plot.across.partition("|")[0] or "category"
    columns: dict[str, list[Any]] = {head: list(plot.labels)}
    if plot.kind == "swings":
        for name, values in plot.series.items():
            columns[f"{name} - base"] = [value - plot.base for value in values]
        return columns
    if plot.kind == "steps":
        return columns | _steps(plot)
    for name, values in plot.series.items():
        columns[name] = list(values)
        if name in plot.bands:
            columns[f"{name} low"], columns[f"{name} high"] = (list(end) for end in plot.bands[name])
    return columns


def _steps(plot: Plot) -> dict[str, list[Any]]:
    """Return stacked columns whose invisible part lifts each bar, also where one crosses zero."""
    stacked: dict[str, list[Any]] = {
        name: [] for name in ("lift", "lift below 0", "total", "gain", "gain below 0", "loss", "loss below 0")
    }
    last = len(plot.labels) - 1
    for i, (start, end) in enumerate(zip(plot.series["start"], plot.series["end"], strict=True)):
        low, high = min(start, end), max(start, end)
        row = dict.fromkeys(stacked, 0.0)
        row["lift"], row["lift below 0"] = max(low, 0.0), min(high, 0.0)
        up, down = max(high, 0.0) - max(low, 0.0), min(low, 0.0) - min(high, 0.0)
        if i in (0, last):
            row["total"] = end
            row["lift"] = row["lift below 0"] = 0.0
        else:
            word = "gain" if end >= start else "loss"
            row[word], row[f"{word} below 0"] = up, down
        for name, value in row.items():
            stacked[name].append(value if end == end else math.nan)
    return stacked


def _floor(plot: Plot) -> float | None:
    """Return where the axis of a waterfall starts, so that small bars on high columns are seen."""
    inner = [v for end in ("start", "end") for v in list(plot.series[end])[1:-1] if v == v]
    inner += [v for v in plot.series["end"] if v == v]
    if not inner or min(inner) <= 0 or max(inner) - min(inner) > 0.5 * max(inner):
        return None
    room = (max(inner) - min(inner)) or 0.01 * max(inner)
    step = 10.0 ** math.floor(math.log10(room))
    return math.floor((min(inner) - 0.6 * room) / step) * step


def _drawn(plot: Plot) -> Any:
    if plot.kind == "lines":
        return LineChart()
    drawn = BarChart()
    drawn.type = "col" if plot.kind == "steps" else "bar"
    drawn.gapWidth = 60
    if plot.kind in ("swings", "steps"):
        drawn.grouping, drawn.overlap = "stacked", 100
    if drawn.type == "bar":
        drawn.x_axis.scaling.orientation = "maxMin"
    return drawn


def _coloured(drawn: Any, plot: Plot) -> None:
    if plot.kind == "lines":
        _coloured_lines(drawn, plot)
        return
    colors: dict[str, tuple[str | None, ...]] = {
        "swings": (GREY, ACCENT),
        "steps": (None, None, GREY, GAIN, GAIN, LOSS, LOSS),
    }
    for shown, color in zip(drawn.series, colors.get(plot.kind, (ACCENT,)), strict=True):
        shown.graphicalProperties = GraphicalProperties(solidFill=color, noFill=None if color else True)
        shown.graphicalProperties.line.noFill = True
        shown.invertIfNegative = False
    if plot.kind != "swings":
        drawn.legend = None
    if plot.kind == "bars":
        drawn.dataLabels = DataLabelList(showVal=True, numFmt="#,##0.0")
        for part in ("showSerName", "showCatName", "showLegendKey", "showPercent"):
            setattr(drawn.dataLabels, part, False)


def _coloured_lines(drawn: Any, plot: Plot) -> None:
    """Give each line a colour, and the ends of its band the same, thin and dashed."""
    number = -1
    for shown, name in zip(drawn.series, list(_figures(plot))[1:], strict=True):
        band = name not in plot.series
        number += not band
        shown.graphicalProperties = _outline(_LINE_COLORS[number % len(_LINE_COLORS)])
        shown.graphicalProperties.line.width = 9_000 if band else 25_000
        shown.graphicalProperties.line.dashStyle = "dash" if band else None
        shown.smooth = False


def _outline(color: str) -> GraphicalProperties:
    properties = GraphicalProperties()
    properties.line.solidFill = color
    return properties
