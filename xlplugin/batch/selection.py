"""What a run computes: which companies in which years, which lines, which inputs it shows."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from xlplugin.data.dataset import Dataset
from xlplugin.data.names import named
from xlplugin.data.precedence import Case, case
from xlplugin.model.errors import InputError
from xlplugin.model.lines import LINES
from xlplugin.model.messages import joined, message
from xlplugin.model.plan import FUNCTIONS, MODEL_INPUTS, Plan, plan


@dataclass(frozen=True)
class Selection:
    """What to compute for which companies: cases in order, the plan of lines, the inputs shown."""

    dataset: Dataset
    cases: tuple[Case, ...]
    plan: Plan
    show_given: bool = False
    own: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        dataset: Dataset,
        companies: Sequence[str] | None = None,
        fiscal_year: Any = None,
        lines: Sequence[str] | None = None,
        inputs: str = "used",
        own: Mapping[str, Mapping[str, float]] | None = None,
    ) -> Selection:
        """Return a selection; InputError for unknown names, lines, years or own values."""
        if inputs not in ("used", "given"):
            raise InputError.wrong("inputs", inputs, "choose one", "used, given")
        if own is not None and not _maps_to_mappings(own):
            raise InputError.wrong("own", None, "give a mapping company -> mapping of names to numbers")
        owned = {
            dataset.company(name): _by_input(values, dataset.company(name))
            for name, values in (own or {}).items()
        }
        given = [name for name, values in (own or {}).items() if values]
        if len(set(map(dataset.company, given))) < len(given):
            raise InputError.wrong("own", ", ".join(map(str, given)), "name each company once")
        names = dataset.choice(companies or None)
        years = _years(dataset, names, fiscal_year, named=companies is not None)
        cases = tuple(case(dataset, name, years[name], owned.get(name)) for name in names)
        listed = LINES if lines is None else [lines] if isinstance(lines, str) else lines
        names_of_lines = (named(str(line), FUNCTIONS) or str(line) for line in listed)
        chosen = plan(tuple(dict.fromkeys(names_of_lines)))
        return cls(dataset, cases, chosen, inputs == "given", owned)

    def case_of(self, company: str, fiscal_year: str | None) -> Case:
        """Return the case of a named company, in the given year or the selection's.

        Without figures for a year that the company lacks: a lab as of the article.
        """
        for known in self.cases:
            if known.company == company and fiscal_year in (None, known.fiscal_year):
                return known
        year: str | None = None
        with contextlib.suppress(InputError):
            year = self.dataset.year(company, fiscal_year)
        return case(self.dataset, company, year, self.own.get(company))


def _by_input(values: Mapping[str, Any], company: str) -> dict[str, Any]:
    """Return own values by the names of their inputs; one that names none keeps its own."""
    found = {named(str(name), MODEL_INPUTS) or str(name): value for name, value in values.items()}
    if len(found) < len(values):
        raise InputError.wrong("own", ", ".join(map(str, values)), "name each input once", row=company)
    return found


def _maps_to_mappings(own: object) -> bool:
    return isinstance(own, Mapping) and all(isinstance(values, Mapping) for values in own.values())


def _years(dataset: Dataset, names: Sequence[str], wanted: Any, *, named: bool) -> dict[str, str | None]:
    if hasattr(wanted, "to_dict"):  # a Series by company
        wanted = wanted.to_dict()
    if isinstance(wanted, Mapping):
        by_company = {dataset.company(name): year for name, year in wanted.items()}
        return {name: dataset.year(name, by_company.get(name)) for name in names}
    years: dict[str, str | None] = {}
    for name in names:
        try:
            years[name] = dataset.year(name, wanted)
        except InputError:
            if named:
                raise
            years[name] = None
    if wanted is not None and not any(years.values()):
        listed = {name: ", ".join(dataset.years(name)) for name in names}
        known = [message("{name} has {names}", name=name, names=years) for name, years in listed.items()]
        raise InputError.missing("fiscal_year", wanted, joined(known, "; "))
    return years
