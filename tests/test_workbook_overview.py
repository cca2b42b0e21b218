"""Overview: every figure and word on the page against the oracle, whatever is typed, in three engines."""

from __future__ import annotations

import csv
import math
import re
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import oracle
import pytest
import workbook_cases as cases
import your_case
from engines import Book, ErrorValue
from sheet_cases import COMPANIES, SMALL, light, light_of
from workbook_cases import ARTICLE, COLUMNS, GROUP, NAMES, ROWS, Case
from workbook_edits import calculating

import xlplugin
from xlplugin.model.formats import sign
from xlplugin.workbook.builder.texts import text

pytestmark = pytest.mark.slow

BARS = (
    "unit_cost", "usage_rebound", "price_cut", "demand_response", "supply", "stranded_cost",
    "seat_erosion_effect", "labour_substitution_effect", "development",
)  # fmt: skip
SHOWN = min(COLUMNS - 1, 12)
SHEETS, BLOCKS = ("model", "outputs", "results", "overview"), ("draws", "selloff")
template = light(*SHEETS, blocks=BLOCKS)
PLACES = [
    f"xlp_overview_{name}"
    for name in ("gross_margin_before", "gross_margin_after", "gross_margin_change", "operating_margin_before",
                 "operating_margin_after", "operating_margin_change", "p10", "p90", "eps_change", "cause", "bar",
                 "presets", "headline", "moves")
]  # fmt: skip


def typed(case: Case) -> list[tuple[str, Any, Any]]:
    """The cells of a case, choices of other sheets left out."""
    return [cell for cell in case.typed() if not cell[0].startswith("xlp_in_dashboard")]


def close(value: Any, right: float, scale: float = 1.0) -> bool:
    if isinstance(value, ErrorValue):
        return value == "#N/A" and math.isnan(right)
    return isinstance(value, float) and abs(value - right) <= 1e-9 * max(abs(value), abs(right), scale)


def compared(case: Case, i: int) -> bool:
    lab = i < len(NAMES) and GROUP[NAMES[i]] == "lab"
    marked = lab or case.turning(i) or case.general(i) or case.loses(i)
    return (
        case.name(i) is not None
        and not marked
        and not math.isnan(case.lines(i, 0)["operating_margin_change"])
    )


def check(found: dict[str, list[list[Any]]], case: Case) -> int:
    """Compare every row of the page; return how many figures are numbers."""
    numbers = 0
    for i in range(ROWS):
        row = {
            name.removeprefix("xlp_overview_"): found[name][min(i, len(found[name]) - 1)] for name in PLACES
        }
        if case.name(i) is None:
            assert all(cell is None for cells in row.values() for cell in cells), (i, row)
            continue
        lines, base, loses = case.lines(i, 0), case.base(i), case.loses(i)
        for line in ("gross_margin", "operating_margin"):
            assert close(row[f"{line}_before"][0], base[f"base_{line}"]), (i, line)
            assert close(row[f"{line}_after"][0], lines[line]), (i, line)
            change = row[f"{line}_change"][0]
            assert change == "in m" if loses else close(change, lines[f"{line}_change"] * 1e4, 1e4), (i, line)
        eps = lines["eps_change"] / base["base_eps"] if base["base_eps"] > 0 else math.nan
        assert close(row["eps_change"][0], eps), i
        assert row["cause"][0] == cause(case, i), (i, row["cause"])
        for j in range(1, SHOWN + 1):
            cell = row["presets"][j - 1]
            if case.scenario(j) is None:
                assert cell is None
            else:
                change = case.lines(i, j)["operating_margin_change"] * 1e4
                assert cell == "in m" if loses else close(cell, change, 1e4), (i, j, cell, change)
                numbers += isinstance(cell, float)
    return numbers


def cause(case: Case, i: int) -> str | None:
    """The largest bar in words; of a company that loses money the change of its income."""
    lines = case.lines(i, 0)
    if case.loses(i):
        change = lines["operating_income_change"]
        if math.isnan(change):
            return None
        currency = next((r["currency"] for r in cases.FIGURES if r["company"] == case.name(i)), "")
        return f"Operating income {'' if round(abs(change), 1) == 0 else '+' if change > 0 else '-'}" \
               f"{abs(change):,.1f} {currency} m"  # fmt: skip
    bars = [lines[f"bridge_operating_income_{bar}"] for bar in BARS]
    if any(math.isnan(bar) for bar in bars):
        return None
    most, least = max(bars), min(bars)
    largest = most if most >= -least else least
    if largest == 0:
        return text("overview.cause.none")
    return text(f"overview.cause.{BARS[bars.index(largest)]}.{'up' if largest > 0 else 'down'}")


def entries() -> list[Case]:
    """As shipped; 60% for all; own entries, levers and a year; what is drawn; a rise."""
    sixty, own, rise = Case(None), Case(None), Case(None)
    sixty.levers[0]["cost_reduction"], rise.levers[0]["cost_reduction"] = 0.6, -0.2
    own.years[0] = "FY2026"
    own.entries[0][0], own.entries[4][0], own.entries[5][0] = 0.6, -0.4, 0.2
    own.entries[1][2], own.levers[0]["pass_through"], own.levers[0]["cost_reduction"] = 0.5, 1.0, None
    return [Case(None), sixty, own, *(Case(seed) for seed in range(4)), rise]


Page = tuple[Case, dict[str, list[list[Any]]]]
ALSO = ["xlp_range_p10", "xlp_range_p90", "xlp_overview_scale_low", "xlp_overview_scale_high",
        "xlp_overview_all_loss"]  # fmt: skip


def read(book: Book, case: Case, title: str = "Overview") -> Page:
    """Type a case and read all that is compared; the sentences stand under ``sentences``."""
    book.set(typed(case))
    book.calculate()
    sentences = f"'{title}'!B4:B5"
    found = book.get(*PLACES, *ALSO, sentences)
    found["sentences"] = found.pop(sentences)
    return case, found


@pytest.fixture(scope="module")
def pages(book: Book) -> list[Page]:
    return [read(book, case) for case in entries()]


def test_every_figure_is_the_oracles(pages: list[Page]) -> None:
    for case, found in pages:
        numbers = check(found, case)
        for end in ("p10", "p90"):
            for i, ((whole,), (shown,)) in enumerate(
                zip(found[f"xlp_range_{end}"], found[f"xlp_overview_{end}"], strict=True)
            ):
                if isinstance(whole, float) and not case.loses(i):
                    assert close(shown, whole * 1e4, 1e4)
        assert numbers > 30


def test_every_figure_is_the_oracles_in_gnumeric(
    ssconvert: Path, template: Path, tmp_path: Path, iron: Any
) -> None:
    case = entries()[2]
    with iron.open(template) as opened:
        opened.set(typed(case))
        filled = opened.save_as(tmp_path / "filled.xlsx")
    target = tmp_path / "gnumeric.xlsx"
    subprocess.run([ssconvert, "--recalc", filled, target], check=True, capture_output=True, timeout=300)
    workbook = openpyxl.load_workbook(target, data_only=True)
    shipped = openpyxl.load_workbook(template, read_only=True)

    def rows(name: str) -> list[list[Any]]:
        sheet, area = next(iter(shipped.defined_names[name].destinations))
        found = [[cell.value for cell in row] for row in workbook[sheet][area.replace("$", "")]]
        return [[value(one) for one in row] for row in found]

    def value(one: Any) -> Any:
        if isinstance(one, str):
            return ErrorValue(one) if one[:1] == "#" else one or None
        return float(one) if isinstance(one, int) and not isinstance(one, bool) else one

    assert check({name: rows(name) for name in PLACES}, case) > 30


def test_the_headline_stands_on_the_figures_of_january_2025(pages: list[Page]) -> None:
    with (oracle.DATA / "market_moves.csv").open(encoding="utf-8", newline="") as file:
        moves = {row["company"]: float(row["move"]) for row in csv.DictReader(file)}
    headline = next(row for row in oracle.scenarios() if row["scenario"] == "deepseek_headline")
    for latest, page in (pages[0], pages[2]):  # the years chosen, and entries of your case, do not count
        found, shown = page["xlp_overview_headline"], page["xlp_overview_moves"]
        for i, name in enumerate(NAMES):
            assert shown[i][0] == moves.get(name)
            if name not in ARTICLE:
                assert found[i][0] is None
                continue
            row = next(r for r in cases.FIGURES if (r["company"], r["fiscal_year"]) == (name, ARTICLE[name]))
            entry = {"cost_reduction": latest.entries[i][2]} if latest.entries[i][2] else None
            right = oracle.evaluate(oracle.fill(row, cases.ASSUMED, headline, entry=entry).inputs)
            assert close(found[i][0], right["relative_eps_change"]), name


def check_sentences(case: Case, found: dict[str, list[list[Any]]], language: str) -> None:
    comma = "," if language == "de" else "."
    first, second = (row[0] for row in found["sentences"])
    lost = str(found["xlp_overview_all_loss"][0][0] or "")
    changes = {
        case.name(i): case.lines(i, 0)["operating_margin_change"] * 1e4
        for i in range(ROWS) if compared(case, i)
    }  # fmt: skip
    if not changes:
        assert first == text("overview.sentence.none", language)
        return
    count, up, down = len(changes), *(sum(s * v > 0.5e-9 for v in changes.values()) for s in (1, -1))
    numbers = [int(n) for n in re.findall(r"(?<![\d,.+−-])\d+(?![\d,.]*\s?%|[\d,.]*\s?[Bb]p)", first)]
    assert {count, up, down} <= {*numbers} or count == 1, first
    for who in (max(changes, key=changes.__getitem__), min(changes, key=changes.__getitem__)):
        shown = f"{abs(changes[who]):.1f}".replace(".", comma)
        assert shown in first.replace("\u00a0", "") or abs(changes[who]) >= 1000, (
            first,
            who,
            changes,
        )
    check_own_beside(
        case, first, (min(changes, key=changes.__getitem__), max(changes, key=changes.__getitem__)), language
    )
    every = case.levers[0]["cost_reduction"]
    own = every is not None and every != 0.3
    assert (text("overview.own", language, size="").partition(":")[0] in first) == own, first
    for i in range(ROWS):
        name, mine = case.name(i), case.entries[i][0] is not None
        if name is None:
            continue
        assert (f"{name} (" in str(second)) >= mine, (second, name)
        if not compared(case, i) and not math.isnan(case.lines(i, 0)["operating_margin_change"]):
            assert name in str(second), (second, name)
        gain = case.lines(i, 0)["operating_income_change"]
        if name in changes and gain > 0:
            share = f"{gain / case.lines(i, 0)['revenue'] * 100:.2f}" if "revenue" in case.lines(i, 0) else ""
            assert name in lost and share.replace(".", comma) in lost, (lost, name)


def check_own_beside(case: Case, first: str, ends: tuple[str | None, ...], language: str) -> None:
    """Whose entry of their own stands behind the worst and the best of the sentence."""
    mark = text("overview.own_beside", language, size="").strip()
    for i in range(ROWS):
        name, entry = case.name(i), case.entries[i][0]
        if name is None or name not in ends or first.count(name) != 1:
            continue
        behind = first.partition(name)[2]
        assert behind.startswith(mark) == (entry is not None), (first, name)
        if entry is not None and abs(entry * 100 % 1) < 1e-9:
            share = f"{entry * 100:.0f}".replace("-", sign("minus", language))
            assert behind.removeprefix(mark).lstrip().startswith(share), (first, name)


def test_sentences_say_the_figures_and_who_is_left_out(pages: list[Page]) -> None:
    for case, found in pages:
        check_sentences(case, found, "en")


def test_sentences_say_the_same_in_german(
    iron: Any, template_of: Callable[..., Path], seen_by_all: Path
) -> None:
    path = light_of(template_of, seen_by_all, *SHEETS, blocks=BLOCKS, language="de")
    with iron.open(path) as opened:
        for case in entries()[:5]:
            check_sentences(*read(opened, case, text("sheet.overview", "de")), "de")


@pytest.mark.parametrize("language", ["en", "de"])
def test_one_company_is_told_of_once_and_a_rise_with_its_sign(
    language: str, iron: Any, template_of: Callable[..., Path], seen_by_all: Path
) -> None:
    alone = {"companies": ["Salesforce"], "scenarios": [your_case.KEY], "language": language}
    path = light_of(template_of, seen_by_all, *SHEETS, blocks=BLOCKS, **alone)
    with iron.open(path) as opened:
        opened.set([("xlp_in_your_reduction_all", (0, 0), -0.2)])
        opened.calculate()
        said = opened.value("xlp_overview_said")
        change = opened.value("xlp_overview_operating_margin_change")
    assert change < 0
    shown = f"{-change:.1f}"
    assert (
        said
        == {
            "en": "At 20% higher AI cost (own: -20%), operating margin of Salesforce, the one company compared,"
            f" changes by -{shown} bp.",
            "de": "Bei um 20 % höheren KI-Kosten (eigener Wert: −20 %) ändert sich die operative Marge von"
            f" Salesforce, dem einzigen verglichenen Unternehmen, um −{shown.replace('.', ',')} Bp.",
        }[language]
    )


def test_bars_lie_where_the_range_does(pages: list[Page]) -> None:
    """As shipped and where cost rises: left of the line what falls, right of it what gains, all on one scale."""
    sides, lines = set(), set()
    for rises, (_, found) in enumerate((pages[0], pages[-1])):
        names = ("p10", "p90", "bar", "scale_low", "scale_high")
        low, high = (found[f"xlp_overview_scale_{end}"][0][0] for end in ("low", "high"))
        for i in range(ROWS):
            p10, p90, bar = (found[f"xlp_overview_{name}"][i][0] for name in names[:3])
            if not isinstance(p10, float) or not isinstance(p90, float):
                continue
            assert bar.count("│") == 1, (i, bar)
            lines.add((rises, bar.index("│")))
            left, right = bar.split("│")
            sign = (high - low) / 18  # what one sign stands for, to which both ends are rounded
            ends = [max(low, min(high, end)) for end in (p10, p90)]
            signs = left.count("█"), right.count("█")
            assert abs(sum(signs) - (ends[1] - ends[0]) / sign) <= 1, (i, bar, ends)
            assert signs[0] == 0 or p10 < sign / 2, (i, bar, p10)
            assert signs[1] == 0 or p90 > -sign / 2 or signs == (0, 1), (i, bar, p90)
            assert ("›" in bar, "‹" in bar) == (p90 > high, p10 < low), (i, bar)
            sides.add((signs[0] > 0, signs[1] > 0))
    assert sides == {(True, False), (False, True), (True, True)}
    assert len(lines) == 2  # no change stands in one place for all companies


WRONG = ("text", "30%", 30.0, -3.0, True, "=1/0", "=NA()", 45000.0, " ")


def test_wrong_entries_of_companies_give_no_number_and_are_flagged(
    engine: Any, template_of: Callable[..., Path]
) -> None:
    with engine.open(template_of(**SMALL)) as book:
        for first in range(0, len(WRONG), 2):  # each at a company of its own, and the next keeps its figures
            wrongs = WRONG[first : first + 2]
            book.clear("xlp_in_your_reduction")
            book.set([("xlp_in_your_reduction", (i, 0), wrong) for i, wrong in enumerate(wrongs)])
            book.calculate()
            after = [row[0] for row in book.block("xlp_overview_operating_margin_after")]
            assert all(isinstance(value, ErrorValue) for value in after[: len(wrongs)]), (wrongs, after)
            assert isinstance(after[len(wrongs)], float)
            assert book.value("xlp_check_entry_faults") == len(wrongs)
            check_flagged(book, wrongs)


def check_flagged(book: Book, wrongs: Sequence[Any]) -> None:
    faults = 2 if "=1/0" in wrongs else 1  # an error other than #N/A is a fault of its own
    assert book.value("xlp_check_failed") == faults, wrongs
    errors = {str(error) for _, _, error in book.errors()} - {"#N/A"}
    assert not errors or any(str(wrong).startswith("=") for wrong in wrongs), (wrongs, errors)


def test_a_wrong_entry_for_all_gives_no_number_and_is_flagged(
    engine: Any, template_of: Callable[..., Path]
) -> None:
    with engine.open(template_of(**SMALL)) as book:
        for wrong in WRONG:
            book.set([("xlp_in_your_reduction_all", (0, 0), wrong)])
            book.calculate()
            after = [row[0] for row in book.block("xlp_overview_operating_margin_after")]
            assert all(isinstance(value, ErrorValue) for value in after[: len(COMPANIES)]), (wrong, after)
            assert book.value("xlp_check_entry_faults") == 1, wrong
            check_flagged(book, [wrong])
        book.set([("xlp_in_your_reduction_all", (0, 0), 0.3)])
        book.calculate()
        assert book.value("xlp_check_failed") == 0
        after = [row[0] for row in book.block("xlp_overview_operating_margin_after")]
        assert sum(isinstance(value, float) for value in after) >= 3


def test_a_bar_lies_where_its_range_does(pages: list[Page]) -> None:
    """Read back from its signs: where it begins, ends and crosses the line of no change."""
    for _, found in pages[:3]:
        names = ("bar", "p10", "p90", "scale_low", "scale_high")
        bars, low, high = ([row[0] for row in found[f"xlp_overview_{n}"]] for n in names[:3])
        start, end = (found[f"xlp_overview_{n}"][0][0] for n in names[3:])
        step = 18 / (end - start)
        drawn = 0
        for bar, p10, p90 in zip(bars, low, high, strict=True):
            if not isinstance(p10, float):
                assert bar is None
                continue
            body = bar[1:].rstrip("\u203a")
            line = body.index("\u2502")
            signs = body.replace("\u2502", "")
            assert line == round(-start * step)
            first, count = signs.index("\u2588"), signs.count("\u2588")
            assert abs(first - (max(p10, start) - start) * step) <= 0.5 + 1e-9
            assert abs(first + count - (min(p90, end) - start) * step) <= 1 + 1e-9
            assert (bar[0] == "\u2039") == (p10 < start) and (bar[-1] == "\u203a") == (p90 > end)
            drawn += 1
        assert drawn >= 4


def test_the_page_prints_on_one_and_the_first_view_fits(template: Path) -> None:
    workbook = openpyxl.load_workbook(template)
    sheet = workbook["Overview"]
    assert workbook.sheetnames[0] == "Overview"
    assert sheet.page_setup.paperSize == 9 and (
        sheet.page_setup.fitToWidth,
        sheet.page_setup.fitToHeight,
    ) == (1, 1)
    right = openpyxl.utils.column_index_from_string(re.findall(r"[A-Z]+", str(sheet.print_area))[-1])
    letters = [openpyxl.utils.get_column_letter(i + 1) for i in range(right)]
    assert sum(int(sheet.column_dimensions[letter].width * 7 + 5) for letter in letters) <= 1290
    pixels = [(sheet.row_dimensions[row].height or 15.75) / 0.75 for row in range(1, 29)]
    assert sum(pixels) <= 640
    yellow = [cell for row in sheet.iter_rows(max_row=20) for cell in row if not cell.protection.locked]
    assert {cell.column for cell in yellow} == {4}


def test_more_companies_and_scenarios_than_the_page_holds(iron: Any, tmp_path: Path) -> None:
    from xlplugin.data.records import Figures, Scenario
    from xlplugin.data.shipped import shipped

    known = shipped()
    figures = {(f"Company {n}", "FY2026"): known.figures["Salesforce", "FY2026"] for n in range(13)}
    figures = {key: Figures(key[0], key[1], one.values) for key, one in figures.items()}
    more = [Scenario(f"mine_{n}", f"Mine {n}", {"cost_reduction": n / 20}) for n in range(13)]
    dataset = known.merged(figures=figures.values(), scenarios=more)
    path = xlplugin.write_template(
        tmp_path / "many.xlsx", dataset=dataset, companies=[name for name, _ in figures],
        scenarios=[one.name for one in more],
    )  # fmt: skip
    path = calculating(path, tmp_path / "light.xlsx", SHEETS, BLOCKS)
    with iron.open(path) as opened:
        shape = opened.area("xlp_in_your_reduction").shape
        opened.set([("xlp_in_your_reduction", (12, 0), 0.6)])  # beyond the page, and counted all the same
        opened.calculate()
        said = " ".join(str(row[0]) for row in opened.block("Overview!B1:B60") if row[0])
        assert opened.block("xlp_used_cost_reduction")[12][0] == 0.6
        assert opened.area("xlp_overview_presets").shape == (12, 12)
        filled = opened.save_as(tmp_path / "filled.xlsx")
    assert shape == (16, 1)
    assert "first 12 rows of companies" in said and "first 12 of the other scenarios" in said
    workbook = openpyxl.load_workbook(path)
    rows = workbook["Overview"].row_dimensions
    top = workbook.defined_names["xlp_in_your_reduction"].attr_text
    first = int(re.findall(r"\d+", top)[0])
    assert [rows[first + i].hidden for i in range(16)] == [False] * 12 + [True] * 4
    result = xlplugin.run(filled, dataset=dataset, inputs="used")
    mine = result[(result["company"] == "Company 12") & (result["scenario"] == your_case.KEY)].iloc[0]
    assert mine["cost_reduction"] == 0.6
