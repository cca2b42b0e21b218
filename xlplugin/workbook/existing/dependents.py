"""Which formulas lean on certain cells, directly or through others."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from openpyxl.utils import column_index_from_string

from xlplugin.workbook.existing.recalculation import Where

__all__ = ["leaning"]

_TEXT = re.compile(r'"[^"]*"')
_REFERENCE = re.compile(
    r"(?<![\w.'])(?:('(?:[^']|'')+'|[^\W\d][\w.]*)!)?\$?([A-Z]{1,3})\$?([0-9]+)(?::\$?([A-Z]{1,3})\$?([0-9]+))?(?![\w(])"
)
#: Functions that look where no reference says.
_ANYWHERE = re.compile(r"\b(?:INDIRECT|OFFSET)\(")

#: The first and last row and column of a rectangle, with its sheet.
Area = tuple[str, int, int, int, int]


def leaning(on: Iterable[Where], formulas: Mapping[Where, str]) -> set[Where]:
    """Return the cells ``on`` and all formulas (their texts by place) that their values go into."""
    reached = set(on)
    if not reached:
        return reached
    columns: dict[str, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    for title, (row, column) in reached:
        columns[title][column].add(row)
    open_ = {
        where: None if _ANYWHERE.search(text) else _areas(text, where[0])
        for where, text in formulas.items()
        if where not in reached and text
    }
    while fresh := [where for where, areas in open_.items() if areas is None or _touched(areas, columns)]:
        for where in fresh:
            del open_[where]
            title, (row, column) = where
            columns[title][column].add(row)
        reached.update(fresh)
    return reached


def _areas(formula: str, own: str) -> list[Area]:
    """Return the rectangles that a formula names; without a title they are of its own sheet."""
    areas = []
    for title, left, top, right, bottom in _REFERENCE.findall(_TEXT.sub('""', formula)):
        sheet = title[1:-1].replace("''", "'") if title[:1] == "'" else title or own
        rows = sorted((int(top), int(bottom or top)))
        sides = sorted(column_index_from_string(side) for side in (left, right or left))
        areas.append((sheet, rows[0], rows[1], sides[0], sides[1]))
    return areas


def _touched(areas: list[Area], columns: Mapping[str, Mapping[int, set[int]]]) -> bool:
    for sheet, top, bottom, left, right in areas:
        if (held := columns.get(sheet)) is None:
            continue
        for column, rows in held.items():
            if left <= column <= right and (
                top in rows if top == bottom else any(top <= row <= bottom for row in rows)
            ):
                return True
    return False
