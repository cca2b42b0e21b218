"""Distributions from low, base and high.

========== ======================================================= ==================================
name       low and high read as bounds                             read as 10th and 90th percentiles
========== ======================================================= ==================================
pert       Beta on low .. high with mode base and                  the PERT with mode base whose
           shapes 1 + 4 (base - low) / (high - low) and            percentiles they are
           1 + 4 (high - base) / (high - low)
triangular density a triangle on low .. high with mode base        the triangle with mode base
uniform    low .. high; base plays no part                         likewise
normal     mean base, sd (high - low) / 6                          mean (low + high) / 2,
                                                                   sd (high - low) / 2.5631
lognormal  median base, sd of logs (ln high - ln low) / 6          logs as in normal
========== ======================================================= ==================================
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

from xlplugin.analysis.uncertainty.distributions import (
    Distribution,
    LogNormal,
    Normal,
    Pert,
    Triangular,
    Uniform,
)
from xlplugin.data.records import Assumption
from xlplugin.model.errors import InputError, refuse_unknown
from xlplugin.model.messages import message

#: Makes a distribution of low, base and high, which may be the 10th and 90th percentile.
Fit = Callable[[float, float, float, bool], Distribution]

#: How low and high are read.
READINGS = ("bounds", "percentiles")

#: The 90th percentile of the standard normal distribution.
Z90 = 1.2815515655446004


def fitted(assumption: Assumption, kind: str = "pert", reading: str = "bounds") -> Distribution | None:
    """Return the distribution of an assumption's low, base and high; None where low is high.

    ``kind``: pert, triangular, uniform, normal, lognormal; ``reading``: bounds or percentiles (10th
    and 90th). Raises InputError for other words, and for a lognormal whose low is not above 0.
    """
    name = assumption.parameter
    refuse_unknown("distribution", kind, KINDS)
    refuse_unknown("reading", reading, READINGS)
    low, base, high = assumption.low, assumption.base, assumption.high
    if low == high:
        return None
    if not low <= base <= high:
        raise InputError.outside(
            name, base, "keep base between low and high", message("{low:g} to {high:g}", low=low, high=high)
        )
    if kind == "lognormal" and low <= 0:
        raise InputError.outside(name, low, "a lognormal needs a low above 0: choose another", "more than 0")
    return KINDS[kind](low, base, high, reading == "percentiles")


def _uniform(low: float, base: float, high: float, percentiles: bool) -> Distribution:
    more = (high - low) / 8 if percentiles else 0.0
    return Uniform(low - more, high + more)


def _normal(low: float, base: float, high: float, percentiles: bool) -> Distribution:
    if percentiles:
        return Normal((low + high) / 2, (high - low) / (2 * Z90))
    return Normal(base, (high - low) / 6)


def _lognormal(low: float, base: float, high: float, percentiles: bool) -> Distribution:
    spread = math.log(high) - math.log(low)
    if percentiles:
        return LogNormal(math.sqrt(low * high), spread / (2 * Z90))
    return LogNormal(base, spread / 6)


def _peaked(family: type[Triangular] | type[Pert]) -> Fit:
    def fit(low: float, base: float, high: float, percentiles: bool) -> Distribution:
        return family(*(_widened(family, low, base, high) if percentiles else (low, base, high)))  # type: ignore[arg-type]

    return fit


#: Every kind of distribution, the default first.
KINDS: dict[str, Fit] = {
    "pert": _peaked(Pert),
    "triangular": _peaked(Triangular),
    "uniform": _uniform,
    "normal": _normal,
    "lognormal": _lognormal,
}


@lru_cache(maxsize=256)
def _widened(
    family: type[Triangular] | type[Pert], low: float, base: float, high: float
) -> tuple[float, float, float]:
    """Return low, mode and high of the distribution of which these are 10th percentile, mode, 90th."""
    from scipy.optimize import brentq

    widest = (high - low) * 40

    def width(gap: Callable[[float], float], least: float) -> float:
        # a width of its own even where base is an end
        return float(brentq(gap, max(least, widest * 1e-12), widest, xtol=1e-18))

    def left_of(right: float) -> float:
        return width(lambda left: family(base - left, base, base + right).share_below(low) - 0.1, base - low)

    def gap(right: float) -> float:
        return 0.9 - family(base - left_of(right), base, base + right).share_below(high)

    right = width(gap, high - base)
    return base - left_of(right), base, base + right
