"""A LibreOffice of its own with the add-in in it: cells with our functions, through real formulas."""

from __future__ import annotations

import datetime
import json
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import machine

from xlplugin.model.errors import CellError

DRIVER = Path(__file__).parent / "fixtures" / "calc_addin_driver.py"
ERRORS = {32767: CellError.NOT_AVAILABLE, 503: CellError.OUTSIDE_DOMAIN, 519: CellError.WRONG_TYPE}
#: What Calc shows for a function that it does not know.
NO_NAME = 525

_LANGUAGE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Linguistic/General"><prop oor:name="UILocale" oor:op="fuse">\
<value>{short}</value></prop></item>
<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooLocale" oor:op="fuse">\
<value>{short}</value></prop></item>
<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse">\
<value>{locale}</value></prop></item>
</oor:items>
"""


@dataclass
class CalcAddin:
    """A profile, and the Python that drives soffice with it from the first task until ``close``."""

    profile: Path
    python: Path
    _driver: subprocess.Popen[str] | None = None
    _locale: str = "en-US"

    def speak(self, locale: str) -> None:
        """Make a language such as de-DE that of the user interface and of formulas, from the next office on."""
        if locale == self._locale:
            return
        self.close()
        self._locale = locale
        text = _LANGUAGE.format(short=locale if locale == "en-US" else locale[:2], locale=locale)
        settings = self.profile / "user" / "registrymodifications.xcu"
        settings.parent.mkdir(parents=True, exist_ok=True)
        if settings.is_file():  # what is there stays, such as the installed extensions' entries
            items = text.partition("<item")[1] + text.partition("<item")[2].partition("</oor:items>")[0]
            text = settings.read_text("utf-8").replace("</oor:items>", items + "</oor:items>")
        settings.write_text(text, "utf-8")

    def run(self, *tasks: dict[str, Any]) -> list[dict[str, Any]]:
        """Carry out tasks (see the driver); error values come back as CellError or a number."""
        if self._driver is None:
            self._driver = subprocess.Popen(
                [self.python, DRIVER],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env=machine.plain_environment(),
            )
        assert self._driver.stdin and self._driver.stdout
        print(json.dumps({"profile": str(self.profile), "tasks": tasks}), file=self._driver.stdin, flush=True)
        line = self._driver.stdout.readline()
        if not line:
            raise RuntimeError("LibreOffice's driver failed: it says why on standard error")
        answers = json.loads(line)
        for answer in answers:
            for rows in answer["cells"].values():
                for row in rows:
                    row[:] = [_value(cell) for cell in row]
        return answers

    def close(self) -> None:
        if self._driver:
            self._driver.communicate()
        self._driver = None

    def formulas(self, *formulas: str) -> list[Any]:
        """Return the value of each formula, given with ``=`` and semicolons, in one cell."""
        cells = [[f"A{row}", formula] for row, formula in enumerate(formulas, start=1)]
        place = f"A1:A{len(cells)}"
        return [row[0] for row in self.run({"write": cells, "read": [place]})[0]["cells"][place]]


def _value(cell: Any) -> Any:
    return ERRORS.get(cell["error"], cell["error"]) if isinstance(cell, dict) else cell


# --- Calls of the functions laid out on a sheet -----------------------------------------------------

ENTERED_ERRORS = {
    CellError.NOT_AVAILABLE: "=NA()",
    CellError.OUTSIDE_DOMAIN: "=10^1000",
    CellError.WRONG_TYPE: '="x"+1',
}


def column(number: int) -> str:
    """Return the letters of a column, counted from 0."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def place(top: int, left: int, height: int, width: int) -> str:
    """Return the address of a block of cells, counted from 0."""
    first = f"{column(left)}{top + 1}"
    return first if height == width == 1 else f"{first}:{column(left + width - 1)}{top + height}"


def laid_out(calls: Iterable[tuple[str, tuple[Any, ...], Any]]) -> tuple[dict[str, Any], list[str]]:
    """Return a task with every call below the other, and where each answer will stand.

    A call is a function's name, its cells and an answer of the expected shape. Its arguments stand in
    cells of their own, to which the formula refers: a blank one refers to an empty cell.
    """
    writes, reads, top = [], [], 0
    for name, cells, expected in calls:
        left, deepest, addresses = 0, 1, []
        for argument in cells:
            rows = argument if isinstance(argument, list | tuple) else [[argument]]
            writes += [
                [place(top + down, left + across, 1, 1), _entered(cell)]
                for down, row in enumerate(rows)
                for across, cell in enumerate(row)
                if cell is not None
            ]
            addresses.append(place(top, left, len(rows), len(rows[0])))
            left += len(rows[0])
            deepest = max(deepest, len(rows))
        table = isinstance(expected, list)
        height, width = (len(expected), len(expected[0])) if table else (1, 1)
        reads.append(place(top, left, height, width))
        formula = f"={name}({';'.join(addresses)})"
        writes.append([reads[-1], f"{{{formula}}}" if table else formula])
        top += max(deepest, height)
    return {"write": writes, "read": reads}, reads


def _entered(cell: Any) -> Any:
    """Return what to write into a cell; texts with ``=`` would be formulas."""
    if isinstance(cell, CellError):
        return ENTERED_ERRORS[cell]
    if isinstance(cell, bool):
        return f"={str(cell).upper()}()"
    if isinstance(cell, datetime.date):
        return f"=DATE({cell.year};{cell.month};{cell.day})"
    if cell == "" or (isinstance(cell, str) and cell.startswith(("=", "{="))):
        return '="' + cell.replace('"', '""') + '"'
    return cell
