"""The parts of Results that name companies: best and worst for each, and who leads, in words."""

from __future__ import annotations

from xlplugin.workbook.builder.build import Build
from xlplugin.workbook.builder.sheet import Sheet
from xlplugin.workbook.builder.texts import literal
from xlplugin.workbook.builder.words import percent, sentence, tenths
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

_SCENARIO_A = "INDEX(xlp_scenario_labels,1,xlp_dashboard_scenario_a)"
_ENDS = (("LARGE", "best"), ("SMALL", "worst"))


def summary(sheet: Sheet, row: int, right: int) -> int:
    """Lay best and worst scenario of each company; return the next row."""
    build, text = sheet.build, sheet.build.text
    row = sheet.heading(row, text("results.heading.summary"), right, text("results.note.summary"))
    leading = "xlp_results_leading_operating_margin_change"
    up, down, all_ = (f'TEXT(COUNTIF({leading},"{test}"),"0")' for test in (">0", "<0", ">-1E+300"))
    said = sentence(build, "results.sentence.summary", n=all_, up=up, down=down, scenario=_SCENARIO_A)
    sheet.put(row, NAME, _available(build, said), "sentence")
    word_heads(sheet, row + 1, right, build.label("operating_margin"))
    for column, word in enumerate(("best", "change", "worst", "change", "unit"), FIRST):
        align = "wrap_left" if word == "unit" else "wrap_right"
        sheet.put(row + 1, column, text(f"column.{word}"), f"header {align}")
    table = CompanyTable(sheet, row + 2)
    table.column(BASE, of_base("xlp_results_base_operating_margin"), "percent", "base")
    _extremes(table)
    return table.next


def _extremes(table: CompanyTable) -> None:
    build = table.sheet.build
    own, lab = f"INDEX(xlp_results_ranked,{COMPANY},0)", build.is_lab(COMPANY)
    general = build.on_general(COMPANY)
    out = f"OR({TURNING},{general},{lab})"
    for i, (function, name) in enumerate(_ENDS):
        value = f"{function}({own},1)"
        scenario = f"INDEX(xlp_scenario_names,1,MATCH({value},{own},0))"
        table.column(FIRST + 2 * i, f'IF({out},"",IFERROR({scenario},NA()))', "right", name)
        shown = f'IF({out},"",IFERROR({value},NA()))'
        table.column(FIRST + 2 * i + 1, shown, "bp right", f"{name}_change", color=True)
    money, points = (literal(build.label(f"unit:{unit}")) for unit in ("money", "basis points"))
    table.column(FIRST + 4, f'IF({out},"",IF({LOSES},{money},{points}))', "secondary", "unit")
    flag = f"INDEX(xlp_company_flag,{COMPANY})"
    labs = literal(f"{build.text('results.note.not_ranked')}: {build.text('flag.labs')}")
    words = f'IF({LOSES},{build.quoted("results.flag.loses")},"")'
    generals = literal(f"{build.text('results.note.not_ranked')}: {build.text('flag.general')}")
    words = f"IF({general},{generals},IF({TURNING},{build.quoted('flag.direction')},{words}))"
    words = f"IF({lab},{labs},{words})"
    table.column(FIRST + 5, f"IF({flag}<>{build.quoted('flag.ok')},{flag},{words})", "caution", "words")


def _available(build: Build, said: str) -> str:
    """The sentence, or that the Dashboard's choice is not in its list."""
    return f"=IFERROR({said},{build.quoted('results.sentence.none')})"


def leaders(build: Build, name: str) -> str:
    """Return the formula of the sentence that says who gains most and least in scenario A."""
    column, spelled = f"xlp_results_leading_{name}", percent if name == "eps_change" else tenths
    told = {}
    for function, word in _ENDS:
        value = f"{function}({column},1)"
        told[word] = f"INDEX(xlp_company_names,MATCH({value},{column},0))"
        told[f"{word}_change"] = spelled(build, value, True)
    unit = {"eps_change": "eps", "operating_income_change": "money"}.get(name, "bp")
    told |= {"currency": build.currency} if unit == "money" else {}
    key = f"results.sentence.leaders_{unit}"
    return _available(build, sentence(build, key, scenario=_SCENARIO_A, **told))
