"""What every table of Results has: companies down, labs apart, scenarios across, figures looked up."""

from __future__ import annotations

from xlplugin.workbook.builder.blocks import Block, letter
from xlplugin.workbook.builder.build import FREE_COMPANIES, Build
from xlplugin.workbook.builder.look import GAIN, LOSS
from xlplugin.workbook.builder.sheet import Sheet
from xlplugin.workbook.builder.styles import differential

#: Columns: company, its number, its year, base or reference; then one for each scenario.
NAME, NUMBER, YEAR, BASE, FIRST = range(2, 7)

#: The row with the numbers of the scenarios.
NUMBERS_ROW = 3

#: The own row's company and the own column's scenario, by number.
COMPANY, SCENARIO = f"${letter(NUMBER)}{{row}}", f"{{column}}${NUMBERS_ROW}"


def loses(company: str) -> str:
    """Return the condition that the company with this number loses money on the base."""
    return f"INDEX(xlp_results_loses,{company})=1"


#: Whether the own row's company does, and whether it is not certain which way it moves.
LOSES, TURNING = loses(COMPANY), f"INDEX(xlp_results_turning,{COMPANY})=1"


def at(name: str) -> str:
    """Return a block's value for the own row's company and the own column's scenario."""
    return f"INDEX({name},{COMPANY},{SCENARIO})"


def of_base(name: str) -> str:
    """Return a column's value for the own row's company."""
    return f"INDEX({name},{COMPANY})"


def or_in_money(build: Build, value: str, company: str = COMPANY) -> str:
    """Return a change of a margin, or that it is shown in money where the company loses money."""
    return f"IF({loses(company)},{build.quoted('results.in_money')},{value})"


def unless_free(value: str) -> str:
    """Return ``value``, blank where the own column's scenario is a free slot."""
    return f'IF(INDEX(xlp_scenarios,1,{SCENARIO})="","",{value})'


def coloured(sheet: Sheet, block: Block) -> None:
    """Colour what rises and what falls; the sign stands in the number."""
    cell = block.near()
    sheet.rule(block.area, f"AND(ISNUMBER({cell}),ROUND({cell},8)>0)", differential(GAIN))
    sheet.rule(block.area, f"AND(ISNUMBER({cell}),ROUND({cell},8)<0)", differential(LOSS))


def numbers_of(build: Build, prefix: str) -> list[int]:
    """Return the companies of a table's rows by number: listed and own ones, or those of ``labs_``."""
    count, listed = len(build.companies), build.listed
    if prefix:
        return list(range(listed + 1, count + 1))
    return [*range(1, listed + 1), *range(count + 1, count + FREE_COMPANIES + 1)]


class CompanyTable:
    """Rows of companies under one header: listed ones and the analyst's own, then the labs.

    A table of ``money`` names each company's currency behind its year.
    """

    def __init__(self, sheet: Sheet, row: int, money: bool = False) -> None:
        self.sheet, build = sheet, sheet.build
        self._money = money
        count, listed = len(build.companies), build.listed
        main, labs = numbers_of(build, ""), numbers_of(build, "labs_")
        #: Prefix of names, first row, numbers of the companies.
        self.parts: list[tuple[str, int, list[int]]] = [("", row, main)]
        row += len(main)
        if listed < count:
            sheet.put(row, NAME, build.text("companies.heading.labs"), "subheading")
            self.parts.append(("labs_", row + 1, labs))
            row += 1 + count - listed
        self.next = row
        for _, top, numbers in self.parts:
            for company_row, number in enumerate(numbers, top):
                self._company(company_row, number, free=number > count)
            sheet.grey_errors(sheet.block(top, YEAR, len(numbers), 1))

    def _company(self, row: int, number: int, free: bool) -> None:
        """Write number, name and year; a slot that is not used shows no figures."""
        at_number, year = f"$C{row}", f"INDEX(xlp_year_used,$C{row})"
        if self._money:
            currency = f"INDEX(xlp_currency,$C{row})"
            year = f'{year}&IF({currency}="","",", "&{currency})'
        shown = f'=IF(INDEX(xlp_companies,{number})="","",{number})' if free else number
        name = f"=INDEX(xlp_company_names,{number if free else at_number})"
        self.sheet.put(row, NUMBER, shown, "technical right")
        self.sheet.put(row, NAME, name, "secondary" if free else "link")
        year = f'IF({at_number}="","",{year})' if free else year
        self.sheet.put(row, YEAR, f"={year}", "secondary")

    def column(
        self, left: int, value: str, style: str, name: str = "", color: bool = False, width: int = 1
    ) -> None:
        """Fill ``width`` columns from ``left`` with ``value``, blank where the company is a free slot.

        ``name`` defines ``xlp_results_<name>`` for the companies, ``xlp_results_labs_<name>`` for labs.
        """
        for prefix, top, numbers in self.parts:
            title = f"xlp_results_{prefix}{name}" if name else None
            block = self.sheet.block(top, left, len(numbers), width, title)
            self.sheet.lay(block, f'=IF({COMPANY}="","",{value})', style)
            if color:
                coloured(self.sheet, block)

    def scenarios(self, value: str, style: str, name: str, color: bool = False) -> None:
        """Fill the scenarios' columns as :meth:`column` does, blank where the scenario is a free slot."""
        self.column(FIRST, unless_free(value), style, name, color, self.sheet.build.columns)


def header(sheet: Sheet, row: int, title: str, base: str | None, money: bool = False) -> int:
    """Write a table's header: the scenarios by short name, below it the key; return the next row."""
    build = sheet.build
    year = build.text("column.year_currency" if money else "column.year")
    sheet.across(row, NAME, (title, None, year), "bold band")
    sheet.put(row, BASE, base, "bold band right")
    sheet.across(row + 1, NAME, [None] * 3, "header")
    sheet.put(row + 1, BASE, None, "header right")
    labels = f"=INDEX(xlp_scenario_labels,1,{SCENARIO})"
    sheet.formulas_across(row, FIRST, build.columns, labels, "bold band wrap_right")
    sheet.heights[row] = 30
    keys = "=" + unless_free(f"INDEX(xlp_scenario_names,1,{SCENARIO})")
    sheet.formulas_across(row + 1, FIRST, build.columns, keys, "header technical right")
    return row + 2


def word_heads(sheet: Sheet, row: int, right: int, base: str | None, words: int = FIRST + 5) -> None:
    """Write the header of a table whose columns are no scenarios: words from ``words`` to ``right``."""
    text = sheet.build.text
    sheet.across(row, NAME, [text("column.company"), None, text("column.year")], "header wrap_left")
    sheet.put(row, BASE, base, "header wrap_right" if base else "header wrap_left")
    sheet.across(row, words, [text("column.flag"), *[None] * (right - words)], "header wrap_left")
    sheet.heights[row] = 32
