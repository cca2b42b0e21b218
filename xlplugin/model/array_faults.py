"""Domains of arrays: one fast look at a block of rows, and every fault by row where that finds something."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xlplugin.model.domains import bounds, check, joint_faults
from xlplugin.model.errors import Fault, InputError
from xlplugin.model.floats import blank
from xlplugin.model.inputs import INPUTS, JOINT_LIMITS, ROUNDING, Input
from xlplugin.model.plan import Plan

Array = NDArray[np.float64]


def any_outside(block: Array, item: Input) -> bool:
    """Return whether any value of a ``block`` (not empty) is not in the domain of ``item``, or NaN.

    The bits of floats from 0 up, read as whole numbers, rise with them; a negative float or a NaN
    reads as a larger number than any of them. So one pass tells that all is well; only where it
    does not, two more decide.
    """
    low, high = bounds(item.name)
    if low == 0 and np.maximum.reduce(block.view(np.uint64)) <= np.float64(high).view(np.uint64):
        return False
    return not (low <= block.min() and block.max() <= high)  # these pass a NaN on, which fails


def block_check(
    wanted: Plan, given: Mapping[str, float | Array]
) -> Callable[[int, int, Mapping[str, Array]], None] | None:
    """Return what raises InputError for faults of a block of rows; None where nothing varies."""
    arrays = {name: value for name, value in given.items() if not isinstance(value, float)}
    limits = [limit for limit in JOINT_LIMITS if any(name in arrays for name in limit.names)]
    if not arrays:
        return None

    def refuse_faults(start: int, stop: int, _: Mapping[str, Array]) -> None:
        suspect = any(any_outside(value[start:stop], INPUTS[name]) for name, value in arrays.items()) or any(
            np.any(_total(limit.names, given, start, stop) > 1 + ROUNDING) for limit in limits
        )
        if suspect and (faults := row_faults(wanted, given, start, stop)):
            raise InputError(faults)

    return refuse_faults


def row_faults(wanted: Plan, given: Mapping[str, float | Array], start: int, stop: int) -> list[Fault]:
    """Return every fault of the rows ``start`` to ``stop`` in their order, row 0 numbered 1."""
    faults: list[tuple[int, Fault]] = []
    for name, value in given.items():
        if isinstance(value, float):
            continue
        item, part = INPUTS[name], value[start:stop]
        low, high = bounds(name)
        required = name in wanted.inputs and item.default is None and item.kind in ("exposure", "lever")
        for i in np.flatnonzero(~((low <= part) & (part <= high)) & (required | ~np.isnan(part))).tolist():
            row = start + i + 1
            faults.append((row, check(float(part[i]), name, row=row) or blank(row, item)))
    for limit in JOINT_LIMITS:
        total = _total(limit.names, given, start, stop, blank_as=0.0)
        if not isinstance(total, float):
            for i in np.flatnonzero(total > 1 + ROUNDING).tolist():
                row = start + i + 1
                shares = {name: _at(given[name], start + i) for name in limit.names if name in given}
                faults += [(row, fault) for fault in joint_faults(shares, row=row)]
    return [fault for _, fault in sorted(faults, key=lambda numbered: numbered[0])]


def _at(value: float | Array, row: int) -> float:
    return value if isinstance(value, float) else float(value[row])


def _total(
    names: tuple[str, ...],
    given: Mapping[str, float | Array],
    start: int,
    stop: int,
    blank_as: float = math.nan,
) -> Any:
    total: Any = 0.0
    for name in names:
        value = given.get(name, 0.0)
        if isinstance(value, float):
            total = total + (value if value == value else 0.0)
        else:
            part = value[start:stop]
            total = total + (part if math.isnan(blank_as) else np.nan_to_num(part, nan=blank_as))
    return total
