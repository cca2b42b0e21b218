"""Cells as Python's own values: what a host or a caller in Python hands over, before it is a key.

To a dictionary ``numpy.True_``, ``Decimal(1)`` and 1.0 are the same key, though TRUE is no number.
"""

from __future__ import annotations

import datetime
import numbers
from collections.abc import Sequence
from decimal import Decimal
from itertools import chain
from typing import Any

from xlplugin.entries.error_values import is_error_code
from xlplugin.entries.meaning import bare
from xlplugin.model.errors import CellError

#: Values that are taken as they are.
_OWN = frozenset((float, str, bool, type(None), datetime.datetime, CellError))


def received(cells: Any) -> tuple[Any, bool]:
    """Return an argument with every cell as one of Python's own values, and whether it holds TRUE or FALSE.

    A NumPy table becomes rows.
    """
    if getattr(cells, "ndim", 0) == 2 and hasattr(cells, "tolist"):
        cells = cells.tolist()
    if cells.__class__ is not list and cells.__class__ is not tuple:
        cells = cells if cells.__class__ in _OWN else _own(cells)
        return cells, cells.__class__ is bool
    kinds = set(map(type, chain.from_iterable(cells)))
    if kinds <= _OWN:
        return cells, bool in kinds
    cells = [[cell if cell.__class__ in _OWN else _own(cell) for cell in row] for row in cells]
    return cells, bool in set(map(type, chain.from_iterable(cells)))


def date_text(day: datetime.date | datetime.time) -> str:
    """Return a date or time as a text that no host changes: ``2025-01-31``, ``2025-01-31 07:12:00``."""
    midnight = isinstance(day, datetime.datetime) and day.time() == datetime.time()
    return day.isoformat()[:10] if midnight else day.isoformat().replace("T", " ")


def _own(cell: Any) -> Any:
    """Return a value of another type as the one of ours that it stands for, else as it is.

    What can stand in no cell, and is no key, counts as TRUE, which is of the wrong type everywhere.
    """
    kind = getattr(getattr(cell, "dtype", None), "kind", None)
    if kind == "M" and getattr(cell, "size", 1) == 1:
        cell = cell.astype("datetime64[us]").item()  # NaT is None
    cell = bare(cell)
    if cell.__class__ in _OWN or isinstance(cell, (str, datetime.date)):
        return _of_subclass(cell)
    if isinstance(cell, numbers.Integral):
        return CellError.NOT_AVAILABLE if is_error_code(int(cell)) else int(cell)
    if isinstance(cell, (numbers.Real, Decimal)):
        try:
            return float(cell)
        except OverflowError:
            return float("inf") if str(cell)[0] != "-" else float("-inf")
        except ValueError:  # a signalling NaN
            return None
    return True if isinstance(cell, Sequence) or cell.__hash__ is None else cell


def _of_subclass(cell: Any) -> Any:
    """Return a text or a time stamp of a class of its own as Python's."""
    if isinstance(cell, str):
        return str(cell)
    return cell.to_pydatetime() if hasattr(cell, "to_pydatetime") and cell == cell else cell
