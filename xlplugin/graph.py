"""The model's lines as a graph: equal expressions are one node, logarithms are shared.

``power(a, b)`` becomes ``exp(b * log(a))`` here, and ``log(min(1, a))`` becomes ``min(0, log(a))``,
so that one logarithm serves every power of the same base.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from xlplugin.arithmetic import Symbol

__all__ = ["CONDITIONS", "Graph", "Node"]

#: Operators that yield a condition, which only ``where`` takes.
CONDITIONS = ("equal", "greater")


class Node(Symbol):
    """A value of the graph: an input, a number, or an operation on earlier nodes.

    ``operands`` are nodes, for an input its name, for a number its value. ``varies`` says whether
    it is an array over rows; else it is one number per run. ``place`` counts the nodes.
    """

    __slots__ = ("graph", "operands", "operator", "place", "varies")

    def __init__(
        self, graph: Graph, operator: str, operands: tuple[Any, ...], varies: bool, place: int
    ) -> None:
        self.graph, self.operator, self.operands = graph, operator, operands
        self.varies, self.place = varies, place

    def apply(self, operator: str, *operands: Any) -> Node:
        """Return the node of ``operator`` on ``operands``: always the same for the same operands."""
        return self.graph.apply(operator, *operands)


class Graph:
    """The nodes traced so far, each once, operands before those that use them."""

    def __init__(self, varying: frozenset[str]) -> None:
        self.nodes: list[Node] = []
        self._varying = varying
        self._known: dict[tuple[Any, ...], Node] = {}

    def trace(
        self,
        name: str,
        functions: Mapping[str, Callable[..., Any]],
        parameters: Mapping[str, tuple[str, ...]],
        traced: dict[str, Node],
    ) -> Node:
        """Return the node of the line or input ``name``; ``traced`` remembers those already there."""
        if name not in traced:
            if name in functions:
                operands = [self.trace(p, functions, parameters, traced) for p in parameters[name]]
                traced[name] = self._as_node(functions[name](*operands))
            else:
                traced[name] = self._node("input", (name,), name in self._varying)
        return traced[name]

    def apply(self, operator: str, *operands: Any) -> Node:
        """Return the node of ``operator`` on ``operands``, nodes or numbers."""
        nodes = tuple(self._as_node(operand) for operand in operands)
        varies = any(node.varies for node in nodes)
        for position, node in enumerate(nodes):
            if (node.operator in CONDITIONS) != (operator == "where" and position == 0):
                raise TypeError(f"{operator}: a comparison is the condition of where() and nothing else")
        if operator == "power" and varies:
            base, exponent = nodes
            return self.apply("exponential", self.apply("multiply", exponent, self._logarithm(base)))
        if operator in ("add", "multiply"):  # exact either way round
            nodes = tuple(sorted(nodes, key=lambda node: node.place))
        return self._node(operator, nodes, varies)

    def _logarithm(self, node: Node) -> Node:
        if node.operator in ("minimum", "maximum"):
            return self.apply(node.operator, *map(self._logarithm, node.operands))
        return self.apply("logarithm", node)

    def _as_node(self, value: Any) -> Node:
        return value if isinstance(value, Node) else self._node("number", (float(value),), False)

    def _node(self, operator: str, operands: tuple[Any, ...], varies: bool) -> Node:
        key: tuple[Any, ...] = (operator, *(node.place for node in operands if isinstance(node, Node)))
        if operator == "number":
            key = (operator, operands[0].hex())  # keeps -0.0 apart from 0.0, and finds NaN again
        elif operator == "input":
            key = (operator, *operands)
        if key not in self._known:
            self._known[key] = Node(self, operator, operands, varies, len(self.nodes))
            self.nodes.append(self._known[key])
        return self._known[key]
