"""Cells of workbooks that are written row by row: a text is a text, whatever it begins with."""

from __future__ import annotations

from typing import Any

from openpyxl.cell import WriteOnlyCell

from xlplugin.files.safe_text import sheet_text

__all__ = ["put"]


def put(cell: WriteOnlyCell, value: Any) -> None:
    """Put a value into a cell; of a text what a sheet can hold."""
    if isinstance(value, str):
        cell.value = "x"
        cell._value = sheet_text(value)
        cell.data_type = "s"
    else:
        cell.value = value
