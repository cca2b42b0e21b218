"""Columns of the model on a sheet: one row per input and line, the same formula along each row.

The Model sheet is one such block, every what-if on Workings another. Rows, from the top: who (company
and scenario by number), what is replaced or which year of a path, the inputs that count, whether
they are complete, then the lines by group, traced from :mod:`xlplugin.model.lines`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from xlplugin.model.formula import formula, traced
from xlplugin.model.inputs import EXPOSURES, FINANCIALS, INPUTS, JOINT_LIMITS, LEVERS, REDUCTIONS, REFERENCES
from xlplugin.model.lines import BARS, LINES, MARGIN_BARS
from xlplugin.model.plan import FUNCTIONS, PARAMETERS, parameters, plan
from xlplugin.model.years import YEAR_HELPERS, YEAR_INPUTS, YEAR_PARAMETERS
from xlplugin.workbook.builder.blocks import Block
from xlplugin.workbook.builder.entry_cells import inside
from xlplugin.workbook.builder.sheet import Sheet
from xlplugin.workbook.builder.styles import number_style

__all__ = ["FIRST_COLUMN", "GROUPS", "ModelBlock", "lay_model"]

#: Label, unit, meaning and name stand in columns 2 to 5; the model's columns begin here.
LABEL, UNIT, MEANING, NAME, FIRST_COLUMN = 2, 3, 4, 5, 6

#: Characters of a meaning that fit into one line of its column.
_LINE = 66

_NAMED_GROUPS = {
    "unit_cost_and_use": (
        "effective_reduction", "effective_training_reduction", "unit_cost_index", "usage_index",
        "base_inference_cost", "inference_cost", "volume_cost_index",
    ),
    "ai_products": (
        "base_ai_revenue", "ai_cost_ratio", "price_index", "demand_index", "billed_usage_index", "ai_revenue",
    ),
    "ai_infrastructure": ("supply_index", "supply_cost_index", "base_supply_revenue", "base_supply_cost"),
    "base": (
        "base_gross_margin", "base_operating_income", "base_operating_margin", "base_net_income",
        "base_net_margin", "base_eps",
    ),
    "changes": (
        "gross_margin_change", "operating_income_change", "operating_margin_change", "net_margin_change",
        "eps_change",
    ),
    "reference": ("reference_operating_income_after", "reference_eps_after", "eps_change_of_reference"),
}  # fmt: skip
_PLACED = {name for names in _NAMED_GROUPS.values() for name in names}

#: Group -> its lines, in the order of the sheet; a line that no group names is the income statement's.
GROUPS: dict[str, tuple[str, ...]] = {
    **{group: _NAMED_GROUPS[group] for group in ("unit_cost_and_use", "ai_products", "ai_infrastructure")},
    "income_statement": tuple(name for name in LINES if name not in _PLACED),
    **{group: _NAMED_GROUPS[group] for group in ("base", "changes", "reference")},
    "bridge": tuple(BARS),
    "bridge_margin": tuple(MARGIN_BARS),
}


@dataclass
class ModelBlock:
    """Where a block of model columns lies: the row of each input and line by name."""

    sheet: Sheet
    count: int
    rows: dict[str, int] = field(default_factory=dict)
    bottom: int = 0

    def row(self, name: str) -> Block:
        """The row of an input or line, one cell for each column of the model."""
        return self.sheet.block(self.rows[name], FIRST_COLUMN, 1, self.count)

    def own(self, name: str) -> str:
        """The cell of an input or line in the formula's own column, for formulas along a row."""
        return f"§{self.rows[name]}"


def lay_model(
    sheet: Sheet,
    top: int,
    columns: Sequence[Mapping[str, str]],
    slots: int = 0,
    path: bool = False,
    outputs: Sequence[str] = (),
) -> ModelBlock:
    """Lay model columns with their rows from ``top``; ``columns`` as in :mod:`what_ifs`.

    ``outputs`` leaves out the lines that these do not need.
    """
    return _Layer(sheet, top, columns, slots, path, outputs).lay()


class _Layer:
    def __init__(
        self,
        sheet: Sheet,
        top: int,
        columns: Sequence[Mapping[str, str]],
        slots: int,
        path: bool,
        outputs: Sequence[str],
    ) -> None:
        self.sheet, self.next, self.columns, self.path = sheet, top, columns, path
        self.slots = 0 if path else slots
        self.text, self.build = sheet.build.text, sheet.build
        every = not outputs or any(name not in FUNCTIONS for name in outputs)  # a cell chooses the line
        wanted = plan(tuple(FUNCTIONS if every else outputs))
        self.lines, self.figures = wanted.steps, [n for n in (*FINANCIALS, *REFERENCES) if n in wanted.inputs]
        self.block = ModelBlock(sheet, len(columns))

    def lay(self) -> ModelBlock:
        self._place_rows()
        self._heads()
        for name in (*self.figures, *EXPOSURES, *LEVERS):
            self._line(name, self._input_formula(name))
        for name in self._standing:
            self._line(f"standing_{name}", f"={self._replaced(name)}", name)
        self._joint()
        if self.path:
            for name, function in YEAR_HELPERS.items():
                self._line(
                    name,
                    traced(function, self._references(function)),
                    style="index",
                    label=self.text(f"model.head.{name}"),
                )
        for name in self.lines:
            references = {one: self.block.own(one) for one in PARAMETERS[name]}
            self._line(name, formula(name, references))
        self.block.bottom = self.next - 1
        return self.block

    # --- which row is whose ---

    @property
    def _standing(self) -> tuple[str, ...]:
        """Inputs with a row for their value before the check of all inputs, or before the path."""
        changed = tuple(name for name in (*EXPOSURES, *LEVERS) if name in YEAR_INPUTS) if self.path else ()
        return (*REDUCTIONS, *(name for name in changed if name not in REDUCTIONS))

    @property
    def _head_names(self) -> tuple[str, ...]:
        if self.path:
            return ("company", "scenario", *YEAR_PARAMETERS)
        return (
            "company",
            "scenario",
            *(f"{kind}_{n}" for n in range(1, self.slots + 1) for kind in ("input", "value")),
        )

    def _place(self, *names: str, heading: str = "") -> None:
        if heading:
            self.sheet.across(
                self.next,
                LABEL,
                [heading] + [None] * (FIRST_COLUMN - LABEL - 1 + self.block.count),
                "subheading",
            )
            self.next += 1
        for name in names:
            self.block.rows[name] = self.next
            self.next += 1

    def _place_rows(self) -> None:
        label = self.build.label
        self._place(*self._head_names, "company_name", "scenario_label")
        if self.path:
            self._place(*YEAR_HELPERS)
        self._place(heading=self.text("model.heading.standing"))
        self._place(*(f"standing_{name}" for name in self._standing))
        self._place(*EXPOSURES, heading=label("kind:exposure"))
        self._place(*LEVERS[len(REDUCTIONS) :], heading=label("kind:lever"))
        self._place("cost_shares", "revenue_shares", "complete")
        self._place(*REDUCTIONS, *self.figures, heading=self.text("model.heading.inputs"))
        for group, members in GROUPS.items():
            names = [name for name in members if name in self.lines]
            if not names:
                continue
            self._place(*names, heading=label(f"group:{group}"))

    # --- rows ---

    def _line(self, name: str, formula: str, of: str = "", style: str = "", label: str | None = None) -> None:
        row, of = self.block.rows[name], of or name
        if label is None:
            self.sheet.put(row, LABEL, self.build.label(of), "body")
            self.sheet.put(row, UNIT, self.build.unit(of), "secondary")
            self._meaning(row, self.build.meaning(of))
        else:
            self.sheet.put(row, LABEL, label or name, "body")
        self.sheet.put(row, NAME, of, "technical")
        self.sheet.formulas_across(row, FIRST_COLUMN, self.block.count, formula, style or number_style(of))

    def _meaning(self, row: int, meaning: str) -> None:
        self.sheet.put(row, MEANING, meaning, "note wrap_center")
        if len(meaning) > _LINE:
            self.sheet.heights[row] = 25 if len(meaning) <= 2 * _LINE else 37

    def _heads(self) -> None:
        for name in self._head_names:
            row = self.block.rows[name]
            self.sheet.put(row, LABEL, self.text(f"model.head.{name.rstrip('_0123456789')}"), "secondary")
            self.sheet.put(row, NAME, name, "technical")
            for column, chosen in enumerate(self.columns, FIRST_COLUMN):
                self.sheet.put(row, column, _head(chosen[name]), "secondary right")
        index = {
            "company_name": ("xlp_company_names", "company"),
            "scenario_label": ("xlp_scenario_names", "scenario"),
        }
        for name, (block, number) in index.items():
            row = self.block.rows[name]
            self.sheet.put(row, LABEL, self.text(f"column.{name.split('_')[0]}"), "header")
            self.sheet.across(row, UNIT, [None] * (FIRST_COLUMN - UNIT), "header")
            formula = f"=INDEX({block},§{self.block.rows[number]})"
            self.sheet.formulas_across(row, FIRST_COLUMN, self.block.count, formula, "header right")

    def _joint(self) -> None:
        own = self._own_standing
        for name, limit in zip(("cost_shares", "revenue_shares"), JOINT_LIMITS, strict=True):
            formula = "=" + "+".join(own(share) for share in limit.names)
            self._line(name, formula, style="percent", label=self.text(f"check.{name}"))
            self.sheet.put(self.block.rows[name], UNIT, "%", "secondary")
        rows = self.block.rows
        first, last = rows[f"standing_{REDUCTIONS[0]}"], rows[LEVERS[-1]]
        statuses = (
            f"INDEX(xlp_company_status,§{rows['company']})+INDEX(xlp_scenario_status,§{rows['scenario']})"
        )
        sums = f"§{rows['cost_shares']}<=1+xlp_rounding,§{rows['revenue_shares']}<=1+xlp_rounding"
        formula = f"=IF(ISERROR(SUM(§{first}:§{last})+{statuses}),NA(),IF(AND({sums}),1,NA()))"
        self._line("complete", formula, style="integer", label=self.text("model.complete"))
        self._meaning(rows["complete"], self.text("model.complete.what"))

    # --- formulas of inputs ---

    def _own_standing(self, name: str) -> str:
        standing = f"standing_{name}"
        return self.block.own(standing if standing in self.block.rows else name)

    def _input_formula(self, name: str) -> str:
        rows, complete = self.block.rows, f"§{self.block.rows['complete']}"
        if self.path and name in YEAR_INPUTS:
            if name in FINANCIALS:
                return (
                    f"={complete}*INDEX(xlp_used_{name},§{rows['company']})*{self.block.own('growth_index')}"
                )
            if name not in REDUCTIONS:
                return traced(YEAR_INPUTS[name], self._references(YEAR_INPUTS[name]))
        if name in REDUCTIONS:
            return f"={complete}*{self._own_standing(name)}"
        if name in FINANCIALS or name in REFERENCES:
            return f"={complete}*INDEX(xlp_used_{name},§{rows['company']})"
        return f"={self._replaced(name)}"

    def _references(self, function: object) -> list[str]:
        return [
            self.block.own(name.removeprefix("year_")) if name.startswith("year_")
            else self._own_standing(name) if name in INPUTS else self.block.own(name)
            for name in parameters(function)
        ]  # fmt: skip

    def _replaced(self, name: str) -> str:
        """The value that counts, or what a slot puts in its place."""
        if self.path and name in REDUCTIONS:
            return traced(YEAR_INPUTS[name], self._references(YEAR_INPUTS[name]))[1:]
        value = self._value(name)
        for slot in range(self.slots, 0, -1):
            row = self.block.rows.get(f"standing_{name}", self.block.rows.get(name))
            new = self.block.own(f"value_{slot}")
            good = f"IF({inside(new, INPUTS[name])},{new},NA())"
            value = f"IF({self.block.own(f'input_{slot}')}=$E{row},{good},{value})"
        return value

    def _value(self, name: str) -> str:
        company, scenario = (self.block.own(one) for one in ("company", "scenario"))
        used = f"INDEX(xlp_used_{name},{company})"
        entry = f"INDEX(xlp_checked_{name},{scenario})"
        if name == "cost_reduction":
            return f"INDEX(xlp_used_{name},{company},{scenario})"
        if name == "training_cost_reduction":
            cost = self.block.own("standing_cost_reduction")
            return f'IF(OR(INDEX(xlp_applies,{company},{scenario})=0,{entry}=""),{cost},{entry})'
        if name == "seat_revenue_share":
            base, ai, supply = f"INDEX(xlp_base_{name},{company})", *map(self._own_standing, _LEAVERS)
            cut = f"MIN({base},MAX(0,1-{ai}-{supply}))"
            return f"IF(INDEX(xlp_fallback_{name},{company})=1,{cut},{used})"
        return used if name in EXPOSURES else f'IF({entry}="",{used},{entry})'


_LEAVERS = ("ai_revenue_share", "ai_supply_revenue_share")


def _head(expression: str) -> str | float | int | None:
    """Return what a head cell holds: a number, text in double quotes as text, else a formula."""
    if expression[:1] == '"' and expression.count('"') == 2:
        return expression[1:-1] or None
    try:
        value = float(expression)
    except ValueError:
        return f"={expression}"
    return int(value) if value == int(value) else value
