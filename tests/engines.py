"""Two spreadsheet engines behind one interface: what both have in common, and LibreOffice's side.

``engine.open(path)`` gives a :class:`Book`. LibreOffice (:class:`Calc`) is one persistent office process
driven by ``calc_driver.py`` in a Python that has UNO; IronCalc's side is in ``ironcalc_driver.py``.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import time
import uuid
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, TypeVar

import machine

Value = float | str | bool | None


class ErrorValue(str):
    """An error in a cell, as "#N/A", "#NUM!", "#VALUE!", "#DIV/0!" or LibreOffice's "Err:502"."""

    __slots__ = ()


_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]+)\Z")


def cell_position(text: str) -> tuple[int, int]:
    """Row and column, both from 0, of a cell such as "B3" or "$B$3"."""
    found = _CELL.match(text)
    if not found:
        raise ValueError(f"{text!r} is no cell; write it like B3")
    column = 0
    for letter in found[1].upper():
        column = column * 26 + ord(letter) - 64
    return int(found[2]) - 1, column - 1


def cell_name(row: int, column: int) -> str:
    """The text of a cell from its row and column, both from 0: (2, 1) is "B3"."""
    letters, left = "", column + 1
    while left:
        left, digit = divmod(left - 1, 26)
        letters = chr(65 + digit) + letters
    return f"{letters}{row + 1}"


class Area(NamedTuple):
    """A rectangle of one sheet; rows and columns from 0, ends included."""

    sheet: str
    top: int
    left: int
    bottom: int
    right: int

    @classmethod
    def parse(cls, text: str, separator: str = "!") -> Area:
        """Read "Sheet!A1:B3", "'My sheet'!$A$1" and the like; LibreOffice's own separator is a dot."""
        sheet, mark, cells = text.rpartition(separator)
        if not mark:
            raise ValueError(f"{text!r} is neither a defined name nor a range like Sheet!A1:B3")
        if sheet.startswith("'"):
            sheet = sheet[1:-1].replace("''", "'")
        first, _, last = cells.partition(":")
        return cls(sheet, *cell_position(first), *cell_position(last or first))

    @property
    def shape(self) -> tuple[int, int]:
        return self.bottom - self.top + 1, self.right - self.left + 1

    def __str__(self) -> str:
        first, last = cell_name(self.top, self.left), cell_name(self.bottom, self.right)
        quoted = "'" + self.sheet.replace("'", "''") + "'"
        return f"{quoted}!{first}" if first == last else f"{quoted}!{first}:{last}"


class Book(ABC):
    """An open workbook. A *place* is a defined name of the workbook or a range like "Sheet!A1:B3"."""

    sheets: list[str]
    _names: dict[str, Area]

    def names(self) -> dict[str, Area]:
        """Every workbook-wide defined name that is one rectangle, with its area."""
        return dict(self._names)

    def area(self, place: str) -> Area:
        found = self._names.get(place)
        if found is None and place in self.sheets:
            raise ValueError(f"{place!r} is a sheet; write a range like {place}!A1:B3")
        return found or Area.parse(place)

    def set(self, cells: Iterable[tuple[str, str | tuple[int, int] | None, Any]]) -> None:
        """Type values: (sheet, "B3", value), (name, (row, column) from 0, value) or (place, None, rows).

        A number, text or bool is a constant of that kind ("30" stays text); text that begins with "=" is a
        formula in English ("=NA()" makes an error); None clears the cell. Nothing is calculated yet.
        """
        writes: list[tuple[str, int, int, Value]] = []
        for place, at, value in cells:
            if isinstance(at, str):
                writes.append((place, *cell_position(at), value))
                continue
            area = self.area(place)
            rows, (row, column) = (value, (0, 0)) if at is None else ([[value]], at)
            for down, line in enumerate(rows):
                for across, one in enumerate(line):
                    if row + down >= area.shape[0] or column + across >= area.shape[1]:
                        raise ValueError(
                            f"({row + down}, {column + across}) lies outside {place} {area.shape}"
                        )
                    writes.append((area.sheet, area.top + row + down, area.left + column + across, one))
        self._write(writes)

    def clear(self, *places: str) -> None:
        """Empty every cell of these places (contents only, formats stay)."""
        for place in places:
            height, width = self.area(place).shape
            self.set([(place, None, [[None] * width] * height)])

    def get(self, *places: str) -> dict[str, list[list[Value]]]:
        """Values of each place as rows; ErrorValue for an error, None for a blank or an empty text.

        A bool comes as True/False from IronCalc and as 1.0/0.0 from LibreOffice, which keeps no bools.
        """
        return dict(zip(places, self._read([self.area(place) for place in places]), strict=True))

    def block(self, place: str) -> list[list[Value]]:
        """The rows of one place."""
        return self._read([self.area(place)])[0]

    def value(self, place: str, at: str | tuple[int, int] = (0, 0)) -> Value:
        """One value: value("Model", "B3"), value("xlp_out_eps", (0, 2)) or value("Model!B3")."""
        if isinstance(at, str):
            row, column = cell_position(at)
            return self._read([Area(place, row, column, row, column)])[0][0][0]
        return self.block(place)[at[0]][at[1]]

    @abstractmethod
    def calculate(self) -> None:
        """Calculate every formula anew."""

    @abstractmethod
    def shown(self, place: str) -> list[list[str]]:
        """The texts that a reader sees in the cells of one place, number formats applied."""

    @abstractmethod
    def errors(self) -> list[tuple[str, str, ErrorValue]]:
        """Every cell of the workbook that holds an error: (sheet, "B3", error)."""

    @abstractmethod
    def save_as(self, path: Path | str) -> Path:
        """Save a copy; the ending chooses: .xlsx, and in LibreOffice .pdf, .ods, .xls and .csv too."""

    @abstractmethod
    def close(self) -> None: ...

    @abstractmethod
    def _write(self, cells: Sequence[tuple[str, int, int, Value]]) -> None: ...

    @abstractmethod
    def _read(self, areas: Sequence[Area]) -> list[list[list[Value]]]: ...

    def __enter__(self) -> Book:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


Set = TypeVar("Set")


def share(book: Book, sets: Sequence[Set]) -> list[Set]:
    """The random sets of entries that a book's engine computes: no set twice, every fourth in LibreOffice."""
    return [one for n, one in enumerate(sets) if (n % 4 == 3) == isinstance(book, CalcBook)]


class CalcBook(Book):
    """A workbook open in LibreOffice."""

    def __init__(self, calc: Calc, path: Path) -> None:
        self._calc = calc
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        opened = calc.ask("open", path=str(path), content=content)
        self._handle = opened["handle"]
        self.sheets = opened["sheets"]
        if content not in calc.names:
            calc.names[content] = self._named()
        self._names = calc.names[content]

    def _named(self) -> dict[str, Area]:
        """The defined names, which take LibreOffice two calls each."""
        names = {}
        for name, content in self._ask("names").items():
            with suppress(ValueError):  # a constant or a formula, no rectangle
                names[name] = Area.parse(content.removeprefix("$"), separator=".")
        return names

    def _ask(self, operation: str, **more: Any) -> Any:
        return self._calc.ask(operation, handle=self._handle, **more)

    def calculate(self) -> None:
        self._ask("calculate")

    def shown(self, place: str) -> list[list[str]]:
        return self._ask("shown", area=self.area(place))

    def errors(self) -> list[tuple[str, str, ErrorValue]]:
        return [
            (sheet, cell_name(row, column), ErrorValue(error))
            for sheet, row, column, error in self._ask("errors")
        ]

    def save_as(self, path: Path | str) -> Path:
        target = Path(path).absolute()
        self._ask("save_as", path=str(target))
        if not target.is_file():
            raise OSError(f"LibreOffice wrote no {target}")
        return target

    def close(self) -> None:
        self._ask("close")

    def _write(self, cells: Sequence[tuple[str, int, int, Value]]) -> None:
        self._ask("set", cells=cells)

    def _read(self, areas: Sequence[Area]) -> list[list[list[Value]]]:
        def value(one: Any) -> Value:
            return ErrorValue(one["error"]) if isinstance(one, dict) else one

        return [[[value(one) for one in row] for row in rows] for rows in self._ask("get", areas=areas)]


_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">\
<value>0</value></prop></item>
<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse">\
<value>{locale}</value></prop></item>
</oor:items>
"""


@dataclass
class Calc:
    """One LibreOffice of its own: profile and workbook copies in ``folder``, ended by its process group.

    ``variables`` are set for it on top of the environment.
    """

    soffice: Path
    python: Path
    folder: Path
    locale: str = "en-US"
    variables: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.names: dict[str, dict[str, Area]] = {}  # of each workbook that was open, by its bytes
        profile = self.folder / "profile"
        settings = profile / "user" / "registrymodifications.xcu"
        settings.parent.mkdir(parents=True, exist_ok=True)
        if not settings.exists():  # a profile made before, with an extension in it, keeps its own
            settings.write_text(_SETTINGS.format(locale=self.locale), "utf-8")
        self._opened = 0
        pipe = f"xlplugin{uuid.uuid4().hex[:12]}"
        environment = machine.plain_environment() | self.variables
        self._office = subprocess.Popen(
            [
                self.soffice,
                f"-env:UserInstallation={profile.as_uri()}",
                "--headless",
                "--invisible",
                "--norestore",
                "--nologo",
                "--nodefault",
                f"--accept=pipe,name={pipe};urp;StarOffice.ComponentContext",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env=environment,
        )
        try:
            self._driver = subprocess.Popen(
                [self.python, Path(__file__).with_name("calc_driver.py"), pipe],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                encoding="utf-8",
                env=environment,
            )
            self.ask("hello")
        except BaseException:
            self.stop()
            raise

    @property
    def group(self) -> int:
        """The id of the office's process group."""
        return self._office.pid

    def ask(self, operation: str, **more: Any) -> Any:
        """Send one operation to the driver and wait for its answer."""
        assert self._driver.stdin and self._driver.stdout
        try:
            self._driver.stdin.write(json.dumps({"do": operation, **more}) + "\n")
            self._driver.stdin.flush()
            line = self._driver.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise RuntimeError(
                f"LibreOffice's driver ended during {operation!r} (exit {self._driver.poll()}, "
                f"office {self._office.poll()})"
            )
        answer = json.loads(line)
        if "error" in answer:
            raise RuntimeError(f"LibreOffice, {operation}: {answer['error']}")
        return answer["result"]

    def open(self, path: Path | str) -> CalcBook:
        """Open a copy of a workbook, hidden; the file itself is neither locked nor changed."""
        self._opened += 1
        home = self.folder / str(self._opened)
        home.mkdir()
        return CalcBook(self, Path(shutil.copy(path, home)))

    def stop(self) -> None:
        """End the driver and the office, whatever state they are in."""
        driver = getattr(self, "_driver", None)
        if driver is not None and driver.poll() is None:
            with suppress(Exception):
                self.ask("terminate")
            driver.stdin.close()
            with suppress(subprocess.TimeoutExpired):
                driver.wait(5)
            driver.kill()
            driver.wait()
        deadline = time.monotonic() + 5
        while self._office.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        with suppress(ProcessLookupError):
            os.killpg(self._office.pid, signal.SIGKILL) if hasattr(os, "killpg") else self._office.kill()
        self._office.wait()
