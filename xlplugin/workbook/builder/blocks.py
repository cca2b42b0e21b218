"""Rectangles of cells, and how formulas refer to them."""

from __future__ import annotations

from dataclasses import dataclass

from openpyxl.utils import get_column_letter

#: In a formula laid along a row, stands for the letter of the cell's own column.
OWN_COLUMN = "{column}"

#: In a formula laid down a column, stands for the number of the cell's own row.
OWN_ROW = "{row}"

#: In a formula laid down a column, stands for the cell above, in the first cell for the empty text.
ABOVE = "{above}"

_LETTERS: list[str] = [""]


def letter(column: int) -> str:
    """Return the letters of a column, 1 = A."""
    while len(_LETTERS) <= column:
        _LETTERS.append(get_column_letter(len(_LETTERS)))
    return _LETTERS[column]


def quoted(title: str) -> str:
    """Return a sheet's title as formulas write it."""
    return "'" + title.replace("'", "''") + "'"


def nth_row(top: int, column: int = 2) -> str:
    """Return formula text for which row from ``top`` a cell stands in, from 1; any ``column`` will do."""
    at = f"${letter(column)}"
    return f"ROWS({at}${top}:{at}{OWN_ROW})"


def nth_column(row: int, left: int) -> str:
    """Return formula text for which column from ``left`` a cell stands in, from 1."""
    return f"COLUMN({OWN_COLUMN}{row})-COLUMN(${letter(left)}{row})+1"


@dataclass(frozen=True, slots=True)
class Block:
    """A rectangle of one sheet; rows and columns count from 1, ends included."""

    title: str
    top: int
    left: int
    bottom: int
    right: int

    @property
    def height(self) -> int:
        return self.bottom - self.top + 1

    @property
    def width(self) -> int:
        return self.right - self.left + 1

    @property
    def area(self) -> str:
        """The rectangle without its sheet: ``B3:D9``."""
        first, last = f"{letter(self.left)}{self.top}", f"{letter(self.right)}{self.bottom}"
        return first if first == last else f"{first}:{last}"

    @property
    def absolute(self) -> str:
        """The rectangle with its sheet, absolute: ``'Inputs'!$B$3:$D$9``."""
        return f"{quoted(self.title)}!{self.near_absolute()}"

    def cell(self, row: int = 0, column: int = 0) -> str:
        """One cell, absolute, with its sheet; ``row`` and ``column`` from 0 inside the block."""
        return f"{quoted(self.title)}!${letter(self.left + column)}${self.top + row}"

    @property
    def cells(self) -> list[str]:
        """Every cell, absolute, with its sheet, row by row."""
        return [self.cell(i, j) for i in range(self.height) for j in range(self.width)]

    def near_absolute(self) -> str:
        """The rectangle without its sheet, absolute: for formulas on the same sheet."""
        first, last = f"${letter(self.left)}${self.top}", f"${letter(self.right)}${self.bottom}"
        return first if first == last else f"{first}:{last}"

    def near(self, row: int = 0, column: int = 0) -> str:
        """One cell without its sheet, relative: for formulas on the same sheet."""
        return f"{letter(self.left + column)}{self.top + row}"

    def row(self, row: int) -> Block:
        """One row of the block; ``row`` from 0."""
        return Block(self.title, self.top + row, self.left, self.top + row, self.right)

    def column(self, column: int) -> Block:
        """One column of the block; ``column`` from 0."""
        return Block(self.title, self.top, self.left + column, self.bottom, self.left + column)
