"""xlwings Server: a live server on loopback, called by its own JavaScript, and what its cells hold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from entry_calls import entry_calls
from function_calls import CALLS, NEVER, Call, differences
from office_server import GOOD, NA, NUM, OPERATING_MARGIN, VALUE, Server, as_json, body, in_browser

from xlplugin.functions import FUNCTIONS
from xlplugin.hosts.server import cells
from xlplugin.model.errors import CellError

pytestmark = pytest.mark.slow

DATE = {"type": "FormattedNumber", "basicValue": 45658, "numberFormat": "TT.MM.JJJJ"}
PER_CENT = {"type": "FormattedNumber", "basicValue": 0.3, "numberFormat": "0%"}
ERROR = {"type": "Error", "basicValue": "#N/A", "errorType": "NotAvailable"}
COMPANY = [["Salesforce"]]
BROWSER_CALLS = (
    ([COMPANY, [[0.3]], None, None, None], [[OPERATING_MARGIN]]),
    ([COMPANY, [["30 %"]], [["operating_margin"]], None, None], [[OPERATING_MARGIN]]),
    ([COMPANY, [[PER_CENT]], None, None, None], [[OPERATING_MARGIN]]),
    ([COMPANY, [[0.3, 2]], None, None, None], [[OPERATING_MARGIN, NUM]]),
    ([[["nobody"], ["crm"]], [[0.3]], None, None, None], [[NA], [OPERATING_MARGIN]]),
    ([COMPANY, [[ERROR]], None, None, None], [[NA]]),
    ([COMPANY, [[""]], None, None, None], [[NA]]),
    ([COMPANY, [[DATE]], None, None, None], [[VALUE]]),
    ([COMPANY, [[True]], None, None, None], [[VALUE]]),
    ([COMPANY, [[0.3]], [["no_such_line"]], None, None], [[VALUE]]),
)


def from_json(value: Any) -> Any:
    """Return what a cell of an answer shows."""
    if isinstance(value, list):
        return [[from_json(cell) for cell in row] for row in value]
    if isinstance(value, dict):
        return next(error for error, name in cells.ERROR_TYPES.items() if name == value["errorType"])
    return None if value == "" else value


def arguments(one: Call) -> list[Any]:
    """Return all arguments of a call; Excel sends null for those that are left out."""
    given = [as_json(cell) for cell in one.cells]
    return given + [None] * (len(FUNCTIONS[one.name].arguments) - len(given))


ASKED = tuple(one for one in (*CALLS, *entry_calls("server")) if one.at("server") is not NEVER)


@pytest.fixture(scope="module")
def visits(
    server: Server,
    node: Path,
    node_modules: Path,
    chromium: Path,
    chromium_flags: list[str],
    tmp_path_factory: pytest.TempPathFactory,
) -> list[dict[str, Any]]:
    many = server.visit([("XLP_VALUE", arguments) for arguments, _ in BROWSER_CALLS] * 20, together=True)
    without_token = server.visit([("XLP_VERSION", [])], token="")
    table = server.visit([(one.name, arguments(one)) for one in ASKED], together=True)
    profile = tmp_path_factory.mktemp("chromium")
    return in_browser([many, without_token, table], node, chromium, chromium_flags, node_modules, profile)


def test_its_own_javascript_calls_two_hundred_at_once(visits: list[dict[str, Any]]) -> None:
    assert visits[0]["answers"] == [{"result": result} for _, result in BROWSER_CALLS] * 20
    assert visits[0]["statuses"] == [200] * 200
    assert visits[0]["outside"] == []


def test_its_own_javascript_gives_every_answer_of_the_tables(visits: list[dict[str, Any]]) -> None:
    wrong = {}
    for one, answer in zip(ASKED, visits[2]["answers"], strict=True):
        expected, found = one.at("server"), from_json(answer.get("result", [[str(answer)]]))
        shown = found if isinstance(expected, list) else found[0][0]
        if differs := differences(shown, from_json(expected)):
            wrong[one.id] = differs[:3]
    assert wrong == {} and len(ASKED) >= 250


def test_its_own_javascript_without_the_token(visits: list[dict[str, Any]]) -> None:
    assert visits[1]["answers"][0]["error"] == "#VALUE!"
    assert visits[1]["statuses"] == [401]  # not tried again


def test_its_own_javascript_finds_every_file(visits: list[dict[str, Any]]) -> None:
    refused = {path: status for path, status in visits[0]["files"].items() if status != 200}
    assert refused == {}
    assert len(visits[0]["files"]) > 30


def test_meta_lists_every_function(server: Server) -> None:
    meta = json.loads(server.request("GET", "/xlwings/custom-functions-meta.json")[1])["functions"]
    assert {function["name"]: function["description"] for function in meta} == {
        name: function.meaning["en"] for name, function in FUNCTIONS.items()
    }
    for described in meta:
        arguments = FUNCTIONS[described["name"]].arguments
        assert [(p["name"], p["description"], p.get("optional", False)) for p in described["parameters"]] == [
            (argument.name, argument.meaning["en"], argument.optional) for argument in arguments
        ]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b"null",
        b"NaN",
        b"[" * 100_000,
        b'{"func_name": ' * 5_000,
        json.dumps({**GOOD, "args": [[[float("nan")]]]}).encode(),
        json.dumps({**GOOD, "args": [[[float("inf")]], [[1]]]}).encode(),
        b'{"func_name": "XLP_VALUE", "args": [[["x"]], [[1' + b"0" * 5_000 + b"]]]}",
        *(
            json.dumps({**GOOD, **change}).encode()
            for change in (
                {"func_name": None},
                {"func_name": "__builtins__"},
                {"func_name": "bindings"},
                {"func_name": ["XLP_VALUE"]},
                {"args": None},
                {"args": "abc"},
                {"args": {}},
                {"args": []},
                {"args": [[["Salesforce"]]]},
                {"args": [[[1]]] * 9},
                {"func_name": "XLP_VERSION", "args": [[[1]]]},
                {"client": None},
                {"client": "VBA"},
                {"version": 1},
                {"runtime": "new"},
                {"runtime": 1.4},
                {"caller_address": 5},
                {"culture_info_name": ["de-DE"]},
                {"date_format": {"a": 1}},
            )
        ),
        *(json.dumps({k: v for k, v in GOOD.items() if k != key}).encode() for key in ("args", "version")),
    ],
    ids=lambda value: repr(value)[:60],
)
def test_malformed_calls_are_refused(server: Server, data: bytes) -> None:
    status, answer = server.send(data)
    assert status == 400 and answer["detail"]


def test_calls_without_what_is_optional(server: Server) -> None:
    needed = {k: v for k, v in GOOD.items() if k in ("client", "func_name", "args", "version", "runtime")}
    assert server.send(needed) == (200, {"result": [[OPERATING_MARGIN]]})
    odd = {**GOOD, "caller_address": "no address", "date_format": None}
    assert server.send(odd) == (200, {"result": [[OPERATING_MARGIN]]})


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (10**300, NUM),
        (10**1000, NUM),
        (-(10**1000), NUM),
        ("x" * 100_000, VALUE),
        ("\x00\ud800", VALUE),
        ({}, NA),
        ({"type": "Error"}, NA),
        ({"type": "Error", "basicValue": "#DIV/0!"}, NA),
        ({"type": "Error", "basicValue": ["x"]}, NA),
        ({"type": "Entity", "properties": {}}, NA),
        ({"type": "Double", "basicValue": 0.3}, OPERATING_MARGIN),
        ({"type": "Double", "basicValue": {"a": 1}}, VALUE),
        ({"type": "FormattedNumber", "basicValue": 1e300, "numberFormat": "dd.mm.yyyy"}, NUM),
        ({"type": "FormattedNumber", "basicValue": 0.3, "numberFormat": 5}, OPERATING_MARGIN),
        ({"type": "FormattedNumber", "basicValue": 0.3, "numberFormat": '0.0 "days"'}, OPERATING_MARGIN),
        ({"type": ["Error"], "basicValue": 0.3}, OPERATING_MARGIN),
    ],
    ids=lambda value: str(value)[:60],
)
def test_bad_cells_give_error_values(server: Server, cell: Any, expected: Any) -> None:
    # two cells, so that the bad one is one of a table
    result = server.call("XLP_VALUE", [["Salesforce"]], [[cell, 0.3]])
    assert result == [[expected, OPERATING_MARGIN]]


@pytest.mark.parametrize(
    "argument", [[], [[]], [[], []], [[0.3], [0.3, 0.4]], [[[[1]], 0.3]], 5, "x", {}, [None]]
)
def test_bad_shapes_give_error_values(server: Server, argument: Any) -> None:
    status, answer = server.send(body("XLP_VALUE", [["Salesforce"]], argument))
    assert status == 200 and answer["result"][0][0] in (NA, NUM, VALUE)


def test_old_excel_gets_the_text_of_an_error(server: Server) -> None:
    status, answer = server.send(body("XLP_VALUE", [["nobody"]], [[0.3]], runtime="1.3"))
    assert (status, answer["result"]) == (200, [["#N/A"]])


@pytest.mark.parametrize(
    ("style", "dated"),
    [
        ("dd.mm.yyyy", True),
        ("TT.MM.JJJJ", True),
        ("h:mm", True),
        ("[$-407]d. mmmm yyyy", True),
        ("0%", False),
        ("General", False),
        ("Standard", False),
        ("#,##0.00", False),
        ('0 "days"', False),
        ("[Red]0.0", False),
        ("[$USD] 0", False),
        ("#,##0 _F", False),
        ("#,##0_d", False),
        ("_-* #,##0.00 _D_M_-;-* #,##0.00 _D_M_-", False),
        ("0.0_m", False),
        ("0*d", False),
        ("0 \\d", False),
        ("Standard;-Standard", False),
        ("Standard \\€", False),
        ("ss.00", True),
        ("[h]:mm", True),
        ("[mm]", True),
        ("d/m/yy_)", True),
    ],
)
def test_a_number_format_tells_a_date(style: str, dated: bool) -> None:
    cell = cells.from_office({"type": "FormattedNumber", "basicValue": 45658.0, "numberFormat": style})
    assert (getattr(cell, "year", None) == 2025) is dated


def test_values_between_excel_and_python() -> None:
    assert cells.from_office([0.3, "", None, "x"]) == [[0.3, None, None, "x"]]
    assert cells.from_office([[0.3], [True]]) == [[0.3], [True]]
    assert cells.from_office({"type": "Error", "basicValue": "#NUM!"}) is CellError.OUTSIDE_DOMAIN
    assert cells.to_office([[None, 1.0], ["x", CellError.WRONG_TYPE]]) == [["", 1.0], ["x", VALUE]]
