"""How far the cells of a sheet spread and what they show, found without a reader of sheets.

A reader makes room for the whole rectangle that holds a value, and puts a shared text into each cell that
shows it; so a file of a few kilobytes can ask for terabytes.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from xlplugin.files.addresses import column_number
from xlplugin.files.sheet_errors import records

#: Rows, columns and characters of a sheet, as they grow while it is looked through.
Growth = Iterator[tuple[int, int, int]]

#: Bytes that two looks share, so that no tag is missed.
_OVERLAP = 1 << 10
#: Cells that hold something, with their place; those without one; rows; shared texts, cells that show them.
_CELL = re.compile(
    rb"""<(?:\w+:)?c(?=\s)(?:[^<>]*?\s)?r\s*=\s*["']([A-Za-z]+)([0-9]+)["'](?:[^<>]*[^/<>])?>"""
)
_HOMELESS = re.compile(rb"""<(?:\w+:)?c(?:\s(?![^<>]*\br\s*=)[^<>]*[^/<>])?>""")
_ROW = re.compile(rb"<(?:\w+:)?row(?=[\s/>])([^<>]*)>")
_NUMBER = re.compile(rb"""\br\s*=\s*["']([0-9]+)["']""")
_TEXT = re.compile(rb"<(?:\w+:)?si[\s>/]")
_SHOWS = re.compile(rb"""\st\s*=\s*["']s["'][^<>]*>\s*<(?:\w+:)?v>\s*([0-9]{1,9})\s*<""")
_ODS = re.compile(rb"<(?:\w+:)?(table(?:-row|-cell)?|covered-table-cell)(?=[\s/>])([^<>]*)>")
_REPEATED = re.compile(rb"""number-(?:columns|rows)-repeated\s*=\s*["']([0-9]+)["']""")


def text_lengths(package: zipfile.ZipFile, parts: Iterable[zipfile.ZipInfo]) -> Any:
    """Return about how long each shared text of a workbook is."""
    names = {part.filename.casefold(): part for part in parts}
    if part := names.get("xl/sharedstrings.xml"):
        data = package.read(part)
        return np.diff([*(text.start() for text in _TEXT.finditer(data)), len(data)])
    if part := names.get("xl/sharedstrings.bin"):
        return np.array([size for kind, _, size in records(package.read(part)) if kind == 19], np.int64)
    return np.zeros(0, np.int64)


def xml_sheet(chunks: Iterable[bytes], lengths: Sequence[int]) -> Growth:
    """Yield how a sheet of an .xlsx file grows."""
    rows = columns = counted = in_row = homeless = characters = 0
    last = b""
    for chunk in chunks:
        text = last + chunk
        places = _CELL.findall(text)
        named = {letters[:9].decode().upper() for letters, _ in places}
        columns = max(columns, *map(column_number, named), 0)
        rows = max(rows, *map(_row, {digits for _, digits in places}), 0)
        if _HOMELESS.search(text):
            pieces = _ROW.split(text)
            counted += len(pieces) // 2
            numbers = [_row(number[1]) for row in pieces[1::2] if (number := _NUMBER.search(row))]
            cells = [len(_HOMELESS.findall(piece)) for piece in pieces[::2]]
            in_row = cells[-1] + (in_row if len(cells) == 1 else 0)
            homeless = max(homeless, in_row, *cells)
            rows = max(rows, counted, *numbers)
        elif _ROW.search(text):
            in_row = 0
        shown = np.array(_SHOWS.findall(text), "S9").astype(np.int64)
        if len(shown) and len(lengths):
            characters += int(np.asarray(lengths)[np.minimum(shown, len(lengths) - 1)].sum())
        if b"inlineStr" in text:
            characters += len(chunk) // 2
        last = chunk[-_OVERLAP:]
        yield rows, columns + homeless, characters


def ods_sheets(data: bytes) -> Growth:
    """Yield how the sheets of an .ods file grow, in which cells and rows may be repeated."""
    row = column = bottom = right = repeated = characters = 0
    for tag in _ODS.finditer(data):
        kind, attributes = tag.groups()
        times = _row(number[1]) if (number := _REPEATED.search(attributes)) else 1
        if kind == b"table":
            row = bottom = right = repeated = 0
        elif kind == b"table-row":
            row, column, repeated = row + repeated, 0, times
        else:
            column += times
            if not attributes.endswith(b"/"):
                bottom, right = max(bottom, row + repeated), max(right, column)
                if times * repeated > 1:
                    characters += times * repeated * max(data.find(b"</", tag.end()) - tag.end(), 0)
                yield bottom, right, characters


def binary_sheet(data: bytes, lengths: Sequence[int]) -> Growth:
    """Yield how a sheet of an .xlsb file grows."""
    row = bottom = right = characters = 0
    for kind, place, _ in records(data):
        if kind == 0:
            row = int.from_bytes(data[place : place + 4], "little")
        elif 2 <= kind <= 11:  # cells with a value
            column = int.from_bytes(data[place : place + 4], "little")
            bottom, right = max(bottom, row + 1), max(right, column + 1)
            if kind == 7 and len(lengths):
                text = int.from_bytes(data[place + 8 : place + 12], "little")
                characters += int(lengths[min(text, len(lengths) - 1)])
            yield bottom, right, characters


def _row(digits: bytes) -> int:
    return int(digits[:12])
