"""What the Open XML validator cannot see in a workbook and Excel, or another reader, would trip over.

:func:`lint` reads a file (not the builder's mind) and returns findings; an empty list is a pass.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree
from openpyxl.utils import range_boundaries

from xlplugin.model.inputs import INPUTS

__all__ = ["ALLOWED", "Finding", "formula_faults", "lint"]

#: Functions that Excel 2016 and later, Google Sheets, LibreOffice and IronCalc all compute alike.
ALLOWED = frozenset((
    "IF", "IFERROR", "NA", "MIN", "MAX", "SUM", "SUMPRODUCT", "SUMIFS", "COUNTIF", "COUNTIFS", "COUNTA",
    "COUNTBLANK", "INDEX", "MATCH", "CHOOSE", "LARGE", "SMALL", "RANK", "ROWS", "ROW", "COLUMN", "EXP", "LN",
    "SQRT", "ABS", "SIGN", "ROUND", "AVERAGE", "MEDIAN", "AND", "OR", "NOT", "ISNUMBER", "ISNA", "ISERROR",
    "ISBLANK", "ISTEXT", "ISLOGICAL", "TEXT", "TRIM", "SUBSTITUTE", "UPPER", "FIND", "HYPERLINK", "BETAINV",
))  # fmt: skip

#: Numbers that may stand in a formula anywhere: units, what rounds down (no INT everywhere), domains' bounds.
_CONSTANTS = {0.0, 1.0, 2.0, 12.0, 100.0, 1000.0, 10000.0, 0.999999, 0.45, 0.4999} | {
    abs(bound) for item in INPUTS.values() for bound in (item.lower, item.upper)
}

#: Calls whose arguments are places.
_PLACES = frozenset(("INDEX", "MATCH", "CHOOSE", "LARGE", "SMALL", "ROUND"))

#: Whole numbers below it may be places.
_MOST_PLACES = 100

_LONGEST = {"formula": 8192, "text": 32767, "list": 255, "name": 255, "sheet": 31, "literal": 255}
_STRING = re.compile(r'"(?:[^"]|"")*"')
_SHEET = re.compile(r"'(?:[^']|'')*'!|\b\w+!")
_CALL = re.compile(r"([A-Za-z_][\w.]*)\s*\(")
_REFERENCE = re.compile(r"\$?\b[A-Za-z]{1,3}\$?\d+\b")
_TOKEN = re.compile(r"[A-Za-z_][\w.]*\(?|\d+(?:\.\d*)?(?:[Ee][+-]?\d+)?|[()]")
_NAME = re.compile(r"[A-Za-z_\\][\w.\\]*\Z")
_LIKE_CELL = re.compile(r"(?:[A-Za-z]{1,3}\d+|[Rr]\d*[Cc]\d*|[RrCc])\Z")
_TARGET = re.compile(r"""HYPERLINK\("#'((?:[^']|'')*)'!""")
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong: the sheet or part, the cell or name, and what."""

    where: str
    place: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}!{self.place}: {self.what}"


def lint(path: str | Path) -> list[Finding]:
    """Return everything found in the workbook at ``path``; OSError where it cannot be read."""
    with zipfile.ZipFile(path) as archive:
        return list(_File(archive).findings())


def formula_faults(formula: str, constants: bool = True) -> list[str]:
    """Return what is wrong with the text of a formula (without ``=``)."""
    found = []
    if len(formula) > _LONGEST["formula"]:
        found.append(f"formula of {len(formula)} characters")
    if formula[:1] == "=":
        found.append("a formula that begins with = twice")
    found += [f"text of {len(one) - 2} characters in a formula" for one in _STRING.findall(formula)
              if len(one) - 2 > _LONGEST["literal"]]  # fmt: skip
    if "[" in _SHEET.sub("", _STRING.sub('""', formula)):
        found.append("a link to another file, or a structured reference")
    bare = _SHEET.sub("", _STRING.sub('""', formula))
    for name in _CALL.findall(bare):
        if name.upper() not in ALLOWED:
            new = "" if name.startswith("_xlfn.") else " (if Excel knows it, is _xlfn. missing?)"
            found.append(f"the function {name} is not allowed{new}")
    return found + (_constants(bare) if constants else [])


def _constants(formula: str) -> list[str]:
    """Numbers that should stand in a cell of their own.

    A small whole number is a place (the number of a company, a row or a choice) inside INDEX and its
    kin, or where nothing is multiplied with it or divided by it; a power of ten turns units or puts
    the decimals of a sentence together.
    """
    found, calls = [], [""]
    bare = _REFERENCE.sub("R", formula)
    spoken = "TEXT(" in formula
    for token in _TOKEN.finditer(bare):
        word = token[0]
        if word[-1] == "(":
            calls.append(word[:-1])
        elif word == ")":
            calls.pop()
        elif word[0].isdigit() and float(word) not in _CONSTANTS:
            around = bare[: token.start()].rstrip()[-1:] + bare[token.end() :].lstrip()[:1]
            free = not set(around) & set("*/^") or any(call in _PLACES for call in calls)
            place = word.isdigit() and float(word) < _MOST_PLACES and free
            if not place and not spoken and word.strip("0") != "1":
                found.append(f"the number {word} stands in a formula")
    return found


class _File:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive, self.parts = archive, set(archive.namelist())
        book = self._tree("xl/workbook.xml")
        links = self._tree("xl/_rels/workbook.xml.rels")
        targets = {one.get("Id"): one.get("Target") for one in links}
        key = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
        self.sheets = {one.get("name"): f"xl/{targets[one.get(key)].removeprefix('/xl/')}"
                       for one in book.iter(f"{_MAIN}sheet")}  # fmt: skip
        self.book = book
        self.known: dict[str, list[str]] = {}

    def _tree(self, part: str) -> Any:
        return etree.fromstring(self.archive.read(part))

    def findings(self) -> Iterator[Finding]:
        yield from self._package()
        yield from self._names()
        for title, part in self.sheets.items():
            tree = self._tree(part)
            yield from self._cells(title, tree)
            yield from self._rules(title, tree)
            yield from self._areas(title, tree, part)

    # --- the package ---

    def _package(self) -> Iterator[Finding]:
        for part in sorted(self.parts):
            if "vbaProject" in part or "externalLink" in part:
                yield Finding("package", part, "macros and external links do not belong here")
        for one in self.book.iter(f"{_MAIN}sheet"):
            title = one.get("name")
            if one.get("state", "visible") != "visible":
                yield Finding(title, "", "a hidden sheet")
            if len(title) > _LONGEST["sheet"] or set(title) & set("[]:*?/\\"):
                yield Finding(title, "", "a name that Excel does not take")
        titles = [title.casefold() for title in self.sheets]
        if len(set(titles)) < len(titles):
            yield Finding("workbook", "", "two sheets of one name")

    def _names(self) -> Iterator[Finding]:
        seen: set[tuple[str, str | None]] = set()
        for one in self.book.iter(f"{_MAIN}definedName"):
            name, text = one.get("name"), one.text or ""
            key = (name.casefold(), one.get("localSheetId"))
            if name.startswith("_xlnm."):
                continue
            if not _NAME.match(name) or _LIKE_CELL.match(name) or len(name) > _LONGEST["name"]:
                yield Finding("names", name, "a name that Excel does not take")
            if key in seen:
                yield Finding("names", name, "a name that is defined twice")
            seen.add(key)
            if "#REF!" in text or "!" not in text or text[:1] == "=":
                yield Finding("names", name, f"refers to {text or 'nothing'}")

    # --- cells ---

    def _cells(self, title: str, tree: Any) -> Iterator[Finding]:
        shared = self._shared()
        for cell in tree.iter(f"{_MAIN}c"):
            formula, value = cell.find(f"{_MAIN}f"), cell.find(f"{_MAIN}v")
            place, kind = cell.get("r"), cell.get("t")
            if formula is not None:
                yield from self._formula(title, place, formula.text or "", value)
                if kind == "e" and value is not None and value.text != "#N/A":
                    yield Finding(title, place, f"holds {value.text}")
                continue
            text = "".join(cell.itertext()) if kind == "inlineStr" else None
            if kind == "s" and value is not None:
                text = shared[int(value.text)]
            if text == "":
                yield Finding(title, place, "an empty text, which is not blank")
            if text and len(text) > _LONGEST["text"]:
                yield Finding(title, place, f"a text of {len(text)} characters")

    def _formula(self, title: str, place: str, text: str, value: Any) -> Iterator[Finding]:
        alike = _REFERENCE.sub("R1", text)
        if alike not in self.known:
            self.known[alike] = formula_faults(text)
        yield from (Finding(title, place, what) for what in self.known[alike])
        for target in _TARGET.findall(text):
            if target.replace("''", "'").replace('""', '"') not in self.sheets:
                yield Finding(title, place, f"a link to {target}, which does not exist")
        if value is None:
            yield Finding(title, place, "a formula without its value")

    def _shared(self) -> list[str]:
        if "xl/sharedStrings.xml" not in self.parts:
            return []
        return ["".join(one.itertext()) for one in self._tree("xl/sharedStrings.xml")]

    # --- rules and areas ---

    def _rules(self, title: str, tree: Any) -> Iterator[Finding]:
        for rule in tree.iter(f"{_MAIN}dataValidation"):
            area = rule.get("sqref")
            for name in ("formula1", "formula2"):
                text = rule.findtext(f"{_MAIN}{name}") or ""
                yield from self._rule_formula(title, area, text)
                if rule.get("type") == "list" and text[:1] == '"' and len(text) - 2 > _LONGEST["list"]:
                    yield Finding(title, area, f"a list of {len(text) - 2} characters")
            if rule.get("showErrorMessage") not in ("1", "true"):
                yield Finding(title, area, "a validation that refuses nothing")
        for area in tree.iter(f"{_MAIN}conditionalFormatting"):
            for formula in area.iter(f"{_MAIN}formula"):
                yield from self._rule_formula(title, area.get("sqref"), formula.text or "")

    def _rule_formula(self, title: str, area: str, text: str) -> Iterator[Finding]:
        if text[:1] == "=":
            yield Finding(title, area, f"a rule that begins with =: {text}")
        yield from (Finding(title, area, what) for what in formula_faults(text.lstrip("="), constants=False))

    def _areas(self, title: str, tree: Any, part: str) -> Iterator[Finding]:
        merged = [one.get("ref") for one in tree.iter(f"{_MAIN}mergeCell")]
        boxes = [range_boundaries(one) for one in merged]
        for i, (left, top, right, bottom) in enumerate(boxes):
            for other, (left2, top2, right2, bottom2) in zip(merged[:i], boxes, strict=False):
                if left <= right2 and left2 <= right and top <= bottom2 and top2 <= bottom:
                    yield Finding(title, merged[i], f"merged cells that overlap {other}")
        yield from self._tables(title, tree, part)

    def _tables(self, title: str, tree: Any, part: str) -> Iterator[Finding]:
        folder, name = part.rsplit("/", 1)
        links = f"{folder}/_rels/{name}.rels"
        if links not in self.parts:
            return
        shared = self._shared()
        texts: dict[str, str] = {}
        for link in self._tree(links):
            if not link.get("Type", "").endswith("/table"):
                continue
            table = self._tree("xl/" + link.get("Target").removeprefix("/xl/").removeprefix("../"))
            if not texts:
                texts = {cell.get("r"): _text(cell, shared) for cell in tree.iter(f"{_MAIN}c")}
            left, top, _, _ = range_boundaries(table.get("ref"))
            for i, column in enumerate(table.iter(f"{_MAIN}tableColumn")):
                place = f"{_letters(left + i)}{top}"
                if texts.get(place) != column.get("name"):
                    yield Finding(title, place, f"the header is not the table's {column.get('name')!r}")


def _text(cell: Any, shared: list[str]) -> str:
    if cell.get("t") == "s":
        return shared[int(cell.findtext(f"{_MAIN}v"))]
    return "".join(cell.itertext())


def _letters(column: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(column))
