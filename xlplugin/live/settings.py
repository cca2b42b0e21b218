"""What an open workbook says about companies: a template's own data and entries, else what ships."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from xlplugin.data.dataset import Dataset
from xlplugin.data.names import name_key
from xlplugin.data.records import Scenario
from xlplugin.data.shipped import shipped
from xlplugin.data.subjects import Subject, subject
from xlplugin.entries.meaning import key, number
from xlplugin.live.open_book import OpenBook
from xlplugin.live.wording import scenario_words
from xlplugin.model.errors import Fault, InputError, suggestion
from xlplugin.model.inputs import REDUCTIONS
from xlplugin.model.labels import LANGUAGES

if TYPE_CHECKING:
    from xlplugin.batch.readers.filled_template import Filled

#: Names of the template whose sheets hold its entries, data and checks.
ENTRIES = (
    "xlp_scenarios",
    "xlp_companies",
    "xlp_check_failed",
    "xlp_in_your_reduction",
    "xlp_low_cost_reduction",
)

#: Where a template says which company and which scenario it shows.
CHOSEN, _SCENARIO = "xlp_in_dashboard_company", "xlp_in_dashboard_scenario_a"

Pair = tuple[str, str]


@dataclass(frozen=True)
class Setting:
    """Companies, scenarios and entries that questions start from.

    Of a template: ``reductions`` and ``faults`` by scenario and company, the analyst's ``own`` values and
    ``years`` by company. Of any other workbook these are empty and ``dataset`` is what ships.
    """

    dataset: Dataset
    companies: Sequence[str]
    company: str
    scenario: str = ""
    scenarios: Sequence[str] = ()
    reductions: Mapping[Pair, Mapping[str, float]] = field(default_factory=dict)
    faults: Mapping[Pair, Sequence[Fault]] = field(default_factory=dict)
    own: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    years: Mapping[str, str | None] = field(default_factory=dict)

    def subject(self, company: str, scenario: str, cost_reduction: Any, fiscal_year: str) -> Subject:
        """Return a company under a scenario; blanks are what the workbook shows, or its first.

        Raises InputError for unknown names, and for entries of the template that are wrong or missing.
        """
        return subject(**self.asked(company, scenario, cost_reduction, fiscal_year))

    def asked(self, company: str, scenario: str, cost_reduction: Any, fiscal_year: str) -> dict[str, Any]:
        """Return what names the :meth:`subject`, as the analyses take it."""
        name = self.dataset.company(company or self.company)
        chosen = self.scenario_named(scenario)
        return {
            "company": name,
            "scenario": chosen or None,
            "levers": self.levers(name, chosen, cost_reduction),
            "fiscal_year": fiscal_year or self._year(name),
            "own": self.own.get(name),
            "dataset": self.dataset,
        }

    def _year(self, company: str) -> str | None:
        """Return a company's year in a template; InputError where it has none as of the article."""
        year = self.years.get(company)
        return self.dataset.year(company, year) if year else None

    def scenario_named(self, typed: str) -> str:
        """Return the scenario that is meant, by name or label; blank where a workbook has none."""
        if not self.scenarios:
            return self.dataset.scenario(typed).name if typed else ""
        wanted = name_key(typed or self.scenario)
        for name in self.scenarios:
            labels = self.dataset.scenarios[name].label, *(scenario_words(name, one) for one in LANGUAGES)
            if wanted in map(name_key, (name, *labels)):
                return name
        fix = suggestion(typed, self.scenarios)
        raise InputError.missing("scenario", typed, fix)

    def levers(self, company: str, scenario: str, cost_reduction: Any) -> dict[str, float]:
        """Return a pair's reductions: as asked for, else as the template has them; InputError where none."""
        asked = number(cost_reduction, "cost_reduction")
        given = dict(self.reductions.get((scenario, company), {}))
        if faults := self.faults.get((scenario, company)):
            raise InputError(faults)
        if asked is not None:
            given["cost_reduction"] = asked
        if self.scenarios and "cost_reduction" not in given:
            fix = "enter one in the template, or give one here"
            raise InputError.missing("cost_reduction", None, fix, row=company)
        return given


def setting_of(book: OpenBook) -> Setting:
    """Return what an open workbook says; InputError where a template cannot be read."""
    if not book.is_template:
        dataset = shipped()
        companies = dataset.choice()
        return Setting(dataset, companies, companies[0])
    found = filled_of(book)
    pairs = _pairs(found)
    reductions, scenarios = _of_pairs(found, pairs)
    dataset = found.dataset.merged(scenarios=scenarios.values())
    known = found.companies
    faults = {pair: found.rows.wrong[i] for i, pair in enumerate(pairs) if i in found.rows.wrong}
    names = list(scenarios)
    return Setting(
        dataset,
        known,
        _chosen(book, CHOSEN, known),
        _chosen(
            book, _SCENARIO, names, {scenario_words(name, one): name for name in names for one in LANGUAGES}
        ),
        names,
        reductions,
        faults,
        found.own,
        _years(found, pairs),
    )


def filled_of(book: OpenBook) -> Filled:
    """Return what a template that is open asks for, as a run of its file reads it."""
    from pathlib import Path

    from xlplugin.batch.readers.filled_template import filled
    from xlplugin.batch.readers.template_blocks import OpenBlocks

    for name in filter(book.names.__contains__, ENTRIES):
        book.area(name)  # which says where a sheet was not sent
    return filled(OpenBlocks(book.name, book.names, book.sheets), Path(book.name), shipped())


def _pairs(found: Filled) -> list[Pair]:
    """Return scenario and company of each row, a preset by its name however the template spells it."""
    assert found.rows.companies is not None
    scenarios, companies = found.rows.scenarios, found.rows.companies
    labels = [scenarios.values[i] for i in scenarios.each()]  # type: ignore[union-attr]
    presets = {label: found.dataset.named_scenario(label) for label in dict.fromkeys(labels)}
    names = {label: preset.name if preset else label for label, preset in presets.items()}
    return [(names[label], companies.values[i]) for label, i in zip(labels, companies.each(), strict=True)]


def _of_pairs(
    found: Filled, pairs: Sequence[Pair]
) -> tuple[dict[Pair, dict[str, float]], dict[str, Scenario]]:
    """Return the reductions of each pair, and a template's scenarios with the levers of their columns."""
    reductions: dict[Pair, dict[str, float]] = {}
    scenarios: dict[str, Scenario] = {}
    for i, (name, company) in enumerate(pairs):
        typed = {
            lever: float(column[i]) for lever, column in found.rows.given.items() if not math.isnan(column[i])
        }
        reductions[name, company] = {lever: typed[lever] for lever in REDUCTIONS if lever in typed}
        levers = {lever: value for lever, value in typed.items() if lever not in REDUCTIONS}
        mine = found.dataset.named_scenario(name) or Scenario(name, name, {})
        scenarios.setdefault(name, replace(mine, levers=levers, not_applicable_to=()))
    return reductions, scenarios


def _years(found: Filled, pairs: Sequence[Pair]) -> dict[str, str | None]:
    years = found.rows.fiscal_years
    assert years is not None
    return {company: years.values[code] for (_, company), code in zip(pairs, years.each(), strict=True)}


def _chosen(book: OpenBook, place: str, known: Sequence[str], labels: Mapping[str, str] | None = None) -> str:
    """Return what a cell of the template chooses, the first that is known where it says nothing of use."""
    spelled = {key(name): name for name in known} | {key(one): name for one, name in (labels or {}).items()}
    first = known[0] if known else ""
    try:
        typed = book.value(place)
    except InputError:  # on a sheet that was not sent
        return first
    return spelled.get(key(typed), first) if isinstance(typed, str) else first
