"""Who gets into the server: the token, the machine's own addresses, what must be there at the start."""

from __future__ import annotations

import json
import shutil
import socket
import ssl
import stat
import subprocess
import sys
import urllib.request
from pathlib import Path
from xml.etree import ElementTree

import machine
import pytest
from office_server import CALL, GOOD, TOKEN, Server, environment

from xlplugin.hosts import HostError
from xlplugin.hosts.server import listener, manifest, serve

pytestmark = pytest.mark.slow


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
def test_server_wants_a_token(token: str | None, problem: str) -> None:
    with pytest.raises(HostError, match=problem) as raised:
        listener.checked_token(token)
    fresh = str(raised.value).rpartition(" ")[2]
    assert listener.checked_token(fresh) == fresh


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
    ran = subprocess.run(
        [sys.executable, "-c", MISSING],
        cwd=tmp_path,
        env=environment(HOME=str(tmp_path), USERPROFILE=str(tmp_path)),  # no licence key is kept there
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
