"""The first column of every template, your case: how it is typed, and what counts of it.

``columns()`` are the template's scenarios as rows of the table of scenarios, your case first.
``entries(rows)`` and ``levers(name, row)`` are cells for ``book.set``: entries by company and scenario, and
a lever's by scenario, as ``xlp_in_cost_reduction`` and ``xlp_in_<lever>`` would hold them all.
``filled(levers)``: what counts of the case's levers, blanks taken from ``illustrative``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import oracle

KEY, STANDARD = "your_case", "illustrative"

Cell = tuple[str, tuple[int, int] | None, Any]


def columns() -> list[dict[str, str]]:
    rows = {row["scenario"]: row for row in oracle.scenarios()}
    return [rows.pop(STANDARD) | {"scenario": KEY}, *rows.values()]


def standard() -> dict[str, float | None]:
    row = columns()[0]
    return {name: float(row[name]) if row[name] else None for name in oracle.LEVERS}


def filled(typed: Mapping[str, float | None]) -> dict[str, float | None]:
    return {name: value if typed[name] is None else typed[name] for name, value in standard().items()}


def entry(company: int, scenario: int, value: Any) -> Cell:
    """The cell of one company's reduction in one scenario."""
    if scenario == 0:
        return "xlp_in_your_reduction", (company, 0), value
    return "xlp_in_cost_reduction", (company, scenario), value


def entries(rows: Sequence[Sequence[Any]]) -> Iterator[Cell]:
    for i, row in enumerate(rows):
        yield from (entry(i, j, value) for j, value in enumerate(row))


def lever(name: str, scenario: int, value: Any) -> Cell:
    """The cell of a lever in one scenario."""
    if name != "cost_reduction":
        return f"xlp_in_{name}", (0, scenario), value
    if scenario == 0:
        return "xlp_in_your_reduction_all", (0, 0), value
    return "xlp_in_scenario_cost_reduction", (0, scenario), value


def levers(name: str, row: Sequence[Any]) -> Iterator[Cell]:
    yield from (lever(name, j, value) for j, value in enumerate(row))
