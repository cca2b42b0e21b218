"""Texts from data stay texts in the workbook, whatever they begin with: in every engine, and to the audit."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st
from workbook_edits import parts_of, sheet, write

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
    "an array's formula": "{=1+1}",
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


def workbook(path: Path, companies: Sequence[str], scenarios: Sequence[str]) -> Path:
    data = dataset(*dict.fromkeys([*companies, *scenarios]))
    return xlplugin.write_template(path, dataset=data, companies=companies, scenarios=scenarios)


Formulas = dict[tuple[str, str], str]


def formulas(path: Path, *names: Sequence[str]) -> Formulas:
    """Every formula of a file by part and cell; a name in double quotes stands as its number there."""
    numbers = {literal(words): literal(f"name {i}") for some in names for i, words in enumerate(some)}
    quoted = re.compile("|".join(re.escape(words) for words in sorted(numbers, key=len, reverse=True)))
    return {
        (name, place): quoted.sub(lambda words: numbers[words[0]], unescape(formula))
        for name, data in parts_of(path).items()
        for place, formula in re.findall(r'<c r="(\w+)"[^>]*><f[^>]*>([^<]*)</f>', data.decode("utf-8", "replace"))
    }  # fmt: skip


#: How many names one workbook takes of companies, and of scenarios: Overview shows as many.
TOGETHER = 8
SIGNS, MARKS = [*NASTY.values()][:TOGETHER], [*NASTY.values()][TOGETHER:]
PLAIN = [f"Acme {letter}" for letter in "ABCDEFGH"]
#: Each text once as a company's, once as a scenario's.
NAMES_OF = {"signs by marks": (SIGNS, MARKS), "marks by signs": (MARKS, SIGNS)}


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The workbook of each of NAMES_OF, written once."""
    folder = tmp_path_factory.mktemp("books")
    return cache(lambda case: workbook(folder / f"{case}.xlsx", *NAMES_OF[case]))


@pytest.fixture(scope="module")
def harmless(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same workbook with plain words for every text."""
    return workbook(tmp_path_factory.mktemp("harmless") / "book.xlsx", PLAIN, PLAIN)


@pytest.mark.slow
@pytest.mark.parametrize("case", NAMES_OF)
def test_no_text_from_data_becomes_a_formula(case: str, books: Callable[[str], Path], harmless: Path) -> None:
    (companies, scenarios), book = NAMES_OF[case], books(case)
    data = dataset(*NASTY.values())
    assert audit(book, data) == []
    result = xlplugin.run(book, dataset=data)
    assert [*dict.fromkeys(result["company"])] == companies
    # a template begins with your case
    assert [*dict.fromkeys(result["scenario"])] == ["your_case", *scenarios]
    assert result["operating_margin"].notna().all()
    found = formulas(book, companies, scenarios)
    assert len(found) > 20_000 and found == formulas(harmless, PLAIN, companies, scenarios)


@pytest.mark.slow
def test_every_engine_reads_the_texts(
    books: Callable[[str], Path], iron: Any, calc: Any, ooxml_errors: Callable[..., list[dict[str, str]]]
) -> None:
    (companies, scenarios), book = NAMES_OF["signs by marks"], books("signs by marks")
    assert ooxml_errors(book) == []
    for engine in (iron, calc):
        with engine.open(book) as opened:
            before = opened.block("xlp_out_operating_margin")
            opened.calculate()
            after = opened.block("xlp_out_operating_margin")
            held = [row[0] for row in opened.block("xlp_companies")], opened.block("xlp_scenarios")[0][1:]
        for names, seen in zip((companies, scenarios), held, strict=True):
            assert len(seen) >= len(names)
            for words, one in zip(names, seen, strict=False):
                assert words in (one, as_shown(one))  # IronCalc leaves the number of a character
        for old, new in zip(before[: len(companies)], after, strict=False):
            assert new[: len(scenarios) + 1] == pytest.approx(old[: len(scenarios) + 1], rel=1e-9)


@pytest.mark.slow
def test_the_audit_sees_a_text_that_was_made_a_formula(tmp_path: Path) -> None:
    parts = parts_of(workbook(tmp_path / "book.xlsx", ["=1+1"], ["=1+1"]))
    name = sheet(parts, "Companies")
    text = re.compile(rb' t="inlineStr"><is><t>=1\+1</t></is>')
    parts[name], count = text.subn(b"><f>1+1</f><v>2</v>", parts[name], count=1)
    assert count == 1
    told = map(str, audit(write(tmp_path / "changed.xlsx", parts), dataset("=1+1")))
    assert any("holds the formula =1+1" in line for line in told)


@pytest.mark.slow
def test_a_long_note_is_cut_with_a_mark(tmp_path: Path) -> None:
    long = replace(dataset("Acme").scenarios["Acme"], note="n" * 40_000)
    data = dataset("Acme").merged(scenarios=[long])
    book = xlplugin.write_template(
        tmp_path / "book.xlsx", dataset=data, companies=["Acme"], scenarios=["Acme"]
    )
    sources = openpyxl.load_workbook(book, read_only=True)["Sources"]
    longest = max((str(value) for row in sources.iter_rows(values_only=True) for value in row), key=len)
    assert (len(longest), longest[:3], longest[-6:]) == (LONGEST_TEXT, "nnn", " [...]")
    assert audit(book, data) == []


@settings(max_examples=300)
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
@settings(max_examples=2, phases=[Phase.generate])
@given(names=st.lists(NAMES, min_size=TOGETHER, max_size=TOGETHER, unique_by=key))
def test_nothing_that_can_be_a_name_becomes_a_formula(
    harmless: Path, names: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    book = workbook(tmp_path_factory.mktemp("names") / "book.xlsx", names, names)
    with zipfile.ZipFile(book) as parts:
        assert parts.testzip() is None
    assert formulas(book, names) == formulas(harmless, PLAIN, names)
