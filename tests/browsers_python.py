"""Pyodide, the Python of xlwings Lite, with our package, these tests and xlwings' Python code alone."""

from __future__ import annotations

import json
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import machine

import xlplugin

TESTS = Path(__file__).parent


def in_pyodide(script: str, node: Path, node_modules: Path, folder: Path) -> dict[str, Any]:
    """Return what the last expression of a script gives as JSON; ``folder`` is ``/mounted/given`` to it."""
    pyodide = machine.require("the npm package pyodide", machine.existing(node_modules / "pyodide"))
    spec = find_spec("xlwings")
    assert spec is not None and spec.submodule_search_locations
    mounts = {
        "xlplugin": Path(xlplugin.__file__).parent, "tests": TESTS, "given": folder,
        "xlwings": Path(spec.submodule_search_locations[0]),
    }  # fmt: skip
    place = folder / "script.py"
    place.write_text(script, encoding="utf-8")
    command = [node, TESTS / "pyodide_runner.mjs", pyodide, place]
    command += [f"{name}={mounted}" for name, mounted in mounts.items()]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert run.returncode == 0, run.stderr
    found: dict[str, Any] = json.loads(run.stdout)
    return found
