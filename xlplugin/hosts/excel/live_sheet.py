"""The sheet Live of the macro workbook: a named cell for each argument of each live script."""

from __future__ import annotations

from xlplugin.hosts.excel.live import cell_name
from xlplugin.live import SCRIPTS
from xlplugin.live.scripts import Argument
from xlplugin.live.texts import text
from xlplugin.workbook.builder.draft import Draft
from xlplugin.workbook.builder.sheet import Sheet

#: The longest list that a cell may offer.
_LONGEST_LIST = 255


def live_sheet(build: Draft) -> None:
    """Add the sheet behind the others: the scripts one below the other, their arguments by default."""
    language = build.language
    sheet = build.sheet("live", text("live.sheet", language))
    sheet.ws.sheet_view.showGridLines = False
    sheet.widths(A=3, B=34, C=34, D=110)
    for row, part in enumerate(("title", "sentence", "steps"), 1):
        sheet.put(row, 2, text(f"live.{part}", language), "title" if row == 1 else "note")
    row = 3
    for name, declared in SCRIPTS.items():
        row += 2
        sheet.put(row, 2, declared.title[language], "heading")
        sheet.put(row, 4, declared.help[language], "note")
        for argument in declared.arguments:
            row += 1
            _argument(sheet, row, cell_name(name, argument.name), argument)


def _argument(sheet: Sheet, row: int, name: str, argument: Argument) -> None:
    """Write label, cell and help of an argument; lists offer its choices, anything may be typed elsewhere."""
    language = sheet.build.language
    sheet.put(row, 2, argument.label[language])
    sheet.put(row, 4, argument.help[language], "note")
    default = str(argument.default).upper() if argument.kind is bool else str(argument.default)
    # a text, as scripts read any other entry
    block = sheet.named(row, 3, name, default or None, "input text left")
    choices = argument.choices or (("TRUE", "FALSE") if argument.kind is bool else ())
    if choices and len(",".join(choices)) <= _LONGEST_LIST:
        sheet.choose(block, choices, prompt=argument.help[language])
