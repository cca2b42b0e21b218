"""The flag columns: how far a result can be trusted, worked once for each pattern of blanks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xlplugin.data.precedence import GENERAL, Case
from xlplugin.entries.columns import Coded


def flags_of(
    case: Case,
    given: Mapping[str, Any],
    inputs: Mapping[str, Any],
    needed: tuple[str, ...],
    count: int,
) -> tuple[dict[str, Coded], dict[str, Any]]:
    """Return the text flags as codes and the yes-or-no flags as arrays or one value for all rows.

    ``given`` are the rows' entries (NaN = blank), ``inputs`` what was used after filling.
    """
    names = [name for name in given if name in needed or name in GENERAL]
    kinds, codes = _patterns(given, names, count)
    rows = [{name: 0.0 for i, name in enumerate(names) if kind >> i & 1} for kind in kinds]
    fallbacks, overrides = (
        [names_of(row, needed) for row in rows] for names_of in (case.fallback_exposures, case.overrides)
    )
    differs = np.array([case.exposure_year_differs(row, needed) for row in rows])
    general = np.array([case.general_assumptions(row) for row in rows])
    texts = {
        "fallback_exposures": Coded(tuple(map(";".join, fallbacks)), codes, count),
        "overrides": Coded(tuple(map(";".join, overrides)), codes, count),
        "outside_range": _outside_range(case, inputs, overrides, codes, count),
    }
    return texts, {
        "exposure_year_differs": differs[0] if codes is None else differs[codes],
        "direction_undetermined": np.greater(inputs["ai_supply_revenue_share"], 0),
        "general_assumptions": general[0] if codes is None else general[codes],
    }


def _outside_range(
    case: Case,
    inputs: Mapping[str, Any],
    overrides: list[tuple[str, ...]],
    codes: NDArray[np.int32] | None,
    count: int,
) -> Coded:
    """Return the overrides that lie outside low to high of their assumptions, row by row."""
    bits: Any = 0
    names = [name for name in case.ranges if any(name in own for own in overrides)]
    for i, name in enumerate(names):
        low, high = case.ranges[name]
        overriding = np.array([name in own for own in overrides])
        beyond = np.less(inputs[name], low) | np.greater(inputs[name], high)
        bits = bits | (beyond & (overriding[0] if codes is None else overriding[codes])).astype(np.int64) << i
    kinds, found = np.unique(np.broadcast_to(bits, (count,)), return_inverse=True)
    texts = [";".join(name for i, name in enumerate(names) if kind >> i & 1) for kind in kinds.tolist()]
    return Coded(tuple(texts) or ("",), found.astype(np.int32) if len(texts) > 1 else None, count)


def _patterns(
    given: Mapping[str, Any], names: list[str], count: int
) -> tuple[list[int], NDArray[np.int32] | None]:
    """Return the patterns of what is given that occur, as bits, and each row's (None: the first)."""
    fixed, pattern = 0, None
    for i, name in enumerate(names):
        column = given[name]
        if count and not np.isnan(column.min()):  # the least passes a NaN on
            fixed |= 1 << i
            continue
        present = ~np.isnan(column)
        if present.any():
            bits = present.astype(np.int64) << i
            pattern = bits if pattern is None else pattern | bits
    if pattern is None or not count:
        return [fixed], None
    kinds, codes = np.unique(pattern, return_inverse=True)
    return [fixed | kind for kind in kinds.tolist()], codes.astype(np.int32)
