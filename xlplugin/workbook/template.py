"""The template workbook: what is asked for is checked, then built sheet by sheet and written."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from xlplugin.data.dataset import Dataset
from xlplugin.data.records import Scenario
from xlplugin.data.shipped import shipped
from xlplugin.entries.meaning import key
from xlplugin.model.errors import CellError, Fault, InputError
from xlplugin.model.labels import check_language
from xlplugin.model.messages import message
from xlplugin.workbook.builder.draft import Draft
from xlplugin.workbook.builder.host_calls import Edition
from xlplugin.workbook.builder.your_case import STANDARD, YOUR_CASE, is_your_case, your_case
from xlplugin.workbook.package import save
from xlplugin.workbook.sheets.contents import LAST, sheets_for

#: More would make sheets that nobody reads; ``run`` and batch take any number.
MOST_COMPANIES = 40
MOST_SCENARIOS = 30


def write_template(
    path: str | os.PathLike[str], *, force: bool = False, edition: Edition | None = None, **options: Any
) -> Path:
    """Write the template workbook (.xlsx) and return its path; see :func:`xlplugin.write_template`.

    ``edition`` adds the sheets Functions and Setup, with calls as its host writes them.
    """
    target = checked_target(path, force)
    build = build_template(**options, edition=edition)
    with writable(path):
        save(build, target)
    return target


@contextlib.contextmanager
def writable(path: str | os.PathLike[str]) -> Iterator[None]:
    """Make an OSError the fault of a file that cannot be written."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(
            Fault(None, "file", str(path), "", message("it cannot be written: {reason}", reason=reason))
        ) from error


def build_template(
    *,
    language: str = "en",
    dataset: Dataset | None = None,
    companies: Sequence[str] | None = None,
    scenarios: Sequence[str] | None = None,
    fiscal_year: Any = None,
    edition: Edition | None = None,
    fill: Callable[[Draft], None] | None = None,
) -> Draft:
    """Return the workbook built but not written; arguments and errors as :func:`xlplugin.write_template`.

    ``fill`` puts entries into the workbook when all its sheets are there.
    """
    check_language(language)
    dataset = dataset or shipped()
    names = _companies(dataset, companies)
    build = Draft(
        dataset,
        names,
        (your_case(dataset, language), *_scenarios(dataset, scenarios)),
        language,
        _years(dataset, names, fiscal_year),
        edition=edition,
    )
    for sheet in sheets_for(edition):
        sheet(build)
    build.put_last(LAST)
    if fill:
        fill(build)
    return build


def checked_target(path: str | os.PathLike[str], force: bool, ending: str = ".xlsx") -> Path:
    """Return the path of a workbook to write; InputError where it may not be written."""
    target = Path(path)
    fault = ""
    if target.suffix.lower() != ending:
        fault = message("give a file name that ends in {ending}", ending=ending)
    elif target.is_dir():
        fault = "this is a folder; give a file name"
    elif not target.parent.is_dir():
        fault = message("there is no folder {folder}", folder=target.parent)
    elif target.exists() and not force:
        fault = "the file exists and may hold entries of yours; choose another name or force (--force)"
    if fault:
        raise InputError(Fault(None, "file", str(path), "", fault, CellError.WRONG_TYPE))
    return target


def _counted(what: str, names: Iterable[Any], most: int) -> tuple[Any, ...]:
    counted = tuple(dict.fromkeys(names))
    if not 1 <= len(counted) <= most:
        fix = message("name 1 to {most}; run takes any number", most=most)
        raise InputError(Fault(None, what, len(counted), message("1 to {most}", most=most), fix))
    return counted


def _companies(dataset: Dataset, names: Sequence[str] | None) -> tuple[str, ...]:
    counted = _counted("companies", dataset.choice(names), MOST_COMPANIES)
    return tuple(sorted(counted, key=dataset.is_lab))  # the labs come last, apart from those listed


def _scenarios(dataset: Dataset, names: Sequence[str] | None) -> tuple[Scenario, ...]:
    """Return the scenarios beside your case; by default all but the preset whose values that one takes."""
    taken = [name for name in dataset.scenarios if is_your_case(name)]
    if taken:
        fix = message(
            "give the scenario another name: {name} is the first column of every template",
            name=YOUR_CASE,
        )
        raise InputError(Fault(None, "scenario", taken[0], "a name of its own", fix, CellError.WRONG_TYPE))
    if names is None:
        named = list(dataset.scenarios)
        chosen = [name for name in named if name != STANDARD]
    else:
        named = [names] if isinstance(names, str) else list(names)
        chosen = [dataset.scenario(name).name for name in named if not is_your_case(name)]
    if named and not chosen:  # your case alone
        return ()
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
