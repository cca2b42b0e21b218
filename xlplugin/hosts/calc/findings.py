"""What LibreOffice Calc has, what it lacks for our functions, and what mends it."""

from __future__ import annotations

from collections.abc import Iterator

from xlplugin.hosts import HostError
from xlplugin.hosts.calc import office
from xlplugin.hosts.finding import Finding
from xlplugin.model.messages import message
from xlplugin.model.version import __version__


def findings(workbook: object) -> Iterator[Finding]:
    """Yield whether LibreOffice and the add-in are there; ``workbook`` is for hosts with macros."""
    try:
        there = office.find()
    except HostError as error:
        yield Finding("calc", "LibreOffice", "missing", str(error), "install LibreOffice")
        return
    python = ".".join(map(str, there.python_version))
    yield Finding(
        "calc",
        "LibreOffice",
        "ok",
        message("{soffice}, with Python {python}", soffice=there.soffice, python=python),
    )
    added = office.installed_version()
    if added is None:
        yield Finding("calc", "add-in", "missing", "not installed for this user", "xlplugin install calc")
    elif added != __version__:
        found = message("version {added}, this is xlplugin {own}", added=added, own=__version__)
        yield Finding("calc", "add-in", "missing", found, "xlplugin install calc")
    else:
        yield Finding("calc", "add-in", "ok", added)
