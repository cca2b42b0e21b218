"""The workbook's longer texts: complete in both languages, within Excel's limits, the same places."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from pathlib import Path

import pytest

import xlplugin
from xlplugin.model.errors import InputError
from xlplugin.model.labels import LANGUAGES
from xlplugin.workbook.builder.texts import joined, keys, pieces, text, translated

pytestmark = pytest.mark.slow

PACKAGE = Path(xlplugin.__file__).parent
SHEETS = "about inputs companies results dashboard sensitivity path model workings outputs checks sources"
PLACE = re.compile(r"\{\w+\}")


def _rows(path: str) -> list[dict[str, str]]:
    with (PACKAGE / path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


TABLE = _rows("workbook/builder/texts.csv")
DATA_TABLE = _rows("workbook/builder/data_texts.csv")


def test_every_text_stands_once_in_both_languages() -> None:
    assert len({row["key"] for row in TABLE}) == len(TABLE)
    for row in TABLE:
        assert row["en"], row["key"]
        assert row["de"], row["key"]


def test_both_languages_have_the_same_places() -> None:
    for row in TABLE:
        assert sorted(PLACE.findall(row["en"])) == sorted(PLACE.findall(row["de"])), row["key"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_sheet_names_are_legal_and_differ(language: str) -> None:
    names = [text(f"sheet.{sheet}", language) for sheet in SHEETS.split()]
    assert len({name.casefold() for name in names}) == len(names)
    for name in names:
        assert len(name) <= 31
        assert not set(name) & set("[]:*?/\\'")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sheet_has_a_title_and_asks_one_question(language: str) -> None:
    for sheet in SHEETS.split():
        assert text(f"title.{sheet}", language)
        question = text(f"question.{sheet}", language)
        assert question.endswith("?")
        assert question.count("?") == 1


def test_validation_messages_keep_excel_s_limits() -> None:
    for row in TABLE:
        if row["key"].startswith("validation."):
            longest = 32 if row["key"].endswith(".title") else 225
            assert max(len(row["en"]), len(row["de"])) <= longest, row["key"]


def test_words_in_formulas_keep_excel_s_limit() -> None:
    for key in keys():
        for language in LANGUAGES:
            if len(pieces(key, language)) > 1:
                assert max(map(len, pieces(key, language))) <= 255, key


GERMAN = [row["de"] for row in TABLE + DATA_TABLE]


def test_german_is_written_with_umlauts() -> None:
    spelled_out = re.compile(r"\w*(?:ae|oe|(?<![aeäq])ue)\w*", re.IGNORECASE)
    genuine = re.compile(r"ttoerg|uell|zuerst", re.IGNORECASE)  # Nettoergebnis, aktuell
    for german in GERMAN:
        assert [word for word in spelled_out.findall(german) if not genuine.search(word)] == [], german


def test_german_numbers_are_written_the_german_way() -> None:
    not_figures = re.compile(r"\d\d\.\d\d\.\d{4}|Anlage 99\.1|Python 3\.11")  # dates, an exhibit, a version
    for german in GERMAN:
        assert not re.search(r"\d%", german), german
        assert not re.search(r"\d\.\d\d?(?!\d)", not_figures.sub("", german)), german


def test_no_stray_spaces() -> None:
    for row in TABLE + DATA_TABLE:
        for value in row.values():
            assert "  " not in value
            assert value == value.strip(), value


def test_a_sentence_becomes_a_formula_in_the_language_s_own_order() -> None:
    places = {"lead": "A1", "after": "B1", "year": "C1", "base": "D1", "change": "E1"}
    assert joined("path.sentence.middle_gross", "en", **places) == (
        'A1&": gross margin is "&B1&" in year "&C1&", against a base of "&D1&" ("&E1&" bp)."'
    )
    assert joined("path.sentence.middle_gross", "de", **places) == (
        'A1&": Die Bruttomarge liegt im Jahr "&C1&" bei "&B1&", Basis "&D1&" ("&E1&" Bp)."'
    )


def test_places_are_filled_and_a_missing_one_is_named() -> None:
    assert text("master.fail_many", "en", n=2) == "2 checks fail: see Checks"
    assert text("master.fail_many", "de", n=2) == "2 Prüfungen fehlgeschlagen: siehe Prüfungen"
    with pytest.raises(KeyError, match="n"):
        text("master.fail_many")
    with pytest.raises(InputError, match=r"did you mean title\.results"):
        text("title.result")
    with pytest.raises(InputError, match="language"):
        text("title.results", "fr")


def test_the_disclaimer_is_the_trade_s_own() -> None:
    assert text("disclaimer", "de") == "Was-wäre-wenn-Rechnung, keine Prognose, keine Anlageberatung."


def test_all_that_the_data_says_is_there_in_german() -> None:
    said = {row["note"] for row in _rows("data/assumptions.csv")}
    said |= {row[name] for row in _rows("data/companies.csv") for name in ("note", "source")}
    said |= {row[name] for row in _rows("data/scenarios.csv") for name in ("label", "note")}
    assert said - {""} <= {row["en"] for row in DATA_TABLE}
    assert translated("not disclosed", "de") == "nicht veröffentlicht"
    assert translated("not disclosed") == "not disclosed"
    assert translated("a note of my own", "de") == "a note of my own"


@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_of_scenarios_fit_their_column_and_differ(language: str) -> None:
    labels = [translated(row["label"], language) for row in _rows("data/scenarios.csv")]
    assert max(map(len, labels)) <= 56
    assert len(set(labels)) == len(labels)


def test_texts_need_the_standard_library_alone() -> None:
    script = (
        "import sys; from xlplugin.workbook.builder.texts import text; text('disclaimer', 'de');"
        "print(sorted({'numpy', 'pandas', 'openpyxl', 'xlwings', 'ironcalc'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
