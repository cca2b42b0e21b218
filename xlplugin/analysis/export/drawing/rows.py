"""Plots whose labels stand one below the other: bars with whiskers, swings about a base, a bridge."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from xlplugin.analysis.export.drawing.page import ACCENT, GAIN, GREY, INK, LOSS, SECONDARY, Page, Room
from xlplugin.analysis.export.drawing.scale import lying_axis, room_below
from xlplugin.analysis.export.plots import Plot
from xlplugin.workbook.builder.texts import text

#: Of a label, of the words beside a bar: the part of the page that they may take at most.
_LABEL, _BESIDE = 0.34, 0.36
_TALLEST, _BAR = 0.85, 0.58  # of a row in inches, of a bar in rows
#: How far the bars of those who are unranked may stretch the axis beyond that of the ranked.
_STRETCH = 1.35


@dataclass
class Rows:
    """The rows of a plot from above down: places of its labels, and headings of blocks between them."""

    plot: Plot
    places: list[int]
    deep: Mapping[str, int] = field(default_factory=dict)
    y: dict[int, float] = field(default_factory=dict)
    headings: dict[str, float] = field(default_factory=dict)
    count: float = 0.0

    def __post_init__(self) -> None:
        block = ""
        for place in self.places:
            if self.plot.group(place) != block:
                block = self.plot.group(place)
                deep = self.deep.get(block, 1)
                self.headings[block] = self.count + 0.05 + deep / 2
                self.count += 0.05 + deep
            self.y[place] = self.count + 0.5
            self.count += 1


def draw_rows(page: Page, plot: Plot, room: Room) -> None:
    """Draw a plot of rows into its room: names to the left, bars, words to the right, the axis below."""
    body = page.points(9.5)
    foot = room_below(page, plot.axis, room.width * 0.5)
    head = page.leading(page.points(8.5)) if plot.beside_head else 0.0
    tall = room.height - foot - head
    rows = _rows_that_fit(page, plot, tall)
    height = min(tall, rows.count * _TALLEST * page.scale)
    body = min(body, max(5.5, 72 * height / max(rows.count, 1) / 1.24))
    labels = [str(plot.labels[place]) for place in rows.places]
    name_width = _widest(page, labels, body, _LABEL * page.width)
    values = next(iter(plot.series.values()))
    drawn = [place for place in rows.places if values[place] == values[place]]
    beside = [plot.beside[place] for place in drawn] if plot.beside else []
    beside_width = _widest(page, [*beside, plot.beside_head], body, _BESIDE * page.width)
    gap = 0.12 * page.scale
    inner = Room(
        room.left + name_width + gap,
        room.top - head - height,
        room.width - name_width - beside_width - (2 if beside else 1.5) * gap,
        height,
    )
    axes = page.axes(inner)
    axes.set_ylim(rows.count, 0)
    axes.set_yticks([])
    {"bars": _bars, "swings": _swings, "steps": _steps}[plot.kind](axes, rows)
    _names(page, rows, inner, body, name_width, beside_width)
    lying_axis(page, axes, plot.axis, inner, plot.language)
    if plot.beside_head:
        size = page.points(8.5)
        page.write(room.right, room.top - head / 2, plot.beside_head, size, color=SECONDARY, ha="right")


def rows_note(page: Page, plot: Plot, tall: float) -> str:
    """Return what is said where not every row fits a page."""
    places = _rows_that_fit(page, plot, tall).places
    left_out = [str(label) for place, label in enumerate(plot.labels) if place not in places]
    return text("picture.left_out", plot.language, listed="; ".join(left_out)) if left_out else ""


def _rows_that_fit(page: Page, plot: Plot, tall: float) -> Rows:
    size, wide = page.points(9.5), page.right - page.left
    deep = {name: len(page.broken(name, size, wide, 2, bold=True)) for name in set(plot.groups) if name}
    rows = Rows(plot, list(range(len(plot.labels))), deep)
    least = 1.1 * 5.5 / 72
    while rows.count * least > tall and len(rows.places) > 3:
        places = rows.places[:-1] if plot.kind != "steps" else [*rows.places[:-2], rows.places[-1]]
        rows = Rows(plot, places, deep)
    return rows


def _widest(page: Page, texts: Sequence[str], size: float, most: float) -> float:
    return min(max((page.extent(words, size) for words in texts), default=0.0), most)


def _names(page: Page, rows: Rows, inner: Room, size: float, name_width: float, beside_width: float) -> None:
    """Write names, headings and the words beside the bars, each in the middle of its row."""
    plot, row = rows.plot, inner.height / rows.count
    most = max(1, min(2, int(row / page.leading(size))))
    for place, y in rows.y.items():
        middle = inner.top - y * row
        lines = page.broken(str(plot.labels[place]), size, name_width, most)
        top = middle + len(lines) * page.leading(size) / 2
        grey = bool(plot.group(place))
        total = plot.kind == "steps" and place in (0, len(plot.labels) - 1)
        look: dict[str, Any] = {
            "color": SECONDARY if grey else INK,
            "fontweight": "bold" if total else "normal",
        }
        left = inner.left - 0.12 * page.scale
        page.lines_down(top, lines, size, left, ha="right", **look)
        if plot.beside:
            value = next(iter(plot.series.values()))[place]  # words take a bar's room where there is none
            width = beside_width if value == value else page.right - inner.left
            lines = page.broken(plot.beside[place], size, width, most)
            top = middle + len(lines) * page.leading(size) / 2
            page.lines_down(top, lines, size, page.right, ha="right", **look)
    for heading, y in rows.headings.items():
        lines = page.broken(heading, size, page.right - page.left, rows.deep[heading], bold=True)
        top = inner.top - y * row + len(lines) * page.leading(size) / 2
        behind = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}
        page.lines_down(top, lines, size, page.left, color=SECONDARY, fontweight="bold", bbox=behind)


def _bars(axes: Any, rows: Rows) -> None:
    plot = rows.plot
    values = next(iter(plot.series.values()))
    low, high = _reach(plot, rows.places, values)
    axes.set_xlim(low, high)
    for place, y in rows.y.items():
        value, ends = values[place], plot.range_of(place)
        if value == value:
            color = ACCENT if not plot.signed else GAIN if value >= 0 else LOSS
            grey = bool(plot.group(place))
            axes.barh(y, min(max(value, low), high), height=_BAR, color=GREY if grey else color, linewidth=0)
        if ends[0] == ends[0]:
            _whisker(axes, y, ends, (low, high))
    axes.axvline(0, color=GREY, linewidth=0.8)


def _whisker(axes: Any, y: float, ends: tuple[float, float], limits: tuple[float, float]) -> None:
    """Draw a range as a line with end marks; an arrow where it runs beyond the axis."""
    inside = [min(max(end, limits[0]), limits[1]) for end in ends]
    axes.plot(inside, [y, y], color=INK, linewidth=1.1, solid_capstyle="butt", zorder=3)
    for end, seen, arrow in zip(ends, inside, "<>", strict=True):
        marker = "|" if end == seen else arrow
        axes.plot([seen], [y], marker=marker, color=INK, markersize=5, zorder=3, clip_on=False)


def _reach(plot: Plot, places: Sequence[int], values: Sequence[float]) -> tuple[float, float]:
    """Return the ends of the axis: all of the ranked, and the others as far as these stay readable."""
    ranked, others = [0.0], [0.0]
    for place in places:
        seen = [v for v in (values[place], *plot.range_of(place)) if v == v]
        (others if plot.group(place) else ranked).extend(seen)
    low, high = min(ranked), max(ranked)
    if low == high:
        low, high = min(others), max(others)
    if low == high:  # nothing to draw: words alone
        return -1.0, 1.0
    span = (high - low) or 1.0
    low = max(min(low, *others), low - (_STRETCH - 1) * span)
    high = min(max(high, *others), high + (_STRETCH - 1) * span)
    room = 0.04 * (high - low)
    return low - (room if low < 0 else 0), high + (room if high > 0 else 0)


def _swings(axes: Any, rows: Rows) -> None:
    plot = rows.plot
    seen = [plot.base]
    for name, face in (("low", "white"), ("high", ACCENT)):
        for place, y in rows.y.items():
            value = plot.series[name][place]
            if value == value:
                seen.append(value)
                width = value - plot.base
                axes.barh(y, width, left=plot.base, color=face, edgecolor=ACCENT, height=_BAR, linewidth=1)
    room = 0.04 * ((max(seen) - min(seen)) or 1.0)
    axes.set_xlim(min(seen) - room, max(seen) + room)
    axes.axvline(plot.base, color=INK, linewidth=1)


def _steps(axes: Any, rows: Rows) -> None:
    plot = rows.plot
    starts, ends = plot.series["start"], plot.series["end"]
    last = len(ends) - 1
    before: tuple[float, float] | None = None
    for place, y in rows.y.items():
        start, end = starts[place], ends[place]
        if math.isnan(end):
            continue
        total = place in (0, last)
        color = GREY if total else GAIN if end >= start else LOSS
        axes.barh(y, end - start, left=start, color=color, height=_BAR, linewidth=0)
        if before:
            axes.plot([before[0]] * 2, [before[1], y], color=SECONDARY, linewidth=0.7, zorder=0)
        before = (end, y)
    axes.axvline(0, color=GREY, linewidth=0.8)
    axes.set_xlim(*_floor(starts, ends))


def _floor(starts: Sequence[float], ends: Sequence[float]) -> tuple[float, float]:
    """Return the ends of a bridge's axis, not from 0 where the bars would be too small to see."""
    levels = [value for value in (*starts[1:-1], *ends) if value == value] or [0.0, 1.0]
    low, high = min(levels), max(levels)
    span = (high - low) or 0.01 * abs(high) or 1.0
    if (low > 0 or high < 0) and span < 0.5 * max(abs(low), abs(high)):
        return low - 0.35 * span, high + 0.12 * span
    return min(low, 0) - 0.03 * span * (low < 0), max(high, 0) + 0.05 * span
