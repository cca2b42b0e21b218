"""The dataset: companies by fiscal year, assumptions with their basis, scenario presets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from xlplugin.data.listings import Listing, bare_name, listing, parts
from xlplugin.data.names import name_key, translated
from xlplugin.data.records import ANY_COMPANY, LAB, PEER, PEERS, Assumption, Figures, Scenario
from xlplugin.entries.meaning import key
from xlplugin.model.errors import LONGEST_NAME, InputError, suggestion
from xlplugin.model.messages import joined, message

#: "As the article saw it": the last fiscal year that had ended by the end of that month. The article
#: is of 27 January 2025; Salesforce's FY2025 closed four days later and counts as its moment.
ARTICLE_DATE = "2025-01-31"


@dataclass(frozen=True)
class Dataset:
    """Figures by (company, fiscal year), assumptions by (company, parameter), scenarios by name."""

    figures: Mapping[tuple[str, str], Figures]
    assumptions: Mapping[tuple[str, str], Assumption]
    scenarios: Mapping[str, Scenario]
    _names: dict[str, str] = field(default_factory=dict, repr=False, compare=False)
    _models: dict[str, str] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        for one in self.figures.values():
            self._names[key(one.company)] = one.company
        for one in self.figures.values():
            if one.ticker:
                self._names.setdefault(key(one.ticker), one.company)
            if one.business_model:
                self._models[one.company] = one.business_model

    @property
    def companies(self) -> tuple[str, ...]:
        """Company names in the dataset's order."""
        return tuple(dict.fromkeys(company for company, _ in self.figures))

    def groups(self, company: str) -> set[str]:
        """Return the groups of the company's rows: one, but where an analyst's row leaves it blank."""
        return {figures.group for (name, _), figures in self.figures.items() if name == company}

    def is_lab(self, company: str) -> bool:
        """Whether the company is one of the labs, which are shown apart and unranked."""
        return LAB in self.groups(company)

    def is_peer(self, company: str) -> bool:
        """Whether the company is there for comparison, chosen by name alone."""
        return self.groups(company) == {PEER}

    def choice(self, names: str | Iterable[str] | None = None, row: object = None) -> tuple[str, ...]:
        """Return companies in the dataset's spelling: those named, or (None) all but the peers.

        Among names, ``peers`` stands for all peers. Raises InputError for an unknown name.
        """
        if names is None:
            return tuple(name for name in self.companies if not self.is_peer(name))
        peers = [name for name in self.companies if self.is_peer(name)]
        named = [names] if isinstance(names, str) else names
        chosen = [peers if key(str(name)) == PEERS else [self.company(name, row)] for name in named]
        return tuple(dict.fromkeys(name for part in chosen for name in part))

    def company(self, name: str, row: object = None) -> str:
        """Return the dataset's spelling of a company; InputError where unknown, or where several are meant.

        A name may have its legal form, a ticker its exchange (:mod:`xlplugin.data.listings`).
        """
        found = self.meant(name)
        if len(found) != 1:
            near = (
                message("it may be {names}: type one", names=joined(found, " or "))
                if found
                else suggestion(name, self.companies)
            )
            fix = message("{near} (a new one can be added by a companies file)", near=near)
            raise InputError.missing("company", name, fix, row=row)
        return found[0]

    def meant(self, name: str) -> tuple[str, ...]:
        """Return the companies that a text may mean, in the dataset's spelling: one, none or several."""
        exact = self._names.get(key(name))
        if exact or len(name) > LONGEST_NAME:  # no listing is that long, and looking would take its time
            return (exact,) if exact else ()
        found = [self._spelled(part) for part in parts(name)]
        if len(found) > 1 and not all(found):  # "Salesforce (NOW)": name and ticker must both be known
            return ()
        return tuple(dict.fromkeys(company for companies in found for company in companies))

    def _spelled(self, name: str) -> tuple[str, ...]:
        exact = self._names.get(key(name))
        if exact:
            return (exact,)
        listed = listing(name) or Listing(key(name).removeprefix("$"), None)
        found = [figures.company for figures in self.figures.values() if _is_meant(figures, name, listed)]
        return tuple(dict.fromkeys(found))

    def years(self, company: str) -> tuple[str, ...]:
        """Return the fiscal years of a company, oldest first."""
        rows = [one for one in self.figures.values() if one.company == company]
        return tuple(one.fiscal_year for one in sorted(rows, key=lambda one: one.order))

    def year(self, company: str, wanted: str | float | None = None, row: object = None) -> str:
        """Return the fiscal year that ``wanted`` names: a year, ``article``, or the latest (None).

        2025, ``2025.0``, ``FY2025``, ``FY25`` and ``GJ 2025`` are the same. Raises InputError where
        the company lacks it.
        """
        years = self.years(company)
        if isinstance(wanted, float):
            wanted = None if wanted != wanted else f"{wanted:.0f}" if wanted == wanted // 1 else wanted
        if wanted is None or str(wanted).strip() == "":
            return years[-1]
        if key(str(wanted)) == "article":
            if past := [y for y in years if "" < self.figures[company, y].period_end[:10] <= ARTICLE_DATE]:
                return past[-1]
        else:
            for year in years:
                if year_key(year) == year_key(str(wanted)):
                    return year
        raise InputError.missing(
            "fiscal_year",
            wanted,
            message("{company} has {names}", company=company, names=", ".join(years)),
            row=row,
        )

    def scenario(self, name: str, row: object = None) -> Scenario:
        """Return the scenario of that name or label, in any language; InputError where unknown."""
        found = self.named_scenario(name)
        if found is None:
            raise InputError.missing("scenario", name, suggestion(name, self.scenarios), row=row)
        return found

    @property
    def scenario_spellings(self) -> set[str]:
        """Every text that may name a scenario, in the form in which names are compared."""
        names = [(one.name, one.label, *translated(one.label)) for one in self.scenarios.values()]
        return {name_key(name) for spellings in names for name in spellings}

    def named_scenario(self, name: str) -> Scenario | None:
        """Return the scenario that a text names, itself or by its label; None where none or several."""
        wanted = name_key(name)
        for scenario in self.scenarios.values():
            if name_key(scenario.name) == wanted:
                return scenario
        labelled = [
            scenario
            for scenario in self.scenarios.values()
            if wanted in map(name_key, (scenario.label, *translated(scenario.label)))
        ]
        return labelled[0] if len(labelled) == 1 else None

    def assumption(self, company: str, parameter: str) -> Assumption | None:
        """Return the company's assumption, else its business model's, else the one of ``*``, else None."""
        for holder in (company, *self.fallback_holders(company)):
            if found := self.assumptions.get((holder, parameter)):
                return found
        return None

    def fallback_holders(self, company: str) -> tuple[str, ...]:
        """Return whose assumptions count where the company has none: ``*cloud`` and then ``*``."""
        model = self._models.get(company)
        return (f"{ANY_COMPANY}{model}", ANY_COMPANY) if model else (ANY_COMPANY,)

    def merged(
        self,
        figures: Iterable[Figures] = (),
        assumptions: Iterable[Assumption] = (),
        scenarios: Iterable[Scenario] = (),
    ) -> Dataset:
        """Return a dataset with these rows added; a row with the same key replaces the old one.

        Keys are the same as names are anywhere: whatever their case, FY2026 and 2026 alike.
        """
        names = {key(company): company for company in self.companies}
        years = {(company, year_key(year)): year for company, year in self.figures}
        known = {name_key(name): name for name in self.scenarios}
        merged = dict(self.figures)
        for one in figures:
            company = names.setdefault(key(one.company), one.company)
            year = years.setdefault((company, year_key(one.fiscal_year)), one.fiscal_year)
            group = one.group or (LAB if self.is_lab(company) else "")  # a lab stays one
            merged[company, year] = replace(one, company=company, fiscal_year=year, group=group)
        presets = {known.setdefault(name_key(one.name), one.name): one for one in scenarios}
        return replace(
            self,
            figures=merged,
            assumptions={**self.assumptions, **{(one.company, one.parameter): one for one in assumptions}},
            scenarios={**self.scenarios, **{name: replace(one, name=name) for name, one in presets.items()}},
            _names={},
            _models={},
        )


def _is_meant(figures: Figures, name: str, listed: Listing) -> bool:
    currency = figures.currency
    same = bare_name(name, currency) == bare_name(figures.company, currency)
    return same or listed.fits(figures.ticker, currency, filer=bool(figures.cik))


_YEAR = re.compile(
    r"(?P<prefix>fy|fiscal year|fiscal|financial year|gj|geschäftsjahr)?[\s.'’_-]*"
    r"(?P<year>[0-9]{4}|(?<=[^0-9])[0-9]{2})(?:\.0+)?"
)


def year_key(year: str) -> str:
    """Return the form in which two fiscal years are the same: FY2025, FY25, FY 2025, 2025.0 and 2025."""
    typed = key(year)
    match = _YEAR.fullmatch(typed)
    if match is None or (len(match["year"]) == 2 and not match["prefix"]):
        return typed.removeprefix("fy")
    return match["year"] if len(match["year"]) == 4 else f"20{match['year']}"
