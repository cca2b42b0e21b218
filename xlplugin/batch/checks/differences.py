"""Two runs side by side: what changed by company and scenario, in basis points, largest first."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xlplugin.batch.checks.entries import are_templates, shown_results
from xlplugin.batch.readers.outputs import results_frame
from xlplugin.batch.readers.template_blocks import Blocks
from xlplugin.model.errors import InputError, suggestion
from xlplugin.model.lines import UNITS
from xlplugin.model.messages import message, plain

if TYPE_CHECKING:
    import pandas as pd

#: What is compared by default.
MARGINS = ("operating_margin", "gross_margin")
#: Smaller changes are rounding.
LEAST = 1e-12
_KEYS = ("company", "scenario")


def diff(a: Any, b: Any, lines: Sequence[str] | None = None) -> pd.DataFrame:
    """Return how results differ from ``a`` to ``b``, a row for each company and scenario that does.

    ``a`` and ``b``: outputs or filled templates (paths), blocks of the latter, or frames of results.
    ``lines``: margins to compare, by default operating_margin and gross_margin, of which one must be in both.
    Columns: company, scenario, for each margin its value in ``a`` and ``b`` (fractions) and the change in
    basis points (``<line>_bp``); ``only_in`` says where a pair stands in one of them alone. Ordered by the
    largest change.
    """
    import pandas as pd

    chosen = list(lines or MARGINS)
    if wrong := [name for name in chosen if UNITS.get(name) != "margin"]:
        margins = [name for name, unit in UNITS.items() if unit == "margin"]
        raise InputError.wrong("lines", wrong[0], suggestion(wrong[0], margins), "margins")
    frames = [_frame(one, chosen) for one in (a, b)]
    shared = [name for name in chosen if all(name in frame for frame in frames)]
    if not shared:
        raise InputError.of_file(
            message("{name} and {other}", name=_name(a), other=_name(b)),
            message("have none of {names} in common", names=", ".join(chosen)),
            "run with --lines",
        )
    keys = [*_KEYS, "place"]
    first, second = (frame[[*keys, *shared]] for frame in frames)
    both = first.merge(second, on=keys, how="outer", suffixes=("_a", "_b"), indicator="only_in", sort=False)
    both["only_in"] = both["only_in"].map({"both": None, "left_only": "a", "right_only": "b"}).astype(object)
    size = pd.Series(0.0, index=both.index)
    differs = both["only_in"].notna()
    for name in shared:
        before, after = both[f"{name}_a"], both[f"{name}_b"]
        both[f"{name}_bp"] = (after - before) * 10_000
        size = size.combine((after - before).abs().fillna(0.0), max)
        differs |= ((after - before).abs() > LEAST) | (before.isna() != after.isna())
    order = size[differs].sort_values(ascending=False, kind="stable").index
    return both.loc[order].drop(columns=["place"]).reset_index(drop=True)


def _frame(given: Any, lines: Sequence[str]) -> pd.DataFrame:
    if isinstance(given, Blocks) or are_templates(given):
        given = shown_results(given, lines)
    frame = results_frame(Path(given), (*_KEYS, *lines)) if isinstance(given, (str, Path)) else given
    if "company" not in frame.columns or "scenario" not in frame.columns:
        raise InputError.of_file(
            _name(given), "has no columns company and scenario", "name an output of xlplugin run"
        )
    frame = frame[[name for name in (*_KEYS, *lines) if name in frame.columns]].copy()
    # the same company and scenario may stand in several rows: first is compared with first
    frame["place"] = frame.groupby(["company", "scenario"], dropna=False).cumcount()
    return frame


def _name(given: Any) -> str:
    return str(given) if isinstance(given, (str, Path)) else plain("table")
