"""Which value counts: the one place where blanks are filled, for numbers and for arrays alike.

First that is given: the analyst's entry for company and scenario; the scenario's; the analyst's own
value for the company; the company's assumption; that of its business model; the assumption of ``*``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from xlplugin.data.dataset import Dataset, year_key
from xlplugin.data.records import ANY_COMPANY, Scenario
from xlplugin.entries.meaning import number
from xlplugin.model.arithmetic import maximum, minimum, where
from xlplugin.model.domains import joint_faults, stand_in
from xlplugin.model.errors import Fault, InputError, gathering, suggestion
from xlplugin.model.inputs import EXPOSURES, FINANCIALS, INPUTS, LEVERS, REDUCTIONS, REFERENCES
from xlplugin.model.plan import MODEL_INPUTS

#: What an analyst may override for a company: every exposure, and every lever but the reductions.
OWN_VALUES = EXPOSURES + tuple(name for name in LEVERS if name not in REDUCTIONS)

_DEFAULTS = {
    name: item.default for name, item in INPUTS.items() if name in MODEL_INPUTS and item.default is not None
}

#: A company for which all of these rest on fallbacks stands on general assumptions.
GENERAL = ("inference_cost_share", "ai_revenue_share", "ai_supply_revenue_share")

#: The exposure whose fallback is cut to what the others of the same whole leave.
CUT = "seat_revenue_share"
LEAVERS = ("ai_revenue_share", "ai_supply_revenue_share")


@dataclass(frozen=True)
class Case:
    """A company in a fiscal year, with all that fills a blank.

    ``assumed`` holds base assumptions, ``own`` the analyst's values that stand before them;
    ``fallbacks`` names the exposures that only the business model or ``*`` fills, ``other_year`` those
    that are tied to another fiscal year than the financials, ``ranges`` low and high of assumptions.
    A fiscal year of None means: not available.
    """

    company: str
    fiscal_year: str | None
    financials: Mapping[str, float]
    assumed: Mapping[str, float]
    own: Mapping[str, float]
    fallbacks: tuple[str, ...]
    other_year: tuple[str, ...]
    ranges: Mapping[str, tuple[float, float]]
    currency: str = ""

    def fill(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return every model input, blanks (NaN) in ``given`` filled. Works on floats and arrays.

        A cost_reduction that nobody gives stays NaN.
        """
        row: dict[str, Any] = {}
        for name in MODEL_INPUTS:
            row[name] = _first(given.get(name), self._standing(name))
        if CUT in self.fallbacks and CUT not in self.own:
            left = maximum(0, 1 - row[LEAVERS[0]] - row[LEAVERS[1]])
            row[CUT] = _first(given.get(CUT), minimum(self.assumed[CUT], left))
        for name, default in _DEFAULTS.items():
            standing = stand_in(name, row[default]) if isinstance(default, str) else default
            row[name] = _first(row[name], standing)
        return row

    def fallback_exposures(self, given: Mapping[str, float], needed: tuple[str, ...]) -> tuple[str, ...]:
        """Names of needed exposures that a fallback fills, where neither ``given`` nor own values do."""
        return tuple(
            name for name in self.fallbacks if name in needed and name not in self.own and _blank(given, name)
        )

    def general_assumptions(self, given: Mapping[str, float]) -> bool:
        """Whether AI cost, AI products and infrastructure all rest on fallbacks: shown, never ranked."""
        return len(self.fallback_exposures(given, GENERAL)) == len(GENERAL)

    def overrides(self, given: Mapping[str, float], needed: tuple[str, ...]) -> tuple[str, ...]:
        """Names of needed inputs where the analyst's value stands in place of the company's.

        That is an own value, or a financial or exposure of the row.
        """
        return tuple(
            name
            for name in needed
            if (name in self.own and (name in EXPOSURES or _blank(given, name)))
            or (name in (*FINANCIALS, *EXPOSURES) and not _blank(given, name))
        )

    def exposure_year_differs(self, given: Mapping[str, float], needed: tuple[str, ...]) -> bool:
        """Whether a needed exposure in use is tied to another fiscal year."""
        return any(
            name in needed and name not in self.own and _blank(given, name) for name in self.other_year
        )

    def _standing(self, name: str) -> float:
        for source in (self.own, self.financials, self.assumed):
            value = source.get(name, math.nan)
            if value == value:
                return value
        return math.nan


def case(
    dataset: Dataset, company: str, fiscal_year: str | None, own: Mapping[str, float] | None = None
) -> Case:
    """Return the :class:`Case` of a company (in the dataset's spelling) and one of its years.

    ``own`` holds the analyst's values for the company (NaN = blank). Raises InputError for an own
    value that is unknown, no number, outside its domain, or that adds shares of one whole to more than 1.
    """
    own, faults = _numbers(own or {}, company)
    figures = dataset.figures.get((company, fiscal_year)) if fiscal_year is not None else None
    assumed, fallbacks, other_year, ranges = {}, [], [], {}
    for name in (*EXPOSURES, *LEVERS):
        found = dataset.assumption(company, name)
        if found is None or name in REDUCTIONS:
            continue
        assumed[name], ranges[name] = found.base, (found.low, found.high)
        if name in EXPOSURES and found.company.startswith(ANY_COMPANY):
            fallbacks.append(name)
        if name in EXPOSURES and found.fiscal_year and figures:
            differs = year_key(found.fiscal_year) != year_key(figures.fiscal_year)
            other_year += [name] * differs
    result = Case(
        company,
        fiscal_year if figures else None,
        figures.values if figures else {},
        assumed,
        own,
        tuple(fallbacks),
        tuple(other_year),
        ranges,
        figures.currency if figures else "",
    )
    if not faults:
        faults = joint_faults(result.fill({}), row=company)
    if faults:
        raise InputError(faults)
    return result


def _numbers(own: Mapping[str, Any], company: str) -> tuple[dict[str, float], list[Fault]]:
    """Return own values as numbers, blanks left out, and what is wrong with them."""
    found: dict[str, float] = {}
    faults: list[Fault] = []
    for name, value in own.items():
        with gathering(faults):
            entry = number(value, name, row=company)
            if entry is not None and name not in (*OWN_VALUES, *REFERENCES):
                raise InputError.wrong(name, None, suggestion(name, OWN_VALUES), row=company)
            if entry is not None:
                found[name] = entry
    return found, faults


def merged_levers(
    scenario: Scenario | None, company: str, entry: Mapping[str, float] | None = None
) -> dict[str, float]:
    """Return the analyst's entries for company and scenario, then what the scenario adds.

    The scenario's own reductions are left out where it does not apply to the company.
    """
    levers = dict(scenario.levers) if scenario else {}
    if scenario and not scenario.applies_to(company):
        for name in REDUCTIONS:
            levers.pop(name, None)
    levers.update({name: value for name, value in (entry or {}).items() if value == value})
    return levers


def _first(value: Any, standing: Any) -> Any:
    if value is None:
        return standing
    if value.__class__ is float:
        return value if value == value else standing
    if getattr(value, "size", 0) and (least := value.min()) == least:  # an array without a NaN
        return value
    return where(value == value, value, standing)  # only NaN differs from itself


def _blank(given: Mapping[str, float], name: str) -> bool:
    value = given.get(name)
    return value is None or value != value
