"""Setup, in workbooks for a host: how its functions are connected, in five steps, and texts to paste."""

from __future__ import annotations

from xlplugin.workbook.builder.draft import Draft
from xlplugin.workbook.builder.sheet import FIRST_ROW
from xlplugin.workbook.builder.texts import keys
from xlplugin.workbook.sheets.about import wrapped

NUMBER, TEXT, END = 2, 3, 4
_WIDTH = 110


def setup(build: Draft) -> None:
    """Build the sheet."""
    text, edition = build.text, build.edition
    assert edition
    sheet = build.sheet("setup")
    sheet.frame(END)
    sheet.widths(B=7, C=_WIDTH, D=24)
    row = sheet.heading(FIRST_ROW, text(f"setup.{edition.name}.heading"), END)
    steps = keys(f"setup.{edition.name}.step.")
    for number, key in enumerate(steps, 1):
        words = text(key)
        sheet.put(row, NUMBER, number, "bold left")
        sheet.put(row, TEXT, words, "wrap_center")
        sheet.heights[row] = wrapped(words, _WIDTH)
        row += 1
    for name, content in edition.pasted().items():
        row = sheet.heading(row + 1, name, END, text("setup.note.paste"))
        for line in content.splitlines():  # a cell for each: copied, they are the lines of the text
            sheet.put(row, TEXT, line, "body")
            row += 1
