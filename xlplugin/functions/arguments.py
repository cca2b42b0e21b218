"""The arguments that functions share: what a name typed in them means."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from xlplugin.data.shipped import shipped
from xlplugin.entries import meaning as entries
from xlplugin.functions.shapes import name_in, names_in, single
from xlplugin.model.errors import CellError, Fault, InputError, suggestion
from xlplugin.model.plan import FUNCTIONS as LINES_AND_BARS

__all__ = [
    "blank", "company_of", "folded", "known", "measure_of", "measures_of", "numbers_of", "reduction_of",
    "text_of", "year_of",
]  # fmt: skip


def blank(name: str) -> InputError:
    """Return the error of a required argument without a value."""
    return InputError(Fault(None, name, "blank", "", f"enter {name}", CellError.NOT_AVAILABLE))


def company_of(cell: Any) -> str:
    """Return the company that a cell names, in the dataset's spelling."""
    typed = name_in(cell, "company")
    if typed is None:
        raise blank("company")
    return _company(typed)


def year_of(company: str, cell: Any) -> str:
    """Return the fiscal year of a company that a cell names; its latest where blank."""
    return _year(company, name_in(cell, "fiscal_year"))


def measure_of(cell: Any, default: str = "operating_margin") -> str:
    """Return the line or bar that a cell names, ``default`` where blank."""
    typed = name_in(cell, "measure")
    return default if typed is None else known(typed, "measure", tuple(LINES_AND_BARS))


def measures_of(cells: Any, default: Sequence[str]) -> list[tuple[Any, Any]]:
    """Return the measures of a range as (what the header shows, the name or its error)."""
    found: list[tuple[Any, Any]] = []
    for cell in names_in(cells):
        try:
            name = measure_of(cell)
            found.append((name, name))
        except InputError as error:
            found.append((cell, error.faults[0].error))
    return found or [(name, name) for name in default]


def reduction_of(cell: Any) -> float:
    """Return a required cost_reduction."""
    value = entries.number(cell, "cost_reduction")
    if value is None:
        raise blank("cost_reduction")
    return value


def numbers_of(cells: Sequence[Any], name: str) -> list[Any]:
    """Return cells as numbers, NaN where blank, or as their errors."""
    numbers: list[Any]
    numbers, faults = entries.numbers(cells, name, first_row=0)
    for fault in faults:
        numbers[fault.row] = fault.error  # type: ignore[call-overload]
    return numbers


def folded(cell: Any) -> str:
    """Return the name that a text stands for: no case, no outer blanks, others are underscores."""
    return entries.key(cell).replace(" ", "_") if isinstance(cell, str) else ""


@lru_cache(maxsize=2048)
def known(typed: str, what: str, names: tuple[str, ...]) -> str:
    """Return the one of ``names`` that is meant, whatever its case, with blanks for underscores.

    Raises InputError (WRONG_TYPE) where none is.
    """
    name = folded(typed)
    if name in names:
        return name
    fix = suggestion(typed, names)
    raise InputError(Fault(None, what, typed, "", fix, CellError.WRONG_TYPE))


def text_of(cell: Any, name: str) -> str | None:
    """Return the text of an argument that takes one cell, None where blank."""
    return name_in(single(cell, name), name)


@lru_cache(maxsize=2048)
def _company(typed: str) -> str:
    return shipped().company(typed)


@lru_cache(maxsize=2048)
def _year(company: str, typed: str | None) -> str:
    return shipped().year(company, typed)
