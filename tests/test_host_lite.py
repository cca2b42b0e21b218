"""xlwings Lite: the texts to paste, and every call by xlwings' own code, in Python and in Pyodide."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from browsers_python import in_pyodide

import xlplugin
from xlplugin.functions import FUNCTIONS
from xlplugin.hosts import lite

pytestmark = pytest.mark.slow

TESTS = Path(__file__).parent

PLAIN = f"""
import asyncio, json, sys
sys.path.insert(0, {str(TESTS)!r})
import lite_driver
print(json.dumps(asyncio.run(lite_driver.answers())))
"""

PYODIDE = """
import json, sys
import lite_driver
answers = await lite_driver.answers()
json.dumps({**answers, "platform": sys.platform, "numpy": "numpy" in sys.modules})
"""


@pytest.fixture(scope="module")
def in_python() -> dict[str, Any]:
    run = subprocess.run(
        [sys.executable, "-c", PLAIN], capture_output=True, text=True, check=False, timeout=120
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def test_calls_through_custom_functions_call(in_python: dict[str, Any]) -> None:
    assert in_python["calls"] >= 250
    assert in_python["wrong"] == {}


def test_excel_is_told_of_every_function(in_python: dict[str, Any]) -> None:
    meta = {one["name"]: one for one in in_python["meta"]}
    assert sorted(meta) == sorted(FUNCTIONS)
    for name, one in FUNCTIONS.items():
        assert meta[name]["description"] == one.meaning["en"]
        assert "volatile" not in meta[name]["options"]
        told = [(p["name"], p["description"], p.get("optional", False)) for p in meta[name]["parameters"]]
        assert told == [(a.name, a.meaning["en"], a.optional) for a in one.arguments]


def test_calls_in_pyodide(node: Path, node_modules: Path, tmp_path: Path) -> None:
    """The Python of the browser, with the standard library and xlwings' Python code alone."""
    found = in_pyodide(PYODIDE, node, node_modules, tmp_path)
    assert (found["platform"], found["numpy"]) == ("emscripten", False)
    assert found["calls"] >= 250
    assert found["wrong"] == {}


def test_texts_to_paste() -> None:
    assert lite.requirements_text().split() == ["xlwings", f"xlplugin=={xlplugin.__version__}"]
    wheel = "https://example.com/xlplugin-1-py3-none-any.whl"
    assert lite.requirements_text(wheel).split() == ["xlwings", wheel]
    assert compile(lite.main_text(), "main.py", "exec").co_names[0] == "xlplugin.hosts.lite"


def test_texts_need_no_xlwings() -> None:
    script = (
        "import sys; sys.modules['xlwings'] = None; from xlplugin.hosts import lite; print(lite.main_text())"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == lite.main_text().strip()


def test_texts_stand_in_the_docs(project: Path) -> None:
    page = (project / "docs" / "hosts-lite.md").read_text(encoding="utf-8")
    assert lite.requirements_text().splitlines()[0] in page
    assert lite.main_text() in page


def test_unknown_names_are_no_functions() -> None:
    with pytest.raises(AttributeError, match="XLP_NOTHING"):
        lite.XLP_NOTHING  # noqa: B018
