"""xlplugin: what cheaper AI models do to a company's margins, in Python and in the spreadsheet.

>>> import xlplugin
>>> table = xlplugin.run(["half"], ["Salesforce"], lines=["operating_margin_change"])
>>> round(float(table["operating_margin_change"].iloc[0]) * 10_000, 1)  # basis points
22.2
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

#: The date of this version.
__released__ = "2026-11-24"

# Where each public name lives: loaded on first use, so that importing xlplugin stays light.
_HOMES = {
    "InputError": "errors",
    "MissingExtraError": "errors",
    "assumptions": "frames",
    "breakeven": "analysis.breakevens",
    "bridge": "analysis.bridges",
    "companies": "frames",
    "compare": "analysis.comparison",
    "differentiate": "analysis.derivatives",
    "evaluate": "model",
    "faults": "frames",
    "grid": "analysis.grids",
    "jevons": "analysis.breakevens",
    "path": "analysis.paths",
    "run": "frames",
    "scenarios": "frames",
    "simulate": "analysis.simulation",
    "sobol": "analysis.variance",
    "tornado": "analysis.tornados",
    "write_template": "workbook",
}

__all__ = ["__version__", *sorted(_HOMES)]

if TYPE_CHECKING:  # the same names for type checkers, each exported by its alias
    from xlplugin.analysis.breakevens import breakeven as breakeven
    from xlplugin.analysis.breakevens import jevons as jevons
    from xlplugin.analysis.bridges import bridge as bridge
    from xlplugin.analysis.comparison import compare as compare
    from xlplugin.analysis.derivatives import differentiate as differentiate
    from xlplugin.analysis.grids import grid as grid
    from xlplugin.analysis.paths import path as path
    from xlplugin.analysis.simulation import simulate as simulate
    from xlplugin.analysis.tornados import tornado as tornado
    from xlplugin.analysis.variance import sobol as sobol
    from xlplugin.errors import InputError as InputError
    from xlplugin.errors import MissingExtraError as MissingExtraError
    from xlplugin.frames import assumptions as assumptions
    from xlplugin.frames import companies as companies
    from xlplugin.frames import faults as faults
    from xlplugin.frames import run as run
    from xlplugin.frames import scenarios as scenarios
    from xlplugin.model import evaluate as evaluate
    from xlplugin.workbook import write_template as write_template


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
