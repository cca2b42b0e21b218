"""The range beside a headline, against SciPy's quantiles, NumPy's percentiles and the oracle."""

from __future__ import annotations

import csv
import math
import random
import subprocess
import sys
from functools import cache

import numpy as np
import oracle
import pandas as pd
import pytest
from scipy import stats

import xlplugin
from xlplugin.analysis.uncertainty.pert import pert
from xlplugin.analysis.uncertainty.ranges import share_of, spread_of
from xlplugin.data.records import Assumption
from xlplugin.data.shipped import extended, shipped
from xlplugin.data.subjects import subject
from xlplugin.model.errors import InputError

COMPANIES, ASSUMPTIONS, SCENARIOS = oracle.companies(), oracle.assumptions(), oracle.scenarios()
CHANGE = "operating_margin_change"

#: Where a base is the end of its range, by model.md.
EXCEPTIONS = {
    ("development_only", "Microsoft"), ("development_only", "Meta Platforms"),
    ("development_only", "NVIDIA"), ("cost_alone", "NVIDIA"),
}  # fmt: skip


@cache
def points() -> dict[str, np.ndarray]:
    with (oracle.DATA / "range_points.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}


def assumed(company: str, name: str) -> tuple[float, float, float]:
    model = next(row["business_model"] for row in COMPANIES if row["company"] == company)
    for holder in (company, f"*{model}", "*"):
        for row in ASSUMPTIONS:
            if (row["company"], row["parameter"]) == (holder, name):
                return float(row["low"]), float(row["base"]), float(row["high"])
    raise AssertionError(name)


def expected(company: str, preset: str, measure: str, **entry: float) -> tuple[list[float], int]:
    """The valid draws of a measure, in order, and how many are left out, by the oracle and SciPy."""
    row, scenario = oracle.latest(COMPANIES, company), next(s for s in SCENARIOS if s["scenario"] == preset)
    inputs = dict(oracle.fill(row, ASSUMPTIONS, scenario, entry=entry).inputs)
    fixed = {name for name in points() if scenario.get(name)} | set(entry)
    columns = {}
    for name, units in points().items():
        if name not in fixed:
            low, base, high = assumed(company, name)
            if low < high:
                a, b = 1 + 4 * (base - low) / (high - low), 1 + 4 * (high - base) / (high - low)
                columns[name] = stats.beta.ppf(units, a, b, low, high - low)
    values, left = [], 0
    for i in range(64):
        drawn = {**inputs, **{name: float(column[i]) for name, column in columns.items()}}
        cost = drawn["inference_cost_share"] + drawn["ai_supply_cost_share"]
        sales = sum(drawn[n] for n in ("ai_revenue_share", "ai_supply_revenue_share", "seat_revenue_share"))
        if max(cost, sales) > 1 + 1e-12:
            left += 1
            continue
        values.append(oracle.evaluate(drawn)[measure])
    return sorted(values), left


def test_quantiles_agree_with_scipy() -> None:
    draw = random.Random(1)
    for _ in range(2_000):
        low, high = sorted((draw.uniform(-1, 1), draw.uniform(-1, 1)))
        base = draw.choice([low, high, draw.uniform(low, high)])
        unit = draw.choice([draw.random(), 1e-9, 1 - 1e-9, 0.5])
        a, b = 1 + 4 * (base - low) / (high - low), 1 + 4 * (high - base) / (high - low)
        theirs = stats.beta.ppf(unit, a, b, low, high - low)
        assert pert(unit, low, base, high) == pytest.approx(theirs, abs=1e-13 * (high - low) + 1e-16)
    assert pert(0.3, 0.7, 0.7, 0.7) == 0.7


def test_the_points_are_64_sobol_points_a_column_an_input() -> None:
    inputs = set(oracle.EXPOSURES) | set(oracle.LEVERS)
    assert set(points()) == inputs - set(oracle.REDUCTIONS)
    for name, column in points().items():
        assert sorted(np.floor(column * 64)) == list(range(64)), name  # one in each 64th
        assert column.min() > 0 and column.max() < 1


@pytest.mark.parametrize("company", ["Salesforce", "Microsoft", "NVIDIA", "OpenAI", "SAP", "Oracle"])
@pytest.mark.parametrize("preset", ["illustrative", "price_war", "cost_rise", "demand_bust"])
def test_a_range_is_what_oracle_and_scipy_give(company: str, preset: str) -> None:
    for measure in (CHANGE, "operating_income_change", "gross_margin"):
        found = xlplugin.ranges(preset, company, measure).iloc[0]
        values, left = expected(company, preset, measure)
        for name, share in (("p10", 0.1), ("p50", 0.5), ("p90", 0.9)):
            assert found[name] == pytest.approx(np.quantile(values, share), rel=1e-9, abs=1e-12), name
        assert (found["used"], found["invalid"]) == (64 - left, left)


def test_the_headline_is_what_a_run_says() -> None:
    frame = xlplugin.ranges(companies=["CRM", "MSFT"]).set_index(["company", "scenario"])
    run = xlplugin.run(None, ["CRM", "MSFT"], lines=[CHANGE]).set_index(["company", "scenario"])
    assert frame["headline"].sort_index().tolist() == pytest.approx(
        run[CHANGE].sort_index().tolist(), abs=1e-15
    )


def test_headlines_of_the_article_s_companies_lie_inside_but_where_a_base_is_an_end() -> None:
    names = [row["company"] for row in COMPANIES if row["group"] == "article"]
    frame = xlplugin.ranges(companies=list(dict.fromkeys(names)))
    outside = frame[(frame["headline"] < frame["p10"]) | (frame["headline"] > frame["p90"])]
    assert set(zip(outside["scenario"], outside["company"], strict=True)) == EXCEPTIONS
    assert len(frame) == len(SCENARIOS) * 5
    assert set(frame["why"][frame["why"] != ""].index) == set(outside.index)
    for row in outside.itertuples():
        name = row.why.partition(": ")[2].partition(",")[0]
        low, base, high = assumed(row.company, name)
        assert base in (low, high)
        assert not 0.1 <= row.percentile <= 0.9
        assert row.why.startswith("draws lie above it") == (row.p50 > row.headline)


def test_what_is_fixed_is_not_drawn() -> None:
    fixed = dict.fromkeys(("pass_through", "price_elasticity", "rebound_elasticity", "reinvestment"), 0.1)
    shares = ("inference_cost_share", "training_cost_share", "ai_revenue_share", "usage_billed_share",
              "seat_revenue_share", "committed_cost_share", "usage_return")  # fmt: skip
    row = xlplugin.ranges("half", "CRM", levers={**fixed, **dict.fromkeys(shares, 0.05)}).iloc[0]
    assert row["p10"] == row["p50"] == row["p90"] == row["headline"]
    assert (row["percentile"], row["why"]) == (0.5, "")
    own = {"CRM": {"training_cost_share": 0.9}}
    values, _ = expected("Salesforce", "half", CHANGE, training_cost_share=0.9)
    found = xlplugin.ranges("half", "CRM", own=own).iloc[0]
    assert found["p90"] == pytest.approx(np.quantile(values, 0.9), rel=1e-9)


def test_without_a_scenario_the_range_is_that_of_face_value_at_the_reduction_in_force() -> None:
    found = spread_of(subject("NOW", levers={"cost_reduction": 0.5}), CHANGE)
    values, _ = expected("ServiceNow", "illustrative", CHANGE, cost_reduction=0.5)
    assert found.p10 == pytest.approx(np.quantile(values, 0.1), rel=1e-9)
    started = spread_of(subject("NOW"), CHANGE)  # 30% by the assumption
    assert started == spread_of(subject("NOW", "illustrative"), CHANGE)


def test_invalid_draws_are_counted_and_left_out() -> None:
    # AI products and seats together pass all revenue in some draws
    wide = [
        Assumption("Salesforce", "ai_revenue_share", 0.0, 0.05, 0.4, "judgement"),
    ]
    dataset = shipped().merged(assumptions=wide)
    found = spread_of(subject("CRM", "half", dataset=dataset), CHANGE)
    low, base, high = assumed("Salesforce", "seat_revenue_share")
    seats = stats.beta.ppf(points()["seat_revenue_share"], 1 + 4 * (base - low) / (high - low),
                           1 + 4 * (high - base) / (high - low), low, high - low)  # fmt: skip
    products = stats.beta.ppf(points()["ai_revenue_share"], 1.5, 4.5, 0, 0.4)
    left = int((seats + products > 1).sum())
    assert 0 < left < 64
    assert (found.used, found.invalid) == (64 - left, left)


def test_the_percentile_of_a_value_undoes_the_value_of_a_percentile() -> None:
    draw = random.Random(2)
    values = sorted(draw.random() for _ in range(63))
    for share in (0.0, 0.013, 0.1, 0.5, 0.77, 1.0):
        assert share_of(values, float(np.quantile(values, share))) == pytest.approx(share, abs=1e-12)
    assert (share_of(values, -1.0), share_of(values, 2.0)) == (0.0, 1.0)
    assert share_of([1.0, 2.0, 2.0, 2.0, 3.0], 2.0) == 0.5
    assert share_of([4.0] * 9, 4.0) == 0.5
    assert share_of([4.0], 4.0) == 0.5


def test_a_preset_that_does_not_apply_gives_a_row_that_says_so() -> None:
    row = xlplugin.ranges("deepseek_headline", "OpenAI").iloc[0]
    assert math.isnan(row["headline"]) and math.isnan(row["p50"])
    assert "does not apply" in row["why"]
    assert xlplugin.ranges("half", "DeepSeek", "eps").iloc[0]["why"] == "not available"


@pytest.mark.parametrize(
    "wrong",
    [
        {"scenarios": "nope"}, {"companies": "nope"}, {"measure": "nope"}, {"levers": {"pass_through": 30}},
        {"levers": {"nope": 0.3}}, {"own": {"nope": {}}}, {"fiscal_year": "FY1999"}, {"scenarios": []},
    ],
)  # fmt: skip
def test_wrong_calls_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(InputError):
        xlplugin.ranges(**wrong)  # type: ignore[arg-type]


def test_ranges_of_a_user_s_company_rest_on_its_business_model() -> None:
    table = pd.DataFrame([{
        "company": "Mine", "fiscal_year": "FY2026", "revenue": 100.0, "cost_of_revenue": 40.0,
        "research_and_development": 10.0, "sales_and_marketing": 10.0, "general_and_administrative": 5.0,
        "other_operating_expense": 0.0, "income_tax_rate": 0.2, "business_model": "cloud",
    }])  # fmt: skip
    dataset = extended(companies=table)
    found = xlplugin.ranges("half", "Mine", dataset=dataset).iloc[0]
    assert found["p10"] < found["headline"] < found["p90"]
    assert found["used"] + found["invalid"] == 64


def test_cells_without_numpy_and_scipy_give_the_same(tmp_path) -> None:  # type: ignore[no-untyped-def]
    script = """
import sys
sys.modules["numpy"] = sys.modules["scipy"] = sys.modules["pandas"] = None
from xlplugin.functions import call
print(*(cell.hex() for cell in call("XLP_RANGE", "CRM", 0.5, None, "half")[0]))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    row = xlplugin.ranges("half", "CRM").iloc[0]
    assert [float.fromhex(word) for word in done.stdout.split()] == [row["p10"], row["p50"], row["p90"]]


@pytest.mark.slow
def test_percentiles_are_within_a_tenth_of_the_span_of_many_draws() -> None:
    """Of every shipped company and preset: 64 points against 65,536 others, by SciPy's quantiles."""
    names = sorted(points())
    many = stats.qmc.Sobol(len(names), rng=np.random.default_rng(99)).random_base2(16)

    @cache  # most companies share most assumptions
    def drawn_from(name: str, low: float, base: float, high: float) -> np.ndarray:
        a, b = 1 + 4 * (base - low) / (high - low), 1 + 4 * (high - base) / (high - low)
        return stats.beta.ppf(many.T[names.index(name)], a, b, low, high - low)

    frame = xlplugin.ranges(companies=[*shipped().companies])
    for company, rows in frame[frame["p90"] - frame["p10"] > 1e-12].groupby("company"):
        columns = {}
        for name in names:
            low, base, high = assumed(str(company), name)
            if low < high:
                columns[name] = drawn_from(name, low, base, high)
        for row in rows.itertuples():
            scenario = next(s for s in SCENARIOS if s["scenario"] == row.scenario)
            inputs = oracle.fill(oracle.latest(COMPANIES, str(company)), ASSUMPTIONS, scenario).inputs
            drawn = {name: column for name, column in columns.items() if not scenario.get(name)}
            x = {
                name: np.broadcast_to(v, len(many))
                for name, v in {**inputs, **drawn}.items()
                if v is not None
            }
            cost = x["inference_cost_share"] + x["ai_supply_cost_share"]
            sales = x["ai_revenue_share"] + x["ai_supply_revenue_share"] + x["seat_revenue_share"]
            kept = np.maximum(cost, sales) <= 1 + 1e-12
            values = xlplugin.evaluate({name: column[kept] for name, column in x.items()}, [CHANGE])[CHANGE]
            low, middle, high = np.quantile(values, (0.1, 0.5, 0.9))
            worst = max(abs(row.p10 - low), abs(row.p50 - middle), abs(row.p90 - high))
            assert worst <= 0.1 * (high - low), (company, row.scenario)
