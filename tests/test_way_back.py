"""A workbook that comes back: computed anew, entries typed into it, and every other byte of it as it was."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import oracle
import pytest
import workbook_edits
from workbook_edits import EDITS, parts_of

import xlplugin
from xlplugin.batch.readers.template_blocks import Blocks

pytestmark = pytest.mark.slow

COMPANIES, SCENARIOS = ["Salesforce", "NVIDIA"], ["half", "price_war"]
ENTRIES = {"xlp_in_cost_reduction[Salesforce,half]": "40%", "xlp_in_adoption[half]": 0.7}


@pytest.fixture(scope="module")
def light(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A template with the formulas of the sheets that answer alone."""
    folder = tmp_path_factory.mktemp("light")
    whole = xlplugin.write_template(folder / "whole.xlsx", companies=COMPANIES, scenarios=SCENARIOS)
    return workbook_edits.lighter(whole, folder / "light.xlsx")


def inputs_of(company: str, scenario: str, typed: dict[str, float]) -> dict[str, Any]:
    """The inputs that count, by the tests' own reading of the plain CSVs."""
    latest = oracle.latest(oracle.companies(oracle.DATA), company)
    row = next(one for one in oracle.scenarios(oracle.DATA) if one["scenario"] == scenario)
    return oracle.fill(latest, oracle.assumptions(oracle.DATA), row, entry=typed).inputs


def outputs(path: Path, line: str) -> dict[tuple[str, str], Any]:
    blocks = blocks_of(path)
    companies = [value for _, value in blocks.column("xlp_companies")]
    scenarios = [value for _, value in blocks.row("xlp_scenarios")]
    return {
        (company, scenario): cell
        for company, row in zip(companies, blocks.rows(f"xlp_out_{line}"), strict=True)
        for scenario, (_, cell) in zip(scenarios, row, strict=True)
        if company and scenario
    }


@lru_cache(2)
def blocks_of(path: Path) -> Blocks:
    """What a file shows, as openpyxl reads it, which does not know the strict form of the format."""
    parts = {name: workbook_edits.loose(data) for name, data in parts_of(path).items()}
    return Blocks(workbook_edits.write(path.with_name(f"read-{path.name}"), parts))


def changed_parts(before: Path, after: Path) -> set[str]:
    old, new = parts_of(before), parts_of(after)
    assert list(old) == list(new)
    return {name for name in old if old[name] != new[name]}


def bare(data: bytes) -> str:
    """A sheet without the values of its formulas and what kind they are."""
    text = data.decode()
    text = re.sub(r"""(<(?:x:)?c\b[^>]*?)\st\s*=\s*(?:"[^"]*"|'[^']*')""", r"\1", text)
    text = re.sub(r"<((?:x:)?)v\b[^>]*>[^<]*</\1v>|<(?:x:)?v/>", "", text)
    return re.sub(r"<((?:x:)?c\b[^>]*)></(?:x:)?c>", r"<\1/>", text)


def unvalued(parts: dict[str, bytes]) -> None:
    """Let every formula of the sheets that answer show 7, as a program leaves it that does not compute."""
    for title in workbook_edits.ANSWERING:
        name = workbook_edits.sheet(parts, title)
        cell = re.compile(rb'<c r="(\w+)" s="(\d+)"[^>]*>(<f>[^<]*</f>)<v[^>]*>[^<]*</v></c>')
        parts[name] = cell.sub(rb'<c r="\1" s="\2">\3<v>7</v></c>', parts[name])


def file_of(light: Path, folder: Path, edit: str, *more: Callable[[dict[str, bytes]], None]) -> Path:
    parts = parts_of(light)
    for change in (*more, EDITS[edit]):
        change(parts)
    ending = ".xlsm" if edit == "macros" else ".xlsx"
    return workbook_edits.write(folder / f"book{ending}", parts)


def agrees(path: Path, typed: dict[tuple[str, str], dict[str, float]]) -> None:
    """The outputs are what the tests' own model says."""
    for line in ("operating_margin", "gross_margin", "operating_income", "eps", "operating_margin_change"):
        shown = outputs(path, line)
        assert {(company, scenario) for company in COMPANIES for scenario in SCENARIOS} <= set(shown)
        for company in COMPANIES:
            for scenario in SCENARIOS:
                inputs = inputs_of(company, scenario, typed.get((company, scenario), {}))
                value = shown[company, scenario]
                assert not oracle.disagreements({line: value}, inputs), (company, scenario, line, value)


@pytest.mark.parametrize("edit", EDITS)
def test_a_file_of_any_program_is_computed_anew(light: Path, tmp_path: Path, edit: str) -> None:
    book = file_of(light, tmp_path, edit, unvalued)
    held = book.read_bytes()
    out = tmp_path / f"out{book.suffix}"
    xlplugin.recalc(book, out)
    assert book.read_bytes() == held
    changed = changed_parts(book, out)
    assert changed and all(name.startswith("xl/worksheets/") for name in changed)
    old, new = parts_of(book), parts_of(out)
    for name in changed:
        assert bare(old[name]) == bare(new[name])
    agrees(out, {})


@pytest.mark.parametrize("edit", [edit for edit in EDITS if edit != "strict"])
def test_entries_go_into_a_file_of_any_program(light: Path, tmp_path: Path, edit: str) -> None:
    book = file_of(light, tmp_path, edit)
    out = tmp_path / f"out{book.suffix}"
    done = xlplugin.update(book, out, ENTRIES)
    assert not done.rewritten.blank
    changed = changed_parts(book, out)
    assert changed and all(name.startswith("xl/worksheets/") for name in changed)
    agrees(out, {
        ("Salesforce", "half"): {"cost_reduction": 0.4, "adoption": 0.7}, ("NVIDIA", "half"): {"adoption": 0.7},
    })  # fmt: skip
    rows = xlplugin.run(out, lines=["operating_margin"]).set_index(["company", "scenario"])[
        "operating_margin"
    ]
    for pair, value in outputs(out, "operating_margin").items():
        if pair in rows.index and value != "#N/A":
            assert math.isclose(rows[pair], value, rel_tol=1e-12)
