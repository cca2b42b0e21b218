"""LibreOffice Calc: an add-in (.oxt) whose functions stand in the function wizard.

This file imports nothing but the standard library, since it also runs inside LibreOffice.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

__all__ = ["build", "install", "qualified", "uninstall"]

#: The service that the add-in offers; Calc puts it before every function name in a file.
SERVICE = "org.xlplugin.Functions"


def method(name: str) -> str:
    """Return the UNO method for a function or argument: ``XLP_VALUE`` -> ``xlpValue``."""
    first, *rest = name.lower().split("_")
    return first + "".join(part.capitalize() for part in rest)


def qualified(name: str) -> str:
    """Return ``name`` as files for Calc must hold it: ``ORG.XLPLUGIN.FUNCTIONS.XLPVALUE``.

    Calc shows and accepts ``XLP_VALUE`` when a formula is typed, but reads a bare name in a file as
    ``#NAME?``.
    """
    return f"{SERVICE}.{method(name)}".upper()


def build(path: str | Path, functions: Mapping[str, Any] | None = None) -> Path:
    """Write the add-in to ``path`` (.oxt) and return it; ``functions`` defaults to the registry."""
    from xlplugin.hosts.calc import addin

    return addin.build(path, functions)


def install(profile: str | Path | None = None) -> str:
    """Install the add-in for the present user and return what was done, in words.

    ``profile`` is the folder of a LibreOffice profile; None is the user's own. Raises
    ``HostError`` with what to do where LibreOffice is missing, running or refuses.
    """
    from xlplugin.hosts.calc import office

    return office.install(profile)


def uninstall(profile: str | Path | None = None) -> str:
    """Remove the add-in again and return what was done, in words; not installed is no error."""
    from xlplugin.hosts.calc import office

    return office.uninstall(profile)
