"""A second evaluation of the model, written from the equations of docs/model.md alone: the tests' independent answer.

Plain floats, standard library, nothing of the package imported. What other tests may use:

``evaluate(inputs: Mapping[str, float | None]) -> dict[str, float]``
    every line, every ``bridge_operating_income_<bar>`` and ``bridge_operating_margin_<bar>``; NaN
    where not available. A missing or blank lever or exposure is a ``KeyError``.
``path_year(inputs, t, annual_decline, revenue_growth=0.0, ai_share_growth=0.0) -> dict``
    the inputs of year ``t`` of the path over years (needs ``repricing_lag_years``).
``agree(name, a, b, inputs, tolerance=1e-9) -> bool``
    whether two figures of the line or bar ``name`` agree by the page's "Comparing"; two NaN do.
``disagreements(found, inputs, tolerance=1e-9, expected=None) -> list[str]``
    the names in ``found`` that do not agree with ``evaluate(inputs)``, with both figures.
``fill(company_row, assumption_rows, scenario_row, own=None, entry=None) -> Filled``
    which value of each input counts, read from rows of the plain CSVs; ``own`` are the analyst's own
    values for the company, ``entry`` those for this company and scenario.
``companies(folder)``, ``assumptions(folder)``, ``scenarios(folder)``, ``latest(rows, company)``
    the CSVs as lists of ``dict[str, str]``, and a company's latest fiscal year.
``DATA``
    the folder of the shipped CSVs.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

DATA = Path(__file__).resolve().parents[1] / "xlplugin" / "data"
NAN = math.nan

MONEY = (
    "revenue", "cost_of_revenue", "research_and_development", "sales_and_marketing",
    "general_and_administrative", "other_operating_expense", "net_income", "one_off_net_income",
    "stock_based_compensation",
)  # fmt: skip
FINANCIALS = (*MONEY, "income_tax_rate", "marginal_tax_rate", "diluted_shares")
EXPOSURES = (
    "inference_cost_share", "training_cost_share", "ai_revenue_share", "usage_billed_share",
    "ai_supply_revenue_share", "ai_supply_cost_share", "seat_revenue_share", "committed_cost_share",
    "usage_return", "repricing_lag_years",
)  # fmt: skip
REDUCTIONS = ("cost_reduction", "training_cost_reduction")
LEVERS = (
    *REDUCTIONS, "credibility", "adoption", "pass_through", "competition", "price_elasticity",
    "rebound_elasticity", "market_elasticity", "supply_pass_through", "seat_erosion",
    "labour_substitution", "reinvestment",
)  # fmt: skip
REFERENCES = ("reference_operating_income", "reference_eps", "reference_share_price")
BARS = (
    "unit_cost", "usage_rebound", "price_cut", "demand_response", "supply", "stranded_cost",
    "seat_erosion_effect", "labour_substitution_effect", "development",
)  # fmt: skip
INDICES = (
    "effective_reduction", "effective_training_reduction", "unit_cost_index", "usage_index",
    "ai_cost_ratio", "price_index", "demand_index", "billed_usage_index", "sold_ai_cost_share",
    "volume_cost_index", "supply_price_index", "supply_index", "supply_volume_cost_index",
    "supply_cost_index", "relative_eps_change", "eps_change_of_reference",
)  # fmt: skip
#: A company for which all of these rest on a fallback stands on general assumptions.
GENERAL = ("inference_cost_share", "ai_revenue_share", "ai_supply_revenue_share")
PER_SHARE = ("base_eps", "eps", "eps_change", "reference_eps_after")


def _blank(value: float | None) -> bool:
    return value is None or math.isnan(value)


def _least(a: float, b: float) -> float:
    return NAN if math.isnan(a) or math.isnan(b) else (a if a < b else b)


def _most(a: float, b: float) -> float:
    return NAN if math.isnan(a) or math.isnan(b) else (a if a > b else b)


def _to_the(base: float, exponent: float) -> float:
    # Python's NaN ** 0 is 1: what is not available must stay so
    return NAN if math.isnan(base) or math.isnan(exponent) else math.pow(base, exponent)


def _given(inputs: Mapping[str, float | None]) -> dict[str, float]:
    x: dict[str, float] = {}
    for name in (*FINANCIALS, *REFERENCES):
        value = inputs.get(name)
        x[name] = NAN if value is None else float(value)
    for name in (*EXPOSURES[:-1], *LEVERS):
        value = inputs.get(name)
        if name == "training_cost_reduction" and _blank(value):
            value = inputs.get("cost_reduction")
        if value is None or math.isnan(value):
            raise KeyError(name)
        x[name] = float(value)
    if math.isnan(x["marginal_tax_rate"]):
        x["marginal_tax_rate"] = x["income_tax_rate"]
    if math.isnan(x["one_off_net_income"]):
        x["one_off_net_income"] = 0.0
    return x


def evaluate(inputs: Mapping[str, float | None]) -> dict[str, float]:
    """Return every line and every bar of both bridges, NaN where not available."""
    x = _given(inputs)
    y: dict[str, float] = {}
    _indices(x, y)
    _gross(x, y)
    _operating(x, y)
    _net(x, y)
    _references(x, y)
    _bridges(x, y)
    return y


def _indices(x: dict[str, float], y: dict[str, float]) -> None:
    e = x["cost_reduction"] * x["credibility"] * x["adoption"]
    u = 1 - e
    y["effective_reduction"] = e
    y["effective_training_reduction"] = x["training_cost_reduction"] * x["credibility"] * x["adoption"]
    y["unit_cost_index"] = u
    y["usage_index"] = w = _to_the(u, -x["rebound_elasticity"])
    y["base_inference_cost"] = a0 = x["cost_of_revenue"] * x["inference_cost_share"]
    y["base_ai_revenue"] = v0 = x["revenue"] * x["ai_revenue_share"]
    if v0 == 0:
        y["ai_cost_ratio"], y["price_index"] = 0.0, 1.0
    else:
        y["ai_cost_ratio"] = _least(1.0, a0 / v0)
        passed_on = x["pass_through"] * e * y["ai_cost_ratio"]
        y["price_index"] = (1 - passed_on) * _to_the(u, x["competition"])
    y["demand_index"] = q = _to_the(y["price_index"], -x["price_elasticity"])
    y["billed_usage_index"] = 1 + x["usage_billed_share"] * _least(1.0, u) * (w - 1)
    y["sold_ai_cost_share"] = s = 1.0 if a0 == 0 else _least(1.0, v0 / a0)
    y["volume_cost_index"] = u * w * (1 + s * (q - 1))
    y["supply_price_index"] = c = _to_the(u, x["supply_pass_through"])
    y["supply_index"] = _to_the(c, 1 - x["market_elasticity"])
    y["supply_volume_cost_index"] = volume = u * _to_the(c, -x["market_elasticity"])
    y["supply_cost_index"] = volume + x["committed_cost_share"] * _most(0.0, 1 - volume)
    y["usage_revenue"] = a0 * x["usage_return"] * u * (w - 1)


def _gross(x: dict[str, float], y: dict[str, float]) -> None:
    k, a0, v0 = x["committed_cost_share"], y["base_inference_cost"], y["base_ai_revenue"]
    v = v0 * y["price_index"] * y["demand_index"] * y["billed_usage_index"]
    a = a0 * (y["volume_cost_index"] + k * _most(0.0, 1 - y["volume_cost_index"]))
    z0 = x["revenue"] * x["ai_supply_revenue_share"]
    k0 = x["cost_of_revenue"] * x["ai_supply_cost_share"]
    seats_left = _to_the(_least(1.0, y["unit_cost_index"]), x["seat_erosion"])
    seats = x["revenue"] * x["seat_revenue_share"] * (seats_left - 1)
    revenue = x["revenue"] - v0 - z0 + v + y["usage_revenue"] + z0 * y["supply_index"] + seats
    cost = x["cost_of_revenue"] - a0 - k0 + a + k0 * y["supply_cost_index"]
    y["ai_revenue"], y["inference_cost"] = v, a
    y["base_supply_revenue"], y["base_supply_cost"], y["seat_revenue_change"] = z0, k0, seats
    y["scenario_revenue"], y["scenario_cost_of_revenue"] = revenue, cost
    y["gross_profit"] = revenue - cost
    y["gross_margin"] = (revenue - cost) / revenue
    y["base_gross_margin"] = (x["revenue"] - x["cost_of_revenue"]) / x["revenue"]
    y["gross_margin_change"] = y["gross_margin"] - y["base_gross_margin"]


def _operating(x: dict[str, float], y: dict[str, float]) -> None:
    research = x["research_and_development"]
    saving = research * x["training_cost_share"] * y["effective_training_reduction"]
    after = research - (1 - x["reinvestment"]) * saving
    others = ("sales_and_marketing", "general_and_administrative", "other_operating_expense")
    overhead = [x[name] for name in others]
    result, base = y["gross_profit"] - after, x["revenue"] - x["cost_of_revenue"] - research
    for amount in overhead:
        result, base = result - amount, base - amount
    done_by_people = _to_the(_least(1.0, y["unit_cost_index"]), x["labour_substitution"])
    y["opex_saving"] = (overhead[0] + overhead[1]) * (1 - done_by_people)
    result += y["opex_saving"]
    y["development_saving"], y["scenario_research_and_development"] = saving, after
    y["operating_income"], y["base_operating_income"] = result, base
    y["operating_margin"] = result / y["scenario_revenue"]
    y["base_operating_margin"] = base / x["revenue"]
    stock = x["stock_based_compensation"]
    y["base_operating_margin_ex_sbc"] = (base + stock) / x["revenue"]
    y["operating_margin_ex_sbc"] = (result + stock) / y["scenario_revenue"]
    y["operating_income_change"] = result - base
    y["operating_margin_change"] = y["operating_margin"] - y["base_operating_margin"]


def _net(x: dict[str, float], y: dict[str, float]) -> None:
    base = x["net_income"] - x["one_off_net_income"]
    after = base + y["operating_income_change"] * (1 - x["marginal_tax_rate"])
    y["base_net_income"], y["scenario_net_income"] = base, after
    y["base_net_margin"], y["net_margin"] = base / x["revenue"], after / y["scenario_revenue"]
    y["base_eps"], y["eps"] = base / x["diluted_shares"], after / x["diluted_shares"]
    y["net_margin_change"] = y["net_margin"] - y["base_net_margin"]
    y["eps_change"] = y["eps"] - y["base_eps"]
    y["relative_eps_change"] = y["eps_change"] / y["base_eps"] if y["base_eps"] > 0 else NAN
    y["implied_share_price"] = x["reference_share_price"] * (1 + y["relative_eps_change"])


def _references(x: dict[str, float], y: dict[str, float]) -> None:
    eps = x["reference_eps"]
    y["reference_operating_income_after"] = x["reference_operating_income"] + y["operating_income_change"]
    y["reference_eps_after"] = eps + y["eps_change"]
    y["eps_change_of_reference"] = y["eps_change"] / eps if eps > 0 else NAN


def _bridges(x: dict[str, float], y: dict[str, float]) -> None:
    a0, v0 = y["base_inference_cost"], y["base_ai_revenue"]
    z0, k0 = y["base_supply_revenue"], y["base_supply_cost"]
    names = ("unit_cost", "usage", "price", "demand", "billed_usage", "supply", "supply_volume_cost")
    u, w, p, q, b, z, volume = (y[f"{name}_index"] for name in names)
    idle = a0 * _most(0.0, 1 - y["volume_cost_index"]) + k0 * _most(0.0, 1 - volume)
    amounts = (
        a0 * y["effective_reduction"],
        v0 * (b - 1) + y["usage_revenue"] - a0 * u * (w - 1),
        v0 * (p - 1) * b,
        v0 * p * (q - 1) * b - a0 * u * w * y["sold_ai_cost_share"] * (q - 1),
        z0 * (z - 1) - k0 * (volume - 1),
        -x["committed_cost_share"] * idle,
        y["seat_revenue_change"],
        y["opex_saving"],
        (1 - x["reinvestment"]) * y["development_saving"],
    )
    revenue = y["scenario_revenue"]
    for bar, amount in zip(BARS, amounts, strict=True):
        y[f"bridge_operating_income_{bar}"] = amount
        y[f"bridge_operating_margin_{bar}"] = amount / revenue
    grown = (revenue - x["revenue"]) / revenue
    y["bridge_operating_margin_revenue_base_effect"] = -y["base_operating_margin"] * grown


def path_year(
    inputs: Mapping[str, float | None],
    t: float,
    annual_decline: float,
    revenue_growth: float = 0.0,
    ai_share_growth: float = 0.0,
) -> dict[str, float | None]:
    """Return the inputs of year ``t`` (0 .. 50) of the path."""
    year = dict(inputs)
    lag = inputs["repricing_lag_years"]
    unrepriced = math.exp(-t / lag) if lag else (1.0 if t == 0 else 0.0)
    year["cost_reduction"] = min(0.999999, 1 - (1 - annual_decline) ** t)
    year["training_cost_reduction"] = year["cost_reduction"]
    year["adoption"] = inputs["adoption"] * (1 - unrepriced)
    year["committed_cost_share"] = inputs["committed_cost_share"] * (unrepriced if lag else 0.0)
    for name in MONEY:
        if not _blank(inputs.get(name)):
            year[name] = inputs[name] * (1 + revenue_growth) ** t
    weight = (1 + ai_share_growth) ** t
    supply = inputs["ai_supply_revenue_share"]
    year["ai_revenue_share"] = min(1 - supply, inputs["ai_revenue_share"] * weight)
    room = 1 - inputs["ai_supply_cost_share"]
    year["inference_cost_share"] = min(room, inputs["inference_cost_share"] * weight)
    year["seat_revenue_share"] = min(inputs["seat_revenue_share"], 1 - supply - year["ai_revenue_share"])
    return year


def agree(name: str, a: float, b: float, inputs: Mapping[str, float | None], tolerance: float = 1e-9) -> bool:
    """Return whether ``a`` and ``b`` agree as figures of the line or bar ``name``."""
    a, b = float(a), float(b)
    if math.isnan(a) or math.isnan(b):
        return math.isnan(a) and math.isnan(b)
    return abs(a - b) <= tolerance * max(abs(a), abs(b), scale(name, inputs))


def disagreements(
    found: Mapping[str, float],
    inputs: Mapping[str, float | None],
    tolerance: float = 1e-9,
    expected: Mapping[str, float] | None = None,
) -> list[str]:
    """Return what in ``found`` differs from the oracle (or from ``expected``), both figures shown."""
    right = evaluate(inputs) if expected is None else expected
    return [
        f"{name}: {value!r}, expected {right[name]!r}"
        for name, value in found.items()
        if not agree(name, value, right[name], inputs, tolerance)
    ]


def scale(name: str, inputs: Mapping[str, float | None]) -> float:
    """Return the scale that differences in the line or bar ``name`` are measured against."""
    if name in INDICES or "margin" in name:
        return 1.0
    if name in PER_SHARE:
        names = ("net_income", "one_off_net_income", "diluted_shares")
        net, one_off, shares = (inputs.get(key) for key in names)
        if _blank(net) or _blank(shares):
            return 0.0
        return abs(net - (0.0 if _blank(one_off) else one_off)) / shares
    if name == "implied_share_price":
        price = inputs.get("reference_share_price")
        return 0.0 if _blank(price) else price
    money = [inputs.get(key) for key in (*MONEY, "reference_operating_income")]
    return max((abs(value) for value in money if not _blank(value)), default=0.0)


class Filled(NamedTuple):
    """What counts for one company and scenario.

    ``inputs`` lacks ``cost_reduction`` where none is left (no result); ``fallbacks`` names the
    exposures taken from the rows of the business model or of ``*``, ``overrides`` the analyst's own
    values that count; ``general_assumptions`` tells that the company is shown and never ranked.
    """

    inputs: dict[str, float | None]
    fallbacks: list[str]
    overrides: list[str]
    exposure_year_differs: bool
    general_assumptions: bool


def fill(
    company_row: Mapping[str, str],
    assumption_rows: Sequence[Mapping[str, str]],
    scenario_row: Mapping[str, str],
    own: Mapping[str, float | None] | None = None,
    entry: Mapping[str, float | None] | None = None,
) -> Filled:
    """Return the values that count, first that is given: entry, scenario, own, company, ``*``."""
    name = company_row["company"]
    base = {(row["company"], row["parameter"]): row for row in assumption_rows}
    excluded = name in [part.strip() for part in (scenario_row.get("not_applicable_to") or "").split(";")]
    inputs = {key: _number(company_row.get(key)) for key in FINANCIALS}
    inputs.update({key: (own or {}).get(key) for key in REFERENCES})
    fallbacks, overrides, differs = [], [], False
    for key in (*EXPOSURES, *LEVERS):
        value = (entry or {}).get(key)
        if _blank(value) and not (excluded and key in REDUCTIONS):
            value = _number(scenario_row.get(key))
        if _blank(value) and key in REDUCTIONS:
            inputs[key] = None
            continue
        if _blank(value):
            value = (own or {}).get(key)
            if not _blank(value):
                overrides.append(key)
        if _blank(value) and (name, key) in base:
            row = base[name, key]
            value = _number(row["base"])
            tied = row["fiscal_year"]
            differs |= key in EXPOSURES and tied not in ("", company_row["fiscal_year"])
        for other in (f"*{company_row.get('business_model') or ''}", "*"):
            if _blank(value) and (other, key) in base:
                value = _number(base[other, key]["base"])
                if key in EXPOSURES:
                    fallbacks.append(key)
        inputs[key] = value
    if "seat_revenue_share" in fallbacks:
        left = 1 - inputs["ai_revenue_share"] - inputs["ai_supply_revenue_share"]
        inputs["seat_revenue_share"] = max(0.0, min(inputs["seat_revenue_share"], left))
    if inputs["cost_reduction"] is None:
        del inputs["cost_reduction"]
    general = all(key in fallbacks for key in GENERAL)
    return Filled(inputs, fallbacks, overrides, differs, general)


def _number(text: str | None) -> float | None:
    return float(text) if text is not None and text.strip() else None


def companies(folder: Path = DATA) -> list[dict[str, str]]:
    """Return every company and fiscal year as rows of text."""
    return _rows(folder / "companies.csv")


def assumptions(folder: Path = DATA) -> list[dict[str, str]]:
    """Return the assumptions as rows of text."""
    return _rows(folder / "assumptions.csv")


def scenarios(folder: Path = DATA) -> list[dict[str, str]]:
    """Return the presets as rows of text."""
    return _rows(folder / "scenarios.csv")


def latest(rows: Sequence[dict[str, str]], company: str) -> dict[str, str]:
    """Return the row of ``company`` whose period ends last."""
    return max((row for row in rows if row["company"] == company), key=lambda row: row["period_end"])


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
