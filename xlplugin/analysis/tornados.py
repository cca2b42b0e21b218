"""Tornado: each assumption alone at its low and its high, the others at their base, sorted by swing.

What the scenario or the analyst's entry fixes gets no bar and is listed as fixed. A cost_reduction
that nobody gave starts from its assumption, and has a bar like the others.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from xlplugin.data.dataset import Dataset
from xlplugin.data.subjects import Subject, measure_plan, subject, usual_measure
from xlplugin.model.inputs import EXPOSURES, LEVERS

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Tornado:
    """Bars by falling swing, and the inputs that are fixed (name -> value)."""

    subject: Subject
    measure: str
    value: float
    bars: list[dict[str, Any]]
    fixed: dict[str, float]


def swings(subject: Subject, measure: str | None = None) -> Tornado:
    """Return the :class:`Tornado` of a subject; ``measure`` None means the usual one.

    Each bar holds: input, basis, low, base (the value in use), high, at_low, at_high, swing. A bar
    whose end would leave the domain (shares of one whole above 1) has NaN there.
    """
    measure = measure or usual_measure(subject)
    wanted = measure_plan(measure)
    value = subject.value(measure)
    found: list[dict[str, Any]] = []
    for name, assumption in subject.uncertain(wanted).items():
        ends = [subject.reached(wanted, {name: end}) for end in (assumption.low, assumption.high)]
        reach = [end for end in (*ends, value) if end == end]
        found.append(
            {
                "input": name,
                "basis": assumption.basis,
                "low": assumption.low,
                "base": subject.inputs[name],
                "high": assumption.high,
                "at_low": ends[0],
                "at_high": ends[1],
                "swing": max(reach) - min(reach) if reach else math.nan,
            }
        )
    found.sort(key=lambda bar: -bar["swing"] if bar["swing"] == bar["swing"] else math.inf)
    given = subject.given
    fixed = {name: given[name] for name in (*EXPOSURES, *LEVERS) if name in given and name in wanted.inputs}
    return Tornado(subject, measure, value, found, fixed)


def tornado(
    company: str,
    measure: str | None = None,
    *,
    scenario: str | None = None,
    levers: Mapping[str, Any] | None = None,
    fiscal_year: Any = None,
    own: Mapping[str, float] | None = None,
    dataset: Dataset | None = None,
) -> pd.DataFrame:
    """Return the tornado of a measure: one row per assumption by falling swing, then what is fixed.

    Columns: company, fiscal_year, scenario, measure, input, basis, low, base, high, at_low, at_base,
    at_high, swing, fixed. Fixed rows have a base alone and ``fixed`` True.

    ``measure``: a line or bridge bar, None for the usual one; margins as fractions, money in millions.
    ``scenario`` names a preset (None: base assumptions); ``levers`` sets levers and exposures above it;
    ``fiscal_year`` None is the latest; ``own`` holds own figures of the company, by input, in place of
    the dataset's; ``dataset`` None is the shipped one.
    Raises InputError for an unknown name and for a value of the wrong type or outside its domain.
    """
    import pandas as pd

    about = subject(company, scenario, levers, fiscal_year=fiscal_year, own=own, dataset=dataset)
    result = swings(about, measure)
    first = about.heading
    columns = ["input", "basis", "low", "base", "high", "at_low", "at_base", "at_high", "swing", "fixed"]
    rows = [{**bar, "at_base": result.value, "fixed": False} for bar in result.bars]
    rows += [{"input": name, "base": value, "fixed": True} for name, value in result.fixed.items()]
    return pd.DataFrame(
        [{**first, "measure": result.measure, **row} for row in rows], columns=[*first, "measure", *columns]
    )
