"""What may import what: the model needs the standard library alone, heavy packages stay at the rim."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import oracle
import pytest

import xlplugin

PACKAGE = Path(xlplugin.__file__).parent
MODULES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))
HEAVY = ("numpy", "pandas", "openpyxl", "xlwings", "ironcalc")

#: Modules that run where only the standard library is: spreadsheets' own Python, the browser.
LIGHT = ("arithmetic", "entries", "errors", "formula", "inputs", "labels", "lines", "model")

#: A package that may be imported in one folder alone.
AT_HOME = {"openpyxl": "workbook/", "ironcalc": "workbook/", "xlwings": "hosts/", "uno": "hosts/"}

BLOCKED = f"import sys; sys.modules.update(dict.fromkeys({(*HEAVY, 'python_calamine', 'click', 'rich')!r}))\n"


def python(script: str) -> str:
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout


def imported(module: str) -> set[str]:
    """Top-level names of all packages that a module imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse((PACKAGE / module).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


def test_import_loads_nothing_heavy() -> None:
    loaded = json.loads(python("import sys, json, xlplugin; print(json.dumps(sorted(sys.modules)))"))
    assert "xlplugin" in loaded
    assert not set(HEAVY) & set(loaded)


@pytest.mark.parametrize("module", LIGHT)
def test_light_modules_need_the_standard_library_alone(module: str) -> None:
    assert python(f"{BLOCKED}import xlplugin.{module}; print('loaded')").strip() == "loaded"


def test_floats_are_evaluated_without_numpy() -> None:
    company = oracle.latest(oracle.companies(), "Salesforce")
    inputs = oracle.fill(company, oracle.assumptions(), oracle.scenarios()[0]).inputs
    script = f"""{BLOCKED}
import json
from xlplugin.errors import InputError
from xlplugin.model import FUNCTIONS, evaluate
inputs = json.loads({json.dumps(inputs)!r})
try:
    evaluate({{**inputs, "adoption": 30, "cost_reduction": None}})
except InputError as error:
    faults = [fault.input for fault in error.faults]
print(json.dumps([evaluate(inputs, list(FUNCTIONS)), faults]))
"""
    found, faults = json.loads(python(script))
    assert sorted(faults) == ["adoption", "cost_reduction"]
    assert sorted(found) == sorted(oracle.evaluate(inputs))
    assert not oracle.disagreements(found, inputs)


def test_evaluating_floats_does_not_load_numpy() -> None:
    script = """
import sys
from xlplugin.model import evaluate
print(evaluate({"revenue": 200, "cost_of_revenue": 50.0}, ["base_gross_margin"])["base_gross_margin"])
print(sorted({"numpy", "pandas"} & set(sys.modules)))
"""
    assert python(script).split() == ["0.75", "[]"]


@pytest.mark.parametrize("module", MODULES)
def test_packages_stay_in_their_folder(module: str) -> None:
    for package, folder in AT_HOME.items():
        assert package not in imported(module) or module.startswith(folder), f"{module} imports {package}"


@pytest.mark.parametrize("module", MODULES)
def test_tests_are_not_imported(module: str) -> None:
    assert not imported(module) & {"pytest", "hypothesis", "oracle", "random_inputs"}
