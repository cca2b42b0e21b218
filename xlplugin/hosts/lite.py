"""xlwings Lite (Excel on Windows, Mac and the web): two texts to paste into the add-in, and its functions.

The add-in runs Python in the browser. ``requirements.txt`` names this package, ``main.py`` takes every
function from this module by one line; xlwings' own decorators make them custom functions there.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

from xlplugin.functions import FUNCTIONS
from xlplugin.hosts.finding import Finding
from xlplugin.hosts.live.lite import scripts_text
from xlplugin.model.version import __version__

#: What ``from xlplugin.hosts.lite import *`` takes: the functions alone.
__all__ = list(FUNCTIONS)

_REQUIREMENTS = """\
xlwings
{package}
"""

_MAIN = """\
# The XLP_ functions of xlplugin: change nothing here, and restart the add-in after pasting.
from xlplugin.hosts.lite import *
# Its scripts on the open workbook:
"""


def requirements_text(wheel: str | None = None) -> str:
    """Return the text for ``requirements.txt`` in xlwings Lite.

    ``wheel`` is the web address of a wheel that you host yourself; None names the released version.
    """
    return _REQUIREMENTS.format(package=wheel or f"xlplugin=={__version__}")


def main_text() -> str:
    """Return the text for ``main.py`` in xlwings Lite: the functions by one line, each script in full."""
    return _MAIN + scripts_text()


def pasted() -> dict[str, str]:
    """Return the texts to paste, by the name of the file in xlwings Lite."""
    return {"requirements.txt": requirements_text(), "main.py": main_text()}


def findings(workbook: object) -> Iterator[Finding]:
    """Say that there is nothing to install here; ``workbook`` is for hosts with macros."""
    found = "nothing to install here: add xlwings Lite in Excel and paste two texts"
    yield Finding("lite", "texts", "ok", found, "xlplugin template OUT.xlsx --host lite")


def __getattr__(name: str) -> Any:
    if name not in FUNCTIONS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("xlplugin.hosts.excel.udfs"), name)  # only there is xlwings needed
