"""Choose the 64 Sobol' points of every range beside a headline, and write xlplugin/data/range_points.csv.

For each scramble of the first 64 points the percentiles P10, P50 and P90 of the change of operating margin
are read, for every shipped company and preset, and compared with those of 65,536 points. The scramble
with the smallest worst error, as a share of the distance from P10 to P90, is kept, of those that place every
headline inside or outside P10 .. P90 as the many points do; then inputs are given other dimensions of it
while that lowers the error. SciPy makes points and
quantiles here; what the package ships is the table, so another release of SciPy changes nothing.

    python benchmarks/choose_range_points.py [--write]   # takes some minutes
"""

from __future__ import annotations

import argparse
import csv
import math
import random
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import scipy
from numpy.typing import NDArray
from scipy.special import betaincinv
from scipy.stats import qmc

from xlplugin.analysis.uncertainty.ranges import held, open_inputs
from xlplugin.data.range_points import COLUMNS
from xlplugin.data.shipped import shipped
from xlplugin.data.subjects import Subject, measure_plan, subject
from xlplugin.model.arrays import evaluate_rows
from xlplugin.model.errors import InputError
from xlplugin.model.inputs import JOINT_LIMITS, ROUNDING

Array = NDArray[np.float64]

MEASURE, SHARES, REFERENCE = "operating_margin_change", (0.1, 0.5, 0.9), 16

DATA = Path(__file__).resolve().parents[1] / "xlplugin" / "data"

#: Dimensions of the sequence, of which each input takes one.
DIMENSIONS = 40

#: Candidates evaluated together.
BATCH = 200

Candidate = tuple[int, tuple[int, ...]]


@lru_cache(maxsize=512)
def scrambled(seed: int, power: int = 6) -> Array:
    """Return scrambled Sobol' points with the ten digits that the table holds."""
    made = qmc.Sobol(DIMENSIONS, scramble=True, rng=np.random.default_rng(seed)).random_base2(power)
    return np.round(made, 10)


def points(seed: int, dimensions: tuple[int, ...]) -> Array:
    """Return 64 points, one column an input."""
    return scrambled(seed)[:, dimensions]


def cases() -> Iterator[Subject]:
    """Yield each shipped company under each preset, its reduction fixed."""
    for name in shipped().companies:
        for preset in shipped().scenarios:
            try:
                about = held(subject(name, preset))
            except InputError:  # the preset does not apply to it
                continue
            if about.evaluate((MEASURE,))[MEASURE] == about.evaluate((MEASURE,))[MEASURE]:
                yield about


def drawn(units: Array, about: Subject, made: dict[tuple[str, float], Array]) -> dict[str, Array]:
    """Return PERT draws of what is uncertain; ``made`` keeps the quantiles of each input and shape."""
    values = {}
    for name, assumed in open_inputs(about, measure_plan(MEASURE)).items():
        width = assumed.high - assumed.low
        a = 1 + 4 * (assumed.base - assumed.low) / width
        if (name, a) not in made:
            made[name, a] = betaincinv(a, 6 - a, units[:, COLUMNS.index(name)])
        values[name] = assumed.low + width * made[name, a]
    return values


def results(about: Subject, values: dict[str, Array], rows: int) -> Array:
    """Return the measure of each draw, NaN outside the domain."""
    filled = about.fill(values)
    plan = measure_plan(MEASURE)
    inside = np.ones(rows, bool)
    for limit in JOINT_LIMITS:
        inside &= sum(np.broadcast_to(filled[name], rows) for name in limit.names) <= 1 + ROUNDING
    kept = {k: v[inside] if np.ndim(v) else float(v) for k, v in filled.items()}
    found = np.full(rows, np.nan)
    found[inside] = evaluate_rows(plan, kept, int(inside.sum()), strict=False)[MEASURE]
    return found


def inside(percentiles: Array, headline: float) -> NDArray[np.bool_]:
    """Return whether a headline lies between P10 and P90, the first and the last of the percentiles."""
    return (percentiles[..., 0] - 1e-12 <= headline) & (headline <= percentiles[..., -1] + 1e-12)


class Search:
    """Candidates (a scramble, the dimension of each input) and their errors over all cases."""

    def __init__(self) -> None:
        self.cases = list(cases())
        many, made = scrambled(0, REFERENCE)[:, : len(COLUMNS)], {}  # type: ignore[var-annotated]
        self.true = [
            np.nanquantile(results(about, drawn(many, about, made), len(many)), SHARES)
            for about in self.cases
        ]
        self.headlines = [about.evaluate((MEASURE,))[MEASURE] for about in self.cases]

    def errors(self, candidates: Sequence[Candidate]) -> Array:
        """Return the worst error of each candidate as a share of P10 to P90, infinite where one is unfit."""
        units = np.concatenate([points(*candidate) for candidate in candidates])
        worst, made = np.zeros(len(candidates)), {}  # type: ignore[var-annotated]
        for about, reference, headline in zip(self.cases, self.true, self.headlines, strict=True):
            span = reference[2] - reference[0]
            if span <= 1e-12:
                continue
            found = results(about, drawn(units, about, made), len(units)).reshape(len(candidates), -1)
            percentiles = np.nanquantile(found, SHARES, axis=1).T
            worst = np.maximum(worst, np.abs(percentiles - reference).max(axis=1) / span)
            worst[inside(percentiles, headline) != inside(reference, headline)] = np.inf
        return worst

    def best(self, candidates: Sequence[Candidate]) -> tuple[float, Candidate]:
        """Return the smallest error and whose it is."""
        errors = self.errors(candidates)
        return float(errors.min()), candidates[int(errors.argmin())]


def others(candidate: Candidate, draw: random.Random) -> list[Candidate]:
    """Return candidates that give one or two inputs another dimension."""
    found = []
    for _ in range(BATCH):
        seed, dimensions = candidate[0], list(candidate[1])
        for _ in range(draw.choice((1, 2))):
            free = [dimension for dimension in range(DIMENSIONS) if dimension not in dimensions]
            dimensions[draw.randrange(len(dimensions))] = draw.choice(free)
        found.append((seed, tuple(dimensions)))
    return found


def chosen(scrambles: int, rounds: int) -> Candidate:
    """Return the best scramble, its dimensions given to inputs anew while that lowers the worst error."""
    search, draw, first = Search(), random.Random(1), tuple(range(len(COLUMNS)))
    error, candidate = math.inf, (0, first)
    for start in range(1, scrambles, BATCH):
        better = search.best([(seed, first) for seed in range(start, start + BATCH)])
        error, candidate = min((error, candidate), better)
    print(
        f"{len(search.cases)} cases; best of {scrambles} scrambles: {candidate[0]}, worst error {error:.1%}"
    )
    for number in range(rounds):
        error, candidate = min((error, candidate), search.best(others(candidate, draw)))
        print(f"round {number + 1}: worst error {error:.2%}", flush=True)
    return candidate


def main() -> None:
    """Choose, say what was found and write the table where asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scrambles", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--write", action="store_true", help="replace the shipped table")
    options = parser.parse_args()
    seed, dimensions = chosen(options.scrambles, options.rounds)
    print(f"SciPy {scipy.__version__}: scramble {seed}, dimensions {dimensions}")
    if options.write:
        with (DATA / "range_points.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerows(
                [COLUMNS, *([f"{unit:.10f}" for unit in row] for row in points(seed, dimensions))]
            )


if __name__ == "__main__":
    main()
