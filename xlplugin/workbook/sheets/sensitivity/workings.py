"""What Sensitivity stands on, below its first view: single values, and tables whose columns have names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from xlplugin.workbook.builder.blocks import letter
from xlplugin.workbook.builder.cells import Value
from xlplugin.workbook.builder.sheet import Sheet

#: The case that is looked at, by number.
COMPANY, SCENARIO = "xlp_sensitivity_company", "xlp_sensitivity_scenario"

#: A third slot of every run: the cost reduction that a case without one starts from.
START = {"input": "xlp_sensitivity_start_input", "value": "xlp_sensitivity_start_value"}

#: Labels stand in the first of these columns, numbers of rows and single values in the second.
LABEL, FIRST = 2, 4


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the columns of a table of workings lie, by name, for formulas in its rows."""

    top: int
    bottom: int
    place: Mapping[str, int]

    def own(self, key: str) -> str:
        """The column's cell in the formula's own row."""
        return f"${letter(self.place[key])}{{row}}"

    def whole(self, key: str) -> str:
        """The column from its first row to its last."""
        return f"{self._first(key)}:${letter(self.place[key])}${self.bottom}"

    def so_far(self, key: str) -> str:
        """The column from its first row to the formula's own."""
        return f"{self._first(key)}:{self.own(key)}"

    def _first(self, key: str) -> str:
        return f"${letter(self.place[key])}${self.top}"


class Workings:
    """Rows below the sheet that are laid one after the other; ``row`` is the next free one."""

    def __init__(self, sheet: Sheet, row: int) -> None:
        self.sheet, self.build, self.row = sheet, sheet.build, row

    def value(self, key: str, formula: str | float, style: str = "technical right") -> None:
        """Lay one cell named ``xlp_sensitivity_<key>`` with its label."""
        self.sheet.put(self.row, LABEL, self.build.text(f"sensitivity.behind.{key}"), "secondary")
        self.sheet.grey_errors(self.sheet.named(self.row, FIRST, f"xlp_sensitivity_{key}", formula, style))
        self.row += 1

    def columns(self, keys: Iterable[str], count: int) -> Columns:
        """Return where the columns of the next table will lie, its numbers as ``number``."""
        place = {key: column for column, key in enumerate(("number", *keys), FIRST)}
        return Columns(self.row + 1, self.row + count, place)

    def table(self, title: str, labels: list[str], formulas: Mapping[str, tuple[str, str]]) -> int:
        """Lay a table: label, number, then columns key -> (formula for each row, style), each named.

        Returns the first row below the header; names are ``xlp_sensitivity_<key>``.
        """
        sheet, count, text, top = self.sheet, len(labels), self.build.text, self.row + 1
        heads = [text("companies.column.number"), *(text(f"sensitivity.behind.{key}") for key in formulas)]
        sheet.across(self.row, LABEL, [text(f"sensitivity.behind.{title}"), None], "header")
        sheet.across(self.row, FIRST, heads, "header wrap_right")
        sheet.heights[self.row] = 42
        for i, label in enumerate(labels):
            sheet.put(top + i, LABEL, label, "secondary")
            sheet.put(top + i, FIRST, i + 1, "technical right")
        sheet.block(top, FIRST, count, 1, f"xlp_sensitivity_{title}_numbers")
        for column, (key, (formula, style)) in enumerate(formulas.items(), FIRST + 1):
            block = sheet.block(top, column, count, 1, f"xlp_sensitivity_{key}")
            sheet.lay(block, formula, f"secondary {style}")
        self.row = top + count + 1
        return top

    def constants(
        self, key: str, top: int, column: int, rows: Sequence[Sequence[Value]], head: str, style: str
    ) -> None:
        """Lay constants named ``xlp_sensitivity_<key>`` beside a table, the text ``head`` above them."""
        words = isinstance(rows[0][0], str)
        for i, values in enumerate(rows, top):
            self.sheet.across(i, column, values, "technical" if words else "technical right")
        width = len(rows[0])
        self.sheet.block(top, column, len(rows), width, f"xlp_sensitivity_{key}")
        if head:
            self.sheet.across(top - 1, column, [self.build.text(head), *[None] * (width - 1)], style)
