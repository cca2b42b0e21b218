"""Blocks of rows, worked off by threads, and the columns that they fill."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

_HUGE_PAGE = 1 << 21  # bytes


class Blocks:
    """Hands out blocks of rows to threads, until those before the first error are done.

    Each thread works through a stretch of its own, since two that first touch the same new page of
    memory would both clear it; who is done takes from the end of the longest stretch left.
    """

    def __init__(self, rows: int, block: int, threads: int) -> None:
        self.rows, self.block = rows, block
        count = -(-rows // block)
        edges = [count * i // threads for i in range(threads + 1)]
        self._stretches = [[edges[i], edges[i + 1]] for i in range(threads)]
        self._lock = threading.Lock()
        self._error: tuple[float, BaseException | None] = (math.inf, None)

    def work_off(self, start_worker: Callable[[], Callable[[int, int], None]]) -> None:
        """Compute all blocks; raise the error of the first block that has one."""

        def work(stretch: list[int]) -> None:
            with np.errstate(all="ignore"):  # which holds in this thread alone
                compute = start_worker()
                while (start := self._next(stretch)) is not None:
                    try:
                        compute(start, min(start + self.block, self.rows))
                    except BaseException as error:
                        self._fail(start, error)

        if len(self._stretches) == 1:
            work(self._stretches[0])
        else:
            with ThreadPoolExecutor(len(self._stretches), thread_name_prefix="xlplugin") as pool:
                futures = [pool.submit(work, stretch) for stretch in self._stretches]
                try:
                    for future in futures:
                        future.result()
                except BaseException as error:  # Ctrl-C interrupts the wait: the threads shall stop
                    self._fail(-1, error)
        if self._error[1] is not None:
            raise self._error[1]

    def _next(self, stretch: list[int]) -> int | None:
        with self._lock:
            if stretch[0] < stretch[1]:
                stretch[0] += 1
                start = (stretch[0] - 1) * self.block
            else:
                longest = max(self._stretches, key=lambda other: other[1] - other[0])
                if longest[0] >= longest[1]:
                    return None
                longest[1] -= 1
                start = longest[1] * self.block
        return start if start < self._error[0] else self._next(stretch)

    def _fail(self, start: float, error: BaseException) -> None:
        with self._lock:
            if start < self._error[0]:
                self._error = (start, error)


def new_column(rows: int) -> NDArray[np.float64]:
    """Return an array of ``rows`` float64 that hold nothing yet, for an output.

    A long one starts where a huge page of memory may start: the first touch is then much cheaper.
    """
    if rows * 8 < 2 * _HUGE_PAGE:
        return np.empty(rows)
    spare = _HUGE_PAGE // 8
    column = np.empty(rows + spare)
    first = -column.ctypes.data // 8 % spare
    return column[first : first + rows]
