"""xlplugin: what cheaper AI models do to a company's margins, in Python and in the spreadsheet.

>>> import xlplugin
>>> table = xlplugin.run(["half"], ["Salesforce"], lines=["operating_margin_change"])
>>> round(float(table["operating_margin_change"].iloc[0]) * 10_000, 1)  # basis points
22.2
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xlplugin.model.version import __released__ as __released__
from xlplugin.model.version import __version__ as __version__

# Where each public name lives: loaded on first use, so that importing xlplugin stays light.
_HOMES = {
    "InputError": "model.errors",
    "MissingExtraError": "model.errors",
    "assumptions": "api",
    "breakeven": "analysis.breakevens",
    "bridge": "analysis.bridges",
    "companies": "api",
    "compare": "analysis.comparison",
    "differentiate": "analysis.derivatives",
    "evaluate": "model.evaluation",
    "faults": "api",
    "grid": "analysis.grids",
    "implied": "analysis.sell_off",
    "jevons": "analysis.breakevens",
    "market_moves": "api",
    "note": "analysis.notes.writing",
    "path": "analysis.paths",
    "ranges": "analysis.uncertainty.ranges",
    "recalc": "batch.updates",
    "renew_template": "hosts.editions",
    "run": "api",
    "scenarios": "api",
    "simulate": "analysis.uncertainty.simulation",
    "sobol": "analysis.uncertainty.variance",
    "tornado": "analysis.tornados",
    "update": "batch.updates",
    "write_template": "hosts.editions",
}

__all__ = ["__version__", *sorted(_HOMES)]

if TYPE_CHECKING:  # the same names for type checkers, each exported by its alias
    from xlplugin.analysis.breakevens import breakeven as breakeven
    from xlplugin.analysis.breakevens import jevons as jevons
    from xlplugin.analysis.bridges import bridge as bridge
    from xlplugin.analysis.comparison import compare as compare
    from xlplugin.analysis.derivatives import differentiate as differentiate
    from xlplugin.analysis.grids import grid as grid
    from xlplugin.analysis.notes.writing import note as note
    from xlplugin.analysis.paths import path as path
    from xlplugin.analysis.sell_off import implied as implied
    from xlplugin.analysis.tornados import tornado as tornado
    from xlplugin.analysis.uncertainty.ranges import ranges as ranges
    from xlplugin.analysis.uncertainty.simulation import simulate as simulate
    from xlplugin.analysis.uncertainty.variance import sobol as sobol
    from xlplugin.api import assumptions as assumptions
    from xlplugin.api import companies as companies
    from xlplugin.api import faults as faults
    from xlplugin.api import market_moves as market_moves
    from xlplugin.api import run as run
    from xlplugin.api import scenarios as scenarios
    from xlplugin.batch.updates import recalc as recalc
    from xlplugin.batch.updates import update as update
    from xlplugin.hosts.editions import renew_template as renew_template
    from xlplugin.hosts.editions import write_template as write_template
    from xlplugin.model.errors import InputError as InputError
    from xlplugin.model.errors import MissingExtraError as MissingExtraError
    from xlplugin.model.evaluation import evaluate as evaluate


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'xlplugin' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"xlplugin.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    from types import ModuleType

    modules = [name for name, value in globals().items() if isinstance(value, ModuleType) or name[:2] == "__"]
    return sorted({*modules, *__all__})
