"""Companies: the figures that count, those of every fiscal year, and slots for the analyst's own."""

from __future__ import annotations

import math
from typing import Any

from xlplugin.data.records import Figures
from xlplugin.model.errors import InputError
from xlplugin.model.inputs import FINANCIALS, INPUTS, REFERENCES
from xlplugin.workbook.builder.blocks import Block, letter
from xlplugin.workbook.builder.build import FREE_COMPANIES, Build
from xlplugin.workbook.builder.cells import Text
from xlplugin.workbook.builder.draft import Draft
from xlplugin.workbook.builder.open_cells import (
    accept_blank,
    accept_new_name,
    accept_text,
    checked,
    flag_colour,
    inside,
)
from xlplugin.workbook.builder.sheet import FIRST_ROW, Sheet
from xlplugin.workbook.builder.styles import number_style
from xlplugin.workbook.builder.typed_words import NO, TO_ARTICLE, YEARS, is_one, plain_name, said
from xlplugin.workbook.sheets.companies.exposures import Sums, exposures
from xlplugin.workbook.sheets.companies.models import offer_models

__all__ = ["companies"]

#: Columns of both tables of figures; financials stand in the same columns in both.
NAME, TICKER, YEAR, ENDS, CURRENCY, CONFIDENCE, FLAG, MONEY = range(2, 10)
AFTER = MONEY + len(FINANCIALS)
_TECHNICAL = (
    "latest", "article", "asked", "wanted", "place", "article_place", "number", "status", "cost_shares",
    "revenue_shares", "fallback", "own_used", "other_year", "fault",
)  # fmt: skip
_NAMED = {
    "wanted": "xlp_year_wanted", "place": "xlp_place", "article_place": "xlp_article_place",
    "status": "xlp_company_status",
    "fallback": "xlp_fallback_count", "own_used": "xlp_own_count", "other_year": "xlp_other_year_count",
}  # fmt: skip

#: What may be wrong with a company, in the order that it is said; the last is that nothing is.
_FAULTS = (
    "duplicate", "name", "no_year", "wrong_value", "marginal_tax_rate", "shares_above_one", "ok",
)  # fmt: skip
#: Where figures come from stands to the right of all columns that only one of the tables has.
SOURCE = AFTER + len(REFERENCES) + len(_TECHNICAL)
_TIES = ("operating_income", "diluted_eps")


def companies(build: Draft) -> None:
    """Build the sheet."""
    sheet = build.sheet("companies")
    sheet.frame(MONEY + 1, freeze="C3", pages=(1, 4))
    sheet.widths(B=32, C=12, D=21, E=14, F=12, G=22, H=27)
    sheet.width_of(MONEY, SOURCE - MONEY, 14)
    sheet.width_of(AFTER + len(REFERENCES), 3, 21)
    sheet.width_of(SOURCE, 1, 80)
    text = build.text
    top = sheet.heading(FIRST_ROW, text("companies.heading.used"), AFTER + 1, text("companies.note.used")) + 1
    data_top = top + build.rows + 2
    bottom, data = _figures(sheet, data_top)
    shares = exposures(sheet, bottom + 1, top)
    _used(sheet, top, data, shares)
    sheet.print_to(max(sheet.cells), AFTER + 1)


def _columns(sheet: Sheet, row: int, words: dict[int, str]) -> None:
    left, right = min(words), max(words)
    for column in range(left, right + 1):
        align = "wrap_left" if column < FLAG else "wrap_right" if FLAG < column < SOURCE else "wrap_indent"
        sheet.put(row, column, words.get(column), f"header {align}")
    sheet.heights[row] = 42


def _heads(build: Build) -> dict[int, str]:
    text = build.text
    words = ("company", "ticker", "fiscal_year", "period_end", "currency", "confidence", "flag")
    return dict(enumerate((text(f"column.{word}") for word in words), NAME)) | {
        MONEY + i: build.label(name) for i, name in enumerate(FINANCIALS)
    }


# --- figures of every year ---


def _figures(sheet: Sheet, row: int) -> tuple[int, Block]:
    """Lay the figures of every fiscal year; return the next row and the rectangle of all rows."""
    build, text = sheet.build, sheet.build.text
    row = sheet.heading(row, text("companies.heading.figures"), AFTER + 1, text("sources.note.figures"))
    ties = {AFTER + i: text(f"companies.column.{name}") for i, name in enumerate(_TIES)}
    more = {AFTER + len(_TIES): text("companies.column.key")}
    more |= {SOURCE + i: text(f"column.{word}") for i, word in enumerate(("source", "note"))}
    _columns(sheet, row, _heads(build) | ties | more)
    top = row = row + 1
    sheet.put(row, NAME, text("companies.heading.slots"), "subheading")
    _slots(sheet, row + 1)
    row += 1 + FREE_COMPANIES
    for heading, labs in (("listed", False), ("labs", True)):
        names = [name for name in build.companies if build.dataset.is_lab(name) == labs]
        if names:
            sheet.put(row, NAME, text(f"companies.heading.{heading}"), "subheading")
            row += 1
        for name in names:
            for year in build.dataset.years(name):
                _year(sheet, row, build.dataset.figures[name, year])
                row += 1
    height = row - top
    for i, financial in enumerate((*FINANCIALS, *_TIES)):
        sheet.block(top, MONEY + i, height, 1, f"xlp_figures_{financial}")
    sheet.block(top, AFTER + len(_TIES), height, 1, "xlp_figures_key")
    return row + 1, sheet.block(top, NAME, height, AFTER - NAME)


def _slots(sheet: Sheet, top: int) -> None:
    build = sheet.build
    for i in range(FREE_COMPANIES):
        shown = f"INDEX(xlp_companies,{len(build.companies) + i + 1})"
        sheet.put(top + i, NAME, f'=IF({shown}="","",{shown})', "bold")
        year_key = f'=$B{top + i}&"|"&TRIM(${letter(YEAR)}{top + i})'
        sheet.put(top + i, AFTER + len(_TIES), year_key, "technical indent")
    for column, name in ((YEAR, "fiscal_year"), (ENDS, "period_end"), (CURRENCY, "currency")):
        block = sheet.block(top, column, FREE_COMPANIES, 1, f"xlp_in_company_{name}")
        sheet.blank(block, "input text")
        accept_text(sheet, block)
    offer_models(sheet, top, TICKER, AFTER + len(_TIES) + 1)
    for i, name in enumerate(FINANCIALS):
        block = sheet.block(top, MONEY + i, FREE_COMPANIES, 1, f"xlp_in_company_{name}")
        accept_blank(sheet, block, name, f"xlp_in_company_{name}")


def _year(sheet: Sheet, row: int, year: Figures) -> None:
    build = sheet.build
    texts = (year.company, year.ticker, build.translated(year.fiscal_year), year.period_end, year.currency,
             build.confidence(year))  # fmt: skip
    sheet.across(row, NAME, [value or None for value in texts])
    for i, name in enumerate(FINANCIALS):
        sheet.put(row, MONEY + i, _or_none(year.values[name]), number_style(name))
    sheet.put(row, AFTER, _or_none(year.operating_income), "money1")
    sheet.put(row, AFTER + 1, _or_none(year.diluted_eps), "eps")
    sheet.put(row, AFTER + len(_TIES), Text(f"{year.company}|{year.fiscal_year}"), "technical indent")
    told = [build.translated(words) or None for words in (year.source, year.note)]
    sheet.across(row, SOURCE, told, "note indent")


def _or_none(value: float) -> float | None:
    return None if math.isnan(value) else value


# --- figures that count ---


def _used(sheet: Sheet, top: int, data: Block, sums: dict[str, Sums]) -> None:
    build, text, rows = sheet.build, sheet.build.text, sheet.build.rows
    first = AFTER + len(REFERENCES)
    at = {name: letter(first + i) for i, name in enumerate(_TECHNICAL)}
    heads = _heads(build) | {YEAR: text("companies.column.year_used")}
    heads |= {AFTER + i: build.label(name) for i, name in enumerate(REFERENCES)}
    heads |= {first + i: text(f"companies.column.{name}") for i, name in enumerate(_TECHNICAL)}
    _columns(sheet, top - 1, heads)
    _names(sheet, top)
    for i, company in enumerate([*build.companies, *[None] * FREE_COMPANIES]):
        _years(sheet, top + i, first, company, i)
    for name, formula in _technical(build, at).items():
        block = sheet.block(top, first + _TECHNICAL.index(name), rows, 1, _NAMED.get(name))
        sheet.lay(block, formula, "integer right")
    for name, total in sums.items():
        column = first + _TECHNICAL.index(name)
        style = "percent" if name.endswith("shares") else "integer right"
        for i in range(rows):
            sheet.put(top + i, column, total(i), style)
        sheet.grey_errors(sheet.block(top, column, rows, 1, _NAMED.get(name)))
    for column, name in ((YEAR, "year_used"), (ENDS, "period_end"), (CURRENCY, "currency"), (CONFIDENCE, "")):
        block = sheet.block(top, column, rows, 1, f"xlp_{name}" if name else None)
        value = f"INDEX({_column(data, column)},${at['place']}{{row}})"
        sheet.lay(block, f'=IF({value}="","",{value})', "body")
    flag = sheet.block(top, FLAG, rows, 1, "xlp_company_flag")
    sheet.fill(flag, _flag(build, at), "note indent")
    flag_colour(sheet, flag)
    for i, name in enumerate((*FINANCIALS, *REFERENCES)):
        block = sheet.block(top, MONEY + i, rows, 1, f"xlp_used_{name}")
        sheet.lay(block, f"={_value(name, data, at, MONEY + i)}", number_style(name))


def _column(data: Block, column: int) -> str:
    return f"${letter(column)}${data.top}:${letter(column)}${data.bottom}"


def _names(sheet: Sheet, top: int) -> None:
    build = sheet.build
    sheet.block(top, NAME, build.rows, 1, "xlp_companies")
    for i, company in enumerate(build.companies):
        lab = build.text("companies.lab") if build.dataset.is_lab(company) else None
        tickers = [build.dataset.figures[company, year].ticker for year in build.dataset.years(company)]
        sheet.across(top + i, NAME, [company, lab or tickers[-1] or None], "bold" if not lab else "secondary")
    slots = sheet.block(top + len(build.companies), NAME, FREE_COMPANIES, 1)
    sheet.blank(slots, "input text")
    accept_new_name(sheet, slots, "xlp_companies")


def _years(sheet: Sheet, row: int, first: int, company: str | None, i: int) -> None:
    dataset = sheet.build.dataset
    latest: Any
    if company is None:
        slot = i - len(sheet.build.companies) + 1
        typed = f"INDEX(xlp_in_company_fiscal_year,{slot})"
        latest = article = f'=IF({typed}="","",TRIM({typed}))'
    else:
        latest = dataset.year(company)
        try:
            article = dataset.year(company, "article")
        except InputError:
            article = sheet.build.text("checks.none")
    sheet.across(row, first, [latest, article], "right")
    sheet.put(row, first + _TECHNICAL.index("number"), i + 1, "integer")


def _technical(build: Build, at: dict[str, str]) -> dict[str, str]:
    plain = plain_name("$B{row}", f"${at['number']}{{row}}<={len(build.companies)}")
    own = f"INDEX(xlp_in_fiscal_year,${at['number']}{{row}})"
    latest, article = f"${at['latest']}{{row}}", f"${at['article']}{{row}}"
    moment = f'IF({is_one("xlp_in_as_of", *TO_ARTICLE)},"{said(*YEARS)[0]}",NA())'
    switch = f'IF({is_one("xlp_in_as_of", *NO, or_blank=True)},"",{moment})'
    asked = f"${at['asked']}{{row}}"
    other = f"IF({is_one(asked, *YEARS)},{article},{asked})"
    year, place = f"${at['wanted']}{{row}}", f"${at['place']}{{row}}"

    def row_of(wanted: str) -> str:
        first, other = (f'MATCH($B{{row}}&"{sign}"&{wanted},xlp_figures_key,0)' for sign in ("|", "|FY"))
        return f'=IF($B{{row}}="",NA(),IFERROR({first},{other}))'

    once = f'AND({plain},COUNTIF(xlp_companies,"="&$B{{row}})=1)'
    named = f"IF(ISTEXT($B{{row}}),{once},FALSE)"
    key = f"INDEX(xlp_figures_key,{place})"
    exact = f'OR({key}=$B{{row}}&"|"&{year},{key}=$B{{row}}&"|FY"&{year})'  # MATCH alone would take * and ?
    return {
        "asked": f'=IFERROR(IF(TRIM({own})="",{switch},TRIM({own})),NA())',
        "wanted": f'=IFERROR(IF({asked}="",{latest},{other}),NA())',
        "place": row_of(year),
        "article_place": row_of(article),
        "status": f"=IFERROR(IF(AND({named},{exact}),1,NA()),NA())",
        "fault": _fault(at, plain),
    }


def _fault(at: dict[str, str], plain: str) -> str:
    """Return the formula of the place, among :data:`_FAULTS`, of what is wrong with a company.

    ``plain`` is the condition that its name has no unseen blank.
    """
    number = {fault: str(i) for i, fault in enumerate(_FAULTS, 1)}
    shares = [f"${at[name]}{{row}}" for name in ("cost_shares", "revenue_shares")]
    above = f"OR({','.join(f'{share}>1+xlp_rounding' for share in shares)})"
    rates = ("income_tax_rate", "marginal_tax_rate")
    effective, marginal = (letter(MONEY + FINANCIALS.index(rate)) for rate in rates)
    said = number["ok"]
    for fault, found in (
        ("shares_above_one", above),
        ("marginal_tax_rate", f"AND(ISNUMBER({effective}{{row}}),ISERROR({marginal}{{row}}))"),
        ("wrong_value", f"ISERROR({'+'.join(shares)})"),
        ("no_year", f"ISERROR(${at['status']}{{row}})"),
        ("name", f"NOT(AND(ISTEXT($B{{row}}),{plain}))"),
        ("duplicate", 'COUNTIF(xlp_companies,"="&$B{row})>1'),
    ):
        said = f"IF({found},{number[fault]},{said})"
    return f"={said}"


def _flag(build: Build, at: dict[str, str]) -> str:
    words = ",".join(build.quoted(f"flag.{fault}") for fault in _FAULTS)
    told = f"CHOOSE(${at['fault']}{{row}},{words})"
    return f'=IFERROR(IF($B{{row}}="","",{told}),{build.quoted("flag.wrong_type")})'


def _value(name: str, data: Block, at: dict[str, str], column: int) -> str:
    if name in REFERENCES:
        return checked(f"INDEX(xlp_in_{name},${at['number']}{{row}})", name, "NA()")
    effective = f"{letter(MONEY + FINANCIALS.index('income_tax_rate'))}{{row}}"
    rate = f"IF({inside(effective, INPUTS['marginal_tax_rate'])},{effective},NA())"
    blank = {"marginal_tax_rate": rate, "one_off_net_income": "0"}
    return checked(f"INDEX({_column(data, column)},${at['place']}{{row}})", name, blank.get(name, "NA()"))
