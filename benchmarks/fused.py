"""The ten lines of the speed target as one compiled loop, written by hand from the equations.

It exists for comparison alone. Logarithms are shared by hand; ``fastmath`` is off, as in NumPy.
Inputs are not checked here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numba import njit, prange

VARYING = (
    "cost_reduction",
    "training_cost_reduction",
    "credibility",
    "adoption",
    "pass_through",
    "competition",
    "price_elasticity",
    "rebound_elasticity",
    "market_elasticity",
    "seat_erosion",
)
CONSTANT = (
    "reinvestment",
    "revenue",
    "cost_of_revenue",
    "research_and_development",
    "sales_and_marketing",
    "general_and_administrative",
    "other_operating_expense",
    "marginal_tax_rate",
    "net_income",
    "one_off_net_income",
    "diluted_shares",
    "inference_cost_share",
    "training_cost_share",
    "ai_revenue_share",
    "usage_billed_share",
    "ai_supply_revenue_share",
    "ai_supply_cost_share",
    "seat_revenue_share",
    "committed_cost_share",
    "usage_return",
    "supply_pass_through",
    "labour_substitution",
)
OUTPUTS = (
    "scenario_revenue",
    "scenario_cost_of_revenue",
    "gross_profit",
    "gross_margin",
    "operating_income",
    "operating_margin",
    "scenario_net_income",
    "eps",
    "gross_margin_change",
    "inference_cost",
)


def evaluate(inputs: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Return the ten lines, in new arrays."""
    rows = len(inputs[VARYING[0]])
    out = [np.empty(rows) for _ in OUTPUTS]
    _kernel(*(inputs[name] for name in VARYING), *(float(inputs[name]) for name in CONSTANT), *out)
    return dict(zip(OUTPUTS, out, strict=True))


@njit(parallel=True, fastmath=False, error_model="numpy", cache=False)
def _kernel(
    cost_reduction,
    training_cost_reduction,
    credibility,
    adoption,
    pass_through,
    competition,
    price_elasticity,
    rebound_elasticity,
    market_elasticity,
    seat_erosion,
    reinvestment,
    revenue,
    cost_of_revenue,
    research_and_development,
    sales_and_marketing,
    general_and_administrative,
    other_operating_expense,
    marginal_tax_rate,
    net_income,
    one_off_net_income,
    diluted_shares,
    inference_cost_share,
    training_cost_share,
    ai_revenue_share,
    usage_billed_share,
    ai_supply_revenue_share,
    ai_supply_cost_share,
    seat_revenue_share,
    committed_cost_share,
    usage_return,
    supply_pass_through,
    labour_substitution,
    out_revenue,
    out_cost,
    out_gross_profit,
    out_gross_margin,
    out_operating_income,
    out_operating_margin,
    out_net_income,
    out_eps,
    out_gross_margin_change,
    out_inference_cost,
):
    ai_cost = cost_of_revenue * inference_cost_share
    ai_sales = revenue * ai_revenue_share
    supply_sales = revenue * ai_supply_revenue_share
    supply_cost = cost_of_revenue * ai_supply_cost_share
    seats = revenue * seat_revenue_share
    cost_ratio = min(1.0, ai_cost / ai_sales) if ai_sales != 0 else 0.0
    training = research_and_development * training_cost_share
    sold_share = min(1.0, ai_sales / ai_cost) if ai_cost != 0 else 1.0
    people = sales_and_marketing + general_and_administrative
    overhead = people + other_operating_expense
    base_gross_margin = (revenue - cost_of_revenue) / revenue
    base_income = revenue - cost_of_revenue - research_and_development - overhead
    base_net_income = net_income - one_off_net_income
    other_sales = revenue - ai_sales - supply_sales
    other_cost = cost_of_revenue - ai_cost - supply_cost
    kept = 1 - marginal_tax_rate
    for i in prange(cost_reduction.size):
        haircut = credibility[i] * adoption[i]
        reduction = cost_reduction[i] * haircut
        unit = 1 - reduction
        log_unit = math.log(unit)
        usage = math.exp(-rebound_elasticity[i] * log_unit)
        if ai_sales == 0:
            price = 1.0
        else:
            price = (1 - pass_through[i] * reduction * cost_ratio) * math.exp(competition[i] * log_unit)
        demand = math.exp(-price_elasticity[i] * math.log(price))
        billed = 1 + usage_billed_share * min(1.0, unit) * (usage - 1)
        volume = unit * usage * (1 + sold_share * (demand - 1))
        ai_cost_after = ai_cost * (volume + committed_cost_share * max(0.0, 1 - volume))
        log_supply_price = supply_pass_through * log_unit
        supply = math.exp((1 - market_elasticity[i]) * log_supply_price)
        supply_volume = unit * math.exp(-market_elasticity[i] * log_supply_price)
        supply_cost_index = supply_volume + committed_cost_share * max(0.0, 1 - supply_volume)
        erosion = math.exp(seat_erosion[i] * min(0.0, log_unit)) - 1
        extra = ai_cost * usage_return * unit * (usage - 1)
        sales = other_sales + ai_sales * price * demand * billed + extra
        sales += supply_sales * supply + seats * erosion
        cost = other_cost + ai_cost_after + supply_cost * supply_cost_index
        gross_profit = sales - cost
        saving = training * training_cost_reduction[i] * haircut
        income = gross_profit - (research_and_development - (1 - reinvestment) * saving) - overhead
        income += people * (1 - math.exp(labour_substitution * min(0.0, log_unit)))
        net = base_net_income + (income - base_income) * kept
        out_revenue[i] = sales
        out_cost[i] = cost
        out_gross_profit[i] = gross_profit
        out_gross_margin[i] = gross_profit / sales
        out_operating_income[i] = income
        out_operating_margin[i] = income / sales
        out_net_income[i] = net
        out_eps[i] = net / diluted_shares
        out_gross_margin_change[i] = gross_profit / sales - base_gross_margin
        out_inference_cost[i] = ai_cost_after
