"""Scenarios by companies: XLP_SCENARIO.

Scenarios are names of presets, or a table with lever names in its header.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from xlplugin.data.shipped import shipped
from xlplugin.entries import meaning as entries
from xlplugin.functions.arguments import columns_in, companies_of, company_of, is_input, measures_of, year_of
from xlplugin.functions.levers import NO_LEVERS, Levers, subject_under
from xlplugin.functions.registry import Range, function
from xlplugin.functions.shapes import given_in, grid, keys_of, label_in, name_in, names_in
from xlplugin.model.errors import CellError, InputError
from xlplugin.model.inputs import REDUCTIONS
from xlplugin.model.messages import plain
from xlplugin.model.plan import MODEL_INPUTS, plan

#: What XLP_SCENARIO shows where no measures are chosen.
SUMMARY = (
    "scenario_revenue",
    "gross_margin",
    "operating_income",
    "operating_margin",
    "eps",
    "gross_margin_change",
    "operating_margin_change",
    "operating_income_change",
    "eps_change",
)

_NAMING = ("scenario", "company", "fiscal_year", "not_applicable_to")


@function("XLP_SCENARIO", '=XLP_SCENARIO("CRM", {"half";"price_war"}, {"gross_margin";"eps"})')
def scenario(companies: Range = None, scenarios: Range = None, measures: Range = None) -> list[list[Any]]:
    measured = measures_of(measures, SUMMARY)
    chosen = companies_of(companies)
    table: list[list[Any]] = [["company", "fiscal_year", "scenario", *(shown for shown, _ in measured)]]
    names = [name for _, name in measured]
    for row in rows_in(scenarios):
        companies = chosen if row.company is None else [row.company]
        keys = keys_of([companies], len(companies))
        answers = {}
        for key in set(keys):
            answers[key] = _scenario_row(row, key[0] if key.__class__ is tuple else key, names)
        table += [[*answers[key]] for key in keys]
    return table


def _scenario_row(row: Row, company: Any, measured: list[Any]) -> list[Any]:
    head = [company, "", row.label]
    try:
        head[0] = name = company_of(company)
        head[1] = year = year_of(name, row.fiscal_year)
        subject = subject_under(name, year, row.levers_for(name))
        if subject.reduction is None:
            return [*head, *([CellError.NOT_AVAILABLE] * len(measured))]
        wanted = plan(tuple(name for name in measured if name.__class__ is str))
        lines: dict[Any, Any] = dict(subject.at(wanted, {"cost_reduction": subject.reduction}))
    except InputError as error:
        return [*head, *([error.faults[0].error] * len(measured))]
    return [*head, *(lines.get(name, name) for name in measured)]


@dataclass(frozen=True)
class Row:
    """One scenario: what it is called, its levers or what is wrong with them, whom it is for."""

    label: Any
    levers: Levers = NO_LEVERS
    fault: InputError | None = None
    excluded: tuple[str, ...] = ()
    company: Any = None
    fiscal_year: Any = None

    def levers_for(self, company: str) -> Levers:
        """Return the levers that count for a company. Raises what is wrong with the row."""
        if self.fault is not None:
            raise self.fault
        if company not in self.excluded:
            return self.levers
        kept = tuple((name, value) for name, value in self.levers.entries if name not in REDUCTIONS)
        return self.levers._replace(entries=kept)


def rows_in(cells: Any) -> list[Row]:
    """Return the scenarios of a ``scenarios`` argument, every preset where it is blank.

    Raises InputError (WRONG_TYPE) for a header that names the same twice or something nearly; columns
    of other names say nothing here. What is wrong below the header stays with its row.
    """
    names = names_in(cells)
    if not names:
        return [Row(name, Levers(name, ())) for name in shipped().scenarios]
    table = grid(cells)
    if len(table) > 1 and any(map(is_input, table[0])):
        return _table_rows(table)
    return [_named(cell) for cell in names]


def _named(cell: Any) -> Row:
    try:
        preset = shipped().scenario(name_in(cell, "scenarios") or "")
    except InputError as error:
        return Row(cell, fault=error)
    return Row(preset.name, Levers(preset.name, ()))


def _table_rows(table: tuple[tuple[Any, ...], ...]) -> list[Row]:
    header = columns_in(table[0], "scenarios", (*_NAMING, *MODEL_INPUTS))
    rows = []
    for number, cells in enumerate(table[1:], 1):
        if given_in((cells,)):
            by_name = {name: cell for name, cell in zip(header, cells, strict=True) if name is not None}
            rows.append(_row(number, by_name))
    return rows


def _row(number: int, cells: dict[str, Any]) -> Row:
    label: Any = cells.get("scenario")
    try:
        label = label_in(label, "scenario")
        label = str(number) if label is None else label
        company = name_in(cells.get("company"), "company")
        year = name_in(cells.get("fiscal_year"), "fiscal_year")
        if "company" in cells and company is None:
            raise InputError.missing("company", plain("blank"), "name a company", row=number)
        given = {
            name: value
            for name, cell in cells.items()
            if name in MODEL_INPUTS and (value := entries.number(cell, name)) is not None
        }
        typed = name_in(cells.get("not_applicable_to"), "not_applicable_to") or ""
        excluded = tuple(shipped().company(part) for part in typed.split(";") if part.strip())
        preset = shipped().named_scenario(label) if isinstance(label, str) else None
    except InputError as error:
        return Row(label, fault=error, company=cells.get("company"))
    return Row(
        label, Levers(preset.name if preset else None, tuple(given.items())), None, excluded, company, year
    )
