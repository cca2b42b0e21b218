"""Results: every number equals the oracle's, in both engines, and the words say what it gives."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
import workbook_cases as cases
from engines import Book, ErrorValue, share
from sheet_cases import SAID, SAID_BLOCKS, SMALL, light, light_of
from test_workbook_draws import reached
from workbook_cases import COLUMNS, LAB_ROWS, MAIN, Case

import xlplugin
from xlplugin.analysis import compare
from xlplugin.data.shipped import extended
from xlplugin.hosts.editions import write_template

pytestmark = pytest.mark.slow

SEEDS = range(4)  # the Dashboard's test compares Results for 25 more
NAN = math.nan
DEVELOPMENT = ("bridge_operating_margin_development", "bridge_operating_income_development")
RANGES = 4  # companies that ship with AI infrastructure, and two more
IN_MONEY = "in m"
small = light("model", "outputs", "results", "dashboard", **SMALL)


@pytest.fixture(autouse=True)
def as_shipped(request: pytest.FixtureRequest) -> None:
    if "book" in request.fixturenames:
        opened = request.getfixturevalue("book")
        opened.set(Case(None).typed())


def close(found: Any, expected: Any, scale: float = 1.0) -> bool:
    """Whether a cell holds what is expected: a number, NaN for #N/A, text, or None for blank."""
    if isinstance(expected, float) and math.isnan(expected):
        return isinstance(found, ErrorValue) and found == "#N/A"
    if isinstance(expected, float):
        known = isinstance(found, (int, float)) and not isinstance(found, bool)
        return known and abs(found - expected) <= 1e-9 * max(abs(expected), abs(found), scale)
    return found == expected and not isinstance(found, ErrorValue)


class Expected:
    """What the sheet shall show for a case, by table; each cell a value and its scale."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.lines = [[case.lines(i, j) for j in range(COLUMNS)] for i in range(cases.ROWS)]
        self.base = [case.base(i) for i in range(cases.ROWS)]

    def cell(self, i: int, j: int, name: str) -> tuple[Any, float]:
        case, x, base = self.case, self.lines[i][j], self.base[i]
        if case.name(i) is None or case.scenario(j) is None:
            return None, 1.0
        if name in ("gross_margin_change", "operating_margin_change", "development_bp"):
            line = DEVELOPMENT[0] if name == "development_bp" else name
            return (IN_MONEY if case.loses(i) else x[line] * 1e4), 1e4
        if name == "eps_change":
            return ratio(x["eps_change"], base["base_eps"]), self.eps_scale(i)
        if name == "development_money":
            return x[DEVELOPMENT[1]], case.money(i)
        if name == "eps_change_of_reference":
            eps = case.references[i]["reference_eps"]
            return (None if eps is None else x[name]), self.eps_scale(i, eps)
        if name.startswith("reference"):
            given = case.references[i][name.removesuffix("_after")]
            return (None if given is None else x[name]), 1.0 if "eps" in name else case.money(i)
        return x[name], 1.0 if "margin" in name else abs(base["base_eps"]) if name == "eps" else case.money(i)

    def eps_scale(self, i: int, base: float | None = None) -> float:
        shares, base = self.case.figures(i)["diluted_shares"], base or self.base[i]["base_eps"]
        return self.case.money(i) / shares / abs(base) if shares and base and base == base else 1.0

    def ranked(self, i: int, pick: Callable[..., float]) -> list[float]:
        """The changes that best (``max``) or worst (``min``) is chosen from, NaN where none.

        Of a company that sells AI infrastructure over the range of market elasticity.
        """
        case = self.case
        name = "operating_income_change" if case.loses(i) else "operating_margin_change"
        factor = 1.0 if case.loses(i) else 1e4
        if not case.turning(i):
            return [x[name] * factor if case.alternative(j) else NAN for j, x in enumerate(self.lines[i])]
        if [k for k in range(cases.ROWS) if case.turning(k)].index(i) >= RANGES:
            return [NAN] * COLUMNS
        ends = [case.assumption(i, "market_elasticity", end) for end in ("low", "high")]
        found = []
        for j in range(COLUMNS):
            values = [case.lines(i, j, market_elasticity=end)[name] * factor for end in ends]
            known = case.alternative(j) and not any(map(math.isnan, values))
            found.append(pick(values) if known else NAN)
        return found


def ratio(a: float, b: float) -> float:
    return a / b if b > 0 else NAN


ACROSS = (
    "gross_margin_change", "gross_margin", "operating_margin_change", "development_bp", "operating_margin",
    "operating_income_change", "development_money", "operating_income", "eps_change", "eps",
    "eps_change_of_reference", "reference_eps_after", "reference_operating_income_after",
)  # fmt: skip
BASES = {
    "base": "base_operating_margin", "gross_margin_base": "base_gross_margin", "eps_base": "base_eps",
    "operating_margin_base": "base_operating_margin", "operating_income_base": "base_operating_income",
}  # fmt: skip
EXTREMES = ("headline", "p10", "p90", "best", "best_change", "worst", "worst_change", "unit")
WEIGHTED = (
    "gross_margin_change",
    "operating_margin_change",
    DEVELOPMENT[0],
    "operating_income_change",
    "eps_change",
)
PARTS = (("", MAIN), ("labs_", LAB_ROWS))
RANGE = ("low", "scenario", "high")


def names() -> Iterator[str]:
    for prefix, _ in PARTS:
        for one in (*ACROSS, *BASES, *EXTREMES, *(f"of_weights_{name}" for name in WEIGHTED)):
            yield f"xlp_results_{prefix}{one}"
    for k in range(1, RANGES + 1):
        for one in ("company", "elasticity", *RANGE, *(f"revenue_{end}" for end in RANGE)):
            yield f"xlp_results_range_{k}_{one}"


def check(book: Book, case: Case) -> int:
    """Compare the whole sheet with the oracle; return how many numbers were compared."""
    right, found, numbers = Expected(case), book.get(*names()), 0
    for prefix, order in PARTS:
        for name in ACROSS:
            for row, i in zip(found[f"xlp_results_{prefix}{name}"], order, strict=True):
                for j, value in enumerate(row):
                    expected, scale = right.cell(i, j, name)
                    assert close(value, expected, scale), (name, i, j, value, expected)
                    numbers += isinstance(expected, float) and expected == expected
        for name, line in BASES.items():
            for (value,), i in zip(found[f"xlp_results_{prefix}{name}"], order, strict=True):
                expected = None if case.name(i) is None else right.base[i][line]
                assert close(value, expected, case.money(i) if "income" in line else 1.0), (name, i, value)
        check_extremes(found, prefix, order, right)
        check_weights(found, prefix, order, right)
    check_ranges(found, right)
    return numbers


def check_extremes(found: dict[str, Any], prefix: str, order: list[int], right: Expected) -> None:
    case = right.case
    for row, i in enumerate(order):
        values = {name: found[f"xlp_results_{prefix}{name}"][row][0] for name in EXTREMES}
        if case.name(i) is None:
            assert set(values.values()) == {None}, (i, values)
            continue
        check_headline({name: values.pop(name) for name in ("headline", "p10", "p90")}, i, right)
        assert values.pop("unit") == ("m" if case.loses(i) else "bp")
        if case.general(i) or i in LAB_ROWS:
            assert set(values.values()) == {None}, (i, values)
            continue
        for name, pick in (("best", max), ("worst", min)):
            ranked = right.ranked(i, pick)
            known = [value for value in ranked if value == value]
            scale = case.money(i) if case.loses(i) else 1e4
            expected = pick(known) if known else NAN
            assert close(values[f"{name}_change"], expected, scale * 10), (i, values, expected)
            if known:  # the first of those that are equal, as the engine's last digits have it
                j = [short_name(case, j) for j in range(COLUMNS)].index(values[name])
                assert math.isclose(ranked[j], expected, rel_tol=1e-9, abs_tol=1e-8 * scale)


def short_name(case: Case, j: int) -> str | None:
    """The label of a scenario; one of the analyst's own without a label is called by its name."""
    return (
        "Your case" if j == 0 else cases.PRESETS[j]["label"] if j < len(cases.PRESETS) else case.scenario(j)
    )


def check_headline(values: dict[str, Any], i: int, right: Expected) -> None:
    """Your case, and P10 and P90 of its draws where the company does not lose money."""
    case, line = right.case, right.lines[i][0]
    if case.loses(i):
        assert close(values["headline"], line["operating_income_change"], case.money(i))
        assert values["p10"] is values["p90"] is None
        return
    assert close(values["headline"], line["operating_margin_change"] * 1e4, 1e4), (i, values)
    draws = reached(case, i)
    around = np.percentile(draws[0], [10, 90]) * 1e4 if draws and draws[0] else (NAN, NAN)
    for name, expected in zip(("p10", "p90"), around, strict=True):
        assert close(values[name], float(expected), 1e4), (i, name, values, around)


def check_weights(found: dict[str, Any], prefix: str, order: list[int], right: Expected) -> None:
    case = right.case
    given = {j: weight for j, weight in enumerate(case.weights) if weight}
    adds = math.isclose(sum(given.values()), 1, abs_tol=1e-12)
    for name in WEIGHTED:
        for (value,), i in zip(found[f"xlp_results_{prefix}of_weights_{name}"], order, strict=True):
            expected: Any = (
                sum(weight * right.lines[i][j][name] for j, weight in given.items()) if adds else NAN
            )
            scale = case.money(i)
            if name == "eps_change":
                expected, scale = ratio(expected, right.base[i]["base_eps"]), right.eps_scale(i)
            elif "margin" in name:
                expected, scale = (IN_MONEY if case.loses(i) else expected * 1e4), 1e4
            assert close(value, None if case.name(i) is None else expected, scale), (name, i, value, expected)


def check_ranges(found: dict[str, Any], right: Expected) -> None:
    case = right.case
    turning = [i for i in range(cases.ROWS) if case.turning(i)]
    for k in range(RANGES):
        block = {
            one.split("_", 4)[4]: found[one] for one in found if one.startswith(f"xlp_results_range_{k + 1}_")
        }
        i = turning[k] if k < len(turning) else None
        assert block["company"] == [[None if i is None else i + 1]]
        for j in range(COLUMNS):
            cells = {name: rows[0][j] for name, rows in block.items() if name != "company"}
            if i is None or case.scenario(j) is None:
                assert set(cells.values()) == {None}
                continue
            inputs = case.inputs(i, j)
            used = case.levers[j]["market_elasticity"]
            used = case.counts(i, "market_elasticity") if used is None else used
            assert close(cells["elasticity"], used)
            assert inputs is None or inputs["market_elasticity"] == used
            for end in RANGE:
                at = used if end == "scenario" else case.assumption(i, "market_elasticity", end)
                x = case.lines(i, j, market_elasticity=at) if inputs else right.lines[i][j]
                money = case.loses(i)
                expected = x["operating_income_change"] if money else x["operating_margin_change"] * 1e4
                assert close(cells[end], expected, case.money(i) if money else 1e4), (
                    i,
                    j,
                    end,
                    cells,
                    expected,
                )
                revenue = case.figures(i)["revenue"] or NAN
                assert close(cells[f"revenue_{end}"], x["scenario_revenue"] / revenue - 1), (i, j, end)


def test_every_number_is_the_oracle_s(book: Book) -> None:
    numbers = []
    for seed in (None, *share(book, SEEDS)):
        case = Case(seed)
        book.set(case.typed())
        book.calculate()
        numbers.append(check(book, case))
        assert [one for one in book.errors() if one[2] != "#N/A"] == []
    assert numbers[0] > 600 and sum(numbers) > 1_500


def test_sentences_say_what_the_tables_show(book: Book) -> None:
    book.calculate()
    said = [row[0] for row in book.block("Results!B1:B180") if isinstance(row[0], str)]
    assert (
        "In scenario A (Your case), of 3 listed companies whose direction cost determines,"
        " 3 gain and 0 lose operating margin." in said
    )
    assert (
        "In scenario A (Your case) Meta Platforms comes out best (+69.5 bp; P10 to P90: +55.4 to +120.0 bp)"
        " and Salesforce last (+13.4 bp; P10 to P90: +9.9 to +26.4 bp). Not ranked: Microsoft, NVIDIA, OpenAI, DeepSeek."
        in said
    )
    assert any(one.startswith("From development 0 at Microsoft, Meta Platforms, NVIDIA") for one in said)


def test_nvidia_s_range_is_told(book: Book) -> None:
    book.set([("xlp_in_dashboard_scenario_a", (0, 0), "deepseek_headline")])
    book.calculate()
    said = [row[0] for row in book.block("Results!B1:B260") if isinstance(row[0], str)]
    words = [row[0] for row in book.block("xlp_results_words")]
    labs = [row[0] for row in book.block("xlp_results_labs_words")]
    nvidia = next(one for one in said if one.startswith("NVIDIA, scenario A"))
    assert "over a market elasticity of 0.6 to 1.4 revenue changes by -65.8% to +247.5%." in nvidia
    assert nvidia.endswith("Direction not determined by cost alone.")
    direction = "direction not determined by cost alone: best and worst over market elasticity"
    assert [word for word in words if word] == [direction] * 2
    assert set(labs) == {"not ranked: secondary or theoretical"}


def test_german_figures_in_sentences(iron: Any, template_of: Callable[..., Path], seen_by_all: Path) -> None:
    path = light_of(template_of, seen_by_all, *SAID, blocks=SAID_BLOCKS, language="de")
    with iron.open(path) as book:
        book.calculate()
        said = [row[0] for row in book.block("Ergebnisse!B1:B60") if isinstance(row[0], str)]
    assert (
        "Im Szenario A (Ihr Fall) liegt Meta Platforms vorn (+69,5 Bp; P10 bis P90: +55,4 bis +120,0 Bp)"
        " und Salesforce am Ende (+13,4 Bp; P10 bis P90: +9,9 bis +26,4 Bp). Nicht eingereiht: Microsoft, NVIDIA, OpenAI, DeepSeek."
        in said
    )


def test_money_names_its_currency_and_is_compared_within_one(iron: Any, tmp_path: Path) -> None:
    names = ["SAP", "Salesforce", "ServiceNow"]
    own = tmp_path / "own.csv"  # SAP on assumptions of its own: it would be compared, were it in USD
    own.write_text("company,parameter,base\nSAP,ai_revenue_share,1%\n", encoding="utf-8")
    dataset = extended(assumptions=own)
    path = write_template(tmp_path / "money.xlsx", companies=names, scenarios=["your_case"], dataset=dataset)
    moved = {
        name: float(compare(companies=[name], scenario="illustrative", dataset=dataset,
                            measure="operating_income_change")["value"][0])
        for name in names
    }  # fmt: skip
    assert moved["SAP"] < moved["Salesforce"] < moved["ServiceNow"]
    with iron.open(path) as book:
        rows = [[cell for cell in row if cell] for row in book.shown("Results!B1:H150")]
        figures = book.shown("Dashboard!B1:R50")
    told = [row[0] for row in rows if row]
    assert (
        f"In scenario A (Your case), of those that report in USD, ServiceNow comes out best"
        f" (+{moved['ServiceNow']:.1f} m) and Salesforce last (+{moved['Salesforce']:.1f} m). Not ranked: SAP."
        in told
    )
    for name, year in (("SAP", "FY2025, EUR"), ("Salesforce", "FY2026, USD")):
        assert sum(row[:1] == [name] and year in row for row in rows) >= 5  # income, EPS, references
    assert any(row[0] == "SAP FY2025, EUR" for row in figures)
    headings = [cell for row in figures for cell in row]
    assert any(cell.startswith("Operating income, EUR m: from 9,617") for cell in headings)


def test_sources_link_to_filings(template: Path) -> None:
    sheet = openpyxl.load_workbook(template, read_only=True)["Sources"]
    links = [cell.value for row in sheet for cell in row if 'HYPERLINK("https' in str(cell.value)]
    known = [figures for figures in xlplugin.companies().to_dict("records") if figures["accession"]]
    default = {*xlplugin.run("half")["company"]}
    assert len(links) == sum(figures["company"] in default for figures in known) > 5
    assert (
        '=HYPERLINK("https://www.sec.gov/Archives/edgar/data/1108524/000110852426000060/'
        '0001108524-26-000060-index.htm","Salesforce Form 10-K for fiscal 2026 (accession 0001108524-26-000060); '
        'Form 8-K Exhibit 99.1 of 2026-02-25")' in links
    )


WEIGHTS = (
    ([0.5, 0.5], "Your weights add to 100%."),
    ([0.5, 0.4], "Weights do not add to 100%"),
    ([30.0, 0.5], "Weights do not add to 100%"),
    (["50%", 0.5], "Weights do not add to 100%"),
    ([True, None], "Weights do not add to 100%"),
    ([-0.5, 1.5], "Weights do not add to 100%"),
    ([None, None], "No weights given"),
)


def test_weights_that_do_not_add_give_nothing(engine: Any, small: Path) -> None:
    with engine.open(small) as book:
        area = book.area("xlp_results_of_weights_operating_margin_change")
        for weights, state in WEIGHTS:
            book.set([("xlp_in_weight", (0, j), weight) for j, weight in enumerate(weights)])
            book.calculate()
            value = book.value("xlp_results_of_weights_operating_margin_change")
            told = [row[0] for row in book.block(f"Results!B{area.top - 2}:B{area.top}")]
            good = state.startswith("Your")
            assert state in told, weights
            assert isinstance(value, float) if good else value == ErrorValue("#N/A"), weights


def test_wrong_choices_are_said_and_rank_nothing(engine: Any, small: Path) -> None:
    with engine.open(small) as book:
        book.calculate()
        assert isinstance(book.value("xlp_dashboard_scenario_a"), float)
        for wrong in ("nobody", 30.0, None, "price*", True):
            book.set([("xlp_in_dashboard_scenario_a", (0, 0), wrong)])
            book.calculate()
            assert isinstance(book.value("xlp_dashboard_scenario_a"), ErrorValue), wrong
            said = [row[0] for row in book.block("Results!B5:B30")]
            assert said.count("No company to compare in scenario A of the Dashboard.") == 2, wrong


@pytest.mark.parametrize("size", [{"companies": ["DeepSeek"], "scenarios": ["your_case"]}, SMALL])
def test_other_sizes(iron: Any, template_of: Callable[..., Path], size: dict[str, list[str]]) -> None:
    with iron.open(template_of(**size)) as book:
        book.calculate()
        assert {str(error) for _, _, error in book.errors()} <= {"#N/A"}
        labs = book.block("xlp_results_labs_gross_margin_change")
    case = Case(None)
    deepseek = case.lines(cases.NAMES.index("DeepSeek"), 0)["gross_margin_change"]
    assert close(labs[-1][0], deepseek * 1e4, 1e4)


def test_print_and_frame(small: Path) -> None:
    sheet = openpyxl.load_workbook(small)["Results"]
    assert sheet.freeze_panes == "C3" and sheet.print_title_cols == "$A:$E"
    assert not sheet.merged_cells.ranges and not sheet.sheet_view.showGridLines
