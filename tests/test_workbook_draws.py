"""The live range: percentiles of the fixed draws on the sheet, against the oracle, SciPy and the function."""

from __future__ import annotations

import csv
import math
import subprocess
import warnings
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import oracle
import pytest
import workbook_cases as cases
import your_case
from engines import Book, ErrorValue, share
from scipy import stats
from sheet_cases import light
from workbook_cases import NAMES, Case
from workbook_edits import calculating

import xlplugin
from xlplugin.data.dataset import Dataset
from xlplugin.data.records import Assumption
from xlplugin.data.shipped import shipped

pytestmark = pytest.mark.slow

CHANGE = "operating_margin_change"
PERCENTILES = {"p10": 10, "p50": 50, "p90": 90}
PLACES = [f"xlp_range_{name}" for name in (*PERCENTILES, "valid", "invalid", "base")]
SALESFORCE, MICROSOFT, META, NVIDIA = 0, 2, 3, 4
template = light("model", blocks=["draws"])


@cache
def points() -> dict[str, np.ndarray]:
    with (oracle.DATA / "range_points.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}


def reached(case: Case, i: int) -> tuple[list[float], int] | None:
    """The change of operating margin in each valid draw, and how many are left out; None: no headline."""
    inputs = case.inputs(i, 0)
    if inputs is None or math.isnan(oracle.evaluate(inputs)[CHANGE]):
        return None
    columns: dict[str, Any] = {}
    levers = your_case.filled(case.levers[0])
    for name, units in points().items():
        fixed = case.own[i][name] is not None or levers.get(name) is not None
        low, base, high = (case.assumption(i, name, which) for which in ("low", "base", "high"))
        if not fixed and low < high:
            a, b = 1 + 4 * (base - low) / (high - low), 1 + 4 * (high - base) / (high - low)
            columns[name] = stats.beta.ppf(units, a, b, low, high - low)
    values = []
    for n in range(64):
        drawn = {**inputs, **{name: float(column[n]) for name, column in columns.items()}}
        if max(sum(drawn[name] or 0.0 for name in names) for names in cases.JOINT) <= 1 + 1e-12:
            values.append(oracle.evaluate(drawn)[CHANGE])
    return values, 64 - len(values)


def sixty() -> Case:
    case = Case(None)
    case.levers[0]["cost_reduction"] = 0.6
    return case


def blank() -> Case:
    """No reduction for all: the 30% that stand beside it count, and are not drawn."""
    case = Case(None)
    case.levers[0]["cost_reduction"] = None
    return case


def each_own() -> Case:
    """Companies with a reduction, an exposure and a lever of their own; levers blank and fixed."""
    case = sixty()
    case.entries[MICROSOFT][0], case.entries[NVIDIA][0] = 0.25, -0.4
    case.own[SALESFORCE]["inference_cost_share"], case.own[META]["reinvestment"] = 0.05, 0.3
    case.levers[0] |= {"credibility": 0.8, "seat_erosion": 0.01, "pass_through": 0.5}
    return case


def crowded() -> Case:
    """Shares that add to more than 1 in some draws: these are left out and counted."""
    case = Case(None)
    case.own[NVIDIA]["ai_revenue_share"], case.own[SALESFORCE]["ai_supply_revenue_share"] = 0.1, 0.05
    return case


CASES = {"shipped": Case(None), "60%": sixty(), "blank": blank(), "own": each_own(), "crowded": crowded()}
RANDOM = [(f"random {seed}", Case(seed)) for seed in range(8)]


def check(found: dict[str, list[list[Any]]], case: Case) -> list[int]:
    """Compare the percentiles of every company with the oracle's; return the numbers of invalid draws."""
    left = []
    for i in range(cases.ROWS):
        values = {name.removeprefix("xlp_range_"): found[name][i][0] for name in PLACES}
        draws = reached(case, i)
        if draws is None or not draws[0]:
            assert all(isinstance(values[name], ErrorValue) for name in PERCENTILES), (i, values)
            assert {str(values[name]) for name in PERCENTILES} == {"#N/A"}
        else:
            expected = np.percentile(draws[0], list(PERCENTILES.values()))
            for name, value in zip(PERCENTILES, expected, strict=True):
                assert abs(values[name] - value) <= 1e-9 * max(1, abs(value)), (i, name, values, expected)
        if draws is not None:  # every assumption at its base: the headline itself
            headline = case.lines(i, 0)[CHANGE]
            assert abs(values["base"] - headline) <= 1e-9 * max(1, abs(headline)), (i, values, headline)
        count = (0, 0) if draws is None else (len(draws[0]), draws[1])
        assert (values["valid"], values["invalid"]) == count, (i, values, count)
        left.append(count[1])
    return left


def test_percentiles_equal_the_oracles_in_both_engines(book: Book) -> None:
    left = {}
    for name, case in (*CASES.items(), *share(book, RANDOM)):
        book.set(case.typed())
        book.calculate()
        left[name] = check(book.get(*PLACES), case)
    assert sum(left["shipped"]) == 0
    assert 0 < left["crowded"][NVIDIA] < 64


def test_percentiles_equal_the_oracles_in_gnumeric(ssconvert: Path, template: Path, tmp_path: Path) -> None:
    case = each_own()
    workbook = openpyxl.load_workbook(template)
    for place, at, value in case.typed():
        sheet, area = next(iter(workbook.defined_names[place].destinations))
        cells = workbook[sheet][area]
        rows = cells if isinstance(cells, tuple) else ((cells,),)
        if at is not None:
            rows[at[0]][at[1]].value = value
            continue
        for row, line in zip(rows, value, strict=False):  # a block may have more rows than are typed
            for cell, one in zip(row, line, strict=True):
                cell.value = one
    source, target = tmp_path / "typed.xlsx", tmp_path / "gnumeric.xlsx"
    workbook.save(source)
    subprocess.run([ssconvert, "--recalc", source, target], check=True, capture_output=True, timeout=120)
    with warnings.catch_warnings(action="ignore"):  # openpyxl misses a default style in Gnumeric's files
        values = openpyxl.load_workbook(target, data_only=True)
    found = {}
    for name in PLACES:
        sheet, area = next(iter(workbook.defined_names[name].destinations))
        found[name] = [
            [ErrorValue(c.value) if isinstance(c.value, str) else c.value for c in row]
            for row in values[sheet][area]
        ]
    check(found, case)


def test_the_function_and_the_program_say_the_same(book: Book) -> None:
    """What XLP_RANGE and ``ranges`` give where the first column's blank levers come from."""
    own = {"Salesforce": {"inference_cost_share": 0.05}, "Microsoft": {"pass_through": 0.9}}
    case = sixty()
    for company, entries in own.items():
        case.own[NAMES.index(company)] |= entries
    book.set(case.typed())
    book.calculate()
    found = book.get(*PLACES)
    table = xlplugin.ranges(your_case.STANDARD, levers={"cost_reduction": 0.6}, own=own)
    for row in table.to_dict("records"):
        values = {name: found[f"xlp_range_{name}"][NAMES.index(row["company"])][0] for name in PERCENTILES}
        for name, value in values.items():
            if math.isnan(row[name]):
                assert value == "#N/A"
            else:
                assert math.isclose(value, row[name], rel_tol=1e-9, abs_tol=1e-12), (row["company"], name)


def test_a_share_of_general_assumptions_without_a_range_is_cut(iron: Any, tmp_path: Path) -> None:
    """A seat share that is not drawn makes room for drawn shares of the same whole, as `run` cuts it."""
    dataset = shipped()
    assumed = {key: one for key, one in dataset.assumptions.items() if key[1] != "seat_revenue_share"}
    assumed["*", "seat_revenue_share"] = Assumption(
        "*", "seat_revenue_share", 0.97, 0.97, 0.97, "judgement", "", ""
    )
    made = Dataset(dataset.figures, assumed, dataset.scenarios)
    path = xlplugin.write_template(
        tmp_path / "cut.xlsx", dataset=made, companies=["CRM", "SAP"], scenarios=[your_case.KEY]
    )
    path = calculating(path, tmp_path / "light.xlsx", ["model"], ["draws"])
    expected = xlplugin.ranges(your_case.STANDARD, ["CRM", "SAP"], dataset=made).to_dict("records")
    with iron.open(path) as book:
        book.calculate()
        found = book.get(*PLACES)
    for i, row in enumerate(expected):
        for name in PERCENTILES:
            assert math.isclose(found[f"xlp_range_{name}"][i][0], row[name], rel_tol=1e-9), (row, name)
        assert found["xlp_range_valid"][i][0] == row["used"]
