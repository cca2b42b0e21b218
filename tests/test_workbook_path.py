"""Path: every year equals the oracle's path, whatever is chosen or typed; what is uncertain is marked."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import oracle
import pytest
import sheet_cases
from engines import Book, ErrorValue, share
from sheet_cases import COMPANIES, SCENARIOS, SMALL, light, number, whole

pytestmark = pytest.mark.slow

YEARS = 11
CASES = (0.3, 1 - 10 ** (-6 / 10), 0.78, 0.9)
#: Row of the table -> line of the oracle and the factor that it is shown with.
ROWS = {
    "unit_cost": ("unit_cost_index", 1), "supply": ("supply_index", 1), "gross_margin": ("gross_margin", 1),
    "gross_margin_change": ("gross_margin_change", 10_000), "operating_margin": ("operating_margin", 1),
    "operating_margin_change": ("operating_margin_change", 10_000), "eps": ("eps", 1),
    "base_operating_income": ("base_operating_income", 1), "operating_income": ("operating_income", 1),
    "operating_income_change": ("operating_income_change", 1),
    "development": ("bridge_operating_income_development", 1),
}  # fmt: skip
#: Rows that stand in years beyond what the model can say, too.
ALWAYS = ("unit_cost", "supply", "base_operating_income")
HIDDEN = ("gross_margin_change", "operating_margin_change")


workbook = light("path", blocks=["path"], **SMALL)


def enter(book: Book, **entries: Any) -> None:
    book.set([(f"xlp_in_path_{name}", (0, 0), value) for name, value in entries.items()])


def check(
    book: Book, used: dict[str, float | None], decline: float, growth: float = 0, ai_growth: float = 0
) -> int:
    """Compare every number of the sheet with the oracle's path; return how many there are."""
    names = [*ROWS, "adoption", "eps_change"]
    found = book.get(*(f"xlp_path_row_{name}" for name in names), "xlp_path_beyond")
    used = {**used, "cost_reduction": 0.0}
    loses = oracle.evaluate(used)["base_operating_income"] < 0 if whole(used) else False
    charts = book.get(*(f"xlp_path_chart_{one}" for one in ("base", "after", "gross", "operating")))
    numbers = 0
    for t in range(YEARS):
        year = oracle.path_year(used, t, decline, growth, ai_growth)
        right = oracle.evaluate(year) if whole(used) else dict.fromkeys(oracle.evaluate(year), math.nan)
        cells = {name: found[f"xlp_path_row_{name}"][0][t] for name in names}
        beyond = whole(used) and used["ai_supply_revenue_share"] > 0  # type: ignore[operator]
        beyond = beyond and not 0.1 <= right["supply_index"] <= 10
        for name, (line, factor) in ROWS.items():
            if beyond and name not in ALWAYS:
                assert cells[name] == "beyond", (name, t)
                continue
            if loses and name in HIDDEN:
                assert cells[name] == "in m"
                continue
            value = number(cells[name]) / factor
            assert oracle.agree(line, value, right[line], year, 1e-8), (name, t, value, right[line])
            numbers += value == value
        adoption = year["adoption"] if whole(used) else number(cells["adoption"])
        assert number(cells["adoption"]) == pytest.approx(adoption, rel=1e-9, abs=1e-12, nan_ok=True)
        base = right["base_eps"]
        eps = right["eps_change"] / base if base > 0 else math.nan
        if beyond:
            assert cells["eps_change"] == "beyond"
        else:
            assert number(cells["eps_change"]) == pytest.approx(eps, rel=1e-7, abs=1e-9, nan_ok=True)
        assert (found["xlp_path_beyond"][0][t] == "yes") == beyond, t
        drawn = {name: number(rows[0][t]) for name, rows in charts.items()}
        if beyond:  # the charts draw the base alone
            assert all(math.isnan(value) for name, value in drawn.items() if name != "xlp_path_chart_base")
            continue
        of = "gross" if math.isnan(right["base_operating_income"]) else "operating"
        assert drawn["xlp_path_chart_after"] == pytest.approx(
            right[f"{of}_margin"] * 100, rel=1e-8, abs=1e-6, nan_ok=True
        )
        assert drawn["xlp_path_chart_base"] == pytest.approx(
            right[f"base_{of}_margin"] * 100, rel=1e-8, abs=1e-6, nan_ok=True
        )
        change = right["operating_income_change"] if loses else right["operating_margin_change"] * 10_000
        size = oracle.scale("operating_income", year) if loses else 10_000
        assert drawn["xlp_path_chart_operating"] == pytest.approx(
            change, rel=1e-8, abs=1e-8 * size, nan_ok=True
        )
        assert (drawn["xlp_path_chart_gross"] != drawn["xlp_path_chart_gross"]) == (
            loses or right["gross_margin"] != right["gross_margin"]
        )
    return numbers


def test_every_choice_of_the_lists(engine: Any, workbook: Path) -> None:
    numbers = 0
    with engine.open(workbook) as book:
        words = [row[0] for row in book.block("xlp_path_decline_cases")]
        for k in range(12):  # the labs too, under scenarios that do not apply to them
            company, scenario, case = COMPANIES[k % 4], SCENARIOS[(k + k // 4) % 4], (k + k // 4) % 4
            enter(book, company=company, scenario=scenario, decline_case=words[case])
            book.calculate()
            numbers += check(book, sheet_cases.inputs(company, scenario), CASES[case])
    assert numbers > 900


def test_typed_declines_growth_years_and_own_values(engine: Any, workbook: Path) -> None:
    cases = ((0.0, None, None), (0.95, 0.2, 0.1), (0.5, -0.3, -0.5), (0.999999, 0.05, 0.9), (0.75, None, 0.6))
    with engine.open(workbook) as book:
        enter(book, company="NVIDIA", scenario="price_war")
        book.set([
            ("xlp_in_fiscal_year", (1, 0), "FY2025"), ("xlp_in_own_market_elasticity", (1, 0), 0.7),
            ("xlp_in_own_committed_cost_share", (1, 0), 0.5), ("xlp_in_own_repricing_lag_years", (1, 0), 0.0),
        ])  # fmt: skip
        own = {"market_elasticity": 0.7, "committed_cost_share": 0.5, "repricing_lag_years": 0.0}
        used = sheet_cases.inputs("NVIDIA", "price_war", own, year="FY2025")
        seen: set[bool] = set()
        for decline, growth, ai_growth in cases:
            enter(book, annual_decline=decline, revenue_growth=growth, ai_share_growth=ai_growth)
            book.calculate()
            assert number(book.value("xlp_path_annual_decline")) == decline
            beyond = [cell == "yes" for cell in book.get("xlp_path_beyond")["xlp_path_beyond"][0]]
            told = len(ROWS) * YEARS - sum(beyond) * (len(ROWS) - len(ALWAYS))
            assert check(book, used, decline, growth or 0, ai_growth or 0) == told
            said = "beyond what the model can say in year 10" in str(book.value("Path", "B5"))
            assert said == beyond[10]
            seen |= set(beyond)
        assert seen == {True, False}, "years on both sides of the bound"


def test_random_figures_of_an_own_company_and_scenario(engine: Any, workbook: Path) -> None:
    with engine.open(workbook) as book:
        for k, seed in share(book, list(enumerate(range(111, 161)))):
            case = sheet_cases.Random(seed)
            decline, growth, ai_growth = (
                (0.1, 0.4, 0.62)[k % 3],
                (0.0, 0.15, -0.1)[k % 3],
                (0.3, 0.0, -0.2)[k % 3],
            )
            book.set(case.typed(book))
            enter(book, company=case.company, scenario=case.scenario, annual_decline=decline,
                  revenue_growth=growth, ai_share_growth=ai_growth)  # fmt: skip
            book.calculate()
            check(book, case.inputs(), decline, growth, ai_growth)


def test_wrong_entries_give_no_number_and_say_so(engine: Any, workbook: Path) -> None:
    wrongs = (
        ("company", None), ("company", "S*"), ("scenario", "Nobody"), ("decline_case", 1.0),
        ("annual_decline", 30.0), ("annual_decline", 1.0), ("annual_decline", "30%"),
        ("annual_decline", True),
        ("revenue_growth", -1.0), ("ai_share_growth", "text"), ("company", "Your company 1"),
        ("scenario", "Your scenario 1"),
    )  # fmt: skip
    with engine.open(workbook) as book:
        for name, wrong in wrongs:
            before = book.value(f"xlp_in_path_{name}")
            enter(book, **{name: wrong})
            book.calculate()
            rows = book.get(*(f"xlp_path_row_{one}" for one in ROWS))
            cells = [one for block in rows.values() for one in block[0]]
            assert all(isinstance(one, ErrorValue) and one == "#N/A" for one in cells), (name, wrong)
            assert book.value("Path", "B4") == "No result for this choice."
            assert len(str(book.value("Path", "B6") or "")) > 20, (name, wrong)
            enter(book, **{name: before})
        enter(book, decline_case="Nobody", annual_decline=0.4)  # what is typed counts before the list
        book.calculate()
        assert check(book, sheet_cases.inputs("Salesforce", "your_case"), 0.4) > 0


@pytest.mark.parametrize("language", ["en", "de"])
def test_sentences_and_marks(language: str, template_of: Callable[..., Path]) -> None:
    path = template_of(**SMALL) if language == "en" else template_of(language=language)
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    sheet = book[{"en": "Path", "de": "Zeitpfad"}[language]]
    assert [sheet.cell(row, 2).value for row in (4, 5)] == {
        "en": [
            "Salesforce, Your case, annual fall of unit cost 74.9%: operating margin is 20.5% in year 5, "
            "against a base of 20.1% (+44.4 bp).",
            "In year 10 it is 20.5% (+45.2 bp), least certain.",
        ],
        "de": [
            "Salesforce, Ihr Fall, Rückgang der Stückkosten pro Jahr 74,9 %: Die operative Marge liegt im Jahr "
            "5 bei 20,5 %, Basis 20,1 % (+44,4 Bp).",
            "Im Jahr 10 sind es 20,5 % (+45,2 Bp), am unsichersten.",
        ],
    }[language]
    ((_, area),) = book.defined_names["xlp_path_years"].destinations
    head = sheet[area.replace("$", "")][0]
    marked = [cell for cell in sheet[head[0].row - 1] if cell.value]
    assert [cell.column - head[0].column for cell in marked] == [6]  # years 6 to 10, the words across them
    assert all(
        sheet.cell(head[0].row - 1, head[t].column).alignment.horizontal == "centerContinuous"
        for t in range(6, 11)
    )
