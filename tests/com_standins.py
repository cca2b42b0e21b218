"""xlwings' real COM code on any system: stand-ins for pywin32, and for what Excel hands over.

Run as a program in a Python of its own (``python com_standins.py OUT.json``): xlwings is imported as on
Windows, our module is imported by its ``import_udfs``, and every call of the table goes through its COM
server's ``CallUDF`` with ranges, missing arguments, dates and error codes as Excel sends them.
"""

from __future__ import annotations

import asyncio  # noqa: F401  before the platform is pretended to be another
import ctypes
import datetime
import importlib
import importlib.machinery
import json
import subprocess
import sys
import types
from pathlib import Path
from typing import Any
from unittest import mock

#: What a left-out argument and error values look like over COM.
MISSING = -2147352572
ERROR_CODES = {"#N/A": -2146826246, "#NUM!": -2146826252, "#VALUE!": -2146826273}
RANGE_IID = "{00020846-0000-0000-C000-000000000046}"

MODULES = (
    "pythoncom", "pywintypes", "win32api", "win32con", "win32event", "win32gui", "win32process",
    "win32timezone", "win32com", "win32com.client", "win32com.client.dynamic", "win32com.server",
    "win32com.server.dispatcher", "win32com.server.exception", "win32com.server.policy",
    "win32com.server.util",
)  # fmt: skip


class ComError(Exception):
    """pywintypes.com_error."""


class Dispatched:
    """Base of what win32com.client makes."""


def import_xlwings() -> types.ModuleType:
    """Return xlwings, imported as it is on Windows."""
    import numpy  # noqa: F401  before the platform is pretended to be another
    import pandas  # noqa: F401

    for name in MODULES:
        module = sys.modules[name] = types.ModuleType(name)
        module.__spec__ = importlib.machinery.ModuleSpec(name, None)
        module.__path__ = []  # type: ignore[attr-defined]
        parent, _, child = name.rpartition(".")
        if parent:
            setattr(sys.modules[parent], child, module)
    _fill()
    windows = {"windll": mock.MagicMock(), "oledll": mock.MagicMock(), "PyDLL": mock.MagicMock()}
    with mock.patch.multiple(ctypes, create=True, **windows), mock.patch.object(sys, "platform", "win32"):
        return importlib.import_module("xlwings")


def _fill() -> None:
    stand_in = sys.modules
    stand_in["pywintypes"].com_error = ComError
    stand_in["pywintypes"].error = type("error", (Exception,), {})
    stand_in["pywintypes"].TimeType = datetime.datetime
    stand_in["pywintypes"].IID = str
    stand_in["pythoncom"].__file__ = "pythoncom.dll"
    stand_in["pythoncom"].ole_error = ComError
    stand_in["pythoncom"].CoInitialize = lambda: None
    stand_in["pythoncom"].IID_IDispatch = "IDispatch"
    stand_in["pythoncom"].IID_IEnumVARIANT = "IEnumVARIANT"
    stand_in["pythoncom"].DISPATCH_PROPERTYPUT = 4
    stand_in["pythoncom"].DISPATCH_PROPERTYGET = 2
    stand_in["pythoncom"].TypeIIDs = {"IDispatch": type("PyIDispatch", (), {})}
    stand_in["win32process"].GetWindowThreadProcessId = lambda window: (1, 1)
    stand_in["win32timezone"].TimeZoneInfo = type("TimeZoneInfo", (), {"utc": staticmethod(lambda: None)})
    client = stand_in["win32com.client"]
    client.Dispatch = client.DispatchEx = lambda thing, **_: thing
    client.CDispatch = client.CoClassBaseClass = client.DispatchBaseClass = Dispatched
    client.gencache = mock.MagicMock()
    stand_in["win32com.server.util"].wrap = lambda thing, **_: thing
    stand_in["win32com.server.util"].unwrap = mock.Mock(side_effect=ComError)
    stand_in["win32com.server.policy"].DesignatedWrapPolicy = type("DesignatedWrapPolicy", (), {})
    stand_in["win32com.server.policy"].EventHandlerPolicy = type("EventHandlerPolicy", (), {})
    stand_in["win32com.server.dispatcher"].DefaultDebugDispatcher = type("DefaultDebugDispatcher", (), {})


class _Identity:
    """The type information by which xlwings tells a range."""

    iid = RANGE_IID

    def GetTypeInfo(self) -> _Identity:
        return self

    def GetTypeAttr(self) -> _Identity:
        return self


class FakeRange:
    """A range of cells as Excel hands it over: Value is a tuple of rows, or a single value."""

    def __init__(self, rows: Any) -> None:
        self._oleobj_ = _Identity()
        self.Value = rows
        cells = rows if isinstance(rows, tuple) else ((rows,),)
        self.Rows = types.SimpleNamespace(Count=len(cells))
        self.Columns = types.SimpleNamespace(Count=len(cells[0]))
        self.Row = self.Column = 1
        book = types.SimpleNamespace(Name="Book1", Application=types.SimpleNamespace(Name="Excel", Hwnd=1))
        self.Worksheet = types.SimpleNamespace(Name="Sheet1", Parent=book)


class FakeWorkbook:
    """A workbook that keeps the VBA that is imported into it and the descriptions that are set."""

    Name = "template.xlsm"

    def __init__(self) -> None:
        self.Sheets: list[Any] = []
        self.Worksheets: list[Any] = []
        self.code = ""
        self.options: dict[str, dict[str, Any]] = {}
        self.VBProject = types.SimpleNamespace(VBComponents=self)
        self.Application = types.SimpleNamespace(Version="16.0", MacroOptions=self._describe)

    def __call__(self, name: str) -> Any:
        raise ComError(f"no component {name}")

    def Remove(self, component: Any) -> None:
        raise ComError("nothing to remove")

    def Import(self, path: str) -> None:
        self.code = Path(path).read_text(encoding="utf-8")

    def _describe(self, macro: str, **options: Any) -> None:
        self.options[macro.partition("!")[2]] = options


def sent(cell: Any) -> Any:
    """Return a cell as COM sends it."""
    if isinstance(cell, list):
        return tuple(tuple(sent(one) for one in row) for row in cell)
    if isinstance(cell, datetime.date) and not isinstance(cell, datetime.datetime):
        return datetime.datetime(cell.year, cell.month, cell.day)
    value = getattr(cell, "value", None)
    return ERROR_CODES.get(value, cell)


def answers(program: str, folder: Path, *given: Path, timeout: float) -> dict[str, Any]:
    """Return what a program beside this one, in a Python of its own, writes for what it is given."""
    out = folder / "answers.json"
    command = [sys.executable, Path(__file__).with_name(program), *given, out]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=timeout)
    assert run.returncode == 0, run.stderr
    written: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return written


def main(out: Path) -> None:
    sys.path.insert(0, str(Path(__file__).parent))
    xlwings = import_xlwings()
    from entry_calls import entry_calls
    from function_calls import CALLS, differences
    from xlwings.com_server import XLPython

    from xlplugin.functions import FUNCTIONS
    from xlplugin.hosts.excel.vba import UDF_MODULE
    from xlplugin.model.errors import CellError

    book = FakeWorkbook()
    xlwings.import_udfs(UDF_MODULE, book)
    errors = {error.value: error for error in CellError}

    def received(value: Any) -> Any:
        """Return what the VBA wrapper makes of an answer: errors by CVErr, one row as one row."""
        if isinstance(value, (list, tuple)):
            rows = value if isinstance(value[0], (list, tuple)) else [value]
            return [[received(cell) for cell in row] for row in rows]
        return errors.get(value, value) if isinstance(value, str) else value

    wrong = {}
    calls = [*CALLS, *entry_calls("excel")]
    for one in calls:
        width = len(FUNCTIONS[one.name].arguments)
        for way in ("ranges", "values"):
            cells = [FakeRange(sent(cell)) if way == "ranges" else sent(cell) for cell in one.cells]
            arguments = (*cells, *[MISSING] * (width - len(cells)))
            answer = received(XLPython().CallUDF(UDF_MODULE, one.name, arguments, None, FakeRange(None)))
            expected = one.at("excel")
            if isinstance(expected, list) and len(expected) == len(expected[0]) == 1:
                expected = expected[0][0]
            if found := differences(answer, expected):
                wrong[f"{one.id}, {way}"] = found
    result = {"calls": len(calls), "wrong": wrong, "code": book.code, "options": book.options}
    out.write_text(json.dumps(result), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
