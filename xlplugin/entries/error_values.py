"""Error values of spreadsheets: as the texts that a cell shows, and as the integers that Excel sends.

Over COM an error arrives as an integer, ``CVErr`` of a number: #N/A is 2042 and arrives as -2146826246.
Numbers of a sheet arrive as floats, so that an integer in this range is never a number. Numbers of the
errors: Microsoft, Excel object model, XlCVError.
"""

from __future__ import annotations

import re

_TEXT = re.compile(
    r"#N/A.*|#NV|(Err|Fehler):\d+|#GETTING_DATA|#NAME\?|#DIV/0!"
    r"|#(NUM|VALUE|REF|NULL|SPILL|CALC|FIELD|BLOCKED|UNKNOWN|BUSY|CONNECT|EXTERNAL|PYTHON|TIMEOUT|ERROR"
    r"|ZAHL|WERT|BEZUG|ÜBERLAUF|KALK)!"
    # Any other that Excel or Sheets may show, in any language, and texts of programs that export them.
    r"|(?-i:#¡?[A-ZÄÖÜÀ-Þ][A-ZÄÖÜÀ-Þ_/0]+[!?])|#DATEN_ABRUFEN|#REF|#VALUE|#ERROR|#ERR|#LOADING\.*",
    re.IGNORECASE,
)
#: What CVErr(0) is over COM, and all that follow: CVErr takes 16 bits.
_FIRST = -2146828288
CODES = range(_FIRST, _FIRST + 2**16)
_NAMES = {
    2000: "#NULL!", 2007: "#DIV/0!", 2015: "#VALUE!", 2023: "#REF!", 2029: "#NAME?", 2036: "#NUM!",
    2042: "#N/A", 2043: "#GETTING_DATA", 2045: "#SPILL!", 2046: "#CONNECT!", 2047: "#BLOCKED!",
    2048: "#UNKNOWN!", 2049: "#FIELD!", 2050: "#CALC!",
}  # fmt: skip


def is_error_text(typed: str) -> bool:
    """Whether a cleaned text is an error value as a cell shows it, in any language."""
    return typed[:1] in ("#", "e", "E", "f", "F") and _TEXT.fullmatch(typed) is not None


def is_error_code(value: object) -> bool:
    """Whether a value is an error as Excel sends it over COM; a float never is, nor TRUE."""
    return type(value) is int and value in CODES


def error_of(code: int) -> str:
    """Return the text of an error by its integer; one that has no name yet counts as ``#VALUE!``."""
    return _NAMES.get(code - _FIRST, "#VALUE!")
