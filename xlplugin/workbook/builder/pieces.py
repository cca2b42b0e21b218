"""Sentences in pieces: rows behind a sheet with the figures, the figures in words, and what they join to.

Each method lays one row or a few, labelled, and returns the cell of its words for the next formula, so
that no formula is long::

    pieces = Pieces(sheet, row, 2, 3)              # labels in column 2, words in 3, figures in 4
    base = pieces.percent("Operating margin", "INDEX(xlp_results_base_operating_margin,1)")
    told = pieces.said("With margins", "dashboard.sentence.margin", base=base, ...)
    wrong = pieces.first("What is wrong", [("ISERROR(xlp_x)", "a text"), ...])
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from xlplugin.workbook.builder.amounts import lay_amount, lay_whole
from xlplugin.workbook.builder.blocks import Block, letter
from xlplugin.workbook.builder.sheet import Sheet
from xlplugin.workbook.builder.words import percent, sentence


class Pieces:
    """Rows of labels in column ``label``, words in ``column``, figures to the right; ``row`` is the next."""

    def __init__(self, sheet: Sheet, row: int, label: int, column: int) -> None:
        self.sheet, self.build, self.row = sheet, sheet.build, row
        self._label, self._column, self._top = label, column, row

    def words(self, label: str, formula: str, name: str | None = None) -> str:
        """Lay words by a formula without ``=``, and define ``name`` for them; return their cell."""
        self.sheet.put(self.row, self._column, f"={formula}", "technical")
        self.sheet.block(self.row, self._column, 1, 1, name)
        return self._next(label, self._at(0))

    def figure(self, label: str, formula: str) -> str:
        """Lay a number by a formula without ``=``, 0 where it is not available; return its cell."""
        return self.words(label, f"IFERROR({formula},0)")

    def percent(self, label: str, value: str, signed: bool = False, short: bool = False) -> str:
        """Lay a fraction as per cent in words; ``short`` drops a decimal of 0."""
        figure = self._at(1)
        self._beside(1, f"({value})*100")
        return self.words(label, percent(self.build, figure, signed, short))

    def amount(self, label: str, value: str) -> str:
        """Lay an amount with its sign to one decimal in words, its thousands parted."""
        cell, figure = self._at(0), self._at(5)
        self._beside(5, value)
        lay_amount(self.sheet, self.row, self._column, figure, None)
        return self._next(label, cell)

    def whole(self, label: str, value: str) -> str:
        """Lay a whole number in words, its thousands parted."""
        lay_whole(self.sheet, self.row, self._column, value)
        return self._next(label, self._at(0))

    def said(self, label: str, key: str, **places: str) -> str:
        """Lay a text of texts.csv, its places filled by cells or short formulas; return its cell."""
        return self.words(label, sentence(self.build, key, **places))

    def flat(self, label: str, block: Block, down: bool, limit: str) -> str:
        """Lay 1 where neighbours ``down`` or across a block differ by less than ``limit`` in all, else 0."""
        i, j = (1, 0) if down else (0, 1)
        bottom, right = block.height - 1, block.width - 1
        one = f"{block.near()}:{block.near(bottom - i, right - j)}"
        other = f"{block.near(i, j)}:{block.near(bottom, right)}"
        return self.words(label, f"IFERROR(IF(SUMPRODUCT(ABS({one}-{other}))<{limit},1,0),0)")

    def first(self, label: str, faults: Sequence[tuple[str, str]], otherwise: str) -> str:
        """Lay tests with the words of each, then the words of the first that holds; "" where none does.

        ``otherwise`` are the words where a test is an error and none before it holds.
        """
        top = self.row
        for test, words in faults:
            self._beside(1, f"IFERROR({self._at(2)},1)")
            self._beside(2, f"IF({test},1,0)")
            self.words(label, words)
        words, flags, tests = (self._down(column, top) for column in range(3))
        place = self.figure(label, f"MATCH(1,{flags},0)")
        told = f"IF(ISERROR(INDEX({tests},{place})),{otherwise},INDEX({words},{place}))"
        return self.words(label, f'IF({place}=0,"",{told})')

    def joined(self, label: str, told: Iterable[tuple[str, str]]) -> str:
        """Lay tests with the words of each, joined as they go; return the cell of all whose tests hold."""
        said = '""'
        for test, words in told:
            self._beside(1, f"IFERROR(IF({test},1,0),0)")
            self._beside(2, f'{said}&IF({self._at(1)}=1,{self._at(0)}&" ","")')
            said = self._at(2)
            self.words(label, words)
        return said

    def finish(self) -> int:
        """Grey what is not available, and return the next row."""
        self.sheet.grey_errors(self.sheet.block(self._top, self._column, self.row - self._top, 6))
        return self.row

    def _next(self, label: str, cell: str) -> str:
        self.sheet.put(self.row, self._label, label, "secondary")
        self.row += 1
        return cell

    def _at(self, beside: int) -> str:
        return f"${letter(self._column + beside)}${self.row}"

    def _down(self, beside: int, top: int) -> str:
        column = letter(self._column + beside)
        return f"${column}${top}:${column}${self.row - 1}"

    def _beside(self, column: int, formula: str) -> None:
        self.sheet.put(self.row, self._column + column, f"={formula}", "technical right")
