"""Inputs: what each cell takes, lists by short name, added companies of a business model, wrong entries."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import oracle
import pytest
import your_case
from engines import Book, ErrorValue

import xlplugin
from xlplugin.workbook.builder.texts import text
from xlplugin.workbook.template import build_template

pytestmark = pytest.mark.slow

#: One company, your case and one preset beside it.
FEW = {"companies": ["Salesforce"], "scenarios": ["your_case", "price_war"]}
FIGURES = {
    "revenue": 1000.0, "cost_of_revenue": 400.0, "research_and_development": 100.0, "sales_and_marketing": 150.0,
    "general_and_administrative": 50.0, "other_operating_expense": 0.0, "income_tax_rate": 0.25,
    "net_income": 200.0, "diluted_shares": 100.0,
}  # fmt: skip
LINES = ("gross_margin", "operating_margin", "operating_income", "eps", "inference_cost")
MODELS = {"Cloud": "cloud", "advertising": "advertising", "Chips": "chips"}


def test_an_added_company_takes_what_its_business_model_assumes(
    template_of: Callable[..., Path], calc: Any, tmp_path: Path
) -> None:
    """The sheet, ``run`` of the filled file and the oracle say the same, by label and by key."""
    scenarios = [row for row in your_case.columns() if row["scenario"] in FEW["scenarios"]]
    with calc.open(template_of(**FEW)) as book:
        slot = [row[0] for row in book.block("xlp_companies")].index(None)
        for i, model in enumerate(MODELS):
            book.set(
                [
                    ("xlp_companies", (slot + i, 0), f"Mine {i}"),
                    ("xlp_in_company_business_model", (i, 0), model),
                ]
            )
            book.set([(f"xlp_in_company_{name}", (i, 0), value) for name, value in FIGURES.items()])
        book.calculate()
        shown = {line: book.block(f"xlp_out_{line}") for line in LINES}
        assert book.value("xlp_check_failed") == 0
        filled = book.save_as(tmp_path / "filled.xlsx")
    result = xlplugin.run(filled, lines=LINES)
    bases = set()
    for i, model in enumerate(MODELS.values()):
        row = {name: repr(value) for name, value in FIGURES.items()}
        row |= dict.fromkeys(set(oracle.FINANCIALS) - set(FIGURES), "")
        row |= {"company": f"Mine {i}", "fiscal_year": "", "business_model": model}
        for j, scenario in enumerate(scenarios):
            right = oracle.evaluate(oracle.fill(row, oracle.assumptions(), scenario).inputs)
            found = result[
                (result["company"] == f"Mine {i}") & (result["scenario"] == scenario["scenario"])
            ].iloc[0]
            for line in LINES:
                assert math.isclose(shown[line][slot + i][j], right[line], rel_tol=1e-9), (model, line)
                assert math.isclose(found[line], right[line], rel_tol=1e-9), (model, line)
        bases.add(shown["inference_cost"][slot + i][0])
    assert len(bases) == 3  # each model assumes something else


def test_a_business_model_that_is_not_in_the_list(
    template_of: Callable[..., Path], iron: Any, tmp_path: Path
) -> None:
    with iron.open(template_of(companies=["Salesforce"], scenarios=["your_case"])) as book:
        slot = [row[0] for row in book.block("xlp_companies")].index(None)
        book.set([("xlp_companies", (slot, 0), "Mine")])
        book.set([(f"xlp_in_company_{name}", (0, 0), value) for name, value in FIGURES.items()])
        for n, wrong in enumerate(("bank", 30.0, True)):
            book.set([("xlp_in_company_business_model", (0, 0), wrong)])
            book.calculate()
            assert isinstance(book.block("xlp_out_operating_margin")[slot][0], ErrorValue), wrong
            assert book.value("xlp_check_failed") == 1, wrong
            filled = book.save_as(tmp_path / f"filled {n}.xlsx")
            with pytest.raises(xlplugin.InputError, match="business_model"):
                xlplugin.run(filled)


@pytest.mark.parametrize(("language", "label"), [("en", "Price war"), ("de", "Preiskampf")])
def test_lists_offer_short_names_and_take_keys(
    language: str, label: str, iron: Any, template_of: Callable[..., Path]
) -> None:
    with iron.open(template_of(language=language, **FEW)) as book:
        assert book.value("xlp_in_dashboard_scenario_a") == text("scenario.your_case", language)
        assert label in book.block("xlp_scenario_labels")[0]
        chosen = []
        for name in (label, "price_war"):
            for sheet in ("dashboard", "sensitivity", "path"):
                place = f"xlp_in_{sheet}_scenario{'_a' if sheet == 'dashboard' else ''}"
                book.set([(place, (0, 0), name)])
            book.calculate()
            places = ("xlp_dashboard_scenario_a", "xlp_sensitivity_scenario", "xlp_path_scenario")
            chosen.append([book.value(place) for place in places])
            assert book.value("xlp_check_failed") == 0
        assert chosen[0] == chosen[1] == [book.block("xlp_scenarios")[0].index("price_war") + 1] * 3


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_articles_moment_is_yes_or_no(
    language: str, iron: Any, template_of: Callable[..., Path], tmp_path: Path
) -> None:
    yes, no = (text(f"choice.{word}", language) for word in ("yes", "no"))
    years = {yes: "FY2025", no: "FY2026", "article": "FY2025", None: "FY2026"}
    with iron.open(template_of(language=language, **FEW)) as book:
        assert book.value("xlp_in_as_of") == no
        for i, (typed, year) in enumerate(years.items()):
            book.set([("xlp_in_as_of", (0, 0), typed)])
            book.calculate()
            assert book.block("xlp_year_used")[0][0] == year, typed
            assert book.value("xlp_check_failed") == 0, typed
            filled = book.save_as(tmp_path / f"filled {i}.xlsx")
            result = xlplugin.run(filled, errors="keep")
            assert set(result[result["company"] == "Salesforce"]["fiscal_year"]) == {year}, typed
        book.set([("xlp_in_as_of", (0, 0), "perhaps")])
        book.calculate()
        assert isinstance(book.block("xlp_year_used")[0][0], ErrorValue)
        assert book.value("xlp_check_failed") >= 1


WRONG = ("text", "30%", 30.0, -3.0, True, "=1/0", 45000.0)


def test_wrong_entries_in_every_cell_are_flagged_and_give_no_number(book: Book) -> None:
    """Every cell for a number on Overview and Inputs holds the wrong entry at once; each is counted."""
    build = build_template()
    sheets = {build.sheets[key].title for key in ("overview", "inputs")}
    numeric = [
        one
        for one in build.open_cells
        if one.block.title in sheets and one.input not in ("name", "choice", "year", "text")
    ]
    cells = [
        (one, row, column)
        for one in numeric
        for row in range(one.block.height)
        for column in range(one.block.width)
    ]
    assert len(cells) > 300
    for wrong in WRONG:
        book.set([(one.block.title, one.block.near(row, column), wrong) for one, row, column in cells])
        book.calculate()
        expected = sum(not fits(one.input, wrong) for one, _, _ in cells)
        assert book.value("xlp_check_entry_faults") == expected, wrong
        after = [value for row in book.block("xlp_out_operating_margin") for value in row]
        assert all(isinstance(value, ErrorValue) for value in after), wrong


def fits(name: str, wrong: Any) -> bool:
    """Whether a wrong entry is none for an input of a wide domain, such as 30 for a reference."""
    if not isinstance(wrong, float):
        return False
    return name in ("reference_operating_income", "reference_eps") or (
        name == "reference_share_price" and wrong > 0
    )


def test_a_pasted_3000_per_cent_turns_red(template: Path) -> None:
    """Every cell for a number has the rule that marks what is outside its domain."""
    build = build_template(companies=["Salesforce"], scenarios=["half"])
    for one in build.open_cells:
        if one.input in ("name", "choice", "year", "text", "weight", "axis"):
            continue
        sheet = next(sheet for sheet in build.sheets.values() if sheet.title == one.block.title)
        rules = [
            rule
            for area in sheet.ws.conditional_formatting
            if str(area.sqref) == one.block.area
            for rule in area.rules
        ]
        assert any("ISLOGICAL" in rule.formula[0] and rule.dxf.fill for rule in rules), one.name


def test_your_case_comes_first_and_other_scenarios_are_grouped(template: Path) -> None:
    book = openpyxl.load_workbook(template)
    sheet = book["Inputs"]

    def top(name: str) -> int:
        return int(next(iter(book.defined_names[name].destinations))[1].split("$")[2].rstrip(":"))

    assert sheet.cell(top("xlp_scenario_label_cells"), 5).value == "Your case"
    assert top("xlp_scenario_label_cells") < top("xlp_in_pass_through") < top("xlp_in_cost_reduction")
    levels = {row: sheet.row_dimensions[row].outlineLevel for row in range(1, sheet.max_row + 1)}
    assert levels[top("xlp_in_cost_reduction")] == 1 and levels[top("xlp_in_pass_through")] == 0
