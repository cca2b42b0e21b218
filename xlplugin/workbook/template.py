"""The template workbook: what is asked for is checked, then built sheet by sheet and written."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from xlplugin.dataset import Dataset, Scenario, is_lab, shipped
from xlplugin.entries import key
from xlplugin.errors import CellError, Fault, InputError
from xlplugin.labels import check_language
from xlplugin.workbook.build import Build
from xlplugin.workbook.host_calls import check_host
from xlplugin.workbook.package import save
from xlplugin.workbook.sheets import sheets_for

__all__ = ["MOST_COMPANIES", "MOST_SCENARIOS", "build_template", "write_template"]

#: More would make sheets that nobody reads; ``run`` and batch take any number.
MOST_COMPANIES = 40
MOST_SCENARIOS = 30


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
    check_host(host)
    target = _target(path, force, ".xlsm" if host == "excel" else ".xlsx")
    options = {
        "language": language, "dataset": dataset, "companies": companies, "scenarios": scenarios,
        "fiscal_year": fiscal_year,
    }  # fmt: skip
    if host == "excel":
        return _macro_workbook(target, force, options)
    build = build_template(**options, host=host)
    try:
        save(build, target)
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(Fault(None, "file", str(path), "", f"it cannot be written: {reason}")) from error
    return target


def build_template(
    *,
    language: str = "en",
    dataset: Dataset | None = None,
    companies: Sequence[str] | None = None,
    scenarios: Sequence[str] | None = None,
    fiscal_year: Any = None,
    host: str | None = None,
) -> Build:
    """Return the workbook built but not written; arguments and errors as :func:`write_template`."""
    check_language(language)
    check_host(host)
    dataset = dataset or shipped()
    names = _companies(dataset, companies)
    build = Build(
        dataset,
        names,
        _scenarios(dataset, scenarios),
        language,
        _years(dataset, names, fiscal_year),
        host=host,
    )
    for sheet in sheets_for(host):
        sheet(build)
    return build


def _macro_workbook(target: Path, force: bool, options: dict[str, Any]) -> Path:
    from xlplugin.hosts.excel import write_macro_template

    try:
        return write_macro_template(target, force=force, **options)[0]
    except FileExistsError as error:
        fix = f"{error}; it may hold entries of yours"
        raise InputError(Fault(None, "file", str(target), "", fix, CellError.WRONG_TYPE)) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(Fault(None, "file", str(target), "", f"it cannot be written: {reason}")) from error


def _target(path: str | os.PathLike[str], force: bool, ending: str = ".xlsx") -> Path:
    target = Path(path)
    fault = None
    if target.suffix.lower() != ending:
        fault = f"give a file name that ends in {ending}"
    elif target.is_dir():
        fault = "this is a folder; give a file name"
    elif not target.parent.is_dir():
        fault = f"there is no folder {target.parent}"
    elif target.exists() and not force:
        fault = "the file exists and may hold entries of yours; choose another name or force (--force)"
    if fault:
        raise InputError(Fault(None, "file", str(path), "", fault, CellError.WRONG_TYPE))
    return target


def _counted(what: str, names: Iterable[Any], most: int) -> tuple[Any, ...]:
    found = tuple(dict.fromkeys(names))
    if not 1 <= len(found) <= most:
        fix = f"name 1 to {most}; run takes any number"
        raise InputError(Fault(None, what, len(found), f"1 to {most}", fix))
    return found


def _companies(dataset: Dataset, names: Sequence[str] | None) -> tuple[str, ...]:
    if isinstance(names, str):
        names = [names]
    chosen = dataset.companies if names is None else [dataset.company(name) for name in names]
    found = _counted("companies", chosen, MOST_COMPANIES)
    return tuple(sorted(found, key=is_lab))  # the labs come last, apart from those that are listed


def _scenarios(dataset: Dataset, names: Sequence[str] | None) -> tuple[Scenario, ...]:
    if isinstance(names, str):
        names = [names]
    chosen = dataset.scenarios if names is None else [dataset.scenario(name).name for name in names]
    return tuple(dataset.scenarios[name] for name in _counted("scenarios", chosen, MOST_SCENARIOS))


def _years(dataset: Dataset, companies: Sequence[str], wanted: Any) -> Any:
    if wanted is None or isinstance(wanted, Mapping):
        years = {dataset.company(name): year for name, year in (wanted or {}).items()}
        for name, year in years.items():
            dataset.year(name, year)
        return years or None
    if key(str(wanted)) == "article":
        return "article"
    return {name: dataset.year(name, wanted) for name in companies}
