"""The reference of all functions, as ``xlplugin functions`` prints it and docs/functions.md holds it."""

from __future__ import annotations

from collections.abc import Iterator

from xlplugin.functions.registry import CATEGORIES, FUNCTIONS, Function
from xlplugin.model.messages import message, plain
from xlplugin.model.translations import said, translated

_INTRODUCTION = """\
# Functions

Every function starts with `XLP_` and gives the same answer in Excel and in LibreOffice Calc. Formulas are
shown with English names, commas and decimal points; German Excel shows its own.

- **Names** of companies, tickers, presets, levers and measures match without regard to case and outer
  blanks. Companies may be written as elsewhere ("Salesforce, Inc.", "CRM US Equity", "NYSE:CRM", "CRM.N"),
  the others by their labels in English or German ("Bruttomarge"). Where a name is expected, 0 counts as
  blank, since a link to an empty cell shows 0.
- **Numbers** may be typed as 30%, 0.3, 0,3 or as text of these. 30 for 30% is refused, not guessed; so is
  36.800 as the text of an amount, which may be 36800 or 36.8.
- **Blank**: a required argument left blank is `#N/A`, an optional one means its default. In LibreOffice Calc
  a single empty cell given as a number counts as 0.
- **Ranges**: where a cell, row, column or table may stand, the answer has the matching shape; a column by a
  row gives a table. Cells without a partner are `#N/A`. Whole columns (A:A) are read by their different
  cells. Dates, numbers and TRUE among labels are shown; columns of other names are left alone.
- **Errors**: `#N/A` unknown company or preset, or a figure that is not available; `#VALUE!` wrong type,
  unknown measure, lever or unit; `#NUM!` outside the domain. In a table only the cell concerned shows it.
- **Excel 2016 and 2019** cannot spill: select the cells first and confirm with Ctrl+Shift+Enter where a
  function is marked *table*, or *table from ranges* and given ranges.

Functions are pure and not volatile: the same arguments give the same answer.
"""

_HEADINGS = {
    "results": "Results",
    "analysis": "Analysis",
    "data": "Data",
}


def reference_text(language: str = "en") -> str:
    """Return the reference: name, arguments, meaning and example of every function, as Markdown."""
    return "\n".join([translated(_INTRODUCTION, language), *_sections(language)])


def signature(function: Function) -> str:
    """Return how a function is called: ``XLP_VALUE(company, cost_reduction, [measure])``."""
    names = [f"[{argument.name}]" if argument.optional else argument.name for argument in function.arguments]
    return f"{function.name}({', '.join(names)})"


def _sections(language: str) -> Iterator[str]:
    for category in CATEGORIES:
        functions = [function for function in FUNCTIONS.values() if function.category == category]
        if functions:
            yield f"## {translated(_HEADINGS[category], language)}\n"
        for function in functions:
            yield _section(function, language)


def _section(function: Function, language: str) -> str:
    lines = [f"### {function.name}", "", f"`{signature(function)}`", "", function.meaning[language], ""]
    lines += [f"- `{argument.name}`: {argument.meaning[language]}" for argument in function.arguments]
    lines += [""] if function.arguments else []
    shape = plain(_shape(function))
    lines += [
        said(message("Example: `{example}` ({shape})", example=function.example, shape=shape), language),
        "",
    ]
    return "\n".join(lines)


def _shape(function: Function) -> str:
    if not function.spills:
        return "one value"
    return "table from ranges" if function.by_shape else "table"
