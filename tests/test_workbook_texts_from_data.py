"""Texts from data stay texts in the workbook, whatever they begin with: in every engine, and to the audit."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Sequence
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
from xlplugin.entries.meaning import key
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


def dataset(*names: str) -> Dataset:
    """The shipped data with a company, an assumption and a scenario for each name, their every text that name."""
    figures = shipped().figures["Salesforce", shipped().year("Salesforce")]
    named, assumed, told = [], [], []
    for words in names:
        texts = dict.fromkeys(("company", "ticker", "source", "note", "currency"), words)
        named.append(replace(figures, confidence=words, **texts))  # type: ignore[arg-type]
        assumed.append(Assumption(words, "adoption", 0.1, 0.2, 0.3, "judgement", words, words))
        told.append(Scenario(words, words, {"cost_reduction": 0.3}, note=words))
    return shipped().merged(figures=named, assumptions=assumed, scenarios=told)


def workbook(folder: Path, *names: str) -> Path:
    return xlplugin.write_template(
        folder / "book.xlsx", dataset=dataset(*names), companies=names, scenarios=names, force=True
    )


def formulas(path: Path, *names: Sequence[str]) -> dict[tuple[str, str], str]:
    """Every formula cell of a file by sheet and place; a name in double quotes stands as its number there."""
    book = openpyxl.load_workbook(path)
    numbers = [(literal(words), literal(f"name {i}")) for some in names for i, words in enumerate(some)]

    def plain(formula: str) -> str:
        for words, number in numbers:
            formula = formula.replace(words, number)
        return formula

    return {
        (sheet.title, cell.coordinate): plain(str(cell.value))
        for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"
    }  # fmt: skip


#: How many names one workbook takes: Overview shows as many.
TOGETHER = 8
HALVES = [list(NASTY.values())[:TOGETHER], list(NASTY.values())[TOGETHER:]]


def harmless(folder: Path, names: Sequence[str]) -> dict[tuple[str, str], str]:
    """The formulas of the same workbook with plain words for every text."""
    plain = [f"Acme {letter}" for letter in "ABCDEFGH"[: len(names)]]
    return formulas(workbook(folder, *plain), plain, names)


@pytest.mark.slow
@pytest.mark.parametrize("names", HALVES, ids=["links and signs", "marks and blanks"])
def test_no_text_from_data_becomes_a_formula(names: list[str], tmp_path: Path) -> None:
    book = workbook(tmp_path, *names)
    assert audit(book, dataset(*names)) == []
    result = xlplugin.run(book, dataset=dataset(*names))
    assert [*dict.fromkeys(result["company"])] == names
    assert [*dict.fromkeys(result["scenario"])] == ["your_case", *names]  # a template begins with your case
    assert result["operating_margin"].notna().all()
    found = formulas(book, names)
    assert found == harmless(tmp_path, names)


@pytest.mark.slow
@pytest.mark.parametrize("names", HALVES, ids=["links and signs", "marks and blanks"])
def test_every_engine_reads_the_texts(
    names: list[str], iron: Any, calc: Any, ooxml_errors: Callable[..., list[dict[str, str]]], tmp_path: Path
) -> None:
    book = workbook(tmp_path, *names)
    assert ooxml_errors(book) == []
    for engine in (iron, calc):
        with engine.open(book) as opened:
            before = opened.block("xlp_out_operating_margin")
            opened.calculate()
            after = opened.block("xlp_out_operating_margin")
            held = [row[0] for row in opened.block("xlp_companies")]
        assert len(held) >= len(names)
        for words, one, old, new in zip(names, held, before, after, strict=False):
            assert new[: len(names) + 1] == pytest.approx(old[: len(names) + 1], rel=1e-9)
            assert words in (one, as_shown(one))  # IronCalc leaves the number of a character


@pytest.mark.slow
def test_the_audit_sees_a_text_that_was_made_a_formula(tmp_path: Path) -> None:
    book = workbook(tmp_path, "=1+1")
    changed = openpyxl.load_workbook(book)
    ((sheet, area),) = changed.defined_names["xlp_companies"].destinations
    changed[sheet][area.replace("$", "").partition(":")[0]].value = "=1+1"
    changed.save(tmp_path / "changed.xlsx")
    told = [str(finding) for finding in audit(tmp_path / "changed.xlsx", dataset("=1+1"))]
    assert any("holds the formula =1+1" in line for line in told)


@pytest.mark.slow
def test_a_long_note_is_cut_with_a_mark(tmp_path: Path) -> None:
    book = workbook(tmp_path, "Acme")
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


NAMES = st.builds(
    str.__add__, st.sampled_from([*"=+-@'\t ", ""]), st.text(PRINTED, min_size=1, max_size=40)
).filter(key)


@pytest.mark.slow
@settings(
    max_examples=2, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(names=st.lists(NAMES, min_size=TOGETHER, max_size=TOGETHER, unique_by=key))
def test_nothing_that_can_be_a_name_becomes_a_formula(names: list[str], tmp_path: Path) -> None:
    book = workbook(tmp_path, *names)
    found = formulas(book, names)
    with zipfile.ZipFile(book) as parts:
        assert parts.testzip() is None
    assert found == harmless(tmp_path, names)
