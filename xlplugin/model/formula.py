"""The line items traced on cell references: native Excel formulas, English names and commas."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from xlplugin.model.arithmetic import Symbol
from xlplugin.model.plan import FUNCTIONS, PARAMETERS, parameters

# How tightly an operator binds: a looser operand is bracketed. Spreadsheets read -x^2 as (-x)^2 and
# 2^3^2 as (2^3)^2, so powers and unary minus are bracketed wherever they are operands.
_COMPARISON, _SUM, _PRODUCT, _ATOM = range(4)

_INFIX = {
    "add": ("+", _SUM, _SUM),
    "subtract": ("-", _SUM, _PRODUCT),
    "multiply": ("*", _PRODUCT, _PRODUCT),
    "divide": ("/", _PRODUCT, _ATOM),
    "equal": ("=", _COMPARISON, _SUM),
    "greater": (">", _COMPARISON, _SUM),
}


class Cell(Symbol):
    """A cell reference, or Excel text made from some; operators write longer text."""

    __slots__ = ("binding", "text")

    def __init__(self, text: str, binding: int = _ATOM) -> None:
        self.text, self.binding = text, binding

    def apply(self, operator: str, *operands: Any) -> Cell:
        """Return the Excel text of ``operator`` on ``operands``."""
        cells = [_cell(operand) for operand in operands]
        if operator in _INFIX:
            sign, binding, right = _INFIX[operator]
            return Cell(f"{cells[0].bound(binding)}{sign}{cells[1].bound(right)}", binding)
        # Powers and unary minus count as binding most loosely, so that they are always bracketed.
        return Cell(_CALLS[operator](*cells), _COMPARISON if operator in ("negative", "power") else _ATOM)

    def bound(self, binding: int) -> str:
        """Return the text, bracketed where it binds less tightly than ``binding``."""
        return self.text if self.binding >= binding else f"({self.text})"

    def __str__(self) -> str:
        return self.text


_CALLS: Mapping[str, Callable[..., str]] = {
    "negative": lambda a: f"-{a.bound(_ATOM)}",
    "power": lambda a, b: f"{a.bound(_ATOM)}^{b.bound(_ATOM)}",
    "exponential": lambda a: f"EXP({a})",
    "minimum": lambda a, b: f"MIN({a},{b})",
    "maximum": lambda a, b: f"MAX({a},{b})",
    "ratio": lambda a, b: f"IF({b}=0,0,{a.bound(_PRODUCT)}/{b.bound(_ATOM)})",
    "where": lambda condition, a, b: f"IF({condition},{a},{b})",
}


def formula(line: str, references: Mapping[str, str]) -> str:
    """Return the Excel formula (with ``=``) of a line or bridge bar.

    ``references`` maps the names that the line takes to cell references such as ``D12``.
    """
    return traced(FUNCTIONS[line], [references[name] for name in PARAMETERS[line]])


def traced(function: Callable[..., Any], references: list[str] | Mapping[str, str]) -> str:
    """Return the formula that ``function`` writes on ``references`` (in order, or by name)."""
    if isinstance(references, Mapping):
        references = [references[name] for name in parameters(function)]
    return f"={_cell(function(*map(Cell, references)))}"


def expression(line: str, references: Mapping[str, Cell]) -> Cell:
    """Return the Excel text of a line on ``references``, each a cell or a longer text written before.

    So lines can be written into each other: the text binds as its last operator does.
    """
    return _cell(FUNCTIONS[line](*(references[name] for name in PARAMETERS[line])))


@cache
def taken_once(lines: tuple[str, ...]) -> frozenset[str]:
    """Return which of ``lines`` the others write once altogether, so that they may stand in that one."""
    written = [formula(name, {taken: f"<{taken}>" for taken in PARAMETERS[name]}) for name in lines]
    return frozenset(name for name in lines if sum(text.count(f"<{name}>") for text in written) == 1)


def _cell(operand: Any) -> Cell:
    if isinstance(operand, Cell):
        return operand
    if isinstance(operand, float) and math.isnan(operand):
        return Cell("NA()")
    if isinstance(operand, (int, float)) and not isinstance(operand, bool):
        number = f"{operand:.15g}"
        return Cell(number if operand >= 0 else f"({number})")
    raise TypeError(f"a line item cannot write {operand!r} into a formula")
