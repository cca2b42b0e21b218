"""About: purpose, use, contents, colour key, version, honest reading, what is not modelled."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from xlplugin.model.version import __released__, __version__
from xlplugin.workbook.builder.blocks import quoted
from xlplugin.workbook.builder.cells import Value
from xlplugin.workbook.builder.draft import Draft
from xlplugin.workbook.builder.sheet import FIRST_ROW, Sheet
from xlplugin.workbook.builder.texts import keys, literal
from xlplugin.workbook.package import data_version, fingerprint

#: Labels, texts, and a column at whose end the master check stands.
LABEL, TEXT, END = 2, 3, 4
_WIDTH = 126

#: Sheets in reading order, for the contents.
CONTENTS = (
    "overview", "inputs", "companies", "results", "dashboard", "sensitivity", "path", "checks", "sources",
    "model", "workings", "outputs",
)  # fmt: skip

#: What the colour key shows: the text's key, an example, the example's style.
_KEY: tuple[tuple[str, Any, str], ...] = (
    ("input", 0.3, "sample percent"),
    ("formula", 0.2018, "percent right"),
    ("link", 0.2018, "link percent right"),
    ("gain", 13.4, "gain bp right"),
    ("loss", -7.2, "loss bp right"),
    ("caution", "flag.own", "caution right"),
    ("not_available", "=NA()", "unavailable right"),
)


def wrapped(words: str, width: float, style: str = "") -> float:
    """Return the height of a row whose text breaks in a column of ``width`` characters."""
    lines = -(-len(words) // max(1, int(width * 1.25)))
    return 15.75 if lines < 2 else 3 + 13 * lines


def about(build: Draft) -> None:
    """Build the sheet."""
    sheet = build.sheet("about")
    sheet.frame(END, pages=(1, 2))
    sheet.widths(B=34, C=_WIDTH, D=24)
    sheet.put(FIRST_ROW - 1, LABEL, build.text("disclaimer"), "bold")
    sheet.heights[FIRST_ROW - 1] = 20
    row = _lines(sheet, FIRST_ROW, "purpose")
    row = _numbered(sheet, row, "use")
    row = _contents(sheet, row)
    row = _colours(sheet, row)
    row = _lines(sheet, row, "reading", build.text("about.reading.note"))
    row = _lines(sheet, row, "missing")
    row = _lines(sheet, row, "units")
    row = _version(sheet, row)
    _changes(sheet, row)


def _heading(sheet: Sheet, row: int, key: str, note: str | None = None) -> int:
    return sheet.heading(row, sheet.build.text(f"about.{key}.heading"), END, note)


def _texts(sheet: Sheet, key: str) -> list[str]:
    numbered = (text_key for text_key in keys(f"about.{key}.") if text_key.rpartition(".")[2].isdigit())
    return [sheet.build.text(text_key) for text_key in numbered]


def _lines(sheet: Sheet, row: int, key: str, note: str | None = None) -> int:
    """Write paragraphs, each in a row of its own."""
    row = _heading(sheet, row, key, note)
    for words in _texts(sheet, key):
        sheet.put(row, TEXT, words, "wrap_center")
        sheet.heights[row] = wrapped(words, _WIDTH)
        row += 1
    return row + 1


def _numbered(sheet: Sheet, row: int, key: str) -> int:
    """Write steps, the sheet's name apart from what is done there."""
    row = _heading(sheet, row, key)
    for words in _texts(sheet, key):
        where, colon, what = words.partition(": ")
        sheet.put(row, LABEL, where if colon else None, "bold")
        what = what[:1].upper() + what[1:] if colon else words
        sheet.put(row, TEXT, what, "wrap_center")
        sheet.heights[row] = wrapped(what, _WIDTH)
        row += 1
    return row + 1


def _pairs(sheet: Sheet, row: int, key: str, pairs: Iterable[tuple[Value, str, Value]], style: str) -> int:
    """Write rows of something short with its style, and what it means."""
    row = _heading(sheet, row, key)
    for short, short_style, meaning in pairs:
        sheet.put(row, LABEL, short, short_style)
        sheet.put(row, TEXT, meaning, style)
        row += 1
    return row + 1


def _contents(sheet: Sheet, row: int) -> int:
    build = sheet.build

    def link(key: str) -> str:
        title = build.title(key)
        return f"=HYPERLINK({literal(f'#{quoted(title)}!A1')},{literal(title)})"

    keys = (*CONTENTS, *(("functions", "setup") if build.edition else ()))
    pairs = ((link(key), "link", build.text(f"question.{key}")) for key in keys)
    return _pairs(sheet, row, "contents", pairs, "body")


def _colours(sheet: Sheet, row: int) -> int:
    text = sheet.build.text
    pairs = (
        (text(example) if str(example).startswith("flag.") else example, style, text(f"about.key.{key}"))
        for key, example, style in _KEY
    )
    return _pairs(sheet, row, "key", pairs, "body indent")


def _version(sheet: Sheet, row: int) -> int:
    text = sheet.build.text
    values = {
        "version": __version__, "released": __released__, "data": data_version(sheet.build),
        "inputs": fingerprint(), "owner": text("about.version.owner_value"),
    }  # fmt: skip
    pairs = ((text(f"about.version.{key}"), "secondary", value or None) for key, value in values.items())
    return _pairs(sheet, row, "version", pairs, "body")


def _changes(sheet: Sheet, row: int) -> None:
    build = sheet.build
    row = _heading(sheet, row, "changes")
    sheet.put(row, LABEL, f"{__version__}, {__released__}", "secondary")
    sheet.put(row, TEXT, build.text("about.changes.first"), "body")
