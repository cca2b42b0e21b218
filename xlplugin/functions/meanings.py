"""What people read about the functions and their arguments, in every language: functions.csv.

A row is about a function, an argument or (``calc:``) what one host adds. The column ``functions`` names
those whose argument it describes; without names the row is about every other argument of that name.
A column for each language, as in model/labels.csv.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from xlplugin.model.labels import shipped_rows


def meaning_of(name: str, function: str = "") -> Mapping[str, str]:
    """Return the text about ``name`` by language, for an argument in the words for ``function``.

    Raises KeyError where the table has none.
    """
    texts = _texts()
    return texts.get((name, function)) or texts[name, ""]


@cache
def _texts() -> dict[tuple[str, str], Mapping[str, str]]:
    texts: dict[tuple[str, str], Mapping[str, str]] = {}
    for row in shipped_rows("functions", "functions.csv"):
        name, functions = row.pop("name"), row.pop("functions").split(";")
        texts |= {(name, function): row for function in functions}
    return texts
