"""The arguments that functions share: what a name typed in them means."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from xlplugin.data.names import named, nearly_named
from xlplugin.data.records import PEERS
from xlplugin.data.shipped import shipped
from xlplugin.entries import meaning as entries
from xlplugin.functions.shapes import label_in, name_in, names_in, single
from xlplugin.model.errors import InputError, suggestion
from xlplugin.model.messages import message, plain
from xlplugin.model.plan import FUNCTIONS as LINES_AND_BARS
from xlplugin.model.plan import MODEL_INPUTS


def blank(name: str) -> InputError:
    """Return the error of a required argument without a value."""
    return InputError.missing(name, plain("blank"), message("enter {name}", name=name))


def company_of(cell: Any) -> str:
    """Return the company that a cell names, in the dataset's spelling."""
    typed = name_in(cell, "company")
    if typed is None:
        raise blank("company")
    return _company(typed)


def companies_of(cells: Any) -> list[Any]:
    """Return the cells of a range of companies, peers in place of ``peers``; all but these where blank."""
    named = names_in(cells)
    if not named:
        return list(shipped().choice())
    peers = shipped().choice(PEERS)
    meant = (peers if isinstance(cell, str) and entries.key(cell) == PEERS else (cell,) for cell in named)
    return [one for cells in meant for one in cells]


def year_of(company: str, cell: Any) -> str:
    """Return the fiscal year of a company that a cell names; its latest where blank."""
    return _year(company, name_in(cell, "fiscal_year"))


def measure_of(cell: Any) -> str:
    """Return the line or bar that a cell names, operating margin where blank."""
    typed = name_in(cell, "measure")
    return "operating_margin" if typed is None else known(typed, "measure", tuple(LINES_AND_BARS))


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


@lru_cache(maxsize=2048)
def known(typed: str, what: str, names: tuple[str, ...]) -> str:
    """Return the one of ``names`` that is meant, by itself or by its label in English or German.

    Raises InputError (WRONG_TYPE) where none is.
    """
    name = named(typed, names)
    if name is None:
        raise InputError.wrong(what, typed, suggestion(typed, names))
    return name


def is_input(cell: Any) -> bool:
    """Whether a cell names an input."""
    return isinstance(cell, str) and named(cell, MODEL_INPUTS) is not None


def columns_in(header: Sequence[Any], what: str, names: tuple[str, ...]) -> list[str | None]:
    """Return the one of ``names`` that each cell of a header names; None for a column that says nothing here.

    Raises InputError (WRONG_TYPE) for a name that is nearly one of the names, or stands twice, and for
    an error value its own.
    """
    typed = [label_in(cell, what) for cell in header]
    found = [named(cell, names) if isinstance(cell, str) else None for cell in typed]
    lacking = [name for name in names if name not in found]
    for cell, name in zip(typed, found, strict=True):
        if name is not None and found.count(name) > 1:
            raise InputError.wrong(what, name, "name each column once")
        if name is None and isinstance(cell, str) and (near := _nearly(cell, lacking)):
            fix = message(
                "did you mean {near}? rename the column, or give it a name that is farther from it", near=near
            )
            raise InputError.wrong(what, cell, fix)
    return found


def _nearly(typed: str, names: Sequence[str]) -> str | None:
    """Return the name that a text nearly is: by its letters, or as its first words (``cost``)."""
    folded = entries.key(typed).replace(" ", "_")
    return nearly_named(typed, names) or next((name for name in names if name.startswith(f"{folded}_")), None)


def one_of(cell: Any, name: str, names: tuple[str, ...]) -> str | None:
    """Return the one of ``names`` that an argument of one cell names, None where blank."""
    typed = text_of(cell, name)
    return None if typed is None else known(typed, name, names)


def line_of(cell: Any) -> str | None:
    """Return the line or bar that an argument of one cell names, None where blank."""
    return one_of(cell, "measure", tuple(LINES_AND_BARS))


def text_of(cell: Any, name: str) -> str | None:
    """Return the text of an argument that takes one cell, None where blank."""
    return name_in(single(cell, name), name)


@lru_cache(maxsize=2048)
def _company(typed: str) -> str:
    return shipped().company(typed)


@lru_cache(maxsize=2048)
def _year(company: str, typed: str | None) -> str:
    return shipped().year(company, typed)
