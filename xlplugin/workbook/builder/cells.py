"""The cells of a sheet as the file holds them, with or without the values of formulas."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

from xlplugin.workbook.builder.blocks import letter

__all__ = ["Cells", "ErrorText", "Value", "resolved", "sheet_data"]

Value = float | int | str | bool | None

#: row -> column -> (what the cell holds, number of its style).
Cells = dict[int, dict[int, tuple[Value, int]]]

_ERRORS = frozenset(("#N/A", "#NUM!", "#VALUE!", "#DIV/0!", "#REF!", "#NAME?", "#NULL!"))
_NAME = re.compile(r"\bxlp_\w+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


class ErrorText(str):
    """The value of a formula that is an error, such as ``#N/A``."""

    __slots__ = ()


def resolved(cells: Cells, addresses: Mapping[str, str]) -> Cells:
    """Return the cells with defined names in formulas replaced by their addresses.

    IronCalc loads addresses twice as fast as names. KeyError for a name that nobody defined.
    """
    return {
        row: {
            column: (_NAME.sub(lambda name: addresses[name[0]], value), style)
            if isinstance(value, str) and value[:1] == "="
            else (value, style)
            for column, (value, style) in columns.items()
        }
        for row, columns in cells.items()
    }


def sheet_data(
    cells: Cells, heights: Mapping[int, float], values: Mapping[tuple[int, int], Value] | None = None
) -> str:
    """Return the ``<sheetData>`` of a sheet; ``values`` holds what its formulas give, by (row, column)."""
    parts = ["<sheetData>"]
    for row in sorted(cells.keys() | heights.keys()):
        height = f' ht="{heights[row]:g}" customHeight="1"' if row in heights else ""
        parts.append(f'<row r="{row}"{height}>')
        columns = cells.get(row, {})
        for column in sorted(columns):
            value, style = columns[column]
            parts.append(_cell(f"{letter(column)}{row}", value, style, values and values.get((row, column))))
        parts.append("</row>")
    parts.append("</sheetData>")
    return "".join(parts)


def _cell(place: str, value: Value, style: int, cached: Any) -> str:
    head = f'<c r="{place}" s="{style}"'
    if value is None:
        return f"{head}/>"
    if isinstance(value, str):
        if value[:1] == "=" and len(value) > 1:
            kind, shown = _cached(cached)
            return f"{head}{kind}><f>{escape(value[1:])}</f>{shown}</c>"
        return f'{head} t="inlineStr"><is><t{_space(value)}>{escape(_CONTROL.sub("", value))}</t></is></c>'
    if isinstance(value, bool):
        return f'{head} t="b"><v>{int(value)}</v></c>'
    return f"{head}><v>{_number(value)}</v></c>"


def _cached(value: Any) -> tuple[str, str]:
    if value is None:  # not computed yet; IronCalc wants a value all the same
        return "", "<v>0</v>"
    if isinstance(value, bool):
        return ' t="b"', f"<v>{int(value)}</v>"
    if isinstance(value, ErrorText):
        return ' t="e"', f"<v>{value if value in _ERRORS else '#VALUE!'}</v>"
    if isinstance(value, str):
        return ' t="str"', f"<v{_space(value)}>{escape(value)}</v>"
    return "", f"<v>{_number(value)}</v>"


def _number(value: float) -> str:
    return repr(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value))


def _space(text: str) -> str:
    return ' xml:space="preserve"' if text != text.strip() or "\n" in text else ""
