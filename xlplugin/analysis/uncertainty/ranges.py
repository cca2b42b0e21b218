"""The range beside a headline: P10, P50 and P90 of a measure over what the scenario leaves open.

The reduction is held, and what scenario or analyst fixes is not drawn; all other assumptions are drawn
from PERT at 64 fixed Sobol' points, one column an input, the same in cell, sheet and program. Standard
library alone. Ranges are judgement: a percentile is a share of draws and no probability.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from xlplugin.analysis.uncertainty.pert import pert
from xlplugin.data.dataset import Dataset
from xlplugin.data.range_points import COLUMNS, PERCENTILES, points
from xlplugin.data.records import Assumption
from xlplugin.data.shipped import shipped
from xlplugin.data.subjects import FACE_VALUE, Subject, measure_plan, subject, subjects
from xlplugin.model.errors import CellError, InputError
from xlplugin.model.inputs import INPUTS, REDUCTIONS
from xlplugin.model.messages import Figure, Message, Name, joined, message, plain
from xlplugin.model.plan import Plan

if TYPE_CHECKING:
    import pandas as pd

#: How many assumptions are named as the reason of a headline outside, and what each must move at least, as
#: a part of what the first moves.
_MOST_REASONS, _SMALLEST_REASON = 2, 0.25
_ALL = "all assumptions together"


class Spread(NamedTuple):
    """A headline and the percentiles of the draws around it, in the measure's own unit; NaN: not available.

    ``percentile`` is the headline's own (0 .. 1); ``used`` and ``invalid`` count draws inside and outside
    the domain; ``why`` says in words why the headline lies outside P10 .. P90, empty where it does not.
    """

    headline: float
    p10: float
    p50: float
    p90: float
    percentile: float
    used: int
    invalid: int
    why: str


#: Of a value without a result, and what stands beside a value in other tables.
NO_SPREAD = Spread(math.nan, math.nan, math.nan, math.nan, math.nan, 0, 0, "")
AROUND = ("p10", "p50", "p90", "percentile", "why")


def held(subject: Subject) -> Subject:
    """Return the subject with all fixed that its range holds: the reduction, and the scenario's levers.

    Without a scenario these are those of ``illustrative``. The analyst's own values stand before assumptions
    and are not drawn either.
    """
    preset = None if subject.scenario else subject.dataset.scenarios.get(FACE_VALUE)
    levers = preset.levers if preset else {}
    kept = (*REDUCTIONS, *subject.case.own)
    fixed = {name: value for name, value in levers.items() if name not in kept}
    reduction = {"cost_reduction": subject.inputs["cost_reduction"]}
    return Subject(
        subject.dataset, subject.case, subject.scenario, {**fixed, **reduction, **subject.given}, False
    )


def spread_of(subject: Subject, measure: str) -> Spread:
    """Return the headline of a subject and the :class:`Spread` around it."""
    wanted, about = measure_plan(measure), held(subject)
    headline = subject.at(wanted, {})[measure]
    if headline != headline:
        return NO_SPREAD._replace(why=plain("not available"))
    draws = _draws(about, wanted)
    reached = sorted(value for draw in draws if (value := about.reached(wanted, draw)) == value)
    if not reached:
        return NO_SPREAD._replace(
            headline=headline, invalid=len(draws), why=plain("no draw is inside the domain")
        )
    p10, p50, p90 = (percentile_of(reached, share) for share in PERCENTILES.values())
    slack = 1e-12 * about.scale(measure)
    outside = headline < p10 - slack or headline > p90 + slack
    why = _why(about, wanted, headline, p50) if outside else ""
    place = share_of(reached, headline, slack)
    return Spread(headline, p10, p50, p90, place, len(reached), len(draws) - len(reached), why)


def percentile_of(ordered: Sequence[float], share: float) -> float:
    """Return a percentile of values in order, linear between two of them."""
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def share_of(ordered: Sequence[float], value: float, slack: float = 0.0) -> float:
    """Return the share (0 .. 1) at which the percentile is ``value``; the middle where that is a stretch.

    Values no farther apart than ``slack`` are the same.
    """
    first, last = bisect_left(ordered, value - slack), bisect_right(ordered, value + slack)
    most = len(ordered) - 1
    if last > first:
        return (first + last - 1) / 2 / most if most else 0.5
    if first in (0, len(ordered)):
        return float(first > 0)
    below, above = ordered[first - 1], ordered[first]
    return (first - 1 + (value - below) / (above - below)) / most


def open_inputs(about: Subject, wanted: Plan) -> dict[str, Assumption]:
    """Return the assumptions that a range draws: neither scenario nor analyst fixes them."""
    own = about.case.own
    return {
        name: found
        for name, found in about.uncertain(wanted).items()
        if name in COLUMNS and name not in own and found.low < found.high
    }


def _draws(about: Subject, wanted: Plan) -> list[dict[str, float]]:
    assumed, units = open_inputs(about, wanted), points()
    columns = [[pert(unit, a.low, a.base, a.high) for unit in units[name]] for name, a in assumed.items()]
    return [dict(zip(assumed, row, strict=True)) for row in zip(*columns, strict=True)] or [{}]


def _why(about: Subject, wanted: Plan, headline: float, p50: float) -> Message:
    """Return which assumptions draw the results to one side of the headline, in words."""
    side = 1 if p50 > headline else -1
    assumed, moves = open_inputs(about, wanted), {}
    for name, a in assumed.items():
        mean = (a.low + 4 * a.base + a.high) / 6
        moves[name] = side * (about.reached(wanted, {name: mean}) - headline)
    ranked = sorted((name for name in moves if moves[name] > 0), key=lambda name: -moves[name])
    told = [n for n in ranked[:_MOST_REASONS] if moves[n] >= _SMALLEST_REASON * moves[ranked[0]]]
    reasons = joined((_reason(name, assumed[name]) for name in told), "; ") if told else plain(_ALL)
    if side > 0:
        return message("draws lie above it: {reasons}", reasons=reasons)
    return message("draws lie below it: {reasons}", reasons=reasons)


def _reason(name: str, assumed: Assumption) -> Message:
    low, base, high = (_shown(value, name) for value in (assumed.low, assumed.base, assumed.high))
    told = {"name": Name(name), "base": base, "low": low, "high": high}
    if assumed.base == assumed.low:
        return message("{name}, its base {base} is the low end of {low} to {high}", **told)
    if assumed.base == assumed.high:
        return message("{name}, its base {base} is the high end of {low} to {high}", **told)
    return message("{name}, its base {base} is not the middle of {low} to {high}", **told)


def _shown(value: float, name: str) -> Figure:
    return Figure(f"{value * 100:.4g}%" if INPUTS[name].is_fraction else f"{value:.4g}")


def ranges(
    scenarios: str | Sequence[str] | None = None,
    companies: str | Sequence[str] | None = None,
    measure: str = "operating_margin_change",
    *,
    levers: Mapping[str, Any] | None = None,
    fiscal_year: Any = None,
    own: Mapping[str, Mapping[str, float]] | None = None,
    dataset: Dataset | None = None,
) -> pd.DataFrame:
    """Return the headline of a measure and the range around it, one row per scenario and company.

    The reduction and what the scenario fixes are held, so the range surrounds the headline: the other
    assumptions are drawn from their ranges (PERT) at 64 fixed points. P10 and P90 of so few draws differ
    from those of many by up to a tenth of their distance (docs/analysis.md).

    ``scenarios``: names of presets, None for all; ``companies``: names or tickers, ``peers`` for all
    peers, None for all but these. ``measure``: a line or bridge bar. ``levers`` sets levers and
    exposures above the scenario; ``own``: the analyst's values by company; neither is drawn.
    ``fiscal_year`` None is the latest; ``dataset`` None is the shipped one.

    Columns: company, fiscal_year, scenario, measure, headline, p10, p50, p90 (in the measure's unit:
    margins as fractions, money in millions), percentile (the headline's own, 0 to 1), used and invalid
    (draws inside and outside the domain), why (where the headline lies outside P10 to P90: the
    assumptions that draw the results to one side; or why there is no result). NaN where not available.
    Raises InputError for an unknown name and for a value of the wrong type or outside its domain.

    >>> row = ranges("half", "CRM").iloc[0]
    >>> bool(row["p10"] < row["headline"] < row["p90"])
    True
    """
    import pandas as pd

    measure_plan(measure)
    dataset = dataset or shipped()
    named = (
        [scenarios] if isinstance(scenarios, str) else dataset.scenarios if scenarios is None else scenarios
    )
    values = {dataset.company(name): entries for name, entries in (own or {}).items()}
    rows = []
    for scenario in [dataset.scenario(name) for name in named]:
        for name in subjects(companies, dataset):
            heading = {"company": name, "fiscal_year": None, "scenario": scenario.name}
            year = dataset.year(name, fiscal_year)
            try:
                about = subject(
                    name, scenario, levers, fiscal_year=year, own=values.get(name), dataset=dataset
                )
            except InputError as error:
                if any(fault.error is not CellError.NOT_AVAILABLE for fault in error.faults):
                    raise
                found = NO_SPREAD._replace(why=plain(error.faults[0].fix))
            else:
                heading, found = about.heading, spread_of(about, measure)
            rows.append({**heading, "measure": measure, **found._asdict()})
    if not rows:
        raise InputError.wrong("scenarios", plain("none"), "name at least one")
    return pd.DataFrame(rows)
