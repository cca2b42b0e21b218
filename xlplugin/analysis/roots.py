"""Roots of a function of one number, all of them: crossings, touches, and stretches where it stays 0.

The function is known on a grid; between two grid points it is looked at again where it changes its sign
or turns. It takes and returns arrays.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

#: Where a function jumps over 0, more than this part of the jump is left: no root.
JUMP = 1e-6


class Root(NamedTuple):
    """One answer: ``value`` of the input, ``until`` the other end of a stretch (else NaN), ``kind``.

    ``kind``: ``crossing``, ``touching`` (the measure turns at 0) or ``stretch``.
    """

    value: float
    until: float
    kind: str


def roots_of(points: Array, gaps: Array, gap: Callable[[Array], Array], near: float) -> list[Root]:
    """Return the roots of ``gap``, which is ``gaps`` at ``points``; what is within ``near`` counts as 0."""
    import numpy as np

    on = np.abs(gaps) <= near
    signs = np.where(on, 0.0, np.sign(gaps))
    answers = _stretches(points, on, signs, gap, near)
    steps = np.flatnonzero(signs[:-1] * signs[1:] < 0)
    crossed = bracketed(gap, points[steps], points[steps + 1])
    if len(crossed):
        allowed = np.maximum(near, JUMP * np.maximum(np.abs(gaps[steps]), np.abs(gaps[steps + 1])))
        crossed = crossed[np.abs(gap(crossed)) <= allowed]
    answers += [Root(float(x), math.nan, "crossing") for x in crossed]
    return answers + _turns(points, gaps, signs, gap, near)


def _stretches(
    points: Array, on: Any, signs: Array, gap: Callable[[Array], Array], near: float
) -> list[Root]:
    """Return grid points on 0: alone they are roots, in a row a stretch."""
    import numpy as np

    found = []
    edges = np.flatnonzero(np.diff(np.concatenate([[0], on.astype(int), [0]])))
    for first, after in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        last = after - 1
        if first == last:
            found += _lone(points, signs, gap, near, first)
            continue
        start = _edge(gap, near, points[first], points[first - 1]) if first else points[0]
        stop = _edge(gap, near, points[last], points[last + 1]) if after < len(points) else points[-1]
        found.append(Root(float(start), float(stop), "stretch"))
    return found


def _lone(points: Array, signs: Array, gap: Callable[[Array], Array], near: float, i: int) -> list[Root]:
    """Return the root at grid point ``i``, and one right beside it where the measure turns."""
    import numpy as np

    found, beside = [], []
    for k in (i - 1, i + 1):
        if not 0 <= k < len(points):
            continue
        x, away = _lowest(lambda p, k=k: gap(p) * signs[k], *sorted((points[i], points[k])))  # type: ignore[misc]
        beside.append(-signs[k] if away < -near else signs[k])
        if away < -near:
            ends = sorted((x, points[k]))
            found += [
                Root(float(root), math.nan, "crossing")
                for root in bracketed(gap, np.array(ends[:1]), np.array(ends[1:]))
            ]
    touching = len(beside) == 2 and beside[0] == beside[1]
    return [Root(float(points[i]), math.nan, "touching" if touching else "crossing"), *found]


def _edge(gap: Callable[[Array], Array], near: float, inside: float, outside: float) -> float:
    """Return where a stretch ends between a point inside it and one outside."""
    import numpy as np

    ends = np.array([inside]), np.array([outside])
    return float(bracketed(lambda x: np.abs(gap(x)) - near, *ends)[0])


def bracketed(function: Callable[[Array], Array], low: Array, high: Array) -> Array:
    """Return a root in each bracket, exact to rounding; ``function`` has opposite signs at its ends."""
    import numpy as np
    from scipy.optimize import brentq

    def scalar(x: float) -> float:
        return float(function(np.array([x]))[0])

    ends = zip(low.tolist(), high.tolist(), strict=True)
    return np.array([brentq(scalar, *pair, xtol=1e-18, rtol=2.0**-50, maxiter=1_000) for pair in ends])


def _turns(
    points: Array, gaps: Array, signs: Array, gap: Callable[[Array], Array], near: float
) -> list[Root]:
    """Return roots where the measure turns between two grid points: it touches, or crosses twice."""
    import numpy as np

    size = np.abs(gaps)
    inner = np.arange(1, len(points) - 1)
    turning = (signs[inner - 1] == signs[inner]) & (signs[inner] == signs[inner + 1]) & (signs[inner] != 0)
    turning &= (size[inner] <= size[inner - 1]) & (size[inner] <= size[inner + 1])
    turning &= (size[inner] < size[inner - 1]) | (size[inner] < size[inner + 1])
    found = []
    for i in inner[turning].tolist():
        x, away = _lowest(lambda p, i=i: gap(p) * signs[i], points[i - 1], points[i + 1])  # type: ignore[misc]
        if abs(away) <= near:
            found.append(Root(x, math.nan, "touching"))
        elif away < 0:
            ends = np.array([points[i - 1], x]), np.array([x, points[i + 1]])
            found += [Root(float(root), math.nan, "crossing") for root in bracketed(gap, *ends)]
    return found


def _lowest(function: Callable[[Array], Array], low: float, high: float) -> tuple[float, float]:
    """Return where a function with one minimum in an interval is lowest, and its value there."""
    import numpy as np

    for _ in range(40):
        points = np.linspace(low, high, 33)
        values = function(points)
        best = int(np.argmin(values))
        low, high = points[max(best - 1, 0)], points[min(best + 1, 32)]
        if high - low <= 4 * np.spacing(max(abs(low), abs(high))):
            break
    return float(points[best]), float(values[best])
