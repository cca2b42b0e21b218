"""A filled template run from Python is what LibreOffice computes in it, and what its cells hold."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import oracle
import pytest
import your_case
from open_books import from_file

import xlplugin
from xlplugin.model.errors import InputError

pytestmark = pytest.mark.slow

LINES = (
    "scenario_revenue",
    "gross_margin",
    "operating_income",
    "operating_margin_change",
    "eps",
    "reference_eps_after",
)
NEW = {
    "revenue": 1000.0, "cost_of_revenue": 400.0, "research_and_development": 100.0, "sales_and_marketing": 150.0,
    "general_and_administrative": 50.0, "other_operating_expense": 0.0, "income_tax_rate": 0.25,
    "net_income": 200.0, "diluted_shares": 100.0,
}  # fmt: skip


def figures(result: Any, line: str) -> dict[tuple[str, str], float]:
    return {(r["company"], r["scenario"]): r[line] for r in result.to_dict("records")}


def agree(shown: object, computed: float, scale: float) -> bool:
    if isinstance(shown, (int, float)) and not isinstance(shown, bool):
        return math.isclose(shown, computed, rel_tol=1e-9, abs_tol=1e-9 * scale)
    return math.isnan(computed)


def test_all_presets_and_companies_equal_the_cached_values(template: Path) -> None:
    result, book = xlplugin.run(template), from_file(template, formulas=False)

    def cells(name: str) -> Any:
        return book.cells(book.area(name))

    companies = [row[0] for row in cells("xlp_companies")]
    scenarios = cells("xlp_scenarios")[0]
    scale = {"money": 400_000.0}
    compared = 0
    from xlplugin.model.lines import LINES as EVERY
    from xlplugin.model.lines import UNITS

    for line in EVERY:
        found = figures(result, line)
        for company, row in zip(companies, cells(f"xlp_out_{line}"), strict=True):
            for scenario, value in zip(scenarios, row, strict=True):
                if company and scenario:
                    assert agree(value, found[company, scenario], scale.get(UNITS[line], 1.0)), (
                        line,
                        company,
                        scenario,
                    )
                    compared += 1
    assert compared == len(EVERY) * len(result)


def test_a_filled_template_is_what_libreoffice_computes(template: Path, calc: Any, tmp_path: Path) -> None:
    with calc.open(template) as book:
        slots = [row[0] for row in book.block("xlp_companies")]
        free, free_scenario = slots.index(None), book.block("xlp_scenarios")[0].index(None)
        entries: list[tuple[str, tuple[int, int] | None, Any]] = [
            ("xlp_in_your_reduction", (0, 0), 0.42), ("xlp_in_your_reduction_all", (0, 0), 0.2), ("xlp_in_pass_through", (0, 0), 0.5), ("xlp_in_cost_reduction", (5, 2), 0.25),
            ("xlp_in_credibility", (0, 1), 0.5), ("xlp_in_scenario_cost_reduction", (0, 3), None),
            ("xlp_in_own_ai_revenue_share", (0, 0), 0.02), ("xlp_in_own_pass_through", (2, 0), 0.4),
            ("xlp_in_fiscal_year", (2, 0), "FY2024"), ("xlp_in_reference_eps", (1, 0), 2.0),
            ("xlp_companies", (free, 0), "Acme"), ("xlp_in_company_fiscal_year", (0, 0), "FY2026"),
            ("xlp_scenarios", (0, free_scenario), "mine"), ("xlp_in_scenario_cost_reduction", (0, free_scenario), -0.2),
            *((f"xlp_in_company_{name}", (0, 0), value) for name, value in NEW.items()),
        ]  # fmt: skip
        book.set(entries)
        book.calculate()
        companies = [row[0] for row in book.block("xlp_companies")]
        scenarios = book.block("xlp_scenarios")[0]
        blocks = {line: book.block(f"xlp_out_{line}") for line in LINES}
        filled = book.save_as(tmp_path / "filled.xlsx")
    result = xlplugin.run(filled, lines=LINES, inputs="used")
    assert {"Acme", "mine"} <= {*result["company"], *result["scenario"]}
    compared = 0
    for line in LINES:
        found = figures(result, line)
        for i, company in enumerate(companies):
            for k, scenario in enumerate(scenarios):
                if company and scenario:
                    shown = blocks[line][i][k]
                    assert agree(shown, found[company, scenario], 400_000 if "revenue" in line or "income" in line else 1), (
                        line, company, scenario, shown, found[company, scenario],
                    )  # fmt: skip
                    compared += 1
    assert compared == len(LINES) * 8 * 13
    assert figures(result, "cost_reduction")["Microsoft", "your_case"] == 0.2
    row = result[(result["company"] == "Salesforce") & (result["scenario"] == "your_case")].iloc[0]
    assert (row["cost_reduction"], row["ai_revenue_share"]) == (0.42, 0.02)
    assert "ai_revenue_share" in row["overrides"]


def test_faulty_entries_name_their_cell(small_template: Path, iron: Any, tmp_path: Path) -> None:
    with iron.open(small_template) as book:
        book.set([("xlp_in_your_reduction", (0, 0), 30), ("xlp_in_own_adoption", (1, 0), "much")])
        book.calculate()
        place = book.area("xlp_in_your_reduction")
        filled = book.save_as(tmp_path / "filled.xlsx")
    with pytest.raises(InputError) as caught:
        xlplugin.run(filled)
    texts = [str(fault) for fault in caught.value.faults]
    assert len(texts) == 2
    assert (
        texts[0].startswith(f"{place.sheet}!")
        and "cost_reduction is 30" in texts[0]
        and "enter 30% or 0.3" in texts[0]
    )
    assert "adoption is 'much'" in texts[1]
    kept = xlplugin.run(filled, errors="keep")
    wrong = kept[kept["fault"].notna()]
    assert set(wrong["company"]) == {"Salesforce", "ServiceNow"}
    assert (len(wrong), wrong["eps"].notna().sum()) == (
        1 + 3,
        0,
    )  # its own case, and every scenario of ServiceNow


def test_a_wrong_word_in_the_switch_of_years_is_a_fault_and_not_the_latest_year(
    small_template: Path, iron: Any, tmp_path: Path
) -> None:
    with iron.open(small_template) as book:
        book.set([("xlp_in_as_of", (0, 0), "perhaps"), ("xlp_in_fiscal_year", (2, 0), "FY2024")])
        book.calculate()
        place = book.area("xlp_in_as_of")
        filled = book.save_as(tmp_path / "filled.xlsx")
        companies = [row[0] for row in book.block("xlp_companies")]
        shown = [row[0] for row in book.block("xlp_out_eps")]
    with pytest.raises(
        InputError, match=rf"{place.sheet}!D\d+: xlp_in_as_of is 'perhaps' \(allowed: yes or no\)"
    ):
        xlplugin.run(filled)
    kept = xlplugin.run(filled, lines=["eps"], errors="keep")
    kept = kept[kept["scenario"] == "your_case"].set_index("company")["eps"]
    for company, figure in zip(companies, shown, strict=True):
        if company:
            assert math.isnan(kept[company]) == isinstance(figure, str) == (company != "Microsoft"), company


def test_the_oracle_agrees_with_an_untouched_template(template: Path) -> None:
    result = xlplugin.run(template)
    rows, assumptions = oracle.companies(), oracle.assumptions()
    for scenario in your_case.columns():
        for name in ("Salesforce", "NVIDIA"):
            inputs = oracle.fill(oracle.latest(rows, name), assumptions, scenario).inputs
            record = result[(result["company"] == name) & (result["scenario"] == scenario["scenario"])].iloc[
                0
            ]
            lines = {line: record[line] for line in oracle.evaluate(inputs) if line in record}
            assert len(lines) > 40
            assert not oracle.disagreements(lines, inputs)
