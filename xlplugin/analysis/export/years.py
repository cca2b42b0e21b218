"""The plot of paths: a measure over years, by fall of AI cost and company, with bands of draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from xlplugin.analysis.export.plots import Plot, axis_of, figure, number_of, scaled
from xlplugin.analysis.export.wording import frame, scenario_name, share, title
from xlplugin.analysis.paths import told
from xlplugin.data.subjects import Subject
from xlplugin.workbook.builder.texts import text

#: A year of a path: company, measure, annual_decline, year, value, and low and high of its band.
Record = Mapping[str, Any]
Curve = Sequence[Record]

#: Curves of one plot at most; more stand side by side, a company a panel; and curves with bands at most.
MOST_CURVES, MOST_PANELS = 6, 12


def path_plot(curves: Sequence[Curve], abouts: Sequence[Subject], language: str = "en") -> Plot:
    """Return the years of each company and decline, side by side where the curves or bands are many.

    Companies of another measure than the first one's are named and left out.
    """
    measure = curves[0][0]["measure"]
    shown = [curve for curve in curves if curve[0]["measure"] == measure]
    names = list(dict.fromkeys(curve[0]["company"] for curve in shown))
    subjects = {about.company: about for about in abouts}
    kept, alone = [subjects[name] for name in names], len(names) == 1
    left_out = [name for name in subjects if name not in names]
    axes: dict[str, Any] = {
        "axis": axis_of(measure, *(about.case.currency for about in kept), language=language),
        "across": text("picture.axis.years", language),
    }
    scenario = scenario_name(kept[0].scenario, kept[0].dataset, language)
    settings: dict[str, Any] = {
        **frame(kept, language),
        "subtitle": text("picture.path.scenario", language, name=scenario),
        "title": title("path" if alone else "paths", kept[0], measure, language),
        "labels": [row["year"] for row in shown[0]],
        "number": number_of(measure),
        "notes": _notes(shown, left_out, language),
    }
    groups = _groups(shown, alone)
    if len(groups) == 1:
        series, bands = _series(shown, alone, language)
        return Plot("lines", series=series, bands=bands, **axes, **settings)
    panels = []
    for name, some in groups.items():
        series, bands = _series(some, alone or len(some) > 1, language)
        own = {**settings, "title": name.strip() or next(iter(series)), "axis": "", "across": ""}
        panels.append(Plot("lines", series=series, bands=bands, **own))
    # one company's panels have one scale, that of all its curves together
    series, bands = _series(shown, alone, language) if alone else ({}, {})
    return Plot("panels", series=series, bands=bands, panels=panels, **axes, **settings)


def _groups(curves: Sequence[Curve], alone: bool) -> dict[str, list[Curve]]:
    """Return the curves of each panel by its title, blank (with a number) where it is the curve's own."""
    # bands that lie on each other could not be told apart, nor many declines
    banded = "low" in curves[0][0] and 2 < len(curves) <= MOST_PANELS
    if banded or (alone and len(curves) > MOST_CURVES):
        return {" " * place: [curve] for place, curve in enumerate(curves)}
    if len(curves) <= MOST_CURVES:
        return {"": list(curves)}
    groups: dict[str, list[Curve]] = {}
    for curve in curves:
        groups.setdefault(curve[0]["company"], []).append(curve)
    return groups


def _notes(curves: Sequence[Curve], left_out: Sequence[str], language: str) -> list[str]:
    notes = [text("picture.path", language)]
    if "low" in curves[0][0]:
        notes.append(text("picture.band", language, draws=figure(curves[0][0]["draws"], 0, language)))
    if any(row["beyond_model"] for curve in curves for row in curve):
        notes.append(text("picture.beyond", language))
    if left_out:
        notes.append(text("picture.left_out_measure", language, listed=", ".join(left_out)))
    return notes


def _series(
    curves: Sequence[Sequence[Record]], alone: bool, language: str
) -> tuple[dict[str, list[float]], dict[str, tuple[list[float], list[float]]]]:
    series, bands = {}, {}
    for curve in curves:
        measure, decline = curve[0]["measure"], share(curve[0]["annual_decline"], language)
        name = text("picture.decline", language, decline=decline)
        if not alone:
            name = f"{curve[0]['company']}, {name}"
        if "low" in curve[0]:
            name = text("picture.with_band", language, name=name)
            bands[name] = tuple(scaled([told(row, end) for row in curve], measure) for end in ("low", "high"))
        series[name] = scaled([told(row, "value") for row in curve], measure)
    return series, bands  # type: ignore[return-value]
