"""Break-even: closed forms, substituting back, all roots against a fine grid of the oracle's."""

from __future__ import annotations

import math

import numpy as np
import oracle
import pytest

from xlplugin.analysis import breakeven, jevons
from xlplugin.analysis.breakevens import Curve, domain_of, roots
from xlplugin.analysis.roots import bracketed
from xlplugin.data.shipped import shipped
from xlplugin.data.subjects import subject
from xlplugin.model.errors import CellError, InputError

pytestmark = pytest.mark.slow

LINEAR = {
    "pass_through": 0,
    "competition": 0,
    "price_elasticity": 0,
    "rebound_elasticity": 0,
    "market_elasticity": 1,
    "supply_pass_through": 1,
    "seat_erosion": 0,
    "committed_cost_share": 0,
}
LISTED = [name for name in shipped().choice() if not shipped().is_lab(name)]


def oracle_at(one, lever: str, value: float, measure: str) -> float:
    inputs = dict(one.inputs) | {lever: value}
    if lever == "cost_reduction" and "training_cost_reduction" not in one.given:
        inputs["training_cost_reduction"] = value
    return oracle.evaluate(inputs)[measure]


@pytest.mark.parametrize("company", LISTED)
def test_without_responses_the_break_even_is_a_quotient(company: str) -> None:
    one = subject(company, None, {**LINEAR, "reinvestment": 0.25})
    x = one.inputs
    per_unit = x["cost_of_revenue"] * x["inference_cost_share"]
    per_unit += 0.75 * x["research_and_development"] * x["training_cost_share"]
    targets = [per_unit * share for share in (-0.5, 0.2, 0.99)]
    levers = {**LINEAR, "reinvestment": 0.25}
    found = breakeven(company, "operating_income_change", targets, levers=levers)
    assert found["value"].tolist() == pytest.approx([-0.5, 0.2, 0.99], rel=1e-12)
    assert found["kind"].tolist() == ["crossing"] * 3


@pytest.mark.parametrize("reduction", [0.05, 0.3, 0.95, -0.4])
def test_rebound_1_leaves_the_bill_unchanged(reduction: float) -> None:
    levers = {"pass_through": 0, "competition": 0, "cost_reduction": reduction}
    found = jevons(LISTED, levers=levers)
    bill = found[found["measure"] == "inference_cost"]
    assert bill["value"].to_numpy() == pytest.approx(1.0, abs=1e-9)
    assert bill["rank"].tolist() == [1] * len(LISTED)


def test_gross_profit_rebound_by_hand() -> None:
    # no price response: V0 * s * u * (w - 1) = A0 * (u * w - 1), solved for w = u ** -rebound
    one = subject(
        "ServiceNow", None, {"pass_through": 0, "committed_cost_share": 0, "usage_billed_share": 0.1}
    )
    x, u = one.inputs, 0.7
    a0 = x["cost_of_revenue"] * x["inference_cost_share"]
    v0 = x["revenue"] * x["ai_revenue_share"] * x["usage_billed_share"]
    w = (a0 - v0 * u) / (a0 * u - v0 * u)
    found = jevons("NOW", levers={"pass_through": 0, "committed_cost_share": 0, "usage_billed_share": 0.1})
    assert found["value"].iloc[1] == pytest.approx(-math.log(w) / math.log(u), rel=1e-11)


@pytest.mark.parametrize("company", LISTED)
@pytest.mark.parametrize(
    ("lever", "scenario"),
    [
        ("cost_reduction", "price_war"),
        ("cost_reduction", "jevons"),
        ("pass_through", "half"),
        ("price_elasticity", "price_war"),
        ("rebound_elasticity", "half"),
        ("market_elasticity", "demand_bust"),
        ("committed_cost_share", "half"),
        ("ai_revenue_share", "price_war"),
    ],
)
def test_roots_put_back_and_their_number(company: str, lever: str, scenario: str) -> None:
    measure = "operating_income_change"
    one = subject(company, scenario)
    low, high = domain_of(one, lever)
    points = np.linspace(low, high, 1_501)
    values = np.array([oracle_at(one, lever, float(p), measure) for p in points])
    if np.ptp(values) < 1e-9:
        assert breakeven(company, measure, values[0] + 1, lever, scenario=scenario)["kind"].tolist() == [
            "none"
        ]
        return
    for share in (0.13, 0.51, 0.77):
        target = values.min() + share * np.ptp(values)
        found = breakeven(company, measure, target, lever, scenario=scenario)
        gaps = np.sign(values - target)
        crossings = gaps[:-1] * gaps[1:] < 0
        if lever == "ai_revenue_share":  # without AI revenue there is no price: the model jumps there
            crossings[0] = False
        if not crossings.any():
            assert found["kind"].tolist() == ["none"]
            continue
        assert len(found) == np.count_nonzero(crossings)
        assert set(found["kind"]) == {"crossing"}
        base = one.inputs[lever]
        assert (found["value"] - base).abs().is_monotonic_increasing
        for value in found["value"]:
            at = oracle_at(one, lever, value, measure)
            assert at == pytest.approx(target, rel=1e-9, abs=1e-9 * np.ptp(values))


def test_a_model_that_turns_has_two_roots() -> None:
    levers = {"pass_through": 1, "price_elasticity": 2, "rebound_elasticity": 1.3, "usage_billed_share": 1}
    found = breakeven("OpenAI", "operating_margin", -1.6, "pass_through", levers=levers)
    one = subject("OpenAI", None, levers)
    back = [oracle_at(one, "pass_through", v, "operating_margin") for v in found["value"].dropna()]
    assert back == pytest.approx([-1.6] * len(back))
    turning = breakeven(
        "META", "operating_income_change", 900, levers={"rebound_elasticity": 1.0, "seat_erosion": 0}
    )
    assert set(turning["kind"]) <= {"crossing", "none"}


def answers_of(function, low: float, high: float, base: float = 0.0):
    """Roots of a function of one's own, looked for as the model's are."""
    one = subject("CRM", None, {"cost_reduction": base})
    points = np.linspace(low, high, 4_001)
    return roots(one, "gross_margin_change", 0.0, "cost_reduction", Curve(points, function(points), function))


def test_touching_roots_double_roots_and_stretches() -> None:
    touching = answers_of(lambda x: (x - 0.1234567) ** 2, -1, 1)
    assert [one.kind for one in touching] == ["touching"]
    assert touching[0].value == pytest.approx(0.1234567, abs=1e-6)
    close = answers_of(lambda x: (x - 0.5) * (x - 0.50001), -1, 1)
    assert [one.kind for one in close] == ["crossing"] * 2
    assert [one.value for one in close] == pytest.approx([0.5, 0.50001], abs=1e-9)
    flat = answers_of(lambda x: np.maximum(0, np.abs(x - 0.2) - 0.12345), -1, 1)
    assert [one.kind for one in flat] == ["stretch"]
    assert (flat[0].value, flat[0].until) == pytest.approx((0.07655, 0.32345), abs=1e-9)
    many = answers_of(lambda x: np.cos(40 * x), -1, 1)
    by_hand = sorted(((k + 0.5) * math.pi / 40 for k in range(-13, 13)), key=abs)
    assert sorted(one.value for one in many) == pytest.approx(sorted(by_hand), abs=1e-12)
    assert [abs(one.value) for one in many] == sorted(abs(one.value) for one in many)
    kink = answers_of(lambda x: np.abs(x - 0.31), -1, 1)
    assert [(round(one.value, 9), one.kind) for one in kink] == [(0.31, "touching")]
    assert not answers_of(lambda x: x**2 + 1e-6, -1, 1)


def test_brackets_are_solved_to_rounding() -> None:
    found = bracketed(lambda x: x**3 - 2, np.array([0.0, 1.0]), np.array([2.0, 1.5]))
    assert found == pytest.approx([2 ** (1 / 3)] * 2, abs=4e-16)
    steep = bracketed(lambda x: np.expm1(50 * (x - 0.9)), np.array([-1.0]), np.array([1.0]))
    assert steep[0] == pytest.approx(0.9, abs=1e-14)


def test_a_measure_that_does_not_move_is_a_stretch() -> None:
    found = breakeven("CRM", "gross_margin_change", 0.0, "rebound_elasticity", levers={"cost_reduction": 0})
    assert found[["value", "until", "kind"]].values.tolist() == [[0.0, 2.0, "stretch"]]
    lag = breakeven("CRM", "gross_margin_change", 0.5, "repricing_lag_years")
    assert lag["kind"].tolist() == ["none"]


def test_a_target_out_of_reach_shows_the_reach() -> None:
    found = breakeven(["CRM", "MSFT"], "operating_margin_change", [0.0, 0.5])
    assert found["kind"].tolist() == ["crossing", "none"] * 2
    for row in found.to_dict("records"):
        one = subject(row["company"])
        ends = [
            oracle_at(one, "cost_reduction", x, "operating_margin_change") for x in (-1, 0.3, 0.9, 0.9999)
        ]
        assert row["reachable_low"] <= min(ends) + 1e-12
        assert row["reachable_high"] >= max(ends) - 1e-12


def test_what_is_wrong_is_refused() -> None:
    wrong = [
        ("operating_margins", 0.1, "cost_reduction", CellError.WRONG_TYPE),
        ("operating_margin", 0.1, "revenue", CellError.WRONG_TYPE),
        ("operating_margin", "x", "cost_reduction", CellError.WRONG_TYPE),
        ("operating_margin", math.inf, "cost_reduction", CellError.OUTSIDE_DOMAIN),
        ("operating_margin", None, "cost_reduction", CellError.NOT_AVAILABLE),
    ]
    for measure, target, lever, error in wrong:
        with pytest.raises(InputError) as caught:
            breakeven("CRM", measure, target, lever)
        assert caught.value.faults[0].error is error
    with pytest.raises(InputError, match="not available"):
        breakeven("DeepSeek", "operating_margin", 0.1)


def test_shares_of_one_whole_leave_room() -> None:
    one = subject("Microsoft")
    assert domain_of(one, "inference_cost_share") == pytest.approx((0, 0.88))
    assert domain_of(one, "seat_revenue_share") == pytest.approx((0, 0.91))
