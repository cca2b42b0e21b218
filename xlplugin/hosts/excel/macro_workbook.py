"""What makes a macro workbook of our template: the VBA that xlwings ships, and a sheet of its settings."""

from __future__ import annotations

import sys
import zipfile
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from xlplugin.hosts import HostError
from xlplugin.hosts.excel.live_sheet import live_sheet
from xlplugin.hosts.excel.vba import UDF_MODULE
from xlplugin.workbook.builder.draft import Draft

_VERSION = "XLWINGS VERSION"

#: The sheet that xlwings reads its settings from.
SHEET = "xlwings.conf"

_NOTE = (
    "Settings of xlwings for this workbook. Functions: Alt+F8, ImportPythonUDFs, Run; or import the .bas "
    "file beside this workbook in the VBA editor (Alt+F11, Ctrl+M). xlplugin doctor says what is missing."
)


def with_macros(build: Draft) -> Draft:
    """Return a workbook with xlwings' VBA and settings, and a sheet for the arguments of the live scripts.

    The VBA knows the workbook and two of its sheets by names of their own.
    """
    workbook = build.workbook
    workbook.vba_archive = _xlwings_workbook()
    live_sheet(build)
    _settings_sheet(build)
    workbook.code_name = "ThisWorkbook"
    workbook.worksheets[0].sheet_properties.codeName = "Sheet1"
    workbook[SHEET].sheet_properties.codeName = "Sheet2"
    return build


def settings() -> dict[str, str]:
    """Return the settings that the sheet holds. Python's place is filled in where it is the right one."""
    return {
        "INTERPRETER_WIN": sys.executable if sys.platform == "win32" else "python",
        "PYTHONPATH": "",
        "ADD_WORKBOOK_TO_PYTHONPATH": "false",
        "UDF MODULES": UDF_MODULE,
        "USE UDF SERVER": "false",
        "DEBUG UDFS": "false",
        _VERSION: version("xlwings"),
    }


def xlwings_version(path: Path) -> str | None:
    """Return the version of xlwings that a macro workbook was made with, None where it does not say."""
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(path)
    if SHEET not in book.sheet_names:
        return None
    rows = book.get_sheet_by_name(SHEET).to_python(skip_empty_area=False)
    return next((str(row[1]) for row in rows if row and row[0] == _VERSION), None)


def _xlwings_workbook() -> zipfile.ZipFile:
    """Return the macro workbook that comes with xlwings, open; openpyxl takes the VBA from it."""
    spec = find_spec("xlwings")
    if spec is None or not spec.submodule_search_locations:
        raise HostError("xlwings is not installed; run: pip install xlwings")
    return zipfile.ZipFile(Path(spec.submodule_search_locations[0]) / "quickstart_standalone.xlsm")


def _settings_sheet(build: Draft) -> None:
    sheet = build.sheet(SHEET, SHEET)
    sheet.widths(A=32, B=40)
    rows = [*settings().items(), ("", ""), (_NOTE, "")]
    for row, (name, value) in enumerate(rows, 1):
        sheet.across(row, 1, (name or None, value or None))
