"""The functions: a range of 10,000 cells against the bare reading, whole columns against a copy, the import.

    python benchmarks/bench_functions.py

Prints ratios of processor times measured in one run, best of several; nothing is asserted. Every
repetition takes figures of its own, so that no remembered answer counts.
"""

from __future__ import annotations

import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence

from xlplugin.entries import meaning as entries
from xlplugin.functions import call

CELLS, REPEATS, ROWS = 10_000, 15, 1_048_576

Work = Callable[[list[list[float]]], object]


def cells(rows: int, columns: int) -> list[list[float]]:
    return [[random.uniform(-0.3, 0.95) for _ in range(columns)] for _ in range(rows)]


def best(works: Sequence[Work], rows: int, columns: int) -> list[float]:
    """Return the shortest time of each, all of them in turns, so that all meet the same machine."""
    times: list[list[float]] = [[] for _ in works]
    for _ in range(REPEATS):
        for work, taken in zip(works, times, strict=True):
            fresh = cells(rows, columns)
            start = time.process_time()
            work(fresh)
            taken.append(time.process_time() - start)
    return [min(taken) for taken in times]


def bare(table: list[list[float]]) -> object:
    return [[entries.number(cell, "cost_reduction") for cell in row] for row in table]


def of_one_company(table: list[list[float]]) -> object:
    return call("XLP_VALUE", "CRM", table)


def of_companies(table: list[list[float]]) -> object:
    return call("XLP_VALUE", [["CRM"], ["MSFT"], ["NVDA"], ["NOW"], ["META"]] * (len(table) // 5), table)


def columns() -> None:
    """Print what a whole column of a sheet takes: names, names above blanks, reductions, both."""
    names = [[random.choice(("Salesforce", "MSFT", "NVIDIA", "nobody"))] for _ in range(ROWS)]
    blanks = [*names[:1000], *([None] for _ in range(ROWS - 1000))]
    reductions = [[random.uniform(-0.3, 0.95)] for _ in range(ROWS)]
    copying = timed(lambda: [list(row) for row in names])
    print(f"{ROWS:,} rows, a copy: {copying * 1000:.0f} ms")
    for name, of, *cells in (
        ("names", "XLP_VALUE", names, 0.3), ("1,000 names and blanks", "XLP_VALUE", blanks, 0.3),
        ("reductions", "XLP_VALUE", "CRM", reductions),
        ("names and reductions", "XLP_VALUE", names, reductions),
        ("names", "XLP_CHANGE", names, 0.3), ("names", "XLP_COMPANY", names, "revenue"),
        ("names", "XLP_BREAKEVEN", names, "operating_margin_change", 0.001),
        ("names", "XLP_SCENARIO", names, "half", "eps"), ("names", "XLP_BRIDGE", names, 0.3),
    ):  # fmt: skip
        taken = timed(lambda of=of, cells=cells: call(of, *cells))
        print(f"  {of}, {name}: {taken:.2f} s, {taken / copying:.0f} copies")


def timed(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def single(count: int = 5_000) -> float:
    start = time.process_time()
    for i in range(count):
        call("XLP_VALUE", "CRM", i / count * 0.9 + random.random() * 1e-3)
    return (time.process_time() - start) / count


def imports(statement: str) -> float:
    script = f"import time; t = time.perf_counter(); {statement}; print(time.perf_counter() - t)"
    times = [
        float(subprocess.run([sys.executable, "-c", script], capture_output=True, check=True).stdout)
        for _ in range(REPEATS)
    ]
    return statistics.median(times)


def main() -> None:
    random.seed(1)
    of_one_company(cells(2, 200))  # NumPy and the program are loaded once
    for shape in ((CELLS, 1), (100, CELLS // 100)):
        reading, *others = best((bare, of_one_company, of_companies), *shape)
        print(f"{shape[0]} x {shape[1]} cells, bare reading: {reading * 1000:.1f} ms")
        for name, taken in zip(("one company", "five companies"), others, strict=True):
            print(f"  XLP_VALUE, {name}: {taken * 1000:.1f} ms, {taken / reading:.2f} times (at most 3)")
    columns()
    print(f"XLP_VALUE of single cells: {single() * 1e6:.0f} microseconds a call, nothing remembered")
    ours, numpy = imports("import xlplugin.functions"), imports("import numpy")
    ratio = f"{ours / numpy:.2f} times import numpy (at most 1.5)"
    print(f"import xlplugin.functions: {ours * 1000:.0f} ms, {ratio}")


if __name__ == "__main__":
    main()
