"""Texts from data stay texts in the workbook, whatever they begin with: in every engine, and to the audit."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

import xlplugin
from xlplugin.data.dataset import Dataset
from xlplugin.data.records import Assumption, Scenario
from xlplugin.data.shipped import shipped
from xlplugin.workbook.audit import audit
from xlplugin.workbook.builder.cells import LONGEST_TEXT, Text, as_shown, is_formula, shown_text, written
from xlplugin.workbook.builder.texts import literal

#: What a stranger may write as a name, label, note or source, in plain words.
NASTY = {
    "a link": '=HYPERLINK("http://example.com","click")',
    "a sum": "=1+1",
    "no formula at all": "=> half price",
    "a plus": "+SUM(A1:A9)",
    "a minus": "-2+3",
    "an at sign": "@SUM(A1)",
    "a leading apostrophe": "'=1+1",
    "a character by its number": "_x0041_",
    "a line break": "two\nlines",
    "a tab before a formula": "x\t=1+1",
    "a comma and quotes": 'A, "B" & C',
    "an XML tag": "<f>1+1</f>",
    "a sheet": "'Inputs'!A1",
    "codes of a footer": "&P &[Path]",
    "two blanks": "two  blanks",
}


#: Characters that a name may hold.
PRINTED = st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp", "Zs"))


def dataset(words: str) -> Dataset:
    """The shipped data with one company, one assumption and one scenario whose every text is ``words``."""
    figures = shipped().figures["Salesforce", shipped().year("Salesforce")]
    texts = dict.fromkeys(("company", "ticker", "source", "note", "currency"), words)
    named = replace(figures, confidence=words, **texts)  # type: ignore[arg-type]
    assumed = Assumption(words, "adoption", 0.1, 0.2, 0.3, "judgement", words, words)
    told = Scenario(words, words, {"cost_reduction": 0.3}, note=words)
    return shipped().merged(figures=[named], assumptions=[assumed], scenarios=[told])


def workbook(words: str, folder: Path) -> Path:
    return xlplugin.write_template(
        folder / "book.xlsx", dataset=dataset(words), companies=[words], scenarios=[words], force=True
    )


def formulas(path: Path, words: str) -> dict[tuple[str, str], str]:
    """Every formula cell of a file by sheet and place; ``words`` in double quotes are no part of it."""
    book = openpyxl.load_workbook(path)
    return {
        (sheet.title, cell.coordinate): str(cell.value).replace(literal(words), literal("..."))
        for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"
    }  # fmt: skip


@pytest.fixture(scope="module")
def harmless(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], str]:
    """The formulas of the same workbook with a plain word for every text."""
    return formulas(workbook("Acme", tmp_path_factory.mktemp("harmless")), "Acme")


@pytest.mark.slow
@pytest.mark.parametrize("words", NASTY.values(), ids=NASTY)
def test_no_text_from_data_becomes_a_formula(
    words: str, harmless: dict[tuple[str, str], str], tmp_path: Path
) -> None:
    book = workbook(words, tmp_path)
    assert formulas(book, words) == harmless
    assert audit(book, dataset(words)) == []
    result = xlplugin.run(book, dataset=dataset(words))
    assert set(result["company"]) == {words}
    assert list(result["scenario"]) == ["your_case", words]  # a template begins with your case
    assert result["operating_margin"].notna().all()


@pytest.mark.slow
@pytest.mark.parametrize("case", ["a link", "no formula at all", "a character by its number", "an XML tag"])
def test_every_engine_reads_the_text(
    case: str, engine: Any, ooxml_errors: Callable[..., list[dict[str, str]]], tmp_path: Path
) -> None:
    book = workbook(NASTY[case], tmp_path)
    assert ooxml_errors(book) == []
    with engine.open(book) as opened:
        before = opened.block("xlp_out_operating_margin")[0][0]
        opened.calculate()
        after = opened.block("xlp_out_operating_margin")[0][0]
        held = opened.block("xlp_companies")[0][0]
    assert after == pytest.approx(before, rel=1e-9)
    assert NASTY[case] in (held, as_shown(held))  # IronCalc leaves the number of a character


@pytest.mark.slow
def test_the_audit_sees_a_text_that_was_made_a_formula(tmp_path: Path) -> None:
    book = workbook("=1+1", tmp_path)
    changed = openpyxl.load_workbook(book)
    ((sheet, area),) = changed.defined_names["xlp_companies"].destinations
    changed[sheet][area.replace("$", "").partition(":")[0]].value = "=1+1"
    changed.save(tmp_path / "changed.xlsx")
    told = [str(finding) for finding in audit(tmp_path / "changed.xlsx", dataset("=1+1"))]
    assert any("holds the formula =1+1" in line for line in told)


@pytest.mark.slow
def test_a_long_note_is_cut_with_a_mark(tmp_path: Path) -> None:
    book = workbook("Acme", tmp_path)
    long = replace(dataset("Acme").scenarios["Acme"], note="n" * 40_000)
    data = dataset("Acme").merged(scenarios=[long])
    xlplugin.write_template(book, dataset=data, companies=["Acme"], scenarios=["Acme"], force=True)
    texts = [str(cell.value) for row in openpyxl.load_workbook(book)["Sources"].iter_rows() for cell in row]
    longest = max(texts, key=len)
    assert (len(longest), longest[:3], longest[-6:]) == (LONGEST_TEXT, "nnn", " [...]")
    assert audit(book, data) == []


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60) | st.sampled_from(list(NASTY.values())))
@example("\x00\x1b[31m=1")
@example("\ud800")
@example("_x005F_x0041_")
def test_a_text_comes_back_from_the_file_as_it_was_given(words: str) -> None:
    assert not is_formula(Text(words))
    xml = written(Text(words))
    read = re.sub(r"&(amp|lt|gt|#13);", lambda e: {"amp": "&", "lt": "<", "gt": ">", "#13": "\r"}[e[1]], xml)
    read = re.sub(r"_x([0-9A-Fa-f]{4})_", lambda e: chr(int(e[1], 16)), read)  # as Excel does
    assert read == shown_text(words)
    xml.encode()  # what is left can be written


@pytest.mark.slow
@settings(
    max_examples=6, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(first=st.sampled_from([*"=+-@'\t ", ""]), rest=st.text(PRINTED, min_size=1, max_size=40))
def test_nothing_that_can_be_a_name_becomes_a_formula(
    first: str, rest: str, harmless: dict[tuple[str, str], str], tmp_path: Path
) -> None:
    words = first + rest
    book = workbook(words, tmp_path)
    assert formulas(book, words) == harmless
    with zipfile.ZipFile(book) as parts:
        assert parts.testzip() is None
