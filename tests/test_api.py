"""The public interface as Python users meet it: types, names, errors that travel, threads, ``python -O``."""

from __future__ import annotations

import copy
import inspect
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import xlplugin
from xlplugin.model.errors import InputError, MissingExtraError

pytestmark = pytest.mark.slow

PUBLIC = [name for name in xlplugin.__all__ if not name.startswith("_")]
#: The analyses have a reference page of their own.
FUNCTIONS = ["evaluate", "run", "faults", "companies", "assumptions", "scenarios", "write_template"]

SCRIPT = """
import pandas as pd

import xlplugin
from xlplugin import InputError, {names}

table: pd.DataFrame = xlplugin.run(["half"], ["Salesforce"], fiscal_year={{"CRM": 2025}}, inputs="given")
lines: dict[str, float] = xlplugin.evaluate({{"revenue": 1.0, "cost_of_revenue": 0.5}}, ["base_gross_margin"])
wrong: pd.DataFrame = xlplugin.faults([{{"cost_reduction": 30}}])
try:
    xlplugin.run("nope.csv")
except InputError as error:
    texts: list[str] = [fault.fix for fault in error.faults]
"""


def test_a_user_s_script_is_checked_strictly(tmp_path: Path) -> None:
    pytest.importorskip("mypy", reason="mypy is missing")
    script = tmp_path / "script.py"
    script.write_text(
        SCRIPT.format(names=", ".join(name for name in PUBLIC if name != "InputError")), encoding="utf-8"
    )
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), str(script)],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    script.write_text("import xlplugin\nxlplugin.run(['half'], line=['eps'])\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), str(script)],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert 'Unexpected keyword argument "line"' in done.stdout


def test_names_are_found_by_dir_and_star() -> None:
    assert set(xlplugin.__all__) <= set(dir(xlplugin))
    assert not {"Any", "TYPE_CHECKING", "annotations"} & set(dir(xlplugin))
    names: dict[str, object] = {}
    exec("from xlplugin import *", names)
    assert set(PUBLIC) <= set(names)
    with pytest.raises(AttributeError, match="no attribute 'nope'"):
        _ = xlplugin.nope


@pytest.mark.parametrize("name", FUNCTIONS)
def test_help_says_what_a_caller_must_know(name: str) -> None:
    function = getattr(xlplugin, name)
    text = inspect.getdoc(function) or ""
    assert "InputError" in text
    said = {
        word for word in ("fraction", "million", "unit", "basis point", "NaN", "path", "row") if word in text
    }
    assert said, f"{name} says nothing of units or shapes"
    unexplained = [one for one in inspect.signature(function).parameters if f"``{one}``" not in text]
    assert set(unexplained) <= {"dataset", "path"} or "rguments as in" in text, (
        f"{name} does not explain {unexplained}"
    )


def test_errors_travel_between_processes() -> None:
    with pytest.raises(InputError) as caught:
        xlplugin.run({"cost_reduction": [30.0] * 12})
    for again in (pickle.loads(pickle.dumps(caught.value)), copy.deepcopy(caught.value)):
        assert again.faults == caught.value.faults
        assert str(again) == str(caught.value)
    missing = pickle.loads(pickle.dumps(MissingExtraError("pyarrow", "batch", "Parquet")))
    assert (missing.package, missing.extra) == ("pyarrow", "batch")
    assert 'pip install "xlplugin[batch]"' in str(missing)


def test_threads_from_a_cold_start_agree() -> None:
    script = """
from concurrent.futures import ThreadPoolExecutor
import xlplugin
def once(i):
    return float(xlplugin.run(["half"], ["CRM"], lines=["eps"])["eps"].iloc[0])
with ThreadPoolExecutor(8) as pool:
    print(len(set(pool.map(once, range(32)))))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "1", done.stderr


def test_one_call_does_not_disturb_another() -> None:
    def once(i: int) -> tuple[float, float]:
        row = xlplugin.run({"cost_reduction": [i / 100]}, ["CRM", "NVDA"], lines=["effective_reduction"])
        return row["effective_reduction"].iloc[0], row["effective_reduction"].iloc[1]

    with ThreadPoolExecutor(8) as pool:
        for i, found in enumerate(pool.map(once, range(60))):
            assert found == pytest.approx((i / 100, i / 100), abs=1e-15)


def test_optimised_python_refuses_as_much() -> None:
    command = [sys.executable, "-O", "-m", "xlplugin", "run", "--set", "cost_reduction=30"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == "cost_reduction is 30 (allowed: -1 to below 1); enter 30% or 0.3\n"


def test_what_comes_back_is_the_caller_s_own() -> None:
    """Frames of the dataset may be changed without changing the next ones."""
    frame = xlplugin.companies()
    frame.loc[:, "revenue"] = 1.0
    assert (xlplugin.companies()["revenue"] > 1).all()
    given = {"cost_reduction": [0.3, None], "scenario": ["a", "half"]}
    before = copy.deepcopy(given)
    xlplugin.run(given, lines=["eps"])
    assert given == before
