"""Who leads on Results, in words: the sentence above each table, joined from pieces below the sheet."""

from __future__ import annotations

from xlplugin.workbook.builder.case_words import is_own, lay_range, scenario_label
from xlplugin.workbook.builder.draw_inputs import MEASURE
from xlplugin.workbook.builder.pieces import Pieces
from xlplugin.workbook.builder.sheet import Sheet
from xlplugin.workbook.sheets.results.company_table import FIRST, NAME
from xlplugin.workbook.sheets.results.range import expected, lay_words
from xlplugin.workbook.sheets.results.workings import MEASURES

_SCENARIO = "xlp_dashboard_scenario_a"
_ENDS = (("LARGE", "best"), ("SMALL", "worst"))

#: Measures whose changes are not told in basis points.
_UNITS = {"eps_change": "eps", "operating_income_change": "money"}


def said(name: str) -> str:
    """Return the formula of the sentence about a measure, or about the ``summary``."""
    return f"=xlp_results_said_{name}"


def lay_leaders(sheet: Sheet, row: int) -> int:
    """Lay the sentences, each named ``xlp_results_said_<measure>``; return the next row."""
    row = _notes(sheet, row)
    pieces = Pieces(sheet, row, NAME, FIRST)
    _named(pieces, "summary", _summary(pieces))
    for name in MEASURES:
        _named(pieces, name, _leaders(pieces, name))
    lay_words(pieces, expected(sheet.build))
    return pieces.finish()


def _notes(sheet: Sheet, row: int) -> int:
    """Lay what the first table says of labs, of general assumptions, of infrastructure and of losses."""
    build, text = sheet.build, sheet.build.text
    rank = text("results.note.not_ranked")
    told = (f"{rank}: {text('flag.labs')}", f"{rank}: {text('flag.general')}", text("results.flag.turning"),
            text("results.flag.loses"), '=""')  # fmt: skip
    for i, words in enumerate(told, row):
        sheet.put(i, NAME, text("column.flag"), "secondary")
        sheet.put(i, FIRST, words, "technical")
    build.define("xlp_results_notes", sheet.block(row, FIRST, len(told), 1))
    return row + len(told)


def _named(pieces: Pieces, name: str, told: str) -> None:
    build = pieces.build
    none = build.quoted("results.sentence.none")
    label = build.text("results.heading.summary")
    pieces.words(label, f"IFERROR({told},{none})", f"xlp_results_said_{name}")


def _summary(pieces: Pieces) -> str:
    label = pieces.build.text("results.heading.summary")
    leading = "xlp_results_leading_operating_margin_change"
    counts = {
        key: pieces.words(label, f'TEXT(COUNTIF({leading},"{test}"),"0")')
        for key, test in (("up", ">0"), ("down", "<0"), ("n", ">-1E+300"))
    }
    return pieces.said(label, "results.sentence.summary", scenario=scenario_label(_SCENARIO), **counts)


def _leaders(pieces: Pieces, name: str) -> str:
    """Lay who gains most and least in scenario A by how much, whose entry is their own, who is left out."""
    build, column = pieces.build, f"xlp_results_leading_{name}"
    label = build.label(name)
    told = {"scenario": scenario_label(_SCENARIO)}
    for function, word in _ENDS:
        value = pieces.words(label, f"IFERROR({function}({column},1),NA())")
        number = pieces.words(label, f"MATCH({value},{column},0)")
        reduction = pieces.percent(label, f"INDEX(xlp_used_cost_reduction,{number},{_SCENARIO})", short=True)
        own = pieces.said(label, "results.sentence.own", reduction=reduction)
        who = f'IF({is_own(number, _SCENARIO)}=1," "&{own},"")'
        told[word] = pieces.words(label, f"INDEX(xlp_company_names,{number})&{who}")
        told[f"{word}_change"] = (
            pieces.percent(label, value, signed=True) if name == "eps_change" else pieces.amount(label, value)
        )
        if name not in _UNITS:
            around = lay_range(pieces, label, number, _SCENARIO) if name == MEASURE else '""'
            told[f"{word}_range"] = around
    unit = _UNITS.get(name, "bp")
    told |= {"currency": build.currency} if unit == "money" else {}
    sentence = pieces.said(label, f"results.sentence.leaders_{unit}", **told)
    rest = f"xlp_results_left_out_{name}"
    out = pieces.said(label, "results.sentence.left_out", companies=rest)
    return pieces.words(label, f'{sentence}&IF({rest}="",""," "&{out})')
