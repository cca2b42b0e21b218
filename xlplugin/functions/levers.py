"""Levers as a cell or a range says them, and the company that they count for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from xlplugin.data.names import named
from xlplugin.data.precedence import merged_levers
from xlplugin.data.shipped import shipped
from xlplugin.data.subjects import Subject, shipped_case, subject
from xlplugin.entries import meaning as entries
from xlplugin.functions.arguments import company_of, is_input, known, year_of
from xlplugin.functions.shapes import grid, is_range, name_in, single
from xlplugin.model.errors import InputError
from xlplugin.model.messages import message
from xlplugin.model.plan import MODEL_INPUTS

_SCENARIO = ("scenario", "szenario")
_HEADERS = ("value", "wert")


class Levers(NamedTuple):
    """A preset's name, or None, and the analyst's entries that stand before it."""

    scenario: str | None
    entries: tuple[tuple[str, float], ...]


NO_LEVERS = Levers(None, ())


def levers_in(cell: Any) -> Levers:
    """Return what a ``levers`` argument says: a preset's name, or a range of names and values.

    Raises InputError: NOT_AVAILABLE for an unknown preset or an error value, WRONG_TYPE for an unknown
    or repeated name, a value of the wrong type or another shape, OUTSIDE_DOMAIN beyond the domain.
    """
    if cell is None:
        return NO_LEVERS
    if not is_range(cell):
        typed = name_in(grid(cell)[0][0], "levers")
        return NO_LEVERS if typed is None else Levers(shipped().scenario(typed).name, ())
    scenario, found = None, {}
    for name_cell, value in _pairs(cell):
        typed = name_in(name_cell, "levers")
        if typed is None and name_in(value, "levers") is None:
            continue
        if typed is None:
            raise _wrong(value, "write its name before each value")
        if named(typed, _SCENARIO):
            preset = name_in(value, _SCENARIO[0])
            scenario = shipped().scenario(preset).name if preset else None
            continue
        name = known(typed, "levers", MODEL_INPUTS)
        if name in found:
            raise _wrong(name, "name each lever once")
        found[name] = entries.number(value, name)
    return Levers(scenario, tuple((name, value) for name, value in found.items() if value is not None))


def _pairs(cells: tuple[tuple[Any, ...], ...]) -> Iterable[Sequence[Any]]:
    rows, columns = len(cells), len(cells[0])
    if rows == 2 and (columns != 2 or is_input(cells[0][1])):
        return list(zip(*cells, strict=True))
    if columns != 2:
        raise _wrong(
            message("{rows} x {columns} cells", rows=rows, columns=columns),
            "choose two columns or two rows: names and values",
        )
    return cells[1:] if isinstance(cells[0][1], str) and named(cells[0][1], _HEADERS) else cells


def _wrong(value: object, fix: str) -> InputError:
    return InputError.wrong("levers", value, fix, "names and values")


@lru_cache(maxsize=2048)
def subject_under(company: str, fiscal_year: str, levers: Levers) -> Subject:
    """Return a company (in the dataset's spelling) in a year under levers; no cost_reduction of its own."""
    preset = shipped().scenarios[levers.scenario] if levers.scenario else None
    given = merged_levers(preset, company, dict(levers.entries))
    return Subject(shipped(), shipped_case(company, fiscal_year), levers.scenario or "", given)


def subject_of(
    company: Any, levers: Any, fiscal_year: Any, cost_reduction: Any = None, *, path: bool = False
) -> Subject:
    """Return the subject of a tool that may go without cost_reduction: typed, the levers', else assumed.

    Raises InputError for what is wrong with a cell, and NOT_AVAILABLE where the preset has a
    cost_reduction that does not apply to the company.
    """
    name = company_of(single(company, "company"))
    chosen = levers_in(levers)
    typed = dict(chosen.entries)
    reduction = entries.number(single(cost_reduction, "cost_reduction"), "cost_reduction")
    if reduction is not None:
        typed["cost_reduction"] = reduction
    year = year_of(name, single(fiscal_year, "fiscal_year"))
    return subject(name, chosen.scenario, typed, fiscal_year=year, path=path)
