"""The workbook in the edition of each host: how its functions are written, what is pasted, which file."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from xlplugin.batch.renewal import Renewal, renewal
from xlplugin.data.dataset import Dataset
from xlplugin.data.shipped import shipped
from xlplugin.functions import call
from xlplugin.hosts.records import HOSTS
from xlplugin.model.errors import InputError, suggestion
from xlplugin.model.labels import LANGUAGES
from xlplugin.model.messages import message
from xlplugin.workbook import template
from xlplugin.workbook.builder.host_calls import Edition
from xlplugin.workbook.builder.texts import text

#: The hosts that a workbook may be written for.
EDITIONS = {
    host.name: Edition(host.name, host.written, call, host.pasted) for host in HOSTS.values() if host.written
}


def edition_of(sheets: Mapping[str, Sequence[Sequence[Any]] | None]) -> Edition:
    """Return the host that a template with live calls was written for, as its sheet Setup tells.

    Where that is gone, any: templates for hosts are laid out alike.
    """
    for language in LANGUAGES:
        shown = {value for row in sheets.get(text("sheet.setup", language)) or () for value in row}
        for name, edition in EDITIONS.items():
            if text(f"setup.{name}.heading", language) in shown:
                return edition
    return next(iter(EDITIONS.values()))


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
    ``scenarios`` (names, 1 to 30): default all; your case, the first column, takes the place of
    ``illustrative``. ``fiscal_year``: ``article`` sets the switch, a year
    or a mapping company -> year fills the choice; default the latest. ``force`` replaces an existing
    file. ``host``: ``server``, ``lite``, ``calc`` or ``excel`` adds the sheets Functions and Setup, whose
    formulas call our functions as that host writes them; ``excel`` writes a macro workbook (.xlsm) with its
    VBA module (.bas) beside it. None, the default: native formulas alone.

    Raises InputError for unknown names, too many, a folder that is not there or a file that is.
    """
    return _write(
        path, host, language=language, dataset=dataset, companies=companies, scenarios=scenarios,
        fiscal_year=fiscal_year, force=force,
    )  # fmt: skip


def renew_template(
    filled: str | os.PathLike[str],
    path: str | os.PathLike[str],
    *,
    language: str | None = None,
    dataset: Dataset | None = None,
    companies: Sequence[str] | None = None,
    fiscal_year: Any = None,
    force: bool = False,
    host: str | None = None,
) -> Renewal:
    """Write this version's template with all that the template ``filled``, of any version, holds.

    Entries, own companies and scenarios, own values, choices and the language are taken over; what did
    not fit is said in ``unfit`` of the answer. Other arguments and errors as of :func:`write_template`.
    """
    old, target = Path(filled), Path(path)
    if target.exists() and old.exists() and target.samefile(old):
        raise InputError.of_file(target, "is the filled template itself", "choose another name")
    brought = renewal(old, dataset or shipped(), language)
    _write(
        target, host, language=brought.language, dataset=brought.dataset,
        companies=companies or brought.companies, scenarios=brought.scenarios, fiscal_year=fiscal_year,
        force=force, fill=brought.fill,
    )  # fmt: skip
    if brought.host and not host:
        brought.notes.append(
            message(
                "{file} was written with --host {host}: add it for its sheets", file=old, host=brought.host
            )
        )
    return brought


def _write(path: str | os.PathLike[str], host: str | None, **options: Any) -> Path:
    """Write the template as ``host`` wants it, None for native formulas alone, and return its path."""
    if host is None:
        return template.write_template(path, **options)
    if host not in EDITIONS:
        raise InputError.wrong("host", host, suggestion(host, EDITIONS), ", ".join(EDITIONS))
    write = HOSTS[host].write or template.write_template
    return write(path, edition=EDITIONS[host], **options)
