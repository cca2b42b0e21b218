"""The live range: fixed draws of what the first scenario leaves open, for every company.

An assumption that neither scenario nor analyst fixes is drawn from PERT as
:mod:`xlplugin.analysis.uncertainty.ranges` does, at the same points. Laid on Workings, from the top: the
percentiles by company; what is drawn (:mod:`draw_inputs`); then for each company a column a draw with the
lines that vary. A drawn input is written into its lines as ``from + span * quantile``, and a line that
one other takes is written into that one, so a draw takes a dozen cells. One more column holds every
assumption at its base: it gives the headline, which Checks compares with Model.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from xlplugin.data.precedence import CUT, LEAVERS
from xlplugin.data.range_points import PERCENTILES
from xlplugin.model.arithmetic import maximum, minimum, where
from xlplugin.model.formula import Cell, expression, taken_once
from xlplugin.model.inputs import JOINT_LIMITS
from xlplugin.workbook.builder.blocks import OWN_COLUMN, Block, letter
from xlplugin.workbook.builder.draw_inputs import (
    AT_BASE,
    DRAWS,
    IS_CUT,
    MEASURE,
    SCENARIO,
    DrawInputs,
    lay_draw_inputs,
)
from xlplugin.workbook.builder.model_block import FIRST_COLUMN, LABEL, NAME
from xlplugin.workbook.builder.sheet import Sheet
from xlplugin.workbook.builder.styles import number_style

#: A line longer than this stands in cells of its own, also where one other line takes it.
_LONG = 160


def lay_draws(sheet: Sheet, row: int, headlines: Block) -> int:
    """Lay the draws from ``row``; return the last row. Defines ``xlp_range_p10`` and its like.

    ``headlines`` is Model's row of the measure.
    """
    top, companies = row, sheet.build.rows
    inputs, row = lay_draw_inputs(sheet, row + companies + 2)
    results = []
    for number in range(1, companies + 1):
        results.append(_company(inputs, row + 1, number))
        row = results[-1].bottom + 1
    _percentiles(sheet, top, results, headlines)
    return row - 1


# --- draws of a company ---


def _company(inputs: DrawInputs, row: int, number: int) -> Block:
    """A column a draw: the lines that vary, each where more than one takes it or where it is long.

    Returns the row of the results, blank text where a draw is outside the domain.
    """
    sheet = inputs.sheet
    sheet.put(row, LABEL, f"=INDEX(xlp_company_names,{number})", "subheading")
    texts = {name: Cell(inputs.place(name, number)) for name in inputs.standing}
    for name in inputs.drawn:
        start, span = (Cell(inputs.place(f"{part}_{name}", number)) for part in ("from", "span"))
        texts[name] = start + span * Cell(f"{OWN_COLUMN}{inputs.quantiles[name, number]}")
    drawn, at_base = _room(inputs, number, texts)
    texts[CUT] = _line(sheet, row + 1, CUT, f"={drawn}")
    sheet.put(row + 1, AT_BASE, f"={at_base}".replace(OWN_COLUMN, letter(AT_BASE)), _style(CUT))
    row += 2
    once = taken_once(inputs.varying)
    for name in inputs.varying:
        made = expression(name, texts)
        if name == MEASURE:
            break
        if name in once and len(str(made).replace(OWN_COLUMN, letter(FIRST_COLUMN))) <= _LONG:
            texts[name] = made
        else:
            texts[name] = _line(sheet, row, name, f"={made}")
            row += 1
    _line(sheet, row, MEASURE, f'=IF(AND({_inside(texts)}),{made},"")')
    return sheet.block(row, FIRST_COLUMN, 1, DRAWS)


def _room(inputs: DrawInputs, number: int, texts: Mapping[str, Cell]) -> tuple[Cell, Cell]:
    """The share that gives way to drawn ones where it is general and not drawn; and at the base always."""
    cut, start = (Cell(inputs.place(name, number)) for name in (IS_CUT, f"from_{CUT}"))
    general, share = Cell(f"INDEX(xlp_fallback_{CUT},{number})"), texts[CUT]
    left = maximum(0, 1 - texts[LEAVERS[0]] - texts[LEAVERS[1]])
    return where(cut == 1, minimum(start, left), share), where(general == 1, minimum(share, left), share)


def _line(sheet: Sheet, row: int, name: str, made: str) -> Cell:
    sheet.put(row, LABEL, sheet.build.label(name), "secondary")
    sheet.put(row, NAME, name, "technical")
    sheet.formulas_across(row, FIRST_COLUMN, DRAWS + 1, made, _style(name))
    return Cell(f"{OWN_COLUMN}{row}")


def _style(name: str) -> str:
    return f"secondary {number_style(name)}"


def _inside(texts: Mapping[str, Cell]) -> str:
    """The conditions of a draw inside the domain, joined by commas."""

    def total(names: Iterable[str]) -> str:
        return "+".join(str(texts[name]) for name in names)

    limits = [f"{total(limit.names)}<=1+xlp_rounding" for limit in JOINT_LIMITS]
    return ",".join([*limits, f"{texts['scenario_revenue']}>0"])


# --- percentiles ---

#: Columns of the percentiles' table: draws inside, outside, at the base, and where the percentiles stand.
_VALID, _INVALID, _BASE, _PLACES = range(FIRST_COLUMN + len(PERCENTILES), FIRST_COLUMN + len(PERCENTILES) + 4)


def _percentiles(sheet: Sheet, row: int, results: list[Block], headlines: Block) -> None:
    """A row a company: its percentiles, how many draws lie inside the domain, and where percentiles stand."""
    build = sheet.build
    sheet.across(row, LABEL, [build.text("column.company"), None, None, None], "header")
    for left in (FIRST_COLUMN, _PLACES):
        sheet.across(row, left, PERCENTILES.values(), "header percent0 right")
    heads = [build.text(key) for key in ("draws.valid", "draws.invalid", "column.base")]
    sheet.across(row, _VALID, heads, "header right")
    for column, name in enumerate((*PERCENTILES, "valid", "invalid", "base"), FIRST_COLUMN):
        sheet.grey_errors(sheet.block(row + 1, column, build.rows, 1, f"xlp_range_{name}"))
    for number, block in enumerate(results, 1):
        headline = headlines.cell(0, (number - 1) * build.columns + SCENARIO - 1)
        _percentiles_of(sheet, row, row + number, number, block, headline)


def _percentiles_of(sheet: Sheet, head: int, row: int, number: int, draws: Block, headline: str) -> None:
    used = f"${letter(_VALID)}{row}"

    def available(value: str, otherwise: str = "NA()") -> str:
        return f"=IF(ISNUMBER({headline}),{value},{otherwise})"

    sheet.put(row, LABEL, f"=INDEX(xlp_company_names,{number})", "secondary")
    for i in range(len(PERCENTILES)):
        share, place = f"{letter(FIRST_COLUMN + i)}{head}", f"{letter(_PLACES + i)}{row}"
        below = f"ROUND({place}-0.45,0)"  # shares are tenths: this rounds down
        first, second = f"SMALL({draws.area},{below})", f"SMALL({draws.area},MIN({below}+1,{used}))"
        value = f"IFERROR({first}+({second}-{first})*({place}-{below}),NA())"
        sheet.put(row, FIRST_COLUMN + i, available(value), "secondary percent3")
        sheet.put(row, _PLACES + i, f"=1+{share}*({used}-1)", "technical right")
    inside = f'COUNTIF({draws.area},"<0")+COUNTIF({draws.area},">=0")'
    sheet.put(row, _VALID, available(inside, "0"), "secondary integer")
    asked = f"COLUMN({letter(AT_BASE)}{row})-COLUMN({letter(FIRST_COLUMN)}{row})"
    sheet.put(row, _INVALID, available(f"{asked}-{used}", "0"), "secondary integer")
    sheet.put(row, _BASE, available(f"{letter(AT_BASE)}{draws.top}"), "secondary percent3")
