"""The plots of curves and of draws: a measure over a lever, histograms, shares of variance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from xlplugin.analysis.export.plots import Plot, figure, measure_in_words, scaled
from xlplugin.analysis.export.wording import listed, name_in_words, of_one, said
from xlplugin.analysis.uncertainty.simulation import Simulation
from xlplugin.data.subjects import CLAIM, Subject
from xlplugin.model.formats import percent
from xlplugin.model.inputs import INPUTS
from xlplugin.workbook.builder.texts import text

Record = Mapping[str, Any]

#: A share of variance below this is not drawn.
SMALLEST_SHARE = 0.0005


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
        labels=[point * 100 if fraction else point for point in points],
        series=series,
        across=f"{name} (%)" if fraction else name,
        **of_one("curve", about, measure, language, levers, lever=name),
    )


def draws_plot(
    simulated: Simulation, measure: str, language: str = "en", levers: Mapping[str, Any] | None = None
) -> Plot:
    """Return the histogram of a measure's draws with P10, P50, P90 and the headline marked."""
    about = simulated.subject
    lines = simulated.lines[measure]
    edges, counts = simulated.histograms[measure]
    shares = [100 * count / simulated.used for count in counts]
    headline = about.value(measure)
    shown = {share: value for share, value in lines["percentiles"].items() if share in (0.1, 0.5, 0.9)}
    marks = {f"P{share * 100:g} {said(value, measure, language)}": value for share, value in shown.items()}
    marks[text("picture.headline", language, figure=said(headline, measure, language))] = headline
    improved = lines["share_improved"]
    key = text("picture.key.draws", language, draws=figure(simulated.used, 0, language))
    if improved == improved:
        key += " " + text("picture.improved", language, share=_share(improved, language))
    outside = 1 - sum(counts) / simulated.used
    notes = [text("picture.judgement", language)]
    if outside > 0.0005:
        notes.insert(0, text("picture.tails", language, share=_share(outside, language)))
    claim = [name for name in CLAIM if name in simulated.draws.distributions]
    if claim:
        names = listed([name_in_words(name, language) for name in claim], language)
        notes.insert(0, text("picture.claim_drawn", language, names=names))
    return Plot(
        "histogram",
        labels=scaled(edges[:-1], measure),
        series={text("picture.share_of_draws", language): shares},
        across=text("picture.axis.draws", language),
        **of_one("draws", about, measure, language, levers) | {"number": "0.0"},
        marks=dict(zip(marks, scaled(list(marks.values()), measure), strict=True)),
        key=key,
        notes=notes,
    )


def _share(value: float, language: str) -> str:
    return percent(value, 1 if value < 0.9995 else 0, language=language)


def variance_plot(
    about: Subject, rows: Sequence[Record], language: str = "en", levers: Mapping[str, Any] | None = None
) -> Plot:
    """Return the total Sobol' indices with their 95% intervals."""
    charted = [row for row in rows if row["total"] >= SMALLEST_SHARE]
    measure = rows[0]["measure"]
    ends = [
        (max(0.0, row["total"] - row["total_error"]), row["total"] + row["total_error"]) for row in charted
    ]
    shares = [{which: figure(row[which], 2, language) for which in ("total", "first")} for row in charted]
    return Plot(
        "bars",
        labels=[name_in_words(row["input"], language) for row in charted],
        series={text("picture.total", language): [row["total"] for row in charted]},
        signed=False,
        **of_one("sobol", about, measure, language, levers)
        | {"axis": text("picture.axis.index", language), "number": "0.000"},
        ranges=ends,
        beside=[text("picture.index", language, **pair) for pair in shares],
        beside_head=text("picture.head.sobol", language),
        key=text("picture.key.sobol", language),
        notes=[text("picture.small_shares", language), text("picture.judgement", language)],
    )
