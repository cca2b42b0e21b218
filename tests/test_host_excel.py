"""Excel over COM: xlwings' real code with stand-ins for pywin32, our VBA, and the macro workbook."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import uuid
import zipfile
from dataclasses import replace
from html import unescape
from importlib.metadata import version
from pathlib import Path
from typing import Any

import com_standins
import openpyxl
import pytest
from oletools.olevba import VBA_Parser

import xlplugin
from xlplugin.data.records import Scenario
from xlplugin.data.shipped import shipped
from xlplugin.functions import FUNCTIONS
from xlplugin.hosts import HostError
from xlplugin.hosts.editions import EDITIONS
from xlplugin.hosts.excel import addin, macro_workbook, vba
from xlplugin.model.errors import InputError
from xlplugin.workbook.builder.cells import as_shown

pytestmark = pytest.mark.slow

TESTS = Path(__file__).parent
#: Companies and scenarios of a template that is quick to write and to read.
SMALL: dict[str, Any] = {"companies": ["Salesforce", "ServiceNow"], "scenarios": ["half"]}


@pytest.fixture(scope="module")
def com(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return com_standins.answers("com_standins.py", tmp_path_factory.mktemp("com"), timeout=120)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("excel") / "margins of AI.xlsm"
    assert xlplugin.write_template(path, host="excel", **SMALL) == path
    assert path.with_suffix(".bas").is_file()
    return path


def test_calls_through_the_com_server(com: dict[str, Any]) -> None:
    """Every call of the table, as ranges and as values, through import_udfs and CallUDF."""
    assert com["calls"] >= 250
    assert com["wrong"] == {}


def test_xlwings_imports_and_describes_every_function(com: dict[str, Any]) -> None:
    assert list(com["options"]) == sorted(FUNCTIONS)
    for name, one in FUNCTIONS.items():
        options = com["options"][name]
        assert options["Description"] == one.meaning["en"]
        assert options["Category"] == "xlplugin"
        assert (options["ArgumentDescriptions"] or []) == [
            argument.meaning["en"] for argument in one.arguments
        ]
        names = ", ".join(f"Optional {a.name}" if a.optional else a.name for a in one.arguments)
        assert f"Function {name}({names})\n" in com["code"]


def test_our_module_wraps_and_describes_every_function(template: Path) -> None:
    raw = template.with_suffix(".bas").read_bytes()
    assert raw.count(b"\n") == raw.count(b"\r\n"), "the VBA editor wants CR LF"
    text = re.sub(r" _\r\n\s*", " ", raw.decode("ascii"))  # any code page reads ASCII alike
    assert max(map(len, text.split("\r\n"))) < 4000 and max(map(len, raw.split(b"\r\n"))) < 1000
    for name, one in FUNCTIONS.items():
        names = [
            f"Optional {a.name} As Variant" if a.optional else f"{a.name} As Variant" for a in one.arguments
        ]
        assert re.search(rf"Public Function {name}\( ?{re.escape(', '.join(names))}\) As Variant\r\n", text)
        assert f'{name} = AnswerOf("{name}", Array({", ".join(a.name for a in one.arguments)}))' in text
        described = re.search(rf'MacroOptions Macro:="{name}", Description:="([^\r]*)', text)
        assert described and described[1].startswith(one.meaning["en"].replace('"', '""'))
        for argument in one.arguments:
            assert f'"{argument.meaning["en"]}"' in described[1]
    assert text.count("Public Function ") == text.count("Attribute XLP_") == len(FUNCTIONS)


def test_our_module_alarms_nobody(template: Path) -> None:
    parser = VBA_Parser("xlplugin.bas", data=template.with_suffix(".bas").read_bytes())
    assert parser.detect_vba_macros()
    (found,) = parser.extract_macros()
    assert f'Attribute VB_Name = "{vba.MODULE}"' in found[3]
    alarms = {(kind, word) for kind, word, _ in parser.analyze_macros()}
    # A name that ends like an event, a word of a comment or text, names that could be Base64: no more.
    assert alarms <= {("AutoExec", "XLP_CHANGE"), ("Suspicious", "Run"), ("Suspicious", "Base64 Strings")}


def test_macro_workbook_holds_xlwings_vba(template: Path) -> None:
    parser = VBA_Parser(str(template))
    modules = {name: code for _, _, name, code in parser.extract_macros()}
    parser.close()
    installed = f'XLWINGS_VERSION As String = "{version("xlwings")}"'
    assert installed in modules["xlwings.bas"]
    assert "Sub ImportPythonUDFs()" in modules["xlwings.bas"]
    assert {"ThisWorkbook.cls", "Sheet1.cls", "Sheet2.cls"} <= set(modules)


def test_macro_workbook_names_our_module(template: Path) -> None:
    book = openpyxl.load_workbook(template, keep_vba=True)
    settings = {
        row[0]: row[1] for row in book["xlwings.conf"].iter_rows(max_col=2, values_only=True) if row[0]
    }
    assert settings["UDF MODULES"] == "xlplugin.hosts.excel.udfs"
    assert settings["INTERPRETER_WIN"]
    assert settings["ADD_WORKBOOK_TO_PYTHONPATH"] == "false"
    assert macro_workbook.xlwings_version(template) == version("xlwings")
    assert book.sheetnames[-1] == "xlwings.conf"
    code_names = [sheet.sheet_properties.codeName for sheet in (book.worksheets[0], book["xlwings.conf"])]
    assert [book.code_name, *code_names] == ["ThisWorkbook", "Sheet1", "Sheet2"]


def test_macro_workbook_is_the_template_otherwise(template: Path, tmp_path: Path) -> None:
    from xlplugin.workbook.package import save
    from xlplugin.workbook.template import build_template

    plain = tmp_path / "plain.xlsx"
    save(build_template(edition=EDITIONS["excel"], **SMALL), plain)
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(template) as new:
        changed = {n for n in old.namelist() if n not in new.namelist() or old.read(n) != new.read(n)}
        added = set(new.namelist()) - set(old.namelist())
    assert changed == {
        "[Content_Types].xml",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/worksheets/sheet1.xml",
        "_rels/.rels",
    }
    assert {name.rpartition("/")[2][:5] for name in added} == {"vbaPr", "sheet", "custo"}


#: Names of companies and scenarios that a spreadsheet may take for something else.
HOSTILE_NAMES = {
    "a formula": "=1+1",
    "a link": '=HYPERLINK("http://example.com","x")',
    "a plus": "+SUM(A1)",
    "a minus": "-2+3",
    "an at sign": "@SUM(A1)",
    "quotes": 'A "B" & Sons',
    "an apostrophe before": "'=1+1",
    "markup": "<f>1+1</f> & ]]>",
    "forty letters": "Muster Beteiligungs- und Verwaltungs AG 40",
    "umlauts and signs": "Süß & Größer 株式会社",
}


def test_a_macro_workbook_holds_names_of_any_kind_as_texts(tmp_path: Path, ooxml_errors: Any) -> None:
    year = shipped().year("Salesforce")
    figures = [replace(shipped().figures["Salesforce", year], company=name, ticker="", note=name)
               for name in HOSTILE_NAMES.values()]  # fmt: skip
    scenarios = [Scenario(name, name, {"cost_reduction": 0.3}, note=name) for name in HOSTILE_NAMES.values()]
    data = shipped().merged(figures=figures, scenarios=scenarios)
    names = list(HOSTILE_NAMES.values())
    path = tmp_path / "hostile.xlsm"
    xlplugin.write_template(path, host="excel", dataset=data, companies=names, scenarios=names)
    assert ooxml_errors(path) == []
    book = openpyxl.load_workbook(path, read_only=True)
    for block in ("xlp_companies", "xlp_scenarios"):
        ((sheet, area),) = book.defined_names[block].destinations
        cells = [
            cell for row in book[sheet][area.replace("$", "")] for cell in row if cell.value != "your_case"
        ]
        held = [(as_shown(str(cell.value)), cell.data_type) for cell in cells][: len(names)]
        assert held == [(name, "s") for name in names]
    book.close()
    with zipfile.ZipFile(path) as package:
        sheets = [package.read(part).decode() for part in package.namelist() if "/worksheets/sheet" in part]
    formulas = [f"={unescape(text)}" for sheet in sheets for text in re.findall("<f[^>]*>([^<]*)</f>", sheet)]
    assert len(formulas) > 1000
    assert not [formula for formula in formulas if formula in names]
    module = path.with_suffix(".bas").read_text(encoding="cp1252")
    assert not [name for name in names if name in module]


def test_macro_workbook_is_valid(template: Path, ooxml_errors: Any) -> None:
    assert ooxml_errors(template) == []


def test_libreoffice_loads_it_and_runs_our_vba(
    template: Path, soffice: Path, system_python_with_uno: Path, tmp_path: Path
) -> None:
    pipe = f"xlplugin{uuid.uuid4().hex[:12]}"
    clean = {key: text for key, text in os.environ.items() if key not in ("PYTHONPATH", "PYTHONHOME")}
    command = [
        soffice,
        f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
        "--headless",
        "--norestore",
    ]
    command += ["--nologo", "--nodefault", f"--accept=pipe,name={pipe};urp;StarOffice.ComponentContext"]
    office = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True, env=clean
    )
    try:
        driver = [
            system_python_with_uno,
            TESTS / "basic_driver.py",
            pipe,
            template,
            template.with_suffix(".bas"),
        ]
        run = subprocess.run(driver, capture_output=True, text=True, env=clean, timeout=120, check=False)
        assert run.returncode == 0, run.stderr
        found = json.loads(run.stdout)
    finally:
        os.killpg(office.pid, signal.SIGKILL)
        office.wait()
    assert {"ThisWorkbook", "xlwings", "Sheet1", "Sheet2"} <= set(found["modules"])
    assert "Version: " in found["xlwings"]
    assert found["sheets"][-1] == "xlwings.conf"
    errors = {"#N/A": "error 2042", "#VALUE!": "error 2015", "#NUM!": "error 2036", "CRM": "CRM"}
    for typed, became in errors.items():
        expected = [became, "1.5", became, "text", "error 2036", became, "#N/A rest", "2"]
        assert found["answers"][typed].split("|") == expected


def test_existing_files_are_kept(tmp_path: Path) -> None:
    (tmp_path / "mine.bas").write_text("' mine", encoding="ascii")
    with pytest.raises(InputError, match=r"mine\.bas: exists"):
        xlplugin.write_template(tmp_path / "mine.xlsm", host="excel")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.bas"]


def test_another_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"ends in \.xlsm"):
        xlplugin.write_template(tmp_path / "book.xlsx", host="excel")
    assert not (tmp_path / ".xlwings").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="says what to use where this is not Windows")
def test_installing_elsewhere_says_what_to_use() -> None:
    for act in (addin.install, addin.uninstall):
        with pytest.raises(HostError, match=r"Windows only.*xlplugin serve.*xlplugin install calc"):
            act()


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="would install the add-in of this computer")
def test_installing_runs_the_commands_of_xlwings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """xlwings' own commands run for real; on a system without Excel they say that they cannot."""
    monkeypatch.setattr(sys, "platform", "win32")  # of this process; that of the command is the real one
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(HostError, match="xlwings addin install failed"):
        addin.install()
    assert not (tmp_path / ".xlwings").exists()
