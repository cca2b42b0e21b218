"""xlwings' add-in and settings on this computer, by xlwings' own commands."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from xlplugin.hosts import HostError

_WINDOWS_ONLY = (
    "Excel's COM functions exist on Windows only. On a Mac or in Excel on the web use xlwings Lite "
    "(xlplugin template OUT.xlsx --host lite) or xlwings Server (xlplugin serve); in LibreOffice: "
    "xlplugin install calc."
)


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
    said.append(f"{'Kept' if had_settings else 'Wrote'} the settings in {settings_file()}.")
    said.append('Next: xlplugin template OUT.xlsm --host excel, open it, Alt+F8, "ImportPythonUDFs", Run.')
    return "\n".join(filter(None, said))


def uninstall() -> str:
    """Remove the add-in; the settings stay unless they are those that xlwings wrote for this Python."""
    _windows_alone()
    said = [_xlwings("addin", "remove")]
    file = settings_file()
    if file.exists() and file.read_text(encoding="utf-8", errors="replace").strip() == _own_settings():
        file.unlink()
        said.append(f"Removed the settings in {file}.")
    elif file.exists():
        said.append(f"Kept {file}: it holds settings of your own.")
    return "\n".join(filter(None, said))


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
        raise HostError(f"xlwings {' '.join(words)} failed: {said or f'exit code {ran.returncode}'}")
    return f"xlwings {' '.join(words)}: {said}" if said else f"xlwings {' '.join(words)}: done"
