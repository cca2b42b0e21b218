"""The cells of a sheet as the file holds them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any
from xml.sax.saxutils import escape

from xlplugin.workbook.builder.blocks import letter

__all__ = [
    "Cells", "ErrorText", "Text", "Value", "as_shown", "cached", "formula_xml", "inline", "is_formula",
    "resolved", "sheet_data", "shown_text", "written",
]  # fmt: skip

Value = float | int | str | bool | None

#: row -> column -> (what the cell holds, number of its style).
Cells = dict[int, dict[int, tuple[Value, int]]]

_ERRORS = frozenset(("#N/A", "#NUM!", "#VALUE!", "#DIV/0!", "#REF!", "#NAME?", "#NULL!"))
_NAME = re.compile(r"\bxlp_\w+")
_MARKED = re.compile("[&<>]")

#: Characters that XML cannot hold.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

#: How a file writes a character by its number; a text that looks so is written with its first sign so.
_NUMBERED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_BY_NUMBER = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")

#: How many characters (UTF-16 units) a cell holds, and the mark of a text that was cut to that.
LONGEST_TEXT, CUT = 32_767, " [...]"


class Text(str):
    """Text from data: a name, label, source or note, never a formula, whatever it begins with."""

    __slots__ = ()


class ErrorText(str):
    """The value of a formula that is an error, such as ``#N/A``."""

    __slots__ = ()


def is_formula(value: object) -> bool:
    """Whether a cell's value is a formula: text of ours that begins with ``=``."""
    return isinstance(value, str) and len(value) > 1 and value[0] == "=" and not isinstance(value, Text)


def shown_text(text: str) -> str:
    """Return a text as a cell can hold it: without characters that XML lacks, cut to what fits."""
    text = _CONTROL.sub("", text)
    if len(text) * 2 <= LONGEST_TEXT:
        return text
    units = text.encode("utf-16-le")
    if len(units) <= 2 * LONGEST_TEXT:
        return text
    return units[: 2 * (LONGEST_TEXT - len(CUT))].decode("utf-16-le", "ignore") + CUT


def written(text: str, *, plain: bool = False) -> str:
    """Return a text as XML of the file; ``plain``: for IronCalc, which does not read ``_x0041_`` as A."""
    text = shown_text(text)
    return escape(text if plain else _BY_NUMBER.sub("_x005F_", text), {"\r": "&#13;"})


def as_shown(text: str) -> str:
    """Return a text of a file as a spreadsheet program shows it: ``_x0041_`` is A."""
    return _NUMBERED.sub(lambda number: chr(int(number[1], 16)), text) if "_x" in text else text


def resolved(formula: str, addresses: Mapping[str, str]) -> str:
    """Return a formula with the addresses of defined names in their place; KeyError for one not defined."""
    return _NAME.sub(lambda name: addresses[name[0]], formula) if "xlp_" in formula else formula


def formula_xml(formula: str) -> str:
    """Return the XML of a formula, which begins with ``=``."""
    text = formula[1:]
    return f"<f>{escape(text) if _MARKED.search(text) else text}</f>"


def sheet_data(
    cells: Cells,
    heights: Mapping[int, float],
    values: Mapping[tuple[int, int], Value],
    helpers: Collection[int],
    hidden: Collection[int],
) -> str:
    """Return the ``<sheetData>`` of a sheet; ``values`` holds what its formulas give, by (row, column).

    ``helpers`` are the rows of the outline, ``hidden`` those that are not shown.
    """
    parts = ["<sheetData>"]
    for row in sorted({*cells, *heights, *helpers, *hidden}):
        height = f' ht="{heights[row]:g}" customHeight="1"' if row in heights else ""
        level = ' outlineLevel="1"' if row in helpers else ""
        unseen = ' hidden="1"' if row in hidden else ""
        parts.append(f'<row r="{row}"{height}{level}{unseen}>')
        columns = cells.get(row, {})
        for column in sorted(columns):
            value, style = columns[column]
            parts.append(_cell(f"{letter(column)}{row}", value, style, values.get((row, column))))
        parts.append("</row>")
    parts.append("</sheetData>")
    return "".join(parts)


def _cell(place: str, value: Value, style: int, computed: Value) -> str:
    head = f'<c r="{place}" s="{style}"'
    if value is None:
        return f"{head}/>"
    if is_formula(value):
        formula, (kind, shown) = formula_xml(str(value)), cached(computed)
    else:
        formula, (kind, shown) = "", inline(value)
    attribute = f' t="{kind}"' if kind else ""
    return f"{head}{attribute}>{formula}{shown}</c>"


def inline(value: Value, prefix: str = "", *, plain: bool = False) -> tuple[str, str]:
    """Return the kind of a typed value and its XML; ``prefix`` is that of the sheet's elements."""
    if not isinstance(value, str):
        return cached(value, prefix)
    text = f"<{prefix}t{_space(value)}>{written(value, plain=plain)}</{prefix}t>"
    return "inlineStr", f"<{prefix}is>{text}</{prefix}is>"


def cached(value: Any, prefix: str = "") -> tuple[str, str]:
    """Return the kind of a computed value and its XML; ``prefix`` is that of the sheet's elements."""
    if value.__class__ is float:  # most are
        return "", f"<{prefix}v>{_number(value)}</{prefix}v>"
    kind, shown, space = "", "0", ""  # not computed yet; IronCalc wants a value all the same
    if isinstance(value, bool):
        kind, shown = "b", str(int(value))
    elif isinstance(value, ErrorText):
        kind, shown = "e", value if value in _ERRORS else "#VALUE!"
    elif isinstance(value, str):
        kind, shown, space = "str", written(value), _space(value)
    elif value is not None:
        shown = _number(value)
    return kind, f"<{prefix}v{space}>{shown}</{prefix}v>"


def _number(value: float) -> str:
    return repr(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value))


def _space(text: str) -> str:
    return ' xml:space="preserve"' if text != text.strip() or "\n" in text or "  " in text else ""
