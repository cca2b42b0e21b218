"""The workbook of one analysis: the table, and a native chart of it."""

from __future__ import annotations

import io
import math
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from openpyxl import Workbook
from openpyxl.chart import BarChart, LineChart, Reference
from openpyxl.chart.data_source import (
    AxDataSource,
    NumData,
    NumRef,
    NumVal,
    StrData,
    StrRef,
    StrVal,
)  # fmt: skip
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.formatting.rule import ColorScaleRule
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from xlplugin.analysis.export.charts import Chart
from xlplugin.workbook.builder.styles import ACCENT, BAND, CAUTION, FONT, GAIN, GREY, INK, LOSS, SECONDARY

__all__ = ["write_analysis"]

_FONT = re.compile(rb"<font>(.*?)</font>", re.DOTALL)
_PART = re.compile(rb"<(\w+)(?:\s[^>]*)?/>")
_PICTURE = re.compile(rb'(<(?:\w+:)?cNvPr id="\d+" name=)"Chart \d+"\s*/>')
_FONT_ORDER = (
    b"b",
    b"i",
    b"strike",
    b"u",
    b"vertAlign",
    b"sz",
    b"color",
    b"name",
    b"family",
    b"charset",
    b"scheme",
)

_LINE_COLORS = (ACCENT, CAUTION, GAIN, LOSS, SECONDARY, INK)
_WIDE, _TALL = 22.0, 11.0  # of a chart, in cm


def write_analysis(
    path: Path, title: str, rows: Sequence[dict[str, Any]], chart: Chart | None, notes: Sequence[str]
) -> None:
    """Write the records to a sheet ``Table``, and to a sheet ``Chart`` the chart with its figures.

    Figures are plain numbers (fractions, millions), blanks where not available; the chart's are in the
    unit that its axis names. ``notes`` stand below the table.
    """
    book = Workbook()
    sheet = book.active
    sheet.title = "Table"
    _table(sheet, title, rows, notes)
    if chart is not None:
        _chart(book.create_sheet("Chart"), chart)
    book.properties.creator = "xlplugin"
    book.properties.title = title
    _save(book, path, "" if chart is None else _alternative(chart))


def _alternative(chart: Chart) -> str:
    """Return what the chart shows, for those who do not see it."""
    drawn = {"bars": "Bars", "swings": "Bars from low to high", "steps": "Waterfall", "lines": "Lines"}
    words = f"{chart.title}. {drawn.get(chart.kind, 'Table')} of {chart.axis}"
    if chart.labels:
        ends = chart.labels[0], chart.labels[-1]
        first, last = (f"{end:g}" if isinstance(end, float) else str(end) for end in ends)
        words += f", {first} to {last}"
    return f"{words}. Its figures stand in the columns to the left."


def _save(book: Workbook, path: Path, alternative: str) -> None:
    """Write the file, fonts in the schema's order and charts described, neither of which openpyxl does."""
    described = rb"\g<1>" + f'"Chart" descr={quoteattr(alternative)}/>'.encode().replace(b"\\", rb"\\")
    buffer = io.BytesIO()
    book.save(buffer)
    with zipfile.ZipFile(buffer) as read, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as written:
        for entry in read.infolist():
            content = read.read(entry)
            if entry.filename == "xl/styles.xml":
                content = _FONT.sub(_in_order, content)
            if entry.filename.startswith("xl/drawings/drawing"):
                content = _PICTURE.sub(described, content)
            written.writestr(entry, content)


def _in_order(font: re.Match[bytes]) -> bytes:
    parts = sorted(_PART.finditer(font[1]), key=lambda part: _FONT_ORDER.index(part[1]))
    return b"<font>" + b"".join(part[0] for part in parts) + b"</font>"


def _table(sheet: Any, title: str, rows: Sequence[dict[str, Any]], notes: Sequence[str]) -> None:
    sheet.sheet_view.showGridLines = False
    sheet.cell(1, 1, title).font = Font(name=FONT, size=16, bold=True, color=INK)
    names = list(dict.fromkeys(name for row in rows for name in row))
    for k, name in enumerate(names, 1):
        cell = sheet.cell(3, k, name.replace("_", " "))
        cell.font = Font(name=FONT, size=10, bold=True, color=INK)
        cell.fill = PatternFill("solid", fgColor=BAND)
        text = all(isinstance(row.get(name), (str, type(None))) for row in rows)
        cell.alignment = Alignment(horizontal="left" if text else "right", wrap_text=True, vertical="bottom")
        widest = len(name) // 2 + 4
        for i, row in enumerate(rows, 4):
            value = _plain(row.get(name))
            place = sheet.cell(i, k)
            if isinstance(value, str):  # a text is a text, also where it begins like a formula
                place.value, place.data_type = value, "s"
            else:
                place.value = value
            place.font = Font(name=FONT, size=10, color=INK)
            if isinstance(value, float):
                place.number_format = "#,##0.000000" if abs(value) < 1 else "#,##0.00"
            widest = max(
                widest, len(value) + 2 if isinstance(value, str) else 12 if isinstance(value, float) else 6
            )
        sheet.column_dimensions[get_column_letter(k)].width = min(widest, 60)
    for i, words in enumerate(notes, len(rows) + 5):
        sheet.cell(i, 1, words).font = Font(name=FONT, size=10, italic=True, color=SECONDARY)
    sheet.freeze_panes = "A4"
    _one_page_wide(sheet)


def _one_page_wide(sheet: Any) -> None:
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _plain(value: Any) -> Any:
    value = value.item() if hasattr(value, "item") else value
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if isinstance(value, (str, int, float, bool)) or value is None else None


def _chart(sheet: Any, chart: Chart) -> None:
    columns = _figures(chart)
    sheet.sheet_view.showGridLines = False
    sheet.cell(1, 1, chart.title).font = Font(name=FONT, size=16, bold=True, color=INK)
    for k, (name, values) in enumerate(columns.items(), 1):
        head = sheet.cell(3, k, name)
        head.font = Font(name=FONT, size=10, bold=True, color=INK)
        head.alignment = Alignment(horizontal="left" if k == 1 else "right")
        for i, value in enumerate(values, 4):
            cell = sheet.cell(i, k, _plain(value))
            cell.font = Font(name=FONT, size=10, color=INK)
            if isinstance(value, float):
                cell.number_format = "#,##0.0"
        sheet.column_dimensions[get_column_letter(k)].width = 34 if k == 1 else 12
    _one_page_wide(sheet)
    last = 3 + len(chart.labels)
    if chart.kind == "heat":
        cells = f"B4:{get_column_letter(len(columns))}{last}"
        scale = {"start_type": "min", "start_color": LOSS, "end_type": "max", "end_color": GAIN}
        middle = {"mid_type": "num", "mid_value": 0, "mid_color": "FFFFFF"}
        sheet.conditional_formatting.add(cells, ColorScaleRule(**scale, **middle))
        return
    drawn = _drawn(chart)
    drawn.add_data(
        Reference(sheet, min_col=2, max_col=len(columns), min_row=3, max_row=last), titles_from_data=True
    )
    drawn.set_categories(Reference(sheet, min_col=1, min_row=4, max_row=last))
    _cached(drawn, columns)
    _coloured(drawn, chart)
    drawn.title, drawn.width, drawn.height = chart.title, _WIDE, _TALL
    drawn.y_axis.title, drawn.x_axis.title = chart.axis, chart.across or None
    drawn.y_axis.number_format, drawn.y_axis.majorGridlines.spPr = "#,##0.0", _outline("D9E0E7")
    drawn.x_axis.tickLblPos = "low"
    drawn.x_axis.delete = drawn.y_axis.delete = False
    if chart.kind == "steps":
        drawn.y_axis.scaling.min = _floor(chart)
        if drawn.y_axis.scaling.min is not None:
            drawn.y_axis.title = f"{chart.axis}, not from 0"
    sheet.add_chart(drawn, f"{get_column_letter(len(columns) + 2)}3")


def _cached(drawn: Any, columns: dict[str, list[Any]]) -> None:
    """Keep in the chart the figures of its cells, for viewers that read no others."""
    labels, *series = columns.values()
    for one, name, values in zip(drawn.series, list(columns)[1:], series, strict=True):
        one.tx.strRef.strCache = StrData(ptCount=1, pt=[StrVal(idx=0, v=name)])
        one.val.numRef.numCache = _numbers(values)
        place = one.cat.numRef.f
        if all(isinstance(label, (int, float)) for label in labels):
            one.cat = AxDataSource(numRef=NumRef(f=place, numCache=_numbers(labels)))
        else:
            points = [StrVal(idx=i, v=str(label)) for i, label in enumerate(labels)]
            one.cat = AxDataSource(strRef=StrRef(f=place, strCache=StrData(ptCount=len(points), pt=points)))


def _numbers(values: Sequence[Any]) -> NumData:
    known = [(i, _plain(value)) for i, value in enumerate(values)]
    points = [NumVal(idx=i, v=repr(value)) for i, value in known if value is not None]
    return NumData(formatCode="#,##0.0", ptCount=len(values), pt=points)


def _figures(chart: Chart) -> dict[str, list[Any]]:
    head = chart.across.partition("|")[0] or "category"
    columns: dict[str, list[Any]] = {head: list(chart.labels)}
    if chart.kind == "swings":
        for name, values in chart.series.items():
            columns[f"{name} - base"] = [value - chart.base for value in values]
        return columns
    if chart.kind == "steps":
        return columns | _steps(chart)
    for name, values in chart.series.items():
        columns[name] = list(values)
        if name in chart.bands:
            columns[f"{name} low"], columns[f"{name} high"] = (list(end) for end in chart.bands[name])
    return columns


def _steps(chart: Chart) -> dict[str, list[Any]]:
    """Return stacked columns whose invisible part lifts each bar, also where one crosses zero."""
    found: dict[str, list[Any]] = {
        name: [] for name in ("lift", "lift below 0", "total", "gain", "gain below 0", "loss", "loss below 0")
    }
    last = len(chart.labels) - 1
    for i, (start, end) in enumerate(zip(chart.series["start"], chart.series["end"], strict=True)):
        low, high = min(start, end), max(start, end)
        row = dict.fromkeys(found, 0.0)
        row["lift"], row["lift below 0"] = max(low, 0.0), min(high, 0.0)
        up, down = max(high, 0.0) - max(low, 0.0), min(low, 0.0) - min(high, 0.0)
        if i in (0, last):
            row["total"] = end
            row["lift"] = row["lift below 0"] = 0.0
        else:
            word = "gain" if end >= start else "loss"
            row[word], row[f"{word} below 0"] = up, down
        for name, value in row.items():
            found[name].append(value if end == end else math.nan)
    return found


def _floor(chart: Chart) -> float | None:
    """Return where the axis of a waterfall starts, so that small bars on high columns are seen."""
    inner = [v for end in ("start", "end") for v in list(chart.series[end])[1:-1] if v == v]
    inner += [v for v in chart.series["end"] if v == v]
    if not inner or min(inner) <= 0 or max(inner) - min(inner) > 0.5 * max(inner):
        return None
    room = (max(inner) - min(inner)) or 0.01 * max(inner)
    step = 10.0 ** math.floor(math.log10(room))
    return math.floor((min(inner) - 0.6 * room) / step) * step


def _drawn(chart: Chart) -> Any:
    if chart.kind == "lines":
        return LineChart()
    drawn = BarChart()
    drawn.type = "col" if chart.kind == "steps" else "bar"
    drawn.gapWidth = 60
    if chart.kind in ("swings", "steps"):
        drawn.grouping, drawn.overlap = "stacked", 100
    if drawn.type == "bar":
        drawn.x_axis.scaling.orientation = "maxMin"
    return drawn


def _coloured(drawn: Any, chart: Chart) -> None:
    if chart.kind == "lines":
        names = list(_figures(chart))[1:]
        number = -1
        for one, name in zip(drawn.series, names, strict=True):
            band = name not in chart.series
            number += not band
            one.graphicalProperties = _outline(_LINE_COLORS[number % len(_LINE_COLORS)])
            one.graphicalProperties.line.width = 9_000 if band else 25_000
            one.graphicalProperties.line.dashStyle = "dash" if band else None
            one.smooth = False
        return
    colors: Sequence[str | None] = (ACCENT,)
    if chart.kind == "swings":
        colors = (GREY, ACCENT)
    if chart.kind == "steps":
        colors = (None, None, GREY, GAIN, GAIN, LOSS, LOSS)
    for one, color in zip(drawn.series, colors, strict=True):
        one.graphicalProperties = (
            GraphicalProperties(solidFill=color) if color else GraphicalProperties(noFill=True)
        )
        one.graphicalProperties.line.noFill = True
        one.invertIfNegative = False
    if chart.kind != "swings":
        drawn.legend = None
    if chart.kind == "bars":
        drawn.dataLabels = DataLabelList(showVal=True, numFmt="#,##0.0")
        for part in ("showSerName", "showCatName", "showLegendKey", "showPercent"):
            setattr(drawn.dataLabels, part, False)


def _outline(color: str) -> GraphicalProperties:
    properties = GraphicalProperties()
    properties.line.solidFill = color
    return properties
