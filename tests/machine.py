"""Where the programs are that some tests need, and what happens where one is missing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import MutableMapping
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

PROJECT = Path(__file__).resolve().parent.parent

CHROMIUM_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

SOFFICE = (
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    "C:/Program Files/LibreOffice/program/soffice.com",
)
CHROMIUM = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)

#: Settings of this suite itself, and what of a user's environment changes how programs behave.
OWN = ("XLPLUGIN_REQUIRE_ALL", "XLPLUGIN_ENVIRONMENT", "XLPLUGIN_NODE_MODULES", "XLPLUGIN_TEST_RUN")
FOREIGN_PREFIXES = ("XLPLUGIN_", "XLWINGS_", "PYTHON", "LC_", "DASK_", "MPL", "TTY_")
FOREIGN = ("LANGUAGE", "VIRTUAL_ENV", "DISPLAY", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "DOTENV_PATH")


def require(name: str, found: T | None) -> T:
    """``found`` itself; where it is None the test skips by ``name``, or fails if all parts are asked for."""
    if found is not None:
        return found
    import pytest  # here: the set-up script uses this module before pytest is there

    if os.environ.get("XLPLUGIN_REQUIRE_ALL") == "1":
        raise pytest.fail.Exception(
            f"missing on this machine: {name} (XLPLUGIN_REQUIRE_ALL=1)", pytrace=False
        )
    raise pytest.skip.Exception(f"missing on this machine: {name}")


def existing(*places: Path | str) -> Path | None:
    """The first of these places that exists."""
    return next((Path(place) for place in places if Path(place).exists()), None)


def program(*names: str) -> Path | None:
    """The first of these programs that is on the PATH."""
    found = next(filter(None, map(shutil.which, names)), None)
    return Path(found) if found else None


def soffice() -> Path | None:
    return program("soffice", "libreoffice") or existing(*SOFFICE)


def python_with_uno(office: Path) -> Path | None:
    """A Python that imports uno: the system's, or the one that LibreOffice brings along."""
    home = office.resolve().parent
    for place in (
        "/usr/bin/python3",
        home / "python",
        home / "python.exe",
        home.parent / "Resources" / "python",
    ):
        if Path(place).exists():
            ran = subprocess.run([place, "-c", "import uno"], capture_output=True, cwd=home, timeout=60)
            if ran.returncode == 0:
                return Path(place)
    return None


def chromium() -> Path | None:
    return program("chromium", "chromium-browser", "google-chrome") or existing(*CHROMIUM)


def node_modules() -> Path | None:
    return existing(os.environ.get("XLPLUGIN_NODE_MODULES") or PROJECT / ".cache" / "npm" / "node_modules")


def clean(environment: MutableMapping[str, str]) -> None:
    """Take out what would make a test depend on whose machine it is, and set one locale."""
    for name in list(environment):
        if name not in OWN and (name in FOREIGN or name.startswith(FOREIGN_PREFIXES)):
            del environment[name]
    environment["LANG"] = "C.UTF-8"


def plain_environment() -> dict[str, str]:
    """Return the environment for programs with a Python of their own, such as LibreOffice.

    On Linux it looks for its home by the first Python on PATH, which must be the system's and not one of
    pyenv, conda or a virtual environment.
    """
    plain = dict(os.environ)
    if sys.platform not in ("win32", "darwin"):
        plain["PATH"] = os.pathsep.join(["/usr/bin", plain.get("PATH", "")])
    return plain


def licensed() -> dict[str, str]:
    """Return the environment for programs that use xlwings' PRO parts, which want a licence key.

    These tests are a non-commercial use of them.
    """
    return {**os.environ, "XLWINGS_LICENSE_KEY": "noncommercial"}
