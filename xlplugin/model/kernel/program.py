"""The model's lines as a straight-line program over blocks of arrays, run on threads.

Own code and not plain calls of the line functions on arrays, since it takes a half to a quarter of
their time: no temporary arrays, one logarithm for all powers of a base, blocks that stay in cache, and
threads. The generated code (:mod:`xlplugin.model.kernel.code`) is handed to threads that take blocks of
rows (:mod:`xlplugin.model.kernel.blocks`), each with buffers of its own: ``check`` sees the input
slices, each step is one NumPy call that writes in place (:mod:`xlplugin.model.kernel.operations`), and
``check_results`` sees what came out. NumPy lets go of the interpreter meanwhile, so threads run side by
side.

Every row passes through the same operations wherever its block starts, so results do not depend on
the size of blocks or the number of threads, to the bit (of NaN the sign may differ). They agree
with the functions on floats to 1e-12.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xlplugin.model.kernel.blocks import Blocks
from xlplugin.model.kernel.code import Code, Prepared
from xlplugin.model.plan import FUNCTIONS, PARAMETERS
from xlplugin.model.threads import cores

#: Rows of a block: few enough to stay in cache, enough that threads rarely wait for each other.
BLOCK = 65_536

Array = NDArray[np.float64]

#: Called with the first row, the row after the last, and the slices by name.
Check = Callable[[int, int, Mapping[str, Array]], None]


class Program(Code):
    """Chosen lines as steps over blocks of rows."""

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
        prepared = self.prepared(inputs, complete)
        arrays: dict[str, Any] = {name: value for name, value in inputs.items() if name in self.varying}
        columns = [out[name] for name in self.outputs]

        def start_worker() -> Callable[[int, int], None]:
            worker = _Worker(prepared, columns, min(block, rows))

            def work(start: int, stop: int) -> None:
                slices = {name: array[start:stop] for name, array in arrays.items()}
                if check is not None:
                    check(start, stop, slices)
                results = worker.run(start, stop, slices)
                if check_results is not None:
                    check_results(start, stop, results)

            return work

        threads = min(cores() if threads is None else threads, -(-rows // block))
        if sys.platform == "emscripten":
            threads = 1
        Blocks(rows, block, max(threads, 1)).work_off(start_worker)


@lru_cache(maxsize=256)
def program(outputs: tuple[str, ...], varying: frozenset[str]) -> Program:
    """Return the :class:`Program` of the model's lines or bars ``outputs``; the last 256 are kept."""
    return Program(outputs, FUNCTIONS, PARAMETERS, varying)


class _Worker:
    """One thread's registers."""

    def __init__(self, prepared: Prepared, columns: list[Array], block: int) -> None:
        self.prepared, self.columns = prepared, columns
        # exp and log may round otherwise on a strided array: write to a buffer, then copy
        self.spare = {i: np.empty(block) for i, array in enumerate(columns) if array.strides != (8,)}
        self.buffers = [np.empty(block) for _ in range(prepared.layout.buffers)]

    def run(self, start: int, stop: int, slices: Mapping[str, Array]) -> dict[str, Array]:
        """Compute the rows from ``start`` to ``stop`` and return the outputs' slices."""
        size = stop - start
        results = [
            self.spare[i][:size] if i in self.spare else column[start:stop]
            for i, column in enumerate(self.columns)
        ]
        registers, compute, scalars = self.prepared
        inputs = [slices[name] for name in registers.inputs]
        compute(scalars, inputs, results, [buffer[:size] for buffer in self.buffers])
        for i, spare in self.spare.items():
            self.columns[i][start:stop] = spare[:size]
        return dict(zip(registers.outputs, results, strict=True))
