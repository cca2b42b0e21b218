"""Ready-made workbooks are what the code writes; the audit finds what was changed in a filled one."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
import pytest
from click.testing import CliRunner

import xlplugin
from xlplugin.cli import cli
from xlplugin.workbook.audit import Finding, audit
from xlplugin.workbook.ready_made import shipped_name, write_shipped

pytestmark = pytest.mark.slow

LANGUAGES = ("en", "de")


def content(path: Path) -> dict[str, Any]:
    """Cells with their styles, names, rules, charts and properties."""
    book = openpyxl.load_workbook(path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist() if name.startswith("xl/charts/")}
    found: dict[str, Any] = {"parts": parts, "sheets": book.sheetnames}
    found["names"] = {name: one.attr_text for name, one in book.defined_names.items()}
    found["properties"] = [(one.name, one.value) for one in book.custom_doc_props.props]
    for sheet in book:
        found[sheet.title] = {
            cell.coordinate: (cell.value, cell.number_format, cell.font.color.rgb, cell.font.b, cell.font.sz,
                              cell.fill.fgColor.rgb, cell.alignment.horizontal, cell.protection.locked)
            for row in sheet.iter_rows() for cell in row if cell.has_style or cell.value is not None
        }  # fmt: skip
        found[f"{sheet.title} rules"] = [
            (rule.sqref, rule.type, rule.formula1, rule.prompt)
            for rule in sheet.data_validations.dataValidation
        ]
        found[f"{sheet.title} widths"] = {key: one.width for key, one in sheet.column_dimensions.items()}
    return found


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shipped")
    assert [path.name for path in write_shipped(folder)] == [shipped_name(one) for one in LANGUAGES]
    return folder


@pytest.mark.parametrize("language", LANGUAGES)
def test_ready_made_workbooks_are_what_the_code_writes(language: str, fresh: Path, project: Path) -> None:
    ready_made, anew = project / "workbooks" / shipped_name(language), fresh / shipped_name(language)
    if ready_made.read_bytes() == anew.read_bytes():
        return
    shipped, written = content(ready_made), content(anew)  # packed otherwise on another machine
    assert list(shipped) == list(written), "run: python docs/regenerate.py"
    differ = [key for key in written if shipped[key] != written[key]]
    assert not differ, f"{differ} differ; run: python docs/regenerate.py"


# --- audit --------------------------------------------------------------------------------------------


def test_a_fresh_workbook_has_no_findings(fresh: Path) -> None:
    for language in LANGUAGES:
        assert audit(fresh / shipped_name(language)) == []


def cell_of(path: Path, name: str) -> tuple[str, str]:
    ((sheet, area),) = openpyxl.load_workbook(path, read_only=True).defined_names[name].destinations
    return sheet, area.replace("$", "").split(":")[0]


class Mine(NamedTuple):
    """A copy with cells typed over and names changed, as a program leaves it that does not compute."""

    path: Path
    cells: dict[str, tuple[str, str]]
    before: str
    told: list[Finding]


@pytest.fixture(scope="module")
def mine(small_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Mine:
    names = {"entry": "your_reduction", "line": "eps", "used": "revenue"}
    groups = {"entry": "in", "line": "out", "used": "used"}
    cells = {kind: cell_of(small_template, f"xlp_{groups[kind]}_{name}") for kind, name in names.items()}
    cells |= {"label": ("Inputs", "B12"), "beyond": ("Model", "AZ400")}
    typed = {"entry": 0.4, "line": 7.5, "used": None, "label": "My label", "beyond": 3}
    book = openpyxl.load_workbook(small_template)
    before = book["Inputs"]["B12"].value
    for kind, (sheet, cell) in cells.items():
        book[sheet][cell] = typed[kind]
    del book.defined_names["xlp_out_gross_margin"]
    book.defined_names["xlp_in_weight"].attr_text = "'Inputs'!$E$1:$Q$1"
    path = tmp_path_factory.mktemp("mine") / "mine.xlsx"
    book.save(path)
    return Mine(path, cells, before, audit(path))


def test_entries_are_no_findings_but_all_else_is(mine: Mine) -> None:
    found = {(one.sheet, one.cell): one for one in mine.told}
    line, used, label = (found[mine.cells[kind]] for kind in ("line", "used", "label"))
    assert mine.cells["entry"] not in found
    assert "overwritten" in line.what and "'7.5'" in line.what and "INDEX" in line.fix
    assert "overwritten" in used.what and "nothing" in used.what
    assert "My label" in label.what and repr(mine.before) in label.what
    assert "never calculated" in found["Checks", ""].what  # openpyxl drops the values


def test_a_name_that_moved_is_found(mine: Mine) -> None:
    assert any("xlp_out_gross_margin is missing" in one.what for one in mine.told)
    assert any("xlp_in_weight refers to" in one.what for one in mine.told)


def test_a_calculated_workbook_tells_its_failing_checks(
    small_template: Path, tmp_path: Path, iron: Any
) -> None:
    with iron.open(small_template) as book:
        book.set([("xlp_in_cost_reduction", (1, 2), 30.0)])
        book.calculate()
        path, area = book.save_as(tmp_path / "wrong.xlsx"), book.area("xlp_in_cost_reduction")
    said = [one for one in audit(path) if one.what.startswith("check fails")]
    assert [(one.sheet, one.what) for one in said] == [
        (area.sheet, "check fails: Every entry is a number within its range")
    ]
    top, left = area.top + 1, area.left + 2
    assert said[0].cell == str(area._replace(top=top, left=left, bottom=top, right=left)).rpartition("!")[2]


def test_the_command_says_what_and_sets_the_exit_code(small_template: Path, mine: Mine) -> None:
    bad, line = mine.path, mine.cells["line"]
    run = CliRunner().invoke(cli, ["audit", str(small_template)], standalone_mode=False)
    assert run.return_value == 0 and "as written" in run.output
    run = CliRunner().invoke(cli, ["audit", str(bad)], standalone_mode=False)
    assert run.return_value == 1 and f"{line[0]}!{line[1]}: the formula was overwritten" in run.output
    run = CliRunner().invoke(cli, ["audit", str(bad), "--json"], standalone_mode=False)
    assert {"sheet", "cell", "what", "fix"} == set(json.loads(run.output)[0]) and run.return_value == 1


def test_no_workbook_and_no_template_are_refused(tmp_path: Path) -> None:
    (tmp_path / "text.xlsx").write_text("no workbook", encoding="utf-8")
    openpyxl.Workbook().save(tmp_path / "other.xlsx")
    for name, word in (
        ("text.xlsx", "not readable"),
        ("other.xlsx", "no template"),
        ("none.xlsx", "no such file"),
    ):
        with pytest.raises(xlplugin.InputError, match=word):
            audit(tmp_path / name)


def test_a_finding_reads_as_one_line() -> None:
    assert str(Finding("Model", "B3", "what", "how")) == "Model!B3: what; how"
