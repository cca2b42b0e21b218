"""Columns of tables as people read them: short heads, and a format for every figure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xlplugin.data.shipped import shipped
from xlplugin.model.formats import is_change
from xlplugin.model.inputs import INPUTS
from xlplugin.model.labels import label, labelled
from xlplugin.model.lines import UNITS
from xlplugin.workbook.builder.texts import keys, text, translated

#: Excel's format by unit; a change has its sign.
_FORMATS = {
    "money": "#,##0.0;(#,##0.0)",
    "money per share": "0.000",
    "margin": "0.0%",
    "share": "0.0%",
    "ratio": "0.00%",
    "index": "0.000",
    "elasticity": "0.00",
    "million shares": "#,##0.0",
    "years": "0.0",
}
_CHANGES = {
    "money": "+#,##0.0;-#,##0.0;0.0",
    "money per share": "+0.000;-0.000;0.000",
    "margin": "+0.000%;-0.000%;0.000%",  # one basis point is 0.01%
    "share": "+0.0%;-0.0%;0.0%",
    "ratio": "+0.00%;-0.00%;0.00%",
}
#: Of other figures.
_PLAIN = "#,##0.0###"

#: Columns that hold a figure of the row's measure, of its lever or input, and shares of something else.
_OF_MEASURE = (
    "value", "target", "start", "end", "at_low", "at_base", "at_high", "swing", "mean", "sd", "min", "max",
    "tail_mean", "headline", "median", "p", "market_low", "market_high", "reachable_low", "reachable_high",
)  # fmt: skip
_OF_INPUT = ("low", "base", "high", "value", "until")
_SHARES = ("percentile", "share_improved", "share_error", "annual_decline", "move", "effect")


def head_of(name: str, language: str = "en") -> str:
    """Return the short name of a column: a quantity's label, or what the texts say, else its own words."""
    key = f"table.column.{name}"
    if key in keys("table.column."):
        return text(key, language)
    if name in shipped().scenarios:
        return translated(shipped().scenarios[name].label, language)
    if _is_percentile(name):
        bare = name.removesuffix("_error")
        return name.upper() if bare == name else text("table.error", language, name=bare[1:])
    return label(name, language) if labelled(name) else name.replace("_", " ")


def format_of(name: str, row: Mapping[str, Any], whole: str = "") -> str:
    """Return Excel's format of a float in a row's column, by the unit of what it holds.

    ``whole`` is the line that a bridge starts from: its steps are in the same unit.
    """
    if whole in UNITS and name in ("value", "start", "end"):
        step = name == "value" and row.get("step") not in UNITS
        return (_CHANGES if step else _FORMATS).get(UNITS[whole], _PLAIN)
    if name in UNITS or name in INPUTS:
        return of_quantity(name)
    if name in _SHARES or name in _of_claims(row):
        return _CHANGES["share"] if name == "move" or name in _of_claims(row) else "0.0%"
    if name == "from_development":
        return _CHANGES["money"]
    measure, given = _measure(row), row.get("lever") or row.get("input")
    if given in INPUTS and name in _OF_INPUT and not (name == "value" and "derivative" in row):
        return of_quantity(str(given))
    if measure and (name in _OF_MEASURE or _is_percentile(name)):
        return of_quantity(measure, change=True if name in ("swing", "sd") else None)
    return _PLAIN


def of_quantity(name: str, change: bool | None = None) -> str:
    """Return Excel's format of a line or an input."""
    unit = UNITS.get(name) or (INPUTS[name].unit if name in INPUTS else "")
    signed = is_change(name) if change is None else change and is_change(name)
    table = _CHANGES if signed and unit in _CHANGES else _FORMATS
    return table.get(unit, _PLAIN)


def _measure(row: Mapping[str, Any]) -> str:
    named = str(row.get("measure") or "")
    return named if named in UNITS else ""


def _is_percentile(name: str) -> bool:
    return name.startswith("p") and name[1:].removesuffix("_error").replace(".", "").isdigit()


def _of_claims(row: Mapping[str, Any]) -> frozenset[str]:
    """Return the presets whose change of EPS stands in a row of the sell-off."""
    if "event" not in row:
        return frozenset()
    from xlplugin.analysis.sell_off import CLAIMS

    return frozenset(CLAIMS)
