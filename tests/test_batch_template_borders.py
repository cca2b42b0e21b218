"""A filled template that another program damaged, or where rows or names slipped, is refused with the place."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import workbook_edits

import xlplugin
from xlplugin.model.errors import InputError

pytestmark = pytest.mark.slow


def rewritten(source: Path, target: Path, change: Callable[[str, str], str]) -> Path:
    """A copy whose parts in XML went through ``change`` (name of the part, its text)."""
    with zipfile.ZipFile(source) as read, zipfile.ZipFile(target, "w") as write:
        for name in read.namelist():
            data = read.read(name)
            write.writestr(name, change(name, data.decode()) if name.endswith(".xml") else data)
    return target


@pytest.fixture(scope="module")
def light(small_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A template with the formulas of the sheets that answer alone."""
    return workbook_edits.lighter(small_template, tmp_path_factory.mktemp("light") / "light.xlsx")


def renamed(name: str, change: Callable[[int, int], tuple[int, int]]) -> Callable[[str, str], str]:
    """What makes the rows of a defined name others: from (first, last) to another (first, last)."""

    def edit(part: str, text: str) -> str:
        if part != "xl/workbook.xml":
            return text
        found = re.search(rf'name="{name}"[^>]*>([^<]*?)\$(\d+):(\$[A-Z]+)\$(\d+)<', text)
        assert found
        first, last = change(int(found[2]), int(found[4]))
        head = found[0][: found.start(1) - found.start()]
        return text.replace(found[0], f"{head}{found[1]}${first}:{found[3]}${last}<")

    return edit


def test_openpyxl_dropped_the_values(small_template: Path, tmp_path: Path) -> None:
    openpyxl.load_workbook(small_template).save(tmp_path / "saved.xlsx")
    with pytest.raises(InputError, match=r"formulas hold no values.*open it once in Excel or LibreOffice"):
        xlplugin.run(tmp_path / "saved.xlsx")


def test_a_wrong_dimension_hides_nothing(small_template: Path, tmp_path: Path) -> None:
    def edit(part: str, text: str) -> str:
        return re.sub(r'<dimension ref="[^"]*"', '<dimension ref="A1"', text)

    cut = rewritten(small_template, tmp_path / "cut.xlsx", edit)
    whole, seen = xlplugin.run(small_template), xlplugin.run(cut)
    assert whole.equals(seen) and len(seen)


#: A formula that another program typed into a template and did not compute, by the name of the cell.
TYPED_FORMULAS = {
    "xlp_in_your_reduction": "0.1*2",
    "xlp_in_own_adoption": "[1]Sheet1!A1",
    "xlp_in_company_revenue": "40000+1525",
}


@pytest.mark.parametrize("name", TYPED_FORMULAS)
def test_a_typed_formula_without_a_value_is_no_blank(name: str, small_template: Path, tmp_path: Path) -> None:
    defined = openpyxl.load_workbook(small_template, read_only=True).defined_names[name].attr_text
    sheet, cell = re.fullmatch(r"'?(\w+)'?!\$(\w+\$\d+).*", defined).groups()  # type: ignore[union-attr]
    cell = cell.replace("$", "")

    def edit(part: str, text: str) -> str:
        formula = f'<c r="{cell}"><f>{TYPED_FORMULAS[name]}</f></c>'
        return re.sub(rf'<c r="{cell}"[^>]*(?:/>|>.*?</c>)', formula, text) if part == wanted else text

    with zipfile.ZipFile(small_template) as package:
        book, links = (
            package.read(f"xl/{one}").decode() for one in ("workbook.xml", "_rels/workbook.xml.rels")
        )
    found = re.search(rf'<sheet [^>]*name="{sheet}"[^>]*r:id="(\w+)"', book)
    assert found
    link = next(one for one in re.findall(r"<Relationship [^>]*>", links) if f'Id="{found[1]}"' in one)
    wanted = "xl/" + re.search(r'Target="/?(?:xl/)?([^"]+)"', link)[1]  # type: ignore[index]
    with pytest.raises(InputError, match=rf"{sheet}!{cell} holds a formula whose value no program"):
        xlplugin.run(rewritten(small_template, tmp_path / "typed.xlsx", edit))


SLIPPED = {
    "a row put into own values": ("xlp_in_own_adoption", lambda first, last: (first, last + 1)),
    "a row taken out of own values": ("xlp_in_own_adoption", lambda first, last: (first, last - 1)),
    "own values moved by a row": ("xlp_in_own_adoption", lambda first, last: (first + 1, last + 1)),
    "assumptions moved by a row": ("xlp_base_adoption", lambda first, last: (first - 1, last - 1)),
    "entries moved by a row": ("xlp_in_cost_reduction", lambda first, last: (first + 1, last + 1)),
    "who a scenario is for moved": ("xlp_applies", lambda first, last: (first + 1, last + 1)),
    "years moved by a row": ("xlp_in_fiscal_year", lambda first, last: (first + 1, last + 1)),
    "references moved by a row": ("xlp_in_reference_eps", lambda first, last: (first - 1, last - 1)),
    "a row put into the companies": ("xlp_companies", lambda first, last: (first, last + 1)),
    "figures moved by a row": ("xlp_figures_revenue", lambda first, last: (first + 1, last + 1)),
    "a row put into the slots": ("xlp_in_company_revenue", lambda first, last: (first, last + 1)),
}


@pytest.mark.parametrize("case", SLIPPED)
def test_rows_that_slipped_are_refused(case: str, light: Path, tmp_path: Path) -> None:
    name, change = SLIPPED[case]
    with pytest.raises(InputError) as caught:
        xlplugin.run(rewritten(light, tmp_path / "slipped.xlsx", renamed(name, change)))
    assert (name if name != "xlp_companies" else "companies") in str(caught.value)
    assert "new template" in str(caught.value)


TYPED: dict[str, tuple[Any, str | None]] = {
    "another case": ("salesforce", "Salesforce is named already"),
    "a pattern for it": ("Sales*", "Salesforce is named already"),
    "a star": ("*", "type one of its own"),
    "a number": (2025, "as text"),
    "TRUE": (True, "text"),
    "a name of its own": ("Acme", None),
}


@pytest.mark.parametrize("case", TYPED)
def test_sheet_and_program_judge_a_typed_name_alike(
    case: str, light: Path, iron: Any, tmp_path: Path
) -> None:
    typed, said = TYPED[case]
    with iron.open(light) as book:
        slot = [row[0] for row in book.block("xlp_companies")].index(None)
        book.set([("xlp_companies", (slot, 0), typed), ("xlp_in_company_fiscal_year", (0, 0), "FY2026"),
                  ("xlp_in_company_revenue", (0, 0), 10.0)])  # fmt: skip
        book.calculate()
        status = book.block("xlp_company_status")[slot][0]
        filled = book.save_as(tmp_path / "filled.xlsx")
    if said is None:
        assert status == 1 and typed in set(xlplugin.run(filled)["company"])
        return
    assert status != 1
    with pytest.raises(InputError, match=r"Companies!B\d+: .*" + re.escape(said)):
        xlplugin.run(filled)
