"""A plan written into the open workbook: one new sheet, all or nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from textwrap import wrap
from typing import Any

from xlplugin.files.safe_text import is_formula, sheet_text
from xlplugin.live.plans import Chart, Plan, free_title
from xlplugin.workbook.builder import look
from xlplugin.workbook.builder.look import FONT, FORMATS

#: Colours of the house, as xlwings takes them.
INK, SECONDARY, GREY, BAND, ACCENT = (
    f"#{colour}" for colour in (look.INK, look.SECONDARY, look.GREY, look.BAND, look.ACCENT)
)

#: The first row of a table below title and sentences, its first column beside the gutter.
LEFT, GUTTER = 2, 2.0

#: Where cells of a style stand, where not at the right.
_SIDES = {"text": "left", "integer": "center"}

#: Points of a character of width where a host counts in points, and a chart's size in points.
POINTS = 5.6
WIDE, TALL = 560.0, 330.0

#: Characters of width of a line of text at least.
MIN_LINE = 62.0

_KINDS = {"bars": "bar_clustered", "stacked": "bar_stacked", "columns": "column_clustered"}


def write(book: Any, plan: Plan, *, points: bool, activate: bool = True) -> str:
    """Write a plan to a new sheet behind the others and return its name.

    ``points``: the host counts widths in points. Nothing but the new sheet is touched.
    """
    title = free_title(plan.sheet, [sheet.name for sheet in book.sheets])
    sheet = book.sheets.add(title, after=book.sheets[len(book.sheets) - 1])
    _Page(sheet, plan, POINTS if points else 1.0).fill()
    if activate:
        sheet.activate()
    return title


def write_whole(book: Any, plan: Plan, *, points: bool) -> str:
    """Write a plan, or take the new sheet away again and raise: for hosts that write at once."""
    before = {sheet.name for sheet in book.sheets}
    active = book.sheets.active
    try:
        return write(book, plan, points=points)
    except BaseException:
        for sheet in [one for one in book.sheets if one.name not in before]:
            alerts, book.app.display_alerts = book.app.display_alerts, False
            try:
                sheet.delete()
            finally:
                book.app.display_alerts = alerts
        active.activate()
        raise


class _Page:
    def __init__(self, sheet: Any, plan: Plan, unit: float) -> None:
        self.sheet, self.plan, self.unit = sheet, plan, unit
        self.sentences, self.told = self._lines(plan.sentences, 9), self._lines(plan.notes, 12)
        self.head = 3 + len(self.sentences)
        self.notes = self.head + len(plan.rows) + 2

    def fill(self) -> None:
        """Write title, sentences, table, notes and chart."""
        plan = self.plan
        self._base()
        self._line(1, plan.title, size=16, bold=True)
        for row, words in enumerate(self.sentences, 2):
            self._line(row, words, size=11, color=ACCENT)
        self._table()
        for row, words in enumerate(self.told, self.notes):
            self._line(row, words, size=9, color=SECONDARY)
        if plan.chart and plan.chart.rows:
            self._chart(plan.chart, self.notes + len(self.told) + 1)

    def _lines(self, texts: Sequence[str], letters: int) -> list[str]:
        """Return texts in lines as wide as the table, ``letters`` to ten characters of width.

        A longer line would run under the chart.
        """
        wide = max(MIN_LINE, sum(column.width for column in self.plan.columns)) * letters / 10
        return [line for words in texts for line in wrap(words, int(wide), break_long_words=False)]

    def _base(self) -> None:
        self.sheet.show_gridlines = False
        charted = len(self.plan.chart.rows) + 2 if self.plan.chart else 0
        last = self.notes + len(self.told) + charted
        whole = self._range(1, 1, last, LEFT + max(len(self.plan.columns), 4) - 1)
        whole.font.name, whole.font.size, whole.font.color = FONT, 10, INK
        self._range(1, 1, 1, 1).column_width = GUTTER * self.unit

    def _table(self) -> None:
        plan, top, bottom = self.plan, self.head, self.head + len(self.plan.rows)
        for i, column in enumerate(plan.columns):
            cells = self._range(top, LEFT + i, top, LEFT + i)
            cells.column_width = column.width * self.unit
            if plan.rows:
                body = self._range(top + 1, LEFT + i, bottom, LEFT + i)
                body.number_format = FORMATS[column.style]
                body.horizontal_alignment = _SIDES.get(column.style, "right")
            cells.horizontal_alignment = _SIDES.get(column.style, "right")
        right = LEFT + len(plan.columns) - 1
        header = self._range(top, LEFT, top, right)
        header.value = [[safe(column.head) for column in plan.columns]]
        header.font.bold, header.font.color, header.color = True, SECONDARY, BAND
        header.wrap_text = True
        header.borders.set("edge_bottom", line_style="continuous", weight="thin", color=GREY)
        if plan.rows:
            self._range(top + 1, LEFT, bottom, right).value = [
                [safe(value) for value in row] for row in plan.rows
            ]
        for (row, place), address in plan.links.items():
            cell = self._range(top + 1 + row, LEFT + place, top + 1 + row, LEFT + place)
            cell.add_hyperlink(f"#{address}", str(plan.rows[row][place]), address)

    def _chart(self, chart: Chart, top: int) -> None:
        """Write the chart's figures below the notes, and the chart to the right of the table's head."""
        right = LEFT + len(chart.head) - 1
        self._line(top, chart.title, size=9, color=SECONDARY)
        figures = self._range(top + 1, LEFT, top + 1 + len(chart.rows), right)
        self._range(top + 2, LEFT, top + 1 + len(chart.rows), LEFT).number_format = FORMATS["text"]
        self._range(top + 2, LEFT + 1, top + 1 + len(chart.rows), right).number_format = FORMATS[chart.style]
        figures.value = [[safe(value) for value in row] for row in (chart.head, *chart.rows)]
        figures.font.size, figures.font.color = 9, SECONDARY
        self._range(top + 1, LEFT + 1, top + 1, right).horizontal_alignment = "right"
        anchor = self._range(
            self.head, LEFT + len(self.plan.columns) + 1, self.head, LEFT + len(self.plan.columns) + 1
        )
        tall = max(TALL, 80.0 + 16.0 * len(chart.rows)) if chart.kind != "columns" else TALL
        drawn = self.sheet.charts.add(
            width=WIDE, height=min(tall, 900.0), chart_type=_KINDS[chart.kind], source=figures, anchor=anchor
        )
        drawn.title = chart.title
        drawn.legend.visible = len(chart.head) > 2  # one series needs none
        drawn.value_axis.set(title=chart.axis, number_format=FORMATS[chart.style])

    def _line(self, row: int, words: str, *, size: int, bold: bool = False, color: str = INK) -> None:
        cell = self._range(row, LEFT, row, LEFT)
        cell.number_format = FORMATS["text"]
        cell.horizontal_alignment = "left"
        cell.value = safe(words)
        cell.font.size, cell.font.bold, cell.font.color = size, bold, color

    def _range(self, top: int, left: int, bottom: int, right: int) -> Any:
        return self.sheet.range((top, left), (bottom, right))


def safe(value: Any) -> Any:
    """Return what a cell gets: a text that no spreadsheet takes for a formula, a plain number, blank."""
    if isinstance(value, str):
        words = sheet_text(value)
        return f"'{words}" if is_formula(words) else words
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
