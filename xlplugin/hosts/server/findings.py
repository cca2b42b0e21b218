"""What xlwings Server needs on this computer, what it lacks, and what mends it."""

from __future__ import annotations

import os
from collections.abc import Iterator

from xlplugin.hosts.finding import Finding, package_finding


def findings(workbook: object) -> Iterator[Finding]:
    """Yield whether package, licence key and token are there; ``workbook`` is for hosts with macros."""
    yield package_finding("server", "xlwings-server", 'pip install "xlplugin[server]"')
    if os.environ.get("XLWINGS_LICENSE_KEY"):
        yield Finding("server", "licence key", "ok", "XLWINGS_LICENSE_KEY is set")
    else:
        command = "set XLWINGS_LICENSE_KEY to the key that xlwings gave you (or to noncommercial, if you are)"
        yield Finding("server", "licence key", "missing", "XLWINGS_LICENSE_KEY is not set", command)
    if os.environ.get("XLPLUGIN_TOKEN"):
        yield Finding("server", "token", "ok", "XLPLUGIN_TOKEN is set")
    else:
        command = "set XLPLUGIN_TOKEN to a secret of at least 16 signs"
        yield Finding("server", "token", "missing", "XLPLUGIN_TOKEN is not set", command)
