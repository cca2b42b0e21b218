"""What people read for every name of the model, in English and in German.

The table is labels.csv: inputs, lines, bars of the bridges, and words under a prefix (``unit:``,
``kind:``, ``group:``, ``basis:``, ``confidence:``).
"""

from __future__ import annotations

import csv
import io
from functools import cache
from importlib.resources import files

from xlplugin.model.errors import InputError, suggestion
from xlplugin.model.messages import alternatives, message


def shipped_rows(*path: str) -> list[dict[str, str]]:
    """Return the rows of a table that comes with the package, by the names in its header."""
    text = files("xlplugin").joinpath(*path).read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text)))


def _languages() -> tuple[str, ...]:
    with files("xlplugin").joinpath("model", "labels.csv").open(encoding="utf-8") as table:
        header = next(csv.reader(table))
    return tuple(column for column in header if f"meaning_{column}" in header)


#: The languages that the product speaks: the columns of labels.csv.
LANGUAGES = _languages()

_BRIDGES = ("bridge_operating_income_", "bridge_operating_margin_")


def label(name: str, language: str = "en") -> str:
    """Return the short name of an input, line, bar or word, as a column or chart shows it.

    Raises :class:`InputError` for a language or a name that is not known.
    """
    return _row(name, language)[language]


def meaning(name: str, language: str = "en") -> str:
    """Return one sentence that says what ``name`` is, with sign and unit; errors as :func:`label`."""
    return _row(name, language)[f"meaning_{language}"]


def labelled(name: str) -> bool:
    """Whether ``name`` has a label; a word of the analyst's own has none."""
    return _table_name(name) in _table()


def check_language(language: str) -> str:
    """Return ``language``, or raise :class:`InputError` where the product does not speak it."""
    if language not in LANGUAGES:
        known = alternatives(LANGUAGES)
        raise InputError.outside("language", language, message("choose {known}", known=known), known)
    return language


def _row(name: str, language: str) -> dict[str, str]:
    check_language(language)
    row = _table().get(_table_name(name))
    if row is None:
        raise InputError.outside("name", name, suggestion(name, _table()), "a name of the model")
    return row


def _table_name(name: str) -> str:
    """Both bridges have the same bars, which the table holds once."""
    for prefix in _BRIDGES:
        name = name.removeprefix(prefix)
    return name


@cache
def _table() -> dict[str, dict[str, str]]:
    return {row["name"]: row for row in shipped_rows("model", "labels.csv")}
