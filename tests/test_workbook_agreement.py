"""Whatever stands in a cell, a run of the file computes what the sheet shows, or says what is wrong with it.

Every block of cells that the analyst fills takes odd entries, one a cell. For each company and scenario:
a number of the run is the sheet's; where the sheet has one and the run has none, the run names a fault.
"""

from __future__ import annotations

import datetime
import itertools
import math
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import oracle
import pytest
from engines import Book
from sheet_cases import COMPANIES
from workbook_edits import lighter

import xlplugin
from xlplugin.batch.readers.filled_template import filled
from xlplugin.batch.readers.template_blocks import Blocks
from xlplugin.batch.runner import computed
from xlplugin.batch.selection import Selection
from xlplugin.data.shipped import shipped
from xlplugin.workbook.template import build_template

pytestmark = pytest.mark.slow

LINES = ("operating_margin", "gross_margin_change", "eps", "reference_eps_after", "implied_share_price")
NEW = {
    "revenue": 1000.0, "cost_of_revenue": 400.0, "research_and_development": 100.0, "sales_and_marketing": 150.0,
    "general_and_administrative": 50.0, "other_operating_expense": 0.0, "income_tax_rate": 0.25,
    "net_income": 200.0, "diluted_shares": 100.0,
}  # fmt: skip

#: What may stand in a cell: a value, or an error as Excel shows it.
ODD = (
    " ", True, 0.0, " 40% ", 0.25, "40 %", -0.5, "ja", 30.0, "#N/A", "0,4", False, 1.0, "0.4", "text", -1.0,
    "#DIV/0!", "FY2025", "\u00a0", "*",
)  # fmt: skip
WORDS = (
    "yes", " YES ", "ja", "Ja ", "no", "NEIN", " ", "\u00a0", "oui", "article", " Article", "artikel", True, 1.0,
    "#N/A", "*", "FY2025", " fy2025", "2025", 2025.0, "FY25", "GJ 2025", "FY2024", "40%",
)  # fmt: skip
NAMES = (
    "Acme", "Acme ", " Acme", "Ac  me", "Salesforce", "salesforce", "Salesforce ", "Sales\u00a0force", "*", "Sales*",
    "A~b", "TRUE", "half", "HALF ", "Price war", "Price_War", "mine", " ", "2025", 2025.0, True, "#N/A",
)  # fmt: skip
MODELS = ("Cloud", "cloud", " Cloud", "Werbung", "advertising ", " ", "lab", True, "*")

#: A small workbook: one company that sells AI infrastructure, two labs, a preset that does not hold for all.
CHOICE = {"companies": COMPANIES, "scenarios": ("your_case", "deepseek_headline", "half", "price_war")}

Cell = tuple[str, int, int, Any]  # sheet, row and column from 1, value


class Sheets:
    """A template in a spreadsheet, and the run of what it holds."""

    def __init__(self, book: Book, path: Path) -> None:
        self.book, self.path, self.blocks = book, path, Blocks(path)
        self.build = build_template(**CHOICE)

    def type(self, cells: Iterable[Cell]) -> None:
        for sheet, row, column, value in cells:
            typed = (
                {"#N/A": "=NA()", "#DIV/0!": "=1/0"}.get(value, value) if isinstance(value, str) else value
            )
            self.book.set([(f"'{sheet}'!A1:CZ999", (row - 1, column - 1), typed)])
            self.blocks.type(sheet, row, column, value)

    def held(self, sheet: str, row: int, column: int) -> Any:
        rows = self.blocks._grids[sheet]
        cells = rows[row - 1] if row <= len(rows) else ()
        return cells[column - 1] if column <= len(cells) else None

    def differences(self) -> Iterator[tuple[Any, ...]]:
        self.book.calculate()
        shown = {line: self.book.block(f"xlp_out_{line}") for line in LINES}
        found = filled(self.blocks, self.path, shipped())
        result = computed(
            found.rows, Selection.of(found.dataset, found.companies, None, LINES, own=found.own)
        )
        companies = [row[0] for row in self.book.block("xlp_companies")]
        scenarios = self.book.block("xlp_scenarios")[0]
        yield from apart(shown, companies, scenarios, xlplugin_rows(result))


def xlplugin_rows(result: Any) -> list[dict[str, Any]]:
    from xlplugin.batch.frames import frame_of

    return frame_of(result, with_faults=True).to_dict("records")


def apart(
    shown: dict[str, list[list[Any]]], companies: list[Any], scenarios: list[Any], rows: list[dict[str, Any]]
) -> Iterator[tuple[Any, ...]]:
    """Where sheet and run differ."""
    ran: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        ran.setdefault((str(row["company"]), str(row["scenario"])), row)
    for (i, company), (j, scenario) in itertools.product(enumerate(companies), enumerate(scenarios)):
        row = ran.get((str(company).strip(), str(scenario).strip()))
        for line in LINES:
            sheet = shown[line][i][j]
            figure = math.nan if row is None else row[line]
            if not isinstance(sheet, float):
                alike = math.isnan(figure)
            elif math.isnan(figure):
                alike = row is not None and isinstance(row["fault"], str)
            else:
                alike = math.isclose(sheet, figure, rel_tol=1e-9, abs_tol=1e-9)
            if not alike:
                yield company, scenario, line, sheet, figure


@pytest.fixture(scope="module")
def sheets(
    template_of: Callable[..., Path], iron: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Sheets]:
    """A template with three companies and two scenarios of the analyst's own, and references for all."""
    template = template_of(**CHOICE)
    with iron.open(lighter(template, tmp_path_factory.mktemp("odd") / "light.xlsx")) as book:
        opened = Sheets(book, template)
        names = opened.build.names

        def cell(name: str, row: int, column: int, value: Any) -> Cell:
            return names[name].title, names[name].top + row, names[name].left + column, value

        first, slot = len(opened.build.companies), names["xlp_scenarios"].width - 2
        cells = [
            cell(f"xlp_in_{name}", i, 0, value)
            for name, value in zip(oracle.REFERENCES, (500.0, 3.0, 100.0), strict=True)
            for i in range(first + 3)
        ]
        for i, company in enumerate(("Alpha", "Beta", "Gamma")):
            cells += [
                cell("xlp_companies", first + i, 0, company),
                cell("xlp_in_company_fiscal_year", i, 0, "FY2026"),
            ]
            cells += [cell(f"xlp_in_company_{name}", i, 0, value) for name, value in NEW.items()]
        for i, scenario in enumerate(("mine", "other")):
            cells += [cell("xlp_scenarios", 0, slot + i, scenario),
                      cell("xlp_in_scenario_cost_reduction", 0, slot + i, 0.2)]  # fmt: skip
        opened.type(cells)
        assert not list(opened.differences())
        yield opened


def blocks_of(opened: Sheets, *inputs: str, other: bool = False) -> list[tuple[str, list[Cell]]]:
    """The cells of each block that is filled (of a table, every second one), by name; those of charts apart."""
    unread = ("xlp_in_dashboard", "xlp_in_sensitivity", "xlp_in_path", "xlp_in_functions", "xlp_in_weight")
    found = []
    for one in opened.build.open_cells:
        if one.name.startswith(unread) or (one.input in inputs) is other:
            continue
        block = one.block
        places = [(r, c) for r in range(block.height) for c in range(block.width)]
        if block.height > 1 and block.width > 1:
            places = [(r, c) for r, c in places if (r + c) % 2 == 0]
        found.append((one.name, [(block.title, block.top + r, block.left + c, None) for r, c in places]))
    return found


def tried(opened: Sheets, cells: list[Cell], values: Iterable[Any]) -> list[tuple[Any, ...]]:
    """What differs while the values stand in the cells, as many at a time as there are cells."""
    before, wrong = [(*cell[:3], opened.held(*cell[:3])) for cell in cells], []
    left = list(values)
    while left:
        typed = [(*cell[:3], value) for cell, value in zip(cells, left, strict=False)]
        left = left[len(cells) :]
        opened.type(typed)
        wrong += [(typed, *one) for one in itertools.islice(opened.differences(), 3)]
        opened.type(before)
    return wrong


def test_odd_entries_in_every_cell_for_a_number(sheets: Sheets) -> None:
    blocks = blocks_of(sheets, "name", "choice", "year", "text", "weight", "axis", other=True)
    assert len(blocks) > 50
    for i, (name, cells) in enumerate(blocks):  # each block takes another part of them
        turned = [*ODD[i % len(ODD) :], *ODD[: i % len(ODD)]]
        values = turned if len(cells) == 1 else turned[: 2 * len(cells)]
        assert not tried(sheets, cells, values), name


def test_words_for_years(sheets: Sheets) -> None:
    (switch,) = [cells for name, cells in blocks_of(sheets, "choice") if name == "xlp_in_as_of"]
    ((_, years),) = blocks_of(sheets, "year")
    assert not tried(sheets, switch, WORDS)
    for turn in (0, 3):  # most companies meet a year of theirs
        assert not tried(sheets, years, [*WORDS[turn:], *WORDS[:turn]])
    place = sheets.build.names["xlp_in_company_fiscal_year"]
    labels = [(place.title, place.top + i, place.left, None) for i in range(place.height)]
    assert not tried(sheets, labels, (" FY2026 ", True, 2026.0, "#N/A", " ", "*", None))


def test_names_and_business_models(sheets: Sheets) -> None:
    for _, cells in blocks_of(sheets, "name"):
        assert not tried(sheets, cells[:1], NAMES)
    for name, cells in blocks_of(sheets, "choice"):
        if name == "xlp_in_company_business_model":  # whether it is taken: assumptions are computed cells
            for word in MODELS:
                sheets.type([(*cells[0][:3], word)])
                sheets.book.calculate()
                number = sheets.book.block("xlp_company_model")[0][0]
                told = [fault for faults in filled(sheets.blocks, sheets.path, shipped()).rows.wrong.values()
                        for fault in faults if fault.input == "business_model"]  # fmt: skip
                assert bool(told) == (not isinstance(number, float)), word
            sheets.type([(*cells[0][:3], None)])


@pytest.mark.parametrize(("language", "yes"), [("en", " JA "), ("de", "Yes")])
def test_a_saved_file_is_read_as_it_is_shown(
    language: str, yes: str, engine: Any, template_of: Callable[..., Path], tmp_path: Path
) -> None:
    """The article's moment in the other language's word: the labs have no figures of it, for both."""
    companies = ["Salesforce", "ServiceNow", "Microsoft", "NVIDIA", "OpenAI", "DeepSeek"]
    path = template_of(language=language, companies=companies, scenarios=["your_case", "half"])
    with engine.open(path) as book:
        book.set([
            ("xlp_in_as_of", (0, 0), yes), ("xlp_in_fiscal_year", (0, 0), " fy2026 "), ("xlp_in_fiscal_year", (1, 0), "ja"),
            ("xlp_in_fiscal_year", (2, 0), " Article"), ("xlp_in_your_reduction", (3, 0), "40 %"),
            ("xlp_companies", (6, 0), "Acme "), ("xlp_companies", (7, 0), "Beta"),
            *((f"xlp_in_company_{name}", (slot, 0), value) for slot in (0, 1) for name, value in NEW.items()),
        ])  # fmt: skip
        book.calculate()
        shown = {line: book.block(f"xlp_out_{line}") for line in LINES}
        companies, scenarios = [row[0] for row in book.block("xlp_companies")], book.block("xlp_scenarios")[0]
        years = [row[0] for row in book.block("xlp_year_used")]
        assert book.value("xlp_check_failed") > 0
        saved = book.save_as(tmp_path / "filled.xlsx")
    rows = xlplugin.run(saved, lines=LINES, errors="keep").to_dict("records")
    assert not list(apart(shown, companies, scenarios, rows))
    used = {row["company"]: row["fiscal_year"] for row in rows if not isinstance(row["fault"], str)}
    assert (years[0], years[2], used["Salesforce"], used["Microsoft"]) == ("FY2026", "FY2024") * 2
    assert {"OpenAI", "DeepSeek", "Beta"} <= set(used)
    for row in rows:
        if row["company"] in ("OpenAI", "DeepSeek", "ServiceNow", "Acme"):
            assert math.isnan(row["operating_margin"]), row["company"]
    with pytest.raises(xlplugin.InputError, match=r"fiscal_year is 'ja'.*") as caught:
        xlplugin.run(saved)
    assert any("take out the blanks" in str(fault) for fault in caught.value.faults)


def test_a_date_is_refused_where_the_sheet_takes_its_number(
    small_template: Path, calc: Any, tmp_path: Path
) -> None:
    """No formula sees how a cell is formatted: the one entry that a run refuses and a sheet cannot."""
    import openpyxl

    with calc.open(small_template) as book:
        book.set([("xlp_in_reference_eps", (0, 0), 45778.0)])
        book.calculate()
        assert isinstance(book.block("xlp_out_reference_eps_after")[0][0], float)
        saved = book.save_as(tmp_path / "saved.xlsx")
        area = book.area("xlp_in_reference_eps")
    workbook = openpyxl.load_workbook(saved, data_only=True)
    workbook[area.sheet].cell(area.top + 1, area.left + 1).value = datetime.datetime(2025, 5, 1)
    workbook.save(tmp_path / "dated.xlsx")
    with pytest.raises(xlplugin.InputError, match="reference_eps is 2025-05-01"):
        xlplugin.run(tmp_path / "dated.xlsx")
