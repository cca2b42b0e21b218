"""Figures as people read them, in each language: signs, units, and money with its currency."""

from __future__ import annotations

import math

import pytest

from xlplugin.model.errors import InputError
from xlplugin.model.formats import in_currency, in_language, percent, shown

NAN = math.nan

#: Value, line -> English, German.
FIGURES = [
    (0.2013, "operating_margin", "20.1%", "20,1 %"),
    (-0.0813, "operating_margin", "-8.1%", "\u22128,1 %"),
    (0.00134, "operating_margin_change", "+13.4 bp", "+13,4 Bp"),
    (-0.12345, "operating_margin_change", "-1,234.5 bp", "\u22121.234,5 Bp"),
    (0.0, "operating_margin_change", "0", "0"),
    (NAN, "operating_margin", "#N/A", "#NV"),
    (41525.0, "revenue", "41,525", "41.525"),
    (-83.2, "operating_income", "(83)", "(83)"),
    (-1083.2, "operating_income", "(1,083)", "(1.083)"),
    (34.26, "operating_income_change", "+34.3", "+34,3"),
    (7.849, "eps", "7.85", "7,85"),
    (-0.0123, "eps_change", "-0.012", "\u22120,012"),
    (0.1234, "relative_eps_change", "+12.3%", "+12,3 %"),
    (0.7, "unit_cost_index", "0.700", "0,700"),
]


@pytest.mark.parametrize(("value", "line", "english", "german"), FIGURES)
def test_a_figure_in_each_language(value: float, line: str, english: str, german: str) -> None:
    assert shown(value, line) == english
    assert shown(value, line, language="de") == german


def test_money_with_its_currency() -> None:
    assert in_currency(34.26, "operating_income_change", "EUR") == "+34.3 EUR m"
    assert in_currency(34.26, "operating_income_change", "EUR", "de") == "+34,3 Mio. EUR"
    assert in_currency(6.1, "eps", "EUR") == "6.10 EUR"
    assert in_currency(6.1, "eps", "EUR", "de") == "6,10 EUR"
    assert in_currency(NAN, "eps", "EUR", "de") == "#NV"
    assert in_currency(0.00134, "operating_margin_change", "EUR", "de") == "+13,4 Bp"


def test_shares_with_as_many_decimals_as_asked_for() -> None:
    assert percent(-0.1697, 2, signed=True) == "-16.97%"
    assert percent(-0.1697, 2, signed=True, language="de") == "\u221216,97 %"
    assert percent(0.3, 0, language="de") == "30 %"
    assert percent(NAN, language="de") == "#NV"


def test_a_language_that_is_not_spoken() -> None:
    with pytest.raises(InputError, match="choose en or de"):
        in_language("1.5", "fr")
