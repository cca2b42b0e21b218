"""What an entry means: a blank, ``30%``, a decimal comma, TRUE, a date, an error value.

One place decides for every carrier: command line, CSV, spreadsheet files and functions in a cell.

========================================  =====================================================
entry                                     meaning
========================================  =====================================================
a number of any type                      itself; infinity is outside every domain
None, NaN, NA, NaT, blank text, ``nan``   not given
``30%`` ``30 %`` ``0.3`` ``.3`` ``3e-1``  0.3 (``inf``, as tools write it, is infinity)
``0,3`` ``12,5`` ``0,123``                a decimal comma: it cannot part thousands
``1,234``                                 refused: 1234 or 1.234
``36.800`` as an amount                   refused: 36800 or 36.8, unless the sign is known
                                          (comma: 36800, point: 36.8)
``1,234.5`` ``1,234,567``                 1234.5, 1234567: with the decimal sign
``1.234,5`` ``1.234.567``                 refused: against the decimal sign
``#N/A`` and every other error value      not available; over COM they are integers
TRUE, FALSE, dates, any other text        of the wrong type
========================================  =====================================================

The decimal sign is the point; where the caller says comma, both signs change their parts. It is known
where the caller says it or another number of the same table shows it (:func:`decimal_sign`). Full-width
digits and typographic minus signs are read, digits of other scripts are not. A per cent sign goes
with shares, elasticities and plain numbers; on an amount, a number of shares or years it is a slip.
"""

from __future__ import annotations

import datetime
import math
import numbers as numeric
import unicodedata
from collections.abc import Iterable
from decimal import Decimal

from xlplugin.entries import numerals
from xlplugin.entries.error_values import error_of, is_error_code, is_error_text
from xlplugin.entries.numerals import decimal_sign, pieces
from xlplugin.model.domains import allowed, bounds, example, outside
from xlplugin.model.errors import CellError, Fault, InputError
from xlplugin.model.inputs import INPUTS
from xlplugin.model.lines import UNITS
from xlplugin.model.messages import joined, message

__all__ = ["bare", "decimal_sign", "key", "number", "numbers", "pieces", "text"]

_PLACEHOLDERS = {"-", "—", "?", "na", "n/a", "n.a.", "none", "null", "tbd", "k.a."}
#: Units of inputs that may be typed with a per cent sign.
_PER_CENT = ("share", "elasticity")


def number(value: object, name: str, *, row: object = None, decimal: str | None = None) -> float | None:
    """Return what ``value`` means for the input ``name``: a float, or None where nothing is given.

    ``name`` is an input, whose domain is then checked, or any label for a plain number; ``decimal``
    is the decimal sign of texts, None where nobody says it. Raises InputError: WRONG_TYPE for TRUE,
    dates and texts that are no number, NOT_AVAILABLE for an error value, OUTSIDE_DOMAIN for infinity
    and beyond the domain.
    """
    if isinstance(value, float) or (type(value) is int and not is_error_code(value)):
        return None if value != value else _inside(_as_float(value), name, row)
    if not isinstance(value, str):
        value = bare(value)
    if is_error_code(value):
        raise InputError(_error_value(error_of(value), name, row, allowed(name)))  # type: ignore[arg-type]
    if isinstance(value, str):
        return _number_of_text(value, name, row, decimal)
    if value is None or _is_missing(value):
        return None
    if isinstance(value, bool) or _is_date(value) or not isinstance(value, (numeric.Real, Decimal)):
        raise InputError(_wrong_type(value, name, row))
    return _inside(_as_float(value), name, row)


def numbers(
    values: Iterable[object], name: str, *, first_row: int = 1, decimal: str | None = None
) -> tuple[list[float], list[Fault]]:
    """Return :func:`number` of each value and all faults; NaN where nothing is given or a fault is."""
    low, high = bounds(name)
    found: list[float] = []
    faults: list[Fault] = []
    for row, value in enumerate(values, first_row):
        if isinstance(value, float) and low <= value <= high:
            found.append(value + 0.0)
            continue
        if value is None:
            found.append(math.nan)
            continue
        try:
            entry = number(value, name, row=row, decimal=decimal)
        except InputError as error:
            faults.extend(error.faults)
            entry = None
        found.append(math.nan if entry is None else entry)
    return found, faults


def text(value: object, name: str = "name", *, row: object = None) -> str | None:
    """Return ``value`` as a name without outer blanks, None where it is blank; 2025.0 is ``2025``.

    Raises InputError: WRONG_TYPE for TRUE and dates, NOT_AVAILABLE for an error value.
    """
    value = bare(value)
    if isinstance(value, str):
        typed = numerals.cleaned(value, numeric=False)
        if is_error_text(typed):
            raise InputError(_error_value(typed, name, row, "a name"))
        return typed or None
    if value is None or _is_missing(value):
        return None
    if is_error_code(value):
        raise InputError(_error_value(error_of(value), name, row, "a name"))  # type: ignore[arg-type]
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"{value:.0f}" if isinstance(value, float) and value == value // 1 else repr(value)
    if isinstance(value, CellError):
        raise InputError(_error_value(value.value, name, row, "a name"))
    fix = "type it as text (in a sheet with an apostrophe before it)"
    raise InputError.wrong(name, value, fix, "a name", row=row)


def key(name: str) -> str:
    """Return the form in which two names are the same: without regard to case, width and blanks."""
    return " ".join(unicodedata.normalize("NFKC", numerals.cleaned(name, numeric=False)).split()).casefold()


def _number_of_text(value: str, name: str, row: object, decimal: str | None) -> float | None:
    typed = numerals.cleaned(value)
    if not typed or typed.casefold() == "nan":
        return None
    if is_error_text(typed):
        raise InputError(_error_value(typed, name, row, allowed(name)))
    numeral = numerals.read(typed, decimal, amount=is_amount(name))
    if numeral is None or numeral.value is None:
        raise InputError(_wrong_text(typed, name, row, numeral, decimal))
    if numeral.percent and name in INPUTS and INPUTS[name].unit not in _PER_CENT:
        fix = message(
            "{name} is no percentage: enter a number, such as {example}", name=name, example=example(name)
        )
        raise InputError.wrong(name, typed, fix, allowed(name), row=row)
    shown = typed if numeral.percent or math.isinf(numeral.value) else None
    return _inside(numeral.value, name, row, shown)


def is_amount(name: str) -> bool:
    """Whether a name is money (also per share) or a number of shares: its thousands may be parted."""
    unit = INPUTS[name].unit if name in INPUTS else UNITS.get(name, "")
    return unit.startswith("money") or unit == "million shares"


def bare(value: object) -> object:
    """Return a NumPy scalar or one-element array as Python's own, anything else as it is."""
    kind = getattr(getattr(value, "dtype", None), "kind", None)
    if type(value).__name__ in ("NAType", "MaskedConstant"):
        return None
    if kind is None or kind in "mM" or getattr(value, "size", 1) != 1:  # .item() makes integers of dates
        return value
    return value.item()  # type: ignore[attr-defined]


def _is_missing(value: object) -> bool:
    try:
        return bool(value != value)
    except ArithmeticError:  # a signalling NaN
        return True
    except (TypeError, ValueError):  # arrays and the like: no single value
        return False


def _is_date(value: object) -> bool:
    kind = getattr(getattr(value, "dtype", None), "kind", "")  # NumPy's time spans pass as integers
    return kind in ("m", "M") or isinstance(value, (datetime.date, datetime.time, datetime.timedelta))


def _as_float(value: object) -> float:
    try:
        return float(value) + 0.0  # type: ignore[arg-type]  # + 0.0 turns -0.0 into 0.0
    except OverflowError:
        return math.inf if value > 0 else -math.inf  # type: ignore[operator]


def _inside(value: float, name: str, row: object, shown: str | None = None) -> float:
    low, high = bounds(name)
    if low <= value <= high:
        return value + 0.0
    raise InputError(outside(value, name, row, shown))


def _wrong_type(value: object, name: str, row: object) -> Fault:
    if isinstance(value, CellError):
        return _error_value(value.value, name, row, allowed(name))
    fix = message("enter one number, such as {example}", example=example(name))
    if isinstance(value, bool):
        value = str(value).upper()
        fix = message("enter a number, such as {example}, not TRUE or FALSE", example=example(name))
    elif _is_date(value):
        fix = message(
            "format the cell as a number and enter it again, such as {example}, not a date",
            example=example(name),
        )
    return Fault(row, name, value, allowed(name), fix, CellError.WRONG_TYPE)


def _wrong_text(
    typed: str, name: str, row: object, numeral: numerals.Numeral | None, decimal: str | None
) -> Fault:
    readings = numeral.readings if numeral else []
    if numeral is None and (plain := numerals.respelled(typed)):
        again = numerals.read(plain, decimal, amount=is_amount(name))
        readings = (again and again.readings) or [plain]
    if len(readings) > 1:
        fix = message("it reads as {names}: type the one that is meant", names=joined(readings, " or as "))
    elif readings:
        fix = message("type {reading}", reading=readings[0])
    elif typed.casefold() in _PLACEHOLDERS:
        fix = message(
            "leave it blank where it is not known, or enter a number, such as {example}",
            example=example(name),
        )
    else:
        fix = message("enter a number, such as {example}", example=example(name))
    return Fault(row, name, typed, allowed(name), fix, CellError.WRONG_TYPE)


def _error_value(shown: str, name: str, row: object, allowed: str) -> Fault:
    return Fault(row, name, shown, allowed, "mend the cell that it comes from", CellError.NOT_AVAILABLE)
