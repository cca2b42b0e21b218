"""Cell values between Office.js and the functions: the JSON of Excel's custom functions."""

from __future__ import annotations

import datetime
import math
import re
from typing import Any

from xlplugin.model.errors import CellError

ERROR_TYPES = {
    CellError.NOT_AVAILABLE: "NotAvailable",
    CellError.OUTSIDE_DOMAIN: "Num",
    CellError.WRONG_TYPE: "Value",
}
#: The first version of Excel's custom functions that takes error values inside a table.
RUNTIME_WITH_ERRORS = (1, 4)
EPOCH = datetime.datetime(1899, 12, 30)
LAST_SERIAL = 2_958_466  # the day after 31 December 9999


def from_office(value: Any) -> Any:
    """Return an argument as the functions take it: a scalar, or rows of scalars.

    xlwings hands over a single cell as itself and a single row as a flat list. What Excel cannot have
    sent counts as TRUE, which is of the wrong type everywhere.
    """
    if value.__class__ is not list:
        return _cell(value)
    rows = value if value and value[0].__class__ is list else [value]
    width = len(rows[0])
    if not width or any(row.__class__ is not list or len(row) != width for row in rows):
        return True
    return [[_cell(cell) for cell in row] for row in rows]


def _cell(value: Any) -> Any:
    kind = value.__class__
    if kind is float or kind is bool or value is None:
        return value
    if kind is str:
        return value or None
    if kind is int:
        return float(value) if abs(value) < 2**1000 else math.inf * (1 if value > 0 else -1)
    if kind is dict:
        return _rich(value)
    return True


def _rich(value: dict[str, Any]) -> Any:
    """Return what a cell with a data type holds: an error, a number with a format, a text."""
    basic = value.get("basicValue")
    if value.get("type") == "Error":
        return next((error for error in CellError if error.value == basic), CellError.NOT_AVAILABLE)
    if basic.__class__ in (dict, list):
        return True
    cell, style = _cell(basic), value.get("numberFormat")
    if cell.__class__ is float and style.__class__ is str and _shows_date(style) and 0 <= cell < LAST_SERIAL:
        return EPOCH + datetime.timedelta(days=cell)
    return cell


def _shows_date(style: str) -> bool:
    """Say whether a number format, English or German, shows a date, a time or a time span (``[h]``).

    Quoted and escaped letters show themselves, ``_F`` leaves the width of a letter and ``*d`` fills up
    with it; a format with ``#`` shows a number.
    """
    bare = re.sub(r'"[^"]*"|[\\_*].', "", style).casefold()
    if re.search(r"\[[hmst]+\]", bare):
        return True
    bare = re.sub(r"\[[^\]]*\]|general|standard", "", bare)
    return "#" not in bare and re.search(r"[ymdhsjt]", bare) is not None


def to_office(result: Any, runtime: tuple[int, ...] = RUNTIME_WITH_ERRORS) -> list[list[Any]]:
    """Return a result as rows of what Excel takes; old versions of Excel get an error's text."""
    rows = result if result.__class__ is list else [[result]]
    errors: dict[CellError, Any] = {error: error.value for error in CellError}
    if runtime >= RUNTIME_WITH_ERRORS:
        errors = {error: {"type": "Error", "errorType": name} for error, name in ERROR_TYPES.items()}
    outside = errors[CellError.OUTSIDE_DOMAIN]

    def cell(value: Any) -> Any:
        if value.__class__ is float:
            return value if math.isfinite(value) else outside
        if value.__class__ is CellError:
            return errors[value]
        if value.__class__ is str and not value.isascii():
            return value.encode("utf-8", "replace").decode("utf-8")  # half a surrogate pair is no JSON
        return "" if value is None else value

    return [[cell(value) for value in row] for row in rows]
