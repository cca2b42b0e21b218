"""A note as one HTML page: no outside resources, light and dark, for a telephone, a desk and paper."""

from __future__ import annotations

import io
import re
from functools import cache
from html import escape
from importlib.resources import files
from pathlib import Path

from xlplugin.analysis.export.drawing.page import ACCENT, CAUTION, GAIN, GREY, INK, LOSS, RULE, SECONDARY
from xlplugin.analysis.export.pictures import write_picture
from xlplugin.analysis.export.plots import Plot
from xlplugin.analysis.notes.content import Block, Group, Heading, Note, Paragraph, Picture, Points, Table

#: Class of a picture -> its size in inches and the scale of its type there.
_PICTURES = {"wide": ((9.0, 4.3), 0.95), "narrow": ((4.3, 5.6), 0.92)}

_COLORS = {
    INK: "ink", SECONDARY: "secondary", RULE: "rule", GREY: "grey", ACCENT: "accent", GAIN: "gain",
    LOSS: "loss", CAUTION: "caution", "#FFFFFF": "paper",
}  # fmt: skip


def write(note: Note, path: Path) -> None:
    """Write the note to ``path``."""
    path.write_text(page_of(note), encoding="utf-8", newline="\n")


def page_of(note: Note) -> str:
    """Return the page."""
    body = "\n".join(_block(block, number) for number, block in enumerate(note.blocks))
    return f"""<!DOCTYPE html>
<html lang="{note.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{escape(note.title)}: {escape(note.subtitle.partition(".")[0])}</title>
<style>
{_style()}</style>
</head>
<body>
<main>
<h1>{escape(note.title)}</h1>
<p class="subtitle">{escape(note.subtitle)}</p>
{body}
<footer>{escape(note.foot)}</footer>
</main>
</body>
</html>
"""


def _block(block: Block, number: int) -> str:
    if isinstance(block, Heading):
        return f"<h2>{escape(block.words)}</h2>"
    if isinstance(block, Paragraph):
        return f"<p{_class('strong', block.strong)}>{escape(block.words)}</p>"
    if isinstance(block, Points):
        return _points(block)
    if isinstance(block, Table):
        return _table(block)
    return _picture(block, number)


def _points(block: Points) -> str:
    lines = []
    for point in block.points:
        words = escape(point.words)
        if point.address:
            words = f'<a href="{escape(point.address)}">{words}</a>'
        about = f"<b>{escape(point.about)}:</b> " if point.about else ""
        lines.append(f"<li>{about}{words}</li>")
    return f"<ul{_class('small', block.small)}>\n" + "\n".join(lines) + "\n</ul>"


def _class(name: str, wanted: bool) -> str:
    return f' class="{name}"' if wanted else ""


def _table(block: Table) -> str:
    heads = "".join(f'<th scope="col">{escape(head)}</th>' for head in block.heads)
    rows = []
    for row in block.rows:
        if isinstance(row, Group):
            rows.append(
                f'<tr><th scope="colgroup" colspan="{len(block.heads)}">{escape(row.words)}</th></tr>'
            )
            continue
        first, *others = (escape(cell) for cell in row)
        cells = zip(block.heads[1:], others, strict=True)
        figures = "".join(f'<td data-head="{escape(head)}">{cell}</td>' for head, cell in cells)
        rows.append(f"<tr><td>{first}</td>{figures}</tr>")
    body = "\n".join(rows)
    head = f"<thead><tr>{heads}</tr></thead>"
    return f'<div class="scroll"><table>\n{head}\n<tbody>\n{body}\n</tbody>\n</table></div>'


def _picture(block: Picture, number: int) -> str:
    drawn = "\n".join(
        f'<div class="{name}">{_inline(block.plot, size, scale, f"{name}{number}-", block.alternative)}</div>'
        for name, (size, scale) in _PICTURES.items()
    )
    return f"<figure>\n{drawn}\n</figure>"


def _inline(plot: Plot, size: tuple[float, float], scale: float, prefix: str, alternative: str) -> str:
    """Return an SVG as it stands within a page: names of its own, the page's colours, no outside address."""
    buffer = io.StringIO()
    write_picture(plot, buffer, "svg", size, scale, inset=True)
    drawing = buffer.getvalue()
    drawing = drawing[drawing.index("<svg") :]
    drawing = re.sub(r"<metadata>.*?</metadata>|<style[^>]*>.*?</style>|<!--.*?-->", "", drawing, flags=re.S)
    drawing = re.sub(r'(\bid="|url\(#|xlink:href="#)', lambda found: found[1] + prefix, drawing)
    for color, name in _COLORS.items():
        drawing = re.sub(rf"{color}\b", f"var(--{name})", drawing, flags=re.I)
    head = re.match(r"<svg[^>]*>", drawing)
    assert head is not None
    view = re.search(r'viewBox="[^"]*"', head[0])
    assert view is not None
    opened = f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" {view[0]}'
    opened += f' role="img" aria-label="{escape(alternative)}">'
    return re.sub(r"\n\s*", "\n", opened + drawing[head.end() :]).strip()


@cache
def _style() -> str:
    return files("xlplugin").joinpath("analysis", "notes", "page.css").read_text(encoding="utf-8")
