"""The workbook of one analysis: the table, native charts of it, and what makes it again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment

from xlplugin.analysis.export.columns import format_of
from xlplugin.analysis.export.native_charts import add_charts, cell_value
from xlplugin.analysis.export.plots import Plot
from xlplugin.analysis.export.sheets import put, put_head, save_with_charts
from xlplugin.analysis.export.wording import scenario_name
from xlplugin.data.shipped import shipped
from xlplugin.model.labels import LANGUAGES, label, labelled
from xlplugin.model.translations import called, said
from xlplugin.workbook.builder.blocks import Block, letter
from xlplugin.workbook.builder.charts import Chart
from xlplugin.workbook.builder.look import SECONDARY
from xlplugin.workbook.builder.styles import font, set_default_font, uncalculated
from xlplugin.workbook.builder.texts import keys, text

#: The rows of the short names, of the names for programs, and of the first figures.
_HEADS, _NAMES, _FIRST = 3, 4, 5

#: Columns whose cells name a quantity of the model.
_NAMED = ("measure", "lever", "input", "step")


def write_analysis(
    path: Path,
    title: str,
    rows: Sequence[dict[str, Any]],
    plot: Plot | None,
    notes: Sequence[str],
    parameters: Mapping[str, str] | None = None,
    language: str = "en",
) -> None:
    """Write the records to a sheet ``Table``, the charts to ``Chart``, what makes it again to ``Parameters``.

    The table's figures are plain numbers (fractions, millions) shown as people read them, blanks where not
    available, under short names with the names for programs below these; the chart's are in the unit that
    its axis names. ``notes`` stand below the table.
    """
    book = Workbook()
    book.calculation = uncalculated()
    set_default_font(book)
    sheet = book.active
    sheet.title = "Table"
    _table(sheet, rows, notes, language, "en" if parameters is None else language)
    _head(sheet, title, plot.subtitle if plot else "")
    charts: list[Chart] = []
    if plot is not None:
        drawn = book.create_sheet("Chart")
        charts = add_charts(drawn, plot)
        _head(drawn, plot.title, plot.subtitle)
    if parameters:
        _parameters(book.create_sheet("Parameters"), parameters, language)
    book.properties.creator, book.properties.title = "xlplugin", title

    def lookup(block: Block) -> list[Any]:
        rows = book["Chart"].iter_rows(block.top, block.bottom, block.left, block.right, values_only=True)
        return [value for row in rows for value in row]

    save_with_charts(book, path, charts, lookup)


def _head(sheet: Any, title: str, subtitle: str) -> None:
    put(sheet.cell(1, 1), title)
    put(sheet.cell(2, 1), subtitle or None)
    sheet.cell(1, 1).font, sheet.cell(2, 1).font = font(size=16, bold=True), font(color=SECONDARY)
    sheet.sheet_view.showGridLines = False
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _table(
    sheet: Any, rows: Sequence[dict[str, Any]], notes: Sequence[str], language: str, of_cells: str
) -> None:
    """Write heads and notes in one language, cells in another: tables of data are read again as they are."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    whole = str(rows[0].get("step", "")) if rows else ""
    sheet.row_dimensions[_HEADS].height = 40  # of three lines
    for column, name in enumerate(names, 1):
        values = [cell_value(_in_language(name, row.get(name), of_cells)) for row in rows]
        words = all(isinstance(row.get(name), (str, type(None))) for row in rows)
        side = "left" if words else "right"
        put_head(sheet.cell(_HEADS, column), sheet.cell(_NAMES, column), name, language, side)
        for i, (value, row) in enumerate(zip(values, rows, strict=True), _FIRST):
            _fill(sheet.cell(i, column), value, format_of(name, row, whole))
        widest = max([len(name) + 1, *map(_width, values)])
        sheet.column_dimensions[letter(column)].width = min(max(widest, 11), 60)
    below_all = [*notes, text("table.basis_points", language)] if notes else []  # a table of data has none
    for i, words_below in enumerate(below_all, len(rows) + _FIRST + 1):
        put(sheet.cell(i, 1), words_below)
        sheet.cell(i, 1).font = font(italic=True, color=SECONDARY)
    sheet.freeze_panes = f"B{_FIRST}"


def _in_language(name: str, value: Any, language: str) -> Any:
    """Return what a cell says in a language: names as its people read them, sentences, words of a list."""
    if language == LANGUAGES[0] or not isinstance(value, str) or not value:
        return value
    if name in _NAMED:
        return called(value, language)
    if name == "scenario":
        return scenario_name(value, shipped(), language)
    if labelled(f"{name}:{value}"):
        return label(f"{name}:{value}", language)
    if (key := f"table.{name}.{value}") in keys(f"table.{name}."):
        return text(key, language)
    return said(value, language)


def _fill(cell: Any, value: Any, number: str) -> None:
    put(cell, value)
    cell.font = font()
    if isinstance(value, float):
        cell.number_format = number


def _width(value: Any) -> int:
    return len(value) + 2 if isinstance(value, str) else 13 if isinstance(value, float) else 6


def _parameters(sheet: Any, parameters: Mapping[str, str], language: str) -> None:
    _head(sheet, text("table.parameters", language), text("table.parameters.note", language))
    for i, (name, value) in enumerate(parameters.items(), _HEADS + 1):
        put(sheet.cell(i, 1), name)
        put(sheet.cell(i, 2), value)
        sheet.cell(i, 1).font, sheet.cell(i, 2).font = font(bold=True), font()
        sheet.cell(i, 2).alignment = Alignment(wrap_text=True, vertical="top")
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 28, 100
