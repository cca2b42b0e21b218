"""The sheet Live of the macro workbook: a named cell for each argument of each live script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from xlplugin.hosts.excel.live import cell_name
from xlplugin.live import SCRIPTS
from xlplugin.live.open_book import quoted
from xlplugin.live.scripts import Argument
from xlplugin.live.texts import text
from xlplugin.workbook.builder.look import FONT, INK, INPUT_FILL, INPUT_TEXT, SECONDARY

#: Fonts, fills and cells of the house, as a file writes them; the numbers are those that they get in it.
_FONT = (
    '<font>{bold}<sz val="{size}"/><color rgb="FF{color}"/>'
    f'<name val="{FONT}"/><family val="2"/></font>'
)
_INPUT = f'<fill><patternFill patternType="solid"><fgColor rgb="FF{INPUT_FILL}"/></patternFill></fill>'
_LOOKS = {"title": ("<b/>", 16, INK), "heading": ("<b/>", 11, INK), "body": ("", 10, INK),
          "input": ("", 10, INPUT_TEXT), "note": ("", 9, SECONDARY)}  # fmt: skip


class Line(NamedTuple):
    """A row: its label, what its cell with an argument holds, help, the label's look; the cell's name."""

    label: str
    value: object
    help: str
    look: str
    argument: Argument | None = None
    name: str = ""


def lines(language: str) -> Iterator[Line]:
    """Yield the rows of the sheet."""
    yield Line(text("live.title", language), None, "", "title")
    for part in ("live.sentence", "live.steps"):
        yield Line(text(part, language), None, "", "note")
    for name, declared in SCRIPTS.items():
        yield Line("", None, "", "body")
        yield Line(declared.title[language], None, declared.help[language], "heading")
        for argument in declared.arguments:
            place = cell_name(name, argument.name)
            yield Line(
                argument.label[language], argument.default, argument.help[language], "body", argument, place
            )


def with_looks(styles: str) -> tuple[str, dict[str, int]]:
    """Return the styles of a workbook with those of the sheet, and the number of each."""
    fonts = "".join(_FONT.format(bold=bold, size=size, color=color) for bold, size, color in _LOOKS.values())
    styles, font = _added(styles, "fonts", fonts, len(_LOOKS))
    styles, fill = _added(styles, "fills", _INPUT, 1)
    cells = "".join(
        f'<xf numFmtId="{49 * (look == "input")}" fontId="{font + i}" fillId="{fill * (look == "input")}" '
        'borderId="0" xfId="0" applyFont="1" applyFill="1" applyNumberFormat="1" applyAlignment="1">'
        '<alignment horizontal="left" vertical="center"/></xf>'
        for i, look in enumerate(_LOOKS)
    )
    styles, first = _added(styles, "cellXfs", cells, len(_LOOKS))
    return styles, {look: first + i for i, look in enumerate(_LOOKS)}


def _added(styles: str, group: str, more: str, count: int) -> tuple[str, int]:
    """Return styles with more members of a group, and the number that the first of them gets."""
    match = re.search(rf'<{group} count="(\d+)"', styles)
    assert match, group
    held = int(match[1])
    styles = styles.replace(match[0], f'<{group} count="{held + count}"', 1)
    return styles.replace(f"</{group}>", f"{more}</{group}>", 1), held


def sheet(language: str, looks: dict[str, int]) -> str:
    """Return the sheet as XML."""
    rows, checks = [], []
    for i, line in enumerate(lines(language), 1):
        cells = [_cell(f"B{i}", line.label, looks[line.look]), _cell(f"D{i}", line.help, looks["note"])]
        if line.argument:
            cells.insert(1, _cell(f"C{i}", _typed(line.value), looks["input"], blank=True))
            checks.append(_check(f"C{i}", line.argument, line.help))
        rows.append(f'<row r="{i}">{"".join(cells)}</row>')
    listed = "".join(filter(None, checks))
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        '<sheetViews><sheetView showGridLines="0" workbookViewId="0"/></sheetViews>'
        f"<cols>{_widths(3, 34, 34, 110)}</cols>"
        f"<sheetData>{''.join(rows)}</sheetData>"
        f'<dataValidations count="{sum(map(bool, checks))}">{listed}</dataValidations></worksheet>'
    )


def _widths(*wide: int) -> str:
    one = '<col min="{0}" max="{0}" width="{1}" customWidth="1"/>'
    return "".join(one.format(i, width) for i, width in enumerate(wide, 1))


def names(title: str, language: str) -> str:
    """Return the names of the cells as a workbook defines them."""
    title = escape(quoted(title))
    return "".join(
        f'<definedName name="{line.name}">{title}!$C${i}</definedName>'
        for i, line in enumerate(lines(language), 1)
        if line.name
    )


def _typed(value: object) -> str:
    """Return a default as a cell holds it: all are texts, which the scripts read as any other entry."""
    return str(value).upper() if isinstance(value, bool) else str(value)


def _cell(place: str, value: str, look: int, *, blank: bool = False) -> str:
    if not value:
        return f'<c r="{place}" s="{look}"/>' if blank else ""
    return f'<c r="{place}" s="{look}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'


def _check(place: str, argument: Argument, help: str) -> str:
    """Return the list of an argument that has choices; anything may be typed elsewhere."""
    choices = argument.choices or (("TRUE", "FALSE") if argument.kind is bool else ())
    listed = ",".join(choices)
    if not choices or len(listed) > 255:
        return ""
    formula = escape(f'"{listed}"')
    hint = quoteattr(help[:255])
    return (
        f'<dataValidation type="list" allowBlank="1" showErrorMessage="1" showInputMessage="1" prompt={hint} '
        f'sqref="{place}"><formula1>{formula}</formula1></dataValidation>'
    )
