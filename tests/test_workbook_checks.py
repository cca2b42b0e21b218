"""Checks: every fault that is typed in turns the flag red, and says which check and which cell."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import zip_longest
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from engines import Book, ErrorValue, cell_name
from sheet_cases import SMALL

from xlplugin.model.inputs import REFERENCES
from xlplugin.workbook.builder.texts import keys, text
from xlplugin.workbook.sheets.checks.worked_case import WORKED_CASE

pytestmark = pytest.mark.slow

#: All but the one that workbooks for a host add.
KEYS = [key.split(".")[1] for key in keys("check.") if key.endswith(".what") and key != "check.live.what"]


def summary(book: Book) -> dict[str, tuple[Any, Any, Any]]:
    """Check -> its result, how many faults, and where."""
    names = [f"xlp_check_{key}" for key in KEYS if f"xlp_check_{key}" in book.names()]
    found = book.get(*names)
    return {
        name.removeprefix("xlp_check_"): (rows[0][0], rows[0][1], rows[0][4]) for name, rows in found.items()
    }


def failing(book: Book) -> dict[str, str]:
    return {key: where for key, (result, _, where) in summary(book).items() if result == "fails"}


def place(book: Book, name: str, row: int = 0, column: int = 0) -> str:
    """The cell of a block as a link names it."""
    area = book.area(name)
    cell = area._replace(
        top=area.top + row, left=area.left + column, bottom=area.top + row, right=area.left + column
    )
    return str(cell)


def test_every_check_of_the_texts_is_there_and_passes(engine: Any, template: Path) -> None:
    with engine.open(template) as book:
        book.calculate()
        found = summary(book)
        assert book.value("xlp_check_failed") == 0 and book.value("xlp_check_master") == "All checks pass"
    assert set(found) == set(KEYS)
    for key, (result, faults, where) in found.items():
        assert result == ("for information" if key.startswith("flag_") else "passes"), key
        assert (faults == 0) == (where is None), key
    assert found["flag_fallback"][1] > 0 and found["flag_direction"][1] == 2  # Microsoft and NVIDIA


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_flag_stands_in_the_frozen_pane_of_every_sheet(
    language: str, template_of: Callable[..., Path]
) -> None:
    path = template_of(language=language, companies=["Salesforce"], scenarios=["half"])
    book = openpyxl.load_workbook(path)
    passing = text("master.pass", language)
    shown = openpyxl.load_workbook(path, data_only=True)
    for sheet in book:
        assert int(sheet.freeze_panes.lstrip("ABCDEFGHIJ")) == 3, sheet.title
        flags = [cell for cell in sheet[2] if "xlp_check_master" in str(cell.value)]
        assert len(flags) == 1, sheet.title
        assert shown[sheet.title][flags[0].coordinate].value == passing
        rules = sheet.conditional_formatting[flags[0].coordinate]
        assert [rule.dxf.font.color.rgb for rule in rules] == ["FF1B7F5C", "FFC2410C"]


@pytest.fixture(scope="module")
def small(template_of: Callable[..., Path]) -> Path:
    """Salesforce, NVIDIA and two labs under your case and three scenarios."""
    return template_of(**SMALL)


@pytest.fixture(scope="module")
def formulas(small: Path) -> openpyxl.Workbook:
    return openpyxl.load_workbook(small)


@pytest.fixture(scope="module", params=["ironcalc", "libreoffice"])
def opened(request: pytest.FixtureRequest, small: Path) -> Iterator[Book]:
    """The small workbook, open once in each engine: what a test types it takes back."""
    engine = request.getfixturevalue({"ironcalc": "iron", "libreoffice": "calc"}[request.param])
    with engine.open(small) as book:
        book.calculate()
        assert not failing(book)
        yield book
        book.calculate()
        assert not failing(book)


@contextmanager
def typed(book: Book, cells: Sequence[tuple[str, Any, Any]], before: Sequence[Any] = ()) -> Iterator[None]:
    """Calculate with these cells; behind it they hold what they held, or ``before``, and nothing is calculated."""
    before = before or [book.value(place, at) for place, at, _ in cells]
    book.set(cells)
    book.calculate()
    yield
    book.set([(place, at, value) for (place, at, _), value in zip(cells, before, strict=True)])


#: What is typed where -> the check that fails, and the cell that it leads to.
FAULTS: dict[str, tuple[list[tuple[str, tuple[int, int], Any]], str]] = {
    "30 instead of 30%": ([("xlp_in_cost_reduction", (2, 3), 30.0)], "entries"),
    "text": ([("xlp_in_your_reduction", (0, 0), "30%")], "entries"),
    "a bool": ([("xlp_in_credibility", (0, 2), True)], "entries"),
    "an error": ([("xlp_in_own_ai_revenue_share", (1, 0), "=1/0")], "entries"),
    "a negative elasticity": ([("xlp_in_market_elasticity", (0, 1), -0.5)], "entries"),
    "an own value above 1": ([("xlp_in_own_reinvestment", (3, 0), 1.5)], "entries"),
    "no revenue": ([("xlp_companies", (4, 0), "Mine"), ("xlp_in_company_revenue", (0, 0), 0.0)], "entries"),
    "a reference in words": ([("xlp_in_reference_eps", (0, 0), "13")], "entries"),
    "a weight above 1": ([("xlp_in_weight", (0, 2), 1.2)], "entries"),
    "weights of 90%": ([("xlp_in_weight", (0, 0), 0.5), ("xlp_in_weight", (0, 1), 0.4)], "weights"),
    "seats of all revenue": ([("xlp_in_own_seat_revenue_share", (0, 0), 0.999)], "revenue_shares"),
    "cost of all cost": ([("xlp_in_own_ai_supply_cost_share", (2, 0), 0.97)], "cost_shares"),
    "a company twice": ([("xlp_companies", (4, 0), "Salesforce")], "company_names"),
    "figures without a name": ([("xlp_in_company_revenue", (1, 0), 100.0)], "company_names"),
    "a scenario twice": ([("xlp_scenarios", (0, 3), "deepseek_headline")], "scenario_names"),
    "a lever without a scenario": ([("xlp_in_adoption", (0, 4), 0.5)], "scenario_names"),
    "no such year": ([("xlp_in_fiscal_year", (0, 0), "FY1999")], "years"),
    "no such switch": ([("xlp_in_as_of", (0, 0), "yesterday")], "choices"),
    "no such company": ([("xlp_in_dashboard_company", (0, 0), "Nobody")], "choices"),
}

#: Faults whose place is not the first cell that is typed into.
ELSEWHERE = {
    "no revenue": ("xlp_in_company_revenue", 0, 0),
    "weights of 90%": ("xlp_in_weight", 0, 0),
    "seats of all revenue": ("xlp_companies", 0, 0),
    "cost of all cost": ("xlp_companies", 2, 0),
    "a company twice": ("xlp_companies", 0, 0),
    "figures without a name": ("xlp_companies", 5, 0),
    "a scenario twice": ("xlp_scenarios", 0, 1),
    "a lever without a scenario": ("xlp_scenarios", 0, 4),
}


def rounds() -> Iterator[tuple[str, ...]]:
    """A fault of the entries beside one that another check sees; the last stands alone."""
    entries = [fault for fault, (_, check) in FAULTS.items() if check == "entries"]
    others = [fault for fault in FAULTS if fault not in entries]
    yield from zip_longest(entries, others)


def test_every_fault_is_named_with_its_cell(opened: Book) -> None:
    for faults in rounds():
        with typed(opened, [cell for fault in faults if fault for cell in FAULTS[fault][0]]):
            found = failing(opened)
            for fault in filter(None, faults):
                cells, check = FAULTS[fault]
                assert check in found, f"{fault}: {found}"
                name, row, column = ELSEWHERE.get(fault, (cells[0][0], *cells[0][1]))
                assert found[check] == place(opened, name, row, column), fault
            master = opened.value("xlp_check_master")
            assert master == (
                "1 check fails: see Checks" if len(found) == 1 else f"{len(found)} checks fail: see Checks"
            )


@pytest.mark.parametrize("scenarios", [["your_case"], ["half"], ["half", "price_war"]], ids=str)
def test_references_beside_few_scenarios_are_no_levers_of_a_free_one(
    iron: Any, template_of: Callable[..., Path], small_template: Path, scenarios: list[str]
) -> None:
    few = len(scenarios) == 1
    path = template_of(companies=["Salesforce"], scenarios=scenarios) if few else small_template
    with iron.open(path) as book:
        book.set([(f"xlp_in_{name}", (0, 0), 100.0) for name in REFERENCES])
        book.calculate()
        assert not failing(book)
        slot = book.area("xlp_scenarios").shape[1] - 1
        book.set([("xlp_in_adoption", (0, slot), 0.5)])
        book.calculate()
        assert failing(book) == {"scenario_names": place(book, "xlp_scenarios", 0, slot)}


#: A formula that is overwritten -> the check that sees it: line of the model or name, what is typed.
OVERWRITTEN = (
    ("operating_income", 1.0, {"income_statement", "bridge_income"}),
    ("scenario_revenue", "=1000", {"revenue_parts"}),
    ("bridge_operating_income_development", 5.0, {"bridge_income"}),
    ("bridge_operating_margin_supply", 0.01, {"bridge_margin"}),
    ("supply_index", -1.0, {"indices_positive"}),
    ("usage_index", "=1/0", {"errors"}),
    ("gross_margin", "=NA()", {"errors"}),
)


def test_an_overwritten_formula_of_the_draws_is_seen(
    engine: Any, small: Path, formulas: openpyxl.Workbook
) -> None:
    """What the lines of the draws give at the base is the headline; percentiles stand in order."""
    with engine.open(small) as book:
        p10, p90 = (book.area(f"xlp_range_{name}") for name in ("p10", "p90"))
        names = formulas["Workings"].iter_rows(min_row=p10.top, min_col=5, max_col=5)
        line = next(row[0].row for row in names if row[0].value == "scenario_revenue")  # Salesforce
        for row, column, wrong in ((line - 1, p10.left + 64, 1.0), (p90.top, p90.left, -1.0)):
            with typed(book, [("Workings", cell_name(row, column), wrong)]):
                assert "range" in failing(book)
        book.calculate()
        assert not failing(book)


def test_an_overwritten_formula_of_the_model_is_seen(opened: Book, formulas: openpyxl.Workbook) -> None:
    sheet = formulas["Model"]
    rows = {row[4].value: row[0].row for row in sheet.iter_rows(max_col=5) if row[4].value}
    for line, wrong, checks in OVERWRITTEN:
        cell = f"G{rows[line]}"  # Salesforce in the second scenario
        with typed(opened, [("Model", cell, wrong)], [sheet[cell].value]):
            found = failing(opened)
            assert checks <= set(found), f"{line}: {found}"
            if "errors" not in checks:
                assert all(found[check].startswith("'Model'!G") for check in checks), found


def test_base_ties_to_reported_figures_or_is_flagged(opened: Book) -> None:
    opened.calculate()
    at = int(opened.value("xlp_place", (0, 0))) - 1  # Salesforce's year among all figures
    ties = {
        "base_operating_income": "xlp_figures_operating_income",
        "base_eps": "xlp_figures_diluted_eps",
    }
    with typed(opened, [(name, (at, 0), opened.value(name, (at, 0)) * 1.01) for name in ties.values()]):
        assert failing(opened) == {check: place(opened, name, at) for check, name in ties.items()}


def test_the_worked_case_is_the_documentation_s(small: Path) -> None:
    """Native formulas on fixed inputs give the control totals of the model page."""
    assert WORKED_CASE == ("Salesforce", "FY2026", 0.3)
    sheet = openpyxl.load_workbook(small, data_only=True)["Checks"]
    native = {
        row[2].value: row[3].value for row in sheet.iter_rows(max_col=8) if isinstance(row[2].value, str)
    }
    control = {
        "usage_index": 1.330214, "price_index": 0.985388, "demand_index": 1.004426, "ai_revenue": 483.442965,
        "inference_cost": 104.039536, "scenario_revenue": 41551.667965, "gross_margin": 0.7770775521,
        "operating_income": 8391.836929, "operating_margin": 0.2019614937, "eps": 7.036249,
        "bridge_operating_income_unit_cost": 33.372, "bridge_operating_income_development": 26.9685,
    }  # fmt: skip
    for name, value in control.items():
        assert native[name] == pytest.approx(value, abs=6e-7), name


def test_nothing_unexpected_with_years_of_the_article(opened: Book) -> None:
    """OpenAI and DeepSeek have no figures then: not available, and no fault."""
    with typed(opened, [("xlp_in_as_of", (0, 0), "article")]):
        assert not failing(opened)
        eps = opened.block("xlp_out_eps")
        assert isinstance(eps[2][0], ErrorValue) and not isinstance(eps[0][0], ErrorValue)
