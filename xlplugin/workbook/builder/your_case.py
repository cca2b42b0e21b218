"""The analyst's own case: the first scenario of every workbook, and the values that its blank cells take."""

from __future__ import annotations

from dataclasses import replace

from xlplugin.data.dataset import Dataset
from xlplugin.data.names import name_key
from xlplugin.data.records import Scenario
from xlplugin.data.shipped import shipped
from xlplugin.model.inputs import REDUCTIONS
from xlplugin.model.labels import LANGUAGES
from xlplugin.workbook.builder.texts import text

__all__ = ["STANDARD", "YOUR_CASE", "is_your_case", "standard", "your_case"]

#: The key of the analyst's own case. It is no preset: Python and the functions do not know it.
YOUR_CASE = "your_case"

#: The preset whose values its blank cells take; it would only say the same twice beside it.
STANDARD = "illustrative"


def standard(dataset: Dataset) -> Scenario:
    """Return the preset whose values blank cells of the case take; the shipped one where data have none."""
    known = shipped().scenarios[STANDARD]
    found = dataset.scenarios.get(STANDARD, known)
    reduction = {REDUCTIONS[0]: known.levers[REDUCTIONS[0]]}
    return replace(found, levers=reduction | dict(found.levers))


def your_case(dataset: Dataset, language: str) -> Scenario:
    """Return the case as shipped: every lever blank, for every company, compared as the standard is."""
    label = text("scenario.your_case", language)
    return Scenario(YOUR_CASE, label, {}, standard(dataset).alternative)


def is_your_case(name: str) -> bool:
    """Whether a name of a scenario means the case, by its key or its label in any language."""
    names = (YOUR_CASE, *(text("scenario.your_case", language) for language in LANGUAGES))
    return name_key(str(name)) in map(name_key, names)
