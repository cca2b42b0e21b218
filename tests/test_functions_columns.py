"""Whole columns and labels in ranges: each different cell once, a wrong cell wrong alone, labels shown."""

from __future__ import annotations

import datetime
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
from entry_cases import COM_ERRORS
from function_calls import CRM, MSFT, NA, NUM, VALUE, line

from xlplugin.functions import call
from xlplugin.functions.shapes import spread

DAY = datetime.datetime(2025, 1, 31)


def test_equal_cells_are_computed_once_and_blanks_too() -> None:
    counted: Counter[Any] = Counter()

    def compute(company: Any, share: Any) -> Any:
        counted[company, type(share), share] += 1
        return company

    column = tuple((name,) for name in ("a", "b", None) for _ in range(1000))
    assert spread(compute, column, 0.3) == [[name] for (name,) in column]
    assert sum(counted.values()) == 3
    counted.clear()
    spread(compute, column, ((True, 1.0, 1.0, False, 0.0),))
    assert sum(counted.values()) == 3 * 4, "TRUE is not 1, FALSE is not 0"


@pytest.mark.parametrize("name", ["XLP_VALUE", "XLP_CHANGE"])
def test_a_column_answers_as_its_cells_do(name: str) -> None:
    names = ["CRM", None, "nobody", "MSFT", True, 1.0, DAY, NA, "", "crm"] * 30
    assert call(name, [[cell] for cell in names], 0.3) == [[call(name, cell, 0.3)] for cell in names]
    reductions = [0.3, None, "30%", True, 1, 1.0, DAY, NA, -0.2, "x"] * 30
    assert call(name, "CRM", [[cell] for cell in reductions]) == [
        [call(name, "CRM", cell)] for cell in reductions
    ]
    both = list(zip(names, reductions, strict=True))
    columns = [[[cell] for cell in cells] for cells in (names, reductions)]
    assert call(name, *columns) == [[call(name, *pair)] for pair in both]


def test_a_whole_column_with_trailing_blanks() -> None:
    column = [["CRM"], ["MSFT"]] + [[None]] * 100_000
    answers = call("XLP_VALUE", column, 0.3)
    assert answers[:2] == [[pytest.approx(line(CRM, 0.3))], [pytest.approx(line(MSFT, 0.3))]]
    assert len(answers) == len(column) and all(row == [NA] for row in answers[2:])
    assert call("XLP_COMPANY", column, "ticker")[:3] == [["CRM"], ["MSFT"], [NA]]
    assert len(call("XLP_SCENARIO", column, "half", "eps")) == 3


def test_answers_of_a_large_range_are_not_shared() -> None:
    column = [["CRM"]] * 70_000
    first = call("XLP_SCENARIO", column, "half", "eps")
    first[1][0] = "changed"
    assert first[2][0] == CRM and call("XLP_SCENARIO", column, "half", "eps")[1][0] == CRM


@pytest.mark.parametrize(
    ("cell", "same"),
    [
        (np.True_, True), (np.bool_(False), False), (np.float64(0.3), 0.3), (np.float32(0.5), 0.5),
        (np.int64(0), 0.0), (np.str_("30%"), "30%"), (Decimal("0.3"), 0.3), (Fraction(1, 4), 0.25), (pd.NA, None),
        (pd.NaT, None), (np.datetime64("2025-01-31"), DAY), (np.datetime64("NaT"), None), (pd.Timestamp(DAY), DAY),
        (Decimal("sNaN"), None), (Decimal("1e400"), 1e308), (10**400, 1e308), (np.int64(-2146826246), NA), ([0.3], True),
        (np.array(0.3), 0.3),
    ],
    ids=repr,
)  # fmt: skip
def test_values_of_other_packages_are_pythons_own(cell: object, same: object) -> None:
    """Also where an equal key was asked before: to a dictionary, numpy.True_, Decimal(1) and 1.0 are one."""
    for other in (1.0, True, 0.0, False):
        call("XLP_VALUE", "CRM", 0.3, "eps", [["adoption", other]])
    wanted = call("XLP_VALUE", "CRM", 0.3, "eps", [["adoption", same]])
    assert call("XLP_VALUE", "CRM", 0.3, "eps", [["adoption", cell]]) == wanted
    assert call("XLP_CHANGE", "CRM", [[cell]]) == call("XLP_CHANGE", "CRM", [[same]])


def test_a_table_of_numpy_is_a_range() -> None:
    assert call("XLP_VALUE", "CRM", np.array([[0.1, 0.3]])) == call("XLP_VALUE", "CRM", [[0.1, 0.3]])
    assert call("XLP_VALUE", "CRM", np.array([[True]])) == [[VALUE]]


@pytest.mark.parametrize("code", COM_ERRORS.values(), ids=COM_ERRORS)
def test_an_error_that_arrives_as_an_integer_is_no_number_and_no_name(code: int) -> None:
    call("XLP_VALUE", "CRM", float(code))
    assert call("XLP_VALUE", "CRM", code) is NA
    assert call("XLP_VALUE", code, 0.3) is NA
    assert call("XLP_VALUE", "CRM", 0.3, "eps", [["net_income", code]]) is NA
    assert call("XLP_VALUE", [["CRM"], [code]], 0.3, "base_gross_margin")[1] == [NA]
    assert call("XLP_EVALUATE", [["net_income", "revenue"], [code, 1.0]], "base_net_margin")[1][1] is NA


LABELS = {"a date": (DAY, "2025-01-31"), "a time": (DAY.replace(hour=7), "2025-01-31 07:00:00"), "TRUE": (True, True),
          "a number": (2025.0, 2025.0), "a text": ("case", "case")}  # fmt: skip


@pytest.mark.parametrize(("cell", "shown"), LABELS.values(), ids=LABELS)
def test_labels_of_any_kind_are_shown_and_a_wrong_cell_is_wrong_alone(cell: Any, shown: Any) -> None:
    right = line(CRM, 0.5, "eps", preset="half")
    wrong = NA if isinstance(cell, (str, float)) and cell is not True else VALUE
    assert call("XLP_SCENARIO", [["CRM"], [cell]], "half", "eps")[1:] == [
        [CRM, "FY2026", "half", pytest.approx(right)],
        [shown, "", "half", wrong],
    ]
    assert call("XLP_SCENARIO", "CRM", [["half"], [cell]], "eps")[1:] == [
        [CRM, "FY2026", "half", pytest.approx(right)],
        [CRM, "FY2026", shown, wrong],
    ]
    table = [["scenario", "cost_reduction"], [cell, 0.3], ["x", cell]]
    assert call("XLP_SCENARIO", "CRM", table, "eps")[1:] == [
        [CRM, "FY2026", shown, pytest.approx(line(CRM, 0.3, "eps"))],
        [CRM, "FY2026", "x", NUM if cell == 2025.0 else VALUE],
    ]
    own = [["case", "revenue", "cost_of_revenue"], [cell, 100.0, 50.0], ["x", 100.0, DAY]]
    assert call("XLP_EVALUATE", own, "base_gross_margin")[1:] == [[shown, 0.5], ["x", VALUE]]
    head, *bars = call("XLP_BRIDGE", [["CRM", cell]], 0.3)
    assert head[2:] == ["CRM", shown]
    assert all(isinstance(bar[2], float) and bar[3] is wrong for bar in bars)


def test_columns_that_say_nothing_to_the_model_are_left_alone() -> None:
    table = [["case", "revenue", "cost_of_revenue", "comment", "ticker", "period_end", DAY, None],
             ["a", 100.0, 50.0, NA, 5.0, DAY, "x", None]]  # fmt: skip
    assert call("XLP_EVALUATE", table, "base_gross_margin") == [["case", "base_gross_margin"], ["a", 0.5]]
    preset = [["scenario", "cost_reduction", "comment", DAY], ["a", 0.3, NA, True]]
    assert call("XLP_SCENARIO", "CRM", preset, "eps")[1][3] == pytest.approx(line(CRM, 0.3, "eps"))


@pytest.mark.parametrize("header", ["cost_of_revenu", "Cost", "net incme", "research", NA, "#REF!"])
def test_a_column_nearly_named_as_an_input_is_refused(header: object) -> None:
    answer = call("XLP_EVALUATE", [["case", "revenue", header], ["a", 100.0, 50.0]], "base_gross_margin")
    assert answer is (NA if header is NA or header == "#REF!" else VALUE)
