"""Over the whole domain: figures and no exception inside, and monotonic where the model says so."""

from __future__ import annotations

import math
import warnings

import numpy as np
import oracle
import pytest
import random_inputs
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from xlplugin.model.errors import InputError
from xlplugin.model.evaluation import evaluate
from xlplugin.model.lines import BARS, LINES, MARGIN_BARS

pytestmark = pytest.mark.slow

EVERYTHING = [*LINES, *BARS, *MARGIN_BARS]
BELOW_1 = math.nextafter(1, 0)

#: Money and shares reach from one over this to this: beyond it ratios run into infinity.
HUGE = 1e12

QUICK = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)

# --- Inside ----------------------------------------------------------------------------------------


def between(low: float, high: float, **more: bool) -> st.SearchStrategy[float]:
    return st.floats(low, high, allow_nan=False, **more)


share = between(0, 1)
elasticity = between(0, 2)
reduction = between(-1, 1, exclude_max=True)
cost = between(0, HUGE)
signed = between(-HUGE, HUGE)
positive = between(1 / HUGE, HUGE)
maybe_signed = st.none() | signed
#: The effective rate may be any as reported; beyond 0 to 1 the marginal rate must be given.
tax_rates = st.one_of(
    st.fixed_dictionaries({"income_tax_rate": share, "marginal_tax_rate": st.none() | share}),
    st.fixed_dictionaries({"income_tax_rate": between(-10, 10), "marginal_tax_rate": share}),
)
SHARES = ("credibility", "adoption", "pass_through", "competition", "supply_pass_through")


@st.composite
def wholes(draw: st.DrawFn, count: int) -> list[float]:
    """Shares that together do not pass 1, but for rounding."""
    parts = draw(st.lists(share, min_size=count, max_size=count))
    total = math.fsum(parts)
    return [part / total for part in parts] if total > 1 else parts


@st.composite
def rows(draw: st.DrawFn, reduction: st.SearchStrategy[float] = reduction) -> dict[str, float | None]:
    inference, supply_cost = draw(wholes(2))
    ai, supply, seats = draw(wholes(3))
    return {
        "revenue": draw(positive),
        **{name: draw(cost) for name in oracle.MONEY[1:5]},
        "other_operating_expense": draw(signed),
        **draw(tax_rates),
        "net_income": draw(maybe_signed),
        "one_off_net_income": draw(maybe_signed),
        "diluted_shares": draw(st.none() | positive),
        "stock_based_compensation": draw(st.none() | cost),
        "inference_cost_share": inference,
        "ai_supply_cost_share": supply_cost,
        "ai_revenue_share": ai,
        "ai_supply_revenue_share": supply,
        "seat_revenue_share": seats,
        "training_cost_share": draw(share),
        "usage_billed_share": draw(share),
        "committed_cost_share": draw(share),
        "usage_return": draw(elasticity),
        "repricing_lag_years": draw(between(0, 1e3)),
        "cost_reduction": draw(reduction),
        "training_cost_reduction": draw(st.none() | reduction),
        **{name: draw(share) for name in SHARES},
        **{name: draw(elasticity) for name in oracle.LEVERS if "elasticity" in name},
        "seat_erosion": draw(elasticity),
        "labour_substitution": draw(elasticity),
        "reinvestment": draw(share),
        "reference_operating_income": draw(maybe_signed),
        "reference_eps": draw(maybe_signed),
        "reference_share_price": draw(st.none() | positive),
    }


@settings(max_examples=1)
@given(rows())
def test_strategy_gives_every_input(row: dict[str, float | None]) -> None:
    assert set(random_inputs.rows(1, seed=1)[0]) == set(row)


@QUICK
@given(rows())
def test_no_exception_inside(row: dict[str, float | None]) -> None:
    try:
        single = evaluate(row, EVERYTHING)
    except InputError as error:
        _leaves_no_revenue(error, row)
        return
    assert not any(
        math.isinf(single[name])
        for name in LINES
        if not any(part in name for part in ("eps", "margin", "share_price"))
    )
    arrays = {name: [math.nan if value is None else value] * 2 for name, value in row.items()}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = evaluate(arrays, EVERYTHING)
    for name in ("unit_cost_index", "price_index", "ai_revenue", "inference_cost", "scenario_revenue"):
        assert oracle.agree(name, result[name][0], single[name], row), name
        assert single[name] > 0 or (name in ("ai_revenue", "inference_cost") and single[name] >= 0)


def _leaves_no_revenue(error: InputError, row: dict[str, float | None]) -> None:
    assert {fault.input for fault in error.faults} == {"scenario_revenue"}
    assert oracle.evaluate(row)["scenario_revenue"] <= 1e-12 * row["revenue"]


@QUICK
@given(rows(between(-1, 0.9)))
def test_agrees_with_the_oracle_where_revenue_remains(row: dict[str, float | None]) -> None:
    expected = oracle.evaluate(row)
    assume(expected["scenario_revenue"] > 1e-3 * row["revenue"])
    indices = [name for name in oracle.INDICES if "eps_change" not in name]
    ratios = ("eps", "margin", "share_price")
    money = [name for name in EVERYTHING if not any(part in name for part in ratios)]
    single = evaluate(row, [*indices, *money])
    assert not oracle.disagreements(single, row, expected=expected)


@QUICK
@given(rows(), st.sampled_from([*oracle.MONEY, "income_tax_rate", "diluted_shares", *oracle.REFERENCES]))
def test_blank_financials_are_not_available(row: dict[str, float | None], blank: str) -> None:
    # a reduction near 1 can leave no revenue at all
    row = {**row, "cost_reduction": min(row["cost_reduction"], 0.9), "seat_revenue_share": 0.0}
    row["usage_return"] = 0.0  # ... and so can use that falls where cost rises
    row.update(training_cost_reduction=None)
    forms = [{**row, blank: None}, {**row, blank: math.nan}, {k: v for k, v in row.items() if k != blank}]
    results = [evaluate(form, EVERYTHING) for form in forms]
    for form in forms:
        columns = {name: np.array([value] * 3, object) for name, value in form.items()}
        results.append({name: column[1] for name, column in evaluate(columns, EVERYTHING).items()})
    missing = {name for name, value in oracle.evaluate(forms[0]).items() if math.isnan(value)}
    assert missing or blank in ("one_off_net_income", "income_tax_rate")
    for result in results:
        assert {name for name, value in result.items() if math.isnan(value)} == missing


# --- Monotonic -------------------------------------------------------------------------------------


@QUICK
@given(rows(), st.lists(reduction, min_size=2, max_size=8))
def test_larger_reduction_never_lowers_gross_margin(
    row: dict[str, float | None], claims: list[float]
) -> None:
    off = dict.fromkeys(("rebound_elasticity", "pass_through", "competition", "seat_erosion"), 0.0)
    row = {**row, **off, "market_elasticity": 1.0, "cost_reduction": np.sort(claims)}
    margins = evaluate(row, ["gross_margin"])["gross_margin"]
    # where cost exceeds revenue by far the margin is huge, and so is its rounding
    assert (np.diff(margins) >= -1e-12 * np.maximum(1, np.abs(margins[1:]))).all()


def test_other_market_elasticities_may_lower_gross_margin() -> None:
    row = dict.fromkeys((*oracle.EXPOSURES, *oracle.LEVERS), 0.0) | {
        "revenue": 100.0, "cost_of_revenue": 50.0, "credibility": 1.0, "adoption": 1.0,
        "ai_supply_revenue_share": 0.9, "ai_supply_cost_share": 0.5, "market_elasticity": 0.5,
        "supply_pass_through": 1.0,
    }  # fmt: skip
    margins = evaluate({**row, "cost_reduction": [0.0, 0.5]}, ["gross_margin"])["gross_margin"]
    assert margins[1] < margins[0]


@pytest.mark.parametrize(
    ("lever", "line", "sign"),
    [
        ("credibility", "unit_cost_index", -1),
        ("adoption", "unit_cost_index", -1),
        ("rebound_elasticity", "usage_index", 1),
        ("pass_through", "price_index", -1),
        ("competition", "price_index", -1),
        ("price_elasticity", "demand_index", 1),
        ("market_elasticity", "supply_index", 1),
        ("supply_pass_through", "supply_price_index", -1),
        ("supply_pass_through", "supply_volume_cost_index", 1),
        ("usage_return", "usage_revenue", 1),
        ("labour_substitution", "opex_saving", 1),
        ("seat_erosion", "seat_revenue_change", -1),
        ("reinvestment", "scenario_research_and_development", 1),
        ("committed_cost_share", "inference_cost", 1),
        ("usage_billed_share", "ai_revenue", 1),
    ],
)
def test_levers_push_one_way_where_cost_falls(lever: str, line: str, sign: int) -> None:
    wide = ("seat_erosion", "labour_substitution", "usage_return")
    highest = 2.0 if "elasticity" in lever or lever in wide else 1.0
    for row in random_inputs.rows(200, seed=21, blanks=False):
        fall = {"cost_reduction": abs(row["cost_reduction"]), "training_cost_reduction": 0.5}
        fall["cost_reduction"] = min(fall["cost_reduction"], random_inputs.LARGEST_REDUCTION)
        steps = evaluate({**row, **fall, lever: np.linspace(0, highest, 9)}, [line])[line]
        assert (sign * np.diff(steps) >= -1e-12 * np.abs(steps[1:])).all(), row
