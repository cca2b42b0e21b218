"""How a figure is shown to people: per cent, basis points, millions, with sign where it is a change."""

from __future__ import annotations

from xlplugin.model.lines import UNITS

NOT_AVAILABLE_TEXT = "#N/A"


def is_change(line: str) -> bool:
    """Whether the line is a difference, which is shown with its sign."""
    return line.endswith("_change") or line.startswith("bridge_")


def with_currency(line: str, currency: str) -> str:
    """Return a line's name as a table's head, of money with its currency: ``operating_income, EUR m``."""
    unit = {"money": "m", "money per share": "per share"}.get(UNITS.get(line, ""))
    return f"{line}, {currency} {unit}" if unit and currency else line


def shown(value: float | None, line: str, *, unit: str | None = None, change: bool | None = None) -> str:
    """Return ``value`` of a line as people read it: ``20.2%``, ``+13.4 bp``, ``(83)``, ``7.85``.

    A change of a margin is in basis points, a margin in per cent, money in millions with negatives
    in parentheses; not available is ``#N/A``.
    """
    if value is None or value != value:
        return NOT_AVAILABLE_TEXT
    unit = unit or UNITS.get(line, "")
    if value == 0 and (is_change(line) if change is None else change):
        return "0"  # nothing changes, which is not the same as a small change
    change = is_change(line) if change is None else change
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
