"""Native charts: what is drawn, and the chart's part of the file with the values that it shows.

A sheet asks for a chart by :meth:`Chart.place`::

    Chart(
        "column", build.title_cell, categories, (Series(values, "Gain", GAIN), ...),
        x_title="Cause", y_title="Millions", alt="Waterfall: ...", stacked=True,
    ).place(sheet, row=8, column=10, width=620, height=220)

Categories and values are blocks of one row or column, the title is a cell with a formula (so that it
names the case that is chosen). Kinds: ``column``, ``bar`` (lying), ``line``, ``scatter``
(lines over a scale of numbers). Values that are not
available leave a gap. The package step writes each chart with the caches of its cells, so that
viewers which do not calculate show it too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

from openpyxl.chart import BarChart

from xlplugin.workbook.builder.blocks import Block, letter
from xlplugin.workbook.builder.styles import FONT, INK, RULE, SECONDARY

if TYPE_CHECKING:
    from xlplugin.workbook.builder.sheet import Sheet

__all__ = ["Chart", "Series", "looked_up", "with_charts"]

#: Gives the values of a block, row by row: numbers, texts, None, or an error as :class:`ErrorText`.
Lookup = Callable[[Block], Sequence[Any]]

_CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
_PICTURE = re.compile(rb'(<(?:\w+:)?cNvPr id="\d+" name=)"Chart \d+"\s*/>')
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


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart and how it looks; one accent, no 3D, light horizontal rules."""

    kind: str
    title: Block
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

    def place(self, sheet: Sheet, row: int, column: int, width: int, height: int) -> None:
        """Put the chart on a sheet, its upper left corner in a cell, its size in pixels."""
        frame = BarChart()  # the frame in the drawing alone: with_charts writes the chart itself
        frame.width, frame.height = width * _CM, height * _CM
        sheet.ws.add_chart(frame, f"{letter(column)}{row}")
        sheet.charts.append(self)

    def xml(self, lookup: Lookup) -> bytes:
        """Return the chart's part of the file, the values of its cells cached."""
        plot = self._bars(lookup) if self.kind in ("bar", "column") else self._lines(lookup)
        title = _title(
            f"<c:strRef>{_reference(self.title)}{_texts(lookup(self.title))}</c:strRef>", 950, True
        )
        legend = (
            f'<c:legend><c:legendPos val="b"/><c:overlay val="0"/>{_font(800, SECONDARY)}</c:legend>'
            if self.legend else ""
        )  # fmt: skip
        return (
            '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
            f'<c:chartSpace xmlns:c="{_CHART}" xmlns:a="{_DRAWING}">'
            f'<c:roundedCorners val="0"/><c:chart>{title}'
            f'<c:autoTitleDeleted val="0"/><c:plotArea><c:layout/>{plot}{self._axes()}</c:plotArea>{legend}'
            '<c:plotVisOnly val="0"/><c:dispBlanksAs val="gap"/></c:chart>'
            f'<c:spPr><a:solidFill><a:srgbClr val="FFFFFF"/></a:solidFill>{_rule(RULE)}</c:spPr>'
            "</c:chartSpace>"
        ).encode()

    def _bars(self, lookup: Lookup) -> str:
        lying = "bar" if self.kind == "bar" else "col"
        grouping = "stacked" if self.stacked else "clustered"
        marks = "".join(self._one(i, one, lookup) for i, one in enumerate(self.series))
        overlap = f'<c:overlap val="{100 if self.stacked else self.overlap}"/>'
        return (
            f'<c:barChart><c:barDir val="{lying}"/><c:grouping val="{grouping}"/>'
            f'<c:varyColors val="0"/>{marks}'
            f'<c:gapWidth val="{self.gap}"/>{overlap}<c:axId val="111"/><c:axId val="222"/></c:barChart>'
        )

    def _lines(self, lookup: Lookup) -> str:
        marks = "".join(self._one(i, one, lookup) for i, one in enumerate(self.series))
        if self.kind == "scatter":
            return (
                f'<c:scatterChart><c:scatterStyle val="lineMarker"/><c:varyColors val="0"/>{marks}'
                '<c:axId val="111"/><c:axId val="222"/></c:scatterChart>'
            )
        return (
            f'<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>{marks}<c:marker val="1"/>'
            '<c:axId val="111"/><c:axId val="222"/></c:lineChart>'
        )

    def _one(self, i: int, one: Series, lookup: Lookup) -> str:
        name = f"<c:v>{escape(one.name)}</c:v>" if isinstance(one.name, str) else (
            f"<c:strRef>{_reference(one.name)}{_texts(lookup(one.name))}</c:strRef>"
        )  # fmt: skip
        known = lookup(self.categories)
        if all(isinstance(value, (int, float)) for value in known):
            held = (
                f"<c:numRef>{_reference(self.categories)}{_numbers(known, self.category_number)}</c:numRef>"
            )
        else:
            held = f"<c:strRef>{_reference(self.categories)}{_texts(known)}</c:strRef>"
        values = f"<c:numRef>{_reference(one.values)}{_numbers(lookup(one.values), self.number)}</c:numRef>"
        line = self.kind not in ("bar", "column")
        x, y = ("xVal", "yVal") if self.kind == "scatter" else ("cat", "val")
        look = _stroke(one) if line else _filled(one.color)
        after = '<c:marker><c:symbol val="none"/></c:marker>' if line else '<c:invertIfNegative val="0"/>'
        smooth = f'<c:smooth val="{int(one.smooth)}"/>' if line else ""
        return (
            f'<c:ser><c:idx val="{i}"/><c:order val="{i}"/><c:tx>{name}</c:tx><c:spPr>{look}</c:spPr>{after}'
            f"<c:{x}>{held}</c:{x}><c:{y}>{values}</c:{y}>{smooth}</c:ser>"
        )

    def _axes(self) -> str:
        lying = self.kind == "bar"
        x, y = ("l", "b") if lying else ("b", "l")
        order = "maxMin" if lying else "minMax"  # lying bars are read from the top
        between = "between" if self.kind in ("bar", "column") else "midCat"
        rules = f"<c:majorGridlines><c:spPr>{_rule(RULE)}</c:spPr></c:majorGridlines>"
        skip = f'<c:tickLblSkip val="{self.every}"/><c:tickMarkSkip val="{self.every}"/>'
        crosses, labels = ("max", "nextTo") if lying else ("autoZero", "low")
        across = self._scale() if self.kind == "scatter" else self._names(x, order, skip)
        return (
            f'{across}<c:valAx><c:axId val="222"/>'
            '<c:scaling><c:orientation val="minMax"/></c:scaling><c:delete val="0"/>'
            f'<c:axPos val="{y}"/>{rules}{_words(self.y_title)}'
            f'<c:numFmt formatCode={quoteattr(self.number)} sourceLinked="0"/>'
            f'<c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="{labels}"/>'
            f'<c:spPr><a:ln><a:noFill/></a:ln></c:spPr>{_font(800, SECONDARY)}<c:crossAx val="111"/>'
            f'<c:crosses val="{crosses}"/><c:crossBetween val="{between}"/></c:valAx>'
        )

    def _names(self, place: str, order: str, skip: str) -> str:
        """The axis of categories."""
        return (
            f'<c:catAx><c:axId val="111"/><c:scaling><c:orientation val="{order}"/></c:scaling>'
            '<c:delete val="0"/>'
            f'<c:axPos val="{place}"/>{_words(self.x_title)}'
            f'<c:numFmt formatCode={quoteattr(self.category_number)} sourceLinked="0"/>'
            '<c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="low"/>'
            f'<c:spPr>{_rule("9AA5B1")}</c:spPr>{_font(self.size, INK, level=True)}<c:crossAx val="222"/>'
            '<c:crosses val="autoZero"/><c:auto val="0"/><c:lblAlgn val="ctr"/><c:lblOffset val="50"/>'
            f'{skip}<c:noMultiLvlLbl val="1"/></c:catAx>'
        )

    def _scale(self) -> str:
        """The axis of a scatter chart along the bottom."""
        low, high = self.scale
        return (
            f'<c:valAx><c:axId val="111"/><c:scaling><c:orientation val="minMax"/><c:max val="{high:g}"/>'
            f'<c:min val="{low:g}"/></c:scaling><c:delete val="0"/><c:axPos val="b"/>{_words(self.x_title)}'
            f'<c:numFmt formatCode={quoteattr(self.category_number)} sourceLinked="0"/>'
            '<c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="low"/>'
            f'<c:spPr>{_rule("9AA5B1")}</c:spPr>{_font(self.size, INK)}<c:crossAx val="222"/>'
            f'<c:crosses val="autoZero"/><c:crossBetween val="midCat"/>'
            f'<c:majorUnit val="{self.unit:g}"/></c:valAx>'
        )


def looked_up(sheets: Sequence[Sheet], values: Sequence[Mapping[tuple[int, int], Any]]) -> Lookup:
    """Return the lookup of a workbook whose formulas give ``values``, sheet by sheet."""
    places = {sheet.title: i for i, sheet in enumerate(sheets)}

    def lookup(block: Block) -> list[Any]:
        i = places[block.title]
        cells, computed = sheets[i].cells, values[i]
        found = []
        for row in range(block.top, block.bottom + 1):
            for column in range(block.left, block.right + 1):
                value = cells.get(row, {}).get(column, (None,))[0]
                found.append(computed.get((row, column), value))
        return found

    return lookup


def with_charts(parts: dict[str, bytes], sheets: Sequence[Sheet], lookup: Lookup) -> dict[str, bytes]:
    """Return the parts of the file with every chart of the sheets written, and text in its place."""
    found, number, drawing = dict(parts), 0, 0
    for sheet in sheets:
        if not sheet.charts:
            continue
        drawing += 1
        for one in sheet.charts:
            number += 1
            found[f"xl/charts/chart{number}.xml"] = one.xml(lookup)
        name = f"xl/drawings/drawing{drawing}.xml"
        found[name] = _PICTURE.sub(partial(_described, iter(sheet.charts)), found[name])
    return found


def _described(charts: Iterator[Chart], place: re.Match[bytes]) -> bytes:
    alt = next(charts).alt
    return place[1] + f"{quoteattr(alt.partition(':')[0])} descr={quoteattr(alt)}/>".encode()


def _reference(block: Block) -> str:
    return f"<c:f>{escape(block.absolute)}</c:f>"


def _texts(values: Sequence[Any]) -> str:
    points = "".join(
        f'<c:pt idx="{i}"><c:v>{escape(_shown(value))}</c:v></c:pt>'
        for i, value in enumerate(values)
        if value is not None
    )
    return f'<c:strCache><c:ptCount val="{len(values)}"/>{points}</c:strCache>'


def _shown(value: Any) -> str:
    return f"{value:.15g}" if isinstance(value, (int, float)) else str(value)


def _numbers(values: Sequence[Any], number: str) -> str:
    points = "".join(
        f'<c:pt idx="{i}"><c:v>{float(value)!r}</c:v></c:pt>'
        for i, value in enumerate(values)
        if isinstance(value, (int, float))
    )
    return (
        f"<c:numCache><c:formatCode>{escape(number)}</c:formatCode>"
        f'<c:ptCount val="{len(values)}"/>{points}</c:numCache>'
    )


def _run(size: int, color: str, bold: bool = False) -> str:
    fill = f'<a:solidFill><a:srgbClr val="{color}"/></a:solidFill>'
    return f'sz="{size}" b="{int(bold)}">{fill}<a:latin typeface="{FONT}"/>'


def _font(size: int, color: str, bold: bool = False, level: bool = False) -> str:
    run, body = _run(size, color, bold), '<a:bodyPr rot="0" vert="horz"/>' if level else "<a:bodyPr/>"
    words = f"<a:p><a:pPr><a:defRPr {run}</a:defRPr></a:pPr><a:endParaRPr/></a:p>"
    return f"<c:txPr>{body}<a:lstStyle/>{words}</c:txPr>"


def _title(text: str, size: int, bold: bool) -> str:
    return f'<c:title><c:tx>{text}</c:tx><c:overlay val="0"/>{_font(size, INK, bold)}</c:title>'


def _words(text: str) -> str:
    """The title of an axis; none where the categories speak for themselves."""
    if not text:
        return ""
    run = _run(800, SECONDARY)
    return (
        f"<c:title><c:tx><c:rich><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr {run}</a:defRPr></a:pPr>"
        f"<a:r><a:rPr {run}</a:rPr><a:t>{escape(text)}</a:t></a:r></a:p></c:rich></c:tx>"
        '<c:overlay val="0"/></c:title>'
    )


def _rule(color: str) -> str:
    return f'<a:ln w="6350"><a:solidFill><a:srgbClr val="{color}"/></a:solidFill></a:ln>'


def _filled(color: str | None) -> str:
    if color is None:
        return "<a:noFill/><a:ln><a:noFill/></a:ln>"
    return f'<a:solidFill><a:srgbClr val="{color}"/></a:solidFill><a:ln><a:noFill/></a:ln>'


def _stroke(one: Series) -> str:
    if one.color is None:
        return "<a:ln><a:noFill/></a:ln>"
    dash = '<a:prstDash val="dash"/>' if one.dashed else ""
    return (
        f'<a:ln w="{int(one.width * 12700)}" cap="rnd"><a:solidFill>'
        f'<a:srgbClr val="{one.color}"/></a:solidFill>'
        f"{dash}<a:round/></a:ln>"
    )
