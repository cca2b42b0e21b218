"""The open workbook, read through xlwings' objects."""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from xlplugin.live import OpenBook, Script
from xlplugin.live.open_book import MARK
from xlplugin.live.scripts import EVERYTHING

if TYPE_CHECKING:
    from xlplugin.workbook.builder.host_calls import Edition

_AREA = re.compile(
    r"=?(?:'((?:[^']|'')+)'|([^'!]+))!\$?([A-Z]{1,3})\$?([0-9]+)(?::\$?([A-Z]{1,3})\$?([0-9]+))?"
)

#: A name that only templates with live calls have.
_LIVE_CALLS = "xlp_functions_live"

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{5,12}Z")

#: How xlwings gives values: rows of cells, errors as their text.
_OPTIONS: dict[str, Any] = {"ndim": 2, "err_to_str": True}


def areas_of(names: Iterable[Any]) -> dict[str, tuple[str, str]]:
    """Return where the names of a workbook lie: sheet and address; those of single sheets are left out."""
    areas = {}
    for name in names:
        match = None if "!" in name.name else _AREA.fullmatch(str(name.refers_to))
        if match:
            ends = dict.fromkeys((f"{match[3]}{match[4]}", f"{match[5] or match[3]}{match[6] or match[4]}"))
            areas[name.name] = ((match[1] or match[2]).replace("''", "'"), ":".join(ends))
    return areas


def language_of(book: Any) -> str:
    """Return the language of a workbook whose cells were not read; see :attr:`OpenBook.language`."""
    return OpenBook(book.name, {sheet.name: None for sheet in book.sheets}, areas_of(book.names)).language


def needed(
    script: Script, areas: dict[str, tuple[str, str]], active: str, given: Iterable[Any]
) -> set[str] | None:
    """Return the sheets that a script needs, None for all: those of its names, the active one, one named."""
    if EVERYTHING in script.reads and MARK in areas:
        return None
    sheets = {areas[name][0] for name in script.reads if name in areas} | {active}
    for text in filter(lambda value: isinstance(value, str), given):
        sheets |= {areas[name][0] for name in areas if name.casefold() == text.strip().casefold()}
        if "!" in text:
            sheets.add(text.rpartition("!")[0].strip("'= ").replace("''", "'"))
    return sheets


def from_desktop(book: Any, script: Script, given: Iterable[Any]) -> OpenBook:
    """Return the workbook as an Excel on this computer holds it, formulas for scripts that read all."""
    active = book.sheets.active
    areas = areas_of(book.names)
    wanted, formulas = needed(script, areas, active.name, given), EVERYTHING in script.reads
    sheets: dict[str, Any] = {}
    texts: dict[str, Any] = {}
    for sheet in book.sheets:
        sheets[sheet.name] = None
        if _in(sheet.name, wanted):
            used = _used(sheet)
            sheets[sheet.name] = used.options(**_OPTIONS).value
            if formulas:
                texts[sheet.name] = _merged(used.formula, sheets[sheet.name])
    selected = book.app.selection
    selection = selected.address.replace("$", "").partition(",")[0] if selected is not None else "A1"
    edition = _edition(sheets, areas) if formulas else None
    return OpenBook(book.name, sheets, areas, active.name, selection, texts if formulas else None, edition)


def from_payload(payload: Mapping[str, Any]) -> OpenBook:
    """Return the workbook as Office.js sent it; sheets whose cells were not sent are known as such."""
    sheets = {sheet["name"]: _sent(sheet["values"]) for sheet in payload["sheets"]}
    titles, head = list(sheets), payload["book"]
    areas = {
        name["name"]: (titles[name["sheet_index"]], _first(name["address"], ends=True))
        for name in payload["names"]
        if name["book_scope"] and name["sheet_index"] is not None and name["address"]
    }
    active = titles[head["active_sheet_index"]]
    selection = _first(head.get("selection"))
    return OpenBook(head["name"], sheets, areas, active, selection, edition=_edition(sheets, areas))


async def from_lite(book: Any, script: Script, given: Iterable[Any]) -> OpenBook:
    """Return the workbook as xlwings Lite fetches it, sheet by sheet; see :func:`from_desktop`."""
    payload = book.api
    active = payload["sheets"][payload["book"]["active_sheet_index"]]["name"]
    areas = areas_of(book.names)
    wanted, formulas = needed(script, areas, active, given), EVERYTHING in script.reads
    sheets: dict[str, Any] = {}
    texts: dict[str, Any] = {}
    for sheet in book.sheets:
        sheets[sheet.name] = None
        if _in(sheet.name, wanted):
            used = _used(sheet)
            sheets[sheet.name] = await used.options(**_OPTIONS).get_value()
            if formulas:
                texts[sheet.name] = _merged(await used.get_formula(), sheets[sheet.name])
    selection = _first(payload["book"].get("selection"))
    edition = _edition(sheets, areas) if formulas else None
    return OpenBook(book.name, sheets, areas, active, selection, texts if formulas else None, edition)


def _edition(sheets: Mapping[str, Any], areas: Mapping[str, Any]) -> Edition | None:
    """Return the host that a template was written for; None for one without live calls."""
    if _LIVE_CALLS not in areas:
        return None
    from xlplugin.hosts.editions import edition_of  # needs what writes workbooks, as the audit does

    return edition_of(sheets)


def _in(sheet: str, wanted: Collection[str] | None) -> bool:
    return wanted is None or sheet.casefold() in {one.casefold() for one in wanted}


def _used(sheet: Any) -> Any:
    """Return the range of a sheet from A1 to the last cell that is used."""
    used = sheet.used_range
    last = used.row + used.rows.count - 1, used.column + used.columns.count - 1
    return sheet.range((1, 1), last)


def _merged(held: Any, values: list[list[Any]]) -> list[list[Any]]:
    """Return values with formulas in their cells; a single row or column of formulas comes as a flat list."""
    texts = [[held]] if isinstance(held, str) else held
    if isinstance(texts[0], str):
        texts = [texts] if len(values) == 1 else [[text] for text in texts]
    return [
        [
            text if isinstance(text, str) and text.startswith("=") else value
            for text, value in zip(row, cells, strict=True)
        ]
        for row, cells in zip(texts, values, strict=True)
    ]


def _sent(values: list[list[Any]]) -> list[list[Any]] | None:
    return None if values == [[]] else [[_cell(value) for value in row] for row in values]


def _cell(value: Any) -> Any:
    """Return a value of Office.js: blank texts are blanks, dates come as texts that end in Z."""
    if value.__class__ is not str:
        return value
    if _DATE.fullmatch(value):
        return datetime.datetime.fromisoformat(value[:-1])
    return value or None


def _first(address: str | None, *, ends: bool = False) -> str:
    """Return the first area of an address without its sheet, with ``ends`` in full."""
    bare = (address or "A1").replace("$", "").partition(",")[0].rpartition("!")[2]
    return bare if ends else bare.partition(":")[0] or "A1"
