"""Runs over files against other tools, in one process, in turns; medians of at least five.

``parquet``  rows from Parquet to Parquet, ten varying levers, ten lines; DuckDB does the same in SQL
``csv``      a million rows from CSV to CSV; Polars reads and writes the same columns
``iron``     company-scenarios a second; IronCalc sets a cell of the template and recalculates
``slope``    10^5 rows and more of a grid to Parquet: time against rows on logarithmic axes, memory

Prints figures and ratios, asserts nothing. Files go to a temporary folder, or to --folder.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import fused
import numpy as np

from xlplugin.batch.job import job
from xlplugin.model.arithmetic import Symbol
from xlplugin.model.inputs import INPUTS
from xlplugin.model.plan import FUNCTIONS, PARAMETERS, plan

LINES = tuple(fused.OUTPUTS)
LEVERS = tuple(fused.VARYING)
COMPANY = "Salesforce"

#: A grid of 10^8 rows and its smaller sisters: how many values each of three levers takes.
GRIDS = {5: (100, 100, 10), 6: (1000, 100, 10), 7: (1000, 1000, 10), 8: (1000, 1000, 100)}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="*", default=["parquet", "csv", "iron", "slope"])
    parser.add_argument("--rows", type=int, default=10_000_000, help="rows of parquet")
    parser.add_argument("--csv-rows", type=int, default=1_000_000)
    parser.add_argument("--largest", type=int, default=7, help="largest power of ten of slope")
    parser.add_argument("--slope-lines", nargs="+", default=list(LINES), help="lines of slope")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        for part in options.parts:
            globals()[f"bench_{part}"](Path(folder), options)


def bench_parquet(folder: Path, options: argparse.Namespace) -> None:
    import duckdb

    source, target, theirs = folder / "in.parquet", folder / "out.parquet", folder / "duckdb.parquet"
    write_levers(source, options.rows)
    code = code_of(str(source), str(target), companies=[COMPANY], lines=list(LINES))
    query = f"COPY ({sql(source)}) TO '{theirs}' (FORMAT parquet)"

    def ours() -> None:
        job(str(source), [COMPANY], lines=LINES, inputs="given").to(str(target), force=True)

    mine, other = in_turns([ours, lambda: duckdb.sql(query)], options.repeats)
    check(target, theirs)
    million = options.rows / 1e6
    print(f"Parquet to Parquet, {options.rows:,} rows, {options.repeats} runs each")
    print(
        f"  xlplugin {mine:7.2f} s  {million / mine:6.2f} million rows/s  peak memory {peak_of(code):,.0f} MB"
    )
    print(f"  DuckDB   {other:7.2f} s  {million / other:6.2f} million rows/s")
    print(f"  ratio DuckDB / xlplugin {other / mine:.2f} (target: at least 1; memory under 1,000 MB)")


def bench_csv(folder: Path, options: argparse.Namespace) -> None:
    import polars
    import pyarrow.csv
    import pyarrow.parquet

    source, target = folder / "in.csv", folder / "out.csv"
    write_levers(folder / "small.parquet", options.csv_rows)
    pyarrow.csv.write_csv(pyarrow.parquet.read_table(folder / "small.parquet"), source)

    def ours() -> None:
        job(str(source), [COMPANY], lines=LINES, inputs="given").to(str(target), force=True)

    ours()
    result = polars.read_csv(target)

    def other() -> None:
        polars.read_csv(source)
        result.write_csv(folder / "polars.csv")

    mine, theirs = in_turns([ours, other], options.repeats)
    rows, columns = f"{options.csv_rows:,} rows", f"{len(result.columns)} columns out"
    print(f"CSV to CSV, {rows}, {columns}, {options.repeats} runs each")
    print(f"  xlplugin (reads, checks, computes, writes) {mine:6.2f} s")
    print(f"  Polars   (reads, writes the same columns)  {theirs:6.2f} s")
    print(f"  ratio xlplugin / Polars {mine / theirs:.2f} (target: at most 2.5)")


def bench_iron(folder: Path, options: argparse.Namespace) -> None:
    import ironcalc

    import xlplugin

    path = folder / "template.xlsx"
    xlplugin.write_template(path, force=True)
    book = ironcalc.load_from_xlsx(str(path), "en", "UTC", "en")
    sheet, row, column = place_of(book, path, "xlp_in_scenario_cost_reduction")
    pairs = len(xlplugin.run())

    def set_and_recalculate() -> None:
        for step in range(5):
            book.set_user_input(sheet, row, column, str(0.1 + step / 100))
            book.evaluate()

    rows = 1_000_000
    claims = {"cost_reduction": np.linspace(0, 0.9, rows)}
    from xlplugin.batch.readers.sources import MemorySource
    from xlplugin.batch.rows import rows_of
    from xlplugin.batch.runner import computed
    from xlplugin.batch.selection import Selection
    from xlplugin.data.shipped import shipped
    from xlplugin.files.tables import Table

    chosen = Selection.of(shipped(), [COMPANY])
    source = MemorySource(rows_of(Table(claims, rows), shipped()), "claims")

    def ours() -> None:
        for piece in source.pieces(32_768):
            computed(source.rows(piece, 1), chosen)

    mine, theirs = in_turns([ours, set_and_recalculate], options.repeats)
    print(f"Every line of a company-scenario ({len(chosen.plan.outputs)} lines), {options.repeats} runs each")
    print(f"  xlplugin {mine / rows * 1e6:9.3f} microseconds")
    loop, ratio = theirs / 5, theirs / 5 / (mine / rows)
    print(f"  IronCalc {loop * 1e6:9.0f} microseconds to set a cell and recalculate the template")
    print(f"  ratio for one company-scenario {ratio:,.0f}; were all its {pairs} pairs wanted,")
    print(f"  {ratio / pairs:,.0f} (target: at least 1,000)")


def bench_slope(folder: Path, options: argparse.Namespace) -> None:
    sizes, walls, works = [], [], []
    print(f"A grid to Parquet: three levers, {len(options.slope_lines)} lines, one company")
    for power in range(5, options.largest + 1):
        study, target = folder / f"{power}.toml", folder / f"{power}.parquet"
        study.write_text(study_of(GRIDS[power], options.slope_lines))
        if power < 8:
            grid_to(study, target)
        repeats = options.repeats if power < 8 else 1
        pairs = [both_times(partial(grid_to, study, target)) for _ in range(repeats)]
        seconds, work = (statistics.median(column) for column in zip(*pairs, strict=True))
        size = target.stat().st_size
        memory = peak_of(code_of(str(study), str(target))) if power < 8 else float("nan")
        target.unlink()
        sizes.append(math.log10(math.prod(GRIDS[power])))
        walls.append(math.log10(seconds))
        works.append(math.log10(work))
        rate = math.prod(GRIDS[power]) / seconds / 1e6
        print(f"  10^{power} rows {seconds:8.2f} s  {work:8.2f} s of cores", end="  ")
        print(f"{rate:5.2f} million rows/s  {size / 1e6:10,.1f} MB  peak memory {memory:,.0f} MB", flush=True)
    by_clock, by_work = (np.polyfit(sizes, column, 1)[0] for column in (walls, works))
    print(f"  slope {by_clock:.2f} by the clock, {by_work:.2f} by the cores' time (target: 0.9 to 1.1)")


def grid_to(study: Path, target: Path) -> None:
    """Run a study file."""
    job(str(study), inputs="given").to(str(target), force=True)


def code_of(source: str, target: str, **options: Any) -> str:
    """Return a program that runs a source by itself."""
    return (
        "from xlplugin.batch.job import job; "
        f"job({source!r}, inputs='given', **{options!r}).to({target!r}, force=True)"
    )


def study_of(sizes: Sequence[int], lines: Sequence[str] = LINES) -> str:
    """Return a study file with so many values of three levers."""
    names = ("cost_reduction", "adoption", "pass_through")
    ranges = "\n".join(
        f"{name} = {{ from = 0, to = {0.95 if name == names[0] else 1}, count = {size} }}"
        for name, size in zip(names, sizes, strict=True)
    )
    return f"companies = [{json.dumps(COMPANY)}]\nlines = {json.dumps(lines)}\n[levers]\n{ranges}\n"


def write_levers(path: Path, rows: int) -> None:
    """Write levers drawn from their domains."""
    import pyarrow
    import pyarrow.parquet

    draw = np.random.default_rng(2026)
    with pyarrow.parquet.ParquetWriter(
        path, pyarrow.schema([(name, pyarrow.float64()) for name in LEVERS]), use_dictionary=False
    ) as file:
        for start in range(0, rows, 1_000_000):
            size = min(1_000_000, rows - start)
            columns = {n: draw.uniform(INPUTS[n].lower, INPUTS[n].upper * 0.9999, size) for n in LEVERS}
            file.write_table(pyarrow.table(columns))


class Sql(Symbol):
    """SQL text that stands for a number."""

    def __init__(self, text: str) -> None:
        self.text = text

    def apply(self, operator: str, *operands: Any) -> Sql:
        """Return the SQL of an operation."""
        texts = [
            one.text if isinstance(one, Sql) else "'nan'::double" if one != one else f"{float(one)!r}::double"
            for one in operands
        ]
        return Sql(_SQL[operator].format(*texts))


_SQL = {
    "add": "({0} + {1})", "subtract": "({0} - {1})", "multiply": "({0} * {1})", "divide": "({0} / {1})",
    "negative": "(-{0})", "power": "pow({0}, {1})", "minimum": "least({0}, {1})",
    "maximum": "greatest({0}, {1})",
    "equal": "({0} = {1})", "greater": "({0} > {1})", "where": "(CASE WHEN {0} THEN {1} ELSE {2} END)",
    "ratio": "(CASE WHEN {1} = 0 THEN 0 ELSE {0} / {1} END)",
}  # fmt: skip


def sql(source: Path) -> str:
    """Return a query of the same lines: each line once, on top of those before it."""
    from xlplugin.data.precedence import case
    from xlplugin.data.shipped import shipped

    dataset = shipped()
    fixed = case(dataset, COMPANY, dataset.year(COMPANY)).fill({})
    chosen = plan(LINES)
    inputs = ", ".join(f"{float(fixed[n])!r}::double AS {n}" for n in chosen.inputs if n not in LEVERS)
    query = f"SELECT *, {inputs} FROM read_parquet('{source}')"
    known: set[str] = {*LEVERS, *chosen.inputs}
    waiting = list(chosen.steps)
    while waiting:  # all lines that need nothing later, together
        ready = [name for name in waiting if set(PARAMETERS[name]) <= known]
        made = ", ".join(f"{FUNCTIONS[name](*map(Sql, PARAMETERS[name])).text} AS {name}" for name in ready)
        query = f"SELECT *, {made} FROM ({query})"
        known.update(ready)
        waiting = [name for name in waiting if name not in ready]
    return f"SELECT '{COMPANY}' AS company, {', '.join((*LEVERS, *LINES))} FROM ({query})"


def check(mine: Path, theirs: Path) -> None:
    """Say how far the figures of both are apart."""
    import pyarrow.parquet

    a, b = (
        next(pyarrow.parquet.ParquetFile(p).iter_batches(100_000, columns=list(LINES)))
        for p in (mine, theirs)
    )
    apart = max(
        float(np.max(np.abs(a[n].to_numpy() - b[n].to_numpy()) / np.maximum(np.abs(b[n].to_numpy()), 1)))
        for n in LINES
    )
    print(f"largest difference between both {apart:.1e}")


def place_of(book: Any, path: Path, name: str) -> tuple[int, int, int]:
    """Return sheet (from 0), row and column of a block's first cell."""
    import openpyxl
    from openpyxl.utils import range_boundaries

    found = openpyxl.load_workbook(path, read_only=True)
    sheet, area = next(iter(found.defined_names[name].destinations))
    column, row, _, _ = range_boundaries(area)
    return found.sheetnames.index(sheet), row, column


def in_turns(functions: Sequence[Callable[[], object]], repeats: int) -> list[float]:
    """Return the median time of each, run in turns after one warm-up."""
    for function in functions:
        function()
    times = [[timed(function) for function in functions] for _ in range(repeats)]
    return [statistics.median(column) for column in zip(*times, strict=True)]


def timed(function: Callable[[], object]) -> float:
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def both_times(function: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds by the clock and of all cores."""
    start = time.process_time()
    seconds = timed(function)
    return seconds, time.process_time() - start


def peak_of(code: str) -> float:
    """Return the largest resident memory of a fresh process that runs ``code``, in MB."""
    # the peak of the process itself: ru_maxrss would begin with that of its parent
    more = "; print(next(one.split()[1] for one in open('/proc/self/status') if one.startswith('VmHWM')))"
    return (
        int(
            subprocess.run(
                [sys.executable, "-c", code + more], capture_output=True, text=True, check=True
            ).stdout
        )
        / 1e3
    )


if __name__ == "__main__":
    main()
