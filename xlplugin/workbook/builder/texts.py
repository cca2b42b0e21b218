"""The longer texts of the workbook, in every language that it is written in.

The tables are texts.csv (by key) and data_texts.csv (German of the labels, notes and sources that the
shipped data carries). A text may hold places such as ``{company}``: :func:`text` fills them, :func:`joined`
turns the text into a formula, so that each language keeps its own order of words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from xlplugin.model.errors import Fault, InputError, suggestion
from xlplugin.model.labels import LANGUAGES, check_language, shipped_rows
from xlplugin.model.messages import placed

#: The most characters of a text that stands inside a formula.
LONGEST_LITERAL = 255

_PLACE = re.compile(r"\{(\w+)\}")


def literal(words: str) -> str:
    """Return words as a formula writes them, in double quotes."""
    return '"' + words.replace('"', '""') + '"'


def text(key: str, language: str = "en", **values: object) -> str:
    """Return the text of ``key`` with its places filled.

    Raises :class:`InputError` for a key or language that is not known, and :class:`KeyError` for a
    place without a value.
    """
    return placed(_words(key, language), values)


def keys(prefix: str = "") -> tuple[str, ...]:
    """Return the keys that begin with ``prefix``, in the order of the table."""
    return tuple(key for key in _table() if key.startswith(prefix))


def language_of(titles: Iterable[str]) -> str:
    """Return the language whose words most of a workbook's sheets are named in."""
    held, named = set(titles), keys("sheet.")
    return max(LANGUAGES, key=lambda language: len({text(key, language) for key in named} & held))


def pieces(key: str, language: str = "en") -> tuple[str, ...]:
    """Return the text of ``key`` in turns: words, place, words, place, ..., words (words may be empty)."""
    return tuple(_PLACE.split(_words(key, language)))


def joined(key: str, language: str = "en", **expressions: str) -> str:
    """Return the text as Excel text (without ``=``) that joins its words and ``expressions`` with ``&``.

    ``expressions`` holds, for each place, what a formula puts there: a reference or a call.
    """
    parts = [
        expressions[piece] if position % 2 else literal(piece)
        for position, piece in enumerate(pieces(key, language))
        if piece
    ]
    return "&".join(parts)


def translated(words: str, language: str = "en") -> str:
    """Return the shipped data's own words in ``language``; words of an analyst's own stay as they are."""
    check_language(language)
    return words if language == "en" else _data_table().get(words, {}).get(language, words)


def _words(key: str, language: str) -> str:
    check_language(language)
    row = _table().get(key)
    if row is None:
        raise InputError(Fault(None, "text", key, "a key of texts.csv", suggestion(key, _table())))
    return row[language]


@cache
def _table() -> dict[str, dict[str, str]]:
    return {row["key"]: row for row in shipped_rows("workbook", "builder", "texts.csv")}


@cache
def _data_table() -> dict[str, dict[str, str]]:
    return {row["en"]: row for row in shipped_rows("workbook", "builder", "data_texts.csv")}
