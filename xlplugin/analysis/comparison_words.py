"""A comparison in words: the causes of a change, what became of the company, and both in a sentence."""

from __future__ import annotations

from collections.abc import Mapping

from xlplugin.data.subjects import Subject
from xlplugin.model.formats import is_change, shown
from xlplugin.model.lines import UNITS
from xlplugin.model.messages import Figure, Message, Name, joined, message, plain

#: What is said of a company that sells AI infrastructure.
UNDETERMINED = "direction not determined by cost alone"

#: How many causes are told, and how small one may be beside the largest.
MOST_CAUSES, SMALLEST_CAUSE = 3, 0.05

_WORDS = {
    "unit_cost": "unit cost",
    "usage_rebound": "rebound",
    "price_cut": "price",
    "demand_response": "demand",
    "supply": "infrastructure sold",
    "stranded_cost": "stranded cost",
    "seat_erosion_effect": "seats",
    "labour_substitution_effect": "work done by AI",
    "development": "development",
    "revenue_base_effect": "revenue base",
}


def causes_in_words(amounts: Mapping[str, float], measure: str) -> Message:
    """Return the largest bars of a bridge in words: ``unit cost +58, rebound -19, price -8``.

    Bars of margins are in basis points, of money in millions; bars that are not available are left out.
    """
    unit = UNITS[measure]
    known = {name: amount for name, amount in amounts.items() if amount == amount and amount}
    ranked = sorted(known, key=lambda name: -abs(known[name]))[:MOST_CAUSES]
    told = [name for name in ranked if abs(known[name]) >= SMALLEST_CAUSE * abs(known[ranked[0]])]
    return joined(
        message("{cause} {amount}", cause=plain(_WORDS[name]), amount=_amount(known[name], unit))
        for name in told
    )


def _amount(value: float, unit: str) -> Figure:
    if unit == "money per share":
        return Figure(f"{value:+.3f}")
    value = value * 10_000 if unit == "margin" else value
    return Figure(f"{value:+,.0f}" if abs(value) >= 9.95 else f"{value:+.2g}")


def verdict_of(subject: Subject, measure: str, value: float) -> str:
    if value != value:
        return "not available"
    if subject.undetermined:
        return UNDETERMINED
    if not is_change(measure):
        return ""
    if abs(value) <= 1e-12 * subject.scale(measure):
        return "unchanged"
    return "gains" if value > 0 else "loses"


def sentence_of(
    subject: Subject, measure: str, value: float, low: float, high: float, causes: str
) -> Message:
    head = _shown(value, measure, subject.case.currency)
    parts = [message("{company}: {value}", company=subject.company, value=head), causes]
    if low == low:
        told = {"low": _shown(low, measure), "high": _shown(high, measure), "why": plain(UNDETERMINED)}
        parts.append(message("{why} ({low} to {high} over {lever})", lever=Name("market_elasticity"), **told))
    if subject.general:
        parts.append(plain("on general assumptions, unranked"))
    return joined(part for part in parts if part)


def _shown(value: float, measure: str, currency: str = "") -> str:
    words = Figure(shown(value, measure))
    if UNITS[measure] != "money" or value != value:
        return words
    if not currency:
        return message("{figure} m", figure=words)
    return message("{figure} {currency} m", figure=words, currency=currency)
