"""A company in a year under levers, filled by precedence once and evaluated for any cost_reduction."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from xlplugin.data.precedence import Case, case, merged_levers
from xlplugin.data.shipped import shipped
from xlplugin.entries import meaning as entries
from xlplugin.functions.arguments import known
from xlplugin.functions.cells import grid, is_range, name_in
from xlplugin.model.domains import bounds, joint_faults
from xlplugin.model.errors import CellError, Fault, InputError
from xlplugin.model.floats import evaluate_floats
from xlplugin.model.inputs import LEVERS, REDUCTIONS
from xlplugin.model.plan import MODEL_INPUTS, Plan, plan

__all__ = ["DEFAULT_REDUCTION", "NO_LEVERS", "Filled", "Levers", "filled", "levers_in", "starting_reduction"]

#: What single-company tools start from where neither the caller nor the preset says.
DEFAULT_REDUCTION = 0.3

#: From this many values on, arrays are quicker than a loop.
MANY = 64

_LOWEST, _HIGHEST = bounds("cost_reduction")
_SCENARIO = "scenario"
_HEADERS = ("value", "wert")


class Levers(NamedTuple):
    """A preset's name, or None, and the analyst's entries that stand before it."""

    scenario: str | None
    entries: tuple[tuple[str, float], ...]

    def with_entries(self, changes: Mapping[str, float]) -> Levers:
        """Return these levers with some entries replaced."""
        return self._replace(entries=tuple({**dict(self.entries), **changes}.items()))


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
        if entries.key(typed) == _SCENARIO:
            preset = name_in(value, _SCENARIO)
            scenario = shipped().scenario(preset).name if preset else None
            continue
        name = known(typed, "levers", MODEL_INPUTS)
        if name in found:
            raise _wrong(name, "name each lever once")
        found[name] = entries.number(value, name)
    return Levers(scenario, tuple((name, value) for name, value in found.items() if value is not None))


def _pairs(cells: tuple[tuple[Any, ...], ...]) -> Iterable[Sequence[Any]]:
    rows, columns = len(cells), len(cells[0])
    if rows == 2 and (columns != 2 or _is_name(cells[0][1])):
        return list(zip(*cells, strict=True))
    if columns != 2:
        raise _wrong(f"{rows} x {columns} cells", "choose two columns or two rows: names and values")
    head = cells[0][1]
    headed = isinstance(head, str) and entries.key(head) in _HEADERS
    return cells[1:] if headed else cells


def _is_name(cell: Any) -> bool:
    return isinstance(cell, str) and entries.key(cell).replace(" ", "_") in MODEL_INPUTS


def _wrong(value: object, fix: str) -> InputError:
    return InputError(Fault(None, "levers", value, "names and values", fix, CellError.WRONG_TYPE))


class Filled:
    """Every input of one company, year and set of levers but cost_reduction, ready to be evaluated.

    ``reduction`` is the one that the levers themselves give, or None. A training_cost_reduction that
    nobody gives follows cost_reduction.
    """

    __slots__ = ("_sound", "case", "given", "reduction", "row")

    def __init__(self, one: Case, given: dict[str, float]) -> None:
        self.case, self.given = one, given
        self.reduction = given.get("cost_reduction")
        self.row = one.fill(given)
        self._sound = False  # whether an evaluation has found the row inside its domains
        if faults := joint_faults(self.row):
            raise InputError(faults)

    @property
    def _follows(self) -> bool:
        return "training_cost_reduction" not in self.given

    def inputs(self, reduction: float, changes: Mapping[str, float] | None = None) -> dict[str, float]:
        """Return all inputs at a cost_reduction, with some levers or exposures changed."""
        if changes and not all(name in LEVERS for name in changes):
            row = self.case.fill({**self.given, **changes})  # exposures may move the fallbacks of others
        else:
            row = {**self.row, **(changes or {})}
        row["cost_reduction"] = reduction
        if self._follows and not (changes and "training_cost_reduction" in changes):
            row["training_cost_reduction"] = reduction
        return row

    def at(self, wanted: Plan, reduction: float) -> dict[str, float]:
        """Return the plan's lines at a cost_reduction."""
        known = self._sound and _LOWEST <= reduction <= _HIGHEST  # the rest of the row is always the same
        lines = evaluate_floats(wanted, self.inputs(reduction), strict=False, checked=known)
        self._sound = True
        return lines

    def base(self, wanted: Plan) -> dict[str, float]:
        """Return the plan's lines with both reductions 0."""
        return evaluate_floats(wanted, {**self.row, **dict.fromkeys(REDUCTIONS, 0.0)}, strict=False)

    def many(self, name: str, reductions: Sequence[float]) -> list[Any]:
        """Return one line at each cost_reduction, NaN where that is NaN; errors where there are any."""
        wanted = plan((name,))
        if len(reductions) >= MANY:
            try:
                return self._many_by_arrays(wanted, reductions)
            except (ImportError, InputError):  # no NumPy; or single cells leave the domain
                pass
        return [self._one(wanted, reduction) for reduction in reductions]

    def _one(self, wanted: Plan, reduction: float) -> Any:
        if reduction != reduction:
            return math.nan
        try:
            return self.at(wanted, reduction)[wanted.outputs[0]]
        except InputError as error:
            return error.faults[0].error

    def _many_by_arrays(self, wanted: Plan, reductions: Sequence[float]) -> list[float]:
        import numpy as np

        from xlplugin.model.arrays import evaluate_rows

        column = np.array(reductions)
        row: dict[str, Any] = {**self.row, "cost_reduction": column}
        if self._follows:
            row["training_cost_reduction"] = column
        line = evaluate_rows(wanted, row, len(column), strict=False)[wanted.outputs[0]]
        line[np.isnan(column)] = np.nan  # also where the line does not depend on it
        found: list[float] = line.tolist()
        return found


@lru_cache(maxsize=2048)
def filled(company: str, fiscal_year: str, levers: Levers) -> Filled:
    """Return the :class:`Filled` inputs of a company (in the dataset's spelling) under levers."""
    preset = shipped().scenarios[levers.scenario] if levers.scenario else None
    given = merged_levers(preset, company, dict(levers.entries))
    return Filled(_case(company, fiscal_year), given)


@lru_cache(maxsize=256)
def _case(company: str, fiscal_year: str) -> Case:
    return case(shipped(), company, fiscal_year)


def starting_reduction(one: Filled, levers: Levers, cell: Any) -> float:
    """Return the cost_reduction of a tool that may go without: typed, else the levers', else 0.3.

    Raises InputError (NOT_AVAILABLE) where the preset has one that does not apply to the company.
    """
    typed = entries.number(cell, "cost_reduction")
    if typed is not None:
        return typed
    if one.reduction is not None:
        return one.reduction
    preset = shipped().scenarios[levers.scenario] if levers.scenario else None
    if preset is not None and not preset.applies_to(one.case.company):
        fix = f"{preset.name} does not apply to {one.case.company}: enter a cost_reduction"
        place = one.case.company
        raise InputError(Fault(place, "cost_reduction", "blank", "", fix, CellError.NOT_AVAILABLE))
    return DEFAULT_REDUCTION
