"""What every table of Results has: companies down, labs apart, scenarios across, figures looked up."""

from __future__ import annotations

from xlplugin.workbook.builder.blocks import Block, letter
from xlplugin.workbook.builder.build import FREE_SLOTS, Build
from xlplugin.workbook.builder.sheet import Sheet
from xlplugin.workbook.builder.styles import GAIN, LOSS, differential

__all__ = [
    "BASE", "FIRST", "NAME", "NUMBER", "NUMBERS_ROW", "YEAR", "Table", "at",
    "coloured", "header", "of_base",
]  # fmt: skip

#: Columns: company, its number, its year, base or reference; then one for each scenario.
NAME, NUMBER, YEAR, BASE, FIRST = range(2, 7)

#: The row with the numbers of the scenarios.
NUMBERS_ROW = 3

COMPANY = f"${letter(NUMBER)}{{row}}"
SCENARIO = f"{{column}}${NUMBERS_ROW}"


def at(name: str) -> str:
    """Return a block's value for the own row's company and the own column's scenario."""
    return f"INDEX({name},{COMPANY},{SCENARIO})"


def of_base(name: str) -> str:
    """Return a column's value for the own row's company."""
    return f"INDEX({name},{COMPANY})"


def coloured(sheet: Sheet, block: Block) -> None:
    """Colour what rises and what falls; the sign stands in the number."""
    cell = block.near()
    sheet.rule(block.area, f"AND(ISNUMBER({cell}),ROUND({cell},8)>0)", differential(GAIN))
    sheet.rule(block.area, f"AND(ISNUMBER({cell}),ROUND({cell},8)<0)", differential(LOSS))


class Table:
    """Rows of companies under one header: listed ones and the analyst's own, then the labs."""

    def __init__(self, sheet: Sheet, row: int, labs: bool = True) -> None:
        self.sheet, self.build, self.top = sheet, sheet.build, row
        count, listed = len(self.build.companies), self.build.listed
        main = [*range(1, listed + 1), *range(count + 1, count + FREE_SLOTS + 1)]
        self.parts: list[tuple[str, int, list[int]]] = [("", row, main)]
        row += len(main)
        if labs and listed < count:
            sheet.put(row, NAME, self.build.text("companies.heading.labs"), "subheading")
            self.parts.append(("labs_", row + 1, list(range(listed + 1, count + 1))))
            row += 1 + count - listed
        self.bottom = row - 1
        self._companies()

    def _companies(self) -> None:
        sheet, count = self.sheet, len(self.build.companies)
        for _, top, numbers in self.parts:
            for row, number in enumerate(numbers, top):
                name, year = f"INDEX(xlp_company_names,$C{row})", f"INDEX(xlp_year_used,$C{row})"
                if number > count:  # a slot that is not used shows no figures
                    sheet.put(
                        row, NUMBER, f'=IF(INDEX(xlp_companies,{number})="","",{number})', "technical right"
                    )
                    name = f"INDEX(xlp_company_names,{number})"
                    year = f'IF($C{row}="","",{year})'
                else:
                    sheet.put(row, NUMBER, number, "technical right")
                sheet.put(row, NAME, f"={name}", "link" if number <= count else "secondary")
                sheet.put(row, YEAR, f"={year}", "secondary")

    def lay(
        self,
        left: int,
        width: int,
        value: str,
        style: str,
        name: str = "",
        across: bool = False,
        color: bool = False,
    ) -> None:
        """Fill columns from ``left`` with ``value``, blank where company or scenario is a free slot.

        ``across`` says that columns are scenarios. ``name`` defines ``xlp_results_<name>`` for the
        companies and ``xlp_results_labs_<name>`` for the labs.
        """
        if across:
            value = f'IF(INDEX(xlp_scenarios,1,{SCENARIO})="","",{value})'
        formula = f'=IF({COMPANY}="","",{value})'
        for prefix, top, numbers in self.parts:
            title = f"xlp_results_{prefix}{name}" if name else None
            block = self.sheet.block(top, left, len(numbers), width, title)
            self.sheet.fill(block, formula, style)
            self.sheet.grey_errors(block)
            if color:
                coloured(self.sheet, block)

    def scenarios(self, value: str, style: str, name: str, color: bool = False) -> None:
        """Fill the scenarios' columns."""
        self.lay(FIRST, self.build.columns, value, style, name, across=True, color=color)


def header(sheet: Sheet, row: int, title: str, base: str | None) -> int:
    """Write a table's header: keys of the scenarios, below them what they mean; return the next row."""
    build: Build = sheet.build
    text = build.text
    for line, words in ((row, (title, None, text("column.year"), base)), (row + 1, (None,) * 4)):
        kind = "bold band" if line == row else "header"
        sheet.across(line, NAME, words[:1], kind)
        sheet.across(line, NUMBER, words[1:3], kind)
        sheet.across(line, BASE, words[3:], f"{kind} right")
    sheet.formulas_across(
        row, FIRST, build.columns, f"=INDEX(xlp_scenario_names,1,{SCENARIO})", "bold band right"
    )
    labels = f'=IF(INDEX(xlp_scenarios,1,{SCENARIO})="","",INDEX(xlp_scenario_labels,1,{SCENARIO}))'
    sheet.formulas_across(row + 1, FIRST, build.columns, labels, "header note wrap_right")
    sheet.heights[row + 1] = 40
    return row + 2
