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
HEAVY = ("numpy", "pandas", "scipy", "openpyxl", "xlwings", "ironcalc")

#: Modules that run where only the standard library is: spreadsheets' own Python, the browser.
LIGHT = (
    "entries.meaning",
    "model.arithmetic",
    "model.domains",
    "model.errors",
    "model.evaluation",
    "model.formula",
    "model.inputs",
    "model.labels",
    "model.lines",
)

#: The rooms in the order of import: a room imports those before it alone, in function bodies too.
ROOMS = (
    "model",
    "entries",
    "files",
    "data",
    "workbook",
    "analysis",
    "batch",
    "api",
    "functions",
    "live",
    "hosts",
    "cli",
)

#: Where a package may be imported, and nowhere else.
AT_HOME = {
    "openpyxl": ("workbook/", "batch/readers/", "batch/writers/", "analysis/export/"),
    "ironcalc": ("workbook/",),
    "xlwings": ("hosts/",),
    "uno": ("hosts/",),
}

NAMES = {module.removesuffix(".py").removesuffix("/__init__").replace("/", "."): module for module in MODULES}
NAMES["__init__"] = NAMES.pop("__init__", "__init__.py")

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


def own_imports(name: str) -> set[str]:
    """The modules of the package that one imports, anywhere in it, for type checking alone too."""
    tree = ast.parse((PACKAGE / NAMES[name]).read_text(encoding="utf-8"))
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "xlplugin":
            home = (node.module or "").removeprefix("xlplugin").removeprefix(".")
            for alias in node.names:
                inner = f"{home}.{alias.name}".removeprefix(".")
                found.add(inner if inner in NAMES else home or "__init__")
        elif isinstance(node, ast.Import):
            names = (alias.name for alias in node.names if alias.name.startswith("xlplugin"))
            found |= {one.removeprefix("xlplugin").removeprefix(".") or "__init__" for one in names}
    return found - {name}


def test_rooms_import_rooms_before_them() -> None:
    reaching = {}
    for name in NAMES:
        room = name.partition(".")[0]
        if room in ROOMS:  # all but the face, and the entry of the command line
            allowed = ROOMS[: ROOMS.index(room) + 1]
            reaching[name] = [one for one in own_imports(name) if one.partition(".")[0] not in allowed]
    assert len(reaching) > 300
    assert not {name: wrong for name, wrong in reaching.items() if wrong}, "reaches upwards"


def test_every_room_has_its_place() -> None:
    assert {name.partition(".")[0] for name in NAMES} == {*ROOMS, "__init__", "__main__"}
    assert len([one for one in PACKAGE.iterdir() if one.name != "__pycache__"]) <= 15


def test_no_circle() -> None:
    """Files are taken away as long as one imports none of those that are left; a circle stays."""
    left = {name: own_imports(name) - {"__init__"} for name in NAMES if name != "__init__"}
    while free := [name for name, needs in left.items() if not needs & set(left)]:
        for name in free:
            del left[name]
    assert not left, left


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
from xlplugin.model.errors import InputError
from xlplugin.model.plan import FUNCTIONS; from xlplugin.model.evaluation import evaluate
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
from xlplugin.model.evaluation import evaluate
print(evaluate({"revenue": 200, "cost_of_revenue": 50.0}, ["base_gross_margin"])["base_gross_margin"])
print(sorted({"numpy", "pandas"} & set(sys.modules)))
"""
    assert python(script).split() == ["0.75", "[]"]


def test_packages_stay_in_their_folder() -> None:
    abroad = [
        f"{module} imports {package}"
        for module in MODULES
        for package in imported(module) & set(AT_HOME)
        if not module.startswith(AT_HOME[package])
    ]
    assert not abroad


def test_tests_are_not_imported() -> None:
    ours = {"pytest", "hypothesis", "oracle", "random_inputs"}
    assert not [module for module in MODULES if imported(module) & ours]
