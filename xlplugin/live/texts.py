"""What people read about live scripts and on the sheets that they write, in every language: texts.csv."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from xlplugin.model.labels import LANGUAGES, shipped_rows
from xlplugin.model.messages import placed


def text(key: str, language: str = "en", **values: object) -> str:
    """Return the text of ``key`` with its places filled; KeyError for one that is not there."""
    return placed(_table()[key][language], values)


def texts_of(key: str, script: str = "") -> Mapping[str, str]:
    """Return the text of ``key`` by language, in the words for ``script`` where there are such.

    Raises KeyError where the table has none.
    """
    row = _table().get(f"{key}@{script}") or _table()[key]
    return {language: row[language] for language in LANGUAGES}


def pane_texts() -> dict[str, Mapping[str, str]]:
    """Return the words of the page with the forms, by key and language."""
    return {key: texts_of(key) for key in _table() if key.startswith("pane.")}


@cache
def _table() -> dict[str, dict[str, str]]:
    return {row["key"]: row for row in shipped_rows("live", "texts.csv")}
