"""Texts that no spreadsheet takes for a formula."""

from __future__ import annotations

import re
from typing import Any

#: The most characters of a cell, as spreadsheets count them (two for an emoji), and what marks a text cut.
MOST_CHARACTERS, CUT = 32_767, " [cut]"
#: What cannot stand in the XML of a sheet.
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

#: What programs pass over before a formula: blanks of every kind, line ends, marks without width.
_PASSED_OVER = (
    r"[\s\x{00}-\x{20}\x{7f}-\x{a0}\x{ad}\x{61c}\x{180e}\x{2000}-\x{200f}"
    r"\x{2028}-\x{202f}\x{205f}-\x{206f}\x{3000}\x{feff}]"
)
#: A text that begins so is a formula to a spreadsheet, full-width signs as well ...
_FORMULA = rf"^(?:[\t\r]|{_PASSED_OVER}*[=+\-@\x{{ff1d}}\x{{ff0b}}\x{{ff0d}}\x{{ff20}}])"
#: ... unless it is a plain number.
_NUMBER = r"^ *[+\-]?[0-9.,]*[0-9][0-9.,]*([eE][+\-]?[0-9]+)?\s*%?$"


#: The same for Python, which writes codes of characters in another way.
_FORMULA_HERE = re.compile(re.sub(r"\\x\{(\w+)\}", lambda code: rf"\u{int(code[1], 16):04x}", _FORMULA))
_NUMBER_HERE = re.compile(_NUMBER.replace("$", r"\Z"), re.ASCII)


def guarded(array: Any) -> Any:
    """Return a column of texts in which nothing reads as a formula: an apostrophe goes before it."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(array.type):
        return pa.DictionaryArray.from_arrays(array.indices, guarded(array.dictionary)).dictionary_decode()
    if not (pa.types.is_string(array.type) or pa.types.is_large_string(array.type)):
        return array
    formula = pc.fill_null(pc.match_substring_regex(array, _FORMULA), False)
    if not pc.any(formula).as_py():
        return array
    formula = pc.and_(formula, pc.invert(pc.fill_null(pc.match_substring_regex(array, _NUMBER), False)))
    return pc.if_else(formula, pc.binary_join_element_wise("'", array, ""), array)


def is_formula(text: str) -> bool:
    """Whether a spreadsheet would take ``text`` for a formula."""
    return bool(_FORMULA_HERE.match(text)) and not _NUMBER_HERE.match(text)


def guarded_text(text: Any) -> Any:
    """Return what stands in a CSV for a text: with an apostrophe where it would read as a formula."""
    return f"'{text}" if isinstance(text, str) and is_formula(text) else text


def sheet_text(text: str) -> str:
    """Return a text as a cell of a sheet can hold it: without what XML knows not, cut with a mark."""
    text = _NOT_IN_XML.sub("", text)
    if 2 * len(text) <= MOST_CHARACTERS or len(text.encode("utf-16-le")) <= 2 * MOST_CHARACTERS:
        return text
    kept = text.encode("utf-16-le")[: 2 * (MOST_CHARACTERS - len(CUT))]
    return kept.decode("utf-16-le", "ignore") + CUT
