"""How a figure is shown to people: per cent, basis points, millions, with sign where it is a change.

Figures are built as English writes them; :func:`in_language` gives them the signs of another language, which
notation.csv holds. What programs read (JSON, CSV) has none of this.
"""

from __future__ import annotations

from functools import cache

from xlplugin.model.labels import check_language, shipped_rows
from xlplugin.model.lines import UNITS

NOT_AVAILABLE_TEXT = "#N/A"

#: What stands for itself in English figures -> its name in notation.csv.
_SIGNS = {".": "decimal", ",": "thousands", "%": "percent", "-": "minus", "+": "plus"}


def in_language(figure: str, language: str = "en") -> str:
    """Return a figure in English notation as a language writes it: ``+13.4 bp``, German ``+13,4 Bp``.

    Raises :class:`InputError` for a language that the product does not speak.
    """
    if figure == NOT_AVAILABLE_TEXT:
        return sign("not_available", language)
    bare = figure.removesuffix(" bp")
    return bare.translate(_signs(language)) + (sign("points", language) if bare != figure else "")


def sign(name: str, language: str = "en") -> str:
    """Return a sign of notation.csv, such as ``decimal`` or ``percent`` with the blank before it."""
    return _notation()[name][check_language(language)]


@cache
def _signs(language: str) -> dict[int, str]:
    return {ord(mark): sign(name, language) for mark, name in _SIGNS.items()}


@cache
def _notation() -> dict[str, dict[str, str]]:
    return {row["name"]: row for row in shipped_rows("model", "notation.csv")}


def is_change(line: str) -> bool:
    """Whether the line is a difference, which is shown with its sign."""
    return line.endswith("_change") or line.startswith("bridge_")


def with_currency(line: str, currency: str) -> str:
    """Return a line's name as a table's head, of money with its currency: ``operating_income, EUR m``."""
    unit = {"money": "m", "money per share": "per share"}.get(UNITS.get(line, ""))
    return f"{line}, {currency} {unit}" if unit and currency else line


def percent(value: float, digits: int = 1, *, signed: bool = False, language: str = "en") -> str:
    """Return a fraction in per cent: ``20.1%``, German ``20,1 %``; ``signed`` shows a plus, too."""
    if value != value:
        return in_language(NOT_AVAILABLE_TEXT, language)
    return in_language(f"{value:{'+' if signed else ''}.{digits}%}", language)


def share(value: float, language: str = "en") -> str:
    """Return a fraction in per cent with as many digits as it has, at most four: ``30%``, ``96.35%``."""
    return in_language(f"{value * 100:.4g}%", language)


def in_currency(value: float, line: str, currency: str, language: str = "en") -> str:
    """Return a figure of a line as people read it, money with its currency.

    ``+34.3 EUR m`` and ``6.10 EUR``, German ``+34,3 Mio. EUR``; what is no money as :func:`shown` gives it.
    """
    words, unit = shown(value, line, language=language), UNITS[line]
    if value != value or not currency or not unit.startswith("money"):
        return words
    form = sign("amount" if unit == "money" else "amount_per_share", language)
    return form.format(figure=words, currency=currency)


def shown(
    value: float | None,
    line: str,
    *,
    unit: str | None = None,
    change: bool | None = None,
    language: str = "en",
) -> str:
    """Return ``value`` of a line as people read it: ``20.2%``, ``+13.4 bp``, ``(83)``, ``7.85``.

    A change of a margin is in basis points, a margin in per cent, money in millions with negatives
    in parentheses; not available is ``#N/A``. ``unit`` and ``change`` stand before what the line is.
    """
    return in_language(unsigned_zero(_shown(value, unit or UNITS.get(line, ""), line, change)), language)


def unsigned_zero(figure: str) -> str:
    """Return a figure in English notation, without its sign where it shows as 0."""
    return figure if any(digit in figure for digit in "123456789") else figure.lstrip("+-")


def _shown(value: float | None, unit: str, line: str, change: bool | None) -> str:
    if value is None or value != value:
        return NOT_AVAILABLE_TEXT
    change = is_change(line) if change is None else change
    if value == 0 and change:
        return "0"  # nothing changes, which is not the same as a small change
    if unit == "margin":
        return f"{value * 10_000:+,.1f} bp" if change else f"{value:.1%}"
    if unit in ("share", "ratio"):
        return f"{value:+.1%}" if change or line == "eps_change_of_reference" else f"{value:.1%}"
    if unit == "money":
        return f"{value:+,.1f}" if change else f"({-value:,.0f})" if value <= -0.5 else f"{value:,.0f}"
    if unit == "money per share":
        return f"{value:+.3f}" if change else f"{value:.2f}"
    if unit in ("index", "elasticity"):
        return f"{value:.3f}"
    return f"{value:,.6g}"
