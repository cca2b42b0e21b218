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
    written = dict(parts)
    for number, chart in enumerate(itertools.chain.from_iterable(drawn), 1):
        written[f"xl/charts/chart{number}.xml"] = chart_xml(chart, lookup)
    for number, charts in enumerate(drawn, 1):
        name = f"xl/drawings/drawing{number}.xml"
        written[name] = _PICTURE.sub(partial(_described, iter(charts)), written[name])
    return written


def _described(charts: Iterator[Chart], place: re.Match[bytes]) -> bytes:
    alt = next(charts).alt
    return place[1] + f"{quoteattr(alt.partition(':')[0])} descr={quoteattr(alt)}/>".encode()
