"""What share prices did on a day, as shipped: market_moves.csv."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from xlplugin.model.labels import shipped_rows


@dataclass(frozen=True, slots=True)
class Move:
    """One share on one day: ``move`` is the change of its closing price, a fraction of the day before's."""

    company: str
    event: str
    date: str
    move: float
    source: str
    confidence: str


@cache
def shipped_moves() -> tuple[Move, ...]:
    """Return the moves that come with xlplugin, one a company."""
    rows = shipped_rows("data", "market_moves.csv")
    return tuple(Move(**{**row, "move": float(row["move"])}) for row in rows)  # type: ignore[arg-type]
