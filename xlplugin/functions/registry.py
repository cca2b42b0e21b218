"""What a function is, and where all of them are listed (:mod:`.calls` is the way in which hosts call them).

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

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from xlplugin.functions.meanings import meaning_of

#: An argument that takes one cell, and one that takes a cell or a range.
Value = Annotated[Any, "value"]
Range = Annotated[Any, "range"]

#: Excel cuts the help of functions and arguments after this many characters.
LIMIT = 255

#: What functions are about, in the order of the reference.
CATEGORIES = ("results", "analysis", "data")


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
