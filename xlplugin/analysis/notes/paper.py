"""A note as a PDF of A4 pages, by fpdf2, in the typeface of the pictures."""

from __future__ import annotations

import contextlib
import io
import logging
from pathlib import Path
from typing import Any

from fpdf import FPDF
from fpdf.enums import TableBordersLayout, TextEmphasis
from fpdf.fonts import FontFace
from matplotlib.font_manager import FontProperties, findfont

from xlplugin.analysis.export.drawing.page import INK, RULE, SECONDARY, typefaces
from xlplugin.analysis.export.pictures import write_picture
from xlplugin.analysis.notes.content import Block, Group, Heading, Note, Paragraph, Picture, Points, Table
from xlplugin.workbook.builder.texts import text

_MARGIN, _BODY, _SMALL = 17.0, 9.0, 8.0  # millimetres; points
#: Of a picture: inches, and the scale of its type.
_PICTURE, _SCALE = (6.93, 2.95), 0.82
_FAMILY = "note"


class _Paper(FPDF):
    """Pages with the note's foot and their number."""

    def __init__(self, note: Note) -> None:
        super().__init__(format="A4")
        self._note = note

    def footer(self) -> None:
        self.set_y(-12)
        self.set_font(_FAMILY, "", 7)
        self.set_text_color(SECONDARY)
        number = text("note.page", self._note.language, n=self.page_no())
        self.cell(0, 4, f"{self._note.foot}  {number}", align="L")


def write(note: Note, path: Path) -> None:
    """Write the note to ``path``."""
    with contextlib.ExitStack() as after:
        logger = logging.getLogger("fontTools")  # says of some typefaces that they are old
        after.callback(logger.setLevel, logger.level)
        logger.setLevel(logging.ERROR)
        paper = _set_up(note)
        paper.add_page()
        _say(paper, note.title, 16, bold=True)
        _say(paper, note.subtitle, _BODY + 0.5, color=SECONDARY)
        paper.ln(1.5)
        for block in note.blocks:
            _block(paper, block)
        paper.output(str(path))


def _set_up(note: Note) -> _Paper:
    """Return the paper without a page: typefaces, margins, language and properties."""
    paper = _Paper(note)
    face = next(name for name in typefaces() if findfont(FontProperties(family=name)).endswith(".ttf"))
    for style, weight in (("", "normal"), ("B", "bold")):
        paper.add_font(_FAMILY, style, findfont(FontProperties(family=face, weight=weight)))
        paper.add_font("gaps", style, findfont(FontProperties(family=typefaces()[-1], weight=weight)))
    paper.set_fallback_fonts(["gaps"])
    paper.set_margins(_MARGIN, 15, _MARGIN)
    paper.set_auto_page_break(True, 15)
    paper.set_lang(note.language)
    paper.set_title(note.title)
    paper.set_subject(note.subtitle)
    paper.set_author("xlplugin")
    paper.set_creator("xlplugin")
    return paper


def _say(
    paper: FPDF, words: str, size: float, *, bold: bool = False, color: str = INK, **layout: Any
) -> None:
    paper.set_font(_FAMILY, "B" if bold else "", size)
    paper.set_text_color(color)
    paper.multi_cell(0, size * 0.46, words, align="L", new_x="LMARGIN", new_y="NEXT", **layout)


def _block(paper: FPDF, block: Block) -> None:
    if isinstance(block, Heading):
        _heading(paper, block.words)
    elif isinstance(block, Paragraph):
        _say(paper, block.words, 10 if block.strong else _BODY, bold=block.strong)
        paper.ln(1)
    elif isinstance(block, Points):
        _points(paper, block)
    elif isinstance(block, Table):
        _table(paper, block)
    else:
        _picture(paper, block)


def _heading(paper: FPDF, words: str) -> None:
    if paper.will_page_break(16):
        paper.add_page()
    paper.ln(1.5)
    _say(paper, words, 11, bold=True)
    paper.set_draw_color(RULE)
    paper.line(_MARGIN, paper.get_y() + 0.4, paper.w - _MARGIN, paper.get_y() + 0.4)
    paper.ln(1.6)


def _points(paper: FPDF, block: Points) -> None:
    size = _SMALL if block.small else _BODY
    tall = size * 0.46
    for point in block.points:
        paper.set_text_color(SECONDARY if block.small else INK)
        paper.set_font(_FAMILY, "", size)
        paper.set_x(_MARGIN)
        paper.cell(3.2, tall, "•")
        paper.set_left_margin(_MARGIN + 3.2)
        if point.about:
            paper.set_font(_FAMILY, "B", size)
            paper.write(tall, f"{point.about}: ")
            paper.set_font(_FAMILY, "", size)
        paper.write(tall, point.words, point.address)
        paper.set_left_margin(_MARGIN)
        paper.ln(tall + 0.5)
    paper.ln(0.6)


def _table(paper: FPDF, block: Table) -> None:
    paper.set_font(_FAMILY, "", _BODY)
    paper.set_text_color(INK)
    paper.set_draw_color(RULE)
    widths = _widths(paper, block)
    bold = FontFace(emphasis=TextEmphasis.B)
    grey = FontFace(emphasis=TextEmphasis.B, color=SECONDARY)
    with paper.table(
        borders_layout=TableBordersLayout.HORIZONTAL_LINES, col_widths=widths, line_height=_BODY * 0.44,
        text_align=("LEFT", *["RIGHT"] * (len(block.heads) - 1)), headings_style=bold, padding=(0.6, 0.8),
    ) as table:  # fmt: skip
        table.row(block.heads)
        for row in block.rows:
            if isinstance(row, Group):
                table.row().cell(row.words, colspan=len(block.heads), style=grey, align="LEFT")
            else:
                table.row(row)
    paper.ln(2)


def _widths(paper: FPDF, block: Table) -> tuple[float, ...]:
    """Return columns as wide as their longest word needs, what is left shared by what they hold."""
    rows = [row for row in block.rows if not isinstance(row, Group)]
    wanted = [
        max(paper.get_string_width(row[k]) for row in [block.heads, *rows]) + 6
        for k in range(len(block.heads))
    ]
    most = paper.epw / len(wanted) * 1.35
    return tuple(min(width, most) for width in wanted)


def _picture(paper: FPDF, block: Picture) -> None:
    buffer = io.BytesIO()
    write_picture(block.plot, buffer, "png", _PICTURE, _SCALE, inset=True)
    tall = paper.epw * _PICTURE[1] / _PICTURE[0]
    if paper.will_page_break(tall + 2):
        paper.add_page()
    paper.image(buffer, x=_MARGIN, w=paper.epw, alt_text=block.alternative)
    paper.ln(2)
