"""The part of Companies that holds assumptions: low, base, high, the analyst's own value, what counts."""

from __future__ import annotations

from collections.abc import Callable

from xlplugin.data.precedence import CUT, LEAVERS, OWN_VALUES
from xlplugin.data.records import ANY_COMPANY, Assumption
from xlplugin.model.inputs import EXPOSURES, INPUTS, JOINT_LIMITS, ROUNDING, Input
from xlplugin.workbook.builder.blocks import letter, nth_row
from xlplugin.workbook.builder.build import FREE_COMPANIES, Build
from xlplugin.workbook.builder.open_cells import accept_blank, checked
from xlplugin.workbook.builder.sheet import Sheet
from xlplugin.workbook.builder.styles import assumption_style
from xlplugin.workbook.sheets.companies.models import lay_models, of_slots

NAME, LOW, BASE, HIGH, OWN, USED, FLAG, BASIS, YEAR, FALLBACK, OTHER_YEAR, HAS_OWN, GENERAL, NOTE = range(
    2, 16
)

#: The formula of a company, by its place from 0.
Sums = Callable[[int], str]

_FLAGS = ("own", "fallback", "other_year", "fallback_cut", "wrong_type")
_ALIGN = {NAME: "left", FLAG: "indent", BASIS: "indent", YEAR: "left"}


def exposures(sheet: Sheet, row: int, companies_top: int) -> dict[str, Sums]:
    """Lay a block for every exposure and lever that may have an own value.

    Returns formulas for the table of companies, by place from 0: shares added up, flags counted.
    """
    build, text = sheet.build, sheet.build.text
    tops: dict[str, int] = {}
    right = NOTE + 4
    for names, heading in ((EXPOSURES, "exposures"), (OWN_VALUES[len(EXPOSURES) :], "assumptions")):
        row = sheet.heading(row, text(f"companies.heading.{heading}"), right, text("companies.note.own"))
        if heading == "exposures":
            _rounding(sheet, row)
            row += 1
        row += 1
        for name in names:
            tops[name] = row + 2
            row += build.rows + 3
    models = lay_models(sheet, row, right)
    for name, top in tops.items():
        _block(sheet, name, top, companies_top, tops)
        of_slots(sheet, models, name, top)
    return _sums(tops)


def _rounding(sheet: Sheet, row: int) -> None:
    sheet.put(row, NAME, sheet.build.text("companies.rounding"), "secondary")
    sheet.named(row, LOW, "xlp_rounding", ROUNDING, "technical right")


def _sums(tops: dict[str, int]) -> dict[str, Sums]:
    def total(column: int, names: tuple[str, ...]) -> Sums:
        """Add up the cells of the same company in the blocks of ``names``."""
        at = letter(column)
        return lambda i: "=" + "+".join(f"${at}${tops[name] + i}" for name in names)

    return {
        "cost_shares": total(USED, JOINT_LIMITS[0].names),
        "revenue_shares": total(USED, JOINT_LIMITS[1].names),
        "fallback": total(FALLBACK, EXPOSURES),
        "own_used": total(HAS_OWN, OWN_VALUES),
        "other_year": total(OTHER_YEAR, EXPOSURES),
    }


def _block(sheet: Sheet, name: str, top: int, companies_top: int, tops: dict[str, int]) -> None:
    build, text, item = sheet.build, sheet.build.text, INPUTS[name]
    rows, style = build.rows, assumption_style(name)
    words = ["low", "base", "high", "own", "used", "flag", "basis", "year"]
    heads = [build.label(name), *(text(f"column.{word}") for word in words)]
    heads += [text(f"companies.column.{word}") for word in ("fallback", "other_year", "own_used", "general")]
    for column, word in enumerate(heads, NAME):
        sheet.put(top - 2, column, word, f"header wrap_{_ALIGN.get(column, 'right')}")
    sheet.across(top - 2, NOTE, [build.meaning(name)] + [None] * 8, "header indent")
    sheet.heights[top - 2] = 30
    _assumption(sheet, top - 1, build.general(name), style)
    sheet.put(top - 1, NAME, text("companies.general"), "secondary")
    sheet.block(top - 1, BASE, 1, 1, f"xlp_general_{name}")
    own = sheet.block(top, OWN, rows, 1, f"xlp_in_own_{name}")
    accept_blank(sheet, own, name, f"xlp_in_own_{name}")
    for i, company in enumerate([*build.companies, *[None] * FREE_COMPANIES]):
        sheet.put(top + i, NAME, f"=INDEX(xlp_company_names,{i + 1})", "link")
        own_assumption = build.assumption(company, name)
        general = build.general(name, company)
        _assumption(sheet, top + i, own_assumption, style, fallback=top - 1, general=general)
        sheet.put(top + i, GENERAL, int(own_assumption is None), "technical right")
    named = {LOW: "low", BASE: "base", HIGH: "high", USED: "used", BASIS: "basis"}
    for column, prefix in named.items():
        sheet.block(top, column, rows, 1, f"xlp_{prefix}_{name}")
    _formulas(sheet, item, top, companies_top, tops, style)


def _formulas(
    sheet: Sheet, item: Input, top: int, companies_top: int, tops: dict[str, int], style: str
) -> None:
    name, rows = item.name, sheet.build.rows
    base, used, own = (f"${letter(column)}{{row}}" for column in (BASE, USED, OWN))
    fallback, other, has_own, general = (
        f"${letter(c)}{{row}}" for c in (FALLBACK, OTHER_YEAR, HAS_OWN, GENERAL)
    )
    block = sheet.block(top, USED, rows, 1)
    sheet.fill(block, "=" + checked(own, name, base), f"bold {style}")
    if name == CUT:
        for i in range(rows):
            left = "-".join(f"${letter(USED)}{tops[leaver] + i}" for leaver in LEAVERS)
            blank = f"IF({general}=1,MIN({base},MAX(0,1-{left})),{base})"
            sheet.formulas_down(top + i, USED, 1, "=" + checked(own, name, blank), f"bold {style}")
    sheet.grey_errors(block)
    year, tied = f"INDEX(xlp_year_used,{nth_row(top)})", f"${letter(YEAR)}{{row}}"
    flags = {
        FALLBACK: f'=IFERROR(IF(AND({own}="",{general}=1),1,0),0)',
        OTHER_YEAR: f'=IFERROR(IF(AND({own}="",{tied}<>"",{tied}<>{year}),1,0),0)',
        HAS_OWN: f'=IFERROR(IF({own}="",0,1),1)',
    }
    for column, formula in flags.items():
        sheet.fill(sheet.block(top, column, rows, 1), formula, "technical right")
    sheet.block(top, FALLBACK, rows, 1, f"xlp_fallback_{name}")
    sheet.block(top, OTHER_YEAR, rows, 1, f"xlp_other_year_{name}")
    words = {key: sheet.build.quoted(f"flag.{key}") for key in _FLAGS}
    outside = sheet.build.quoted("flag.outside", allowed=_allowed(item))
    last = f'IF({other}=1,{words["other_year"]},"")'
    if name in EXPOSURES:
        cut = f"IF({used}<{base},{words['fallback_cut']},{words['fallback']})"
        last = f"IF({fallback}=1,{cut if name == CUT else words['fallback']},{last})"
    wrong = f"IF(AND(ISNUMBER({own}),NOT(ISLOGICAL({own}))),{outside},{words['wrong_type']})"
    formula = f'=IF({has_own}=1,IF(ISERROR({used}),{wrong},{words["own"]}),IF(ISERROR({used}),"",{last}))'
    sheet.fill(sheet.block(top, FLAG, rows, 1), formula, "caution indent")


def _assumption(
    sheet: Sheet,
    row: int,
    own: Assumption | None,
    style: str,
    fallback: int = 0,
    general: Assumption | None = None,
) -> None:
    """Write an assumption, the business model's, or links to the general one in row ``fallback``."""
    shown = own or general
    assert shown
    if own:
        sheet.across(row, LOW, [own.low, own.base, own.high], style)
    elif shown.company != ANY_COMPANY:
        sheet.across(row, LOW, [shown.low, shown.base, shown.high], f"secondary {style}")
    else:
        sheet.formulas_across(row, LOW, 3, f"={{column}}${fallback}", f"secondary {style}")
    build = sheet.build
    sheet.put(row, BASIS, build.label(f"basis:{shown.basis}"), "body indent" if own else "secondary indent")
    year = build.translated(shown.fiscal_year) or None
    sheet.put(row, YEAR, year, "body shrink_left" if own else "secondary shrink_left")
    sheet.put(row, NOTE, _note(build, shown, bool(own)), "note indent")


def _note(build: Build, shown: Assumption, own: bool) -> str | None:
    """Return the note of an assumption, with the business model that it is of."""
    if shown.company == ANY_COMPANY and not own:
        return None
    note = build.translated(shown.note)
    return note or None if own else f"{shown.company}: {note}"


def _allowed(item: Input) -> str:
    if item.unit == "share":
        return "0-100%"
    return f"{item.lower:g}-{item.upper:g}" if item.upper < float("inf") else f">= {item.lower:g}"
