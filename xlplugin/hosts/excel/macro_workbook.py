"""The macro workbook: our template, with the VBA that xlwings ships and a sheet of its settings.

The package of the .xlsx is copied part by part; only the lists of parts are added to. Nothing is loaded
and saved again, so formulas, cached values and styles stay as they were written.
"""

from __future__ import annotations

import io
import re
import sys
import zipfile
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from xml.sax.saxutils import escape

from xlplugin.hosts import HostError
from xlplugin.hosts.excel import live_sheet, ribbon
from xlplugin.hosts.excel.vba import UDF_MODULE
from xlplugin.live.texts import text as words

_VERSION = "XLWINGS VERSION"

#: The sheet that xlwings reads its settings from.
SHEET = "xlwings.conf"

_WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_STYLES = "xl/styles.xml"
_TYPES = "[Content_Types].xml"
_PLAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_MACRO = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_VBA = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"
_WORKSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"

_NOTE = (
    "Settings of xlwings for this workbook. Functions: Alt+F8, ImportPythonUDFs, Run; or import the .bas "
    "file beside this workbook in the VBA editor (Alt+F11, Ctrl+M). xlplugin doctor says what is missing."
)


def assemble(plain: Path, language: str = "en") -> bytes:
    """Return the workbook ``plain`` (.xlsx) with xlwings' VBA and settings, as the bytes of an .xlsm.

    It gets a sheet for the arguments of the live scripts, and a ribbon tab that starts them.
    """
    with zipfile.ZipFile(plain) as source:
        parts = {item.filename: source.read(item) for item in source.infolist()}
        dates = {item.filename: item.date_time for item in source.infolist()}
    number = 1 + max(map(int, re.findall(r"xl/worksheets/sheet(\d+)\.xml", "\n".join(parts))))
    sheets = [f"xl/worksheets/sheet{number + i}.xml" for i in range(2)]
    sheet = sheets[1]
    parts[_TYPES] = _types(parts[_TYPES].decode(), sheets).encode()
    parts[_RELATIONS] = _relations(parts[_RELATIONS].decode(), sheets).encode()
    parts[_WORKBOOK] = _workbook(parts[_WORKBOOK].decode(), language).encode()
    styles, looks = live_sheet.with_looks(parts[_STYLES].decode())
    parts[_STYLES], parts[sheets[0]] = styles.encode(), live_sheet.sheet(language, looks).encode()
    parts["xl/worksheets/sheet1.xml"] = _code_name(
        parts["xl/worksheets/sheet1.xml"].decode(), "Sheet1"
    ).encode()
    parts[sheet] = _settings_sheet().encode()
    parts["xl/vbaProject.bin"] = _xlwings_vba()
    parts = ribbon.with_ribbon(parts, language)
    moment = max(dates.values())
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            info = zipfile.ZipInfo(name, dates.get(name, moment))
            archive.writestr(info, content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


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


def _xlwings_vba() -> bytes:
    spec = find_spec("xlwings")
    if spec is None or not spec.submodule_search_locations:
        raise HostError("xlwings is not installed; run: pip install xlwings")
    standalone = Path(spec.submodule_search_locations[0]) / "quickstart_standalone.xlsm"
    with zipfile.ZipFile(standalone) as archive:
        return archive.read("xl/vbaProject.bin")


def _types(text: str, sheets: list[str]) -> str:
    text = text.replace(_PLAIN, _MACRO)
    more = "".join(f'<Override PartName="/{sheet}" ContentType="{_WORKSHEET}"/>' for sheet in sheets)
    if 'Extension="bin"' not in text:
        more = '<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>' + more
    return text.replace("</Types>", f"{more}</Types>")


def _relations(text: str, sheets: list[str]) -> str:
    live, settings = (sheet.removeprefix("xl/") for sheet in sheets)
    more = (
        f'<Relationship Id="rIdLive" Type="{_OFFICE}/worksheet" Target="{live}"/>'
        f'<Relationship Id="rIdConf" Type="{_OFFICE}/worksheet" Target="{settings}"/>'
        f'<Relationship Id="rIdVba" Type="{_VBA}" Target="vbaProject.bin"/>'
    )
    return text.replace("</Relationships>", f"{more}</Relationships>")


def _workbook(text: str, language: str) -> str:
    """Return the workbook part, Live and settings last, and the name that the VBA knows it by."""
    number = 1 + max(map(int, re.findall(r'sheetId="(\d+)"', text)))
    live = words("live.sheet", language)
    entries = "".join(
        f'<sheet xmlns:r="{_OFFICE}" name="{title}" sheetId="{number + i}" r:id="{relation}"/>'
        for i, (title, relation) in enumerate(((live, "rIdLive"), (SHEET, "rIdConf")))
    )
    text = re.sub(r"</(\w+:)?sheets>", lambda end: f"{entries}{end[0]}", text, count=1)
    text = text.replace("</definedNames>", f"{live_sheet.names(live, language)}</definedNames>", 1)
    if "<workbookPr" not in text:
        return re.sub(r"(<workbook\b[^>]*>)", r'\1<workbookPr codeName="ThisWorkbook"/>', text, count=1)
    text = re.sub(r'(<workbookPr\b[^>]*?) codeName="[^"]*"', r"\1", text)
    return text.replace("<workbookPr", '<workbookPr codeName="ThisWorkbook"', 1)


def _code_name(text: str, name: str) -> str:
    """Return a sheet with the name that the VBA project knows it by."""
    if "<sheetPr" not in text:
        return re.sub(r"(<worksheet\b[^>]*>)", rf'\1<sheetPr codeName="{name}"/>', text, count=1)
    text = re.sub(r'(<sheetPr\b[^>]*?) codeName="[^"]*"', r"\1", text, count=1)
    return text.replace("<sheetPr", f'<sheetPr codeName="{name}"', 1)


def _settings_sheet() -> str:
    rows = [*settings().items(), ("", ""), (_NOTE, "")]
    body = "".join(
        f'<row r="{i}">{_cell(f"A{i}", name)}{_cell(f"B{i}", value)}</row>'
        for i, (name, value) in enumerate(rows, 1)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        '<sheetPr codeName="Sheet2"/><cols><col min="1" max="1" width="32" customWidth="1"/>'
        '<col min="2" max="2" width="40" customWidth="1"/></cols>'
        f"<sheetData>{body}</sheetData></worksheet>"
    )


def _cell(place: str, value: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>' if value else ""
