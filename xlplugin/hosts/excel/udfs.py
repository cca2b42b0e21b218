"""Every function as xlwings' user-defined function: this module is what "Import Functions" reads.

Name it under UDF Modules (sheet ``xlwings.conf`` or the xlwings ribbon). All arguments arrive as tables,
errors among them as their text; see :mod:`xlplugin.hosts.excel.vba` for wrappers that hand real errors back.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from typing import Any

from xlwings import arg, func, ret

from xlplugin.entries.error_values import error_of, is_error_code
from xlplugin.functions import FUNCTIONS, Function, call
from xlplugin.model.errors import CellError

__all__ = list(FUNCTIONS)

#: Where Excel's function wizard lists the functions.
CATEGORY = "xlplugin"


def from_excel(cells: Any) -> Any:
    """Return an argument as the functions take it; one that was left out is None.

    Errors that xlwings does not know (#SPILL!, #CALC!), or leaves as they are, come as integers.
    """
    if not isinstance(cells, list):
        return error_of(cells) if is_error_code(cells) else cells
    if int in set(map(type, chain.from_iterable(cells))):
        cells = [[error_of(cell) if is_error_code(cell) else cell for cell in row] for row in cells]
    return cells[0][0] if len(cells) == len(cells[0]) == 1 else cells


def to_excel(result: Any) -> Any:
    """Return a result as COM takes it: errors as their text, blanks as empty text."""
    if isinstance(result, list):
        return [[to_excel(cell) for cell in row] for row in result]
    if isinstance(result, CellError):
        return result.value
    return "" if result is None else result


def _bound(declared: Function) -> Callable[..., Any]:
    def answer(*cells: Any) -> Any:
        return to_excel(call(declared.name, *map(from_excel, cells)))

    bound = ret()(declared.dressed(answer))
    for argument in declared.arguments:
        bound = arg(argument.name, doc=argument.meaning["en"], ndim=2, err_to_str=True)(bound)
    return func(category=CATEGORY)(bound)  # last, since each of the others resets the category


for _declared in FUNCTIONS.values():
    globals()[_declared.name] = _bound(_declared)
