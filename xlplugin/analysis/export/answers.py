"""The plot that answers each question on a scenario: compare, bridge, tornado, slopes, grid, break-even."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from xlplugin.analysis.bridges import BRIDGED, bridged
from xlplugin.analysis.export.compared import (
    company_and_year,
    ends_in_words,
    outside,
    range_of,
    subjects_of,
)
from xlplugin.analysis.export.plots import (
    NO_RANGE,
    Plot,
    axis_of,
    figure,
    measure_in_words,
    number_of,
    scaled,
    unit_of,
)
from xlplugin.analysis.export.wording import entry_in_words, frame, name_in_words, of_one, said
from xlplugin.analysis.tornados import Tornado
from xlplugin.data.subjects import Subject
from xlplugin.model.formats import is_change
from xlplugin.model.inputs import INPUTS
from xlplugin.workbook.builder.texts import text

Record = Mapping[str, Any]


def comparison_plot(
    rows: Sequence[Record], measure: str, shared: Mapping[str, Any], language: str = "en"
) -> Plot:
    """Return the bars of a comparison with their ranges; ``shared`` is what the rows were made with."""
    abouts = list(subjects_of(rows, shared).values())
    charted = [row["value"] if row["measure"] == measure else math.nan for row in rows]
    ends = [range_of(row) if row["measure"] == measure else NO_RANGE for row in rows]
    groups = [row["group"] if row["group"] != "companies" else "" for row in rows]  # the ranked have no words
    currencies = [row["currency"] for row in rows if row["measure"] == measure]
    return Plot(
        "bars",
        text("picture.title.compare", language, measure=measure_in_words(measure, language)),
        axis_of(measure, *currencies, language=language),
        [company_and_year(row, language) for row in rows],
        {measure_in_words(measure, language): scaled(charted, measure)},
        signed=is_change(measure),
        **frame(abouts, language, shared.get("levers")),
        ranges=[(low, high) for low, high in (scaled(pair, measure) for pair in ends)],
        beside=[_beside(row, measure, language) for row in rows],
        beside_head=text("picture.head.compare", language),
        groups=[text(f"picture.group.{group}", language) if group else "" for group in groups],
        key=text("picture.key.compare", language),
        notes=_comparison_notes(rows, language),
        number=number_of(measure),
    )


def _beside(row: Record, measure: str, language: str) -> str:
    """Return value and range in words, for another measure than the plot's with its name."""
    if row["value"] != row["value"]:
        return text("picture.not_available", language)
    value = said(row["value"], row["measure"], language, row["currency"])
    if row["measure"] != measure:
        value = f"{measure_in_words(row['measure'], language)} {value}"
    low, high = ends_in_words(row, language)
    return text("picture.value_range", language, figure=value, low=low, high=high) if low else value


def _comparison_notes(rows: Sequence[Record], language: str) -> list[str]:
    left_out = outside(rows, language)
    return [text("picture.outside", language, listed=", ".join(left_out))] if left_out else []


def _without_effect(names: Sequence[str], language: str) -> list[str]:
    """Name what moves nothing, and so takes no room."""
    return [text("picture.no_effect", language, listed="; ".join(names))] if names else []


def bridge_plot(
    about: Subject,
    rows: Sequence[Record],
    measure: str,
    language: str = "en",
    levers: Mapping[str, Any] | None = None,
) -> Plot:
    """Return the bridge from base to result; bars of 0 are named in a note and take no room."""
    name = bridged(measure)
    change = BRIDGED[name][2]
    kept = [row for i, row in enumerate(rows) if i in (0, len(rows) - 1) or row["value"]]
    still = [row["label"] for row in rows[1:-1] if row["value"] == 0]
    beside = [said(row["value"], change, language) for row in kept]
    for end in (0, -1):
        beside[end] = said(kept[end]["value"], name, language)
    unit = "" if name.endswith("margin") else unit_of(change, about.case.currency, language)[0]
    return Plot(
        "steps",
        labels=[row["label"] for row in kept],
        series={end: scaled([row[end] for row in kept], name) for end in ("start", "end")},
        **of_one("bridge", about, name, language, levers),
        beside=beside,
        beside_head=unit,
        notes=[*_without_effect(still, language), text("picture.order", language)],
    )


def tornado_plot(swung: Tornado, language: str = "en", levers: Mapping[str, Any] | None = None) -> Plot:
    """Return each assumption's swing between its low and its high."""
    about, measure = swung.subject, swung.measure
    moving = [row for row in swung.bars if row["swing"] > 0]
    still = [name_in_words(row["input"], language) for row in swung.bars if not row["swing"] > 0]
    ends = [
        {end: entry_in_words(row[end], row["input"], language) for end in ("low", "high")} for row in moving
    ]
    base = said(swung.value, measure, language, about.case.currency)
    return Plot(
        "swings",
        labels=[name_in_words(row["input"], language) for row in moving],
        series={end: scaled([row[f"at_{end}"] for row in moving], measure) for end in ("low", "high")},
        base=scaled([swung.value], measure)[0],
        **of_one("tornado", about, measure, language, levers),
        beside=[text("picture.span", language, **pair) for pair in ends],
        beside_head=text("picture.head.tornado", language),
        key=text("picture.key.tornado", language, base=base),
        notes=_without_effect(still, language),
    )


def slopes_plot(
    about: Subject,
    rows: Sequence[Record],
    measure: str,
    language: str = "en",
    levers: Mapping[str, Any] | None = None,
) -> Plot:
    """Return the elasticities of a measure: per cent of the measure per per cent of the input."""
    known = [row for row in rows if row["elasticity"] == row["elasticity"] and row["elasticity"]]
    known.sort(key=lambda row: -abs(row["elasticity"]))
    return Plot(
        "bars",
        labels=[name_in_words(row["input"], language) for row in known],
        series={text("picture.elasticity", language): [row["elasticity"] for row in known]},
        **of_one("slopes", about, measure, language, levers)
        | {"axis": text("picture.axis.elasticity", language), "number": "+0.000;-0.000;0.000"},
        beside=[_elasticity(row["elasticity"], language) for row in known],
        notes=[text("picture.kink", language)],
    )


def _elasticity(value: float, language: str) -> str:
    return figure(value, 2 if abs(value) >= 0.1 else 3, language, signed=True)


def grid_plot(
    about: Subject,
    measure: str,
    names: tuple[str, str],
    values: tuple[Sequence[float], Sequence[float]],
    table: Sequence[Sequence[float]],
    language: str = "en",
    levers: Mapping[str, Any] | None = None,
) -> Plot:
    """Return the measure over two inputs: the first's values down, the second's across."""
    first, second = (name_in_words(name, language) for name in names)
    series = {
        entry_in_words(value, names[1], language): scaled([line[k] for line in table], measure)
        for k, value in enumerate(values[1])
    }
    return Plot(
        "heat",
        labels=[entry_in_words(value, names[0], language) for value in values[0]],
        series=series,
        across=f"{first}|{second}",
        signed=is_change(measure),
        **of_one("grid", about, measure, language, levers),
    )


def breakeven_plot(
    abouts: Sequence[Subject],
    rows: Sequence[Record],
    lever: str,
    language: str = "en",
    levers: Mapping[str, Any] | None = None,
) -> Plot:
    """Return the break-even by company and target: the root that lies nearest to the value in use."""
    nearest = [row for row in rows if row["kind"] == "none" or row["rank"] == 1]
    fraction = INPUTS[lever].is_fraction
    factor = 100 if fraction else 1
    values = [row["value"] * factor if row["kind"] != "none" else math.nan for row in nearest]
    currencies = {about.company: about.case.currency for about in abouts}
    targets = [_target(row, currencies[row["company"]], language) for row in nearest]
    alike = len(set(targets)) == 1
    pairs = zip(nearest, targets, strict=True)
    name = name_in_words(lever, language)
    key = "breakeven" if alike else "breakevens"
    return Plot(
        "bars",
        text(f"picture.title.{key}", language, lever=name, target=targets[0]),
        f"{name} (%)" if fraction else name,
        [row["company"] if alike else f"{row['company']}: {target}" for row, target in pairs],
        {name: values},
        signed=False,
        **frame(abouts, language, levers),
        beside=[_breakeven(row, lever, language) for row in nearest],
        beside_head=text("picture.head.breakeven", language),
        number="0.0" if fraction else "0.000",
    )


def _target(row: Record, currency: str, language: str) -> str:
    measure = row["measure"]
    return f"{measure_in_words(measure, language)} {said(row['target'], measure, language, currency)}"


def _breakeven(row: Record, lever: str, language: str) -> str:
    if row["kind"] == "none":
        return text("picture.out_of_reach", language)
    return entry_in_words(row["value"], lever, language)
