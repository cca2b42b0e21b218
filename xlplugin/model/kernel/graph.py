"""The model's lines as a graph: equal expressions are one node, logarithms are shared.

``power(a, b)`` becomes ``exp(b * log(a))``, ``log(min(1, a))`` becomes ``min(0, log(a))`` and the
logarithm of a power is no new one, so that one serves every power of the same base. Once the
scalars are known the graph is simplified: a scalar condition picks its branch, and what is
multiplied by 0 drops out, but only where it is sure to be a finite number: 0 times a value that is
not available is not available.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from xlplugin.model.arithmetic import Symbol
from xlplugin.model.kernel.operations import ON_SCALARS

_CONDITIONS = ("equal", "greater")


class Node(Symbol):
    """A value of the graph: an input, a number, a scalar known at run time, or an operation.

    ``operands`` are nodes, or the name of an input, the value of a number, the place that a scalar
    had in the graph before. ``varies``: an array over rows, else one number per run. ``sure``:
    neither NaN nor infinite for any inputs inside their domains. ``place`` counts the nodes.
    """

    __slots__ = ("graph", "operands", "operator", "place", "sure", "varies")

    def __init__(
        self, graph: Graph, operator: str, operands: tuple[Any, ...], varies: bool, sure: bool
    ) -> None:
        self.graph, self.operator, self.operands = graph, operator, operands
        self.varies, self.sure, self.place = varies, sure, len(graph.nodes)

    def __repr__(self) -> str:
        if self.operator in ("input", "number", "scalar"):
            return str(self.operands[0])
        return f"{self.operator}({', '.join(map(repr, self.operands))})"

    def apply(self, operator: str, *operands: Any) -> Node:
        """Return the node of ``operator`` on ``operands``: always the same for the same operands."""
        nodes = tuple(self.graph.number(o) if not isinstance(o, Node) else o for o in operands)
        for position, node in enumerate(nodes):
            if (node.operator in _CONDITIONS) != (operator == "where" and position == 0):
                raise TypeError(f"{operator}: a comparison is the condition of where() and nothing else")
        return self.graph.operation(operator, *nodes)


class Graph:
    """The nodes recorded so far, each once, operands before those that use them."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self._known: dict[tuple[Any, ...], Node] = {}

    def trace(
        self,
        outputs: tuple[str, ...],
        functions: Mapping[str, Callable[..., Any]],
        parameters: Mapping[str, tuple[str, ...]],
        varying: frozenset[str],
    ) -> tuple[Node, ...]:
        """Call the functions that ``outputs`` need and return the outputs' nodes."""
        traced: dict[str, Node] = {}

        def value(name: str) -> Node:
            if name not in traced:
                if name in functions:
                    result = functions[name](*map(value, parameters[name]))
                    traced[name] = result if isinstance(result, Node) else self.number(result)
                else:
                    traced[name] = self._node("input", (name,), name in varying, False)
            return traced[name]

        return tuple(map(value, outputs))

    def simplified(self, values: Mapping[Node, float], complete: frozenset[str]) -> dict[Node, Node]:
        """Return each node's image in a new graph where the scalars of ``values`` are known.

        Only whether a value is 0, 1, another finite number or none of these may show in the result.
        ``complete`` names varying inputs that lie in their domains in every row.
        """
        new = Graph()
        image: dict[Node, Node] = {}
        for node in self.nodes:
            if node in values:
                image[node] = new._scalar(node.place, values[node])
            elif node.operator == "input":
                image[node] = new._node("input", node.operands, True, node.operands[0] in complete)
            else:
                image[node] = new.operation(node.operator, *(image[operand] for operand in node.operands))
        return image

    def number(self, value: float) -> Node:
        """Return the node of a number."""
        return self._node("number", (float(value),), False, math.isfinite(value))

    def operation(self, operator: str, *nodes: Node) -> Node:
        """Return the node of ``operator`` on ``nodes``, or a simpler one that equals it."""
        if all(node.operator == "number" for node in nodes) and operator not in _CONDITIONS:
            with np.errstate(all="ignore"):
                return self.number(ON_SCALARS[operator](*(np.float64(node.operands[0]) for node in nodes)))
        varies = any(node.varies for node in nodes)
        if operator == "power" and varies:
            base, exponent = nodes
            return self.operation("exponential", self.operation("multiply", exponent, self._logarithm(base)))
        simpler = _simpler(operator, nodes)
        if simpler is not None:
            return simpler
        if operator in ("add", "multiply"):  # exact either way round
            nodes = tuple(sorted(nodes, key=lambda node: node.place))
        sure = operator != "divide" and all(node.sure for node in nodes)
        return self._node(operator, nodes, varies, sure)

    def _logarithm(self, node: Node) -> Node:
        if node.operator == "minimum":  # not maximum: it may hide an operand that has no logarithm
            return self.operation("minimum", *map(self._logarithm, node.operands))
        if node.operator == "exponential":  # of a power: no new logarithm
            exponent: Node = node.operands[0]
            return exponent
        return self.operation("logarithm", node)

    def _scalar(self, place: int, value: float) -> Node:
        if value in (0, 1):
            return self.number(value)
        return self._node("scalar", (place,), False, math.isfinite(value))

    def _node(self, operator: str, operands: tuple[Any, ...], varies: bool, sure: bool) -> Node:
        key: tuple[Any, ...] = (operator, *(o.place if isinstance(o, Node) else o for o in operands))
        if operator == "number":
            key = (operator, operands[0].hex())  # keeps -0.0 apart from 0.0, and finds NaN again
        if key not in self._known:
            self._known[key] = Node(self, operator, operands, varies, sure)
            self.nodes.append(self._known[key])
        return self._known[key]


def _simpler(operator: str, nodes: tuple[Node, ...]) -> Node | None:
    first, last = nodes[0], nodes[-1]
    if operator == "where" and first.operator == "number":
        return nodes[1] if first.operands[0] else nodes[2]
    if operator == "multiply":
        for factor, other in ((first, last), (last, first)):
            if _is(factor, 1):
                return other
            if _is(factor, 0) and other.sure:
                return factor
    if operator == "exponential" and first.operator == "logarithm":
        base: Node = first.operands[0]
        return base
    if operator == "add" and _is(first, 0):
        return last
    if operator in ("add", "subtract") and _is(last, 0):
        return first
    return None


def _is(node: Node, value: float) -> bool:
    return node.operator == "number" and bool(node.operands[0] == value)
