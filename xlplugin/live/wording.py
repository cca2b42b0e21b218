"""Words that the sheets of several scripts share: a case, an entry, where figures come from."""

from __future__ import annotations

from xlplugin.data.shipped import shipped
from xlplugin.data.subjects import Subject
from xlplugin.live.texts import text
from xlplugin.model.formats import in_language, percent
from xlplugin.model.inputs import INPUTS
from xlplugin.workbook.builder.texts import text as words
from xlplugin.workbook.builder.texts import translated
from xlplugin.workbook.builder.your_case import is_your_case


def entry(value: float, name: str, language: str) -> str:
    """Return the value of an input as people read it."""
    if INPUTS[name].unit == "share":
        return percent(value, 1, language=language)
    return in_language(f"{value:.6g}", language)


def case_words(about: Subject, language: str) -> str:
    """Return a case in words: company, year, scenario, reduction."""
    reduction = percent(about.inputs["cost_reduction"], 0 if _whole(about) else 1, language=language)
    told = text("case.reduction", language, reduction=reduction)
    if about.scenario:
        scenario = scenario_words(about.scenario, language)
        told = text("case.scenario", language, scenario=scenario, reduction=reduction)
    return f"{about.company}, {about.case.fiscal_year}, {told}"


def scenario_words(name: object, language: str) -> str:
    """Return a preset's label in a language; a scenario of the analyst's own by its name."""
    if is_your_case(str(name)):
        return words("scenario.your_case", language)
    preset = shipped().named_scenario(str(name))
    return translated(preset.label, language) if preset else str(name)


def _whole(about: Subject) -> bool:
    in_percent = 100 * about.inputs["cost_reduction"]
    return abs(in_percent - round(in_percent)) < 1e-9


def sources(about: Subject, language: str) -> tuple[str, ...]:
    """Return where a company's figures and assumptions come from, and how far they can be trusted."""
    figures = about.dataset.figures[about.company, str(about.case.fiscal_year)]
    told = [figures.source or text("source.own", language), figures.filing]
    listed = ", ".join(translated(one, language) for one in told if one)
    lines = [text("source.line", language, company=about.company, year=about.case.fiscal_year, source=listed)]
    if about.undetermined:
        lines.append(text("note.undetermined", language))
    if about.general:
        lines.append(text("note.general", language))
    if about.case.own:
        names = ", ".join(f"{name} {entry(value, name, language)}" for name, value in about.case.own.items())
        lines.append(text("note.own", language, names=names))
    return (*lines, text("note.assumptions", language))
