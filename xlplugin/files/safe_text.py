"""Texts that no spreadsheet takes for a formula."""

from __future__ import annotations

from typing import Any

__all__ = ["guarded", "guarded_text", "is_formula"]

#: A text that begins so is a formula to a spreadsheet ...
_FORMULA = r"^[=+\-@\t\r]"


#: ... unless it is a plain number.
_NUMBER = r"^[+\-]?[0-9.,]*[0-9][0-9.,]*([eE][+\-]?[0-9]+)?\s*%?$"


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
    import re

    return bool(re.match(_FORMULA, text)) and not re.match(_NUMBER, text)


def guarded_text(text: Any) -> Any:
    """Return what stands in a CSV for a text: with an apostrophe where it would read as a formula."""
    return f"'{text}" if isinstance(text, str) and is_formula(text) else text
