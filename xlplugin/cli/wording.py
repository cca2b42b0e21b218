"""What several commands say in the same words: entries, scenarios, ranges, how far to trust a figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xlplugin.cli.language import (
    called,
    chosen,
    figure,
    in_currency,
    listed,
    not_available,
    share,
    shown,
    spoken,
    text,
)
from xlplugin.cli.terminal import note
from xlplugin.data.shipped import shipped
from xlplugin.model.inputs import INPUTS
from xlplugin.model.labels import LANGUAGES
from xlplugin.workbook.builder.texts import text as workbook_text
from xlplugin.workbook.builder.texts import translated
from xlplugin.workbook.builder.your_case import is_your_case

if TYPE_CHECKING:
    from xlplugin.data.dataset import Dataset
    from xlplugin.data.subjects import Subject


def year_words(year: object) -> str:
    """Return a fiscal year as people read it; nothing where none is known."""
    return translated(str(year or ""), chosen())


def note_trust(subject: Subject, measure: str | None = None) -> None:
    """Say how far the figures of a company can be trusted."""
    if subject.undetermined and measure is not None:
        from xlplugin.analysis.comparison import market_range

        ends = market_range(subject, measure)
        low, high = (in_currency(end, measure, subject.case.currency) for end in ends)
        lever = called("market_elasticity")
        note(text("trust.undetermined", company=subject.company, low=low, high=high, lever=lever))
    if subject.is_lab:
        note(text("trust.lab", company=subject.company))
    fallbacks = subject.case.fallback_exposures({}, tuple(subject.inputs))
    if len(fallbacks) > 4:
        note(text("trust.fallback", names=listed(fallbacks)))


def range_in_words(subject: Subject, measure: str) -> list[str]:
    """Say between which percentiles a measure lies, and why where its headline lies outside.

    No sentence where the measure is not available.
    """
    from xlplugin.analysis.uncertainty.ranges import spread_of
    from xlplugin.data.subjects import FACE_VALUE

    found, currency = spread_of(subject, measure), subject.case.currency
    if not found.used:
        return []
    ends = [f"P{end} {in_currency(getattr(found, f'p{end}'), measure, currency)}" for end in (10, 50, 90)]
    reduction = entry(subject.inputs["cost_reduction"], "cost_reduction")
    held = scenario_words(subject.scenario or FACE_VALUE, subject.dataset)
    if not subject.scenario:
        held = text("range.held", scenario=held, reduction=reduction)
    left = text("range.outside", count=found.invalid) if found.invalid else ""
    lines = [text("range.words", measure=spoken(measure), held=held, ends=", ".join(ends), left=left)]
    if found.why:
        headline, place = in_currency(found.headline, measure, currency), found.percentile * 100
        lines.append(text("range.why", headline=headline, place=place, why=found.why))
    return lines


def note_open(subject: Subject, key: str) -> None:
    """Say that without a scenario the reduction and its haircuts are open, too; ``key`` names the text."""
    from xlplugin.data.subjects import CLAIM

    names = [name for name in CLAIM if name not in subject.given]
    if names and not subject.scenario:
        note(text(key, names=listed(names)))


def entry(value: float, name: str) -> str:
    """Return an input as people type it."""
    if value != value:
        return not_available()
    return share(value) if INPUTS[name].is_fraction else figure(value, ",.4g")


def scenario_words(scenario: object, dataset: Dataset | None = None) -> str:
    """Return a scenario as people read it: by its name in English, by its label in another language."""
    name, presets = str(scenario), (dataset or shipped()).scenarios
    if chosen() == LANGUAGES[0]:
        return name
    if name in presets:
        return translated(presets[name].label, chosen())
    return workbook_text("scenario.your_case", chosen()) if is_your_case(name) else name


def typed_value(value: Any, item: str | None) -> str:
    """Return an entry as it is typed: shares in per cent, other numbers short, a blank by its name."""
    if value is None:
        return text("update.nothing")
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    if item in INPUTS and INPUTS[item].is_fraction:
        return shown(value, item, unit="share")
    return figure(value, ".12g")
