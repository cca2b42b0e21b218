"""How cells look: a style is a few words, such as ``"input percent"`` or ``"heading"``.

At most one word says what the cell is (:data:`KINDS`), one how its number is shown (``look.FORMATS``),
one how it is aligned (:data:`ALIGNED`); any order. Money in millions, margins and shares as fractions.
"""

from __future__ import annotations

from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.styleable import StyleableObject
from openpyxl.workbook.properties import CalcProperties

from xlplugin.model.inputs import INPUTS
from xlplugin.model.lines import UNITS
from xlplugin.workbook.builder.look import (
    ACCENT,
    BAND,
    CAUTION,
    FONT,
    FORMATS,
    GAIN,
    GREY,
    INK,
    INPUT_FILL,
    INPUT_TEXT,
    LOSS,
    RULE,
    SECONDARY,
)

_THIN = Side(style="thin", color=RULE)
_DARK = Side(style="thin", color=GREY)

ALIGNED = {
    "left": Alignment(horizontal="left", vertical="center"),
    "right": Alignment(horizontal="right", vertical="center"),
    "center": Alignment(horizontal="center", vertical="center"),
    "across": Alignment(horizontal="centerContinuous", vertical="center"),
    "wrap": Alignment(horizontal="left", vertical="top", wrap_text=True),
    "shrink_left": Alignment(horizontal="left", vertical="center", shrink_to_fit=True),
    "shrink_right": Alignment(horizontal="right", vertical="center", shrink_to_fit=True),
    "wrap_right": Alignment(horizontal="right", vertical="bottom", wrap_text=True),
    "wrap_left": Alignment(horizontal="left", vertical="bottom", wrap_text=True),
    "indent": Alignment(horizontal="left", vertical="center", indent=1),
    "wrap_indent": Alignment(horizontal="left", vertical="bottom", wrap_text=True, indent=1),
    "wrap_end": Alignment(horizontal="right", vertical="center", wrap_text=True),
    "wrap_middle": Alignment(horizontal="left", vertical="center", wrap_text=True, indent=1),
    "wrap_center": Alignment(horizontal="left", vertical="center", wrap_text=True),
}


class OrderedFont(Font):  # type: ignore[misc]  # openpyxl has no types
    """A font whose parts are written in the order that the format wants, which openpyxl's are not."""


# openpyxl's metaclass gives every class its own, so they are set after it
OrderedFont.__attrs__, OrderedFont.__nested__ = Font.__attrs__, Font.__nested__
OrderedFont.__elements__ = (
    "b", "i", "strike", "condense", "extend", "outline", "shadow", "u", "vertAlign", "sz", "color", "name",
    "family", "charset", "scheme",
)  # fmt: skip


def font(color: str = INK, size: float = 10, bold: bool = False, italic: bool = False) -> Font:
    """Return a font of the house."""
    return OrderedFont(name=FONT, size=size, bold=bold, italic=italic, color=f"FF{color}", family=2)


def set_default_font(book: Workbook) -> None:
    """Make it the font of cells that have none."""
    book._fonts[0] = font()


def _fill(color: str) -> PatternFill:
    return PatternFill("solid", fgColor=f"FF{color}")


#: Word -> what a cell is: its font, fill, border, and whether it may be changed.
KINDS: dict[str, dict[str, Any]] = {
    "body": {},
    "title": {"font": font(size=16, bold=True)},
    "question": {"font": font(SECONDARY)},
    "master": {"font": font(bold=True), "alignment": ALIGNED["right"]},
    "heading": {"font": font(size=11, bold=True), "border": Border(bottom=_THIN)},
    "subheading": {"font": font(ACCENT, bold=True)},
    "header": {"font": font(SECONDARY, bold=True), "border": Border(bottom=_DARK), "fill": _fill(BAND)},
    "note": {"font": font(SECONDARY, size=9)},
    "secondary": {"font": font(SECONDARY)},
    "technical": {"font": font(GREY, size=8)},
    "bold": {"font": font(bold=True)},
    "total": {"font": font(bold=True), "border": Border(top=_DARK)},
    "sentence": {"font": font(ACCENT, size=11)},
    "key": {"font": font(size=20, bold=True)},
    "bar": {"font": OrderedFont(name="Courier New", size=7, color=f"FF{ACCENT}", family=3)},
    "small": {"font": font(SECONDARY, size=8, bold=True)},
    "gain": {"font": font(GAIN)},
    "loss": {"font": font(LOSS)},
    "caution": {"font": font(CAUTION, size=9)},
    "link": {"font": font(GAIN)},
    "unavailable": {"font": font(GREY)},
    "band": {"fill": _fill(BAND)},
    "rule": {"border": Border(bottom=_THIN)},
    "sample": {  # an input in the colour key, which is none
        "font": font(INPUT_TEXT),
        "fill": _fill(INPUT_FILL),
        "border": Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN),
    },
    "tail": {  # an input that is wider than its cell
        "fill": _fill(INPUT_FILL),
        "border": Border(top=_THIN, bottom=_THIN),
    },
}
KINDS["input"] = KINDS["sample"] | {"protection": Protection(locked=False)}


class Styles:
    """The styles of one workbook: words -> number of the cell format in the file."""

    def __init__(self, sheet: Any) -> None:
        self._sheet = sheet
        self._known: dict[str, int] = {}
        fonts = sheet.parent._fonts
        fonts[0] = OrderedFont(**{part: getattr(fonts[0], part) for part in Font.__elements__})

    def __getitem__(self, words: str) -> int:
        """Return the number of the style that ``words`` describe; KeyError for an unknown word."""
        if words not in self._known:
            self._known[words] = self._made(words)
        return self._known[words]

    def _made(self, words: str) -> int:
        cell = StyleableObject(self._sheet)
        cell.font = font()
        for word in words.split():
            if word in KINDS:
                for part, value in KINDS[word].items():
                    setattr(cell, part, value)
            elif word in FORMATS:
                cell.number_format = FORMATS[word]
            else:
                cell.alignment = ALIGNED[word]
        if cell.alignment.vertical is None:
            cell.alignment = Alignment(vertical="center")
        return int(cell.style_id)


def uncalculated() -> CalcProperties:
    """Return what a file without formulas says of calculation: nothing to do, so no question on closing."""
    return CalcProperties(calcId=191029, fullCalcOnLoad=None)


def differential(
    color: str | None = None, fill: str | None = None, bold: bool | None = None
) -> DifferentialStyle:
    """Return the style that a conditional format lays over a cell."""
    return DifferentialStyle(
        font=Font(color=f"FF{color}" if color else None, bold=bold) if color or bold else None,
        fill=PatternFill(bgColor=f"FF{fill}", fill_type="solid") if fill else None,
    )


_OF_UNIT = {
    "money": "money1",
    "money per share": "eps",
    "share": "percent",
    "margin": "percent",
    "index": "index",
    "ratio": "index",
    "elasticity": "elasticity",
    "years": "years",
    "million shares": "money1",
}


def number_style(name: str) -> str:
    """Return the number format's word for an input, line or bar.

    Changes of margins stay fractions, shown to a tenth of a basis point; sheets that show basis
    points multiply by 10000 and use ``bp``.
    """
    unit = INPUTS[name].unit if name in INPUTS else UNITS[name]
    if unit == "margin" and ("change" in name or name.startswith("bridge")):
        return "percent3"
    if name == "eps_change":
        return "eps4"
    if name == "relative_eps_change":
        return "change_percent2"
    if unit == "money" and ("change" in name or name.startswith("bridge")):
        return "change_money"
    return _OF_UNIT[unit]


def assumption_style(name: str) -> str:
    """Return the number format's word for an assumed value: a share is shown with the decimals it has."""
    style = number_style(name)
    return "share3" if style == "percent" else style
