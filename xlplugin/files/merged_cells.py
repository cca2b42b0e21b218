"""Cells of a sheet that are merged: readers give the first its value and leave the others blank.

A blank means "not given", so a number that a person sees beside two rows would count for one of them.
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

from xlplugin.files.addresses import cell_address
from xlplugin.files.sheet_errors import attribute, part_of_xlsb, records, rows_of_ods

#: The record of .xlsb with a merged range: first and last row, first and last column ([MS-XLSB] 2.3.2).
_MERGE_CELL = 176


class Merged(NamedTuple):
    """A merged range; rows and columns count from 0."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def place(self) -> str:
        """The range as people name it, such as D2:D3."""
        first = cell_address(self.top + 1, self.left + 1)
        return f"{first}:{cell_address(self.bottom + 1, self.right + 1)}"


def merged_cells(path: Path, sheet: Any) -> Iterable[Merged]:
    """Return the merged ranges of a sheet as python-calamine has it, which knows none of .ods and .xlsb."""
    if sheet.merged_cell_ranges is not None:
        return [Merged(*first, *last) for first, last in sheet.merged_cell_ranges]
    return {".ods": _of_ods, ".xlsb": _of_xlsb}[path.suffix.casefold()](path, sheet.name)


def _of_ods(path: Path, name: str) -> Iterator[Merged]:
    with zipfile.ZipFile(path) as package:
        data = package.read("content.xml")
    if b"-spanned" not in data and data[:1] == b"<":
        return
    for row, line in rows_of_ods(data, name):
        yield from _of_line(line, row)


def _of_line(line: ElementTree.Element, row: int) -> Iterator[Merged]:
    column = 0
    for cell in line:
        rows, columns = (int(attribute(cell, f"number-{kind}-spanned") or 1) for kind in ("rows", "columns"))
        if max(rows, columns) > 1:
            yield Merged(row, column, row + rows - 1, column + columns - 1)
        column += int(attribute(cell, "number-columns-repeated") or 1)


def _of_xlsb(path: Path, name: str) -> Iterator[Merged]:
    data = part_of_xlsb(path, name)
    for kind, place, size in records(data):
        if kind == _MERGE_CELL and size >= 16:
            top, bottom, left, right = struct.unpack_from("<IIII", data, place)
            yield Merged(top, left, bottom, right)
