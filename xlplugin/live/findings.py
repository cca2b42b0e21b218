"""The script that looks for what is wrong: changed cells, entries that do not hold, checks that fail."""

from __future__ import annotations

import re
from collections.abc import Iterator

from xlplugin.data.shipped import shipped
from xlplugin.live.open_book import OpenBook, quoted
from xlplugin.live.plans import MOST_ROWS, Column, Plan
from xlplugin.live.scripts import EVERYTHING, script
from xlplugin.live.settings import filled_of
from xlplugin.live.tables import open_table
from xlplugin.live.texts import text
from xlplugin.model.errors import Fault, InputError, printable
from xlplugin.model.messages import plain
from xlplugin.model.translations import said

_PLACE = r"\$?[A-Z]{1,3}\$?[0-9]+"
_CELL = re.compile(rf"(?:'((?:[^']|'')+)'|([^'!]+))!({_PLACE}(?::{_PLACE})?|[0-9]+:[0-9]+)")

#: Sheet, cell, what it is, how to mend it.
Finding = tuple[str, str, str, str]


@script("audit", EVERYTHING)
def audit(book: OpenBook, language: str, *, table: str = "") -> Plan:
    of_template = book.is_template and not table.strip()
    where = book.name if of_template else book.chosen(table).address
    findings = _of_template(book, language) if of_template else _of_table(book, table, language)
    found = list(dict.fromkeys(findings))
    rows = found[:MOST_ROWS]
    told = text("audit.found" if found else "audit.none", language, count=len(found), place=where)
    seen = "audit.formulas" if book.formulas is not None and of_template else "audit.values"
    return Plan(
        text("audit.title", language),
        (told, text(seen if of_template else "audit.table", language)),
        (
            Column(text("column.sheet", language), width=18),
            Column(text("column.cell", language), width=12),
            Column(text("column.finding", language), width=80),
            Column(text("column.fix", language), width=80),
        ),
        tuple(rows),
        (text("audit.note", language),),
        links={
            (i, 1): f"{quoted(sheet)}!{cell.replace('$', '')}"
            for i, (sheet, cell, *_) in enumerate(rows)
            if cell and sheet in book.sheets
        },
    )


def _of_template(book: OpenBook, language: str) -> Iterator[Finding]:
    """Yield what differs from the template as it was written, and the entries that do not hold."""
    from xlplugin.workbook.open_audit import audit_open

    sent = {title: rows for title, rows in book.sheets.items() if rows is not None}
    for one in audit_open(sent, book.formulas, book.names, tuple(book.sheets), shipped(), book.edition):
        yield one.sheet, one.cell, said(plain(one.what), language), said(plain(one.fix), language)
    try:
        faults = [fault for row in filled_of(book).rows.wrong.values() for fault in row]
    except InputError as error:
        faults = list(error.faults)
    yield from (_finding(fault, language) for fault in faults)


def _of_table(book: OpenBook, table: str, language: str) -> Iterator[Finding]:
    """Yield every fault of a table of scenario rows, by its cell; there is such a table."""
    from xlplugin.batch.runner import computed
    from xlplugin.batch.selection import Selection

    try:
        found = open_table(book, table, shipped())
        wrong = [fault for faults in found.rows.wrong.values() for fault in faults]
        result = computed(found.rows, Selection.of(shipped(), None, lines=["operating_margin_change"]))
        faults = found.located([*wrong, *result.faults])
    except InputError as error:
        faults = list(error.faults)
    yield from (_finding(fault, language) for fault in faults)


def _finding(fault: Fault, language: str) -> Finding:
    match = _CELL.fullmatch(str(fault.row or ""))
    sheet, cell = (
        ((match[1] or match[2]).replace("''", "'"), match[3]) if match else (str(fault.row or ""), "")
    )
    return sheet, cell, printable(said(fault.found, language)), said(plain(fault.fix), language)
