"""Columns of the model on a sheet: one row per input and line, the same formula along each row.

The Model sheet is one such block, every what-if on Workings another. Rows, from the top: who (company
and scenario by number), what is replaced or which year of a path, the inputs that count, whether
they are complete, then the lines by group, traced from :mod:`xlplugin.model.lines`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from xlplugin.model.formula import Cell, expression, taken_once
from xlplugin.model.inputs import EXPOSURES, FINANCIALS, JOINT_LIMITS, LEVERS, REDUCTIONS, REFERENCES
from xlplugin.model.plan import FUNCTIONS, MODEL_INPUTS, plan
from xlplugin.model.years import YEAR_HELPERS, YEAR_INPUTS, YEAR_PARAMETERS
from xlplugin.workbook.builder.model_block import FIRST_COLUMN, LABEL, MEANING, NAME, UNIT, ModelBlock
from xlplugin.workbook.builder.model_groups import grouped
from xlplugin.workbook.builder.model_inputs import input_formula, replaced, year_formula
from xlplugin.workbook.builder.sheet import Sheet
from xlplugin.workbook.builder.styles import number_style
from xlplugin.workbook.builder.what_ifs import WhatIf

#: A line up to this long may be written into another.
_SHORT = 120

#: Characters of a meaning that fit into one line of its column.
_LINE = 66


def lay_model(sheet: Sheet, top: int, asked: WhatIf) -> ModelBlock:
    """Lay the model columns that are asked for with their rows from ``top``.

    Where outputs are named, lines that they do not need are left out, and a short one that one other takes
    is written into that.
    """
    block, path = ModelBlock(sheet, asked), asked.path
    outputs = [name for name in asked.outputs if name not in ("lines", "names")]
    every = not outputs or any(name not in FUNCTIONS for name in outputs)  # a cell chooses the line
    wanted = plan(tuple(FUNCTIONS if every else outputs))
    figures = [name for name in (*FINANCIALS, *REFERENCES) if name in wanted.inputs]
    within = frozenset() if every else _written_within(wanted.steps) - {*outputs}
    _place_rows(block, top, figures, [name for name in wanted.steps if name not in within])
    _heads(block)
    for name in (*figures, *EXPOSURES, *LEVERS):
        _line(block, name, input_formula(block, name))
    for name in _standing(path):
        _line(block, f"standing_{name}", f"={replaced(block, name)}", name)
    _joint(block)
    for name, function in YEAR_HELPERS.items() if path else ():
        label = sheet.build.text(f"model.head.{name}")
        _line(block, name, year_formula(block, function), style="index", label=label)
    texts = {name: Cell(block.own(name)) for name in wanted.inputs}
    for name in wanted.steps:
        made = expression(name, texts)
        if name not in within:
            _line(block, name, f"={made}")
            made = Cell(block.own(name))
        texts[name] = made
    return block


@cache
def _written_within(steps: tuple[str, ...]) -> frozenset[str]:
    """Lines that stand in the one other line that takes them, where that stays short to read."""
    once, within = taken_once(steps), set()
    texts = {name: Cell("AB123") for name in MODEL_INPUTS}
    for name in steps:
        made = expression(name, texts)
        short = name in once and len(str(made)) <= _SHORT
        within |= {name} if short else set()
        texts[name] = made if short else Cell("AB123")
    return frozenset(within)


# --- which row is whose ---


def _standing(path: bool) -> tuple[str, ...]:
    """Inputs with a row for their value before the check of all inputs, or before the path."""
    changed = tuple(name for name in (*EXPOSURES, *LEVERS) if name in YEAR_INPUTS) if path else ()
    return (*REDUCTIONS, *(name for name in changed if name not in REDUCTIONS))


def _head_names(block: ModelBlock) -> tuple[str, ...]:
    slots = (f"{kind}_{n}" for n in range(1, block.asked.slots + 1) for kind in ("input", "value"))
    return ("company", "scenario", *(YEAR_PARAMETERS if block.asked.path else slots))


def _place_rows(block: ModelBlock, top: int, figures: Sequence[str], lines: Sequence[str]) -> None:
    label, text, path = block.sheet.build.label, block.sheet.build.text, block.asked.path
    sections: list[tuple[str, Sequence[str]]] = [
        ("", (*_head_names(block), "company_name", "scenario_label", *(YEAR_HELPERS if path else ()))),
        (text("model.heading.standing"), [f"standing_{name}" for name in _standing(path)]),
        (label("kind:exposure"), EXPOSURES),
        (label("kind:lever"), (*LEVERS[len(REDUCTIONS) :], "cost_shares", "revenue_shares", "complete")),
        (text("model.heading.inputs"), (*REDUCTIONS, *figures)),
        *((label(f"group:{group}"), names) for group, names in grouped(lines).items()),
    ]
    row = top
    for heading, names in sections:
        if heading:
            blank = [None] * (FIRST_COLUMN - LABEL - 1 + block.count)
            block.sheet.across(row, LABEL, [heading, *blank], "subheading")
            row += 1
        block.rows |= {name: row + i for i, name in enumerate(names)}
        row += len(names)
    block.top, block.bottom = top, row - 1


# --- rows ---


def _line(
    block: ModelBlock, name: str, formula: str, of: str = "", style: str = "", label: str | None = None
) -> None:
    sheet, build, row, of = block.sheet, block.sheet.build, block.rows[name], of or name
    sheet.put(row, LABEL, build.label(of) if label is None else label, "body")
    if label is None:
        sheet.put(row, UNIT, build.unit(of), "secondary")
        _meaning(block, row, build.meaning(of))
    sheet.put(row, NAME, of, "technical")
    sheet.formulas_across(row, FIRST_COLUMN, block.count, formula, style or number_style(of))


def _meaning(block: ModelBlock, row: int, meaning: str) -> None:
    block.sheet.put(row, MEANING, meaning, "note wrap_center")
    if len(meaning) > _LINE:
        block.sheet.heights[row] = 25 if len(meaning) <= 2 * _LINE else 37


def _heads(block: ModelBlock) -> None:
    sheet, text = block.sheet, block.sheet.build.text
    for name in _head_names(block):
        row = block.rows[name]
        sheet.put(row, LABEL, text(f"model.head.{name.rstrip('_0123456789')}"), "secondary")
        sheet.put(row, NAME, name, "technical")
        heads = (_head(chosen[name], name.startswith("value_")) for chosen in block.asked.columns)
        sheet.across(row, FIRST_COLUMN, heads, "secondary right")
    for name, names in (("company_name", "xlp_company_names,"), ("scenario_label", "xlp_scenario_names,1,")):
        row, of = block.rows[name], name.partition("_")[0]
        sheet.across(row, LABEL, [text(f"column.{of}"), *[None] * (FIRST_COLUMN - UNIT)], "header")
        shown = f"=INDEX({names}{block.own(of)})"
        sheet.formulas_across(row, FIRST_COLUMN, block.count, shown, "header right")


def _head(expression: str, number: bool) -> str | float | int | None:
    """Return what a head cell holds: a number, text in double quotes as text, else a formula.

    ``number``: what is none, or a logical value, is ``#N/A``.
    """
    if expression[:1] == '"' and expression.count('"') == 2:
        return expression[1:-1] or None
    try:
        value = float(expression)
    except ValueError:
        good = f"AND(ISNUMBER({expression}),NOT(ISLOGICAL({expression})))"
        return f"=IF({good},{expression},NA())" if number else f"={expression}"
    return int(value) if value == int(value) else value


def _joint(block: ModelBlock) -> None:
    """Shares that add up, and whether a column's inputs are all there and may stand together."""
    text, own = block.sheet.build.text, block.own
    for name, limit in zip(("cost_shares", "revenue_shares"), JOINT_LIMITS, strict=True):
        total = "=" + "+".join(block.standing(share) for share in limit.names)
        _line(block, name, total, style="percent", label=text(f"check.{name}"))
        block.sheet.put(block.rows[name], UNIT, "%", "secondary")
    standing = f"SUM({own(f'standing_{REDUCTIONS[0]}')}:{own(LEVERS[-1])})"
    known = "xlp_article_place" if block.asked.moment else "xlp_company_status"
    statuses = f"INDEX({known},{own('company')})+INDEX(xlp_scenario_status,1,{own('scenario')})"
    sums = f"{own('cost_shares')}<=1+xlp_rounding,{own('revenue_shares')}<=1+xlp_rounding"
    complete = f"=IF(ISERROR({standing}+{statuses}),NA(),IF(AND({sums}),1,NA()))"
    _line(block, "complete", complete, style="integer", label=text("model.complete"))
    _meaning(block, block.rows["complete"], text("model.complete.what"))
