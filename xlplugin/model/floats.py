"""Evaluation of one row of floats: blanks, domains, and the compiled lines."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from xlplugin.model.domains import bounds, check, joint_faults, no_stand_in
from xlplugin.model.errors import CellError, Fault, InputError
from xlplugin.model.inputs import INPUTS, JOINT_LIMITS, ROUNDING, Input
from xlplugin.model.messages import Typed, message, plain
from xlplugin.model.plan import FUNCTIONS, MODEL_INPUTS, PARAMETERS, Plan
from xlplugin.model.scalars import compiled

_BOUNDS = {name: bounds(name) for name in MODEL_INPUTS}
_JOINT = tuple(limit.names for limit in JOINT_LIMITS)


def as_float(value: Any) -> float:
    """Return a number as a float; an integer beyond floats is infinite, which no domain contains."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def evaluate_floats(
    wanted: Plan, given: dict[str, float], *, strict: bool = True, checked: bool = False
) -> dict[str, float]:
    """Evaluate one row of floats (NaN = blank); ``strict`` False lets blank levers stay NaN.

    ``checked``: the caller knows that every value is inside its domain, and shares in their whole.
    """
    if not checked:
        check_row(wanted, given, strict=strict)
    nan = math.nan
    row = [given.get(name, nan) for name in wanted.inputs]
    for i, value in enumerate(row):
        if value != value:
            row[i] = filled(wanted.inputs[i], given)
    try:
        *values, revenue = _code(wanted)(*row)
    except ZeroDivisionError:  # by scenario_revenue: every other divisor is above 0
        revenue = 0.0
    if revenue <= 0:
        raise InputError(revenue_gone(None, revenue))
    return dict(zip(wanted.outputs, values, strict=True))


def _clearly_valid(wanted: Plan, given: Mapping[str, float], strict: bool) -> bool:
    """Whether a quick look finds nothing wrong."""
    for name, value in given.items():
        low, high = _BOUNDS[name]
        if not low <= value <= high and value == value:
            return False
    for names in _JOINT:
        total = 0.0
        for name in names:
            value = given.get(name, 0.0)
            total += value if value == value else 0.0
        if total > 1 + ROUNDING:
            return False
    return not strict or all(given.get(name, math.nan) == given.get(name) for name in _needed(wanted))


@lru_cache(maxsize=256)
def _needed(wanted: Plan) -> tuple[str, ...]:
    return tuple(fault.input for fault in missing(wanted, ()))


@lru_cache(maxsize=256)
def _code(wanted: Plan) -> Callable[..., tuple[float, ...]]:
    """Return the plan as one function of floats; its last result is scenario_revenue, or 1."""
    lines = {name: FUNCTIONS[name] for name in wanted.steps}
    revenue = "scenario_revenue" if "scenario_revenue" in lines else "1.0"
    return compiled(lines, PARAMETERS, wanted.inputs, (*wanted.outputs, revenue))


def filled(name: str, given: Mapping[str, float]) -> float:
    """Return the given value, or what stands in for a blank; InputError where that cannot."""
    value = given.get(name, math.nan)
    if value == value:
        return value
    default = INPUTS[name].default
    if not isinstance(default, str):
        return math.nan if default is None else default
    value = filled(default, given)
    if fault := no_stand_in(name, value):
        raise InputError(fault)
    return value


def check_row(wanted: Plan, given: Mapping[str, float], *, strict: bool = True) -> None:
    """Raise InputError for what is wrong with one row of floats."""
    if _clearly_valid(wanted, given, strict):
        return
    faults = [fault for name, value in given.items() if value == value and (fault := check(value, name))]
    faults += joint_faults(given)
    if strict:
        faults += missing(wanted, [name for name, value in given.items() if value == value])
    if faults:
        raise InputError(faults)


def missing(wanted: Plan, given: Sequence[str]) -> list[Fault]:
    """Return a fault for every exposure or lever that the plan needs and nobody gave."""
    return [
        blank(None, INPUTS[name])
        for name in wanted.inputs
        if name not in given and INPUTS[name].default is None and INPUTS[name].kind in ("exposure", "lever")
    ]


def blank(row: int | None, item: Input) -> Fault:
    """Return the fault of an exposure or lever without a value."""
    fix = message("enter {name}, which the chosen lines need", name=Typed(item.name))
    return Fault(row, item.name, plain("blank"), item.allowed, fix, CellError.NOT_AVAILABLE)


def wrong_type(name: str, value: object, row: int | None = None) -> Fault:
    """Return the fault of a value that is no number."""
    allowed = INPUTS[name].allowed if name in INPUTS else "a number"
    return Fault(row, name, value, allowed, "enter a number", CellError.WRONG_TYPE)


def revenue_gone(row: int | None, value: float) -> Fault:
    """Return the fault of a scenario that leaves no revenue."""
    fix = "lower cost_reduction, market_elasticity's distance from 1, or the revenue shares"
    return Fault(row, "scenario_revenue", value, "more than 0", fix)
