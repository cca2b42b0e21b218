"""What a plot of an analysis shows, bound to no library: the figures in the unit that people read."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from xlplugin.model.formats import in_language, is_change
from xlplugin.model.labels import label, labelled
from xlplugin.model.lines import UNITS
from xlplugin.workbook.builder.texts import text

#: Beside a label without a range, or where an end is not known.
NO_RANGE = (math.nan, math.nan)


@dataclass(frozen=True)
class Plot:
    """One plot: ``labels`` are the categories, ``series`` their values by name.

    ``kind``: ``bars`` (lying, one series), ``swings`` (lying, low and high about a base), ``steps``
    (waterfall from start to end), ``lines`` (over numbers, with bands), ``heat`` (rows by columns),
    ``histogram`` (``labels`` are the lower edges of as many bins as the series has) or ``panels`` (plots of
    lines side by side). ``axis`` names the values with their unit, ``across`` the categories. ``base`` is
    where swings start, ``bands`` holds (low, high) for lines by series. ``signed``: the sign is the message,
    gain and loss have their colours.

    ``subtitle`` says under which scenario; ``ranges`` are the ends of each bar's whisker; ``beside`` is what
    stands to the right of each bar, under ``beside_head``; ``groups`` names the block of each label, blank
    for those that are ranked: the bars of others are grey and scale nothing. ``marks`` are named places of a
    histogram. ``key`` says what bars, whiskers and bands are; ``notes`` and ``source`` stand at the foot.
    All texts are in ``language``.
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
    subtitle: str = ""
    ranges: Sequence[tuple[float, float]] = ()
    beside: Sequence[str] = ()
    beside_head: str = ""
    groups: Sequence[str] = ()
    marks: Mapping[str, float] = field(default_factory=dict)
    key: str = ""
    notes: Sequence[str] = ()
    source: str = ""
    panels: Sequence[Plot] = ()
    number: str = "#,##0.0"
    language: str = "en"

    def group(self, place: int) -> str:
        """Return the block that a label stands in, blank where it is ranked."""
        return self.groups[place] if self.groups else ""

    def range_of(self, place: int) -> tuple[float, float]:
        """Return the ends of a bar's whisker, NaN where it has none."""
        return self.ranges[place] if self.ranges else NO_RANGE


def unit_of(measure: str, currency: str = "", language: str = "en") -> tuple[str, float]:
    """Return the words of the unit that a measure is shown in, and the factor that leads to it.

    Money names its ``currency`` where one is known: ``EUR millions``, ``EUR per share``.
    """
    unit = UNITS[measure]
    if unit == "margin" and is_change(measure):
        return text("picture.unit.basis_points", language), 10_000.0
    if unit in ("margin", "share", "ratio"):
        return "%", 100.0
    if unit in ("money", "money per share"):
        return text(f"picture.unit.{unit.replace(' ', '_')}", language, currency=currency).strip(), 1.0
    return label(f"unit:{unit}", language) if labelled(f"unit:{unit}") else unit, 1.0


def number_of(measure: str) -> str:
    """Return Excel's format of a plot's figures, in the unit that they are shown in."""
    unit, signed = UNITS[measure], is_change(measure)
    digits = {"money per share": "0.000", "index": "0.000", "elasticity": "0.000"}.get(unit, "#,##0.0")
    return f"+{digits};-{digits};{digits}" if signed else digits


def scaled(values: Sequence[float], measure: str) -> list[float]:
    """Return a measure's values in the unit that it is shown in."""
    factor = unit_of(measure)[1]
    return [value * factor for value in values]


def measure_in_words(measure: str, language: str = "en") -> str:
    """Return a measure's short name: a line's or a bar's label, else its own name without underscores."""
    words = label(measure, language) if labelled(measure) else measure.replace("_", " ")
    return text("picture.bar", language, bar=words) if measure.startswith("bridge_") else words


def axis_of(measure: str, *currencies: str, language: str = "en") -> str:
    """Return a measure's name and unit, as an axis shows them; of several currencies each."""
    either = text("picture.or", language)
    currency = f" {either} ".join(sorted(set(filter(None, currencies))))
    return f"{measure_in_words(measure, language)} ({unit_of(measure, currency, language)[0]})"


def figure(value: float, decimals: int, language: str = "en", *, signed: bool = False) -> str:
    """Return a number in the language's notation, with the true minus sign."""
    value = 0.0 if round(value, decimals) == 0 else value  # no minus before nothing
    words = f"{value:{'+' if signed and value else ''},.{decimals}f}"
    return in_language(words, language).replace("-", "−")


def decimals_for(step: float) -> int:
    """Return how many decimals keep values apart that lie ``step`` from each other."""
    return max(0, min(6, -math.floor(math.log10(step) + 1e-9))) if step > 0 else 0
