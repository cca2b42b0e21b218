"""What a plot of an analysis shows, bound to no library: the figures in the unit that people read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from xlplugin.model.formats import is_change
from xlplugin.model.labels import label, labelled
from xlplugin.model.lines import UNITS


@dataclass(frozen=True)
class Plot:
    """One plot: ``labels`` are the categories, ``series`` their values by name.

    ``kind``: ``bars`` (lying, one series), ``swings`` (lying, low and high about a base), ``steps``
    (waterfall from start to end), ``lines`` (over numbers, with bands) or ``heat`` (rows by columns).
    ``axis`` names the values with their unit, ``across`` the categories. ``base`` is where swings start,
    ``bands`` holds (low, high) for lines by series. ``signed``: the sign is the message, gain and loss
    have their colours.
    """

    kind: str
    title: str
    axis: str
    labels: Sequence[str | float]
    series: Mapping[str, Sequence[float]]
    across: str = ""
    base: float = 0.0
    bands: Mapping[str, tuple[Sequence[float], Sequence[float]]] = field(default_factory=dict)
    signed: bool = True


def unit_of(measure: str, currency: str = "") -> tuple[str, float]:
    """Return the words of the unit that a measure is shown in, and the factor that leads to it.

    Money names its ``currency`` where one is known: ``EUR millions``, ``EUR per share``.
    """
    unit = UNITS[measure]
    if unit == "margin":
        return ("basis points", 10_000.0) if is_change(measure) else ("%", 100.0)
    if unit in ("share", "ratio"):
        return "%", 100.0
    money = {"money": "millions", "money per share": "per share"}.get(unit)
    return f"{currency} {money}".strip() if money else unit, 1.0


def scaled(values: Sequence[float], measure: str) -> list[float]:
    """Return a measure's values in the unit that it is shown in."""
    factor = unit_of(measure)[1]
    return [value * factor for value in values]


def axis_of(measure: str, *currencies: str) -> str:
    """Return a measure's name and unit, as an axis shows them; of several currencies each."""
    currency = " or ".join(sorted(set(filter(None, currencies))))
    return f"{label(measure) if labelled(measure) else measure} ({unit_of(measure, currency)[0]})"
