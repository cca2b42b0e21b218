"""The file opens without a repair prompt: Open XML SDK, our own lint, LibreOffice; every size and language."""

from __future__ import annotations

import math
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from engines import cell_name
from workbook_lint import formula_faults, lint

import xlplugin
from xlplugin.data.dataset import Dataset
from xlplugin.data.records import Figures, Scenario
from xlplugin.data.shipped import shipped

pytestmark = pytest.mark.slow

OFFICES = ("Office2016", "Office2019", "Office2021", "Microsoft365")


def dataset(companies: int, scenarios: int) -> Dataset:
    """As many companies and scenarios as asked, made from the shipped ones."""
    figures, wanted = {}, list(shipped().figures.values())
    for i in range(companies):
        one = wanted[i % len(wanted)]
        name = f"{one.company} & Co. {i}"
        figures[name, one.fiscal_year] = Figures(name, one.fiscal_year, one.values, period_end=one.period_end)
    presets = list(shipped().scenarios.values())
    named = {
        f"case_{j}": Scenario(f"case_{j}", f"<Case> {j}", presets[j % len(presets)].levers)
        for j in range(scenarios)
    }
    return Dataset(figures, shipped().assumptions, named)


SIZES: dict[str, Callable[[], dict[str, Any]]] = {
    "default": dict,
    "1x1": lambda: {"companies": ["NVIDIA"], "scenarios": ["demand_bust"], "fiscal_year": "article"},
    "40x30": lambda: {"dataset": dataset(40, 30)},
}
#: What is written: the languages differ in words alone, so each size but the default is written in one.
WRITTEN = (("default", "en"), ("default", "de"), ("1x1", "en"), ("40x30", "de"))
CASES = [pytest.param(size, language, id=f"{size}-{language}") for size, language in WRITTEN]


@pytest.fixture(scope="module")
def written(
    template_of: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str, str], Path]:
    folder, made = tmp_path_factory.mktemp("validity"), {}

    def path(size: str, language: str) -> Path:
        if size == "default":
            return template_of(language=language)
        if (size, language) not in made:
            target = folder / f"{size}-{language}.xlsx"
            made[size, language] = xlplugin.write_template(target, language=language, **SIZES[size]())
        return made[size, language]

    return path


@pytest.mark.parametrize(("size", "language"), CASES)
def test_the_sdk_finds_no_error(
    size: str,
    language: str,
    written: Callable[[str, str], Path],
    ooxml_errors: Callable[..., list[dict[str, str]]],
) -> None:
    for office in OFFICES if (size, language) == WRITTEN[0] else OFFICES[:1]:
        assert ooxml_errors(written(size, language), office) == [], office


@pytest.mark.parametrize(("size", "language"), CASES)
def test_lint_finds_nothing(size: str, language: str, written: Callable[[str, str], Path]) -> None:
    assert [str(one) for one in lint(written(size, language))] == []


@pytest.mark.parametrize(("size", "language"), CASES)
def test_libreoffice_sees_what_is_cached(
    size: str, language: str, written: Callable[[str, str], Path], calc: Any
) -> None:
    """No error but #N/A, and every sheet as its cached values say: figures, texts and what is missing."""
    path = written(size, language)
    cached = openpyxl.load_workbook(path, data_only=True, read_only=True)
    places = [f"'{sheet.title}'!{sheet.calculate_dimension()}" for sheet in cached]
    with calc.open(path) as book:
        book.calculate()
        assert {str(error) for _, _, error in book.errors()} <= {"#N/A"}
        recalculated = book.get(*places)
    for sheet, place in zip(cached, places, strict=True):
        for i, (row, again) in enumerate(
            zip(sheet.iter_rows(values_only=True), recalculated[place], strict=True)
        ):
            for j, (left, right) in enumerate(zip(row, again, strict=True)):
                assert alike(left, right), f"{sheet.title}!{cell_name(i, j)}: {left!r}, {right!r}"


def alike(cached: Any, value: Any) -> bool:
    if isinstance(cached, (int, float)) and isinstance(value, (int, float)):
        return math.isclose(cached, value, rel_tol=1e-8, abs_tol=1e-8)
    return (cached or None) == (value or None)


# --- the lint can fail --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "word"),
    [
        ("XLOOKUP(A1,B:B,C:C)", "XLOOKUP"),
        ("_xlfn.IFNA(A1,0)", "_xlfn.IFNA"),
        ("OFFSET(A1,1,1)", "OFFSET"),
        ("A1*1.05", "1.05"),
        ("A1/7", "7"),
        ("A1+0.3", "0.3"),
        ("=A1", "twice"),
        ("[1]Sheet!A1", "another file"),
        ("SUM(Table1[Sales])", "structured"),
        ('"' + "x" * 256 + '"', "256 characters"),
        ("A1&" * 3000 + "A1", "characters"),
    ],
)
def test_lint_sees_a_bad_formula(formula: str, word: str) -> None:
    assert any(word in fault for fault in formula_faults(formula)), formula_faults(formula)


@pytest.mark.parametrize(
    "formula",
    [
        "INDEX(xlp_a,3,4)*100",
        "(1-A1)*10000",
        "ROUND(A1,6)",
        "'a 7.5'!B3+1",
        'IF(A1="7.5",0,1)',
        "MIN(0.999999,A1)",
    ],
)
def test_lint_takes_a_good_formula(formula: str) -> None:
    assert formula_faults(formula) == []


BREAKS = {
    "an empty text": (r'<c r="B1" s="\d+" t="inlineStr"><is><t>[^<]+</t></is></c>',
                      '<c r="B1" t="inlineStr"><is><t></t></is></c>', "empty text"),
    "a rule with =": (r"<formula>", "<formula>=", "begins with ="),
    "a name like a cell": (r'name="xlp_out_eps"', 'name="EPS2025"', "does not take"),
    "a list that is long": (r'type="list"([^>]*)><formula1>"[^<]*"', r'type="list"\1><formula1>"' + "a," * 130 + '"',
                            "a list of"),
    "a hidden sheet": (r'state="visible"', 'state="hidden"', "hidden"),
    "no cached value": (r"</f><v>[^<]*</v>", "</f>", "without its value"),
    "merged twice": (r"</sheetData>", '</sheetData><mergeCells><mergeCell ref="A1:B2"/><mergeCell ref="B2:C3"/></mergeCells>',
                     "overlap"),
}  # fmt: skip


def test_lint_sees_a_broken_file(written: Callable[[str, str], Path], tmp_path: Path) -> None:
    """One file with every break: each is found, and by a finding of its own."""
    path, changed = tmp_path / "broken.xlsx", dict.fromkeys(BREAKS, 0)
    with zipfile.ZipFile(written("1x1", "en")) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name.startswith("xl/work") and name.endswith(".xml"):
                text = content.decode()
                for broken, (pattern, instead, _) in BREAKS.items():
                    text, count = re.subn(pattern, instead, text, count=1)
                    changed[broken] += count
                content = text.encode()
            target.writestr(name, content)
    assert all(changed.values()), changed
    found = lint(path)
    for broken, (_, _, word) in BREAKS.items():
        assert any(word in one.what for one in found), f"{broken}: {found[:5]}"
