"""Workbook files looked through before a program opens them: what their parts unpack to, and how far cells lie.

A reader of sheets makes room for the whole rectangle that holds a cell, and puts a shared text into each cell
that shows it; so a file of a few kilobytes can ask for terabytes.
"""

from __future__ import annotations

import contextlib
import functools
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np

from xlplugin.files.limits import MOST_WORKBOOK, ordinary
from xlplugin.model.errors import InputError, file_fault

__all__ = ["DAMAGED", "check_workbook", "workbook_faults"]

#: Parts of a workbook, bytes of their list, bytes that all of them unpack to.
MOST_PARTS, MOST_LIST, MOST_UNPACKED = 10_000, 4 << 20, 256 << 20
#: Cells in the rectangle that holds a sheet's, and characters that its cells show in all.
MOST_CELLS, MOST_CHARACTERS = 5_000_000, 64 << 20

#: What libraries raise for an archive that is damaged.
DAMAGED = (
    zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, struct.error, LookupError,
    UnicodeDecodeError,
)  # fmt: skip

#: Bytes that are looked at together, in which at least one mark must stand, and that two looks share.
_CHUNK, _SHARED_BYTES = 1 << 20, 1 << 10
#: Bytes of a part that may hold markup of its own kind (comments, CDATA).
_MOST_ODD = 16 << 20
_AGAIN, _SMALLER = "save it in Excel again", "delete what lies beyond the table, or save the sheet as CSV"
_LOCK = "EncryptedPackage".encode("utf-16-le")
_END, _LONG_END = b"PK\x05\x06", b"PK\x06\x07"
#: Cells that hold something, with their place; cells without a place; rows; shared texts, and cells that show them.
_CELL = re.compile(
    rb"""<(?:\w+:)?c(?=\s)(?:[^<>]*?\s)?r\s*=\s*["']([A-Z]{1,3})([0-9]{1,7})["'](?:[^<>]*[^/<>])?>"""
)
_HOMELESS = re.compile(rb"""<(?:\w+:)?c(?:\s(?![^<>]*\br\s*=)[^<>]*[^/<>])?>""")
_ROW = re.compile(rb"<(?:\w+:)?row[\s/>]")
_TEXT = re.compile(rb"<(?:\w+:)?si[\s>/]")
_SHOWS = re.compile(rb"""\st\s*=\s*["']s["'][^<>]*>\s*<(?:\w+:)?v>\s*([0-9]{1,9})\s*<""")
_ODS = re.compile(rb"<(?:\w+:)?(table|table-row|covered-table-cell|table-cell)\b([^<>]*)>")
_REPEATED = re.compile(rb"""number-(?:columns|rows)-repeated\s*=\s*["']([0-9]{1,9})["']""")


def check_workbook(path: Path) -> None:
    """Raise InputError where a workbook file is locked, damaged, or asks for more than it may."""
    found = ordinary(path, MOST_WORKBOOK)
    _look_through(path.resolve(), found.st_mtime_ns, found.st_size)


@contextlib.contextmanager
def workbook_faults(path: Path) -> Iterator[None]:
    """Look a workbook file through, and turn whatever a library says of it into a fault that names it."""
    check_workbook(path)
    try:
        yield
    except InputError:
        raise
    except BaseException as error:
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":  # of a library in Rust
            raise unreadable(path, error) from error
        raise


@functools.lru_cache(8)  # a workbook that is opened again has not changed
def _look_through(path: Path, _changed: int, _size: int) -> None:
    try:
        with path.open("rb") as file:
            if file.read(8) == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":  # .xls, or a locked one of any kind
                if path.suffix.casefold() != ".xls" and _LOCK in file.read():
                    fix = "open it in Excel, take the password off and save it"
                    raise _refused(path, "locked with a password", fix)
                return
            _check_list(path, file)
            with zipfile.ZipFile(file) as package:
                _check_parts(path, package)
    except DAMAGED as error:
        raise unreadable(path, error) from None
    except OSError as error:
        raise _refused(path, error.strerror or f"not readable ({error})", "check its rights") from None


def unreadable(path: Path, error: BaseException) -> InputError:
    """Return the fault of a workbook that a library could not read."""
    said = " ".join(str(error).split())[:80] or type(error).__name__
    return _refused(path, f"not readable ({said})", _AGAIN)


def _refused(path: Path, problem: str, fix: str = _SMALLER) -> InputError:
    return InputError(file_fault(path, problem, fix))


def _check_list(path: Path, file: IO[bytes]) -> None:
    """Look at the list of parts before it is read: millions of them fit into a small file."""
    file.seek(max(0, file.seek(0, 2) - (1 << 16) - 64))
    tail = file.read()
    place = tail.rfind(_END)
    if place < 0:
        raise zipfile.BadZipFile("no workbook, or cut off")
    length = struct.unpack_from("<L", tail, place + 12)[0]
    if length > MOST_LIST or tail[max(0, place - 20) :].startswith(_LONG_END):
        raise _refused(path, f"more than {MOST_PARTS:,} parts", _AGAIN)


def _check_parts(path: Path, package: zipfile.ZipFile) -> None:
    parts = package.infolist()
    if len(parts) > MOST_PARTS:
        raise _refused(path, f"more than {MOST_PARTS:,} parts", _AGAIN)
    if any(part.flag_bits & 1 for part in parts):
        raise _refused(path, "locked with a password", "save it without one")
    if sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise _refused(path, f"unpacks to more than {MOST_UNPACKED >> 20} MB")
    lengths = _lengths(package, parts)
    binary = any(part.filename.casefold() == "xl/workbook.bin" for part in parts)
    for part in parts:  # whatever their names: any of them may be called a sheet
        with package.open(part) as file:
            is_xml = file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"<", b"", b"\0", b"\xff", b"\xfe")
        if is_xml and part.filename == "content.xml":
            _check_box(path, part.filename, *_ods_box(b"".join(_chunks(path, package, part))))
        elif is_xml:
            _check_box(path, part.filename, *_sheet_box(_chunks(path, package, part), lengths))
        elif binary:
            _check_box(path, part.filename, *_binary_box(package.read(part), lengths))


def _check_box(path: Path, name: str, cells: int, characters: int) -> None:
    if cells > MOST_CELLS:
        raise _refused(path, f"{name} spreads over more than {MOST_CELLS:,} cells")
    if characters > MOST_CHARACTERS:
        raise _refused(path, f"{name} shows more than {MOST_CHARACTERS >> 20} million characters")


def _chunks(path: Path, package: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield a part of XML in pieces; InputError for entities, endless texts, and other encodings."""
    size = 0
    with package.open(part) as file:
        while chunk := file.read(_CHUNK):
            if not size and (b"\0" in chunk[:4] or chunk[:1] in (b"\xff", b"\xfe")):
                raise _refused(path, f"{part.filename} is not in UTF-8", _AGAIN)
            size += len(chunk)
            if b"<!DOCTYPE" in chunk or b"<!ENTITY" in chunk:
                raise _refused(path, f"{part.filename} declares entities", _AGAIN)
            if (len(chunk) == _CHUNK and b"<" not in chunk) or (size > _MOST_ODD and b"<!" in chunk):
                raise _refused(path, f"{part.filename} holds a text of more than a million characters")
            yield chunk


def _lengths(package: zipfile.ZipFile, listed: list[zipfile.ZipInfo]) -> Any:
    """Return about how long each shared text is."""
    parts = {part.filename.casefold(): part for part in listed}
    if part := parts.get("xl/sharedstrings.xml"):
        data = package.read(part)
        return np.diff([*(text.start() for text in _TEXT.finditer(data)), len(data)])
    if part := parts.get("xl/sharedstrings.bin"):
        data = package.read(part)
        return np.array([size for kind, _, size in _records(data) if kind == 19], np.int64)
    return np.zeros(0, np.int64)


def _sheet_box(chunks: Iterator[bytes], lengths: Any) -> tuple[int, int]:
    """Return how many cells the rectangle of a sheet has, and how many characters they show."""
    rows = columns = counted = homeless = characters = 0
    last = b""
    for chunk in chunks:
        text = last + chunk
        places = _CELL.findall(text)
        if places:
            columns = max(columns, *map(_column, {letters for letters, _ in places}))
            rows = max(rows, int(np.array([digits for _, digits in places], "S7").astype(np.int64).max()))
        counted += len(_ROW.findall(text))
        homeless = max(homeless, *(len(_HOMELESS.findall(row)) for row in _ROW.split(text)))
        shown = np.array(_SHOWS.findall(text), "S9")
        if len(shown) and len(lengths):
            characters += int(lengths[np.minimum(shown.astype(np.int64), len(lengths) - 1)].sum())
        if b"inlineStr" in text or b'"str"' in text:
            characters += len(chunk) // 2
        last = chunk[-_SHARED_BYTES:]
    return max(rows, counted if homeless else 0) * (columns + homeless), characters


def _ods_box(data: bytes) -> tuple[int, int]:
    """Return the same of the largest sheet of an .ods file, in which cells and rows may be repeated."""
    largest = row = column = bottom = right = repeated = characters = 0
    for tag in _ODS.finditer(data):
        kind, attributes = tag.groups()
        times = int(found[1]) if (found := _REPEATED.search(attributes)) else 1
        if kind == b"table":
            row = bottom = right = repeated = 0
        elif kind == b"table-row":
            row, column, repeated = row + repeated, 0, times
        else:
            column += times
            if not attributes.endswith(b"/"):
                bottom, right = max(bottom, row + repeated), max(right, column)
                largest = max(largest, bottom * right)
                if times * repeated > 1:
                    characters += times * repeated * max(data.find(b"</", tag.end()) - tag.end(), 0)
    return largest, characters


def _binary_box(data: bytes, lengths: Any) -> tuple[int, int]:
    """Return the same of a sheet of an .xlsb file."""
    row = bottom = right = characters = 0
    for kind, place, size in _records(data):
        if kind == 0 and size >= 4:
            row = int.from_bytes(data[place : place + 4], "little")
        elif 2 <= kind <= 11:  # cells with a value
            bottom, right = (
                max(bottom, row + 1),
                max(right, int.from_bytes(data[place : place + 4], "little") + 1),
            )
            if kind == 7 and len(lengths):
                text = int.from_bytes(data[place + 8 : place + 12], "little")
                characters += int(lengths[min(text, len(lengths) - 1)])
    return bottom * right, characters


def _records(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield kind, place and size of each record of a binary part."""
    place = 0
    while place < len(data):
        kind, place = data[place], place + 1
        if kind & 0x80:
            kind, place = kind & 0x7F | (data[place] & 0x7F) << 7, place + 1
        size = 0
        for shift in range(0, 28, 7):
            digit, place = data[place], place + 1
            size |= (digit & 0x7F) << shift
            if not digit & 0x80:
                break
        yield kind, place, size
        place += size


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
