"""Words follow figures: each sentence after each kind of entry, in both languages, from the oracle's figures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import oracle
import pytest
import your_case
from engines import Book
from sheet_cases import SAID, SAID_BLOCKS, light_of
from workbook_cases import NAMES, SCENARIOS, Case

from xlplugin.workbook.builder.texts import text, translated

pytestmark = pytest.mark.slow

SALESFORCE, NVIDIA, OPENAI, DEEPSEEK = (
    NAMES.index(name) for name in ("Salesforce", "NVIDIA", "OpenAI", "DeepSeek")
)
MINE, DOUBTED, WAR = 0, SCENARIOS.index("deepseek_sceptic"), SCENARIOS.index("price_war")
RISE, DEVELOPMENT = SCENARIOS.index("cost_rise"), SCENARIOS.index("development_only")


@dataclass
class Entry:
    """What is typed: a change of the case as shipped, and the path's own cells."""

    change: Callable[[Case], None]
    decline: float | None = None
    growth: float | None = None
    ai_growth: float | None = None


def _typed(company: int, scenario: int, value: float) -> Callable[[Case], None]:
    def change(case: Case) -> None:
        case.entries[company][scenario] = value

    return change


def _lever(scenario: int, name: str, value: float | None) -> Callable[[Case], None]:
    def change(case: Case) -> None:
        case.levers[scenario][name] = value

    return change


def _chosen(company: int, a: int, b: int) -> Callable[[Case], None]:
    def change(case: Case) -> None:
        case.company, case.a, case.b = company, a, b

    return change


def _own(name: str, value: float) -> Callable[[Case], None]:
    def change(case: Case) -> None:
        case.own[SALESFORCE][name] = value

    return change


def _article(case: Case) -> None:
    case.article = True


ENTRIES = {
    "nothing": Entry(lambda case: None),
    "a reduction for one company": Entry(_typed(SALESFORCE, MINE, 0.6)),
    "one for all": Entry(_lever(MINE, "cost_reduction", 0.455)),
    "none for all": Entry(_lever(MINE, "cost_reduction", None)),
    "a rise": Entry(_typed(SALESFORCE, MINE, -0.25)),
    "an entry in a preset": Entry(_typed(SALESFORCE, WAR, 0.9)),
    "another reduction of a preset": Entry(_lever(WAR, "cost_reduction", 0.4)),
    "another lever": Entry(_lever(MINE, "pass_through", 1.0)),
    "an own exposure": Entry(_own("inference_cost_share", 0.05)),
    "years of the article": Entry(_article),
    "a company that turns": Entry(_chosen(NVIDIA, DOUBTED, RISE)),
    "a company that loses": Entry(_chosen(OPENAI, MINE, DEVELOPMENT), decline=0.9),
    "a company without operating figures": Entry(_chosen(DEEPSEEK, MINE, WAR)),
    "a path of one's own": Entry(lambda case: None, decline=0.6, growth=0.05, ai_growth=0.125),
}  # fmt: skip


@pytest.fixture(scope="module", params=["en", "de"])
def opened(
    request: pytest.FixtureRequest, iron: Any, template_of: Callable[..., Path], seen_by_all: Path
) -> Iterator[tuple[str, Book]]:
    path = light_of(template_of, seen_by_all, *SAID, blocks=SAID_BLOCKS, language=request.param)
    with iron.open(path) as book:
        yield request.param, book


def _decline(entry: Entry) -> float:
    """The annual fall that counts: typed, or a million-fold in ten years."""
    return 1 - 10**-0.6 if entry.decline is None else entry.decline


class Told:
    """The sentences of a case in one language, built from the oracle's figures."""

    def __init__(self, language: str, case: Case, book: Book) -> None:
        self.language, self.case = language, case
        p10, p90 = (book.block(f"xlp_range_{end}") for end in ("p10", "p90"))
        self.ends = [(low, high) for (low,), (high,) in zip(p10, p90, strict=True)]

    def one(self, en: str, de: str) -> str:
        return en if self.language == "en" else de

    def number(self, value: float, signed: bool = False, short: bool = False) -> str:
        """To one decimal, thousands parted, the sign written as the language does."""
        size = f"{abs(value) + 1e-9:,.1f}"
        size = size.removesuffix(".0") if short else size
        sign = "" if float(size.replace(",", "")) == 0 else "-" if value < 0 else "+" if signed else ""
        if self.language == "en":
            return sign + size
        return sign.replace("-", "−") + size.translate(str.maketrans(",.", ".,"))

    def percent(self, share: float, short: bool = False) -> str:
        return self.number(share * 100, short=short) + self.one("%", " %")

    def whole(self, value: float) -> str:
        return self.number(round(value), short=True)

    def label(self, j: int) -> str:
        if j == 0:
            return text("scenario.your_case", self.language)
        return translated(your_case.columns()[j]["label"], self.language)

    def scenario(self, i: int, j: int) -> str:
        """The scenario as it counts for a company: its reduction, marked where the analyst typed it."""
        counts = self.case.inputs(i, j)
        reduction = counts["cost_reduction"] if counts else None
        if reduction is None:
            return self.label(j)
        if self.case.entries[i][j] is not None or self.case.changed(j):
            mark = self.one("own", "eigener Wert")
            return f"{self.label(j)} ({mark}: {self.percent(reduction, short=True)})"
        if reduction < 0:
            return (
                f"{self.label(j)} ({self.one('cost up ', 'Kosten +')}{self.percent(-reduction, short=True)})"
            )
        return f"{self.label(j)} ({self.percent(reduction, short=True)})" if reduction else self.label(j)

    def range(self, i: int, j: int) -> str:
        """P10 and P90 of the draws, which are those of the first scenario (compared in the test of draws)."""
        if j != MINE or self.case.loses(i):
            return ""
        low, high = (self.number(end * 1e4, True) for end in self.ends[i])
        return self.one(f"; P10 to P90: {low} to {high} bp", f"; P10 bis P90: {low} bis {high} Bp")

    # --- sheets ---

    def dashboard(self, letter: str) -> str:
        case, i = self.case, self.case.company
        j = case.a if letter == "A" else case.b
        x, name = case.lines(i, j), NAMES[i]
        lead = f"{letter}, {self.scenario(i, j)}: "
        if case.loses(i):
            change, spent = (
                self.number(x[line], True)
                for line in ("operating_income_change", "bridge_operating_income_development")
            )
            return lead + self.one(
                f"operating income of {name} changes by {change} USD m, of which {spent} USD m from development.",
                f"Das operative Ergebnis von {name} ändert sich um {change} Mio. USD, davon {spent} Mio. USD aus"
                " der Entwicklung.",
            )
        measure = "operating_margin" if x["operating_margin"] == x["operating_margin"] else "gross_margin"
        base, after = self.percent(case.base(i)[f"base_{measure}"]), self.percent(x[measure])
        change = self.number(x[f"{measure}_change"] * 1e4, True)
        spent = self.number(x["bridge_operating_margin_development"] * 1e4, True)
        word = self.one(measure.replace("_", " "), {"operating_margin": "die operative Marge",
                                                    "gross_margin": "die Bruttomarge"}[measure])  # fmt: skip
        if measure == "gross_margin":
            end = self.one(
                "; operating figures are not available.", "; operative Zahlen sind nicht verfügbar."
            )
        else:
            end = self.one(
                f", of which {spent} bp from development.", f", davon {spent} Bp aus der Entwicklung."
            )
        around = self.range(i, j) if measure == "operating_margin" else ""
        return lead + self.one(
            f"{word} of {name} moves from {base} to {after} ({change} bp{around}){end}",
            f"{word} von {name} verändert sich von {base} auf {after} ({change} Bp{around}){end}",
        )

    def bridge(self) -> str:
        case, i = self.case, self.case.company
        base, after = case.base(i)["base_operating_income"], case.lines(i, case.a)["operating_income"]
        if base != base:
            return text("dashboard.heading.bridge", self.language)
        ends = self.whole(base), self.whole(after)
        return self.one(
            "Operating income, USD m: from {} to {} in A, {}",
            "Operatives Ergebnis, Mio. USD: von {} auf {} in A, {}",
        ).format(*ends, self.scenario(i, case.a))

    def heat(self) -> str:
        return self.one(
            f"A, {self.scenario(self.case.company, self.case.a)}, with the cost reduction and pass-through of"
            " each cell; everything else unchanged.",
            f"A, {self.scenario(self.case.company, self.case.a)}, mit Kostenrückgang und Weitergabe der"
            " jeweiligen Zelle; alles andere unverändert.",
        )

    def sensitivity(self) -> str:
        i = self.case.company
        x = self.case.lines(i, self.case.a)
        lead = f"{NAMES[i]}, {self.scenario(i, self.case.a)}: "
        if self.case.loses(i):
            change = self.number(x["operating_income_change"], True)
            return lead + self.one(
                f"Change of operating income {change} USD m",
                f"Änderung des operativen Ergebnisses {change} Mio. USD",
            )
        if x["operating_margin_change"] != x["operating_margin_change"]:
            return text("sensitivity.sentence.none", self.language)
        change = self.number(x["operating_margin_change"] * 1e4, True)
        return lead + self.one(
            f"Change of operating margin {change} bp", f"Änderung der operativen Marge {change} Bp"
        )

    def _year(self, entry: Entry, year: int) -> tuple[dict[str, float], bool]:
        """The oracle's lines in a year of the path, and whether it lies beyond what the model can say."""
        used = {**(self.case.inputs(self.case.company, self.case.a) or {}), "cost_reduction": 0.0}
        rates = _decline(entry), entry.growth or 0, entry.ai_growth or 0
        x = oracle.evaluate(oracle.path_year(used, year, *rates))
        return x, bool(used["ai_supply_revenue_share"]) and not 0.1 <= x["supply_index"] <= 10

    def path_end(self, entry: Entry, year: int) -> str:
        x, beyond = self._year(entry, year)
        if beyond:
            return self.path(entry, year)
        if self.case.loses(self.case.company):
            change = self.number(x["operating_income_change"], True)
            return self.one(
                f"In year {year} the change is {change} USD m, least certain.",
                f"Im Jahr {year} beträgt die Änderung {change} Mio. USD, am unsichersten.",
            )
        measure = "operating_margin" if x["operating_margin"] == x["operating_margin"] else "gross_margin"
        after, change = self.percent(x[measure]), self.number(x[f"{measure}_change"] * 1e4, True)
        return self.one(
            f"In year {year} it is {after} ({change} bp), least certain.",
            f"Im Jahr {year} sind es {after} ({change} Bp), am unsichersten.",
        )

    def path(self, entry: Entry, year: int) -> str:
        case, i, decline = self.case, self.case.company, _decline(entry)
        own = self.one("own", "eigener Wert")
        fall = self.percent(decline, short=True)
        of = self.one("annual fall of unit cost", "Rückgang der Stückkosten pro Jahr")
        lead = f"{NAMES[i]}, {self.label(case.a)}, {of} "
        lead += fall if entry.decline is None else f"({own}: {fall})"
        for rate, word in (
            (entry.growth, self.one("growth of revenue and cost", "Wachstum von Umsatz und Kosten")),
            (entry.ai_growth, self.one("growth of AI's share", "Wachstum des KI-Anteils")),
        ):
            lead += "" if rate is None else f", {word} ({own}: {self.percent(rate, short=True)})"
        x, beyond = self._year(entry, year)
        if beyond:
            return f"{lead}: " + self.one(
                f"AI infrastructure lies beyond what the model can say in year {year}.",
                f"Die KI-Infrastruktur liegt im Jahr {year} jenseits der Aussagekraft des Modells.",
            )
        if case.loses(i):
            change = self.number(x["operating_income_change"], True)
            spent = self.number(x["bridge_operating_income_development"], True)
            return f"{lead}: " + self.one(
                f"operating income changes by {change} USD m in year {year}, of which {spent} USD m from"
                " development.",
                f"Das operative Ergebnis ändert sich im Jahr {year} um {change} Mio. USD, davon {spent} Mio. USD"
                " aus der Entwicklung.",
            )
        measure = "operating_margin" if x["operating_margin"] == x["operating_margin"] else "gross_margin"
        word = {"operating_margin": ("operating margin", "operative Marge"),
                "gross_margin": ("gross margin", "Bruttomarge")}[measure]  # fmt: skip
        base, after = self.percent(x[f"base_{measure}"]), self.percent(x[measure])
        change = self.number(x[f"{measure}_change"] * 1e4, True)
        return f"{lead}: " + self.one(
            f"{word[0]} is {after} in year {year}, against a base of {base} ({change} bp).",
            f"Die {word[1]} liegt im Jahr {year} bei {after}, Basis {base} ({change} Bp).",
        )


def _type(book: Book, case: Case, entry: Entry) -> None:
    """Type the case, choose its company and scenario on every sheet, and the path's own rates."""
    book.set(case.typed())
    company = book.value("xlp_company_names", (case.company, 0))
    scenario = book.value("xlp_scenario_labels", (0, case.a))
    book.set([
        *((f"xlp_in_{sheet}_company", (0, 0), company) for sheet in ("sensitivity", "path")),
        *((f"xlp_in_{sheet}_scenario", (0, 0), scenario) for sheet in ("sensitivity", "path")),
        ("xlp_in_path_annual_decline", (0, 0), entry.decline),
        ("xlp_in_path_revenue_growth", (0, 0), entry.growth),
        ("xlp_in_path_ai_share_growth", (0, 0), entry.ai_growth),
    ])  # fmt: skip
    book.calculate()


def test_a_ranking_says_whose_entry_is_its_own(opened: tuple[str, Book]) -> None:
    """Who leads, by how much and with which reduction; who is not ranked is named."""
    language, book = opened
    case = Case(None)
    case.entries[NAMES.index("Salesforce")][MINE] = 0.9
    case.entries[NAMES.index("Meta Platforms")][MINE] = 0.6
    _type(book, case, Entry(lambda _: None))
    told = Told(language, case, book)
    ranked = {
        name: case.lines(NAMES.index(name), MINE)["operating_margin_change"] * 1e4
        for name in ("Salesforce", "ServiceNow", "Meta Platforms")
    }
    best, worst = max(ranked, key=ranked.__getitem__), min(ranked, key=ranked.__getitem__)
    own = {"Salesforce": told.percent(0.9, short=True), "Meta Platforms": told.percent(0.6, short=True)}
    mark = told.one("own", "eigener Wert")
    who = [f"{name} ({mark}: {own[name]})" if name in own else name for name in (best, worst)]
    change = [told.number(ranked[name], True) + told.one(" bp", " Bp") for name in (best, worst)]
    change = [
        one + told.range(NAMES.index(name), MINE) for one, name in zip(change, (best, worst), strict=True)
    ]
    assert all("P90" in one for one in change)
    assert len(set(who)) == 2 and any(mark in one for one in who)
    ((said,),) = book.block("xlp_results_said_operating_margin_change")
    assert said == told.one(
        f"In scenario A (Your case) {who[0]} comes out best ({change[0]}) and {who[1]} last ({change[1]})."
        " Not ranked: Microsoft, NVIDIA, OpenAI, DeepSeek.",
        f"Im Szenario A (Ihr Fall) liegt {who[0]} vorn ({change[0]}) und {who[1]} am Ende ({change[1]})."
        " Nicht eingereiht: Microsoft, NVIDIA, OpenAI, DeepSeek.",
    )


@pytest.mark.parametrize("kind", ENTRIES)
def test_each_sentence_says_what_counts(opened: tuple[str, Book], kind: str) -> None:
    """Seven sentences after each kind of entry: 98 in each language."""
    (language, book), case, entry = opened, Case(None), ENTRIES[kind]
    entry.change(case)
    _type(book, case, entry)
    told = Told(language, case, book)
    sheets = {key: text(f"sheet.{key}", language) for key in ("dashboard", "sensitivity", "path")}
    heading = book.area("xlp_dashboard_figures").top - 1
    note = book.area("xlp_dashboard_heat").bottom + 2
    expected = {
        (sheets["dashboard"], "B6"): told.dashboard("A"),
        (sheets["dashboard"], "B7"): told.dashboard("B"),
        (sheets["dashboard"], f"J{heading}"): told.bridge(),
        (sheets["dashboard"], f"B{note}"): told.heat(),
        (sheets["sensitivity"], "B4"): told.sensitivity(),
        (sheets["path"], "B4"): told.path(entry, 5),
        (sheets["path"], "B5"): told.path_end(entry, 10),
    }
    found = {place: book.value(*place) for place in expected}
    note_place = (sheets["dashboard"], f"B{note}")
    assert str(found[note_place]).startswith(expected.pop(note_place))
    found.pop(note_place)
    assert found == expected
