"""Statistics of simulated lines in constant memory, the same to the bit in any order of work.

Counts and moments are added up chunk by chunk in the chunks' order. Percentiles are exact up to
``EXACT`` draws, which are then kept. Beyond that each line has a histogram of ``BINS`` equal bins over
the first chunk's span widened by a quarter on both sides; a percentile is interpolated within its bin,
and ``percentile_error`` is the width of the widest bin that one fell into: it is off by less.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["BINS", "EXACT", "TAIL", "Collector", "Part", "summary"]

Array = NDArray[np.float64]

#: Up to so many draws percentiles are exact.
EXACT = 131_072

#: Bins of a histogram.
BINS = 16_384

#: The share of draws of which the conditional tail mean is taken, from the lowest up.
TAIL = 0.05


@dataclass
class Part:
    """Moments of one chunk by line: count, sum and sum of squares about the line's centre, extremes."""

    count: int
    moments: Array
    better: NDArray[np.int64]


#: Values that are looked at together.
PIECE = 8_192


class Bench:
    """Working memory of one thread: a histogram for each line, and room for one chunk's places."""

    def __init__(self, lines: int) -> None:
        self.bins = np.zeros((lines, BINS + 2), np.int64)
        self.places = np.empty(65_536 if lines else 0, np.intp)
        self.away = np.empty(PIECE)


class Collector:
    """Statistics of several lines; ``first`` is the first chunk's result, which sets centres and bins.

    ``thresholds`` holds what a line must pass to count as improvement (NaN: it has none).
    """

    def __init__(self, first: Mapping[str, Array], thresholds: Mapping[str, float], exact: bool) -> None:
        self.names = tuple(first)
        self.thresholds = thresholds
        self.centres = {name: float(np.mean(column)) for name, column in first.items()}
        self.kept: list[tuple[int, list[Array]]] | None = [] if exact else None
        self.edges: dict[str, tuple[float, float]] = {}
        for name, column in first.items():
            low, high = float(column.min()), float(column.max())
            span = (high - low) or max(abs(low), 1.0) * 1e-9
            self.edges[name] = (low - span / 4, high + span / 4)
        self.parts: dict[int, Part] = {}

    def bench(self) -> Bench:
        """Return the working memory of one thread."""
        return Bench(0 if self.kept is not None else len(self.names))

    def add(self, chunk: int, lines: Mapping[str, Array], count: int, bench: Bench) -> None:
        """Take in one chunk; ``bench`` belongs to the thread that calls."""
        moments = np.zeros((len(self.names), 4))
        better = np.zeros(len(self.names), np.int64)
        for i, name in enumerate(self.names):
            column, threshold = lines[name], self.thresholds[name]
            moments[i] = self._scanned(name, column, bench)
            if threshold == threshold:
                better[i] = np.count_nonzero(column > threshold)
            if self.kept is None:
                places = bench.places[:count]
                low, high = self.edges[name]
                if moments[i, 2] + self.centres[name] < low or moments[i, 3] + self.centres[name] >= high:
                    np.clip(places, 0, BINS + 1, out=places)
                bench.bins[i] += np.bincount(places, minlength=BINS + 2)
        if self.kept is not None:
            self.kept.append((chunk, [lines[name].copy() for name in self.names]))
        self.parts[chunk] = Part(count, moments, better)

    def _scanned(self, name: str, column: Array, bench: Bench) -> tuple[float, float, float, float]:
        """Return sum, sum of squares, lowest and highest about the centre; fill in places of bins."""
        centre, (low, high) = self.centres[name], self.edges[name]
        scale = BINS / (high - low)
        shift = (centre - low) * scale + 1
        total = squares = 0.0
        least, most = math.inf, -math.inf
        for start in range(0, len(column), PIECE):  # pieces stay in cache
            part = column[start : start + PIECE]
            away = np.subtract(part, centre, out=bench.away[: len(part)])
            total += float(away.sum())
            squares += float(away @ away)
            least, most = min(least, float(away.min())), max(most, float(away.max()))
            if self.kept is None:
                away *= scale
                away += shift
                np.copyto(bench.places[start : start + len(part)], away, casting="unsafe")
        return total, squares, least, most

    def summaries(self, shares: Sequence[float], benches: Sequence[Bench]) -> dict[str, dict[str, Any]]:
        """Return every line's statistics; ``shares`` are the percentiles as fractions."""
        parts = [self.parts[chunk] for chunk in sorted(self.parts)]
        count = sum(part.count for part in parts)
        bins = sum(bench.bins for bench in benches)
        found = {}
        for i, name in enumerate(self.names):
            total = math.fsum(part.moments[i, 0] for part in parts)
            squares = math.fsum(part.moments[i, 1] for part in parts)
            low = min(float(part.moments[i, 2]) for part in parts) + self.centres[name]
            high = max(float(part.moments[i, 3]) for part in parts) + self.centres[name]
            mean = total / count
            variance = max(0.0, (squares - total * mean) / (count - 1)) if count > 1 else math.nan
            better = sum(int(part.better[i]) for part in parts) / count
            if self.threshold_missing(name):
                better = math.nan
            if self.kept is not None:
                ordered = np.sort(
                    np.concatenate([columns[i] for _, columns in sorted(self.kept, key=lambda p: p[0])])
                )
                shape = _Exact(ordered)
            else:
                shape = _Binned(bins[i], self.edges[name], low, high)  # type: ignore[index, assignment]
            found[name] = summary(
                shape, count, mean + self.centres[name], variance, low, high, better, shares
            )
        return found

    def threshold_missing(self, name: str) -> bool:
        """Whether improvement means nothing for the line."""
        return self.thresholds[name] != self.thresholds[name]


class _Exact:
    """All values, ordered."""

    def __init__(self, ordered: Array) -> None:
        self.ordered = ordered
        self.error = 0.0

    def quantile(self, share: float) -> float:
        return float(np.quantile(self.ordered, share)) if len(self.ordered) else math.nan

    def tail(self, share: float) -> tuple[float, float]:
        """Return mean and variance of the lowest ``share`` of values."""
        part = self.ordered[: max(1, math.ceil(share * len(self.ordered)))]
        return float(part.mean()), float(part.var())


class _Binned:
    """A histogram: the first bin holds what is below its edges, the last what is above."""

    def __init__(self, bins: NDArray[np.int64], edges: tuple[float, float], low: float, high: float) -> None:
        inner = np.linspace(*edges, BINS + 1)
        self.bounds = np.concatenate([[min(low, edges[0])], inner, [max(high, edges[1])]])
        self.bounds = np.clip(self.bounds, low, high)
        self.bins, self.cumulative = bins, np.concatenate([[0], np.cumsum(bins)])
        self.error = 0.0

    def quantile(self, share: float) -> float:
        place = share * (self.cumulative[-1] - 1)
        i = int(np.searchsorted(self.cumulative, place, side="right")) - 1
        i = min(i, len(self.bins) - 1)
        low, high = self.bounds[i], self.bounds[i + 1]
        self.error = max(self.error, float(high - low))
        inside = (place - self.cumulative[i] + 0.5) / max(1, self.bins[i])
        return float(low + (high - low) * min(inside, 1.0))

    def tail(self, share: float) -> tuple[float, float]:
        """Return mean and variance of the lowest ``share``, each bin's values taken at its middle."""
        left = math.ceil(share * self.cumulative[-1])
        taken = np.minimum(self.bins, np.maximum(0, left - self.cumulative[:-1]))
        middles = (self.bounds[:-1] + self.bounds[1:]) / 2
        mean = float((taken * middles).sum()) / left
        return mean, float((taken * (middles - mean) ** 2).sum()) / left


def summary(
    shape: Any,
    count: int,
    mean: float,
    variance: float,
    low: float,
    high: float,
    better: float,
    shares: Sequence[float],
) -> dict[str, Any]:
    """Return the statistics of one line with their standard errors."""
    percentiles, errors = {}, {}
    for share in shares:
        percentiles[share] = shape.quantile(share)
    worst_bin = shape.error
    for share in shares:  # half the distance between order statistics one standard error away
        step = math.sqrt(share * (1 - share) / count)
        errors[share] = (shape.quantile(min(1.0, share + step)) - shape.quantile(max(0.0, share - step))) / 2
    tail, spread = shape.tail(TAIL)
    deep = shape.quantile(TAIL)
    tail_error = math.sqrt(max(0.0, spread + (1 - TAIL) * (deep - tail) ** 2) / (TAIL * count))
    return {
        "mean": mean,
        "mean_error": math.sqrt(variance / count) if variance == variance else math.nan,
        "sd": math.sqrt(variance) if variance == variance else math.nan,
        "min": low,
        "max": high,
        "percentiles": percentiles,
        "percentile_errors": errors,
        "share_improved": better,
        "share_error": math.sqrt(better * (1 - better) / count) if better == better else math.nan,
        "tail_mean": tail,
        "tail_error": tail_error,
        "percentile_error": worst_bin,
    }


def constant(value: float, threshold: float, shares: Sequence[float]) -> dict[str, Any]:
    """Return the statistics of a line that no draw moves, or that is not available (NaN)."""
    none = 0.0 if value == value else math.nan
    better = float(value > threshold) if threshold == threshold and value == value else math.nan
    names = ("mean_error", "sd", "share_error", "tail_error", "percentile_error")
    found: dict[str, Any] = dict.fromkeys(("mean", "min", "max", "tail_mean"), value) | dict.fromkeys(
        names, none
    )
    found |= {"percentiles": dict.fromkeys(shares, value), "percentile_errors": dict.fromkeys(shares, none)}
    found |= {"share_improved": better, "share_error": none if better == better else math.nan}
    order = ("mean", "mean_error", "sd", "min", "max", "percentiles", "percentile_errors", "share_improved")
    return {
        name: found[name] for name in (*order, "share_error", "tail_mean", "tail_error", "percentile_error")
    }
