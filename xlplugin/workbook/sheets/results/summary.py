"""The first table of Results: your case with its range, best and worst scenario by company."""

from __future__ import annotations

from xlplugin.workbook.builder.build import Build
from xlplugin.workbook.builder.draw_inputs import SCENARIO as SCENARIO_OF_DRAWS
from xlplugin.workbook.builder.sheet import Sheet
from xlplugin.workbook.builder.texts import literal
from xlplugin.workbook.sheets.results.company_table import (
    BASE,
    COMPANY,
    FIRST,
    LOSES,
    NAME,
    TURNING,
    CompanyTable,
    of_base,
    word_heads,
)  # fmt: skip
from xlplugin.workbook.sheets.results.leaders import said
from xlplugin.workbook.sheets.results.workings import change

#: What stands around the headline, and the column of the words.
_AROUND = ("p10", "p90")
WORDS = FIRST + 6 + len(_AROUND)


def summary(sheet: Sheet, row: int, right: int) -> int:
    """Lay best and worst scenario of each company; return the next row."""
    build, text = sheet.build, sheet.build.text
    row = sheet.heading(row, text("results.heading.summary"), right, text("results.note.summary"))
    sheet.put(row, NAME, said("summary"), "sentence")
    word_heads(sheet, row + 1, right, build.label("operating_margin"), WORDS)
    heads = [text(f"column.{word}") for word in ("best", "change", "worst", "change", "unit")]
    heads = [f"=INDEX(xlp_scenario_labels,1,{SCENARIO_OF_DRAWS})", *_percentiles(build), *heads]
    for column, head in enumerate(heads, FIRST):
        sheet.put(row + 1, column, head, f"header {'wrap_left' if column == WORDS - 1 else 'wrap_right'}")
    table = CompanyTable(sheet, row + 2)
    table.column(BASE, of_base("xlp_results_base_operating_margin"), "percent", "base")
    _headline(table)
    _extremes(table)
    return table.next


def _percentiles(build: Build) -> list[str]:
    return [build.text("results.column.percentile", name=name.upper()) for name in _AROUND]


def _headline(table: CompanyTable) -> None:
    """The change in the scenario of the draws, and what lies around it; of a loss the change in money."""
    shown = change("operating_margin_change", COMPANY, str(SCENARIO_OF_DRAWS))
    money = change("operating_income_change", COMPANY, str(SCENARIO_OF_DRAWS))
    table.column(FIRST, f"IF({LOSES},{money},{shown})", "bp", "headline", color=True)
    for column, name in enumerate(_AROUND, FIRST + 1):
        around = of_base(f"xlp_range_{name}")
        table.column(column, f'IF({LOSES},"",{around}*10000)', "secondary bp", name)


def _extremes(table: CompanyTable) -> None:
    build, first = table.sheet.build, FIRST + 1 + len(_AROUND)
    lab, general = build.is_lab(COMPANY), build.on_general(COMPANY)
    for column, name in ((first, "best"), (first + 2, "worst")):
        scenario = f"INDEX(xlp_scenario_labels,1,{of_base(f'xlp_results_{name}_place')})"
        value = of_base(f"xlp_results_{name}_value")
        for at, shown, style, of in (
            (column, scenario, "shrink_right", ""),
            (column + 1, value, "bp right", "_change"),
        ):
            table.column(at, f'IF(OR({general},{lab}),"",{shown})', style, f"{name}{of}", color=bool(of))
    money, points = (literal(build.label(f"unit:{unit}")) for unit in ("money", "basis points"))
    table.column(WORDS - 1, f"IF({LOSES},{money},{points})", "secondary", "unit")
    flag = f"INDEX(xlp_company_flag,{COMPANY})"
    note = f"IF({lab},1,IF({general},2,IF({TURNING},3,IF({LOSES},4,5))))"
    words = f"INDEX(xlp_results_notes,{note})"
    table.column(WORDS, f"IF({flag}<>{build.quoted('flag.ok')},{flag},{words})", "caution", "words")
