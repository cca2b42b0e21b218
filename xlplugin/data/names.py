"""Names as people write them: a quantity by its own name or by its label, in any language of the product.

``gross_margin``, "Gross margin" and "Bruttomarge" are one line: what a sheet or a chart shows may be typed.
One rule for headers of tables and for measures, levers and items in cells.
"""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache

from xlplugin.entries.meaning import key
from xlplugin.model.errors import nearest
from xlplugin.model.labels import LANGUAGES, label, labelled, shipped_rows
from xlplugin.model.plan import FUNCTIONS

#: What people add to a name to say in which unit it is: "(USD m)", "[%]", "in Mio. EUR".
_UNIT = re.compile(
    r"(?:[\s,;:]+(?:in|m|mn|bn|mio|mrd|millions?|billions?|millionen|milliarden|per ?cent|pct|prozent|bp|bps"
    r"|usd|eur|chf|gbp|jpy|usdm|eurm|musd|meur|years?|jahren?)\b\.?|[\s,;:]*(?:\([^()]*\)|\[[^\[\]]*\]|[%$€£:*]))+$"
)
#: How near a text must be to a label, which is longer than a name, to be a slip of it.
_NEAR_LABEL = 0.85


def name_key(typed: str) -> str:
    """Return the form in which two names are the same: no case, blanks, hyphens and underscores alike."""
    return re.sub(r"[\s_\-‐‑]+", " ", key(typed)).strip()


def named(typed: str, names: Iterable[str]) -> str | None:
    """Return the one of ``names`` that a text names, itself or by its label; None where none or several."""
    return _spellings(tuple(names)).get(name_key(typed))


@lru_cache(maxsize=64)
def _spellings(names: tuple[str, ...]) -> dict[str, str]:
    """Return each spelling that stands for one name alone."""
    own = {name_key(name): name for name in names}
    found: dict[str, set[str]] = {}
    for name in filter(labelled, names):
        for language in LANGUAGES:
            found.setdefault(name_key(label(name, language)), set()).add(name)
    return {spelling: min(meant) for spelling, meant in found.items() if len(meant) == 1} | own


def nearly_named(typed: str, names: Iterable[str]) -> str | None:
    """Return the name or label that a text which names none of ``names`` most likely means, None where none.

    It is a slip of the pen, or a name with its unit: "adoptoin", "Preiselastizitaet", "Umsatz (Mio. EUR)".
    A result, which a table may hold as well, is meant as it is.
    """
    if named(typed, FUNCTIONS):
        return None
    labels, bare = _shown(tuple(names))
    wanted = name_key(typed)
    return (
        bare.get(_without_unit(wanted))
        or nearest(wanted.replace(" ", "_"), names)
        or nearest(wanted, labels, _NEAR_LABEL)
    )


@lru_cache(maxsize=256)
def _shown(names: tuple[str, ...]) -> tuple[tuple[str, ...], dict[str, str]]:
    """Return the labels of names, and each name and label by its form without a unit."""
    labels = tuple(label(name, language) for language in LANGUAGES for name in filter(labelled, names))
    spellings = (*reversed(labels), *names)  # a name counts before a label of the same form
    return labels, {_without_unit(name_key(spelling)): spelling for spelling in spellings}


def _without_unit(spelling: str) -> str:
    return _UNIT.sub("", spelling) or spelling


def columns_named(header: Iterable[str], names: Sequence[str], table: str) -> list[str | None]:
    """Return the one of ``names`` that each header of a table (companies, ...) names, None where it is none.

    A header is the name or its label, also one that the table had in a former version; one that is a label
    of several, such as "Basis", is the one of the language that most headers are of.
    """
    typed = [name_key(name) for name in header]
    labels = [
        {name_key(label(name, language)): name for name in names if labelled(name)}
        | {name_key(row[language]): row["column"] for row in column_rows(table)}
        for language in LANGUAGES
    ]
    spoken = max(labels, key=lambda known: sum(name in known for name in typed))
    former = {name_key(row["former"]): row["column"] for row in column_rows(table) if row["former"]}
    meant = dict(ChainMap(spoken, {name_key(name): name for name in names}, *labels, former))
    return [meant.get(name) for name in typed]


@cache
def column_rows(table: str) -> list[dict[str, str]]:
    """Return what there is to say of the columns of a table: columns.csv."""
    return [row for row in shipped_rows("data", "columns.csv") if row["table"] == table]


def translated(text: str) -> tuple[str, ...]:
    """Return a shipped text, such as a preset's label, in the other languages."""
    return _translations().get(text, ())


@cache
def _translations() -> dict[str, tuple[str, ...]]:
    """Read the table that the workbook shows labels and notes from."""
    rows = shipped_rows("workbook", "builder", "data_texts.csv")
    return {row["en"]: tuple(text for language, text in row.items() if language != "en") for row in rows}
