"""What each host has, what it lacks, and the one command that mends it. Looks, and changes nothing."""

from __future__ import annotations

import struct
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from xlplugin.hosts.finding import Finding
from xlplugin.hosts.records import HOSTS
from xlplugin.model.messages import message
from xlplugin.model.version import __version__


def doctor(workbook: str | Path | None = None) -> list[Finding]:
    """Return what was found: on Python, then host by host. ``workbook`` is a macro workbook to look into."""
    return [*_python(), *chain.from_iterable(host.findings(workbook) for host in HOSTS.values())]


def _python() -> Iterator[Finding]:
    bits = struct.calcsize("P") * 8
    name = ".".join(map(str, sys.version_info[:3]))
    yield Finding(
        "python",
        "Python",
        "ok",
        message("{name}, {bits} bit, {executable}", name=name, bits=bits, executable=sys.executable),
    )
    if bits != 64 and sys.platform == "win32":
        command = "install the 64-bit Python from python.org, then: pip install xlplugin"
        yield Finding("python", "bitness", "note", "32-bit Python works with 32-bit Excel alone", command)
    if "WindowsApps" in sys.executable:
        command = "install Python from python.org, then: pip install xlplugin"
        found = "Python of the Microsoft Store: Excel's COM server often cannot start it"
        yield Finding("python", "edition", "missing", found, command)
    yield Finding("python", "xlplugin", "ok", __version__)
