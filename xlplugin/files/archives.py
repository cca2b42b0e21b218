"""Workbook files looked through before they are opened: what parts unpack to, and how far cells lie.

A reader of sheets makes room for the whole rectangle that holds a cell, and puts a shared text into each cell
that shows it; so a file of a few kilobytes can ask for terabytes.
"""

from __future__ import annotations

import contextlib
import functools
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from xlplugin.files.limits import MOST_COLUMNS, MOST_WORKBOOK, ordinary
from xlplugin.files.rectangles import Growth, binary_sheet, ods_sheets, text_lengths, xml_sheet
from xlplugin.model.errors import InputError
from xlplugin.model.messages import message, plain

#: Parts of a workbook, bytes of their list, bytes that all of them unpack to.
MOST_PARTS, MOST_LIST, MOST_UNPACKED = 10_000, 4 << 20, 256 << 20
#: Rows of a sheet, cells in the rectangle that holds its values, and characters that they show in all.
MOST_ROWS, MOST_CELLS, MOST_CHARACTERS = 1_048_576, 5_000_000, 64 << 20

#: The same for a reader that keeps an object for each cell.
MOST_OBJECTS = 32 << 20
#: What libraries raise for an archive that is damaged.
DAMAGED = (
    zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, struct.error, LookupError,
    UnicodeDecodeError,
)  # fmt: skip

#: Bytes that are looked at together, in which at least one mark must stand; and bytes of a part that may
#: hold markup of its own kind (comments, CDATA).
_CHUNK, _MOST_ODD = 1 << 20, 4 << 20
_AGAIN, _SMALLER = "save it in Excel again", "delete what lies beyond the table, or save the sheet as CSV"
_LOCK = "EncryptedPackage".encode("utf-16-le")
#: How XML in UTF-16 begins; pictures and printers' settings may begin with one of these bytes, too.
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"\0<")
_END, _LONG_END = b"PK\x05\x06", b"PK\x06\x07"


def check_workbook(path: Path) -> None:
    """Raise InputError where a workbook file is locked, damaged, or asks for more than it may."""
    found = ordinary(path, MOST_WORKBOOK)
    _look_through(path, found.st_mtime_ns, found.st_size, found.st_ino)


@contextlib.contextmanager
def workbook_faults(path: Path, most: int = MOST_UNPACKED) -> Iterator[None]:
    """Look a workbook file through, and turn whatever a library says of it into a fault that names it.

    ``most``: bytes that its parts may unpack to, fewer for readers that keep objects for each cell.
    """
    check_workbook(path)
    with zipfile.ZipFile(path) if zipfile.is_zipfile(path) else contextlib.nullcontext() as package:
        if package and sum(part.file_size for part in package.infolist()) > most:
            raise _refused(path, message("unpacks to more than {size} MB", size=most >> 20))
    try:
        yield
    except InputError:
        raise
    except BaseException as error:
        if is_failure(error):
            raise unreadable(path, error) from error
        raise


def is_failure(error: BaseException) -> bool:
    """Whether a library failed: an error, or a panic of one in Rust, which Python knows no class of."""
    return isinstance(error, Exception) or type(error).__name__ == "PanicException"


@functools.lru_cache(8)  # a workbook that is opened again has not changed
def _look_through(path: Path, _changed: int, _size: int, _place: int) -> None:
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
        raise _refused(
            path, error.strerror or message("not readable ({error})", error=error), "check its rights"
        ) from None


def unreadable(path: Path, error: BaseException) -> InputError:
    """Return the fault of a workbook that a library could not read."""
    said = " ".join(str(error).split())[:80] or type(error).__name__
    return _refused(path, message("not readable ({said})", said=plain(said)), _AGAIN)


def _refused(path: Path, problem: str, fix: str = _SMALLER) -> InputError:
    return InputError.of_file(path, problem, fix)


def _check_list(path: Path, file: IO[bytes]) -> None:
    """Look at the list of parts before it is read: millions of them fit into a small file."""
    file.seek(max(0, file.seek(0, 2) - (1 << 16) - 64))
    tail = file.read()
    place = tail.rfind(_END)
    if place < 0:
        raise zipfile.BadZipFile("no workbook, or cut off")
    length = struct.unpack_from("<L", tail, place + 12)[0]
    if length > MOST_LIST or tail[max(0, place - 20) :].startswith(_LONG_END):
        raise _refused(path, message("more than {most:,} parts", most=MOST_PARTS), _AGAIN)


def _check_parts(path: Path, package: zipfile.ZipFile) -> None:
    parts = package.infolist()
    if len(parts) > MOST_PARTS:
        raise _refused(path, message("more than {most:,} parts", most=MOST_PARTS), _AGAIN)
    if any(part.flag_bits & 1 for part in parts):
        raise _refused(path, "locked with a password", "save it without one")
    if sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise _refused(path, message("unpacks to more than {size} MB", size=MOST_UNPACKED >> 20))
    lengths = text_lengths(package, parts)
    binary = any(part.filename.casefold() == "xl/workbook.bin" for part in parts)
    for part in parts:  # whatever their names: any of them may be called a sheet
        with package.open(part) as file:
            head = file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n")[:2]
        is_xml = head[:1] in (b"<", b"") or head in _WIDE
        if is_xml and part.filename == "content.xml":
            _check_growth(path, part.filename, ods_sheets(b"".join(_chunks(path, package, part))))
        elif is_xml:
            _check_growth(path, part.filename, xml_sheet(_chunks(path, package, part), lengths))
        elif binary:
            _check_growth(path, part.filename, binary_sheet(package.read(part), lengths))


def _check_growth(path: Path, name: str, growth: Growth) -> None:
    for rows, columns, characters in growth:
        if rows > MOST_ROWS or columns > MOST_COLUMNS or rows * columns > MOST_CELLS:
            problem = message("{name} spreads over more than {most:,} cells", name=name, most=MOST_CELLS)
            raise _refused(path, problem)
        if characters > MOST_CHARACTERS:
            told = {"name": name, "size": MOST_CHARACTERS >> 20}
            raise _refused(path, message("{name} shows more than {size} million characters", **told))


def _chunks(path: Path, package: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield a part of XML in pieces; InputError for entities, endless texts, and other encodings."""
    size, odd, name = 0, False, part.filename
    with package.open(part) as file:
        while chunk := file.read(_CHUNK):
            if not size and (b"\0" in chunk[:4] or chunk[:1] in (b"\xff", b"\xfe")):
                raise _refused(path, message("{filename} is not in UTF-8", filename=name), _AGAIN)
            size += len(chunk)
            odd = odd or b"<!" in chunk
            if b"<!DOCTYPE" in chunk or b"<!ENTITY" in chunk:
                raise _refused(path, message("{filename} declares entities", filename=name), _AGAIN)
            if (len(chunk) == _CHUNK and b"<" not in chunk) or (odd and size > _MOST_ODD):
                problem = message("{filename} holds a text of more than a million characters", filename=name)
                raise _refused(path, problem)
            yield chunk
