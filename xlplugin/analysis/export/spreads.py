"""The plots of curves and of draws: a measure over a lever, paths over years, histograms, variance shares."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from xlplugin.analysis.export.plots import Plot, axis_of, figure, measure_in_words, number_of, scaled
from xlplugin.analysis.export.wording import (
    name_in_words, said, scenario_in_words, scenario_name, share, source_line, who,
)  # fmt: skip
from xlplugin.analysis.uncertainty.ranges import spread_of
from xlplugin.analysis.uncertainty.simulation import Simulation
from xlplugin.data.subjects import Subject
from xlplugin.model.inputs import INPUTS
from xlplugin.workbook.builder.texts import text

Record = Mapping[str, Any]

#: A share of variance below this is not drawn.
SMALLEST_SHARE = 0.0005

#: Curves of one plot at most; more stand side by side, a company a panel.
MOST_CURVES, MOST_PANELS = 6, 12


def curve_plot(
    about: Subject,
    measure: str,
    lever: str,
    points: Sequence[float],
    values: Sequence[float],
    targets: Sequence[float],
    language: str = "en",
    levers: Mapping[str, Any] | None = None,
) -> Plot:
    """Return a measure over a lever's domain, with the targets that are sought."""
    fraction = INPUTS[lever].is_fraction
    series = {measure_in_words(measure, language): scaled(values, measure)}
    for target in dict.fromkeys(targets):
        words = text("picture.target", language, target=said(target, measure, language, about.case.currency))
        series[words] = scaled([target] * len(points), measure)
    name = name_in_words(lever, language)
    return Plot(
        "lines",
        text("picture.title.curve", language, who=who(about, language),
             measure=measure_in_words(measure, language), lever=name),
        axis_of(measure, about.case.currency, language=language),
        [point * 100 if fraction else point for point in points],
        series,
        across=f"{name} (%)" if fraction else name,
        subtitle=scenario_in_words([about], language, levers),
        source=source_line([about], language),
        number=number_of(measure),
        language=language,
    )  # fmt: skip


def path_plot(
    curves: Sequence[Sequence[Record]], abouts: Sequence[Subject], language: str = "en"
) -> Plot | None:
    """Return the years of each company and decline, companies side by side where the curves are many.

    A record holds company, measure, annual_decline, year, value, and low and high of its band. Companies of
    another measure than the first one's are named and left out. None where nothing is left.
    """
    if not curves:
        return None
    measure = curves[0][0]["measure"]
    shown = [curve for curve in curves if curve[0]["measure"] == measure]
    names = list(dict.fromkeys(curve[0]["company"] for curve in shown))
    left_out = list(dict.fromkeys(c[0]["company"] for c in curves if c[0]["company"] not in names))
    subjects = {about.company: about for about in abouts}
    kept = [subjects[name] for name in names]
    common: dict[str, Any] = {
        "axis": axis_of(measure, *(about.case.currency for about in kept), language=language),
        "across": text("picture.axis.years", language),
        "number": number_of(measure),
        "language": language,
    }
    alone = len(names) == 1
    words = who(kept[0], language) if alone else ""
    notes = [text("picture.path", language)]
    if any("low" in curve[0] for curve in shown):
        notes.append(text("picture.band", language, draws=f"{shown[0][0].get('draws', 0):,.0f}"))
    if any(row["beyond_model"] for curve in shown for row in curve):
        notes.append(text("picture.beyond", language))
    if left_out:
        notes.append(text("picture.left_out_measure", language, listed=", ".join(left_out)))
    head: dict[str, Any] = {
        "title": text(f"picture.title.{'path' if alone else 'paths'}", language, who=words,
                      measure=measure_in_words(measure, language)),
        "subtitle": text("picture.path.scenario", language,
                         name=scenario_name(kept[0].scenario, kept[0].dataset, language)),
        "notes": notes,
        "source": source_line(kept, language),
    }  # fmt: skip
    labels = [row["year"] for row in shown[0]]
    banded = "low" in shown[0][0]
    if banded and 2 < len(shown) <= MOST_PANELS:  # bands that lie on each other are told apart side by side
        return _banded(shown, alone, labels, head, common)
    if len(shown) <= MOST_CURVES:
        series, bands = _series(shown, alone, language)
        return Plot("lines", labels=labels, series=series, bands=bands, **head, **common)
    panels = []
    for name in names:
        series, bands = _series([curve for curve in shown if curve[0]["company"] == name], True, language)
        panels.append(_panel(name, labels, series, bands, common))
    return Plot("panels", labels=labels, series={}, panels=panels, **head, **common)


def _panel(title: str, labels: Sequence[float], series: Any, bands: Any, common: Mapping[str, Any]) -> Plot:
    """Return one of several plots side by side, whose axes are named once above all."""
    return Plot("lines", title=title, labels=labels, series=series, bands=bands,
                **{**common, "axis": "", "across": ""})  # fmt: skip


def _banded(
    curves: Sequence[Sequence[Record]], alone: bool, labels: Sequence[float], head: dict[str, Any], common: dict[str, Any]
) -> Plot:
    """Return a panel for each curve and its band; those of one company have one scale."""
    panels, all_series, all_bands = [], {}, {}
    for curve in curves:
        series, bands = _series([curve], alone, common["language"])
        title = next(iter(series))
        all_series |= series
        all_bands |= bands
        panels.append(_panel(title, labels, series, bands, common))
    if not alone:
        all_series, all_bands = {}, {}
    return Plot("panels", labels=labels, series=all_series, bands=all_bands, panels=panels, **head, **common)


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
            bands[name] = tuple(scaled([_told(row, end) for row in curve], measure) for end in ("low", "high"))
        series[name] = scaled([_told(row, "value") for row in curve], measure)
    return series, bands  # type: ignore[return-value]


def _told(row: Record, part: str) -> float:
    """Return a figure of a year, NaN where the year lies beyond what the model can say."""
    return math.nan if row["beyond_model"] else float(row[part])


def draws_plot(
    simulated: Simulation, measure: str, language: str = "en", levers: Mapping[str, Any] | None = None
) -> Plot:
    """Return the histogram of a measure's draws with P10, P50, P90 and the headline marked."""
    about = simulated.subject
    lines = simulated.lines[measure]
    edges, counts = simulated.histograms[measure]
    shares = [100 * count / simulated.used for count in counts]
    headline = about.evaluate((measure,))[measure]
    marks = {
        f"P{share * 100:g} {said(lines['percentiles'][share], measure, language)}": lines["percentiles"][share]
        for share in (0.1, 0.5, 0.9)
        if share in lines["percentiles"]
    }
    marks[text("picture.headline", language, value=said(headline, measure, language))] = headline
    improved = lines["share_improved"]
    key = text("picture.key.draws", language, draws=_counted(simulated.used, language))
    if improved == improved:
        key += " " + text("picture.improved", language, share=_share(improved, language))
    outside = 1 - sum(counts) / simulated.used
    notes = [text("picture.judgement", language)]
    if outside > 0.0005:
        notes.insert(0, text("picture.tails", language, share=_share(outside, language)))
    return Plot(
        "histogram",
        text("picture.title.draws", language, who=who(about, language), measure=measure_in_words(measure, language)),
        axis_of(measure, about.case.currency, language=language),
        scaled(edges[:-1], measure),
        {text("picture.share_of_draws", language): shares},
        across=text("picture.axis.draws", language),
        subtitle=scenario_in_words([about], language, levers),
        marks=dict(zip(marks, scaled(list(marks.values()), measure), strict=True)),
        key=key,
        notes=notes,
        source=source_line([about], language),
        number="0.0",
        language=language,
    )  # fmt: skip


def _counted(count: int, language: str) -> str:
    return figure(count, 0, language)


def _share(value: float, language: str) -> str:
    from xlplugin.model.formats import percent

    return percent(value, 1 if value < 0.9995 else 0, language=language)


def variance_plot(
    about: Subject, rows: Sequence[Record], language: str = "en", levers: Mapping[str, Any] | None = None
) -> Plot:
    """Return the total Sobol' indices with their 95% intervals."""
    charted = [row for row in rows if row["total"] >= SMALLEST_SHARE]
    measure = rows[0]["measure"]
    ends = [(max(0.0, row["total"] - row["total_error"]), row["total"] + row["total_error"]) for row in charted]
    beside = [
        text("picture.index", language, **{which: figure(row[which], 2, language) for which in ("total", "first")})
        for row in charted
    ]
    return Plot(
        "bars",
        text("picture.title.sobol", language, who=who(about, language), measure=measure_in_words(measure, language)),
        text("picture.axis.index", language),
        [name_in_words(row["input"], language) for row in charted],
        {text("picture.total", language): [row["total"] for row in charted]},
        signed=False,
        subtitle=scenario_in_words([about], language, levers),
        ranges=ends,
        beside=beside,
        beside_head=text("picture.head.sobol", language),
        key=text("picture.key.sobol", language),
        notes=[text("picture.small_shares", language), text("picture.judgement", language)],
        source=source_line([about], language),
        number="0.000",
        language=language,
    )  # fmt: skip

