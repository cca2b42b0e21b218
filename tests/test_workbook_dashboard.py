"""Dashboard (and with it Results): every number equals the oracle's, for every choice of the lists."""

from __future__ import annotations

import math
import re
import zipfile
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import openpyxl
import oracle
import pytest
import test_workbook_results as results
import workbook_cases as cases
from engines import Book, ErrorValue, share
from sheet_cases import light
from test_workbook_draws import reached
from test_workbook_results import close, ratio
from workbook_cases import MAIN, Case

pytestmark = pytest.mark.slow

NAN = math.nan
SETS = 25  # each of a company under two scenarios here, and of every company and scenario on Results
template = light("model", "outputs", "results", "dashboard", blocks=["draws", "curve", "heat", "range"])
PLACES = ("figures", "heat", "curve", "curve_reductions", "bridge", "bridge_parts", "bridge_ends", "bars")


@pytest.fixture(autouse=True)
def as_shipped(request: pytest.FixtureRequest) -> None:
    if "book" in request.fixturenames:
        opened = request.getfixturevalue("book")
        opened.set(Case(None).typed())


def check(book: Book, case: Case) -> None:
    """Compare every number of the sheet with the oracle."""
    found = {name: book.block(f"xlp_dashboard_{name}") for name in PLACES}
    i, cells = case.company, Cells(case)
    for row, (line, right) in enumerate(zip(found["figures"], cells.figures(), strict=True)):
        for value, (expected, scale) in zip(line, right, strict=True):
            assert close(value, expected, scale), (row, line, right)
    loses, money = case.loses(i), case.money(i)
    for line, pass_through in zip(found["heat"], case.down, strict=True):
        for value, reduction in zip(line, case.across, strict=True):
            x = cells.what_if(case.a, cost_reduction=reduction, pass_through=pass_through)
            expected = x["operating_income_change"] if loses else x["operating_margin_change"] * 1e4
            assert close(value, expected, money if loses else 1e4), (reduction, pass_through, value, expected)
    assert [point for (point,) in found["curve_reductions"]] == [step / 20 for step in range(20)]
    for (base, a, b), (point,) in zip(found["curve"], found["curve_reductions"], strict=True):
        assert close(base, case.base(i)["base_operating_margin"])
        for value, j in ((a, case.a), (b, case.b)):
            expected = cells.what_if(j, cost_reduction=float(point))["operating_margin"]
            assert close(value, expected, 1.0), (point, value, expected)
    check_bridge(found, cells)
    check_bars(found["bars"], case)


class Cells:
    """What the cells shall hold for a case."""

    def __init__(self, case: Case) -> None:
        self.case, self.i = case, case.company
        self.base = case.base(self.i)
        self.lines = [case.lines(self.i, j) for j in (case.a, case.b)]

    def what_if(self, j: int, **replaced: float) -> dict[str, float]:
        """The model with inputs replaced; none where the slot is free or shares pass their whole."""
        return self.case.lines(self.i, j, **replaced)

    def figures(self) -> list[list[tuple[Any, float]]]:
        """Each row: base, A, its change, B, its change, B less A; each with its scale."""
        case, base = self.case, self.base
        money, shares = case.money(self.i), case.figures(self.i)["diluted_shares"] or NAN
        eps = base["base_eps"]
        per_eps = money / shares / abs(eps) if shares == shares and eps else 1.0
        revenue = case.figures(self.i)["revenue"]
        revenue = NAN if revenue is None else revenue
        bp = [[NAN] * 2, [NAN] * 2]
        for k, name in enumerate(("gross_margin_change", "operating_margin_change")):
            bp[k] = ["in m" if case.loses(self.i) else x[name] * 1e4 for x in self.lines]  # type: ignore[misc]
        before = base["base_operating_margin_ex_sbc"]
        sbc: list[Any] = [
            "in m" if case.loses(self.i) else (x["operating_margin_ex_sbc"] - before) * 1e4
            for x in self.lines
        ]
        return [
            self._row(None, "effective_reduction", None, 1.0, 1.0),
            self._row(revenue, "scenario_revenue",
                      [x["scenario_revenue"] / revenue - 1 for x in self.lines], money, 1.0),
            self._row(base["base_gross_margin"], "gross_margin", bp[0], 1.0, 1e4),
            self._row(base["base_operating_margin"], "operating_margin", bp[1], 1.0, 1e4),
            self._range(),
            self._row(base["base_operating_margin_ex_sbc"], "operating_margin_ex_sbc", sbc, 1.0, 1e4),
            self._row(base["base_operating_income"], "operating_income",
                      [x["operating_income_change"] for x in self.lines], money, money),
            self._row(None, None,
                      [x["bridge_operating_income_development"] for x in self.lines], money, money),
            self._row(eps, "eps", [ratio(x["eps_change"], eps) for x in self.lines], money / shares, per_eps),
            self._reference("reference_eps", "reference_eps_after", "eps_change_of_reference", per_eps),
            self._reference("reference_share_price", "implied_share_price", "relative_eps_change", per_eps),
        ]  # fmt: skip

    def _range(self) -> list[tuple[Any, float]]:
        """P10 and P90 of the draws in the place of a value and its change, for the first scenario alone."""
        shown: list[Any] = [None]
        draws = reached(self.case, self.i)
        for j in (self.case.a, self.case.b):
            if j != 0 or self.case.loses(self.i):
                shown += [None, None]
            elif draws is None or not draws[0]:
                shown += [NAN, NAN]
            else:
                shown += [float(value) * 1e4 for value in np.percentile(draws[0], [10, 90])]
        return [(value, 1e4) for value in (*shown, None)]

    def _reference(self, name: str, after: str, change: str, scale: float) -> list[tuple[Any, float]]:
        given = self.case.references[self.i][name]
        if given is None:
            return [("none", 1.0), *[(None, 1.0)] * 5]
        changes = [x[change] for x in self.lines]
        return self._row(given, after, changes, max(1.0, scale) * abs(given), max(1.0, scale))

    def _row(
        self, base: Any, line: str | None, changes: list[Any] | None, scale: float, change_scale: float
    ) -> list[tuple[Any, float]]:
        values = [x[line] if line else None for x in self.lines]
        a, b = changes or (None, None)
        less = None if a is None or isinstance(a, str) else b - a
        scale = scale if scale == scale else 1.0
        shown = ((base, scale), (values[0], scale), (a, change_scale), (values[1], scale), (b, change_scale))
        return [*shown, (less, change_scale)]


def check_bridge(found: dict[str, Any], cells: Cells) -> None:
    """Bars are the oracle's, parts draw each from where the last ended, on both sides of zero."""
    x, money = cells.lines[0], cells.case.money(cells.i)
    names = [f"bridge_operating_income_{bar}" for bar in oracle.BARS]
    expected = [x[name] for name in names] + [x["operating_income_change"]]
    for (value,), right in zip(found["bridge"], expected, strict=True):
        assert close(value, right, money)
    ends = (cells.base["base_operating_income"], x["operating_income"])
    assert all(close(value, right, money) for value, right in zip(found["bridge_ends"][0], ends, strict=True))
    drawn = [k for k, amount in enumerate(expected) if amount == amount and (k == 9 or round(amount, 1))]
    rows = found["bridge_parts"]
    assert all(part is None for row in rows[len(drawn) :] for part in row), "a cause that does nothing leaves"
    start = 0.0
    for k, parts in zip(drawn, rows, strict=False):
        amount = expected[k]
        start = 0.0 if k == len(names) else start
        end = start + amount
        above, below = (parts[1], sum(parts[2::2])), (parts[0], sum(parts[3::2]))
        low, high = min(start, end), max(start, end)
        right = (max(low, 0), max(high, 0) - max(low, 0), min(high, 0), min(low, 0) - min(high, 0))
        for value, one in zip((*above, *below), right, strict=True):
            assert close(value, float(one), money), (k, parts, right)
        kind = 6 if k == len(names) else 2 if amount >= 0 else 4  # total, gain or loss
        others = [part for at, part in enumerate(parts[2:], 2) if at not in (kind, kind + 1)]
        assert abs(amount) < 1e-6 * money or not any(others), (k, amount, parts)
        start = end


def check_bars(rows: list[list[Any]], case: Case) -> None:
    changes = {}
    for i in MAIN:
        x = case.lines(i, case.a)["operating_margin_change"]
        if x == x and not case.loses(i):
            mark = " ‡" if case.general(i) else " †" if case.turning(i) else ""
            changes[f"{case.name(i)}{mark}"] = x * 1e4
    told = [BAR.fullmatch(row[0]) for row in rows if row[0] is not None]
    shown = {bar["company"]: (bar, row) for bar, row in zip(told, rows, strict=False) if bar}
    assert shown.keys() == changes.keys() and len(told) == len(changes)
    own = {i: case.entries[i][case.a] is not None or case.changed(case.a) for i in MAIN}
    for i in MAIN:
        bar = next((bar for name, (bar, _) in shown.items() if name.rstrip(" †‡") == case.name(i)), None)
        if bar:
            assert (bar["own"] is not None) == own[i], (bar[0], case.entries[i][case.a])
            counts = case.inputs(i, case.a)
            assert not own[i] or abs(float(bar["own"]) - 100 * counts["cost_reduction"]) <= 0.0501
    for name, (bar, row) in shown.items():
        assert close(row[3], changes[name], 1e4)
        assert close(row[4], max(row[3], 0.0), 1e4) and close(row[5], min(row[3], 0.0), 1e4)
        assert abs(float(bar["change"]) - changes[name]) <= 0.0501, row
    ordered = [row[3] for row in rows if row[3] is not None]
    assert all(a >= b - 1e-6 for a, b in pairwise(ordered))
    assert all(row[3] is None for row in rows[len(ordered) :])


BAR = re.compile(r"(?P<company>.*) (?P<change>[-+]?[\d.]+)(, own: (?P<own>-?[\d.]+)%)?")
NUMBER = re.compile(r"[-+]?\d[\d,]*\.\d")


def check_sentences(book: Book, case: Case) -> None:
    """Figures in the sentences are the table's, to one decimal."""
    area = book.area("xlp_in_dashboard_company")
    said = [row[0] for row in book.block(f"{area.sheet}!B{area.top + 2}:B{area.top + 3}")]
    base, label = case.base(case.company), case.name(case.company)
    for sentence, j in zip(said, (case.a, case.b), strict=True):
        assert isinstance(sentence, str) and not isinstance(sentence, ErrorValue)
        x = case.lines(case.company, j)
        told = sentence.rpartition(f" of {label} ")[2]
        if case.loses(case.company) and x["operating_income_change"] == x["operating_income_change"]:
            right = [x["operating_income_change"], x["bridge_operating_income_development"]]
        elif x["operating_margin_change"] == x["operating_margin_change"]:
            right = [base["base_operating_margin"] * 100, x["operating_margin"] * 100]
            right += [x["operating_margin_change"] * 1e4]
            if j == 0:  # the scenario of the draws
                told = told.replace("P10 to P90", "range")
                ends = (book.block(f"xlp_range_{end}")[case.company][0] for end in ("p10", "p90"))
                right += [end * 1e4 for end in ends if isinstance(end, float)]
            right += [x["bridge_operating_margin_development"] * 1e4]
        elif x["gross_margin_change"] == x["gross_margin_change"]:
            right = [base["base_gross_margin"] * 100, x["gross_margin"] * 100, x["gross_margin_change"] * 1e4]
        else:
            assert "no result for" in sentence
            continue
        figures = [float(one.replace(",", "")) for one in NUMBER.findall(told)]
        assert len(figures) == len(right), (sentence, right)
        for value, one in zip(figures, right, strict=True):
            assert abs(value - one) <= 0.0501 + 1e-9 * abs(one), (sentence, right)


def test_both_sheets_are_the_oracle_s(book: Book) -> None:
    """As shipped and random sets of entries; every company and scenario is chosen in turn."""
    draws = [Case(None), *(Case(1000 + seed) for seed in share(book, range(SETS)))]
    for n, case in enumerate(draws[1:]):
        case.company, case.a, case.b = n % cases.ROWS, n % cases.COLUMNS, (n * 5 + 3) % cases.COLUMNS
    for n, case in enumerate(draws):
        book.set(case.typed())
        book.calculate()
        check(book, case)
        check_sentences(book, case)
        results.check(book, case)
        if n % 10 == 0:  # of the sheets that calculate here; the whole workbook is looked through for Results
            assert [one for one in book.errors() if one[2] != "#N/A"] == []
    assert {case.company for case in draws} == set(range(min(cases.ROWS, len(draws) - 1)))
    chosen = min(cases.COLUMNS, len(draws) - 1)  # in LibreOffice the first of them
    assert {case.a for case in draws} == set(range(chosen)) and len({case.b for case in draws}) >= chosen


def test_the_sentence_as_shipped(book: Book) -> None:
    book.calculate()
    said = [row[0] for row in book.block("Dashboard!B6:B8")]
    assert said[0] == (
        "A, Your case (30%): operating margin of Salesforce moves from 20.1% to 20.2%"
        " (+13.4 bp; P10 to P90: +9.9 to +26.4 bp), of which +6.5 bp from development."
    )
    assert said[2].strip() == "General assumptions in use: 5."


def test_words_for_those_that_turn_lose_or_are_labs(book: Book) -> None:
    told = {}
    for name in ("NVIDIA", "OpenAI", "DeepSeek"):
        book.set([("xlp_in_dashboard_company", (0, 0), name)])
        book.calculate()
        told[name] = [row[0] for row in book.block("Dashboard!B6:B8")]
    assert "Direction not determined by cost alone" in told["NVIDIA"][2]
    changes = "operating income of OpenAI changes by +996.6 USD m, of which 0.0 USD m from development"
    assert changes in told["OpenAI"][0]
    assert "Base operating income is negative" in told["OpenAI"][2]
    assert (
        "gross margin of DeepSeek moves from 84.5% to 88.2% (+365.8 bp); operating figures"
        in told["DeepSeek"][0]
    )


def test_a_wrong_choice_gives_no_number(book: Book) -> None:
    for wrong in ("nobody", "Sales*", "?VIDIA", 30.0, True, None, "=NA()"):
        book.set([("xlp_in_dashboard_company", (0, 0), wrong)])
        book.calculate()
        places = [name for name in PLACES if name not in ("bars", "curve_reductions")]
        found = book.get(*(f"xlp_dashboard_{name}" for name in places))
        said = book.value("Dashboard", "B6")
        for name, rows in found.items():
            cells = [value for row in rows for value in row if value is not None]
            assert all(isinstance(value, ErrorValue) or value == 0 for value in cells), (wrong, name)
        assert said == "Choose a company and two scenarios from the lists above.", wrong


def test_wrong_axes_give_no_number(book: Book) -> None:
    for wrongs in ((30.0, 1.0, "30%"), (True, None, -1.5)):  # each in a column of its own
        book.set([("xlp_in_dashboard_reductions", (0, k), wrong) for k, wrong in enumerate(wrongs)])
        book.set([("xlp_in_dashboard_pass_through", (1, 0), 20.0)])
        book.calculate()
        heat = book.block("xlp_dashboard_heat")
        assert all(isinstance(value, ErrorValue) for row in heat for value in row[:3]), wrongs
        assert all(isinstance(value, ErrorValue) for value in heat[1])
        assert all(isinstance(value, float) for value in heat[0][3:])


CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"


def test_charts_carry_the_values_that_recalculation_gives(
    engine: Any, template_of: Callable[..., Path]
) -> None:
    template = template_of()
    with zipfile.ZipFile(template) as archive:
        names = [name for name in archive.namelist() if name.startswith("xl/charts/chart")]
        charts = [ElementTree.fromstring(archive.read(name)) for name in names]
        drawings = [
            archive.read(n).decode() for n in archive.namelist() if n.startswith("xl/drawings/drawing")
        ]
    assert len(charts) >= 3 and not any(chart.findall(f"{CHART}chart/{CHART}title") for chart in charts)
    assert sum(len(re.findall(r'descr="[^"]{20,}"', drawing)) for drawing in drawings) == len(charts)
    compared = 0
    with engine.open(template) as book:
        book.calculate()
        for chart in charts:
            for held in (*chart.iter(f"{CHART}numRef"), *chart.iter(f"{CHART}strRef")):
                compared += same(held, book)
    assert compared > 120


def same(held: ElementTree.Element, book: Book) -> int:
    place = held.findtext(f"{CHART}f")
    values = [value for row in book.block(str(place).replace("$", "")) for value in row]
    cache = held.find(f"{CHART}numCache") or held.find(f"{CHART}strCache")
    cache = next(one for one in held if one.tag.endswith("Cache"))
    points = {int(str(one.get("idx"))): one.findtext(f"{CHART}v") for one in cache.iter(f"{CHART}pt")}
    assert int(str(cache.find(f"{CHART}ptCount").get("val"))) == len(values)  # type: ignore[union-attr]
    for at, value in enumerate(values):
        known = points.get(at)
        if cache.tag.endswith("strCache"):
            assert (known or None) == value, place
        elif isinstance(value, float):
            assert known is not None and close(float(known), value, 1e-6), place
        else:
            assert known is None, (place, known, value)
    return len(points)


def test_the_first_view_fits_a_laptop(template: Path) -> None:
    """1,366 x 768 leaves about 1,250 pixels by 28 rows."""
    workbook = openpyxl.load_workbook(template)
    sheet = workbook["Dashboard"]
    widths = [sheet.column_dimensions[letter].width for letter in "ABCDEFGHIJKLMNOPQ"]
    assert sum(int(width * 7 + 5) for width in widths) <= 1290
    pixels = [(sheet.row_dimensions[row].height or 15.75) / 0.75 for row in range(1, 29)]
    assert sum(pixels) <= 640
    chosen = {name for name, one in workbook.defined_names.items() if ":" not in one.attr_text}
    assert {"company", "scenario_a", "scenario_b"} == {
        name.removeprefix("xlp_in_dashboard_") for name in chosen if name.startswith("xlp_in_dashboard_")
    }
