"""Live scripts in Excel on this computer: xlwings' real COM code with stand-ins, macros, ribbon, sheet Live."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import com_standins
import openpyxl
import oracle
import pytest
import xlwings
from open_books import copied, from_file, typed
from remote_books import payload

import xlplugin
from xlplugin.hosts.editions import EDITIONS, edition_of
from xlplugin.hosts.excel import live
from xlplugin.hosts.excel.live import cell_name
from xlplugin.hosts.excel.vba import MODULE, macro_name
from xlplugin.hosts.live.reading import from_payload, language_of
from xlplugin.live import SCRIPTS, OpenBook, plan_of
from xlplugin.live.texts import text
from xlplugin.workbook.builder.texts import text as text_of_sheets

pytestmark = pytest.mark.slow

FIGURES, ASSUMED = oracle.companies(), oracle.assumptions()


@pytest.fixture(scope="module")
def com(small_template: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    return com_standins.answers("live_com.py", tmp_path_factory.mktemp("com"), small_template, timeout=180)


@pytest.fixture(scope="module", params=["en", "de"])
def edition(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    path = tmp_path_factory.mktemp("live") / "template.xlsm"
    companies, scenarios = ["Salesforce", "Microsoft"], ["half", "price_war"]
    written = xlplugin.write_template(
        path, host="excel", language=request.param, companies=companies, scenarios=scenarios
    )
    return written, request.param


@pytest.fixture(scope="module")
def sent(edition: tuple[Path, str]) -> OpenBook:
    """The macro workbook as a client on the web sends it."""
    return from_payload(payload(edition[0]))


@pytest.mark.parametrize("name", SCRIPTS)
def test_every_script_writes_one_sheet_over_com(com: dict[str, dict[str, Any]], name: str) -> None:
    seen = com[name]
    assert (seen["told"], seen["kept"], seen["new"]) == ("", True, [text(f"sheet.{name}")])
    words = [value for *_, value in seen["cells"]]
    assert any(xlplugin.__version__ in str(value) for value in words)


def test_figures_over_com_are_the_oracles(com: dict[str, dict[str, Any]]) -> None:
    """The template's own case is as illustrative."""
    preset = next(row for row in oracle.scenarios() if row["scenario"] == "illustrative")
    lines = oracle.evaluate(oracle.fill(oracle.latest(FIGURES, "Salesforce"), ASSUMED, preset).inputs)
    cells = {(row, column): value for row, column, value in com["bridge"]["cells"]}
    (first,) = {
        row for (row, column), value in cells.items() if value == "Operating income, base" and column == 2
    }
    ends = [value for (row, column), value in sorted(cells.items()) if column == 4 and row >= first and value]
    assert ends[:2] == [pytest.approx(lines[f"{one}operating_income"]) for one in ("base_", "")]


def test_an_untouched_template_has_no_findings_over_com(com: dict[str, dict[str, Any]]) -> None:
    assert any("Nothing found" in str(value) for *_, value in com["audit"]["cells"])
    assert any("Looked at: formulas" in str(value) for *_, value in com["audit"]["cells"])


def test_a_second_run_takes_a_new_name(com: dict[str, dict[str, Any]]) -> None:
    assert com["again"]["new"] == ["Compare (2)"] and com["again"]["kept"]


@pytest.mark.parametrize(
    ("case", "told"),
    [
        ("wrong", "'Own cases'!B2: cost_reduction is 30"),
        ("failing", "refuses the chart"),
        ("locked", "protected"),
    ],
)
def test_a_failing_script_leaves_the_workbook_as_it_was(
    com: dict[str, dict[str, Any]], case: str, told: str
) -> None:
    assert told in com[case]["told"]
    assert com[case]["kept"] and com[case]["new"] == []


def test_an_own_table_runs_and_its_texts_stay_texts_over_com(com: dict[str, dict[str, Any]]) -> None:
    assert com["own"]["new"] == ["Scenario run"] and com["own"]["kept"]


def test_an_own_table_is_looked_at_over_com_whatever_other_sheets_there_are(
    com: dict[str, dict[str, Any]],
) -> None:
    """Sheets that it does not need are not read."""
    assert com["own audit"]["new"] == ["Audit"] and com["own audit"]["kept"]


def test_an_untouched_macro_workbook_has_no_findings_wherever_it_is_open(
    edition: tuple[Path, str], sent: OpenBook
) -> None:
    """Its live calls have rows and names of their own: set against the plain template all would differ."""
    path, language = edition
    assert sent.edition == EDITIONS["excel"]
    assert plan_of("audit", sent).rows == ()
    read = replace(from_file(path), edition=sent.edition)
    assert plan_of("audit", read).rows == ()
    setup = text_of_sheets("sheet.setup", language)
    assert edition_of({title: rows for title, rows in sent.sheets.items() if title != setup})


def test_findings_are_said_in_the_language_of_the_sheet(edition: tuple[Path, str], sent: OpenBook) -> None:
    language, book = edition[1], copied(sent)
    typed(book, "xlp_in_cost_reduction", 30, column=1)
    area = book.area("xlp_in_cost_reduction")
    book.sheets[area.sheet][0][1] = "Mine"  # type: ignore[index]
    told = {(cell, what): fix for _, cell, what, fix in plan_of("audit", book).rows}
    title = area.sheet
    entry = f"{chr(65 + area.left)}{area.top}"
    assert told == {
        "en": {
            ("B1", f"changed from {title!r} to 'Mine'"): f"put back {title!r}",
            (entry, "cost_reduction is 30 (allowed: -1 to below 1)"): "enter 30% or 0.3",
        },
        "de": {
            ("B1", f"geändert von {title!r} zu 'Mine'"): f"wiederherstellen: {title!r}",
            (entry, "Rückgang der KI-Betriebskosten ist 30 (zulässig: −1 bis unter 1)"): "30 % oder 0,3 eingeben",
        },
    }[language]  # fmt: skip


def test_a_message_is_in_the_language_of_the_workbook(edition: tuple[Path, str]) -> None:
    """The macro shows it before any cell was read."""
    path, language = edition
    held = openpyxl.load_workbook(path, read_only=True)
    names = [
        SimpleNamespace(name=name, refers_to=f"={one.attr_text}") for name, one in held.defined_names.items()
    ]
    sheets = [SimpleNamespace(name=title) for title in held.sheetnames]
    assert language_of(SimpleNamespace(name=path.name, sheets=sheets, names=names)) == language


def test_every_script_has_its_macros(edition: tuple[Path, str]) -> None:
    module = edition[0].with_suffix(".bas").read_text(encoding="cp1252")
    for name in SCRIPTS:
        macro = macro_name(name)
        command = re.search(rf'Public Sub {macro}\(\)\n    RunPython "([^"\n]+)"\nEnd Sub\n', module)
        assert command and not set("|$`") & set(command[1])
        assert command[1] == f"import xlplugin.hosts.excel.live as live; live.start('{name}')"
        assert f"Public Sub {macro}Button(ByVal control As Object)\n    {macro}\nEnd Sub\n" in module


def test_the_ribbon_calls_the_macros_in_both_editions(edition: tuple[Path, str]) -> None:
    path, language = edition
    with zipfile.ZipFile(path) as parts:
        relations = parts.read("_rels/.rels").decode()
        for part in ("customUI/customUI.xml", "customUI/customUI14.xml"):
            assert f'Target="{part}"' in relations
            buttons = [
                one for one in ElementTree.fromstring(parts.read(part)).iter() if one.tag.endswith("}button")
            ]
            assert [one.get("onAction") for one in buttons] == [
                f"{MODULE}.{macro_name(name)}Button" for name in SCRIPTS
            ]
            assert [one.get("label") for one in buttons] == [
                SCRIPTS[name].title[language] for name in SCRIPTS
            ]
            assert all(len(one.get("supertip", "")) <= 1024 for one in buttons)


def test_the_live_sheet_has_a_named_cell_for_each_argument(edition: tuple[Path, str]) -> None:
    path, language = edition
    book = openpyxl.load_workbook(path)
    sheet = book[text("live.sheet", language)]
    for name, declared in SCRIPTS.items():
        for argument in declared.arguments:
            ((title, address),) = book.defined_names[cell_name(name, argument.name)].destinations
            cell = sheet[address.replace("$", "")]
            assert title == sheet.title
            assert argument.read(cell.value) == argument.default
            assert sheet.cell(cell.row, 2).value == argument.label[language]
            assert cell.number_format == "@" and cell.fill.fgColor.rgb == "FFFFF9DB"
    listed = {str(check.sqref): check.formula1 for check in sheet.data_validations.dataValidation}
    measure = book.defined_names[cell_name("bridge", "measure")].attr_text.rpartition("!")[2].replace("$", "")
    hints = {str(check.sqref): check.prompt for check in sheet.data_validations.dataValidation}
    (said,) = (one.help[language] for one in SCRIPTS["bridge"].arguments if one.name == "measure")
    assert hints[measure] == said
    assert listed[measure] == '"operating_income,operating_margin,gross_margin,net_margin,eps"'


def test_the_macro_workbook_with_scripts_is_valid(edition: tuple[Path, str], ooxml_errors: Any) -> None:
    assert ooxml_errors(edition[0]) == []


@pytest.mark.parametrize(("sheet", "language"), [("Inputs", "en"), ("Eingaben", "de")])
def test_what_nobody_foresaw_is_told_in_the_language_of_the_workbook(
    sheet: str, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[tuple[str, str]] = []
    app = SimpleNamespace(alert=lambda *words: said.append(words))
    mark = SimpleNamespace(name="xlp_companies", refers_to=f"={sheet}!$A$1")
    book = SimpleNamespace(name="b.xlsm", names=[mark], sheets=[SimpleNamespace(name=sheet)], app=app)

    def failing(*_: object) -> str:
        raise RuntimeError("0x800A03EC")

    monkeypatch.setattr(xlwings, "Book", SimpleNamespace(caller=lambda: book), raising=False)
    monkeypatch.setattr(live, "written", failing)
    live.start("compare")
    told = f"{text('pane.failed', language)} (0x800A03EC)"
    assert said == [(told, SCRIPTS["compare"].title[language])]
