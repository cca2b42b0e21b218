"""The sections of a note, in their order, from the same figures as compare, bridge, ranges and article."""

from __future__ import annotations

from collections.abc import Sequence

from xlplugin.analysis.export.compared import company_and_year, decided_by_market
from xlplugin.analysis.export.plots import measure_in_words
from xlplugin.analysis.export.wording import (
    day,
    listed,
    minus,
    said,
    scenario_in_words,
    scenario_name,
    who,
)
from xlplugin.analysis.notes.cases import MOST_TOLD, Case, Row
from xlplugin.analysis.notes.causes import bridges, pictures
from xlplugin.analysis.notes.caveats import caveats, sources
from xlplugin.analysis.notes.content import Block, Group, Heading, Note, Paragraph, Point, Points, Table
from xlplugin.analysis.notes.moves import mark_notes, marks, moves_of, sentence
from xlplugin.data.subjects import BASE_LINES
from xlplugin.model.formats import is_change
from xlplugin.model.version import __version__
from xlplugin.workbook.builder.texts import text


def note_of(case: Case) -> Note:
    """Return the note: question, answer, table, pictures, causes, sell-off, caveats, sources."""
    language, abouts = case.language, list(case.abouts.values())
    blocks: list[Block] = [
        Paragraph(_question(case)),
        Paragraph(_answer(case), strong=True),
        _table(case),
        *pictures(case),
        *bridges(case),
        *_sell_off(case),
        Heading(case.text("heading.caveats")),
        Points([Point("", words) for words in caveats(case)], small=True),
        Heading(case.text("heading.sources")),
        Points(sources(case), small=True),
    ]
    if case.again:
        blocks.append(Paragraph(case.text("again", command=case.again)))
    about = who(abouts[0], language) if case.alone and abouts else case.text("subject.many", n=len(case.rows))
    scenario = scenario_in_words(abouts, language, case.shared.get("levers")) or _unapplied(case)
    foot = case.text("foot", version=__version__, date=day(language))
    return Note(case.text("title"), f"{about}. {scenario}".strip(), blocks, foot, language)


def _unapplied(case: Case) -> str:
    """Return the name of a scenario that applies to none of the companies."""
    name = scenario_name(case.shared.get("scenario") or "", case.shared["dataset"], case.language)
    return case.text("scenario", name=name)


def _question(case: Case) -> str:
    names = listed([row["company"] for row in case.rows], case.language)
    return case.text("question", measure=case.named(case.measure.removesuffix("_change")), companies=names)


def _answer(case: Case) -> str:
    """Return what a reader in a hurry takes along: of one company its figures, of several who gains most."""
    if case.alone:
        return _answer_of_one(case, case.rows[0])
    ranked = [row for row in case.known if row["group"] == "companies"]
    parts = [f"{row['company']}: {case.value(row)}{_around(row, case)}." for row in ranked]
    if len(ranked) > 1 and all(row["measure"] == case.measure for row in ranked):
        best, worst = (f"{row['company']} ({case.value(row)})" for row in (ranked[0], ranked[-1]))
        up, down = (sum(row["verdict"] == word for row in ranked) for word in ("gains", "loses"))
        key = {up: "all_gain", down: "all_lose"}.get(len(ranked), "many")
        places = {"n": len(ranked), "up": up, "down": down, "best": best, "worst": worst}
        parts = [case.text(f"answer.{key}", **places)]
    for group in ("undetermined", "general", "labs"):
        if names := case.group(group):
            parts.append(case.text(f"unranked.{group}", companies=listed(names, case.language)))
    known = [row["company"] for row in case.known]
    if without := [row["company"] for row in case.rows if row["company"] not in known]:
        parts.append(case.text("answer.none", companies=listed(without, case.language)))
    return " ".join(parts)


def _answer_of_one(case: Case, row: Row) -> str:
    if not case.known:
        return case.text("answer.none", companies=row["company"])
    about = case.abouts[row["company"]]
    words = f"{who(about, case.language)}: {case.moved(row)}{_around(row, case)}."
    if row["group"] != "companies":
        words += " " + case.text(f"unranked.{row['group']}", companies=row["company"])
    return words


def _around(row: Row, case: Case) -> str:
    """Return a row's range in words, a comma before it."""
    low, high = case.span(row)
    if not low:
        return ""
    key = "around.market" if decided_by_market(row) else "around"
    unit = case.value(row).rpartition(" ")[2] if row["measure"].endswith("margin_change") else ""
    return ", " + case.text(key, low=low, high=f"{high} {unit}".strip())


def _table(case: Case) -> Table:
    """Return the comparison as a table: base, change, range, and the part that development has in it."""
    base = BASE_LINES.get(case.measure.removesuffix("_change"), "") if is_change(case.measure) else ""
    rows: list[Sequence[str] | Group] = []
    block = "companies"
    for row in case.rows:
        if row["group"] != block:
            block = row["group"]
            rows.append(Group(case.text(f"group.{block}")))
        rows.append(_cells(row, base, case))
    heads = [case.text("head.company"), measure_in_words(case.measure, case.language)]
    if base:
        heads.insert(1, case.text("head.base"))
    return Table([*heads, case.text("head.range"), case.text("head.development")], rows)


def _cells(row: Row, base: str, case: Case) -> list[str]:
    language, currency, value = case.language, row["currency"] or "", case.value(row)
    about = case.abouts.get(row["company"])
    cells = [company_and_year(row, language)]
    if base:
        own = BASE_LINES.get(row["measure"].removesuffix("_change"), base)
        cells.append(said(about.value(own), own, language, currency) if about else "–")
    if row["measure"] != case.measure and row["value"] == row["value"]:
        value = f"{value} ({case.named(row['measure'])})"
    low, high = case.span(row)
    span = text("picture.span", language, low=low, high=high) if low else "–"
    saved = row["from_development"]
    development = said(saved, "operating_income_change", language, currency) if saved == saved else "–"
    return [*cells, value, span, development]


def _sell_off(case: Case) -> list[Block]:
    """Return what would have to be true for each share's move on 27 January 2025."""
    rows = moves_of(row["company"] for row in case.rows)
    heading = Heading(case.text("heading.sell_off"))
    if not rows:
        return [heading, Paragraph(case.text("sell_off.none"))]
    moved = list(dict.fromkeys(row["company"] for row in rows))
    without = [row["company"] for row in case.rows if row["company"] not in moved]
    left_out = moved[MOST_TOLD:]
    rows = [row for row in rows if row["company"] not in left_out]
    words = [case.text("sell_off.reading"), *mark_notes(rows, case.language)]
    if left_out:
        words.append(case.text("bridge.left_out", companies=listed(left_out, case.language)))
    if without:
        words.append(case.text("sell_off.without", companies=listed(without, case.language)))
    points = Points([Point(row["company"] + marks(row), minus(sentence(row, case.language))) for row in rows])
    return [heading, points, Paragraph(" ".join(words))]
