"""The spreadsheet engines that other tests trust: known answers, and a third one on the shipped workbook."""

from __future__ import annotations

import subprocess
import warnings
from pathlib import Path

import machine
import openpyxl
import pytest
from engines import Area, Calc, ErrorValue, cell_name, cell_position
from openpyxl.workbook.defined_name import DefinedName

pytestmark = pytest.mark.slow

FORMULAS = {
    "B1": "=A1*2",
    "B2": "=NA()",
    "B3": "=1/0",
    "B4": "=A2+1",
    "B5": "=SQRT(-A1)",
    "B6": '=IF(A9="","blank",A9)',
    "B7": '="x"&A1',
    "B8": '=""',
    "B9": "=IF(ISLOGICAL(A3),1,0)",
    "B10": "=IF(ISTEXT(A1),1,0)",
    "B11": "=A1/3",
}
ANSWERS = {
    "B1": 4.0,
    "B2": ErrorValue("#N/A"),
    "B3": ErrorValue("#DIV/0!"),
    "B4": ErrorValue("#VALUE!"),
    "B5": ErrorValue("#NUM!"),
    "B6": "blank",
    "B7": "x2",
    "B8": None,
    "B9": 1.0,
    "B10": 0.0,
    "B11": 2 / 3,
}

KINDS = {"libreoffice": {"B5": ErrorValue("Err:502")}, "ironcalc": {}}  # LibreOffice's own name for #NUM!


@pytest.fixture
def answers(request: pytest.FixtureRequest) -> dict:
    return ANSWERS | KINDS[request.node.callspec.params["engine"]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "My inputs"
    sheet["A1"], sheet["A2"], sheet["A3"] = 2, "text", True
    for cell, formula in FORMULAS.items():
        sheet[cell] = formula
    sheet["B11"].number_format = "0.0%"
    sheet["A4"].number_format = "0%"
    other = book.create_sheet("Other")
    other["C3"] = "='My inputs'!B1+1"
    book.defined_names["xlp_in"] = DefinedName("xlp_in", attr_text="'My inputs'!$A$1:$A$4")
    book.defined_names["xlp_out"] = DefinedName("xlp_out", attr_text="Other!$C$3")
    book.defined_names["xlp_grid"] = DefinedName("xlp_grid", attr_text="Other!$E$5:$G$6")
    book.save(tmp_path / "small.xlsx")
    return tmp_path / "small.xlsx"


def test_answers_and_kinds(engine, path, answers):
    with engine.open(path) as book:
        book.calculate()
        got = {cell: book.value("My inputs", cell) for cell in FORMULAS}
        assert got == answers
        assert {cell: isinstance(got[cell], ErrorValue) for cell in got} == {
            cell: isinstance(answers[cell], ErrorValue) for cell in answers
        }
        assert book.get("xlp_out", "'My inputs'!A1:B2") == {
            "xlp_out": [[5.0]],
            "'My inputs'!A1:B2": [[2.0, 4.0], ["text", ErrorValue("#N/A")]],
        }
        assert book.shown("My inputs!B11") == [["66.7%"]]


def test_names_and_errors(engine, path, answers):
    with engine.open(path) as book:
        book.calculate()
        assert {name: str(area) for name, area in book.names().items()} == {
            "xlp_in": "'My inputs'!A1:A4",
            "xlp_out": "'Other'!C3",
            "xlp_grid": "'Other'!E5:G6",
        }
        assert book.names()["xlp_grid"].shape == (2, 3)
        assert sorted(book.errors()) == [
            ("My inputs", cell, answers[cell]) for cell in ("B2", "B3", "B4", "B5")
        ]
        book.set([("My inputs", "A1", "=NA()")])
        book.calculate()
        assert ("Other", "C3", ErrorValue("#N/A")) in book.errors()


@pytest.mark.parametrize(
    ("typed", "doubled", "is_logical", "is_text"),
    [
        (0.1, 0.2, 0.0, 0.0),
        (-3, -6.0, 0.0, 0.0),
        (None, 0.0, 0.0, 0.0),
        ("thirty", ErrorValue("#VALUE!"), 0.0, 1.0),
        (True, 2.0, 1.0, 0.0),
        (False, 0.0, 1.0, 0.0),
        ("=NA()", ErrorValue("#N/A"), 0.0, 0.0),
        ("=1+2", 6.0, 0.0, 0.0),
    ],
)
def test_typed_values(engine, path, typed, doubled, is_logical, is_text):
    with engine.open(path) as book:
        book.set([("xlp_in", (0, 0), typed), ("xlp_in", (2, 0), typed)])
        book.calculate()
        assert book.value("My inputs", "B1") == doubled
        assert isinstance(book.value("My inputs", "B1"), ErrorValue) == isinstance(doubled, ErrorValue)
        assert book.value("My inputs", "B9") == is_logical
        assert book.value("My inputs", "B10") == is_text


def test_a_bool_in_a_percent_cell(engine, path):
    """As typed by hand it is a bool; the cell's own format is back when a number follows."""
    with engine.open(path) as book:
        book.set([("My inputs", "B11", "=ISLOGICAL(A4)"), ("My inputs", "A4", True)])
        book.calculate()
        assert book.value("My inputs", "B11") == 1.0
        book.set([("My inputs", "A4", 0.25)])
        book.calculate()
        assert book.value("My inputs", "B11") == 0.0
        assert book.shown("My inputs!A4") == [["25%"]]


def test_digits_in_text_stay_text(engine, path):
    with engine.open(path) as book:
        book.set([("My inputs", "A1", "30")])
        book.calculate()
        assert book.value("My inputs", "B10") == 1.0
        assert book.value("My inputs", "A1") == "30"


def test_blocks_and_clearing(engine, path):
    rows = [[1.5, None, "a"], [True, "=1/0", -2.0]]
    with engine.open(path) as book:
        book.set([("xlp_grid", None, rows), ("xlp_grid", (1, 0), 7)])
        book.calculate()
        assert book.block("xlp_grid") == [[1.5, None, "a"], [7.0, ErrorValue("#DIV/0!"), -2.0]]
        book.clear("xlp_grid", "My inputs!A1")
        book.calculate()
        assert book.block("xlp_grid") == [[None] * 3] * 2
        assert book.value("xlp_out") == 1.0


def test_many_errors_are_told_apart(engine, path):
    """More of them than are asked for one by one, in cells of one type as the template has them."""
    kinds = {"=NA()": "#N/A", "=1/0": "#DIV/0!", '="a"+1': "#VALUE!"}
    rows = [[formula, 2.5, formula] for formula in kinds] * 4
    with engine.open(path) as book:
        book.set([("Other!E5:G16", None, rows)])
        book.calculate()
        assert book.block("Other!E5:G16") == [[kinds[a], 2.5, kinds[c]] for a, _, c in rows]
        at_other = [error for sheet, _, error in book.errors() if sheet == "Other"]
        assert sorted(at_other) == sorted([*kinds.values()] * 8)


def test_the_file_stays_and_copies_are_saved(engine, path, tmp_path):
    before = path.read_bytes()
    with engine.open(path) as book:
        book.set([("My inputs", "A1", 10)])
        book.calculate()
        saved = book.save_as(tmp_path / "saved.xlsx")
    with engine.open(saved) as book:
        book.calculate()
        assert book.value("Other!C3") == 21.0
    assert path.read_bytes() == before
    assert {file.name for file in tmp_path.iterdir()} == {"small.xlsx", "saved.xlsx"}


def test_pdf(calc, path, tmp_path):
    with calc.open(path) as book:
        assert book.save_as(tmp_path / "book.pdf").read_bytes().startswith(b"%PDF-")


def test_a_workbook_that_was_typed_into_opens_as_the_file_is(engine, path, answers, small_template):
    """Whatever stood in the cells before: numbers, texts, bools, formulas, blanks, and their formats."""
    cells = ["A1", "A2", "A3", "A4", *answers]
    places = [f"My inputs!{cell}" for cell in cells]
    with engine.open(path) as book:
        book.calculate()
        held, shown = book.get(*places), [book.shown(place) for place in places]
        assert [held[f"My inputs!{cell}"][0][0] for cell in answers] == [*answers.values()]
    for typed in (True, "=1/0", 0.5, "30", None, "=NA()"):
        with engine.open(path) as book:
            book.calculate()
            assert book.get(*places) == held, typed
            assert [book.shown(place) for place in places] == shown
            book.set([("My inputs", cell, typed) for cell in cells])
            book.set([("My inputs", "A1", 7.0), ("Other", "C3", typed)])
            book.calculate()
            assert book.value("My inputs", "A1") == 7.0
    with engine.open(small_template) as book:
        names = ["xlp_in_cost_reduction", "xlp_in_adoption", "xlp_in_as_of", "xlp_companies"]
        book.calculate()
        before = book.get(*names, "xlp_out_eps", "xlp_check_failed")
        for name in names:
            height, width = book.area(name).shape
            book.set([(name, None, [[True] * width] * height)])
        book.calculate()
        assert book.get("xlp_out_eps") != before["xlp_out_eps"]
    with engine.open(small_template) as book:
        assert book.get(*before) == before


def test_wrong_places_are_refused(engine, path):
    with engine.open(path) as book:
        for place in ("xlp_nothing", "Other"):
            with pytest.raises(ValueError, match=place):
                book.block(place)
        with pytest.raises(ValueError, match="outside"):
            book.set([("xlp_grid", (2, 0), 1)])
        with pytest.raises((ValueError, RuntimeError)):
            book.value("No such sheet", "A1")
        assert book.value("My inputs", "A1") == 2.0


def running_groups(listing: Path) -> set[int]:
    """Process groups that have a member which is no zombie."""
    shown = subprocess.run([listing, "-eo", "pgid=,stat="], capture_output=True, text=True, check=True).stdout
    return {int(group) for group, state in map(str.split, shown.splitlines()) if not state.startswith("Z")}


def test_an_office_of_its_own_ends(soffice, system_python_with_uno, tmp_path, path):
    listing = machine.require("ps", machine.program("ps"))
    office = Calc(soffice, system_python_with_uno, tmp_path / "own", locale="de-DE")
    try:
        with office.open(path) as book:
            book.calculate()
            assert book.shown("My inputs!B11") == [["66,7%"]]
        assert office.group in running_groups(listing)
    finally:
        office.stop()
    assert office.group not in running_groups(listing)


def test_cells_and_areas():
    assert [cell_position(text) for text in ("A1", "$Z$2", "AA10", "xfd1048576")] == [
        (0, 0),
        (1, 25),
        (9, 26),
        (1048575, 16383),
    ]
    assert [cell_name(*at) for at in ((0, 0), (1, 25), (9, 26), (1048575, 16383))] == [
        "A1",
        "Z2",
        "AA10",
        "XFD1048576",
    ]
    assert Area.parse("'It''s'!$B$2:$C$4") == Area("It's", 1, 1, 3, 2)
    assert str(Area("It's", 1, 1, 3, 2)) == "'It''s'!B2:C4"


def recalculated(ssconvert: Path, path: Path, folder: Path) -> openpyxl.Workbook:
    """Return the values of a workbook as Gnumeric calculates them."""
    target = folder / "recalculated.xlsx"
    subprocess.run([ssconvert, "--recalc", path, target], check=True, capture_output=True, timeout=120)
    with warnings.catch_warnings(action="ignore"):  # openpyxl misses a default style in Gnumeric's files
        return openpyxl.load_workbook(target, data_only=True)


def test_gnumeric_wants_both_places_of_index(ssconvert: Path, tmp_path: Path) -> None:
    """The forms that Excel takes and Gnumeric does not: one place in a row, and 0 for all columns."""
    book = openpyxl.Workbook()
    book.active.append([1, 2, 3])
    for formula in (
        "=INDEX(A1:C1,1,2)",
        "=INDEX(A1:C1,2)",
        "=SUM(INDEX(A1:C1,1,0))",
        "=BETAINV(0.5,2,3,0,1)",
    ):
        book.active.append([formula])
    book.save(tmp_path / "book.xlsx")
    sheet = recalculated(ssconvert, tmp_path / "book.xlsx", tmp_path).active
    found = [sheet.cell(row, 1).value for row in range(2, 6)]
    # the median of Beta(2, 3) is a root of 3 x^4 - 8 x^3 + 6 x^2 = 1/2
    assert found == [2, "#REF!", "#REF!", pytest.approx(0.38572756813, abs=1e-10)]


#: Sheets that count errors or put a number in their place: there a form that Gnumeric lacks shows as one.
CATCH_ERRORS = {"Dashboard", "Sensitivity", "Checks"}


def test_gnumeric_agrees_with_the_shipped_workbook(ssconvert: Path, project: Path, tmp_path: Path) -> None:
    """Each number is the one that the file holds, or missing where it rests on a form that is unknown."""
    path = project / "workbooks" / "xlplugin-en.xlsx"
    formulas, kept = openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)
    theirs = recalculated(ssconvert, path, tmp_path)
    agreeing, differing = 0, []
    for sheet in formulas:
        for cell in (one for row in sheet.iter_rows() for one in row if one.data_type == "f"):
            ours, found = (book[sheet.title][cell.coordinate].value for book in (kept, theirs))
            agrees = (found or None) == (ours or None) or (
                isinstance(found, float | int) and found == pytest.approx(ours, rel=1e-9, abs=1e-9)
            )
            agreeing += agrees
            if not agrees and isinstance(ours, float | int) and isinstance(found, float | int):
                differing.append((sheet.title, cell.coordinate, cell.value, ours, found))
    assert [one for one in differing if one[0] not in CATCH_ERRORS] == []
    assert agreeing >= 34_000
