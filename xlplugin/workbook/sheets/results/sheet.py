"""Results: companies by scenarios for margins and EPS; best and worst; weighted; range; reference."""

from __future__ import annotations

from xlplugin.model.inputs import REFERENCE_LABEL
from xlplugin.workbook.builder.blocks import letter
from xlplugin.workbook.builder.draft import Draft
from xlplugin.workbook.builder.look import GREY
from xlplugin.workbook.builder.sheet import FIRST_ROW, Sheet
from xlplugin.workbook.builder.styles import differential
from xlplugin.workbook.builder.words import sentence
from xlplugin.workbook.sheets.results.company_table import (
    BASE,
    COMPANY,
    FIRST,
    NAME,
    NUMBERS_ROW,
    SCENARIO,
    TURNING,
    CompanyTable,
    at,
    header,
    of_base,
    or_in_money,
    word_heads,
)  # fmt: skip
from xlplugin.workbook.sheets.results.leaders import lay_leaders, said
from xlplugin.workbook.sheets.results.range import market_range
from xlplugin.workbook.sheets.results.summary import WORDS, summary
from xlplugin.workbook.sheets.results.workings import change, workings_of_results

_WIDTH = 18.0


def results(build: Draft) -> None:
    """Build the sheet."""
    sheet = build.sheet("results")
    sheet.frame(FIRST + 4, freeze="C3", pages=(1, 3))
    sheet.ws.print_title_cols = "A:E"
    sheet.widths(B=30, C=4, D=19, E=12)
    right = max(FIRST + build.columns - 1, WORDS)
    sheet.width_of(FIRST, right - FIRST + 1, _WIDTH)
    sheet.across(NUMBERS_ROW, FIRST, range(1, build.columns + 1), "technical right")
    sheet.block(NUMBERS_ROW, FIRST, 1, build.columns, "xlp_numbers_of_scenarios")
    row = FIRST_ROW
    for lay in (
        summary, _operating_margin, _gross_margin, _eps, _income, _weighted, _reference, _levels,
        market_range,
    ):  # fmt: skip
        row = lay(sheet, row, right) + 1
    sheet.print_to(row - 1, right)
    sheet.group(row, lay_leaders(sheet, workings_of_results(sheet, row, right) + 1))


# --- measures ---


def _heading(sheet: Sheet, row: int, right: int, name: str, change: str) -> int:
    row = sheet.heading(row, sheet.build.text(f"results.heading.{name}"), right)
    sheet.put(row, NAME, said(change), "sentence")
    return row + 1


def _beside_base(
    sheet: Sheet, row: int, title: str, base: str, style: str, name: str = "", money: bool = False
) -> CompanyTable:
    """A table with the base figure beside the scenarios' columns; ``title`` is a key of texts.csv."""
    text = sheet.build.text
    table = CompanyTable(sheet, header(sheet, row, text(title), text("column.base"), money), money)
    table.column(BASE, of_base(f"xlp_results_base_{base}"), style, name)
    return table


def _gross_margin(sheet: Sheet, row: int, right: int) -> int:
    return _margin(sheet, row, right, "gross_margin")


def _operating_margin(sheet: Sheet, row: int, right: int) -> int:
    row = _margin(sheet, row, right, "operating_margin") + 1
    spent = or_in_money(sheet.build, f"{at('xlp_out_bridge_operating_margin_development')}*10000")
    return _development(sheet, row, spent, "bp", "column.development_bp")


def _margin(sheet: Sheet, row: int, right: int, name: str) -> int:
    row = _heading(sheet, row, right, name, f"{name}_change")
    table = _beside_base(sheet, row, "column.change_bp", name, "percent", f"{name}_base")
    moved = or_in_money(sheet.build, change(f"{name}_change", COMPANY, SCENARIO))
    table.scenarios(moved, "bp right", f"{name}_change", color=True)
    return table.next


def _development(sheet: Sheet, row: int, value: str, unit: str, title: str) -> int:
    said = sentence(sheet.build, "results.sentence.reinvests", companies="xlp_results_reinvesting")
    sheet.put(row, NAME, f'=IF(xlp_results_reinvesting="","",{said})', "note")
    money = unit == "money"
    table = CompanyTable(sheet, header(sheet, row + 1, sheet.build.text(title), None, money), money)
    table.scenarios(value, "bp right", f"development_{unit}", color=True)
    return table.next


def _income(sheet: Sheet, row: int, right: int) -> int:
    name = "operating_income"
    row = _heading(sheet, row, right, name, f"{name}_change")
    table = _beside_base(sheet, row, "column.change_money", name, "money", f"{name}_base", money=True)
    table.scenarios(at(f"xlp_out_{name}_change"), "bp", f"{name}_change", color=True)
    spent = at("xlp_out_bridge_operating_income_development")
    return _development(sheet, table.next + 1, spent, "money", "results.development_money")


def _eps(sheet: Sheet, row: int, right: int) -> int:
    row = _heading(sheet, row, right, "eps", "eps_change")
    table = _beside_base(sheet, row, "column.change_percent", "eps", "eps", "eps_base", money=True)
    table.scenarios(change("eps_change", COMPANY, SCENARIO), "change_percent2", "eps_change", color=True)
    return table.next


# --- levels ---

#: Lines that are shown as they stand in each scenario: style, and to how many decimals a level is read.
_LEVELS = (
    ("operating_margin", "percent", 3), ("gross_margin", "percent", 3), ("eps", "eps", 2),
    ("operating_income", "money", 0),
)  # fmt: skip


def _levels(sheet: Sheet, row: int, right: int) -> int:
    """Lay what the measures come to, grey where that reads as the base does."""
    text = sheet.build.text
    row = sheet.heading(row, text("results.heading.levels"), right, text("results.note.levels"))
    for name, style, decimals in _LEVELS:
        title, money = f"results.after.{name}", style != "percent"
        table = _beside_base(sheet, row, title, name, style, money=money)
        table.scenarios(at(f"xlp_out_{name}"), style, name)
        for prefix, _, _ in table.parts:
            block = sheet.build.names[f"xlp_results_{prefix}{name}"]
            shown, base = block.near(), f"${letter(BASE)}{block.top}"
            same = f"IFERROR(ROUND({shown},{decimals})=ROUND({base},{decimals}),FALSE)"
            sheet.rule(block.area, same, differential(GREY))
        row = table.next + 1
    return row - 1


# --- weighted, reference ---


def _weighted(sheet: Sheet, row: int, right: int) -> int:
    build, text = sheet.build, sheet.build.text
    row = sheet.heading(row, text("results.heading.weighted"), right, text("results.note.weighted"))
    missing, wrong, add = (build.quoted(f"results.note.weights_{key}") for key in ("missing", "wrong", "add"))
    state = f"IF(COUNTA(xlp_in_weight)=0,{missing},{wrong})"
    sheet.put(row, NAME, f"=IF(ISERROR(xlp_results_weights_add),{state},{add})", "sentence")
    word_heads(sheet, row + 1, right, None)
    table = CompanyTable(sheet, row + 2)
    lines = (
        ("gross_margin", "gross_margin_change", "bp"),
        ("operating_margin", "operating_margin_change", "bp"),
        ("development", "bridge_operating_margin_development", "bp"),
        ("income", "operating_income_change", "bp"),
        ("eps", "eps_change", "change_percent2"),
    )
    for column, (head, line, style) in enumerate(lines, FIRST):
        sheet.put(row + 1, column, text(f"results.weighted.{head}"), "header wrap_right")
        value = f"xlp_results_weights_add*{of_base(f'xlp_results_weighted_total_{line}')}"
        if "margin" in line:
            value = or_in_money(build, f"{value}*10000")
        elif line == "eps_change":
            value = f"{value}/IF({of_base('xlp_results_base_eps')}>0,{of_base('xlp_results_base_eps')},NA())"
        table.column(column, value, f"{style} right", f"of_weights_{line}", color=True)
    table.column(FIRST + 5, f'IF({TURNING},{build.quoted("flag.direction")},"")', "caution")
    return table.next


def _reference(sheet: Sheet, row: int, right: int) -> int:
    build, text = sheet.build, sheet.build.text
    row = sheet.heading(row, text("results.heading.reference"), right, text("results.note.reference"))
    for name, line, base_style, style in (
        ("reference_eps", "eps_change_of_reference", "eps", "change_percent2"),
        ("reference_eps", "reference_eps_after", "eps", "eps"),
        ("reference_operating_income", "reference_operating_income_after", "money", "money"),
    ):
        head = header(sheet, row, build.label(line), text("column.reference"), money=True)
        table = CompanyTable(sheet, head, money=True)
        blank, used = f"ISBLANK({of_base(f'xlp_in_{name}')})", of_base(f"xlp_used_{name}")
        table.column(BASE, f'IF({blank},"",{used})', base_style, f"given_{line}")
        value = f'IF({blank},"",{at(f"xlp_out_{line}")})'
        table.scenarios(value, style, line, color=style != base_style)
        if line == "eps_change_of_reference":
            said = of_base(f"xlp_in_{REFERENCE_LABEL}")
            table.column(FIRST + build.columns, f'IF(ISBLANK({said}),"",{said})', "note")
        row = table.next + 1
    return row - 1
