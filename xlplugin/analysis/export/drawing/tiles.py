"""A table of two inputs as coloured tiles with their figures."""

from __future__ import annotations

from typing import Any

from matplotlib.colors import LinearSegmentedColormap

from xlplugin.analysis.export.drawing.page import GAIN, INK, LOSS, SECONDARY, Page, Room
from xlplugin.analysis.export.plots import Plot, decimals_for, figure

_LEAST = 5.5  # points of a figure that can be read


def draw_tiles(page: Page, plot: Plot, room: Room) -> None:
    """Draw the tiles: the first input's values to the left, the second's above, their names beside them."""
    small = page.points(8.5)
    down, _, across = plot.across.partition("|")
    table = [list(row) for row in zip(*plot.series.values(), strict=True)]
    names, labels = list(plot.series), [str(label) for label in plot.labels]
    head = page.leading(small) * 2.4
    beside = max([page.extent(label, small) for label in labels]) + 0.12
    down_lines = page.broken(f"↓ {down}", small, 0.25 * page.width, 4)
    beside = max(beside, *(page.extent(line, small) for line in down_lines)) + 0.12
    foot = 1.6 * page.leading(small)
    inner = Room(room.left + beside, room.bottom + foot, room.width - beside, room.height - head - foot)
    axes = page.axes(inner)
    reach = max((abs(v) for row in table for v in row if v == v), default=1.0) or 1.0
    colors = LinearSegmentedColormap.from_list("xlplugin", [LOSS, "#FFFFFF", GAIN])
    axes.imshow(table, cmap=colors, vmin=-1.35 * reach, vmax=1.35 * reach, aspect="auto")
    axes.spines["bottom"].set_visible(False)
    axes.set_xticks([])
    axes.set_yticks([])
    _figures(page, axes, plot, table, inner)
    top = page.paragraph(room.top, f"{across} →", small, inner.left, inner.width, 1, color=SECONDARY)
    wide = inner.width / len(names)
    every = 1 + int(max(page.extent(name, small) for name in names) * 1.1 / wide)
    for k, name in enumerate(names[::every]):
        at = inner.left + (k * every + 0.5) * wide
        page.write(at, top - page.leading(small) / 2, name, small, ha="center")
    page.lines_down(room.top, down_lines[:2], small, room.left, color=SECONDARY)
    tall = inner.height / len(labels)
    every = 1 + int(page.leading(small) / tall)
    for i, label in enumerate(labels[::every]):
        page.write(inner.left - 0.08, inner.top - (i * every + 0.5) * tall, label, small, ha="right")
    below = inner.bottom - 0.5 * page.leading(small)
    page.paragraph(below, plot.axis, small, inner.left, inner.width, 1, color=SECONDARY)


def _figures(page: Page, axes: Any, plot: Plot, table: list[list[float]], inner: Room) -> None:
    """Write the figures into their tiles, as large as fits; none where they could not be read."""
    known = [value for row in table for value in row if value == value]
    step = min((abs(v) for v in known if v), default=1.0)
    decimals = min(1 if max(map(abs, known), default=0.0) >= 1 else 3, max(1, decimals_for(step)))
    words = [
        [figure(v, decimals, plot.language, signed=plot.signed) if v == v else "–" for v in row]
        for row in table
    ]
    wide, tall = inner.width / len(table[0]), inner.height / len(table)
    size = page.points(9.5)
    longest = max(page.extent(word, size) for row in words for word in row)
    size = min(size, size * 0.88 * wide / longest, 72 * tall / 1.3)
    if size < _LEAST:
        return
    for i, row in enumerate(words):
        for k, word in enumerate(row):
            at = inner.left + (k + 0.5) * wide, inner.top - (i + 0.5) * tall
            page.write(*at, word, size, ha="center", color=INK)
