"""Results: companies by scenarios for margins and EPS; best and worst; weighted; range; reference."""

from __future__ import annotations

from xlplugin.model.inputs import REFERENCE_LABEL
from xlplugin.workbook.builder.build import Build
from xlplugin.workbook.builder.sheet import FIRST_ROW, Sheet
from xlplugin.workbook.builder.words import literal, percent, sentence, tenths
from xlplugin.workbook.sheets.results.range import market_range
from xlplugin.workbook.sheets.results.rows import (
    BASE,
    COMPANY,
    FIRST,
    NAME,
    NUMBERS_ROW,
    SCENARIO,
    Table,
    at,
    header,
    of_base,
)
from xlplugin.workbook.sheets.results.workings import change, workings_of_results

__all__ = ["results"]

_WIDTH = 16.0


def results(build: Build) -> None:
    """Build the sheet."""
    sheet = build.sheet("results")
    sheet.frame(freeze="C3")
    sheet.widths(B=30, C=4, D=19, E=12)
    right = max(FIRST + build.columns - 1, FIRST + 5)
    sheet.width_of(FIRST, right - FIRST + 1, _WIDTH)
    sheet.master(FIRST + 4)
    sheet.across(NUMBERS_ROW, FIRST, range(1, build.columns + 1), "technical right")
    sheet.block(NUMBERS_ROW, FIRST, 1, build.columns, "xlp_numbers_of_scenarios")
    sheet.ws.page_setup.fitToWidth = -(-build.columns // 8)
    sheet.ws.print_title_cols = "A:E"
    row = _summary(sheet, FIRST_ROW, right)
    row = _margin(sheet, row + 1, right, "gross_margin")
    row = _margin(sheet, row + 1, right, "operating_margin")
    row = _income(sheet, row + 1, right)
    row = _eps(sheet, row + 1, right)
    row = market_range(sheet, row + 1, right)
    row = _weighted(sheet, row + 1, right)
    row = _reference(sheet, row + 1, right)
    workings_of_results(sheet, row + 1, right)


# --- best and worst ---


def _summary(sheet: Sheet, row: int, right: int) -> int:
    build, text = sheet.build, sheet.build.text
    row = sheet.heading(row, text("results.heading.summary"), right, text("results.note.summary"))
    leading = "xlp_results_leading_operating_margin_change"
    counts = [f'COUNTIF({leading},"{test}")' for test in (">0", "<0", ">-1E+300")]
    said = sentence(
        build, "results.sentence.summary", n=f'TEXT({counts[2]},"0")', up=f'TEXT({counts[0]},"0")',
        down=f'TEXT({counts[1]},"0")', scenario=_SCENARIO_A,
    )  # fmt: skip
    sheet.put(row, NAME, _available(build, said), "sentence")
    heads = ["best", "change", "worst", "change", "unit"]
    words = [text("column.company"), None, text("column.year"), build.label("operating_margin")]
    row += 1
    sheet.across(row, NAME, words[:1], "header wrap_left")
    sheet.across(row, NAME + 1, words[1:3], "header wrap_left")
    sheet.put(row, BASE, words[3], "header wrap_right")
    for i, word in enumerate(heads):
        align = "wrap_left" if word == "unit" else "wrap_right"
        sheet.put(row, FIRST + i, text(f"column.{word}"), f"header {align}")
    sheet.across(row, FIRST + 5, [text("column.flag"), *[None] * (right - FIRST - 5)], "header wrap_left")
    sheet.heights[row] = 32
    table = Table(sheet, row + 1)
    table.lay(BASE, 1, of_base("xlp_results_base_operating_margin"), "percent", "base")
    _extremes(sheet, table)
    return table.bottom + 1


def _extremes(sheet: Sheet, table: Table) -> None:
    build, text = sheet.build, sheet.build.text
    own = f"INDEX(xlp_results_ranked,{COMPANY},0)"
    money = f"INDEX(xlp_results_loses,{COMPANY})=1"
    unit = f"IF({money},{literal(build.label('unit:money'))},{literal(build.label('unit:basis points'))})"
    turning = f"INDEX(xlp_results_turning,{COMPANY})=1"
    lab = f"AND({COMPANY}>{build.listed},{COMPANY}<={len(build.companies)})"
    out = f"OR({turning},{lab})"
    for i, (function, name) in enumerate((("LARGE", "best"), ("SMALL", "worst"))):
        value = f"{function}({own},1)"
        found = f"INDEX(xlp_scenario_names,1,MATCH({value},{own},0))"
        table.lay(FIRST + 2 * i, 1, f'IF({out},"",IFERROR({found},NA()))', "right", name)
        shown = f'IF({out},"",IFERROR({value},NA()))'
        table.lay(FIRST + 2 * i + 1, 1, shown, "bp right", f"{name}_change", color=True)
    table.lay(FIRST + 4, 1, f'IF({out},"",{unit})', "secondary", "unit")
    flag = f"INDEX(xlp_company_flag,{COMPANY})"
    labs = literal(f"{text('results.note.not_ranked')}: {text('flag.labs')}")
    words = f'IF({money},{literal(text("results.flag.loses"))},"")'
    words = f"IF({lab},{labs},IF({turning},{literal(text('flag.direction'))},{words}))"
    table.lay(FIRST + 5, 1, f"IF({flag}<>{literal(text('flag.ok'))},{flag},{words})", "caution", "words")


_SCENARIO_A = "INDEX(xlp_scenario_labels,xlp_dashboard_scenario_a)"


def _available(build: Build, said: str) -> str:
    """The sentence, or that the Dashboard's choice is not in its list."""
    return f"=IFERROR({said},{literal(build.text('results.sentence.none'))})"


def _leaders(build: Build, name: str) -> str:
    """Say who gains most and least in scenario A."""
    column = f"xlp_results_leading_{name}"
    told = {}
    for function, word in (("LARGE", "best"), ("SMALL", "worst")):
        value = f"{function}({column},1)"
        told[word] = f"INDEX(xlp_company_names,MATCH({value},{column},0))"
        told[f"{word}_change"] = (
            percent(build, value, True) if name == "eps_change" else tenths(build, value, True)
        )
    unit = {"eps_change": "eps", "operating_income_change": "money"}.get(name, "bp")
    return _available(
        build, sentence(build, f"results.sentence.leaders_{unit}", scenario=_SCENARIO_A, **told)
    )


# --- measures ---


def _sub(sheet: Sheet, row: int, words: str, base: str | None) -> int:
    return header(sheet, row, words, base)


def _margin(sheet: Sheet, row: int, right: int, name: str) -> int:
    build, text = sheet.build, sheet.build.text
    row = sheet.heading(row, text(f"results.heading.{name}"), right)
    sheet.put(row, NAME, _leaders(build, f"{name}_change"), "sentence")
    hidden = f"INDEX(xlp_results_loses,{COMPANY})=1"
    base = of_base(f"xlp_results_base_{name}")
    table = Table(sheet, _sub(sheet, row + 1, text("column.change_bp"), text("column.base")))
    table.lay(BASE, 1, base, "percent", f"{name}_base")
    table.scenarios(
        f"IF({hidden},{build.quoted('results.in_money')},{change(f'{name}_change', COMPANY, SCENARIO)})",
        "bp right",
        f"{name}_change",
        color=True,
    )
    row = table.bottom + 2
    if name == "operating_margin":
        row = _development(
            sheet,
            row,
            f"IF({hidden},{build.quoted('results.in_money')},{at('xlp_out_bridge_operating_margin_development')}*10000)",
            "bp",
        )
    table = Table(sheet, _sub(sheet, row, text("results.after.percent"), text("column.base")))
    table.lay(BASE, 1, base, "percent")
    table.scenarios(at(f"xlp_out_{name}"), "percent", name)
    return table.bottom + 1


def _development(sheet: Sheet, row: int, value: str, unit: str) -> int:
    build, text = sheet.build, sheet.build.text
    said = sentence(build, "results.sentence.reinvests", companies="xlp_results_reinvesting")
    sheet.put(row, NAME, f'=IF(xlp_results_reinvesting="","",{said})', "note")
    key = "column.development_bp" if unit == "bp" else "results.development_money"
    table = Table(sheet, _sub(sheet, row + 1, text(key), None))
    table.scenarios(value, "bp", f"development_{unit}", color=True)
    return table.bottom + 2


def _income(sheet: Sheet, row: int, right: int) -> int:
    build, text = sheet.build, sheet.build.text
    row = sheet.heading(row, text("results.heading.operating_income"), right)
    sheet.put(row, NAME, _leaders(build, "operating_income_change"), "sentence")
    base = of_base("xlp_results_base_operating_income")
    table = Table(sheet, _sub(sheet, row + 1, text("column.change_money"), text("column.base")))
    table.lay(BASE, 1, base, "money", "operating_income_base")
    table.scenarios(at("xlp_out_operating_income_change"), "bp", "operating_income_change", color=True)
    row = _development(sheet, table.bottom + 2, at("xlp_out_bridge_operating_income_development"), "money")
    table = Table(sheet, _sub(sheet, row, text("results.after.money"), text("column.base")))
    table.lay(BASE, 1, base, "money")
    table.scenarios(at("xlp_out_operating_income"), "money", "operating_income")
    return table.bottom + 1


def _eps(sheet: Sheet, row: int, right: int) -> int:
    build, text = sheet.build, sheet.build.text
    row = sheet.heading(row, text("results.heading.eps"), right)
    sheet.put(row, NAME, _leaders(build, "eps_change"), "sentence")
    base = of_base("xlp_results_base_eps")
    table = Table(sheet, _sub(sheet, row + 1, text("column.change_percent"), text("column.base")))
    table.lay(BASE, 1, base, "eps", "eps_base")
    table.scenarios(change("eps_change", COMPANY, SCENARIO), "change_percent2", "eps_change", color=True)
    table = Table(sheet, _sub(sheet, table.bottom + 2, text("results.after.eps"), text("column.base")))
    table.lay(BASE, 1, base, "eps")
    table.scenarios(at("xlp_out_eps"), "eps", "eps")
    return table.bottom + 1


# --- weighted, reference ---


def _weighted(sheet: Sheet, row: int, right: int) -> int:
    build, text = sheet.build, sheet.build.text
    row = sheet.heading(row, text("results.heading.weighted"), right, text("results.note.weighted"))
    none = "COUNTA(xlp_in_weight)=0"
    missing, wrong = (build.quoted(f"results.note.weights_{one}") for one in ("missing", "wrong"))
    state = f"IF({none},{missing},{wrong})"
    add = literal(text("results.note.weights_add"))
    sheet.put(row, NAME, f"=IF(ISERROR(xlp_results_weights_add),{state},{add})", "sentence")
    row += 1
    heads = [
        text(f"results.weighted.{one}")
        for one in ("gross_margin", "operating_margin", "development", "income", "eps")
    ]
    sheet.across(row, NAME, [text("column.company"), None, text("column.year"), None], "header wrap_left")
    sheet.across(row, FIRST, heads, "header wrap_right")
    sheet.across(row, FIRST + 5, [text("column.flag"), *[None] * (right - FIRST - 5)], "header wrap_left")
    sheet.heights[row] = 32
    table = Table(sheet, row + 1)
    hidden = f"INDEX(xlp_results_loses,{COMPANY})=1"
    lines = (
        ("gross_margin_change", "bp"), ("operating_margin_change", "bp"),
        ("bridge_operating_margin_development", "bp"), ("operating_income_change", "bp"),
        ("eps_change", "change_percent2"),
    )  # fmt: skip
    for i, (line, style) in enumerate(lines):
        value = f"xlp_results_weights_add*SUM(INDEX(xlp_results_weighted_{line},{COMPANY},0))"
        if "margin" in line:
            value = f"IF({hidden},{build.quoted('results.in_money')},{value}*10000)"
        elif line == "eps_change":
            value = f"{value}/IF({of_base('xlp_results_base_eps')}>0,{of_base('xlp_results_base_eps')},NA())"
        table.lay(FIRST + i, 1, value, f"{style} right", f"of_weights_{line}", color=True)
    turning = f'IF(INDEX(xlp_results_turning,{COMPANY})=1,{literal(text("flag.direction"))},"")'
    table.lay(FIRST + 5, 1, turning, "caution")
    return table.bottom + 1


def _reference(sheet: Sheet, row: int, right: int) -> int:
    build, text = sheet.build, sheet.build.text
    row = sheet.heading(row, text("results.heading.reference"), right, text("results.note.reference"))
    for name, line, style in (
        ("reference_eps", "eps_change_of_reference", "change_percent2"),
        ("reference_eps", "reference_eps_after", "eps"),
        ("reference_operating_income", "reference_operating_income_after", "money"),
    ):
        given = of_base(f"xlp_in_{name}")
        table = Table(sheet, _sub(sheet, row, build.label(line), text("column.reference")))
        blank = f"ISBLANK({given})"
        table.lay(
            BASE,
            1,
            f'IF({blank},"",{of_base(f"xlp_used_{name}")})',
            "eps" if "eps" in name else "money",
            f"given_{line}",
        )
        table.scenarios(
            f'IF({blank},"",{at(f"xlp_out_{line}")})', style, line, color=style != "eps" and style != "money"
        )
        if line == "eps_change_of_reference":
            said = of_base(f"xlp_in_{REFERENCE_LABEL}")
            table.lay(FIRST + build.columns, 1, f'IF(ISBLANK({said}),"",{said})', "note")
        row = table.bottom + 2
    return row - 1
