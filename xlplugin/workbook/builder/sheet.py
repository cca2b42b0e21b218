"""One sheet while it is built: cells, names, validations; openpyxl holds all but the cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from openpyxl.formatting.rule import ColorScaleRule, Rule
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from xlplugin.workbook.builder.blocks import ABOVE, OWN_COLUMN, OWN_ROW, Block, letter, quoted
from xlplugin.workbook.builder.build import Build
from xlplugin.workbook.builder.cells import Cells, Value
from xlplugin.workbook.builder.charts import Chart
from xlplugin.workbook.builder.look import GAIN, GREY, HEAT_GAIN, HEAT_LOSS, LOSS
from xlplugin.workbook.builder.styles import differential

#: First row below the frozen title.
FIRST_ROW = 4


class Sheet:
    """A sheet under construction. ``ws`` is openpyxl's sheet: charts, views and rules go there.

    Rows and columns count from 1; column 1 is the gutter, so contents begin at column 2.
    """

    def __init__(self, build: Build, key: str, ws: Worksheet) -> None:
        self.build, self.key, self.ws = build, key, ws
        self.cells: Cells = {}
        self.heights: dict[int, float] = {}
        #: Rows in the outline: what stands behind the sheet, for those who trace it.
        self.helpers: set[int] = set()
        #: Rows that a page has no room for; who looks for them shows them.
        self.hidden: set[int] = set()
        self.charts: list[Chart] = []
        self._styles = build.styles

    @property
    def title(self) -> str:
        """The sheet's name in the workbook's language."""
        return str(self.ws.title)

    # --- cells ---

    def put(self, row: int, column: int, value: Value, style: str = "body") -> None:
        """Write one cell: a number, text, or a formula that begins with ``=``; None keeps it blank."""
        self.cells.setdefault(row, {})[column] = (value, self._styles[style])

    def across(self, row: int, left: int, values: Iterable[Value], style: str = "body") -> None:
        """Write values side by side, beginning at ``left``."""
        number, cells = self._styles[style], self.cells.setdefault(row, {})
        for column, value in enumerate(values, left):
            cells[column] = (value, number)

    def formulas_across(self, row: int, left: int, count: int, formula: str, style: str = "body") -> None:
        """Lay one formula along a row; ``{column}`` in it stands for the letter of each cell's own column."""
        parts = formula.split(OWN_COLUMN)
        self.across(row, left, (letter(column).join(parts) for column in range(left, left + count)), style)

    def formulas_down(self, top: int, column: int, count: int, formula: str, style: str = "body") -> None:
        """Lay one formula down a column: ``{row}`` is each cell's own row, ``{above}`` the cell above it.

        The first has none above: there it is the empty text.
        """
        for row in range(top, top + count):
            above = f"{letter(column)}{row - 1}" if row > top else '""'
            self.put(row, column, formula.replace(ABOVE, above).replace(OWN_ROW, str(row)), style)

    def fill(self, block: Block, formula: str, style: str = "body") -> None:
        """Lay one formula over a block; ``{column}`` is each cell's own column, ``{row}`` its own row."""
        for row in range(block.top, block.bottom + 1):
            self.formulas_across(row, block.left, block.width, formula.replace(OWN_ROW, str(row)), style)

    def lay(self, block: Block, formula: str, style: str = "body") -> Block:
        """Lay one formula over a block as :meth:`fill` does, and grey what is not available."""
        self.fill(block, formula, style)
        self.grey_errors(block)
        return block

    def blank(self, block: Block, style: str) -> None:
        """Give a block's cells a style and no content, as inputs have it."""
        for row in range(block.top, block.bottom + 1):
            self.across(row, block.left, [None] * block.width, style)

    # --- rectangles and names ---

    def block(self, top: int, left: int, height: int, width: int, name: str | None = None) -> Block:
        """Return a rectangle of this sheet, and define ``name`` for it in the workbook."""
        made = Block(self.title, top, left, top + height - 1, left + width - 1)
        if name:
            self.build.define(name, made)
        return made

    def number_companies(self, top: int, column: int) -> None:
        """Write the names of the companies down a column, and their numbers beside them."""
        for number in range(1, self.build.rows + 1):
            self.put(top + number - 1, column, f"=INDEX(xlp_company_names,{number})", "secondary")
            self.put(top + number - 1, column + 1, number, "technical right")

    def named(self, row: int, column: int, name: str, value: Value, style: str = "body") -> Block:
        """Write one cell and define ``name`` for it."""
        self.put(row, column, value, style)
        return self.block(row, column, 1, 1, name)

    # --- what stands on every sheet ---

    def frame(
        self,
        master: int,
        freeze: str = "A3",
        pages: tuple[int, int] = (1, 0),
        landscape: bool = True,
        technical: bool = False,
    ) -> None:
        """Write title, question and the master check up to column ``master``; set view, protection, print.

        A sheet is printed on ``pages`` across and down (0: as many as it takes); one of several across has
        columns A and B on each. A ``technical`` one has a grey tab.
        """
        text = self.build.text
        self.put(1, 2, text(f"title.{self.key}"), "title")
        self.put(2, 2, text(f"question.{self.key}"), "question")
        self.heights.update({1: 27, 2: 18})
        view = self.ws.sheet_view
        view.showGridLines, view.zoomScale = False, 100
        self.ws.freeze_panes = freeze
        self.ws.sheet_format.defaultRowHeight = 15.75
        self.ws.sheet_format.customHeight = True
        self.ws.column_dimensions["A"].width = 2.3
        protection = self.ws.protection
        protection.sheet = True
        protection.formatColumns = protection.formatRows = False
        page = self.ws.page_setup
        page.orientation, page.paperSize = ("landscape" if landscape else "portrait"), 9
        self.ws.print_title_rows = "1:2"
        page.fitToWidth, page.fitToHeight = pages
        self.ws.sheet_properties.pageSetUpPr.fitToPage = True
        if pages[0] > 1:
            self.ws.print_title_cols, page.pageOrder = "A:B", "overThenDown"
        if technical:
            self.ws.sheet_properties.tabColor = f"FF{GREY}"
        margins = self.ws.page_margins
        margins.left = margins.right = 0.4
        margins.top, margins.bottom = 0.5, 0.6
        self.ws.oddFooter.left.text = self.build.footer
        self.ws.oddFooter.right.text = f"{text('print.page')} &P {text('print.of')} &N"
        self.ws.oddFooter.left.size = self.ws.oddFooter.right.size = 8
        self._master(master)

    def print_to(self, row: int, column: int) -> None:
        """Print the sheet down to ``row`` and up to ``column`` alone."""
        self.ws.print_area = f"A1:{letter(column)}{row}"

    def group(self, top: int, bottom: int) -> None:
        """Group rows that the sheet stands on; they stay open, since a protected sheet cannot open them."""
        self.helpers.update(range(top, bottom + 1))
        self.ws.sheet_format.outlineLevelRow = 1
        self.ws.sheet_properties.outlinePr.summaryBelow = False

    def _master(self, column: int) -> None:
        """Show the master check in row 2, its right end in ``column``, which first views must show."""
        place = f"{letter(column)}2"
        target = quoted(self.build.title("checks")).replace('"', '""')
        self.put(2, column, f'=HYPERLINK("#{target}!B4",xlp_check_master)', "master")
        passing = self.build.text("master.pass")
        self.rule(place, f'{place}="{passing}"', differential(GAIN))
        self.rule(place, f'{place}<>"{passing}"', differential(LOSS))

    def heading(self, row: int, text: str, right: int, note: str | None = None, left: int = 2) -> int:
        """Write a section heading with a rule up to column ``right``; return the next free row."""
        self.across(row, left, [text] + [None] * (right - left), "heading")
        self.heights[row] = 21
        if note:
            self.put(row + 1, left, note, "note")
            return row + 2
        return row + 1

    def widths(self, **widths: float) -> None:
        """Set column widths in characters: ``widths(B=30, C=9)``."""
        for column, width in widths.items():
            self.ws.column_dimensions[column].width = width

    def width_of(self, left: int, count: int, width: float) -> None:
        """Set the width of ``count`` columns from ``left``."""
        for column in range(left, left + count):
            self.ws.column_dimensions[letter(column)].width = width

    # --- rules ---

    def rule(self, area: str, formula: str, style: Any) -> None:
        """Lay a conditional format over ``area``; ``formula`` (no ``=``) is for its first cell."""
        self.ws.conditional_formatting.add(area, Rule(type="expression", formula=[formula], dxf=style))

    def grey_errors(self, *blocks: Block) -> None:
        """Grey what is not available."""
        for block in blocks:
            self.rule(block.area, f"ISERROR({block.near()})", differential(GREY))

    def heat(self, block: Block, low: str, high: str, middle: str | None = None) -> None:
        """Colour a block from ``low`` through ``middle`` to ``high``: cells or formulas; no middle is 0."""
        self.ws.conditional_formatting.add(
            block.area,
            ColorScaleRule(
                start_type="formula", start_value=low, start_color=f"FF{HEAT_LOSS}",
                mid_type="formula" if middle else "num", mid_value=middle or 0, mid_color="FFFFFFFF",
                end_type="formula", end_value=high, end_color=f"FF{HEAT_GAIN}",
            ),
        )  # fmt: skip

    def draw(self, chart: Chart, row: int, column: int, width: int, height: int) -> None:
        """Put a chart on the sheet, its upper left corner in a cell, its size in pixels."""
        self.ws.add_chart(chart.frame(width, height), f"{letter(column)}{row}")
        self.charts.append(chart)

    def choose(self, block: Block, choices: str | Sequence[str], key: str = "list", prompt: str = "") -> None:
        """Offer a list in an input block: a reference, or the words themselves."""
        listed = choices if isinstance(choices, str) else '"' + ",".join(choices) + '"'
        self.validate(block, key, prompt, type="list", formula1=listed)

    def validate(self, block: Block, key: str, prompt: str = "", **rule: Any) -> None:
        """Lay a data validation with the messages ``validation.<key>.*`` over an input block.

        ``prompt`` is said in place of the key's own.
        """
        text = self.build.text
        made = DataValidation(allow_blank=True, showErrorMessage=True, showInputMessage=True, **rule)
        made.promptTitle, made.prompt = (
            text(f"validation.{key}.title")[:32],
            (prompt or text(f"validation.{key}.prompt"))[:255],
        )
        made.errorTitle, made.error = made.promptTitle, text(f"validation.{key}.error")[:255]
        made.add(block.area)
        self.ws.add_data_validation(made)
