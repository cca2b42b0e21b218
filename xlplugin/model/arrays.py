"""Evaluation on NumPy arrays: shapes and blanks around the straight-line program."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xlplugin.model.array_faults import block_check, row_faults
from xlplugin.model.domains import no_stand_in, stand_in
from xlplugin.model.errors import InputError
from xlplugin.model.floats import as_float, check_row, evaluate_floats, missing, revenue_gone, wrong_type
from xlplugin.model.inputs import INPUTS
from xlplugin.model.kernel.blocks import new_column
from xlplugin.model.kernel.program import program
from xlplugin.model.plan import Plan

Array = NDArray[np.float64]

#: What counts as a number among objects; a duration of NumPy's is an integer by type alone.
_NUMBERS = (int, float, Decimal, Fraction, np.integer, np.floating)


def evaluate_arrays(wanted: Plan, given: Mapping[str, Any]) -> dict[str, Any]:
    """Evaluate inputs of which at least one is an array; every line takes their common shape."""
    arrays = {name: _as_floats(name, value) for name, value in given.items()}
    shape = _common_shape(arrays)
    if shape == ():
        return evaluate_floats(wanted, {name: float(value) for name, value in arrays.items()})
    rows = math.prod(shape)
    flat: dict[str, float | Array] = {
        name: float(value.reshape(-1)[0])
        if value.size == 1
        else np.ascontiguousarray(np.broadcast_to(value, shape)).reshape(-1)
        for name, value in arrays.items()
    }
    if rows == 0:
        flat = {name: value for name, value in flat.items() if isinstance(value, float)}
        flat.update({name: math.nan for name, value in arrays.items() if value.size == 0})
        check_row(wanted, flat, strict=False)  # type: ignore[arg-type]
        return {name: np.empty(shape) for name in wanted.outputs}
    out = evaluate_rows(wanted, flat, rows)
    return {name: column.reshape(shape) for name, column in out.items()}


def evaluate_rows(
    wanted: Plan,
    given: Mapping[str, float | Array],
    rows: int,
    *,
    strict: bool = True,
) -> dict[str, Array]:
    """Evaluate ``rows`` rows: scalars hold for every row, arrays are of that length.

    ``strict`` False lets blank levers and exposures stay NaN, and skips the domains: for callers
    that have checked the rows themselves.
    """
    if strict:
        _check_scalars(wanted, given)
    row = {name: _filled(name, given) for name in wanted.inputs}
    outputs = wanted.outputs
    if "scenario_revenue" in wanted.steps and "scenario_revenue" not in outputs:
        outputs = (*outputs, "scenario_revenue")
    varying = frozenset(name for name, value in row.items() if not isinstance(value, float))
    out = {name: new_column(rows) for name in outputs}
    suspects: list[int] = []  # blocks where no revenue is left
    # what the check lets pass of these is in its domain, and so is what stands in for a blank
    checked = [name for name in varying if strict and INPUTS[name].kind in ("exposure", "lever")]

    def check_results(start: int, stop: int, results: Mapping[str, Array]) -> None:
        if "scenario_revenue" in results and np.fmin.reduce(results["scenario_revenue"]) <= 0:
            suspects.append(start)

    try:
        check = block_check(wanted, given) if strict else None
        program(outputs, varying).run(
            row, rows, out, check, complete=frozenset(checked), check_results=check_results
        )
    except InputError:  # of one block: the message counts the faults of all
        raise InputError(row_faults(wanted, given, 0, rows)) from None
    if suspects:
        gone = np.flatnonzero(out["scenario_revenue"] <= 0)
        raise InputError([revenue_gone(int(i) + 1, float(out["scenario_revenue"][i])) for i in gone])
    return {name: out[name] for name in wanted.outputs}


def _as_floats(name: str, value: Any) -> Array:
    """Return ``value`` as a float64 array, blanks as NaN; InputError where an element is no number."""
    if hasattr(value, "to_numpy") and not isinstance(value, np.ndarray):
        value = value.to_numpy()
    try:
        array = np.asarray(value)
    except ValueError as error:  # ragged nesting
        raise InputError.outside(name, value, "enter a table with rows of equal length") from error
    if array.dtype.kind in "fiu":
        return array.astype(np.float64, copy=False)
    faults = []
    floats = np.empty(array.shape)
    for i, element in enumerate(array.reshape(-1)):
        if element is None or type(element).__name__ in ("NAType", "NaTType"):
            floats.reshape(-1)[i] = np.nan
        elif isinstance(element, _NUMBERS) and not isinstance(element, (bool, np.timedelta64)):
            floats.reshape(-1)[i] = as_float(element)
        else:
            shown = element.item() if isinstance(element, np.generic) else element
            faults.append(wrong_type(name, shown, i + 1 if array.shape else None))
    if faults:
        raise InputError(faults)
    return floats


def _common_shape(arrays: Mapping[str, Array]) -> tuple[int, ...]:
    try:
        return np.broadcast_shapes(*(value.shape for value in arrays.values()))
    except ValueError:
        shapes = ", ".join(f"{name} {value.shape}" for name, value in arrays.items() if value.shape)
        raise InputError.wrong("shapes", shapes, "give arrays of shapes that broadcast") from None


def _check_scalars(wanted: Plan, given: Mapping[str, float | Array]) -> None:
    scalars = {name: value for name, value in given.items() if isinstance(value, float)}
    check_row(wanted, scalars, strict=False)
    present = [name for name, value in given.items() if not isinstance(value, float) or value == value]
    if faults := missing(wanted, present):
        raise InputError(faults)


def _filled(name: str, given: Mapping[str, float | Array]) -> float | Array:
    value = given.get(name, math.nan)
    if not isinstance(value, float):
        value = np.ascontiguousarray(value) if np.ndim(value) else float(value)
    if isinstance(value, float) and value == value:
        return value
    default = INPUTS[name].default
    standing = (
        _filled(default, given) if isinstance(default, str) else math.nan if default is None else default
    )
    if default is None or not (
        isinstance(value, float) or np.isnan(value.min(initial=0.0))
    ):  # min passes NaN
        return value
    result = standing if isinstance(value, float) else np.where(np.isnan(value), standing, value)
    _refuse_unfit(name, result, standing)
    return result


def _refuse_unfit(name: str, result: float | Array, standing: float | Array) -> None:
    """Raise InputError for rows whose blank ``name`` is filled by what lies outside its domain."""
    unfit = np.isnan(stand_in(name, result)) & (result == standing)
    if np.any(unfit):
        rows = [None] if isinstance(result, float) else [int(i) + 1 for i in np.flatnonzero(unfit)]
        values = np.broadcast_to(result, np.shape(unfit)).reshape(-1)[np.ravel(unfit)]
        faults = (no_stand_in(name, float(value), row=row) for row, value in zip(rows, values, strict=True))
        raise InputError([fault for fault in faults if fault])
