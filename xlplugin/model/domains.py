"""What is outside an input's domain, and what mends it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from typing import Any

from xlplugin.model.arithmetic import NOT_AVAILABLE, where
from xlplugin.model.errors import Fault
from xlplugin.model.inputs import INPUTS, JOINT_LIMITS, ROUNDING, Input
from xlplugin.model.messages import Name, Typed, joined, message, plain

_EXAMPLES = {
    "share": "30% or 0.3",
    "elasticity": "0.8",
    "ratio": "1",
    "money": "1234.5 (millions)",
    "million shares": "956 (millions)",
    "money per share": "7.8",
    "years": "2",
}


def check(value: float, name: str, *, row: object = None) -> Fault | None:
    """Return what is wrong with the number ``value`` as input ``name``; None inside, and for NaN."""
    low, high = bounds(name)
    return None if value != value or low <= value <= high else outside(value, name, row)


def joint_faults(values: Mapping[str, float | None], row: object = None) -> list[Fault]:
    """Return a fault for each set of shares in ``values`` that together pass their whole.

    Shares that are missing, None or NaN count as 0.
    """
    faults = []
    for limit in JOINT_LIMITS:
        shares = {n: v for n in limit.names if (v := values.get(n)) is not None and v == v}
        total = sum(shares.values())
        if total > 1 + ROUNDING:
            parts = [message("{name} {share:.12g}", name=Name(name), share=v) for name, v in shares.items()]
            fix = message(
                "these are shares of the same {whole}, lower one of them: {parts}",
                whole=plain(limit.whole), parts=joined(parts),
            )  # fmt: skip
            faults.append(Fault(row, " + ".join(shares), total, "at most 1", fix))
    return faults


def stand_in(name: str, value: Any) -> Any:
    """Return ``value`` (a number or an array) where it may stand in for a blank ``name``, else NaN.

    A tax rate as reported may be any; one that taxes additional income lies in 0 to 1.
    """
    low, high = bounds(name)
    if (low, high) == bounds(str(INPUTS[name].default)):
        return value
    return where((value >= low) & (value <= high), value, NOT_AVAILABLE)


def no_stand_in(name: str, value: float, *, row: object = None) -> Fault | None:
    """Return the fault where ``value`` of the input that fills a blank ``name`` cannot stand in for it."""
    if check(value, name) is None:
        return None
    fix = "enter a {name}, such as 21%, beside it"
    if abs(value) > 1 and check(value / 100, name) is None:
        fix = "enter a {name}, such as 21%, beside it (or {value:.12g}% if that is meant)"
    return Fault(
        row,
        str(INPUTS[name].default),
        value,
        message("{allowed} while {name} is blank", allowed=allowed(name), name=Name(name)),
        message(fix, name=Typed(name), value=value),
    )


@cache
def bounds(name: str) -> tuple[float, float]:
    """Return the smallest and the largest float of the domain: NaN and infinity are outside."""
    item = INPUTS.get(name) or Input(name, "", "")
    low = math.nextafter(item.lower, math.inf) if item.above_lower else item.lower
    high = math.nextafter(item.upper, -math.inf) if item.below_upper else item.upper
    return max(low, math.nextafter(-math.inf, 0)), min(high, math.nextafter(math.inf, 0))


def outside(value: float, name: str, row: object, shown: str | None = None) -> Fault:
    """Return the fault of a number outside its domain; ``shown`` is how it was typed."""
    item = INPUTS.get(name) or Input(name, "", "")
    fix = message("enter a number in this range, such as {example}", example=example(name))
    if math.isinf(value):
        fix = message("enter a finite number, such as {example}", example=example(name))
    elif item.is_fraction and shown is None and abs(value) > 1 and item.contains(value / 100):
        fix = message("enter {value:.12g}% or {share:.12g}", value=value, share=value / 100)
    elif value < 0 and item.contains(-value):
        fix = message("enter it without the minus sign: {value:.12g}", value=-value)
    return Fault(row, name, value if shown is None else shown, item.allowed, fix)


def allowed(name: str) -> str:
    """Return the domain in words; any number for a name that is no input."""
    return INPUTS[name].allowed if name in INPUTS else plain("any number")


def example(name: str) -> str:
    """Return what may be typed for ``name``."""
    return plain(_EXAMPLES[INPUTS[name].unit] if name in INPUTS else "0.3")
