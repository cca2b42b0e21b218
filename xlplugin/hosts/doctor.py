"""What each host has, what it lacks, and the one command that mends it. Looks, and changes nothing."""

from __future__ import annotations

import os
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

import xlplugin
from xlplugin.hosts import HostError

__all__ = ["HOSTS", "STATES", "Record", "doctor"]

#: The hosts, in the order of the records. "python" is what all of them stand on.
HOSTS = ("python", "excel", "server", "lite", "calc")

#: ok: there and fit · missing: to be mended · note: worth knowing · elsewhere: not for this system.
STATES = ("ok", "missing", "note", "elsewhere")

#: Where Excel keeps what may be trusted: HKEY_CURRENT_USER\\...
_SECURITY = r"Software\Microsoft\Office\16.0\Excel\Security"
_TRUST = "Excel: File > Options > Trust Center > Trust Center Settings > Macro Settings"


@dataclass(frozen=True, slots=True)
class Record:
    """One finding: ``command`` mends it, or is empty where there is nothing to mend."""

    host: str
    check: str
    state: str
    found: str
    command: str = ""


def doctor(workbook: str | Path | None = None) -> list[Record]:
    """Return what was found, host by host. ``workbook`` is a macro workbook to look into as well."""
    return [*_python(), *_excel(workbook), *_server(), *_lite(), *_calc()]


def _python() -> Iterator[Record]:
    bits = struct.calcsize("P") * 8
    name = ".".join(map(str, sys.version_info[:3]))
    yield Record("python", "Python", "ok", f"{name}, {bits} bit, {sys.executable}")
    if bits != 64 and sys.platform == "win32":
        command = "install the 64-bit Python from python.org, then: pip install xlplugin"
        yield Record("python", "bitness", "note", "32-bit Python works with 32-bit Excel alone", command)
    if "WindowsApps" in sys.executable:
        command = "install Python from python.org, then: pip install xlplugin"
        found = "Python of the Microsoft Store: Excel's COM server often cannot start it"
        yield Record("python", "edition", "missing", found, command)
    yield Record("python", "xlplugin", "ok", xlplugin.__version__)


def _excel(workbook: str | Path | None) -> Iterator[Record]:
    installed = _version("xlwings")
    yield _package("excel", "xlwings", installed)
    if sys.platform != "win32":
        found = "functions over COM exist on Windows alone; Excel elsewhere: xlwings Lite or Server"
        yield Record("excel", "system", "elsewhere", found)
    else:
        yield from _windows_excel()
    if workbook is not None:
        yield _workbook(Path(workbook), installed)


def _windows_excel() -> Iterator[Record]:
    excel = _registry("HKEY_CLASSES_ROOT", r"Excel.Application\CurVer", "")
    yield (
        Record("excel", "Excel", "ok", str(excel))
        if excel
        else Record("excel", "Excel", "missing", "desktop Excel was not found", "install Excel for Windows")
    )
    if find_spec("win32com") is None:
        yield Record("excel", "pywin32", "missing", "not installed", "pip install pywin32")
    folder = Path(os.environ.get("APPDATA", "~")).expanduser()
    addin = folder / "Microsoft" / "Excel" / "XLSTART" / "xlwings.xlam"
    yield (
        Record("excel", "add-in", "ok", str(addin))
        if addin.exists()
        else Record("excel", "add-in", "missing", f"{addin} does not exist", "xlplugin install excel")
    )
    if _registry("HKEY_CURRENT_USER", _SECURITY, "AccessVBOM") != 1:
        command = f"{_TRUST}: tick 'Trust access to the VBA project object model'"
        yield Record("excel", "trust in VBA access", "missing", "Import Functions is not allowed", command)
    if _registry("HKEY_CURRENT_USER", _SECURITY, "VBAWarnings") == 4:
        command = f"{_TRUST}: choose 'Disable VBA macros with notification'"
        yield Record("excel", "macros", "missing", "all macros are disabled without a question", command)


def _workbook(path: Path, installed: str | None) -> Record:
    from xlplugin.hosts.excel.macro_workbook import xlwings_version

    if not path.is_file():
        return Record("excel", str(path), "missing", "no such file", f"xlplugin template {path} --host excel")
    try:
        needs = xlwings_version(path)
    except Exception as error:  # whatever a damaged file makes the reader say
        return Record("excel", str(path), "missing", f"cannot be read: {error}", "save it as .xlsm in Excel")
    if needs is None:
        return Record("excel", str(path), "note", "does not say which xlwings it was made with")
    if needs == installed:
        return Record("excel", str(path), "ok", f"made with xlwings {needs}, which is installed")
    found = f"made with xlwings {needs}, installed is {installed}: its VBA looks for exactly {needs}"
    return Record("excel", str(path), "missing", found, f"pip install xlwings=={needs}")


def _server() -> Iterator[Record]:
    installed = _version("xlwings-server")
    if installed is None:
        yield Record("server", "xlwings-server", "missing", "not installed", 'pip install "xlplugin[server]"')
    else:
        yield Record("server", "xlwings-server", "ok", installed)
    if os.environ.get("XLWINGS_LICENSE_KEY"):
        yield Record("server", "licence key", "ok", "XLWINGS_LICENSE_KEY is set")
    else:
        command = "set XLWINGS_LICENSE_KEY to the key that xlwings gave you (or to noncommercial, if you are)"
        yield Record("server", "licence key", "missing", "XLWINGS_LICENSE_KEY is not set", command)
    if os.environ.get("XLPLUGIN_TOKEN"):
        yield Record("server", "token", "ok", "XLPLUGIN_TOKEN is set")
    else:
        command = "set XLPLUGIN_TOKEN to a secret of at least 16 signs"
        yield Record("server", "token", "missing", "XLPLUGIN_TOKEN is not set", command)


def _lite() -> Iterator[Record]:
    found = "nothing to install here: add xlwings Lite in Excel and paste two texts"
    yield Record("lite", "texts", "ok", found, "xlplugin template OUT.xlsx --host lite")


def _calc() -> Iterator[Record]:
    from xlplugin.hosts.calc import office

    try:
        there = office.find()
    except HostError as error:
        yield Record("calc", "LibreOffice", "missing", str(error), "install LibreOffice")
        return
    python = ".".join(map(str, there.python_version))
    yield Record("calc", "LibreOffice", "ok", f"{there.soffice}, with Python {python}")
    added = office.installed_version()
    if added is None:
        yield Record("calc", "add-in", "missing", "not installed for this user", "xlplugin install calc")
    elif added != xlplugin.__version__:
        found = f"version {added}, this is xlplugin {xlplugin.__version__}"
        yield Record("calc", "add-in", "missing", found, "xlplugin install calc")
    else:
        yield Record("calc", "add-in", "ok", added)


def _package(host: str, name: str, installed: str | None) -> Record:
    if installed is None:
        return Record(host, name, "missing", "not installed", f"pip install {name}")
    return Record(host, name, "ok", installed)


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _registry(root: str, key: str, name: str) -> object:
    """Return a value of Windows' registry, None where there is none."""
    import winreg

    try:
        with winreg.OpenKey(getattr(winreg, root), key) as opened:  # type: ignore[attr-defined]
            return winreg.QueryValueEx(opened, name)[0]  # type: ignore[attr-defined]
    except OSError:
        return None
