"""One thing that the doctor finds about a host."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

#: ok: there and fit · missing: to be mended · note: worth knowing · elsewhere: not for this system.
STATES = ("ok", "missing", "note", "elsewhere")


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding: ``command`` mends it, or is empty where there is nothing to mend."""

    host: str
    check: str
    state: str
    found: str
    command: str = ""


def package_finding(host: str, package: str, command: str) -> Finding:
    """Return which version of a Python package is installed, or that ``command`` installs it."""
    try:
        return Finding(host, package, "ok", version(package))
    except PackageNotFoundError:
        return Finding(host, package, "missing", "not installed", command)
