"""xlwings' add-in and settings on this computer, by xlwings' own commands."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from xlplugin.hosts import HostError
from xlplugin.model.messages import joined, message, plain

_WINDOWS_ONLY = (
    "Excel's COM functions exist on Windows only. On a Mac or in Excel on the web use xlwings Lite "
    "(xlplugin template OUT.xlsx --host lite) or xlwings Server (xlplugin serve); in LibreOffice: "
    "xlplugin install calc."
)


#: What is done in Excel after the installation.
_THEN = 'Next: xlplugin template OUT.xlsm --host excel, open it, Alt+F8, "ImportPythonUDFs", Run.'


def settings_file() -> Path:
    """Return the file in which xlwings keeps its settings for the present user."""
    return Path.home() / ".xlwings" / "xlwings.conf"


def install() -> str:
    """Install the add-in, write the settings, name our module in them; return what was done."""
    _windows_alone()
    had_settings = settings_file().exists()
    said = [_xlwings("addin", "install")]
    if not settings_file().exists():
        said.append(_xlwings("config", "create"))
    said.append(
        message(
            "Kept the settings in {file}." if had_settings else "Wrote the settings in {file}.",
            file=settings_file(),
        )
    )
    said.append(plain(_THEN))
    return joined(filter(None, said), "\n")


def uninstall() -> str:
    """Remove the add-in; the settings stay unless they are those that xlwings wrote for this Python."""
    _windows_alone()
    said = [_xlwings("addin", "remove")]
    file = settings_file()
    if file.exists() and file.read_text(encoding="utf-8", errors="replace").strip() == _own_settings():
        file.unlink()
        said.append(message("Removed the settings in {file}.", file=file))
    elif file.exists():
        said.append(message("Kept {file}: it holds settings of your own.", file=file))
    return joined(filter(None, said), "\n")


def _own_settings() -> str:
    return f'"INTERPRETER_WIN","{sys.executable}"'


def _windows_alone() -> None:
    if sys.platform != "win32":
        raise HostError(_WINDOWS_ONLY)


def _xlwings(*words: str) -> str:
    """Run one of xlwings' commands and return what it said; HostError where it reports an error."""
    command = [sys.executable, "-c", "from xlwings.cli import main; main()", *words]
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    ran = subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", env=environment, check=False
    )
    said = (ran.stdout + ran.stderr).strip()
    if ran.returncode or "Error" in said:
        raise HostError(
            message(
                "xlwings {names} failed: {what}",
                names=" ".join(words),
                what=said or message("exit code {code}", code=ran.returncode),
            )
        )
    return (
        message("xlwings {names}: {said}", names=" ".join(words), said=said)
        if said
        else message("xlwings {names}: done", names=" ".join(words))
    )
