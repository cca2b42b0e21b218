"""Axes of values: ticks in the language, as many as stand apart, the unit, and where they begin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from matplotlib.ticker import MaxNLocator

from xlplugin.analysis.export.drawing.page import RULE, SECONDARY, Page, Room
from xlplugin.analysis.export.plots import decimals_for, figure
from xlplugin.workbook.builder.texts import text

_SIZE = 8.5  # points of ticks and of the axis' name
_MOST_TICKS = 8


def room_below(page: Page, axis: str, width: float) -> float:
    """Return the height that ticks, the axis' name and the words on where it begins need."""
    size = page.points(_SIZE)
    return page.leading(size) * (2.5 + len(page.broken(axis, size, width, 2)))


def lying_axis(page: Page, axes: Any, name: str, inner: Room, language: str) -> None:
    """Write ticks and name of a horizontal axis of values below its plot."""
    size = page.points(_SIZE)
    ticks, words = _ticks(axes.get_xlim(), language, lambda labels: _side_by_side(page, labels, inner.width))
    axes.set_xticks(ticks, [""] * len(ticks))
    axes.grid(axis="x", color=RULE, linewidth=0.6)
    low, high = axes.get_xlim()
    top = inner.bottom - 0.04 * page.scale
    for tick, label in zip(ticks, words, strict=True):
        at = inner.left + (tick - low) / (high - low) * inner.width
        page.write(at, top - page.leading(size) / 2, label, size, color=SECONDARY, ha="center")
    left, width = inner.left, page.right - inner.left
    top = page.paragraph(top - 1.15 * page.leading(size), name, size, left, width, 2, color=SECONDARY)
    page.paragraph(top, begins(low, high, language), size, left, width, 1, color=SECONDARY)


def standing_axis(page: Page, axes: Any, inner: Room, language: str) -> float:
    """Write the ticks of a vertical axis of values to the left of its plot; return their width."""
    size = page.points(_SIZE)
    most = max(2, int(inner.height / page.leading(size) / 1.6))
    ticks, words = _ticks(axes.get_ylim(), language, lambda labels: len(labels) <= most)
    axes.set_yticks(ticks, [""] * len(ticks))
    axes.grid(axis="y", color=RULE, linewidth=0.6)
    low, high = axes.get_ylim()
    for tick, label in zip(ticks, words, strict=True):
        at = inner.bottom + (tick - low) / (high - low) * inner.height
        page.write(inner.left - 0.06 * page.scale, at, label, size, color=SECONDARY, ha="right")
    return max((page.extent(label, size) for label in words), default=0.0)


def widest_tick(page: Page, limits: tuple[float, float], language: str) -> float:
    """Return the width of the longest tick of a vertical axis."""
    _, words = _ticks(limits, language, lambda labels: len(labels) <= _MOST_TICKS)
    return max((page.extent(label, page.points(_SIZE)) for label in words), default=0.0)


def begins(low: float, high: float, language: str) -> str:
    """Return the words on where an axis begins where that is not 0, else nothing."""
    if low <= 0 <= high:
        return ""
    decimals = decimals_for(min((high - low) / 10, abs(low)))
    return text("picture.begins", language, figure=figure(low, decimals, language))


def _ticks(
    limits: tuple[float, float], language: str, fits: Callable[[list[str]], bool]
) -> tuple[list[float], list[str]]:
    """Return the most ticks whose words fit, and the words, with decimals that keep them different."""
    low, high = min(limits), max(limits)
    found: tuple[list[float], list[str]] = ([], [])
    for number in range(_MOST_TICKS, 0, -1):
        places = [
            float(tick) for tick in MaxNLocator(number, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
        ]
        slack = 1e-9 * (high - low)
        ticks = [place for place in places if low - slack <= place <= high + slack]
        step = places[1] - places[0]
        decimals = decimals_for(step)
        while decimals < 6 and round(step, decimals) != round(step, 9):
            decimals += 1
        found = ticks, [figure(0.0 if abs(tick) < slack else tick, decimals, language) for tick in ticks]
        if ticks and fits(found[1]):
            break
    return found


def _side_by_side(page: Page, labels: list[str], width: float) -> bool:
    size = page.points(_SIZE)
    apart = width / max(len(labels) - 1, 1)
    return len(labels) < 2 or max(page.extent(label, size) for label in labels) + 0.1 < 0.8 * apart
