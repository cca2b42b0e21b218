"""What Office.js would do around a live script: a workbook as it is sent, and actions applied to a copy."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import openpyxl
import xlwings
from openpyxl.chart import BarChart, Reference
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter, range_boundaries

Payload = dict[str, Any]


def payload(path: Path, include: Collection[str] = (), active: str = "", selection: str = "A1") -> Payload:
    """Return what xlwings' client sends of a workbook; cells of sheets that are not included stay away."""
    book = openpyxl.load_workbook(path, data_only=True)
    titles = book.sheetnames
    names = []
    for name, defined in book.defined_names.items():
        sheet, area = next(iter(defined.destinations))
        names.append({
            "name": name, "refers_to": f"={defined.attr_text}", "type": "Range", "sheet_index": titles.index(sheet),
            "address": area.replace("$", ""), "scope_sheet_name": None, "scope_sheet_index": None, "book_scope": True,
        })  # fmt: skip
    return {
        "client": "Office.js",
        "version": xlwings.__version__,
        "book": {
            "name": path.name, "active_sheet_index": titles.index(active or book.active.title),
            "selection": selection, "calculation": "Automatic",
        },
        "sheets": [_sheet(sheet, not include or sheet.title in include) for sheet in book],
        "names": names,
    }  # fmt: skip


def _sheet(sheet: Any, sent: bool) -> Payload:
    values = [[_value(cell.value) for cell in row] for row in sheet.iter_rows()] if sent else [[]]
    lists = ("pictures", "shapes", "charts", "tables", "pivot_tables", "notes")
    used = sheet.dimensions if sent else None
    return {
        "name": sheet.title, "visibility": "Visible", "show_gridlines": True, "print_area": None,
        "notes_supported": True, "used_range_address": used, "used_range_row_count": sheet.max_row if sent else 0,
        "used_range_column_count": sheet.max_column if sent else 0, "values": values or [[""]],
        **{name: [] for name in lists},
    }  # fmt: skip


def _value(value: Any) -> Any:
    if isinstance(value, (datetime.datetime, datetime.date)):
        moment = datetime.datetime.combine(value, datetime.time()) if type(value) is datetime.date else value
        return f"{moment.isoformat(timespec='milliseconds')}Z"
    return "" if value is None else value


def apply(actions: list[Payload], source: Path, target: Path) -> list[str]:
    """Apply actions to a copy of a workbook, in order, and return those that are not known here.

    A write to a locked cell of a protected sheet raises, as Excel refuses it.
    """
    book = openpyxl.load_workbook(source)
    strange = []
    for action in actions:
        sheet = None if action["sheet_position"] is None else book.worksheets[action["sheet_position"]]
        act = _ACTS.get(action["func"])
        if act is None:
            strange.append(action["func"])
            continue
        cells = _cells(sheet, action)
        if sheet is not None and sheet.protection.sheet and any(cell.protection.locked for cell in cells):
            raise PermissionError(f"{sheet.title}!{cells[0].coordinate} is protected")
        act(book, sheet, cells, action)
    book.save(target)
    return strange


def _cells(sheet: Any, action: Payload) -> list[Any]:
    if sheet is None or action["start_row"] is None:
        return []
    row, column = action["start_row"] + 1, action["start_column"] + 1
    rows = sheet.iter_rows(row, row + action["row_count"] - 1, column, column + action["column_count"] - 1)
    return [cell for cells in rows for cell in cells]


def _values(book: Any, sheet: Any, cells: list[Any], action: Payload) -> None:
    flat = [value for row in action["values"] for value in row]
    assert len(flat) == len(cells), "Office.js refuses another number of values than cells"
    for cell, value in zip(cells, flat, strict=True):
        text = isinstance(value, str) and value.startswith("'")
        cell.value = value[1:] if text else None if value == "" else value
        if text:
            cell.data_type = "s"


def _font(book: Any, sheet: Any, cells: list[Any], action: Payload) -> None:
    key, value = action["args"]
    for cell in cells:
        style = {name: getattr(cell.font, name) for name in ("bold", "italic", "size", "name", "color")}
        style[key] = value.lstrip("#") if key == "color" else value
        cell.font = Font(**style)


def _each(change: Callable[[Any, Any], None]) -> Callable[..., None]:
    def act(book: Any, sheet: Any, cells: list[Any], action: Payload) -> None:
        for cell in cells:
            change(cell, action["args"][0])

    return act


def _width(book: Any, sheet: Any, cells: list[Any], action: Payload) -> None:
    for cell in cells:
        sheet.column_dimensions[cell.column_letter].width = action["args"][0] / 5.6


def _chart(book: Any, sheet: Any, cells: list[Any], action: Payload) -> None:
    _, kind, title, address, _, _, width, height, _, anchor = action["args"][:10]
    left, top, right, bottom = range_boundaries(address.replace("$", ""))
    data, chart = book[title], BarChart()
    chart.type = "col" if kind.startswith("Column") else "bar"
    if "Stacked" in kind:
        chart.grouping, chart.overlap = "stacked", 100
    chart.add_data(Reference(data, left + 1, top, right, bottom), titles_from_data=True)
    chart.set_categories(Reference(data, left, top + 1, left, bottom))
    chart.width, chart.height = width / 28.35, height / 28.35
    chart.x_axis.delete = chart.y_axis.delete = False
    sheet.add_chart(chart, anchor.replace("$", "").partition(":")[0])


def _axis(book: Any, sheet: Any, cells: list[Any], action: Payload) -> None:
    chart, (name, settings) = sheet._charts[action["args"][0]], action["args"][1:3]
    axis = chart.y_axis if name == "value" else chart.x_axis
    axis.title = settings.get("title", axis.title)
    axis.number_format = settings.get("number_format", axis.number_format)


def _link(book: Any, sheet: Any, cells: list[Any], action: Payload) -> None:
    address, shown = action["args"][:2]
    cells[0].hyperlink = openpyxl.worksheet.hyperlink.Hyperlink(
        ref=f"{get_column_letter(cells[0].column)}{cells[0].row}", location=address.lstrip("#")
    )
    cells[0].value = shown


def _legend(book: Any, sheet: Any, cells: list[Any], action: Payload) -> None:
    if action["args"][1:3] == ["visible", False]:
        sheet._charts[action["args"][0]].legend = None


def _add(book: Any, sheet: Any, cells: list[Any], action: Payload) -> None:
    place, title = action["args"]
    assert title.casefold() not in {one.casefold() for one in book.sheetnames} and len(title) <= 31
    book.create_sheet(title, place)


_ACTS: dict[str, Callable[..., None]] = {
    "addSheet": _add,
    "setValues": _values,
    "setFontProperty": _font,
    "setNumberFormat": _each(lambda cell, style: setattr(cell, "number_format", style)),
    "setRangeColor": _each(
        lambda cell, color: setattr(cell, "fill", PatternFill("solid", fgColor=color.lstrip("#")))
    ),
    "setHorizontalAlignment": _each(lambda cell, side: setattr(cell, "alignment", Alignment(side.lower()))),
    "setWrapText": _each(
        lambda cell, on: setattr(cell, "alignment", Alignment(cell.alignment.horizontal, wrap_text=on))
    ),
    "setColumnWidth": _width,
    "setBorderProperty": _each(lambda cell, side: None),
    "setShowGridlines": lambda book, sheet, cells, action: setattr(
        sheet.sheet_view, "showGridLines", action["args"][0]
    ),
    "addChart": _chart,
    "setChartTitle": lambda book, sheet, cells, action: setattr(
        sheet._charts[action["args"][0]], "title", action["args"][1]
    ),
    "setChartLegend": _legend,
    "setChartAxis": _axis,
    "setChartStyle": lambda book, sheet, cells, action: None,
    "addHyperlink": _link,
    "activateSheet": lambda book, sheet, cells, action: setattr(book, "active", action["args"][0]),
}
