"""The one way in which hosts call functions: cells made keys, answers remembered, errors as error values."""

from __future__ import annotations

import datetime
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from math import isfinite
from typing import Any

from xlplugin.functions.memory import Memory
from xlplugin.functions.received import date_text, received
from xlplugin.functions.registry import FUNCTIONS
from xlplugin.functions.shapes import rows_of
from xlplugin.model.errors import CellError, InputError

#: Rows of a range from which on they are many objects.
LONG = 1_000

#: Ranges of more cells are not remembered: their keys and answers are copies of whole columns of a sheet.
REMEMBERED = 65_536

#: What has been answered in this process.
MEMORY = Memory(8192, 32 * 1024 * 1024)

#: What a cell shows as it is.
_SHOWN = frozenset((str, int, float, bool, CellError, type(None)))


def call(name: str, *cells: Any) -> Any:
    """Return what the function ``name`` answers to host values, for a cell or a spilled table.

    Cells are None (empty), float, int, str, bool, datetime or CellError, or two-dimensional sequences
    of such. The answer is a float, int, str, bool, None or CellError, or a list of rows of such. Bad
    input is answered with a CellError, never with an exception; NaN never comes back.
    """
    if any((cell.__class__ is list or cell.__class__ is tuple) and len(cell) >= LONG for cell in cells):
        with _no_collection():
            return _called(name, cells)
    return _called(name, cells)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Leave garbage alone for a moment: rows by the thousand make Python look for it again and again."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _called(name: str, cells: tuple[Any, ...]) -> Any:
    try:
        marked, frozen = _frozen(cells)
    except TypeError:  # a list that is no table
        return CellError.WRONG_TYPE
    if any(cell.__class__ is tuple and len(cell) * len(cell[0]) > REMEMBERED for cell in frozen if cell):
        return _answer(name, marked, *frozen)
    fresh: list[Any] = []

    def kept(*asked: Any) -> Any:
        fresh.append(_answer(*asked))
        return _packed(fresh[0])

    try:
        packed = MEMORY(kept, name, marked, *frozen)
    except TypeError:  # not hashable
        return _answer(name, marked, *frozen)
    return (
        fresh[0] if fresh else rows_of(list(packed[1:]), packed[0]) if packed.__class__ is tuple else packed
    )


def _packed(result: Any) -> Any:
    """Return an answer as the memory keeps it: a table as one tuple of its width and its cells.

    A list a row would be looked at again at every collection of garbage.
    """
    return (len(result[0]), *chain.from_iterable(result)) if result.__class__ is list and result else result


def _frozen(cells: tuple[Any, ...]) -> tuple[bool, list[Any]]:
    """Return whether any cell is TRUE or FALSE, and all as Python's own values and keys of a memory."""
    marked, frozen = False, []
    for given in cells:
        cell, truths = received(given)
        marked = marked or truths
        if cell.__class__ is list or cell.__class__ is tuple:
            cell = tuple(map(tuple, ([map(_marked, row) for row in cell] if truths else cell)))
        frozen.append(_marked(cell) if truths else cell)
    return marked, frozen


def _answer(name: str, marked: bool, *cells: Any) -> Any:
    declared = FUNCTIONS[name]
    arguments = [_bare(cell) for cell in cells] if marked else list(cells)
    while len(arguments) > len(declared.arguments) and arguments[-1] is None:
        arguments.pop()
    if len(arguments) > len(declared.arguments):
        return CellError.WRONG_TYPE
    arguments += [None] * (declared.required - len(arguments))
    try:
        return _finished(declared.call(*arguments))
    except InputError as error:
        return error.faults[0].error
    except ImportError:
        return CellError.NOT_AVAILABLE
    except ArithmeticError:
        return CellError.OUTSIDE_DOMAIN
    except Exception:  # a fault of ours: the log says which, a cell never shows a traceback
        import logging  # here: importing it takes longer than all our functions

        logging.getLogger("xlplugin").exception("%s failed", name)
        return CellError.WRONG_TYPE


class _Truth:
    """TRUE or FALSE in a remembered call: to Python, True and 1 are the same key."""

    def __init__(self, value: bool) -> None:
        self.value = value


_TRUE, _FALSE = _Truth(True), _Truth(False)


def _marked(cell: Any) -> Any:
    return (_TRUE if cell else _FALSE) if cell.__class__ is bool else cell


def _bare(cell: Any) -> Any:
    if cell.__class__ is tuple:
        return tuple([tuple(map(_bare, row)) for row in cell])
    return cell.value if cell.__class__ is _Truth else cell


def _finished(result: Any) -> Any:
    """Return a result with error values for NaN and infinity, a label that is a date as its text."""
    kind = result.__class__
    if kind is float:
        if isfinite(result):
            return result
        return CellError.OUTSIDE_DOMAIN if result == result else CellError.NOT_AVAILABLE
    if kind is list or kind is tuple:
        cells = list(chain.from_iterable(result))
        kinds = set(map(type, cells))
        numbers = cells if kinds == {float} else [cell for cell in cells if cell.__class__ is float]
        # one NaN or infinity spoils a sum
        if kinds <= _SHOWN and (isfinite(sum(numbers)) or all(map(isfinite, numbers))):
            return result if kind is list else list(map(list, result))
        return [list(map(_finished, row)) for row in result]
    if isinstance(result, (datetime.date, datetime.time)):
        return date_text(result)
    if isinstance(result, str):  # of a class of its own, such as a message
        return str(result)
    return result if isinstance(result, (int, CellError)) or result is None else _finished(float(result))
