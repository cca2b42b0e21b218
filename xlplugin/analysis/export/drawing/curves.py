"""Plots over a horizontal axis: lines with bands, and several of them side by side."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from matplotlib.lines import Line2D

from xlplugin.analysis.export.drawing.page import (
    ACCENT,
    CAUTION,
    GAIN,
    GREY,
    INK,
    LOSS,
    SECONDARY,
    Page,
    Room,
)  # fmt: skip
from xlplugin.analysis.export.drawing.scale import begins, lying_axis, room_below, standing_axis, widest_tick
from xlplugin.analysis.export.plots import Plot
from xlplugin.workbook.builder.texts import text

#: Colours of several lines; each has a style of its own too.
LINES: tuple[tuple[str, Any], ...] = (
    (ACCENT, "-"), (CAUTION, "--"), (GAIN, "-."), (LOSS, ":"),
    (SECONDARY, (0, (5, 1))), (INK, (0, (1, 1))),
)  # fmt: skip

_NAMES = 0.27  # of the page that the names at the lines' ends may take


def draw_lines(
    page: Page, plot: Plot, room: Room, *, named: bool = True, limits: tuple[float, float] | None = None
) -> None:
    """Draw lines with their bands, their names at the right end unless a key above names them."""
    size = page.points(9)
    names = {name: page.broken(name, size, _NAMES * page.width, 3) for name in plot.series} if named else {}
    beside = max((page.extent(line, size) for lines in names.values() for line in lines), default=0.0)
    limits = limits or _limits(plot)
    begin = begins(*limits, plot.language)
    above = ". ".join(filter(None, (plot.axis, begin)))
    head = page.leading(page.points(8.5)) * (1.3 if above else 0.5)
    foot = room_below(page, plot.across, room.width) - page.leading(page.points(8.5)) * (
        1 if plot.across else 0.6
    )
    ticks = widest_tick(page, limits, plot.language) + 0.1 * page.scale
    width = room.width - ticks - beside - (0.12 * page.scale if names else 0.05)
    inner = Room(room.left + ticks, room.bottom + foot, width, room.height - foot - head)
    axes = page.axes(inner)
    _curves(axes, plot)
    axes.set_xlim(min(plot.labels), max(plot.labels))
    axes.set_ylim(*limits)
    if limits[0] <= 0 <= limits[1]:
        axes.axhline(0, color=GREY, linewidth=0.8)
    standing_axis(page, axes, inner, plot.language)
    lying_axis(page, axes, plot.across, inner, plot.language)
    page.paragraph(room.top, above, page.points(8.5), room.left, room.width, 1, color=SECONDARY)
    _name_ends(page, plot, names, inner, size, limits)


def _curves(axes: Any, plot: Plot) -> None:
    for i, (name, values) in enumerate(plot.series.items()):
        color, style = LINES[i % len(LINES)]
        if name in plot.bands:
            low, high = plot.bands[name]
            axes.fill_between(plot.labels, low, high, color=color, alpha=0.15, linewidth=0)
        axes.plot(plot.labels, values, color=color, linestyle=style, linewidth=2)


def _limits(plot: Plot) -> tuple[float, float]:
    """Return the ends of the vertical axis: with 0, but where all lies far from it."""
    ends = (end for pair in plot.bands.values() for end in pair)
    seen = [v for values in (*plot.series.values(), *ends) for v in values if math.isfinite(v)] or [0.0]
    low, high = min(seen), max(seen)
    span = (high - low) or abs(high) or 1.0
    if low <= 0 <= high or span > 0.25 * max(abs(low), abs(high)):
        low, high = min(low, 0.0), max(high, 0.0)
        span = (high - low) or 1.0
        return low - 0.04 * span * (low < 0), high + 0.04 * span * (high > 0)
    return low - 0.1 * span, high + 0.1 * span


def _name_ends(
    page: Page, plot: Plot, names: dict[str, list[str]], inner: Room, size: float, limits: tuple[float, float]
) -> None:
    """Write each line's name at its end, names that would lie on each other one above the other."""
    ends = {}
    for name in names:
        known = [value for value in plot.series[name] if value == value]
        if known:
            share = (known[-1] - limits[0]) / (limits[1] - limits[0])
            ends[name] = inner.bottom + share * inner.height
    order = sorted(ends, key=lambda name: ends[name])
    tall = [len(names[name]) * page.leading(size) for name in order]
    middles = _apart([ends[name] for name in order], tall, inner)
    for name, middle, height in zip(order, middles, tall, strict=True):
        color, _ = LINES[list(plot.series).index(name) % len(LINES)]
        left = inner.right + 0.08 * page.scale
        page.lines_down(middle + height / 2, names[name], size, left, color=color)


def _apart(wanted: Sequence[float], tall: Sequence[float], inner: Room) -> list[float]:
    """Return middles as near to those wanted as the heights allow, from below up, within the room."""
    middles: list[float] = []
    below = inner.bottom - 0.1
    for middle, height in zip(wanted, tall, strict=True):
        middles.append(max(middle, below + height / 2))
        below = middles[-1] + height / 2
    above = inner.top + 0.12
    for i in range(len(middles) - 1, -1, -1):
        middles[i] = min(middles[i], above - tall[i] / 2)
        above = middles[i] - tall[i] / 2
    return middles


def draw_panels(page: Page, plot: Plot, room: Room) -> None:
    """Draw plots of the same lines side by side, a key above them."""
    size, small = page.points(9), page.points(8.5)
    names = list(plot.panels[0].series)
    axes = text("picture.axes", plot.language, axis=plot.axis, across=plot.across)
    top = page.paragraph(room.top, axes, small, room.left, room.width, 2, color=SECONDARY)
    top = _key(page, names, room._replace(height=top - room.bottom), size) if len(names) > 1 else top - 0.08
    limits = _limits(plot) if plot.series else None
    count = len(plot.panels)
    columns = min(count, max(1, round((count * 0.62 * room.width / room.height) ** 0.5)))
    down = -(-count // columns)
    gap = 0.22 * page.scale
    width, height = (room.width - gap * (columns - 1)) / columns, (top - room.bottom) / down
    for i, panel in enumerate(plot.panels):
        left, above = room.left + i % columns * (width + gap), top - i // columns * height
        bottom = room.bottom + (down - 1 - i // columns) * height
        above = page.paragraph(above, panel.title, size, left, width, 1, fontweight="bold")
        inside = Room(left, bottom, width, above - bottom)
        draw_lines(page, panel, inside, named=False, limits=limits)


def _key(page: Page, names: Sequence[str], room: Room, size: float) -> float:
    """Write a line's sample and name one after the other, in as many rows as it takes."""
    left, middle = room.left, room.top - page.leading(size) / 2
    dash, gap = 0.35 * page.scale, 0.25 * page.scale
    for i, name in enumerate(names):
        words = page.broken(name, size, room.width - dash, 1)[0]
        if left > room.left and left + dash + page.extent(words, size) > room.right:
            left, middle = room.left, middle - page.leading(size)
        color, style = LINES[i % len(LINES)]
        across = [left / page.width, (left + dash - 0.06) / page.width]
        line = Line2D(across, [middle / page.height] * 2, color=color, linestyle=style, linewidth=2)
        page.figure.add_artist(line)
        page.write(left + dash, middle, words, size, color=color)
        left += dash + page.extent(words, size) + gap
    return middle - page.leading(size)
