"""What each operator of a program does: to numbers, and in place to blocks of rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def _ratio(numerator: Any, denominator: Any, out: Array) -> None:
    zero = np.equal(denominator, 0)
    np.divide(numerator, denominator, out=out)
    np.copyto(out, 0.0, where=zero)


def _where(condition: Array, a: Any, b: Any, out: Array) -> None:
    np.copyto(out, b)
    np.copyto(out, a, where=_flags(condition))


def _comparison(ufunc: np.ufunc) -> Callable[..., None]:
    def compare(a: Any, b: Any, out: Array) -> None:
        ufunc(a, b, out=_flags(out))

    return compare


def _flags(register: Array) -> NDArray[np.bool_]:
    # a condition takes the first bytes of its register
    return register.view(np.bool_)[: register.size]


def _copy(a: Any, out: Array) -> None:
    np.copyto(out, a)


def _scalar_power(base: Any, exponent: Any) -> Any:
    return np.nan if base != base or exponent != exponent else np.power(base, exponent)


def _scalar_ratio(numerator: Any, denominator: Any) -> Any:
    return np.float64(0) if denominator == 0 else np.divide(numerator, denominator)


_UFUNCS: dict[str, Callable[..., Any]] = {
    "add": np.add,
    "subtract": np.subtract,
    "multiply": np.multiply,
    "divide": np.divide,
    "negative": np.negative,
    "minimum": np.minimum,
    "maximum": np.maximum,
    "exponential": np.exp,
    "logarithm": np.log,
}

#: operator -> function of float64 numbers; under np.errstate none of them raises.
ON_SCALARS: dict[str, Callable[..., Any]] = _UFUNCS | {
    "equal": np.equal,
    "greater": np.greater,
    "power": _scalar_power,
    "ratio": _scalar_ratio,
    "where": lambda condition, a, b: a if condition else b,
}

#: operator -> function of arrays and numbers that writes to ``out``, which may be any operand
#: (of ``where`` none).
ON_ARRAYS: dict[str, Callable[..., Any]] = _UFUNCS | {
    "equal": _comparison(np.equal),
    "greater": _comparison(np.greater),
    "ratio": _ratio,
    "where": _where,
    "copy": _copy,
}
