"""What the Dashboard says in words: the result of both scenarios, and how far it can be trusted."""

from __future__ import annotations

from xlplugin.workbook.builder.build import Build
from xlplugin.workbook.builder.texts import literal
from xlplugin.workbook.builder.words import percent, sentence, tenths

__all__ = ["flags", "heat_title", "sentences"]

_COMPANY = "xlp_dashboard_company"
_NAME = f"INDEX(xlp_company_names,{_COMPANY})"


def _of(line: str, case: str) -> str:
    return f"INDEX(xlp_out_{line},{_COMPANY},xlp_dashboard_scenario_{case})"


def _base(line: str) -> str:
    return f"INDEX(xlp_results_base_{line},{_COMPANY})"


def sentences(build: Build) -> tuple[str, str]:
    """Return the formulas of the two sentences: scenario A, scenario B against it."""
    return f"={_told(build, 'a')}", f"={_told(build, 'b')}"


def _told(build: Build, case: str) -> str:
    label = f"INDEX(xlp_scenario_labels,xlp_dashboard_scenario_{case})"
    common = {"case": literal(case.upper()), "scenario": label, "company": _NAME}
    income = sentence(
        build, "dashboard.sentence.money", **common,
        change=tenths(build, _of("operating_income_change", case), True),
        development=tenths(build, _of("bridge_operating_income_development", case), True),
    )  # fmt: skip
    operating = sentence(
        build, "dashboard.sentence.margin", **common, subject=build.quoted("subject.operating_margin"),
        base=percent(build, _base("operating_margin")), after=percent(build, _of("operating_margin", case)),
        change=_points(build, _of("operating_margin_change", case)),
        development=_points(build, _of("bridge_operating_margin_development", case)),
    )  # fmt: skip
    gross = sentence(
        build, "dashboard.sentence.gross", **common, subject=build.quoted("subject.gross_margin"),
        base=percent(build, _base("gross_margin")), after=percent(build, _of("gross_margin", case)),
        change=_points(build, _of("gross_margin_change", case)),
    )  # fmt: skip
    none = sentence(build, "dashboard.sentence.none", **common)
    choose = build.quoted("dashboard.sentence.choose")
    known = f"IF(INDEX(xlp_results_loses,{_COMPANY})=1,{income},{operating})"
    return f"IFERROR({known},IFERROR({gross},IFERROR({none},{choose})))"


def _points(build: Build, value: str) -> str:
    return tenths(build, f"({value}*10000)", True)


def flags(build: Build) -> str:
    """Return the formula of the line that says what the result rests on."""
    turning = f'IF(INDEX(xlp_results_turning,{_COMPANY})=1,{build.quoted("dashboard.flag.turning")}&" ","")'
    loses = f'IF(INDEX(xlp_results_loses,{_COMPANY})=1,{build.quoted("dashboard.note.no_bp")}&" ","")'
    lab = f"AND({_COMPANY}>{build.listed},{_COMPANY}<={len(build.companies)})"
    labs = f'IF({lab},{build.quoted("dashboard.flag.lab")}&" ","")'
    counts = "&".join(
        f"IF(INDEX(xlp_{name}_count,{_COMPANY})>0,"
        f'{sentence(build, f"dashboard.flag.{name}", n=_count(name))}&" ","")'
        for name in ("fallback", "own", "other_year")
    )
    flag = f"INDEX(xlp_company_flag,{_COMPANY})"
    wrong = f'IF({flag}<>{build.quoted("flag.ok")},{flag}&". ","")'
    return f'=IFERROR({wrong}&{turning}&{loses}&{labs}&{counts},"")'


def _count(name: str) -> str:
    return f'TEXT(INDEX(xlp_{name}_count,{_COMPANY}),"0")'


def heat_title(build: Build) -> str:
    """Return the formula of the heat map's heading, which names the unit."""
    margin, income = build.quoted("dashboard.heading.heat"), build.quoted("dashboard.heading.heat_money")
    return f"=IFERROR(IF(INDEX(xlp_results_loses,{_COMPANY})=1,{income},{margin}),{margin})"
