"""Seeded random inputs over the model's whole domain, valid by construction, for many tests.

``rows(n, seed, blanks=True) -> list[dict[str, float | None]]``
    ``n`` rows with every input of the model (financials, exposures with ``repricing_lag_years``,
    levers, both reference figures), edges of the domain included: 0, 1, -1, shares that fill their
    whole, cost that rises. With ``blanks`` some financials and references, and
    ``training_cost_reduction``, are None; levers and exposures never are.
    ``effective_reduction`` stays at or below 0.9999.
``columns(rows) -> dict[str, list[float]]``
    the same as columns, blanks as NaN: what ``evaluate`` takes as arrays.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

import oracle

Row = dict[str, float | None]

#: The largest claimed reduction in a draw: beyond it a revenue of almost nothing is all rounding.
LARGEST_REDUCTION = 0.9999

_BLANKABLE = (*oracle.FINANCIALS, *oracle.REFERENCES, "training_cost_reduction")


def rows(n: int, seed: int, blanks: bool = True) -> list[Row]:
    """Return ``n`` valid rows of inputs; the same for the same ``seed``."""
    draw = random.Random(seed)
    return [_row(draw, blanks) for _ in range(n)]


def columns(table: Sequence[Row]) -> dict[str, list[float]]:
    """Return rows as columns, with NaN for what is blank."""
    return {name: [math.nan if row[name] is None else row[name] for row in table] for name in table[0]}


def _row(draw: random.Random, blanks: bool) -> Row:
    row: Row = {**_financials(draw), **_exposures(draw), **_levers(draw)}
    revenue = row["revenue"]
    row["reference_operating_income"] = _edge(draw, (0.0, -revenue), -revenue, revenue)
    row["reference_eps"] = _edge(draw, (0.0, -1.0, 1.0), -20.0, 50.0)
    row["reference_share_price"] = _edge(draw, (1.0,), 0.01, 900.0)
    if oracle.evaluate(row)["scenario_revenue"] < 0.01 * revenue:
        row["usage_return"] = 0.0  # where cost rises, lost use could take more revenue than there is
    if blanks:
        for name in _BLANKABLE:
            # the blank of one figure takes many lines away: rare enough to leave most rows whole
            often = name in ("marginal_tax_rate", "one_off_net_income", "training_cost_reduction")
            if draw.random() < (0.3 if often else 0.03):
                row[name] = None
        if row["marginal_tax_rate"] is None and not 0 <= (row["income_tax_rate"] or 0) <= 1:
            row["income_tax_rate"] = 0.25  # beyond 0 to 1 it cannot stand in for the marginal rate
    return row


def _financials(draw: random.Random) -> Row:
    revenue = math.exp(draw.uniform(math.log(1.0), math.log(1e6)))
    return {
        "revenue": revenue,
        "cost_of_revenue": revenue * _edge(draw, (0.0, 1.0), 0.0, 1.3),
        "research_and_development": revenue * _edge(draw, (0.0, 1.0), 0.0, 0.6),
        "sales_and_marketing": revenue * _edge(draw, (0.0,), 0.0, 0.6),
        "general_and_administrative": revenue * _edge(draw, (0.0,), 0.0, 0.3),
        "other_operating_expense": revenue * _edge(draw, (0.0,), -0.2, 0.2),
        "income_tax_rate": _edge(draw, (0.0, 1.0, -10.0, 10.0), 0.0, 1.0),
        "marginal_tax_rate": _edge(draw, (0.0, 1.0), 0.0, 1.0),
        "net_income": revenue * _edge(draw, (0.0,), -0.5, 0.5),
        "one_off_net_income": revenue * _edge(draw, (0.0,), -0.1, 0.1),
        "diluted_shares": math.exp(draw.uniform(math.log(1.0), math.log(3e4))),
        "stock_based_compensation": revenue * _edge(draw, (0.0,), 0.0, 0.3),
    }


def _exposures(draw: random.Random) -> Row:
    inference, supply_cost = _parts(draw, 2)
    ai, supply, seats = _parts(draw, 3)
    return {
        "inference_cost_share": inference,
        "training_cost_share": _share(draw),
        "ai_revenue_share": ai,
        "usage_billed_share": _share(draw),
        "ai_supply_revenue_share": supply,
        "ai_supply_cost_share": supply_cost,
        "seat_revenue_share": seats,
        "committed_cost_share": _share(draw),
        "usage_return": _elasticity(draw),
        "repricing_lag_years": _edge(draw, (0.0, 1.0), 0.0, 12.0),
    }


def _levers(draw: random.Random) -> Row:
    return {
        "cost_reduction": _edge(draw, (0.0, -1.0, LARGEST_REDUCTION), -1.0, LARGEST_REDUCTION),
        "training_cost_reduction": _edge(draw, (0.0, -1.0, LARGEST_REDUCTION), -1.0, LARGEST_REDUCTION),
        "credibility": _edge(draw, (1.0, 1.0, 0.0), 0.0, 1.0),
        "adoption": _edge(draw, (1.0, 1.0, 0.0), 0.0, 1.0),
        "pass_through": _share(draw),
        "competition": _share(draw),
        "price_elasticity": _elasticity(draw),
        "rebound_elasticity": _elasticity(draw),
        "market_elasticity": _elasticity(draw),
        "supply_pass_through": _share(draw),
        "seat_erosion": _elasticity(draw),
        "labour_substitution": _elasticity(draw),
        "reinvestment": _share(draw),
    }


def _edge(draw: random.Random, edges: Sequence[float], low: float, high: float) -> float:
    return draw.choice(edges) if draw.random() < 0.25 else draw.uniform(low, high)


def _share(draw: random.Random) -> float:
    return _edge(draw, (0.0, 1.0), 0.0, 1.0)


def _elasticity(draw: random.Random) -> float:
    return _edge(draw, (0.0, 1.0, 2.0), 0.0, 2.0)


def _parts(draw: random.Random, count: int) -> list[float]:
    """Shares of one whole, in random order; often some are 0, sometimes they fill it."""
    left, parts = 1.0, []
    for _ in range(count):
        part = min(left, _edge(draw, (0.0, left), 0.0, left))
        parts.append(part)
        left = max(0.0, left - part)
    draw.shuffle(parts)
    return parts
