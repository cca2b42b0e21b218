"""The hosts: one record each, which the template, the doctor and the command line read.

A further host is its folder (or file) beside this one and a record here; its Setup sheet is texts.csv's.
A record says where things are done as ``module:function`` of this room, imported when it is called: the
command line lists the hosts without loading them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any

from xlplugin.hosts.calc.names import qualified

if TYPE_CHECKING:
    from pathlib import Path

    from xlplugin.hosts.finding import Finding


@dataclass(frozen=True, slots=True)
class Host:
    """What there is to know of a host.

    ``findings`` tells what it has and lacks, given a workbook to look into or None. ``written`` gives a
    function's name as a workbook for it must hold it; None where no workbook is written for it. ``pasted``
    gives the texts that it wants, by the name of the file that they belong into. ``endings`` are those of
    the workbook and of the files beside it, ``write`` what writes them, with the arguments of
    :func:`xlplugin.workbook.template.write_template`; None: that itself. ``install`` and ``uninstall``
    connect it to the functions and undo that, and return what was done; None where that is not for us.
    """

    name: str
    findings: Callable[[str | Path | None], Iterable[Finding]]
    written: Callable[[str], str] | None = None
    pasted: Callable[[], Mapping[str, str]] = dict
    endings: tuple[str, ...] = (".xlsx",)
    write: Callable[..., Path] | None = None
    install: Callable[[], str] | None = None
    uninstall: Callable[[], str] | None = None


def _of_office_js(function: str) -> str:
    """Functions of Office.js begin so in a file; neither the server's add-in nor Lite's has a namespace."""
    return "_xldudf_" + function


def _at(place: str) -> Callable[..., Any]:
    def act(*given: Any, **options: Any) -> Any:
        return resolve_name(f"xlplugin.hosts.{place}")(*given, **options)

    return act


#: Every host by its name, in the order in which they are shown.
HOSTS = {
    host.name: host
    for host in (
        Host(
            "excel",
            findings=_at("excel.findings:findings"),
            written=str,  # VBA: the plain name
            endings=(".xlsm", ".bas"),
            write=_at("excel.edition:write"),
            install=_at("excel.addin:install"),
            uninstall=_at("excel.addin:uninstall"),
        ),
        Host("server", findings=_at("server.findings:findings"), written=_of_office_js),
        Host("lite", findings=_at("lite:findings"), written=_of_office_js, pasted=_at("lite:pasted")),
        Host(
            "calc",
            findings=_at("calc.findings:findings"),
            written=qualified,
            install=_at("calc.office:install"),
            uninstall=_at("calc.office:uninstall"),
        ),
    )
}
