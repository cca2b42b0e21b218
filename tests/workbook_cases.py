"""Sets of entries for the shipped template, and what the oracle says about them.

``Case(seed)`` draws entries: fiscal years, cost reductions (0%, 95%, negative, blank), levers, own
values, references, weights, an added company and a scenario of the analyst's own, choices of lists.
``Case(None)`` is the template as shipped. ``case.typed()`` are cells for ``book.set`` that replace
whatever an earlier case typed. ``case.inputs(i, j)`` are the inputs that count for company ``i`` and
scenario ``j`` (None: no result), ``case.lines(i, j, **replaced)`` the oracle's lines, NaN where none.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from functools import cache
from typing import Any

import oracle
import random_inputs
import your_case

NAN = math.nan
FREE, FREE_SCENARIOS = 3, 2
OWN = (*oracle.EXPOSURES, *(name for name in oracle.LEVERS if name not in oracle.REDUCTIONS))
FIGURES, ASSUMED, PRESETS = oracle.companies(), oracle.assumptions(), your_case.columns()
KNOWN = {(row["company"], row["parameter"]): row for row in ASSUMED}
GROUP = {row["company"]: row["group"] for row in FIGURES}
MODEL = {row["company"]: row["business_model"] for row in FIGURES}
NAMES = tuple(name for name, group in GROUP.items() if group != "peer")
SCENARIOS = tuple(row["scenario"] for row in PRESETS)
ROWS, COLUMNS = len(NAMES) + FREE, len(SCENARIOS) + FREE_SCENARIOS

#: Company numbers (from 0) in the order of the tables: listed, the analyst's own, then the labs.
MAIN = [i for i, name in enumerate(NAMES) if GROUP[name] != "lab"] + [
    len(NAMES) + slot for slot in range(FREE)
]
LAB_ROWS = [i for i, name in enumerate(NAMES) if GROUP[name] == "lab"]

REDUCTIONS = (0.0, 0.95, -0.2, -0.9, 0.3, 0.5)
ARTICLE = dict(zip(NAMES, ("FY2025", "FY2024", "FY2024", "FY2024", "FY2025"), strict=False))
JOINT = (
    ("inference_cost_share", "ai_supply_cost_share"),
    ("ai_revenue_share", "ai_supply_revenue_share", "seat_revenue_share"),
)


@cache
def _nothing() -> dict[str, float]:
    inputs = oracle.fill(oracle.latest(FIGURES, "Salesforce"), ASSUMED, PRESETS[0])
    return dict.fromkeys(oracle.evaluate(inputs.inputs), NAN)


class Case:
    """One set of entries."""

    def __init__(self, seed: int | None) -> None:
        self.years: list[str | None] = [None] * len(NAMES)
        self.article = False
        self.entries: list[list[float | None]] = [[None] * COLUMNS for _ in range(ROWS)]
        yours = dict.fromkeys(oracle.LEVERS) | {"cost_reduction": _number(PRESETS[0]["cost_reduction"])}
        self.levers = [yours, *({n: _number(row[n]) for n in oracle.LEVERS} for row in PRESETS[1:])]
        self.levers += [dict.fromkeys(oracle.LEVERS) for _ in range(FREE_SCENARIOS)]
        self.own: list[dict[str, float | None]] = [dict.fromkeys(OWN) for _ in range(ROWS)]
        self.references: list[dict[str, float | None]] = [
            dict.fromkeys(oracle.REFERENCES) for _ in range(ROWS)
        ]
        self.weights: list[float | None] = [None] * COLUMNS
        self.added: list[dict[str, float | None] | None] = [None] * FREE
        self.slots: list[str | None] = [None] * FREE_SCENARIOS
        self.company, self.a, self.b = 0, 0, SCENARIOS.index("price_war")
        self.across = [0.1, 0.25, 0.5, 0.75, 0.9, 0.95]
        self.down = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
        if seed is not None:
            self._draw(random.Random(seed), seed)

    def _draw(self, draw: random.Random, seed: int) -> None:
        rows = random_inputs.rows(ROWS + COLUMNS, seed)
        self.article = draw.random() < 0.2
        for i, name in enumerate(NAMES):
            if draw.random() < 0.3:
                self.years[i] = draw.choice([r["fiscal_year"] for r in FIGURES if r["company"] == name])
        for i in range(ROWS):
            for j in range(COLUMNS):
                if draw.random() < 0.25:
                    pick = draw.choice(REDUCTIONS) if draw.random() < 0.5 else draw.uniform(-1, 0.98)
                    self.entries[i][j] = pick
            for name in OWN:
                if draw.random() < 0.12:
                    share = 0.3 if name in JOINT[0] + JOINT[1] else 1.0  # few that pass the whole
                    self.own[i][name] = rows[i][name] * share  # type: ignore[operator]
            if draw.random() < 0.4:
                self.references[i] = {n: rows[i][n] for n in oracle.REFERENCES}
        for j in range(COLUMNS):
            for name in oracle.LEVERS:
                if draw.random() < 0.15:
                    value = rows[ROWS + j][name]
                    self.levers[j][name] = (
                        value if value is None else min(value, 0.98) if name in oracle.REDUCTIONS else value
                    )
        for slot in range(FREE):
            if draw.random() < 0.6:
                self.added[slot] = {n: rows[len(NAMES) + slot][n] for n in oracle.FINANCIALS}
        for slot in range(FREE_SCENARIOS):
            if draw.random() < 0.6:
                self.slots[slot] = f"own {slot}"
        self.weights = _weights(draw)
        self.company = draw.randrange(ROWS)
        self.a, self.b = draw.randrange(COLUMNS), draw.randrange(COLUMNS)
        self.across = sorted([0.0, 0.95, *(draw.uniform(-0.5, 0.98) for _ in range(4))])
        self.down = sorted([0.0, 1.0, *(draw.random() for _ in range(4))])

    def changed(self, j: int) -> bool:
        """Whether the scenario's own reduction is another than it came with."""
        typed = self.levers[j]["cost_reduction"]
        shipped = _number(PRESETS[j]["cost_reduction"]) if j < len(PRESETS) else None
        return typed is not None and typed != shipped

    # --- the workbook's side ---

    def typed(self) -> Iterator[tuple[str, Any, Any]]:
        yield "xlp_in_as_of", (0, 0), "article" if self.article else None
        yield "xlp_in_fiscal_year", None, [[year] for year in (*self.years, None, None)]
        yield from your_case.entries(self.entries)
        for name in oracle.LEVERS:
            yield from your_case.levers(name, [one[name] for one in self.levers])
        for name in OWN:
            yield f"xlp_in_own_{name}", None, [[one[name]] for one in self.own]
        for name in oracle.REFERENCES:
            yield f"xlp_in_{name}", None, [[one[name]] for one in self.references]
        yield "xlp_in_weight", None, [self.weights]
        for slot in range(FREE):
            figures = self.added[slot]
            yield "xlp_companies", (len(NAMES) + slot, 0), self.name(len(NAMES) + slot)
            for name in oracle.FINANCIALS:
                yield f"xlp_in_company_{name}", (slot, 0), figures and figures[name]
        for slot in range(FREE_SCENARIOS):
            yield "xlp_scenarios", (0, len(SCENARIOS) + slot), self.slots[slot]
        yield (
            "xlp_in_dashboard_company",
            (0, 0),
            self.name(self.company) or f"Your company {self.company - len(NAMES) + 1}",
        )
        for place, j in (("scenario_a", self.a), ("scenario_b", self.b)):
            yield (
                f"xlp_in_dashboard_{place}",
                (0, 0),
                self.scenario(j) or f"Your scenario {j - len(SCENARIOS) + 1}",
            )
        yield "xlp_in_dashboard_reductions", None, [self.across]
        yield "xlp_in_dashboard_pass_through", None, [[value] for value in self.down]

    # --- the oracle's side ---

    def name(self, i: int) -> str | None:
        """The company's name; None where the slot is free."""
        if i < len(NAMES):
            return NAMES[i]
        return f"Added {i}" if self.added[i - len(NAMES)] else None

    def scenario(self, j: int) -> str | None:
        """The scenario's name; None where the slot is free."""
        return SCENARIOS[j] if j < len(SCENARIOS) else self.slots[j - len(SCENARIOS)]

    def figures(self, i: int) -> dict[str, float | None]:
        """The financials that count; all None where there are none for the year."""
        row = self._row(i)
        return {n: _number(row[n]) if row else None for n in oracle.FINANCIALS}

    def base(self, i: int) -> dict[str, float]:
        """The base lines from the financials alone."""
        exposures: dict[str, Any] = dict.fromkeys((*oracle.EXPOSURES, *oracle.LEVERS), 0.0)
        if not self._row(i):
            return _nothing()
        return oracle.evaluate({**self.figures(i), **exposures})

    def assumption(self, i: int, name: str, which: str) -> float:
        company = self.name(i) or ""
        holders = (company, f"*{MODEL.get(company, '')}", "*")
        return float(next(KNOWN[holder, name] for holder in holders if (holder, name) in KNOWN)[which])

    def counts(self, i: int, name: str) -> float:
        """The own value of an exposure or lever, else the assumption."""
        own = self.own[i][name]
        return self.assumption(i, name, "base") if own is None else own

    def turning(self, i: int) -> bool:
        return self.name(i) is not None and self.counts(i, "ai_supply_revenue_share") > 0

    def general(self, i: int) -> bool:
        """Whether the company stands on general assumptions: shown and never ranked."""
        mine = (self.own[i][name] is None and (self.name(i), name) not in KNOWN for name in oracle.GENERAL)
        return self.name(i) is not None and all(mine)

    def alternative(self, j: int) -> bool:
        """Whether the scenario competes for best and worst."""
        return j >= len(PRESETS) or PRESETS[j]["alternative"] == "yes"

    def loses(self, i: int) -> bool:
        return self.base(i)["base_operating_income"] < 0

    def inputs(self, i: int, j: int, **replaced: float) -> dict[str, float | None] | None:
        row = self._row(i)
        if row is None or self.scenario(j) is None:
            return None
        known = PRESETS
        levers = your_case.filled(self.levers[j]) if j == 0 else self.levers[j]
        scenario = {n: _text(v) for n, v in levers.items()}
        scenario["not_applicable_to"] = known[j]["not_applicable_to"] if j < len(known) else ""
        own = {**self.own[i], **self.references[i]}
        filled = oracle.fill(row, ASSUMED, scenario, own, {"cost_reduction": self.entries[i][j]}).inputs
        filled |= replaced
        broken = any(sum(filled[name] or 0.0 for name in names) > 1 + 1e-12 for names in JOINT)
        return None if broken or filled.get("cost_reduction") is None else filled

    def lines(self, i: int, j: int, **replaced: float) -> dict[str, float]:
        inputs = self.inputs(i, j, **replaced)
        return _nothing() if inputs is None else oracle.evaluate(inputs)

    def money(self, i: int) -> float:
        """The scale of money for the company."""
        return oracle.scale("operating_income", {**self.figures(i), **self.references[i]})

    def _row(self, i: int) -> dict[str, str] | None:
        if i >= len(NAMES):
            figures = self.added[i - len(NAMES)]
            if figures is None:
                return None
            return {"company": self.name(i) or "", "fiscal_year": ""} | {
                n: _text(v) for n, v in figures.items()
            }
        year = self.years[i] or (ARTICLE.get(NAMES[i], "none") if self.article else None)
        rows = [row for row in FIGURES if row["company"] == NAMES[i]]
        if year is None:
            return oracle.latest(rows, NAMES[i])
        return next((row for row in rows if row["fiscal_year"] == year), None)


def _weights(draw: random.Random) -> list[float | None]:
    """Three times in four weights that add to 1, over scenarios that may have no result."""
    weights: list[float | None] = [None] * COLUMNS
    if draw.random() < 0.15:
        return weights
    chosen = draw.sample(range(COLUMNS if draw.random() < 0.3 else len(SCENARIOS)), 4)
    for j, value in zip(
        chosen, draw.choice(((0.25,) * 4, (0.5, 0.3, 0.2, 0.0), (0.4, 0.3, 0.2, 0.2))), strict=True
    ):
        weights[j] = value
    return weights


def _number(text: str | None) -> float | None:
    return float(text) if text is not None and text.strip() else None


def _text(value: float | None) -> str:
    return "" if value is None else repr(value)
