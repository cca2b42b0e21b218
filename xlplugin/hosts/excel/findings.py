"""What Excel for Windows has, what it lacks for our functions, and what mends it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from xlplugin.hosts.excel.macro_workbook import xlwings_version
from xlplugin.hosts.finding import Finding, package_finding
from xlplugin.model.messages import message

#: Where Excel keeps what may be trusted: HKEY_CURRENT_USER\\...
_SECURITY = r"Software\Microsoft\Office\16.0\Excel\Security"
_TRUST = "Excel: File > Options > Trust Center > Trust Center Settings > Macro Settings"

_finding = partial(Finding, "excel")


def findings(workbook: str | Path | None) -> Iterator[Finding]:
    """Yield what connects Excel to Python, and whether a macro ``workbook`` fits it."""
    xlwings = package_finding("excel", "xlwings", "pip install xlwings")
    yield xlwings
    if sys.platform != "win32":
        found = "functions over COM exist on Windows alone; Excel elsewhere: xlwings Lite or Server"
        yield _finding("system", "elsewhere", found)
    else:
        yield from _windows_excel()
    if workbook is not None:
        yield _workbook(Path(workbook), xlwings.found if xlwings.state == "ok" else "none")


def _windows_excel() -> Iterator[Finding]:
    excel = _registry("HKEY_CLASSES_ROOT", r"Excel.Application\CurVer", "")
    yield (
        _finding("Excel", "ok", str(excel))
        if excel
        else _finding("Excel", "missing", "desktop Excel was not found", "install Excel for Windows")
    )
    if find_spec("win32com") is None:
        yield _finding("pywin32", "missing", "not installed", "pip install pywin32")
    folder = Path(os.environ.get("APPDATA", "~")).expanduser()
    addin = folder / "Microsoft" / "Excel" / "XLSTART" / "xlwings.xlam"
    yield (
        _finding("add-in", "ok", str(addin))
        if addin.exists()
        else _finding(
            "add-in", "missing", message("{addin} does not exist", addin=addin), "xlplugin install excel"
        )
    )
    if _registry("HKEY_CURRENT_USER", _SECURITY, "AccessVBOM") != 1:
        command = message("{trust}: tick 'Trust access to the VBA project object model'", trust=_TRUST)
        yield _finding("trust in VBA access", "missing", "Import Functions is not allowed", command)
    if _registry("HKEY_CURRENT_USER", _SECURITY, "VBAWarnings") == 4:
        command = message("{trust}: choose 'Disable VBA macros with notification'", trust=_TRUST)
        yield _finding("macros", "missing", "all macros are disabled without a question", command)


def _workbook(path: Path, installed: str) -> Finding:
    if not path.is_file():
        return _finding(
            str(path), "missing", "no such file", message("xlplugin template {path} --host excel", path=path)
        )
    try:
        needs = xlwings_version(path)
    except Exception as error:  # whatever a damaged file makes the reader say
        return _finding(
            str(path), "missing", message("cannot be read: {error}", error=error), "save it as .xlsm in Excel"
        )
    if needs is None:
        return _finding(str(path), "note", "does not say which xlwings it was made with")
    if needs == installed:
        return _finding(
            str(path), "ok", message("made with xlwings {needs}, which is installed", needs=needs)
        )
    found = message(
        "made with xlwings {needs}, installed is {installed}: its VBA looks for exactly {needs}; write "
        "it anew and move its entries",
        needs=needs,
        installed=installed,
    )
    command = "xlplugin template NEW.xlsm --host excel"
    return _finding(str(path), "missing", found, command)


def _registry(root: str, key: str, name: str) -> object:
    """Return a value of Windows' registry, None where there is none."""
    import winreg

    try:
        with winreg.OpenKey(getattr(winreg, root), key) as opened:  # type: ignore[attr-defined]
            return winreg.QueryValueEx(opened, name)[0]  # type: ignore[attr-defined]
    except OSError:
        return None
