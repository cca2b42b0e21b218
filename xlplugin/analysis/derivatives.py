"""Exact derivatives: the same line functions on dual numbers, a value and its slopes at once.

At a kink (such as cost_reduction 0, where falling and rising cost part) the slope is the one towards
larger values of the input.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from xlplugin.data.dataset import Dataset
from xlplugin.data.subjects import Subject, measure_plan, subject, usual_measure
from xlplugin.model.arithmetic import Symbol
from xlplugin.model.errors import refuse_unknown
from xlplugin.model.floats import filled
from xlplugin.model.inputs import EXPOSURES, LEVERS
from xlplugin.model.plan import FUNCTIONS, PARAMETERS, Plan

if TYPE_CHECKING:
    import pandas as pd


class Dual(Symbol):
    """A number with its derivative by each of some inputs: ``slopes`` maps names to them."""

    __slots__ = ("slopes", "value")

    def __init__(self, value: float, slopes: Mapping[str, float] | None = None) -> None:
        self.value, self.slopes = float(value), dict(slopes or {})

    def __repr__(self) -> str:
        return f"Dual({self.value!r}, {self.slopes!r})"

    def apply(self, operator: str, *operands: Any) -> Any:
        """Return the dual number of ``operator`` on ``operands``; comparisons give a plain bool."""
        if operator == "where":
            return operands[1] if operands[0] else operands[2]
        duals = [operand if isinstance(operand, Dual) else Dual(operand) for operand in operands]
        values = [dual.value for dual in duals]
        if operator == "equal":
            return values[0] == values[1]
        if operator == "greater":
            return values[0] > values[1]
        if operator in ("minimum", "maximum") and values[0] == values[1]:
            return _kink(min if operator == "minimum" else max, *duals)
        value, weights = _RULES[operator](*values)
        found: dict[str, float] = {}
        for dual, weight in zip(duals, weights, strict=True):
            for name, slope in dual.slopes.items():
                found[name] = found.get(name, 0.0) + weight * slope
        return Dual(value, found)


def _kink(choose: Callable[..., float], a: Dual, b: Dual) -> Dual:
    names = {**a.slopes, **b.slopes}
    return Dual(a.value, {name: choose(a.slopes.get(name, 0.0), b.slopes.get(name, 0.0)) for name in names})


def _power(a: float, b: float) -> tuple[float, tuple[float, float]]:
    if a != a or b != b:
        return math.nan, (math.nan, math.nan)
    value = a**b
    return value, (b * a ** (b - 1), value * math.log(a))


def _pick(first: bool, a: float, b: float) -> tuple[float, tuple[float, float]]:
    if a != a or b != b:
        return math.nan, (math.nan, math.nan)
    return (a, (1.0, 0.0)) if first else (b, (0.0, 1.0))


def _exponential(a: float) -> tuple[float, tuple[float]]:
    value = math.exp(a)
    return value, (value,)


def _ratio(a: float, b: float) -> tuple[float, tuple[float, float]]:
    return (0.0, (0.0, 0.0)) if b == 0 else (a / b, (1 / b, -a / (b * b)))


# operator -> its value, and the weights of its operands' slopes
_RULES: dict[str, Callable[..., tuple[float, tuple[float, ...]]]] = {
    "add": lambda a, b: (a + b, (1.0, 1.0)),
    "subtract": lambda a, b: (a - b, (1.0, -1.0)),
    "multiply": lambda a, b: (a * b, (b, a)),
    "divide": lambda a, b: (a / b, (1 / b, -a / (b * b))),
    "negative": lambda a: (-a, (-1.0,)),
    "minimum": lambda a, b: _pick(a < b, a, b),
    "maximum": lambda a, b: _pick(a > b, a, b),
    "power": _power,
    "exponential": _exponential,
    "ratio": _ratio,
}


def slopes(subject: Subject, measures: Sequence[str], names: Sequence[str]) -> dict[str, Dual]:
    """Return each measure as a dual number with its derivatives by the inputs ``names``.

    What follows from an input follows here too: a blank training_cost_reduction moves with
    cost_reduction, a fallback seat share gives way to the AI products' share.
    """
    wanted = measure_plan(*measures)
    return _evaluated(wanted, subject.fill({name: Dual(subject.inputs[name], {name: 1.0}) for name in names}))


def _evaluated(wanted: Plan, inputs: Mapping[str, Any]) -> dict[str, Dual]:
    row: dict[str, Any] = {
        name: inputs[name] if isinstance(inputs[name], Dual) else filled(name, inputs)
        for name in wanted.inputs
    }
    for name in wanted.steps:
        row[name] = FUNCTIONS[name](*[row[parameter] for parameter in PARAMETERS[name]])
    return {name: row[name] if isinstance(row[name], Dual) else Dual(row[name]) for name in wanted.outputs}


def differentiate(
    company: str,
    measures: str | Sequence[str] | None = None,
    *,
    inputs: Sequence[str] | None = None,
    scenario: str | None = None,
    levers: Mapping[str, Any] | None = None,
    fiscal_year: Any = None,
    own: Mapping[str, float] | None = None,
    dataset: Dataset | None = None,
) -> pd.DataFrame:
    """Return exact derivatives and elasticities of measures by inputs, one row for each pair.

    ``inputs`` None means every exposure and lever that a measure needs. Columns: company,
    fiscal_year, scenario, measure, input, base (of the input), value (of the measure), derivative
    (change of the measure per unit of the input; a share's unit is 100%), elasticity (per cent of
    the measure per per cent of the input; NaN where the measure is 0).

    ``measures``: lines or bridge bars, None for the usual one.
    ``scenario`` names a preset (None: base assumptions); ``levers`` sets levers and exposures above it;
    ``fiscal_year`` None is the latest; ``own`` holds own figures of the company, by input, in place of
    the dataset's; ``dataset`` None is the shipped one.
    Raises InputError for an unknown name, and for a value of the wrong type or outside its domain.
    """
    import pandas as pd

    about = subject(company, scenario, levers, fiscal_year=fiscal_year, own=own, dataset=dataset)
    chosen = [measures] if isinstance(measures, str) else list(measures or (usual_measure(about),))
    needed = measure_plan(*chosen).inputs
    names = list(inputs or [name for name in (*EXPOSURES, *LEVERS) if name in needed])
    for name in names:
        refuse_unknown("inputs", name, about.inputs)
    rows = []
    for measure, dual in slopes(about, chosen, names).items():
        for name in names:
            slope, base = dual.slopes.get(name, 0.0), about.inputs[name]
            elasticity = slope * base / dual.value if dual.value else math.nan
            rows.append(
                {
                    **about.heading,
                    "measure": measure,
                    "input": name,
                    "base": base,
                    "value": dual.value,
                    "derivative": slope,
                    "elasticity": elasticity,
                }
            )
    return pd.DataFrame(rows)
