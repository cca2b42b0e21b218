"""What an analysis is about: a company in a fiscal year under a scenario, every blank filled."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from xlplugin.data.dataset import Assumption, Dataset, Scenario, is_lab
from xlplugin.data.precedence import Case, case, merged_levers
from xlplugin.data.shipped import shipped
from xlplugin.entries.meaning import number
from xlplugin.model.errors import CellError, Fault, InputError, suggestion
from xlplugin.model.floats import evaluate_floats
from xlplugin.model.inputs import EXPOSURES, LEVERS, REDUCTIONS
from xlplugin.model.lines import UNITS
from xlplugin.model.plan import FUNCTIONS, MODEL_INPUTS, Plan, plan

__all__ = ["BASE_LINES", "UNDETERMINED", "Subject", "measure_plan", "subject", "subjects", "usual_measure"]

#: What is said of a company that sells AI infrastructure.
UNDETERMINED = "direction not determined by cost alone"

#: Results of which more is better -> the line that holds them before the change.
BASE_LINES = {
    "gross_margin": "base_gross_margin",
    "operating_income": "base_operating_income",
    "operating_margin": "base_operating_margin",
    "scenario_net_income": "base_net_income",
    "net_margin": "base_net_margin",
    "eps": "base_eps",
}


@dataclass(frozen=True)
class Subject:
    """A company's case under a scenario.

    ``given`` holds what the scenario and the analyst's entries fix (floats, no blanks); ``scenario``
    is the preset's name, blank where there is none. ``started`` tells that nobody gave a
    cost_reduction, so that it starts from its assumption.
    """

    dataset: Dataset
    case: Case
    scenario: str
    given: Mapping[str, float]
    started: bool = False

    @property
    def company(self) -> str:
        """The company's name as the dataset spells it."""
        return self.case.company

    @property
    def is_lab(self) -> bool:
        """Whether the company is a lab, shown apart and unranked."""
        return is_lab(self.company)

    @cached_property
    def inputs(self) -> dict[str, float]:
        """Every model input as a float, NaN where not available."""
        return self.fill({})

    @property
    def undetermined(self) -> bool:
        """Whether the direction is not determined by cost alone: the company sells AI infrastructure."""
        return self.inputs["ai_supply_revenue_share"] > 0

    @property
    def loses(self) -> bool:
        """Whether base operating income is negative, so that amounts are shown and not margins."""
        return self.evaluate(("base_operating_income",))["base_operating_income"] < 0

    def fill(self, changed: Mapping[str, Any]) -> dict[str, Any]:
        """Return every model input with some changed; what follows from a changed one follows."""
        start: dict[str, Any] = {}
        if self.started and "cost_reduction" not in changed:
            start["cost_reduction"] = self.assumed_reduction()
        return self.case.fill({**self.given, **start, **changed})

    def evaluate(
        self, outputs: Sequence[str], changed: Mapping[str, float] | None = None
    ) -> dict[str, float]:
        """Return lines or bars as floats, with some inputs changed; InputError outside the domain."""
        return evaluate_floats(plan(tuple(outputs)), self.fill(changed or {}), strict=False)

    def assumption(self, name: str) -> Assumption | None:
        """Return low, base and high of an exposure or lever, where there are any."""
        return self.dataset.assumption(self.company, name)

    def assumed_reduction(self) -> float:
        """Return the cost_reduction that single-company tools start from."""
        found = self.assumption("cost_reduction")
        return found.base if found else math.nan

    def uncertain(self, wanted: Plan) -> dict[str, Assumption]:
        """Return the assumptions that move the plan's lines and that nothing fixes, in order."""
        found: dict[str, Assumption] = {}
        for name in (*EXPOSURES, *LEVERS):
            assumption = self.assumption(name)
            if assumption and name in wanted.inputs and name not in self.given:
                found[name] = assumption
        return found

    def fixed(self, wanted: Plan) -> dict[str, float]:
        """Return the exposures and levers that scenario or entry fixes, as far as the plan needs them."""
        return {
            name: self.given[name]
            for name in (*EXPOSURES, *LEVERS)
            if name in self.given and name in wanted.inputs
        }


def subject(
    company: str,
    scenario: str | Scenario | None = None,
    levers: Mapping[str, Any] | None = None,
    *,
    fiscal_year: Any = None,
    own: Mapping[str, float] | None = None,
    dataset: Dataset | None = None,
    path: bool = False,
) -> Subject:
    """Return the :class:`Subject` of a company (name or ticker).

    ``scenario`` names a preset; ``levers`` holds the analyst's entries (any model input, ``30%`` or
    0.3), which stand before it; ``own`` the analyst's values for the company. Without a
    cost_reduction it is the preset's, else the assumption's base (0.3). ``path`` leaves both
    reductions out, since a path brings its own. Raises InputError for what is unknown, outside its
    domain, or a preset that does not apply to the company.
    """
    dataset = dataset or shipped()
    name = dataset.company(company)
    preset = dataset.scenario(scenario) if isinstance(scenario, str) else scenario
    entries = _entries(levers or {})
    own = _entries(own or {})
    given = merged_levers(preset, name, entries)
    if path:
        given = {key: value for key, value in given.items() if key not in REDUCTIONS}
    elif preset and not preset.applies_to(name) and "cost_reduction" not in given:
        fix = f"{preset.name} does not apply to it; give a cost_reduction of your own"
        raise InputError(Fault(name, "cost_reduction", None, "", fix, CellError.NOT_AVAILABLE))
    one = case(dataset, name, dataset.year(name, fiscal_year), own)
    result = Subject(
        dataset, one, preset.name if preset else "", given, "cost_reduction" not in given and not path
    )
    result.evaluate(("effective_reduction",))  # raises for what is outside its domain
    return result


def subjects(companies: str | Sequence[str] | None, dataset: Dataset | None = None) -> list[str]:
    """Return company names in the dataset's spelling; None means all of them."""
    dataset = dataset or shipped()
    names = [companies] if isinstance(companies, str) else list(companies or dataset.companies)
    return list(dict.fromkeys(dataset.company(name) for name in names))


def usual_measure(one: Subject) -> str:
    """Return what to look at first: the change of operating margin, or of what the figures allow.

    Where base operating income is negative that is the change of operating income in money, where
    it is not available the change of gross margin.
    """
    base = one.evaluate(("base_operating_income",))["base_operating_income"]
    if base != base:
        return "gross_margin_change"
    return "operating_income_change" if base < 0 else "operating_margin_change"


def measure_plan(*measures: str) -> Plan:
    """Return the plan of named measures; InputError for a name that is no line or bar."""
    for name in measures:
        if name not in FUNCTIONS:
            raise InputError(
                Fault(None, "measure", name, "", suggestion(name, FUNCTIONS), CellError.WRONG_TYPE)
            )
    return plan(tuple(dict.fromkeys(measures)))


def scale_of(measure: str, inputs: Mapping[str, float]) -> float:
    """Return the scale that differences of a measure are judged against."""
    unit = UNITS[measure]
    if unit == "money":
        amounts = [
            abs(inputs[n]) for n in ("revenue", "cost_of_revenue", "net_income") if inputs[n] == inputs[n]
        ]
        return max(amounts, default=1.0)
    if unit == "money per share":
        eps = (inputs["net_income"] - inputs["one_off_net_income"]) / inputs["diluted_shares"]
        return abs(eps) if eps == eps and eps else 1.0
    return 1.0


def _entries(values: Mapping[str, Any]) -> dict[str, float]:
    faults = []
    found: dict[str, float] = {}
    for name, value in values.items():
        if name not in MODEL_INPUTS:
            faults.append(
                Fault(None, str(name), None, "", suggestion(str(name), MODEL_INPUTS), CellError.WRONG_TYPE)
            )
            continue
        try:
            entry = number(value, name)
        except InputError as error:
            faults += error.faults
        else:
            if entry is not None:
                found[name] = entry
    if faults:
        raise InputError(faults)
    return found
