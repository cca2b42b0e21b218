"""What the audit takes for the same, and how it shows where two formulas differ."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import NamedTuple

import openpyxl
import pytest

import xlplugin
from xlplugin.workbook.audit import Finding, audit

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A template of two companies in each language."""
    folder = tmp_path_factory.mktemp("audit")
    return {
        language: xlplugin.write_template(
            folder / f"{language}.xlsx", language=language, companies=["CRM", "MSFT"], scenarios=["half"]
        )
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


def test_the_constants_of_libreoffice_are_those_of_excel(written: dict[str, Path], tmp_path: Path) -> None:
    """LibreOffice saves FALSE as FALSE(), with blanks and capitals of its own."""
    book = openpyxl.load_workbook(written["en"])
    found = [(place, text) for place, text in formulas(book).items() if "FALSE" in text or "TRUE" in text]
    assert found, "no formula of the template holds a constant: nothing would be tested"
    for (sheet, cell), text in found:
        for constant in ("FALSE", "TRUE"):
            text = text.replace(f"{constant}()", constant).replace(constant, f"{constant.lower()}()")
        book[sheet][cell].value = text.replace(",", " , ")
    (sheet, cell), text = found[0]  # but TRUE is not FALSE
    book[sheet][cell].value = re.sub("TRUE|FALSE", lambda one: {"TRUE": "FALSE"}.get(one[0], "TRUE"), text)
    book.save(tmp_path / "saved.xlsx")
    told = [(one.sheet, one.cell) for one in audit(tmp_path / "saved.xlsx") if "overwritten" in one.what]
    assert told == [(sheet, cell)]


def test_a_formula_in_a_blank_locked_cell_is_told(written: dict[str, Path], tmp_path: Path) -> None:
    """There is nothing to put back: the cell is to be cleared."""
    book = openpyxl.load_workbook(written["en"])
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
    book.save(tmp_path / "typed.xlsx")
    (found,) = [one for one in audit(tmp_path / "typed.xlsx") if one.cell == blank.coordinate]
    assert (found.sheet, found.what, found.fix) == ("Overview", "holds the formula =1+1", "clear the cell")


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
    assert openpyxl.load_workbook(bare).custom_doc_props.props == []
    assert [str(one) for one in audit(bare)] == []


#: Where in a long formula a sign was changed, as a part of its length.
PLACES = {"at its start": 0.02, "in its middle": 0.5, "at its end": 0.98}
#: What stands in place of a formula, and what is said of it.
IN_PLACE = {
    "a number": (7.5, "the cell holds '7.5'"),
    "a text": ("my own", "the cell holds 'my own'"),
    "nothing": (None, "the cell holds nothing"),
    "TRUE": (True, "the cell holds 'True'"),
}


class Change(NamedTuple):
    """A formula that was changed: where, around the sign that is another one now, and what the audit said."""

    before: str
    was: str
    now: str
    place: int
    told: list[Finding]


@pytest.fixture(scope="module")
def changes(written: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Change]:
    """Change a formula for each case, the longest ones, and audit the workbook once."""
    book = openpyxl.load_workbook(written["en"])
    longest = sorted(formulas(book).items(), key=lambda item: -len(item[1]))
    made: dict[str, tuple[tuple[str, str], Change]] = {}
    for (case, part), ((sheet, cell), text) in zip(PLACES.items(), longest, strict=False):
        assert len(text) > 150
        at = next(i for i in range(int(len(text) * part) or 1, 0, -1) if text[i].isalnum())
        other = "7" if text[at] != "7" else "8"
        book[sheet][cell].value = text[:at] + other + text[at + 1 :]
        made[case] = (sheet, cell), Change(text[max(at - 5, 0) : at], text[at], other, at, [])
    for (case, (value, _)), ((sheet, cell), _) in zip(IN_PLACE.items(), longest[len(PLACES) :], strict=False):
        book[sheet][cell].value = value
        made[case] = (sheet, cell), Change("", "", "", 0, [])
    path = tmp_path_factory.mktemp("changed") / "changed.xlsx"
    book.save(path)
    for finding in audit(path):
        for place, change in made.values():
            change.told.extend([finding] * ((finding.sheet, finding.cell) == place))
    return {case: change for case, (_, change) in made.items()}


@pytest.mark.parametrize("case", PLACES)
def test_a_difference_is_shown_where_it_lies(case: str, changes: dict[str, Change]) -> None:
    change = changes[case]
    (told,) = change.told
    assert f"{change.before}{change.now}" in told.what and f"{change.before}{change.was}" in told.what
    assert len(told.what) < 400
    assert told.what.count("...") == (0 if change.place <= 40 else 2)


@pytest.mark.parametrize("case", IN_PLACE)
def test_what_stands_in_place_of_a_formula_is_said(case: str, changes: dict[str, Change]) -> None:
    (told,) = changes[case].told
    assert IN_PLACE[case][1] in told.what
    assert told.fix.startswith("put back =")
