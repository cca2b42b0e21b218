"""A note as a Word document, by python-docx: headings, tables and pictures that can be edited."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Inches, Pt, RGBColor

from xlplugin.analysis.export.drawing.page import ACCENT, INK, RULE, SECONDARY
from xlplugin.analysis.export.pictures import write_picture
from xlplugin.analysis.notes.content import Block, Group, Heading, Note, Paragraph, Picture, Points, Table

_FACE = "Calibri"
_BODY, _SMALL = 9.0, 8.0  # points
#: Of a picture: inches, and the scale of its type.
_PICTURE, _SCALE = (6.9, 2.8), 0.8
_LOCALES = {"en": "en-US", "de": "de-DE"}


def write(note: Note, path: Path) -> None:
    """Write the note to ``path``."""
    document = Document()
    _set_up(document, note)
    document.add_heading(note.title, 0)
    _words(document.add_paragraph(), note.subtitle, color=SECONDARY)
    for block in note.blocks:
        _block(document, block)
    document.save(str(path))


def _set_up(document: Any, note: Note) -> None:
    """Set page, typeface, language and properties, and write the foot of every page."""
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(1.75)
    section.top_margin, section.bottom_margin = Cm(1.5), Cm(1.5)
    section.footer_distance = Cm(0.7)
    sizes = {"Normal": _BODY, "Title": 16, "Heading 2": 11, "List Bullet": _BODY}
    for name, size in sizes.items():
        _restyle(document.styles[name], size, note.language)
    foot = section.footer.paragraphs[0]
    _words(foot, f"{note.foot}  ", size=7, color=SECONDARY)
    _page_number(foot)
    core = document.core_properties
    core.title, core.subject, core.author, core.comments = note.title, note.subtitle, "xlplugin", ""
    core.language = _LOCALES.get(note.language, note.language)


def _restyle(style: Any, size: float, language: str) -> None:
    style.font.name, style.font.size = _FACE, Pt(size)
    style.font.color.rgb = RGBColor.from_string(INK[1:])
    properties = style.element.get_or_add_rPr()
    fonts = properties.find(qn("w:rFonts"))
    for name in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):  # would stand before the name
        fonts.attrib.pop(qn(f"w:{name}"), None)
    spoken = OxmlElement("w:lang")
    spoken.set(qn("w:val"), _LOCALES.get(language, language))
    for old in properties.findall(qn("w:lang")):
        properties.remove(old)
    properties.append(spoken)
    heading = style.name.startswith("Heading") or style.name == "Title"
    style.font.bold = heading
    style.paragraph_format.space_before = Pt(7 if style.name.startswith("Heading") else 0)
    style.paragraph_format.line_spacing = 1.0
    style.paragraph_format.space_after = Pt(1.5 if heading or style.name == "List Bullet" else 4)
    border = style.element.pPr.find(qn("w:pBdr")) if style.element.pPr is not None else None
    if border is not None:
        style.element.pPr.remove(border)


def _page_number(paragraph: Any) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    run = _words(paragraph, "1", size=7, color=SECONDARY)
    field.append(run._r)
    paragraph._p.append(field)


def _words(
    paragraph: Any, words: str, *, size: float | None = None, bold: bool = False, color: str = INK
) -> Any:
    run = paragraph.add_run(words)
    run.bold = bold
    run.font.color.rgb = RGBColor.from_string(color[1:])
    if size is not None:
        run.font.size = Pt(size)
    return run


def _block(document: Any, block: Block) -> None:
    if isinstance(block, Heading):
        document.add_heading(block.words, 2)
    elif isinstance(block, Paragraph):
        _words(document.add_paragraph(), block.words, size=10 if block.strong else None, bold=block.strong)
    elif isinstance(block, Points):
        for point in block.points:
            paragraph = document.add_paragraph(style="List Bullet")
            size, color = (_SMALL, SECONDARY) if block.small else (None, INK)
            if point.about:
                _words(paragraph, f"{point.about}: ", size=size, bold=True, color=color)
            if point.address:
                _link(paragraph, point.words, point.address, size)
            else:
                _words(paragraph, point.words, size=size, color=color)
    elif isinstance(block, Table):
        _table(document, block)
    else:
        _picture(document, block)


def _link(paragraph: Any, words: str, address: str, size: float | None) -> None:
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    run = _words(paragraph, words, size=size, color=ACCENT)
    run.underline = True
    link.append(run._r)
    paragraph._p.append(link)


def _table(document: Any, block: Table) -> None:
    table = document.add_table(rows=0, cols=len(block.heads))
    for number, row in enumerate([block.heads, *block.rows]):
        cells = table.add_row().cells
        if isinstance(row, Group):
            merged = cells[0].merge(cells[-1])
            _words(merged.paragraphs[0], row.words, size=9, bold=True, color=SECONDARY)
        else:
            for place, (cell, words) in enumerate(zip(cells, row, strict=True)):
                paragraph = cell.paragraphs[0]
                _words(paragraph, words, size=9, bold=not number)
                if place:
                    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        for cell in cells:
            cell.paragraphs[0].paragraph_format.space_after = 0
    _set_widths(table, block)
    first = table.rows[0]._tr.get_or_add_trPr()
    first.append(OxmlElement("w:tblHeader"))  # stands again on the next page
    borders = OxmlElement("w:tblBorders")
    for side in ("bottom", "insideH"):
        line = OxmlElement(f"w:{side}")
        for name, setting in (("val", "single"), ("sz", "4"), ("color", RULE[1:])):
            line.set(qn(f"w:{name}"), setting)
        borders.append(line)
    table._tbl.tblPr.append(borders)
    document.add_paragraph().paragraph_format.space_after = 0


def _set_widths(table: Any, block: Table) -> None:
    """Give each column the part of the page that its longest cell takes."""
    rows = [row for row in (block.heads, *block.rows) if not isinstance(row, Group)]
    longest = [min(max(len(row[place]) for row in rows), 26) for place in range(len(block.heads))]
    table.autofit = False
    for column, length in zip(table.columns, longest, strict=True):
        column.width = Inches(_PICTURE[0] * length / sum(longest))
        for cell in column.cells:
            if cell._tc.grid_span == 1:
                cell.width = column.width


def _picture(document: Any, block: Picture) -> None:
    buffer = io.BytesIO()
    write_picture(block.plot, buffer, "png", _PICTURE, _SCALE, inset=True)
    shape = document.add_picture(buffer, width=Inches(_PICTURE[0]))
    described = shape._inline.docPr
    described.set("descr", block.alternative)
    described.set("title", block.plot.title)
