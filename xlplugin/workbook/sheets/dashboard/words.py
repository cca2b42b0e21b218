"""What the Dashboard says in words: the result of both scenarios, and how far it can be trusted.

Sentences are joined from pieces that stand below the first view.
"""

from __future__ import annotations

from dataclasses import dataclass

from xlplugin.workbook.builder.build import Build
from xlplugin.workbook.builder.case_words import lay_case, lay_range, lay_shipped
from xlplugin.workbook.builder.pieces import Pieces
from xlplugin.workbook.builder.sheet import Sheet
from xlplugin.workbook.builder.texts import literal
from xlplugin.workbook.builder.words import sentence
from xlplugin.workbook.sheets.results.company_table import loses

#: What is chosen, by number, and whether it loses money on the base.
COMPANY = "xlp_dashboard_company"
LOSES = loses(COMPANY)
COMPANY_NAME = f"INDEX(xlp_company_names,{COMPANY})"
CURRENCY = f"INDEX(xlp_currency,{COMPANY})"

_MARGIN, _INCOME = "operating_margin", "operating_income"


def out(line: str, case: str) -> str:
    """Return Excel text for a line of the company in case ``a`` or ``b``."""
    return f"INDEX(xlp_out_{line},{COMPANY},xlp_dashboard_scenario_{case})"


def base_of(line: str) -> str:
    """Return Excel text for a base figure of the company."""
    return f"INDEX(xlp_results_base_{line},{COMPANY})"


@dataclass(frozen=True, slots=True)
class Words:
    """Cells with what the Dashboard says: both sentences, the line of cautions, headings, notes."""

    sentences: tuple[str, str]
    flags: str
    bridge: str
    heat_note: str
    flat: str


def lay_words(sheet: Sheet, row: int, label: int, column: int) -> tuple[int, Words]:
    """Lay the sentences in pieces from ``row``; return the next row and where they stand."""
    build = sheet.build
    row = lay_shipped(sheet, row, label, column)
    pieces = Pieces(sheet, row, label, column)
    cases = {
        case: lay_case(pieces, build.text(f"dashboard.choose.case_{case}"), COMPANY,
                       f"xlp_dashboard_scenario_{case}")
        for case in ("a", "b")
    }  # fmt: skip
    told = (_told(pieces, "a", cases["a"]), _told(pieces, "b", cases["b"]))
    words = Words(told, _flags(pieces), _bridge(pieces, cases["a"]), _heat_note(pieces, cases["a"]),
                  _flat(pieces))  # fmt: skip
    return pieces.finish(), words


def _told(pieces: Pieces, case: str, scenario: str) -> str:
    """Lay what a scenario does to the company, as margins or in money, with what there is."""
    build = pieces.build
    label = build.text(f"dashboard.choose.case_{case}")
    common = {"case": literal(case.upper()), "scenario": scenario, "company": COMPANY_NAME}
    change, spent = (
        pieces.amount(f"{label}: {build.label(line)}", out(line, case))
        for line in (f"{_INCOME}_change", "bridge_operating_income_development")
    )
    income = pieces.said(
        label, "dashboard.sentence.money", **common, currency=CURRENCY, change=change, development=spent
    )
    more = {
        "development": _points(pieces, label, "bridge_operating_margin_development", case),
        "range": lay_range(pieces, label, COMPANY, f"xlp_dashboard_scenario_{case}"),
    }
    margins = {}
    for key, line, beside in (("margin", _MARGIN, more), ("gross", "gross_margin", {})):
        subject = f"{label}: {build.label(line)}"
        margins[key] = pieces.said(
            label, f"dashboard.sentence.{key}", **common, subject=build.quoted(f"subject.{line}"),
            base=pieces.percent(f"{subject}, {build.text('column.base')}", base_of(line)),
            after=pieces.percent(subject, out(line, case)),
            change=_points(pieces, label, f"{line}_change", case), **beside,
        )  # fmt: skip
    none = pieces.said(label, "dashboard.sentence.none", **common)
    choose = build.quoted("dashboard.sentence.choose")
    usual = f"IF({LOSES},{income},{margins['margin']})"
    return pieces.words(label, f"IFERROR({usual},IFERROR({margins['gross']},IFERROR({none},{choose})))")


def _points(pieces: Pieces, label: str, line: str, case: str) -> str:
    return pieces.amount(f"{label}: {pieces.build.label(line)}", f"{out(line, case)}*10000")


def _flags(pieces: Pieces) -> str:
    """Lay what the result rests on, in the order of its weight."""
    build = pieces.build
    flag = f"INDEX(xlp_company_flag,{COMPANY})"
    tests = [(f"{flag}<>{build.quoted('flag.ok')}", f'{flag}&"."')]
    tests += [
        (test, build.quoted(key))
        for test, key in (
            (f"INDEX(xlp_results_turning,{COMPANY})=1", "dashboard.flag.turning"),
            (LOSES, "dashboard.note.no_bp"),
            (build.is_lab(COMPANY), "dashboard.flag.lab"),
            (build.on_general(COMPANY), "dashboard.flag.general"),
        )
    ]
    for name in ("fallback", "own", "other_year"):
        count = f"INDEX(xlp_{name}_count,{COMPANY})"
        said = sentence(build, f"dashboard.flag.{name}", n=f'TEXT({count},"0")')
        tests.append((f"{count}>0", said))
    return pieces.joined(build.text("column.flag"), tests)


def _bridge(pieces: Pieces, scenario: str) -> str:
    """Lay the words above the bridge, with the figures that it leads from and to."""
    build = pieces.build
    label = build.text("chart.series.base"), build.text("dashboard.choose.case_a")
    base = pieces.whole(f"{build.label(_INCOME)}, {label[0]}", base_of(_INCOME))
    after = pieces.whole(f"{build.label(_INCOME)}, {label[1]}", out(_INCOME, "a"))
    said = pieces.said(
        label[1], "chart.bridge.heading", currency=CURRENCY, base=base, after=after, scenario=scenario
    )
    return pieces.words(label[1], f"IFERROR({said},{build.quoted('dashboard.heading.bridge')})")


def _heat_note(pieces: Pieces, scenario: str) -> str:
    said = pieces.said(pieces.build.text("dashboard.heat.axes"), "dashboard.note.heat", scenario=scenario)
    return f'IFERROR({said},"")'


def _flat(pieces: Pieces) -> str:
    """Lay which of its axes does not move the heat map, in words; "" where both do."""
    build, heat = pieces.build, pieces.build.names["xlp_dashboard_heat"]
    label = build.text("dashboard.heat.axes")
    reduction, passed = (pieces.flat(label, heat, down, "1/1000000") for down in (False, True))
    both, down, across = (
        build.quoted(f"dashboard.heat.{key}") for key in ("flat", "flat_pass_through", "flat_reduction")
    )
    return pieces.words(
        label, f'IF({reduction}*{passed}=1,{both},IF({passed}=1,{down},IF({reduction}=1,{across},"")))'
    )


def heat_title(build: Build) -> str:
    """Return the formula of the heat map's heading, which names the unit."""
    margin, income = build.quoted("dashboard.heading.heat"), build.quoted("dashboard.heading.heat_money")
    return f"=IFERROR(IF({LOSES},{income},{margin}),{margin})"
