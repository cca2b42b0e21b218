"""Shapes: what a function does with a cell, a row, a column or a table.

Ranges are tuples of rows. As in a spreadsheet's own array formulas, one row or one column is repeated
over a table, and where shapes do not fit the cells without a partner are ``#N/A``.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

from xlplugin.entries.meaning import text
from xlplugin.entries.numerals import cleaned
from xlplugin.model.errors import CellError, InputError
from xlplugin.model.messages import message

Grid = tuple[tuple[Any, ...], ...]

#: Stands where a range has no cell for a place of the table.
NO_PARTNER = CellError.NOT_AVAILABLE


def is_range(cell: Any) -> bool:
    """Whether ``cell`` is a range of more than one cell."""
    return cell.__class__ is tuple and (len(cell) != 1 or len(cell[0]) != 1)


def grid(cell: Any) -> Grid:
    """Return ``cell`` as rows; a single value is a table of one cell."""
    if cell.__class__ is not tuple:
        return ((cell,),)
    return cell if cell and cell[0] else ((None,),)


def single(cell: Any, name: str) -> Any:
    """Return the one cell of an argument that takes no more. Raises InputError for a larger range."""
    if is_range(cell):
        shape = message("{rows} x {columns} cells", rows=len(cell), columns=len(cell[0]) if cell else 0)
        raise InputError.wrong(name, shape, "choose one cell", "one cell")
    return grid(cell)[0][0]


def name_in(cell: Any, name: str) -> str | None:
    """Return a typed name, None where blank. 0 is blank too: a link to an empty cell shows it."""
    if cell.__class__ is str:
        return _text(cell, name) if len(cell) <= LONGEST_KEPT else text(cell, name)
    if cell is None or (isinstance(cell, (int, float)) and not isinstance(cell, bool) and cell == 0):
        return None
    return text(cell, name)


#: Longer texts are no names; remembering them would keep megabytes.
LONGEST_KEPT = 255
_text = lru_cache(maxsize=2048)(text)  # the same few names stand in every row


def label_in(cell: Any, name: str) -> Any:
    """Return what labels a row: a text, a number, a date, TRUE as they are, None where blank (or 0)."""
    labels = cell.__class__ is bool or isinstance(cell, datetime.date) or (cell.__class__ is float and cell)
    return cell if labels and cell == cell else name_in(cell, name)


def names_in(cell: Any) -> list[Any]:
    """Return the cells of a list of names that are not blank (or 0), row by row."""
    return [name for name in given_in(cell) if name.__class__ is bool or name != 0]


def given_in(cell: Any) -> list[Any]:
    """Return the cells of a range that are not blank, row by row."""
    return [value for row in grid(cell) for value in row if value is not None and not _blank(value)]


def common_shape(grids: Iterable[Grid]) -> tuple[int, int]:
    """Return rows and columns of the table that ranges make together."""
    shapes = [(len(cells), len(cells[0])) for cells in grids]
    return max(rows for rows, _ in shapes), max(columns for _, columns in shapes)


def partner(cells: Grid, row: int, column: int) -> Any:
    """Return the cell that a range gives to a place of the table."""
    row = 0 if len(cells) == 1 else row
    column = 0 if len(cells[0]) == 1 else column
    return cells[row][column] if row < len(cells) and column < len(cells[row]) else NO_PARTNER


def stretched(cells: Grid, rows: int, columns: int) -> list[Any]:
    """Return every :func:`partner` of a table, row by row."""
    if len(cells) in (1, rows) and len(cells[0]) in (1, columns):
        wide = [row * columns for row in cells] if len(cells[0]) < columns else cells
        return list(chain.from_iterable(wide)) * (rows // len(cells))
    return [partner(cells, i, k) for i in range(rows) for k in range(columns)]


def spread(compute: Callable[..., Any], *cells: Any) -> Any:
    """Return ``compute`` of single cells, or the table of it over ranges, each cell with its error.

    Cells that are equal are computed once.
    """
    if not any(cell.__class__ is tuple for cell in cells):
        return compute(*cells)
    rows, columns = common_shape(map(grid, cells))
    varying = [k for k, cell in enumerate(cells) if is_range(cell)]
    keys = keys_of([stretched(cells[k], rows, columns) for k in varying], rows * columns)
    chosen = [grid(cell)[0][0] for cell in cells]
    answers = {}
    for key in dict.fromkeys(keys):
        for k, cell in zip(varying, key if key.__class__ is tuple else (key,), strict=False):
            chosen[k] = cell
        answers[key] = _or_error(compute, chosen)
    found = list(map(answers.__getitem__, keys))
    return [[cell] for cell in found] if columns == 1 else rows_of(found, columns)


def keys_of(columns: Sequence[Sequence[Any]], count: int) -> list[Any]:
    """Return for each of ``count`` places a key that equal cells share: the cell, or a tuple of all.

    TRUE and 1 are not equal: where there is TRUE or FALSE the tuple ends with the types of its cells.
    """
    if any(bool in set(map(type, cells)) for cells in columns):
        columns = [*columns, *(list(map(type, cells)) for cells in columns)]
    if not columns:
        return [()] * count
    return list(columns[0]) if len(columns) == 1 else list(zip(*columns, strict=True))


def rows_of(cells: list[Any], width: int) -> list[list[Any]]:
    """Return cells that stand row by row as rows."""
    return [cells[i : i + width] for i in range(0, len(cells), width)]


def _or_error(compute: Callable[..., Any], cells: list[Any]) -> Any:
    try:
        return compute(*cells)
    except InputError as error:
        return error.faults[0].error


def _blank(cell: Any) -> bool:
    return cleaned(cell, numeric=False) == "" if cell.__class__ is str else cell != cell
