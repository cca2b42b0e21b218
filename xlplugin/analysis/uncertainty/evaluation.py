"""Draws evaluated chunk by chunk, each line straight into its stretch of the column that holds all draws."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xlplugin.analysis.uncertainty.draws import Drawn, Draws
from xlplugin.analysis.uncertainty.samplers import CHUNK
from xlplugin.data.subjects import measure_plan
from xlplugin.model.floats import filled
from xlplugin.model.inputs import INPUTS
from xlplugin.model.kernel.program import program
from xlplugin.model.plan import PARAMETERS, Plan

#: Said where a draw leaves no revenue or no number.
GONE = "scenario_revenue not above 0"

Array = NDArray[np.float64]


def moved_lines(wanted: Plan, draws: Draws) -> set[str]:
    """Return the names of lines that follow from a drawn input."""
    moved = set(draws.distributions)
    if "cost_reduction" in moved:
        moved.add("training_cost_reduction")
    if "ai_revenue_share" in moved:
        moved.add("seat_revenue_share")
    for name in wanted.steps:
        if moved.intersection(PARAMETERS[name]):
            moved.add(name)
    return moved


def evaluation(
    draws: Draws, columns: Mapping[str, Array], trials: int
) -> Callable[[tuple[int, dict[str, Array] | None]], Drawn]:
    """Return the function that draws a chunk and evaluates it into its stretch of each line's column."""
    wanted = measure_plan(*columns)

    def evaluated(numbered: tuple[int, dict[str, Array] | None]) -> Drawn:
        chunk, variates = numbered
        start = chunk * CHUNK
        drawn = draws.chunk(chunk, 0, min(CHUNK, trials - start), variates)
        if drawn.count and columns:
            inputs = draws.fill(drawn)
            row: dict[str, Any] = {
                name: inputs[name] if not isinstance(inputs[name], float) else filled(name, inputs)  # type: ignore[arg-type]
                for name in wanted.inputs
            }
            lines = {name: column[start : start + drawn.count] for name, column in columns.items()}
            if "scenario_revenue" in wanted.steps:
                lines.setdefault("scenario_revenue", np.empty(drawn.count))
            varying = frozenset(name for name, value in row.items() if not isinstance(value, float))
            inside = frozenset(name for name in varying if INPUTS[name].kind in ("exposure", "lever"))
            program(tuple(lines), varying).run(row, drawn.count, lines, threads=1, complete=inside)
            _keep_revenue(drawn, lines)
        drawn.values.clear()  # they have served
        return drawn

    return evaluated


def _keep_revenue(drawn: Drawn, lines: Mapping[str, Array]) -> None:
    """Leave out rows without revenue, which no line is defined for."""
    revenue = lines.get("scenario_revenue")
    if revenue is None or revenue.min() > 0:
        return
    keep = revenue > 0
    kept = int(keep.sum())
    drawn.outside[GONE], drawn.count = drawn.count - kept, kept
    for line in lines.values():
        line[:kept] = line[keep]
