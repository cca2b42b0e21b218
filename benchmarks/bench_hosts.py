"""What two hosts add to a call: xlwings Server against a stock one, Calc against an empty add-in function.

Server: a request with a range of 10,000 cells, to a function that only counts them, in a project as
``xlwings-server`` documents it and in ours (target: at least 6 times as many requests a second).
Calc: recalculations of a column of XLP_VALUE and of a column of a function that takes the same five
arguments and returns 0.0 at once, both in one office, counted in processor seconds (target: at least a
fifth of its calls a second). The functions remember the answers of so many rows, as they do for an analyst
whose workbook is recalculated. Each pair runs in turns; medians and ratios.
"""

from __future__ import annotations

import argparse
import http.client
import importlib.util
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from xlplugin.hosts.calc import addin, office

TESTS = Path(__file__).resolve().parent.parent / "tests"
DRIVER = TESTS / "fixtures" / "calc_addin_driver.py"
TOKEN = "a-secret-of-the-benchmark-0123"
COUNT = "sum(cell is not None for row in table for cell in row)"

STOCK = f"""
import xlwings as xw
from xlwings.server import func

@func
def XLP_COUNT(table):
    return {COUNT}
"""
COUNTING = f"""
import dataclasses
import xlplugin.functions as registry

argument = registry.Argument("table", False, "range", {{"en": "Cells", "de": "Zellen"}})
version = registry.FUNCTIONS["XLP_VERSION"]
registry.FUNCTIONS["XLP_COUNT"] = dataclasses.replace(version, name="XLP_COUNT", arguments=(argument,))
registry.call = lambda name, table: float({COUNT})
"""
WORKER = f"{COUNTING}\nfrom xlplugin.hosts.server import worker\nworker.main()\n"
OURS = f"""
{COUNTING}
import sys
from xlplugin.hosts.server import pool, serve

pool.WORKER = (sys.executable, "-P", "-c", {WORKER!r})
serve(port=PORT)
"""

EMPTY = {
    "META-INF/manifest.xml": dict(addin.parts())["META-INF/manifest.xml"],
    "functions.idl": """module org { module empty { interface XEmpty : com::sun::star::uno::XInterface {
 any emptyCall([in] any a, [in] any b, [in] any c, [in] any d, [in] any e);
}; }; };
""",
    "component.py": """import unohelper
from org.empty import XEmpty


class Empty(unohelper.Base, XEmpty):
    def __init__(self, context):
        pass

    def emptyCall(self, a, b, c, d, e):
        return 0.0


g_ImplementationHelper = unohelper.ImplementationHelper()
services = ("org.empty.Empty", "com.sun.star.sheet.AddIn")
g_ImplementationHelper.addImplementation(Empty, "org.empty.Empty", services)
""",
    "CalcAddIns.xcu": """<?xml version="1.0" encoding="UTF-8"?>
<oor:component-data xmlns:oor="http://openoffice.org/2001/registry" oor:package="org.openoffice.Office"
 oor:name="CalcAddIns"><node oor:name="AddInInfo"><node oor:name="org.empty.Empty" oor:op="replace">
<node oor:name="AddInFunctions"><node oor:name="emptyCall" oor:op="replace">
<prop oor:name="DisplayName"><value xml:lang="en-US">EMPTY_CALL</value></prop></node></node></node></node>
</oor:component-data>
""",
    "description.xml": """<?xml version="1.0" encoding="UTF-8"?>
<description xmlns="http://openoffice.org/extensions/description/2006"><identifier value="org.empty"/>
<version value="1"/></description>
""",
}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@contextmanager
def running(
    command: list[str], folder: Path, port: int, **env: str
) -> Iterator[tuple[http.client.HTTPConnection, subprocess.Popen[bytes]]]:
    """Start a server, wait until it answers, and end it."""
    with (folder / "log.txt").open("w") as log:
        process = subprocess.Popen(command, cwd=folder, env={**os.environ, **env}, stdout=log, stderr=log)
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        until = time.monotonic() + 60
        while True:
            try:
                connection.request("GET", "/")
                connection.getresponse().read()
                break
            except OSError:
                connection.close()
                if time.monotonic() > until or process.poll() is not None:
                    raise RuntimeError((folder / "log.txt").read_text()) from None
                time.sleep(0.2)
        yield connection, process
    finally:
        process.terminate()
        process.wait(30)


def seconds(connection: http.client.HTTPConnection, body: bytes, cells: int) -> float:
    headers = {"Content-Type": "application/json", "Authorization": TOKEN}
    connection.close()  # opened anew with the request; an idle one may have been hung up
    start = time.perf_counter()
    connection.request("POST", "/xlwings/custom-functions-call", body, headers)
    answer = connection.getresponse()
    content = json.loads(answer.read())
    elapsed = time.perf_counter() - start
    assert content["result"] == [[cells]], content
    return elapsed


def server(rounds: int, cells: int) -> float:
    """Print both medians and return how many times as fast ours is."""
    import xlwings

    table = [[(row * 10 + column) / cells for column in range(10)] for row in range(cells // 10)]
    body = json.dumps(
        {
            "client": "Office.js",
            "func_name": "XLP_COUNT",
            "args": [table],
            "caller_address": "[Book1.xlsx]Sheet1!A1",
            "culture_info_name": "en-US",
            "date_format": "m/d/yyyy",
            "session_id": "1",
            "version": xlwings.__version__,
            "runtime": "1.4",
        }
    ).encode()
    with tempfile.TemporaryDirectory() as name:
        stock, ours = Path(name) / "stock", Path(name) / "ours"
        for folder, text in ((stock / "custom_functions", STOCK), (stock / "custom_scripts", ""), (ours, "")):
            folder.mkdir(parents=True)
            (folder / "__init__.py").write_text(text)
        ports = free_port(), free_port()
        application = ["-m", "uvicorn", "xlwings_server.main:main_app", "--port", str(ports[0])]
        script = OURS.replace("PORT", str(ports[1]))
        with (
            running([sys.executable, *application], stock, ports[0], XLWINGS_PROJECT_DIR=str(stock)) as (
                first,
                _,
            ),
            running([sys.executable, "-c", script], ours, ports[1], XLPLUGIN_TOKEN=TOKEN) as (second, _),
        ):
            seconds(first, body, cells), seconds(second, body, cells)
            times = [(seconds(first, body, cells), seconds(second, body, cells)) for _ in range(rounds)]
    medians = [statistics.median(column) for column in zip(*times, strict=True)]
    ratio = medians[0] / medians[1]
    print(
        f"xlwings Server, {cells:,} cells in: stock {1 / medians[0]:.1f} calls/s, ours {1 / medians[1]:.1f}"
    )
    print(f"  {ratio:.1f} times stock (target: at least 6)")
    return ratio


def calls(rounds: int, rows: int) -> float:
    """Print both medians and return our share of the empty function's calls a second."""
    found = office.find()
    with tempfile.TemporaryDirectory() as name:
        profile = Path(name) / "profile"
        office.install(profile)
        with zipfile.ZipFile(Path(name) / "xlplugin.oxt", "w") as archive:
            for path, text in EMPTY.items():
                archive.writestr(path, text)
        said = office.change(found, profile, "add", str(Path(name) / "xlplugin.oxt"))
        numbers = [[row / rows] for row in range(rows)]
        tasks = []
        for function in ("EMPTY_CALL", "XLP_VALUE"):
            formulas = [[f'={function}("Salesforce";A{row})'] for row in range(1, rows + 1)]
            fill = [[f"A1:A{rows}", numbers], [f"B1:B{rows}", formulas]]
            tasks.append({"fill": fill, "read": [f"B{rows}"], "recalculate": 1})
        ran = subprocess.run(
            [found.python, DRIVER],
            input=json.dumps({"profile": str(profile), "tasks": tasks * rounds}),
            capture_output=True,
            text=True,
            check=True,
        )
        answers = json.loads(ran.stdout)
        assert all(isinstance(one["cells"][f"B{rows}"][0][0], float) for one in answers), said
        times = [statistics.median(one["seconds"] for one in answers[start::2]) for start in (0, 1)]
    share = times[0] / times[1]
    print(
        f"Calc, {rows:,} scalar calls: empty {rows / times[0]:,.0f} calls/s, XLP_VALUE {rows / times[1]:,.0f}"
    )
    print(f"  {share:.2f} of the empty function's (target: at least 0.20)")
    return share


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--cells", type=int, default=10_000)
    parser.add_argument("--rows", type=int, default=10_000)
    given = parser.parse_args()
    good = calls(min(given.rounds, 3), given.rows) >= 0.2
    if importlib.util.find_spec("xlwings_server") is None or not os.environ.get("XLWINGS_LICENSE_KEY"):
        print("xlwings Server: left out; it needs the package xlwings-server and XLWINGS_LICENSE_KEY")
    else:
        good = server(given.rounds, given.cells) >= 6 and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
