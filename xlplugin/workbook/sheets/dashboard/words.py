"""What the Dashboard says in words: the result of both scenarios, and how far it can be trusted."""

from __future__ import annotations

from xlplugin.workbook.builder.build import Build
from xlplugin.workbook.builder.texts import literal
from xlplugin.workbook.builder.words import percent, sentence, tenths

#: What is chosen, by number, and whether it loses money on the base.
COMPANY = "xlp_dashboard_company"
LOSES = f"INDEX(xlp_results_loses,{COMPANY})=1"
COMPANY_NAME = f"INDEX(xlp_company_names,{COMPANY})"
CURRENCY = f"INDEX(xlp_currency,{COMPANY})"


def scenario_label(case: str) -> str:
    """Return Excel text for what the scenario of case ``a`` or ``b`` means."""
    return f"INDEX(xlp_scenario_labels,1,xlp_dashboard_scenario_{case})"


def out(line: str, case: str) -> str:
    """Return Excel text for a line of the company in case ``a`` or ``b``."""
    return f"INDEX(xlp_out_{line},{COMPANY},xlp_dashboard_scenario_{case})"


def base_of(line: str) -> str:
    """Return Excel text for a base figure of the company."""
    return f"INDEX(xlp_results_base_{line},{COMPANY})"


def sentences(build: Build) -> tuple[str, str]:
    """Return the formulas of the two sentences: scenario A, scenario B against it."""
    return f"={_told(build, 'a')}", f"={_told(build, 'b')}"


def _told(build: Build, case: str) -> str:
    common = {"case": literal(case.upper()), "scenario": scenario_label(case), "company": COMPANY_NAME}
    income = sentence(
        build, "dashboard.sentence.money", **common, currency=CURRENCY,
        change=tenths(build, out("operating_income_change", case), True),
        development=tenths(build, out("bridge_operating_income_development", case), True),
    )  # fmt: skip
    spent = _points(build, out("bridge_operating_margin_development", case))
    operating, gross = (
        sentence(
            build, f"dashboard.sentence.{key}", **common, subject=build.quoted(f"subject.{line}"),
            base=percent(build, base_of(line)), after=percent(build, out(line, case)),
            change=_points(build, out(f"{line}_change", case)), **more,
        )
        for key, line, more in (
            ("margin", "operating_margin", {"development": spent}), ("gross", "gross_margin", {}),
        )
    )  # fmt: skip
    none = sentence(build, "dashboard.sentence.none", **common)
    choose = build.quoted("dashboard.sentence.choose")
    return f"IFERROR(IF({LOSES},{income},{operating}),IFERROR({gross},IFERROR({none},{choose})))"


def _points(build: Build, value: str) -> str:
    return tenths(build, f"({value}*10000)", True)


def flags(build: Build) -> str:
    """Return the formula of the line that says what the result rests on."""
    notes = "&".join(
        f'IF({test},{build.quoted(key)}&" ","")'
        for test, key in (
            (f"INDEX(xlp_results_turning,{COMPANY})=1", "dashboard.flag.turning"),
            (LOSES, "dashboard.note.no_bp"),
            (build.is_lab(COMPANY), "dashboard.flag.lab"),
            (build.on_general(COMPANY), "dashboard.flag.general"),
        )
    )
    counts = "&".join(
        f"IF(INDEX(xlp_{name}_count,{COMPANY})>0,"
        f'{sentence(build, f"dashboard.flag.{name}", n=_count(name))}&" ","")'
        for name in ("fallback", "own", "other_year")
    )
    flag = f"INDEX(xlp_company_flag,{COMPANY})"
    wrong = f'IF({flag}<>{build.quoted("flag.ok")},{flag}&". ","")'
    return f'=IFERROR({wrong}&{notes}&{counts},"")'


def _count(name: str) -> str:
    return f'TEXT(INDEX(xlp_{name}_count,{COMPANY}),"0")'


def heat_title(build: Build) -> str:
    """Return the formula of the heat map's heading, which names the unit."""
    margin, income = build.quoted("dashboard.heading.heat"), build.quoted("dashboard.heading.heat_money")
    return f"=IFERROR(IF({LOSES},{income},{margin}),{margin})"
