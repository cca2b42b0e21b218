"""Statistics of a simulated line, of all its draws, each with its standard error."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

#: The share of draws of which the conditional tail mean is taken, from the lowest up.
TAIL = 0.05


def statistics(values: Array, threshold: float, shares: Sequence[float]) -> dict[str, Any]:
    """Return the statistics of a line's draws, which are put in order in place.

    ``threshold``: what a draw must pass to count as improvement (NaN: the line has none);
    ``shares``: the percentiles as fractions. The error of a percentile is half the distance between
    those one standard error of its share above and below.
    """
    values.sort()
    count, low, high = len(values), float(values[0]), float(values[-1])
    sd = float(values.std(ddof=1)) if count > 1 else math.nan
    better = math.nan if math.isnan(threshold) or math.isnan(low) else float(np.mean(values > threshold))
    lowest = values[: max(1, math.ceil(TAIL * count))]
    tail, spread = float(lowest.mean()), float(lowest.var())
    step = np.sqrt(np.multiply(shares, np.subtract(1, shares)) / count)
    at, above, below = (_quantiles(values, np.add(shares, steps)) for steps in (0.0, step, -step))
    mean, deep = float(values.mean()), float(_quantiles(values, np.array(TAIL)))
    return {
        "mean": mean,
        "mean_error": sd / math.sqrt(count),
        "sd": sd,
        "min": low,
        "max": high,
        "percentiles": dict(zip(shares, at.tolist(), strict=True)),
        "percentile_errors": dict(zip(shares, ((above - below) / 2).tolist(), strict=True)),
        "share_improved": better,
        "share_error": math.sqrt(better * (1 - better) / count),
        "tail_mean": tail,
        "tail_error": math.sqrt((spread + (1 - TAIL) * (deep - tail) ** 2) / (TAIL * count)),
    }


def _quantiles(ordered: Array, shares: Array) -> Array:
    """Return what np.quantile does, without copying values that are in order already."""
    place = np.clip(shares, 0, 1) * (len(ordered) - 1)
    below, above = ordered[np.floor(place).astype(np.intp)], ordered[np.ceil(place).astype(np.intp)]
    return below + (above - below) * (place % 1)


#: Bins of a histogram, and the share of draws that it leaves out at either end, so that one does not
#: squeeze all others into a corner.
BINS, TAILS = 40, 0.005


def histogram(ordered: Array) -> tuple[list[float], list[int]]:
    """Return edges and counts of draws in order; a single bin where they do not differ."""
    low, high = _quantiles(ordered, np.array([TAILS, 1 - TAILS])).tolist()
    if not high > low:
        return [low - 0.5, low + 0.5], [len(ordered)]
    edges = np.linspace(low, high, BINS + 1)
    places = ordered.searchsorted(edges)
    places[-1] = ordered.searchsorted(high, "right")
    return edges.tolist(), np.diff(places).tolist()
