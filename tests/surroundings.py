"""What every test leaves as it found it, and a run that leaves no process behind: a plugin of pytest.

The environment, the current folder and the like belong to all tests of a process and to the programs that
they start. A test that changes them for others fails by what it changed; fixtures count with their test.
Within a test use ``monkeypatch``, for a program ``env={**os.environ, ...}``.
"""

from __future__ import annotations

import contextlib
import locale
import logging
import os
import signal
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

#: Every process of a run carries this variable, however deep it was started; the watcher ends them by it.
MARK = "XLPLUGIN_TEST_RUN"
#: Modules whose presence changes what libraries do.
TELLING = ("js", "pyodide", "pythoncom", "win32com")
SIGNALS = (signal.SIGINT, signal.SIGTERM)

_found = pytest.StashKey[dict[str, Any]]()
_watcher = pytest.StashKey[subprocess.Popen[bytes]]()


def surroundings() -> dict[str, Any]:
    """Return what tests share, by the name under which a change is reported."""
    shared: dict[str, Any] = {
        f"os.environ[{name!r}]": value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"
    }
    return (
        shared
        | {f"sys.modules[{name!r}]": module for name, module in _telling_modules().items()}
        | {
            "the current folder": str(Path.cwd()),
            "sys.platform": sys.platform,
            "sys.path": list(sys.path),
            "the locale": locale.setlocale(locale.LC_ALL),
            "the handlers of logging": _handlers(),
            "the level of logging": logging.root.level,
        }
        | {f"the handler of {one.name}": signal.getsignal(one) for one in SIGNALS}
    )


def _telling_modules() -> dict[str, Any]:
    return {name: one for name, one in list(sys.modules.items()) if one is None or name in TELLING}


def _handlers() -> list[logging.Handler]:
    return [one for one in logging.root.handlers if not type(one).__module__.startswith("_pytest")]


def changed(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Return the names of what was set, removed or changed; values stay unsaid, they may be secrets."""
    absent = object()
    names = sorted({*before, *after})
    return [name for name in names if before.get(name, absent) != after.get(name, absent)]


def pytest_configure(config: pytest.Config) -> None:
    """Mark this run and set a watcher on it; the workers of a run belong to it already."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # programs started by a job in the background
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:  # or under nohup
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
    if hasattr(config, "workerinput"):
        return
    os.environ[MARK] = uuid.uuid4().hex
    watcher = [sys.executable, str(Path(__file__).with_name("watcher.py")), MARK]
    config.stash[_watcher] = subprocess.Popen(watcher, stdin=subprocess.PIPE, start_new_session=True)


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, Any, Any]:
    """Run the tests in an empty folder: programs that they start import the installed package."""
    with tempfile.TemporaryDirectory(prefix="xlplugin-tests-") as empty, contextlib.chdir(empty):
        session.config.stash[_found] = surroundings()
        return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, Any, Any]:
    """Put back and report what the test and its fixtures have changed for others."""
    try:
        return (yield)
    finally:
        found = item.config.stash[_found]
        if names := changed(found, surroundings()):
            _put_back(found)
            pytest.fail(f"this test or a fixture of it changed for others: {', '.join(names)}", pytrace=False)


def _put_back(found: dict[str, Any]) -> None:
    inside = {kind: {} for kind in ("os.environ", "sys.modules")}
    for name, value in found.items():
        kind, bracket, key = name.partition("[")
        if bracket:
            inside[kind][key[1:-2]] = value
    os.environ.clear()
    os.environ.update(inside["os.environ"])
    for name in _telling_modules():
        del sys.modules[name]
    sys.modules.update(inside["sys.modules"])
    os.chdir(found["the current folder"])
    sys.platform = found["sys.platform"]
    sys.path[:] = found["sys.path"]
    locale.setlocale(locale.LC_ALL, found["the locale"])
    logging.root.handlers[:] = [
        *set(logging.root.handlers).difference(_handlers()),
        *found["the handlers of logging"],
    ]
    logging.root.setLevel(found["the level of logging"])
    for one in SIGNALS:
        signal.signal(one, found[f"the handler of {one.name}"])
