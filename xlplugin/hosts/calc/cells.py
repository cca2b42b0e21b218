"""Cell values between Calc and the functions: what UNO hands over, and what it takes back."""

from __future__ import annotations

import struct
from typing import Any

from xlplugin.model.errors import CellError


def _error(code: int) -> float:
    """Return the NaN whose payload Calc shows as the error with this number."""
    value: float = struct.unpack("<d", struct.pack("<Q", 0x7FF8_0000_0000_0000 | code))[0]
    return value


ERRORS = {
    CellError.NOT_AVAILABLE: _error(32767),
    CellError.OUTSIDE_DOMAIN: _error(503),
    CellError.WRONG_TYPE: _error(519),
}


def from_calc(value: Any) -> Any:
    """Return an argument as the functions take it.

    A range arrives as a tuple of rows, empty cells of it as ``''``; a left-out argument as None; a
    single empty cell as 0.0, which nobody can tell from a typed 0. Errors do not arrive: Calc gives
    the cell that error without asking.
    """
    if value.__class__ is tuple:
        return [[_text(cell) if cell.__class__ is str else cell for cell in row] for row in value]
    return _text(value) if value.__class__ is str else value


def _text(text: str) -> str | None:
    return text.replace("\x01", "\t") or None  # what a tab becomes in a cell of several lines


def to_calc(result: Any) -> Any:
    """Return a result as UNO takes it: a float, a text, or a tuple of rows of these."""
    kind = result.__class__
    if kind is float or kind is str:
        return result
    if kind is list or kind is tuple:
        return tuple([tuple([to_calc(cell) for cell in row]) for row in result])
    if kind is CellError:
        return ERRORS[result]
    return "" if result is None else float(result)
