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

if TYPE_CHECKING:
    from xlplugin.analysis.breakevens import breakeven, jevons
    from xlplugin.analysis.bridges import bridge
    from xlplugin.analysis.comparison import compare
    from xlplugin.analysis.derivatives import differentiate
    from xlplugin.analysis.grids import grid
    from xlplugin.analysis.paths import path
    from xlplugin.analysis.simulation import simulate
    from xlplugin.analysis.tornados import tornado
    from xlplugin.analysis.variance import sobol
    from xlplugin.errors import InputError, MissingExtraError
    from xlplugin.frames import assumptions, companies, faults, run, scenarios
    from xlplugin.model import evaluate
    from xlplugin.workbook import write_template


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'xlplugin' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"xlplugin.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
