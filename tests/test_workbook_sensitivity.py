"""Sensitivity: grid and tornado equal the oracle and the tornado in Python, whatever is chosen or typed."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import openpyxl
import oracle
import pytest
import sheet_cases
import your_case
from engines import Book, ErrorValue, share
from sheet_cases import COMPANIES, SCENARIOS, SMALL, light, number, whole

from xlplugin.analysis.tornados import swings
from xlplugin.data.subjects import subject
from xlplugin.model.labels import label

pytestmark = pytest.mark.slow

MEASURES = (
    "operating_margin_change", "gross_margin_change", "net_margin_change", "operating_income_change",
    "eps_change", "operating_margin", "gross_margin", "operating_income", "eps",
)  # fmt: skip
LEVERS = tuple(name for name in (*oracle.EXPOSURES, *oracle.LEVERS) if name != "repricing_lag_years")
NOT_GROSS = ("training_cost_share", "training_cost_reduction", "labour_substitution", "reinvestment")
Values = Mapping[str, float | None]
#: Replaces one input: ``fill(own, entry)`` of a case.
Fill = Callable[[Values, Values], dict[str, float | None]]


workbook = light("sensitivity", blocks=["grid", "tornado"], **SMALL)


def choose(book: Book, **choices: str | int | None) -> None:
    """Choose by name; measures and levers by their own names."""
    lists = {
        "measure": ("measures", MEASURES),
        "row_lever": ("levers", LEVERS),
        "column_lever": ("levers", LEVERS),
    }
    for name, value in choices.items():
        if name in lists:
            of, names = lists[name]
            value = book.block(f"xlp_sensitivity_{of}")[names.index(str(value))][0]  # type: ignore[assignment]
        book.set([(f"xlp_in_sensitivity_{name}", (0, 0), value)])


def changed(fill: Fill, name: str, value: float) -> dict[str, float | None]:
    """What counts where ``name`` is ``value``: exposures and what follows from them, or a lever."""
    return fill({name: value}, {}) if name in oracle.EXPOSURES else fill({}, {name: value})


def measured(used: Values, measure: str) -> float:
    """The measure as the sheet shows it; NaN without a result."""
    if used.get("cost_reduction") is None or not whole(used):
        return math.nan
    lines = oracle.evaluate(used)
    if measure == "eps_change":
        return lines["eps_change"] / lines["base_eps"] * 100 if lines["base_eps"] > 0 else math.nan
    factor = 10_000 if measure.endswith("margin_change") else 100 if measure.endswith("margin") else 1
    return lines[measure] * factor


def shown(used: Values, measure: str) -> str:
    """Operating income stands in for a change of margin where the base loses."""
    base = oracle.evaluate({**used, "cost_reduction": 0.0})["base_operating_income"]
    return "operating_income_change" if base < 0 and measure.endswith("margin_change") else measure


def agree(measure: str, a: float, b: float, used: Values) -> bool:
    scale = oracle.scale(measure, used) * (1 if "margin" not in measure else 100)
    if measure == "eps_change":
        scale = 100.0
    return (a != a and b != b) or abs(a - b) <= 1e-8 * max(abs(a), abs(b), scale)


def check_grid(book: Book, fill: Fill, measure: str, row: str, column: str) -> int:
    """Compare the grid with the oracle at the values that stand on its axes; return the count of numbers."""
    found = book.get("xlp_sensitivity_grid", "xlp_sensitivity_row_axis", "xlp_sensitivity_column_axis")
    used = fill({}, {})
    measure = shown(used, measure) if used.get("cost_reduction") is not None else measure
    downs = [number(one[0]) for one in found["xlp_sensitivity_row_axis"]]
    acrosses = [number(one) for one in found["xlp_sensitivity_column_axis"][0]]
    numbers = 0
    for i, down in enumerate(downs):
        for j, across in enumerate(acrosses):
            value = number(found["xlp_sensitivity_grid"][i][j])
            own, entry = {}, {}
            for name, one in ((row, down), (column, across)):
                (own if name in oracle.EXPOSURES else entry)[name] = one
            right = measured(fill(own, entry), measure) if down == down and across == across else math.nan
            if row == column:
                right = math.nan
            assert agree(measure, value, right, used), (measure, row, down, column, across, value, right)
            numbers += value == value
    return numbers


def check_tornado(book: Book, company: str, fill: Fill, given: Values, measure: str) -> int:
    """Compare bars and what is fixed with the oracle; return how many bars there are."""
    used = fill({}, {})
    reduced = used.get("cost_reduction") is not None
    available = reduced and whole(used)  # an end of a bar may make shares whole that are too much in the case
    measure = shown(used, measure) if available else measure
    names = {row[0]: name for name, row in zip(LEVERS, book.block("xlp_sensitivity_levers"), strict=True)}
    keys = ("assumptions", "lows", "uses", "highs", "at_lows", "case", "at_highs", "swings")
    found = book.get(*(f"xlp_sensitivity_bars_{key}" for key in keys))
    rows = list(zip(*([one[0] for one in found[f"xlp_sensitivity_bars_{key}"]] for key in keys), strict=True))
    bars = {names[row[0]]: row[1:] for row in rows if row[0] is not None}
    matters = [name for name in LEVERS if "gross" not in measure or name not in NOT_GROSS]
    fixed = [name for name in matters if given.get(name) is not None]
    assert set(bars) == {n for n in matters if n not in fixed and sheet_cases.assumption(company, n)}
    base = measured(used, measure)
    sizes = []
    for name, (low, use, high, at_low, case, at_high, swing) in bars.items():
        row = sheet_cases.assumption(company, name)
        assert row and (low, high) == (float(row["low"]), float(row["high"]))
        if available:
            assert math.isclose(number(use), used[name], rel_tol=1e-9, abs_tol=1e-12)  # type: ignore[arg-type]
        ends = [
            measured(changed(fill, name, float(row[end])), measure) if reduced else math.nan
            for end in ("low", "high")
        ]
        reach = [one for one in (*ends, base) if one == one]
        rights = (*ends, base, max(reach) - min(reach) if base == base else math.nan)
        for value, right in zip((at_low, at_high, case, swing), rights, strict=True):
            assert agree(measure, number(value), right, used), (measure, name, value, right)
        sizes.append(number(swing))
    close = [one for one in sizes if one == one]
    scale = oracle.scale(measure, used) if available else 1.0
    assert all(a >= b - 1e-7 * max(scale, 1.0) for a, b in pairwise(close)), sizes
    levers = [names[one[0]] for one in book.block("xlp_sensitivity_fixed_levers") if one[0] is not None]
    values = [one[0] for one in book.block("xlp_sensitivity_fixed_values")][: len(levers)]
    assert levers == fixed
    if available:
        for name, value in zip(levers, values, strict=True):
            assert math.isclose(number(value), given[name], rel_tol=1e-9, abs_tol=1e-12)  # type: ignore[arg-type]
    return len(bars)


def of(
    company: str, scenario: str, year: str | None = None, own: Values | None = None
) -> tuple[Fill, Values]:
    """How a case of the workbook is filled, and what the scenario gives of it."""
    row = next(one for one in your_case.columns() if one["scenario"] == scenario)
    out = company in [part.strip() for part in row["not_applicable_to"].split(";")]
    given = {
        name: float(row[name])
        for name in oracle.LEVERS
        if row[name] and not (out and name in oracle.REDUCTIONS)
    }
    if out:
        given["cost_reduction"] = math.nan  # fixed: that it does not apply

    def fill(mine: Values, entry: Values) -> dict[str, float | None]:
        return sheet_cases.inputs(company, scenario, {**(own or {}), **mine}, entry, year)

    return fill, given


def test_every_choice_of_the_lists(engine: Any, workbook: Path) -> None:
    """Companies, scenarios, measures and levers, each choice at least once, and both kinds of axis."""
    numbers = bars = 0
    with engine.open(workbook) as book:
        for k, row in enumerate(LEVERS):
            company, scenario = COMPANIES[k % 4], SCENARIOS[(k // 4 + k) % 4]
            measure, column = MEASURES[k % 9], LEVERS[(k + 7) % len(LEVERS)]
            choose(
                book, company=company, scenario=scenario, measure=measure, row_lever=row, column_lever=column
            )
            book.calculate()
            fill, given = of(company, scenario)
            if fill({}, {}).get("cost_reduction") is None:  # the scenario does not apply to the lab
                if "cost_reduction" not in (row, column):
                    assert check_nothing(book)
                continue
            numbers += check_grid(book, fill, measure, row, column)
            bars += check_tornado(book, company, fill, given, measure)
    assert numbers > 400 and bars > 150


def check_nothing(book: Book) -> bool:
    cells = [one for row in book.block("xlp_sensitivity_grid") for one in row]
    cells += [row[0] for row in book.block("xlp_sensitivity_bars_at_lows") if row[0] is not None]
    return all(isinstance(one, ErrorValue) for one in cells)


def test_the_same_tornado_as_in_python(engine: Any, workbook: Path) -> None:
    with engine.open(workbook) as book:
        for company, scenario in (
            ("Salesforce", "price_war"),
            ("NVIDIA", "your_case"),
            ("OpenAI", "price_war"),
        ):
            for measure in ("operating_income_change", "gross_margin")[: 1 + (company == "Salesforce")]:
                choose(book, company=company, scenario=scenario, measure=measure)
                book.calculate()
                preset = your_case.STANDARD if scenario == your_case.KEY else scenario
                right = swings(subject(company, preset), measure)
                factor = 100 if measure == "gross_margin" else 1
                keys = ("assumptions", "lows", "uses", "highs", "at_lows", "at_highs", "swings", "basis")
                found = book.get(*(f"xlp_sensitivity_bars_{key}" for key in keys))
                columns = {key: [one[0] for one in found[f"xlp_sensitivity_bars_{key}"]] for key in keys}
                for i, bar in enumerate(right.bars):
                    at = columns["assumptions"].index(label(bar["input"], "en"))
                    assert at == i or abs(bar["swing"] - right.bars[at]["swing"]) <= 1e-6 * max(
                        1, abs(bar["swing"])
                    )
                    assert columns["basis"][at] == label(f"basis:{bar['basis']}", "en")
                    for key, name in (("lows", "low"), ("uses", "base"), ("highs", "high")):
                        assert number(columns[key][at]) == pytest.approx(bar[name], rel=1e-9, abs=1e-12)
                    for key, name in (("at_lows", "at_low"), ("at_highs", "at_high"), ("swings", "swing")):
                        value, other = number(columns[key][at]), bar[name] * factor
                        assert agree(measure, value, other, right.subject.inputs), (bar, value)
                assert sum(one is not None for one in columns["assumptions"]) == len(right.bars)
                levers = [one[0] for one in book.block("xlp_sensitivity_fixed_levers") if one[0] is not None]
                assert levers == [label(name, "en") for name in right.fixed]


def test_what_the_live_range_holds_has_no_bar(engine: Any, workbook: Path) -> None:
    """The reduction for all companies cleared: your case holds the 30% that stand beside it, as when typed."""
    reduction = label("cost_reduction", "en")
    with engine.open(workbook) as book:
        choose(book, company="Salesforce", scenario="your_case", measure="operating_margin_change")
        seen = []
        for typed in (0.3, None):
            book.set([("xlp_in_your_reduction_all", (0, 0), typed)])
            book.calculate()
            bars = [row[0] for row in book.block("xlp_sensitivity_bars_assumptions") if row[0] is not None]
            fixed = [row[0] for row in book.block("xlp_sensitivity_fixed_levers") if row[0] is not None]
            assert reduction not in bars and reduction in fixed and len(bars) > 5
            seen.append((bars, fixed))
        assert seen[0] == seen[1]
        slot = len(SCENARIOS)  # a scenario that brings none starts from the assumption: it is drawn
        book.set([("xlp_scenarios", (0, slot), "mine")])
        choose(book, company="Salesforce", scenario="mine", measure="operating_margin_change")
        book.calculate()
        assert reduction in [row[0] for row in book.block("xlp_sensitivity_bars_assumptions")]


def test_random_figures_of_an_own_company_and_scenario(engine: Any, workbook: Path) -> None:
    with engine.open(workbook) as book:
        for k, seed in share(book, list(enumerate(range(11, 61)))):
            case = sheet_cases.Random(seed)
            row, column = LEVERS[(3 * k) % 19], LEVERS[(3 * k + 8) % 19]
            book.set(case.typed(book))
            choose(book, company=case.company, scenario=case.scenario, measure=MEASURES[k % 9],
                   row_lever=row, column_lever=column)  # fmt: skip
            book.calculate()
            started = case.levers["cost_reduction"] is None
            start = {"cost_reduction": 0.3} if started else {}

            def fill(own: Values, entry: Values, case: Any = case, start: Values = start) -> dict[str, Any]:
                return case.inputs(own, {**start, **entry})

            check_grid(book, fill, MEASURES[k % 9], row, column)
            check_tornado(book, case.company, fill, case.levers, MEASURES[k % 9])


def test_own_values_other_years_and_entries(engine: Any, workbook: Path) -> None:
    with engine.open(workbook) as book:
        choose(book, company="NVIDIA", scenario="price_war", measure="gross_margin_change",
               row_lever="market_elasticity", column_lever="ai_supply_revenue_share")  # fmt: skip
        book.set([("xlp_in_fiscal_year", (1, 0), "FY2025"), ("xlp_in_own_market_elasticity", (1, 0), 0.7)])
        book.calculate()
        fill, given = of("NVIDIA", "price_war", "FY2025", {"market_elasticity": 0.7})
        assert (
            check_grid(book, fill, "gross_margin_change", "market_elasticity", "ai_supply_revenue_share")
            == 49
        )
        assert check_tornado(book, "NVIDIA", fill, given, "gross_margin_change") > 10
        place = (COMPANIES.index("OpenAI"), SCENARIOS.index("deepseek_headline"))
        _, given = of("OpenAI", "deepseek_headline")
        for entry in (0.0, 0.95, -0.4):  # counts although the scenario does not apply to the lab
            book.set([("xlp_in_cost_reduction", place, entry)])
            choose(book, company="OpenAI", scenario="deepseek_headline", measure="operating_margin_change",
                   row_lever="cost_reduction", column_lever="adoption")  # fmt: skip
            book.calculate()

            def filled(own: Values, more: Values, entry: float = entry) -> dict[str, Any]:
                return sheet_cases.inputs(
                    "OpenAI", "deepseek_headline", own, {"cost_reduction": entry, **more}
                )

            assert check_grid(book, filled, "operating_margin_change", "cost_reduction", "adoption") == 49
            entered = {**given, "cost_reduction": entry}
            check_tornado(book, "OpenAI", filled, entered, "operating_margin_change")


def test_the_axes_hold_the_case_and_take_what_is_typed(engine: Any, workbook: Path) -> None:
    with engine.open(workbook) as book:
        book.calculate()
        rows = [number(one[0]) for one in book.block("xlp_sensitivity_row_axis")]
        columns = [number(one) for one in book.block("xlp_sensitivity_column_axis")[0]]
        assert rows == sorted(rows) and columns == sorted(columns) and len(set(rows)) == len(rows)
        used = sheet_cases.inputs("Salesforce", "your_case")
        i, j = rows.index(0.3), columns.index(used["pass_through"])  # type: ignore[arg-type]
        case = number(book.block("xlp_sensitivity_grid")[i][j])
        assert case == pytest.approx(measured(used, "operating_margin_change"), rel=1e-9)
        wrong = ("30%", True, 30.0, 1.0, -1.5, "=1/0", " ")  # below 1 only: at 100% nothing would be left
        book.set([("xlp_in_sensitivity_row_values", (k, 0), one) for k, one in enumerate(wrong)])
        book.set([("xlp_in_sensitivity_column_values", (0, 3), 0.33)])
        book.calculate()
        assert all(isinstance(one, ErrorValue) for row in book.block("xlp_sensitivity_grid") for one in row)
        assert number(book.value("xlp_sensitivity_axis_faults")) == len(wrong)
        assert "axis" in str(book.value("Sensitivity", "B7"))
        book.clear("xlp_in_sensitivity_row_values")
        book.calculate()
        fill, _ = of("Salesforce", "your_case")
        assert number(book.block("xlp_sensitivity_column_axis")[0][3]) == 0.33
        assert check_grid(book, fill, "operating_margin_change", "cost_reduction", "pass_through") == 49


def test_wrong_choices_give_no_number_and_say_so(engine: Any, workbook: Path) -> None:
    with engine.open(workbook) as book:
        for name in ("company", "scenario", "measure", "row_lever"):
            for wrong in (None, "S*", 1.0, "=NA()"):
                before = book.value(f"xlp_in_sensitivity_{name}")
                book.set([(f"xlp_in_sensitivity_{name}", (0, 0), wrong)])
                book.calculate()
                if name == "row_lever":
                    cells = [one for row in book.block("xlp_sensitivity_grid") for one in row]
                    assert all(isinstance(one, ErrorValue) for one in cells), wrong
                else:
                    assert check_nothing(book), (name, wrong)
                assert "from the list" in str(book.value("Sensitivity", "B7"))
                book.set([(f"xlp_in_sensitivity_{name}", (0, 0), before)])
                if name != "company":
                    break  # the same formula stands behind each of them
        choose(book, column_lever="cost_reduction")
        book.calculate()
        assert all(isinstance(one, ErrorValue) for row in book.block("xlp_sensitivity_grid") for one in row)
        assert "same" in str(book.value("Sensitivity", "B7"))


@pytest.mark.parametrize("language", ["en", "de"])
def test_sentences_say_what_the_figures_are(language: str, template_of: Callable[..., Path]) -> None:
    path = template_of(**SMALL) if language == "en" else template_of(language=language)
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    title = {"en": "Sensitivity", "de": "Sensitivität"}[language]
    said = [book[title].cell(row, 2).value for row in (4, 5, 6)]
    assert (
        said
        == {
            "en": [
                "Salesforce, Your case (30%): Change of operating margin +13.4 bp",
                "AI products, of revenue moves it most: +9.9 bp at 0.5%, +29.4 bp at 4%.",
                "Over the grid it runs from 0.0 bp to +43.3 bp; 0 of 49 cells lie below 0.",
            ],
            "de": [
                "Salesforce, Ihr Fall (30 %): Änderung der operativen Marge +13,4 Bp",
                "Am stärksten wirkt: Anteil KI-Produkte am Umsatz, +9,9 Bp bei 0,5 % und +29,4 Bp bei 4 %.",
                "Im Raster reicht das Ergebnis von 0,0 Bp bis +43,3 Bp; 0 von 49 Zellen liegen unter 0.",
            ],
        }[language]
    )
