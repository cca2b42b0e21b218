"""What Sensitivity says in words: the case, what moves it most, the grid, and what to be careful about."""

from __future__ import annotations

from xlplugin.workbook.builder.amounts import lay_amount
from xlplugin.workbook.builder.build import Build
from xlplugin.workbook.builder.words import cautions, first_fault, percent, sentence
from xlplugin.workbook.sheets.sensitivity.workings import COMPANY, SCENARIO, Workings

_NAME = f"INDEX(xlp_company_names,{COMPANY})"
_LABEL = f"INDEX(xlp_scenario_labels,1,{SCENARIO})"
_ENDS = ("first_low", "first_high", "first_at_low", "first_at_high")
_POWER, _PAD = "xlp_sensitivity_power", "xlp_sensitivity_pad"


def told(workings: Workings) -> None:
    """Lay figures as words: of the measure, and of the values of the assumption that moves it most."""
    build = workings.build
    for key in ("power", "pad"):
        workings.value(key, f"=INDEX(xlp_sensitivity_{key}s,xlp_sensitivity_shown)")
    workings.value("ten", 10)
    workings.value("first", "=MATCH(1,xlp_sensitivity_ranks,0)")
    for end in ("at_low", "at_high", "low", "high"):
        at_first = f"=INDEX(xlp_sensitivity_{end}s,xlp_sensitivity_first)"
        workings.value(f"first_{end}", at_first, "secondary any")
    percent_sign = build.quoted("percent")
    unit = f'IF(xlp_sensitivity_unit="{build.label("unit:share")}",{percent_sign}," "&xlp_sensitivity_unit)'
    signed = "OR(xlp_sensitivity_style=1,xlp_sensitivity_style=3)"
    more = {"signed": signed, "power": _POWER, "pad": _PAD, "unit": unit}
    for figure in ("case", "base", "first_at_low", "first_at_high", "lowest", "highest"):
        _amount(workings, figure, **more)
    share = "INDEX(xlp_sensitivity_shares,xlp_sensitivity_first)=1"
    for figure in ("first_low", "first_high"):
        key = f"{figure}_number"
        _amount(workings, figure, key=key, signed="1=0", power="100", pad="xlp_sensitivity_ten")
        per_cent = percent(build, f"xlp_sensitivity_{figure}", short=True)
        workings.value(
            f"{figure}_words", f"=IF({share},{per_cent},xlp_sensitivity_{figure}_number_words)", "technical"
        )


def _amount(workings: Workings, figure: str, key: str = "", **more: str) -> None:
    key = f"{key or figure}_words"
    workings.sheet.put(workings.row, 2, workings.build.text(f"sensitivity.behind.{key}"), "secondary")
    lay_amount(workings.sheet, workings.row, 4, f"xlp_sensitivity_{figure}", f"xlp_sensitivity_{key}", **more)
    workings.row += 1


def sentences(build: Build) -> tuple[str, str, str]:
    """Return the formulas of the three sentences."""
    measure = "INDEX(xlp_sensitivity_measure_words,xlp_sensitivity_shown)"
    words = {figure: f"xlp_sensitivity_{figure}_words" for figure in ("case", "base", "lowest", "highest")}
    case = sentence(
        build,
        "sensitivity.sentence.case",
        company=_NAME,
        scenario=_LABEL,
        measure=measure,
        figure=words["case"],
    )
    most = sentence(
        build, "sensitivity.sentence.most", lever="INDEX(xlp_sensitivity_levers,xlp_sensitivity_first)",
        **{figure: f"xlp_sensitivity_{figure}_words" for figure in _ENDS},
    )  # fmt: skip
    flat = "INDEX(xlp_sensitivity_swings,xlp_sensitivity_first)<1/1000000"
    most = f"IF({flat},{build.quoted('sensitivity.sentence.flat')},{most})"
    numbers = 'COUNTIF(xlp_sensitivity_grid,">-1E+300")'
    grid = {
        key: sentence(build, f"sensitivity.sentence.{key}", lowest=words["lowest"], highest=words["highest"],
                      below='TEXT(xlp_sensitivity_below,"0")', n=f'TEXT({numbers},"0")', **more)
        for key, more in (("grid_change", {}), ("grid_level", {"base": words["base"]}))
    }  # fmt: skip
    change = "INDEX(xlp_sensitivity_changes,xlp_sensitivity_shown)=1"
    both = f"IF({change},{grid['grid_change']},{grid['grid_level']})"
    both = f'IF({numbers}=0,"",{both})'
    none = build.quoted("sensitivity.sentence.none")
    return f"=IFERROR({case},{none})", f'=IFERROR({most},"")', f'=IFERROR({both},"")'


def careful(build: Build) -> str:
    """Return the formula of the line that says why there is no result, then how figures are to be read."""
    quoted = build.quoted
    flag = f"INDEX(xlp_company_flag,{COMPANY})"
    faults = (
        (f"ISERROR({COMPANY})", quoted("sensitivity.fault.company")),
        (f"ISERROR({SCENARIO})", quoted("sensitivity.fault.scenario")),
        ("ISERROR(xlp_sensitivity_measure)", quoted("sensitivity.fault.measure")),
        ("ISERROR(xlp_sensitivity_row_lever+xlp_sensitivity_column_lever)",
         quoted("sensitivity.fault.lever")),
        (f"ISERROR(INDEX(xlp_company_status,{COMPANY}))",
         f'IF({flag}="",{quoted("sensitivity.fault.slot")},{_NAME}&": "&{flag})'),
        (f"{flag}<>{quoted('flag.ok')}", f'{_NAME}&": "&{flag}'),
        (f"ISERROR(INDEX(xlp_scenario_status,1,{SCENARIO}))", quoted("sensitivity.fault.scenario_slot")),
        (f"AND(INDEX(xlp_applies,{COMPANY},{SCENARIO})=0,INDEX(xlp_in_cost_reduction,{COMPANY},{SCENARIO})=\"\")",
         quoted("sensitivity.fault.applies")),
        ("ISERROR(xlp_sensitivity_case)", quoted("sensitivity.fault.figures")),
        ("xlp_sensitivity_row_lever=xlp_sensitivity_column_lever", quoted("sensitivity.note.same")),
        ("xlp_sensitivity_axis_faults>0", quoted("sensitivity.fault.axis")),
    )  # fmt: skip
    told = (
        ("xlp_sensitivity_turning=1", "sensitivity.caution.turning"),
        ("AND(xlp_sensitivity_loses=1,xlp_sensitivity_shown<>xlp_sensitivity_measure)",
         "sensitivity.caution.loses"),
        (build.is_lab(COMPANY), "sensitivity.caution.lab"),
        (build.on_general(COMPANY), "sensitivity.caution.general"),
        ("xlp_sensitivity_started=1", "sensitivity.caution.started"),
        (f"INDEX(xlp_own_count,{COMPANY})>0", "sensitivity.caution.own"),
        (f"INDEX(xlp_fallback_count,{COMPANY})>0", "sensitivity.caution.fallback"),
    )  # fmt: skip
    wrong = first_fault(build, faults)
    return f'=IF({wrong}="","",{wrong}&". ")&IFERROR({cautions(build, told)},"")'
