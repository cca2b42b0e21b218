"""Native charts: what is drawn, and the chart's part of the file with the values that it shows.

A sheet takes a chart by ``sheet.draw``::

    bridge = Chart(
        "column", "", categories, (Series(values, "Gain", GAIN), ...),
        x_title="Cause", y_title="Millions", alt="Waterfall: ...", stacked=True,
    )
    sheet.draw(bridge, row=8, column=10, width=620, height=220)

Categories and values are blocks of one row or column. A title is words that never change: what an entry
changes stands in a cell above the chart, since LibreOffice and Google Sheets leave linked titles behind.
Kinds: ``column``, ``bar`` (lying), ``line``, ``scatter`` (lines over a scale of numbers). Values that are
not available leave a gap. The package step writes each chart (:mod:`chart_xml`) with the caches of its
cells, so that viewers which do not calculate show it too.
"""

from __future__ import annotations

from dataclasses import dataclass

from openpyxl.chart import BarChart

from xlplugin.workbook.builder.blocks import Block

_CM = 2.54 / 96


@dataclass(frozen=True, slots=True)
class Series:
    """One row of marks; ``name`` is a word or a cell, ``color`` None is invisible."""

    values: Block
    name: str | Block
    color: str | None
    width: float = 2.0
    dashed: bool = False
    smooth: bool = False
    reach: tuple[Block, Block] | None = None  # of a bar: how far its range goes below and above its value


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart and how it looks; one accent, no 3D, light horizontal rules."""

    kind: str
    title: str | Block  # blank: none; a cell of a file without formulas
    categories: Block
    series: tuple[Series, ...]
    x_title: str  # blank: no title
    y_title: str
    alt: str
    stacked: bool = False
    legend: bool = False
    number: str = "General"
    category_number: str = "General"
    gap: int = 60
    overlap: int = -10  # of bars side by side, in per cent; 100 lays them over each other
    every: int = 1
    size: int = 800  # of the words on the axis of categories, in hundredths of a point
    scale: tuple[float, float] = (0.0, 1.0)  # of the numbers along a scatter chart
    unit: float = 0.2  # from one of its labels to the next
    floor: float | None = None  # where the axis of values starts; None: where the program likes
    ceiling: float | None = None  # where it ends
    labelled: bool = False  # each bar with its value

    def frame(self, width: int, height: int) -> BarChart:
        """Return the frame in the drawing alone, its size in pixels: the chart itself is written later."""
        frame = BarChart()
        frame.width, frame.height = width * _CM, height * _CM
        return frame
