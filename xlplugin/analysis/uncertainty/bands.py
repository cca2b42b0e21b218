"""Bands of a path: the spread of each year's measures over draws of the assumptions.

One draw is one path: the same draw holds in every year. Percentiles are of draws inside the domain.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from xlplugin.analysis.uncertainty.draws import Draws, uncertainty
from xlplugin.analysis.uncertainty.simulation import checked_trials
from xlplugin.data.subjects import Subject, measure_plan
from xlplugin.model.arrays import evaluate_rows
from xlplugin.model.errors import InputError
from xlplugin.model.inputs import REDUCTIONS
from xlplugin.model.messages import message
from xlplugin.model.years import year_inputs

#: Draws of a path at most: each year's values are kept for exact percentiles.
MOST_TRIALS = 1_000_000


def add_bands(
    rows: list[dict[str, Any]],
    subject: Subject,
    measures: Sequence[str],
    entries: Mapping[str, Any],
    *,
    trials: int,
    seed: int = 1,
    band: tuple[float, float] = (0.1, 0.9),
    **chosen: Any,
) -> None:
    """Add ``<measure>_low``, ``_median``, ``_high`` and ``draws`` to the records of a path, in place.

    ``entries``: years, annual_decline, revenue_growth, ai_share_growth; ``chosen`` as for
    :func:`xlplugin.analysis.uncertainty.draws.uncertainty`.
    """
    trials = checked_trials(trials)
    if trials > MOST_TRIALS:
        raise InputError.outside(
            "trials", trials, "draw fewer paths", message("up to {most:,}", most=MOST_TRIALS)
        )
    draws = path_draws(subject, measures, seed=seed, **chosen)
    wanted = measure_plan(*measures)
    drawn = draws.rows(0, trials)
    inputs = draws.fill(drawn)
    for row in rows:
        year = year_inputs(inputs, float(row["year"]), *list(entries.values())[1:])
        lines = evaluate_rows(wanted, year, drawn.count, strict=False)
        for name in measures:
            found = np.quantile(lines[name], [band[0], 0.5, band[1]]) if drawn.count else [math.nan] * 3
            for ending, value in zip(("low", "median", "high"), found, strict=True):
                row[f"{name}_{ending}"] = float(value)
        row["draws"] = drawn.count


def path_draws(subject: Subject, measures: Sequence[str], **chosen: Any) -> Draws:
    """Return the draws of a path: the reductions are its own, and the lag counts."""
    wanted = measure_plan(*measures)
    inputs = [name for name in subject.uncertain(wanted) if name not in REDUCTIONS]
    if "repricing_lag_years" not in subject.given and subject.assumption("repricing_lag_years"):
        inputs.append("repricing_lag_years")
    return uncertainty(subject, wanted, inputs, **chosen)
