"""A company in a fiscal year under levers, every blank filled: what cells and analyses are about.

Floats need the standard library alone; the same works on arrays and on dual numbers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from xlplugin.data.dataset import Dataset
from xlplugin.data.precedence import Case, case, merged_levers
from xlplugin.data.records import Assumption, Scenario
from xlplugin.data.shipped import shipped
from xlplugin.entries.meaning import number
from xlplugin.model.domains import bounds
from xlplugin.model.errors import Fault, InputError, gathering, refuse_unknown, suggestion
from xlplugin.model.floats import check_row, evaluate_floats
from xlplugin.model.inputs import EXPOSURES, LEVERS, REDUCTIONS
from xlplugin.model.lines import UNITS
from xlplugin.model.messages import message
from xlplugin.model.plan import FUNCTIONS, MODEL_INPUTS, Plan, plan

#: The preset whose levers hold where ranges and paths name no scenario.
FACE_VALUE = "illustrative"

#: What a scenario fixes of the claim itself, and an analysis without one leaves open.
CLAIM = ("cost_reduction", "credibility", "adoption")

#: Results of which more is better -> the line that holds them before the change.
BASE_LINES = {
    "gross_margin": "base_gross_margin",
    "operating_income": "base_operating_income",
    "operating_margin": "base_operating_margin",
    "scenario_net_income": "base_net_income",
    "net_margin": "base_net_margin",
    "eps": "base_eps",
}

# None of the levers is a share of a whole: inside its own domain it is inside.
_OF_LEVERS = {name: bounds(name) for name in LEVERS}
_NOWHERE = (math.inf, -math.inf)
_NOTHING = plan(())


@dataclass(eq=False)
class Subject:
    """A company's case under a scenario.

    ``inputs`` holds every model input, NaN where not available or, for cost_reduction, where nobody
    gives it; ``given`` what the scenario and the analyst's entries fix (floats, no blanks); ``scenario``
    is the preset's name, blank where there is none. ``started`` tells that nobody gave a
    cost_reduction, so that it starts from its assumption. A training_cost_reduction that nobody gives
    follows cost_reduction. Domains, and shares that add up, are checked once, here: InputError.
    """

    dataset: Dataset
    case: Case
    scenario: str
    given: Mapping[str, float]
    started: bool = False
    inputs: dict[str, float] = field(init=False)

    def __post_init__(self) -> None:
        assumed = self.assumption("cost_reduction") if self.started else None
        self.inputs = self.case.fill({**self.given, **({"cost_reduction": assumed.base} if assumed else {})})
        check_row(_NOTHING, self.inputs, strict=False)

    @property
    def company(self) -> str:
        """The company's name as the dataset spells it."""
        return self.case.company

    @property
    def heading(self) -> dict[str, Any]:
        """The first columns of every table: company, fiscal_year, scenario."""
        return {"company": self.company, "fiscal_year": self.case.fiscal_year, "scenario": self.scenario}

    def missing(self, measure: str) -> InputError:
        """Return the error of a measure that is not available."""
        fix = "a figure that it needs is not available for the company"
        return InputError.missing(measure, None, fix, row=self.company)

    @property
    def is_lab(self) -> bool:
        """Whether the company is a lab, shown apart and unranked."""
        return self.dataset.is_lab(self.company)

    @property
    def general(self) -> bool:
        """Whether the company stands on general assumptions, shown and never ranked."""
        return self.case.general_assumptions(self.given)

    @property
    def reduction(self) -> float | None:
        """The cost_reduction that the levers themselves give."""
        return self.given.get("cost_reduction")

    @property
    def undetermined(self) -> bool:
        """Whether the direction is not determined by cost alone: the company sells AI infrastructure."""
        return self.inputs["ai_supply_revenue_share"] > 0

    def fill(self, changed: Mapping[str, Any]) -> dict[str, Any]:
        """Return every model input with some changed (no blanks); what follows from a changed one follows."""
        if not changed.keys() <= _OF_LEVERS.keys():  # others may move the fallbacks of exposures
            start = {"cost_reduction": self.inputs["cost_reduction"]} if self.started else {}
            return self.case.fill({**self.given, **start, **changed})
        row = {**self.inputs, **changed}
        if "training_cost_reduction" not in self.given and "training_cost_reduction" not in changed:
            row["training_cost_reduction"] = row["cost_reduction"]
        return row

    def at(self, wanted: Plan, changed: Mapping[str, float]) -> dict[str, float]:
        """Return the plan's lines with some inputs changed; InputError outside the domain."""
        inside = True  # all else is as it was checked
        for name, value in changed.items():
            low, high = _OF_LEVERS.get(name, _NOWHERE)
            inside = inside and low <= value <= high
        return evaluate_floats(wanted, self.fill(changed), strict=False, checked=inside)

    def reached(self, wanted: Plan, changed: Mapping[str, float]) -> float:
        """Return the plan's one line with some inputs changed, NaN outside the domain."""
        try:
            return self.at(wanted, changed)[wanted.outputs[0]]
        except InputError:
            return math.nan

    def base(self, wanted: Plan) -> dict[str, float]:
        """Return the plan's lines with both reductions 0."""
        return evaluate_floats(wanted, self.fill(dict.fromkeys(REDUCTIONS, 0.0)), strict=False, checked=True)

    def evaluate(
        self, outputs: Sequence[str], changed: Mapping[str, float] | None = None
    ) -> dict[str, float]:
        """Return lines or bars as floats, with some inputs changed; InputError outside the domain."""
        return self.at(plan(tuple(outputs)), changed or {})

    def value(self, measure: str, changed: Mapping[str, float] | None = None) -> float:
        """Return one line or bar as :meth:`evaluate` does."""
        return self.evaluate((measure,), changed)[measure]

    def assumption(self, name: str) -> Assumption | None:
        """Return low, base and high of an exposure or lever, where there are any."""
        return self.dataset.assumption(self.company, name)

    def uncertain(self, wanted: Plan) -> dict[str, Assumption]:
        """Return the assumptions that move the plan's lines and that nothing fixes, in order."""
        found: dict[str, Assumption] = {}
        for name in (*EXPOSURES, *LEVERS):
            assumption = self.assumption(name)
            if assumption and name in wanted.inputs and name not in self.given:
                found[name] = assumption
        return found

    def scale(self, measure: str) -> float:
        """Return the scale that differences of a measure are judged against."""
        inputs, unit = self.inputs, UNITS[measure]
        if unit == "money":
            amounts = [inputs[name] for name in ("revenue", "cost_of_revenue", "net_income")]
            return max((abs(amount) for amount in amounts if amount == amount), default=1.0)
        if unit == "money per share":
            eps = (inputs["net_income"] - inputs["one_off_net_income"]) / inputs["diluted_shares"]
            return abs(eps) if eps == eps and eps else 1.0
        return 1.0


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
    reductions out, since a path brings its own, and takes ``illustrative`` where no preset is named.
    Raises InputError for what is unknown, outside its domain, or a preset that does not apply to the
    company.
    """
    dataset = dataset or shipped()
    name = dataset.company(company)
    scenario = scenario or (FACE_VALUE if path else None)
    preset = dataset.scenario(scenario) if isinstance(scenario, str) else scenario
    entries = _entries(levers or {})
    own = _entries(own or {})
    given = merged_levers(preset, name, entries)
    if path:
        given = {key: value for key, value in given.items() if key not in REDUCTIONS}
    elif preset and not preset.applies_to(name) and "cost_reduction" not in given:
        fix = message("{name} does not apply to it; give a cost_reduction of your own", name=preset.name)
        raise InputError.missing("cost_reduction", None, fix, row=name)
    year = dataset.year(name, fiscal_year)
    filling = shipped_case(name, year) if dataset is shipped() and not own else case(dataset, name, year, own)
    started = "cost_reduction" not in given and not path
    return Subject(dataset, filling, preset.name if preset else "", given, started)


@lru_cache(maxsize=256)
def shipped_case(company: str, fiscal_year: str) -> Case:
    """Return the case of a shipped company; cells ask for the same ones again and again."""
    return case(shipped(), company, fiscal_year)


def subjects(companies: str | Sequence[str] | None, dataset: Dataset | None = None) -> list[str]:
    """Return company names in the dataset's spelling; None means all but the peers."""
    return list((dataset or shipped()).choice(companies or None))


def usual_measure(subject: Subject) -> str:
    """Return what to look at first: the change of operating margin, or of what the figures allow.

    Where base operating income is negative that is the change of operating income in money, where
    it is not available the change of gross margin.
    """
    base = subject.value("base_operating_income")
    if base != base:
        return "gross_margin_change"
    return "operating_income_change" if base < 0 else "operating_margin_change"


def measure_plan(*measures: str) -> Plan:
    """Return the plan of named measures; InputError for a name that is no line or bar."""
    for name in measures:
        refuse_unknown("measure", name, FUNCTIONS)
    return plan(tuple(dict.fromkeys(measures)))


def _entries(values: Mapping[str, Any]) -> dict[str, float]:
    faults: list[Fault] = []
    found: dict[str, float] = {}
    for name, value in values.items():
        with gathering(faults):
            if name not in MODEL_INPUTS:
                raise InputError.wrong(str(name), None, suggestion(str(name), MODEL_INPUTS))
            if (entry := number(value, name)) is not None:
                found[name] = entry
    if faults:
        raise InputError(faults)
    return found
