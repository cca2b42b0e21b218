"""The flag columns: how far a result can be trusted, worked once for each pattern of blanks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xlplugin.batch.rows import FLAGS
from xlplugin.data.precedence import Case
from xlplugin.entries.columns import Coded

__all__ = ["flags_of"]


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
    names = [name for name in given if name in needed]
    kinds, codes = _patterns(given, names, count)
    rows = [{name: 0.0 for i, name in enumerate(names) if kind >> i & 1} for kind in kinds]
    texts = {
        FLAGS[0]: Coded(tuple(";".join(case.fallback_exposures(row, needed)) for row in rows), codes, count),
        FLAGS[1]: Coded(tuple(";".join(case.overrides(row, needed)) for row in rows), codes, count),
    }
    differs = np.array([case.exposure_year_differs(row, needed) for row in rows])
    return texts, {
        FLAGS[2]: differs[0] if codes is None else differs[codes],
        FLAGS[3]: np.greater(inputs["ai_supply_revenue_share"], 0),
    }


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
