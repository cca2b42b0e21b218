"""What the tests of Sensitivity and Path share: a small workbook, and what the oracle fills for a choice.

``template_of(**SMALL, language="en") -> Path``
    four companies (one that sells AI infrastructure, two labs), your case and three scenarios, the free slots.
``workbook = light("path", blocks=["path"], **SMALL)``
    a fixture of a test file: the path of such a workbook in which these sheets alone calculate, and of Workings
    these blocks (``workbook_edits.calculating``). ``light_of(template_of, seen_by_all, ...)`` gives it in a test.
``random_case(seed) -> Random``
    figures, own values and levers for the free slots; ``typed(book)`` the cells to set, ``inputs(own, entry)``
    what counts by the oracle.
``inputs(company, scenario, own, entry, year)``
    what counts for a company and scenario of the workbook; without ``cost_reduction`` there is no result.
``number(value)``
    a cell as a float, NaN for #N/A; anything else fails.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import oracle
import pytest
import random_inputs
import your_case
from engines import Book, ErrorValue
from kept_files import kept
from workbook_edits import calculating

COMPANIES = ("Salesforce", "NVIDIA", "OpenAI", "DeepSeek")
SCENARIOS = ("your_case", "deepseek_headline", "development_only", "price_war")
FREE_COMPANIES, FREE_SCENARIOS = 3, 2
SMALL = {"companies": COMPANIES, "scenarios": SCENARIOS}
#: What the sentences of the reading sheets lean on, for ``light``.
SAID = ("model", "outputs", "results", "dashboard", "sensitivity", "path")
SAID_BLOCKS = ("draws", "tornado", "path")
OWN = oracle.EXPOSURES + oracle.LEVERS[len(oracle.REDUCTIONS) :]
LIMITS = (
    ("inference_cost_share", "ai_supply_cost_share"),
    ("ai_revenue_share", "ai_supply_revenue_share", "seat_revenue_share"),
)
Values = Mapping[str, float | None]


def light_of(
    template_of: Callable[..., Path], folder: Path, *sheets: str, blocks: Sequence[str] = (), **template: Any
) -> Path:
    """Such a template, made once in a folder for all tests."""
    whole, language = template_of(**template), template.get("language", "en")
    return kept(
        folder / f"{whole.stem[:20]}-{'-'.join((*sheets, *blocks))}.xlsx",
        lambda part: calculating(whole, part, sheets, blocks, language),
    )


def light(*sheets: str, blocks: Sequence[str] = (), **template: Any) -> Any:
    """A fixture of a test file; see above."""

    @pytest.fixture(scope="module")
    def path(template_of: Callable[..., Path], seen_by_all: Path) -> Path:
        return light_of(template_of, seen_by_all, *sheets, blocks=blocks, **template)

    return path


def number(value: Any) -> float:
    if isinstance(value, ErrorValue):
        assert value == "#N/A", value
        return math.nan
    assert isinstance(value, (int, float)) and not isinstance(value, bool), repr(value)
    return float(value)


def inputs(
    company: str,
    scenario: str,
    own: Values | None = None,
    entry: Values | None = None,
    year: str | None = None,
) -> dict[str, float | None]:
    rows = oracle.companies()
    row = oracle.latest(rows, company)
    if year:
        row = next(one for one in rows if (one["company"], one["fiscal_year"]) == (company, year))
    columns = (*your_case.columns(), *oracle.scenarios())
    levers = next(row for row in columns if row["scenario"] == scenario)
    return dict(oracle.fill(row, oracle.assumptions(), levers, own, entry).inputs)


def whole(used: Values) -> bool:
    """Whether the shares of each whole add to at most 1."""
    return all(sum(used[name] or 0.0 for name in names) <= 1 + 1e-12 for names in LIMITS)


def assumption(company: str, name: str) -> dict[str, str] | None:
    """The company's row of the assumptions, else that of its business model, else that of ``*``."""
    rows = {(row["company"], row["parameter"]): row for row in oracle.assumptions()}
    models = {row["company"]: "*" + row["business_model"] for row in oracle.companies()}
    holders = (company, models.get(company, "*"), "*")
    return next((rows[holder, name] for holder in holders if (holder, name) in rows), None)


class Random:
    """A company and a scenario of random figures for the first free slots."""

    company, scenario = "Slot company", "slot_scenario"

    def __init__(self, seed: int) -> None:
        draw = random.Random(seed)
        first, second = random_inputs.rows(2, seed, blanks=seed % 2 == 0)
        second["cost_reduction"] = min(second["cost_reduction"] or 0.0, 0.98)
        self.financials = {name: first[name] for name in oracle.FINANCIALS}
        self.own = {name: first[name] if draw.random() < 0.8 else None for name in OWN}
        self.levers = {name: second[name] if draw.random() < 0.7 else None for name in oracle.LEVERS}
        if draw.random() < 0.8:
            self.levers["cost_reduction"] = second["cost_reduction"]

    def typed(self, book: Book) -> Iterable[tuple[str, Any, Any]]:
        i, j = (book.area("xlp_companies").shape[0] - FREE_COMPANIES,
                book.area("xlp_scenarios").shape[1] - FREE_SCENARIOS)  # fmt: skip
        yield "xlp_companies", (i, 0), self.company
        yield "xlp_scenarios", (0, j), self.scenario
        for name, value in self.financials.items():
            yield f"xlp_in_company_{name}", (0, 0), value
        for name, value in self.own.items():
            yield f"xlp_in_own_{name}", (i, 0), value
        for name, value in self.levers.items():
            place = "xlp_in_scenario_cost_reduction" if name == "cost_reduction" else f"xlp_in_{name}"
            yield place, (0, j), value

    def inputs(self, own: Values | None = None, entry: Values | None = None) -> dict[str, float | None]:
        row = {"company": self.company, "fiscal_year": "FY2030"}
        row |= {n: "" if v is None else repr(v) for n, v in self.financials.items()}
        scenario = {n: "" if v is None else repr(v) for n, v in self.levers.items()}
        return dict(
            oracle.fill(row, oracle.assumptions(), scenario, {**self.own, **(own or {})}, entry).inputs
        )
