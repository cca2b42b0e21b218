"""The workbook in the edition of each host: how its functions are written, what is pasted, which file."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from xlplugin.data.dataset import Dataset
from xlplugin.functions import call
from xlplugin.hosts import lite
from xlplugin.hosts.calc.names import qualified
from xlplugin.hosts.excel import macro_workbook, vba
from xlplugin.model.errors import CellError, Fault, InputError, file_fault, suggestion
from xlplugin.workbook import template
from xlplugin.workbook.builder.host_calls import Edition
from xlplugin.workbook.package import save

__all__ = ["EDITIONS", "write_template"]


def _of_office_js(function: str) -> str:
    """Functions of Office.js begin so in a file; neither the server's add-in nor Lite's has a namespace."""
    return "_xldudf_" + function


#: The hosts that a workbook may be written for.
EDITIONS = {
    one.name: one
    for one in (
        Edition("excel", str, call),  # VBA: the plain name
        Edition("server", _of_office_js, call),
        Edition("lite", _of_office_js, call, lite.pasted),
        Edition("calc", qualified, call),
    )
}


def write_template(
    path: str | os.PathLike[str],
    *,
    language: str = "en",
    dataset: Dataset | None = None,
    companies: Sequence[str] | None = None,
    scenarios: Sequence[str] | None = None,
    fiscal_year: Any = None,
    force: bool = False,
    host: str | None = None,
) -> Path:
    """Write the template workbook (.xlsx) and return its path.

    ``language``: ``en`` or ``de``, for all that people read; names for programs are the same.
    ``dataset``: default what ships with xlplugin. ``companies`` (names or tickers, 1 to 40) and
    ``scenarios`` (names, 1 to 30): default all. ``fiscal_year``: ``article`` sets the switch, a year
    or a mapping company -> year fills the choice; default the latest. ``force`` replaces an existing
    file. ``host``: ``server``, ``lite``, ``calc`` or ``excel`` adds the sheets Functions and Setup, whose
    formulas call our functions as that host writes them; ``excel`` writes a macro workbook (.xlsm) with its
    VBA module (.bas) beside it. None, the default: native formulas alone.

    Raises InputError for unknown names, too many, a folder that is not there or a file that is.
    """
    if host is not None and host not in EDITIONS:
        allowed = ", ".join(EDITIONS)
        raise InputError(Fault(None, "host", host, allowed, suggestion(host, EDITIONS), CellError.WRONG_TYPE))
    options: dict[str, Any] = {
        "language": language, "dataset": dataset, "companies": companies, "scenarios": scenarios,
        "fiscal_year": fiscal_year, "edition": EDITIONS[host] if host else None,
    }  # fmt: skip
    if host == "excel":
        return _write_macro_workbook(path, force, options)
    return template.write_template(path, force=force, **options)


def _write_macro_workbook(path: str | os.PathLike[str], force: bool, options: dict[str, Any]) -> Path:
    target = template.checked_target(path, force, ".xlsm")
    module = target.with_suffix(".bas")
    if module.exists() and not force:
        fix = "it may hold code of yours: choose another name, or force (--force)"
        raise InputError(file_fault(module, "exists", fix))
    build = template.build_template(**options)
    with template.writable(path), tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "template.xlsx"
        save(build, plain)
        target.write_bytes(macro_workbook.assemble(plain))
        vba.write(module)
    return target
