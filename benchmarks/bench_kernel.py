"""evaluate() against a hand-fused Numba kernel: ten lines, ten varying levers, Salesforce's figures.

Both run in this process, in turns, on all cores, and allocate their results. evaluate() checks the
domain of every input as well; the kernel checks nothing. Prints medians and their ratio.
"""

from __future__ import annotations

import argparse
import csv
import statistics
import time
from collections.abc import Callable
from importlib.resources import files
from typing import Any

import fused
import numpy as np

import xlplugin.model.evaluation
from xlplugin.model.inputs import EXPOSURES, FINANCIALS, INPUTS


def figures_of(company: str) -> dict[str, float]:
    """Return the latest financials and the base assumptions, as far as the kernel takes them."""
    data = files("xlplugin") / "data"
    rows = csv.DictReader((data / "companies.csv").read_text(encoding="utf-8").splitlines())
    latest = max((row for row in rows if row["company"] == company), key=lambda row: row["fiscal_year"])
    figures = {name: float(latest[name]) for name in FINANCIALS if latest.get(name)}
    figures.setdefault("one_off_net_income", 0.0)
    figures.setdefault("marginal_tax_rate", figures["income_tax_rate"])
    assumptions = csv.DictReader((data / "assumptions.csv").read_text(encoding="utf-8").splitlines())
    base = {(row["company"], row["parameter"]): float(row["base"]) for row in assumptions if row["base"]}
    for name in (*EXPOSURES, "reinvestment", "supply_pass_through", "labour_substitution"):
        figures[name] = base.get((company, name), base[("*", name)])
    return {name: figures[name] for name in fused.CONSTANT}


def levers(rows: int) -> dict[str, np.ndarray]:
    """Return ten levers drawn from their whole domains."""
    draw = np.random.default_rng(2026).uniform
    return {name: draw(INPUTS[name].lower, INPUTS[name].upper * 0.9999, rows) for name in fused.VARYING}


def seconds(function: Callable[[], Any]) -> float:
    """Return the wall-clock time of one call, the release of its result not included."""
    start = time.perf_counter()
    result = function()
    elapsed = time.perf_counter() - start
    del result
    return elapsed


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--company", default="Salesforce")
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--repeats", type=int, default=9)
    options = parser.parse_args()
    inputs = {**figures_of(options.company), **levers(options.rows)}

    def ours() -> dict[str, Any]:
        return xlplugin.model.evaluation.evaluate(inputs, fused.OUTPUTS)

    def compiled() -> dict[str, Any]:
        return fused.evaluate(inputs)

    a, b = ours(), compiled()  # compiles, traces, warms up
    difference = max(float(np.max(np.abs(a[n] - b[n]) / np.maximum(np.abs(b[n]), 1))) for n in fused.OUTPUTS)
    del a, b
    pairs = [(seconds(ours), seconds(compiled)) for _ in range(options.repeats)]
    mine, theirs = (statistics.median(column) for column in zip(*pairs, strict=True))
    million = options.rows / 1e6
    print(
        f"{options.rows:,} rows, {options.repeats} runs each, in turns; largest difference {difference:.1e}"
    )
    print(f"evaluate (checks included)  {million / mine:6.1f} million rows/s  ({mine * 1e3:.0f} ms)")
    print(f"Numba, hand-fused           {million / theirs:6.1f} million rows/s  ({theirs * 1e3:.0f} ms)")
    print(f"ratio {theirs / mine:.2f} (target: at least 0.8)")


if __name__ == "__main__":
    main()
