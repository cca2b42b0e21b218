"""What pictures and notes say in words: who, when, under which scenario, from which sources, on what day."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from xlplugin.analysis.export.plots import axis_of, measure_in_words, number_of
from xlplugin.data.dataset import Dataset
from xlplugin.data.subjects import Subject
from xlplugin.model import formats
from xlplugin.model.formats import in_currency, in_language
from xlplugin.model.inputs import INPUTS
from xlplugin.model.labels import label, labelled
from xlplugin.model.version import __version__
from xlplugin.workbook.builder.texts import text, translated

#: Differences of shares that are shown as none.
_SAME = 5e-6


def share(value: float, language: str = "en") -> str:
    """Return a fraction in per cent with as many digits as it has, and the true minus sign."""
    return minus(formats.share(value, language))


def entry_in_words(value: float, name: str, language: str = "en") -> str:
    """Return an input's value as people type it."""
    if value != value:
        return in_language("#N/A", language)
    return share(value, language) if INPUTS[name].is_fraction else in_language(f"{value:,.4g}", language)


def minus(words: str) -> str:
    """Return words whose figures have the true minus sign."""
    return re.sub(r"(?<![\w.,-])-(?=[\d.,])", "−", words)


def said(value: float, measure: str, language: str = "en", currency: str = "") -> str:
    """Return a measure's value as people read it, money with its currency where one is given."""
    return minus(in_currency(value, measure, currency, language))


def name_in_words(name: str, language: str = "en") -> str:
    """Return an input's short name."""
    return label(name, language) if labelled(name) else name.replace("_", " ")


def year_in_words(fiscal_year: str | None, language: str = "en") -> str:
    """Return a fiscal year as people read it."""
    return translated(fiscal_year or "", language)


def who(about: Subject, language: str = "en") -> str:
    """Return company and fiscal year."""
    return f"{about.company} {year_in_words(about.case.fiscal_year, language)}".strip()


def title(key: str, about: Subject, measure: str, language: str, **more: str) -> str:
    """Return the title of a plot of one company and one measure."""
    words = measure_in_words(measure, language)
    places = {"who": who(about, language), "measure": words, "within": within(words, language), **more}
    return text(f"picture.title.{key}", language, **places)


def within(words: str, language: str) -> str:
    """Return a name as it stands within a sentence: small but for acronyms and, in German, nouns."""
    first, _, others = words.partition(" ")
    second = others.partition(" ")[0]
    adjective = first.endswith(("e", "es")) and (second[:1].isupper() or second.endswith("e"))
    small = language == "en" or (language == "de" and (adjective or first in ("An", "Von")))
    return words[:1].lower() + words[1:] if small and not words[1:2].isupper() else words


def frame(
    abouts: Sequence[Subject], language: str, levers: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return what stands above and below a plot: scenario, source and date, and the language of all."""
    return {
        "subtitle": scenario_in_words(abouts, language, levers),
        "source": source_line(abouts, language),
        "language": language,
    }


def of_one(
    key: str,
    about: Subject,
    measure: str,
    language: str,
    levers: Mapping[str, Any] | None = None,
    **more: str,
) -> dict[str, Any]:
    """Return what a plot of one company and one measure says: title, axis and format, and its frame."""
    return {
        "title": title(key, about, measure, language, **more),
        "axis": axis_of(measure, about.case.currency, language=language),
        "number": number_of(measure),
        **frame([about], language, levers),
    }


def scenario_name(scenario: str, dataset: Dataset, language: str = "en") -> str:
    """Return a preset's short name; of none: base assumptions."""
    if not scenario:
        return text("picture.base", language)
    preset = dataset.scenarios.get(scenario)
    return translated(preset.label, language) if preset and preset.label else scenario.replace("_", " ")


def scenario_in_words(
    abouts: Sequence[Subject], language: str = "en", levers: Mapping[str, Any] | None = None
) -> str:
    """Return the scenario with what it does to AI cost, after its haircuts, and the analyst's own entries."""
    if not abouts:
        return ""
    first = abouts[0]
    name, effect = scenario_name(first.scenario, first.dataset, language), effect_in_words(abouts, language)
    words = text(f"picture.scenario{'' if first.scenario else '.none'}", language, name=name, effect=effect)
    own = {name: first.inputs[name] for name in (levers or {}) if name != "cost_reduction"}
    listed = ", ".join(
        f"{name_in_words(n, language)} {entry_in_words(v, n, language)}" for n, v in own.items()
    )
    return f"{words} {text('picture.own', language, listed=listed)}" if listed else words


def effect_in_words(abouts: Sequence[Subject], language: str = "en") -> str:
    """Return what takes effect: the fall of the cost of running and of developing AI, and the claim."""
    claims = [about.inputs["cost_reduction"] for about in abouts]
    kept = [about.inputs["credibility"] * about.inputs["adoption"] for about in abouts]
    running = [claim * part for claim, part in zip(claims, kept, strict=True)]
    developing = [a.inputs["training_cost_reduction"] * part for a, part in zip(abouts, kept, strict=True)]
    if all(abs(one - other) < _SAME for one, other in zip(running, developing, strict=True)):
        words = _effect("both", running, language)
    else:
        parts = (_effect("run", running, language), _effect("develop", developing, language))
        words = text("picture.effect.and", language, run=parts[0], develop=parts[1])
    if any(abs(part - 1) > _SAME for part in kept) and any(claims):
        words += " " + text("picture.effect.claim", language, claim=_span(claims, language))
    return words


def _effect(what: str, effects: Sequence[float], language: str) -> str:
    if all(abs(effect) < _SAME for effect in effects):
        return text(f"picture.effect.{what}.same", language)
    way = "more" if max(effects) < 0 else "less"
    size = [-effect for effect in effects] if way == "more" else list(effects)
    return text(f"picture.effect.{what}.{way}", language, share=_span(size, language))


def _span(values: Sequence[float], language: str) -> str:
    low, high = min(values), max(values)
    if high - low < _SAME:
        return share(low, language)
    return text("picture.span", language, low=share(low, language), high=share(high, language))


def day(language: str = "en") -> str:
    """Return today's date; SOURCE_DATE_EPOCH stands in for it, for files that are made again."""
    fixed = os.environ.get("SOURCE_DATE_EPOCH", "")
    now = time.gmtime(int(fixed)) if fixed.isdigit() else time.localtime()
    parts = {"year": now.tm_year, "month": f"{now.tm_mon:02d}", "day": f"{now.tm_mday:02d}"}
    return text("picture.date", language, **parts)


def source_line(abouts: Iterable[Subject], language: str = "en") -> str:
    """Return the line at a picture's foot: where figures and assumptions come from, and of what day it is."""
    figures = _figures(list(abouts), language)
    return text("picture.source", language, version=__version__, figures=figures, date=day(language))


def _figures(abouts: list[Subject], language: str) -> str:
    sources = [figures_source(about, language) for about in abouts]
    if len(sources) == 1:
        return sources[0]
    years = [year_in_words(about.case.fiscal_year, language) for about in abouts if not about.is_lab]
    span = sorted({year for year in years if year})
    return text("picture.filings", language, years=" / ".join(span)) if span else ", ".join(sources)


def figures_source(about: Subject, language: str = "en") -> str:
    """Return where a company's figures come from, without numbers of filings."""
    figures = about.dataset.figures.get((about.company, about.case.fiscal_year or ""))
    source = translated(figures.source, language) if figures and figures.source else ""
    return source.partition(" (")[0].partition(";")[0] or text("picture.own_figures", language)


def listed(names: Sequence[str], language: str = "en") -> str:
    """Return names as a sentence lists them: ``A``, ``A and B``, ``A, B and C``."""
    if len(names) < 2:
        return "".join(names)
    return text("picture.and", language, first=", ".join(names[:-1]), last=names[-1])
