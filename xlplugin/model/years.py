"""The inputs of one year on a path: one function per item with one ``return``, like the lines.

A function's parameters are inputs as they stand (year 0 knows no path), the path's own entries
(``year``, ``annual_decline``, ``revenue_growth``, ``ai_share_growth``), earlier helpers of this
module, or ``year_<input>`` for the year's own value. The same functions serve numbers, arrays and
native formulas.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from xlplugin.model.arithmetic import exponential, minimum, power, ratio, where
from xlplugin.model.inputs import MONEY
from xlplugin.model.plan import parameters

Function = Callable[..., Any]

#: A path's reduction stops here: beyond it unit cost would be nothing.
LARGEST_REDUCTION = 0.999999

#: Years beyond this one are marked as least certain.
LEAST_CERTAIN_AFTER = 5

#: A supply_index outside this range is beyond what the model can say.
SUPPLY_RANGE = (0.1, 10.0)

#: Falls of unit cost a year that a source names: hardware alone (Stanford AI Index 2025), a million-fold
#: in ten years, serving Gemini in 2025 (Alphabet), ten-fold a year (prices at a fixed quality).
DECLINES = {"hardware": 0.3, "million_fold": 1 - 10 ** (-6 / 10), "serving": 0.78, "ten_fold": 0.9}

#: What the path itself brings: the year and the three entries of the path.
YEAR_PARAMETERS = ("year", "annual_decline", "revenue_growth", "ai_share_growth")

#: Helpers, in order, name -> function.
YEAR_HELPERS: dict[str, Function] = {}

#: Input -> function that gives its value in the year, in order.
YEAR_INPUTS: dict[str, Function] = {}


def _helper(function: Function) -> Function:
    YEAR_HELPERS[function.__name__] = function
    return function


def _of_year(*names: str) -> Callable[[Function], Function]:
    def register(function: Function) -> Function:
        YEAR_INPUTS.update(dict.fromkeys(names, function))
        return function

    return register


@_helper
def growth_index(revenue_growth, year):
    """Size of the company, year 0 = 1."""
    return power(1 + revenue_growth, year)


@_helper
def ai_growth_index(ai_share_growth, year):
    """Weight of AI, year 0 = 1."""
    return power(1 + ai_share_growth, year)


@_helper
def remaining_share(year, repricing_lag_years):
    """Share of the AI work that still runs at old prices; 0 where there is no lag."""
    return where(repricing_lag_years == 0, 0, exponential(-ratio(year, repricing_lag_years)))


@_of_year("cost_reduction", "training_cost_reduction")
def year_cost_reduction(annual_decline, year):
    """Claimed fall of unit cost since year 0."""
    return minimum(LARGEST_REDUCTION, 1 - power(1 - annual_decline, year))


@_of_year("adoption")
def year_adoption(adoption, remaining_share, year):
    """Share of the AI work that has moved by the year; none in year 0."""
    return where(year == 0, 0, adoption * (1 - remaining_share))


@_of_year("committed_cost_share")
def year_committed_cost_share(committed_cost_share, remaining_share):
    """Committed share of AI spending that has not run off."""
    return committed_cost_share * remaining_share


@_of_year("ai_revenue_share")
def year_ai_revenue_share(ai_revenue_share, ai_growth_index, ai_supply_revenue_share):
    """AI products' share of revenue, which may grow up to what infrastructure leaves."""
    return minimum(1 - ai_supply_revenue_share, ai_revenue_share * ai_growth_index)


@_of_year("inference_cost_share")
def year_inference_cost_share(inference_cost_share, ai_growth_index, ai_supply_cost_share):
    """AI running cost's share of cost of revenue, which may grow up to what infrastructure leaves."""
    return minimum(1 - ai_supply_cost_share, inference_cost_share * ai_growth_index)


@_of_year("seat_revenue_share")
def year_seat_revenue_share(seat_revenue_share, ai_supply_revenue_share, year_ai_revenue_share):
    """Seats' share of revenue, which gives way to AI products."""
    return minimum(seat_revenue_share, 1 - ai_supply_revenue_share - year_ai_revenue_share)


def _grown(name: str) -> Function:
    """Return the function that scales the financial ``name`` with the company."""

    def year_money(amount, growth_index):
        return amount * growth_index

    year_money.__doc__ = f"{name} of the year."
    year_money.parameters = (name, "growth_index")  # type: ignore[attr-defined]
    return year_money


YEAR_INPUTS.update({name: _grown(name) for name in MONEY})


def year_inputs(
    inputs: Mapping[str, Any],
    year: float,
    annual_decline: float,
    revenue_growth: float = 0.0,
    ai_share_growth: float = 0.0,
) -> dict[str, Any]:
    """Return the model's inputs in ``year``, from the inputs as they stand; floats or arrays."""
    values = {
        **inputs,
        "year": year,
        "annual_decline": annual_decline,
        "revenue_growth": revenue_growth,
        "ai_share_growth": ai_share_growth,
    }
    for name, function in YEAR_HELPERS.items():
        values[name] = function(*map(values.__getitem__, parameters(function)))
    result = dict(inputs)
    for name, function in YEAR_INPUTS.items():
        result[name] = values[f"year_{name}"] = function(*map(values.__getitem__, parameters(function)))
    return result
