"""Formulas of the inputs in a block of model columns: what counts, replaced by slots or moved by a path."""

from __future__ import annotations

from collections.abc import Callable

from xlplugin.data.precedence import CUT, LEAVERS
from xlplugin.model.formula import traced
from xlplugin.model.inputs import EXPOSURES, FINANCIALS, INPUTS, REDUCTIONS, REFERENCES
from xlplugin.model.plan import parameters
from xlplugin.model.years import YEAR_INPUTS
from xlplugin.workbook.builder.model_block import ModelBlock
from xlplugin.workbook.builder.open_cells import within


def input_formula(block: ModelBlock, name: str) -> str:
    """Return the formula of an input's row, ``#N/A`` where it must not count as inputs are not complete."""
    complete, company = block.own("complete"), block.own("company")
    moves = block.asked.path and name in YEAR_INPUTS
    if name in REDUCTIONS:
        return f"={complete}*{block.standing(name)}"
    if name in FINANCIALS or name in REFERENCES:
        if block.asked.moment:
            figure = f"INDEX(xlp_figures_{name},INDEX(xlp_article_place,{company}))"
            blank = {"marginal_tax_rate": "income_tax_rate"}.get(name)
            other = block.own(blank) if blank else "0" if name == "one_off_net_income" else "NA()"
            return f'={complete}*IF({figure}="",{other},{figure})'
        growth = f"*{block.own('growth_index')}" if moves and name in FINANCIALS else ""
        return f"={complete}*INDEX(xlp_used_{name},{company}){growth}"
    return year_formula(block, YEAR_INPUTS[name]) if moves else f"={replaced(block, name)}"


def year_formula(block: ModelBlock, function: Callable[..., object]) -> str:
    """Return the formula of one of the years' functions on the block's own column."""
    references = [
        block.own(name.removeprefix("year_")) if name.startswith("year_")
        else block.standing(name) if name in INPUTS else block.own(name)
        for name in parameters(function)
    ]  # fmt: skip
    return traced(function, references)


def replaced(block: ModelBlock, name: str) -> str:
    """Return Excel text for the value that counts, or what a slot puts in its place."""
    if block.asked.path and name in REDUCTIONS:
        return year_formula(block, YEAR_INPUTS[name])[1:]
    value = _value(block, name)
    for slot in range(0 if block.asked.path else block.asked.slots, 0, -1):
        row = block.rows.get(f"standing_{name}", block.rows.get(name))
        new = block.own(f"value_{slot}")
        good = f"IF(AND({within(new, INPUTS[name])}),{new},NA())"
        value = f"IF({block.own(f'input_{slot}')}=$E{row},{good},{value})"
    return value


def _value(block: ModelBlock, name: str) -> str:
    company, scenario = block.own("company"), block.own("scenario")
    used = f"INDEX(xlp_used_{name},{company})"
    entry = f"INDEX(xlp_checked_{name},1,{scenario})"
    if name == "cost_reduction":
        return f"INDEX(xlp_used_{name},{company},{scenario})"
    if name == "training_cost_reduction":
        cost = block.own("standing_cost_reduction")
        return f'IF(OR(INDEX(xlp_applies,{company},{scenario})=0,{entry}=""),{cost},{entry})'
    if name == CUT:
        base, ai, supply = f"INDEX(xlp_base_{name},{company})", *map(block.standing, LEAVERS)
        cut = f"MIN({base},MAX(0,1-{ai}-{supply}))"
        return f"IF(INDEX(xlp_fallback_{name},{company})=1,{cut},{used})"
    return used if name in EXPOSURES else f'IF({entry}="",{used},{entry})'
