"""xlwings Server: a live server on loopback, called by its own JavaScript and by people who should not."""

from __future__ import annotations

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
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import machine
import pytest
from office_server import CALL, FIXTURES, TOKEN, Server, body

from xlplugin.errors import CellError
from xlplugin.functions import FUNCTIONS
from xlplugin.hosts import HostError
from xlplugin.hosts.server import cells, listener, manifest, serve

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


@pytest.fixture
def browser(
    server: Server,
    node: Path,
    node_modules: Path,
    chromium: Path,
    chromium_flags: list[str],
    tmp_path: Path,
) -> Callable[..., dict[str, Any]]:
    def run(calls: list[tuple[str, list[Any]]], **more: Any) -> dict[str, Any]:
        profile = tmp_path / "chromium"
        return server.in_browser(calls, node, chromium, chromium_flags, node_modules, profile, **more)

    return run


def test_its_own_javascript_calls_two_hundred_at_once(browser: Callable[..., dict[str, Any]]) -> None:
    date = {"type": "FormattedNumber", "basicValue": 45658, "numberFormat": "TT.MM.JJJJ"}
    per_cent = {"type": "FormattedNumber", "basicValue": 0.3, "numberFormat": "0%"}
    error = {"type": "Error", "basicValue": "#N/A", "errorType": "NotAvailable"}
    company = [["Salesforce"]]
    expected = [
        (("XLP_VALUE", [company, [[0.3]], None, None, None]), [[OPERATING_MARGIN]]),
        (("XLP_VALUE", [company, [["30 %"]], [["operating_margin"]], None, None]), [[OPERATING_MARGIN]]),
        (("XLP_VALUE", [company, [[per_cent]], None, None, None]), [[OPERATING_MARGIN]]),
        (("XLP_VALUE", [company, [[0.3, 2]], None, None, None]), [[OPERATING_MARGIN, NUM]]),
        (("XLP_VALUE", [[["nobody"], ["crm"]], [[0.3]], None, None, None]), [[NA], [OPERATING_MARGIN]]),
        (("XLP_VALUE", [company, [[error]], None, None, None]), [[NA]]),
        (("XLP_VALUE", [company, [[""]], None, None, None]), [[NA]]),
        (("XLP_VALUE", [company, [[date]], None, None, None]), [[VALUE]]),
        (("XLP_VALUE", [company, [[True]], None, None, None]), [[VALUE]]),
        (("XLP_VALUE", [company, [[0.3]], [["no_such_line"]], None, None]), [[VALUE]]),
    ]
    answer = browser([call for call, _ in expected] * 20, together=True)
    assert answer["answers"] == [{"result": result} for _, result in expected] * 20
    assert answer["statuses"] == [200] * 200
    assert answer["outside"] == []


def test_its_own_javascript_without_the_token(browser: Callable[..., dict[str, Any]]) -> None:
    answer = browser([("XLP_VERSION", [])], token="")
    assert answer["answers"][0]["error"] == "#VALUE!"
    assert answer["statuses"] == [401]  # not tried again


def test_meta_lists_every_function(server: Server) -> None:
    meta = json.loads(server.request("GET", "/xlwings/custom-functions-meta.json")[1])["functions"]
    assert {function["name"]: function["description"] for function in meta} == {
        name: function.meaning_en for name, function in FUNCTIONS.items()
    }
    for described in meta:
        arguments = FUNCTIONS[described["name"]].arguments
        assert [(p["name"], p["description"], p.get("optional", False)) for p in described["parameters"]] == [
            (argument.name, argument.meaning_en, argument.optional) for argument in arguments
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
        ([[1]], VALUE),
        ({"type": ["Error"], "basicValue": 0.3}, OPERATING_MARGIN),
    ],
)
def test_bad_cells_give_error_values(server: Server, cell: Any, expected: Any) -> None:
    # two cells, so that the bad one is one of a table
    result = server.call("XLP_VALUE", [["Salesforce"]], [[cell, 0.3]])
    assert result == [[expected, OPERATING_MARGIN]]


@pytest.mark.parametrize(
    "argument", [[], [[]], [[], []], [[0.3], [0.3, 0.4]], [[[[0.3]]]], 5, "x", {}, [None]]
)
def test_bad_shapes_give_error_values(server: Server, argument: Any) -> None:
    status, answer = server.send(body("XLP_VALUE", [["Salesforce"]], argument))
    assert status == 200 and answer["result"][0][0] in (NA, NUM, VALUE)


def test_old_excel_gets_the_text_of_an_error(server: Server) -> None:
    status, answer = server.send(body("XLP_VALUE", [["nobody"]], [[0.3]], runtime="1.3"))
    assert (status, answer["result"]) == (200, [["#N/A"]])


def test_huge_bodies_are_refused(server: Server) -> None:
    huge = b'{"args": "' + b"x" * (9 * 1024 * 1024) + b'"}'
    headers = {"Authorization": TOKEN, "Content-Type": "application/json"}
    for framing in ({"Content-Length": str(len(huge))}, {"Transfer-Encoding": "chunked"}):
        connection = server.connect()
        connection.putrequest("POST", CALL)
        for key, value in (headers | framing).items():
            connection.putheader(key, value)
        connection.endheaders()
        try:
            for start in range(0, len(huge), 65_536):
                part = huge[start : start + 65_536]
                chunked = "Transfer-Encoding" in framing
                connection.send(b"%x\r\n%b\r\n" % (len(part), part) if chunked else part)
        except OSError:
            pass  # the server has answered and hung up before all was sent
        try:
            assert connection.getresponse().status == 413
        except ConnectionError:
            pass  # its answer was lost with the connection
        connection.close()
    assert server.send({**GOOD, "args": [[["x" * 7_000_000]], [[0.3]]]}) == (200, {"result": [[NA]]})


def test_slow_clients_keep_nobody_waiting(slow_server: Server) -> None:
    head = f"POST {CALL} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 500\r\n"
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


def failing(code: str, folder: Path, **env: str) -> str:
    """Run code that must end with a HostError and return its message."""
    code = f"from xlplugin.hosts import HostError\ntry:\n    {code}\nexcept HostError as error:\n    print(error)"
    kept = {key: value for key, value in os.environ.items() if not key.startswith("XLWINGS_")}
    ran = subprocess.run(
        [sys.executable, "-c", f"from xlplugin.hosts.server import serve\n{code}"],
        cwd=folder,
        env={**kept, "HOME": str(folder), "USERPROFILE": str(folder), "XLPLUGIN_TOKEN": TOKEN, **env},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ran.returncode == 0 and ran.stdout, ran.stderr
    return ran.stdout


def test_missing_parts_are_named(licensed: None, tmp_path: Path) -> None:
    assert "set XLWINGS_LICENSE_KEY" in failing("serve(port=0)", tmp_path)
    assert "set XLWINGS_LICENSE_KEY" in failing("serve(port=0)", tmp_path, XLWINGS_LICENSE_KEY="wrong-key")
    without = "import sys; sys.modules['uvicorn'] = None; serve(port=0)"
    assert 'pip install "xlplugin[server]"' in failing(without, tmp_path, XLWINGS_LICENSE_KEY="noncommercial")
    assert not list(tmp_path.glob("*.xml"))


def test_port_in_use_and_half_a_certificate(tmp_path: Path, licensed: None) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(HostError, match=f"Port {port} cannot be used"):
            serve(port=port, token=TOKEN, manifest=tmp_path / "m.xml")
    with pytest.raises(HostError, match="both files"):
        serve(port=0, token=TOKEN, manifest=tmp_path / "m.xml", certificate=tmp_path / "c.pem")
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
