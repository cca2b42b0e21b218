"""What a function is, where all of them are listed, and the one way in which hosts call them.

Declaring a function (see :mod:`xlplugin.functions.values` for examples)::

    @function(
        "XLP_NAME",
        '=XLP_NAME("CRM")',
        spills=False,                                  # True (so by default) where it may return a table
        by_shape=False,                                # True where it returns a table for ranges alone
        category="analysis",
    )
    def name(company: Range, measure: Value = None):   # its arguments: one cell or many, None: optional
        ...

What people read about it and its arguments stands in functions.csv.

The callable takes the arguments in order, as normalised cells: None (empty), float, int, str, bool,
datetime or CellError, or a tuple of rows of these where a range was given. It returns a scalar (float, int,
str, bool, None, CellError) or a sequence of rows of such; NaN means not available. What is wrong with the
call as a whole is raised as :class:`xlplugin.model.errors.InputError`; what is wrong with one cell of a
table is that cell's CellError. It is pure: same cells, same answer, nothing read or kept.
:mod:`xlplugin.functions.shapes` and :mod:`xlplugin.functions.arguments` turn cells into names, numbers,
levers and measures. A module of functions is imported at the end of ``xlplugin/functions/__init__.py``,
which fixes the order in which hosts and the reference show them. Optional packages (NumPy, SciPy) are
imported inside the callable; where one is missing the cell shows ``#N/A``.
"""

from __future__ import annotations

import datetime
import gc
import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from math import isfinite
from typing import Annotated, Any

from xlplugin.functions.meanings import meaning_of
from xlplugin.functions.memory import Memory
from xlplugin.functions.received import date_text, received
from xlplugin.functions.shapes import rows_of
from xlplugin.model.errors import CellError, InputError

#: An argument that takes one cell, and one that takes a cell or a range.
Value = Annotated[Any, "value"]
Range = Annotated[Any, "range"]

#: Excel cuts the help of functions and arguments after this many characters.
LIMIT = 255

#: What functions are about, in the order of the reference.
CATEGORIES = ("results", "analysis", "data")

#: Rows of a range from which on they are many objects.
LONG = 1_000

#: Ranges of more cells are not remembered: their keys and answers are copies of whole columns of a sheet.
REMEMBERED = 65_536


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument: ``shape`` is ``value`` (one cell) or ``range`` (one or many), ``meaning`` by language."""

    name: str
    optional: bool
    shape: str
    meaning: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Function:
    """One function as every host shows it.

    ``meaning`` says what it returns, by language. ``spills`` where it may return a table; ``by_shape`` where
    it does so for ranges alone, and returns one value for single cells.
    """

    name: str
    call: Callable[..., Any]
    arguments: tuple[Argument, ...]
    meaning: Mapping[str, str]
    example: str
    spills: bool
    category: str
    by_shape: bool = False

    @property
    def required(self) -> int:
        """How many arguments must be given."""
        return sum(not argument.optional for argument in self.arguments)

    @property
    def plain_signature(self) -> inspect.Signature:
        """The arguments as Python has them, without types, for hosts that read a callable's signature."""
        kind, missing = inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.empty
        return inspect.Signature([
            inspect.Parameter(argument.name, kind, default=None if argument.optional else missing)
            for argument in self.arguments
        ])  # fmt: skip

    def dressed(self, answer: Callable[..., Any]) -> Callable[..., Any]:
        """Return a callable of a host with this function's name, help and arguments."""
        answer.__name__ = answer.__qualname__ = self.name
        answer.__doc__ = self.meaning["en"]
        answer.__annotations__ = {}
        answer.__signature__ = self.plain_signature  # type: ignore[attr-defined]
        return answer


#: Every function by its name, in the order of the reference.
FUNCTIONS: dict[str, Function] = {}


def function(
    name: str, example: str, *, spills: bool = True, by_shape: bool = False, category: str = "results"
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register the decorated callable under ``name``. Raises TypeError for a faulty declaration."""

    def register(body: Callable[..., Any]) -> Callable[..., Any]:
        if name in FUNCTIONS or category not in CATEGORIES:
            raise TypeError(f"{name}: name taken, or category not one of {CATEGORIES}")
        parameters = inspect.signature(body, eval_str=True).parameters.values()
        arguments = tuple(_argument(name, parameter) for parameter in parameters)
        FUNCTIONS[name] = Function(
            name, body, arguments, _checked_meaning(name, name), example, spills, category, by_shape
        )
        return body

    return register


def _argument(function: str, parameter: inspect.Parameter) -> Argument:
    annotation, default = parameter.annotation, parameter.default
    if annotation not in (Value, Range) or default not in (None, inspect.Parameter.empty):
        raise TypeError(f"{function}: {parameter.name} is no Value or Range, or has a default beside None")
    meaning = _checked_meaning(function, parameter.name)
    return Argument(parameter.name, default is None, annotation.__metadata__[0], meaning)


def _checked_meaning(function: str, name: str) -> Mapping[str, str]:
    try:
        meaning = meaning_of(name, function)
    except KeyError:
        raise TypeError(f"{function}: functions.csv has no text about {name}") from None
    if any(not 0 < len(text) <= LIMIT for text in meaning.values()):
        raise TypeError(f"{function}: a text about {name} is empty or longer than {LIMIT} characters")
    return meaning


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


#: What has been answered in this process.
MEMORY = Memory(8192, 32 * 1024 * 1024)


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


#: What a cell shows as it is.
_SHOWN = frozenset((str, int, float, bool, CellError, type(None)))
