"""A plot as native charts of a workbook, beside the figures that they show."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from openpyxl.formatting.rule import ColorScaleRule
from openpyxl.styles import Alignment

from xlplugin.analysis.export.plots import Plot, decimals_for
from xlplugin.analysis.export.sheets import put
from xlplugin.workbook.builder.blocks import Block, letter
from xlplugin.workbook.builder.charts import Chart, Series
from xlplugin.workbook.builder.look import ACCENT, CAUTION, GAIN, GREY, INK, LOSS, SECONDARY
from xlplugin.workbook.builder.styles import font
from xlplugin.workbook.builder.texts import text

#: Colours of the series by kind of plot, None is invisible; lines take theirs in turn.
_COLORS: dict[str, tuple[str | None, ...]] = {
    "bars": (ACCENT, GREY),
    "histogram": (ACCENT,),
    "swings": (GREY, ACCENT),
    "steps": (None, None, GREY, GAIN, GAIN, LOSS, LOSS),
}
_LINE_COLORS = (ACCENT, CAUTION, GAIN, LOSS, SECONDARY, INK)
_WIDE, _TALL = 830, 415  # of a chart, in pixels
#: The row of the first heads, and rows that a chart takes.
HEADS, _ROWS = 3, 23

#: Keys of the names of a waterfall's stacked columns.
_STACK = ("lift", "lift_below", "total", "gain", "gain_below", "loss", "loss_below")


def alternative(plot: Plot, beside: bool = False) -> str:
    """Return what a plot shows, for those who do not see it; ``beside``: its figures stand to the left."""
    kind = text(f"drawn.alt.{plot.kind}", plot.language)
    words = f"{plot.title}. {kind} {plot.axis}"
    if plot.labels:
        ends = plot.labels[0], plot.labels[-1]
        first, last = (f"{end:g}" if isinstance(end, float) else str(end) for end in ends)
        words += f", {text('picture.span', plot.language, low=first, high=last)}"
    return f"{words}. {text('drawn.alt.figures', plot.language)}" if beside else f"{words}."


def cell_value(value: Any) -> Any:
    """Return what a cell holds: None where a figure is not available."""
    value = value.item() if hasattr(value, "item") else value
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if isinstance(value, (str, int, float, bool)) else None


def add_charts(sheet: Any, plot: Plot) -> list[Chart]:
    """Write the plot's figures to the sheet, from row 3 on, and return the charts in their places.

    Its title is the sheet's first cell. A table of two inputs is coloured and needs no chart; plots side by
    side are charts one below the other.
    """
    charts, top = [], HEADS
    for panel in plot.panels or (plot,):
        columns = _figures(panel, panel.across or plot.across)
        _write_figures(sheet, panel, columns, top)
        if panel.kind == "heat":
            _colour(sheet, columns, top + len(panel.labels))
        else:
            chart = _chart(sheet.title, panel, plot, columns, top)
            sheet.add_chart(chart.frame(_WIDE, _TALL), f"{letter(len(columns) + 2)}{top}")
            charts.append(chart)
        top += max(_ROWS, len(panel.labels) + 3)
    return charts


def _chart(sheet: str, plot: Plot, whole: Plot, columns: Mapping[str, list[Any]], top: int) -> Chart:
    last, floor = top + len(plot.labels), _floor(plot) if plot.kind == "steps" else None
    start, end = _ends(plot) if plot.ranges else (floor, None)
    axis = plot.across if plot.kind == "histogram" else plot.axis or whole.axis
    # the title within the chart names the panel; that of the whole stands above
    return Chart(
        {"lines": "line", "steps": "column", "histogram": "column"}.get(plot.kind, "bar"),
        plot.title,
        Block(sheet, top + 1, 1, last, 1),
        tuple(_series(sheet, plot, columns, top, last)),
        x_title=_across(plot, whole),
        y_title=axis if floor is None else text("drawn.not_from_0", plot.language, axis=axis),
        alt=alternative(plot if plot.axis else whole, beside=True),
        stacked=plot.kind in ("swings", "steps"),
        legend=plot.kind in ("swings", "lines"),
        number=plot.number,
        category_number=_edges(plot) if plot.kind == "histogram" else "General",
        gap=8 if plot.kind == "histogram" else 60,
        every=1 + len(plot.labels) // (14 if plot.kind == "histogram" else 25),
        floor=start,
        ceiling=end,
        labelled=plot.kind == "bars" and not plot.ranges,
        overlap=100 if plot.kind == "bars" else -10,
    )


def _across(plot: Plot, whole: Plot) -> str:
    """Return the name of a chart's axis of categories, blank where these speak for themselves."""
    if plot.kind == "lines":
        return plot.across or whole.across
    return plot.axis if plot.kind == "histogram" else ""


def _edges(plot: Plot) -> str:
    """Return the format of the edges of bins, with as many decimals as keep them different."""
    edges = [float(edge) for edge in plot.labels]
    decimals = decimals_for(edges[1] - edges[0]) if len(edges) > 1 else 1
    return "#,##0" + ("." + "0" * decimals if decimals else "")


def _series(
    sheet: str, plot: Plot, columns: Mapping[str, list[Any]], top: int, last: int
) -> Iterator[Series]:
    """Yield the chart's series; the ends of a line's band have its colour, thin and dashed."""
    number = -1
    unranked = text("drawn.unranked", plot.language)
    for column, name in enumerate(list(columns)[1:], 2):
        band = plot.kind == "lines" and name not in plot.series
        if plot.kind in ("bars", "histogram") and name not in (*plot.series, unranked):
            continue  # ranges and blocks stand beside the bars
        number += not band
        colors = _COLORS.get(plot.kind, _LINE_COLORS)
        values, head = Block(sheet, top + 1, column, last, column), Block(sheet, top, column, top, column)
        reach = None
        if plot.ranges and name in plot.series:  # the last two columns
            ends = range(len(columns) - 1, len(columns) + 1)
            low, high = (Block(sheet, top + 1, end, last, end) for end in ends)
            reach = low, high
        yield Series(
            values, head, colors[number % len(colors)], 0.7 if band else 2.0, dashed=band, reach=reach
        )


def _colour(sheet: Any, columns: Mapping[str, list[Any]], last: int) -> None:
    scale = {"start_type": "min", "start_color": LOSS, "end_type": "max", "end_color": GAIN}
    middle = {"mid_type": "num", "mid_value": 0, "mid_color": "FFFFFF"}
    cells = f"B{HEADS + 1}:{letter(len(columns))}{last}"
    sheet.conditional_formatting.add(cells, ColorScaleRule(**scale, **middle))


def _write_figures(sheet: Any, plot: Plot, columns: Mapping[str, list[Any]], top: int) -> None:
    sheet.row_dimensions[top].height = 40  # of three lines
    for column, (name, values) in enumerate(columns.items(), 1):
        words = all(isinstance(value, str) for value in values)
        head = sheet.cell(top, column, name)
        head.font = font(bold=True)
        head.alignment = Alignment(horizontal="left" if words else "right", wrap_text=True, vertical="bottom")
        for i, value in enumerate(values, top + 1):
            cell = sheet.cell(i, column)
            put(cell, cell_value(value))
            cell.font = font()
            if isinstance(value, float):
                cell.number_format = "#,##0.###" if column == 1 else plot.number
        longest = max((len(value) for value in values if isinstance(value, str)), default=0)
        width = sheet.column_dimensions[letter(column)]
        width.width = max(min(max(longest + 2, 14), 48), width.width)


def _figures(plot: Plot, across: str) -> dict[str, list[Any]]:
    language = plot.language
    head = across.partition("|")[0] if plot.kind in ("lines", "heat") else ""
    if plot.kind == "histogram":
        head = text("drawn.from", language, axis=plot.axis)
    columns: dict[str, list[Any]] = {head or text("drawn.category", language): list(plot.labels)}
    if plot.kind == "swings":
        for name, values in plot.series.items():
            columns[text(f"drawn.swing.{name}", language)] = [value - plot.base for value in values]
        return columns
    if plot.kind == "steps":
        return columns | _steps(plot)
    for name, values in plot.series.items():
        columns[name] = [float(value) for value in values]
        if any(plot.groups):  # a column of its own, so that it is seen who is ranked
            unranked = [value if plot.group(i) else math.nan for i, value in enumerate(columns[name])]
            columns[name] = [math.nan if plot.group(i) else value for i, value in enumerate(columns[name])]
            columns[text("drawn.unranked", language)] = unranked
        if name in plot.bands:
            for end, part in zip(plot.bands[name], ("low", "high"), strict=True):
                columns[f"{name}, {text(f'drawn.{part}', language)}"] = list(end)
    if plot.ranges:
        for place, part in enumerate(("low", "high")):
            columns[text(f"drawn.{part}", language)] = [ends[place] for ends in plot.ranges]
    if any(plot.groups):
        columns[text("drawn.block", language)] = list(plot.groups)
    if plot.ranges:
        columns |= _reaches(plot)
    return columns


def _reaches(plot: Plot) -> dict[str, list[Any]]:
    """Return how far each ranked bar's range goes below and above its value."""
    values = list(next(iter(plot.series.values())))
    found: dict[str, list[Any]] = {}
    for way, part in ((-1, "below"), (1, "above")):
        ends = [pair[part == "above"] for pair in plot.ranges]
        found[text(f"drawn.reach.{part}", plot.language)] = [
            math.nan if plot.group(i) or math.isnan(end - value) else max(0.0, way * (end - value))
            for i, (end, value) in enumerate(zip(ends, values, strict=True))
        ]
    return found


def _steps(plot: Plot) -> dict[str, list[Any]]:
    """Return stacked columns whose invisible part lifts each bar, also where one crosses zero."""
    stacked: dict[str, list[Any]] = {name: [] for name in _STACK}
    last = len(plot.labels) - 1
    for i, (start, end) in enumerate(zip(plot.series["start"], plot.series["end"], strict=True)):
        low, high = min(start, end), max(start, end)
        row = dict.fromkeys(stacked, 0.0)
        row["lift"], row["lift_below"] = max(low, 0.0), min(high, 0.0)
        up, down = max(high, 0.0) - max(low, 0.0), min(low, 0.0) - min(high, 0.0)
        if i in (0, last):
            row["total"] = end
            row["lift"] = row["lift_below"] = 0.0
        else:
            word = "gain" if end >= start else "loss"
            row[word], row[f"{word}_below"] = up, down
        for name, value in row.items():
            stacked[name].append(value if end == end else math.nan)
    return {text(f"drawn.step.{name}", plot.language): values for name, values in stacked.items()}


def _ends(plot: Plot) -> tuple[float, float]:
    """Return round ends of an axis that holds all bars and the ranges drawn on them."""
    seen = [0.0, *(value for values in plot.series.values() for value in values if value == value)]
    seen += [end for i, pair in enumerate(plot.ranges) if not plot.group(i) for end in pair if end == end]
    low, high = min(seen), max(seen)
    step = 10.0 ** math.floor(math.log10(high - low)) / 2 if high > low else 1.0
    return math.floor(low / step) * step, math.ceil(high / step) * step


def _floor(plot: Plot) -> float | None:
    """Return where the axis of a waterfall starts, so that small bars on high columns are seen."""
    inner = [v for end in ("start", "end") for v in list(plot.series[end])[1:-1] if v == v]
    inner += [v for v in plot.series["end"] if v == v]
    if not inner or min(inner) <= 0 or max(inner) - min(inner) > 0.5 * max(inner):
        return None
    room = (max(inner) - min(inner)) or 0.01 * max(inner)
    step = 10.0 ** math.floor(math.log10(room))
    return math.floor((min(inner) - 0.6 * room) / step) * step
