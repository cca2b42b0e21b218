"""One call as it comes over the wire: its form, what it will cost, and its answer as JSON."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

from xlplugin.hosts.server import limits
from xlplugin.hosts.server.cells import from_office, to_office
from xlplugin.hosts.server.door import Refusal
from xlplugin.model.errors import CellError

#: What xlwings reads from a call beside its name and arguments; all are sent by its client.
TEXTS = {"client": False, "version": False, "runtime": False, "caller_address": True}
OPTIONAL_TEXTS = ("culture_info_name", "date_format", "session_id")

#: What the cost of a call hangs on, where it is not the table that its ranges make together: the ranges
#: whose cells, or rows (a table of cases), multiply.
MULTIPLIED = {
    "XLP_SENSITIVITY": {"row_values": "cells", "column_values": "cells"},
    "XLP_SCENARIO": {"companies": "cells", "scenarios": "rows", "measures": "cells"},
    "XLP_EVALUATE": {"table": "rows", "measures": "cells"},
}
#: Functions that draw: the argument, its value where blank, runs of the model for each.
DRAWING = {"XLP_SIMULATE": ("trials", 10_000, 1), "XLP_SOBOL": ("samples", 1_024, 20)}
#: Functions of which a cell costs as much as so many others; the first needs SciPy, which takes long to load.
SEARCHING = {"XLP_BREAKEVEN": 2_000, "XLP_RANGE": 200}

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a known function in the right form; ``runtime`` is the version of Excel's functions."""

    name: str
    arguments: dict[str, Any]
    runtime: tuple[int, ...]

    def cells(self) -> int:
        """Return how many cells it brings, or asks for, whichever is more."""
        ranges = {name: _shape(argument) for name, argument in self.arguments.items()}
        if factors := MULTIPLIED.get(self.name):
            counts = {name: rows * (columns if factors[name] == "cells" else 1)
                      for name, (rows, columns) in ranges.items() if name in factors}  # fmt: skip
            asked = prod(max(1, count) for count in counts.values())
        else:
            table = [shape for name, shape in ranges.items() if name != "levers"] or [(1, 1)]
            asked = max(rows for rows, _ in table) * max(columns for _, columns in table)
        return max(asked, sum(rows * columns for rows, columns in ranges.values()))

    def draws(self) -> int:
        """Return how many draws it asks for."""
        if self.name not in DRAWING:
            return 0
        wanted, default, runs = DRAWING[self.name]
        given = self.arguments.get(wanted)
        while given.__class__ is list and given:
            given = given[0]
        if given.__class__ is dict:
            given = given.get("basicValue")
        count = given if given.__class__ in (int, float) else default
        return int(min(max(count, 0), 2 * limits.DRAWS)) * runs

    def is_light(self) -> bool:
        """Say whether the process that answers everybody can afford it."""
        cells = self.cells() * SEARCHING.get(self.name, 1)
        return cells <= limits.LIGHT_CELLS and self.draws() <= limits.LIGHT_DRAWS

    def is_too_large(self) -> bool:
        """Say whether it is beyond the limits; write one line to the log where it is."""
        asked = (self.cells(), limits.CELLS, "cells"), (self.draws(), limits.DRAWS, "draws")
        for count, most, what in asked:
            if count > most:
                logger.warning("%s with %s %s was refused: at most %s a call", self.name, count, what, most)
                return True
        return False


def _shape(argument: Any) -> tuple[int, int]:
    """Return rows and columns; a flat list is a row, and no table counts as one cell."""
    if argument.__class__ is not list or not argument:
        return (0, 0) if argument is None else (1, 1)
    first = argument[0]
    return (len(argument), len(first)) if first.__class__ is list else (1, len(argument))


def parsed(body: bytes, functions: Mapping[str, Any]) -> Call:
    """Return the call of a function in a body; raise :class:`Refusal` unless xlwings could carry it out."""
    try:
        call = json.loads(body, parse_constant=_no_number)
    except (ValueError, RecursionError):  # UnicodeDecodeError is a ValueError
        raise Refusal(400, "the call is not JSON") from None
    if not isinstance(call, dict):
        raise Refusal(400, "a call is a JSON object")
    name, arguments = call.get("func_name"), call.get("args")
    if not isinstance(name, str) or name not in functions:
        raise Refusal(400, "func_name is not one of the functions")
    names = [argument.name for argument in functions[name].arguments]
    fewest, most = functions[name].required, len(names)
    if not isinstance(arguments, list) or not fewest <= len(arguments) <= most:
        raise Refusal(400, f"{name} takes {fewest} to {most} arguments, given as a list")
    for key, optional in TEXTS.items():
        if not (isinstance(call.get(key), str) or (optional and call.get(key) is None)):
            raise Refusal(400, f"{key} is missing or no text")
    for key in OPTIONAL_TEXTS:
        if not isinstance(call.get(key), str | None):
            raise Refusal(400, f"{key} is no text")
    if call["client"] != "Office.js" or not re.fullmatch(r"[0-9]{1,3}\.[0-9]{1,3}", call["runtime"]):
        raise Refusal(400, "the call does not come from Excel's custom functions")
    by_name = dict(zip(names, arguments, strict=False))
    return Call(name, by_name, tuple(map(int, call["runtime"].split("."))))


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no JSON number")


def result(
    call: Callable[..., Any], name: str, cells: tuple[Any, ...], runtime: tuple[int, ...]
) -> list[list[Any]]:
    """Return the rows that Excel gets for a call of the registry's ``call``."""
    try:
        return to_office(call(name, *map(from_office, cells)), runtime)
    except Exception:  # a fault of ours must not reach the sheet as a text, nor end other calls
        logger.exception("%s failed", name)
        return to_office(CellError.WRONG_TYPE, runtime)


def answer(body: bytes, functions: Mapping[str, Any], call: Callable[..., Any]) -> bytes:
    """Return the JSON of the answer to the call in a body; raise :class:`Refusal` for a malformed one."""
    asked = parsed(body, functions)
    if asked.is_too_large():
        rows = to_office(CellError.OUTSIDE_DOMAIN, asked.runtime)
    else:
        rows = result(call, asked.name, tuple(map(_single, asked.arguments.values())), asked.runtime)
    return json.dumps({"result": rows}, allow_nan=False, separators=(",", ":")).encode()


def _single(argument: Any) -> Any:
    """Return a single cell as itself and a single row as a flat list, as xlwings hands them over."""
    if argument.__class__ is not list or len(argument) != 1:
        return argument
    first = argument[0]
    return first[0] if first.__class__ is list and len(first) == 1 else first
