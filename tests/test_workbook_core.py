"""The template's core: every line and bar equals the model, entries are guarded, names hold.

The independent answer is tests/oracle.py; LibreOffice and IronCalc recalculate the generated file.
"""

from __future__ import annotations

import math
import random
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import oracle
import pytest
import random_inputs
import your_case
from engines import Area, Book, ErrorValue
from workbook_edits import lighter

import xlplugin
from xlplugin.data.dataset import Dataset
from xlplugin.data.records import Figures
from xlplugin.data.shipped import shipped
from xlplugin.model.inputs import EXPOSURES, FINANCIALS, LEVERS, REDUCTIONS, REFERENCES
from xlplugin.model.plan import FUNCTIONS
from xlplugin.workbook.builder.model_groups import GROUPS, grouped
from xlplugin.workbook.template import build_template

pytestmark = pytest.mark.slow

OWN = EXPOSURES + tuple(name for name in LEVERS if name not in REDUCTIONS)
FREE, FREE_SCENARIOS = 3, 2
Row = Mapping[str, float | None]


def outputs(book: Book) -> dict[str, list[list[Any]]]:
    found = book.get(*(f"xlp_out_{name}" for name in FUNCTIONS))
    return {name: found[f"xlp_out_{name}"] for name in FUNCTIONS}


def pair(found: Mapping[str, list[list[Any]]], i: int, j: int) -> dict[str, float]:
    """Every line of company ``i`` and scenario ``j``; NaN for #N/A; any other error, text or blank fails."""
    values = {}
    for name, block in found.items():
        value = block[i][j]
        if isinstance(value, ErrorValue):
            assert value == "#N/A", f"{name} of {i}, {j} is {value}"
            value = math.nan
        assert isinstance(value, (int, float)) and not isinstance(value, bool), (
            f"{name} of {i}, {j}: {value!r}"
        )
        values[name] = float(value)
    return values


NOTHING = dict.fromkeys(FUNCTIONS, math.nan)


def expected(inputs: dict[str, float | None]) -> dict[str, float]:
    """What the oracle gives; all NaN without a cost reduction, or where shares pass their whole."""
    limits = (
        ("inference_cost_share", "ai_supply_cost_share"),
        ("ai_revenue_share", "ai_supply_revenue_share", "seat_revenue_share"),
    )
    broken = any(sum(inputs[name] or 0.0 for name in names) > 1 + 1e-12 for names in limits)
    return NOTHING if broken or inputs.get("cost_reduction") is None else oracle.evaluate(inputs)


def check(found: Mapping[str, list[list[Any]]], i: int, j: int, inputs: dict[str, float | None]) -> int:
    """Compare one pair with the oracle; return how many lines are numbers."""
    values = pair(found, i, j)
    wrong = oracle.disagreements(values, inputs, expected=expected(inputs))
    assert not wrong, f"company {i}, scenario {j}: {wrong[:5]}"
    return sum(value == value for value in values.values())


# --- parity -------------------------------------------------------------------------------------------


class Draw:
    """Random companies, scenarios and entries over the whole domain, some of them left blank."""

    def __init__(self, companies: int, scenarios: int, seed: int) -> None:
        draw = random.Random(seed)
        rows = random_inputs.rows(companies + scenarios, seed)
        for row in rows:  # a tiny revenue left is all rounding, which no engine computes alike
            row["cost_reduction"] = min(row["cost_reduction"], 0.98)
        self.financials = [{n: row[n] for n in FINANCIALS} for row in rows[:companies]]
        self.references = [{n: row[n] for n in REFERENCES} for row in rows[:companies]]
        self.own = [{n: row[n] if draw.random() < 0.8 else None for n in OWN} for row in rows[:companies]]
        self.levers = [
            {n: row[n] if draw.random() < 0.7 else None for n in LEVERS} for row in rows[companies:]
        ]
        spread = random_inputs.rows(companies, seed + 1)
        self.entries = [
            [spread[i]["cost_reduction"] * 0.98 if draw.random() < 0.4 else None for _ in range(scenarios)]
            for i in range(companies)
        ]

    def dataset(self) -> Dataset:
        """The companies but the last three, which go to the free slots."""
        figures = {}
        for i, one in enumerate(self.financials[:-FREE]):
            values = {name: math.nan if value is None else value for name, value in one.items()}
            figures[f"Random {i}", "FY2030"] = Figures(f"Random {i}", "FY2030", values)
        return Dataset(figures, shipped().assumptions, shipped().scenarios)

    def typed(self) -> Iterable[tuple[str, Any, Any]]:
        """Every entry as cells to set."""
        count, width = len(self.financials), len(self.levers)
        for slot in range(FREE):
            yield "xlp_companies", (count - FREE + slot, 0), f"Slot {slot}"
            for name in FINANCIALS:
                yield f"xlp_in_company_{name}", (slot, 0), self.financials[count - FREE + slot][name]
        for slot in range(FREE_SCENARIOS):
            yield "xlp_scenarios", (0, width - FREE_SCENARIOS + slot), f"slot_{slot}"
        for name in REFERENCES:
            yield f"xlp_in_{name}", None, [[one[name]] for one in self.references]
        for name in OWN:
            yield f"xlp_in_own_{name}", None, [[one[name]] for one in self.own]
        for name in LEVERS:
            yield from your_case.levers(name, [one[name] for one in self.levers])
        yield from your_case.entries(self.entries)

    def inputs(self, i: int, j: int) -> dict[str, float | None]:
        """What counts for a pair, by the oracle's own precedence."""
        company = {"company": f"company {i}", "fiscal_year": "FY2030"}
        company |= {n: "" if v is None else repr(v) for n, v in self.financials[i].items()}
        levers = your_case.filled(self.levers[j]) if j == 0 else self.levers[j]
        scenario = {n: "" if v is None else repr(v) for n, v in levers.items()}
        own = {**self.own[i], **self.references[i]}
        filled = oracle.fill(
            company, oracle.assumptions(), scenario, own, {"cost_reduction": self.entries[i][j]}
        )
        return filled.inputs


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> tuple[Draw, Path]:
    draw = Draw(companies=26, scenarios=14, seed=20261)
    folder = tmp_path_factory.mktemp("drawn")
    path = xlplugin.write_template(folder / "random.xlsx", dataset=draw.dataset())
    return draw, lighter(path, folder / "light.xlsx")


def test_random_entries_give_what_the_oracle_gives(engine: Any, drawn: tuple[Draw, Path]) -> None:
    draw, path = drawn
    with engine.open(path) as book:
        book.set(draw.typed())
        book.calculate()
        found = outputs(book)
    numbers = [check(found, i, j, draw.inputs(i, j)) for i in range(26) for j in range(14)]
    assert sum(count > 0 for count in numbers) >= 200  # rows that have a result
    assert sum(count == len(FUNCTIONS) for count in numbers) >= 30  # and rows where nothing is blank


@pytest.mark.quick
def test_as_shipped_and_other_years(engine: Any, template: Path) -> None:
    rows, scenarios = oracle.companies(), your_case.columns()
    names = list(shipped().choice())
    article = {
        "Salesforce": "FY2025",
        "ServiceNow": "FY2024",
        "Microsoft": "FY2024",
        "Meta Platforms": "FY2024",
    }
    article["NVIDIA"] = "FY2025"

    def compare(found: Mapping[str, list[list[Any]]], years: Mapping[str, str | None]) -> None:
        for i, name in enumerate(names):
            row = next((r for r in rows if (r["company"], r["fiscal_year"]) == (name, years[name])), None)
            for j, scenario in enumerate(scenarios):
                if row is None:
                    assert not check_nothing(found, i, j)
                else:
                    check(found, i, j, oracle.fill(row, oracle.assumptions(), scenario).inputs)

    latest = {name: oracle.latest(rows, name)["fiscal_year"] for name in names}
    with engine.open(template) as book:
        book.calculate()
        compare(outputs(book), latest)
        book.set([("xlp_in_as_of", (0, 0), "article"), ("xlp_in_fiscal_year", (2, 0), "FY2025")])
        book.calculate()
        compare(outputs(book), dict.fromkeys(names) | article | {"Microsoft": "FY2025"})
        book.clear("xlp_in_as_of", "xlp_in_fiscal_year")
        i, j = names.index("OpenAI"), [one["scenario"] for one in scenarios].index("deepseek_headline")
        book.set([your_case.entry(i, j, 0.4)])  # counts although the scenario's own does not
        book.calculate()
        row = oracle.latest(rows, "OpenAI")
        entry = {"cost_reduction": 0.4}
        check(outputs(book), i, j, oracle.fill(row, oracle.assumptions(), scenarios[j], entry=entry).inputs)
        book.set([your_case.entry(i, j, None), ("xlp_in_fiscal_year", (2, 0), 2024.0), ("xlp_in_fiscal_year", (0, 0), "FY1999"),
                  ("xlp_in_fiscal_year", (1, 0), "FY*")])  # fmt: skip
        book.calculate()
        compare(outputs(book), latest | {"Microsoft": "FY2024", "Salesforce": None, "ServiceNow": None})


def check_nothing(found: Mapping[str, list[list[Any]]], i: int, j: int) -> list[str]:
    """Names of lines that are numbers although they may not be."""
    return [name for name, value in pair(found, i, j).items() if value == value]


# --- entries ------------------------------------------------------------------------------------------

WRONG = ("30%", "text", " ", True, False, 30.0, -3.0, "=1/0", "=NA()")


@pytest.fixture(scope="module")
def light(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template's inputs, lines and outputs, without the sheets that show them."""
    return lighter(template, tmp_path_factory.mktemp("light") / "light.xlsx")


def test_wrong_entries_are_not_available(engine: Any, light: Path) -> None:
    """Nine wrong entries in each kind of cell, spread over scenarios and companies: no number, one flag."""
    with engine.open(light) as book:
        for lever in (
            "credibility",
            "market_elasticity",
            "training_cost_reduction",
            "cost_reduction",
        ):
            book.set(list(your_case.levers(lever, WRONG)))
            book.calculate()
            found = outputs(book)
            for j, _ in enumerate(WRONG):
                assert not check_nothing(found, 0, j), (lever, WRONG[j])
            shipped_row = [row[lever] for row in your_case.columns()]
            shipped_row[0] = "0.3" if lever == "cost_reduction" else ""
            book.set(
                [your_case.lever(lever, j, float(one) if one else None) for j, one in enumerate(shipped_row)]
            )
        book.set([your_case.entry(0, j, wrong) for j, wrong in enumerate(WRONG)])
        book.calculate()
        found = outputs(book)
        assert not any(check_nothing(found, 0, j) for j, _ in enumerate(WRONG))
        assert check_nothing(found, 1, 0)  # the next company still has its results


def test_wrong_own_values_are_not_available_and_flagged(engine: Any, light: Path) -> None:
    listed = 5  # companies with a result in every scenario
    with engine.open(light) as book:
        for name in ("ai_revenue_share", "pass_through", "repricing_lag_years"):
            place = book.area(f"xlp_in_own_{name}")
            wrongs = [-2.0 if wrong == 30.0 and name == "repricing_lag_years" else wrong for wrong in WRONG]
            for some in (wrongs[:listed], wrongs[listed:]):
                book.set([(f"xlp_in_own_{name}", (i, 0), wrong) for i, wrong in enumerate(some)])
                book.calculate()
                found = outputs(book)
                flags = book.block(f"'{place.sheet}'!H{place.top + 1}:H{place.bottom + 1}")
                for i, wrong in enumerate(some):  # the first scenario leaves pass_through blank
                    assert not check_nothing(found, i, 0), (name, wrong)
                    assert isinstance(flags[i][0], str) and not isinstance(flags[i][0], ErrorValue)
            book.clear(f"xlp_in_own_{name}")
        book.calculate()
        assert all(check_nothing(outputs(book), i, 0) for i in range(listed))


def test_peers_take_what_their_business_model_assumes(engine: Any, template_of: Callable[..., Path]) -> None:
    rows, scenarios = oracle.companies(), your_case.columns()
    names = list(shipped().choice("peers"))
    with engine.open(template_of(companies=["peers"])) as book:
        book.calculate()
        found, words = outputs(book), [row[0] for row in book.block("xlp_results_words")]
        leading = [row[0] for row in book.block("xlp_results_leading_operating_margin_change")]
    for i, name in enumerate(names):
        for j, scenario in enumerate(scenarios):
            filled = oracle.fill(oracle.latest(rows, name), oracle.assumptions(), scenario)
            check(found, i, j, filled.inputs)
        general = "not ranked: on general assumptions"
        assert (words[i] == general) == filled.general_assumptions == (name in ("SAP", "Palantir", "Shopify"))
        sells = name in ("Alphabet", "Oracle")
        assert (leading[i] is None) == (filled.general_assumptions or sells)
        assert sells == str(words[i]).startswith("direction not determined by cost alone")


def test_an_effective_tax_rate_beyond_1_asks_for_a_marginal_one(
    engine: Any, template_of: Callable[..., Path]
) -> None:
    row = random_inputs.rows(1, 5, blanks=False)[0] | {"income_tax_rate": -0.3, "marginal_tax_rate": None}
    places = [(f"xlp_in_company_{name}", (0, 0), row[name]) for name in FINANCIALS]
    with engine.open(template_of(companies=["Salesforce"], scenarios=["your_case"])) as book:
        slot = book.area("xlp_companies").shape[0] - FREE
        book.set([("xlp_companies", (slot, 0), "Mine"), *places])
        book.calculate()
        found = pair(outputs(book), slot, 0)
        assert math.isnan(found["eps"]) and math.isnan(found["relative_eps_change"])
        assert not math.isnan(found["operating_margin"]) and not math.isnan(found["base_eps"])
        assert book.block("xlp_company_flag")[slot][0] == "enter a marginal tax rate"
        book.set([("xlp_in_company_marginal_tax_rate", (0, 0), 0.21)])
        book.calculate()
        assert book.block("xlp_company_flag")[slot][0] == "ok"
        company = {n: "" if v is None else repr(v) for n, v in row.items()} | {"marginal_tax_rate": "0.21"}
        company |= {"company": "Mine", "fiscal_year": ""}
        first = your_case.columns()[0]
        check(outputs(book), slot, 0, oracle.fill(company, oracle.assumptions(), first).inputs)


def test_wrong_figures_of_an_own_company(engine: Any, template_of: Callable[..., Path]) -> None:
    """Each slot holds a company of its own, and what is wrong with one leaves the others alone."""
    rows = random_inputs.rows(FREE, 5, blanks=False)
    with engine.open(template_of(companies=["Salesforce"], scenarios=["your_case"])) as book:
        first = book.area("xlp_companies").shape[0] - FREE
        for k, row in enumerate(rows):
            book.set([(f"xlp_in_company_{name}", (k, 0), row[name]) for name in FINANCIALS])
            book.set([("xlp_companies", (first + k, 0), f"Mine {k}")])
        book.calculate()
        assert all(len(check_nothing(outputs(book), first + k, 0)) > 50 for k in range(FREE))
        for wrongs in (("30", True, -1.0), ("=1/0", 0.0)):
            book.set([("xlp_in_company_revenue", (k, 0), wrong) for k, wrong in enumerate(wrongs)])
            book.calculate()
            found = outputs(book)
            for k, wrong in enumerate(wrongs):
                values = pair(found, first + k, 0)
                lines = ("base_gross_margin", "scenario_revenue", "operating_income")
                assert all(math.isnan(values[name]) for name in lines), wrong
            assert check_nothing(found, 0, 0)
        book.set([("xlp_in_company_revenue", (k, 0), row["revenue"]) for k, row in enumerate(rows)])
        book.set([("xlp_in_company_diluted_shares", (0, 0), None)])
        book.set([("xlp_companies", (first + 1, 0), "Salesforce")])  # a name that stands twice
        book.set([("xlp_companies", (first + 2, 0), None)])  # figures without a name
        book.calculate()
        found = outputs(book)
        shares = pair(found, first, 0)
        assert math.isnan(shares["eps"]) and shares["gross_margin"] == shares["gross_margin"]
        assert not any(check_nothing(found, i, 0) for i in (0, first + 1, first + 2))


def test_shares_above_one_and_free_slots(engine: Any, light: Path) -> None:
    with engine.open(light) as book:
        (height, _), (_, width) = book.area("xlp_companies").shape, book.area("xlp_scenarios").shape
        slots, slot = range(height - FREE, height), width - FREE_SCENARIOS
        book.set(
            [
                ("xlp_in_own_seat_revenue_share", (0, 0), 0.999),
                ("xlp_in_own_ai_supply_cost_share", (1, 0), 0.97),
            ]
        )
        book.set([("xlp_in_own_ai_revenue_share", (slots[0], 0), 0.7), your_case.entry(2, slot, 0.2)])
        book.calculate()
        found = outputs(book)
        for i in (0, 1, *slots):
            assert not any(check_nothing(found, i, j) for j in range(width))
        assert not check_nothing(found, 2, slot)  # the scenario's slot has no name yet
        flags = [row[0] for row in book.block("xlp_company_flag")]
        assert flags[0] == flags[1] == "shares add to more than 100%" and flags[2] == "ok"
        book.set([("xlp_scenarios", (0, slot), "mine")])
        book.calculate()
        found = outputs(book)
        assert check_nothing(found, 2, slot) and not check_nothing(found, 3, slot)
        assert check_nothing(found, 3, 1)


# --- the file -----------------------------------------------------------------------------------------


def contract() -> dict[str, tuple[str, str]]:
    """Name -> height and width, as ``companies``, ``scenarios``, ``slots`` or ``one``."""
    names = {"xlp_companies": ("companies", "one"), "xlp_scenarios": ("one", "scenarios")}
    names |= {"xlp_in_cost_reduction": ("companies", "scenarios"), "xlp_in_fiscal_year": ("companies", "one")}
    names |= {f"xlp_in_{n}": ("one", "scenarios") for n in ("scenario_cost_reduction", "weight", *LEVERS[1:])}
    names |= {f"xlp_in_own_{n}": ("companies", "one") for n in OWN}
    names |= {f"xlp_in_company_{n}": ("slots", "one") for n in FINANCIALS}
    names |= {"xlp_in_your_reduction": ("companies", "one"), "xlp_in_your_reduction_all": ("one", "one")}
    names |= {f"xlp_in_{n}": ("companies", "one") for n in (*REFERENCES, "reference_label")}
    names |= {f"xlp_out_{n}": ("companies", "scenarios") for n in FUNCTIONS}
    return names | {"xlp_in_as_of": ("one", "one"), "xlp_check_master": ("one", "one")}


def test_every_name_is_one_rectangle_and_the_same_in_every_language(template_of: Callable[..., Path]) -> None:
    sizes = {"companies": 10, "scenarios": 14, "slots": 3, "one": 1}
    found = []
    for language in ("en", "de"):
        names = openpyxl.load_workbook(template_of(language=language), read_only=True).defined_names
        # fails for all but a rectangle
        areas = {name: Area.parse(one.attr_text) for name, one in names.items()}
        assert all(len(list(one.destinations)) == 1 for one in names.values())
        for name, (height, width) in contract().items():
            assert areas[name].shape == (sizes[height], sizes[width]), name
        found.append([(name, area[1:]) for name, area in areas.items()])
    assert found[0] == found[1]


FORMULA = re.compile(rb"<c [^>]*>\s*<f>.*?</f>(.*?)</c>", re.DOTALL)


def test_every_formula_carries_the_value_that_recalculation_gives(template: Path, book: Book) -> None:
    with zipfile.ZipFile(template) as archive:
        sheets = [archive.read(n) for n in archive.namelist() if n.startswith("xl/worksheets/sheet")]
        assert b'fullCalcOnLoad="1"' in archive.read("xl/workbook.xml")
    values = [cached for sheet in sheets for cached in FORMULA.findall(sheet)]
    assert len(values) > 20_000 and all(value.startswith(b"<v") for value in values)
    cached = openpyxl.load_workbook(template, data_only=True, read_only=True)
    places = [f"'{ws.title}'!{ws.calculate_dimension()}" for ws in cached]
    book.calculate()
    recalculated = book.get(*places)
    for ws, place in zip(cached, places, strict=True):
        for row, again in zip(ws.iter_rows(values_only=True), recalculated[place], strict=True):
            for left, right in zip(row, again, strict=True):
                assert same(left, right), f"{ws.title}: {left!r} cached, {right!r} recalculated"


def same(cached: Any, value: Any) -> bool:
    if isinstance(cached, bool) or isinstance(value, bool):
        return float(cached) == float(value)
    if isinstance(cached, (int, float)) and isinstance(value, (int, float)):
        return math.isclose(cached, value, rel_tol=1e-9, abs_tol=1e-9)
    return (cached or None) == (value or None)


def test_errors_are_not_available_and_nothing_else(book: Book) -> None:
    book.calculate()
    assert {str(error) for _, _, error in book.errors()} == {"#N/A"}
    found = outputs(book)
    rows, scenarios = oracle.companies(), your_case.columns()
    unexpected: Sequence[str] = []
    for i, name in enumerate(shipped().choice()):
        for j, scenario in enumerate(scenarios):
            right = expected(oracle.fill(oracle.latest(rows, name), oracle.assumptions(), scenario).inputs)
            values = pair(found, i, j)
            unexpected = [n for n in FUNCTIONS if (values[n] != values[n]) != (right[n] != right[n])]
            assert not unexpected, f"{name}, {scenario['scenario']}"


def test_inputs_are_open_and_the_rest_is_locked(template: Path) -> None:
    book = openpyxl.load_workbook(template)
    open_cells = {
        (ws.title, c.coordinate) for ws in book for r in ws.iter_rows() for c in r if not c.protection.locked
    }
    named = set()
    for name, one in book.defined_names.items():
        if name.startswith("xlp_in_"):
            ((title, area),) = one.destinations
            cells = book[title][area.replace("$", "")]
            flat = [cells] if not isinstance(cells, tuple) else [c for row in cells for c in row]
            named |= {
                (title, c.coordinate) for c in flat if not isinstance(c.value, str) or c.value[:1] != "="
            }
    assert open_cells <= named | set(slots(book))
    assert all(ws.protection.sheet and ws.protection.password is None for ws in book)
    assert len(open_cells) > 400


def slots(book: Any) -> Iterable[tuple[str, str]]:
    for name, free in (
        ("xlp_companies", FREE), ("xlp_scenarios", FREE_SCENARIOS), ("xlp_scenario_label_cells", FREE_SCENARIOS)
    ):  # fmt: skip
        ((title, area),) = book.defined_names[name].destinations
        cells = [c for row in book[title][area.replace("$", "")] for c in row]
        yield from ((title, c.coordinate) for c in cells[-free:])


def test_the_same_twice(template_of: Callable[..., Path], tmp_path: Path) -> None:
    choice = {"companies": ["Salesforce"], "scenarios": ["your_case"]}
    again = xlplugin.write_template(tmp_path / "again.xlsx", **choice)
    assert again.read_bytes() == template_of(**choice).read_bytes()


def test_an_existing_file_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "mine.xlsx"
    path.write_bytes(b"mine")
    for wrong in (path, tmp_path, tmp_path / "no folder" / "a.xlsx", tmp_path / "a.xls"):
        with pytest.raises(xlplugin.InputError):
            xlplugin.write_template(wrong)
    assert path.read_bytes() == b"mine" and list(tmp_path.iterdir()) == [path]
    assert xlplugin.write_template(path, companies=["CRM"], scenarios=["half"], force=True) == path
    assert "xlp_out_eps" in openpyxl.load_workbook(path, read_only=True).defined_names
    assert list(tmp_path.iterdir()) == [path]


def test_properties_say_what_is_in_it(template_of: Callable[..., Path]) -> None:
    path = template_of(companies=["Salesforce"], scenarios=["half"], language="de")
    book = openpyxl.load_workbook(path, read_only=True)
    held = {one.name: one.value for one in book.custom_doc_props.props}
    assert held["xlplugin version"] == xlplugin.__version__
    assert re.fullmatch("[0-9a-f]{64}", held["xlplugin inputs sha256"])
    assert held["xlplugin data version"] == max(row["period_end"] for row in oracle.companies())
    assert book.properties.title and book.properties.modified.isoformat()[:10] == xlplugin.__released__


def test_a_choice_of_year_is_filled_in(tmp_path: Path) -> None:
    path = xlplugin.write_template(
        tmp_path / "a.xlsx", companies=["CRM", "NVIDIA"], scenarios=["half"], fiscal_year={"CRM": 2025}
    )
    book = openpyxl.load_workbook(path, data_only=True, read_only=True)
    ((title, area),) = book.defined_names["xlp_year_used"].destinations
    assert [row[0].value for row in book[title][area.replace("$", "")]][:2] == ["FY2025", "FY2026"]


def test_at_most_forty_companies(tmp_path: Path) -> None:
    """Forty are written, in ``test_workbook_validity.py``."""
    one = shipped().figures["Salesforce", "FY2026"]
    names = [f"Company {i}" for i in range(41)]
    figures = {(name, "FY2026"): Figures(name, "FY2026", one.values) for name in names}
    dataset = Dataset(figures, shipped().assumptions, shipped().scenarios)
    with pytest.raises(xlplugin.InputError, match="companies is 41"):
        xlplugin.write_template(tmp_path / "a.xlsx", dataset=dataset)


@pytest.mark.parametrize("many", [{"companies": []}, {"scenarios": []}, {"companies": ["Nobody"]}])
def test_wrong_choices_are_refused(many: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(xlplugin.InputError):
        xlplugin.write_template(tmp_path / "a.xlsx", **many)
    assert not list(tmp_path.iterdir())


def test_a_line_without_a_group_fails_the_build(monkeypatch: pytest.MonkeyPatch) -> None:
    assert sorted(name for names in grouped(FUNCTIONS).values() for name in names) == sorted(FUNCTIONS)
    monkeypatch.setitem(GROUPS, "income_statement", ("eps",))
    with pytest.raises(ValueError, match=r"gross_margin, .*: no group; name each in one of GROUPS"):
        build_template(companies=["Salesforce"], scenarios=["half"])
