"""Workbooks for a host: Functions live beside the native results, Setup, and the files themselves."""

from __future__ import annotations

import math
import re
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from engines import Book, Calc

import xlplugin
from xlplugin.cli import main
from xlplugin.functions import FUNCTIONS, call
from xlplugin.hosts.calc import names
from xlplugin.hosts.calc.office import install
from xlplugin.hosts.editions import EDITIONS
from xlplugin.hosts.lite import main_text, requirements_text
from xlplugin.model.errors import InputError
from xlplugin.model.lines import BARS
from xlplugin.workbook.audit import audit
from xlplugin.workbook.builder.texts import keys, text

pytestmark = pytest.mark.slow

SMALL: dict[str, Any] = {
    "companies": ["Salesforce", "Microsoft", "OpenAI"],
    "scenarios": ["illustrative", "half", "development_only"],
}
ENDINGS = {"excel": ".xlsm", "server": ".xlsx", "lite": ".xlsx", "calc": ".xlsx"}
#: The German edition where the language is not what a test is about.
LANGUAGE = {"excel": "de", "server": "en", "lite": "de", "calc": "en"}
NEED_NUMPY = {"XLP_BREAKEVEN", "XLP_SIMULATE", "XLP_SOBOL"}
NOT_CONNECTED = "not connected"


@pytest.fixture(scope="module")
def editions(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("editions")
    return {
        host: xlplugin.write_template(folder / f"{host}{ending}", host=host, language=LANGUAGE[host], **SMALL)
        for host, ending in ENDINGS.items()
    }


@pytest.fixture(scope="module")
def books(editions: dict[str, Path]) -> dict[str, openpyxl.Workbook]:
    return {host: openpyxl.load_workbook(path, keep_vba=host == "excel") for host, path in editions.items()}


@pytest.fixture(scope="module")
def office(
    tmp_path_factory: pytest.TempPathFactory, soffice: Path, system_python_with_uno: Path
) -> Iterator[Calc]:
    """A LibreOffice of its own with the add-in in it, and NumPy where its Python can take ours."""
    folder = tmp_path_factory.mktemp("office")
    install(folder / "profile")
    ours = {"XLPLUGIN_PYTHONPATH": sysconfig.get_path("platlib")}
    variables = ours if same_python(system_python_with_uno) else {}
    started = Calc(soffice, system_python_with_uno, folder, variables=variables)
    yield started
    started.stop()


def same_python(other: Path) -> bool:
    asked = [other, "-c", "import sys; print(*sys.version_info[:2])"]
    version = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.split()
    return version == [str(part) for part in sys.version_info[:2]]


def answers(book: Book) -> list[tuple[str, Any, Any, Any]]:
    """Function, live answer, native result, difference of every call."""
    names = book.block(str(book.area("xlp_functions_live")._replace(left=1, right=1)))
    found = book.get("xlp_functions_live", "xlp_functions_native", "xlp_functions_difference")
    columns = [names, *found.values()]
    return [tuple(column[i][0] for column in columns) for i in range(len(names))]  # type: ignore[misc]


def assert_alike(found: list[tuple[str, Any, Any, Any]], silent: set[str]) -> None:
    assert {name for name, live, _, _ in found if live == NOT_CONNECTED} == silent
    for name, live, native, difference in found:
        if name not in silent and native is not None:
            assert difference is not None and abs(difference) <= 1e-9, name
            assert live == pytest.approx(native, rel=1e-9, abs=1e-9), name


def test_every_function_is_live_in_calc_and_says_what_the_workbook_computes(
    office: Calc, editions: dict[str, Path]
) -> None:
    silent = set() if same_python(office.python) else NEED_NUMPY
    with office.open(editions["calc"]) as book:
        book.calculate()
        found = answers(book)
        assert {name for name, *_ in found} == set(FUNCTIONS)
        assert_alike(found, silent)
        assert sum(native is not None for _, _, native, _ in found) >= 20
        assert book.value("xlp_check_master") == text("master.pass")
        book.set([
            ("xlp_in_functions_company", (0, 0), "Microsoft"),
            ("xlp_in_functions_scenario", (0, 0), "half"),
            ("xlp_in_cost_reduction", (1, 2), 0.4),
            ("xlp_in_own_committed_cost_share", (1, 0), 0.2),
            ("xlp_in_own_competition", (1, 0), 0.9),
            ("xlp_in_pass_through", (0, 2), 0.35),
        ])  # fmt: skip
        book.calculate()
        changed = answers(book)
        assert_alike(changed, silent)
        assert changed[1][1] == pytest.approx(book.block("xlp_out_operating_margin")[1][2], rel=1e-12)
        assert changed[1][1] != pytest.approx(found[1][1], rel=1e-3)
        assert book.value("xlp_check_master") == text("master.pass")


def test_what_the_workbook_lacks_as_well_reads_not_available(office: Calc, editions: dict[str, Path]) -> None:
    with office.open(editions["calc"]) as book:
        book.set([("xlp_in_functions_company", (0, 0), "OpenAI")])
        book.calculate()
        found = {(name, native): live for name, live, native, _ in answers(book)}
        lacking = {name for name, native in found if str(native) == "#N/A"}
        assert lacking == {"XLP_VALUE"}  # no earnings per share
        assert found["XLP_VALUE", "#N/A"] == text("functions.not_available")
        assert book.value("xlp_check_master") == text("master.pass")


def test_a_difference_fails_the_check_and_leads_to_its_cell(
    calc: Calc, editions: dict[str, Path], tmp_path: Path
) -> None:
    book = openpyxl.load_workbook(editions["calc"])
    sheet, area = next(book.defined_names["xlp_functions_live"].destinations)
    row = int(re.findall(r"\d+", area)[0]) + 3  # earnings per share
    book[sheet][f"E{row}"] = 8
    book.save(tmp_path / "wrong.xlsx")
    with calc.open(tmp_path / "wrong.xlsx") as wrong:
        wrong.calculate()
        result, faults, largest, _, where = wrong.block("xlp_check_live")[0]
        assert (result, faults, where) == (text("checks.fail"), 1, f"'{sheet}'!E{row}")
        eps = wrong.block("xlp_out_eps")[0][0]
        assert largest == pytest.approx((8 - eps) / eps)
        assert wrong.value("xlp_check_failed") == 1


@pytest.mark.parametrize("host", ["calc", "server"])
def test_without_the_host_calls_read_not_connected_and_checks_pass(
    engine: Any, host: str, editions: dict[str, Path]
) -> None:
    with engine.open(editions[host]) as book:
        book.calculate()
        found = answers(book)
        assert {live for _, live, _, _ in found} == {NOT_CONNECTED}
        assert {difference for *_, difference in found} == {None}
        assert book.value("xlp_check_master") == text("master.pass")


def cached(path: Path) -> list[tuple[Any, ...]]:
    """Function, name of the line, live answer, native result, difference, as the file holds them."""
    book = openpyxl.load_workbook(path, data_only=True, read_only=True)
    ((sheet, area),) = book.defined_names["xlp_functions_live"].destinations
    top, bottom = (int(row) for row in re.findall(r"\d+", area))
    rows = book[sheet].iter_rows(top, bottom, 2, 7, values_only=True)
    return [(row[0], row[2], *row[3:]) for row in rows]


@pytest.mark.parametrize("host", ENDINGS)
def test_cached_values_are_what_python_answers(host: str, editions: dict[str, Path]) -> None:
    """Asked here by company, preset and year, where the workbook gives every input one by one."""
    case, preset = ("Salesforce", 0.3), ("illustrative", "FY2026")
    change = "operating_margin_change"
    bridge = {row[0]: row[2] for row in call("XLP_BRIDGE", *case, "operating_income", *preset)}
    single: dict[str, Any] = {
        "XLP_SCENARIO": call("XLP_SCENARIO", "Salesforce", "illustrative", "operating_margin")[1][3],
        "XLP_SENSITIVITY": call("XLP_VALUE", "Salesforce", 0.5, "operating_margin",
                                [["scenario", "illustrative"], ["pass_through", 0.5]]),
        "XLP_EVALUATE": call("XLP_VALUE", *case, "operating_margin", *preset),
        "XLP_BREAKEVEN": 0.3,
        "XLP_TORNADO": call("XLP_VALUE", *case, change, *preset),
        "XLP_SIMULATE": call("XLP_VALUE", *case, change, *preset),
        "XLP_SOBOL": call("XLP_SOBOL", "Salesforce", change, 0.3, 64, 1)[1][0],
        "XLP_PATH": call("XLP_PATH", "Salesforce", 0.3, 5, change, "illustrative")[6][1],
        "XLP_COMPARE": call("XLP_COMPARE", 0.3, change)[1][0],
        "XLP_RANGE": call("XLP_VALUE", *case, change, *preset),
        "XLP_COMPANY": call("XLP_COMPANY", "Salesforce", "revenue"),
        "XLP_VERSION": xlplugin.__version__,
    }  # fmt: skip
    for name in ("XLP_COMPANIES", "XLP_SCENARIOS", "XLP_LEVERS", "XLP_MEASURES"):
        single[name] = call(name)[1][0]
    found = cached(editions[host])
    assert {row[0] for row in found} == set(FUNCTIONS)
    assert {row[1] for row in found if row[0] == "XLP_BRIDGE"} == set(BARS)
    for name, measure, live, native, difference in found:
        if name == "XLP_VALUE":
            expected = call(name, *case, measure, *preset)
        elif name == "XLP_CHANGE":
            expected = call(name, *case, measure, "bp", *preset)
        else:
            expected = bridge[measure] if name == "XLP_BRIDGE" else single[name]
        alike = (
            live == expected
            if isinstance(expected, str)
            else math.isclose(live, expected, rel_tol=1e-12, abs_tol=1e-12)
        )
        assert alike, (name, measure, live, expected)
        assert (difference is None) == (native is None) and (difference or 0) <= 1e-9, name


NAMES: dict[str, Callable[[str], str]] = {
    "excel": str,
    "server": "_xldudf_{}".format,
    "lite": "_xldudf_{}".format,
    "calc": names.qualified,
}


@pytest.mark.parametrize("host", ENDINGS)
def test_files_hold_each_name_as_the_host_writes_it(
    host: str,
    editions: dict[str, Path],
    books: dict[str, openpyxl.Workbook],
    ooxml_errors: Callable[..., list[dict[str, str]]],
) -> None:
    book = books[host]
    language = LANGUAGE[host]
    sheet = book[text("sheet.functions", language)]
    formulas = [str(cell.value) for row in sheet.iter_rows(min_row=20) for cell in row if cell.column == 5]
    for name in FUNCTIONS:
        wanted = NAMES[host](name)
        assert any(re.search(rf"[=(,]{re.escape(wanted)}\(", one) for one in formulas), wanted
    assert f'"{text("functions.not_connected", language)}"' in formulas[-1]
    about = [cell.value for cell in book[text("sheet.about", language)]["B"]]
    for key in ("functions", "setup"):
        assert any(text(f"sheet.{key}", language) in str(value) for value in about), key
    if host in ("excel", "calc"):  # the others differ in names alone
        assert ooxml_errors(editions[host]) == []


@pytest.mark.parametrize("host", ENDINGS)
def test_setup_says_it_in_five_steps(host: str, books: dict[str, openpyxl.Workbook]) -> None:
    language = LANGUAGE[host]
    sheet = books[host][text("sheet.setup", language)]
    shown = [cell.value for cell in sheet["C"] if cell.value]
    steps = [text(key, language) for key in keys(f"setup.{host}.step.")]
    assert len(steps) == 5 and shown[:5] == steps
    pasted = [*requirements_text().splitlines(), *main_text().splitlines()] if host == "lite" else []
    assert shown[5:] == pasted


def test_macro_workbook_has_its_module_beside_it(
    editions: dict[str, Path], books: dict[str, openpyxl.Workbook]
) -> None:
    assert "Public Function XLP_VALUE" in editions["excel"].with_suffix(".bas").read_text(encoding="cp1252")
    book = books["excel"]
    assert book.vba_archive is not None and book.sheetnames[-1] == "xlwings.conf"


@pytest.mark.parametrize("host", ["lite", "calc"])
def test_audit_knows_the_edition(host: str, editions: dict[str, Path]) -> None:
    assert audit(editions[host], editions=EDITIONS) == []


def test_template_without_a_host_has_neither_sheet(template_of: Callable[..., Path]) -> None:
    path = template_of(companies=["Salesforce"], scenarios=["half"])
    book = openpyxl.load_workbook(path, read_only=True)
    assert not {"Functions", "Setup"} & set(book.sheetnames)
    assert "xlp_functions_live" not in book.defined_names
    assert "xlplugin host" not in {one.name for one in book.custom_doc_props.props}


def run(capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    stdout, stderr = capfd.readouterr()
    return int(ended.value.code or 0), stdout, stderr


def test_command_writes_a_macro_workbook(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "book.xlsm"
    code, stdout, _ = run(capfd, "template", str(out), "--host", "excel", "--company", "CRM")
    assert code == 0 and str(out) in stdout and "book.bas" in stdout and "Setup" in stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == ["book.bas", "book.xlsm"]
    assert cached(out)[0][:2] == ("XLP_VALUE", "gross_margin")
    out.unlink()
    code, _, stderr = run(capfd, "template", str(out), "--host", "excel", "--company", "CRM")
    assert code == 2 and "book.bas" in stderr and len(stderr.splitlines()) == 1
    assert not out.exists()


@pytest.mark.parametrize(
    ("name", "host"), [("a.xlsx", "excel"), ("a.xlsm", "lite"), ("a.xlsm", None), ("a.ods", "calc")]
)
def test_wrong_endings_write_nothing(
    name: str, host: str | None, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    more = ["--host", host] if host else []
    code, _, stderr = run(capfd, "template", str(tmp_path / name), *more)
    wanted = ENDINGS[host] if host else ".xlsx"
    assert code == 2 and wanted in stderr and len(stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_unknown_host_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"did you mean excel"):
        xlplugin.write_template(tmp_path / "a.xlsx", host="exel")
    assert list(tmp_path.iterdir()) == []
