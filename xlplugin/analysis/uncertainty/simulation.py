"""Simulation: the assumptions drawn from their ranges, and what that does to the lines.

Ranges are judgement, so what comes out is a share of draws and never a probability. Draws outside the
model's domain are counted and reported; statistics are of the others.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from xlplugin.analysis.uncertainty.draws import Drawn, Draws, uncertainty
from xlplugin.analysis.uncertainty.evaluation import evaluation, moved_lines
from xlplugin.analysis.uncertainty.samplers import CHUNK
from xlplugin.analysis.uncertainty.statistics import histogram, statistics
from xlplugin.analysis.uncertainty.whole import whole
from xlplugin.data.dataset import Dataset
from xlplugin.data.subjects import BASE_LINES, Subject, measure_plan, subject, usual_measure
from xlplugin.model.errors import InputError
from xlplugin.model.formats import is_change
from xlplugin.model.messages import Typed, joined, message, plain
from xlplugin.model.plan import Plan
from xlplugin.model.threads import cores, ordered

if TYPE_CHECKING:
    import pandas as pd

#: Percentiles that are shown, as fractions.
PERCENTILES = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)

#: Draws where no one names a number.
TRIALS = 100_000

#: Draws at most: every draw of every measure is kept, 8 bytes each.
MOST_TRIALS = 10_000_000

Array = NDArray[np.float64]
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Simulation:
    """What a simulation found: statistics by line, and all that is needed to make it again.

    ``used`` draws are inside the domain; ``outside`` counts the others by reason (a draw may be
    outside for several inputs), ``capped`` those whose reduction was cut to an effective 99.99%.
    ``histograms``: edges and counts of the draws by line, the outermost left out.
    """

    subject: Subject
    draws: Draws
    trials: int
    used: int
    outside: Mapping[str, int]
    capped: int
    lines: Mapping[str, Mapping[str, Any]]
    histograms: Mapping[str, tuple[list[float], list[int]]]

    @property
    def table(self) -> pd.DataFrame:
        """One row per measure: mean, sd, percentiles p5 .. p95, share_improved, tail_mean, errors."""
        import pandas as pd

        return pd.DataFrame(self.records())

    def records(self) -> list[dict[str, Any]]:
        """Return the table as records."""
        rows = []
        for name, found in self.lines.items():
            row: dict[str, Any] = {**self.subject.heading, "measure": name}
            for key, value in found.items():
                if isinstance(value, Mapping):
                    ending = "_error" if key == "percentile_errors" else ""
                    row |= {f"p{share * 100:g}{ending}": number for share, number in value.items()}
                else:
                    row[key] = value
            row |= {"trials": self.trials, "used": self.used}
            rows.append(row | {"direction_undetermined": self.subject.undetermined})
        return rows

    @property
    def inputs(self) -> list[dict[str, Any]]:
        """Return what was drawn: input, distribution with its parameters, draws outside the domain."""
        return [
            {"input": name, "distribution": distribution.words, "outside": self.outside.get(name, 0)}
            for name, distribution in self.draws.distributions.items()
        ]


def threshold_of(subject: Subject, measure: str) -> float:
    """Return what a measure must pass to be an improvement: 0 for a change, a result's base; NaN else."""
    rounding = 1e-12 * subject.scale(measure)
    if is_change(measure):
        return rounding
    base = BASE_LINES.get(measure)
    return subject.value(base) + rounding if base else math.nan


def simulate(
    company: str,
    measures: str | Sequence[str] | None = None,
    *,
    trials: int = TRIALS,
    seed: int = 1,
    inputs: Sequence[str] | None = None,
    distribution: str | Mapping[str, Any] = "pert",
    reading: str = "bounds",
    sampling: str = "pcg64",
    correlation: Any = None,
    percentiles: Sequence[float] = PERCENTILES,
    scenario: str | None = None,
    levers: Mapping[str, Any] | None = None,
    fiscal_year: Any = None,
    own: Mapping[str, float] | None = None,
    dataset: Dataset | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Simulation:
    """Return the :class:`Simulation` of measures (lines or bars; None: the usual one) over draws.

    ``inputs``: which assumptions are drawn, None for all that the scenario and the entries do not
    fix. ``distribution``: pert, triangular, uniform, normal or lognormal, or a mapping input -> one of
    these, (low, base, high), or a distribution of :mod:`xlplugin.analysis.uncertainty.distributions`.
    ``reading``: low and high are ``bounds`` or the 10th and 90th ``percentiles``. ``sampling``: pcg64
    or sobol. ``correlation``: rank correlations by pair, or a square frame. The same ``seed`` gives
    the same draws and the same figures on any number of ``threads``. ``progress`` is called with the
    draws done and all of them.

    ``trials``: how many draws, from 2 up. ``percentiles``: the shares of the draws at which results are
    read, as fractions. ``threads`` None means one for each core.
    ``scenario`` names a preset (None: base assumptions); ``levers`` sets levers and exposures above it;
    ``fiscal_year`` None is the latest; ``own`` holds own figures of the company, by input, in place of
    the dataset's; ``dataset`` None is the shipped one.
    Raises InputError for what is wrong, also where every draw is outside the domain.
    """
    about = subject(company, scenario, levers, fiscal_year=fiscal_year, own=own, dataset=dataset)
    chosen = [measures] if isinstance(measures, str) else list(measures or (usual_measure(about),))
    wanted = measure_plan(*chosen)
    draws = uncertainty(
        about, wanted, inputs, distribution, reading, seed=seed, sampling=sampling, correlation=correlation
    )
    return run_draws(draws, wanted, checked_trials(trials), percentiles, threads=threads, progress=progress)


def checked_trials(trials: Any) -> int:
    """Return a number of draws as a whole number from 2 to :data:`MOST_TRIALS`; InputError else."""
    allowed = message("a whole number from 2 to {most:,}", most=MOST_TRIALS)
    return whole("trials", trials, 2, MOST_TRIALS, allowed, "choose another number of draws")


def run_draws(
    draws: Draws,
    wanted: Plan,
    trials: int,
    percentiles: Sequence[float] = PERCENTILES,
    *,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Simulation:
    """Return the simulation of a plan's lines over ``trials`` draws."""
    subject = draws.subject
    base = subject.evaluate(wanted.outputs)
    missing = [name for name in wanted.outputs if base[name] != base[name]]
    if len(missing) == len(base):
        raise subject.missing(missing[0])
    moving = moved_lines(wanted, draws) - set(missing)
    columns = {name: np.empty(trials) for name in wanted.outputs if name in moving}
    chunks: list[Drawn] = []
    workers = cores() if threads is None else max(1, threads)
    with ThreadPoolExecutor(workers, thread_name_prefix="xlplugin") if workers > 1 else nullcontext() as pool:
        variates = enumerate(draws.sampler.made_ahead(-(-trials // CHUNK)))
        for drawn in ordered(pool, evaluation(draws, columns, trials), variates, 2 * workers):
            chunks.append(drawn)
            if progress:
                progress(min(len(chunks) * CHUNK, trials), trials)
        used = sum(drawn.count for drawn in chunks)
        outside = sum((Counter(drawn.outside) for drawn in chunks), Counter())
        if not used:
            fix = message("narrow the ranges of {names}", names=joined(map(Typed, outside)))
            raise InputError.outside("draws", plain("all outside the domain"), fix, row=subject.company)

        def summary(name: str) -> tuple[dict[str, Any], tuple[list[float], list[int]]]:
            threshold = threshold_of(subject, name)
            if name not in columns:  # no draw moves it: two tell all
                edges, _ = histogram(np.full(2, base[name]))
                return statistics(np.full(2, base[name]), threshold, percentiles), (edges, [used])
            column = columns[name]
            if used < trials:
                stretches = [column[i * CHUNK :][: drawn.count] for i, drawn in enumerate(chunks)]
                column = np.concatenate(stretches)
            return statistics(column, threshold, percentiles), histogram(column)

        found = list(ordered(pool, summary, wanted.outputs, workers))
    capped = sum(drawn.capped for drawn in chunks)
    lines, histograms = (dict(zip(wanted.outputs, part, strict=True)) for part in zip(*found, strict=True))
    why = dict(sorted(outside.items()))
    return Simulation(subject, draws, trials, used, why, capped, lines, histograms)
