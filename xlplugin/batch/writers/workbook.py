"""Results as a workbook: a summary with charts, one table for pivots, the manifest. No formulas.

Rows are written as they come; only the summary's sums are kept. Text is written as text, whatever it
begins with.
"""

from __future__ import annotations

import contextlib
import json
import tempfile
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.table import Table, TableStyleInfo

from xlplugin.analysis.export.columns import of_quantity
from xlplugin.analysis.export.sheets import put, put_head, save_with_charts
from xlplugin.batch.manifest import MANIFEST_SHEET
from xlplugin.batch.result import FAULT, Result
from xlplugin.batch.writers.summary import Summary
from xlplugin.entries.columns import as_list
from xlplugin.files.limits import MOST_COLUMNS
from xlplugin.files.safe_text import sheet_text
from xlplugin.files.targets import Replacement, naming
from xlplugin.model.errors import InputError
from xlplugin.model.inputs import INPUTS
from xlplugin.model.lines import UNITS
from xlplugin.model.messages import message
from xlplugin.workbook.builder.look import SECONDARY
from xlplugin.workbook.builder.styles import font, set_default_font, uncalculated
from xlplugin.workbook.builder.texts import text

RESULTS_SHEET = "Results"
#: Characters of the manifest in a cell.
_PIECE = 30_000


class XlsxWriter:
    """Writes blocks of results to a workbook; see :class:`xlplugin.batch.writers.formats.Writer`."""

    def __init__(self, path: Path, *, with_faults: bool = False, language: str = "en") -> None:
        self._with_faults, self._path, self._language = with_faults, path, language
        self._target = Replacement(path)
        with self._target.part.open("wb"):  # a place that cannot be written is found before the run
            pass
        self._book = openpyxl.Workbook(write_only=True)
        set_default_font(self._book)
        self._book.calculation = uncalculated()
        self._summary_sheet = self._book.create_sheet("Summary")
        self._sheet = self._book.create_sheet(RESULTS_SHEET)
        self._summary = Summary(language)
        self._cells: list[WriteOnlyCell] = []
        self._names: list[str] = []
        self._rows = 0

    def encode(self, result: Result) -> tuple[list[str], list[list[Any]], dict[str, Any]]:
        """Return the names of columns, the columns as Python values, and what the summary takes."""
        columns = {name: _values(column) for name, column in result.columns.items()}
        if self._with_faults:
            columns[FAULT] = result.fault_texts().tolist()
        return list(columns), list(columns.values()), Summary.part(result)

    def write(self, payload: tuple[list[str], list[list[Any]], dict[str, Any]]) -> None:
        """Append the rows of a block, before the first the header."""
        names, columns, part = payload
        self._summary.add(part)
        with _naming_temporary():
            if not self._names:
                self._head(names)
            for row in zip(*columns, strict=True):
                for cell, value in zip(self._cells, row, strict=True):
                    put(cell, value)
                self._sheet.append(self._cells)
                self._rows += 1

    def finish(self, manifest: Mapping[str, Any]) -> None:
        """Add the table, the summary and the manifest, and give the file its name."""
        if self._rows:
            with warnings.catch_warnings():  # openpyxl says that columns must be named by hand: they are
                warnings.simplefilter("ignore", UserWarning)
                self._sheet.add_table(self._table())
        with _naming_temporary():
            self._summary.write(self._summary_sheet, manifest)
            self._manifest(manifest)
        self._book.properties.creator = f"xlplugin {manifest['xlplugin']}"
        save_with_charts(self._book, self._target.part, self._summary.charts, self._summary.looked_up)
        self._target.take_place()

    def abandon(self) -> None:
        """Remove what was written."""
        for sheet in self._book.worksheets:  # their rows wait in files of their own
            writer = getattr(sheet, "_writer", None)
            if writer is not None:
                with contextlib.suppress(Exception):  # a full disk says so again, in the words of lxml
                    sheet.close()
                with contextlib.suppress(OSError):
                    writer.cleanup()
        self._target.remove()

    def _head(self, names: list[str]) -> None:
        if len(names) > MOST_COLUMNS:
            problem = message(
                "{names:,} columns; a sheet holds {most:,}",
                names=len(names),
                most=MOST_COLUMNS,
            )
            raise InputError.of_file(self._path, problem, "write .parquet or .csv")
        self._names = names
        self._sheet.sheet_view.showGridLines = False
        self._sheet.freeze_panes = "D3"
        self._sheet.row_dimensions[1].height = 40  # of three lines
        for i, name in enumerate(names, 1):
            width = 18 if i <= 3 else min(30, max(12, len(name) + 3))
            self._sheet.column_dimensions[get_column_letter(i)].width = width
        heads, below = [], []
        for name in names:
            side = "right" if name in UNITS or name in INPUTS else "left"
            heads.append(WriteOnlyCell(self._sheet))
            below.append(WriteOnlyCell(self._sheet))
            put_head(heads[-1], below[-1], name, self._language, side)
        self._sheet.append(heads)
        self._sheet.append(below)
        self._cells = [WriteOnlyCell(self._sheet) for _ in names]
        for cell, name in zip(self._cells, names, strict=True):
            cell.font = font()
            if name in UNITS or name in INPUTS:
                cell.number_format = of_quantity(name)

    def _table(self) -> Table:
        last = f"{get_column_letter(len(self._names))}{self._rows + 2}"
        table = Table(displayName="Results", ref=f"A2:{last}")  # its own heads are the names for programs
        table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=False)
        table._initialise_columns()
        seen: set[str] = set()
        for column, name in zip(table.tableColumns, self._names, strict=True):
            text = sheet_text(name)[:255]
            if text.casefold() in seen or text != name:
                raise InputError.of_file(
                    self._path,
                    message("cannot hold a column named {name!r}", name=name[:40]),
                    "rename it, or write .csv",
                )
            seen.add(text.casefold())
            column.name = text
        return table

    def _manifest(self, manifest: Mapping[str, Any]) -> None:
        sheet = self._book.create_sheet(MANIFEST_SHEET)
        sheet.sheet_view.showGridLines = False
        sheet.column_dimensions["A"].width = 18
        sheet.column_dimensions["B"].width = 90
        packed = json.dumps(manifest, ensure_ascii=True)
        rows = [(MANIFEST_SHEET, text("manifest.note", self._language))]
        rows += [
            ("xlplugin", manifest["xlplugin"]),
            *((name, str(version)) for name, version in manifest["versions"].items()),
            ("data, SHA-256", manifest["data_sha256"]),
            *((str(one["file"]), str(one["sha256"])) for one in manifest["inputs"]),
            *((name, f"{manifest[name]:,}") for name in ("rows", "results", "faulty")),
        ]
        asked = {name: value for name, value in manifest["study"].items() if value not in (None, [], {})}
        rows += [
            (name, value if isinstance(value, str) else json.dumps(value)) for name, value in asked.items()
        ]
        pieces = range(-(-len(packed) // _PIECE))
        rows += [(f"json {i}", packed[i * _PIECE : (i + 1) * _PIECE]) for i in pieces]
        for i, row in enumerate(rows):
            cells = [WriteOnlyCell(sheet) for _ in row]
            for cell, value in zip(cells, row, strict=True):
                put(cell, value)
                cell.font = font(color=SECONDARY) if i else font(size=16, bold=True)
            if not i:
                cells[1].font = font(color=SECONDARY)
            sheet.append(cells)


def _naming_temporary() -> contextlib.AbstractContextManager[None]:
    """Name the folder for temporary files, where rows wait until the workbook is put together."""
    return naming(Path(tempfile.gettempdir()))


def _values(column: Any) -> list[Any]:
    """Return a column as cells take it: None where not available."""
    values = (None if value is None or value != value or value == "" else value for value in as_list(column))
    return [value if isinstance(value, (int, float, str, type(None))) else str(value) for value in values]
