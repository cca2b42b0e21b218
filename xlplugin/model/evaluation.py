"""Evaluation: from a mapping of inputs to a mapping of lines. Knows no dataset and no host."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from xlplugin.model.errors import CellError, Fault, InputError, suggestion
from xlplugin.model.floats import as_float, evaluate_floats, wrong_type
from xlplugin.model.inputs import REFERENCE_LABEL
from xlplugin.model.lines import LINES
from xlplugin.model.messages import message
from xlplugin.model.plan import MODEL_INPUTS, plan

_KNOWN = frozenset((*MODEL_INPUTS, REFERENCE_LABEL))


def evaluate(inputs: Mapping[str, Any], lines: Sequence[str] | None = None) -> dict[str, Any]:
    """Return the model's lines for the given inputs.

    ``inputs`` maps names (see :data:`xlplugin.model.inputs.INPUTS`) to numbers or to arrays of
    broadcastable shapes; money in millions, shares and rates as fractions. ``lines`` picks lines or
    bridge bars by name (default: every line); only what they need is computed and required.

    Returns a mapping line -> float where every input is a scalar, else line -> float64 array of the
    inputs' common shape. A blank (None, NaN, left out) financial or reference makes the lines that
    need it NaN; marginal_tax_rate, one_off_net_income and training_cost_reduction have defaults.

    Raises InputError for an unknown name, a missing exposure or lever, text, TRUE, or a value
    outside its domain, naming row, input, value, allowed range and fix.

    >>> result = evaluate({"revenue": 200.0, "cost_of_revenue": 50.0}, ["base_gross_margin"])
    >>> result["base_gross_margin"]
    0.75
    """
    chosen = LINES if lines is None else [lines] if isinstance(lines, str) else lines
    wanted = plan(tuple(map(str, chosen)))
    _refuse_unknown(inputs)
    given: dict[str, Any] = {}
    scalar = True
    for name, value in inputs.items():
        if name == REFERENCE_LABEL:
            continue
        kind = type(value)
        if kind is float or kind is int:
            given[name] = as_float(value)
        elif value is None:
            given[name] = math.nan
        elif kind is bool or isinstance(value, str):
            raise InputError(wrong_type(name, value))
        elif isinstance(value, float):  # numpy.float64 among them
            given[name] = float(value)
        else:
            given[name], scalar = value, False
    if scalar:
        return evaluate_floats(wanted, given)
    from xlplugin.model.arrays import evaluate_arrays

    return evaluate_arrays(wanted, given)


def _refuse_unknown(inputs: Mapping[str, Any]) -> None:
    if not isinstance(inputs, Mapping) and not hasattr(inputs, "items"):  # a frame has items, too
        fix = "give a mapping of names to numbers or arrays"
        raise InputError.wrong("inputs", type(inputs).__name__, fix)
    faults = [
        Fault(
            None,
            name,
            None,
            "",
            message("no such input: {suggestion}", suggestion=suggestion(name, MODEL_INPUTS)),
            CellError.WRONG_TYPE,
        )
        for name in map(str, inputs)
        if name not in _KNOWN
    ]
    if faults:
        raise InputError(faults)
