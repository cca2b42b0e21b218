"""Numbers as people type them: ``30%``, ``0,3``, ``1,234.5``, and where a comma may mean two things.

Full-width digits and typographic minus signs are read as their plain forms, invisible characters and
outer blanks are dropped. Digits of other scripts, blanks or apostrophes between thousands, currency
signs and parentheses for negatives are no numerals; :func:`respelled` says what to type in their place.
"""

from __future__ import annotations

import itertools
import math
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from xlplugin.model.errors import InputError
from xlplugin.model.messages import message

_OTHER = {".": ",", ",": "."}
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"))
_PLAIN = {
    **dict.fromkeys(map(ord, "\u2212\u2010\u2011\u2013\ufe63\uff0d"), "-"),
    **{0xFF10 + digit: str(digit) for digit in range(10)},
    **{0xFF00 + ord(sign) - 0x20: sign for sign in "%+.,"},
}
_ARABIC = {0x66B: ".", 0x66C: ",", 0x66A: "%"}
_NUMERAL = re.compile(r"([+-]?)([0-9.,]+)(?:[eE]([+-]?[0-9]{1,9}))?(\s*%)?")
_USUAL = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_INFINITY = re.compile(r"([+-]?)(?:inf|infinity|∞)", re.IGNORECASE)
_SPACING = re.compile(r"(?<=[0-9])[\s'’_](?=[0-9]{3})")
_CURRENCY = re.compile(r"^([+-]?)\s*[$€£¥]\s*|\s*[$€£¥]$")
_NEGATIVE = re.compile(r"\(\s*(.*?)\s*\)|(.*[0-9%])\s*-|-\s+(.*)")
_PER_CENT = re.compile(r"^(.*[0-9])\s*(?:per ?cent|prozent|pct|v\. ?h\.)$|^%\s*(.*)$", re.IGNORECASE)
#: One point and three digits after it: decimals, or thousands as most of Europe writes them.
_EITHER = re.compile(r"[1-9][0-9]{0,2}\.[0-9]{3}")
#: What stands before and after a decimal comma, and a whole number of a list, which may get a point.
_UNITS = re.compile(r"[+-]?[0-9]+")
_DECIMALS = re.compile(r"[0-9]+(?:[eE][+-]?[0-9]+)?\s*%?\s*")
_WHOLE = re.compile(r"^(\s*[+-]?[0-9]+)(?=(?:[eE][+-]?[0-9]+)?\s*%?\s*$)")
#: By decimal sign: a number with no other sign, and one whose thousands the other sign parts.
_ALONE = {s: re.compile(rf"[0-9]+{re.escape(s)}?[0-9]*|{re.escape(s)}[0-9]+") for s in _OTHER}
_GROUPED = {
    s: re.compile(rf"[1-9][0-9]{{0,2}}(?:{re.escape(t)}[0-9]{{3}})+(?:{re.escape(s)}[0-9]*)?")
    for s, t in _OTHER.items()
}


@dataclass(frozen=True, slots=True)
class Numeral:
    """A text that is a number: its ``value``, or None where it must be typed again.

    ``readings`` then says what it may mean, one reading or two; ``percent`` whether a per cent sign
    was typed, which ``value`` already accounts for.
    """

    value: float | None
    percent: bool = False
    readings: list[str] = field(default_factory=list)


def cleaned(typed: str, *, numeric: bool = True) -> str:
    """Return ``typed`` without outer blanks and invisible signs, and with plain digits and signs."""
    if typed.isascii():
        return typed.strip()
    typed = typed.translate(_INVISIBLE).strip()
    return typed.translate(_PLAIN) if numeric else typed


def read(typed: str, decimal: str | None = None, *, amount: bool = False) -> Numeral | None:
    """Return the number that the cleaned text ``typed`` is, or None where it is none.

    ``decimal`` is the decimal sign where the caller or another number of the table says it; without
    that it is the point, but in an ``amount`` ``36.800`` may mean two things, as ``1,586`` does anywhere;
    where the sign is the comma it is 36800.
    """
    unsure, thousands = amount and decimal is None, amount and decimal == ","
    decimal = decimal or "."
    if decimal == "." and _USUAL.fullmatch(typed) and not (unsure and _EITHER.fullmatch(typed.lstrip("-"))):
        return Numeral(float(typed) + 0.0)
    match = _NUMERAL.fullmatch(typed)
    if match is None:
        infinite = _INFINITY.fullmatch(typed)
        return infinite and Numeral(-math.inf if infinite[1] == "-" else math.inf)
    sign, body, exponent, percent = match.groups()
    digits, readings = _digits(body, decimal)
    if unsure and not exponent:
        if _EITHER.fullmatch(body):
            digits, readings = None, [body.replace(".", ""), body]
        readings = [_surely(reading) for reading in readings]
    elif thousands and not exponent and _EITHER.fullmatch(body):
        digits = body.replace(".", "")
    if digits is not None:
        # One conversion of the whole, so that 4.35% is the same number as 0.0435.
        power = int(exponent or 0) - (2 if percent else 0)
        return Numeral(float(f"{sign}{digits}e{power}") + 0.0, bool(percent))
    tail = (f"e{exponent}" if exponent else "") + ("%" if percent else "")
    shown = [sign + reading.replace(".", decimal) + tail for reading in readings]
    return Numeral(None, bool(percent), shown) if shown else None


def respelled(typed: str) -> str | None:
    """Return what to type for ``1 234``, ``(500)``, ``500-``, ``$5``, ``%30``, ``30 pct``, foreign digits.

    None where that does not make a number of ``typed``.
    """
    plain = "".join(str(unicodedata.decimal(sign, sign)) for sign in typed).translate(_ARABIC)
    plain = _PER_CENT.sub(lambda found: f"{found[1] or found[2]}%", plain, count=1)
    plain = _CURRENCY.sub(lambda found: found[1] or "", plain)
    if negative := _NEGATIVE.fullmatch(plain):
        plain = "-" + next(filter(None, negative.groups()), "")
    plain = _SPACING.sub("", _CURRENCY.sub(lambda found: found[1] or "", plain)).strip()
    return plain if plain != typed and _NUMERAL.fullmatch(plain) else None


def _surely(reading: str) -> str:
    """Return a reading so that it has one meaning when it is typed: 36.8 for 36.800, 1.5860 for 1.586."""
    digits = reading.removesuffix("%")
    if not _EITHER.fullmatch(digits):
        return reading
    return digits.rstrip("0").rstrip(".") if digits.endswith("0") else f"{digits}0"


def decimal_sign(texts: Iterable[str], delimiter: str = "") -> str | None:
    """Return the decimal sign that the texts of a table show; None where they show none or both.

    It is the point where a number holds a point that cannot part thousands, and none holds such a
    comma; the comma where it is the other way round, in a CSV with semicolons alone.
    """
    matches = (_NUMERAL.fullmatch(cleaned(typed)) for typed in texts if "," in typed or "." in typed)
    shown = {_sign_shown(match[2]) for match in matches if match}
    if "," in shown:
        return "," if delimiter == ";" and "." not in shown else None
    return "." if "." in shown else None


def pieces(typed: str, name: str, *, decimal: str | None = None) -> list[str]:
    """Return the values of a list for input ``name``, such as ``0.1,0.2`` or ``30%,50%``, each a text.

    A semicolon always parts values. A comma does where the decimal sign is the point, and unless it
    may be a decimal comma: ``0,1`` is refused with both readings; ``0.0,1.0``, ``0;1`` and ``0, 1``
    are two values. Raises InputError (WRONG_TYPE), also for an empty value in a list.
    """
    typed = cleaned(typed)
    commas = ";" not in typed and decimal != ","
    values = typed.split("," if commas else ";")
    fix = ""
    for left, right in itertools.pairwise(values):
        if commas and _UNITS.fullmatch(left) and _DECIMALS.fullmatch(right):
            apart = ",".join(_WHOLE.sub(r"\1.0", value) for value in values)
            fix = message(
                "{left},{right} reads as {left}.{right} or as {left} and {right}: "
                "type {left}.{right}, or {apart} for separate values",
                left=left, right=right, apart=apart,
            )  # fmt: skip
            break
    values = [value.strip() for value in values]
    if not fix and len(values) > 1 and "" in values:
        fix = "a value is empty: take the needless separator out"
    if fix:
        raise InputError.wrong(name, typed, fix)
    return values


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


def _sign_shown(body: str) -> str | None:
    """Return the sign that can only be a decimal sign in ``body``, if one is."""
    for sign, other in _OTHER.items():
        if sign in body and not _GROUPED[other].fullmatch(body):
            alone = _ALONE[sign].fullmatch(body)
            mixed = other in body and _GROUPED[sign].fullmatch(body)
            if alone or mixed:
                return sign
    return None
