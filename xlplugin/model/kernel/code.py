"""The model's lines as generated code: traced once, simplified and laid out for each kind of scalars.

Calling the line functions on nodes instead of numbers records a graph (:mod:`xlplugin.model.kernel.graph`).
For a run, every node that depends on scalars alone is computed once, and the graph is simplified by
which of them are 0, 1 or not finite (kept for the next run of the same kind); what is left is put in
order, and each result gets a register (:mod:`xlplugin.model.kernel.layout`): the caller's output slice,
or a buffer that serves again after its last reader.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xlplugin.model.kernel.graph import Graph, Node
from xlplugin.model.kernel.layout import Layout, layout
from xlplugin.model.kernel.operations import ON_ARRAYS, ON_SCALARS

Array = NDArray[np.float64]

#: Called with lists of scalars, input slices, output slices and buffers: one block's computation.
Compute = Callable[[list[Any], list[Array], list[Array], list[Array]], None]


class Prepared(NamedTuple):
    """Code for one run: the registers, what computes a block, and the run's scalars."""

    layout: Layout
    compute: Compute
    scalars: list[Any]


class Code:
    """The traced graph of chosen lines, and the code that is made of it once the scalars are known.

    ``outputs`` are the names to compute, ``functions`` and ``parameters`` the lines by name and
    what they take, in order; any other name is an input. Inputs in ``varying`` are arrays over
    rows, the others scalars.
    """

    def __init__(
        self,
        outputs: tuple[str, ...],
        functions: Mapping[str, Callable[..., Any]],
        parameters: Mapping[str, tuple[str, ...]],
        varying: frozenset[str],
    ) -> None:
        self.outputs, self.varying = outputs, varying
        self._graph = Graph()
        self._results = self._graph.trace(outputs, functions, parameters, varying)
        self._scalars = tuple(node for node in self._graph.nodes if not node.varies)
        self._constants = [node.operands[0] for node in self._scalars if node.operator == "input"]
        self._compiled = lru_cache(maxsize=64)(self._compile)
        self._prepared = lru_cache(maxsize=64)(self._prepare)  # of the same company in another call

    def prepared(self, inputs: Mapping[str, float | Array], complete: frozenset[str]) -> Prepared:
        """Return the code for a run; ``inputs`` and ``complete`` as in ``Program.run``."""
        constants = np.array([inputs[name] for name in self._constants], np.float64)
        return self._prepared(constants.tobytes(), complete)

    def _prepare(self, constants: bytes, complete: frozenset[str]) -> Prepared:
        with np.errstate(all="ignore"):
            values = self._values(dict(zip(self._constants, np.frombuffer(constants), strict=True)))
            kinds = tuple(_kind(values[node]) for node in self._scalars)
            registers, compute = self._compiled(kinds, complete)
            scalars = _numbers(registers, [values.get(node) for node in self._graph.nodes])
        return Prepared(registers, compute, scalars)

    def _values(self, inputs: Mapping[str, np.float64]) -> dict[Node, Any]:
        values: dict[Node, Any] = {}
        for node in self._scalars:
            if node.operator == "input":
                values[node] = inputs[node.operands[0]]
            elif node.operator == "number":
                values[node] = np.float64(node.operands[0])
            else:
                values[node] = ON_SCALARS[node.operator](*(values[operand] for operand in node.operands))
        return values

    def _compile(self, kinds: tuple[float, ...], complete: frozenset[str]) -> tuple[Layout, Compute]:
        image = self._graph.simplified(dict(zip(self._scalars, kinds, strict=True)), complete)
        registers = layout(self.outputs, tuple(image[node] for node in self._results))
        # compiled, since threads wait for each other whenever the interpreter is at work
        names: dict[str, Any] = dict(ON_ARRAYS)
        exec(registers.source(), names)
        return registers, names["compute"]


def _kind(value: Any) -> float:
    """Return what simplification may know of a scalar: that it is 0, 1, finite (2) or not (inf)."""
    if value == 0 or value == 1:
        return float(value)
    return 2.0 if np.isfinite(value) else math.inf


def _numbers(registers: Layout, values: list[Any]) -> list[Any]:
    known: dict[Node, Any] = {}

    def number(node: Node) -> Any:
        if node not in known:
            if node.operator == "scalar":
                known[node] = values[node.operands[0]]
            elif node.operator == "number":
                known[node] = np.float64(node.operands[0])
            else:
                known[node] = ON_SCALARS[node.operator](*map(number, node.operands))
        return known[node]

    return [np.asarray(number(node)) for node in registers.scalars]
