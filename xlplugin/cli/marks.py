"""Small marks in tables: bars by rich, and sparklines; plain signs where block characters cannot be shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from xlplugin.cli.terminal import console

if TYPE_CHECKING:
    from rich.console import RenderableType

_HEIGHTS = "▁▂▃▄▅▆▇█"
_PLAIN_HEIGHTS = "_.-=+*%#"


def bar(value: float, most: float, width: int = 20) -> RenderableType:
    """Return a bar as long as ``value`` is of ``most``, at most ``width`` columns; none for 0 and below."""
    if not (value > 0 and most > 0):
        return ""
    least_seen = most / (8 * width - 1)  # an eighth of a column
    return _stretch(most, 0, min(max(value, least_seen), most), width)


def swing(low: float, high: float, base: float, least: float, most: float, width: int = 24) -> RenderableType:
    """Return a bar from ``low`` to ``high`` on the scale ``least`` .. ``most``, with a line at ``base``."""
    from rich.table import Table

    if not (most > least and low == low and high == high):
        return ""
    left = round((base - least) / (most - least) * (width - 1))
    parts = Table.grid()
    parts.add_row(
        _stretch(base - least, min(low, high, base) - least, base - least, left),
        "│" if _blocks() else "|",
        _stretch(most - base, 0, max(low, high, base) - base, width - 1 - left),
    )
    return parts


def sparkline(values: Sequence[float]) -> str:
    """Return one character per value, from the lowest to the highest; a blank where not available."""
    known = [value for value in values if value == value]
    if not known:
        return ""
    low = min(known)
    heights = _HEIGHTS if _blocks() else _PLAIN_HEIGHTS
    step = (max(known) - low) / len(heights) or 1.0
    return "".join(
        heights[min(len(heights) - 1, int((value - low) / step))] if value == value else " "
        for value in values
    )


def _stretch(size: float, begin: float, end: float, width: int) -> RenderableType:
    from rich.bar import Bar

    if width < 1 or not size > 0:
        return ""
    if _blocks():
        return Bar(size, begin, end, width=width)
    first, last = (round(place / size * width) for place in (begin, end))
    return (" " * first + "#" * max(last - first, int(end > begin))).ljust(width)


def _blocks() -> bool:
    return not console().options.ascii_only
