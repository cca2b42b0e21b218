"""Draws, simulation and Sobol' indices against formulas, SciPy, SALib called directly and the oracle."""

from __future__ import annotations

import json
import math
import subprocess
import sys

import numpy as np
import oracle
import pandas as pd
import pytest
from scipy import stats

from xlplugin.analysis import draw, path, simulate, sobol
from xlplugin.analysis.uncertainty.beta import beta_table
from xlplugin.analysis.uncertainty.distributions import LogNormal, Normal, Pert, Triangular, Uniform
from xlplugin.analysis.uncertainty.draws import JOINT, uncertainty
from xlplugin.analysis.uncertainty.fitting import fitted
from xlplugin.analysis.uncertainty.samplers import CHUNK
from xlplugin.analysis.uncertainty.simulation import run_draws
from xlplugin.analysis.uncertainty.variance import indices, saltelli
from xlplugin.data.records import Assumption
from xlplugin.data.subjects import measure_plan, subject
from xlplugin.model.errors import InputError, MissingExtraError
from xlplugin.model.lines import LINES

pytestmark = pytest.mark.slow

SHAPES = [(1, 5), (5, 1), (1.8, 4.2), (3, 3), (1.2, 4.8), (2.333, 3.667)]


def assumed(low: float, base: float, high: float, name: str = "pass_through") -> Assumption:
    return Assumption("Salesforce", name, low, base, high, "judgement")


def theirs(one):
    """The same distribution by SciPy."""
    if isinstance(one, Uniform):
        return stats.uniform(one.low, one.high - one.low)
    if isinstance(one, Triangular):
        return stats.triang((one.mode - one.low) / (one.high - one.low), one.low, one.high - one.low)
    if isinstance(one, Pert):
        width = one.high - one.low
        a, b = 1 + 4 * (one.mode - one.low) / width, 1 + 4 * (one.high - one.mode) / width
        return stats.beta(a, b, one.low, width)
    if isinstance(one, Normal):
        return stats.norm(one.mean, one.sd)
    return stats.lognorm(one.sd, scale=one.median)


# --- distributions -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("a", "b"), SHAPES)
def test_the_beta_table_agrees_with_scipy(a: float, b: float) -> None:
    z = np.concatenate([np.linspace(-8, 8, 3001), np.random.default_rng(1).standard_normal(2000)])
    lower = stats.beta.ppf(stats.norm.cdf(z), a, b)
    upper = stats.beta.isf(stats.norm.sf(z), a, b)
    assert beta_table(a, b).at(z) == pytest.approx(np.where(z < 0, lower, upper), abs=1e-11)


@pytest.mark.parametrize("reading", ["bounds", "percentiles"])
@pytest.mark.parametrize("kind", ["pert", "triangular", "uniform", "normal", "lognormal"])
@pytest.mark.parametrize("low, base, high", [(0.1, 0.3, 0.9), (0.2, 0.2, 0.5), (0.2, 0.6, 0.6)])
def test_quantiles_agree_with_scipy(low: float, base: float, high: float, kind: str, reading: str) -> None:
    one = fitted(assumed(low, base, high), kind, reading)
    shares = np.array([1e-6, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 1 - 1e-6])
    variates = shares if one.native == "uniform" else stats.norm.ppf(shares)
    assert one.of(variates) == pytest.approx(theirs(one).ppf(shares), rel=1e-9, abs=1e-11)
    if reading == "percentiles":
        assert theirs(one).cdf([low, high]) == pytest.approx([0.1, 0.9], abs=1e-8)
    elif kind in ("pert", "triangular", "uniform"):
        assert one.support == (low, high)


def test_parameters_of_the_open_distributions_by_hand() -> None:
    assert fitted(assumed(0.1, 0.3, 0.7), "normal") == Normal(0.3, pytest.approx(0.1))
    assert fitted(assumed(0.1, 0.3, 0.7), "normal", "percentiles").sd == pytest.approx(0.6 / 2.563103131)
    assert fitted(assumed(1, 2, math.e**3), "lognormal") == LogNormal(2, pytest.approx(0.5))
    assert "mean 0.3" in Normal(0.3, 0.1).words and "mode 0.2" in Pert(0, 0.2, 1).words


@pytest.mark.parametrize("kind", ["pert", "triangular", "uniform", "normal", "lognormal"])
@pytest.mark.parametrize("sampling", ["pcg64", "sobol"])
def test_moments_within_four_standard_errors(kind: str, sampling: str) -> None:
    one = subject("Salesforce", "half")
    wanted = measure_plan("gross_margin_change")
    inputs = ["pass_through", "price_elasticity"]
    exact = {"pass_through": (0.05, 0.2, 0.5), "price_elasticity": (0.1, 0.3, 0.8)}
    chosen = {name: fitted(assumed(*exact[name], name), kind) for name in inputs}
    draws = uncertainty(one, wanted, inputs, chosen, seed=7, sampling=sampling)
    trials = 4 * CHUNK
    chunks = [draws.sampler.chunk(k) for k in range(4)]
    for name in inputs:
        values = np.concatenate([chosen[name].of(chunk[name]) for chunk in chunks])
        mean, variance, kurtosis = theirs(chosen[name]).stats(moments="mvk")
        assert abs(values.mean() - mean) < 4 * math.sqrt(variance / trials)
        assert abs(values.var() - variance) < 4 * variance * math.sqrt((kurtosis + 2) / trials)
        for share in (0.05, 0.5, 0.9):
            exact_at = theirs(chosen[name]).ppf(share)
            error = math.sqrt(share * (1 - share) / trials) / theirs(chosen[name]).pdf(exact_at)
            assert abs(np.quantile(values, share) - exact_at) < 4 * error
    if sampling == "sobol":  # far nearer than chance
        points = np.concatenate(
            [theirs(chosen[inputs[0]]).cdf(chosen[inputs[0]].of(c[inputs[0]])) for c in chunks]
        )
        assert abs(points.mean() - 0.5) < 1e-6


# --- draws -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sampling", ["pcg64", "sobol"])
def test_the_same_draws_in_any_pieces(sampling: str) -> None:
    one = subject("Microsoft")
    pairs = {("pass_through", "competition"): 0.5, ("adoption", "credibility"): -0.4}
    draws = uncertainty(one, measure_plan(*LINES), seed=3, sampling=sampling, correlation=pairs)
    whole = draws.rows(0, 150_000)
    pieces = [draws.rows(start, min(start + 40_000, 150_000)) for start in range(0, 150_000, 40_000)]
    for name, column in whole.values.items():
        assert np.array_equal(column, np.concatenate([piece.values[name] for piece in pieces]))
    other = uncertainty(one, measure_plan(*LINES), seed=4, sampling=sampling, correlation=pairs).rows(0, 10)
    assert not np.array_equal(other.values["adoption"], whole.values["adoption"][:10])
    if sampling == "sobol":
        in_turn = list(draws.sampler.made_ahead(2))
        assert np.array_equal(in_turn[1]["adoption"], draws.sampler.chunk(1)["adoption"])


def test_one_input_more_leaves_the_others_draws_as_they_are() -> None:
    few = draw("CRM", 100, inputs=["pass_through", "adoption"])
    more = draw("CRM", 100, inputs=["pass_through", "adoption", "reinvestment"])
    assert np.array_equal(few["adoption"], more["adoption"]) and list(more) == [
        "adoption",
        "pass_through",
        "reinvestment",
    ]


def test_another_process_draws_the_same() -> None:
    script = """
import json, sys
from xlplugin.analysis import simulate, draw
found = simulate("MSFT", "eps_change", trials=200_000, seed=11, threads=1)
print(json.dumps([draw("MSFT", 70_000, seed=5).iloc[-1].tolist(), found.records()[0]]))
"""
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    last, record = json.loads(ran.stdout)
    assert last == draw("MSFT", 70_000, seed=5).iloc[-1].tolist()
    assert record == simulate("MSFT", "eps_change", trials=200_000, seed=11, threads=3).records()[0]


def test_figures_do_not_depend_on_threads() -> None:
    few = [simulate("NVDA", list(LINES), trials=300_000, seed=2, threads=n).records() for n in (1, 2, 5)]
    assert repr(few[0]) == repr(few[1]) == repr(few[2])


@pytest.mark.parametrize("sampling", ["pcg64", "sobol"])
def test_rank_correlations(sampling: str) -> None:
    pairs = {
        ("pass_through", "competition"): 0.7,
        ("pass_through", "price_elasticity"): -0.5,
        ("competition", "price_elasticity"): -0.2,
    }
    found = draw("CRM", 100_000, correlation=pairs, sampling=sampling, distribution="triangular")
    for (a, b), value in pairs.items():
        assert stats.spearmanr(found[a], found[b]).statistic == pytest.approx(value, abs=0.012)
    assert stats.spearmanr(found["adoption"], found["competition"]).statistic == pytest.approx(0, abs=0.013)
    alone = draw("CRM", 100_000, sampling=sampling, distribution="triangular")
    for name in ("pass_through", "competition"):  # each input keeps its own distribution
        assert stats.ks_2samp(found[name], alone[name]).pvalue > 1e-4


def test_a_matrix_is_the_same_as_its_pairs() -> None:
    names = ["pass_through", "competition"]
    matrix = pd.DataFrame([[1, 0.4], [0.4, 1]], index=names, columns=names)
    pairs = {("competition", "pass_through"): 0.4}
    assert draw("CRM", 500, correlation=matrix).equals(draw("CRM", 500, correlation=pairs))


@pytest.mark.parametrize(
    ("correlation", "message"),
    [
        (
            {
                ("pass_through", "competition"): 0.9,
                ("pass_through", "adoption"): 0.9,
                ("competition", "adoption"): -0.9,
            },
            "not positive definite",
        ),
        ({("pass_through", "competition"): 1.0}, "above -1"),
        ({("pass_through", "revenue"): 0.1}, "not drawn"),
        ({("pass_through", "pass_through"): 0.1}, "two different"),
        ({("pass_through", "adoption"): 0.1, ("adoption", "pass_through"): 0.2}, "once"),
    ],
)
def test_impossible_correlations_are_refused(correlation: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        draw("CRM", 10, correlation=correlation)


def test_draws_outside_the_domain_are_counted() -> None:
    wide = {"pass_through": Normal(0.9, 0.2), "adoption": LogNormal(0.8, 0.3)}
    frame = draw("CRM", 50_000, inputs=list(wide), distribution=wide)
    outside = frame.attrs["outside"]
    for name, one in wide.items():
        share = 1 - theirs(one).cdf(1) + (theirs(one).cdf(0) if name == "pass_through" else 0)
        assert outside[name] == pytest.approx(50_000 * share, abs=4 * math.sqrt(50_000 * share * (1 - share)))
        assert frame[name].between(0, 1).all()
    assert 50_000 - len(frame) == pytest.approx(sum(outside.values()), rel=0.5) and len(frame) < 50_000
    found = simulate("CRM", trials=50_000, inputs=list(wide), distribution=wide)
    assert (found.used, found.outside) == (len(frame), outside)
    joint = {"inference_cost_share": (0.3, 0.6, 0.9), "ai_supply_cost_share": (0.0, 0.3, 0.6)}
    together = draw("CRM", 20_000, inputs=list(joint), distribution=joint)
    assert together.attrs["outside"] == {JOINT: 20_000 - len(together)}
    assert 0.2 < together.attrs["outside"][JOINT] / 20_000 < 0.5
    assert (together.sum(axis=1) <= 1 + 1e-12).all()


def test_reductions_stay_below_99_99_per_cent() -> None:
    near = {"cost_reduction": Uniform(0.99, 0.99999999)}
    frame = draw("CRM", 10_000, inputs=["cost_reduction"], distribution=near)
    assert frame["cost_reduction"].max() == 0.9999
    assert frame.attrs["capped"] == pytest.approx(100, abs=45) and not frame.attrs["outside"]


def test_every_draw_outside_is_refused() -> None:
    with pytest.raises(InputError, match="all outside"):
        simulate("CRM", inputs=["adoption"], distribution={"adoption": Uniform(1.5, 2)}, trials=100)


@pytest.mark.parametrize(
    "wrong",
    [
        {"trials": 1}, {"trials": 10_000_001}, {"trials": 2.5}, {"trials": True}, {"seed": -1}, {"seed": 0.5},
        {"sampling": "mersenne"}, {"distribution": "cauchy"}, {"reading": "quartiles"},
        {"inputs": ["revenue"]}, {"measures": "margins"},
        {"distribution": {"pass_through": (0.5, 0.2, 0.6)}},
        {"distribution": {"pass_through": 3}},
        {"distribution": {"reinvestment": "lognormal"}},
    ],
)  # fmt: skip
def test_wrong_arguments_are_refused(wrong: dict) -> None:
    with pytest.raises(InputError):
        simulate("CRM", **{"trials": 50, **wrong})


# --- simulation --------------------------------------------------------------------------------------


def test_statistics_agree_with_the_oracles_own_evaluation() -> None:
    measures = ["operating_margin_change", "eps", "inference_cost", "base_eps"]
    found = simulate("Microsoft", measures, trials=1_500, seed=9, percentiles=(0.1, 0.5))
    one = subject("Microsoft")
    frame = draw("Microsoft", 1_500, seed=9)
    rows = []
    for levers in frame.to_dict("records"):
        inputs = {**one.inputs, **levers}
        inputs["training_cost_reduction"] = inputs["cost_reduction"]
        rows.append(oracle.evaluate(inputs))
    lines = pd.DataFrame(rows)
    for name in measures:
        got, right = found.lines[name], lines[name]
        assert got["mean"] == pytest.approx(right.mean(), rel=1e-10)
        assert got["sd"] == pytest.approx(right.std(), rel=1e-9, abs=1e-12)
        assert got["mean_error"] == pytest.approx(right.std() / math.sqrt(1500), rel=1e-9, abs=1e-12)
        assert got["percentiles"] == pytest.approx(
            {0.1: right.quantile(0.1), 0.5: right.quantile(0.5)}, rel=1e-9
        )
        assert got["tail_mean"] == pytest.approx(right.nsmallest(75).mean(), rel=1e-9)
        assert (got["min"], got["max"]) == pytest.approx((right.min(), right.max()), rel=1e-10)
    assert (
        found.lines["operating_margin_change"]["share_improved"]
        == (lines["operating_margin_change"] > 0).mean()
    )
    assert found.lines["eps"]["share_improved"] == (lines["eps"] > lines["base_eps"] + 1e-11).mean()
    assert math.isnan(found.lines["inference_cost"]["share_improved"])


def test_standard_errors_are_those_of_repeated_simulations() -> None:
    name = "operating_margin_change"
    runs = [simulate("ServiceNow", name, trials=4_000, seed=seed).lines[name] for seed in range(60)]
    for key, error in (
        ("mean", "mean_error"),
        ("share_improved", "share_error"),
        ("tail_mean", "tail_error"),
    ):
        seen = np.std([run[key] for run in runs], ddof=1)
        assert 0.7 < seen / np.mean([run[error] for run in runs]) < 1.4, key
    seen = np.std([run["percentiles"][0.1] for run in runs], ddof=1)
    assert 0.65 < seen / np.mean([run["percentile_errors"][0.1] for run in runs]) < 1.5


def test_statistics_of_many_draws_are_exact() -> None:
    trials = 5 * CHUNK + 17
    measures = ["operating_margin_change", "scenario_revenue"]
    found = simulate("NVIDIA", measures, trials=trials, seed=4)
    assert found.used == trials
    one = subject("NVIDIA")
    draws = uncertainty(one, measure_plan(*measures), seed=4)
    from xlplugin.model.arrays import evaluate_rows

    given = draws.fill(draws.rows(0, trials))
    wanted = measure_plan(*measures)
    lines = evaluate_rows(wanted, {name: given[name] for name in wanted.inputs}, trials)
    for name in measures:
        got = found.lines[name]
        for share, value in got["percentiles"].items():
            assert value == pytest.approx(np.quantile(lines[name], share), rel=1e-11)
        assert got["mean"] == pytest.approx(lines[name].mean(), rel=1e-11)
        assert got["sd"] == pytest.approx(lines[name].std(ddof=1), rel=1e-10)
        lowest = np.sort(lines[name])[: math.ceil(0.05 * trials)]
        assert got["tail_mean"] == pytest.approx(lowest.mean(), rel=1e-11)


def test_what_is_fixed_is_not_drawn() -> None:
    found = simulate("CRM", scenario="jevons", levers={"adoption": 0.5}, trials=100)
    assert not {"cost_reduction", "rebound_elasticity", "market_elasticity", "adoption"} & set(
        found.draws.distributions
    )
    assert {"pass_through", "price_elasticity"} <= set(found.draws.distributions)
    still = simulate("CRM", "gross_margin_change", inputs=[], trials=100, levers={"cost_reduction": 0.3})
    assert still.lines["gross_margin_change"]["sd"] == 0
    assert still.lines["gross_margin_change"]["mean"] == pytest.approx(3.165647e-4, rel=1e-6)


def test_a_line_that_is_not_available_stays_so() -> None:
    found = simulate("DeepSeek", ["gross_margin_change", "eps"], trials=100)
    assert math.isnan(found.lines["eps"]["mean"]) and not math.isnan(
        found.lines["gross_margin_change"]["mean"]
    )
    with pytest.raises(InputError, match="not available"):
        simulate("DeepSeek", "eps", trials=100)


def test_progress_and_an_interrupt() -> None:
    seen: list[int] = []
    simulate("CRM", trials=200_000, progress=lambda done, all_: seen.append(done))
    assert seen == sorted(seen) and seen[-1] == 200_000

    def stop(done: int, all_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulate("CRM", trials=2_000_000, progress=stop)


def test_memory_stays_bounded() -> None:
    script = """
from pathlib import Path
from xlplugin.analysis import simulate
simulate("CRM", "operating_margin_change", trials={trials})
# not ru_maxrss, which a new program takes over from the one that started it
print(int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) // 1024)
"""
    peaks = []
    for trials in (1_000_000, 6_000_000):
        ran = subprocess.run(
            [sys.executable, "-c", script.replace("{trials}", str(trials))],
            capture_output=True,
            text=True,
            check=True,
        )
        peaks.append(int(ran.stdout))
    assert peaks[1] < 1_000 and peaks[1] < peaks[0] + 100  # MB


# --- bands of a path ---------------------------------------------------------------------------------


def test_bands_of_a_path_against_the_oracle() -> None:
    found = path("MSFT", 0.4, 3, "operating_margin_change", trials=300, seed=6)
    one = subject("MSFT", path=True)
    inputs = [
        *(n for n in one.uncertain(measure_plan("operating_margin_change")) if n != "cost_reduction"),
        "repricing_lag_years",
    ]
    frame = draw("MSFT", 300, seed=6, inputs=inputs)
    for year in (0, 1, 3):
        values = [
            oracle.evaluate(oracle.path_year({**one.inputs, **row}, year, 0.4))["operating_margin_change"]
            for row in frame.to_dict("records")
        ]
        got = found.iloc[year]
        ends = [got[f"operating_margin_change_{ending}"] for ending in ("low", "median", "high")]
        assert ends == pytest.approx(np.quantile(values, [0.1, 0.5, 0.9]).tolist(), abs=1e-12)
    assert found["draws"].tolist() == [300] * 4


# --- Sobol' indices ----------------------------------------------------------------------------------


def test_ishigami_and_an_additive_function() -> None:
    circle = {name: Uniform(-math.pi, math.pi) for name in ("x", "y", "z")}
    a, b = 7, 0.1

    def ishigami(c):
        return np.sin(c["x"]) + a * np.sin(c["y"]) ** 2 + b * c["z"] ** 4 * np.sin(c["x"])

    found = indices(ishigami, circle, 8_192, seed=1)
    v1, v2, v13 = 0.5 * (1 + b * math.pi**4 / 5) ** 2, a**2 / 8, b**2 * math.pi**8 * (1 / 18 - 1 / 50)
    total = v1 + v2 + v13
    first = {"x": v1 / total, "y": v2 / total, "z": 0.0}
    whole = {"x": (v1 + v13) / total, "y": v2 / total, "z": v13 / total}
    for name in circle:
        assert found[name]["first"] == pytest.approx(first[name], abs=0.01)
        assert found[name]["total"] == pytest.approx(whole[name], abs=0.01)
        assert 0 < found[name]["total_error"] < 0.05

    parts = {"p": Pert(0, 0.2, 1), "t": Triangular(-1, 0, 3), "u": Uniform(0, 2)}
    weights = {"p": 5.0, "t": 1.0, "u": -2.0}
    added = indices(lambda c: sum(w * c[n] for n, w in weights.items()), parts, 4_096)
    variances = {n: weights[n] ** 2 * theirs(parts[n]).var() for n in parts}
    for name in parts:
        share = variances[name] / sum(variances.values())
        assert (added[name]["first"], added[name]["total"]) == pytest.approx((share, share), abs=0.01)


def test_indices_equal_salib_called_directly() -> None:
    from SALib.analyze import sobol as analyse
    from SALib.sample import sobol as sample

    names = ["cost_reduction", "pass_through", "rebound_elasticity", "reinvestment"]
    found = sobol("ServiceNow", "operating_margin_change", samples=256, seed=5, inputs=names).set_index(
        "input"
    )
    one = subject("ServiceNow")
    problem = {"num_vars": 4, "names": names, "bounds": [[0, 1]] * 4}
    units = sample.sample(problem, 256, calc_second_order=False, seed=5)
    rows = []
    for point in units:
        levers = {
            n: float(theirs(fitted(one.assumption(n))).ppf(u)) for n, u in zip(names, point, strict=True)
        }
        inputs = {**one.inputs, **levers, "training_cost_reduction": levers["cost_reduction"]}
        rows.append(oracle.evaluate(inputs)["operating_margin_change"])
    right = analyse.analyze(problem, np.array(rows), calc_second_order=False, num_resamples=100, seed=5)
    for i, name in enumerate(names):
        assert found.loc[name, "first"] == pytest.approx(right["S1"][i], abs=1e-9)
        assert found.loc[name, "total"] == pytest.approx(right["ST"][i], abs=1e-9)
        assert found.loc[name, "total_error"] == pytest.approx(right["ST_conf"][i], rel=1e-6)
    assert found["rank"].tolist() == [1, 2, 3, 4] and found["total"].is_monotonic_decreasing
    plain = saltelli({n: Uniform(0, 1) for n in names}, 256, 5)
    assert np.array_equal(np.column_stack([plain[n] for n in names]), units)


def test_sobol_refuses_what_is_wrong() -> None:
    for wrong in (
        {"samples": 1_000},
        {"samples": 8},
        {"distribution": "normal"},
        {"inputs": []},
        {"distribution": {"inference_cost_share": (0.5, 0.6, 0.9), "ai_supply_cost_share": (0.2, 0.3, 0.6)}},
    ):
        with pytest.raises(InputError):
            sobol("CRM", **{"samples": 64, **wrong})
    with pytest.raises(InputError, match="not available"):
        sobol("DeepSeek", "eps", samples=16)


def test_without_salib_the_message_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("SALib.sample.sobol", "SALib.analyze.sobol"):
        with monkeypatch.context() as patched:
            patched.setitem(sys.modules, module, None)
            with pytest.raises(MissingExtraError, match=r"xlplugin\[analysis\]"):
                sobol("CRM", samples=16)
            assert simulate("CRM", trials=10, sampling="sobol").used == 10


def test_run_draws_takes_draws_as_they_are() -> None:
    one = subject("CRM", "half")
    wanted = measure_plan("gross_margin_change")
    draws = uncertainty(one, wanted, ["pass_through"], seed=1)
    found = run_draws(draws, wanted, 1_000)
    assert found.used == 1_000 and found.inputs[0]["input"] == "pass_through"


@pytest.mark.parametrize("seed", [math.inf, math.nan, -1, 1.5, True, "one", 10**400], ids=str)
def test_a_seed_that_is_no_whole_number_is_refused(seed: object) -> None:
    with pytest.raises(InputError, match=r"seed is .*a whole number from 0 up"):
        simulate("CRM", seed=seed, trials=10)  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", [7, 7.0, np.int64(7)], ids=repr)
def test_a_seed_is_the_same_whatever_its_type(seed: object) -> None:
    found = simulate("CRM", seed=seed, trials=50).table  # type: ignore[arg-type]
    assert found.equals(simulate("CRM", seed=7, trials=50).table)
