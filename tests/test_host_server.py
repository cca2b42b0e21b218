"""xlwings Server: a live server on loopback, called by its own JavaScript and by people who should not."""

from __future__ import annotations

import datetime
import importlib.util
import json
import os
import shutil
import socket
import ssl
import stat
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import machine
import pytest
from entry_calls import entry_calls
from function_calls import CALLS, NEVER, Call, differences
from office_server import CALL, FIXTURES, TOKEN, Server, body, in_browser

from xlplugin.functions import FUNCTIONS
from xlplugin.hosts import HostError
from xlplugin.hosts.server import cells, listener, manifest, serve
from xlplugin.model.errors import CellError

NA = {"type": "Error", "errorType": "NotAvailable"}
NUM = {"type": "Error", "errorType": "Num"}
VALUE = {"type": "Error", "errorType": "Value"}
#: Salesforce at 30%, as worked by hand in the model's description.
OPERATING_MARGIN = pytest.approx(0.2019614937, abs=5e-11)
GOOD = body("XLP_VALUE", [["Salesforce"]], [[0.3]])


@pytest.fixture(scope="module")
def licensed() -> None:
    machine.require("the package xlwings-server", importlib.util.find_spec("xlwings_server"))
    machine.require("XLWINGS_LICENSE_KEY", os.environ.get("XLWINGS_LICENSE_KEY"))


@pytest.fixture(scope="module")
def server(licensed: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("server"))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def slow_server(licensed: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    code = (FIXTURES / "slow_functions.py").read_text(encoding="utf-8")
    running = Server(tmp_path_factory.mktemp("slow"), code)
    yield running
    running.stop()


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


def as_json(cells: Any) -> Any:
    """Return an argument as Excel hands it over: rows of cells, or null for nothing."""
    if isinstance(cells, list | tuple):
        return [[as_json_cell(cell) for cell in row] for row in cells]
    return None if cells is None else [[as_json_cell(cells)]]


def as_json_cell(cell: Any) -> Any:
    if isinstance(cell, CellError):
        return {"type": "Error", "basicValue": cell.value, "errorType": cells.ERROR_TYPES[cell]}
    if isinstance(cell, datetime.date):
        day = datetime.datetime(cell.year, cell.month, cell.day)
        return (day - datetime.datetime(1899, 12, 30)).days
    return "" if cell is None else cell


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
    "token", [None, "", "test-token", TOKEN[:-1], TOKEN + "x", f"Bearer {TOKEN}", TOKEN.upper(), "\xff" * 32]
)
def test_nobody_comes_in_without_the_token(server: Server, token: str | None) -> None:
    status, answer = server.send(GOOD, token)
    assert status == 401 and "result" not in answer
    assert server.send(b"{", token)[0] == 401  # refused before anything is read
    for path in ("/xlwings/custom-scripts-call/x", "/manifest", "/xlwings/alert", "/nowhere", "/socket.io/"):
        headers = {} if token is None else {"Authorization": token}
        assert server.request("GET", path, **headers)[0] == 401
        assert server.request("POST", path, b"{}", **headers)[0] == 401


def test_token_opens_nothing_but_calls(server: Server) -> None:
    for path in (
        "/xlwings/custom-scripts-call/x",
        "/manifest",
        "/xlwings/alert",
        "/elsewhere/",
        "/static/..",
    ):
        assert server.request("GET", path, Authorization=TOKEN)[0] == 404
    assert server.request("GET", CALL, Authorization=TOKEN)[0] == 405
    assert server.request("POST", CALL, b"{}", Authorization=TOKEN)[0] == 415


def test_no_page_elsewhere_may_call(server: Server) -> None:
    data = json.dumps(GOOD).encode()
    sent = {"Authorization": TOKEN, "Content_Type": "application/json", "Origin": "https://elsewhere.example"}
    headers = server.request("POST", CALL, data, **sent)[2]
    assert "access-control-allow-origin" not in headers
    ask = {"Origin": sent["Origin"], "Access_Control_Request_Method": "POST"}
    status, _, headers = server.request("OPTIONS", CALL, **ask)
    assert status == 401 and "access-control-allow-origin" not in headers
    assert server.request("GET", "/", Host="elsewhere.example")[0] == 421
    assert server.request("GET", "/", Host=f"localhost:{server.port}")[0] == 200


def test_only_loopback_listens(server: Server) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing, but tells our own address
            address = probe.getsockname()[0]
        except OSError:
            pytest.skip("this machine has no address but loopback")
    with pytest.raises(OSError):
        socket.create_connection((address, server.port), timeout=5)


def test_token_is_in_the_manifest_alone(server: Server) -> None:
    path = server.folder / "xlplugin-manifest.xml"
    assert str(path) in server.said and TOKEN not in server.said
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    root = ElementTree.parse(path).getroot()
    addresses = [
        value
        for element in root.iter()
        for value in (*element.attrib.values(), element.text or "")
        if value.startswith("http") and "schemas.microsoft.com" not in value
    ]
    assert addresses and all(address.startswith(server.url) for address in addresses)
    assert f"{server.url}/taskpane.html?token={TOKEN}" in addresses
    for address in set(addresses):
        status, answer, _ = server.request("GET", address.removeprefix(server.url))
        assert status == 200 and TOKEN.encode() not in answer
    assert TOKEN.encode() not in server.request("GET", "/static/js/auth.js")[1]
    assert TOKEN not in server.log.read_text()


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


def test_huge_bodies_are_refused(server: Server) -> None:
    announced = server.connect()
    announced.putrequest("POST", CALL)
    unannounced = server.connect()
    unannounced.putrequest("POST", CALL)
    for connection, framing in (
        (announced, ("Content-Length", "9000000")),
        (
            unannounced,
            ("Transfer-Encoding", "chunked"),
        ),
    ):
        for header in (("Authorization", TOKEN), ("Content-Type", "application/json"), framing):
            connection.putheader(*header)
        connection.endheaders()
    assert announced.getresponse().status == 413
    part = b"x" * 65_536
    for _ in range(8 * 1024 * 1024 // len(part) + 1):  # the last one is too much
        unannounced.send(b"%x\r\n%b\r\n" % (len(part), part))
    assert unannounced.getresponse().status == 413
    announced.close()
    unannounced.close()
    large = {**GOOD, "args": [[["x" * 7_000_000]], [[0.3]]]}
    assert server.send(large) == (200, {"result": [[NA]]})


def test_slow_clients_keep_nobody_waiting(slow_server: Server) -> None:
    head = f"POST {CALL} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    head += "Content-Length: 500\r\n"
    slow = [socket.create_connection(("127.0.0.1", slow_server.port), timeout=60) for _ in range(50)]
    for number, client in enumerate(slow):
        if number % 2:  # the head is never complete
            client.sendall(head.encode())
        else:  # the body never is
            client.sendall(f"{head}Authorization: {TOKEN}\r\n\r\n{{".encode())
    assert slow_server.send(GOOD) == (200, {"result": [[OPERATING_MARGIN]]})
    assert slow[0].recv(100).startswith(b"HTTP/1.1 408 ")
    assert slow_server.send(GOOD) == (200, {"result": [[OPERATING_MARGIN]]})
    for client in slow:
        client.close()


def test_a_long_call_keeps_nobody_waiting(slow_server: Server) -> None:
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(slow_server.call, "XLP_WAIT")
        assert slow_server.call("XLP_RELEASE") == [[2]]
        assert waiting.result() == [[1]]  # 0 where it was only answered after its own time


def test_faults_of_ours_are_error_values(slow_server: Server) -> None:
    assert slow_server.call("XLP_FAIL") == [[VALUE]]
    assert "a fault of ours" in slow_server.log.read_text()
    assert slow_server.call("XLP_OVERFLOW") == [[NUM, NUM, 1]]


def test_two_hundred_at_once_good_and_bad(server: Server) -> None:
    kinds: list[tuple[bytes | dict[str, Any], str | None, int]] = [
        (GOOD, TOKEN, 200),
        (GOOD, None, 401),
        (b"{", TOKEN, 400),
        (GOOD, "test-token", 401),
    ]
    with ThreadPoolExecutor(200) as threads:
        answers = list(threads.map(lambda n: server.send(*kinds[n % 4][:2]), range(200)))
    assert [status for status, _ in answers] == [kinds[n % 4][2] for n in range(200)]
    assert all(answer == {"result": [[OPERATING_MARGIN]]} for status, answer in answers if status == 200)


@pytest.mark.parametrize(
    ("token", "problem"),
    [
        (None, "No token is set"),
        ("", "No token is set"),
        ("test-token", "printed in manuals"),
        ("short", "at least 16"),
        ("with a blank in the middle", "no blank"),
        ("ümläute-ümläute-ümläute", "no blank"),
    ],
)
def test_server_wants_a_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, token: str | None, problem: str
) -> None:
    monkeypatch.delenv("XLPLUGIN_TOKEN", raising=False)
    with pytest.raises(HostError, match=problem) as raised:
        serve(port=0, token=token, manifest=tmp_path / "manifest.xml")
    fresh = str(raised.value).rpartition(" ")[2]
    assert listener.checked_token(fresh) == fresh
    assert not list(tmp_path.iterdir())


MISSING = """
import os, sys
from xlplugin.hosts import HostError
from xlplugin.hosts.server import serve

for key, absent in (("", "none"), ("wrong-key", "none"), ("noncommercial", "uvicorn")):
    os.environ["XLWINGS_LICENSE_KEY"] = key
    sys.modules[absent] = None
    try:
        serve(port=0)
    except HostError as error:
        print(error)
"""


def test_missing_parts_are_named(licensed: None, tmp_path: Path) -> None:
    home = {"HOME": str(tmp_path), "USERPROFILE": str(tmp_path)}  # no licence key is kept there
    ran = subprocess.run(
        [sys.executable, "-c", MISSING],
        cwd=tmp_path,
        env={**os.environ, **home, "XLPLUGIN_TOKEN": TOKEN},
        capture_output=True,
        text=True,
    )
    no_key, wrong_key, not_installed = ran.stdout.splitlines()
    assert "set XLWINGS_LICENSE_KEY" in no_key and "set XLWINGS_LICENSE_KEY" in wrong_key
    assert 'pip install "xlplugin[server]"' in not_installed
    assert not list(tmp_path.glob("*.xml"))


def test_port_in_use() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(HostError, match=f"Port {port} cannot be used"):
            listener.listen(port)
    free = listener.listen(0)
    assert free[0].getsockname()[0] == "127.0.0.1"
    for listening in free:
        listening.close()


def test_half_a_certificate(tmp_path: Path) -> None:
    with pytest.raises(HostError, match="both files"):
        serve(0, TOKEN, tmp_path / "m.xml", certificate=tmp_path / "c.pem")
    with pytest.raises(HostError, match=r"no file .*c\.pem"):
        serve(0, TOKEN, tmp_path / "m.xml", tmp_path / "c.pem", tmp_path / "k.pem")
    assert not list(tmp_path.iterdir())


def test_https(licensed: None, tmp_path: Path) -> None:
    openssl = machine.require("openssl", shutil.which("openssl"))
    certificate, key = tmp_path / "c.pem", tmp_path / "k.pem"
    command = f"{openssl} req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost"
    names = ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*command.split(), *names], check=True, capture_output=True)
    code = (
        f"from xlplugin.hosts.server import serve; serve(port=0, certificate={str(certificate)!r},"
        f" key={str(key)!r}, manifest='m.xml')"
    )
    running = Server(tmp_path, code)
    try:
        assert running.url == f"https://localhost:{running.port}"
        trust = ssl.create_default_context(cafile=certificate)
        with urllib.request.urlopen(f"{running.url}/", context=trust) as answer:
            assert answer.status == 200
            assert answer.headers["Strict-Transport-Security"] == "max-age=0"
        assert f'DefaultValue="{running.url}/taskpane.html?token=' in (tmp_path / "m.xml").read_text()
    finally:
        running.stop()


def test_manifest_of_a_reverse_proxy() -> None:
    text = manifest.text("https://models.example", "a&b<c>d'e\"f-0123456789")
    root = ElementTree.fromstring(text)
    address = root.find(".//{*}SourceLocation[@DefaultValue]").get("DefaultValue")
    assert address == "https://models.example/taskpane.html?token=a%26b%3Cc%3Ed%27e%22f-0123456789"


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
