"""Distributions of uncertain inputs, from low, base and high; needs NumPy and, for PERT, SciPy.

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

Each is a function of one standard variate: ``native`` says whether of a uniform one (0 .. 1) or of a
standard normal one. ``support`` is the closed interval that holds every value.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from xlplugin.analysis.uncertainty.beta import beta_table
from xlplugin.data.dataset import Assumption
from xlplugin.model.errors import CellError, Fault, InputError, suggestion

__all__ = [
    "KINDS",
    "READINGS",
    "Distribution",
    "LogNormal",
    "Normal",
    "Pert",
    "Triangular",
    "Uniform",
    "fitted",
]

Array = NDArray[np.float64]

#: How low and high are read.
READINGS = ("bounds", "percentiles")

#: The 90th percentile of the standard normal distribution.
Z90 = 1.2815515655446004


class Distribution(Protocol):
    """A distribution of one input."""

    native: str

    @property
    def support(self) -> tuple[float, float]: ...

    @property
    def words(self) -> str: ...

    def of(self, variate: Array) -> Array: ...


class _Bounded:
    """Between ``low`` and ``high`` of the distribution."""

    low: float
    high: float

    @property
    def support(self) -> tuple[float, float]:
        """The smallest and the largest value."""
        return self.low, self.high


class _Peaked(_Bounded):
    """With its most likely value at ``mode``."""

    mode: float
    kind: ClassVar[str]

    @property
    def words(self) -> str:
        """Name and parameters."""
        return f"{self.kind}({self.low:.6g}, mode {self.mode:.6g}, {self.high:.6g})"

    def share_below(self, value: float) -> float:
        """Return the cumulative distribution at ``value``."""
        if self.low < value < self.high:
            return self._share((value - self.low) / (self.high - self.low))
        return float(value >= self.high)

    def _share(self, place: float) -> float:
        """Return the share below a place between 0, at low, and 1, at high."""
        raise NotImplementedError


@dataclass(frozen=True)
class Uniform(_Bounded):
    """Evenly between ``low`` and ``high``."""

    low: float
    high: float
    native = "uniform"

    @property
    def words(self) -> str:
        """Name and parameters."""
        return f"uniform({self.low:.6g} to {self.high:.6g})"

    def of(self, variate: Array) -> Array:
        """Return the values that uniform variates stand for."""
        return self.low + (self.high - self.low) * variate


@dataclass(frozen=True)
class Triangular(_Peaked):
    """A triangle on ``low`` .. ``high`` with its tip at ``mode``."""

    low: float
    mode: float
    high: float
    native = "uniform"
    kind = "triangular"

    def of(self, variate: Array) -> Array:
        """Return the values that uniform variates stand for."""
        width, left, right = self.high - self.low, self.mode - self.low, self.high - self.mode
        rising = self.low + np.sqrt(variate * (width * left))
        falling = self.high - np.sqrt((1 - variate) * (width * right))
        return np.where(variate * width < left, rising, falling)

    def _share(self, place: float) -> float:
        tip = (self.mode - self.low) / (self.high - self.low)
        return place**2 / tip if place <= tip else 1 - (1 - place) ** 2 / (1 - tip)


@dataclass(frozen=True)
class Pert(_Peaked):
    """Beta on ``low`` .. ``high`` with mode ``mode`` and the weight of PERT (4)."""

    low: float
    mode: float
    high: float
    native = "normal"
    kind = "PERT"

    @property
    def shapes(self) -> tuple[float, float]:
        """The two shapes of the Beta distribution."""
        width = self.high - self.low
        return 1 + 4 * (self.mode - self.low) / width, 1 + 4 * (self.high - self.mode) / width

    def of(self, variate: Array) -> Array:
        """Return the values that standard normal variates stand for."""
        return self.low + (self.high - self.low) * beta_table(*self.shapes).at(variate)

    def _share(self, place: float) -> float:
        from scipy.special import betainc

        return float(betainc(*self.shapes, place))


@dataclass(frozen=True)
class Normal:
    """Normal with ``mean`` and standard deviation ``sd``."""

    mean: float
    sd: float
    native = "normal"

    @property
    def support(self) -> tuple[float, float]:
        """Every number."""
        return -math.inf, math.inf

    @property
    def words(self) -> str:
        """Name and parameters."""
        return f"normal(mean {self.mean:.6g}, sd {self.sd:.6g})"

    def of(self, variate: Array) -> Array:
        """Return the values that standard normal variates stand for."""
        return self.mean + self.sd * variate


@dataclass(frozen=True)
class LogNormal:
    """Lognormal with ``median`` and standard deviation ``sd`` of the logarithm."""

    median: float
    sd: float
    native = "normal"

    @property
    def support(self) -> tuple[float, float]:
        """Every positive number."""
        return 0.0, math.inf

    @property
    def words(self) -> str:
        """Name and parameters."""
        return f"lognormal(median {self.median:.6g}, sd of logs {self.sd:.6g})"

    def of(self, variate: Array) -> Array:
        """Return the values that standard normal variates stand for."""
        return self.median * np.exp(self.sd * variate)


def fitted(assumption: Assumption, kind: str = "pert", reading: str = "bounds") -> Distribution | None:
    """Return the distribution of an assumption's low, base and high; None where low is high.

    ``kind``: pert, triangular, uniform, normal, lognormal; ``reading``: bounds or percentiles (10th
    and 90th). Raises InputError for other words, and for a lognormal whose low is not above 0.
    """
    name = assumption.parameter
    for what, value, known in (("distribution", kind, tuple(KINDS)), ("reading", reading, READINGS)):
        if value not in known:
            raise InputError(
                Fault(None, what, value, "", suggestion(str(value), known), CellError.WRONG_TYPE)
            )
    low, base, high = assumption.low, assumption.base, assumption.high
    if low == high:
        return None
    if not low <= base <= high:
        raise InputError(Fault(None, name, base, f"{low:g} to {high:g}", "keep base between low and high"))
    if kind == "lognormal" and low <= 0:
        raise InputError(
            Fault(None, name, low, "more than 0", "a lognormal needs a low above 0: choose another")
        )
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


def _pert(low: float, base: float, high: float, percentiles: bool) -> Distribution:
    return Pert(*(_widened(Pert, low, base, high) if percentiles else (low, base, high)))


def _triangular(low: float, base: float, high: float, percentiles: bool) -> Distribution:
    return Triangular(*(_widened(Triangular, low, base, high) if percentiles else (low, base, high)))


#: Every kind of distribution, the default first.
KINDS: dict[str, Callable[[float, float, float, bool], Distribution]] = {
    "pert": _pert,
    "triangular": _triangular,
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
