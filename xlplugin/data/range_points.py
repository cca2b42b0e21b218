"""The 64 fixed points at which every range beside a headline is drawn: in cell, sheet and program alike."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from xlplugin.model.inputs import EXPOSURES, LEVERS, REDUCTIONS
from xlplugin.model.labels import shipped_rows

#: The inputs that the points are of.
COLUMNS = tuple(name for name in (*EXPOSURES, *LEVERS) if name not in REDUCTIONS)

#: The percentiles that a range tells.
PERCENTILES = {"p10": 0.1, "p50": 0.5, "p90": 0.9}


@cache
def points() -> Mapping[str, tuple[float, ...]]:
    """Return the Sobol' points that come with xlplugin: input -> 64 values between 0 and 1."""
    rows = shipped_rows("data", "range_points.csv")
    return {name: tuple(float(row[name]) for row in rows) for name in COLUMNS}
