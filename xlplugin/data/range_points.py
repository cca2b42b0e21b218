"""The 64 fixed points at which every range beside a headline is drawn: in cell, sheet and program alike."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from functools import cache

from xlplugin.data.shipped import shipped_bytes
from xlplugin.model.inputs import EXPOSURES, LEVERS, REDUCTIONS

#: The file of the points, and its columns.
TABLE = "range_points.csv"
COLUMNS = tuple(name for name in (*EXPOSURES, *LEVERS) if name not in REDUCTIONS)

#: The percentiles that a range tells.
PERCENTILES = {"p10": 0.1, "p50": 0.5, "p90": 0.9}


@cache
def points() -> Mapping[str, tuple[float, ...]]:
    """Return the Sobol' points that come with xlplugin: input -> 64 values between 0 and 1."""
    header, *rows = csv.reader(io.StringIO(shipped_bytes(TABLE).decode("utf-8")))
    return dict(zip(header, zip(*(map(float, row) for row in rows), strict=True), strict=True))
