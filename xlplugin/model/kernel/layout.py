"""Steps in order and a register for each result, so that few buffers serve a whole program."""

from __future__ import annotations

from typing import NamedTuple

from xlplugin.model.kernel.graph import Node


class Step(NamedTuple):
    """One operation on a block: ``registers[result] = operator(registers[operands])``."""

    operator: str
    operands: tuple[int, ...]
    result: int


class Layout(NamedTuple):
    """A program: registers hold ``scalars``, then ``inputs``, then the outputs, then ``buffers``."""

    scalars: tuple[Node, ...]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    buffers: int
    steps: tuple[Step, ...]

    def source(self) -> str:
        """Return Python source of ``compute(scalars, inputs, outputs, buffers)``, a call per step."""
        kinds = {"scalars": self.scalars, "inputs": self.inputs, "outputs": self.outputs}
        sizes = {kind: len(held) for kind, held in kinds.items()} | {"buffers": self.buffers}
        names = {kind: [f"{kind[0]}{i}" for i in range(size)] for kind, size in sizes.items()}
        register = [name for held in names.values() for name in held]
        lines = [f"({', '.join(held)},) = {kind}" for kind, held in names.items() if held]
        for step in self.steps:
            operands = ", ".join(register[i] for i in step.operands)
            lines.append(f"{step.operator}({operands}, out={register[step.result]})")
        return f"def compute({', '.join(names)}):\n    " + "\n    ".join(lines or ["pass"])


def layout(names: tuple[str, ...], results: tuple[Node, ...]) -> Layout:
    """Return the program that computes ``results`` into the outputs called ``names``.

    A result goes straight to its output. Any other node takes a buffer, which is free again after
    the last step that reads it; that step may already write there.
    """
    scalars, inputs, order = _sorted(results)
    register = {node: i for i, node in enumerate((*scalars, *inputs))}
    outputs = {node: len(register) + i for i, node in enumerate(results)}
    buffers = _Buffers(len(register) + len(results))
    last = {operand: i for i, node in enumerate(order) for operand in node.operands}
    steps: list[Step] = []
    for i, node in enumerate(order):
        operands = tuple(register[operand] for operand in node.operands)
        done = {register[operand] for operand in node.operands if last[operand] == i}
        if node.operator != "where":  # which writes before it has read all
            buffers.release(done)
        register[node] = outputs[node] if node in outputs else buffers.take()
        if node.operator == "where":
            buffers.release(done)
        steps.append(Step(node.operator, operands, register[node]))
    for i, node in enumerate(results, start=buffers.first - len(results)):
        if register[node] != i:  # another name of the same node, an input or a scalar
            steps.append(Step("copy", (register[node],), i))
    return Layout(tuple(scalars), tuple(n.operands[0] for n in inputs), names, buffers.count, tuple(steps))


def _sorted(results: tuple[Node, ...]) -> tuple[list[Node], list[Node], list[Node]]:
    """Return what the results need: scalars, varying inputs, operations with operands before users."""
    scalars: list[Node] = []
    inputs: list[Node] = []
    order: list[Node] = []
    seen: set[Node] = set()

    def visit(node: Node) -> None:
        if node in seen:
            return
        seen.add(node)
        if not node.varies:
            scalars.append(node)
        elif node.operator == "input":
            inputs.append(node)
        else:
            for operand in node.operands:
                visit(operand)
            order.append(node)

    for node in results:
        visit(node)
    return scalars, inputs, order


class _Buffers:
    """Hands out registers from ``first`` on, the one released last first: it is still in cache."""

    def __init__(self, first: int) -> None:
        self.first, self.count = first, 0
        self._free: list[int] = []

    def take(self) -> int:
        if self._free:
            return self._free.pop()
        self.count += 1
        return self.first + self.count - 1

    def release(self, registers: set[int]) -> None:
        self._free += sorted(register for register in registers if register >= self.first)
