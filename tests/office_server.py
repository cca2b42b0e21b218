"""A live xlwings-server with our functions, and two clients: plain HTTP, and its own JavaScript."""

from __future__ import annotations

import datetime
import http.client
import json
import socket
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import Executor, Future
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import machine
import pytest

from xlplugin.hosts.server.cells import ERROR_TYPES
from xlplugin.model.errors import CellError

FIXTURES = Path(__file__).parent / "fixtures"
Visit = dict[str, Any]
CALL = "/xlwings/custom-functions-call"
TOKEN = "a-secret-of-the-tests-0123456789"
SERVE = "from xlplugin.hosts.server import serve; serve(port=0)"
#: What an earlier project of the user may have left in the environment; none of it may open the door.
LEFT_OPEN = {
    "XLWINGS_CORS_ALLOW_ORIGINS": '["*"]',
    "XLWINGS_AUTH_PROVIDERS": "[]",
    "XLWINGS_ENVIRONMENT": "dev",
    "XLWINGS_ENABLE_EXAMPLES": "true",
    "XLWINGS_ENABLE_TESTS": "true",
    "XLWINGS_FUNCTIONS_NAMESPACE": "OTHER",
    "XLWINGS_APP_PATH": "/elsewhere",
}


def environment(**own: str) -> dict[str, str]:
    """Return the clean environment of the tests with a licence key, a token and these variables."""
    return machine.licensed() | {"XLPLUGIN_TOKEN": TOKEN} | own


def body(name: str, *args: Any, runtime: str = "1.4") -> dict[str, Any]:
    """Return what xlwings' client sends for a call; every argument is rows of cells, or None."""
    return {
        "client": "Office.js",
        "func_name": name,
        "args": list(args),
        "caller_address": "[Book1.xlsx]Sheet1!A1",
        "session_id": "1",
        "culture_info_name": "de-DE",
        "date_format": "TT.MM.JJJJ",
        "version": "any",
        "runtime": runtime,
    }


def as_json(cells: Any) -> Any:
    """Return an argument as Excel hands it over: rows of cells, or null for nothing."""
    if isinstance(cells, list | tuple):
        return [[as_json_cell(cell) for cell in row] for row in cells]
    return None if cells is None else [[as_json_cell(cells)]]


def as_json_cell(cell: Any) -> Any:
    if isinstance(cell, CellError):
        return {"type": "Error", "basicValue": cell.value, "errorType": ERROR_TYPES[cell]}
    if isinstance(cell, datetime.date):
        day = datetime.datetime(cell.year, cell.month, cell.day)
        return (day - datetime.datetime(1899, 12, 30)).days
    return "" if cell is None else cell


NA = {"type": "Error", "errorType": "NotAvailable"}
NUM = {"type": "Error", "errorType": "Num"}
VALUE = {"type": "Error", "errorType": "Value"}
#: Salesforce at 30%, as worked by hand in the model's description.
OPERATING_MARGIN = pytest.approx(0.2019614937, abs=5e-11)
GOOD = body("XLP_VALUE", [["Salesforce"]], [[0.3]])


#: A server whose limits of time are short, with functions that wait, fail and die.
SLOW = f"import runpy; runpy.run_path({str(FIXTURES / 'slow_functions.py')!r})"


@dataclass
class Server:
    """A server process; ``stop`` it at the end.

    ``folder`` is its working folder; ``port`` the one that ``code`` takes, where its address does not say.
    """

    folder: Path
    code: str = SERVE
    port: int = 0
    variables: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.log = self.folder / "log.txt"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-u", "-c", self.code],
                cwd=self.folder,
                env=environment(**LEFT_OPEN, **self.variables),
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self.process.stdout
        self.said = ""
        while "Stop with" not in self.said:
            line = self.process.stdout.readline()
            if not line:
                raise RuntimeError(f"the server did not start: {self.said}{self.log.read_text()}")
            self.said += line
        self.url = self.said.splitlines()[0].rpartition(" ")[2]
        self.port = self.port or urlsplit(self.url).port or 0

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)
        self.process.stdout.close()

    def connect(self, timeout: float = 60) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)

    def request(
        self, method: str, path: str, data: bytes | None = None, **headers: str
    ) -> tuple[int, bytes, http.client.HTTPMessage]:
        """Send one request with exactly these headers and return status, body and headers."""
        connection = self.connect()
        try:
            connection.request(method, path, data, {k.replace("_", "-"): v for k, v in headers.items()})
            answer = connection.getresponse()
            return answer.status, answer.read(), answer.headers
        finally:
            connection.close()

    def raw(self, data: bytes, timeout: float = 60) -> bytes:
        """Send these bytes and return everything that comes back until the server hangs up."""
        with socket.create_connection(("127.0.0.1", self.port), timeout) as client:
            answer = []
            with suppress(ConnectionError):  # it may hang up while we are still talking
                client.sendall(data)
                while part := client.recv(65_536):
                    answer.append(part)
            return b"".join(answer)

    def post(self, address: str, data: Any, token: str | None = TOKEN) -> tuple[int, bytes]:
        """Send bytes, or anything else as JSON, and return status and answer."""
        raw = data if isinstance(data, bytes) else json.dumps(data).encode()
        headers = {"Content_Type": "application/json"} | ({} if token is None else {"Authorization": token})
        status, answer, _ = self.request("POST", address, raw, **headers)
        return status, answer

    def send(self, data: bytes | dict[str, Any], token: str | None = TOKEN) -> tuple[int, Any]:
        """Send the body of a call and return status and parsed answer."""
        status, answer = self.post(CALL, data, token)
        return status, json.loads(answer)

    def call(self, name: str, *args: Any) -> Any:
        """Return the rows that a call gives."""
        status, answer = self.send(body(name, *args))
        if status != 200:
            raise RuntimeError(f"{status}: {answer}")
        return answer["result"]

    def hold(self, threads: Executor, count: int) -> list[Future[Any]]:
        """Let ``count`` large calls wait until XLP_LET_GO is called (among :data:`SLOW` functions)."""
        (self.folder / "let go").unlink(missing_ok=True)
        return [threads.submit(self.call, "XLP_HOLD") for _ in range(count)]

    def visit(
        self, calls: Sequence[tuple[str, list[Any]]], token: str = TOKEN, together: bool = False
    ) -> Visit:
        """Return a visit of the task pane for :func:`in_browser`."""
        return {"url": self.pane(token), "calls": calls, "together": together}

    def pane(self, token: str = TOKEN) -> str:
        """Return the address of the task pane."""
        return f"{self.url}/taskpane.html?token={token}"


def in_browser(
    visits: Sequence[Visit],
    node: Path,
    chromium: Path,
    flags: list[str],
    modules: Path,
    profile: Path,
    client: str = "office_client.cjs",
    timeout: float = 180,
) -> list[dict[str, Any]]:
    """Load task panes in Chromium and do there what ``client`` does: see the file.

    The default calls the functions with xlwings' own JavaScript. It returns for each visit ``answers``
    ({"result": rows} or {"error": shown, "message": text}), the ``statuses`` of all calls, the status of all
    other ``files`` by path, and the addresses ``outside`` that the page asked for.
    """
    task = {
        "visits": visits,
        "chromium": str(chromium),
        "flags": flags,
        "modules": str(modules),
        "profile": str(profile),
    }
    ran = subprocess.run(
        [node, FIXTURES / client],
        input=json.dumps(task),
        capture_output=True,
        text=True,
        timeout=timeout,
    )
    if ran.returncode:
        raise RuntimeError(f"the browser failed: {ran.stderr}")
    answer: list[dict[str, Any]] = json.loads(ran.stdout)
    return answer
