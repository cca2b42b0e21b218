"""From the build to the file: cells, cached values, properties; written whole or not at all."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import re
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ironcalc
from openpyxl.packaging.custom import StringProperty
from openpyxl.writer.excel import ExcelWriter

from xlplugin import __released__, __version__
from xlplugin.data.shipped import FILES, shipped_bytes
from xlplugin.files.targets import replacing
from xlplugin.workbook.builder.blocks import Block, letter
from xlplugin.workbook.builder.build import Build
from xlplugin.workbook.builder.cells import Cells, ErrorText, Value, is_formula, resolved, sheet_data
from xlplugin.workbook.builder.chart_parts import looked_up, with_charts
from xlplugin.workbook.builder.draft import Draft

__all__ = ["fingerprint", "save", "shown"]

_MOMENT = dt.datetime.fromisoformat(__released__)
_ZIP_MOMENT = (_MOMENT.year, _MOMENT.month, _MOMENT.day, 0, 0, 0)
_SHEET = re.compile(r"xl/worksheets/sheet(\d+)\.xml")
_END_OF_CELLS = b"</sheetData>"
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
    parts = completed(_parts(build))
    with replacing(path) as written:
        _write(written, parts, build, None)
        values = _evaluated(str(written), build)
        sheets = list(build.sheets.values())
        parts = with_charts(parts, [s.charts for s in sheets if s.charts], looked_up(sheets, values))
        _write(written, parts, build, values)


def shown(build: Draft) -> dict[str, list[list[Value]]]:
    """Return what every sheet shows, by its title: rows from A1 on, calls that a host answers aside."""
    with tempfile.TemporaryDirectory(prefix="xlplugin-") as folder:
        path = Path(folder, "shown.xlsx")
        _write(path, _parts(build), build, None)
        values = _evaluated(str(path), build, answered=False)
    rows = {}
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


def _write(path: Path, parts: Parts, build: Draft, values: list[Values] | None) -> None:
    sheets = list(build.sheets.values())
    addresses = {name: block.absolute for name, block in build.names.items()}
    level = 6 if values else 0
    method = zipfile.ZIP_DEFLATED if values else zipfile.ZIP_STORED
    with zipfile.ZipFile(path, "w", method, compresslevel=level or None) as archive:
        for name, content in parts.items():
            sheet_part = _SHEET.fullmatch(name)
            if sheet_part:
                number = int(sheet_part[1]) - 1
                sheet = sheets[number]
                cells = sheet.cells if values else resolved(sheet.cells, addresses)
                found = values[number] if values else None
                data = sheet_data(cells, sheet.heights, found, sheet.helpers, sheet.hidden).encode()
                content = data.join(_EMPTY.split(content, maxsplit=1))
                content = content.replace(b'<dimension ref="A1:A1"/>', _dimension(sheet.cells), 1)
                if not values:  # colours, lists and pictures would take a quarter of the time of computing
                    content = content.partition(_END_OF_CELLS)[0] + _END_OF_CELLS + b"</worksheet>"
            entry = zipfile.ZipInfo(name, _ZIP_MOMENT)
            entry.compress_type, entry.external_attr = method, 0o600 << 16
            archive.writestr(entry, content)


def _dimension(cells: Cells) -> bytes:
    right = max(max(columns) for columns in cells.values())
    return f'<dimension ref="A1:{letter(right)}{max(cells)}"/>'.encode()


def _evaluated(path: str, build: Draft, *, answered: bool = True) -> list[Values]:
    """Return the value of every formula, sheet by sheet, as IronCalc computes it."""
    model = ironcalc.load_from_xlsx(path, "en", "UTC", "en")
    model.evaluate()
    if build.calls and answered:
        _answer(model, build)
    error = ironcalc.CellType.ErrorValue
    found: list[Values] = []
    for number, sheet in enumerate(build.sheets.values()):
        values: Values = {}
        for row, columns in sheet.cells.items():
            for column, (content, _) in columns.items():
                if is_formula(content):
                    value = model.get_cell_value(number, row, column)
                    if isinstance(value, str) and value[:1] == "#":
                        kind = model.get_cell_type(number, row, column)
                        value = ErrorText(value) if kind == error else value
                    values[row, column] = "" if value is None else value
        found.append(values)
    return found


def _answer(model: Any, build: Draft) -> None:
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

        model.set_user_input(number, row, column, call.answer(build.edition, rows))
    model.evaluate()
