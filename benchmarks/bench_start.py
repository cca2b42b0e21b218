"""How long the command takes to start, and to write the template workbook, against bare Python.

``xlplugin --version`` against ``python -c pass``, and the whole process ``xlplugin template`` against
importing openpyxl and numpy. Processes run in turns; prints medians and ratios.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def seconds(command: list[str]) -> float:
    """Return the wall-clock time of one process; raise where it fails."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def medians(commands: dict[str, list[str]], repeats: int) -> dict[str, float]:
    """Return the median time of each command, run in turns after one run of each."""
    for command in commands.values():
        seconds(command)
    times = [{name: seconds(command) for name, command in commands.items()} for _ in range(repeats)]
    return {name: statistics.median(run[name] for run in times) for name in commands}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=9)
    repeats = parser.parse_args().repeats
    script = Path(sys.executable).with_name("xlplugin.exe" if sys.platform == "win32" else "xlplugin")
    command = [str(script)] if script.exists() else [sys.executable, "-m", "xlplugin"]
    with tempfile.TemporaryDirectory() as folder:
        target = str(Path(folder) / "template.xlsx")
        found = medians(
            {
                "python -c pass": [sys.executable, "-c", "pass"],
                "xlplugin --version": [*command, "--version"],
                "import openpyxl, numpy": [sys.executable, "-c", "import openpyxl, numpy"],
                "xlplugin template": [*command, "template", target, "--force"],
            },
            repeats,
        )
    for name, value in found.items():
        print(f"{name:24s} {value * 1e3:7.0f} ms")
    version, template = (found[f"xlplugin {name}"] for name in ("--version", "template"))
    print(f"--version: ratio {version / found['python -c pass']:.1f} (target: at most 6)")
    print(f"template: ratio {template / found['import openpyxl, numpy']:.1f} (target: at most 20)")


if __name__ == "__main__":
    main()
