"""The cells of a sheet's XML, with their places in its bytes.

Found by a parser that knows namespaces, whatever prefixes, order of attributes and quotes a program writes;
:mod:`splices` changes them in place, so that all else stays byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from openpyxl.utils import column_index_from_string
from openpyxl.utils.datetime import from_ISO8601, to_excel

from xlplugin.workbook.builder.cells import ErrorText, Text, Value, as_shown

__all__ = ["Cell", "Row", "Sheet", "scanned", "value_of"]

#: A tag that is an element of its own.
_EMPTY = re.compile(rb"""<[^<>"']*(?:(?:"[^"]*"|'[^']*')[^<>"']*)*/>""")
_PLACE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]+)")

#: Row and column, from 1.
Place = tuple[int, int]


@dataclass(slots=True)
class Cell:
    """A cell: its attributes, formula and stored value, and where these stand in the bytes of the sheet."""

    attributes: Mapping[str, str]
    start: int
    end: int = 0
    formula: str | None = None
    of_formula: Mapping[str, str] = field(default_factory=dict)
    formula_span: tuple[int, int] | None = None
    value: str | None = None
    value_span: tuple[int, int] | None = None
    inline: str | None = None

    @property
    def kind(self) -> str:
        """What its value is: ``n``, ``s``, ``str``, ``inlineStr``, ``b``, ``e`` or ``d``."""
        return self.attributes.get("t", "n")


@dataclass(slots=True)
class Row:
    """A row: where it begins and ends, and whether all its cells say where they stand."""

    start: int
    end: int = 0
    addressed: bool = True
    columns: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Validation:
    """What cells accept: their places as the file writes them, the kind of rule and its first formula."""

    area: str
    kind: str
    formula: str = ""


@dataclass(slots=True)
class Sheet:
    """A sheet as its bytes hold it."""

    data: bytes
    cells: dict[Place, Cell] = field(default_factory=dict)
    rows: dict[int, Row] = field(default_factory=dict)
    validations: list[Validation] = field(default_factory=list)
    #: Where ``<sheetData>`` begins and ends.
    start: int = 0
    end: int = 0


def scanned(data: bytes) -> Sheet:
    """Return the cells of a sheet; expat.ExpatError where its XML is damaged."""
    return _Scan(data).sheet


def value_of(cell: Cell, texts: list[str]) -> Value:
    """Return what a cell shows: the value of its formula where it has one; None where that is missing."""
    if cell.inline is not None:
        return Text(cell.inline)
    raw = cell.value
    if cell.kind == "str":
        return None if raw is None else Text(as_shown(raw))
    if raw is None or not raw.strip():
        return None
    if cell.kind == "s":
        return Text(texts[int(raw)])
    if cell.kind == "b":
        return raw.strip() in ("1", "true")
    if cell.kind == "e":
        return ErrorText(raw.strip())
    if cell.kind == "d":
        return float(to_excel(from_ISO8601(raw.strip())))
    return float(raw)


def placed(reference: str) -> Place:
    """Return the row and column of a cell's address."""
    found = _PLACE.fullmatch(reference)
    if not found:
        raise ValueError(f"{reference} is no cell")
    return int(found[2]), column_index_from_string(found[1].upper())


class _Scan:
    """One pass over a sheet."""

    def __init__(self, data: bytes) -> None:
        self.sheet = Sheet(data)
        self._space = ""  # of the elements of a sheet, as the parser writes it before their names
        self._texts: list[str] | None = None  # what is gathered of an element's text
        self._row, self._column = 0, 0
        self._cell: Cell | None = None
        self._validation: Validation | None = None
        self._phonetic = False
        self._starts: list[int] = []
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self._begin, self._finish
        parser.CharacterDataHandler = self._text
        self._parser = parser
        parser.Parse(data, True)

    def _text(self, text: str) -> None:
        if self._texts is not None:
            self._texts.append(text)

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        space, _, local = name.rpartition(" ")
        at = self._parser.CurrentByteIndex
        self._starts.append(at)
        if not self._space:
            self._space = space
        elif space != self._space:
            return
        cell = self._cell
        if cell is None:
            self._outside(local, attributes, at)
        elif local == "f":
            cell.of_formula, self._texts = attributes, []
        elif local in ("v", "t"):
            self._texts = []
        elif local == "rPh":
            self._phonetic = True

    def _outside(self, local: str, attributes: dict[str, str], at: int) -> None:
        sheet = self.sheet
        if local == "c":
            self._column += 1
            row = sheet.rows[self._row]
            if reference := attributes.get("r"):
                self._column = placed(reference)[1]
            else:
                row.addressed = False
            row.columns.append(self._column)
            self._cell = sheet.cells[self._row, self._column] = Cell(attributes, at)
        elif local == "row":
            self._row, self._column = int(attributes.get("r", self._row + 1)), 0
            sheet.rows[self._row] = Row(at, addressed="r" in attributes)
        elif local == "sheetData":
            sheet.start = at
        elif local == "dataValidation":
            self._validation = Validation(attributes.get("sqref", ""), attributes.get("type", ""))
            sheet.validations.append(self._validation)
        elif local == "formula1" and self._validation:
            self._texts = []

    def _finish(self, name: str) -> None:
        start, end = self._starts.pop(), self._parser.CurrentByteIndex
        space, _, local = name.rpartition(" ")
        if space != self._space:
            return
        text = "".join(self._texts) if self._texts is not None else ""
        cell = self._cell
        if cell is not None and local in ("c", "f", "v", "t", "rPh"):
            end = self._after(start, end)
            if local == "c":
                cell.end, self._cell = end, None
            elif local == "f":
                cell.formula, cell.formula_span = text, (start, end)
            elif local == "v":
                cell.value, cell.value_span = text, (start, end)
            elif local == "t" and not self._phonetic:
                cell.inline = (cell.inline or "") + as_shown(text)
            self._phonetic = self._phonetic and local != "rPh"
            self._texts = None
        elif local == "row":
            self.sheet.rows[self._row].end = self._after(start, end)
        elif local == "sheetData":
            self.sheet.end = self._after(start, end)
        elif local == "formula1" and self._validation:
            self._validation.formula, self._texts = text, None

    def _after(self, start: int, end: int) -> int:
        """Return where an element ends: the parser is before its end tag, or behind a tag that is empty."""
        data = self.sheet.data
        if data[end - 2 : end] == b"/>" and _EMPTY.fullmatch(data, start, end):
            return end
        return data.index(b">", end) + 1
