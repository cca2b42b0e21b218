"""Names as people and data terminals write them: companies, fiscal years, labels of the model and of presets."""

from __future__ import annotations

import math

import pandas as pd
import pytest

import xlplugin
from xlplugin.data.dataset import Dataset, year_key
from xlplugin.data.names import named
from xlplugin.data.records import Figures
from xlplugin.data.shipped import shipped
from xlplugin.model.errors import InputError
from xlplugin.model.labels import LANGUAGES, label
from xlplugin.model.plan import FUNCTIONS, MODEL_INPUTS

#: What is typed, and the shipped company that it names.
COMPANIES = {
    "legal form after a comma": ("Salesforce, Inc.", "Salesforce"),
    "legal form without comma or point": ("salesforce inc", "Salesforce"),
    "legal form in full": ("Microsoft Corporation", "Microsoft"),
    "legal form of a lab": ("OpenAI LLC", "OpenAI"),
    "class of shares": ("Meta Platforms, Inc. Class A", "Meta Platforms"),
    "class of shares, Bloomberg": ("META PLATFORMS INC-CLASS A", "Meta Platforms"),
    "Bloomberg": ("CRM US Equity", "Salesforce"),
    "Bloomberg without the yellow key": ("crm us", "Salesforce"),
    "Bloomberg, one exchange": ("MSFT UW Equity", "Microsoft"),
    "Reuters": ("MSFT.O", "Microsoft"),
    "Reuters, New York": ("CRM.N", "Salesforce"),
    "Reuters, one exchange": ("NVDA.OQ", "NVIDIA"),
    "exchange before": ("NYSE:CRM", "Salesforce"),
    "exchange and a blank": ("NASDAQ: MSFT", "Microsoft"),
    "market identifier": ("XNAS:NVDA", "NVIDIA"),
    "country before": ("US:NOW", "ServiceNow"),
    "FactSet": ("NOW-US", "ServiceNow"),
    "cashtag": ("$META", "Meta Platforms"),
    "name and ticker": ("Salesforce (CRM)", "Salesforce"),
    "name and listing": ("Salesforce, Inc. (NYSE: CRM)", "Salesforce"),
    "full width": ("ＣＲＭ　ＵＳ　Ｅｑｕｉｔｙ", "Salesforce"),
}
#: What looks like a shipped company and is another one, or none.
FALSE_FRIENDS = {
    "ticker with a digit": "CRM1",
    "subsidiary": "Microsoft Japan",
    "subsidiary with its legal form": "Microsoft Japan Co., Ltd.",
    "legal form of another country": "NVIDIA GmbH",
    "a ticker is no name (NOW Inc. sells pipes)": "NOW Inc.",
    "a ticker with a legal form": "CRM Corp",
    "ticker on another exchange": "CRM AU Equity",
    "ticker on another exchange, Reuters": "META.L",
    "ticker on another exchange, before": "LSE:NOW",
    "unknown exchange": "MOON:CRM",
    "a bond": "CRM US Corp Bond",
    "name and ticker of two companies": "Salesforce (NOW)",
    "name and an unknown ticker": "Salesforce (XYZ)",
    "part of a name": "Platforms",
    "first word with more": "Salesforce Ventures",
    "legal form alone": "Inc.",
    "nothing": "",
    "exchange alone": "NYSE:",
    "suffix alone": ".O",
    "two suffixes": "MSFT.O.N",
}


@pytest.mark.parametrize(("typed", "company"), COMPANIES.values(), ids=COMPANIES)
def test_a_company_is_found_as_people_write_it(typed: str, company: str) -> None:
    assert shipped().company(typed) == company
    assert shipped().company(f"  {typed.upper()} ") == company


@pytest.mark.parametrize("typed", FALSE_FRIENDS.values(), ids=FALSE_FRIENDS)
def test_no_company_is_taken_for_another(typed: str) -> None:
    with pytest.raises(InputError, match="company is "):
        shipped().company(typed)


def _dataset(*rows: tuple[str, str, str]) -> Dataset:
    figures = {
        (name, "FY2025"): Figures(name, "FY2025", {}, ticker, currency=money) for name, ticker, money in rows
    }
    return Dataset(figures, {}, {})


def test_two_companies_of_a_name_are_asked_for() -> None:
    both = _dataset(("Contoso AG", "CON", "EUR"), ("Contoso SE", "CTO", "EUR"))
    assert both.company("contoso ag") == "Contoso AG"
    with pytest.raises(InputError, match=r"it may be Contoso AG or Contoso SE: type one"):
        both.company("Contoso")
    assert _dataset(("Contoso AG", "CON", "EUR")).company("Contoso") == "Contoso AG"


def test_a_ticker_is_unique_on_its_exchange_alone() -> None:
    """ALV is Allianz in Frankfurt and Autoliv in New York."""
    both = _dataset(("Allianz", "ALV GY", "EUR"), ("Autoliv", "ALV US", "USD"))
    assert both.company("ALV.DE") == both.company("ETR:ALV") == "Allianz"
    assert both.company("NYSE:ALV") == both.company("ALV.N") == "Autoliv"
    with pytest.raises(InputError, match="Allianz or Autoliv"):
        both.company("ALV")
    with pytest.raises(InputError):
        _dataset(("Allianz", "ALV", "EUR")).company("NYSE:ALV")


@pytest.mark.parametrize(
    "typed",
    [
        "FY2025",
        "fy25",
        "FY 2025",
        "FY 25",
        "FY'25",
        "FY-2025",
        "2025",
        " 2025.0 ",
        "GJ 2025",
        "Fiscal Year 2025",
    ],
)
def test_a_fiscal_year_as_people_write_it(typed: str) -> None:
    assert year_key(typed) == "2025"
    assert shipped().year("Salesforce", typed) == "FY2025"


@pytest.mark.parametrize("number", [2025, 2025.0])
def test_a_fiscal_year_as_a_number(number: float) -> None:
    assert shipped().year("Salesforce", number) == "FY2025"


@pytest.mark.parametrize(
    "typed", ["25", 25.0, "FY2O25", "2025.5", "FY225", "20256", "FY1925", "2025/26", True]
)
def test_what_is_no_fiscal_year_of_the_company(typed: object) -> None:
    with pytest.raises(InputError, match="Salesforce has FY2025, FY2026"):
        shipped().year("Salesforce", typed)  # type: ignore[arg-type]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("names", [MODEL_INPUTS, tuple(FUNCTIONS)], ids=["inputs", "measures"])
def test_a_label_names_its_quantity_or_nothing(language: str, names: tuple[str, ...]) -> None:
    for name in names:
        assert named(name, names) == named(name.replace("_", " ").upper(), names) == name
        shared = [other for other in names if label(other, language) == label(name, language)]
        assert named(label(name, language), names) == (name if shared == [name] else None)


def test_presets_are_named_by_their_labels() -> None:
    for name, preset in shipped().scenarios.items():
        assert shipped().scenario(name.replace("_", " ").upper()).name == name
        assert shipped().scenario(preset.label).name == name
    with pytest.raises(InputError, match="scenario is "):
        shipped().scenario("50%")


def test_a_batch_finds_the_same_companies_and_years() -> None:
    rows = {
        "company": ["Salesforce, Inc.", "CRM US Equity"],
        "fiscal_year": ["FY25", 2025.0],
        "cost_reduction": [0.3, 0.3],
    }
    found = xlplugin.run(rows, lines=["gross_margin"])
    alike = xlplugin.run([{"cost_reduction": 0.3}], ["CRM"], fiscal_year="FY2025", lines=["gross_margin"])
    assert found["company"].tolist() == ["Salesforce"] * 2 and found["fiscal_year"].tolist() == ["FY2025"] * 2
    assert all(math.isclose(cell, alike["gross_margin"][0]) for cell in found["gross_margin"])
    assert isinstance(found, pd.DataFrame)
