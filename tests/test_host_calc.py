"""The add-in for LibreOffice Calc: its file, its installation, its cells and its function wizard."""

from __future__ import annotations

import math
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import machine
import openpyxl
import pytest
from calc_addin import NO_NAME, CalcAddin, laid_out
from entry_calls import entry_calls
from function_calls import CALLS, NEVER, Call, differences
from openpyxl.worksheet.formula import ArrayFormula

from xlplugin.functions import FUNCTIONS
from xlplugin.hosts import HostError
from xlplugin.hosts.calc import addin, names, office
from xlplugin.hosts.calc.cells import from_calc, to_calc
from xlplugin.model.errors import CellError

pytestmark = pytest.mark.slow

NA, NUM, VALUE = CellError.NOT_AVAILABLE, CellError.OUTSIDE_DOMAIN, CellError.WRONG_TYPE
#: Salesforce at 30%, as worked by hand in the model's description.
OPERATING_MARGIN, GROSS_MARGIN = 0.2019614937, 0.7770775521
#: What "half" and "illustrative" do to Salesforce's margins, in basis points, from the same page.
HALF, ILLUSTRATIVE = 22.2, 13.4


#: Calls whose answer differs in Calc alone: TRUE is 1 there, and a single empty cell is a reduction of 0.
OTHERWISE = {
    "compare TRUE": NUM, "path blank": NEVER, "range blank": NEVER, "range TRUE": NUM, "tornado preset": NEVER,
}  # fmt: skip

#: Calc's own answer where a range holds an error: our function is not asked.
ERROR_IN_RANGE = 504


@pytest.fixture(scope="module")
def installed(
    tmp_path_factory: pytest.TempPathFactory, soffice: Path, system_python_with_uno: Path
) -> Iterator[CalcAddin]:
    profile = tmp_path_factory.mktemp("calc") / "profile with a blank"
    said = office.install(profile)
    assert "Installed the xlplugin functions" in said and str(profile) in said
    assert office.installed_version(profile) == re.search(r"functions (\S+)", said)[1]
    here = CalcAddin(profile, system_python_with_uno)
    yield here
    here.close()


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    path = addin.build(tmp_path_factory.mktemp("oxt") / "xlplugin.oxt")
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_cells(installed: CalcAddin) -> None:
    write = [
        ["A1", 0.3],
        ["A2", "Salesforce"],
        ["A3", '=XLP_VALUE("salesforce ";A1)'],
        ["A4", '=XLP_VALUE(A2;A1;"gross_margin")'],
        ["A5", '=XLP_VALUE(A2;"30%")'],
        ["A6", "=XLP_VALUE(A2;A1)*2"],
        ["A7", '=IF(ISNUMBER(XLP_VALUE(A2;A1));"number";"none")'],
        ["A8", '=IFERROR(XLP_VALUE("nobody";A1);"none")'],
        ["A9", '=SUM(XLP_VALUE({"Salesforce"|"Salesforce"};0.3))'],
        ["B1", '=XLP_VALUE("nobody";A1)'],
        ["B2", "=XLP_VALUE(A2;1)"],
        ["B3", '=XLP_VALUE(A2;"much")'],
        ["B4", '=XLP_VALUE(A2;A1;"no_such_line")'],
        ["B5", "=XLP_VALUE(A2;B1)"],
        ["B6", "=XLP_VALUE(A2;Z1:Z1)"],
        ["D1", "nobody"],
        ["D2", "Salesforce"],
        ["E1:E2", "{=XLP_VALUE(D1:D2;A1)}"],
        ["F1:G1", "{=XLP_VALUE(A2;{0.3;2})}"],
        ["F2:G2", '{=XLP_VALUE(A2;{"much";0.3})}'],
    ]
    read = ["A3:A9", "B1:B6", "E1:E2", "F1:G2"]
    cells = installed.run({"write": write, "read": read})[0]["cells"]
    margin = pytest.approx(OPERATING_MARGIN, abs=5e-11)
    assert [row[0] for row in cells["A3:A9"]] == [
        margin,
        pytest.approx(GROSS_MARGIN, abs=5e-11),
        margin,
        pytest.approx(2 * OPERATING_MARGIN, abs=1e-10),
        "number",
        "none",
        pytest.approx(2 * OPERATING_MARGIN, abs=1e-10),
    ]
    # an error that a cell is given comes back as it is; a blank required argument is not available
    assert [row[0] for row in cells["B1:B6"]] == [NA, NUM, VALUE, VALUE, NA, NA]
    assert [row[0] for row in cells["E1:E2"]] == [NA, margin]
    assert cells["F1:G2"] == [[margin, NUM], [VALUE, margin]]


def test_every_call_and_entry_of_the_tables(installed: CalcAddin) -> None:
    asked = [one for one in (*CALLS, *entry_calls("calc")) if in_calc(one) is not NEVER]
    task, places = laid_out((one.name, one.cells, in_calc(one)) for one in asked)
    cells = installed.run(task)[0]["cells"]
    wrong = {}
    for one, where in zip(asked, places, strict=True):
        expected = ERROR_IN_RANGE if has_error_in_range(one) else as_in_calc(in_calc(one))
        found = cells[where] if isinstance(expected, list) else cells[where][0][0]
        if differs := differences(as_in_calc(found), expected):
            wrong[one.id] = differs[:3]
    assert wrong == {} and len(asked) >= 250


def in_calc(one: Call) -> Any:
    return OTHERWISE.get(one.id, one.at("calc"))


def has_error_in_range(one: Call) -> bool:
    ranges = [cells for cells in one.cells if isinstance(cells, list)]
    return any(isinstance(cell, CellError) for cells in ranges for row in cells for cell in row)


def as_in_calc(value: Any) -> Any:
    """Return a value as Calc can show it: no truth values, and nothing is an empty text."""
    if isinstance(value, list):
        return [[as_in_calc(cell) for cell in row] for row in value]
    if isinstance(value, bool):
        return float(value)
    return None if value == "" else value


def test_single_empty_cell_is_zero_and_the_wizard_says_so(installed: CalcAddin) -> None:
    task = {"write": [["A1", '=XLP_VALUE("Salesforce";Z1)'], ["A2", '=XLP_VALUE("Salesforce";0)']]}
    answer = installed.run({**task, "read": ["A1:A2"], "describe": True})[0]
    (empty,), (zero,) = answer["cells"]["A1:A2"]
    assert empty == zero and isinstance(zero, float)
    optional = [
        argument[1]
        for function in answer["functions"].values()
        for argument in function["arguments"]
        if "empty cell counts as 0" in argument[1]
    ]
    assert optional


@pytest.mark.parametrize("locale", ["en-US", "de-DE"])
def test_function_wizard(installed: CalcAddin, locale: str) -> None:
    installed.speak(locale)
    decimal = "0,3" if locale == "de-DE" else "0.3"
    task = {
        "write": [["A1", f'=XLP_CHANGE("Salesforce";"{decimal}";"operating_margin";"bp")']],
        "read": ["A1"],
        "describe": True,
    }
    answer = installed.run(task)[0]
    installed.speak("en-US")
    assert answer["cells"]["A1"][0][0] == pytest.approx(ILLUSTRATIVE, abs=0.06)
    language = "en" if locale == "en-US" else "de"
    assert set(answer["functions"]) == set(FUNCTIONS)
    for name, function in FUNCTIONS.items():
        shown = answer["functions"][name]
        assert shown["description"] == function.meaning[language]
        assert [argument[0] for argument in shown["arguments"]] == [a.name for a in function.arguments]
        for argument, (_, text, _) in zip(function.arguments, shown["arguments"], strict=True):
            assert text.startswith(argument.meaning[language]) and len(text) <= 255


def test_file_flavour(installed: CalcAddin, tmp_path: Path) -> None:
    assert names.qualified("XLP_VALUE") == "ORG.XLPLUGIN.FUNCTIONS.XLPVALUE"
    book = openpyxl.Workbook()
    sheet = book.active
    name = names.qualified("XLP_CHANGE")
    sheet["A1"] = f'={name}("Salesforce",0.5,"operating_margin","bp")'
    sheet["A2"] = '=XLP_CHANGE("Salesforce",0.5,"operating_margin","bp")'
    formula = f'={names.qualified("XLP_VALUE")}("Salesforce",{{0.3;2}})'
    sheet["B1"] = ArrayFormula("B1:B2", formula)
    book.save(tmp_path / "book.xlsx")
    first = {"open": str(tmp_path / "book.xlsx"), "read": ["A1:A2", "B1:B2"]}
    again = {"open": str(tmp_path / "book.ods"), "read": ["A1", "B1:B2"]}
    loaded, stored = installed.run({**first, "store": str(tmp_path / "book.ods")}, again)
    assert loaded["cells"]["A1:A2"][1] == [NO_NAME]
    for cells in (loaded["cells"]["A1:A2"], stored["cells"]["A1"]):
        assert cells[0][0] > ILLUSTRATIVE
    table = [[pytest.approx(OPERATING_MARGIN, abs=5e-11)], [NUM]]
    assert loaded["cells"]["B1:B2"] == table and stored["cells"]["B1:B2"] == table


def test_replace_and_uninstall(installed: CalcAddin, tmp_path: Path) -> None:
    profile = tmp_path / "profile"
    installed.close()
    shutil.copytree(installed.profile, profile)
    here = CalcAddin(profile, installed.python)
    assert office.install(profile).startswith("Replaced version ")
    assert isinstance(here.formulas("=XLP_VERSION()")[0], str)
    here.close()
    assert office.uninstall(profile).startswith("Removed the xlplugin functions ")
    assert office.installed_version(profile) is None
    assert here.formulas("=XLP_VERSION()") == [NO_NAME]
    here.close()
    assert office.uninstall(profile).endswith("nothing to do.")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that another user can reach; pytest closes its own to everybody else."""
    with tempfile.TemporaryDirectory(prefix="xlplugin-test-") as name:
        Path(name).chmod(0o777)
        yield Path(name)


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="needs root to become another user")
def test_unprivileged_user_installs_with_unopkg(
    open_folder: Path, system_python_with_uno: Path, project: Path
) -> None:
    shutil.copytree(project / "xlplugin", open_folder / "package" / "xlplugin")
    code = "from xlplugin.hosts.calc import office; print(office.install()); print(office.uninstall())"
    package = str(open_folder / "package")
    ran = subprocess.run(
        [system_python_with_uno, "-B", "-c", code],
        capture_output=True,
        text=True,
        user=65534,
        group=65534,
        extra_groups=[],
        cwd=open_folder,
        env={"PATH": machine.plain_environment()["PATH"], "HOME": str(open_folder), "PYTHONPATH": package},
    )
    assert "Installed the xlplugin functions" in ran.stdout, ran.stderr
    assert "Removed the xlplugin functions" in ran.stdout


def test_running_office_is_left_alone(tmp_path: Path, soffice: Path) -> None:
    (tmp_path / ".lock").touch()
    with pytest.raises(HostError, match=r"LibreOffice is running .*Close it"):
        office.install(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [".lock"]


def test_missing_office_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(office, "PLACES", (str(tmp_path / "nowhere*"),))
    with pytest.raises(HostError, match="Install LibreOffice Calc"):
        office.install(tmp_path)
    assert office.uninstall(tmp_path).endswith("nothing to do.")


@pytest.mark.skipif(sys.platform == "win32", reason="needs a script of the shell")
def test_office_without_python_or_with_an_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("soffice", "unopkg"):
        (tmp_path / name).touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(
        sys, "platform", "darwin"
    )  # where LibreOffice brings its own Python or none is looked for
    with pytest.raises(HostError, match="apt install python3-uno"):
        office.find()
    (tmp_path / "python").write_text("#!/bin/sh\necho 3 9\n", encoding="ascii")
    (tmp_path / "python").chmod(0o755)
    with pytest.raises(HostError, match=r"Python is 3\.9; the functions need 3\.11"):
        office.find()


def test_pure_part_runs_on_the_standard_library_alone(parts: dict[str, bytes], tmp_path: Path) -> None:
    for name, content in parts.items():
        if name.startswith("pythonpath/"):
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from xlplugin.functions import call\n"
        "import xlplugin.hosts.calc.cells\n"
        "print(call('XLP_VALUE', 'Salesforce', 0.3))\n"
        "print(len(call('XLP_VALUE', [['Salesforce'], ['Meta']], [[0.3, 0.5]])[1]))\n"
        "print({'numpy', 'pandas', 'xlwings', 'openpyxl'} & set(sys.modules))"
    )
    ran = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code, tmp_path / "pythonpath"], capture_output=True, text=True
    )
    value, width, foreign = ran.stdout.split()
    assert float(value) == pytest.approx(OPERATING_MARGIN, abs=5e-11)
    assert width == "2" and foreign == "set()"


def test_same_functions_give_the_same_file(tmp_path: Path) -> None:
    first, second = addin.build(tmp_path / "a.oxt"), addin.build(tmp_path / "b.oxt")
    assert first.read_bytes() == second.read_bytes()


def test_file_describes_every_function(parts: dict[str, bytes]) -> None:
    declared = re.findall(rb"^  (any|sequence< sequence<any> >) (\w+)\(", parts["functions.idl"], re.M)
    assert [name.decode() for _, name in declared] == [names.method(name) for name in FUNCTIONS]
    texts = ElementTree.fromstring(parts["CalcAddIns.xcu"])
    languages = {value.get("{http://www.w3.org/XML/1998/namespace}lang") for value in texts.iter("value")}
    assert languages == {"en-US", "de", None}
    assert all(len(value.text) <= 255 for value in texts.iter("value"))
    listed = re.findall(rb'full-path="([^"]+)"', parts["META-INF/manifest.xml"])
    assert {name.decode() for name in listed} <= set(parts)
    assert addin.IDENTIFIER.encode() in parts["description.xml"]


@pytest.mark.parametrize(("error", "code"), [(NA, 32767), (NUM, 503), (VALUE, 519)])
def test_errors_carry_their_number(error: CellError, code: int) -> None:
    value = to_calc(error)
    assert math.isnan(value)
    assert struct.unpack("<Q", struct.pack("<d", value))[0] & 0xFFFFFFFF == code


def test_values_between_calc_and_python() -> None:
    assert from_calc((("", 1.0), ("x", 0.0))) == [[None, 1.0], ["x", 0.0]]
    assert from_calc("") is None and from_calc(None) is None and from_calc(0.0) == 0.0
    assert to_calc([[None, True], ["x", 3]]) == (("", 1.0), ("x", 3.0))
    assert to_calc("text") == "text"
