"""What Path says in words: where the company stands in five and in ten years, and what needs care."""

from __future__ import annotations

from xlplugin.workbook.builder.amounts import lay_amount
from xlplugin.workbook.builder.build import Build
from xlplugin.workbook.builder.sheet import Sheet
from xlplugin.workbook.builder.words import cautions, first_fault, percent, sentence, tenths

COMPANY, SCENARIO = "xlp_path_company", "xlp_path_scenario"
_NAME = f"INDEX(xlp_company_names,{COMPANY})"


#: Where on the path the sentences look.
_YEAR = {"middle": "xlp_path_middle", "end": "MAX(xlp_path_years)"}


def lay_words(sheet: Sheet, row: int, label: int, column: int) -> int:
    """Lay the amounts of the sentences as words; return the next row."""
    lines = {"change": "operating_income_change", "development": "bridge_operating_income_development"}
    for when, year in _YEAR.items():
        for key, line in lines.items():
            words = f"{sheet.build.label(line)}, {sheet.build.text(f'path.behind.{when}')}"
            sheet.put(row, label, words, "secondary")
            value = f"INDEX(xlp_path_{line},1,{year}+1)"
            lay_amount(sheet, row, column, value, f"xlp_path_{when}_{key}_words")
            row += 1
    return row


def sentences(build: Build) -> tuple[str, str]:
    """Return the formulas of the two sentences: the middle of the path, its end."""
    return f"={_told(build, 'middle')}", f"={_told(build, 'end')}"


def _told(build: Build, when: str) -> str:
    year = _YEAR[when]

    def at(line: str) -> str:
        return f"INDEX(xlp_path_{line},1,{year}+1)"

    common = {
        "company": _NAME,
        "decline": percent(build, "xlp_path_annual_decline", short=True),
        "year": f'TEXT({year},"0")',
    }
    money = sentence(
        build, f"path.sentence.{when}_money", **common, currency="INDEX(xlp_currency,xlp_path_company)",
        change=f"xlp_path_{when}_change_words", development=f"xlp_path_{when}_development_words",
    )  # fmt: skip
    lines = {"operating": "operating_margin", "gross": "gross_margin"}
    margins = {
        key: sentence(
            build, f"path.sentence.{when}_{key}", **common, base=percent(build, at(f"base_{line}")),
            after=percent(build, at(line)), change=tenths(build, f"({at(f'{line}_change')}*10000)", True),
        )
        for key, line in lines.items()
    }  # fmt: skip
    none = build.quoted("path.sentence.none") if when == "middle" else '""'
    beyond = f"INDEX(xlp_path_beyond,1,{year}+1)={build.quoted('choice.yes')}"
    silent = sentence(build, "path.sentence.beyond", **common)
    told = f"IF(xlp_path_loses=1,{money},{margins['operating']})"
    return f"IF({beyond},{silent},IFERROR({told},IFERROR({margins['gross']},{none})))"


def careful(build: Build) -> str:
    """Return the formula of the line that says what is wrong, or how the figures are to be read."""
    quoted = build.quoted
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
    told = (
        (f"COUNTIF(xlp_path_beyond,{quoted('choice.yes')})>0", "path.note.beyond_long"),
        ("xlp_path_turning=1", "sensitivity.caution.turning"),
        ("xlp_path_loses=1", "path.caution.loses"),
        (build.is_lab(COMPANY), "sensitivity.caution.lab"),
        (build.on_general(COMPANY), "sensitivity.caution.general"),
    )
    wrong = first_fault(build, faults)
    return f'=IF({wrong}="","",{wrong}&". ")&{cautions(build, told)}'
