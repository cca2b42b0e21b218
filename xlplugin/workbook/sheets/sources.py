"""Sources: the document and confidence of every figure, the basis of every assumption, the article."""

from __future__ import annotations

from collections.abc import Sequence

from xlplugin.data.records import ANY_COMPANY, BUSINESS_MODELS, Assumption
from xlplugin.model.inputs import EXPOSURES, LEVERS
from xlplugin.workbook.builder.build import Build
from xlplugin.workbook.builder.cells import Text, Value
from xlplugin.workbook.builder.draft import Draft
from xlplugin.workbook.builder.sheet import FIRST_ROW, Sheet
from xlplugin.workbook.builder.styles import assumption_style
from xlplugin.workbook.builder.texts import LONGEST_LITERAL, keys, literal
from xlplugin.workbook.sheets.about import wrapped

__all__ = ["sources"]

#: Columns: a name; two texts that break; three small ones; how sure.
NAME, TEXT, MORE, FIRST, SECOND, THIRD, SURE = range(2, 9)
_WIDTHS = {NAME: 40, TEXT: 50, MORE: 50, FIRST: 13, SURE: 20}
_SMALL = 15


def sources(build: Draft) -> None:
    """Build the sheet."""
    sheet = build.sheet("sources")
    sheet.frame(THIRD)
    sheet.widths(
        B=_WIDTHS[NAME], C=_WIDTHS[TEXT], D=_WIDTHS[MORE], E=_WIDTHS[FIRST], F=_SMALL, G=10, H=_WIDTHS[SURE]
    )
    row = _article(sheet, FIRST_ROW)
    row = _figures(sheet, row + 1)
    row = _evidence(sheet, row + 1)
    row = _assumptions(sheet, row + 1)
    _scenarios(sheet, row + 1)


def _heads(sheet: Sheet, row: int, words: dict[int, str]) -> int:
    for column in range(NAME, SURE + 1):
        align = "wrap_right" if FIRST <= column <= THIRD else "left" if column == NAME else "indent"
        sheet.put(row, column, words.get(column), f"header {align}")
    if len(words.get(SECOND) or "") > _SMALL:
        sheet.heights[row] = 28
    return row + 1


def _text(
    sheet: Sheet, row: int, column: int, words: str | None, style: str = "note", align: str = ""
) -> None:
    """Write a text that breaks, and make its row high enough."""
    align = align or ("wrap_center" if column == NAME else "wrap_middle")
    sheet.put(row, column, words or None, f"{style} {align}")
    width = _WIDTHS[column] * (1.08 if style == "note" else 0.95)
    sheet.heights[row] = max(sheet.heights.get(row, 15.75), wrapped(words or "", width))


def _link(sheet: Sheet, row: int, address: str, source: str, year: str) -> None:
    """Make the document's name a link to the filing, or the year where a formula cannot hold the name."""
    column, words = (TEXT, source) if len(source) <= LONGEST_LITERAL else (FIRST, year)
    align = "wrap_middle" if column == TEXT else "wrap_end"
    sheet.put(row, column, f"=HYPERLINK({literal(address)},{literal(words)})", f"link {align}")


# --- the article ---


def _article(sheet: Sheet, row: int) -> int:
    text = sheet.build.text
    row = sheet.heading(row, text("sources.heading.article"), SURE, text("article.note"))
    heads = {NAME: text("column.claim"), TEXT: text("column.answer"), MORE: text("column.care")}
    row = _heads(sheet, row, heads)
    for number in sorted({int(key.split(".")[1]) for key in keys("article.") if key != "article.note"}):
        claim, answer, care = (text(f"article.{number}.{part}") for part in ("claim", "answer", "care"))
        _text(sheet, row, NAME, claim, "body")
        _text(sheet, row, TEXT, answer, "body")
        _text(sheet, row, MORE, None if care == "-" else care)
        row += 1
    return row


# --- figures ---


def _figures(sheet: Sheet, row: int) -> int:
    build, text = sheet.build, sheet.build.text
    row = sheet.heading(row, text("sources.heading.figures"), SURE, text("sources.note.figures"))
    words = ("company", "document", "note", "fiscal_year", "period_end", "currency", "confidence")
    row = _heads(sheet, row, dict(enumerate((text(f"column.{word}") for word in words), NAME)))
    for company in build.companies:
        for year in build.dataset.years(company):
            figures = build.dataset.figures[company, year]
            sheet.put(row, NAME, company, "body")
            period = [figures.period_end or None, figures.currency or None]
            sheet.across(row, SECOND, period, "secondary right")
            _text(sheet, row, FIRST, build.translated(year), "secondary", "wrap_end")
            _text(sheet, row, SURE, build.confidence(figures), "body")
            _text(sheet, row, TEXT, build.translated(figures.source))
            if figures.filing:
                _link(sheet, row, figures.filing, build.translated(figures.source), build.translated(year))
            _text(sheet, row, MORE, build.translated(figures.note))
            row += 1
    return row


def _evidence(sheet: Sheet, row: int) -> int:
    """Notes on single figures; those on a company that the workbook lacks are left out."""
    build, text = sheet.build, sheet.build.text
    names = {"salesforce": "Salesforce", "openai": "OpenAI", "deepseek": "DeepSeek"}
    row = sheet.heading(row, text("sources.heading.links"), SURE)
    for key in ("read_filing", "salesforce", "openai", "deepseek", "stanford"):
        if names.get(key, build.companies[0]) in build.companies:
            sheet.put(row, NAME, text(f"sources.note.{key}"), "body")
            row += 1
    return row


# --- assumptions and scenarios ---


def _assumptions(sheet: Sheet, row: int) -> int:
    build, text = sheet.build, sheet.build.text
    row = sheet.heading(row, text("sources.heading.assumptions"), SURE, text("sources.note.assumptions"))
    words = {NAME: "company", TEXT: "note", FIRST: "low", SECOND: "base", THIRD: "high", SURE: "basis"}
    row = _heads(sheet, row, {column: text(f"column.{word}") for column, word in words.items()})
    for name in (*EXPOSURES, *LEVERS):
        models = {holder for one in build.companies for holder in build.dataset.fallback_holders(one)}
        holders = (*sorted(models), *build.companies)
        found = [(one, build.dataset.assumptions.get((one, name))) for one in holders]
        rows = [(company, assumption) for company, assumption in found if assumption]
        if not rows:  # development follows running cost where it is blank
            continue
        sheet.put(row, NAME, build.label(name), "subheading")
        sheet.put(row, TEXT, build.meaning(name), "note indent")
        row += 1
        for company, assumption in rows:
            _assumption(sheet, row, _holder(build, company), assumption, assumption_style(name))
            row += 1
    return row


def _holder(build: Build, company: str) -> str:
    """Who an assumption is of: a company, all that have none of their own, or those of a business model."""
    if company == ANY_COMPANY:
        return build.text("companies.general")
    model = company.removeprefix(ANY_COMPANY)
    if company.startswith(ANY_COMPANY) and model in BUSINESS_MODELS:
        return f"{build.label(f'business_model:{model}')} ({ANY_COMPANY})"
    return build.translated(company)


def _assumption(sheet: Sheet, row: int, who: str, assumption: Assumption, style: str) -> None:
    build = sheet.build
    values: Sequence[Value] = [assumption.low, assumption.base, assumption.high]
    sheet.put(row, NAME, who, "body indent")
    sheet.across(row, FIRST, values, f"{style} right")
    year = assumption.fiscal_year
    basis = build.label(f"basis:{assumption.basis}")
    _text(sheet, row, SURE, Text(f"{basis}, {build.translated(year)}" if year else basis), "body")
    _text(sheet, row, TEXT, build.translated(assumption.note))


def _scenarios(sheet: Sheet, row: int) -> int:
    build, text = sheet.build, sheet.build.text
    row = sheet.heading(row, text("sources.heading.scenarios"), SURE)
    heads = {NAME: text("column.scenario"), TEXT: text("column.what"), MORE: text("column.note")}
    row = _heads(sheet, row, heads)
    for scenario in build.scenarios:
        sheet.put(row, NAME, scenario.name, "body")
        _text(sheet, row, TEXT, build.scenario_label(scenario), "body")
        _text(sheet, row, MORE, build.translated(scenario.note))
        row += 1
    return row
