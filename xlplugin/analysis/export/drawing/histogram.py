"""Histograms of draws, with percentiles and the headline marked above the bars."""

from __future__ import annotations

from typing import Any

from matplotlib.lines import Line2D

from xlplugin.analysis.export.drawing.page import ACCENT, GREY, INK, LOSS, SECONDARY, Page, Room
from xlplugin.analysis.export.drawing.scale import lying_axis, room_below, standing_axis, widest_tick
from xlplugin.analysis.export.plots import Plot

_APART = 0.08  # inches between words in one row

Ends = tuple[float, float]


def draw_histogram(page: Page, plot: Plot, room: Room) -> None:
    """Draw shares of draws by bin, with named places above the bars."""
    size, small = page.points(9), page.points(8.5)
    shares = next(iter(plot.series.values()))
    edges = [float(edge) for edge in plot.labels]
    width = edges[1] - edges[0] if len(edges) > 1 else 1.0
    limits, tall = _limits(plot, edges, width), (0.0, 1.08 * max(shares))
    left = room.left + widest_tick(page, tall, plot.language) + 0.1 * page.scale
    inner = Room(left, room.bottom, room.right - 0.1 - left, room.height)
    levels = _levels(page, plot, inner, limits, size)
    head = 1.4 * page.leading(small) + (max(levels.values(), default=0) + 1.2) * 1.1 * page.leading(size)
    foot = room_below(page, plot.axis, room.width * 0.8)
    inner = inner._replace(bottom=room.bottom + foot, height=room.height - foot - head)
    axes = page.axes(inner)
    colors = [GREY if edge + width / 2 < 0 and plot.signed else ACCENT for edge in edges]
    axes.bar(edges, shares, width=0.94 * width, align="edge", color=colors, linewidth=0)
    axes.set_xlim(*limits)
    axes.set_ylim(*tall)
    standing_axis(page, axes, inner, plot.language)
    lying_axis(page, axes, plot.axis, inner, plot.language)
    page.paragraph(room.top, plot.across, small, room.left, room.width, 1, color=SECONDARY)
    _marks(page, plot, inner, limits, levels, size)


def _limits(plot: Plot, edges: list[float], width: float) -> Ends:
    """Return the ends of the axis: bins and marks, and 0 where it is near."""
    seen = [place for place in plot.marks.values() if place == place]
    low, high = min([*edges, *seen]), max([*edges, *seen]) + width
    span = high - low
    low, high = low - 0.02 * span, high + 0.02 * span
    return (0.0 if 0 < low < 0.2 * span else low), (0.0 if 0 > high > -0.2 * span else high)


def _words(page: Page, plot: Plot, name: str, inner: Room, limits: Ends, size: float) -> Ends:
    """Return where a mark's words begin and end: about its place, within the page."""
    at = inner.left + (plot.marks[name] - limits[0]) / (limits[1] - limits[0]) * inner.width
    half = page.extent(name, size, bold=True) / 2
    middle = min(max(at, page.left + half), page.right - half)
    return middle - half, middle + half


def _levels(page: Page, plot: Plot, inner: Room, limits: Ends, size: float) -> dict[str, int]:
    """Return in which row above the bars each mark's words stand, so that none lie on each other."""
    rows: list[list[Ends]] = []
    levels: dict[str, int] = {}
    known = [name for name, place in plot.marks.items() if place == place]
    for name in sorted(known, key=lambda name: plot.marks[name]):
        begin, end = _words(page, plot, name, inner, limits, size)
        free = (
            level
            for level, taken in enumerate(rows)
            if all(begin > other[1] + _APART or end < other[0] - _APART for other in taken)
        )
        levels[name] = next(free, len(rows))
        if levels[name] == len(rows):
            rows.append([])
        rows[levels[name]].append((begin, end))
    return levels


def _marks(page: Page, plot: Plot, inner: Room, limits: Ends, levels: dict[str, int], size: float) -> None:
    """Draw each mark's line up to its words; the last one is the headline."""
    for order, (name, level) in enumerate(levels.items()):
        headline = name == list(plot.marks)[-1]
        at = inner.left + (plot.marks[name] - limits[0]) / (limits[1] - limits[0]) * inner.width
        middle = inner.top + (level + 0.75) * 1.1 * page.leading(size)
        across, upright = [at / page.width] * 2, [inner.bottom / page.height, middle / page.height]
        look: dict[str, Any] = {"color": INK, "linestyle": (0, (3, 2)), "linewidth": 1.0}
        if headline:
            look = {"color": LOSS, "linestyle": "-", "linewidth": 1.6}
        page.figure.add_artist(Line2D(across, upright, zorder=4 + order, **look))
        page.write(
            _words(page, plot, name, inner, limits, size)[0],
            middle,
            name,
            size,
            color=look["color"],
            zorder=20,
            fontweight="bold" if headline else "normal",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
        )
