"""Path, bridge, comparison, tornado, derivatives and grid against the model page's own oracle."""

from __future__ import annotations

import math

import oracle
import pandas as pd
import pytest
import random_inputs

from xlplugin.analysis import bridge, compare, differentiate, grid, path, tornado
from xlplugin.analysis.bridges import BRIDGED, bars
from xlplugin.analysis.comparison import market_range
from xlplugin.analysis.derivatives import Dual
from xlplugin.data.subjects import subject
from xlplugin.model.errors import InputError
from xlplugin.model.plan import FUNCTIONS, MODEL_INPUTS, PARAMETERS
from xlplugin.model.years import year_inputs

pytestmark = pytest.mark.slow

COMPANIES = ("Salesforce", "ServiceNow", "Microsoft", "Meta Platforms", "NVIDIA", "OpenAI")
ALL = (*COMPANIES, "DeepSeek")


def filled(company: str, **levers: float) -> dict[str, float]:
    """The oracle's inputs of a company's latest year at base assumptions."""
    row = oracle.latest(oracle.companies(), company)
    blank = dict.fromkeys(oracle.scenarios()[0], "")
    entry = {"cost_reduction": 0.3, **levers}
    return dict(oracle.fill(row, oracle.assumptions(), blank, None, entry).inputs)


def expected(company: str, measure: str, **levers: float) -> float:
    return oracle.evaluate(filled(company, **levers))[measure]


def assumption(company: str, name: str) -> dict[str, str]:
    rows = {(row["company"], row["parameter"]): row for row in oracle.assumptions()}
    model = "*" + oracle.latest(oracle.companies(), company)["business_model"]
    return rows.get((company, name)) or rows.get((model, name)) or rows["*", name]


# --- path ------------------------------------------------------------------------------------------


def test_year_inputs_agree_with_the_oracle() -> None:
    for number, row in enumerate(random_inputs.rows(200, seed=5)):
        year, decline = number % 51, (number % 10) / 10
        growth, ai_growth = (number % 7 - 2) / 10, (number % 5 - 1) / 10
        found = year_inputs(
            {n: math.nan if v is None else v for n, v in row.items()}, year, decline, growth, ai_growth
        )
        right = oracle.path_year(row, year, decline, growth, ai_growth)
        for name in MODEL_INPUTS:
            wanted = math.nan if right[name] is None else right[name]
            assert found[name] == pytest.approx(wanted, rel=1e-12, abs=1e-15, nan_ok=True), name


@pytest.mark.parametrize("company", ALL)
def test_path_agrees_with_the_oracle_year_by_year(company: str) -> None:
    measures = ["gross_margin_change", "operating_income_change", "operating_margin", "eps"]
    levers = {"rebound_elasticity": 1.1, "seat_erosion": 0.01}
    found = path(
        company, [0.3, "74.9%"], 12, measures, revenue_growth=0.1, ai_share_growth=0.2, levers=levers
    )
    assert found["annual_decline"].tolist() == [0.3] * 13 + [0.749] * 13
    for row in found.to_dict("records"):
        inputs = oracle.path_year(filled(company, **levers), row["year"], row["annual_decline"], 0.1, 0.2)
        right = oracle.evaluate(inputs)
        for name in measures:
            assert oracle.agree(name, row[name], right[name], inputs), (row["year"], name)
    assert found["least_certain"].tolist() == ([False] * 6 + [True] * 7) * 2


@pytest.mark.parametrize("company", ALL)
def test_year_0_is_the_base(company: str) -> None:
    start = path(company, 0.9, 3, ["gross_margin", "base_gross_margin", "gross_margin_change"]).iloc[0]
    assert start["gross_margin"] == start["base_gross_margin"]
    assert start["gross_margin_change"] == 0


def test_without_a_lag_all_work_moves_in_the_first_year() -> None:
    found = path("MSFT", 0.5, 1, "operating_margin", levers={"repricing_lag_years": 0})
    at_once = expected("Microsoft", "operating_margin", cost_reduction=0.5, committed_cost_share=0)
    assert found["operating_margin"].iloc[1] == pytest.approx(at_once, abs=1e-12)


def test_a_path_replaces_the_scenarios_reductions_alone() -> None:
    inputs = oracle.path_year(filled("OpenAI", credibility=0.3, adoption=0.5), 2, 0.4)
    found = path("OpenAI", 0.4, 2, "operating_income_change", scenario="deepseek_sceptic")
    right = oracle.evaluate(inputs)["operating_income_change"]
    assert found["operating_income_change"].iloc[2] == pytest.approx(right, rel=1e-12)


@pytest.mark.parametrize("blank", [(), (None,), ("",)])
def test_a_path_takes_78_per_cent_and_face_value_unless_given(blank: tuple) -> None:
    found = path("MSFT", *blank, measures="operating_margin_change")
    assert (set(found["annual_decline"]), set(found["scenario"])) == ({0.78}, {"illustrative"})
    inputs = oracle.path_year(filled("Microsoft", credibility=1, adoption=1, competition=0), 4, 0.78)
    right = oracle.evaluate(inputs)["operating_margin_change"]
    assert found["operating_margin_change"].iloc[4] == pytest.approx(right, rel=1e-12)


def test_bands_of_a_path_hold_what_face_value_fixes() -> None:
    drawn = path("CRM", 0.4, 5, trials=200)
    fixed = path("CRM", 0.4, 5, trials=200, scenario="illustrative")
    pd.testing.assert_frame_equal(drawn, fixed)
    assert drawn["operating_margin_change_low"].iloc[5] > 0  # rivals do not react under it


def test_a_path_flags_what_is_beyond_the_model() -> None:
    far = path("NVIDIA", 0.9, 10, "supply_index", levers={"market_elasticity": 1.4})
    assert far["beyond_model"].tolist() == [not 0.1 <= one <= 10 for one in far["supply_index"]]
    assert far["beyond_model"].any() and not far["beyond_model"].all()
    assert far["direction_undetermined"].all()
    assert not path("CRM", 0.9, 10)["beyond_model"].any()


@pytest.mark.parametrize(
    ("entries", "name"),
    [
        ({"annual_decline": 1}, "annual_decline"),
        ({"annual_decline": 30}, "annual_decline"),
        ({"annual_decline": 0.3, "years": 2.5}, "years"),
        ({"annual_decline": 0.3, "years": 51}, "years"),
        ({"annual_decline": 0.3, "revenue_growth": -1}, "revenue_growth"),
    ],
)
def test_wrong_entries_of_a_path_are_refused(entries: dict, name: str) -> None:
    with pytest.raises(InputError) as caught:
        path("CRM", **entries)
    assert caught.value.faults[0].input == name


# --- bridge ----------------------------------------------------------------------------------------


def test_the_worked_bridge() -> None:
    steps = bridge("CRM", levers={"cost_reduction": "30%"}).set_index("step")["value"]
    hand = {
        "base_operating_income": 8331,
        "unit_cost": 33.372,
        "usage_rebound": 5.961934,
        "price_cut": -7.137236,
        "demand_response": 1.671731,
        "supply": 0,
        "stranded_cost": 0,
        "seat_erosion_effect": 0,
        "labour_substitution_effect": 0,
        "development": 26.9685,
        "operating_income": 8391.836929,
    }
    assert steps.to_dict() == pytest.approx(hand, abs=5e-7)


@pytest.mark.parametrize("measure", BRIDGED)
@pytest.mark.parametrize("company", COMPANIES[:5])
@pytest.mark.parametrize("scenario", ["jevons", "price_war", "demand_bust", "cost_rise", "ai_rivals"])
def test_bars_sum_to_the_change(company: str, scenario: str, measure: str) -> None:
    amounts, lines = bars(subject(company, scenario), measure)
    change = lines[BRIDGED[measure][2]]
    scale = 1 if measure.endswith("margin") else 400_000
    assert sum(amounts.values()) == pytest.approx(change, abs=1e-13 * scale)
    steps = bridge(company, measure, scenario=scenario)
    assert steps["end"].iloc[-2] == pytest.approx(steps["value"].iloc[-1], abs=1e-13 * scale)
    assert steps["start"].iloc[1:-1].tolist() == steps["end"].iloc[:-2].tolist()


def test_a_measure_without_a_bridge_is_refused() -> None:
    with pytest.raises(InputError, match="inference_cost"):
        bridge("CRM", "inference_cost")


# --- compare ---------------------------------------------------------------------------------------


def test_compare_ranks_companies_alone() -> None:
    found = compare(scenario="half").set_index("company")
    values = {name: expected(name, "operating_margin_change", cost_reduction=0.5) for name in COMPANIES[:5]}
    assert found.loc[list(values), "value"].to_dict() == pytest.approx(values, abs=1e-12)
    assert found["rank"].dropna().to_dict() == {"Meta Platforms": 1, "ServiceNow": 2, "Salesforce": 3}
    assert list(found.index[-2:]) == ["OpenAI", "DeepSeek"]
    assert list(found["currency"].unique()) == ["USD"]
    assert (
        found.loc[["Microsoft", "NVIDIA"], "verdict"].tolist()
        == ["direction not determined by cost alone"] * 2
    )
    assert found.loc["OpenAI", "measure"] == "operating_income_change"
    right = expected("OpenAI", "operating_income_change", cost_reduction=0.5)
    assert found.loc["OpenAI", "value"] == pytest.approx(right, rel=1e-12)
    assert found.loc["Salesforce", "from_development"] == pytest.approx(5993 * 0.03 * 0.5 * 0.5)


def test_causes_are_told_with_the_largest_first() -> None:
    words = compare(0.3, companies=["Microsoft", "ServiceNow"]).set_index("company")["words"]
    assert words["ServiceNow"].startswith("ServiceNow: +44.3 bp, unit cost ")
    assert words["Microsoft"].startswith("Microsoft: +18.5 bp, unit cost ")
    for name in ("ServiceNow", "Microsoft"):
        told = {bar.rpartition(" ")[0]: float(bar.rpartition(" ")[2]) for bar in words[name].split(", ")[1:4]}
        lines = oracle.evaluate(filled(name))
        shown = {"unit cost": "unit_cost", "development": "development", "rebound": "usage_rebound",
                 "price": "price_cut", "stranded cost": "stranded_cost"}  # fmt: skip
        for word, value in told.items():
            exact = 1e4 * lines[f"bridge_operating_margin_{shown[word]}"]
            assert value == pytest.approx(exact, abs=0.5)
        assert sorted(told.values(), key=lambda value: -abs(value)) == list(told.values())


def test_companies_on_general_assumptions_are_shown_and_never_ranked() -> None:
    found = compare(scenario="half", companies=["peers", "CRM", "OpenAI"]).set_index("company")
    general = found[found["group"] == "general"]
    assert sorted(general.index) == ["Palantir", "SAP", "Shopify"] and general["rank"].isna().all()
    assert all("on general assumptions, unranked" in words for words in general["words"])
    assert sorted(found.index[found["rank"].notna()]) == ["Adobe", "Salesforce", "Workday"]
    assert list(found["group"].unique()) == ["companies", "undetermined", "general", "labs"]
    lifted = compare(scenario="half", companies=["SAP"], levers={"ai_revenue_share": 0.01})
    assert (lifted["group"].iloc[0], lifted["rank"].iloc[0]) == ("companies", 1)


def test_money_is_ranked_within_one_currency() -> None:
    levers = {"inference_cost_share": 0.02}  # so that none stands on general assumptions
    found = compare(0.3, "operating_income_change", companies=["SAP", "Adobe", "CRM"], levers=levers)
    ranks = found.set_index("company")[["currency", "rank"]].to_dict("index")
    assert ranks["SAP"] == {"currency": "EUR", "rank": 1}
    assert {ranks["Salesforce"]["rank"], ranks["Adobe"]["rank"]} == {1, 2}
    assert all(f" {row['currency']} m" in row["words"] for row in found.to_dict("records"))
    margins = compare(0.3, companies=["SAP", "Adobe", "CRM"], levers=levers)
    assert sorted(margins["rank"]) == [1, 2, 3]


def test_the_range_over_market_elasticity_holds_every_value_in_it() -> None:
    for company in ("Microsoft", "NVIDIA"):
        one = subject(company, "deepseek_headline")
        low, high = market_range(one, "scenario_revenue")
        levers = {"cost_reduction": 0.9635, "training_cost_reduction": 0}
        inside = [
            expected(company, "scenario_revenue", **levers, market_elasticity=0.6 + 0.8 * i / 100)
            for i in range(101)
        ]
        assert low <= min(inside) * (1 + 1e-12) and max(inside) * (1 - 1e-12) <= high
    one = subject("NVIDIA", "deepseek_headline")
    low, high = (end / one.inputs["revenue"] - 1 for end in market_range(one, "scenario_revenue"))
    assert (round(low, 2), round(high, 2)) == (-0.66, 2.47)


def test_a_preset_that_does_not_apply_has_no_value() -> None:
    found = compare(scenario="deepseek_headline").set_index("company")
    assert math.isnan(found.loc["OpenAI", "value"]) and found.loc["OpenAI", "verdict"] == "not available"
    typed = compare(0.2, scenario="deepseek_headline").set_index("company")
    assert not math.isnan(typed.loc["OpenAI", "value"])
    with pytest.raises(InputError, match="does not apply"):
        subject("OpenAI", "deepseek_headline")


def test_compare_refuses_what_is_wrong() -> None:
    for wrong in (30, "x", True, math.inf):
        with pytest.raises(InputError):
            compare(wrong)
    with pytest.raises(InputError):
        compare(0.3, "margin_of_error")


# --- tornado ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("company", COMPANIES)
def test_tornado_ends_agree_with_the_oracle(company: str) -> None:
    measure = "operating_income_change"
    found = tornado(company, measure)
    assert not found["fixed"].any()
    assert found["swing"].is_monotonic_decreasing
    for bar in found.to_dict("records"):
        for end in ("low", "high"):
            value = float(assumption(company, bar["input"])[end])
            right = expected(company, measure, **{bar["input"]: value})
            assert oracle.agree(measure, bar[f"at_{end}"], right, filled(company)), (bar["input"], end)
        assert oracle.agree(measure, bar["at_base"], expected(company, measure), filled(company))
    assert {"cost_reduction", "inference_cost_share", "reinvestment"} <= set(found["input"])
    assert not {"training_cost_reduction", "repricing_lag_years"} & set(found["input"])


def test_what_the_scenario_fixes_gets_no_bar() -> None:
    found = tornado("MSFT", "operating_margin_change", scenario="jevons", levers={"pass_through": 0.1})
    fixed = found[found["fixed"]].set_index("input")["base"].to_dict()
    assert fixed == {
        "cost_reduction": 0.5, "rebound_elasticity": 1.2, "market_elasticity": 1.4, "pass_through": 0.1,
        "credibility": 1.0, "adoption": 1.0, "competition": 0.0, "seat_erosion": 0.0,
        "labour_substitution": 0.0,
    }  # fmt: skip
    assert not set(fixed) & set(found.loc[~found["fixed"], "input"])


def test_an_end_outside_the_domain_is_not_available() -> None:
    found = tornado("CRM", "gross_margin_change", own={"ai_revenue_share": 0.07, "seat_revenue_share": 0.93})
    bars = found.set_index("input")
    assert math.isnan(bars.loc["seat_revenue_share", "at_high"])  # 0.07 + 0.96
    assert not math.isnan(bars.loc["seat_revenue_share", "at_low"])


def test_the_usual_measure_fits_the_figures() -> None:
    measures = {name: tornado(name)["measure"].iloc[0] for name in ("CRM", "OpenAI", "DeepSeek")}
    assert measures == {
        "CRM": "operating_margin_change",
        "OpenAI": "operating_income_change",
        "DeepSeek": "gross_margin_change",
    }


# --- derivatives -----------------------------------------------------------------------------------


class Complex(complex):
    """For the complex step: ordered by the real part, closed under the line functions' arithmetic."""

    def _of(name: str):  # type: ignore[misc]
        def operate(self, other=0):
            return Complex(getattr(complex, name)(self, other))

        return operate

    __add__, __radd__, __sub__, __rsub__ = map(_of, ("__add__", "__radd__", "__sub__", "__rsub__"))
    __mul__, __rmul__, __truediv__, __rtruediv__ = map(
        _of, ("__mul__", "__rmul__", "__truediv__", "__rtruediv__")
    )

    def __neg__(self):
        return Complex(complex.__neg__(self))


def complex_step(inputs: dict[str, float], name: str, measures: list[str]) -> dict[str, float]:
    """Derivatives by Im f(x + ih) / h, the lines evaluated by functions of our own."""
    import cmath

    step = 1e-30
    row = {key: Complex(value) for key, value in inputs.items()}
    row[name] = Complex(inputs[name] + 1j * step)

    def real(a):
        return complex(a).real

    own = {
        "minimum": lambda a, b: a if real(a) <= real(b) else b,
        "maximum": lambda a, b: a if real(a) >= real(b) else b,
        "power": lambda a, b: Complex(cmath.exp(b * cmath.log(a))),
        "ratio": lambda a, b: 0 if b == 0 else a / b,
        "where": lambda condition, a, b: a if condition else b,
    }
    for line, function in FUNCTIONS.items():
        if any(part in line for part in ("reference", "eps_change_of", "relative_eps", "share_price")):
            continue  # these compare, which a complex number does not
        bare = type(function)(
            function.__code__, {**function.__globals__, **own}, line, None, function.__closure__
        )
        row[line] = bare(*[row[parameter] for parameter in PARAMETERS[line]])
    return {measure: complex(row[measure]).imag / step for measure in measures}


@pytest.mark.parametrize("company", COMPANIES[:5])
def test_derivatives_agree_with_the_complex_step(company: str) -> None:
    # away from every kink: committed cost and elasticities off their corners
    levers = {
        "cost_reduction": 0.4,
        "training_cost_reduction": 0.2,
        "committed_cost_share": 0.2,
        "competition": 0.1,
        "seat_erosion": 0.02,
        "market_elasticity": 0.9,
        "credibility": 0.8,
        "adoption": 0.7,
        "reinvestment": 0.4,
        "ai_revenue_share": 0.03,
        "seat_revenue_share": 0.04,
    }
    measures = ["gross_margin", "operating_margin_change", "eps", "inference_cost", "scenario_revenue"]
    found = differentiate(company, measures, levers=levers)
    inputs = subject(company, None, levers).inputs
    for name, group in found.groupby("input"):
        right = complex_step(inputs, name, measures)
        for row in group.to_dict("records"):
            scale = max(1.0, abs(row["value"]))
            assert row["derivative"] == pytest.approx(right[row["measure"]], rel=1e-11, abs=1e-12 * scale), (
                row
            )
            if row["value"]:
                by_hand = right[row["measure"]] * row["base"] / row["value"]
                assert row["elasticity"] == pytest.approx(by_hand, rel=1e-10, abs=1e-12)


def test_derivatives_agree_with_differences() -> None:
    # of second order extrapolated: the oracle knows nothing of dual numbers
    for company in COMPANIES[:5]:
        levers = {
            "cost_reduction": 0.4,
            "committed_cost_share": 0.2,
            "market_elasticity": 0.9,
            "credibility": 0.9,
        }
        found = differentiate(company, "gross_margin", levers=levers).set_index("input")["derivative"]
        for name in (
            "cost_reduction",
            "price_elasticity",
            "rebound_elasticity",
            "market_elasticity",
            "credibility",
        ):
            base = filled(company, **levers)[name]

            def central(step: float, company=company, levers=levers, name=name, base=base) -> float:
                ends = [
                    expected(company, "gross_margin", **{**levers, name: base + sign * step})
                    for sign in (1, -1)
                ]
                return (ends[0] - ends[1]) / (2 * step)

            richardson = (4 * central(1e-4) - central(2e-4)) / 3
            assert found[name] == pytest.approx(richardson, rel=1e-8, abs=1e-10), (company, name)


def test_at_a_kink_the_slope_looks_to_larger_values() -> None:
    at_zero = differentiate(
        "MSFT", "operating_income", levers={"cost_reduction": 0}, inputs=["cost_reduction"]
    )
    base, step = expected("Microsoft", "operating_income", cost_reduction=0.0), 1e-7
    forward = (expected("Microsoft", "operating_income", cost_reduction=step) - base) / step
    assert at_zero["derivative"].iloc[0] == pytest.approx(forward, rel=1e-5)


def test_dual_numbers_refuse_what_lines_may_not_do() -> None:
    with pytest.raises(TypeError):
        bool(Dual(1.0))
    with pytest.raises(InputError, match="price_elasticity"):
        differentiate("CRM", inputs=["price_elastisity"])


# --- grid ------------------------------------------------------------------------------------------


def test_grid_agrees_with_the_oracle() -> None:
    found = grid(
        "NOW", ("cost_reduction", ["10%", 0.5, 0.95]), ("pass_through", [0, 1]), "gross_margin_change"
    )
    assert found.index.tolist() == [0.1, 0.5, 0.95]
    for reduction in found.index:
        for passed in found.columns:
            right = expected(
                "ServiceNow", "gross_margin_change", cost_reduction=reduction, pass_through=passed
            )
            assert found.loc[reduction, passed] == pytest.approx(right, abs=1e-12)
    cut = grid("NOW", "cost_reduction", "pass_through")
    assert cut.index.tolist() == pytest.approx([-0.3, -0.1, 0.1, 0.3, 0.5, 0.7, 0.9])
    assert cut.columns.max() == 0.5


def test_grid_refuses_what_is_wrong() -> None:
    for rows, columns in [
        (("cost_reduction", [0.1]), ("cost_reduction", [0.2])),
        (("revenue", [1]), "pass_through"),
        (("cost_reduction", [""]), "pass_through"),
        ("ai_supply_cost_share", "pass_through"),
    ]:
        with pytest.raises(InputError):
            grid("CRM", rows, columns)
