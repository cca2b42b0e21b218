"""What Path says in words: where the company stands in five and in ten years, and what needs care."""

from __future__ import annotations

from dataclasses import dataclass

from xlplugin.workbook.builder.case_words import scenario_label
from xlplugin.workbook.builder.pieces import Pieces
from xlplugin.workbook.builder.sheet import Sheet
from xlplugin.workbook.builder.words import sentence

COMPANY, SCENARIO = "xlp_path_company", "xlp_path_scenario"
_NAME = f"INDEX(xlp_company_names,{COMPANY})"

#: Where on the path the sentences look.
_YEAR = {"middle": "xlp_path_middle", "end": "MAX(xlp_path_years)"}

#: Rates whose entry is told where there is one.
_GROWTH = ("revenue_growth", "ai_share_growth")


@dataclass(frozen=True, slots=True)
class Words:
    """Cells with what Path says: two sentences, the line of cautions, a heading for each chart."""

    sentences: tuple[str, str]
    careful: str
    level: str
    change: str


def lay_words(sheet: Sheet, row: int, label: int, column: int) -> tuple[int, Words]:
    """Lay the sentences in pieces from ``row``; return the next row and where they stand."""
    pieces = Pieces(sheet, row, label, column)
    case = {"company": _NAME, "scenario": scenario_label(SCENARIO), "decline": _decline(pieces)}
    lead = pieces.said(sheet.build.text("path.heading.choose"), "path.lead", **case)
    told = (_told(pieces, "middle", lead), _told(pieces, "end", lead))
    words = Words(told, _careful(pieces), _heading(pieces, "level"), _heading(pieces, "change"))
    return pieces.finish(), words


def _decline(pieces: Pieces) -> str:
    """Lay the annual fall in words, marked where it is the analyst's own, and growth that was typed."""
    build = pieces.build
    label = build.text("path.counts")
    fall = pieces.percent(label, "xlp_path_annual_decline", short=True)
    own = sentence(build, "path.own", rate=fall)
    said = pieces.words(label, f'IF(xlp_in_path_annual_decline="",{fall},{own})')
    for name in _GROWTH:
        label = build.label(name)
        rate = pieces.percent(label, f"xlp_path_{name}", short=True)
        more = sentence(build, f"path.own_{name}", rate=rate)
        said = pieces.words(label, f'{said}&IF(xlp_in_path_{name}="","",{more})')
    return said


def _told(pieces: Pieces, when: str, lead: str) -> str:
    build, year = pieces.build, _YEAR[when]
    label = build.text(f"path.behind.{when}")

    def at(line: str) -> str:
        return f"INDEX(xlp_path_{line},1,{year}+1)"

    common = {"lead": lead, "year": f'TEXT({year},"0")'}
    lines = {"change": "operating_income_change", "development": "bridge_operating_income_development"}
    amounts = {key: pieces.amount(build.label(line), at(line)) for key, line in lines.items()}
    money = pieces.said(
        label, f"path.sentence.{when}_money", **common, currency=f"INDEX(xlp_currency,{COMPANY})", **amounts
    )
    margins = {}
    for key, line in {"operating": "operating_margin", "gross": "gross_margin"}.items():
        name = build.label(line)
        margins[key] = pieces.said(
            label, f"path.sentence.{when}_{key}", **common,
            base=pieces.percent(build.label(f"base_{line}"), at(f"base_{line}")),
            after=pieces.percent(name, at(line)), change=pieces.amount(name, f"{at(f'{line}_change')}*10000"),
        )  # fmt: skip
    none = build.quoted("path.sentence.none") if when == "middle" else '""'
    silent = pieces.said(label, "path.sentence.beyond", **common)
    beyond = f"INDEX(xlp_path_beyond,1,{year}+1)={build.quoted('choice.yes')}"
    told = f"IF(xlp_path_loses=1,{money},{margins['operating']})"
    return pieces.words(label, f"IF({beyond},{silent},IFERROR({told},IFERROR({margins['gross']},{none})))")


def _careful(pieces: Pieces) -> str:
    """Lay what is wrong, or how the figures are to be read."""
    build, quoted = pieces.build, pieces.build.quoted
    flag = f"INDEX(xlp_company_flag,{COMPANY})"
    faults = (
        (f"ISERROR({COMPANY})", quoted("sensitivity.fault.company")),
        (f"ISERROR({SCENARIO})", quoted("sensitivity.fault.scenario")),
        ("ISERROR(xlp_path_annual_decline)", quoted("path.fault.decline")),
        ("ISERROR(xlp_path_revenue_growth+xlp_path_ai_share_growth)", quoted("path.fault.growth")),
        (f'{flag}=""', quoted("sensitivity.fault.slot")),
        (f"{flag}<>{quoted('flag.ok')}", f'{_NAME}&": "&{flag}'),
        (f"ISERROR(INDEX(xlp_scenario_status,1,{SCENARIO}))", quoted("sensitivity.fault.scenario_slot")),
        ("ISERROR(INDEX(xlp_path_unit_cost_index,1,1))", quoted("sensitivity.fault.figures")),
    )
    told = [
        (test, quoted(key))
        for test, key in (
            (f"COUNTIF(xlp_path_beyond,{quoted('choice.yes')})>0", "path.note.beyond_long"),
            ("xlp_path_turning=1", "sensitivity.caution.turning"),
            ("xlp_path_loses=1", "path.caution.loses"),
            (build.is_lab(COMPANY), "sensitivity.caution.lab"),
            (build.on_general(COMPANY), "sensitivity.caution.general"),
        )
    ]
    label = build.text("column.flag")
    wrong = pieces.first(label, faults, quoted("sensitivity.fault.figures"))
    read = pieces.joined(label, told)
    return pieces.words(label, f'IF({wrong}="","",{wrong}&". ")&{read}')


def _heading(pieces: Pieces, name: str) -> str:
    """Lay the words above a chart by what is drawn, or the heading where nothing is chosen."""
    build = pieces.build
    label = build.text("path.heading.charts")
    fitting = "xlp_path_unavailable" if name == "level" else "xlp_path_loses"
    told = {"company": _NAME, "currency": f"INDEX(xlp_currency,{COMPANY})"}
    other = pieces.said(label, f"path.chart.{name}.other", **told)
    usual = pieces.said(label, f"path.chart.{name}.usual", **told)
    nothing = build.quoted("path.heading.charts")
    return pieces.words(label, f"IFERROR(IF({fitting}=1,{other},{usual}),{nothing})")
