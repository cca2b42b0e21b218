"""A native chart as the file holds it: title, marks, axes, and the values of its cells cached."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from xlplugin.workbook.builder.blocks import Block
from xlplugin.workbook.builder.cells import written
from xlplugin.workbook.builder.charts import Chart, Series
from xlplugin.workbook.builder.look import FONT, GREY, INK, RULE, SECONDARY

__all__ = ["Lookup", "chart_xml"]

#: Gives the values of a block, row by row: numbers, texts, None, or an error as :class:`ErrorText`.
Lookup = Callable[[Block], Sequence[Any]]

_CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"


def chart_xml(chart: Chart, lookup: Lookup) -> bytes:
    """Return the chart's part of the file, the values of its cells cached."""
    plot = _plot(chart, lookup)
    title = _title(chart.title, lookup)
    legend = (
        f'<c:legend><c:legendPos val="b"/><c:overlay val="0"/>{_font(800, SECONDARY)}</c:legend>'
        if chart.legend else ""
    )  # fmt: skip
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<c:chartSpace xmlns:c="{_CHART}" xmlns:a="{_DRAWING}">'
        f'<c:roundedCorners val="0"/><c:chart>{title}'
        f'<c:autoTitleDeleted val="{int(not title)}"/>'
        f"<c:plotArea><c:layout/>{plot}{_axes(chart)}</c:plotArea>{legend}"
        '<c:plotVisOnly val="0"/><c:dispBlanksAs val="gap"/></c:chart>'
        f"<c:spPr>{_solid('FFFFFF')}{_rule(RULE)}</c:spPr>"
        "</c:chartSpace>"
    ).encode()


def _title(words: str | Block, lookup: Lookup) -> str:
    """The chart's own title; none where the words stand above it."""
    if not words:
        return ""
    if isinstance(words, str):
        return _words(words, 950, INK, bold=True)
    linked = f'<c:title><c:tx>{_texts(words, lookup)}</c:tx><c:overlay val="0"/>'
    return f"{linked}{_font(950, INK, bold=True)}</c:title>"


def _plot(chart: Chart, lookup: Lookup) -> str:
    series = "".join(_series(chart, i, lookup) for i in range(len(chart.series)))
    marks, axes = f'<c:varyColors val="0"/>{series}', '<c:axId val="111"/><c:axId val="222"/>'
    if chart.kind == "scatter":
        return f'<c:scatterChart><c:scatterStyle val="lineMarker"/>{marks}{axes}</c:scatterChart>'
    if chart.kind == "line":
        return f'<c:lineChart><c:grouping val="standard"/>{marks}<c:marker val="1"/>{axes}</c:lineChart>'
    lying = "bar" if chart.kind == "bar" else "col"
    grouping, overlap = ("stacked", 100) if chart.stacked else ("clustered", chart.overlap)
    return (
        f'<c:barChart><c:barDir val="{lying}"/><c:grouping val="{grouping}"/>{marks}'
        f'<c:gapWidth val="{chart.gap}"/><c:overlap val="{overlap}"/>{axes}</c:barChart>'
    )


def _series(chart: Chart, i: int, lookup: Lookup) -> str:
    series, bars = chart.series[i], chart.kind in ("bar", "column")
    name = series.name
    title = f"<c:v>{written(name)}</c:v>" if isinstance(name, str) else _texts(name, lookup)
    known = lookup(chart.categories)
    scale = all(isinstance(value, (int, float)) for value in known)
    categories = (
        _numbers(chart.categories, lookup, chart.category_number)
        if scale
        else _texts(chart.categories, lookup)
    )
    values = _numbers(series.values, lookup, chart.number)
    x, y = ("xVal", "yVal") if chart.kind == "scatter" else ("cat", "val")
    look = _filled(series.color) if bars else _stroke(series)
    after = '<c:invertIfNegative val="0"/>' if bars else '<c:marker><c:symbol val="none"/></c:marker>'
    if chart.labelled:
        after += _labels(chart.number)
    if bars and series.reach:
        after += _reach(series.reach, chart.number, lookup)
    smooth = "" if bars else f'<c:smooth val="{int(series.smooth)}"/>'
    return (
        f'<c:ser><c:idx val="{i}"/><c:order val="{i}"/><c:tx>{title}</c:tx><c:spPr>{look}</c:spPr>{after}'
        f"<c:{x}>{categories}</c:{x}><c:{y}>{values}</c:{y}>{smooth}</c:ser>"
    )


def _reach(ends: tuple[Block, Block], number: str, lookup: Lookup) -> str:
    """A line on each bar from the low to the high end of its range."""
    minus, plus = (_numbers(end, lookup, number) for end in ends)
    return (
        '<c:errBars><c:errBarType val="both"/><c:errValType val="cust"/><c:noEndCap val="0"/>'
        f"<c:plus>{plus}</c:plus><c:minus>{minus}</c:minus><c:spPr>{_rule(INK)}</c:spPr></c:errBars>"
    )


def _axes(chart: Chart) -> str:
    lying = chart.kind == "bar"
    place, other = ("l", "b") if lying else ("b", "l")
    between = "between" if chart.kind in ("bar", "column") else "midCat"
    crosses, labels = ("max", "nextTo") if lying else ("autoZero", "low")
    rules = f"<c:majorGridlines><c:spPr>{_rule(RULE)}</c:spPr></c:majorGridlines>"
    ends = "" if chart.ceiling is None else f'<c:max val="{chart.ceiling:g}"/>'
    ends += "" if chart.floor is None else f'<c:min val="{chart.floor:g}"/>'
    no_line = "<a:ln><a:noFill/></a:ln>"
    return (
        f"{_scale(chart) if chart.kind == 'scatter' else _names(chart, place)}"
        f'<c:valAx><c:axId val="222"/>{_scaling("minMax", ends)}<c:delete val="0"/>'
        f'<c:axPos val="{other}"/>{rules}{_words(chart.y_title)}{_ticks(chart.number, labels)}'
        f'<c:spPr>{no_line}</c:spPr>{_font(800, SECONDARY)}<c:crossAx val="111"/>'
        f'<c:crosses val="{crosses}"/><c:crossBetween val="{between}"/></c:valAx>'
    )


def _names(chart: Chart, place: str) -> str:
    """The axis of categories; lying bars are read from the top."""
    order = "maxMin" if chart.kind == "bar" else "minMax"
    return (
        f'<c:catAx><c:axId val="111"/>{_scaling(order)}<c:delete val="0"/>'
        f'<c:axPos val="{place}"/>{_words(chart.x_title)}{_ticks(chart.category_number, "low")}'
        f'<c:spPr>{_rule(GREY)}</c:spPr>{_font(chart.size, INK, level=True)}<c:crossAx val="222"/>'
        '<c:crosses val="autoZero"/><c:auto val="0"/><c:lblAlgn val="ctr"/><c:lblOffset val="50"/>'
        f'<c:tickLblSkip val="{chart.every}"/><c:tickMarkSkip val="{chart.every}"/>'
        '<c:noMultiLvlLbl val="1"/></c:catAx>'
    )


def _scale(chart: Chart) -> str:
    """The axis of a scatter chart along the bottom."""
    low, high = chart.scale
    ends = f'<c:max val="{high:g}"/><c:min val="{low:g}"/>'
    return (
        f'<c:valAx><c:axId val="111"/>{_scaling("minMax", ends)}<c:delete val="0"/>'
        f'<c:axPos val="b"/>{_words(chart.x_title)}{_ticks(chart.category_number, "low")}'
        f'<c:spPr>{_rule(GREY)}</c:spPr>{_font(chart.size, INK)}<c:crossAx val="222"/>'
        f'<c:crosses val="autoZero"/><c:crossBetween val="midCat"/>'
        f'<c:majorUnit val="{chart.unit:g}"/></c:valAx>'
    )


def _labels(number: str) -> str:
    """The value of each mark beside it, and nothing else."""
    shown = {"LegendKey": 0, "Val": 1, "CatName": 0, "SerName": 0, "Percent": 0, "BubbleSize": 0}
    switches = "".join(f'<c:show{part} val="{value}"/>' for part, value in shown.items())
    return f'<c:dLbls><c:numFmt formatCode={quoteattr(number)} sourceLinked="0"/>{switches}</c:dLbls>'


def _scaling(order: str, ends: str = "") -> str:
    return f'<c:scaling><c:orientation val="{order}"/>{ends}</c:scaling>'


def _ticks(number: str, labels: str) -> str:
    return (
        f'<c:numFmt formatCode={quoteattr(number)} sourceLinked="0"/>'
        f'<c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="{labels}"/>'
    )


# --- cells and their values ---


def _texts(block: Block, lookup: Lookup) -> str:
    values = lookup(block)
    points = "".join(
        f'<c:pt idx="{i}"><c:v>{written(_shown(value))}</c:v></c:pt>'
        for i, value in enumerate(values)
        if value is not None
    )
    cache = f'<c:strCache><c:ptCount val="{len(values)}"/>{points}</c:strCache>'
    return f"<c:strRef><c:f>{escape(block.absolute)}</c:f>{cache}</c:strRef>"


def _shown(value: Any) -> str:
    return f"{value:.15g}" if isinstance(value, (int, float)) else str(value)


def _numbers(block: Block, lookup: Lookup, number: str) -> str:
    values = lookup(block)
    points = "".join(
        f'<c:pt idx="{i}"><c:v>{float(value)!r}</c:v></c:pt>'
        for i, value in enumerate(values)
        if isinstance(value, (int, float))
    )
    count = f'<c:formatCode>{escape(number)}</c:formatCode><c:ptCount val="{len(values)}"/>'
    cache = f"<c:numCache>{count}{points}</c:numCache>"
    return f"<c:numRef><c:f>{escape(block.absolute)}</c:f>{cache}</c:numRef>"


# --- looks ---


def _solid(color: str) -> str:
    return f'<a:solidFill><a:srgbClr val="{color}"/></a:solidFill>'


def _run(size: int, color: str, bold: bool = False) -> str:
    return f'sz="{size}" b="{int(bold)}">{_solid(color)}<a:latin typeface="{FONT}"/>'


def _font(size: int, color: str, bold: bool = False, level: bool = False) -> str:
    run, body = _run(size, color, bold), '<a:bodyPr rot="0" vert="horz"/>' if level else "<a:bodyPr/>"
    words = f"<a:p><a:pPr><a:defRPr {run}</a:defRPr></a:pPr><a:endParaRPr/></a:p>"
    return f"<c:txPr>{body}<a:lstStyle/>{words}</c:txPr>"


def _words(text: str, size: int = 800, color: str = SECONDARY, bold: bool = False) -> str:
    """A title of an axis or a chart; none where the categories speak for themselves."""
    if not text:
        return ""
    run = _run(size, color, bold)
    return (
        f"<c:title><c:tx><c:rich><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr {run}</a:defRPr></a:pPr>"
        f"<a:r><a:rPr {run}</a:rPr><a:t>{escape(text)}</a:t></a:r></a:p></c:rich></c:tx>"
        '<c:overlay val="0"/></c:title>'
    )


def _rule(color: str) -> str:
    return f'<a:ln w="6350">{_solid(color)}</a:ln>'


def _filled(color: str | None) -> str:
    if color is None:
        return "<a:noFill/><a:ln><a:noFill/></a:ln>"
    return f"{_solid(color)}<a:ln><a:noFill/></a:ln>"


def _stroke(series: Series) -> str:
    if series.color is None:
        return "<a:ln><a:noFill/></a:ln>"
    dash = '<a:prstDash val="dash"/>' if series.dashed else ""
    width = int(series.width * 12700)
    return f'<a:ln w="{width}" cap="rnd">{_solid(series.color)}{dash}<a:round/></a:ln>'
