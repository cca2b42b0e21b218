"""Where things stand on Overview, and how its formulas say whose figure they show."""

from __future__ import annotations

from xlplugin.workbook.builder.blocks import nth_row
from xlplugin.workbook.builder.build import Build
from xlplugin.workbook.builder.sheet import FIRST_ROW

#: Companies and scenarios that the page has room for.
MOST = 12

#: Columns: the company, its year and mark, what is typed, what counts where that is blank; then figures.
NAME, YEAR, ENTRY, BLANK, FIRST = range(2, 7)

#: Before, after and change of each margin; ends of the range and its bar; earnings per share; the cause.
GROSS, OPERATING, LOW, HIGH, BAR, EPS, CAUSE = 6, 9, 12, 13, 14, 16, 17

#: The move of the share on the day of the sell-off, and what the headline says of its earnings.
MOVE, HEADLINE = 18, 19
RIGHT = HEADLINE

#: Rows: two sentences, two of heads, one for all companies, then the companies.
SENTENCE, HEAD, ALL, TOP = FIRST_ROW, FIRST_ROW + 2, FIRST_ROW + 4, FIRST_ROW + 5


def company(top: int = TOP) -> str:
    """Return Excel text for the number of the own row's company, in a table whose first row is ``top``."""
    return nth_row(top)


def unless_free(value: str, number: str) -> str:
    """Return ``value``, blank where the company's slot is free."""
    return f'IF(INDEX(xlp_companies,{number})="","",{value})'


def shown_rows(build: Build) -> int:
    """How many companies the page shows."""
    return min(build.rows, MOST)
