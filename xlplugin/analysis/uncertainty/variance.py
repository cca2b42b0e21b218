"""Sobol' indices: which assumption drives the variance of a measure, by SALib.

First order: the share of variance that an input explains alone; total: with all that it does together
with others. Inputs are drawn independently from their ranges, so the indices say which judgement matters
most and not which outcome is likely.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from xlplugin.analysis.uncertainty.distributions import Distribution
from xlplugin.analysis.uncertainty.draws import JOINT, Draws, uncertainty
from xlplugin.analysis.uncertainty.whole import whole
from xlplugin.data.dataset import Dataset
from xlplugin.data.subjects import Subject, measure_plan, subject, subjects, usual_measure
from xlplugin.model.arrays import evaluate_rows
from xlplugin.model.errors import Fault, InputError, required
from xlplugin.model.messages import Typed, joined, message, plain
from xlplugin.model.plan import Plan

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]

#: Base samples where no one names a number; the model is evaluated (inputs + 2) times as often.
SAMPLES = 1_024

#: Confidence of the intervals, and the resamples that they rest on.
CONFIDENCE, RESAMPLES = 0.95, 100


def saltelli(distributions: Mapping[str, Distribution], samples: int, seed: int) -> dict[str, Array]:
    """Return Saltelli's sample of independent inputs by SALib, ``samples * (inputs + 2)`` rows."""
    sampler = required("SALib.sample.sobol", "SALib", "analysis", "Sobol' indices")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # how SciPy's seed is called has changed, what it does has not
        units = sampler.sample(_problem(list(distributions)), samples, calc_second_order=False, seed=seed)
    return {
        name: distribution.of(_native(distribution, column))
        for (name, distribution), column in zip(distributions.items(), units.T, strict=True)
    }


def _problem(names: list[str]) -> dict[str, Any]:
    return {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}


def _native(distribution: Distribution, units: Array) -> Array:
    units = np.clip(units, 2.0**-54, 1 - 2.0**-53)
    if distribution.native == "uniform":
        return units
    from scipy.special import ndtri

    return ndtri(units)  # type: ignore[no-any-return]


def indices(
    function: Callable[[dict[str, Array]], Array],
    distributions: Mapping[str, Distribution],
    samples: int = SAMPLES,
    seed: int = 1,
) -> dict[str, dict[str, float]]:
    """Return input -> first, first_error, total, total_error of any function of columns.

    The errors are half-widths of 95% intervals. Where the function does not vary all are NaN.
    """
    values = function(saltelli(distributions, samples, seed))
    return analysed(values, list(distributions), seed)


def analysed(values: Array, names: Sequence[str], seed: int) -> dict[str, dict[str, float]]:
    """Return the indices of outputs in the order of :func:`saltelli`."""
    keys = {"first": "S1", "first_error": "S1_conf", "total": "ST", "total_error": "ST_conf"}
    if np.ptp(values) <= 1e-14 * max(1e-300, float(np.abs(values).max())):
        return {name: dict.fromkeys(keys, math.nan) for name in names}
    analyser = required("SALib.analyze.sobol", "SALib", "analysis", "Sobol' indices")
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        found = analyser.analyze(
            _problem(list(names)),
            values,
            calc_second_order=False,
            num_resamples=RESAMPLES,
            conf_level=CONFIDENCE,
            seed=seed,
        )
    return {
        name: {key: float(found[theirs][i]) for key, theirs in keys.items()} for i, name in enumerate(names)
    }


def sobol_rows(
    subject: Subject, measure: str | None = None, samples: int = SAMPLES, seed: int = 1, **chosen: Any
) -> list[dict[str, Any]]:
    """Return one record per input, by falling total index; ``chosen`` as for :func:`sobol`."""
    measure = measure or usual_measure(subject)
    wanted = measure_plan(measure)
    draws = uncertainty(subject, wanted, seed=seed, **chosen)
    samples = _samples(samples)
    if not draws.distributions:
        fix = "the scenario fixes every input that it needs"
        raise InputError.missing("inputs", plain("none vary"), fix, row=subject.company)
    _refuse_unbounded(draws)
    values = _values(draws, wanted, saltelli(draws.distributions, samples, draws.sampler.seed))
    if np.isnan(values).any():
        raise subject.missing(measure)
    found = analysed(values, list(draws.distributions), draws.sampler.seed)
    ranked = sorted(
        found, key=lambda name: -found[name]["total"] if found[name]["total"] == found[name]["total"] else 0
    )
    return [
        {
            **subject.heading,
            "measure": measure,
            "rank": rank,
            "input": name,
            "distribution": draws.distributions[name].words,
            **found[name],
            "samples": samples,
            "direction_undetermined": subject.undetermined,
        }
        for rank, name in enumerate(ranked, 1)
    ]


def sobol(
    companies: str | Sequence[str] | None,
    measure: str | None = None,
    *,
    samples: int = SAMPLES,
    seed: int = 1,
    inputs: Sequence[str] | None = None,
    distribution: str | Mapping[str, Any] = "pert",
    reading: str = "bounds",
    scenario: str | None = None,
    levers: Mapping[str, Any] | None = None,
    fiscal_year: Any = None,
    own: Mapping[str, float] | None = None,
    dataset: Dataset | None = None,
) -> pd.DataFrame:
    """Return Sobol' indices of a measure by input, ranked by total index within each company.

    ``samples``: base samples, a power of 2 (the model is evaluated samples * (inputs + 2) times).
    Other arguments as in :func:`xlplugin.simulate`; inputs are independent, and
    distributions must stay in the domain (pert, triangular, uniform).

    Columns: company, fiscal_year, scenario, measure, rank, input, distribution, first, first_error,
    total, total_error (half-widths of 95% intervals), samples, direction_undetermined.

    ``companies`` None means all; ``measure``: a line or bridge bar, None for the usual one.
    Raises InputError for an unknown name, samples that are no power of 2, a distribution that leaves
    the domain, and a value of the wrong type or outside its domain.
    """
    import pandas as pd

    rows = []
    for name in subjects(companies, dataset):
        about = subject(name, scenario, levers, fiscal_year=fiscal_year, own=own, dataset=dataset)
        rows += sobol_rows(
            about, measure, samples, seed, inputs=inputs, distribution=distribution, reading=reading
        )
    return pd.DataFrame(rows)


def _values(draws: Draws, wanted: Plan, sample: dict[str, Array]) -> Array:
    count = len(next(iter(sample.values())))
    keep, outside = draws.inside(sample, count)
    if keep is not None:
        reasons = joined(
            message("{why} ({rows} {rows:row|rows})", why=Typed(why), rows=rows)
            for why, rows in outside.items()
        )
        fix = "the indices need every row: narrow the ranges, or fix one of the inputs"
        what = "shares" if JOINT in outside else "draws"
        raise InputError.outside(
            what, message("outside the domain: {reasons}", reasons=reasons), fix, row=draws.subject.company
        )
    return evaluate_rows(wanted, draws.subject.fill(sample), count, strict=False)[wanted.outputs[0]]


def _refuse_unbounded(draws: Draws) -> None:
    allowed, fix = "a bounded distribution", "choose pert, triangular or uniform"
    faults = [
        Fault(None, name, distribution.words, allowed, fix)
        for name, distribution in draws.distributions.items()
        if not all(map(math.isfinite, distribution.support))
    ]
    if faults:
        raise InputError(faults)


def _samples(samples: Any) -> int:
    allowed, fix = "a power of 2 from 16 to 1048576", "choose such as 1024 or 8192"
    count = whole("samples", samples, 16, 2**20, allowed, fix)
    if count & (count - 1):
        raise InputError.outside("samples", samples, fix, allowed)
    return count
