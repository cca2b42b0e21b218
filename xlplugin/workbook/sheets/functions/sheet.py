"""Functions, in workbooks for a host: every function called live beside the native result."""

from __future__ import annotations

from xlplugin.data.shipped import shipped
from xlplugin.model.plan import MODEL_INPUTS
from xlplugin.workbook.builder.blocks import letter
from xlplugin.workbook.builder.choices import SCENARIOS, chosen, offer
from xlplugin.workbook.builder.draft import Draft
from xlplugin.workbook.builder.host_calls import Call
from xlplugin.workbook.builder.sheet import FIRST_ROW, Sheet
from xlplugin.workbook.builder.styles import number_style
from xlplugin.workbook.builder.texts import joined
from xlplugin.workbook.sheets.about import wrapped
from xlplugin.workbook.sheets.functions.calls import ASKED, COMPANY, SCENARIO, Line, Places, ask, lines

NAME, WHAT, MEASURE, LIVE, NATIVE, DIFFERENCE, NOTE = range(2, 9)
_WIDTHS = {NAME: 24, WHAT: 36, MEASURE: 33, LIVE: 17, NATIVE: 17, DIFFERENCE: 20, NOTE: 60}

#: Left blank by a scenario it follows cost_reduction, also where a call moves that.
_FOLLOWS = "training_cost_reduction"


def functions(build: Draft) -> None:
    """Build the sheet."""
    sheet = build.sheet("functions")
    sheet.frame(NOTE)
    for column, width in _WIDTHS.items():
        sheet.width_of(column, 1, width)
    places = _asked(sheet)
    row = _inputs(sheet, places)
    _calls(sheet, row + 1, lines(build, places))


# --- what is asked ---


def _asked(sheet: Sheet) -> Places:
    """Lay the choice and what the calls ask beside it; return every place that arguments refer to."""
    build, text = sheet.build, sheet.build.text
    row = sheet.heading(FIRST_ROW + 2, text("functions.heading.asked"), NOTE, text("functions.note.asked"))
    known = [company for company in build.companies if company in shipped().companies] or build.companies
    places: Places = {}
    for name, value, names in (
        ("company", known[0], "xlp_company_names"),
        ("scenario", build.scenario_label(build.scenarios[0]), SCENARIOS),
    ):
        sheet.put(row, NAME, text(f"column.{name}"), "body")
        places[name] = offer(sheet, row, WHAT, value, f"functions_{name}", names)
        formula = chosen(f"xlp_in_functions_{name}", names)
        sheet.named(row, MEASURE, f"xlp_functions_{name}", formula, "technical left")
        row += 1
    for key, (number, style) in ASKED.items():
        sheet.put(row, NAME, text(f"functions.asked.{key}"), "secondary")
        sheet.put(row, WHAT, number, f"{style} left")
        places[key] = sheet.block(row, WHAT, 1, 1)
        row += 1
    return places


def _inputs(sheet: Sheet, places: Places) -> int:
    """Lay the inputs that count for the choice, names over values as arguments read them."""
    build, text = sheet.build, sheet.build.text
    top = places["company"].top + 3 + len(ASKED)
    row = sheet.heading(top, text("functions.heading.inputs"), NOTE, text("functions.note.inputs"))
    width = len(MODEL_INPUTS)
    places["year"] = sheet.block(row + 1, NAME, 1, 1)
    places["levers"] = sheet.block(row, NAME + 1, 2, width)
    places["table"] = sheet.block(row, NAME, 2, width + 1)
    column = NAME + 1 + MODEL_INPUTS.index("cost_reduction")
    places["cost_reduction"] = sheet.block(row + 1, column, 1, 1)
    case = ask(build, places)
    sheet.across(row, NAME, ["fiscal_year", *MODEL_INPUTS], "technical right")
    sheet.put(row + 1, NAME, f'=IFERROR(INDEX(xlp_year_wanted,{COMPANY})&"","")', "link right")
    for column, name in enumerate(MODEL_INPUTS, NAME + 1):
        value = case.at(name, 0)
        if name == _FOLLOWS:
            value = f'IF(INDEX(xlp_checked_{name},1,{SCENARIO})="","",{value})'
        sheet.put(row + 1, column, f'=IFERROR({value},"")', f"link {number_style(name)} right")
    sheet.width_of(NOTE + 1, NAME + width - NOTE, 20)
    return row + 2


# --- the calls ---


def _calls(sheet: Sheet, row: int, calls: list[Line]) -> None:
    build, text = sheet.build, sheet.build.text
    row = sheet.heading(row, text("functions.heading.calls"), NOTE, text("functions.note.calls"))
    words = ("function", "line", "name", "live", "native", "difference", "note")
    for column, word in enumerate(words, NAME):
        align = "right" if LIVE <= column <= DIFFERENCE else "indent" if column == NOTE else "left"
        key = f"functions.column.{word}" if word not in ("line", "name", "note") else f"column.{word}"
        sheet.put(row, column, text(key), f"header {align}")
    top = row + 1
    for row, line in enumerate(calls, top):
        _call(sheet, row, line)
    count = len(calls)
    sheet.print_to(top + count - 1, NOTE)  # the inputs' row is for arguments
    sheet.block(top, LIVE, count, 1, "xlp_functions_live")
    sheet.grey_errors(sheet.block(top, NATIVE, count, 1, "xlp_functions_native"))
    sheet.block(top, DIFFERENCE, count, 1, "xlp_functions_difference")
    without = [build.quoted(f"functions.not_{word}") for word in ("connected", "available")]
    silent = "-".join(f"COUNTIF(xlp_functions_live,{words})" for words in without)
    said = joined("functions.answered", build.language, n=f'TEXT({count}-{silent},"0")', all=f'"{count}"')
    sheet.put(FIRST_ROW, NAME, f"={said}", "sentence")


def _call(sheet: Sheet, row: int, line: Line) -> None:
    build, text = sheet.build, sheet.build.text
    assert build.edition
    here = sheet.block(row, MEASURE, 1, 1)
    words = (text("functions.not_available"), text("functions.not_connected"))
    arguments = tuple(argument or here for argument in line.arguments)
    call = Call(line.function, arguments, line.cell, line.native, *words)
    style = line.style or (number_style(line.measure) if line.measure else "general")
    sheet.put(row, NAME, line.function, "body")
    sheet.put(row, WHAT, build.label(line.measure) if line.measure else None, "secondary")
    sheet.put(row, MEASURE, line.measure or None, "technical left")
    sheet.put(row, LIVE, call.formula(build.edition), f"{style} right")
    build.calls["functions", row, LIVE] = call
    sheet.put(row, NATIVE, f"={line.native}" if line.native else None, f"link {style} right")
    live, native = f"${letter(LIVE)}{row}", f"${letter(NATIVE)}{row}"
    same = f'IF(AND(ISNUMBER({live}),ISNUMBER({native})),ABS({live}-{native})/MAX(1,ABS({native})),"")'
    sheet.put(row, DIFFERENCE, f"={same}" if line.native else None, "technical scientific right")
    note = text(f"functions.note.{line.note}") if line.note else None
    sheet.put(row, NOTE, note, "note wrap_middle")
    sheet.heights[row] = wrapped(note or "", _WIDTHS[NOTE] * 1.08)
