"""Figures inside the explaining texts (About, docs/model.md) are those that the shipped data gives."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import oracle
import pytest

PROJECT = Path(__file__).resolve().parents[1]
ROWS, ASSUMED = oracle.companies(), oracle.assumptions()
PRESETS = {row["scenario"]: row for row in oracle.scenarios()}


def lines(company: str, preset: str, **changed: float) -> dict[str, float]:
    inputs = oracle.fill(oracle.latest(ROWS, company), ASSUMED, PRESETS[preset]).inputs
    return {**inputs, **oracle.evaluate({**inputs, **changed})}


def assumed(company: str, name: str, value: str) -> float:
    (row,) = [row for row in ASSUMED if (row["company"], row["parameter"]) == (company, name)]
    return float(row[value])


def margins(company: str, year: str = "FY2024") -> tuple[float, float]:
    """Gross margin of a year and of the latest one, in per cent."""
    (before,) = [row for row in ROWS if (row["company"], row["fiscal_year"]) == (company, year)]
    pair = (before, oracle.latest(ROWS, company))
    first, last = (100 * (1 - float(row["cost_of_revenue"]) / float(row["revenue"])) for row in pair)
    return first, last


def from_development(company: str) -> float:
    half = lines(company, "half")
    return 100 * half["bridge_operating_income_development"] / half["operating_income_change"]


def supply_move(elasticity: float) -> float:
    found = lines("NVIDIA", "deepseek_headline", market_elasticity=elasticity)
    return 100 * (found["scenario_revenue"] / found["revenue"] - 1)


def growth(company: str) -> float:
    last = oracle.latest(ROWS, company)
    earlier = oracle.latest([row for row in ROWS if row["period_end"] < last["period_end"]], company)
    return 100 * (float(last["revenue"]) / float(earlier["revenue"]) - 1)


def share_that_undoes() -> float:
    found = lines("Salesforce", "illustrative")
    return 100 * found["operating_income_change"] / found["scenario_revenue"]


def against(company: str) -> tuple[float, float]:
    found = lines(company, "illustrative")
    return found["usage_billed_share"], found["ai_cost_ratio"]


def span(company: str, name: str) -> list[float]:
    return [assumed(company, name, end) for end in ("low", "high")]


def texts() -> dict[str, str]:
    """About in English, and the page of the model, each as one line."""
    with (PROJECT / "xlplugin/workbook/builder/texts.csv").open(encoding="utf-8", newline="") as file:
        about = " ".join(row["en"] for row in csv.DictReader(file) if row["key"].startswith("about.reading"))
    page = (PROJECT / "docs/model.md").read_text(encoding="utf-8")
    return {"About": about, "docs/model.md": " ".join(page.replace("`", "").split())}


#: What is said, with # for each figure, in one of the texts or both; the step that it is rounded to; what it is.
SAID = [
    ("estimated at #% of Salesforce's FY2026 cost of revenue", 0.1,
     lambda: [100 * assumed("Salesforce", "inference_cost_share", "base")]),
    ("FY2026 cost of revenue (# to #%;", 0.1,
     lambda: [100 * share for share in span("Salesforce", "inference_cost_share")]),
    ("gross margin by about # basis points", 1,
     lambda: [1e4 * lines("Salesforce", "deepseek_headline")["gross_margin_change"]]),
    ("about #% comes from R&D", 5, lambda: [from_development("Salesforce")]),
    ("about #% comes from development", 5, lambda: [from_development("Salesforce")]),
    ("at Salesforce and about #% at ServiceNow", 5, lambda: [from_development("ServiceNow")]),
    ("at Salesforce, #% at ServiceNow", 5, lambda: [from_development("ServiceNow")]),
    ("range of # to # the DeepSeek headline", 0.1, lambda: span("*", "market_elasticity")),
    ("revenue between about #% and #%", 1,
     lambda: [supply_move(elasticity) for elasticity in span("*", "market_elasticity")]),
    ("grew revenue by #% in FY2026", 1, lambda: [growth("NVIDIA")]),
    ("latest year (# to #%", 0.1, lambda: margins("Microsoft")),
    ("latest year: # to #%", 0.1, lambda: margins("Microsoft")),
    ("67.9% and # to #%", 0.1, lambda: margins("ServiceNow")),
    ("Salesforce's rose from # to #%", 0.1, lambda: margins("Salesforce", "FY2025")),
    ("Salesforce's rose (# to #%)", 0.1, lambda: margins("Salesforce", "FY2025")),
    ("Salesforce (# against #)", 0.01, lambda: against("Salesforce")),
    ("ServiceNow (# against #)", 0.01, lambda: against("ServiceNow")),
    ("Losing #% of Salesforce's revenue", 0.05, lambda: [share_that_undoes()]),
]  # fmt: skip


@pytest.mark.parametrize(("words", "step", "figures"), SAID, ids=[words for words, _, _ in SAID])
def test_a_figure_in_words_is_that_of_the_data(words: str, step: float, figures) -> None:
    pattern = re.escape(words).replace(r"\#", "#").replace("#", r"([+-]?\d+(?:\.\d+)?)")
    said = {place: match for place, text in texts().items() if (match := re.search(pattern, text))}
    assert said, "no text says so"
    for place, match in said.items():
        assert [float(figure) for figure in match.groups()] == [
            pytest.approx(round(figure / step) * step, abs=1e-9) for figure in figures()
        ], place


def test_german_explanations_hold_the_same_figures() -> None:
    with (PROJECT / "xlplugin/workbook/builder/texts.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["key"].startswith("about.reading")]
    figures = re.compile(r"(?<!\w)[+-]?\d+(?:\.\d+)?")
    for row in rows:
        german = re.sub(r"(?<=\d),(?=\d)", ".", row["de"].replace("\u2212", "-"))
        assert sorted(figures.findall(german)) == sorted(figures.findall(row["en"])), row["key"]
