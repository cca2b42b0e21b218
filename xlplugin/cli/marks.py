"""Small marks in tables: bars and sparklines of block characters, plain ones where those cannot be shown."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence

__all__ = ["bar", "sparkline", "swing"]

_EIGHTHS = "▏▎▍▌▋▊▉█"
_HEIGHTS = "▁▂▃▄▅▆▇█"
_ASCII_HEIGHTS = "_.-=+*%#"


def bar(value: float, most: float, width: int = 20) -> str:
    """Return a bar as long as ``value`` is of ``most``, at most ``width`` characters."""
    if not (value == value and most > 0) or value <= 0:
        return ""
    eighths = max(1, round(min(value / most, 1.0) * width * 8))
    if not _blocks():
        return "#" * max(1, round(eighths / 8))
    full, rest = divmod(eighths, 8)
    return "█" * full + (_EIGHTHS[rest - 1] if rest else "")


def swing(low: float, high: float, base: float, least: float, most: float, width: int = 24) -> str:
    """Return a bar from ``low`` to ``high`` on the scale ``least`` .. ``most``, with a mark at ``base``."""
    if not most > least or any(math.isnan(end) for end in (low, high, base)):
        return ""
    low, high = min(low, high, base), max(low, high, base)

    def place(value: float) -> int:
        return min(width - 1, max(0, int((value - least) / (most - least) * width)))

    mark, line = ("█", "│") if _blocks() else ("#", "|")
    cells = [" "] * width
    for i in range(place(low), place(high) + 1):
        cells[i] = mark
    cells[place(base)] = line
    return "".join(cells).rstrip()


def sparkline(values: Sequence[float]) -> str:
    """Return one character per value, from the lowest to the highest; a blank where not available."""
    known = [value for value in values if value == value]
    if not known:
        return ""
    low, high = min(known), max(known)
    heights = _HEIGHTS if _blocks() else _ASCII_HEIGHTS

    def mark(value: float) -> str:
        if value != value:
            return " "
        share = (value - low) / (high - low) if high > low else 0.0
        return heights[min(len(heights) - 1, int(share * len(heights)))]

    return "".join(map(mark, values))


def _blocks() -> bool:
    try:
        "█▁│".encode(sys.stdout.encoding or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
