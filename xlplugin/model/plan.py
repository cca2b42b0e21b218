"""What can be computed, and what a choice of lines takes: the lines before them and the inputs they need."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from xlplugin.model.errors import refuse_unknown
from xlplugin.model.inputs import EXPOSURES, FINANCIALS, INPUTS, LEVERS, REFERENCES
from xlplugin.model.lines import BARS, LINES, MARGIN_BARS

#: Everything that can be computed: lines, then the bars of both bridges.
FUNCTIONS = {**LINES, **BARS, **MARGIN_BARS}

#: Everything that ``evaluation.evaluate`` takes.
MODEL_INPUTS = FINANCIALS + EXPOSURES + LEVERS + REFERENCES


def parameters(function: Any) -> tuple[str, ...]:
    """Return the names of inputs and lines that a line item takes, in order."""
    code = function.__code__
    names: tuple[str, ...] = getattr(function, "parameters", code.co_varnames[: code.co_argcount])
    return names


#: What each of them takes, in order.
PARAMETERS = {name: parameters(f) for name, f in FUNCTIONS.items()}


class Plan(NamedTuple):
    """What a choice of lines takes: the lines to compute, in order, and the inputs they need."""

    outputs: tuple[str, ...]
    steps: tuple[str, ...]
    inputs: tuple[str, ...]


@lru_cache(maxsize=256)
def plan(outputs: tuple[str, ...]) -> Plan:
    """Return the :class:`Plan` of the lines or bridge bars named ``outputs``.

    Raises InputError for a name that is neither.
    """
    for name in outputs:
        refuse_unknown("lines", name, FUNCTIONS)
    needed = set(outputs)
    for name in reversed(FUNCTIONS):  # later lines take earlier ones, so one pass back is enough
        if name in needed:
            needed.update(PARAMETERS[name])
    for name in tuple(needed):  # a blank one of these is filled from another input
        default = INPUTS[name].default if name in INPUTS else None
        if isinstance(default, str):
            needed.add(default)
    steps = tuple(name for name in FUNCTIONS if name in needed)
    return Plan(outputs, steps, tuple(name for name in MODEL_INPUTS if name in needed))
