"""Bridge: the causes of a change, one bar each, which sum exactly to it.

The model has bridges of operating income and operating margin. Every other result that follows from
them has one too: the same bars after tax, per share, or over revenue. The size of single bars
depends on their causal order, which is fixed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from xlplugin.data.dataset import Dataset
from xlplugin.data.subjects import Subject, subject
from xlplugin.model.errors import InputError, suggestion
from xlplugin.model.labels import label
from xlplugin.model.lines import BARS, MARGIN_BARS, revenue_base_effect

if TYPE_CHECKING:
    import pandas as pd

_INCOME, _MARGIN = "bridge_operating_income_", "bridge_operating_margin_"
_BASE_EFFECT = "revenue_base_effect"

#: What has a bridge -> the lines before, after, and of the change; over revenue; taxed; per share.
BRIDGED = {
    name: (f"base_{name}", name, f"{name}_change")
    for name in ("operating_income", "operating_margin", "gross_margin", "net_margin", "eps")
}

_NEEDED = {
    name: (*(MARGIN_BARS if name == "operating_margin" else ("scenario_revenue", *BARS)), *ends)
    for name, ends in BRIDGED.items()
}


def bridged(measure: str) -> str:
    """Return the key of BRIDGED that a measure (a result, or its change) belongs to; InputError else."""
    name = measure.removesuffix("_change")
    if name not in BRIDGED:
        raise InputError.wrong("measure", measure, suggestion(name, BRIDGED), ", ".join(BRIDGED))
    return name


def bars(
    subject: Subject, measure: str = "operating_income", changed: Mapping[str, float] | None = None
) -> tuple[dict[str, float], dict[str, float]]:
    """Return the bars of a result by short name, and the lines they were made of.

    The bars sum to the change of the result. ``changed`` are inputs in place of the subject's.
    """
    name = bridged(measure)
    lines = subject.evaluate(_NEEDED[name], changed)
    if name == "operating_margin":
        return {bar.removeprefix(_MARGIN): lines[bar] for bar in MARGIN_BARS}, lines
    amounts = {bar.removeprefix(_INCOME): lines[bar] for bar in BARS}
    if name == "gross_margin":
        del amounts["development"]
    if name in ("net_margin", "eps"):
        kept = 1 - subject.inputs["marginal_tax_rate"]
        amounts = {bar: amount * kept for bar, amount in amounts.items()}
    if name == "eps":
        amounts = {bar: amount / subject.inputs["diluted_shares"] for bar, amount in amounts.items()}
    if name.endswith("margin"):
        after = lines["scenario_revenue"]
        amounts = {bar: amount / after for bar, amount in amounts.items()}
        amounts[_BASE_EFFECT] = revenue_base_effect(lines[f"base_{name}"], after, subject.inputs["revenue"])
    return amounts, lines


def bridge_rows(
    subject: Subject, measure: str = "operating_income", language: str = "en"
) -> list[dict[str, Any]]:
    """Return the bridge as records: base, each bar, result; ``start`` and ``end`` place the bars.

    ``value`` is the base, the bar or the result; ``unit`` is the result's.
    """
    amounts, lines = bars(subject, measure)
    before, after, _ = BRIDGED[bridged(measure)]
    steps = [(before, lines[before], 0.0, lines[before])]
    for bar, amount in amounts.items():
        level = steps[-1][-1]
        steps.append((bar, amount, level, level + amount))
    steps.append((after, lines[after], 0.0, lines[after]))
    return [
        {
            **subject.heading,
            "step": step,
            "label": label(step, language),
            "value": value,
            "start": start,
            "end": end,
        }
        for step, value, start, end in steps
    ]


def bridge(
    company: str,
    measure: str = "operating_income",
    *,
    scenario: str | None = None,
    levers: Mapping[str, Any] | None = None,
    fiscal_year: Any = None,
    own: Mapping[str, float] | None = None,
    dataset: Dataset | None = None,
    language: str = "en",
) -> pd.DataFrame:
    """Return the bridge of a result from its base to the scenario: one row per step.

    ``measure``: operating_income, operating_margin, gross_margin, net_margin or eps. Money in
    millions, margins as fractions. Columns: company, fiscal_year, scenario, step, label, value,
    start, end. NaN where a figure is not available. ``label`` is in ``language`` (en or de).

    ``scenario`` names a preset (None: base assumptions); ``levers`` sets levers and exposures above it;
    ``fiscal_year`` None is the latest; ``own`` holds own figures of the company, by input, in place of
    the dataset's; ``dataset`` None is the shipped one.
    Raises InputError for an unknown name, a measure without bridge, and a value of the wrong type or
    outside its domain.
    """
    import pandas as pd

    about = subject(company, scenario, levers, fiscal_year=fiscal_year, own=own, dataset=dataset)
    return pd.DataFrame(bridge_rows(about, measure, language))
