"""Model: one column for each company and scenario; and Workings, the same for every what-if."""

from __future__ import annotations

from xlplugin.workbook.builder.blocks import Block
from xlplugin.workbook.builder.draft import Draft
from xlplugin.workbook.builder.draw_inputs import MEASURE
from xlplugin.workbook.builder.draws import lay_draws
from xlplugin.workbook.builder.model_block import FIRST_COLUMN, MEANING, NAME, ModelBlock
from xlplugin.workbook.builder.model_layout import lay_model
from xlplugin.workbook.builder.sheet import FIRST_ROW, Sheet
from xlplugin.workbook.builder.what_ifs import WhatIf

#: Pages that each is printed on, across and down: for filing, not for reading.
_PAGES = {"model": (3, 1), "workings": (2, 2)}


def _frame(build: Draft, key: str) -> Sheet:
    sheet = build.sheet(key)
    sheet.frame(MEANING, freeze="C3", pages=_PAGES[key], technical=True)
    sheet.widths(B=36, C=11, D=54, E=25)
    sheet.put(FIRST_ROW, 2, build.text(f"{key}.note"), "note")
    return sheet


def model(build: Draft) -> None:
    """Build the Model sheet."""
    sheet = _frame(build, "model")
    columns = tuple(
        {"company": str(i), "scenario": str(j)}
        for i in range(1, build.rows + 1)
        for j in range(1, build.columns + 1)
    )
    sheet.width_of(FIRST_COLUMN, len(columns), 17)
    build.model = lay_model(sheet, FIRST_ROW + 2, WhatIf("model", columns, (), slots=0))
    _finish(build.model)


def workings(build: Draft) -> None:
    """Build Workings: every what-if that other sheets asked for."""
    sheet = _frame(build, "workings")
    row, widest = FIRST_ROW + 2, 1
    for what_if in build.what_ifs.values():
        title = build.text(f"workings.block.{what_if.key}")
        sheet.across(row, 2, [title] + [None] * (NAME - 2), "heading")
        block = lay_model(sheet, row + 1, what_if)
        for output in what_if.outputs:
            build.define(what_if.name(output), _whole(block, output) or block.row(output))
        _finish(block)
        row, widest = block.bottom + 3, max(widest, block.count)
    sheet.across(row, 2, [build.text("draws.heading"), *[None] * (NAME - 2)], "heading")
    last = lay_draws(sheet, row + 1, build.model.row(MEASURE))
    sheet.group(row + build.rows + 3, last)  # what the percentiles are taken from
    sheet.width_of(FIRST_COLUMN, widest, 15)


def _whole(block: ModelBlock, output: str) -> Block | None:
    """Every row of a block, or the names of its rows: for sheets where a line is chosen by name."""
    top, height = block.top, block.bottom - block.top + 1
    if output == "lines":
        return block.sheet.block(top, FIRST_COLUMN, height, block.count)
    return block.sheet.block(top, NAME, height, 1) if output == "names" else None


def _finish(block: ModelBlock) -> None:
    sheet, height = block.sheet, block.bottom - block.top + 1
    sheet.grey_errors(sheet.block(block.top, FIRST_COLUMN, height, block.count))
