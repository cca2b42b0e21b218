"""Seeded faults in Sensitivity, Path and Workings: where one moves a figure that is shown, somebody sees it."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import openpyxl
import pytest
import sheet_cases
import test_workbook_draws as draws
import test_workbook_path as path_sheet
import test_workbook_sensitivity as sensitivity
from engines import Book, ErrorValue
from test_workbook_mutation import KINDS, mutated, same
from workbook_cases import Case

pytestmark = pytest.mark.slow

SEED = 4711
COMPANY, SCENARIO = "Salesforce", "price_war"
MEASURE, ROW, COLUMN = "operating_margin_change", "cost_reduction", "pass_through"
DECLINE, GROWTH, AI_GROWTH = 0.5, 0.1, 0.15

#: Sheet -> how many faults, the named blocks that they are put into (None: any formula that stands behind a
#: figure that is shown), and how many tries there may be for each fault: many cells of Workings stand behind
#: what is not chosen at the moment.
WHERE = {
    "Sensitivity": (8, r"xlp_sensitivity_(grid|bars_(at_lows|case|at_highs|swings|lows|highs|uses))$", 20),
    "Path": (8, r"xlp_path_row_", 20),
    "Workings": (12, None, 20),
}
SHOWN = (
    "xlp_sensitivity_grid", *(f"xlp_sensitivity_bars_{key}" for key in ("at_lows", "case", "at_highs", "swings")),
    *(f"xlp_path_row_{name}" for name in path_sheet.ROWS), "xlp_range_p10", "xlp_range_p50", "xlp_range_p90",
)  # fmt: skip


class Opened(NamedTuple):
    book: Book
    formulas: openpyxl.Workbook
    percentiles: np.ndarray


@pytest.fixture(scope="module")
def opened(iron: Any, template_of: Callable[..., Path]) -> Iterator[Opened]:
    path = template_of(companies=[COMPANY], scenarios=["your_case", SCENARIO])
    reached = draws.reached(Case(None), draws.SALESFORCE)
    assert reached
    percentiles = np.percentile(reached[0], list(draws.PERCENTILES.values()))
    with iron.open(path) as book:
        sensitivity.choose(
            book, company=COMPANY, scenario=SCENARIO, measure=MEASURE, row_lever=ROW, column_lever=COLUMN
        )
        path_sheet.enter(
            book, company=COMPANY, scenario=SCENARIO, annual_decline=DECLINE, revenue_growth=GROWTH,
            ai_share_growth=AI_GROWTH,
        )  # fmt: skip
        book.calculate()
        yield Opened(book, openpyxl.load_workbook(path), percentiles)


def shown(book: Book) -> dict[str, list[list[Any]]]:
    """The figures that are compared with the oracle: of ranges those of the first company."""
    found = book.get(*SHOWN)
    return {name: rows[:1] if name.startswith("xlp_range") else rows for name, rows in found.items()}


def seen(opened: Opened) -> str:
    """Who sees a fault: the Checks sheet, the oracle, or nobody."""
    book = opened.book
    if book.value("xlp_check_failed") != 0:
        return "checks"
    fill, given = sensitivity.of(COMPANY, SCENARIO)
    try:
        sensitivity.check_grid(book, fill, MEASURE, ROW, COLUMN)
        sensitivity.check_tornado(book, COMPANY, fill, given, MEASURE)
        path_sheet.check(book, sheet_cases.inputs(COMPANY, SCENARIO), DECLINE, GROWTH, AI_GROWTH)
        found = [book.value(f"xlp_range_{name}") for name in draws.PERCENTILES]
        assert found == pytest.approx(list(opened.percentiles), rel=1e-9, abs=1e-9)
    except (AssertionError, ValueError, TypeError):  # an error value or a text where a number belongs
        return "oracle"
    return ""


def places(formulas: openpyxl.Workbook, title: str, pattern: str | None) -> list[str]:
    """Cells of the sheet that hold a formula: in the blocks whose names match, or behind what is shown."""
    if pattern is None:
        return sorted(cell for sheet, cell in behind(formulas) if sheet == title)
    names = [name for name in formulas.defined_names if re.match(pattern, name)]
    cells = [cell for name in names for cell in block(formulas, *area(formulas, name))]
    return sorted({cell.coordinate for cell in cells if cell.data_type == "f"})


def area(formulas: openpyxl.Workbook, name: str) -> tuple[str, str]:
    title, cells = next(formulas.defined_names[name].destinations)
    return title, cells.replace("$", "")


def block(formulas: openpyxl.Workbook, title: str, cells: str) -> list[Any]:
    found = formulas[title][cells]
    return [cell for row in found for cell in row] if isinstance(found, tuple) else [found]


REFERENCE = re.compile(
    r"\b(xlp_\w+)|(?:'([^']+)'!)?(?<![A-Za-z_])(\$?[A-Z]{1,3}\$?\d+(?::\$?[A-Z]{1,3}\$?\d+)?)(?![\w(])"
)


def behind(formulas: openpyxl.Workbook) -> set[tuple[str, str]]:
    """Formulas that the shown figures lean on, through names and ranges; of ranges those of the first company."""
    waiting = [area(formulas, name) for name in SHOWN]
    waiting = [(title, cells.split(":")[0] if name.startswith("xlp_range") else cells)
               for name, (title, cells) in zip(SHOWN, waiting, strict=True)]  # fmt: skip
    asked, found = set(waiting), set()
    while waiting:
        title, cells = waiting.pop()
        for cell in block(formulas, title, cells):
            if cell.data_type != "f" or (title, cell.coordinate) in found:
                continue
            found.add((title, cell.coordinate))
            for name, sheet, place in REFERENCE.findall(str(cell.value)):
                leaned = area(formulas, name) if name else (sheet or title, place.replace("$", ""))
                if leaned not in asked:
                    asked.add(leaned)
                    waiting.append(leaned)
    return found


@pytest.mark.parametrize("title", WHERE)
def test_every_fault_that_moves_a_figure_is_seen(title: str, opened: Opened) -> None:
    book, draw = opened.book, random.Random(SEED)
    count, pattern, tries = WHERE[title]
    cells = places(opened.formulas, title, pattern)
    right, unseen, done = shown(book), [], 0
    assert seen(opened) == "" and len(cells) > count
    for attempt in range(count * tries):
        cell = draw.choice(cells)
        formula, before = opened.formulas[title][cell].value, book.value(title, cell)
        wrong = mutated(str(formula), KINDS[attempt % len(KINDS)], before, draw)
        if wrong is None or isinstance(before, ErrorValue):
            continue
        book.set([(title, cell, wrong)])
        book.calculate()
        found = shown(book)
        if not all(
            same(a, b) for name in SHOWN for one, other in zip(found[name], right[name], strict=True)
            for a, b in zip(one, other, strict=True)
        ):  # fmt: skip
            done += 1
            if not seen(opened):
                unseen.append(f"{title}!{cell}: {formula} as {wrong}")
        book.set([(title, cell, formula)])
        if done == count:
            break
    book.calculate()
    assert seen(opened) == ""
    assert not unseen, "\n".join(unseen)
    assert done == count
