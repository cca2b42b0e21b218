"""Calls of the analysis functions with answers worked independently, for ``function_calls.CALLS``.

Answers come from ``oracle.py``, from closed forms, or from the moments of a distribution.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

import oracle

#: The last input fixed in a range of levers, so that nothing but ``adoption`` is drawn.
ONE_DRAWN = [["credibility", 1.0]]


def calls(call: Any, any_cell: Any, rounded: Any, inputs: Any, errors: tuple[Any, Any, Any]) -> Iterator[Any]:
    """Yield the calls, made of the table's own words: its Call, ANY, Rounded, inputs(company, reduction)."""
    na, num, value = errors

    def line(company: str, name: str, **changes: float) -> float:
        row = {**inputs(company, changes.pop("cost_reduction", 0.3)), **changes}
        return oracle.evaluate(row)[name]

    # NumPy, SciPy and SALib may be missing there; without NumPy ("alone") the answer is #N/A
    lacking = {"calc": any_cell, "lite": any_cell, "alone": na}
    yield from _breakevens(call, line, inputs, lacking, na, num, value)
    yield from _tornados(call, any_cell, line, inputs, na, value)
    yield from _paths(call, any_cell, inputs, na, num, value)
    yield from _compared(call, any_cell, line, inputs, na, num, value)
    yield from _drawn(call, any_cell, rounded, lacking, na, num, value)
    yield from _ranges(call, any_cell, inputs, na, num, value)


def _breakevens(
    call: Any, line: Any, inputs: Any, lacking: Any, na: Any, num: Any, value: Any
) -> Iterator[Any]:
    linear = [
        ["pass_through", 0.0], ["competition", 0.0], ["price_elasticity", 0.0], ["rebound_elasticity", 0.0],
        ["seat_erosion", 0.0],
    ]  # fmt: skip
    row = inputs("Salesforce", 0.3)
    unit = row["cost_of_revenue"] * row["inference_cost_share"]
    unit += (1 - row["reinvestment"]) * row["research_and_development"] * row["training_cost_share"]
    name, change = "XLP_BREAKEVEN", "operating_income_change"
    yield call("breakeven linear", name, ("CRM", change, unit * 0.4, None, linear), 0.4, lacking)
    table = [[0.1, 0.9], [0.1, 0.9]]
    yield call(
        "breakeven table",
        name,
        ([["CRM"], ["Salesforce"]], change, [[unit * 0.1, unit * 0.9]], None, linear),
        table,
        lacking,
    )
    bill = row["cost_of_revenue"] * row["inference_cost_share"]
    arguments = (
        "CRM",
        "inference_cost",
        bill,
        "rebound_elasticity",
        [["pass_through", 0.0], ["competition", 0.0]],
    )
    yield call("breakeven Jevons", name, arguments, 1.0, lacking)
    yield call("breakeven none", name, ("CRM", "operating_margin_change", 0.5), num, lacking)
    yield call("breakeven measure", name, ("CRM", "margins", 0.5), value)
    yield call("breakeven lever", name, ("CRM", change, 1.0, "revenue"), value)
    yield call("breakeven blank", name, ("CRM", change, None), na)
    yield call("breakeven lab", name, ("DeepSeek", change, 1.0), na)


def _tornados(call: Any, any_cell: Any, line: Any, inputs: Any, na: Any, value: Any) -> Iterator[Any]:
    # of a gross bridge bar, which three assumptions move besides the reduction's haircuts
    measure = "bridge_operating_income_unit_cost"
    ends = {
        "inference_cost_share": (0.001, 0.012, 0.027),
        "credibility": (0.3, 1.0, 1.0),
        "adoption": (0.2, 1.0, 1.0),
    }
    bars = []
    for name, (low, base, high) in ends.items():
        at = [line("Salesforce", measure, **{name: end}) for end in (low, high)]
        middle = line("Salesforce", measure)
        swing = max(*at, middle) - min(*at, middle)
        bars.append([name, low, base, high, at[0], middle, at[1], swing, any_cell])
    bars.sort(key=lambda bar: -bar[7])
    head = [
        "input",
        "low",
        "base",
        "high",
        f"{measure}, USD m at low",
        "at base",
        "at high",
        "swing",
        "basis",
    ]
    last = ["cost_reduction", "", 0.3, "", "", line("Salesforce", measure), "", "", "fixed"]
    yield call("tornado", "XLP_TORNADO", ("CRM", measure, 0.3), [head, *bars, last])
    yield call("tornado measure", "XLP_TORNADO", ("CRM", "margins"), value)
    yield call("tornado lab", "XLP_TORNADO", ("DeepSeek", "eps"), na)
    yield call("tornado preset", "XLP_TORNADO", ("OpenAI", None, None, "deepseek_headline"), na)


def _paths(call: Any, any_cell: Any, inputs: Any, na: Any, num: Any, value: Any) -> Iterator[Any]:
    row = inputs("Microsoft", 0.3)
    table: list[list[Any]] = [["year", "eps_change, USD per share", "note"]]
    for year in range(8):
        found = oracle.evaluate(oracle.path_year(row, year, 0.4))["eps_change"]
        table.append([year, found, "base" if year == 0 else "least certain" if year > 5 else ""])
    yield call("path", "XLP_PATH", ("MSFT", "40%", 7.0, "eps_change"), table)
    yield call("path of a lab under a preset that is not its", "XLP_PATH",
               ("OpenAI", 0.3, 0.0, "gross_margin", "deepseek_headline"),
               [["year", "gross_margin", "note"], [0, (13070 - 7500) / 13070, "base"]])  # fmt: skip
    row, table = {**inputs("NVIDIA", 0.3), "market_elasticity": 1.4}, [["year", "eps, USD per share", "note"]]
    for year in range(11):
        lines = oracle.evaluate(oracle.path_year(row, year, 0.9))
        beyond = not 0.1 <= lines["supply_index"] <= 10
        notes = ["base"] * (year == 0) + ["least certain"] * (year > 5) + ["beyond the model"] * beyond
        table.append([year, na if beyond else lines["eps"], ", ".join(notes)])
    assert table[-1][1] == na != table[1][1]
    yield call("path beyond what the model can say", "XLP_PATH",
               ("NVDA", 0.9, 10.0, "eps", [["market_elasticity"], [1.4]]), table)  # fmt: skip
    yield call("path decline", "XLP_PATH", ("MSFT", 1.0), num)
    yield call("path years", "XLP_PATH", ("MSFT", 0.3, 2.5), num)
    table = [["year", "operating_margin_change", "note"]]
    for year in range(11):
        found = oracle.evaluate(oracle.path_year(inputs("Microsoft", 0.3, "illustrative"), year, 0.78))
        note = "base" if year == 0 else "least certain" if year > 5 else ""
        table.append([year, found["operating_margin_change"], note])
    yield call("path blank", "XLP_PATH", ("MSFT", None), table)
    yield call("path of a company alone", "XLP_PATH", ("MSFT",), table)
    yield call("path company", "XLP_PATH", ("nobody", 0.3), na)
    yield call("path measure", "XLP_PATH", ("MSFT", 0.3, 1.0, "margin"), value)


def _compared(
    call: Any, any_cell: Any, line: Any, inputs: Any, na: Any, num: Any, value: Any
) -> Iterator[Any]:
    measure = "gross_margin_change"
    listed = ["Salesforce", "ServiceNow", "Meta Platforms"]
    listed.sort(key=lambda name: -line(name, measure, cost_reduction=0.5))
    head = [
        "company",
        "rank",
        "measure",
        "value",
        "verdict",
        "market_low",
        "market_high",
        "from_development",
        "causes",
        "currency",
    ]
    rows = [head]
    for rank, name in enumerate(listed, 1):
        moved = line(name, measure, cost_reduction=0.5)
        saved = line(name, "bridge_operating_income_development", cost_reduction=0.5)
        rows.append([name, rank, measure, moved, "gains", "", "", saved, any_cell, "USD"])
    for name in ("Microsoft", "NVIDIA"):
        # ends, and where volume makes up for what is passed on: from there on commitments do not count
        ends = (0.6, 1.4, 1 / inputs(name, 0.5)["supply_pass_through"])
        reached = [line(name, measure, cost_reduction=0.5, market_elasticity=end) for end in ends]
        low, high = min(reached), max(reached)
        verdict = "direction not determined by cost alone"
        moved = line(name, measure, cost_reduction=0.5)
        rows.append([name, "", measure, moved, verdict, low, high, 0.0, any_cell, "USD"])
    rows[-2:] = sorted(rows[-2:], key=lambda row: -row[3])
    labs = ["OpenAI", "DeepSeek"]
    amounts = {"OpenAI": "operating_income_change", "DeepSeek": measure}
    labs.sort(key=lambda name: -line(name, amounts[name], cost_reduction=0.5))
    for name in labs:
        moved = line(name, amounts[name], cost_reduction=0.5)
        rows.append([name, "lab", amounts[name], moved, any_cell, "", "", any_cell, any_cell, "USD"])
    yield call("compare", "XLP_COMPARE", (0.5, measure), rows)
    rows = [head]
    for name, unranked, currency in (("NVIDIA", "", "USD"), ("SAP", "general", "EUR")):
        saved = line(name, "bridge_operating_income_development", cost_reduction=0.5)
        moved = line(name, "operating_income_change", cost_reduction=0.5)
        rows.append(
            [name, unranked, "operating_income_change", moved, *[any_cell] * 3, saved, any_cell, currency]
        )
    arguments = (0.5, "operating_income_change", None, None, [["sap"], ["NVDA"]])
    yield call("compare companies", "XLP_COMPARE", arguments, rows)
    yield call("compare peers", "XLP_COMPARE", (0.5, measure, None, None, "Peers"), [[any_cell] * 10] * 8)
    yield call("compare nobody", "XLP_COMPARE", (0.5, measure, None, None, "nobody"), na)
    yield call("compare reduction", "XLP_COMPARE", (30.0,), num)
    yield call("compare measure", "XLP_COMPARE", (0.3, "margin"), value)
    yield call("compare TRUE", "XLP_COMPARE", (True,), value)


def _drawn(
    call: Any, any_cell: Any, rounded: Any, lacking: Any, na: Any, num: Any, value: Any
) -> Iterator[Any]:
    # adoption alone is drawn, PERT on 0.2 .. 1 with mode 1: mean 5.2 / 6, variance 5 / (36 * 7) * 0.64
    mean, sd = 0.3 * 5.2 / 6, 0.3 * (5 / 252 * 0.64) ** 0.5
    rows = [
        ["statistic", "effective_reduction"],
        ["mean", rounded(mean, 2)],
        ["mean_error", rounded(sd / 200, 4)],
    ]
    rows += [["sd", rounded(sd, 2)], *([f"p{share}", any_cell] for share in (5, 10, 25, 50, 75, 90, 95))]
    rows += [["share_improved", na], ["tail_mean", any_cell], ["trials", 40000], ["outside_domain", 0]]
    yield call(
        "simulate",
        "XLP_SIMULATE",
        ("CRM", "effective_reduction", 0.3, 40000.0, 7.0, ONE_DRAWN),
        rows,
        lacking,
    )
    yield call("simulate trials", "XLP_SIMULATE", ("CRM", None, None, 1.0), num)
    yield call("simulate seed", "XLP_SIMULATE", ("CRM", None, None, None, -1.0), num)
    yield call("simulate measure", "XLP_SIMULATE", ("CRM", "margin"), value)
    yield call("simulate lab", "XLP_SIMULATE", ("DeepSeek", "eps"), na)
    # the product of two factors that nearly hang together equally: both carry variance, the haircut more
    rows = [["input", "total", "total_error", "first", "first_error"]]
    rows += [[any_cell, any_cell, any_cell, any_cell, any_cell] for _ in range(2)]
    yield call("sobol", "XLP_SOBOL", ("CRM", "effective_reduction", 0.3, 64.0), rows, lacking)
    yield call("sobol samples", "XLP_SOBOL", ("CRM", None, None, 1000.0), num)
    yield call("sobol many", "XLP_SOBOL", ("CRM", None, None, 32768.0), num)
    yield call("sobol lab", "XLP_SOBOL", ("DeepSeek", "eps"), na)


def _ranges(call: Any, any_cell: Any, inputs: Any, na: Any, num: Any, value: Any) -> Iterator[Any]:
    # Microsoft's reinvestment alone is drawn, PERT on 0.5 .. 1 with mode 1: the quantile is a fifth root
    name, measure, levers = (
        "XLP_RANGE",
        "bridge_operating_income_development",
        [["training_cost_share", 0.12]],
    )
    with (oracle.DATA / "range_points.csv").open(encoding="utf-8", newline="") as file:
        units = [float(row["reinvestment"]) for row in csv.DictReader(file)]
    saved = sorted(0.5 * (1 - unit**0.2) for unit in units)
    # the 64 values have 63 steps between them: 6.3, 31.5 and 56.7 of them
    parts = [saved[6] + 0.3 * (saved[7] - saved[6]), (saved[31] + saved[32]) / 2]
    parts.append(saved[56] + 0.7 * (saved[57] - saved[56]))
    whole = inputs("Microsoft", 0.3)["research_and_development"] * 0.12
    rows = [[whole * reduction * part for part in parts] for reduction in (0.3, 0.6)]
    yield call("range", name, ("MSFT", 0.3, measure, levers), rows[:1])
    yield call("range reductions", name, ("MSFT", [[0.3], [0.6]], measure, levers), rows)
    yield call("range companies", name, ([["MSFT", "nobody"]], 0.6, measure, levers), [rows[1], [na] * 3])
    nothing = [[0.0] * 3]
    yield call("range fixed", name, ("CRM", 0.3, "effective_reduction"), [[0.3] * 3])
    yield call("range preset", name, ("CRM", 0.0, "effective_reduction", "deepseek_sceptic"), nothing)
    yield call("range year", name, ("CRM", 0.0, "unit_cost_index", None, "FY2025"), [[1.0] * 3])
    yield call("range usual", name, ("CRM", 0.3), [[any_cell] * 3])
    yield call("range lab", name, ("DeepSeek", 0.3, "eps"), [[na] * 3])
    yield call("range blank", name, ("CRM", None), na)
    yield call("range reduction", name, ("CRM", 30.0), num)
    yield call("range measure", name, ("CRM", 0.3, "margin"), value)
    yield call("range TRUE", name, ("CRM", True), value)
