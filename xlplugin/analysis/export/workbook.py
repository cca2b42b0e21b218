"""The workbook of one analysis: the table, and a native chart of it."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, PatternFill

from xlplugin.analysis.export.native_charts import add_chart, cell_value
from xlplugin.analysis.export.plots import Plot
from xlplugin.workbook.builder.blocks import Block, letter
from xlplugin.workbook.builder.chart_parts import with_charts
from xlplugin.workbook.builder.charts import Chart
from xlplugin.workbook.builder.styles import BAND, SECONDARY, font, set_default_font, uncalculated


def write_analysis(
    path: Path, title: str, rows: Sequence[dict[str, Any]], plot: Plot | None, notes: Sequence[str]
) -> None:
    """Write the records to a sheet ``Table``, and to a sheet ``Chart`` the chart with its figures.

    Figures are plain numbers (fractions, millions), blanks where not available; the chart's are in the
    unit that its axis names. ``notes`` stand below the table.
    """
    book = Workbook()
    book.calculation = uncalculated()
    set_default_font(book)
    sheets = [book.active]
    sheets[0].title = "Table"
    _table(sheets[0], rows, notes)
    chart = None
    if plot is not None:
        sheets.append(book.create_sheet("Chart"))
        chart = add_chart(sheets[1], plot)
    for sheet, head in zip(sheets, [title, plot.title if plot else ""], strict=False):
        sheet.cell(1, 1, head).font = font(size=16, bold=True)
        sheet.sheet_view.showGridLines = False
        _one_page_wide(sheet)
    book.properties.creator = "xlplugin"
    book.properties.title = title
    book.save(path)
    if chart is not None:
        _write_chart(path, sheets[1], chart)


def _write_chart(path: Path, sheet: Any, chart: Chart) -> None:
    """Put the chart in the place that the file keeps for it."""

    def lookup(block: Block) -> list[Any]:
        rows = sheet.iter_rows(block.top, block.bottom, block.left, block.right, values_only=True)
        return [value for row in rows for value in row]

    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in with_charts(parts, [[chart]], lookup).items():
            archive.writestr(name, content)


def _table(sheet: Any, rows: Sequence[dict[str, Any]], notes: Sequence[str]) -> None:
    names = list(dict.fromkeys(name for row in rows for name in row))
    for column, name in enumerate(names, 1):
        values = [cell_value(row.get(name)) for row in rows]
        text = all(isinstance(row.get(name), (str, type(None))) for row in rows)
        head = sheet.cell(3, column, name.replace("_", " "))
        head.font, head.fill = font(bold=True), PatternFill("solid", fgColor=BAND)
        head.alignment = Alignment(horizontal="left" if text else "right", wrap_text=True, vertical="bottom")
        for i, value in enumerate(values, 4):
            _fill(sheet.cell(i, column), value)
        widest = max([len(name) // 2 + 4, *map(_width, values)])
        sheet.column_dimensions[letter(column)].width = min(widest, 60)
    for i, words in enumerate(notes, len(rows) + 5):
        sheet.cell(i, 1, words).font = font(italic=True, color=SECONDARY)
    sheet.freeze_panes = "A4"


def _fill(cell: Any, value: Any) -> None:
    cell.value, cell.font = value, font()
    if isinstance(value, str):  # a text is a text, also where it begins like a formula
        cell.data_type = "s"
    elif isinstance(value, float):
        cell.number_format = "#,##0.000000" if abs(value) < 1 else "#,##0.00"


def _width(value: Any) -> int:
    return len(value) + 2 if isinstance(value, str) else 12 if isinstance(value, float) else 6


def _one_page_wide(sheet: Any) -> None:
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
