"""The charts of a workbook as parts of its file, each with a text for those who do not see it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any
from xml.sax.saxutils import quoteattr

from xlplugin.workbook.builder.blocks import Block
from xlplugin.workbook.builder.chart_xml import Lookup, chart_xml
from xlplugin.workbook.builder.charts import Chart
from xlplugin.workbook.builder.sheet import Sheet

_OWN_ELEMENT = re.compile(rb"(</?)(?=\w+[\s/>])")
#: Links of sheets and drawings to other parts: from where they stand, as ExcelJS wants those of tables.
_LINKS = re.compile(r"xl/(worksheets|drawings)/_rels/")
_WHOLE, _BESIDE = b'Target="/xl/', b'Target="../'
_PICTURE = re.compile(rb'(<(?:\w+:)?cNvPr id="\d+" name=)"Chart \d+"\s*/>')


def looked_up(sheets: Sequence[Sheet], values: Sequence[Mapping[tuple[int, int], Any]]) -> Lookup:
    """Return the lookup of a workbook whose formulas give ``values``, sheet by sheet."""
    places = {sheet.title: i for i, sheet in enumerate(sheets)}

    def lookup(block: Block) -> list[Any]:
        i = places[block.title]
        cells, computed = sheets[i].cells, values[i]
        return [
            computed.get((row, column), cells.get(row, {}).get(column, (None,))[0])
            for row in range(block.top, block.bottom + 1)
            for column in range(block.left, block.right + 1)
        ]

    return lookup


def with_charts(
    parts: Mapping[str, bytes], drawn: Sequence[Sequence[Chart]], lookup: Lookup
) -> dict[str, bytes]:
    """Return the parts of the file with the charts, given by sheet, written and described in words."""
    written = ChartParts(drawn, lookup)
    return {name: written.part(name, content) for name, content in parts.items()}


class ChartParts:
    """A workbook's parts as openpyxl writes them, with charts in their frames, as ExcelJS reads them, too."""

    def __init__(self, drawn: Sequence[Sequence[Chart]], lookup: Lookup) -> None:
        self._lookup = lookup
        self._charts = {
            f"xl/charts/chart{number}.xml": chart
            for number, chart in enumerate(itertools.chain.from_iterable(drawn), 1)
        }
        self._drawings = {f"xl/drawings/drawing{n}.xml": charts for n, charts in enumerate(drawn, 1)}

    def part(self, name: str, content: bytes) -> bytes:
        """Return a part as the file is to hold it: a chart, a drawing with its texts, links of a sheet."""
        if name in self._charts:
            return chart_xml(self._charts[name], self._lookup)
        if name in self._drawings:
            return _prefixed(_PICTURE.sub(partial(_described, iter(self._drawings[name])), content))
        return content.replace(_WHOLE, _BESIDE) if _LINKS.match(name) else content


def _prefixed(drawing: bytes) -> bytes:
    """Return a drawing whose own elements are written ``xdr:``, without which ExcelJS cannot read it."""
    drawing = drawing.replace(b"<wsDr xmlns=", b"<wsDr xmlns:xdr=", 1)
    return _OWN_ELEMENT.sub(rb"\1xdr:", drawing)


def _described(charts: Iterator[Chart], place: re.Match[bytes]) -> bytes:
    alt = next(charts).alt
    return place[1] + f"{quoteattr(alt.partition(':')[0])} descr={quoteattr(alt)}/>".encode()
