"""Setup, in workbooks for a host: how its functions are connected, in five steps, and texts to paste."""

from __future__ import annotations

from xlplugin.workbook.about_sheet import wrapped
from xlplugin.workbook.build import Build
from xlplugin.workbook.sheet import FIRST_ROW
from xlplugin.workbook.texts import keys

__all__ = ["setup"]

NUMBER, TEXT, END = 2, 3, 4
_WIDTH = 110


def setup(build: Build) -> None:
    """Build the sheet."""
    text = build.text
    sheet = build.sheet("setup")
    sheet.frame(freeze="A3")
    sheet.widths(B=7, C=_WIDTH, D=24)
    sheet.master(END)
    row = sheet.heading(FIRST_ROW, text(f"setup.{build.host}.heading"), END)
    steps = keys(f"setup.{build.host}.step.")
    for number, key in enumerate(steps, 1):
        words = text(key)
        sheet.put(row, NUMBER, number, "bold left")
        sheet.put(row, TEXT, words, "wrap_center")
        sheet.heights[row] = wrapped(words, _WIDTH)
        row += 1
    for name, content in _pasted(build).items():
        row = sheet.heading(row + 1, name, END, text("setup.note.paste"))
        for line in content.splitlines():  # a cell for each: copied, they are the lines of the text
            sheet.put(row, TEXT, line, "body")
            row += 1


def _pasted(build: Build) -> dict[str, str]:
    """Return the texts that the host wants, by the name of the file that they belong into."""
    if build.host != "lite":
        return {}
    from xlplugin.hosts.lite import main_text, requirements_text

    return {"requirements.txt": requirements_text(), "main.py": main_text()}
