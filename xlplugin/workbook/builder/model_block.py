"""A block of model columns on a sheet: which row is whose, and how formulas refer to its cells."""

from __future__ import annotations

from dataclasses import dataclass, field

from xlplugin.workbook.builder.blocks import Block
from xlplugin.workbook.builder.sheet import Sheet
from xlplugin.workbook.builder.what_ifs import WhatIf

#: Label, unit, meaning and name stand in columns 2 to 5; the model's columns begin here.
LABEL, UNIT, MEANING, NAME, FIRST_COLUMN = 2, 3, 4, 5, 6


@dataclass
class ModelBlock:
    """Where a block of model columns lies: the row of each input and line by name.

    An input's value before the check of all inputs, or before a path, stands in a row of its own:
    ``standing_<input>``.
    """

    sheet: Sheet
    asked: WhatIf
    rows: dict[str, int] = field(default_factory=dict)
    top: int = 0
    bottom: int = 0

    @property
    def count(self) -> int:
        """How many columns there are."""
        return len(self.asked.columns)

    def row(self, name: str) -> Block:
        """The row of an input or line, one cell for each column of the model."""
        return self.sheet.block(self.rows[name], FIRST_COLUMN, 1, self.count)

    def own(self, name: str) -> str:
        """The cell of an input or line in the formula's own column, for formulas along a row."""
        return f"{{column}}{self.rows[name]}"

    def standing(self, name: str) -> str:
        """The cell of an input before the check of all inputs, in the formula's own column."""
        standing = f"standing_{name}"
        return self.own(standing if standing in self.rows else name)
