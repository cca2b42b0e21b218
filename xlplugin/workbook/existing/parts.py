"""The package of a workbook file: its parts, sheets and names; a copy with some parts changed.

openpyxl would lose what it does not know (shapes, sparklines, threaded comments, macros, signatures), so no
file of an analyst's is saved by it: parts that do not change are copied byte for byte.
"""

from __future__ import annotations

import posixpath
import stat
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from xml.etree import ElementTree
from xml.parsers import expat

from xlplugin.files.archives import DAMAGED, MOST_OBJECTS, check_workbook, unreadable
from xlplugin.files.targets import check_target, replacing
from xlplugin.model.errors import InputError
from xlplugin.model.messages import message
from xlplugin.workbook.builder.cells import as_shown
from xlplugin.workbook.existing.cells import Sheet, scanned

__all__ = ["Parts", "check_out", "tag"]

_ENDINGS = (".xlsx", ".xlsm")
_ID = "id"
_DOCUMENT, _SHEET, _TEXTS, _CHAIN = "/officeDocument", "/worksheet", "/sharedStrings", "/calcChain"


def tag(name: str) -> str:
    """Return the name of an element or attribute without its namespace."""
    return name.rpartition("}")[2]


@dataclass(frozen=True, slots=True)
class Relation:
    """Where a part points to: the part's name, and of what kind it is."""

    id: str
    kind: str
    target: str


class Parts:
    """The parts of a workbook file.

    Raises InputError for a file of another kind, one that is open in a spreadsheet program, locked,
    damaged or signed.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        _check_kind(path)
        check_workbook(path)
        _check_closed(path)
        try:
            with zipfile.ZipFile(path) as package:
                self._infos = package.infolist()
                names = {info.filename.casefold(): info.filename for info in self._infos}
                if any(name.startswith("_xmlsignatures/") for name in names):
                    fix = "save a copy without its signature in Excel and name that"
                    raise InputError.of_file(path, "is signed, and a change would break that", fix)
                if len(names) != len(self._infos):
                    raise zipfile.BadZipFile("two parts of one name")
            self._names = names
            self.book = self.of_kind(_DOCUMENT)[0]
            self._tree = ElementTree.fromstring(self.read(self.book))
        except (*DAMAGED, IndexError, ElementTree.ParseError) as error:
            raise unreadable(path, error) from error

    def read(self, name: str) -> bytes:
        """Return a part; KeyError where there is none."""
        with zipfile.ZipFile(self.path) as package:
            return package.read(self._names[name.casefold()])

    def _relations(self, name: str) -> list[Relation]:
        """Return where a part ("" for the package) points to, inside the package."""
        folder, file = posixpath.split(name)
        tree = ElementTree.fromstring(self.read(posixpath.join(folder, "_rels", f"{file}.rels")))
        return [
            Relation(
                one.get("Id", ""),
                one.get("Type", ""),
                posixpath.normpath(posixpath.join("/", folder, one.get("Target", ""))).lstrip("/"),
            )
            for one in tree
            if one.get("TargetMode") != "External"
        ]

    def of_kind(self, kind: str, name: str = "") -> list[str]:
        """Return the parts of a kind that a part ("" for the package) points to."""
        return [one.target for one in self._relations(name) if one.kind.endswith(kind)]

    @cached_property
    def sheets(self) -> dict[str, str]:
        """The part of every sheet of cells by its title, in the workbook's order."""
        parts = {one.id: one.target for one in self._relations(self.book) if one.kind.endswith(_SHEET)}
        found = {}
        for one in self._every("sheet"):
            ids = (value for key, value in one.attrib.items() if tag(key) == _ID and "}" in key)
            if (part := parts.get(next(ids, ""))) is not None:
                found[as_shown(one.get("name", ""))] = part
        return found

    @cached_property
    def cells(self) -> dict[str, Sheet]:
        """The cells of every sheet by its title; InputError where there are too many to hold."""
        sizes = {info.filename.casefold(): info.file_size for info in self._infos}
        if sum(sizes.get(part.casefold(), 0) for part in self.sheets.values()) > MOST_OBJECTS:
            problem = message("its sheets unpack to more than {most} MB", most=MOST_OBJECTS >> 20)
            raise InputError.of_file(self.path, problem, "delete what lies beyond the tables")
        try:
            return {title: scanned(self.read(part)) for title, part in self.sheets.items()}
        except (*DAMAGED, ValueError, expat.ExpatError) as error:
            raise unreadable(self.path, error) from error

    @cached_property
    def titles(self) -> list[str]:
        """The titles of all sheets, charts among them: what the place of a name counts by."""
        return [as_shown(one.get("name", "")) for one in self._every("sheet")]

    @cached_property
    def numbers(self) -> dict[str, str]:
        """The number that the chain of calculation knows a sheet by, by its title."""
        return {as_shown(one.get("name", "")): one.get("sheetId", "") for one in self._every("sheet")}

    @cached_property
    def names(self) -> dict[tuple[str | None, str], str]:
        """What each defined name stands for, by the title of the sheet that it is for (None: all)."""
        found = {}
        for one in self._every("definedName"):
            place = one.get("localSheetId")
            sheet = None if place is None else self.titles[int(place)]
            found[sheet, one.get("name", "").casefold()] = one.text or ""
        return found

    @cached_property
    def texts(self) -> list[str]:
        """The shared texts, by their number."""
        parts = self.of_kind(_TEXTS, self.book)
        if not parts:
            return []
        tree = ElementTree.fromstring(self.read(parts[0]))
        return [shown(one) for one in tree if tag(one.tag) == "si"]

    @cached_property
    def chain(self) -> str | None:
        """The part that lists formulas in the order of their calculation."""
        parts = self.of_kind(_CHAIN, self.book)
        return parts[0] if parts else None

    @property
    def is_strict(self) -> bool:
        """Whether it is of the strict form of the format, which openpyxl does not read."""
        return "purl.oclc.org" in self._tree.tag

    def settings(self, element: str) -> dict[str, str]:
        """Return the attributes of an element of the workbook, such as ``calcPr``."""
        return next((dict(one.attrib) for one in self._every(element)), {})

    def _every(self, name: str) -> list[ElementTree.Element]:
        return [one for one in self._tree.iter() if tag(one.tag) == name]

    def write(self, out: Path, changed: Mapping[str, bytes]) -> None:
        """Write a copy in which the parts named in ``changed`` hold these bytes."""
        by_name = {self._names[name.casefold()]: data for name, data in changed.items()}
        with (
            replacing(out) as written,
            zipfile.ZipFile(self.path) as package,
            zipfile.ZipFile(written, "w") as copy,
        ):
            copy.comment = package.comment
            for info in self._infos:
                data = by_name.get(info.filename)
                copy.writestr(info, package.read(info) if data is None else data)


def shown(element: ElementTree.Element) -> str:
    """Return the text of a shared or inline text, without its phonetic reading."""
    runs = [element, *(one for one in element if tag(one.tag) == "r")]
    texts = [one.text or "" for run in runs for one in run if tag(one.tag) == "t"]
    return as_shown("".join(texts))


def check_out(out: Path, book: Path, *, force: bool) -> None:
    """Raise InputError where a copy of ``book`` may not be written to ``out``."""
    _check_kind(book)
    check_target(out, [book], force=force)
    if out.suffix.casefold() != book.suffix.casefold():
        raise InputError.of_file(
            out, "is another kind of file", message("name it ...{ending}", ending=book.suffix.casefold())
        )
    if out.exists():
        _check_closed(out)
        if not out.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH):
            raise InputError.of_file(out, "is read-only", "choose another name, or allow writing to it")


def _check_kind(path: Path) -> None:
    ending = path.suffix.casefold()
    if ending not in _ENDINGS and path.is_file():
        problem = message("is a file {ending}", ending=ending) if ending else "is no workbook"
        raise InputError.of_file(path, problem, "save it as .xlsx or .xlsm and name that")


def _check_closed(path: Path) -> None:
    """Raise InputError where a spreadsheet program holds the file: what it shows may not be saved yet."""
    for owner in (f"~${path.name}", f".~lock.{path.name}#"):
        if path.with_name(owner).exists():
            problem = message("is open in a spreadsheet program ({owner} lies beside it)", owner=owner)
            raise InputError.of_file(path, problem, "save and close it there, or name a copy")
