"""The Dashboard's key figures: base, both scenarios and what changes; the range; the analyst's reference."""

from __future__ import annotations

from typing import NamedTuple

from xlplugin.model.inputs import REFERENCE_LABEL
from xlplugin.workbook.builder.blocks import letter
from xlplugin.workbook.builder.build import Build
from xlplugin.workbook.builder.draw_inputs import SCENARIO
from xlplugin.workbook.builder.sheet import Sheet
from xlplugin.workbook.builder.texts import literal
from xlplugin.workbook.sheets.dashboard.words import COMPANY, CURRENCY, LOSES, base_of, out
from xlplugin.workbook.sheets.results.company_table import coloured, or_in_money
from xlplugin.workbook.sheets.results.workings import change

LABEL, BASE, A, CHANGE_A, B, CHANGE_B, LESS = range(2, 9)
_CASES = (("a", A), ("b", B))
_SCENARIO = "xlp_dashboard_scenario_{case}"

#: The line that each row shows of a case; "" where it shows none.
LINES = (
    "effective_reduction", "scenario_revenue", "gross_margin", "operating_margin", "",
    "operating_margin_ex_sbc", "operating_income", "", "eps", "reference_eps_after", "implied_share_price",
)  # fmt: skip


class _Figure(NamedTuple):
    """A row: its label (text, or a formula), base, value and change of a case, and how they look.

    ``value`` and ``change`` are Excel text with ``{case}`` for the case; all "" where there is none.
    """

    label: str
    base: str
    value: str
    change: str
    style: str
    change_style: str
    compared: bool = True
    label_style: str = "body"


def key_figures(sheet: Sheet, row: int) -> None:
    """Lay the table from ``row``; it defines ``xlp_dashboard_figures``."""
    build, text = sheet.build, sheet.build.text
    head = sheet.heading(row, text("dashboard.heading.figures"), LESS)
    who = f'INDEX(xlp_company_names,{COMPANY})&" "&INDEX(xlp_year_used,{COMPANY})&", "&{CURRENCY}'
    sheet.put(head, LABEL, f'=IFERROR({who},"")', "header")
    case_a, case_b, moved = "dashboard.choose.case_a", "dashboard.choose.case_b", "column.change"
    keys = ("column.base", case_a, moved, case_b, moved, "column.difference")
    sheet.across(head, BASE, [text(key) for key in keys], "header right")
    rows = (*_operating(build), *_per_share(build))
    figures = sheet.block(head + 1, BASE, len(rows), LESS - BASE + 1, "xlp_dashboard_figures")
    for at, figure in enumerate(rows, head + 1):
        _lay(sheet, at, figure)
    for column in (CHANGE_A, CHANGE_B, LESS):
        coloured(sheet, sheet.block(figures.top, column, figures.height, 1))
    sheet.grey_errors(figures)


def _lay(sheet: Sheet, row: int, figure: _Figure) -> None:
    sheet.put(row, LABEL, figure.label, figure.label_style)
    sheet.put(row, BASE, f"={figure.base}" if figure.base else None, f"{figure.style} right")
    value_style = f"bold {figure.style}" if figure.compared else figure.style
    for case, column in _CASES:
        cells = ((figure.value, value_style), (figure.change, figure.change_style))
        for at, (formula, style) in enumerate(cells, column):
            shown = "=" + formula.replace("{case}", case) if formula else None
            sheet.put(row, at, shown, f"{style} right")
    a, b = f"{letter(CHANGE_A)}{row}", f"{letter(CHANGE_B)}{row}"
    less = f'=IF(ISTEXT({a}),"",{b}-{a})' if figure.compared and figure.change else None
    sheet.put(row, LESS, less, f"{figure.change_style} right")


def _operating(build: Build) -> tuple[_Figure, ...]:
    label, money, bp = build.label, build.label("unit:money"), f"bp_{build.language}"
    revenue, income = f"INDEX(xlp_used_revenue,{COMPANY})", "operating_income"

    def margin(line: str) -> _Figure:
        less = f"({out(line, '{case}')}-{base_of(line)})*10000"
        moved = less if line.endswith("sbc") else change(f"{line}_change", COMPANY, _SCENARIO)
        moved = or_in_money(build, moved, COMPANY)
        return _Figure(label(line), base_of(line), out(line, "{case}"), moved, "percent", bp)

    return (
        _Figure(
            label("effective_reduction"), "", out("effective_reduction", "{case}"), "", "percent", "body",
        ),
        _Figure(
            f"{label('revenue')}, {money}", f"INDEX(xlp_company_status,{COMPANY})*{revenue}",
            out("scenario_revenue", "{case}"), f"{out('scenario_revenue', '{case}')}/{revenue}-1",
            "money", "change_percent2",
        ),
        margin("gross_margin"),
        margin("operating_margin"),
        _range(build),
        margin("operating_margin_ex_sbc"),
        _Figure(
            f"{label(income)}, {money}", base_of(income), out(income, "{case}"),
            out(f"{income}_change", "{case}"), "money", "bp",
        ),
        _Figure(
            f"{build.text('column.development')}, {money}", "", "",
            out("bridge_operating_income_development", "{case}"), "money", "bp", label_style="body indent",
        ),
    )  # fmt: skip


def _range(build: Build) -> _Figure:
    """P10 and P90 of the change of operating margin, where the case is that of the draws."""
    bp, label = f"bp_{build.language}", build.text("dashboard.range")
    other = f"OR({_SCENARIO}<>{SCENARIO},{LOSES})"
    low, high = (f'IF({other},"",INDEX(xlp_range_{name},{COMPANY})*10000)' for name in ("p10", "p90"))
    return _Figure(label, "", low, high, bp, bp, compared=False, label_style="body indent")


def _per_share(build: Build) -> tuple[_Figure, ...]:
    moved, after = change("eps_change", COMPANY, _SCENARIO), out("eps", "{case}")
    return (
        _Figure(build.text("dashboard.eps"), base_of("eps"), after, moved, "eps", "change_percent2"),
        _reference(build, "reference_eps", "eps", "reference_eps_after", "eps_change_of_reference"),
        _reference(build, "reference_share_price", "price", "implied_share_price", "relative_eps_change"),
    )


def _reference(build: Build, name: str, word: str, after: str, moves: str) -> _Figure:
    """A figure of the analyst's own under the name that it was given, blank where none is given."""
    said, given = (f"INDEX(xlp_in_{one},{COMPANY})" for one in (REFERENCE_LABEL, name))
    named = f"{said}&{literal(': ' + build.text(f'dashboard.reference.{word}'))}"
    label = f"=IFERROR(IF(ISBLANK({said}),{literal(build.label(name))},{named}),{literal(build.label(name))})"
    none = build.quoted("dashboard.reference.none")
    base = f"IF(ISBLANK({given}),{none},INDEX(xlp_used_{name},{COMPANY}))"
    value, moved = (f'IF(ISBLANK({given}),"",{out(line, "{case}")})' for line in (after, moves))
    return _Figure(label, base, value, moved, "eps", "change_percent2")
