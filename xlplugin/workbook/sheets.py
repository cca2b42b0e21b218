"""The sheets of the workbook, in reading order."""

from __future__ import annotations

from collections.abc import Callable

from xlplugin.workbook.about_sheet import about
from xlplugin.workbook.build import Build
from xlplugin.workbook.checks_sheet import ask_for_checks, checks
from xlplugin.workbook.companies_sheet import companies
from xlplugin.workbook.dashboard_sheet import dashboard
from xlplugin.workbook.functions_sheet import functions
from xlplugin.workbook.inputs_sheet import inputs
from xlplugin.workbook.model_sheet import model, workings
from xlplugin.workbook.outputs_sheet import outputs
from xlplugin.workbook.path_sheet import path
from xlplugin.workbook.results_sheet import results
from xlplugin.workbook.sensitivity_sheet import sensitivity
from xlplugin.workbook.setup_sheet import setup
from xlplugin.workbook.sources_sheet import sources

__all__ = ["SHEETS", "sheets_for"]

#: Builders in reading order. A builder may use every defined name, also those of later sheets, and
#: may ask for what-ifs where it stands before workings.
SHEETS: tuple[Callable[[Build], None], ...] = (
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


def sheets_for(host: str | None) -> tuple[Callable[[Build], None], ...]:
    """Return the builders: workbooks for a host have Functions after Path, and Setup at the end."""
    if host is None:
        return SHEETS
    place = SHEETS.index(path) + 1
    return (*SHEETS[:place], functions, *SHEETS[place:], setup)
