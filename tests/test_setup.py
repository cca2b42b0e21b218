"""What the tests run on: the installed package, pinned versions, and the script that sets all of it up."""

from __future__ import annotations

import ast
import importlib.metadata
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import setup_and_run
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

pytestmark = pytest.mark.slow

PINS = re.compile(
    r"(?P<name>[A-Za-z0-9._-]+)==(?P<version>[A-Za-z0-9.!+_]+)( ; python_version [<>=]+ \"3\.\d+\")?\Z"
)


@pytest.fixture(scope="module")
def pyproject(project: Path) -> dict:
    return tomllib.loads((project / "pyproject.toml").read_text("utf-8"))


@pytest.fixture(scope="module")
def pins(project: Path) -> dict[str, str]:
    lines = (project / "tests" / "constraints.txt").read_text("utf-8").splitlines()
    matches = [PINS.match(line) for line in lines]
    assert [line for line, found in zip(lines, matches, strict=True) if not found] == []
    return {canonicalize_name(found["name"]): found["version"] for found in matches if found}


@pytest.fixture(scope="module")
def environment() -> Path:
    place = os.environ.get("XLPLUGIN_ENVIRONMENT")
    if not place:
        pytest.skip("not started by tests/setup_and_run.py")
    return Path(place)


def requirements(pyproject: dict) -> list[Requirement]:
    extras = pyproject["project"]["optional-dependencies"]
    listed = [*pyproject["project"]["dependencies"], *(one for extra in extras.values() for one in extra)]
    return [Requirement(text) for text in listed]


def test_every_requirement_is_pinned_inside_its_range(pyproject, pins):
    loose = {
        str(one)
        for one in requirements(pyproject)
        if not one.specifier.contains(pins.get(canonicalize_name(one.name), "0"))
    }
    assert loose == set()


def test_no_requirement_has_an_upper_cap(pyproject):
    capped = [str(one) for one in requirements(pyproject) if re.search(r"<|==|~=", str(one.specifier))]
    assert capped == []
    assert pyproject["project"]["requires-python"] == ">=3.11"


def test_the_script_installs_every_extra(pyproject):
    assert set(setup_and_run.EXTRAS.split(",")) == set(pyproject["project"]["optional-dependencies"])


def test_installed_versions_are_the_pinned_ones(pins, environment):
    ours = {"xlplugin", "pip", "setuptools"}
    installed = {
        canonicalize_name(one.metadata["Name"]): one.version
        for one in importlib.metadata.distributions(
            path=[path for path in sys.path if Path(path).is_relative_to(environment)]
        )
    }
    assert len(installed) > 50
    assert {
        name: version for name, version in installed.items() if name not in ours and pins.get(name) != version
    } == {}


@pytest.mark.parametrize("folder", ["neutral", "checkout"])
def test_the_installed_package_is_tested(environment, project, tmp_path, folder):
    import xlplugin

    assert Path(xlplugin.__file__).is_relative_to(environment)
    command = [
        sys.executable,
        *(["-P"] if folder == "checkout" else []),
        "-c",
        "import xlplugin; print(xlplugin.__file__)",
    ]
    ran = subprocess.run(
        command, cwd=project if folder == "checkout" else None, capture_output=True, text=True, check=True
    )
    assert Path(ran.stdout.strip()).is_relative_to(environment)


def test_the_wheel_carries_all_data_and_no_tests(environment, project):
    installed = {str(file) for file in importlib.metadata.files("xlplugin") or ()}
    data = {
        file.relative_to(project).as_posix()
        for file in (project / "xlplugin").rglob("*")
        if file.suffix in (".csv", ".typed", ".md", ".js", ".html", ".json", ".xcu", ".oxt", ".xml", ".bas")
    }
    assert "xlplugin/py.typed" in data
    assert data - installed == set()
    assert [file for file in installed if file.startswith(("tests/", "docs/", "benchmarks/"))] == []


def test_npm_packages_are_exact_and_installed(project, node_modules):
    wanted = json.loads((project / "tests" / "package.json").read_text("utf-8"))["dependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())
    assert not (project / "tests" / "package-lock.json").exists()
    installed = {
        name: json.loads((node_modules / name / "package.json").read_text("utf-8"))["version"]
        for name in wanted
    }
    assert installed == wanted


@pytest.mark.parametrize("name", ["setup_and_run.py", "machine.py"])
def test_the_script_needs_a_bare_python(project, name):
    tree = ast.parse((project / "tests" / name).read_text("utf-8"))
    imported = {alias.name for node in tree.body if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module for node in tree.body if isinstance(node, ast.ImportFrom) and node.module}
    top = {module.partition(".")[0] for module in imported}
    assert top - set(sys.stdlib_module_names) <= {"machine"}


def test_help_works_in_an_empty_environment(project):
    ran = subprocess.run(
        [sys.executable, "-S", "-E", project / "tests" / "setup_and_run.py", "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "--quick" in ran.stdout and ran.stderr == ""


def test_digest_follows_names_and_contents(tmp_path):
    def state() -> str:
        return setup_and_run.digest(tmp_path)

    (tmp_path / "a.py").write_text("1")
    first = state()
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc").write_text("x")
    assert state() == first
    (tmp_path / "a.py").write_text("2")
    second = state()
    (tmp_path / "a.py").rename(tmp_path / "b.py")
    assert len({first, second, state()}) == 3


def test_addresses_are_blanked():
    text = "Looking in: https://host.example/simple, 'file:///opt/x y' http://a\nno wheel for b==1"
    assert (
        setup_and_run.without_addresses(text)
        == "Looking in: (address), '(address) y' (address)\nno wheel for b==1"
    )


def test_a_missing_part_skips_or_fails_by_name(monkeypatch):
    import machine

    assert machine.require("a thing", Path("x")) == Path("x")
    monkeypatch.delenv("XLPLUGIN_REQUIRE_ALL", raising=False)
    with pytest.raises(pytest.skip.Exception, match="a rare thing"):
        machine.require("a rare thing", None)
    monkeypatch.setenv("XLPLUGIN_REQUIRE_ALL", "1")
    with pytest.raises(pytest.fail.Exception, match="a rare thing"):
        machine.require("a rare thing", None)


def test_a_failed_install_is_one_clear_message(monkeypatch, tmp_path, capsys):
    """A package index that has nothing: exit 2, the failing step and no traceback."""
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "xlplugin"\nversion = "0"\n')
    (tmp_path / "constraints.txt").write_text("")
    monkeypatch.setattr(setup_and_run, "PROJECT", tmp_path)
    monkeypatch.setattr(setup_and_run, "ENVIRONMENT", tmp_path / "env")
    monkeypatch.setattr(setup_and_run, "CONSTRAINTS", tmp_path / "constraints.txt")
    monkeypatch.setattr(setup_and_run, "prepare_machine", lambda: None)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    assert setup_and_run.main(["--set-up-only"]) == 2
    printed = capsys.readouterr()
    assert "installing the Python packages failed" in printed.err
    assert "Traceback" not in printed.err and "://" not in printed.err
    assert not (tmp_path / "env" / "packages.stamp").exists()
