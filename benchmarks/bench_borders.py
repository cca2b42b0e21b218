"""The borders: damaged files and senseless calls, how many were refused or answered, slowest and largest.

    python benchmarks/bench_borders.py
    python benchmarks/bench_borders.py --files 200 --calls 2000

The files and calls are those of tests/hostile_fuzz.py, with its fixed seeds; each batch runs in a process of
its own. Exit code 1 where one of them ended in a crash or in anything else than an answer or a refusal.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from hostile_fuzz import Outcome, tried

#: Tried by one process after the other.
BATCH = {"files": 250, "calls": 2_500}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=2_000)
    parser.add_argument("--calls", type=int, default=20_000)
    parser.add_argument("--processes", type=int, default=2)
    chosen = vars(parser.parse_args())
    wrong: list[Outcome] = []
    print(f"{'':6} {'tried':>7} {'refused':>8} {'answered':>9} {'wrong':>6}  slowest, largest process")
    for kind, size in BATCH.items():
        with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(chosen["processes"]) as pool:
            starts = range(0, chosen[kind], size)
            batches = pool.map(
                lambda start: tried(kind, start, min(start + size, chosen[kind]), Path(folder)),  # noqa: B023
                starts,
            )
            outcomes = [outcome for batch in batches for outcome in batch]
        refused = sum(outcome.refused for outcome in outcomes)
        bad = [outcome for outcome in outcomes if outcome.wrong]
        slowest = max(outcomes, key=lambda outcome: outcome.seconds)
        largest = max(outcome.memory for outcome in outcomes) / (1 << 20)
        print(
            f"{kind:6} {len(outcomes):7,} {refused:8,} {len(outcomes) - refused - len(bad):9,} {len(bad):6,}"
            f"  {slowest.seconds:.2f} s ({slowest.name}) {largest:5.0f} MB"
        )
        wrong += bad
    for outcome in wrong[:20]:
        print(f"{outcome.name}: {outcome.wrong}")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
