"""The model's lines as a straight-line program over blocks of arrays.

Calling the line functions on nodes instead of numbers records a graph (:mod:`xlplugin.graph`).
A run then goes

1. every node that depends on scalars alone is computed once; conditions among them choose their
   branch here, so the branch not taken costs nothing;
2. the rest is put in order, and each result gets a register: the caller's output slice where the
   node is an output, else a buffer that is free again after its last reader (this is kept for the
   next run with the same branches);
3. threads take blocks of rows in turn, each with buffers of its own: ``check`` sees the input
   slices while they enter the cache, then each step is one NumPy call that writes in place. NumPy
   lets go of the interpreter meanwhile, so threads run side by side.

Every row passes through the same operations wherever its block starts, so results do not depend on
the size of blocks or the number of threads. They agree with the functions on floats to 1e-12.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xlplugin.graph import Graph, Node
from xlplugin.inputs import Input

__all__ = ["BLOCK", "Program", "outside", "program"]

#: Rows of a block: few enough to stay in cache, enough that threads rarely wait for each other.
BLOCK = 32_768

Array = NDArray[np.float64]
Check = Callable[[int, int, dict[str, Array]], None]
Branches = tuple[bool, ...]


class Step(NamedTuple):
    """One operation on whole blocks: ``registers[result] = operator(registers[operands])``."""

    operator: str
    operands: tuple[int, ...]
    result: int


class Layout(NamedTuple):
    """Steps in order and what the registers hold: scalars, inputs, outputs, then buffers."""

    scalars: tuple[Node, ...]
    inputs: tuple[str, ...]
    steps: tuple[Step, ...]
    buffers: int


class Program:
    """Chosen lines as steps over blocks of rows.

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
        graph, traced = Graph(varying), {}  # type: ignore[var-annotated]
        self._results = tuple(graph.trace(name, functions, parameters, traced) for name in outputs)
        self._scalars = tuple(node for node in graph.nodes if not node.varies)
        wheres = (node for node in graph.nodes if node.varies and node.operator == "where")
        self._switches = tuple(node for node in wheres if not node.operands[0].varies)
        self._layout = lru_cache(maxsize=16)(self._laid_out)

    @property
    def steps(self) -> tuple[str, ...]:
        """The steps in words, where every scalar condition is false: for reading, not for running."""
        layout = self._layout((False,) * len(self._switches))
        names = [_word(node) for node in layout.scalars] + list(layout.inputs) + list(self.outputs)
        names += [f"buffer {i}" for i in range(layout.buffers)]
        return tuple(
            f"{names[step.result]} = {step.operator}({', '.join(names[i] for i in step.operands)})"
            for step in layout.steps
        )

    @property
    def buffers(self) -> int:
        """How many buffers of a block's length each thread needs, beside inputs and outputs."""
        return self._layout((False,) * len(self._switches)).buffers

    def run(
        self,
        inputs: Mapping[str, float | Array],
        rows: int,
        out: Mapping[str, Array],
        check: Check | None = None,
        threads: int | None = None,
        block: int = BLOCK,
    ) -> None:
        """Compute ``rows`` rows into the arrays of ``out``.

        ``inputs``: contiguous float64 arrays of length ``rows`` where they vary, else numbers; NaN is
        not available, domains are the caller's matter. ``out``: one float64 array of length ``rows``
        per output, which may be a strided view, but not share memory with another or an input.
        ``check(start, stop, slices)`` is called for each block before it is computed, possibly from
        several threads at once; what it raises ends the run, of several errors the one of the
        first row counts. ``threads`` None means all cores; one block or Pyodide means this thread.
        """
        with np.errstate(all="ignore"):
            values = self._scalar_values(inputs)
        layout = self._layout(tuple(bool(values[node.operands[0]]) for node in self._switches))
        numbers = [np.asarray(values[node]) for node in layout.scalars]
        arrays: dict[str, Any] = {name: value for name, value in inputs.items() if name in self.varying}
        blocks = _Blocks(rows, block)

        def work() -> None:
            with np.errstate(all="ignore"):
                worker = _Worker(layout, numbers, [out[name] for name in self.outputs], min(block, rows))
                for start, stop in blocks:
                    try:
                        slices = {name: array[start:stop] for name, array in arrays.items()}
                        if check is not None:
                            check(start, stop, slices)
                        worker.run(start, stop, slices)
                    except BaseException as error:
                        blocks.fail(start, error)

        threads = min(_cores() if threads is None else threads, -(-rows // block))
        if threads <= 1 or sys.platform == "emscripten":
            work()
        else:
            with ThreadPoolExecutor(threads, thread_name_prefix="xlplugin") as pool:
                for future in [pool.submit(work) for _ in range(threads)]:
                    future.result()
        blocks.raise_first()

    def _scalar_values(self, inputs: Mapping[str, float | Array]) -> dict[Node, Any]:
        values: dict[Node, Any] = {}
        for node in self._scalars:
            if node.operator == "input":
                values[node] = np.float64(inputs[node.operands[0]])
            elif node.operator == "number":
                values[node] = np.float64(node.operands[0])
            else:
                values[node] = _ON_SCALARS[node.operator](*(values[operand] for operand in node.operands))
        return values

    def _laid_out(self, branches: Branches) -> Layout:
        pairs = zip(self._switches, branches, strict=True)
        chosen = {node: node.operands[1 if branch else 2] for node, branch in pairs}
        return _Allocation(self._results, chosen).layout()


@lru_cache(maxsize=256)
def program(outputs: tuple[str, ...], varying: frozenset[str]) -> Program:
    """Return the :class:`Program` of the model's lines or bars ``outputs``; the last 256 are kept."""
    from xlplugin.model import FUNCTIONS, PARAMETERS

    return Program(outputs, FUNCTIONS, PARAMETERS, varying)


def outside(block: Array, item: Input) -> bool:
    """Return whether any value of a non-empty ``block`` is not in the domain of ``item``; NaN is not."""
    # min and max pass a NaN on, which no domain contains
    return not (item.contains(block.min()) and item.contains(block.max()))


# --- Registers -----------------------------------------------------------------------------------


class _Allocation:
    """Puts the nodes that the results need in order and gives each a register."""

    def __init__(self, results: tuple[Node, ...], chosen: Mapping[Node, Node]) -> None:
        self.chosen = chosen
        self.results = [self.resolved(node) for node in results]
        self.order: list[Node] = []
        self.scalars: dict[Node, None] = {}
        self.inputs: dict[Node, None] = {}
        seen: set[Node] = set()
        for node in self.results:
            self.visit(node, seen)

    def resolved(self, node: Node) -> Node:
        while node in self.chosen:
            node = self.chosen[node]
        return node

    def operands(self, node: Node) -> list[Node]:
        return [self.resolved(operand) for operand in node.operands]

    def visit(self, node: Node, seen: set[Node]) -> None:
        if node in seen:
            return
        seen.add(node)
        if not node.varies:
            self.scalars[node] = None
        elif node.operator == "input":
            self.inputs[node] = None
        else:
            for operand in self.operands(node):
                self.visit(operand, seen)
            self.order.append(node)

    def layout(self) -> Layout:
        register = {node: i for i, node in enumerate((*self.scalars, *self.inputs))}
        first_output = len(register)
        first_buffer = first_output + len(self.results)
        computed = set(self.order)
        own = {node: first_output + i for i, node in enumerate(self.results) if node in computed}
        last = {operand: i for i, node in enumerate(self.order) for operand in self.operands(node)}
        free: list[int] = []
        buffers = 0
        steps = []
        for i, node in enumerate(self.order):
            operands = self.operands(node)
            released = [
                register[operand]
                for operand in dict.fromkeys(operands)
                if last[operand] == i and register[operand] >= first_buffer
            ]
            if node.operator != "where":  # where writes before it has read all
                free += released
            if node in own:
                register[node] = own[node]
            elif free:
                register[node] = free.pop()
            else:
                register[node] = first_buffer + buffers
                buffers += 1
            if node.operator == "where":
                free += released
            steps.append(Step(node.operator, tuple(map(register.__getitem__, operands)), register[node]))
        for i, node in enumerate(self.results):  # another name of the same line, an input or a scalar
            if register[node] != first_output + i:
                steps.append(Step("copy", (register[node],), first_output + i))
        names = tuple(node.operands[0] for node in self.inputs)
        return Layout(tuple(self.scalars), names, tuple(steps), buffers)


class _Blocks:
    """Hands out blocks of rows in order to any thread, until one fails."""

    def __init__(self, rows: int, block: int) -> None:
        self._bounds = iter([(start, min(start + block, rows)) for start in range(0, rows, block)])
        self._lock = threading.Lock()
        self._errors: list[tuple[int, BaseException]] = []

    def __iter__(self) -> Iterator[tuple[int, int]]:
        while not self._errors:
            with self._lock:
                bounds = next(self._bounds, None)
            if bounds is None:
                return
            yield bounds

    def fail(self, start: int, error: BaseException) -> None:
        self._errors.append((start, error))

    def raise_first(self) -> None:
        # blocks are handed out in order: those before a failed one have all been tried
        if self._errors:
            raise min(self._errors, key=lambda pair: pair[0])[1]


class _Worker:
    """One thread's registers."""

    def __init__(self, layout: Layout, numbers: list[Any], out: list[Array], block: int) -> None:
        self.layout, self.numbers, self.out = layout, numbers, out
        # exp and log on a strided array may take another path: write to a buffer, then copy
        self.strided = [i for i, array in enumerate(out) if array.strides != (array.itemsize,)]
        self.spare = {i: np.empty(block) for i in self.strided}
        self.buffers = [np.empty(block) for _ in range(layout.buffers)]
        self.steps = [(_ON_ARRAYS[step.operator], *step[1:]) for step in layout.steps]

    def run(self, start: int, stop: int, slices: Mapping[str, Array]) -> None:
        size = stop - start
        registers = [*self.numbers, *(slices[name] for name in self.layout.inputs)]
        registers += [
            self.spare[i][:size] if i in self.spare else array[start:stop] for i, array in enumerate(self.out)
        ]
        registers += [buffer[:size] for buffer in self.buffers]
        for operation, operands, result in self.steps:
            operation(*[registers[i] for i in operands], out=registers[result])
        for i in self.strided:
            self.out[i][start:stop] = self.spare[i][:size]


# --- Operations ----------------------------------------------------------------------------------


def _ratio(numerator: Any, denominator: Any, out: Array) -> None:
    zero = np.equal(denominator, 0)
    np.divide(numerator, denominator, out=out)
    np.copyto(out, 0.0, where=zero)


def _where(condition: Array, a: Any, b: Any, out: Array) -> None:
    np.copyto(out, b)
    np.copyto(out, a, where=condition.view(np.bool_)[: out.size])


def _condition(ufunc: np.ufunc) -> Callable[..., None]:
    def compare(a: Any, b: Any, out: Array) -> None:  # into the first bytes of its register
        ufunc(a, b, out=out.view(np.bool_)[: out.size])

    return compare


def _copy(a: Any, out: Array) -> None:
    np.copyto(out, a)


def _scalar_power(base: Any, exponent: Any) -> Any:
    return np.nan if base != base or exponent != exponent else np.power(base, exponent)


_UFUNCS: dict[str, Callable[..., Any]] = {
    "add": np.add,
    "subtract": np.subtract,
    "multiply": np.multiply,
    "divide": np.divide,
    "negative": np.negative,
    "minimum": np.minimum,
    "maximum": np.maximum,
    "exponential": np.exp,
    "logarithm": np.log,
}
_ON_SCALARS: dict[str, Callable[..., Any]] = _UFUNCS | {
    "equal": np.equal,
    "greater": np.greater,
    "power": _scalar_power,
    "ratio": lambda numerator, denominator: np.float64(0) if denominator == 0 else numerator / denominator,
    "where": lambda condition, a, b: a if condition else b,
}
_ON_ARRAYS: dict[str, Callable[..., Any]] = _UFUNCS | {
    "equal": _condition(np.equal),
    "greater": _condition(np.greater),
    "ratio": _ratio,
    "where": _where,
    "copy": _copy,
}


def _word(node: Node) -> str:
    if node.operator in ("input", "number"):
        return f"{node.operands[0]}"
    return f"{node.operator}({', '.join(_word(operand) for operand in node.operands)})"


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
