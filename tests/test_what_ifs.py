"""What-ifs: further columns of the model on Workings equal the oracle's, replaced inputs and paths alike."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import oracle
import pytest
from engines import ErrorValue

from xlplugin.data.shipped import shipped
from xlplugin.model.plan import FUNCTIONS
from xlplugin.workbook.builder.draft import Draft
from xlplugin.workbook.package import save
from xlplugin.workbook.sheets.companies.sheet import companies
from xlplugin.workbook.sheets.inputs import inputs
from xlplugin.workbook.sheets.model import model, workings

pytestmark = pytest.mark.slow

COMPANIES, SCENARIOS = list(shipped().companies), list(shipped().scenarios)
SLOTS = [
    # company, scenario, first input and value, second input and value
    ("Salesforce", "illustrative", ("pass_through", 0.9), ("cost_reduction", 0.6)),
    ("Salesforce", "deepseek_headline", ("cost_reduction", -0.5), ("credibility", 0.25)),
    ("Salesforce", "half", ("ai_revenue_share", 0.04), ("seat_revenue_share", 0.5)),
    ("ServiceNow", "development_only", ("training_cost_reduction", 0.2), ("committed_cost_share", 1.0)),
    ("NVIDIA", "jevons", ("market_elasticity", 0.6), ("ai_supply_revenue_share", 0.85)),
    ("NVIDIA", "jevons", ("", 0.6), ("", 0.0)),
    ("OpenAI", "deepseek_headline", ("cost_reduction", 0.3), ("adoption", 0.5)),
    ("Meta Platforms", "cost_rise", ("repricing_lag_years", 0.0), ("inference_cost_share", 0.45)),
]
REFUSED = [
    ("Salesforce", "half", ("ai_revenue_share", 0.2), ("", 0.0)),  # shares of revenue pass 1
    ("Salesforce", "half", ("cost_reduction", 30.0), ("", 0.0)),
    ("Salesforce", "half", ("price_elasticity", -0.1), ("", 0.0)),
    ("DeepSeek", "deepseek_headline", ("adoption", 0.5), ("", 0.0)),  # no cost reduction is left
]
PATHS = [
    # company, scenario, decline, growth of the company, growth of AI's share
    ("Microsoft", "half", 0.749, 0.0, 0.0),
    ("NVIDIA", "jevons", 0.3, 0.2, 0.1),
    ("ServiceNow", "price_war", 0.9, -0.1, 0.6),
    ("OpenAI", "deepseek_headline", 0.3, 0.1, 0.0),
    ("Salesforce", "half", 0.0, 0.0, 0.0),
]
YEARS = (0, 1, 4, 10)


def numbers(company: str, scenario: str) -> dict[str, str]:
    return {"company": str(COMPANIES.index(company) + 1), "scenario": str(SCENARIOS.index(scenario) + 1)}


@pytest.fixture(scope="module")
def book_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    dataset = shipped()
    build = Draft(dataset, tuple(COMPANIES), tuple(dataset.scenarios.values()))
    inputs(build)
    columns = [
        numbers(company, scenario)
        | {"input_1": f'"{first}"', "value_1": repr(one), "input_2": f'"{second}"', "value_2": repr(two)}
        for company, scenario, (first, one), (second, two) in SLOTS + REFUSED
    ]
    build.what_if("grid", columns, list(FUNCTIONS), slots=2)
    years = [
        numbers(company, scenario)
        | {"year": str(t), "annual_decline": repr(d), "revenue_growth": repr(g), "ai_share_growth": repr(a)}
        for company, scenario, d, g, a in PATHS
        for t in YEARS
    ]
    build.what_if("path", years, list(FUNCTIONS), path=True)
    companies(build)
    model(build)
    workings(build)
    elsewhere = build.sheets["workings"]  # what sheets that are not built here would hold
    elsewhere.named(1, 200, "xlp_check_master", "no checks here")
    elsewhere.named(
        2, 200, "xlp_in_your_reduction_all", dataset.scenarios["illustrative"].levers["cost_reduction"]
    )
    elsewhere.block(3, 200, build.rows, 1, "xlp_in_your_reduction")
    path = tmp_path_factory.mktemp("what_ifs") / "book.xlsx"
    save(build, path)
    return path


def filled(company: str, scenario: str, entry: Mapping[str, float] | None = None) -> dict[str, float | None]:
    row = oracle.latest(oracle.companies(), company)
    levers = next(one for one in oracle.scenarios() if one["scenario"] == scenario)
    given = {name: value for name, value in (entry or {}).items() if name in oracle.LEVERS}
    found = oracle.fill(row, oracle.assumptions(), levers, entry=given).inputs
    return found | {name: value for name, value in (entry or {}).items() if name}


def column(rows: Mapping[str, list[list[Any]]], k: int) -> dict[str, float]:
    found = {}
    for name, row in rows.items():
        assert not isinstance(row[0][k], ErrorValue) or row[0][k] == "#N/A", (name, row[0][k])
        found[name] = math.nan if isinstance(row[0][k], ErrorValue) else row[0][k]
    return found


def read(book: Any, key: str) -> dict[str, list[list[Any]]]:
    found = book.get(*(f"xlp_{key}_{name}" for name in FUNCTIONS))
    return {name: found[f"xlp_{key}_{name}"] for name in FUNCTIONS}


def test_replaced_inputs(engine: Any, book_path: Path) -> None:
    with engine.open(book_path) as book:
        book.calculate()
        rows = read(book, "grid")
    for k, (company, scenario, first, second) in enumerate(SLOTS):
        used = filled(company, scenario, dict([second, first]))
        assert not oracle.disagreements(column(rows, k), used), (company, scenario, first, second)
    for k, case in enumerate(REFUSED, len(SLOTS)):
        assert all(value != value for value in column(rows, k).values()), case


def test_paths(engine: Any, book_path: Path) -> None:
    with engine.open(book_path) as book:
        book.calculate()
        rows = read(book, "path")
    k = 0
    for company, scenario, decline, growth, ai_growth in PATHS:
        used = filled(company, scenario)
        for t in YEARS:
            year = oracle.path_year({**used, "cost_reduction": 0.0}, t, decline, growth, ai_growth)
            assert not oracle.disagreements(column(rows, k), year), (company, scenario, t)
            k += 1
