"""Tests leave the environment of the others as it is, and a run that ends leaves no process."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import machine
import psutil
import pytest
from surroundings import MARK

pytestmark = pytest.mark.slow

TESTS = Path(__file__).parent
PYTEST = [sys.executable, "-P", "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:randomly"]

#: The change, and the name that the report has for it.
CHANGES = {
    "os.environ['XLWINGS_ON_SERVER'] = 'true'": "os.environ['XLWINGS_ON_SERVER']",
    "os.environ.pop('PATH')": "os.environ['PATH']",
    "os.chdir('/')": "the current folder",
    "sys.platform = 'another'": "sys.platform",
    "sys.path.insert(0, '/')": "sys.path",
    "sys.modules['numpy'] = None": "sys.modules['numpy']",
    "sys.modules['pyodide'] = sys": "sys.modules['pyodide']",
    "logging.basicConfig(level=10, force=True)": "the handlers of logging, the level of logging",
    "signal.signal(signal.SIGTERM, signal.SIG_IGN)": "the handler of SIGTERM",
}
INNER = """
import logging, os, signal, sys
import pytest

def shared():
    return dict(os.environ, PYTEST_CURRENT_TEST=""), os.getcwd(), sys.platform, sys.path[:], sys.modules.get("numpy")

at_first = shared()

def check_untouched():
    assert shared()[0] == at_first[0] and shared()[2:] == at_first[2:] and os.listdir() == []

@pytest.mark.parametrize("change", {changes})
def test_itself(change):
    check_untouched()
    exec(change)

@pytest.fixture(scope="module")
def changing():
    os.environ["BY_A_FIXTURE"] = "1"

def test_fixture(changing):
    pass

def test_monkeypatch(monkeypatch, tmp_path):
    check_untouched()
    monkeypatch.setenv("XLWINGS_ON_SERVER", "true")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "platform", "another")
    monkeypatch.setitem(sys.modules, "numpy", None)
"""


def test_a_change_for_others_fails_the_test_that_makes_it_and_reaches_no_other(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(INNER.format(changes=list(CHANGES)), encoding="utf-8")
    ran = subprocess.run(
        [*PYTEST, "-p", "surroundings", "-p", "no:randomly", "-q", "-rN", f"--rootdir={tmp_path}", tmp_path],
        env={**os.environ, "PYTHONPATH": str(TESTS)},
        capture_output=True,
        text=True,
    )
    reported = re.findall(r"changed for others: (.+)", ran.stdout)
    assert reported == [*CHANGES.values(), "os.environ['BY_A_FIXTURE']"], ran.stdout + ran.stderr
    assert f"{len(CHANGES) + 2} passed, {len(CHANGES) + 1} errors" in ran.stdout


def test_the_environment_of_a_run_is_clean() -> None:
    foreign = {
        "XLWINGS_LICENSE_KEY": "x", "XLPLUGIN_TOKEN": "x", "XLPLUGIN_PYTHONPATH": "/", "PYTHONPATH": "/",
        "LC_ALL": "de_DE.UTF-8", "LANG": "de_DE.UTF-8", "NO_COLOR": "1", "DASK_TEMPORARY_DIRECTORY": "/",
    }  # fmt: skip
    environment = {**foreign, "PATH": "/bin", "XLPLUGIN_REQUIRE_ALL": "1"}
    machine.clean(environment)
    assert environment == {"PATH": "/bin", "XLPLUGIN_REQUIRE_ALL": "1", "LANG": "C.UTF-8"}
    assert set(foreign) & set(os.environ) <= {"LANG"}


def offspring(process: psutil.Process) -> list[psutil.Process]:
    found = []
    for one in process.children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            if one.status() != psutil.STATUS_ZOMBIE:
                found.append(one)
    return found


def marks(processes: list[psutil.Process]) -> set[str]:
    found = set()
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):  # LibreOffice's first process hands over and ends
            found.add(process.environ()[MARK])
    return found


def until(condition, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not (met := condition()) and time.monotonic() < end:
        time.sleep(0.1)
    return bool(met)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
@pytest.mark.parametrize(
    ("end", "workers"),
    [(signal.SIGKILL, "0"), (signal.SIGKILL, "1"), (signal.SIGTERM, "1"), (signal.SIGINT, "1")],
)
def test_a_killed_run_leaves_no_office(
    end: signal.Signals, workers: str, system_python_with_uno: Path, tmp_path: Path
) -> None:
    """A real run of one test is ended as soon as its LibreOffice is there."""
    with (tmp_path / "log.txt").open("w") as log:
        run = subprocess.Popen(
            [*PYTEST, "-n", workers, "-k", "libreoffice", TESTS / "test_engines.py"],
            stdout=log,
            stderr=log,
        )
    started: list[psutil.Process] = []

    def office_is_there() -> bool:
        started[:] = offspring(psutil.Process(run.pid))
        with contextlib.suppress(psutil.NoSuchProcess):  # one that has ended since
            return any(one.name() == "soffice.bin" for one in started)
        return False

    try:
        assert until(office_is_there, 60), (tmp_path / "log.txt").read_text()
        (mark,) = marks(started)
        assert mark != os.environ[MARK]
    finally:
        run.send_signal(end)
        run.wait(30)
    assert until(lambda: not any(one.is_running() for one in started), 20), started
