"""Words that cells take, read by one rule on the sheet and by a run of the file.

Outer blanks do not count and case does not; words of a switch are taken in every language. Blanks are those
of the keyboard: what TRIM takes away in every spreadsheet.
"""

from __future__ import annotations

from typing import Any

from xlplugin.model.labels import LANGUAGES
from xlplugin.workbook.builder.texts import literal, text

__all__ = ["NO", "TO_ARTICLE", "YEARS", "is_one", "is_plain_name", "plain_name", "said", "says", "trimmed"]

#: Words of the switch of years and of the cells of years, by their keys in texts.csv.
NO, TO_ARTICLE, YEARS = ("choice.no",), ("choice.yes", "choice.article"), ("choice.article",)

#: Parts the words in formulas. FIND knows no wildcards, as MATCH does.
_MARK = "|"
_NO_BREAK = "\u00a0"


def said(*keys: str) -> tuple[str, ...]:
    """Return the words of these texts in every language, each once."""
    words = (text(key, language) for key in keys for language in LANGUAGES)
    return tuple(dict.fromkeys(word.upper() for word in words))


def is_one(cell: str, *keys: str, or_blank: bool = False) -> str:
    """Return the Excel condition that ``cell`` holds one of the words of these texts."""
    words = _MARK.join(("", *([""] if or_blank else []), *said(*keys), ""))
    return f'ISNUMBER(FIND("{_MARK}"&UPPER(TRIM({cell}))&"{_MARK}",{literal(words)}))'


def says(value: Any, *keys: str) -> bool:
    """Whether a value is one of the words of these texts: :func:`is_one` of its cell."""
    return trimmed(value).upper() in said(*keys)


def trimmed(value: Any) -> str:
    """Return what TRIM gives for what a cell holds: no blanks at the ends, single ones between words."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    shown = str(value).upper() if isinstance(value, bool) else str(value)
    return " ".join(filter(None, shown.split(" ")))


def plain_name(cell: str, given: str = "") -> str:
    """Return the Excel condition that a text has no blank unseen: at its ends, twice, or no-break.

    Where the condition ``given`` holds the name is data's own, and stays as it is.
    """
    plain = f'TRIM(SUBSTITUTE({cell},"{_NO_BREAK}"," "))={cell}'
    return f"OR({given},{plain})" if given else plain


def is_plain_name(name: str) -> bool:
    """Whether a text meets :func:`plain_name`."""
    return trimmed(name.replace(_NO_BREAK, " ")) == name
