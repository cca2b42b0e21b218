"""Headers of tables of scenario rows: what is an input, what names the row, what is carried through."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache, lru_cache

from xlplugin.data.names import name_key, named, nearly_named
from xlplugin.files.tables import header_name
from xlplugin.model.errors import CellError, Fault
from xlplugin.model.inputs import LEVERS, REFERENCE_LABEL
from xlplugin.model.labels import LANGUAGES
from xlplugin.model.messages import Typed, message
from xlplugin.model.plan import FUNCTIONS, MODEL_INPUTS
from xlplugin.workbook.builder.texts import text as words

#: Columns that say how far a result can be trusted, after the lines.
FLAGS = (
    "fallback_exposures", "overrides", "exposure_year_differs", "direction_undetermined",
    "general_assumptions", "outside_range",
)  # fmt: skip

#: Those that hold names; the others say yes or no.
NAMING_FLAGS = ("fallback_exposures", "overrides", "outside_range")

#: Columns that name a row; they are not carried through as others are.
ROW_NAMES = ("company", "fiscal_year", "scenario", "not_applicable_to", REFERENCE_LABEL)

#: What else people call the columns that name a row; beside the column itself such a one is carried through.
_CALLED = {
    "company": ("ticker", "kürzel", "company name", "firma", "gesellschaft", "unternehmensname"),
    "fiscal_year": ("year", "fy", "jahr", "gj"),
}

#: How many names of a header a message shows.
SHOWN_COLUMNS = 8

#: Columns of an earlier result, which a new one replaces.
RESULTS = frozenset((*FUNCTIONS, *FLAGS, "fault"))


@lru_cache(maxsize=4096)
def column_name(typed: str) -> str | None:
    """Return the input, or the name of the row, that a header names: itself or by its label."""
    return _headings().get(name_key(typed)) or named(typed, (*MODEL_INPUTS, *ROW_NAMES))


@cache
def _headings() -> dict[str, str]:
    """Return what the sheets call the columns that name a row."""
    heads = ("company", "fiscal_year", "scenario")
    return {name_key(words(f"column.{head}", language)): head for head in heads for language in LANGUAGES}


def carried_names(names: Iterable[str]) -> list[str]:
    """Return those column names that are carried through: no inputs, no results, not naming the row."""
    return [name for name in names if column_name(name) is None and header_name(name) not in RESULTS]


def name_faults(names: Iterable[str]) -> list[Fault]:
    """Return what is wrong with a header: nearly an input, the same input twice, no input at all."""
    return list(_name_faults(tuple(names)))


def _nearly(typed: str, missing: Sequence[str], found_inputs: bool) -> str | None:
    """Return what a header that names nothing most likely means."""
    called = (name for name, words in _CALLED.items() if found_inputs and name_key(typed) in words)
    return next((name for name in called if name in missing), None) or nearly_named(typed, missing)


@lru_cache(maxsize=64)
def _name_faults(names: tuple[str, ...]) -> tuple[Fault, ...]:  # asked again for every block of a file
    known = [column_name(name) for name in names]
    missing = [name for name in (*MODEL_INPUTS, *ROW_NAMES) if name not in known]
    carried, faults = carried_names(names), []
    found_inputs = bool(set(known) & set(MODEL_INPUTS))
    for original in carried:
        if near := _nearly(original, missing, found_inputs):
            fix = message(
                "did you mean {near}? rename the column, or give it a name that is farther from it", near=near
            )
            faults.append(Fault(None, "column", original, "", fix, CellError.WRONG_TYPE))
    for original, name in zip(names, known, strict=True):
        if name and known.count(name) > 1:
            fix = message("it stands for {name}, as another column does: remove one", name=Typed(name))
            faults.append(Fault(None, "column", original, "", fix, CellError.WRONG_TYPE))
    if not faults and not found_inputs and (carried or "scenario" not in known):
        fix = message(
            "give one row a scenario and one column an input, named as in the docs or as on the sheets: "
            "{names}, ...",
            names=", ".join((*ROW_NAMES[:3], *LEVERS)),
        )
        shown = ", ".join(names[:SHOWN_COLUMNS]) + (", ..." if len(names) > SHOWN_COLUMNS else "")
        faults.append(Fault(None, "no column is an input: the header", shown, "", fix, CellError.WRONG_TYPE))
    return tuple(faults)
