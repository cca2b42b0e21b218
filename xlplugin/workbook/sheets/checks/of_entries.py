"""Checks of what the analyst types: every entry in its range, names, years, choices, weights, shares."""

from __future__ import annotations

from dataclasses import replace

from xlplugin.model.inputs import FINANCIALS, INPUTS, JOINT_LIMITS
from xlplugin.workbook.builder.blocks import Block
from xlplugin.workbook.builder.build import FREE_SCENARIOS, Build, OpenCells
from xlplugin.workbook.builder.choices import KEYS
from xlplugin.workbook.builder.draft import Draft
from xlplugin.workbook.builder.open_cells import inside
from xlplugin.workbook.builder.typed_words import is_one, plain_name
from xlplugin.workbook.sheets.checks.details import Check, Detail, across, down, rows_of

_WEIGHT = INPUTS["credibility"]  # weights have the domain of a share


def entry_checks(build: Draft) -> list[Check]:
    """Every check of entries, in the order of the sheet."""
    entries = [
        detail for entry in build.open_cells if entry.input in INPUTS or entry.input == "weight"
        for detail in _entry(build, entry)
    ]  # fmt: skip
    shares = [
        Check(key, [Detail(build.text(f"check.{key}"), _shares(build, limit.names), _companies(build))])
        for key, limit in zip(("cost_shares", "revenue_shares"), JOINT_LIMITS, strict=True)
    ]
    companies = Detail(build.text("column.company"), _company_names(build), _companies(build))
    place = across(build.names["xlp_scenarios"])
    scenarios = Detail(build.text("column.scenario"), _scenario_names(build), place)
    return [
        Check("entries", entries),
        *shares,
        Check("company_names", [companies]),
        Check("scenario_names", [scenarios]),
        Check("years", [_years(build)]),
        Check("choices", [_choice(entry) for entry in build.open_cells if entry.input == "choice"]),
        Check("weights", [_weights(build)]),
    ]  # fmt: skip


def _companies(build: Build) -> str:
    return down(build.names["xlp_companies"])


def _entry(build: Build, entry: OpenCells) -> list[Detail]:
    item = INPUTS.get(entry.input, _WEIGHT)
    label = build.text("column.weight") if entry.input == "weight" else build.label(entry.input)
    details = []
    for block in rows_of(entry.block):
        items = [f'IFERROR(IF({cell}="",0,IF({inside(cell, item)},0,1)),1)' for cell in block.cells]
        place = down(block) if block.width == 1 else across(block)
        details.append(Detail(f"{label}: {block.title}", items, place))
    return details


def _shares(build: Build, names: tuple[str, ...]) -> list[str]:
    sums = ("+".join(f"INDEX(xlp_used_{name},{i})" for name in names) for i in range(1, build.rows + 1))
    return [f"IF(ISERROR({total}),0,MAX(0,{total}-1))" for total in sums]


def _company_names(build: Build) -> list[str]:
    names, figures = build.names["xlp_companies"], build.names["xlp_in_company_revenue"]
    reductions, yours = build.names["xlp_in_cost_reduction"], build.names["xlp_in_your_reduction"]
    first = len(build.companies)
    items = []
    for i, name in enumerate(names.cells):
        slot = i - first
        row = Block(
            figures.title,
            figures.top + slot,
            figures.left,
            figures.top + slot,
            figures.left + len(FINANCIALS) - 1,
        )
        entries = replace(reductions.row(i), left=reductions.left + 1).absolute  # beside your case
        counted = "+".join(f"COUNTA({area})" for area in (row.absolute, entries, yours.cell(i)))
        items.append(_once(name, "xlp_companies", counted if slot >= 0 else ""))
    return items


def _scenario_names(build: Build) -> list[str]:
    names = build.names["xlp_scenarios"]
    levers = [
        replace(names, top=entry.block.top, bottom=entry.block.bottom) for entry in build.open_cells
        if entry.block.title == names.title and entry.block.right == names.right
        and entry.block.width > 1  # a reference's column may end there too
    ]  # fmt: skip
    items = []
    for i, name in enumerate(names.cells):
        parts = ",".join(block.absolute for block in _joined([block.column(i) for block in levers]))
        free = i >= build.columns - FREE_SCENARIOS
        items.append(_once(name, "xlp_scenarios", f"COUNTA({parts})" if free else ""))
    return items


def _once(name: str, names: str, entries: str) -> str:
    """A name that stands once among ``names``; a free slot is blank while it has no ``entries``."""
    blank = f"SIGN({entries})" if entries else "1"
    twice = f'IF(COUNTIF({names},"="&{name})=1,0,1)'
    plain = f"IF({plain_name(name)},{twice},1)" if entries else twice  # a name from data is as it was given
    once = f"IF(ISTEXT({name}),{plain},1)"
    return f'IFERROR(IF({name}="",{blank},{once}),1)'


def _joined(blocks: list[Block]) -> list[Block]:
    """Blocks of one column, those that follow each other as one."""
    joined: list[Block] = []
    for block in sorted(blocks, key=lambda block: block.top):
        if joined and joined[-1].bottom + 1 == block.top:
            block = replace(joined.pop(), bottom=block.bottom)
        joined.append(block)
    return joined


def _years(build: Build) -> Detail:
    block = build.names["xlp_in_fiscal_year"]
    items = []
    for i, typed in enumerate(block.cells, 1):
        known = f"INDEX(xlp_companies,{i})"
        items.append(
            f'IFERROR(IF(TRIM({typed})="",0,IF({known}="",1,IF(ISERROR(INDEX(xlp_place,{i})),1,0))),1)'
        )
    return Detail(build.text("column.fiscal_year"), items, down(block))


def _choice(entry: OpenCells) -> Detail:
    """A choice that must be in the list that its cell offers."""
    items, blank = [], "0" if entry.optional else "1"
    for cell in entry.block.cells:
        if isinstance(entry.taken, str):
            blocks = (entry.taken, *([KEYS[entry.taken]] if entry.taken in KEYS else []))
            tests = [f"SUMPRODUCT(({block}={cell})*1)>0" for block in blocks]
            within, empty = tests[0] if len(tests) == 1 else f"OR({','.join(tests)})", f'{cell}=""'
        else:
            within, empty = is_one(cell, *entry.taken), f'TRIM({cell})=""'
        items.append(f"IFERROR(IF({empty},{blank},IF({within},0,1)),1)")
    return Detail(entry.name, items, down(entry.block))


def _weights(build: Build) -> Detail:
    block = build.names["xlp_in_weight"]
    total = f"SUM({block.absolute})"
    item = f"IF(COUNTA({block.absolute})=0,0,IFERROR(ABS({total}-1),1))"
    return Detail(build.text("column.weight"), [item], across(block))


def flag_checks(build: Build) -> list[Check]:
    """What is in use and worth knowing, but no fault."""
    numbers = range(1, build.rows + 1)
    checks = []
    for key, name in (("fallback", "fallback_count"), ("own", "own_count"), ("year", "other_year_count")):
        # a free slot takes fallbacks of no company
        items = [f"IFERROR(INDEX(xlp_{name},{i})*INDEX(xlp_company_status,{i}),0)" for i in numbers]
        checks.append(_flag(build, key, items))
    sold = "ai_supply_revenue_share"
    items = [f"IFERROR(IF(INDEX(xlp_used_{sold},{i})>0,INDEX(xlp_company_status,{i}),0),0)" for i in numbers]
    checks.append(_flag(build, "direction", items))
    return [*checks, _flag(build, "draws", [f"INDEX(xlp_range_invalid,{i})" for i in numbers])]


def _flag(build: Build, key: str, items: list[str]) -> Check:
    return Check(
        f"flag_{key}", [Detail(build.text(f"check.flag_{key}"), items, _companies(build), 0)], informs=True
    )
