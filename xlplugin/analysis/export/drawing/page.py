"""The page of a picture: its size, its texts measured before they are placed, and the room that is left.

Lengths are in inches from the left and from the bottom, type in points. Every text is broken to the width
that it has, so that none lies on another or leaves the frame, whatever a company is called.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from matplotlib import rcParams
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, fontManager

from xlplugin.workbook.builder import look

INK, SECONDARY, RULE, GREY = (f"#{colour}" for colour in (look.INK, look.SECONDARY, look.RULE, look.GREY))
ACCENT, GAIN, LOSS, CAUTION = (f"#{colour}" for colour in (look.ACCENT, look.GAIN, look.LOSS, look.CAUTION))

#: Typefaces in the order of liking; the last one comes with Matplotlib.
_TYPEFACES = ("Carlito", "Calibri", "Arial", "Liberation Sans", "DejaVu Sans")

#: Of a slide: the size at which the type is as it should be; larger and smaller pages scale it.
SLIDE = (10.0, 5.625)
SMALLEST = 5.5  # points of any text
_MARGIN, _INSET = 0.32, 0.05  # inches around, and within a page of something else
_SLACK = 1.05  # hinted for the screen, type runs wider by up to 4%
_LEADING = 1.24  # line heights by type size
_MEASURED = 72  # points at which a word is measured, once for all sizes


class Room(NamedTuple):
    """A rectangle of the page in inches."""

    left: float
    bottom: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def top(self) -> float:
        return self.bottom + self.height


def typefaces() -> list[str]:
    """Return the typefaces of this machine that pictures are set in, best first; the last fills gaps."""
    present = {font.name for font in fontManager.ttflist}
    return [*[name for name in _TYPEFACES if name in present][:1], _TYPEFACES[-1]]


@lru_cache(10_000)
def _width(word: str, bold: bool, typefaces: tuple[str, ...]) -> float:
    """Return the width of a word in inches for each point of its size."""
    font = FontProperties(family=list(typefaces), size=_MEASURED, weight="bold" if bold else "normal")
    pixels, _, _ = _ruler().get_text_width_height_descent(word, font, False)
    return float(pixels) / 72 / _MEASURED


@lru_cache(1)
def _ruler() -> Any:
    """Return what measures texts, at 72 dots an inch."""
    return FigureCanvasAgg(Figure(dpi=72)).get_renderer()  # type: ignore[no-untyped-call]


class Page:
    """A figure with a margin; see the module."""

    def __init__(self, size: tuple[float, float], scale: float | None = None, inset: bool = False) -> None:
        self.width, self.height = size
        across, tall = self.width / SLIDE[0], self.height / SLIDE[1]
        self.scale: float = scale or min(max((across * tall) ** 0.5, 0.62), 1.8, max(across, 0.62) * 1.25)
        self.figure = Figure(figsize=size, facecolor="white")
        FigureCanvasAgg(self.figure)
        self.left = self.bottom = (_INSET if inset else _MARGIN) * self.scale
        self.right, self.top = self.width - self.left, self.height - self.bottom

    def points(self, size: float) -> float:
        """Return a type size on this page, at least 5.5 points."""
        return max(size * self.scale, SMALLEST)

    def extent(self, text: str, size: float, bold: bool = False) -> float:
        """Return the width of one line in inches."""
        family = tuple(rcParams["font.family"])
        words = text.split(" ")
        widths = sum(_width(word, bold, family) for word in words if word)
        blanks = (len(words) - 1) * _width(" ", bold, family)
        return (widths + blanks) * size * _SLACK

    def broken(self, text: str, size: float, width: float, most: int = 3, bold: bool = False) -> list[str]:
        """Return the text in at most so many lines of a width; what does not fit ends in an ellipsis."""
        lines: list[str] = []
        for word in text.split():
            joined = f"{lines[-1]} {word}" if lines else word
            if lines and self.extent(joined, size, bold) <= width:
                lines[-1] = joined
            else:
                lines.append(word)
        cut = len(lines) > most
        lines = [self._shortened(line, size, width, bold) for line in lines[:most]]
        if cut:
            lines[-1] = self._shortened(lines[-1] + " …", size, width, bold)
        return lines

    def _shortened(self, line: str, size: float, width: float, bold: bool) -> str:
        if self.extent(line, size, bold) <= width:
            return line
        lengths = range(1, len(line) + 1)
        fit = bisect_right(lengths, width, key=lambda kept: self.extent(line[:kept] + "…", size, bold))
        return line[: max(fit, 1)].rstrip(" …") + "…"

    def leading(self, size: float) -> float:
        """Return the height of a line in inches."""
        return size * _LEADING / 72

    def write(self, left: float, bottom: float, text: str, size: float, **look: Any) -> Any:
        """Write one line at a place, from its left end and its middle unless told otherwise."""
        settings = {"color": INK, "va": "center", "ha": "left", **look}
        at = left / self.width, bottom / self.height
        return self.figure.text(*at, text, fontsize=size, parse_math=False, **settings)

    def lines_down(self, top: float, lines: Sequence[str], size: float, left: float, **look: Any) -> float:
        """Write lines from ``top`` down and return where the next would begin."""
        for line in lines:
            self.write(left, top - self.leading(size) / 2, line, size, **look)
            top -= self.leading(size)
        return top

    def paragraph(
        self, top: float, text: str, size: float, left: float, width: float, most: int = 3, **look: Any
    ) -> float:
        """Write a text in at most so many lines of a width, and return where the next would begin."""
        lines = self.broken(text, size, width, most, look.get("fontweight") == "bold")
        return self.lines_down(top, lines, size, left, **look)

    def axes(self, room: Room) -> Any:
        """Return axes in a room, with nothing but a faint line below."""
        place = room.left / self.width, room.bottom / self.height
        axes = self.figure.add_axes((*place, room.width / self.width, room.height / self.height))
        for side in ("top", "right", "left"):
            axes.spines[side].set_visible(False)
        axes.spines["bottom"].set_color(RULE)
        axes.tick_params(colors=SECONDARY, length=0, labelsize=self.points(8.5))
        axes.set_axisbelow(True)
        return axes
