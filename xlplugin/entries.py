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
``1,234.5`` ``1,234,567``                 1234.5, 1234567: with the decimal sign
``1.234,5`` ``1.234.567``                 refused: against the decimal sign
``#N/A`` and every other error value      not available
TRUE, FALSE, dates, any other text        of the wrong type
========================================  =====================================================

The decimal sign is the point; where the caller says comma, both signs change their parts. Full-width
digits and typographic minus signs are read, digits of other scripts are not. A per cent sign goes
with shares, elasticities and plain numbers; on an amount, a number of shares or years it is a slip.
"""

from __future__ import annotations

import datetime
import itertools
import math
import numbers as numeric
import re
import unicodedata
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache

from xlplugin.errors import CellError, Fault, InputError
from xlplugin.inputs import INPUTS, JOINT_LIMITS, ROUNDING, Input

__all__ = ["check", "decimal_sign", "joint_faults", "key", "number", "numbers", "pieces", "text"]

_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"))
_SIGNS = _INVISIBLE | {
    **dict.fromkeys(map(ord, "\u2212\u2010\u2011\u2013\ufe63\uff0d"), "-"),
    **{0xFF10 + digit: str(digit) for digit in range(10)},
    **{0xFF00 + ord(sign) - 0x20: sign for sign in "%+.,"},
}
_NUMBER = re.compile(r"([+-]?)([0-9.,]+)(?:[eE]([+-]?[0-9]{1,9}))?(\s*%)?")
_INFINITY = re.compile(r"[+-]?(inf|infinity|∞)", re.IGNORECASE)
_ERROR = re.compile(
    r"#N/A.*|#NV|Err:\d+|#GETTING_DATA|#NAME\?|#DIV/0!"
    r"|#(NUM|VALUE|REF|NULL|SPILL|CALC|FIELD|BLOCKED|UNKNOWN|BUSY|CONNECT|EXTERNAL|PYTHON|TIMEOUT|ERROR"
    r"|ZAHL|WERT|BEZUG|ÜBERLAUF|KALK)!",
    re.IGNORECASE,
)
_PLACEHOLDERS = {"-", "—", "?", "na", "n/a", "n.a.", "none", "null", "tbd", "k.a."}
_OTHER = {".": ",", ",": "."}
#: A number with at most its decimal sign, and one whose thousands are parted by the other sign.
_ALONE = {s: re.compile(rf"[0-9]+{re.escape(s)}?[0-9]*|{re.escape(s)}[0-9]+") for s in _OTHER}
_GROUPED = {
    s: re.compile(rf"[1-9][0-9]{{0,2}}(?:{re.escape(t)}[0-9]{{3}})+(?:{re.escape(s)}[0-9]*)?")
    for s, t in _OTHER.items()
}
_EXAMPLES = {
    "share": "30% or 0.3",
    "elasticity": "0.8",
    "money": "1234.5 (millions)",
    "million shares": "956 (millions)",
    "money per share": "7.8",
    "years": "2",
}


def number(value: object, name: str, *, row: object = None, decimal: str = ".") -> float | None:
    """Return what ``value`` means for the input ``name``: a float, or None where nothing is given.

    ``name`` is an input, whose domain is then checked, or any label for a plain number; ``decimal``
    is the decimal sign of texts. Raises InputError: WRONG_TYPE for TRUE, dates and texts that are no
    number, NOT_AVAILABLE for an error value, OUTSIDE_DOMAIN for infinity and beyond the domain.
    """
    if not isinstance(value, (float, str)):
        value = _bare(value)
    if isinstance(value, str):
        return _number_of_text(value, name, row, decimal)
    if value is None or _is_missing(value):
        return None
    if isinstance(value, bool) or _is_date(value) or not isinstance(value, (numeric.Real, Decimal)):
        raise InputError(_wrong_type(value, name, row))
    return _inside(_as_float(value), name, row)


def numbers(
    values: Iterable[object], name: str, *, first_row: int = 1, decimal: str = "."
) -> tuple[list[float], list[Fault]]:
    """Return :func:`number` of each value and all faults; NaN where nothing is given or a fault is."""
    low, high = _bounds(name)
    found: list[float] = []
    faults: list[Fault] = []
    for row, value in enumerate(values, first_row):
        if isinstance(value, float) and low <= value <= high:
            found.append(value)
            continue
        try:
            entry = number(value, name, row=row, decimal=decimal)
        except InputError as error:
            faults.extend(error.faults)
            entry = None
        found.append(math.nan if entry is None else entry)
    return found, faults


def check(value: float, name: str, *, row: object = None) -> Fault | None:
    """Return what is wrong with the number ``value`` as input ``name``; None inside, and for NaN."""
    low, high = _bounds(name)
    return None if value != value or low <= value <= high else _outside(value, name, row)


def joint_faults(values: Mapping[str, float | None], row: object = None) -> list[Fault]:
    """Return a fault for each set of shares in ``values`` that together pass their whole.

    Shares that are missing, None or NaN count as 0.
    """
    faults = []
    for limit in JOINT_LIMITS:
        shares = {n: v for n in limit.names if (v := values.get(n)) is not None and v == v}
        total = sum(shares.values())
        if total > 1 + ROUNDING:
            parts = ", ".join(f"{name} {share:.12g}" for name, share in shares.items())
            fix = f"these are shares of the same {limit.whole}, lower one of them: {parts}"
            faults.append(Fault(row, " + ".join(shares), total, "1 at most", fix))
    return faults


def text(value: object, name: str = "name", *, row: object = None) -> str | None:
    """Return ``value`` as a name without outer blanks, None where it is blank; 2025.0 is ``2025``.

    Raises InputError: WRONG_TYPE for TRUE and dates, NOT_AVAILABLE for an error value.
    """
    if not isinstance(value, (float, str)):
        value = _bare(value)
    if isinstance(value, str):
        typed = value.translate(_INVISIBLE).strip()
        if _ERROR.fullmatch(typed):
            raise InputError(_error_value(typed, name, row, "a name"))
        return typed or None
    if value is None or _is_missing(value):
        return None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"{value:.0f}" if value == value // 1 else repr(value)
    if isinstance(value, CellError):
        raise InputError(_error_value(value.value, name, row, "a name"))
    fix = "type it as text (in a sheet with an apostrophe before it)"
    raise InputError(Fault(row, name, value, "a name", fix, CellError.WRONG_TYPE))


def key(name: str) -> str:
    """Return the form in which two names are the same: without regard to case, width and blanks."""
    return " ".join(unicodedata.normalize("NFKC", name.translate(_INVISIBLE)).split()).casefold()


def decimal_sign(texts: Iterable[str], delimiter: str) -> str:
    """Return the decimal sign that the cells of a CSV show: a comma or, by default, the point.

    It is the comma in a semicolon file where at least one number holds a comma that cannot part
    thousands and none holds such a point.
    """
    if delimiter != ";":
        return "."
    shown = set()
    for typed in texts:
        match = _NUMBER.fullmatch(typed.translate(_SIGNS).strip())
        if match:
            shown.add(_decimal_sign_of(match[2]))
    return "," if "," in shown and "." not in shown else "."


def pieces(typed: str, name: str, *, row: object = None, decimal: str = ".") -> list[str]:
    """Return the values of a list such as ``0.1,0.2`` or ``30%,50%``, each as it was typed.

    A semicolon always parts values. A comma does where the decimal sign is the point, and unless it
    may be a decimal comma: ``0,1`` is refused with both readings; ``0.0,1.0``, ``0;1`` and ``0, 1``
    are two values. Raises InputError (WRONG_TYPE), also for an empty value in a list.
    """
    if ";" in typed or decimal == "," or "," not in typed:
        values = typed.split(";")
    else:
        values = typed.split(",")
        for left, right in itertools.pairwise(values):
            if _LEFT.fullmatch(left) and _RIGHT.fullmatch(right):
                apart = ",".join(_WHOLE.sub(r"\1.0", value) for value in values)
                fix = (
                    f"{left},{right} reads as {left.strip()}.{right.strip()} or as the two values "
                    f"{left.strip()} and {right.strip()}: type the point, or {apart} for separate values"
                )
                raise InputError(Fault(row, name, typed, "", fix, CellError.WRONG_TYPE))
    values = [value.strip() for value in values]
    if len(values) > 1 and "" in values:
        fix = "a value is empty: take the needless separator out"
        raise InputError(Fault(row, name, typed, "", fix, CellError.WRONG_TYPE))
    return values


_LEFT = re.compile(r"\s*[+-]?[0-9]+")
_RIGHT = re.compile(r"[0-9]+(?:[eE][+-]?[0-9]+)?\s*%?\s*")
_WHOLE = re.compile(r"^(\s*[+-]?[0-9]+)(?=(?:[eE][+-]?[0-9]+)?\s*%?\s*$)")


def _number_of_text(value: str, name: str, row: object, decimal: str) -> float | None:
    typed = value.translate(_SIGNS).strip()
    if not typed or typed.casefold() == "nan":
        return None
    if _ERROR.fullmatch(typed):
        raise InputError(_error_value(typed, name, row, _allowed(name)))
    if _INFINITY.fullmatch(typed):
        raise InputError(_outside(math.inf, name, row, shown=typed))
    match = _NUMBER.fullmatch(typed)
    if match is None:
        raise InputError(_wrong_text(typed, name, row))
    sign, body, exponent, percent = match.groups()
    if percent and name in INPUTS and INPUTS[name].unit not in ("share", "elasticity"):
        fix = f"{name} is no percentage: enter a number, such as {_example(name)}"
        raise InputError(Fault(row, name, typed, _allowed(name), fix, CellError.WRONG_TYPE))
    digits, readings = _digits(body, decimal)
    if digits is None:
        tail = (f"e{exponent}" if exponent else "") + ("%" if percent else "")
        shown = [sign + reading.replace(".", decimal) + tail for reading in readings]
        raise InputError(_wrong_text(typed, name, row, shown))
    # One conversion of the whole, so that 4.35% is the same number as 0.0435.
    found = float(f"{sign}{digits}e{int(exponent or 0) - (2 if percent else 0)}")
    return _inside(found, name, row, typed if percent or math.isinf(found) else None)


def _digits(body: str, decimal: str) -> tuple[str | None, list[str]]:
    """Return the number that ``body`` is, in Python's spelling, or None and what it may mean."""
    other = _OTHER[decimal]
    if _ALONE[decimal].fullmatch(body):
        return body.replace(decimal, "."), []
    alone = _ALONE[other].fullmatch(body) and not body.endswith(other) and body.replace(other, ".")
    grouped = _GROUPED[decimal].fullmatch(body) and body.replace(other, "").replace(decimal, ".")
    if alone and grouped:
        return None, [grouped, alone]
    if alone or grouped:
        return alone or grouped, []
    if not _GROUPED[other].fullmatch(body):
        return None, []
    readings = [body.replace(decimal, "").replace(other, ".")]
    if other in body and body.count(decimal) == 1:
        readings.append(body.replace(other, "").replace(decimal, "."))
    return None, readings


def _decimal_sign_of(body: str) -> str | None:
    """Return the sign that can only be a decimal sign in ``body``, if one is."""
    for sign, other in _OTHER.items():
        alone = sign in body and _ALONE[sign].fullmatch(body) and not _GROUPED[other].fullmatch(body)
        mixed = sign in body and other in body and _GROUPED[sign].fullmatch(body)
        if alone or mixed:
            return sign
    return None


def _bare(value: object) -> object:
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
    low, high = _bounds(name)
    if low <= value <= high:
        return value + 0.0
    raise InputError(_outside(value, name, row, shown))


@cache
def _bounds(name: str) -> tuple[float, float]:
    """Return the smallest and the largest float of the domain: NaN and infinity are outside."""
    item = INPUTS.get(name) or Input(name, "", "")
    low = math.nextafter(item.lower, math.inf) if item.above_lower else item.lower
    high = math.nextafter(item.upper, -math.inf) if item.below_upper else item.upper
    return max(low, math.nextafter(-math.inf, 0)), min(high, math.nextafter(math.inf, 0))


def _outside(value: float, name: str, row: object, shown: str | None = None) -> Fault:
    item = INPUTS.get(name) or Input(name, "", "")
    fix = f"enter a number in this range, such as {_example(name)}"
    if math.isinf(value):
        fix = f"enter a finite number, such as {_example(name)}"
    elif item.is_fraction and shown is None and abs(value) > 1 and item.contains(value / 100):
        fix = f"enter {value:.12g}% or {value / 100:.12g}"
    elif value < 0 and item.contains(-value):
        fix = f"enter it without the minus sign: {-value:.12g}"
    return Fault(row, name, value if shown is None else shown, item.allowed, fix)


def _wrong_type(value: object, name: str, row: object) -> Fault:
    if isinstance(value, CellError):
        return _error_value(value.value, name, row, _allowed(name))
    fix = f"enter one number, such as {_example(name)}"
    if isinstance(value, bool):
        value = str(value).upper()
        fix = f"enter a number, such as {_example(name)}, not TRUE or FALSE"
    elif _is_date(value):
        fix = f"format the cell as a number and enter it again, such as {_example(name)}, not a date"
    return Fault(row, name, value, _allowed(name), fix, CellError.WRONG_TYPE)


def _wrong_text(typed: str, name: str, row: object, readings: Iterable[str] = ()) -> Fault:
    readings = list(readings)
    closed = re.sub(r"(?<=[0-9])[\s'’_](?=[0-9]{3})", "", typed)
    if len(readings) == 2:
        fix = f"it reads as {readings[0]} or as {readings[1]}: type the one that is meant"
    elif readings:
        fix = f"type {readings[0]}"
    elif closed != typed and _NUMBER.fullmatch(closed):
        fix = f"type {closed}"
    elif typed.casefold() in _PLACEHOLDERS:
        fix = f"leave it blank where it is not known, or enter a number, such as {_example(name)}"
    else:
        fix = f"enter a number, such as {_example(name)}"
    return Fault(row, name, typed, _allowed(name), fix, CellError.WRONG_TYPE)


def _error_value(shown: str, name: str, row: object, allowed: str) -> Fault:
    return Fault(row, name, shown, allowed, "mend the cell that it comes from", CellError.NOT_AVAILABLE)


def _allowed(name: str) -> str:
    return INPUTS[name].allowed if name in INPUTS else "any number"


def _example(name: str) -> str:
    return _EXAMPLES[INPUTS[name].unit] if name in INPUTS else "0.3"
