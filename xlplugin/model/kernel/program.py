"""The model's lines as a straight-line program over blocks of arrays.

Calling the line functions on nodes instead of numbers records a graph (:mod:`xlplugin.model.kernel.graph`).
A run then goes

1. every node that depends on scalars alone is computed once, and the graph is simplified by which
   of them are 0, 1 or not finite (kept for the next run of the same kind);
2. what is left is put in order, and each result gets a register (:mod:`xlplugin.model.kernel.layout`): the
   caller's output slice, or a buffer that serves again after its last reader;
3. threads take blocks of rows (:mod:`xlplugin.model.kernel.blocks`), each with buffers of its own:
   ``check`` sees the input slices, each step is one NumPy call that writes in place
   (:mod:`xlplugin.model.kernel.operations`), and ``check_results`` sees what came out. NumPy lets go of the
   interpreter meanwhile, so threads run side by side.

Every row passes through the same operations wherever its block starts, so results do not depend on
the size of blocks or the number of threads, to the bit (of NaN the sign may differ). They agree
with the functions on floats to 1e-12.
"""

from __future__ import annotations

import math
import os
import struct
import sys
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xlplugin.model.inputs import Input
from xlplugin.model.kernel.blocks import Blocks
from xlplugin.model.kernel.graph import Graph, Node
from xlplugin.model.kernel.layout import Layout, layout
from xlplugin.model.kernel.operations import ON_ARRAYS, ON_SCALARS

__all__ = ["BLOCK", "Check", "Program", "new_column", "outside", "program"]

#: Rows of a block: few enough to stay in cache, enough that threads rarely wait for each other.
BLOCK = 65_536

_HUGE_PAGE = 1 << 21  # bytes

Array = NDArray[np.float64]

#: Called with the first row, the row after the last, and the slices by name.
Check = Callable[[int, int, Mapping[str, Array]], None]


#: Called with lists of scalars, input slices, output slices and buffers: one block's computation.
Compute = Callable[[list[Any], list[Array], list[Array], list[Array]], None]


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
        self._graph = Graph()
        self._results = self._graph.trace(outputs, functions, parameters, varying)
        self._scalars = tuple(node for node in self._graph.nodes if not node.varies)
        self._layout = lru_cache(maxsize=64)(self._laid_out)

    @property
    def steps(self) -> tuple[str, ...]:
        """The steps in words, before any scalar is known: for reading, not for running."""
        return layout(self.outputs, self._results).listing()

    @property
    def buffers(self) -> int:
        """How many buffers of a block's length a thread needs at most, beside inputs and outputs."""
        return layout(self.outputs, self._results).buffers

    def run(
        self,
        inputs: Mapping[str, float | Array],
        rows: int,
        out: Mapping[str, Array],
        check: Check | None = None,
        threads: int | None = None,
        block: int = BLOCK,
        *,
        complete: frozenset[str] = frozenset(),
        check_results: Check | None = None,
    ) -> None:
        """Compute ``rows`` rows into the arrays of ``out``.

        ``inputs``: contiguous float64 arrays of length ``rows`` where they vary, else numbers; NaN is
        not available. ``out``: one float64 array of length ``rows`` per output, which may be a
        strided view, but shares no memory with another or with an input.

        ``check`` is called with each block's inputs before it is computed, ``check_results`` with
        its outputs after, possibly from several threads at once. What they raise ends the run; of
        several errors the first row's is raised. ``complete`` names varying inputs of which
        ``check`` leaves no value outside the domain (NaN is outside): terms that hold nothing else
        drop out where they are multiplied by 0. ``threads`` None means all cores; one block, or
        Pyodide, means this thread.
        """
        with np.errstate(all="ignore"):
            values = self._values(inputs)
            kinds = tuple(_kind(values[node]) for node in self._scalars)
            plan, compute = self._layout(kinds, complete)
            numbers = _numbers(plan, [values.get(node) for node in self._graph.nodes])
        arrays: dict[str, Any] = {name: value for name, value in inputs.items() if name in self.varying}
        columns = [out[name] for name in self.outputs]

        def start_worker() -> Callable[[int, int], None]:
            worker = _Worker(plan, compute, numbers, columns, min(block, rows))

            def work(start: int, stop: int) -> None:
                slices = {name: array[start:stop] for name, array in arrays.items()}
                if check is not None:
                    check(start, stop, slices)
                results = worker.run(start, stop, slices)
                if check_results is not None:
                    check_results(start, stop, results)

            return work

        threads = min(_cores() if threads is None else threads, -(-rows // block))
        if sys.platform == "emscripten":
            threads = 1
        Blocks(rows, block, max(threads, 1)).work_off(start_worker)

    def _values(self, inputs: Mapping[str, float | Array]) -> dict[Node, Any]:
        values: dict[Node, Any] = {}
        for node in self._scalars:
            if node.operator == "input":
                values[node] = np.float64(inputs[node.operands[0]])
            elif node.operator == "number":
                values[node] = np.float64(node.operands[0])
            else:
                values[node] = ON_SCALARS[node.operator](*(values[operand] for operand in node.operands))
        return values

    def _laid_out(self, kinds: tuple[float, ...], complete: frozenset[str]) -> tuple[Layout, Compute]:
        image = self._graph.simplified(dict(zip(self._scalars, kinds, strict=True)), complete)
        plan = layout(self.outputs, tuple(image[node] for node in self._results))
        # compiled, since threads wait for each other whenever the interpreter is at work
        names: dict[str, Any] = dict(ON_ARRAYS)
        exec(plan.source(), names)
        return plan, names["compute"]


@lru_cache(maxsize=256)
def program(outputs: tuple[str, ...], varying: frozenset[str]) -> Program:
    """Return the :class:`Program` of the model's lines or bars ``outputs``; the last 256 are kept."""
    from xlplugin.model.plan import FUNCTIONS, PARAMETERS

    return Program(outputs, FUNCTIONS, PARAMETERS, varying)


def new_column(rows: int) -> Array:
    """Return an array of ``rows`` float64 that hold nothing yet, for an output.

    A long one starts where a huge page of memory may start: the first touch is then much cheaper.
    """
    if rows * 8 < 2 * _HUGE_PAGE:
        return np.empty(rows)
    spare = _HUGE_PAGE // 8
    column = np.empty(rows + spare)
    first = -column.ctypes.data // 8 % spare
    return column[first : first + rows]


def outside(block: Array, item: Input) -> bool:
    """Return whether any value of a ``block`` (not empty) is not in the domain of ``item``, or NaN.

    The bits of floats from 0 up, read as whole numbers, rise with them; a negative float or a NaN
    reads as a larger number than any of them. So one pass tells that all is well; only where it
    does not, two more decide.
    """
    if (
        item.lower == 0
        and not item.above_lower
        and np.maximum.reduce(block.view(np.uint64)) <= _highest(item)
    ):
        return False
    # these pass a NaN on, which no domain contains
    return not (item.contains(block.min()) and item.contains(block.max()))


def _highest(item: Input) -> int:
    upper = min(item.upper, sys.float_info.max)
    if item.below_upper and upper == item.upper:
        upper = math.nextafter(upper, 0.0)
    return int(struct.unpack("<Q", struct.pack("<d", upper))[0])


def _kind(value: Any) -> float:
    """Return what simplification may know of a scalar: that it is 0, 1, finite (2) or not (inf)."""
    if value == 0 or value == 1:
        return float(value)
    return 2.0 if np.isfinite(value) else math.inf


def _numbers(plan: Layout, values: list[Any]) -> list[Any]:
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

    return [np.asarray(number(node)) for node in plan.scalars]


class _Worker:
    """One thread's registers."""

    def __init__(
        self, plan: Layout, compute: Compute, numbers: list[Any], columns: list[Array], block: int
    ) -> None:
        self.plan, self.compute, self.numbers, self.columns = plan, compute, numbers, columns
        # exp and log may round otherwise on a strided array: write to a buffer, then copy
        self.spare = {i: np.empty(block) for i, array in enumerate(columns) if array.strides != (8,)}
        self.buffers = [np.empty(block) for _ in range(plan.buffers)]

    def run(self, start: int, stop: int, slices: Mapping[str, Array]) -> dict[str, Array]:
        """Compute the rows from ``start`` to ``stop`` and return the outputs' slices."""
        size = stop - start
        results = [
            self.spare[i][:size] if i in self.spare else column[start:stop]
            for i, column in enumerate(self.columns)
        ]
        inputs = [slices[name] for name in self.plan.inputs]
        self.compute(self.numbers, inputs, results, [buffer[:size] for buffer in self.buffers])
        for i, spare in self.spare.items():
            self.columns[i][start:stop] = spare[:size]
        return dict(zip(self.plan.outputs, results, strict=True))


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
