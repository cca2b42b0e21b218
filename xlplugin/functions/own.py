"""The model on the analyst's own figures: XLP_EVALUATE."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from xlplugin.data.names import nearly_named
from xlplugin.entries import meaning as entries
from xlplugin.functions.arguments import blank, columns_in, is_input, measures_of
from xlplugin.functions.registry import Range, function
from xlplugin.functions.shapes import Grid, given_in, grid
from xlplugin.functions.values import MANY
from xlplugin.model.errors import CellError, InputError
from xlplugin.model.floats import evaluate_floats, missing
from xlplugin.model.inputs import REFERENCE_LABEL
from xlplugin.model.lines import LINES
from xlplugin.model.plan import MODEL_INPUTS, Plan, plan

#: Headers of a first column of labels that are nearly inputs to a machine, but not to people.
NAMING = ("company", "scenario", "fiscal_year", "label", "name", "case", "note", REFERENCE_LABEL)


@dataclass
class OwnFigures:
    """The cases of a table: their labels, each input as a column of floats, and what is wrong."""

    head: Any
    labels: list[Any]
    columns: dict[str, list[float]]
    wrong: dict[int, dict[str, CellError]] = field(default_factory=dict)


@function("XLP_EVALUATE", '=XLP_EVALUATE(A1:T5, {"operating_margin";"eps"})')
def evaluate(table: Range, measures: Range = None) -> list[list[Any]]:
    cells = grid(table)
    if not given_in(cells):
        raise blank("table")
    across = _names_across(cells)
    own = _figures(cells if across else tuple(zip(*cells, strict=True)))
    measured = measures_of(measures, tuple(LINES))
    lines = _lines([name for _, name in measured if name.__class__ is str], own)
    columns = [lines.get(name, [name] * len(own.labels)) for _, name in measured]
    result = [[own.head, *(shown for shown, _ in measured)]]
    result += [[text, *(column[i] for column in columns)] for i, text in enumerate(own.labels)]
    return result if across else [list(row) for row in zip(*result, strict=True)]


def _names_across(cells: Grid) -> bool:
    """Return whether the names of inputs stand in the first row, else in the first column."""
    across = sum(map(is_input, cells[0]))
    down = sum(is_input(row[0]) for row in cells)
    if not across and not down:
        raise _wrong(cells[0][0], "write the names of inputs into the first row or column")
    return across >= down and len(cells) > 1


def _figures(cells: Grid) -> OwnFigures:
    """Return the cases of a table whose names stand in the first row."""
    header, body = cells[0], [row for row in cells[1:] if not all(cell is None or cell == "" for cell in row)]
    labelled = _labels(header[0])
    names = columns_in(header[1:] if labelled else header, "table", MODEL_INPUTS)
    names = [None, *names] if labelled else names
    labels = [row[0] if labelled else float(i) for i, row in enumerate(body, 1)]
    own = OwnFigures(header[0] if labelled and header[0] is not None else "case", labels, {})
    decimal = entries.decimal_sign(cell for row in body for cell in row if cell.__class__ is str)
    for k, name in enumerate(names):
        if name is not None:
            column, faults = entries.numbers([row[k] for row in body], name, first_row=0, decimal=decimal)
            own.columns[name] = column
            for fault in faults:
                own.wrong.setdefault(fault.row, {})[name] = fault.error  # type: ignore[arg-type]
    return own


def _labels(cell: Any) -> bool:
    """Whether the first column holds the cases' labels: its header is no input, nor nearly one."""
    if not isinstance(cell, str) or entries.key(cell) in NAMING:
        return True
    return not is_input(cell) and nearly_named(cell, MODEL_INPUTS) is None


def _lines(names: Sequence[str], own: OwnFigures) -> dict[str, list[Any]]:
    """Return each line for every case: a number, or the error of the input that spoils it."""
    lacking = {name for name in names if missing(plan((name,)), list(own.columns))}
    usable = plan(tuple(dict.fromkeys(name for name in names if name not in lacking)))
    columns = {name: column for name, column in own.columns.items() if name in usable.inputs}
    found = _by_arrays(usable, columns, len(own.labels)) if len(own.labels) >= MANY else None
    if found is None:
        rows = [_row(usable, own, i) for i in range(len(own.labels))]
        found = {name: [row[name] for row in rows] for name in usable.outputs}
    else:
        for i in own.wrong:
            for name, value in _row(usable, own, i).items():
                found[name][i] = value
    return found | {name: [CellError.NOT_AVAILABLE] * len(own.labels) for name in lacking}


def _row(wanted: Plan, own: OwnFigures, i: int) -> dict[str, Any]:
    """Return the lines of one case: all together where nothing is wrong with it, else one by one."""
    row = {name: column[i] for name, column in own.columns.items() if name in wanted.inputs}
    wrong = own.wrong.get(i, {})
    if not wrong:
        try:
            return dict(evaluate_floats(wanted, row))
        except InputError:
            pass
    return {name: _one(plan((name,)), row, wrong) for name in wanted.outputs}


def _one(wanted: Plan, row: Mapping[str, float], wrong: Mapping[str, CellError]) -> Any:
    for name in wanted.inputs:
        if name in wrong:
            return wrong[name]
    needed = {name: value for name, value in row.items() if name in wanted.inputs}
    try:
        return evaluate_floats(wanted, needed)[wanted.outputs[0]]
    except InputError as error:
        return error.faults[0].error


def _by_arrays(wanted: Plan, columns: Mapping[str, list[float]], count: int) -> dict[str, list[Any]] | None:
    """Return the lines of all cases at once; None without NumPy, or where single cases have faults."""
    try:
        import numpy as np

        from xlplugin.model.arrays import evaluate_rows

        found = evaluate_rows(wanted, {name: np.array(column) for name, column in columns.items()}, count)
    except (ImportError, InputError):
        return None
    return {name: line.tolist() for name, line in found.items()}


def _wrong(value: object, fix: str) -> InputError:
    return InputError.wrong("table", value, fix, "names of inputs")
