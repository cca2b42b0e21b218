"""The script that draws the assumptions of one company from their ranges."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from xlplugin.live.open_book import OpenBook
from xlplugin.live.plans import Chart, Column, Plan, cell, head_of, style_of
from xlplugin.live.questions import Measure
from xlplugin.live.scripts import Seed, Trials, script
from xlplugin.live.settings import CHOSEN, ENTRIES, setting_of
from xlplugin.live.texts import text
from xlplugin.live.wording import case_words, sources
from xlplugin.model.formats import in_currency, in_language, percent
from xlplugin.model.labels import label

#: Percentiles that the table shows.
SHOWN = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)

#: Bars of the histogram, and the percentiles that it is read from: the share between two values.
BARS, FINE = 24, tuple(i / 400 for i in range(1, 400))

#: What leads to the unit that labels of the histogram are in.
_FACTORS = {"bp": 10_000, "percent": 100, "change_percent": 100}


@script("simulate", *ENTRIES, CHOSEN)
def simulate(
    book: OpenBook,
    language: str,
    *,
    company: str = "",
    scenario: str = "",
    cost_reduction: str = "",
    measure: Measure = "usual",
    trials: Trials = 10_000,
    seed: Seed = 1,
    fiscal_year: str = "",
) -> Plan:
    from xlplugin.analysis.uncertainty import simulation

    asked = setting_of(book).asked(company, scenario, cost_reduction, fiscal_year)
    run = simulation.simulate(
        asked.pop("company"), None if measure == "usual" else measure, trials=trials, seed=seed,
        percentiles=tuple(sorted({*SHOWN, *FINE})), **asked,
    )  # fmt: skip
    about = run.subject
    ((name, found),) = run.lines.items()
    currency, at = about.case.currency, found["percentiles"]
    head = head_of(name, language, currency)
    outside = run.trials - run.used
    ends = {
        f"p{share * 100:g}": in_currency(at[share], name, currency, language) for share in (0.1, 0.5, 0.9)
    }
    return Plan(
        text("simulate.title", language, company=about.company, measure=label(name, language)),
        (
            text(
                "simulate.sentence",
                language,
                case=case_words(about, language),
                draws=_count(run.used, language),
                **ends,
            ),
            *_improved(found["share_improved"], language),
        ),
        (Column(text("column.statistic", language), width=44), Column(head, style_of(name), 20)),
        _table(found, name, language),
        (
            text(
                "simulate.drawn",
                language,
                names="; ".join(label(one["input"], language) for one in run.inputs),
            ),
            text(
                "simulate.draws",
                language,
                trials=_count(trials, language),
                seed=seed,
                outside=_count(outside, language),
            ),
            text("simulate.note", language),
            *sources(about, language),
        ),
        Chart(
            "columns",
            text("simulate.chart", language, company=about.company, measure=label(name, language)),
            text("simulate.axis", language),
            (head, text("simulate.axis", language)),
            histogram(at, found["min"], found["max"], name, language),
            "percent",
        ),
    )


def _table(found: Mapping[str, Any], name: str, language: str) -> tuple[tuple[Any, ...], ...]:
    at = found["percentiles"]
    rows = [(text("statistic.mean", language), cell(found["mean"], name)),
            (text("statistic.sd", language), cell(found["sd"], name)),
            (text("statistic.min", language), cell(found["min"], name))]  # fmt: skip
    rows += [
        (text("statistic.percentile", language, share=f"{share * 100:g}"), cell(at[share], name))
        for share in SHOWN
    ]
    return (*rows, (text("statistic.max", language), cell(found["max"], name)))


def _improved(share: float, language: str) -> list[str]:
    if share != share:
        return []
    return [text("simulate.improved", language, share=percent(share, 0, language=language))]


def _count(number: int, language: str) -> str:
    return in_language(f"{number:,}", language)


def histogram(
    at: Mapping[float, float], low: float, high: float, name: str, language: str
) -> tuple[tuple[Any, ...], ...]:
    """Return bars of equal width, lowest draw to highest: the middle of each, its share of draws."""
    import numpy as np

    shares, values = [0.0, *sorted(at), 1.0], [low, *(at[share] for share in sorted(at)), high]
    if not high > low:
        return ((_middle(low, 1, name, language), 1.0),)
    width = (high - low) / BARS
    digits = max(0, 1 - math.floor(math.log10(width * _FACTORS.get(style_of(name), 1))))
    edges = np.linspace(low, high, BARS + 1)
    held = np.diff(np.interp(edges, values, shares)).tolist()
    middles = (edges[:-1] + width / 2).tolist()
    return tuple(
        (_middle(middle, digits, name, language), share) for middle, share in zip(middles, held, strict=True)
    )


def _middle(value: float, digits: int, name: str, language: str) -> str:
    return in_language(f"{value * _FACTORS.get(style_of(name), 1):,.{digits}f}", language)
