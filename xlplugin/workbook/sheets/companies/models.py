"""Assumptions by business model, for companies that are added: the list, and what each model assumes."""

from __future__ import annotations

from xlplugin.data.precedence import OWN_VALUES
from xlplugin.data.records import ANY_COMPANY, BUSINESS_MODELS
from xlplugin.workbook.builder.blocks import letter
from xlplugin.workbook.builder.build import FREE_COMPANIES
from xlplugin.workbook.builder.choices import KEYS, MODELS, NUMBERS, chosen
from xlplugin.workbook.builder.sheet import Sheet
from xlplugin.workbook.builder.styles import assumption_style

__all__ = ["lay_models", "of_slots", "offer_models"]

_LABEL, _FIRST = 2, 3
_LEVELS = ("low", "base", "high")

#: What a company of the analyst's own may live from; labs are none.
OFFERED = tuple(model for model in BUSINESS_MODELS if model != "lab")


def offer_models(sheet: Sheet, top: int, column: int, number: int) -> None:
    """Lay the cells in which a business model is chosen, beside the slots, and its number in ``number``."""
    build, name = sheet.build, "xlp_in_company_business_model"
    sheet.put(top - 1, column, build.text("companies.column.model"), "subheading")
    block = sheet.block(top, column, FREE_COMPANIES, 1, name)
    sheet.blank(block, "input text")
    sheet.choose(block, MODELS)
    build.open(name, block, "choice", MODELS, optional=True)
    found = sheet.block(top, number, FREE_COMPANIES, 1, "xlp_company_model")
    for row in range(top, top + FREE_COMPANIES):
        cell = f"${letter(column)}{row}"
        choice = chosen(cell, MODELS)[1:]
        sheet.put(row, number, f'=IFERROR(IF({cell}="","",{choice}),NA())', "technical right")
    sheet.grey_errors(found)


def lay_models(sheet: Sheet, row: int, right: int) -> dict[str, int]:
    """Lay low, base and high of every exposure and lever for each model; return each one's row."""
    build, text = sheet.build, sheet.build.text
    row = sheet.heading(row, text("companies.heading.models"), right, text("companies.note.models"))
    sheet.across(row, _LABEL, [text("column.lever"), *[None] * (3 * len(OFFERED))], "header wrap_left")
    for i, model in enumerate(OFFERED):
        label = build.label(f"business_model:{model}")
        heads = [f"{label}: {text(f'column.{level}')}" for level in _LEVELS]
        sheet.across(row, _FIRST + 3 * i, heads, "header wrap_right")
    sheet.heights[row] = 42
    rows = {name: row + 1 + i for i, name in enumerate(OWN_VALUES)}
    for name, at in rows.items():
        sheet.put(at, _LABEL, build.label(name), "secondary")
        style = assumption_style(name)
        for i, model in enumerate(OFFERED):
            assumed = build.dataset.assumptions.get((f"{ANY_COMPANY}{model}", name)) or build.general(name)
            values = [getattr(assumed, level) for level in _LEVELS]
            sheet.across(at, _FIRST + 3 * i, values, f"secondary {style}")
    row = max(rows.values()) + 2
    sheet.put(row, _LABEL, text("companies.column.model"), "header")
    for i, model in enumerate(OFFERED, 1):
        sheet.put(row + i, _LABEL, build.label(f"business_model:{model}"), "secondary")
        sheet.put(row + i, _LABEL + 1, model, "technical")
        sheet.put(row + i, _LABEL + 2, i, "technical right")
    for i, name in enumerate((MODELS, KEYS[MODELS], NUMBERS[MODELS])):
        sheet.block(row + 1, _LABEL + i, len(OFFERED), 1, name)
    return rows


def of_slots(sheet: Sheet, rows: dict[str, int], name: str, top: int) -> None:
    """Let the rows of added companies take what their business model assumes, else what ``*`` does."""
    build, style = sheet.build, assumption_style(name)
    first, last = letter(_FIRST), letter(_FIRST + 3 * len(OFFERED) - 1)
    values = f"${first}${rows[name]}:${last}${rows[name]}"
    for slot in range(FREE_COMPANIES):
        model = f"INDEX(xlp_company_model,{slot + 1})"
        for i, _ in enumerate(_LEVELS):
            general = f"{letter(_FIRST + i)}${top - 1}"
            place = f"3*{model}-{2 - i}" if i < 2 else f"3*{model}"
            formula = f'=IF({model}="",{general},INDEX({values},1,{place}))'
            sheet.put(top + len(build.companies) + slot, _FIRST + i, formula, f"secondary {style}")
