"""Cells that the analyst fills: what they accept, and the formulas that take their value or ``#N/A``."""

from __future__ import annotations

import math

from xlplugin.model.inputs import INPUTS, Input
from xlplugin.workbook.builder.blocks import Block
from xlplugin.workbook.builder.look import CAUTION, LOSS
from xlplugin.workbook.builder.sheet import Sheet
from xlplugin.workbook.builder.styles import differential, number_style
from xlplugin.workbook.builder.typed_words import plain_name

__all__ = [
    "accept",
    "accept_blank",
    "accept_new_name",
    "accept_text",
    "checked",
    "flag_colour",
    "input_style",
    "inside",
    "within",
]


def _number(value: float) -> str:
    return f"{value:.15g}"


def within(value: str, item: Input) -> str:
    """Return the conditions, joined by commas, that a number lies in the input's domain."""
    conditions = []
    if not math.isinf(item.lower):
        conditions.append(f"{value}{'>' if item.above_lower else '>='}{_number(item.lower)}")
    if not math.isinf(item.upper):
        conditions.append(f"{value}{'<' if item.below_upper else '<='}{_number(item.upper)}")
    return ",".join(conditions)


def inside(value: str, item: Input) -> str:
    """Return the condition that a cell holds a number of the input's domain."""
    more = within(value, item)
    return f"AND(ISNUMBER({value}),NOT(ISLOGICAL({value})){',' if more else ''}{more})"


def checked(value: str, name: str, blank: str) -> str:
    """Return the formula text that takes an entry: ``blank`` where it is blank, ``#N/A`` where wrong."""
    return f'IFERROR(IF({value}="",{blank},IF({inside(value, INPUTS[name])},{value},NA())),NA())'


def input_style(name: str) -> str:
    """Return the style of an input cell for ``name``."""
    word = number_style(name)
    return f"input {'share3' if word == 'percent' else 'any' if word in ('money1', 'eps') else word}"


def accept(sheet: Sheet, block: Block, input: str, name: str = "") -> None:
    """Lay the validation of an input over a block of input cells, and register it for Checks."""
    item = INPUTS[input]
    if math.isinf(item.upper) and not math.isinf(item.lower):
        operator = "greaterThan" if item.above_lower else "greaterThanOrEqual"
        rule = {"operator": operator, "formula1": _number(item.lower)}
    else:  # between includes its ends: an open one is a hair below
        low = "-1E+300" if math.isinf(item.lower) else _number(item.lower)
        high = "1E+300" if math.isinf(item.upper) else _number(item.upper)
        high = "0.999999999" if item.below_upper else high
        rule = {"operator": "between", "formula1": low, "formula2": high}
    sheet.validate(block, message_key(item), type="decimal", **rule)
    _red_where_wrong(sheet, block, item)
    sheet.build.open(name, block, input)


def accept_blank(sheet: Sheet, block: Block, input: str, name: str) -> None:
    """Lay a block of blank input cells with what they accept."""
    sheet.blank(block, input_style(input))
    accept(sheet, block, input, name)


def _red_where_wrong(sheet: Sheet, block: Block, item: Input) -> None:
    """Turn an entry red that is no number of the input's domain, such as a pasted 3000%."""
    cell = block.near()
    good = inside(cell, item)
    wrong = f'IF(ISERROR({cell}),TRUE,IF({cell}="",FALSE,NOT({good})))'
    sheet.rule(block.area, wrong, differential("FFFFFF", LOSS, bold=True))


def accept_text(sheet: Sheet, block: Block) -> None:
    """Lay the validation of a short text over a block of input cells."""
    sheet.validate(block, "text", type="textLength", operator="lessThanOrEqual", formula1="60")


def accept_new_name(sheet: Sheet, slots: Block, names: str) -> None:
    """Lay input cells for names that must not stand twice in the block ``names``, and register them."""
    once = f'AND({plain_name(slots.near())},COUNTIF({names},"="&{slots.near()})=1)'
    sheet.validate(slots, "name", type="custom", formula1=once)
    sheet.build.open(names, slots, "name")


def flag_colour(sheet: Sheet, block: Block) -> None:
    """Colour flags that say anything but ok."""
    ok = sheet.build.text("flag.ok")
    sheet.rule(
        block.area, f'AND({block.near()}<>"",{block.near()}<>"{ok}")', differential(CAUTION, bold=True)
    )


def message_key(item: Input) -> str:
    """Return which messages of texts.csv an input's cells show."""
    if item.name in ("cost_reduction", "training_cost_reduction"):
        return "reduction"
    if item.name == "annual_decline":
        return "decline"
    if item.kind == "path" and item.unit == "share":
        return "growth"
    if item.name == "income_tax_rate":
        return "tax_rate"
    if item.unit == "money":
        return "money_positive" if item.above_lower else "money_any" if math.isinf(item.lower) else "money"
    return {
        "share": "fraction",
        "elasticity": "elasticity",
        "ratio": "ratio",
        "years": "years",
        "money per share": "per_share_positive" if item.above_lower else "per_share",
        "million shares": "shares",
    }[item.unit]
