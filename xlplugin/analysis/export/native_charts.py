"""A plot as a native chart of a workbook, beside the figures that it shows."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from openpyxl.chart import BarChart
from openpyxl.formatting.rule import ColorScaleRule
from openpyxl.styles import Alignment

from xlplugin.analysis.export.plots import Plot
from xlplugin.workbook.builder.blocks import Block, letter
from xlplugin.workbook.builder.charts import Chart, Series
from xlplugin.workbook.builder.styles import ACCENT, CAUTION, GAIN, GREY, INK, LOSS, SECONDARY, font

#: Colours of the series by kind of plot, None is invisible; lines take theirs in turn.
_COLORS: dict[str, tuple[str | None, ...]] = {
    "bars": (ACCENT,),
    "swings": (GREY, ACCENT),
    "steps": (None, None, GREY, GAIN, GAIN, LOSS, LOSS),
}
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


def add_chart(sheet: Any, plot: Plot) -> Chart | None:
    """Write the plot's figures to the sheet, from row 3 on, and return the chart that has its place there.

    Its title is the sheet's first cell. A table of two inputs is coloured and needs no chart.
    """
    columns = _figures(plot)
    _write_figures(sheet, columns)
    last = 3 + len(plot.labels)
    if plot.kind == "heat":
        scale = {"start_type": "min", "start_color": LOSS, "end_type": "max", "end_color": GAIN}
        middle = {"mid_type": "num", "mid_value": 0, "mid_color": "FFFFFF"}
        sheet.conditional_formatting.add(
            f"B4:{letter(len(columns))}{last}", ColorScaleRule(**scale, **middle)
        )
        return None
    frame = BarChart()  # the place alone: the chart itself is written into the file
    frame.width, frame.height = _WIDE, _TALL
    sheet.add_chart(frame, f"{letter(len(columns) + 2)}3")
    floor = _floor(plot) if plot.kind == "steps" else None
    return Chart(
        {"lines": "line", "steps": "column"}.get(plot.kind, "bar"),
        Block(sheet.title, 1, 1, 1, 1),
        Block(sheet.title, 4, 1, last, 1),
        tuple(_series(sheet.title, plot, columns, last)),
        x_title=plot.across,
        y_title=plot.axis if floor is None else f"{plot.axis}, not from 0",
        alt=alternative(plot),
        stacked=plot.kind in ("swings", "steps"),
        legend=plot.kind in ("swings", "lines"),
        number="#,##0.0",
        every=1 + len(plot.labels) // 25 if plot.kind == "lines" else 1,
        floor=floor,
        labelled=plot.kind == "bars",
    )


def _series(title: str, plot: Plot, columns: dict[str, list[Any]], last: int) -> Iterator[Series]:
    """Yield the chart's series; the ends of a line's band have its colour, thin and dashed."""
    number = -1
    for column, name in enumerate(list(columns)[1:], 2):
        band = plot.kind == "lines" and name not in plot.series
        number += not band
        colors = _COLORS.get(plot.kind, _LINE_COLORS)
        values, head = Block(title, 4, column, last, column), Block(title, 3, column, 3, column)
        yield Series(values, head, colors[number % len(colors)], 0.7 if band else 2.0, dashed=band)


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
        sheet.column_dimensions[letter(column)].width = 34 if column == 1 else 12


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
