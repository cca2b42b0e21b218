"""What Sensitivity says in words: the case, what moves it most, the grid, and what to be careful about."""

from __future__ import annotations

from dataclasses import dataclass

from xlplugin.workbook.builder.amounts import lay_amount
from xlplugin.workbook.builder.build import Build
from xlplugin.workbook.builder.case_words import lay_case
from xlplugin.workbook.builder.pieces import Pieces
from xlplugin.workbook.builder.texts import literal
from xlplugin.workbook.builder.words import sentence
from xlplugin.workbook.sheets.sensitivity.workings import COMPANY, FIRST, LABEL, SCENARIO, Workings

_NAME = f"INDEX(xlp_company_names,{COMPANY})"
_MEASURE = "INDEX(xlp_sensitivity_measure_words,xlp_sensitivity_shown)"
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
    workings.value("unit_words", f"={_unit(build)}", "technical")
    signed = "OR(xlp_sensitivity_style=1,xlp_sensitivity_style=3)"
    more = {"signed": signed, "power": _POWER, "pad": _PAD, "unit": "xlp_sensitivity_unit_words"}
    for figure in ("case", "base", "first_at_low", "first_at_high", "lowest", "highest"):
        _amount(workings, figure, **more)
    share = "INDEX(xlp_sensitivity_shares,xlp_sensitivity_first)=1"
    for figure in ("first_low", "first_high"):
        key = f"{figure}_number"
        _amount(workings, figure, key=key, signed="1=0", power="100", pad="xlp_sensitivity_ten")
        shown = workings.build.text(f"sensitivity.behind.{figure}_words")
        pieces = Pieces(workings.sheet, workings.row, LABEL, FIRST)
        per_cent = pieces.percent(shown, f"xlp_sensitivity_{figure}", short=True)
        workings.row = pieces.finish()
        workings.value(
            f"{figure}_words", f"=IF({share},{per_cent},xlp_sensitivity_{figure}_number_words)", "technical"
        )


def _unit(build: Build) -> str:
    """What follows a figure: a sign, the unit, or the unit of the company's money."""
    share, money, per_share = (
        literal(build.label(f"unit:{unit}")) for unit in ("share", "money", "money per share")
    )
    told = {"currency": f"INDEX(xlp_currency,{COMPANY})", "unit": "xlp_sensitivity_unit"}
    in_money, of_share = (
        sentence(build, f"sensitivity.unit.{key}", **told) for key in ("money", "per_share")
    )
    other = f'IF(xlp_sensitivity_unit={per_share}," "&{of_share}," "&xlp_sensitivity_unit)'
    other = f'IF(xlp_sensitivity_unit={money}," "&{in_money},{other})'
    return f"IF(xlp_sensitivity_unit={share},{build.sign('percent')},{other})"


def _amount(workings: Workings, figure: str, key: str = "", **more: str) -> None:
    key = f"{key or figure}_words"
    workings.sheet.put(workings.row, 2, workings.build.text(f"sensitivity.behind.{key}"), "secondary")
    lay_amount(workings.sheet, workings.row, 4, f"xlp_sensitivity_{figure}", f"xlp_sensitivity_{key}", **more)
    workings.row += 1


@dataclass(frozen=True, slots=True)
class Words:
    """Cells with what Sensitivity says: three sentences, the cautions, the chart's heading, flat axes."""

    sentences: tuple[str, str, str]
    careful: str
    chart: str
    flat: str


def lay_sentences(workings: Workings) -> Words:
    """Lay the sentences in pieces; return where they stand."""
    pieces = Pieces(workings.sheet, workings.row, LABEL, FIRST)
    words = Words(
        (_case(pieces), _most(pieces), _grid(pieces)), _careful(pieces), _chart(pieces), _flat(pieces)
    )
    workings.row = pieces.finish()
    return words


def _case(pieces: Pieces) -> str:
    build = pieces.build
    label = build.text("sensitivity.behind.case_words")
    scenario = lay_case(pieces, label, COMPANY, SCENARIO)
    told = pieces.said(
        label, "sensitivity.sentence.case", company=_NAME, scenario=scenario, measure=_MEASURE,
        figure="xlp_sensitivity_case_words",
    )  # fmt: skip
    return pieces.words(label, f"IFERROR({told},{build.quoted('sensitivity.sentence.none')})")


def _most(pieces: Pieces) -> str:
    build = pieces.build
    label = build.text("sensitivity.heading.tornado")
    told = pieces.said(
        label, "sensitivity.sentence.most", lever="INDEX(xlp_sensitivity_levers,xlp_sensitivity_first)",
        **{figure: f"xlp_sensitivity_{figure}_words" for figure in _ENDS},
    )  # fmt: skip
    flat = "INDEX(xlp_sensitivity_swings,xlp_sensitivity_first)<1/1000000"
    said = f"IF({flat},{build.quoted('sensitivity.sentence.flat')},{told})"
    return pieces.words(label, f'IFERROR({said},"")')


def _grid(pieces: Pieces) -> str:
    label = pieces.build.text("sensitivity.heading.grid")
    numbers = pieces.figure(label, 'COUNTIF(xlp_sensitivity_grid,">-1E+300")')
    ends = {end: f"xlp_sensitivity_{end}_words" for end in ("lowest", "highest")}
    ends |= {"below": 'TEXT(xlp_sensitivity_below,"0")', "n": f'TEXT({numbers},"0")'}
    change = pieces.said(label, "sensitivity.sentence.grid_change", **ends)
    level = pieces.said(label, "sensitivity.sentence.grid_level", **ends, base="xlp_sensitivity_base_words")
    both = f"IF(INDEX(xlp_sensitivity_changes,xlp_sensitivity_shown)=1,{change},{level})"
    return pieces.words(label, f'IFERROR(IF({numbers}=0,"",{both}),"")')


def _chart(pieces: Pieces) -> str:
    """Lay the words above the tornado: whose measure it draws, in which unit."""
    build = pieces.build
    label = build.text("sensitivity.heading.tornado")
    said = pieces.said(
        label, "sensitivity.chart.title", measure=_MEASURE, unit="xlp_sensitivity_unit_words", company=_NAME
    )
    return pieces.words(label, f"IFERROR({said},{literal(label)})")


def _flat(pieces: Pieces) -> str:
    """Lay which lever of the grid moves nothing, in words; "" where both do."""
    build, grid = pieces.build, pieces.build.names["xlp_sensitivity_grid"]
    label, levers, flat = build.text("sensitivity.heading.grid"), {}, {}
    for axis in ("row", "column"):
        flat[axis] = pieces.flat(label, grid, axis == "row", "xlp_sensitivity_scale/10000/10000")
        lever = f"INDEX(xlp_sensitivity_levers,xlp_sensitivity_{axis}_lever)"
        levers[axis] = pieces.said(label, "sensitivity.grid.flat", lever=lever)
    both, rows, columns = build.quoted("sensitivity.grid.flat_both"), levers["row"], levers["column"]
    said = f'IF({flat["row"]}=1,{rows},IF({flat["column"]}=1,{columns},""))'
    return pieces.words(label, f"IF({flat['row']}*{flat['column']}=1,{both},{said})")


def _careful(pieces: Pieces) -> str:
    """Lay why there is no result, then how figures are to be read."""
    build, quoted = pieces.build, pieces.build.quoted
    flag = f"INDEX(xlp_company_flag,{COMPANY})"
    typed = f'INDEX(xlp_in_cost_reduction,{COMPANY},{SCENARIO})=""'
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
        (f"AND(INDEX(xlp_applies,{COMPANY},{SCENARIO})=0,{typed})", quoted("sensitivity.fault.applies")),
        ("ISERROR(xlp_sensitivity_case)", quoted("sensitivity.fault.figures")),
        ("xlp_sensitivity_row_lever=xlp_sensitivity_column_lever", quoted("sensitivity.note.same")),
        ("xlp_sensitivity_axis_faults>0", quoted("sensitivity.fault.axis")),
    )  # fmt: skip
    told = [
        (test, quoted(f"sensitivity.caution.{key}"))
        for test, key in (
            ("xlp_sensitivity_turning=1", "turning"),
            ("AND(xlp_sensitivity_loses=1,xlp_sensitivity_shown<>xlp_sensitivity_measure)", "loses"),
            (build.is_lab(COMPANY), "lab"),
            (build.on_general(COMPANY), "general"),
            ("xlp_sensitivity_started=1", "started"),
            (f"INDEX(xlp_own_count,{COMPANY})>0", "own"),
            (f"INDEX(xlp_fallback_count,{COMPANY})>0", "fallback"),
        )
    ]
    label = build.text("column.flag")
    wrong = pieces.first(label, faults, quoted("sensitivity.fault.figures"))
    read = pieces.joined(label, told)
    return pieces.words(label, f'IF({wrong}="","",{wrong}&". ")&IFERROR({read},"")')
