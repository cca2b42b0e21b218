"""Every name that a person reads is labelled and explained, in both languages."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from pathlib import Path

import pytest

import xlplugin
from xlplugin.data.records import BASES, BUSINESS_MODELS
from xlplugin.model import inputs, lines
from xlplugin.model.errors import InputError
from xlplugin.model.labels import LANGUAGES, label, labelled, meaning

PACKAGE = Path(xlplugin.__file__).parent


def _rows(path: str) -> list[dict[str, str]]:
    with (PACKAGE / path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


TABLE = _rows("model/labels.csv")
UNITS = sorted({item.unit for item in inputs.INPUTS.values()} | set(lines.UNITS.values()))
KINDS = sorted({item.kind for item in inputs.INPUTS.values()})
CONFIDENCES = sorted({row["confidence"] for row in _rows("data/companies.csv")})
FLAGS = [
    "fallback_exposures", "overrides", "exposure_year_differs", "direction_undetermined",
    "general_assumptions", "outside_range",
]  # fmt: skip

NAMES = [
    *inputs.INPUTS,
    inputs.REFERENCE_LABEL,
    *lines.LINES,
    *lines.BARS,
    *lines.MARGIN_BARS,
    *(f"unit:{unit}" for unit in UNITS),
    *(f"kind:{kind}" for kind in KINDS),
    *(f"basis:{basis}" for basis in BASES),
    *(f"confidence:{confidence}" for confidence in CONFIDENCES),
    *(f"business_model:{model}" for model in BUSINESS_MODELS),
    "alternative:yes",
    "alternative:no",
    *FLAGS,
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_every_name_is_labelled_and_explained(name: str, language: str) -> None:
    assert label(name, language)
    assert len(meaning(name, language)) >= 10
    assert labelled(name)


def test_the_table_holds_nothing_that_does_not_exist() -> None:
    short = {re.sub(r"^bridge_operating_(income|margin)_", "", name) for name in NAMES}
    extra = {row["name"] for row in TABLE} - short
    assert {name for name in extra if not name.startswith("group:")} == {"unit:basis points"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_label_stands_twice(language: str) -> None:
    shown = [label(row["name"], language) for row in TABLE if not row["name"].startswith("unit:")]
    assert sorted(shown) == sorted(set(shown))
    named = [row["name"] for row in TABLE]
    assert sorted(named) == sorted(set(named))


def test_labels_fit_a_column() -> None:
    for row in TABLE:
        for language in LANGUAGES:
            assert len(label(row["name"], language)) <= 36, row["name"]
            assert len(meaning(row["name"], language)) <= 240, row["name"]


def test_german_is_written_with_umlauts() -> None:
    spelled_out = re.compile(r"\w*(?:ae|oe|(?<![aeäq])ue)\w*", re.IGNORECASE)
    genuine = re.compile(r"ttoerg|uell", re.IGNORECASE)  # Nettoergebnis, aktuell
    for row in TABLE:
        words = spelled_out.findall(f"{row['de']} {row['meaning_de']}")
        assert [word for word in words if not genuine.search(word)] == [], row["name"]
    assert any("ü" in row["de"] for row in TABLE)


def test_no_stray_spaces_and_no_foreign_signs() -> None:
    for row in TABLE:
        for text in row.values():
            assert text == text.strip()
            assert "  " not in text
            assert not set(text) & set("\t\n\u00a0\ufeff\ufffd"), row["name"]
    assert not (PACKAGE / "model" / "labels.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_meanings_are_sentences() -> None:
    for row in TABLE:
        assert row["meaning_de"].endswith("."), row["name"]
        assert row["meaning_en"].endswith("."), row["name"]


def test_german_keeps_the_trade_s_terms() -> None:
    assert label("cost_of_revenue", "de") == "Umsatzkosten"
    assert label("operating_margin", "de") == "Operative Marge"
    assert label("eps", "de") == "Verwässertes Ergebnis je Aktie"
    assert label("unit:basis points", "de") == "Bp"
    assert "Basispunkten" in meaning("gross_margin_change", "de")


def test_both_bridges_share_their_bars() -> None:
    assert label("bridge_operating_income_unit_cost", "de") == label("unit_cost", "de")
    assert label("bridge_operating_margin_unit_cost") == label("unit_cost") != label("unit_cost_index")


def test_unknown_language_and_name_are_named() -> None:
    with pytest.raises(InputError, match=r"language is 'fr' \(allowed: en or de\)"):
        label("revenue", "fr")
    with pytest.raises(InputError, match="did you mean gross_margin"):
        meaning("gross_margn")
    assert not labelled("scenario:of_my_own")


def test_labels_need_the_standard_library_alone() -> None:
    script = (
        "import sys; from xlplugin.model.labels import label; label('eps', 'de');"
        "print(sorted({'numpy', 'pandas', 'openpyxl', 'xlwings', 'ironcalc'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
