"""Questions put to the model: one method per module, each loaded when it is asked for.

Every method starts from a :class:`~xlplugin.data.subjects.Subject`: a company in a fiscal year
under a scenario, all blanks filled. Results are tables; ranges of assumptions are judgement, so a
simulation gives a share of draws and never a probability.
"""

from __future__ import annotations

from typing import Any

_HOMES = {
    "breakeven": "breakevens",
    "bridge": "bridges",
    "compare": "comparison",
    "differentiate": "derivatives",
    "draw": "uncertainty.draws",
    "grid": "grids",
    "implied": "sell_off",
    "jevons": "breakevens",
    "note": "notes.writing",
    "path": "paths",
    "ranges": "uncertainty.ranges",
    "simulate": "uncertainty.simulation",
    "sobol": "uncertainty.variance",
    "tornado": "tornados",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'xlplugin.analysis' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"xlplugin.analysis.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
