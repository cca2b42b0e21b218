"""The closed vocabulary of the model: five functions beside ``+ - * /`` and comparisons.

One line item serves four carriers (floats, NumPy arrays, traced programs, Excel text). What plain
operators cannot express goes through this module, which treats all of them alike: a value that is
not available (NaN, ``#N/A``) stays not available, also where Python's own ``min`` or ``0 ** 0``
would lose it.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from typing import Any

#: A value that is not available: NaN in Python, ``#N/A`` on a sheet.
NOT_AVAILABLE = math.nan


def _both_ways(operator: str) -> tuple[Callable[[Any, Any], Any], Callable[[Any, Any], Any]]:
    """Return the methods of an operator with a traced operand on its left, and on its right."""
    return (
        lambda self, other: self.apply(operator, self, other),
        lambda self, other: self.apply(operator, other, self),
    )


class Symbol:
    """A traced operand: records what is done to it instead of computing it.

    Subclasses say in :meth:`apply` what an operation yields: Excel text (``formula.Cell``), a step
    of a straight-line program (``program.Node``) or a dual number (``analysis.derivatives.Dual``).
    """

    __slots__ = ()
    __array_ufunc__ = None  # NumPy hands operators with an array on the left over to us
    __hash__ = object.__hash__

    def apply(self, operator: str, *operands: Any) -> Any:
        """Return the result of ``operator`` (a name of the closed vocabulary) on ``operands``."""
        raise NotImplementedError

    __add__, __radd__ = _both_ways("add")
    __sub__, __rsub__ = _both_ways("subtract")
    __mul__, __rmul__ = _both_ways("multiply")
    __truediv__, __rtruediv__ = _both_ways("divide")

    def __neg__(self) -> Any:
        return self.apply("negative", self)

    def __eq__(self, other: object) -> Any:
        return self.apply("equal", self, other)

    def __gt__(self, other: Any) -> Any:
        return self.apply("greater", self, other)

    def __pow__(self, other: Any) -> Any:
        raise TypeError("write power(base, exponent) in a line item, not base ** exponent")

    def __bool__(self) -> bool:
        raise TypeError("a line item may not branch on a traced value: use where(condition, a, b)")


def minimum(a: Any, b: Any) -> Any:
    """Return the smaller of ``a`` and ``b``, or NaN where either is NaN."""
    return _apply("minimum", a, b)


def maximum(a: Any, b: Any) -> Any:
    """Return the larger of ``a`` and ``b``, or NaN where either is NaN."""
    return _apply("maximum", a, b)


def power(base: Any, exponent: Any) -> Any:
    """Return ``base ** exponent`` for a positive base, NaN where either is NaN."""
    return _apply("power", base, exponent)


def exponential(a: Any) -> Any:
    """Return e to the power of ``a``."""
    return _apply("exponential", a)


def ratio(numerator: Any, denominator: Any) -> Any:
    """Return ``numerator / denominator``, and 0 where the denominator is 0."""
    return _apply("ratio", numerator, denominator)


def where(condition: Any, a: Any, b: Any) -> Any:
    """Return ``a`` where ``condition`` holds, else ``b``."""
    return _apply("where", condition, a, b)


def _apply(operator: str, *operands: Any) -> Any:
    for operand in operands:
        if isinstance(operand, Symbol):
            return operand.apply(operator, *operands)
    for operand in operands:
        if not isinstance(operand, (float, int)):  # bool is an int; so are plain conditions
            return _on_arrays(operator, operands)
    return _ON_FLOATS[operator](*operands)


def _minimum(a: float, b: float) -> float:
    return b if b < a or b != b else a


def _maximum(a: float, b: float) -> float:
    return b if b > a or b != b else a


def _power(base: float, exponent: float) -> float:
    # Python has 1 ** nan == nan ** 0 == 1: a missing value must not turn into a figure.
    return base**exponent if base == base and exponent == exponent else math.nan


def _ratio(numerator: float, denominator: float) -> float:
    return 0.0 if denominator == 0 else numerator / denominator


_ON_FLOATS: dict[str, Callable[..., Any]] = {
    "minimum": _minimum,
    "maximum": _maximum,
    "power": _power,
    "exponential": math.exp,
    "ratio": _ratio,
    "where": lambda condition, a, b: a if condition else b,
}


def _on_arrays(operator: str, operands: tuple[Any, ...]) -> Any:
    np = sys.modules.get("numpy")
    if np is None:  # a foreign scalar (Decimal, Fraction) without NumPy
        return _ON_FLOATS[operator](*map(float, operands))
    if operator == "power":
        base, exponent = operands
        return np.where(np.isnan(base) | np.isnan(exponent), np.nan, np.power(base, exponent))
    if operator == "ratio":
        numerator, denominator = operands
        zero = np.equal(denominator, 0)
        return np.where(zero, 0.0, numerator / np.where(zero, 1.0, denominator))
    return getattr(np, {"exponential": "exp"}.get(operator, operator))(*operands)
