"""Live scripts in xlwings Lite: the pasted text as forms, and scripts by xlwings' own code in Pyodide."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import oracle
import pytest
from browsers_python import in_pyodide
from open_books import OWN
from remote_books import payload

from xlplugin.hosts import lite
from xlplugin.live import SCRIPTS

pytestmark = pytest.mark.slow

#: What needs no NumPy, which Pyodide has not here.
CALLS: list[tuple[str, list[Any]]] = [
    ("bridge", ["ServiceNow", "half", "", "operating_margin"]),
    ("tornado", ["CRM", "half"]),
    ("freeze", ["'Own cases'!B3"]),
    ("bridge", ["Nobody"]),
    ("freeze", ["Elsewhere!A1"]),
]

SCRIPT = """
import json
import live_lite
json.dumps(await live_lite.answers(open("/mounted/given/asked.json").read()))
"""


@pytest.fixture(scope="module")
def seen(node: Path, node_modules: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("lite")
    book = openpyxl.Workbook()
    book.active.title = "Own cases"
    for row in OWN:
        book.active.append(row)
    book.create_sheet("Elsewhere")
    book.save(folder / "desk.xlsx")
    sent = payload(folder / "desk.xlsx", selection="C4")
    sent["sheets"][0]["values"] = [["" if value is None else value for value in row] for row in OWN]
    (folder / "asked.json").write_text(json.dumps({"payload": sent, "calls": CALLS}), encoding="utf-8")
    return in_pyodide(SCRIPT, node, node_modules, folder)


def test_scripts_run_in_pyodide(seen: dict[str, Any]) -> None:
    bridge, tornado, freeze = seen["calls"][:3]
    half = next(row for row in oracle.scenarios() if row["scenario"] == "half")
    lines = oracle.evaluate(
        oracle.fill(oracle.latest(oracle.companies(), "ServiceNow"), oracle.assumptions(), half).inputs
    )
    for name in ("base_operating_margin", "operating_margin"):
        assert any(cell == pytest.approx(lines[name]) for cell in bridge["cells"] if isinstance(cell, float))
    for call, title in ((bridge, "Bridge"), (tornado, "Tornado"), (freeze, "Frozen results")):
        assert (call["added"], call["places"]) == ([[2, title]], [2])
        assert call["fetched"] == ["Own cases"]
    assert "'=1+1" in freeze["cells"] and "'@home" in freeze["cells"]


def test_what_is_wrong_is_told_and_nothing_is_written(seen: dict[str, Any]) -> None:
    nobody, blank = seen["calls"][3:]
    assert "company is 'Nobody'" in nobody["told"] and nobody["added"] == nobody["places"] == []
    assert "no table at 'Elsewhere'!A1" in blank["told"] and blank["added"] == blank["places"] == []


def test_every_script_is_a_form_with_its_help(seen: dict[str, Any]) -> None:
    assert list(seen["forms"]) == list(SCRIPTS)
    kinds = {str: "str", int: "int", bool: "bool"}
    for name, declared in SCRIPTS.items():
        form = seen["forms"][name]
        assert (form["title"], form["help"], form["lazy"]) == (
            declared.title["en"],
            declared.help["en"],
            True,
        )
        assert form["fields"] == {
            argument.name: [
                list(argument.choices) or kinds[argument.kind],
                {"label": argument.label["en"], "doc": argument.help["en"]},
                argument.default,
            ]
            for argument in declared.arguments
        }


def test_the_text_has_no_blank_line_since_cells_hold_it() -> None:
    lines = lite.main_text().splitlines()
    assert all(lines) and not any("\t" in line or line.startswith(("=", "+", "-")) for line in lines)
