"""Tables as columns by name, whatever they were read from, and what their headers may be.

Values stay as they came (text from CSV); :mod:`xlplugin.entries.meaning` says later what they mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xlplugin.entries import numerals
from xlplugin.files.limits import MOST_COLUMNS
from xlplugin.model.errors import CellError, Fault, InputError, file_fault
from xlplugin.model.messages import message

__all__ = ["Table", "from_rows", "header_name", "long_row"]


#: Rows that show the decimal sign of a table.
SIGN_ROWS = 1000


@dataclass(frozen=True)
class Table:
    """Columns by name, all of one length. ``source`` is named in messages, ``decimal``
    is the sign of texts, None where it is not known, ``notices`` are for people."""

    columns: Mapping[str, Sequence[Any]]
    count: int
    source: str = ""
    decimal: str | None = None
    notices: Sequence[str] = ()

    def rows(self) -> Iterable[tuple[Any, ...]]:
        """Return each row, its cells in the order of the columns."""
        columns = self.columns.values()
        return zip(*(c.to_pylist() if hasattr(c, "to_pylist") else c for c in columns), strict=True)


def header_name(text: object) -> str:
    """Return the spelling that names are compared in: ``Cost reduction`` is ``cost_reduction``."""
    return re.sub(r"[\s\-]+", "_", str(text).strip().lstrip("\ufeff").strip()).casefold()


def from_rows(rows: Sequence[Sequence[Any]], source: str, decimal: str | None = None) -> Table:
    """Return the table of a header row and data rows; short rows are filled with blanks.

    Raises InputError with every fault: no row, no header, two headers alike, too many cells.
    """
    if not rows:
        raise InputError.of_file(source, "empty", "give a table with a header row")
    header = [str("" if name is None else name).strip().lstrip("\ufeff") for name in rows[0]]
    if len(header) > MOST_COLUMNS:
        problem = message("{count:,} columns (allowed: {most:,})", count=len(header), most=MOST_COLUMNS)
        raise InputError.of_file(source, problem, "leave out columns that are not needed")
    if header and not header[-1]:
        del header[max(_filled(row[: len(header)]) for row in [header, *rows[1:]]) :]
    body = [list(row) for row in rows[1:]]
    faults = [
        long_row(number, row, len(header))
        for number, row in enumerate(body, 1)
        if any(cell not in ("", None) for cell in row[len(header) :])
    ]
    faults += _header_faults(header, source, decimal)
    if faults:
        raise InputError(faults)
    columns = {name: [row[i] if i < len(row) else None for row in body] for i, name in enumerate(header)}
    return Table(columns, len(body), source, decimal or shown_sign(columns.values()))


def shown_sign(columns: Iterable[Any]) -> str | None:
    """Return the decimal sign that the texts in columns of any kind show in their first rows, if they do."""
    texts: list[str] = []
    for column in columns:
        if getattr(getattr(column, "dtype", None), "kind", "O") == "O":
            listed = column[:SIGN_ROWS]
            listed = listed.to_pylist() if hasattr(listed, "to_pylist") else listed
            texts += [cell for cell in listed if isinstance(cell, str)]
    return numerals.decimal_sign(texts)


def long_row(number: int | None, row: Sequence[Any], width: int) -> Fault:
    """Return the fault of a row with more cells than the header."""
    fix = "quote text that holds the delimiter"
    return Fault(
        number,
        "row",
        message("{count} {count:cell|cells}", count=len(row)),
        message("{width} {width:cell|cells}", width=width),
        fix,
        CellError.WRONG_TYPE,
    )


def _filled(row: Sequence[Any]) -> int:
    """Return how many cells a row has up to the last that is not blank."""
    count = len(row)
    while count and row[count - 1] in ("", None):
        count -= 1
    return count


def _header_faults(header: Sequence[str], source: str, decimal: str | None) -> Iterator[Fault]:
    for column, name in enumerate(header, 1):
        if not name:
            yield file_fault(source, message("column {column} has no header", column=column), "name it")
    if header and all(numerals.read(name, decimal) for name in header):
        yield file_fault(source, "no header: the first row holds numbers", "name the columns in a first row")
    seen: set[str] = set()
    for name in filter(None, header):
        if header_name(name) in seen:
            yield file_fault(
                source, message("two columns are named {name}", name=name), "rename or remove one"
            )
        seen.add(header_name(name))
