"""What every sheet keeps to: short formulas, references every engine reads, order, outline, pages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import range_boundaries

from xlplugin.workbook.builder.texts import text

pytestmark = pytest.mark.slow

TECHNICAL = ("model", "workings", "outputs")

#: Pages that a sheet may take, where it is read on more or fewer than two.
PAGES = {"dashboard": 1, "sensitivity": 1, "path": 1, "companies": 4, "results": 4, "sources": 9,
         "model": 4, "workings": 6, "outputs": 5}  # fmt: skip


@pytest.fixture(scope="module")
def books(template_of: Callable[..., Path]) -> dict[str, Any]:
    """The template in each language, as openpyxl reads it."""
    return {language: openpyxl.load_workbook(template_of(language)) for language in ("en", "de")}


@pytest.fixture(scope="module")
def formulas(books: dict[str, Any]) -> dict[str, list[tuple[str, str, str]]]:
    """Sheet, cell and text of every formula, by language."""
    return {
        language: [
            (sheet.title, cell.coordinate, cell.value)
            for sheet in book for row in sheet.iter_rows() for cell in row
            if isinstance(cell.value, str) and cell.value.startswith("=")
        ]
        for language, book in books.items()
    }  # fmt: skip


def arguments(formula: str, start: int) -> list[str]:
    """The arguments of the call whose bracket opens before ``start``."""
    depth, quoted, found = 0, False, [""]
    for sign in formula[start:]:
        quoted ^= sign == '"'
        if not quoted:
            depth += (sign == "(") - (sign == ")")
            if depth < 0:
                break
            if sign == "," and depth == 0:
                found.append("")
                continue
        found[-1] += sign
    return found


def one_row_wide(reference: str, names: dict[str, str]) -> bool:
    area = names.get(reference, reference).rpartition("!")[2].replace("$", "")
    if not re.fullmatch(r"[A-Z]+\d+:[A-Z]+\d+", area):
        return False
    left, top, right, bottom = range_boundaries(area)
    return top == bottom and right > left


def test_a_row_of_one_cell_s_height_is_read_by_row_and_column(
    books: dict[str, Any], formulas: dict[str, Any]
) -> None:
    """``INDEX(row, k)`` is an error in Gnumeric and in Numbers."""
    names = {name: defined.attr_text for name, defined in books["en"].defined_names.items()}
    assert one_row_wide("xlp_scenario_labels", names) and not one_row_wide("xlp_company_names", names)
    read, short = 0, Counter[str]()
    for sheet, _, formula in formulas["en"]:
        for call in re.finditer(r"\bINDEX\(", formula):
            given = arguments(formula, call.end())
            if one_row_wide(given[0], names):
                read += len(given) == 3
                short[f"{sheet}: {given[0]}"] += len(given) != 3
    assert read > 1000 and +short == Counter()


#: About 300 characters, for a formula that is no traced line.
LONGEST = 315

#: Sheets of formulas that the model's lines themselves give.
TRACED = ("model", "workings")


@pytest.mark.parametrize("language", ["en", "de"])
def test_formulas_are_short(language: str, formulas: dict[str, Any]) -> None:
    """A sentence is joined from pieces, a choice made in steps: each formula can be read in its cell."""
    traced, seen, long = {text(f"sheet.{key}", language) for key in TRACED}, 0, Counter[str]()
    for sheet, place, formula in formulas[language]:
        seen += 1
        if sheet not in traced and len(formula) > LONGEST:
            long[f"{sheet}!{place}: {formula[:60]}"] = len(formula)
    assert seen > 20_000 and long == Counter()


@pytest.mark.parametrize("language", ["en", "de"])
def test_sheets_for_tracing_stand_last_with_grey_tabs(language: str, books: dict[str, Any]) -> None:
    book = books[language]
    assert book.sheetnames[-len(TECHNICAL) :] == [text(f"sheet.{key}", language) for key in TECHNICAL]
    grey = [sheet.title for sheet in book if sheet.sheet_properties.tabColor is not None]
    assert grey == book.sheetnames[-len(TECHNICAL) :]


def test_what_a_sheet_stands_on_is_grouped_and_open(books: dict[str, Any]) -> None:
    """The rows below what is printed, where there are some: in the outline, none of them hidden."""
    book = books["en"]
    for key in ("results", "dashboard", "sensitivity", "path", "checks"):
        sheet = book[text(f"sheet.{key}")]
        _, _, _, bottom = range_boundaries(str(sheet.print_area).rpartition("!")[2].replace("$", ""))
        rows = range(bottom + 1, sheet.max_row + 1)
        grouped = [row for row in rows if sheet.row_dimensions[row].outlineLevel]
        assert len(grouped) >= len(rows) - 3 and len(rows) > 20, key
        assert not any(sheet.row_dimensions[row].hidden for row in rows)
        assert not any(sheet.row_dimensions[row].outlineLevel for row in range(1, bottom))


@pytest.mark.parametrize(("language", "word"), [("en", "Advertising (*)"), ("de", "Werbung (*)")])
def test_sources_names_business_models_in_words(language: str, word: str, books: dict[str, Any]) -> None:
    sheet = books[language][text("sheet.sources", language)]
    names = [str(cell.value) for (cell,) in sheet.iter_rows(min_col=2, max_col=2)]
    assert word in names and not [name for name in names if name.startswith("*")]


def test_draws_are_grouped_below_their_percentiles(books: dict[str, Any]) -> None:
    """On Workings: percentiles of each company in sight, what they are taken from in the outline, open."""
    book = books["en"]
    sheet = book[text("sheet.workings")]
    _, _, _, percentiles = range_boundaries(
        book.defined_names["xlp_range_p10"].attr_text.rpartition("!")[2].replace("$", "")
    )
    outline = {row for row in range(1, sheet.max_row + 1) if sheet.row_dimensions[row].outlineLevel}
    assert outline == set(range(percentiles + 2, sheet.max_row + 1)) and len(outline) > 200
    assert not any(sheet.row_dimensions[row].hidden for row in outline)


def test_no_formula_takes_all_columns_by_a_0(formulas: dict[str, Any]) -> None:
    """``INDEX(block, k, 0)`` is an error in Gnumeric."""
    looked, found = 0, []
    for sheet, place, formula in formulas["en"]:
        for call in re.finditer(r"\bINDEX\(", formula):
            looked += 1
            if "0" in arguments(formula, call.end())[1:]:
                found.append(f"{sheet}!{place}: {formula[:80]}")
    assert looked > 10_000 and found == []


def test_the_whole_workbook_prints_on_about_forty_pages(
    books: dict[str, Any], template_of: Callable[..., Path], calc: Any, tmp_path: Path
) -> None:
    """Every sheet bears its title on each page; sheets that are read take one or two."""
    pdf = tmp_path / "book.pdf"
    with calc.open(template_of("de")) as book:
        book.save_as(pdf)
    pages = len(re.findall(rb"/Type\s*/Page\b", pdf.read_bytes()))
    assert 15 <= pages <= 42
    # how a sheet is fitted is what a printer goes by
    for sheet in books["de"]:
        key = next(key for key in _KEYS if text(f"sheet.{key}", "de") == sheet.title)
        setup = sheet.page_setup
        assert sheet.sheet_properties.pageSetUpPr.fitToPage, key
        down = int(setup.fitToHeight or 0) or PAGES.get(key, 2)
        assert int(setup.fitToWidth) * down <= PAGES.get(key, 2), key


_KEYS = (
    "overview", "about", "inputs", "companies", "results", "dashboard", "sensitivity", "path", "checks", "sources",
    *TECHNICAL,
)  # fmt: skip
