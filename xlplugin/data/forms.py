"""Tables to fill in: one blank row under the header that is read back, and every column explained.

The explanations are a second table, so that the first holds nothing but what the analyst types and is read
by every command, whatever reads it. Files of a German form have semicolons, as Excel there saves them.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

from xlplugin.data.files import TABLES, yes_or_no
from xlplugin.data.names import column_rows
from xlplugin.data.records import BASES, BUSINESS_MODELS, GROUPS
from xlplugin.files.targets import check_target, write_whole
from xlplugin.model.errors import InputError
from xlplugin.model.inputs import INPUTS
from xlplugin.model.labels import check_language, label, meaning
from xlplugin.model.translations import said

_ALLOWED = {
    "group": ", ".join(GROUPS),
    "business_model": ", ".join(BUSINESS_MODELS),
    "basis": ", ".join(BASES),
    "alternative": "yes, no",
}
#: Where Excel saves CSV with another delimiter than a comma.
_DELIMITERS = {"de": ";"}


def explained(table: str, language: str = "en") -> list[dict[str, str]]:
    """Return a record for each column: name, whether it may be blank, meaning, unit, what is allowed.

    ``table`` is companies, assumptions or scenarios. Raises InputError for an unknown language.
    """
    check_language(language)
    told = {row["column"]: row for row in column_rows(table)}
    rows = []
    for column in TABLES[table]:
        about, item = told.get(column), INPUTS.get(column)
        rows.append(
            {
                "column": column,
                "needed": about["needed"] if about else yes_or_no(False),
                "meaning": about[f"meaning_{language}"] if about else meaning(column, language),
                "unit": label(f"unit:{item.unit}", language) if item else "",
                "allowed": said(item.allowed, language) if item else _ALLOWED.get(column, ""),
            }
        )
    return rows


def write_form(path: Path, table: str, language: str = "en", *, force: bool = False) -> Path:
    """Write a table with one row to fill to ``path``, its explanations beside it; return the latter's path.

    Raises InputError where ``path`` does not end in .csv, or where one of the two may not be written.
    """
    if path.suffix.casefold() != ".csv":
        raise InputError.wrong("--new", str(path), "choose this ending; Excel opens such a file", ".csv")
    beside = path.with_name(f"{path.stem}-columns.csv")
    for target in (path, beside):
        check_target(target, (), force=force)
    rows = explained(table, language)
    columns = TABLES[table]
    write_whole(beside, _csv([list(rows[0]), *(list(row.values()) for row in rows)], language))
    write_whole(path, _csv([list(columns), [""] * len(columns)], language))
    return beside


def _csv(rows: list[list[str]], language: str) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=_DELIMITERS.get(language, ","), lineterminator="\n").writerows(rows)
    return "\ufeff" + text.getvalue()  # the mark by which Excel knows UTF-8
