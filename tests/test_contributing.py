"""The pages for contributors name places that are there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from test_layers import ROOMS

import xlplugin


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "README.md", "docs/architecture.md"])
def test_every_place_that_a_page_names_is_there(project: Path, page: str) -> None:
    text = (project / page).read_text(encoding="utf-8")
    places = re.findall(r"`((?:xlplugin|tests|docs|workbooks|benchmarks|\.ci)/[^`\s]*)`", text)
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    lost = [place for place in places if not list(project.glob(place.rstrip("/")))]
    lost += [link for link in links if not ((project / page).parent / link).exists()]
    assert len(places) + len(links) >= 10
    assert lost == []


def test_the_changelog_begins_with_this_version(project: Path) -> None:
    heading = re.search(r"^## (.+)$", (project / "CHANGELOG.md").read_text(encoding="utf-8"), re.M)
    assert heading and heading[1] in ("Unreleased", f"{xlplugin.__version__}, {xlplugin.__released__}")


@pytest.mark.slow
def test_every_benchmark_finds_what_it_measures(project: Path) -> None:
    """They are run now and then alone, so that a name that has moved would not be seen."""
    names = sorted(path.stem for path in (project / "benchmarks").glob("*.py"))
    script = "import importlib, sys\nfor name in sys.argv[1:]:\n    importlib.import_module(name)\n"
    ran = subprocess.run(
        [sys.executable, "-c", script, *names], cwd=project / "benchmarks", capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert len(names) >= 8
    assert (ran.returncode, ran.stderr) == (0, "")


def test_the_architecture_shows_every_room_in_order(project: Path) -> None:
    text = (project / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert tuple(re.findall(r"^\| `xlplugin/(\w+)(?:/|\.py)` \|", text, re.M)) == ROOMS
    chain = re.search(r"flowchart TD\n(.+)\n(.+)\n", text)
    assert chain is not None
    assert tuple(dict.fromkeys(re.findall(r"\w+", " ".join(chain.groups())))) == ROOMS
