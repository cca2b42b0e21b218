"""Break-even: the values of an input at which a measure reaches a target, all of them.

The model is not monotonic where pass-through and elasticities are high, so the whole domain is
searched: crossings, roots that only touch the target, and stretches where the measure stays on it.
Reductions are searched up to an effective 99.99%, where the model's random draws and paths stop too.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from xlplugin.analysis.roots import Root, roots_of
from xlplugin.data.dataset import Dataset
from xlplugin.data.subjects import Subject, measure_plan, subject, subjects
from xlplugin.entries.meaning import number
from xlplugin.model.errors import InputError, refuse_unknown
from xlplugin.model.formats import shown
from xlplugin.model.inputs import EXPOSURES, INPUTS, JOINT_LIMITS, LEVERS, REDUCTIONS
from xlplugin.model.messages import Figure, Name, message, plain
from xlplugin.model.years import LARGEST_REDUCTION

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

#: Steps of the grid over the domain in which roots are looked for.
GRID = 4_000

#: A measure this near to the target, of its scale, is on it.
TOLERANCE = 1e-13


class Curve(NamedTuple):
    """A measure over an input's domain: the points, their values, and the function itself."""

    points: Array
    values: Array
    at: Callable[[Array], Array]


#: The levers that may take the gain of cheaper AI: more use, prices of the company's own accord and of
#: rivals', and rivals that take seats.
TAKERS = ("rebound_elasticity", "pass_through", "competition", "seat_erosion")


def domain_of(subject: Subject, lever: str) -> tuple[float, float]:
    """Return the lowest and highest value of a lever or exposure that a search visits.

    Shares of one whole go as far as the others leave room. Raises InputError for any other name.
    """
    refuse_unknown("lever", lever, (*LEVERS, *EXPOSURES))
    item = INPUTS[lever]
    low, high = item.lower, item.upper
    for limit in JOINT_LIMITS:
        if lever in limit.names:
            high = min(high, 1 - sum(subject.inputs[name] for name in limit.names if name != lever))
            if lever == "ai_revenue_share":  # a fallback seat share gives way
                high = max(
                    high, 1 - sum(subject.fill({lever: 1.0})[name] for name in limit.names if name != lever)
                )
    if lever in REDUCTIONS:
        high = LARGEST_REDUCTION
    return low, min(high, 10.0) if math.isinf(high) else high


def curve(subject: Subject, measure: str, lever: str) -> Curve:
    """Return a measure over the domain of a lever or exposure; needs NumPy."""
    import numpy as np

    from xlplugin.model.arrays import evaluate_rows

    wanted = measure_plan(measure)
    low, high = domain_of(subject, lever)

    def at(points: Array) -> Array:
        return evaluate_rows(wanted, subject.fill({lever: points}), len(points), strict=False)[measure]

    points = np.linspace(low, high, GRID + 1)
    marks = [subject.inputs[lever], 0.0, 1.0]
    if lever in REDUCTIONS:  # unit cost falls ever faster towards 0
        points = np.concatenate([points, 1 - np.geomspace(1 - high, 0.1, GRID // 4)])
    points = np.unique(np.concatenate([points, [mark for mark in marks if low <= mark <= high]]))
    return Curve(points, at(points), at)


def roots(
    subject: Subject, measure: str, target: float, lever: str, searched: Curve | None = None
) -> list[Root]:
    """Return all values of ``lever`` at which ``measure`` is ``target``, nearest to the base first."""
    points, values, at = searched or curve(subject, measure, lever)
    near = TOLERANCE * max(subject.scale(measure), abs(target))
    base = subject.inputs[lever]
    answers = roots_of(points, values - target, lambda x: at(x) - target, near)
    return sorted(answers, key=lambda root: (_distance(root, base), root.value))


def _distance(root: Root, base: float) -> float:
    if root.kind == "stretch" and root.value <= base <= root.until:
        return 0.0
    ends = [root.value] if root.until != root.until else [root.value, root.until]
    return min(abs(end - base) for end in ends)


def no_root(subject: Subject, measure: str, target: float, lever: str, found: Curve) -> InputError:
    """Return the error that says which values the measure can reach."""
    low, high = float(found.values.min()), float(found.values.max())
    fix = message(
        "{lever} from {first:g} to {last:g} moves it from {lowest} to {highest} ({low:.6g} to {high:.6g}): "
        "choose a target in between, or another lever",
        lever=Name(lever), first=found.points[0], last=found.points[-1], low=low, high=high,
        lowest=Figure(shown(low, measure)), highest=Figure(shown(high, measure)),
    )  # fmt: skip
    allowed = message("{low:.6g} to {high:.6g}", low=low, high=high)
    return InputError.outside(measure, target, fix, allowed, row=subject.company)


def breakeven(
    companies: str | Sequence[str] | None,
    measure: str,
    targets: Any,
    lever: str = "cost_reduction",
    *,
    scenario: str | None = None,
    levers: Mapping[str, Any] | None = None,
    fiscal_year: Any = None,
    dataset: Dataset | None = None,
) -> pd.DataFrame:
    """Return every value of ``lever`` at which ``measure`` reaches a target: one row per root.

    ``targets``: one number or several, in the measure's unit (margins as fractions, so 10 basis points
    are 0.001; money in millions). ``lever``: a lever or exposure; nothing else moves but what
    follows from it (a blank training_cost_reduction, a fallback seat share).

    Columns: company, fiscal_year, scenario, measure, target, lever, base (the lever's value now),
    rank (1 = nearest to base), value, until (end of a stretch), kind (crossing, touching, stretch,
    none), reachable_low, reachable_high. A target out of reach has one row of kind ``none``.

    ``companies`` None means all. ``scenario`` names a preset (None: base assumptions); ``levers`` sets
    levers and exposures above it; ``fiscal_year`` None is the latest; ``dataset`` None is the shipped one.
    Raises InputError for an unknown name, a value of the wrong type or outside its domain, a blank
    target, and a measure that is not available for a company.
    """
    import numpy as np
    import pandas as pd

    wanted = [float(_target(target)) for target in np.atleast_1d(np.asarray(targets, dtype=object))]
    rows = []
    for name in subjects(companies, dataset):
        about = subject(name, scenario, levers, fiscal_year=fiscal_year, dataset=dataset)
        rows += _rows(about, measure, wanted, lever)
    return pd.DataFrame(rows)


def _rows(subject: Subject, measure: str, targets: Sequence[float], lever: str) -> list[dict[str, Any]]:
    """Return one record per target and root."""
    searched = curve(subject, measure, lever)
    if (searched.values != searched.values).any():
        raise subject.missing(measure)
    asked = {"lever": lever, "base": subject.inputs[lever]}
    reach = {"reachable_low": searched.values.min(), "reachable_high": searched.values.max()}
    rows = []
    for target in targets:
        first = {**subject.heading, "measure": measure, "target": target, **asked}
        answers = roots(subject, measure, target, lever, searched) or [Root(math.nan, math.nan, "none")]
        for rank, root in enumerate(answers, 1):
            rows.append({**first, "rank": rank, **root._asdict(), **reach})
    return rows


def jevons(
    companies: str | Sequence[str] | None,
    *,
    scenario: str | None = None,
    levers: Mapping[str, Any] | None = None,
    fiscal_year: Any = None,
    dataset: Dataset | None = None,
) -> pd.DataFrame:
    """Return the rebound_elasticity at which the saving is gone, as :func:`breakeven` does.

    Two rows per company: where the bill for running AI models is back at its base
    (``inference_cost``; exactly 1 where demand does not answer the price), and where gross profit is
    (``gross_profit``: what customers pay for extra use counts, and so does what prices give away).
    Arguments and InputError as in :func:`breakeven`; a level that no rebound reaches has kind ``none``.
    """
    import pandas as pd

    rows = []
    for name in subjects(companies, dataset):
        about = subject(name, scenario, levers, fiscal_year=fiscal_year, dataset=dataset)
        bill = about.value("base_inference_cost")
        profit = about.inputs["revenue"] - about.inputs["cost_of_revenue"]
        for measure, target in (("inference_cost", bill), ("gross_profit", profit)):
            rows += _rows(about, measure, [_target(target)], "rebound_elasticity")
    return pd.DataFrame(rows)


def _target(value: Any) -> float:
    found = number(value, "target")
    if found is None:
        raise InputError.missing("target", plain("blank"), "enter a target")
    return found
