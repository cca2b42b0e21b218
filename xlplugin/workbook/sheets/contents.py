"""The sheets of the workbook, in reading order."""

from __future__ import annotations

from collections.abc import Callable

from xlplugin.workbook.builder.draft import Draft
from xlplugin.workbook.builder.host_calls import Edition
from xlplugin.workbook.sheets.about import about
from xlplugin.workbook.sheets.checks.of_model import ask_for_checks
from xlplugin.workbook.sheets.checks.sheet import checks
from xlplugin.workbook.sheets.companies.sheet import companies
from xlplugin.workbook.sheets.dashboard.sheet import dashboard
from xlplugin.workbook.sheets.functions.sheet import functions
from xlplugin.workbook.sheets.inputs import inputs
from xlplugin.workbook.sheets.model import model, workings
from xlplugin.workbook.sheets.outputs import outputs
from xlplugin.workbook.sheets.overview.sheet import overview
from xlplugin.workbook.sheets.path.sheet import path
from xlplugin.workbook.sheets.results.sheet import results
from xlplugin.workbook.sheets.sensitivity.sheet import sensitivity
from xlplugin.workbook.sheets.setup import setup
from xlplugin.workbook.sheets.sources import sources

#: Builders in the order of building. A builder may use every defined name, also those of later sheets, and
#: may ask for what-ifs where it stands before workings.
SHEETS: tuple[Callable[[Draft], None], ...] = (
    overview,
    about,
    inputs,
    companies,
    results,
    dashboard,
    sensitivity,
    path,
    ask_for_checks,
    model,
    workings,
    outputs,
    checks,
    sources,
)


#: Sheets that stand last, in this order: for those who trace a figure, and for programs.
LAST = ("model", "workings", "outputs")


def sheets_for(edition: Edition | None) -> tuple[Callable[[Draft], None], ...]:
    """Return the builders: workbooks for a host have Functions after Path, and Setup at the end."""
    if edition is None:
        return SHEETS
    place = SHEETS.index(path) + 1
    return (*SHEETS[:place], functions, *SHEETS[place:], setup)
