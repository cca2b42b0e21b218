"""Cells of a sheet that hold an error or a value that nobody computed: fast readers hand them on as blanks.

A blank means "not given", and another value would take its place; an error must not. One reader for each
kind of file: .xlsx and .xlsm, .ods (XML, read with its namespaces), .xlsb (records of BIFF12) and .xls
(records of BIFF8, read by xlrd).
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple
from xml.etree import ElementTree

from xlplugin.entries.error_values import is_error_text
from xlplugin.files.addresses import cell_address, column_number
from xlplugin.model.errors import InputError

_PLACE = re.compile(r"([A-Z]+)([0-9]+)")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"

#: What a sheet without errors and formulas lacks; in UTF-16 it cannot be looked for.
_SUSPECT = re.compile(rb"""<(?:\w+:)?f[\s/>]|\st\s*=\s*["']e["']""")
#: Numbers in a form that no spreadsheet program writes, of which fast readers take a part: 0<!-- -->.5.
_IN_PARTS = re.compile(
    rb"<(?:\w+:)?v(?:\s[^<>]*)?>[^<]*(?:<[!?]|&#(?:4[3-9]|5[0-7]|[xX](?:2[b-eB-E]|3[0-9]));)"
)
_UTF16 = (b"\xff\xfe", b"\xfe\xff")

#: Error values by their number in binary files.
_CODES = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!",
          0x2A: "#N/A", 0x2B: "#GETTING_DATA"}  # fmt: skip

#: Records of .xlsb: a sheet of the workbook; a row; cells with an error, typed or of a formula; cells in a
#: short form, which Excel does not write and python-calamine leaves out.
_BUNDLE_SHEET, _ROW, _ERRORS, _SHORT = 156, 0, (3, 11), range(12, 19)

#: Records of .xls, and a formula's result that is a text of no length.
_FORMULA, _END_OF_PART, _RECALC_ID, _NO_TEXT = 0x06, 0x0A, 0x01C1, bytes((3, 0, 0, 0, 0, 0, 0xFF, 0xFF))


class SheetError(NamedTuple):
    """An error value (``text``), or a formula whose value nobody computed (None)."""

    row: int
    column: int
    text: str | None

    @property
    def place(self) -> str:
        """The cell as people name it, such as B3."""
        return cell_address(self.row + 1, self.column + 1)


def sheet_errors(path: Path, sheet: str) -> Iterator[SheetError]:
    """Yield the cells of a sheet that hold an error or a formula without a value; rows count from 0."""
    return _READERS[path.suffix.casefold()](path, sheet)


# --- .xlsx, .xlsm ---


def never_computed(path: Path, sheet: str) -> Iterator[SheetError]:
    """Yield the formulas of a sheet of .xlsx without a value, whatever the file asks to be calculated."""
    _, data = _sheet_of_xlsx(path, sheet)
    yield from (cell for cell in _cells(data, trusted=True) if cell.text is None)


def _of_xlsx(path: Path, sheet: str) -> Iterator[SheetError]:
    book, data = _sheet_of_xlsx(path, sheet)
    if _IN_PARTS.search(data):
        problem = "its cells are in a form of .xlsx that Excel does not write"
        raise InputError.of_file(str(path), problem, "open and save it once in Excel or LibreOffice")
    if data[:2] not in _UTF16 and not _SUSPECT.search(data):
        return
    yield from _cells(data, trusted=not _never_calculated(book))


def _sheet_of_xlsx(path: Path, sheet: str) -> tuple[ElementTree.Element, bytes]:
    """Return the workbook's part and that of a sheet."""
    with zipfile.ZipFile(path) as package:
        book = ElementTree.fromstring(package.read("xl/workbook.xml"))
        relations = package.read("xl/_rels/workbook.xml.rels")
        ids = [
            one.get(_RELATION) for one in book.iter() if tag_of(one) == "sheet" and one.get("name") == sheet
        ]
        return book, package.read(_target(relations, ids))


def _never_calculated(book: ElementTree.Element) -> bool:
    """Whether the values of formulas are no program's: the file asks for calculation when it is opened."""
    asked = [one.get("fullCalcOnLoad") for one in book.iter() if tag_of(one) == "calcPr"]
    return any(value in ("1", "true") for value in asked)


def _cells(data: bytes, *, trusted: bool) -> Iterator[SheetError]:
    row = column = -1
    for _, line in ElementTree.iterparse(io.BytesIO(data), ("end",)):
        if tag_of(line) != "row":
            continue
        row, column = int(line.get("r", row + 2)) - 1, -1
        for cell in line:
            if tag_of(cell) != "c":
                continue
            row, column = _at(cell.get("r"), row, column + 1)
            parts = {tag_of(part): part for part in cell}
            value = parts["v"].text if "v" in parts else None
            if cell.get("t") == "e":
                yield SheetError(row, column, value or "#N/A")
            elif "f" in parts and not (trusted and (value or (cell.get("t") == "str" and "v" in parts))):
                yield SheetError(row, column, None)
        line.clear()


def _at(place: str | None, row: int, column: int) -> tuple[int, int]:
    """Return the row and column that a cell says, else those that follow."""
    found = _PLACE.fullmatch(place or "")
    return (int(found[2]) - 1, column_number(found[1]) - 1) if found else (row, column)


def _target(relations: bytes, ids: list[str | None]) -> str:
    """Return the name of the part that one of the relations names."""
    for one in ElementTree.fromstring(relations):
        if one.get("Id") in ids:
            target = one.get("Target", "")
            return target.removeprefix("/") if target.startswith("/") else str(PurePosixPath("xl", target))
    raise KeyError(ids)


def tag_of(element: ElementTree.Element) -> str:
    """Return an element's name without its namespace."""
    return element.tag.rpartition("}")[2]


# --- .ods ---


def _of_ods(path: Path, sheet: str) -> Iterator[SheetError]:
    with zipfile.ZipFile(path) as package:
        content = package.read("content.xml")
    for row, line in rows_of_ods(content, sheet):
        yield from _of_line(line, row)


def rows_of_ods(content: bytes, sheet: str) -> Iterator[tuple[int, ElementTree.Element]]:
    """Yield the rows of a sheet of .ods, each with its number from 0; one that is repeated comes once."""
    for table in ElementTree.fromstring(content).iter():
        if tag_of(table) == "table" and attribute(table, "name") == sheet:
            row = 0
            for line in table.iter():
                if tag_of(line) == "table-row":
                    yield row, line
                    row += int(attribute(line, "number-rows-repeated") or 1)


def _of_line(line: ElementTree.Element, row: int) -> Iterator[SheetError]:
    """Yield the errors of a row: LibreOffice says that a cell is one, others show the error alone.

    So is what a cell shows without holding it: a number that is left out, or one of no kind, reads as blank.
    """
    column = 0
    for cell in line:
        kinds = {value for name, value in cell.attrib.items() if name.endswith("}value-type")}
        formula, shown = attribute(cell, "formula"), _shown(cell)
        repeated = int(attribute(cell, "number-columns-repeated") or 1)
        error = "error" in kinds or ((formula or kinds != {"string"}) and is_error_text(shown))
        if error or (shown and not formula and not _holds_value(cell, kinds)):
            yield from (SheetError(row, column + i, shown or "#N/A") for i in range(repeated))
        elif formula and not kinds:
            yield SheetError(row, column, None)
        column += repeated


def _shown(cell: ElementTree.Element) -> str:
    """Return what a cell of .ods shows, without the note on it."""
    return "".join("".join(part.itertext()) for part in cell if tag_of(part) == "p").strip()


def _holds_value(cell: ElementTree.Element, kinds: set[str]) -> bool:
    """Whether a cell of .ods holds what it shows: texts need no more, other kinds a value."""
    values = ("value", "date-value", "time-value", "boolean-value")
    return "string" in kinds or (kinds != {"void"} and any(attribute(cell, name) for name in values))


def attribute(element: ElementTree.Element, name: str) -> str | None:
    """Return an attribute by its name without its namespace."""
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), None)


# --- .xlsb ---


def part_of_xlsb(path: Path, sheet: str) -> bytes:
    """Return the records of a sheet of an .xlsb file."""
    with zipfile.ZipFile(path) as package:
        ids: list[str | None] = []
        book = package.read("xl/workbook.bin")
        for kind, place, size in records(book):
            record = book[place : place + size]
            if kind == _BUNDLE_SHEET:
                length = struct.unpack_from("<I", record, 8)[0] * 2
                name = record[16 + length :].decode("utf-16-le")
                ids += [record[12 : 12 + length].decode("utf-16-le")] * (name == sheet)
        return package.read(_target(package.read("xl/_rels/workbook.bin.rels"), ids))


def _of_xlsb(path: Path, sheet: str) -> Iterator[SheetError]:
    data = part_of_xlsb(path, sheet)
    row = 0
    for kind, place, _ in records(data):
        if kind == _ROW:
            row = struct.unpack_from("<I", data, place)[0]
        elif kind in _ERRORS:
            column = struct.unpack_from("<I", data, place)[0]
            yield SheetError(row, column, _CODES.get(data[place + 8], "#N/A"))
        elif kind in _SHORT:
            problem = "its cells are in a form of .xlsb that Excel does not write"
            raise InputError.of_file(str(path), problem, "save it in Excel as .xlsx")


def records(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield kind, place and size of each record of a part of .xlsb."""
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


# --- .xls ---


def _of_xls(path: Path, sheet: str) -> Iterator[SheetError]:
    import xlrd

    with xlrd.open_workbook(path, logfile=io.StringIO(), on_demand=True) as book:
        cells = book.sheet_by_name(sheet)
        yield from _never_computed(book.mem, book.base, book._sh_abs_posn[cells.number])
        for row in range(cells.nrows):
            for column, kind in enumerate(cells.row_types(row)):
                if kind == xlrd.XL_CELL_ERROR:
                    yield SheetError(row, column, _CODES.get(cells.cell_value(row, column), "#N/A"))


def _never_computed(data: bytes, start: int, place: int) -> Iterator[SheetError]:
    """Yield the formulas of a sheet at ``place`` that no program has computed.

    Excel and LibreOffice note in the workbook's part, at ``start``, what computed it (RecalcId; without it
    the values are no program's, [MS-XLS] 2.4.216): then a formula without text, or to be computed when the
    file is opened, holds none.
    """
    if any(kind == _RECALC_ID for kind, _ in _records_of_xls(data, start)):
        return
    for kind, record in _records_of_xls(data, place):
        if kind == _FORMULA and (record[6:14] == _NO_TEXT or record[14] & 2):
            row, column = struct.unpack_from("<HH", record)
            yield SheetError(row, column, None)


def _records_of_xls(data: bytes, place: int) -> Iterator[tuple[int, bytes]]:
    """Yield the records of a part of .xls up to its end: their number and their bytes."""
    kind = 0
    while kind != _END_OF_PART and place + 4 <= len(data):
        kind, size = struct.unpack_from("<HH", data, place)
        yield kind, data[place + 4 : place + 4 + size]
        place += 4 + size


_READERS: dict[str, Callable[[Path, str], Iterator[SheetError]]] = {
    ".xlsx": _of_xlsx,
    ".xlsm": _of_xlsx,
    ".ods": _of_ods,
    ".xlsb": _of_xlsb,
    ".xls": _of_xls,
}
