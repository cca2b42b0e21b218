"""Pictures of analyses for a note or a slide: PNG, SVG or PDF, in the product's colours.

Needs Matplotlib, which is optional: :func:`xlplugin.analysis.export.output.check_pictures` looks first.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from matplotlib import rc_context
from matplotlib.figure import Figure

from xlplugin.analysis.export.drawing.curves import draw_lines, draw_panels
from xlplugin.analysis.export.drawing.histogram import draw_histogram
from xlplugin.analysis.export.drawing.page import SECONDARY, SLIDE, Page, Room, typefaces
from xlplugin.analysis.export.drawing.rows import draw_rows, rows_note
from xlplugin.analysis.export.drawing.tiles import draw_tiles
from xlplugin.analysis.export.plots import Plot
from xlplugin.model.errors import InputError
from xlplugin.model.messages import message

#: Sizes by name, in inches.
SIZES = {"16:9": SLIDE, "4:3": (10.0, 7.5), "square": (7.5, 7.5)}

#: Width and height at least, and either side at most, in inches.
_LEAST, _MOST = (3.93, 2.95), 40.0
_SIZE = re.compile(r"(\d+(?:[.,]\d+)?)\s*[x×]\s*(\d+(?:[.,]\d+)?)\s*(in|cm)")

#: Dots per inch of PNG.
_DOTS = 200


def picture_size(typed: str) -> tuple[float, float]:
    """Return width and height in inches: ``16:9``, ``4:3``, ``square``, ``16x9cm`` or ``8x4.5in``.

    InputError for anything else, for less than 10 x 7.5 cm (4 x 3 in) and for sides above 100 cm (40 in).
    """
    words = typed.strip().casefold()
    if words in SIZES:
        return SIZES[words]
    found = _SIZE.fullmatch(words)
    allowed = message("{names}, or width x height such as 16x9cm or 8x4.5in", names=", ".join(SIZES))
    if found is None:
        raise InputError.wrong("size", typed, "write one of these", allowed)
    factor = 1 / 2.54 if found[3] == "cm" else 1.0
    sides = tuple(float(side.replace(",", ".")) * factor for side in found.group(1, 2))
    if not all(least <= side <= _MOST for least, side in zip(_LEAST, sides, strict=True)):
        fix = "take at least 10x7.5cm (4x3in), and sides of at most 100cm (40in)"
        raise InputError.wrong("size", typed, fix, allowed)
    return sides[0], sides[1]


def write_picture(
    plot: Plot,
    path: Path | IO[Any],
    form: str,
    size: tuple[float, float] = SLIDE,
    scale: float | None = None,
    *,
    inset: bool = False,
) -> None:
    """Draw a plot to ``path`` as ``png``, ``svg`` or ``pdf``.

    ``size`` is in inches, ``scale`` that of the type (None: as the page's); ``inset``: with next to no
    margin, as part of another page. The same plot gives the same file.
    """
    with _settings():
        figure = drawn(plot, size, scale, inset=inset)
        nothing = {"png": "Software", "svg": "Date", "pdf": "CreationDate"}[form]
        figure.savefig(path, format=form, dpi=_DOTS, metadata={nothing: None, "Title": plot.title})


def drawn(
    plot: Plot, size: tuple[float, float] = SLIDE, scale: float | None = None, *, inset: bool = False
) -> Figure:
    """Return the figure of a plot: title, scenario, the plot itself, notes, source and date."""
    with _settings():
        page = Page(size, scale, inset)
        top = _head(page, plot)
        body = _DRAWN[plot.kind]
        bottom = _foot(page, plot, top)
        body(page, plot, Room(page.left, bottom, page.right - page.left, top - bottom))
        return page.figure


def _settings() -> Any:
    return rc_context(
        {
            "font.family": typefaces(),
            "svg.fonttype": "none",  # texts stay texts
            "pdf.fonttype": 42,
            "svg.hashsalt": "xlplugin",
            "axes.unicode_minus": True,
        }
    )


def _head(page: Page, plot: Plot) -> float:
    """Write title, scenario and key; return where the plot begins."""
    width = page.right - page.left
    top = page.paragraph(page.top, plot.title, page.points(15), page.left, width, fontweight="bold")
    for words, points in ((plot.subtitle, 10.5), (plot.key, 8.5)):
        top -= 0.03 * page.scale if words else 0
        top = page.paragraph(top, words, page.points(points), page.left, width, color=SECONDARY)
    return float(top - 0.12 * page.scale)


def _foot(page: Page, plot: Plot, top: float) -> float:
    """Write notes, and below them source and date; return where the plot ends."""
    size, width = page.points(7.5), page.right - page.left
    lines = [line for words in plot.notes for line in page.broken(words, size, width, 3)]
    source = page.broken(plot.source, size, width, 3)
    if plot.kind in ("bars", "swings", "steps"):
        tall = top - page.bottom - page.leading(size) * (len(lines) + len(source) + 5) - 0.1
        lines += page.broken(rows_note(page, plot, tall), size, width, 2)
    lines += source
    end = page.bottom + page.leading(size) * len(lines)
    page.lines_down(end, lines, size, page.left, color=SECONDARY)
    return float(end + 0.1 * page.scale)


_DRAWN: dict[str, Callable[[Page, Plot, Room], None]] = {
    "bars": draw_rows,
    "swings": draw_rows,
    "steps": draw_rows,
    "lines": draw_lines,
    "panels": draw_panels,
    "heat": draw_tiles,
    "histogram": draw_histogram,
}
