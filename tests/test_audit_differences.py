"""What the audit takes for the same, and how it shows where two formulas differ."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import openpyxl
import pytest

from xlplugin.workbook.audit import Finding, audit

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def written(template_of: Callable[..., Path]) -> dict[str, Path]:
    """A template of two companies in each language."""
    return {
        language: template_of(language, companies=["CRM", "MSFT"], scenarios=["half"])
        for language in ("en", "de")
    }


def formulas(book: openpyxl.Workbook) -> dict[tuple[str, str], str]:
    return {
        (sheet.title, cell.coordinate): str(cell.value)
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f" and isinstance(cell.value, str)
    }


#: Where in a long formula a sign was changed, as a part of its length.
PLACES = {"at its start": 0.02, "in its middle": 0.5, "at its end": 0.98}
#: What stands in place of a formula, and what is said of it.
IN_PLACE = {
    "a number": (7.5, "the cell holds '7.5'"),
    "a text": ("my own", "the cell holds 'my own'"),
    "nothing": (None, "the cell holds nothing"),
    "TRUE": (True, "the cell holds 'True'"),
}


class Changed(NamedTuple):
    """A workbook in which much was changed, and what the audit said of it."""

    constants: list[tuple[str, str]]
    blank: str
    cases: dict[str, Change]
    told: list[Finding]


class Change(NamedTuple):
    """A formula that was changed: where, and around the sign that is another one now."""

    where: tuple[str, str]
    before: str
    was: str
    now: str
    place: int


@pytest.fixture(scope="module")
def changed(written: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Changed:
    """Change constants, a blank cell, and for each case one of the longest formulas; audit the workbook once."""
    book = openpyxl.load_workbook(written["en"])
    held = formulas(book)
    constants = [place for place, text in held.items() if "FALSE" in text or "TRUE" in text]
    _change_constants(book, constants)
    blank = _change_blank(book)
    others = [(place, text) for place, text in held.items() if place not in constants]
    longest = sorted(others, key=lambda item: -len(item[1]))
    cases: dict[str, Change] = {}
    for (case, part), ((sheet, cell), text) in zip(PLACES.items(), longest, strict=False):
        assert len(text) > 150
        at = next(i for i in range(int(len(text) * part) or 1, 0, -1) if text[i].isalnum())
        other = "7" if text[at] != "7" else "8"
        book[sheet][cell].value = text[:at] + other + text[at + 1 :]
        cases[case] = Change((sheet, cell), text[max(at - 5, 0) : at], text[at], other, at)
    for (case, (value, _)), ((sheet, cell), _) in zip(IN_PLACE.items(), longest[len(PLACES) :], strict=False):
        book[sheet][cell].value = value
        cases[case] = Change((sheet, cell), "", "", "", 0)
    path = tmp_path_factory.mktemp("changed") / "changed.xlsx"
    book.save(path)
    return Changed(constants, blank, cases, audit(path))


def _change_constants(book: openpyxl.Workbook, constants: list[tuple[str, str]]) -> None:
    """Write FALSE as FALSE(), with blanks and small letters; but of the first formula it becomes TRUE."""
    for sheet, cell in constants:
        text = before = book[sheet][cell].value
        for constant in ("FALSE", "TRUE"):
            text = text.replace(f"{constant}()", constant).replace(constant, f"{constant.lower()}()")
        if (sheet, cell) == constants[0]:
            text = re.sub("TRUE|FALSE", lambda one: {"TRUE": "FALSE"}.get(one[0], "TRUE"), before)
        book[sheet][cell].value = text.replace(",", " , ")


def _change_blank(book: openpyxl.Workbook) -> str:
    """Type a formula into a blank locked cell of Overview."""
    blanks = [
        cell
        for row in book["Overview"].iter_rows(max_row=30)
        for cell in row
        if cell.value is None
        and cell.protection.locked
        and cell.has_style
        and cell.__class__.__name__ == "Cell"
    ]
    blank = blanks[len(blanks) // 2]
    blank.value = "=1+1"
    return str(blank.coordinate)


def told_of(changed: Changed, place: tuple[str, str]) -> list[Finding]:
    return [one for one in changed.told if (one.sheet, one.cell) == place]


def test_the_constants_of_libreoffice_are_those_of_excel(changed: Changed) -> None:
    """LibreOffice saves FALSE as FALSE(), with blanks and capitals of its own; but TRUE is not FALSE."""
    assert len(changed.constants) > 1, "too few formulas of the template hold a constant"
    meant = {change.where for change in changed.cases.values()}
    told = [(one.sheet, one.cell) for one in changed.told if "overwritten" in one.what]
    assert [place for place in told if place not in meant] == changed.constants[:1]


def test_a_formula_in_a_blank_locked_cell_is_told(changed: Changed) -> None:
    """There is nothing to put back: the cell is to be cleared."""
    (found,) = told_of(changed, ("Overview", changed.blank))
    assert (found.what, found.fix) == ("holds the formula =1+1", "clear the cell")


@pytest.mark.parametrize("case", PLACES)
def test_a_difference_is_shown_where_it_lies(case: str, changed: Changed) -> None:
    change = changed.cases[case]
    (told,) = told_of(changed, change.where)
    assert f"{change.before}{change.now}" in told.what and f"{change.before}{change.was}" in told.what
    assert len(told.what) < 400
    assert told.what.count("...") == (0 if change.place <= 40 else 2)


@pytest.mark.parametrize("case", IN_PLACE)
def test_what_stands_in_place_of_a_formula_is_said(case: str, changed: Changed) -> None:
    (told,) = told_of(changed, changed.cases[case].where)
    assert IN_PLACE[case][1] in told.what
    assert told.fix.startswith("put back =")


def test_the_language_is_known_by_the_sheets_where_properties_are_lost(
    written: dict[str, Path], tmp_path: Path
) -> None:
    bare = tmp_path / "bare.xlsx"
    with zipfile.ZipFile(written["de"]) as whole, zipfile.ZipFile(bare, "w") as kept:
        names = [name for name in whole.namelist() if name != "docProps/custom.xml"]
        assert len(names) == len(whole.namelist()) - 1
        for name in names:
            content = whole.read(name)
            if name in ("[Content_Types].xml", "_rels/.rels"):
                head, tag, rest = content.decode().partition("custom.xml")
                start, end = head.rfind("<"), rest.find(">") + 1
                content = (head[:start] + rest[end:]).encode() if tag else content
            kept.writestr(name, content)
    assert openpyxl.load_workbook(bare, read_only=True).custom_doc_props.props == []
    assert [str(one) for one in audit(bare)] == []
