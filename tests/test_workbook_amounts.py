"""Amounts inside sentences: sign, thousands and decimals as a reader of the language writes them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from xlplugin.data.shipped import shipped
from xlplugin.workbook.builder.amounts import lay_amount
from xlplugin.workbook.builder.draft import Draft
from xlplugin.workbook.package import save

pytestmark = pytest.mark.slow

#: Value -> with one decimal and a plus sign, with two and none; in English.
WORDS = {
    0.0: ("0.0", "0.00"),
    -0.04: ("0.0", "-0.04"),
    0.05: ("+0.1", "0.05"),
    9.96: ("+10.0", "9.96"),
    99.999: ("+100.0", "100.00"),
    -999.94: ("-999.9", "-999.94"),
    999.96: ("+1,000.0", "999.96"),
    1000.0: ("+1,000.0", "1,000.00"),
    -10_007.06: ("-10,007.1", "-10,007.06"),
    430_090.5: ("+430,090.5", "430,090.50"),
    999_999.99: ("+1,000,000.0", "999,999.99"),
    -1_000_000.0: ("-1,000,000.0", "-1,000,000.00"),
    12_034_005.25: ("+12,034,005.3", "12,034,005.25"),
}


@pytest.mark.parametrize("language", ["en", "de"])
def test_amounts_in_words(language: str, engine: Any, tmp_path: Path) -> None:
    dataset = shipped()
    build = Draft(dataset, ("Salesforce",), (dataset.scenario("half"),), language)
    sheet = build.sheet("path")
    for row, value in enumerate(WORDS, 1):
        sheet.put(row, 1, value)
        lay_amount(sheet, row, 2, f"$A${row}", f"xlp_one_{row}")
        lay_amount(sheet, row, 8, f"$A${row}", f"xlp_two_{row}", signed="1=0", power="100", pad="10")
    save(build, tmp_path / "amounts.xlsx")
    with engine.open(tmp_path / "amounts.xlsx") as book:
        book.calculate()
        for row, (value, words) in enumerate(WORDS.items(), 1):
            found = (book.value(f"xlp_one_{row}"), book.value(f"xlp_two_{row}"))
            right = (
                words
                if language == "en"
                else tuple(one.translate({44: ".", 46: ",", 45: "\u2212"}) for one in words)
            )
            assert found == right, value
