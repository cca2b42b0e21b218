"""Cells of an Excel sheet that hold an error or no value: what fast readers of sheets hand on as blanks.

A blank means "not given", and another value would take its place; an error must not.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

_CELL = re.compile(rb"<c ([^>]*[^/])>(.*?)</c>", re.DOTALL)
_PLACE = re.compile(rb'\br="([A-Z]+)([0-9]+)"')
_VALUE = re.compile(rb"<v>([^<]+)</v>")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


class SheetError(NamedTuple):
    """An error value (``text``), or a formula that no program has calculated yet (None)."""

    place: str
    row: int
    column: int
    text: str | None


def sheet_errors(path: Path, sheet: str) -> Iterator[SheetError]:
    """Yield the cells of a sheet of an .xlsx or .xlsm file that hold an error or an uncalculated formula."""
    with zipfile.ZipFile(path) as package:
        data = package.read(_part(package, sheet))
    if b't="e"' not in data and b"<f" not in data:
        return
    for cell in _CELL.finditer(data):
        attributes, content = cell.groups()
        error = b't="e"' in attributes
        value = _VALUE.search(content)
        if not error and (b"<f" not in content or value or b't="str"' in attributes):
            continue
        if place := _PLACE.search(attributes):
            letters, digits = place[1].decode(), int(place[2])
            text = (value[1].decode() if value else "#N/A") if error else None
            yield SheetError(f"{letters}{digits}", digits - 1, _column(letters), text)


def _part(package: zipfile.ZipFile, sheet: str) -> str:
    """Return the name of the part that holds a sheet."""
    book = ElementTree.fromstring(package.read("xl/workbook.xml"))
    ids = [
        one.get(_RELATION) for one in book.iter() if one.tag.endswith("}sheet") and one.get("name") == sheet
    ]
    for one in ElementTree.fromstring(package.read("xl/_rels/workbook.xml.rels")):
        if one.get("Id") in ids:
            target = one.get("Target", "")
            return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
    raise KeyError(sheet)


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
