"""The model's figures: hand-worked, against the oracle, and the same for every shape of input."""

from __future__ import annotations

import itertools
import math

import numpy as np
import oracle
import pandas as pd
import pytest
import random_inputs

from xlplugin.model.errors import InputError
from xlplugin.model.evaluation import evaluate
from xlplugin.model.lines import BARS, LINES, MARGIN_BARS

EVERYTHING = [*LINES, *BARS, *MARGIN_BARS]
COMPANIES, ASSUMPTIONS = oracle.companies(), oracle.assumptions()
SCENARIOS = {row["scenario"]: row for row in oracle.scenarios()}


def preset(company: str, scenario: str) -> oracle.Filled:
    return oracle.fill(oracle.latest(COMPANIES, company), ASSUMPTIONS, SCENARIOS[scenario])


def salesforce(**changed: object) -> dict[str, object]:
    return {**preset("Salesforce", "illustrative").inputs, **changed}


# --- Worked by hand ------------------------------------------------------------------------------

WORKED = {
    "unit_cost_index": 0.7, "usage_index": 1.330214, "price_index": 0.985388, "demand_index": 1.004426,
    "billed_usage_index": 1.069345, "ai_revenue": 483.442965, "inference_cost": 104.039536,
    "scenario_revenue": 41551.667965, "gross_margin": 0.7770775521, "base_gross_margin": 0.7767609874,
    "gross_margin_change": 0.0003165648, "operating_income": 8391.836929,
    "operating_income_change": 60.836929, "operating_margin": 0.2019614937,
    "operating_margin_change": 0.0013353649, "eps": 7.036249, "base_eps": 6.986402,
    "bridge_operating_income_unit_cost": 33.372, "bridge_operating_income_usage_rebound": 5.961934,
    "bridge_operating_income_price_cut": -7.137236, "bridge_operating_income_demand_response": 1.671731,
    "bridge_operating_income_supply": 0, "bridge_operating_income_stranded_cost": 0,
    "bridge_operating_income_seat_erosion_effect": 0,
    "bridge_operating_income_labour_substitution_effect": 0, "bridge_operating_income_development": 26.9685,
}  # fmt: skip

BASIS_POINTS = """
scenario          | Salesforce    | ServiceNow    | Microsoft       | Meta Platforms | NVIDIA
illustrative      | 3.2 / 13.4    | 11.4 / 44.3   | 12.9 / 18.5     | 27.7 / 69.5    | 0.7 / 0.7
half              | 5.6 / 22.2    | 19.9 / 73.2   | 24.5 / 33.3     | 46.7 / 113.2   | 1.4 / 1.4
deepseek_headline | 15.4 / 22.1   | 53.0 / 82.7   | 90.6 / 100.1    | 102.0 / 187.6  | 5.3 / 5.3
deepseek_sceptic  | 1.5 / 3.3     | 5.4 / 13.5    | 5.6 / 8.4       | 13.3 / 34.0    | 0.3 / 0.3
development_only  | 0.0 / 10.8    | 0.0 / 27.9    | 0.0 / 0.0       | 0.0 / 0.0      | 0.0 / 0.0
cost_alone        | 13.4 / 24.2   | 44.9 / 72.8   | 61.6 / 61.6     | 67.5 / 67.5    | 5.4 / 5.4
price_war         | -5.1 / -7.2   | -14.7 / -25.6 | -194.4 / -195.0 | 46.7 / 113.2   | 1.4 / 1.4
jevons            | 0.1 / 21.9    | 2.6 / 77.8    | -72.8 / -21.1   | -14.0 / 101.1  | 46.5 / 284.5
demand_bust       | 12.9 / 22.6   | 43.2 / 67.0   | 39.0 / 2.3      | 67.5 / 67.5    | -308.1 / -688.9
ai_rivals         | -23.3 / -81.1 | -6.4 / -27.7  | 9.2 / 7.8       | 46.7 / 113.2   | 1.4 / 1.4
ai_workforce      | 5.6 / 79.6    | 19.9 / 130.1  | 24.5 / 47.6     | 46.7 / 129.5   | 1.4 / 4.3
cost_rise         | -1.8 / -8.3   | -6.4 / -27.1  | -11.6 / -15.2   | -30.1 / -60.1  | -0.5 / -0.5
"""


def basis_point_cases() -> list[tuple[str, str, str]]:
    header, *table = [[cell.strip() for cell in row.split("|")] for row in BASIS_POINTS.strip().splitlines()]
    return [(row[0], name, cell) for row in table for name, cell in zip(header[1:], row[1:], strict=True)]


@pytest.mark.parametrize("line", WORKED)
def test_worked_case(line: str) -> None:
    tolerance = 1e-10 if "margin" in line else 1e-6
    assert evaluate(salesforce(), [line])[line] == pytest.approx(WORKED[line], rel=0, abs=tolerance)
    assert oracle.evaluate(salesforce())[line] == pytest.approx(WORKED[line], rel=0, abs=tolerance)


@pytest.mark.parametrize(("scenario", "company", "shown"), basis_point_cases())
def test_table_of_basis_points(scenario: str, company: str, shown: str) -> None:
    changes = ["gross_margin_change", "operating_margin_change"]
    inputs = preset(company, scenario).inputs
    for result in (evaluate(inputs, changes), oracle.evaluate(inputs)):
        assert " / ".join(f"{1e4 * result[change]:z.1f}" for change in changes) == shown


def test_the_table_has_every_preset_and_the_five_companies() -> None:
    assert {scenario for scenario, _, _ in basis_point_cases()} == set(SCENARIOS)
    assert len(basis_point_cases()) == 60


def test_a_claim_that_is_not_believed_changes_nothing() -> None:
    result = evaluate(salesforce(cost_reduction=0.9, credibility=0.0), EVERYTHING)
    assert result["scenario_revenue"] == pytest.approx(41525, rel=1e-15)
    changes = [result[name] for name in EVERYTHING if name.endswith("_change")]
    assert len(changes) == 7
    assert changes == pytest.approx([0.0] * 7, abs=1e-9)


def test_losing_little_revenue_to_rivals_undoes_the_gain() -> None:
    # the page: losing 0.15% of revenue undoes the gain of the 30% case
    gain = evaluate(salesforce(), ["operating_income_change"])["operating_income_change"]
    assert gain / 41525 == pytest.approx(0.0015, abs=5e-5)


def test_supply_revenue_turns_on_market_elasticity() -> None:
    # the page: from 0.6 to 1.4 the DeepSeek headline moves NVIDIA's revenue by about -66% to +247%
    inputs = {**preset("NVIDIA", "deepseek_headline").inputs, "market_elasticity": np.array([0.6, 1.0, 1.4])}
    change = evaluate(inputs, ["scenario_revenue"])["scenario_revenue"] / inputs["revenue"] - 1
    assert change == pytest.approx([-0.66, 0.0, 2.47], abs=0.01)


# --- Limits of the second edition's levers, by hand --------------------------------------------------

#: Money in round numbers, nothing of AI: each test adds the one share that it is about.
ROUND = dict.fromkeys((*oracle.EXPOSURES[:-1], *oracle.LEVERS), 0.0) | {
    "revenue": 1000.0, "cost_of_revenue": 400.0, "research_and_development": 100.0,
    "sales_and_marketing": 150.0, "general_and_administrative": 50.0, "other_operating_expense": 0.0,
    "stock_based_compensation": 30.0, "net_income": 200.0, "diluted_shares": 100.0, "income_tax_rate": 0.25,
    "cost_reduction": 0.5, "credibility": 1.0, "adoption": 1.0, "market_elasticity": 1.0,
}  # fmt: skip


def worked(line: str, **changed: float) -> float:
    return evaluate({**ROUND, **changed}, [line])[line]


def test_infrastructure_at_cost_plus_or_at_an_unchanged_price() -> None:
    shares = {"ai_supply_revenue_share": 0.5, "ai_supply_cost_share": 0.5}  # 500 sold, 200 of cost
    # all of the saving goes to buyers: price and cost halve, twice the volume, nothing changes
    assert worked("operating_income_change", **shares, supply_pass_through=1.0) == pytest.approx(0, abs=1e-9)
    # none of it: price and volume stand still, and half of the cost is saved
    assert worked("supply_index", **shares) == 1.0
    assert worked("operating_income_change", **shares) == pytest.approx(100.0)
    # half of it: volume rises by the root of 2 at elasticity 1, revenue stays, cost is 0.5 * sqrt(2)
    change = worked("operating_income_change", **shares, supply_pass_through=0.5)
    assert change == pytest.approx(200.0 * (1 - 0.5 * math.sqrt(2)))
    # commitments count against the cost of the new volume: here half of it would fall away
    change = worked("operating_income_change", **shares, committed_cost_share=1.0)
    assert change == pytest.approx(0, abs=1e-9)


def test_infrastructure_where_cost_rises() -> None:
    shares = {"ai_supply_revenue_share": 0.5, "ai_supply_cost_share": 0.5, "cost_reduction": -1.0}
    assert worked("operating_income_change", **shares) == pytest.approx(-200.0)  # the price stands still
    assert worked("supply_price_index", **shares, supply_pass_through=1.0) == 2.0
    assert worked("operating_income_change", **shares, supply_pass_through=1.0) == pytest.approx(0, abs=1e-9)


def test_extra_use_that_earns_its_cost_changes_no_profit() -> None:
    shares = {"inference_cost_share": 0.25, "rebound_elasticity": 1.0}  # 100 of AI cost, use doubles
    saved = worked("operating_income_change", **{**shares, "rebound_elasticity": 0.0})
    assert saved == pytest.approx(50.0)
    assert worked("operating_income_change", **shares, usage_return=0.0) == pytest.approx(0, abs=1e-9)
    assert worked("operating_income_change", **shares, usage_return=1.0) == pytest.approx(saved)
    assert worked("usage_revenue", **shares, usage_return=2.0) == pytest.approx(100.0)
    # where cost doubles and use halves, what use brought in is lost as well: half of 100, at twice the cost
    assert worked("usage_revenue", **{**shares, "cost_reduction": -1.0}, usage_return=1.0) == pytest.approx(
        -100
    )


def test_work_taken_over_by_ai() -> None:
    assert worked("opex_saving") == 0.0
    assert worked("opex_saving", labour_substitution=1.0) == pytest.approx(100.0)  # half of 150 + 50
    assert worked("opex_saving", labour_substitution=2.0) == pytest.approx(150.0)
    assert worked("opex_saving", labour_substitution=1.0, cost_reduction=-1.0) == 0.0  # no hiring back


def test_only_the_cost_of_products_sold_grows_with_their_demand() -> None:
    # 100 of AI cost, 50 of AI revenue: half of the cost serves them; the price halves, demand doubles
    shares = {"inference_cost_share": 0.25, "ai_revenue_share": 0.05}
    response = {"competition": 1.0, "price_elasticity": 1.0}
    assert worked("sold_ai_cost_share", **shares) == 0.5
    assert worked("volume_cost_index", **shares, **response) == pytest.approx(0.5 * (1 + 0.5 * 1.0))
    assert worked("sold_ai_cost_share", **{**shares, "ai_revenue_share": 0.5}) == 1.0
    assert worked("sold_ai_cost_share", ai_revenue_share=0.05) == 1.0  # no AI cost at all
    assert worked("sold_ai_cost_share", inference_cost_share=0.25) == 0.0


def test_margins_before_stock_based_compensation_and_the_price_of_a_share() -> None:
    saving = {"labour_substitution": 1.0}  # 100 more of operating income, 75 after tax, 0.75 a share on 2
    assert worked("base_operating_margin_ex_sbc") == pytest.approx(0.33)
    assert worked("operating_margin_ex_sbc", **saving) == pytest.approx(0.43)
    assert worked("relative_eps_change", **saving) == pytest.approx(0.375)
    assert worked("implied_share_price", **saving, reference_share_price=80.0) == pytest.approx(110.0)
    for income in (0.0, -200.0):  # no price-earnings ratio without earnings
        assert math.isnan(worked("relative_eps_change", **saving, net_income=income))
        assert math.isnan(worked("implied_share_price", reference_share_price=80.0, net_income=income))
    assert math.isnan(worked("implied_share_price", **saving))
    assert math.isnan(worked("operating_margin_ex_sbc", stock_based_compensation=math.nan))


# --- Against the oracle ----------------------------------------------------------------------------


def test_oracle_names_every_line_and_bar() -> None:
    assert sorted(oracle.evaluate(salesforce())) == sorted(EVERYTHING)


def test_floats_agree_with_the_oracle_on_random_rows() -> None:
    for row in random_inputs.rows(1500, seed=11):
        assert not oracle.disagreements(evaluate(row, EVERYTHING), row), row


def test_arrays_agree_with_the_oracle_on_random_rows() -> None:
    table = random_inputs.rows(1500, seed=12)
    result = evaluate(random_inputs.columns(table), EVERYTHING)
    for i, row in enumerate(table):
        assert not oracle.disagreements({name: result[name][i] for name in EVERYTHING}, row), row


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("company", sorted({row["company"] for row in COMPANIES}))
def test_presets_agree_with_the_oracle(company: str, scenario: str) -> None:
    inputs = preset(company, scenario).inputs
    if "cost_reduction" not in inputs:
        with pytest.raises(InputError, match="cost_reduction"):
            evaluate(inputs)
        return
    assert not oracle.disagreements(evaluate(inputs, EVERYTHING), inputs)


@pytest.mark.parametrize("t", [0, 1, 2.5, 10, 50])
def test_years_of_a_path_agree_with_the_oracle(t: float) -> None:
    for company in ("Microsoft", "Salesforce", "NVIDIA"):
        year = oracle.path_year(preset(company, "half").inputs, t, 0.749, 0.1, 0.2)
        assert not oracle.disagreements(evaluate(year, EVERYTHING), year)


# --- Bridges ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prefix", "bars", "change"),
    [
        ("bridge_operating_income_", BARS, "operating_income_change"),
        ("bridge_operating_margin_", MARGIN_BARS, "operating_margin_change"),
    ],
)
def test_bridges_sum_to_the_change(prefix: str, bars: dict[str, object], change: str) -> None:
    assert all(bar.startswith(prefix) for bar in bars)
    table = random_inputs.rows(2000, seed=13, blanks=False)
    result = evaluate(random_inputs.columns(table), [*bars, change])
    total = sum(result[bar] for bar in bars)
    for i, row in enumerate(table):
        single = math.fsum(evaluate(row, list(bars)).values())
        allowed = 1e-12 * max(oracle.scale(change, row), *(abs(result[bar][i]) for bar in bars))
        assert abs(total[i] - result[change][i]) <= allowed, row
        assert abs(single - result[change][i]) <= allowed, row


# --- Scalars, vectors, blocks, threads -------------------------------------------------------------

MANY = 300_001
DISTINCT = 1_999


@pytest.fixture(scope="module")
def many() -> dict[str, np.ndarray]:
    table = random_inputs.columns(random_inputs.rows(DISTINCT, seed=14))
    return {name: np.resize(np.array(column), MANY) for name, column in table.items()}


@pytest.fixture(scope="module")
def many_results(many: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return evaluate(many, EVERYTHING)


def test_many_rows_equal_scalars(many_results: dict[str, np.ndarray]) -> None:
    table = random_inputs.rows(DISTINCT, seed=14)
    singles = [evaluate(row, EVERYTHING) for row in table]
    for name in EVERYTHING:
        column = many_results[name]
        assert column.shape == (MANY,) and column.dtype == np.float64
        # every repetition of a row is the same to the bit, wherever its block and whichever its thread
        np.testing.assert_array_equal(column, np.resize(column[:DISTINCT], MANY), err_msg=name)
        for row, single, value in zip(table, singles, column, strict=False):
            assert oracle.agree(name, value, single[name], row, 1e-12) or rounding(name, row) >= abs(
                value - single[name]
            ), (name, row)


def rounding(name: str, row: oracle.Mapping[str, float]) -> float:
    """What rounding leaves of a figure per share where base EPS is 0, and so no scale to compare on."""
    no_scale = name in oracle.PER_SHARE and oracle.scale(name, row) == 0
    return 1e-15 * oracle.scale("revenue", row) / row["diluted_shares"] if no_scale else 0.0


@pytest.mark.parametrize("cuts", [(2,), (7, 32_768, 32_771, 100_001), (65_536, 131_072, 250_000)])
def test_splits_of_the_rows_are_equal_to_the_bit(
    many: dict[str, np.ndarray], many_results: dict[str, np.ndarray], cuts: tuple[int, ...]
) -> None:
    edges = [0, *cuts, MANY]
    parts = [
        evaluate({name: column[start:stop] for name, column in many.items()}, EVERYTHING)
        for start, stop in itertools.pairwise(edges)
    ]
    for name in EVERYTHING:
        found = np.concatenate([part[name] for part in parts])
        np.testing.assert_array_equal(found, many_results[name], err_msg=name)


def test_fewer_varying_inputs_give_the_same(many: dict[str, np.ndarray]) -> None:
    levers = {name: many[name] for name in ("cost_reduction", "adoption", "pass_through", "seat_erosion")}
    fixed = salesforce()
    repeated = {name: np.broadcast_to(_number(value), MANY) for name, value in fixed.items()}
    narrow = evaluate({**fixed, **levers}, EVERYTHING)
    wide = evaluate({**repeated, **levers}, EVERYTHING)
    row = {name: _number(value) for name, value in fixed.items()}
    for name in EVERYTHING:
        size = np.maximum(oracle.scale(name, row), np.abs(wide[name]))
        both = np.isnan(narrow[name]) & np.isnan(wide[name])
        assert (both | (np.abs(narrow[name] - wide[name]) <= 1e-12 * size)).all(), name


def _number(value: object) -> float:
    return math.nan if value is None else float(value)  # type: ignore[arg-type]


def test_any_broadcastable_shapes() -> None:
    rates, elasticities = np.linspace(-1, 0.9, 5), np.linspace(0, 2, 4)
    inputs = salesforce(
        cost_reduction=rates[:, None, None],
        rebound_elasticity=elasticities,
        revenue=np.array([[40000.0], [41525.0], [50000.0]]),
    )
    result = evaluate(inputs, EVERYTHING)
    for name in EVERYTHING:
        assert result[name].shape == (5, 3, 4), name
    for (i, j, k), _ in np.ndenumerate(result["eps"]):
        row = salesforce(
            cost_reduction=float(rates[i]),
            revenue=(40000.0, 41525.0, 50000.0)[j],
            rebound_elasticity=float(elasticities[k]),
        )
        found = {name: result[name][i, j, k] for name in EVERYTHING}
        assert not oracle.disagreements(found, row, 1e-12)


@pytest.mark.parametrize("shape", [(1,), (1, 1), (1, 1, 1)])
def test_one_element_arrays_equal_scalars(shape: tuple[int, ...]) -> None:
    for row in random_inputs.rows(50, seed=15):
        single = evaluate(row, EVERYTHING)
        arrays = {name: np.full(shape, _number(value)) for name, value in row.items()}
        result = evaluate(arrays, EVERYTHING)
        for name in EVERYTHING:
            assert result[name].shape == shape
            assert oracle.agree(name, result[name].item(), single[name], row, 1e-12), (name, row)


@pytest.mark.parametrize("kind", [np.array, np.float64, np.asarray])
def test_scalars_of_numpy_give_floats(kind: type) -> None:
    plain = evaluate(salesforce(), EVERYTHING)
    result = evaluate(salesforce(cost_reduction=kind(0.3)), EVERYTHING)
    assert result == pytest.approx(plain, rel=1e-15, abs=0, nan_ok=True)
    assert {type(value) for value in result.values()} == {float}


@pytest.mark.parametrize("empty", [[], np.empty(0), np.empty((3, 0)), pd.Series([], dtype=float)])
def test_no_rows_give_no_rows(empty: object) -> None:
    result = evaluate(salesforce(cost_reduction=empty), EVERYTHING)
    assert {value.shape for value in result.values()} == {np.shape(empty)}


@pytest.mark.parametrize(
    "given",
    [
        [0, 0.25, -1],
        (0, 0.25, -1),
        np.array([0, 0.25, -1], np.float32),
        np.array([0, 0.25, -1], object),
        pd.Series([0, 0.25, -1], index=[7, 8, 9]),
        np.array([0, 9, 0.25, 9, -1, 9])[::2],
    ],
    ids=["list", "tuple", "float32", "object", "series", "strided"],
)
def test_lists_ints_and_other_arrays(given: object) -> None:
    result = evaluate(salesforce(cost_reduction=given, revenue=41525), EVERYTHING)
    for i, value in enumerate((0.0, 0.25, -1.0)):
        row = salesforce(cost_reduction=value)
        assert not oracle.disagreements({name: result[name][i] for name in EVERYTHING}, row)


def test_integer_scalars_and_arrays() -> None:
    for value in (0, -1, np.int64(-1), np.array([-1, -1], np.int8)):
        result = evaluate(salesforce(cost_reduction=value, credibility=1), ["unit_cost_index"])
        assert np.all(result["unit_cost_index"] == (1 if np.all(value == 0) else 2))


def test_arrays_given_are_never_changed(many: dict[str, np.ndarray]) -> None:
    given = {name: column[:70_000].copy() for name, column in many.items()}
    for column in given.values():
        column.flags.writeable = False
    result = evaluate(given, EVERYTHING)
    for name, column in given.items():
        np.testing.assert_array_equal(column, many[name][:70_000])
        assert not any(np.shares_memory(column, value) for value in result.values())


def test_results_do_not_share_memory() -> None:
    result = evaluate(salesforce(cost_reduction=np.array([0.1, 0.2])), EVERYTHING)
    before = {name: value.copy() for name, value in result.items()}
    result["scenario_revenue"][:] = -1.0
    for name in EVERYTHING:
        if name != "scenario_revenue":
            np.testing.assert_array_equal(result[name], before[name], err_msg=name)
