"""What there is to ask for: XLP_COMPANIES, XLP_COMPANY, XLP_SCENARIOS, XLP_LEVERS, XLP_MEASURES, XLP_VERSION."""

from __future__ import annotations

from typing import Any

import xlplugin
from xlplugin.dataset import shipped
from xlplugin.functions.registry import function


@function(
    "XLP_COMPANIES",
    (),
    "The companies that come with xlplugin: name, ticker, latest fiscal year, its end, currency, and how well "
    "the figures are checked.",
    "Die mitgelieferten Unternehmen: Name, Kürzel, letztes Geschäftsjahr, dessen Ende, Währung und wie gut "
    "die Zahlen geprüft sind.",
    "=XLP_COMPANIES()",
    category="data",
)
def companies() -> list[list[Any]]:
    dataset = shipped()
    latest = [dataset.figures[name, dataset.year(name)] for name in dataset.companies]
    columns = ("company", "ticker", "fiscal_year", "period_end", "currency", "confidence")
    return [list(columns), *([getattr(one, name) for name in columns] for one in latest)]


@function(
    "XLP_VERSION",
    (),
    "The version of xlplugin that answers.",
    "Die Version von xlplugin, die antwortet.",
    "=XLP_VERSION()",
    spills=False,
    category="data",
)
def version() -> str:
    return xlplugin.__version__
