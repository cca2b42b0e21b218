"""Distributions of uncertain inputs; needs NumPy and, for PERT, SciPy.

Each is a function of one standard variate: ``native`` says whether of a uniform one (0 .. 1) or of a
standard normal one. ``support`` is the closed interval that holds every value.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from xlplugin.analysis.uncertainty.beta import beta_table
from xlplugin.model.messages import Message, message, plain

Array = NDArray[np.float64]


class Distribution(Protocol):
    """A distribution of one input."""

    native: str

    @property
    def support(self) -> tuple[float, float]:
        """The smallest and the largest value."""

    @property
    def words(self) -> Message:
        """Name and parameters."""

    def of(self, variate: Array) -> Array:
        """Return the values that standard variates of the ``native`` kind stand for."""


@dataclass(frozen=True)
class _Peaked:
    """Between ``low`` and ``high`` with its most likely value at ``mode``."""

    low: float
    mode: float
    high: float
    kind: ClassVar[str]

    @property
    def support(self) -> tuple[float, float]:
        return self.low, self.high

    @property
    def words(self) -> Message:
        return message(
            "{kind}({low:.6g}, mode {mode:.6g}, {high:.6g})",
            kind=plain(self.kind), low=self.low, mode=self.mode, high=self.high,
        )  # fmt: skip

    def share_below(self, value: float) -> float:
        """Return the cumulative distribution at ``value``."""
        if self.low < value < self.high:
            return self._share((value - self.low) / (self.high - self.low))
        return float(value >= self.high)

    def _share(self, place: float) -> float:
        """Return the share below a place between 0, at low, and 1, at high."""
        raise NotImplementedError


@dataclass(frozen=True)
class Uniform:
    """Evenly between ``low`` and ``high``."""

    low: float
    high: float
    native = "uniform"

    @property
    def support(self) -> tuple[float, float]:
        return self.low, self.high

    @property
    def words(self) -> Message:
        return message("{kind}({low:.6g} to {high:.6g})", kind=plain("uniform"), low=self.low, high=self.high)

    def of(self, variate: Array) -> Array:
        return self.low + (self.high - self.low) * variate


class Triangular(_Peaked):
    """A triangle on ``low`` .. ``high`` with its tip at ``mode``."""

    native = "uniform"
    kind = "triangular"

    def of(self, variate: Array) -> Array:
        width, left, right = self.high - self.low, self.mode - self.low, self.high - self.mode
        rising = self.low + np.sqrt(variate * (width * left))
        falling = self.high - np.sqrt((1 - variate) * (width * right))
        return np.where(variate * width < left, rising, falling)

    def _share(self, place: float) -> float:
        tip = (self.mode - self.low) / (self.high - self.low)
        return place**2 / tip if place <= tip else 1 - (1 - place) ** 2 / (1 - tip)


class Pert(_Peaked):
    """Beta on ``low`` .. ``high`` with mode ``mode`` and the weight of PERT (4)."""

    native = "normal"
    kind = "PERT"

    @property
    def shapes(self) -> tuple[float, float]:
        """The two shapes of the Beta distribution."""
        width = self.high - self.low
        return 1 + 4 * (self.mode - self.low) / width, 1 + 4 * (self.high - self.mode) / width

    def of(self, variate: Array) -> Array:
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
        return -math.inf, math.inf

    @property
    def words(self) -> Message:
        return message(
            "{kind}(mean {mean:.6g}, sd {sd:.6g})", kind=plain("normal"), mean=self.mean, sd=self.sd
        )

    def of(self, variate: Array) -> Array:
        return self.mean + self.sd * variate


@dataclass(frozen=True)
class LogNormal:
    """Lognormal with ``median`` and standard deviation ``sd`` of the logarithm."""

    median: float
    sd: float
    native = "normal"

    @property
    def support(self) -> tuple[float, float]:
        return 0.0, math.inf

    @property
    def words(self) -> Message:
        return message(
            "{kind}(median {median:.6g}, sd of logs {sd:.6g})",
            kind=plain("lognormal"), median=self.median, sd=self.sd,
        )  # fmt: skip

    def of(self, variate: Array) -> Array:
        return self.median * np.exp(self.sd * variate)
