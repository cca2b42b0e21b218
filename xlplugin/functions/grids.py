"""A measure over two inputs: XLP_SENSITIVITY."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from xlplugin.analysis.grids import surface
from xlplugin.functions.arguments import blank, company_of, line_of, numbers_of, one_of
from xlplugin.functions.levers import subject_of
from xlplugin.functions.registry import Range, Value, function
from xlplugin.functions.shapes import grid, single
from xlplugin.model.errors import CellError, InputError
from xlplugin.model.formats import with_currency
from xlplugin.model.plan import MODEL_INPUTS


@function(
    "XLP_SENSITIVITY",
    '=XLP_SENSITIVITY("CRM", "operating_margin", "cost_reduction", {0.1;0.3;0.5}, "pass_through", {0,0.5,1})',
)
def sensitivity(
    company: Value,
    measure: Value,
    row_lever: Value,
    row_values: Range,
    column_lever: Value,
    column_values: Range,
    cost_reduction: Value = None,
    levers: Range = None,
    fiscal_year: Value = None,
) -> list[list[Any]]:
    company_of(single(company, "company"))  # what is wrong with it comes first
    wanted = line_of(measure)
    if wanted is None:
        raise blank("measure")
    down, rows = _axis(row_lever, row_values, "row")
    across, columns = _axis(column_lever, column_values, "column")
    if down == across:
        raise InputError.wrong("column_lever", across, "choose two different levers")
    typed = single(cost_reduction, "cost_reduction")
    varies = "cost_reduction" in (down, across)
    subject = subject_of(company, levers, fiscal_year, 0.0 if varies and typed is None else typed)
    numbers = [[value for value in values if value.__class__ is float] for values in (rows, columns)]
    answers = iter(surface(subject, wanted, (down, numbers[0]), (across, numbers[1])))
    return [
        [with_currency(wanted, subject.case.currency), *columns],
        *([row, *_row(row, columns, answers)] for row in rows),
    ]


def _row(value: Any, columns: list[Any], answers: Iterator[list[Any]]) -> list[Any]:
    """Return a row of the grid: an axis's error in all its cells, else the next answers."""
    if value.__class__ is CellError:
        return [value] * len(columns)
    cells = iter(next(answers))
    return [column if column.__class__ is CellError else _shown(next(cells)) for column in columns]


def _shown(cell: float | InputError) -> Any:
    return cell.faults[0].error if isinstance(cell, InputError) else cell


def _axis(lever: Any, values: Any, which: str) -> tuple[str, list[Any]]:
    """Return an axis's input and its values, or their errors; blank cells are left out."""
    name = one_of(lever, f"{which}_lever", MODEL_INPUTS)
    if name is None:
        raise blank(f"{which}_lever")
    numbers = numbers_of([cell for row in grid(values) for cell in row], name)
    numbers = [number for number in numbers if number == number]  # NaN: nothing typed
    if not numbers:
        raise blank(f"{which}_values")
    return name, numbers
