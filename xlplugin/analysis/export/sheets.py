"""What workbooks of answers and of results share: texts that stay texts, heads of tables, charts in place."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, PatternFill
from openpyxl.writer.excel import ExcelWriter

from xlplugin.analysis.export.columns import head_of
from xlplugin.files.safe_text import sheet_text
from xlplugin.workbook.builder.blocks import Block
from xlplugin.workbook.builder.chart_parts import ChartParts
from xlplugin.workbook.builder.charts import Chart
from xlplugin.workbook.builder.look import BAND, GREY
from xlplugin.workbook.builder.styles import font


def put(cell: Any, value: Any) -> None:
    """Put a value into a cell; a text is a text, whatever it begins with, and what a sheet can hold of it."""
    if isinstance(value, str):
        cell.value = "x"
        cell._value = sheet_text(value)
        cell.data_type = "s"
    else:
        cell.value = value


def put_head(head: Any, below: Any, name: str, language: str, side: str) -> None:
    """Write a column's short name, and its name for programs into the cell below; ``side``: left or right."""
    put(head, head_of(name, language))
    head.font, head.fill = font(bold=True), PatternFill("solid", fgColor=BAND)
    head.alignment = Alignment(horizontal=side, wrap_text=True, vertical="bottom")
    put(below, name)
    below.font, below.alignment = font(size=8, color=GREY), Alignment(horizontal=side)


def save_with_charts(
    book: Workbook, path: Path, charts: Sequence[Chart], lookup: Callable[[Block], list[Any]]
) -> None:
    """Save a workbook with charts in the frames of its one sheet that has any; ``lookup`` tells figures."""
    # closed here whatever happens: an archive left open says on a full disk so again at the very end
    with _Charted(path, ChartParts([charts], lookup)) as archive:
        ExcelWriter(book, archive).save()


class _Charted(zipfile.ZipFile):
    """An archive that writes our charts in the place of the frames that openpyxl leaves for them."""

    def __init__(self, path: Path, charts: ChartParts) -> None:
        super().__init__(path, "w", zipfile.ZIP_DEFLATED, allowZip64=True)
        self._charts = charts

    def writestr(self, zinfo_or_arcname: Any, data: Any, *options: Any, **named: Any) -> None:
        """Write a part, a chart or a drawing as it is to be."""
        if isinstance(zinfo_or_arcname, str):
            data = self._charts.part(zinfo_or_arcname, data.encode() if isinstance(data, str) else data)
        super().writestr(zinfo_or_arcname, data, *options, **named)
