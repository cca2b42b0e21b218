"""Forty-six seeded faults in formulas: the oracle or the Checks sheet sees every one."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import oracle
import pytest
import your_case
from engines import Book, ErrorValue
from sheet_cases import SCENARIOS
from workbook_edits import ANSWERING, lighter

from xlplugin.model.inputs import LEVERS, REDUCTIONS, REFERENCES
from xlplugin.model.plan import FUNCTIONS
from xlplugin.workbook.builder.blocks import Block, letter
from xlplugin.workbook.builder.build import FREE_COMPANIES
from xlplugin.workbook.builder.draft import Draft
from xlplugin.workbook.template import build_template

pytestmark = pytest.mark.slow

COMPANIES = ("Salesforce", "ServiceNow", "NVIDIA", "OpenAI")
FAULTS = 46
SEED = 20271
KINDS = ("sign", "row", "column", "number")

#: Sheet -> how many of the faults, and which named blocks they are put into (None: all rows of the model).
WHERE = (
    ("model", 20, None),
    ("inputs", 4, r"xlp_(checked_|used_cost)"),
    ("companies", 4, r"xlp_used_"),
    ("outputs", 4, r"xlp_out_"),
    ("results", 6, r"xlp_results_(labs_)?(gross_margin|operating_margin|operating_income|eps)(_change)?$"),
    ("dashboard", 2, r"xlp_dashboard_bridge$"),
    ("overview", 6, r"xlp_overview_(gross|operating|p10|p90|eps|presets)"),
)
_REFERENCE = re.compile(r"(?<![A-Za-z_'.!])(\$?)([A-Z]{1,2})(\$?)(\d+)\b")
_SIGN = re.compile(r"(?<=[\w)])[+-](?=[\w($])")
_STRING = re.compile(r'"[^"]*"')


#: Far from the edges of the domain, where faults hide.
_LEVERS = {
    "cost_reduction": 0.5, "training_cost_reduction": 0.4, "credibility": 0.8, "adoption": 0.7, "pass_through": 0.3,
    "competition": 0.1, "price_elasticity": 0.4, "rebound_elasticity": 0.6, "market_elasticity": 1.3,
    "supply_pass_through": 0.8, "seat_erosion": 0.02, "labour_substitution": 0.02, "reinvestment": 0.4,
}  # fmt: skip
_EXPOSURES = {
    "inference_cost_share": 0.12, "training_cost_share": 0.12, "ai_revenue_share": 0.15, "usage_billed_share": 0.3,
    "ai_supply_revenue_share": 0.15, "ai_supply_cost_share": 0.15, "seat_revenue_share": 0.3,
    "committed_cost_share": 0.3, "usage_return": 0.6, "repricing_lag_years": 1.0,
}  # fmt: skip
OWN_LEVERS = tuple(name for name in LEVERS if name not in REDUCTIONS)

Expected = dict[tuple[int, int], tuple[dict[str, Any], dict[str, float]]]


class State:
    """The small workbook with entries that make every part of the model count."""

    def __init__(self, build: Draft, seed: int) -> None:
        draw = random.Random(seed)

        def one(of: dict[str, float], low: float = 0.7, high: float = 1.2) -> dict[str, Any]:
            return {name: value * draw.uniform(low, high) for name, value in of.items()}

        self.build = build
        self.levers = [one(_LEVERS) for _ in range(build.columns)]
        self.levers[0] = dict.fromkeys(LEVERS) | {"cost_reduction": 0.4}  # the company's own levers count
        self.own = [one(_EXPOSURES) | one({n: _LEVERS[n] for n in OWN_LEVERS}) for _ in build.companies]
        self.references = [one(dict.fromkeys(REFERENCES, 10.0)) for _ in build.companies]

    def typed(self) -> list[tuple[str, Any, Any]]:
        build = self.build
        cells: list[tuple[str, Any, Any]] = [
            ("xlp_scenarios", (0, build.columns - 2 + i), f"mine_{i}") for i in range(2)
        ]
        for name in LEVERS:
            cells += your_case.levers(name, [one[name] for one in self.levers])
        for i, own in enumerate(self.own):
            cells += [(f"xlp_in_own_{name}", (i, 0), own[name]) for name in own]
            cells += [(f"xlp_in_{name}", (i, 0), self.references[i][name]) for name in REFERENCES]
        return cells

    def expected(self) -> Expected:
        """What the oracle gives for every pair, with its inputs."""
        rows, known = oracle.companies(), {row["scenario"]: row for row in your_case.columns()}
        presets = [known[name] for name in SCENARIOS]
        found = {}
        for i, company in enumerate(self.build.companies):
            row = oracle.latest(rows, company)
            for j, typed in enumerate(self.levers):
                levers = your_case.filled(typed) if j == 0 else typed
                preset = presets[j] if j < len(presets) else {}
                scenario = {"not_applicable_to": preset.get("not_applicable_to", "")}
                scenario |= {name: "" if value is None else repr(value) for name, value in levers.items()}
                inputs = oracle.fill(
                    row, oracle.assumptions(), scenario, self.own[i] | self.references[i]
                ).inputs
                missing = inputs.get("cost_reduction") is None
                found[i, j] = (
                    inputs,
                    dict.fromkeys(FUNCTIONS, math.nan) if missing else oracle.evaluate(inputs),
                )
        return found


def seen(book: Book, expected: Expected) -> str:
    """Who sees a fault: the Checks sheet, the oracle, or nobody."""
    if book.value("xlp_check_failed") != 0:
        return "checks"
    blocks = book.get(*(f"xlp_out_{name}" for name in FUNCTIONS))
    for (i, j), (inputs, right) in expected.items():
        for name in FUNCTIONS:
            value = blocks[f"xlp_out_{name}"][i][j]
            number = math.nan if isinstance(value, ErrorValue) else value
            if not isinstance(number, (int, float)) or not oracle.agree(name, number, right[name], inputs):
                return f"oracle: {name}"
    return ""


def mutated(formula: str, kind: str, value: Any, draw: random.Random) -> str | float | None:
    """The formula with one fault of a kind; None where it has no place for it."""
    if kind == "number":
        return (
            value * 1.01 + 0.01 if isinstance(value, (int, float)) and not isinstance(value, bool) else None
        )
    texts = [range(*one.span()) for one in _STRING.finditer(formula)]
    pattern = _SIGN if kind == "sign" else _REFERENCE
    found = [one for one in pattern.finditer(formula) if not any(one.start() in text for text in texts)]
    if not found:
        return None
    one = draw.choice(found)
    if kind == "sign":
        new = "-" if one[0] == "+" else "+"
    elif kind == "row":
        new = f"{one[1]}{one[2]}{one[3]}{int(one[4]) + draw.choice((-1, 1))}"
    else:
        new = f"{one[1]}{next_column(one[2])}{one[3]}{one[4]}"
    return formula[: one.start()] + new + formula[one.end() :]


def next_column(letters: str) -> str:
    number = 0
    for one in letters:
        number = number * 26 + ord(one) - 64
    return letter(number + 1)


def candidates(build: Draft, sheet: str, pattern: str | None) -> list[tuple[int, int]]:
    cells = build.sheets[sheet].cells
    if pattern is None:
        blocks: list[Block] = [  # of the labs some figures are missing, and what needs them shows nothing
            replace(
                build.model.row(name), right=build.model.row(name).left + build.listed * build.columns - 1
            )
            for name in build.model.rows
            if name in FUNCTIONS or name in LEVERS
        ]
    else:
        title = build.sheets[sheet].title
        blocks = [one for name, one in build.names.items() if one.title == title and re.match(pattern, name)]
        # nothing is shown of the companies' free slots
        blocks = [
            replace(one, bottom=one.bottom - FREE_COMPANIES) if one.height == build.rows else one
            for one in blocks
        ]
    return sorted({
        (row, column)
        for one in blocks
        for row in range(one.top, one.bottom + 1)
        for column in range(one.left, one.right + 1)
        if str(cells.get(row, {}).get(column, ("", 0))[0])[:1] == "="
    })  # fmt: skip


def test_every_fault_is_seen(template_of: Callable[..., Path], tmp_path: Path, iron: Any) -> None:
    """What the oracle sees in the sheets that answer is computed without the others, in a fifth of the time."""
    small = {"companies": COMPANIES, "scenarios": SCENARIOS}
    path, build, draw = template_of(**small), build_template(**small), random.Random(SEED)
    state = State(build, SEED)
    expected = state.expected()
    unseen, kinds = [], []
    with iron.open(path) as whole, iron.open(lighter(path, tmp_path / "light.xlsx")) as answering:
        right = {}
        for book in (answering, whole):
            book.set(state.typed())
            book.calculate()
            assert seen(book, expected) == ""
        for sheet, _, _ in WHERE:
            cells, title = build.sheets[sheet].cells, build.sheets[sheet].title
            right[title] = whole.block(f"'{title}'!A1:{letter(max(map(max, cells.values())))}{max(cells)}")
        for sheet, count, pattern in WHERE:
            places = candidates(build, sheet, pattern)
            assert len(places) > count
            done = tries = 0
            while done < count:
                tries += 1
                assert tries < 40 * count, f"{sheet}: no place for {count} faults"
                row, column = draw.choice(places)
                kind = KINDS[len(kinds) % len(KINDS)] if tries % 4 else draw.choice(KINDS)
                formula = build.sheets[sheet].cells[row][column][0]
                title, cell = build.sheets[sheet].title, f"{letter(column)}{row}"
                before = right[title][row - 1][column - 1]
                wrong = mutated(str(formula), kind, before, draw)
                if wrong is None or isinstance(before, ErrorValue):
                    continue
                who = ""
                for book in (answering, whole) if title in ANSWERING else (whole,):
                    book.set([(title, cell, wrong)])
                    book.calculate()
                    is_fault = not same(book.value(title, cell), before)  # else the figure is right
                    who = seen(book, expected)
                    book.set([(title, cell, formula)])
                    if who or not is_fault:
                        break
                if not is_fault:
                    continue
                if not who:
                    unseen.append(f"{title}!{cell} ({kind}): {formula} as {wrong}")
                kinds.append(kind)
                done += 1
        for book in (answering, whole):
            book.calculate()
            assert seen(book, expected) == ""
    assert not unseen, "\n".join(unseen)
    assert len(kinds) == FAULTS and set(kinds) == set(KINDS)


def same(a: Any, b: Any) -> bool:
    if isinstance(a, (int, float)) and isinstance(b, (int, float)):
        return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12)
    return a == b
