"""From the build to the file: cells, cached values, properties; written whole or not at all."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl.packaging.custom import StringProperty
from openpyxl.writer.excel import ExcelWriter

from xlplugin.data.shipped import FILES, shipped_bytes
from xlplugin.files.targets import replacing
from xlplugin.model.version import __released__, __version__
from xlplugin.workbook.builder.blocks import Block, letter
from xlplugin.workbook.builder.build import Build
from xlplugin.workbook.builder.cells import Cells, Value, formula_xml, is_formula, resolved, sheet_data
from xlplugin.workbook.builder.chart_parts import looked_up, with_charts
from xlplugin.workbook.builder.draft import Draft
from xlplugin.workbook.builder.sheet import Sheet
from xlplugin.workbook.engine import Content, loaded, value_at

__all__ = ["fingerprint", "save", "shown"]

_MOMENT = dt.datetime.fromisoformat(__released__)
_ZIP_MOMENT = (_MOMENT.year, _MOMENT.month, _MOMENT.day, 0, 0, 0)
_SHEET = re.compile(r"xl/worksheets/sheet(\d+)\.xml")
_EMPTY = re.compile(rb"<sheetData\s*/>|<sheetData>\s*</sheetData>")

Values = dict[tuple[int, int], Value]

#: The parts of a file by their names.
Parts = dict[str, bytes]


def fingerprint() -> str:
    """Return the SHA-256 of the data files that come with xlplugin, in hexadecimal."""
    digest = hashlib.sha256()
    for name in FILES:
        digest.update(shipped_bytes(name))
    return digest.hexdigest()


def save(build: Draft, path: Path, completed: Callable[[Parts], Parts] = dict) -> None:
    """Write the workbook to ``path``, every formula with its value; OSError where that fails.

    ``completed`` gives the parts of the file with those that a host adds.
    """
    _properties(build)
    sheets, values = list(build.sheets.values()), _evaluated(build)
    charts = [sheet.charts for sheet in sheets if sheet.charts]
    parts = with_charts(completed(_parts(build)), charts, looked_up(sheets, values))
    with replacing(path) as written:
        _write(written, parts, sheets, values)


def shown(build: Draft) -> dict[str, list[list[Value]]]:
    """Return what every sheet shows, by its title: rows from A1 on, calls that a host answers aside."""
    rows, values = {}, _evaluated(build, answered=False)
    for sheet, computed in zip(build.sheets.values(), values, strict=True):
        right = max(max(columns) for columns in sheet.cells.values())
        grid: list[list[Value]] = [[None] * right for _ in range(max(sheet.cells))]
        for row, columns in sheet.cells.items():
            for column, (content, _) in columns.items():
                grid[row - 1][column - 1] = computed.get((row, column), content)
        rows[sheet.title] = grid
    return rows


def _properties(build: Build) -> None:
    workbook, text = build.workbook, build.text
    properties = workbook.properties
    properties.creator = properties.lastModifiedBy = "xlplugin"
    properties.title, properties.subject = text("property.title"), text("property.subject")
    properties.keywords, properties.language = text("property.keywords"), build.language
    properties.created = properties.modified = _MOMENT
    for name, value in (
        ("xlplugin version", __version__),
        ("xlplugin data version", data_version(build)),
        ("xlplugin inputs sha256", fingerprint()),
        ("xlplugin language", build.language),
    ):
        workbook.custom_doc_props.append(StringProperty(name=name, value=value))
    if build.edition:
        workbook.custom_doc_props.append(StringProperty(name="xlplugin host", value=build.edition.name))
    workbook.calculation.fullCalcOnLoad = True


def data_version(build: Build) -> str:
    """Return the latest end of a fiscal year in the dataset: the vintage of the data."""
    return max((figures.period_end for figures in build.dataset.figures.values()), default="")


def _parts(build: Build) -> Parts:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        ExcelWriter(build.workbook, archive).write_data()
    with zipfile.ZipFile(buffer) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _write(path: Path, parts: Parts, sheets: Sequence[Sheet], values: Sequence[Values]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, content in parts.items():
            if sheet_part := _SHEET.fullmatch(name):
                number = int(sheet_part[1]) - 1
                sheet = sheets[number]
                data = sheet_data(sheet.cells, sheet.heights, values[number], sheet.helpers, sheet.hidden)
                content = data.encode().join(_EMPTY.split(content, maxsplit=1))
                content = content.replace(b'<dimension ref="A1:A1"/>', _dimension(sheet.cells), 1)
            entry = zipfile.ZipInfo(name, _ZIP_MOMENT)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            archive.writestr(entry, content)


def _dimension(cells: Cells) -> bytes:
    right = max(max(columns) for columns in cells.values())
    return f'<dimension ref="A1:{letter(right)}{max(cells)}"/>'.encode()


def _evaluated(build: Draft, *, answered: bool = True) -> list[Values]:
    """Return the value of every formula, sheet by sheet, as IronCalc computes it."""
    addresses = {name: block.absolute for name, block in build.names.items()}
    held = {sheet.title: _held(sheet.cells, addresses) for sheet in build.sheets.values()}
    model = loaded(held)
    if build.calls and answered:
        _answer(model, build, addresses)
    found: list[Values] = []
    for number, cells in enumerate(held.values()):
        values = {place: value_at(model, number, *place) for place, (formula, _) in cells.items() if formula}
        found.append({place: "" if value is None else value for place, value in values.items()})
    return found


def _held(cells: Cells, addresses: Mapping[str, str]) -> Content:
    """Return what cells hold as IronCalc computes it: it loads addresses twice as fast as names."""
    held: dict[tuple[int, int], tuple[str, Value]] = {}
    for row, columns in cells.items():
        for column, (value, _) in columns.items():
            if is_formula(value):
                held[row, column] = formula_xml(resolved(str(value), addresses)), None
            elif value is not None:
                held[row, column] = "", value
    return held


def _answer(model: Any, build: Draft, addresses: Mapping[str, str]) -> None:
    """Put Python's answers in the place of calls that only a host can answer, and compute what follows."""
    assert build.edition
    numbers = {key: number for number, key in enumerate(build.sheets)}
    for (key, row, column), call in build.calls.items():
        number = numbers[key]

        def rows(block: Block, number: int = number) -> list[list[Any]]:
            return [
                [model.get_cell_value(number, i, j) for j in range(block.left, block.right + 1)]
                for i in range(block.top, block.bottom + 1)
            ]

        model.set_user_input(number, row, column, resolved(call.answer(build.edition, rows), addresses))
    model.evaluate()
