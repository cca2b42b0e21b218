"""Which requests the server understands: addresses, names, framing and methods, byte by byte."""

from __future__ import annotations

import itertools
import random
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from office_server import CALL, TOKEN, Server

from xlplugin.hosts import HostError
from xlplugin.hosts.server import door, project, serve

HOSTNAME = "models.example"


@pytest.fixture(scope="module")
def proxied(licensed: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that stands behind a reverse proxy."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    code = f"from xlplugin.hosts.server import serve; serve(port={port}, hostname={HOSTNAME!r})"
    running = Server(tmp_path_factory.mktemp("proxied"), code, port)
    yield running
    running.stop()


#: Ways of writing one step upwards, and what may stand between two steps.
STEPS = (
    "..", "%2e%2e", "%2E.", ".%2e", "%252e%252e", "%25252e%25252e", "%c0%ae%c0%ae", "%e0%80%ae%e0%80%ae",
    "%u002e%u002e", "..;", "..;x=1", "..%00", "..%09", "..%20", "...", "....", "%2e%2e%00", "..%0d%0a",
    "\uff0e\uff0e", "%ef%bc%8e%ef%bc%8e", "..\\..",
)  # fmt: skip
SLASHES = (
    "/",
    "//",
    "%2f",
    "%2F",
    "%252f",
    "%5c",
    "\\",
    "%255c",
    "%c0%af",
    "%e0%80%af",
    "/./",
    "/%2e/",
    "%u2215",
)
#: Files that are there, from the folder of static files or the root: ours, xlwings-server's, the machine's.
GOALS = (
    "etc/passwd",
    "main.py",
    "config.py",
    "custom_functions/__init__.py",
    "templates/taskpane.html",
    ".env",
)
#: Other spellings of a way to a file that nobody may read, and of addresses that nobody may ask for.
ODD = (
    "//etc/passwd", "/static//etc/passwd", "/static/%2fetc/passwd", "/static/%2Fetc%2Fpasswd", "/etc/passwd",
    "/static/C:/Windows/win.ini", "/static/C:%5cWindows%5cwin.ini", "/static/c%3a/", "/static/file:///etc/passwd",
    "/static/%5c%5cserver%5cshare", "//server/share", "/static/js/auth.js%00.png", "/static/js/auth.js%00",
    "/static/js/auth.js/", "/static/js/auth.js.", "/static/js/auth.js%20", "/static/js/AUTH.JS", "/STATIC/js/auth.js",
    "/static/js//auth.js", "/static/js/./auth.js", "/static/css/../js/auth.js", "/static/js/auth%2ejs",
    "/static/%6as/auth.js", "/static/js;x=1/auth.js", "/static/js/auth.js;x=1", "/static/js/auth.js::$DATA",
    "/static", "/static/", "/static/js", "/static/js/", "/static/.", "/static/..", "/static/js/examples.js",
    "/static/js/custom-functions/custom-functions-code.js", "/static/vendor/htmx.org/2.0.11/LICENSE",
    "/static/con", "/static/nul", "/static/%ff%fe", "/static/%", "/static/%2", "/static/%zz", "/static/~root/.profile",
    "/docs", "/redoc", "/openapi.json", "/manifest", "/manifest.xml", "/xlwings/alert?prompt=x", "/socket.io/?EIO=4",
    "/xlwings/custom-scripts-meta", "/xlwings/custom-scripts-call/settings", "/xlwings/pyodide.json", "/wasm/main.py",
    "/custom_functions/__init__.py", "/xlwings/custom-functions-call/", "/xlwings/custom-functions-call/x",
    "/xlwings/../xlwings/custom-functions-call", "/taskpane.html/", "/taskpane.html/..", "/taskpane.html%00",
    "/./", "/.", "/..", "/%2e", "/%2f", "//", "/?/../etc/passwd/../..%2f#", "/favicon.ico/..", "*", "", "static/js/auth.js",
    "http://127.0.0.1/static/js/auth.js", "http://127.0.0.1/", "http://elsewhere.example/", "file:///etc/passwd",
    "127.0.0.1:80", "/\u00e4", "/static/js/auth.js\x7f", "/static/js/auth.js\x00", "/static/js/auth.js\t", "/\x1b[2J",
)  # fmt: skip


def spellings() -> list[str]:
    """Return every step with every slash, to goals in turn, and other mixtures by chance."""
    chance = random.Random(12)
    ways = []
    for number, (step, slash) in enumerate(itertools.product(STEPS, SLASHES)):
        goal = GOALS[number % len(GOALS)]
        ways += [f"/static/{step}{slash}{goal}", f"/static/{(step + slash) * 12}etc/passwd"]
    for start in ("/static/", "/", "/static/js/", "/xlwings/", "//", "/static//", "/taskpane.html/"):
        for _ in range(20):
            steps = "".join(
                chance.choice(STEPS) + chance.choice(SLASHES) for _ in range(chance.randint(1, 9))
            )
            ways.append(f"{start}{steps}{chance.choice(GOALS)}")
    folder = "..%2f" * 12
    ways += [f"/static/{folder}{quote(str(Path(__file__).resolve())[1:], safe='')}"]
    return [*ways, *ODD]


@pytest.mark.parametrize("behind", ["loopback", "proxy"])
@pytest.mark.parametrize("token", [None, TOKEN], ids=["without-token", "with-token"])
def test_no_spelling_leads_out_of_the_closed_list(
    server: Server, proxied: Server, behind: str, token: str | None
) -> None:
    asked, host = (server, "127.0.0.1") if behind == "loopback" else (proxied, HOSTNAME)
    closed = door.addresses(*project.static_folders(Path("nowhere")))
    tried = spellings()
    assert len(tried) >= 600 and len(closed) > 100
    wrong = {}
    for number, target in enumerate(tried):
        method = ("GET", "GET", "HEAD", "POST", "OPTIONS")[number % 5]
        head = f"{method} {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n"
        head += "" if token is None else f"Authorization: {token}\r\n"
        answer = asked.raw(f"{head}\r\n".encode())
        status = answer[9:12]
        address = target.partition("?")[0].encode()
        refused = status in (b"400", b"401", b"404", b"421") and len(answer) < 400
        if not refused and not (address in closed and method in ("GET", "HEAD")):
            wrong[method, target] = answer[:200]
    assert wrong == {}


def test_every_address_of_the_closed_list_answers(server: Server) -> None:
    closed = door.addresses(*project.static_folders(Path("nowhere")))
    answers = {address: server.request("GET", address.decode())[0] for address in sorted(closed)}
    assert {address for address, status in answers.items() if status != 200} == set()
    assert server.request("POST", "/static/js/auth.js", b"")[0] == 401
    assert server.request("HEAD", "/static/js/auth.js")[:2] == (200, b"")


def test_nobody_is_asked_under_another_name(server: Server) -> None:
    port = server.port
    good = ["127.0.0.1", f"127.0.0.1:{port}", "localhost", "LOCALHOST", f"[::1]:{port}", "[::1]"]
    bad = [
        "", " ", "elsewhere.example", "127.0.0.1@elsewhere.example", "elsewhere.example@127.0.0.1", "127.0.0.1#x",
        "x#@127.0.0.1", "127.0.0.1/x", "127.0.0.1/../", "127.0.0.1?x", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:80:80",
        "127.0.0.1:123456", "127.0.0.1:-1", "127.0.0.1 x", "127.0.0.1\t", "127.0.0.1,localhost", "localhost.", "127.1",
        ".localhost", "localhost.elsewhere.example", "0.0.0.0", "2130706433", "0x7f.0.0.1", "[::1", "::1", "[::]", "[]",
        "[::ffff:127.0.0.1]", "local\x00host", "http://127.0.0.1", "%3127.0.0.1", "l\u00f6calhost", HOSTNAME,
    ]  # fmt: skip

    def status(*hosts: str, version: str = "1.1") -> bytes:
        lines = "".join(f"Host: {host}\r\n" for host in hosts)
        return server.raw(f"GET / HTTP/{version}\r\n{lines}Connection: close\r\n\r\n".encode())[9:12]

    assert {host: status(host) for host in good} == dict.fromkeys(good, b"200")
    answers = {host: status(host) for host in bad if host != "127.0.0.1\t"}
    assert {host: code for host, code in answers.items() if code not in (b"400", b"421")} == {}
    assert status() == b"400" and status(version="1.0") == b"421"
    assert status("127.0.0.1", "127.0.0.1") == status("127.0.0.1", "elsewhere.example") == b"400"
    assert status("elsewhere.example", "127.0.0.1") == b"400"


@pytest.mark.parametrize("name", ["a@b", "a/b", "https://a", "a b", "a:b", "[::2]", "\u00e4.example", "a#b"])
def test_a_host_name_is_a_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(HostError, match="give the name alone"):
        serve(0, TOKEN, tmp_path / "m.xml", hostname=name)


FRAMINGS = {
    "length and chunks": "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
    "two lengths": "Content-Length: 4\r\nContent-Length: 40\r\n",
    "two lengths in one": "Content-Length: 4, 40\r\n",
    "a negative length": "Content-Length: -4\r\n",
    "a length with a sign": "Content-Length: +4\r\n",
    "a length in words": "Content-Length: four\r\n",
    "an endless length": "Content-Length: " + "9" * 5_000 + "\r\n",
    "chunks twice": "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
    "another encoding": "Transfer-Encoding: gzip, chunked\r\n",
    "an unknown encoding": "Transfer-Encoding: xchunked\r\n",
    "a blank before the colon": "Content-Length : 4\r\n",
    "a folded header": "Transfer-Encoding:\r\n chunked\r\nContent-Length: 4\r\n",
    "two tokens": f"Authorization: x\r\nContent-Length: 4\r\nAuthorization: {TOKEN}\r\n",
    "a bare return": "X: a\rContent-Length: 4\r\nTransfer-Encoding: chunked\r\n",
    "a null": "X: a\x00b\r\nContent-Length: 4\r\n",
}


@pytest.mark.parametrize("framing", FRAMINGS.values(), ids=FRAMINGS)
def test_no_request_hides_in_another(server: Server, framing: str) -> None:
    hidden = "GET /favicon.ico HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    head = f"POST {CALL} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nAuthorization: {TOKEN}\r\n"
    answer = server.raw(f"{head}{framing}\r\n0\r\n\r\n{hidden}".encode())
    assert answer.startswith((b"HTTP/1.1 400", b"HTTP/1.1 413", b"HTTP/1.1 501")), answer[:300]
    assert answer.count(b"HTTP/1.1 ") == 1  # nothing is answered after it


@pytest.mark.parametrize(
    "request_line",
    [
        "CONNECT 127.0.0.1:22 HTTP/1.1", "TRACE / HTTP/1.1", "PRI * HTTP/2.0", "GET / HTTP/0.9", "GET /", "GET / HTTP/1.1 x",
        "GET  / HTTP/1.1", " GET / HTTP/1.1", "G\x00T / HTTP/1.1", "\x16\x03\x01\x02\x00\x01", "get / HTTP/1.1", "PUT / HTTP/1.1",
        "DELETE /static/js/auth.js HTTP/1.1", "PROPFIND / HTTP/1.1", "GET / HTTP/9.9", "GET / http/1.1",
    ],
)  # fmt: skip
def test_nothing_but_get_and_calls(server: Server, request_line: str) -> None:
    answer = server.raw(f"{request_line}\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
    assert answer[9:12] in (b"400", b"401", b"405", b"501", b"505"), answer[:200]


def test_there_are_no_web_sockets(server: Server) -> None:
    wanted = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGVzdA==\r\nSec-WebSocket-Version: 13\r\n"
    for path, status in (("/socket.io/?EIO=4&transport=websocket", b"401"), ("/", b"200"), (CALL, b"401")):
        answer = server.raw(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{wanted}Connection: close\r\n\r\n".encode()
        )
        assert answer[9:12] == status
