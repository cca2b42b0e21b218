"""Fonts for workbooks of results: openpyxl's own stand in an order that validators flag."""

from __future__ import annotations

from openpyxl import Workbook
from openpyxl.styles import Font

from xlplugin.workbook.builder.styles import FONT, INK


class OrderedFont(Font):  # type: ignore[misc]  # openpyxl has no types
    """A font whose parts are written in the order that the format wants."""


# openpyxl's metaclass gives every class its own, so they are set after it
OrderedFont.__attrs__, OrderedFont.__nested__ = Font.__attrs__, Font.__nested__
OrderedFont.__elements__ = (
    "b", "i", "strike", "outline", "shadow", "condense", "extend", "u", "vertAlign", "sz", "color", "name", "family",  # noqa: E501
    "charset", "scheme",
)  # fmt: skip


def font(size: float = 10, *, bold: bool = False, italic: bool = False, color: str = INK) -> Font:
    """Return a font of the house."""
    return OrderedFont(name=FONT, size=size, bold=bold or None, italic=italic or None, color=color)


def set_default_font(book: Workbook) -> None:
    """Make it the font of cells that have none."""
    book._fonts[0] = font()
