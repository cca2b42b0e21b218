"""Simulation and Sobol' indices beside their bare parts, in this process, in turns.

simulate() of one company, every line, against drawing the same draws and evaluating the same rows
without any statistics (in the same chunks on the same threads, or all at once). Sobol' indices
of seven companies against SALib's own analysis of the same outputs. Prints medians and ratios.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from xlplugin.analysis import simulate
from xlplugin.analysis.uncertainty.draws import uncertainty
from xlplugin.analysis.uncertainty.evaluation import evaluation
from xlplugin.analysis.uncertainty.samplers import CHUNK
from xlplugin.analysis.uncertainty.simulation import TRIALS
from xlplugin.analysis.uncertainty.variance import analysed, saltelli, sobol_rows
from xlplugin.data.shipped import shipped
from xlplugin.data.subjects import measure_plan, subject, usual_measure
from xlplugin.model.evaluation import evaluate
from xlplugin.model.lines import LINES
from xlplugin.model.threads import cores


def seconds(function: Callable[[], object]) -> float:
    """Return the wall-clock time of one call."""
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def simulation(trials: int, repeats: int) -> None:
    """Print the simulation's time beside drawing and evaluating alone."""
    one, wanted = subject("Salesforce"), measure_plan(*LINES)
    draws = uncertainty(one, wanted)
    chunks, threads = -(-trials // CHUNK), cores()

    def bare() -> None:  # the same chunks, drawn and evaluated
        evaluated = evaluation(draws, {name: np.empty(trials) for name in wanted.outputs}, trials)
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(evaluated, ((chunk, None) for chunk in range(chunks))))

    def apart() -> None:  # all draws at once, then evaluate(), which checks and keeps every line
        drawn = draws.rows(0, trials)
        filled = draws.fill(drawn)
        evaluate({name: filled[name] for name in wanted.inputs}, list(LINES))

    def ours() -> None:
        simulate("Salesforce", list(LINES), trials=trials)

    for function in (ours, bare, apart):
        function()
    times = [tuple(map(seconds, (ours, bare, apart))) for _ in range(repeats)]
    mine, least, plain = (statistics.median(column) for column in zip(*times, strict=True))
    print(f"{trials:,} draws, {len(wanted.outputs)} lines, {len(draws.distributions)} inputs drawn")
    print(f"simulate                       {mine:6.2f} s")
    print(f"draw all, then evaluate()      {plain:6.2f} s   ratio {mine / plain:.2f} (target: at most 1.3)")
    print(f"the same without statistics   {least:6.2f} s   ratio {mine / least:.2f}")


def variance(samples: int, repeats: int) -> None:
    """Print the time of Sobol' indices beside SALib's analysis of the same outputs."""
    names = shipped().companies

    def ours() -> None:
        for name in names:
            sobol_rows(subject(name), samples=samples)

    outputs = []
    for name in names:
        one = subject(name)
        wanted = measure_plan(usual_measure(one))
        draws = uncertainty(one, wanted)
        sample = saltelli(draws.distributions, samples, 1)
        filled = one.fill(sample)
        values = evaluate({key: filled[key] for key in wanted.inputs}, list(wanted.outputs))[
            wanted.outputs[0]
        ]
        outputs.append((values, list(draws.distributions)))

    def theirs() -> None:
        for values, inputs in outputs:
            analysed(values, inputs, 1)

    ours()
    times = [(seconds(ours), seconds(theirs)) for _ in range(repeats)]
    mine, least = (statistics.median(column) for column in zip(*times, strict=True))
    print(f"Sobol' indices of {len(names)} companies, N = {samples:,}")
    print(f"sampling, model, analysis      {mine:6.2f} s")
    added = mine / least - 1
    print(f"SALib's analysis alone         {least:6.2f} s   ours adds {added:.0%} (target: at most 50%)")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=10 * TRIALS)
    parser.add_argument("--samples", type=int, default=8_192)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    simulation(options.trials, options.repeats)
    variance(options.samples, max(1, options.repeats // 2))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory of all of this {peak:,.0f} MB")


if __name__ == "__main__":
    main()
