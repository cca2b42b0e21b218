"""What the presets were in earlier editions: by that an analyst's entry is told from a preset's of its time.

The table is earlier_scenarios.csv; a blank is a lever that the preset left to the assumptions.
"""

from __future__ import annotations

from functools import cache

from xlplugin.model.labels import shipped_rows

__all__ = ["earlier"]


def earlier(scenario: str, lever: str) -> list[float | None]:
    """Return the values that a preset had for a lever, None for a blank; empty where no edition had it."""
    rows = [row for row in _rows() if row["scenario"] == scenario and lever in row]
    return [float(row[lever]) if row[lever] else None for row in rows]


@cache
def _rows() -> list[dict[str, str]]:
    return shipped_rows("data", "earlier_scenarios.csv")
