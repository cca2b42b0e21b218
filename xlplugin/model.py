"""Evaluation: from a mapping of inputs to a mapping of lines. Knows no dataset and no host."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from xlplugin.entries import bounds, check, joint_faults
from xlplugin.errors import CellError, Fault, InputError, suggestion
from xlplugin.inputs import (
    EXPOSURES,
    FINANCIALS,
    INPUTS,
    JOINT_LIMITS,
    LEVERS,
    REFERENCE_LABEL,
    REFERENCES,
    ROUNDING,
    Input,
)
from xlplugin.lines import BARS, LINES, MARGIN_BARS
from xlplugin.scalars import compiled

__all__ = ["FUNCTIONS", "MODEL_INPUTS", "PARAMETERS", "Plan", "evaluate", "parameters", "plan"]

#: Everything that can be computed: lines, then the bars of both bridges.
FUNCTIONS = {**LINES, **BARS, **MARGIN_BARS}

#: Everything that :func:`evaluate` takes.
MODEL_INPUTS = FINANCIALS + EXPOSURES + LEVERS + REFERENCES


def parameters(function: Any) -> tuple[str, ...]:
    """Return the names of inputs and lines that a line item takes, in order."""
    code = function.__code__
    return getattr(function, "parameters", code.co_varnames[: code.co_argcount])


PARAMETERS: dict[str, tuple[str, ...]] = {name: parameters(f) for name, f in FUNCTIONS.items()}


class Plan(NamedTuple):
    """What a choice of lines takes: the lines to compute, in order, and the inputs they need."""

    outputs: tuple[str, ...]
    steps: tuple[str, ...]
    inputs: tuple[str, ...]


@lru_cache(maxsize=256)
def plan(outputs: tuple[str, ...]) -> Plan:
    """Return the :class:`Plan` of the lines or bridge bars named ``outputs``.

    Raises InputError for a name that is neither.
    """
    for name in outputs:
        if name not in FUNCTIONS:
            fix = suggestion(name, FUNCTIONS)
            raise InputError(Fault(None, "lines", name, "", fix, CellError.WRONG_TYPE))
    needed = set(outputs)
    for name in reversed(FUNCTIONS):  # later lines take earlier ones, so one pass back is enough
        if name in needed:
            needed.update(PARAMETERS[name])
    for name in tuple(needed):  # a blank one of these is filled from another input
        default = INPUTS[name].default if name in INPUTS else None
        if isinstance(default, str):
            needed.add(default)
    steps = tuple(name for name in FUNCTIONS if name in needed)
    return Plan(outputs, steps, tuple(name for name in MODEL_INPUTS if name in needed))


def evaluate(inputs: Mapping[str, Any], lines: Sequence[str] | None = None) -> dict[str, Any]:
    """Return the model's lines for the given inputs.

    ``inputs`` maps names (see :data:`xlplugin.inputs.INPUTS`) to numbers or to arrays of
    broadcastable shapes; money in millions, shares and rates as fractions. ``lines`` picks lines or
    bridge bars by name (default: every line); only what they need is computed and required.

    Returns a mapping line -> float where every input is a scalar, else line -> float64 array of the
    inputs' common shape. A blank (None, NaN, left out) financial or reference makes the lines that
    need it NaN; marginal_tax_rate, one_off_net_income and training_cost_reduction have defaults.

    Raises InputError for an unknown name, a missing exposure or lever, text, TRUE, or a value
    outside its domain, naming row, input, value, allowed range and fix.

    >>> result = evaluate({"revenue": 200.0, "cost_of_revenue": 50.0}, ["base_gross_margin"])
    >>> result["base_gross_margin"]
    0.75
    """
    chosen = LINES if lines is None else [lines] if isinstance(lines, str) else lines
    wanted = plan(tuple(map(str, chosen)))
    _refuse_unknown(inputs)
    given: dict[str, Any] = {}
    scalar = True
    for name, value in inputs.items():
        if name == REFERENCE_LABEL:
            continue
        kind = type(value)
        if kind is float or kind is int:
            given[name] = as_float(value)
        elif value is None:
            given[name] = math.nan
        elif kind is bool or isinstance(value, str):
            raise InputError(wrong_type(name, value))
        elif isinstance(value, float):  # numpy.float64 among them
            given[name] = float(value)
        else:
            given[name], scalar = value, False
    if scalar:
        return evaluate_floats(wanted, given)
    from xlplugin.arrays import evaluate_arrays

    return evaluate_arrays(wanted, given)


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
    if not (checked or _clearly_valid(wanted, given, strict)):
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
    """Whether a quick look finds nothing wrong; ``check_row`` says what is."""
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


_BOUNDS = {name: bounds(name) for name in MODEL_INPUTS}
_JOINT = tuple(limit.names for limit in JOINT_LIMITS)


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
    """Return the given value, or what stands in for a blank."""
    value = given.get(name, math.nan)
    if value == value:
        return value
    default = INPUTS[name].default
    return filled(default, given) if isinstance(default, str) else math.nan if default is None else default


def check_row(wanted: Plan, given: Mapping[str, float], *, strict: bool = True) -> None:
    """Raise InputError for what is wrong with one row of floats."""
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
    fix = f"enter {item.name}, which the chosen lines need"
    return Fault(row, item.name, "blank", item.allowed, fix, CellError.NOT_AVAILABLE)


def wrong_type(name: str, value: object, row: int | None = None) -> Fault:
    """Return the fault of a value that is no number."""
    allowed = INPUTS[name].allowed if name in INPUTS else "a number"
    return Fault(row, name, value, allowed, "enter a number", CellError.WRONG_TYPE)


def revenue_gone(row: int | None, value: float) -> Fault:
    """Return the fault of a scenario that leaves no revenue."""
    fix = "lower cost_reduction, market_elasticity's distance from 1, or the revenue shares"
    return Fault(row, "scenario_revenue", value, "more than 0", fix)


def _refuse_unknown(inputs: Mapping[str, Any]) -> None:
    if not isinstance(inputs, Mapping) and not hasattr(inputs, "items"):  # a frame has items, too
        fix = "give a mapping of names to numbers or arrays"
        raise InputError(Fault(None, "inputs", type(inputs).__name__, "", fix, CellError.WRONG_TYPE))
    faults = [
        Fault(None, name, None, "", f"no such input: {suggestion(name, MODEL_INPUTS)}", CellError.WRONG_TYPE)
        for name in map(str, inputs)
        if name not in _KNOWN
    ]
    if faults:
        raise InputError(faults)


_KNOWN = frozenset((*MODEL_INPUTS, REFERENCE_LABEL))
