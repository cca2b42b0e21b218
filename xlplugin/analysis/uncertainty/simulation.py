"""Simulation: the assumptions drawn from their ranges, and what that does to the lines.

Ranges are judgement, so what comes out is a share of draws and never a probability. Draws outside the
model's domain are counted and reported; statistics are of the others.
"""

from __future__ import annotations

import math
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from xlplugin.analysis.uncertainty.draws import Drawn, Draws, uncertainty
from xlplugin.analysis.uncertainty.samplers import CHUNK
from xlplugin.analysis.uncertainty.statistics import EXACT, Bench, Collector, constant
from xlplugin.data.dataset import Dataset
from xlplugin.data.subjects import BASE_LINES, Subject, measure_plan, scale_of, subject, usual_measure
from xlplugin.model.errors import Fault, InputError
from xlplugin.model.floats import filled
from xlplugin.model.formats import is_change
from xlplugin.model.inputs import INPUTS
from xlplugin.model.kernel.program import program
from xlplugin.model.plan import PARAMETERS, Plan

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["PERCENTILES", "Simulation", "run_draws", "simulate", "threshold_of"]

#: Percentiles that are shown, as fractions.
PERCENTILES = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)

#: Draws where no one names a number.
TRIALS = 100_000

#: Said where a draw leaves no revenue or no number.
GONE = "scenario_revenue not above 0"

Array = NDArray[np.float64]
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Simulation:
    """What a simulation found: statistics by line, and all that is needed to make it again.

    ``used`` draws are inside the domain; ``outside`` counts the others by reason (a draw may be
    outside for several inputs), ``capped`` those whose reduction was cut to an effective 99.99%.
    """

    subject: Subject
    draws: Draws
    trials: int
    used: int
    outside: Mapping[str, int]
    capped: int
    exact: bool
    lines: Mapping[str, Mapping[str, Any]]

    @property
    def table(self) -> pd.DataFrame:
        """One row per measure: mean, sd, percentiles p5 .. p95, share_improved, tail_mean, errors."""
        import pandas as pd

        return pd.DataFrame(self.records())

    def records(self) -> list[dict[str, Any]]:
        """Return the table as records."""
        rows = []
        for name, found in self.lines.items():
            row: dict[str, Any] = {
                **self.subject.heading,
                "measure": name,
            }
            for key, value in found.items():
                if isinstance(value, Mapping):
                    ending = "_error" if key == "percentile_errors" else ""
                    row |= {f"p{share * 100:g}{ending}": number for share, number in value.items()}
                else:
                    row[key] = value
            rows.append(
                row
                | {
                    "trials": self.trials,
                    "used": self.used,
                    "direction_undetermined": self.subject.undetermined,
                }
            )
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
    rounding = 1e-12 * scale_of(measure, subject.inputs)
    if is_change(measure):
        return rounding
    base = BASE_LINES.get(measure)
    return subject.evaluate((base,))[base] + rounding if base else math.nan


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
    """Return a number of draws as a whole number from 2 up; InputError else."""
    wrong = isinstance(trials, bool) or not isinstance(trials, (int, float, np.integer))
    if wrong or trials != trials or trials < 2 or int(trials) != trials or trials > 2**32:
        allowed = "a whole number from 2 to 4294967296"
        raise InputError(Fault(None, "trials", trials, allowed, "choose another number of draws"))
    return int(trials)


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
    moving = _moving(wanted, draws)
    names = [name for name in wanted.outputs if name in moving and name not in missing]
    if len(missing) == len(base):
        raise subject.missing(missing[0])
    work = _Work(draws, measure_plan(*names, "effective_reduction"), trials)
    first = work.evaluated(0, {})
    while first.drawn.count == 0 and first.chunk + 1 < work.chunks:
        first = work.evaluated(first.chunk + 1, {})
    if first.drawn.count == 0:
        reasons = ", ".join(first.drawn.outside)
        fix = f"narrow the ranges of {reasons}"
        raise InputError(Fault(subject.company, "draws", "all outside the domain", "", fix))
    thresholds = {name: threshold_of(subject, name) for name in names}
    work.collector = Collector({name: first.lines[name] for name in names}, thresholds, trials <= EXACT)
    work.run(_threads(threads), progress)
    found = work.collector.summaries(percentiles, work.benches) if names else {}
    lines = {
        name: found.get(name) or constant(base[name], threshold_of(subject, name), percentiles)
        for name in wanted.outputs
    }
    outside, used, capped = work.totals()
    return Simulation(subject, draws, trials, used, outside, capped, trials <= EXACT, lines)


def _moving(wanted: Plan, draws: Draws) -> set[str]:
    """Return the names of lines that follow from a drawn input."""
    moved = set(draws.distributions)
    if "cost_reduction" in moved:
        moved.add("training_cost_reduction")
    if "ai_revenue_share" in moved:
        moved.add("seat_revenue_share")
    for name in wanted.steps:
        if moved.intersection(PARAMETERS[name]):
            moved.add(name)
    return moved


@dataclass
class _Chunk:
    chunk: int
    drawn: Drawn
    lines: dict[str, Array]


class _Work:
    """The chunks of one simulation, done by threads in any order and added up in theirs."""

    def __init__(self, draws: Draws, wanted: Plan, trials: int) -> None:
        self.draws, self.wanted, self.trials = draws, wanted, trials
        self.chunks = -(-trials // CHUNK)
        self.collector: Collector
        self.benches: list[Bench] = []
        self.outside: dict[int, tuple[dict[str, int], int, int]] = {}
        self._own = threading.local()
        self._lock = threading.Lock()

    def evaluated(self, chunk: int, buffers: dict[str, Array], variates: Any = None) -> _Chunk:
        """Draw and evaluate a chunk; ``buffers`` are filled and used again."""
        drawn = self.draws.chunk(chunk, 0, min(CHUNK, self.trials - chunk * CHUNK), variates)
        names = self.wanted.outputs
        lines = {name: _buffer(buffers, name)[: drawn.count] for name in (*names, "scenario_revenue")}
        if drawn.count:
            inputs = self.draws.fill(drawn)
            row: dict[str, Any] = {
                name: inputs[name] if not isinstance(inputs[name], float) else filled(name, inputs)  # type: ignore[arg-type]
                for name in self.wanted.inputs
            }
            lines = {name: line for name, line in lines.items() if name in self.wanted.steps}
            varying = frozenset(name for name, value in row.items() if not isinstance(value, float))
            inside = frozenset(name for name in varying if INPUTS[name].kind in ("exposure", "lever"))
            program(tuple(lines), varying).run(row, drawn.count, lines, threads=1, complete=inside)
            lines = _with_revenue(drawn, lines)
        return _Chunk(chunk, drawn, {name: lines[name] for name in names})

    def work(self, chunk: int, variates: Any) -> int:
        """Do one chunk on this thread and return its draws."""
        own = self._own
        if not hasattr(own, "buffers"):
            own.buffers, own.bench = {}, self.collector.bench()
            with self._lock:
                self.benches.append(own.bench)
        found = self.evaluated(chunk, own.buffers, variates)
        self.outside[chunk] = found.drawn.outside, found.drawn.count, found.drawn.capped
        if found.drawn.count:
            self.collector.add(chunk, found.lines, found.drawn.count, own.bench)
        return min(CHUNK, self.trials - chunk * CHUNK)

    def run(self, threads: int, progress: Progress | None) -> None:
        """Do all chunks; Ctrl-C ends it after the chunks in hand."""
        done = 0
        if threads == 1 or self.chunks == 1:
            for chunk, variates in enumerate(self.draws.sampler.made_ahead(self.chunks)):
                done += self.work(chunk, variates)
                if progress:
                    progress(done, self.trials)
            return
        pool = ThreadPoolExecutor(threads, thread_name_prefix="xlplugin")
        waiting: set[Future[int]] = set()
        try:
            for chunk, variates in enumerate(self.draws.sampler.made_ahead(self.chunks)):
                waiting.add(pool.submit(self.work, chunk, variates))
                if len(waiting) > 2 * threads:
                    finished, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                    done += sum(future.result() for future in finished)
                    if progress:
                        progress(done, self.trials)
            for future in waiting:
                done += future.result()
                if progress:
                    progress(done, self.trials)
        finally:
            pool.shutdown(cancel_futures=True)

    def totals(self) -> tuple[dict[str, int], int, int]:
        """Return draws outside by reason, draws used, draws capped."""
        outside: dict[str, int] = {}
        for reasons, _, _ in self.outside.values():
            for why, count in reasons.items():
                outside[why] = outside.get(why, 0) + count
        counts = list(self.outside.values())
        return dict(sorted(outside.items())), sum(c for _, c, _ in counts), sum(c for _, _, c in counts)


def _with_revenue(drawn: Drawn, lines: dict[str, Array]) -> dict[str, Array]:
    """Leave out rows without revenue, which no line is defined for."""
    revenue = lines.get("scenario_revenue")
    if revenue is None or revenue.min() > 0:
        return lines
    keep = revenue > 0
    drawn.outside[GONE] = drawn.count - int(keep.sum())
    drawn.count = int(keep.sum())
    return {name: column[keep] for name, column in lines.items()}


def _buffer(buffers: dict[str, Array], name: str) -> Array:
    if name not in buffers:
        buffers[name] = np.empty(CHUNK)
    return buffers[name]


def _threads(wanted: int | None) -> int:
    if wanted is not None:
        return max(1, int(wanted))
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
