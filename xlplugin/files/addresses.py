"""How cells and columns of a sheet are named, without a package for spreadsheets."""

from __future__ import annotations

import functools


def cell_address(row: int, column: int) -> str:
    """Return the name of a cell, such as B3; rows and columns from 1."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"


def column_number(letters: str) -> int:
    """Return the number, from 1, of a column that is named so."""
    return functools.reduce(lambda number, letter: number * 26 + ord(letter) - 64, letters, 0)
