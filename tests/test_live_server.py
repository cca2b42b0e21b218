"""Live scripts through a live server: its real engine, its doors, and its task pane in a browser."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import openpyxl
import oracle
import pytest
from engines import Calc
from office_server import GOOD, OPERATING_MARGIN, TOKEN, Server, in_browser
from open_books import OWN
from remote_books import Payload, apply, payload

from xlplugin.hosts.server import limits
from xlplugin.live import SCRIPTS
from xlplugin.live.texts import text

pytestmark = pytest.mark.slow

FIGURES, ASSUMED = oracle.companies(), oracle.assumptions()
HALF = next(row for row in oracle.scenarios() if row["scenario"] == "half")
ADDRESS = "/xlwings/custom-scripts-call/"


@pytest.fixture(scope="module")
def sent(small_template: Path) -> Payload:
    return payload(small_template)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("desk") / "desk.xlsx"
    book = openpyxl.Workbook()
    book.active.title = "Own, cases"
    for row in OWN:
        book.active.append([None if value is None else value for value in row])
    for row in book.active.iter_rows():
        for cell in row:
            if isinstance(cell.value, str) and cell.value.startswith("="):
                cell.data_type = "s"
    book.create_sheet("compare")
    book.save(path)
    return path


def run(server: Server, name: str, book: Payload, *given: Any) -> tuple[int, Any]:
    status, answer = server.post(ADDRESS + name, {**book, "args": list(given)})
    return status, json.loads(answer)["actions"] if status == 200 else answer.decode()


def test_every_script_writes_a_sheet_of_its_own_and_nothing_else(
    server: Server, sent: Payload, small_template: Path, calc: Calc, tmp_path: Path
) -> None:
    """All actions applied to one copy, recalculated by LibreOffice; figures are the oracle's."""
    given = {"bridge": ["ServiceNow", "half"], "compare": ["half"]}
    actions: list[Payload] = []
    before = len(sent["sheets"])
    for name in SCRIPTS:
        status, made = run(server, name, sent, *given.get(name, []))
        assert status == 200, made
        assert made[0]["func"] == "addSheet" and made[0]["args"] == [before, text(f"sheet.{name}")]
        assert {action["sheet_position"] for action in made[1:]} == {before}
        actions += made
    target = tmp_path / "after.xlsx"
    assert apply(actions, small_template, target) == []
    assert _sheets(target)[before:] == [text(f"sheet.{name}") for name in reversed(SCRIPTS)]
    lines = oracle.evaluate(oracle.fill(oracle.latest(FIGURES, "ServiceNow"), ASSUMED, HALF).inputs)
    with calc.open(target) as book:
        book.calculate()
        bridge = book.block("Bridge!B3:D20")
        assert [row[1] for row in bridge if row[0] == "Cheaper AI work"] == [
            pytest.approx(lines["bridge_operating_income_unit_cost"])
        ]
        results = [row[2] for row in bridge if isinstance(row[2], float)]
        assert results == [pytest.approx(lines[f"{one}operating_income"]) for one in ("base_", "")]
        ranked = {row[1]: row[5] for row in book.block("Compare!B3:G16")}
        assert ranked["ServiceNow"] == pytest.approx(lines["operating_margin_change"] * 10_000)
        assert book.value("xlp_check_failed") == 0


def _sheets(path: Path) -> list[str]:
    return openpyxl.load_workbook(path, read_only=True).sheetnames


def test_an_own_table_is_run_and_its_texts_stay_texts(server: Server, desk: Path, tmp_path: Path) -> None:
    book = payload(desk, selection="D5")
    status, actions = run(server, "run_scenarios", book)
    assert status == 200, actions
    status, frozen = run(server, "freeze", book, "'Own, cases'!B3")
    assert status == 200, frozen
    target = tmp_path / "after.xlsx"
    assert apply([*actions, *frozen], desk, target) == []
    after = openpyxl.load_workbook(target)
    remark = [
        cell for row in after["Frozen results"].iter_rows() for cell in row if cell.value in ("=1+1", "@home")
    ]
    assert [(cell.value, cell.data_type) for cell in remark] == [("=1+1", "s"), ("@home", "s")]
    assert [[cell.value for cell in row] for row in after["Own, cases"].iter_rows()] == OWN
    results = [row for row in after["Scenario run"].iter_rows(values_only=True) if row[1] == "ServiceNow"]
    assert len(results) == 1


def test_a_name_that_is_taken_is_kept(server: Server, desk: Path) -> None:
    status, actions = run(server, "compare", payload(desk), "half")
    assert (status, actions[0]["args"]) == (200, [2, "Compare (2)"])


@pytest.mark.parametrize(
    ("name", "given", "told"),
    [
        ("run_scenarios", ["Nowhere!B2"], "sheet is 'Nowhere'"),
        ("run_scenarios", ["compare!A1"], "no table at 'compare'!A1"),
        ("bridge", ["Nobody"], "company is 'Nobody'"),
        ("bridge", ["CRM", "", "nonsense"], "cost_reduction is 'nonsense'"),
        ("simulate", ["CRM", "", "", "usual", 5], "allowed: 100 to 1,000,000"),
        ("refresh", [], "no template"),
        ("article", ["en", 1], "extra argument"),
    ],
)
def test_what_is_wrong_is_told_once_and_nothing_is_written(
    server: Server, desk: Path, name: str, given: list[Any], told: str
) -> None:
    status, answer = run(server, name, payload(desk), *given)
    assert status == 400
    assert told in answer and "Traceback" not in answer


def test_a_name_on_a_sheet_that_was_not_sent_is_told(server: Server, small_template: Path) -> None:
    status, answer = run(
        server, "run_scenarios", payload(small_template, include=["Inputs"], active="Inputs")
    )
    assert status == 400
    assert "lies on the sheet" in answer and "not sent" in answer


def test_formulas_are_not_seen_and_that_is_said(server: Server, sent: Payload) -> None:
    status, actions = run(server, "audit", sent)
    words = json.dumps([action["values"] for action in actions])
    assert status == 200 and "Formulas cannot be read here" in words and "Nothing found" in words


@pytest.mark.parametrize(
    "name",
    ["", "json", "POOL", "bind", "scripts", "compare/", "Compare", "compare%20", "..%2fcompare"],
)
def test_no_other_name_is_a_script(server: Server, desk: Path, name: str) -> None:
    status, _ = server.post(ADDRESS + name, payload(desk))
    assert status == 404


def test_scripts_want_token_method_and_type(server: Server) -> None:
    for method, headers, expected in (
        ("POST", {"Content_Type": "application/json"}, 401),
        ("POST", {"Content_Type": "application/json", "Authorization": "wrong"}, 401),
        ("GET", {"Authorization": TOKEN}, 405),
        ("POST", {"Authorization": TOKEN, "Content_Type": "text/plain"}, 415),
    ):
        status, _, _ = server.request(method, f"{ADDRESS}compare", b"{}", **headers)
        assert status == expected


def _wrong_books(book: Payload) -> dict[str, Any]:
    sheet = book["sheets"][0]
    return {
        "no object": [],
        "no book": {**book, "book": None},
        "no sheets": {**book, "sheets": []},
        "a sheet without name": {**book, "sheets": [{**sheet, "name": 1}]},
        "ragged rows": {**book, "sheets": [{**sheet, "values": [[1], [1, 2]]}]},
        "active elsewhere": {**book, "book": {**book["book"], "active_sheet_index": 99}},
        "a name nowhere": {
            **book,
            "names": [{"name": "x", "book_scope": True, "sheet_index": 99, "address": "A1"}],
        },
        "an argument that is a list": {**book, "args": [["x"]]},
        "another client": {**book, "client": "Google Apps Script"},
    }


def test_malformed_workbooks_are_refused(server: Server, desk: Path) -> None:
    for what, wrong in _wrong_books(payload(desk)).items():
        status, answer = server.post(f"{ADDRESS}article", wrong)
        assert status == 400, (what, status, answer[:200])


def test_scripts_keep_no_function_waiting(slow_server: Server, desk: Path) -> None:
    """A script computes where large calls do: it waits for them, and small calls wait for neither."""
    with ThreadPoolExecutor(limits.PROCESSES + 1) as threads:
        held = slow_server.hold(threads, limits.PROCESSES)
        asked = threads.submit(run, slow_server, "simulate", payload(desk), "CRM", "half")
        for _ in range(20):
            assert slow_server.send(GOOD) == (200, {"result": [[OPERATING_MARGIN]]})
        assert not any(one.done() for one in (*held, asked))
        assert slow_server.call("XLP_LET_GO") == [[2]]
        assert [one.result() for one in held] == [[[1]]] * limits.PROCESSES
        assert asked.result()[0] == 200


@pytest.fixture(scope="module")
def visits(
    server: Server, sent: Payload, desk: Path, node: Path, node_modules: Path, chromium: Path,
    chromium_flags: list[str], tmp_path_factory: pytest.TempPathFactory,
) -> list[dict[str, Any]]:  # fmt: skip
    folder = tmp_path_factory.mktemp("pane")
    own = payload(desk, selection="D5")
    bridge = ["Tab", "ArrowDown", "Tab", "text:NOW", "Tab", "text:half", "Tab", "Enter"]
    visits: list[dict[str, Any]] = [
        {"payload": sent, "keys": [*TO_SCRIPT, *bridge[1:]], "picture": str(folder / "light.png")},
        {"payload": own, "keys": [*TO_SCRIPT, "Tab", "Enter"], "dark": True},
        {"payload": own, "keys": [*TO_SCRIPT, "ArrowDown", "Tab", "text:Nobody", "Tab", "Enter"]},
        {"payload": own, "keys": [*TO_SCRIPT, "ArrowDown", "Tab", "Enter"], "failing": "chart"},
        {"payload": sent, "keys": [*TO_LANGUAGE, "ArrowDown", "Tab", "ArrowDown", "Tab", "text:CRM", "Tab", "Enter"],
         "dark": True, "picture": str(folder / "dark.png")},
    ]  # fmt: skip
    return in_browser(
        [{"url": server.pane(), **one} for one in visits],
        node, chromium, chromium_flags, node_modules, folder / "profile", "live_client.cjs", timeout=240,
    )  # fmt: skip


#: The script's field has the focus when the page opens; the language stands before it.
TO_SCRIPT: tuple[str, ...] = ()
TO_LANGUAGE = ("Shift+Tab",)


def test_a_form_filled_by_keyboard_writes_its_sheet(visits: list[dict[str, Any]]) -> None:
    seen = visits[0]
    assert seen["status"] == "Done: the sheet Bridge is new." and seen["kind"] == "xlp-good"
    assert (seen["statuses"], seen["outside"], seen["sheets"][-1]) == ([200], [], "Bridge")
    lines = oracle.evaluate(oracle.fill(oracle.latest(FIGURES, "ServiceNow"), ASSUMED, HALF).inputs)
    assert any(
        isinstance(cell, float) and cell == pytest.approx(lines["operating_income"]) for cell in seen["cells"]
    )
    assert seen["focus"] == "xlp-run"
    assert set(seen["sent"][0]) < set(seen["sheets"]) and "Model" not in seen["sent"][0]


def test_an_own_table_runs_from_the_pane(visits: list[dict[str, Any]]) -> None:
    seen = visits[1]
    assert (seen["kind"], seen["statuses"]) == ("xlp-good", [200]), seen["status"]
    assert "Scenario run" in seen["sheets"] and seen["sent"] == [["Own, cases", "compare"]]


def test_the_pane_tells_what_is_wrong_and_leaves_the_workbook(visits: list[dict[str, Any]]) -> None:
    wrong, failing = visits[2:4]
    assert wrong["kind"] == failing["kind"] == "xlp-bad"
    assert "Nothing was written." in wrong["status"] and "company is 'Nobody'" in wrong["status"]
    assert "AccessDenied" in failing["status"]
    assert wrong["sheets"] == failing["sheets"] == ["Own, cases", "compare"]


def test_the_pane_speaks_german_light_and_dark(visits: list[dict[str, Any]]) -> None:
    light, dark, german = visits[0], visits[1], visits[4]
    assert light["colors"] != dark["colors"] == german["colors"]
    assert "Fertig: Das Blatt" in german["status"]
    assert all(word in german["texts"] for word in ("Skript", "Unternehmen", "Ausführen"))
    assert light["wide"] <= 340 and german["wide"] <= 340
