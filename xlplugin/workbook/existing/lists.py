"""The lists that cells of a sheet offer: what their validation lets an analyst choose."""

from __future__ import annotations

import re

from xlplugin.workbook.existing.cells import Place, placed, value_of
from xlplugin.workbook.existing.parts import Parts

__all__ = ["holds", "offered"]

_AREA = re.compile(
    r"(?:('(?:[^']|'')+'|[^\W\d][\w.]*)!)?(\$?[A-Z]{1,3}\$?[0-9]+)(?::(\$?[A-Z]{1,3}\$?[0-9]+))?",
    re.IGNORECASE,
)


def offered(parts: Parts, title: str, place: Place) -> list[str] | None:
    """Return the words of a cell's list, None where it has none or they cannot be told."""
    for validation in parts.cells[title].validations:
        if validation.kind == "list" and any(holds(area, place) for area in validation.area.split()):
            formula = validation.formula.strip()
            if formula[:1] == '"':
                return [word.strip() for word in formula.strip('"').split(",")]
            return _words(parts, title, parts.names.get((None, formula.casefold()), formula))
    return None


def holds(area: str, place: Place) -> bool:
    """Whether a cell lies in an area such as ``B3:D9``."""
    (top, left), (bottom, right) = (placed(corner) for corner in (area.split(":") * 2)[:2])
    return top <= place[0] <= bottom and left <= place[1] <= right


def _words(parts: Parts, title: str, area: str) -> list[str] | None:
    found = _AREA.fullmatch(area.strip())
    if not found:
        return None
    sheet = found[1][1:-1].replace("''", "'") if found[1] and found[1][0] == "'" else found[1] or title
    if sheet not in parts.cells:
        return None
    (top, left), (bottom, right) = placed(found[2]), placed(found[3] or found[2])
    cells = parts.cells[sheet].cells
    held = (cells.get((row, column)) for row in range(top, bottom + 1) for column in range(left, right + 1))
    values = (value_of(cell, parts.texts) if cell else None for cell in held)
    return [str(value) for value in values if isinstance(value, str) and value]
