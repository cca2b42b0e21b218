"""What Overview says in words: its two sentences, its marks, three caveats, its sources."""

from __future__ import annotations

from xlplugin.model.version import __version__
from xlplugin.workbook.builder.build import FREE_SCENARIOS
from xlplugin.workbook.builder.pieces import Pieces
from xlplugin.workbook.builder.sheet import Sheet
from xlplugin.workbook.builder.words import sentence
from xlplugin.workbook.package import data_version
from xlplugin.workbook.sheets.overview.places import ENTRY, MOST, NAME, SENTENCE, TOP

__all__ = ["lay_sentence", "notes", "sentences"]


def sentences(sheet: Sheet) -> None:
    """Lay what your case comes to, and who is left out or has an entry of its own."""
    build = sheet.build
    sheet.put(SENTENCE, NAME, "=xlp_overview_said", "sentence")
    own = sentence(build, "overview.sentence.own", companies="xlp_overview_all_own")
    left = sentence(build, "overview.sentence.left", companies="xlp_overview_all_left")
    levers = sentence(build, "overview.sentence.levers", n='TEXT(xlp_your_lever_count,"0")')
    parts = [
        f'IF(xlp_overview_all_own="","",{own}&" ")',
        f'IF(xlp_your_lever_count=0,"",{levers}&" ")',
        f'IF(xlp_overview_all_left="","",{left})',
    ]
    sheet.put(SENTENCE + 1, NAME, "=" + "&".join(parts), "note")
    sheet.heights |= {3: 6, SENTENCE: 18, SENTENCE + 1: 15}
    sheet.put(
        TOP + build.rows, NAME, f"={build.quoted('overview.note.range')}&xlp_overview_said_draws", "note"
    )
    sheet.heights[TOP + build.rows] = 14.25


def lay_sentence(sheet: Sheet, row: int) -> int:
    """Lay what your case comes to as ``xlp_overview_said``, and its pieces; return the next row."""
    build = sheet.build
    pieces = Pieces(sheet, row, NAME, ENTRY)
    label = build.text("overview.behind.said")
    number = {name: pieces.words(label, f'TEXT(xlp_overview_{name},"0")') for name in ("count", "up", "down")}
    told = {name: build.names[f"xlp_overview_{name}"].near_absolute() for name in
            ("size", "direction", "mark", "best", "best_change", "worst", "worst_change")}  # fmt: skip
    said = pieces.said(label, "overview.sentence", **number, **told)
    one = pieces.said(label, "overview.sentence.one", **told)
    none = pieces.words(label, build.quoted("overview.sentence.none"))
    told_of = f"IF(xlp_overview_count=1,{one},{said})"
    pieces.words(label, f"IFERROR(IF(xlp_overview_count=0,{none},{told_of}),{none})", "xlp_overview_said")
    invalid = sentence(build, "overview.invalid", n='TEXT(xlp_overview_invalid_draws,"0")')
    pieces.words(label, f'""{_unseen(sheet)}', "xlp_overview_said_unseen")
    draws = f'IF(xlp_overview_invalid_draws>0," "&{invalid},"")'
    pieces.words(label, draws, "xlp_overview_said_draws")
    return pieces.finish()


def notes(sheet: Sheet, row: int) -> int:
    """Lay marks, what the gain hangs on, caveats and sources; return the next row."""
    build, text = sheet.build, sheet.build.text
    lost = sentence(build, "overview.lost", companies="xlp_overview_all_loss")
    none = build.quoted("overview.lost.none")
    lines = [
        (f"={build.quoted('overview.note.marks')}&xlp_overview_said_unseen", "note"),
        (f'=IF(xlp_overview_all_loss="",{none},{lost})', "body"),
        *((text(f"overview.caveat.{n}"), "body") for n in (1, 2, 3)),
        (text("overview.source", date=data_version(build), version=__version__), "note"),
    ]
    for words, style in lines:
        sheet.put(row, NAME, words, style)
        sheet.heights[row] = 14.25
        row += 1
    return row


def _unseen(sheet: Sheet) -> str:
    """Return Excel text, to be joined, that the page shows the first companies or scenarios alone."""
    build, said = sheet.build, ""
    if build.rows > MOST:
        said += '&" "&' + build.quoted(
            "overview.cut.companies", n=MOST, last=TOP + build.rows - 1, first=TOP + MOST
        )
    more = range(MOST + 2, build.columns + 1)
    if len(more) > FREE_SCENARIOS:
        said += '&" "&' + build.quoted("overview.cut.scenarios", n=MOST)
    elif more:  # free slots alone: said once one of them is used
        named = ",".join(f'INDEX(xlp_scenarios,1,{j})<>""' for j in more)
        said += f'&IF(OR({named})," "&{build.quoted("overview.cut.scenarios", n=MOST)},"")'
    return said
